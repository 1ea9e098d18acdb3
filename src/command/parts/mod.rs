//! `torchtwin parts`: the catalogue for people, and what a machine comes to.
//!
//! In: words of the command line. Out: tables or JSON on stdout, words on stderr. May use: `diag`, `scene`, `report`'s JSON.

mod list;
mod machine;
mod select;
mod sheet;
mod show;
mod table;
mod units;

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, say};
use crate::diag::Diagnostic;
use crate::report::json::to_text;
use crate::scene::bill;
use crate::scene::catalogue::{Catalogue, KINDS};
use crate::scene::check::nearest;
use crate::scene::layers::Layered;

use sheet::Sheet;

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Question {
    /// All kinds of part.
    Kinds,
    /// The parts of one kind.
    List {
        /// "motors"; "motor" does as well.
        kind: String,
        /// Conditions that must all hold.
        filters: Vec<String>,
        /// Field to sort by, "-" before it for the highest first.
        sort: Option<String>,
    },
    /// Everything about one part.
    Show {
        /// "motors/23HS30-2804S", or the id alone.
        id: String,
    },
    /// Parts side by side.
    Compare {
        /// Ids as for `Show`.
        ids: Vec<String>,
    },
    /// What a machine costs and what its parts come to.
    Machine {
        /// Machine file.
        file: PathBuf,
    },
}

/// Answers `question` and returns the exit code: 1 where nothing fits a filter, 2 where it makes no sense. `own` is a folder of
/// catalogue files over the built-in ones.
pub fn parts(question: &Question, own: Option<&Path>, as_json: bool) -> u8 {
    match answer(question, own, as_json) {
        Ok((text, code)) => {
            if say(&text) {
                code
            } else {
                COULD_NOT_RUN
            }
        }
        Err(findings) => complain(&findings),
    }
}

fn answer(question: &Question, own: Option<&Path>, as_json: bool) -> Result<(String, u8), Vec<Diagnostic>> {
    if let Question::Machine { file } = question {
        let name = file.display().to_string();
        let (bill, mut notes) = bill::load(file, own)?;
        notes.extend(machine::missing(&name, &bill));
        notes.iter().for_each(|note| eprintln!("{note}"));
        let text = if as_json { to_text(&machine::json(&name, &bill, &notes)) } else { machine::text(&name, &bill) };
        return Ok((text, PASSED));
    }
    let layered = Layered::with(own)?;
    layered.notes.iter().for_each(|note| eprintln!("{note}"));
    let catalogue = layered.catalogue.as_ref();
    let one = |finding: Diagnostic| vec![finding];
    match question {
        Question::Kinds if as_json => Ok((to_text(&list::kinds_json(catalogue)), PASSED)),
        Question::Kinds => {
            eprintln!(
                "`torchtwin parts motors` lists a kind, `torchtwin parts show ID` has all of a part, `torchtwin parts compare ID ID` puts \
                 parts\nside by side, `torchtwin parts machine FILE` prices a machine; --help has the rest"
            );
            Ok((list::kinds_text(catalogue), PASSED))
        }
        Question::List { kind, filters, sort } => {
            let kind = kind_of(kind, catalogue).map_err(one)?;
            let sheets: Vec<Sheet<'_>> =
                catalogue.entries().into_iter().filter(|entry| entry.kind == kind).map(Sheet::new).collect();
            let chosen = select::select(&sheets, filters, sort.as_deref()).map_err(one)?;
            let code = if chosen.is_empty() { FAILED } else { PASSED };
            if as_json {
                let all = chosen.iter().map(|sheet| list::part_json(sheet)).collect();
                return Ok((to_text(&Json::Array(all)), code));
            }
            if chosen.is_empty() {
                eprintln!("none of {} {kind} fits {}", sheets.len(), filters.join(" and "));
                return Ok((String::new(), code));
            }
            if !filters.is_empty() {
                eprintln!("{} of {} {kind}", chosen.len(), sheets.len());
            }
            eprintln!("{}", list::MARKS);
            Ok((list::parts_text(kind, &chosen), code))
        }
        Question::Show { id } => {
            let sheet = Sheet::new(catalogue.entry(id).map_err(|finding| one(*finding))?);
            let text = if as_json { to_text(&list::part_json(&sheet)) } else { show::show(&sheet, catalogue) };
            Ok((text, PASSED))
        }
        Question::Compare { ids } => {
            let found = ids.iter().map(|id| catalogue.entry(id).map(Sheet::new).map_err(|finding| *finding));
            let (found, wrong): (Vec<_>, Vec<_>) = found.partition(Result::is_ok);
            let sheets: Vec<Sheet<'_>> = found.into_iter().flatten().collect();
            let wrong: Vec<Diagnostic> = wrong.into_iter().filter_map(Result::err).collect();
            if !wrong.is_empty() {
                return Err(wrong);
            }
            if let Some(other) = sheets.iter().find(|sheet| sheet.entry.kind != sheets[0].entry.kind) {
                let found = format!("{} and {} are of two kinds", sheets[0].entry.path(), other.entry.path());
                return Err(one(Diagnostic::error("C004", found).hint("compare parts of one kind")));
            }
            if as_json {
                return Ok((to_text(&Json::Array(sheets.iter().map(list::part_json).collect())), PASSED));
            }
            eprintln!("{}", list::MARKS);
            Ok((show::compare(&sheets), PASSED))
        }
        Question::Machine { .. } => Ok((String::new(), PASSED)),
    }
}

/// The kind that `asked` means, singular or plural.
fn kind_of(asked: &str, catalogue: &Catalogue) -> Result<&'static str, Diagnostic> {
    let wanted = asked.to_lowercase();
    let singular = |kind: &str| match kind.strip_suffix("ies") {
        Some(stem) => wanted == format!("{stem}y"),
        None => [kind.strip_suffix('s'), kind.strip_suffix("es")].contains(&Some(wanted.as_str())),
    };
    let fits = |kind: &str| kind == wanted || singular(kind);
    if let Some((kind, _)) = KINDS.iter().find(|(kind, _)| fits(kind)) {
        return Ok(kind);
    }
    let known = || KINDS.iter().map(|(kind, _)| *kind);
    let finding = Diagnostic::error("C004", format!("there is no kind of part called {asked}"));
    let finding = finding.expected(format!("one of {}", known().collect::<Vec<_>>().join(", ")));
    if let Ok(entry) = catalogue.entry(asked) {
        return Err(finding.hint(format!("to see that part: torchtwin parts show {}", entry.path())));
    }
    Err(match nearest(&wanted, known()) {
        Some(kind) => finding.hint(format!("did you mean {kind}?")),
        None => finding,
    })
}
