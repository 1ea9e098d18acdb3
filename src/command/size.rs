//! `torchtwin size`: which parts to buy for a job, within a budget.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::command::batch::{self, Ended};
use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, keep_part, samples, say};
use crate::diag::Diagnostic;
use crate::job;
use crate::report::{self, Timing, columns::Columns};
use crate::scene::{self, Changes, model::Scene};
use crate::sizing::answer::{Answer, bill_csv};
use crate::sizing::search::{self, AT_ONCE, Looker, Row, Stage, Whole};
use crate::sizing::{pareto, samples::fingerprint, shard, shard::Shard, vary::Space};
use crate::twin::EngineKind;

/// Options of `size`.
#[derive(Clone, Debug, Default)]
pub struct SizeOptions {
    /// Scene file with a `[size]` table.
    pub scene: PathBuf,
    /// Program that replaces the scene's own.
    pub program: Option<PathBuf>,
    /// What may be spent, USD; the scene's without it.
    pub budget_usd: Option<f64>,
    /// Folder for the answer.
    pub report: Option<PathBuf>,
    /// Print JSON.
    pub json: bool,
    /// Folder of catalogue files over those of scene and machine.
    pub catalogue: Option<PathBuf>,
    /// Machines looked at side by side; 0: one for each core.
    pub threads: usize,
    /// What integrates the mechanism.
    pub engine: EngineKind,
    /// Only this shard of the candidates.
    pub shard: Option<Shard>,
    /// No bars.
    pub quiet: bool,
}

/// What may be spent where neither the command line nor the scene says, USD.
const BUDGET_USD: f64 = 1500.0;

/// What every thread needs.
struct Work {
    space: Space,
    budget_usd: f64,
    engine: EngineKind,
}

impl Work {
    fn with<T>(&self, work: impl FnOnce(&Looker<'_>) -> T) -> T {
        let program = |scene: &Scene| job::program(scene);
        work(&Looker { space: &self.space, budget_usd: self.budget_usd, engine: self.engine, program: &program })
    }
}

/// Looks for the cheapest machine that passes. Exit code: 0 there is one, 1 there is none, 2 could not look.
pub fn size(options: &SizeOptions) -> u8 {
    if options.shard.is_some() && options.report.is_none() {
        let finding = Diagnostic::error("C001", "--shard without --report");
        return complain(&[finding.hint("torchtwin size SCENE --shard 1/8 --report parts")]);
    }
    let changes = Changes { program: options.program.clone(), catalogue: options.catalogue.clone(), ..Changes::default() };
    let (scene, space) = match prepared(&options.scene, &changes) {
        Ok(read) => read,
        Err(findings) => return complain(&findings),
    };
    let budget_usd = options.budget_usd.or(space.sizing.budget_usd).unwrap_or(BUDGET_USD);
    let about = about(options, &scene, budget_usd);
    let numbers: Vec<usize> = options.shard.unwrap_or(Shard::WHOLE).items(space.count()).collect();
    let begin = Instant::now();
    batch::watch_for_interrupt();
    let work = Arc::new(Work { space, budget_usd, engine: options.engine });
    let (count, threads) = (numbers.len(), batch::threads(options.threads, numbers.len()));
    let Some(rows) = looked_at(&work, numbers, threads, options.quiet || options.json) else { return interrupted() };
    let looked_s = begin.elapsed().as_secs_f64();
    if let (Some(shard), Some(folder)) = (options.shard, &options.report) {
        let mut part = search::table(&rows);
        part.about = about;
        return keep_part(folder, shard, part);
    }
    if !options.json && !options.quiet {
        let rate = count as f64 / looked_s.max(1e-9) / threads as f64;
        eprintln!("{count} candidates in {}: {rate:.1} a second for each thread", report::figures::duration(looked_s));
    }
    finish(&work, &scene, rows, &about, options)
}

fn interrupted() -> u8 {
    complain(
        &[Diagnostic::error("C004", "interrupted: nothing is kept").hint("--shard I/N makes parts that are kept one by one")],
    )
}

fn prepared(path: &Path, changes: &Changes) -> Result<(Scene, Space), Vec<Diagnostic>> {
    let scene = scene::load_changed(path, changes)?;
    let space = Space::of(&scene, changes)?;
    Ok((scene, space))
}

fn about(options: &SizeOptions, scene: &Scene, budget_usd: f64) -> BTreeMap<String, String> {
    let shown = |path: &Option<PathBuf>| path.as_ref().map_or_else(String::new, |path| path.display().to_string());
    let (program, catalogue) = (shown(&options.program), shown(&options.catalogue));
    let option = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!(" {name} {value}") };
    let given = option("--program", &program) + &option("--catalogue", &catalogue);
    let (path, engine) = (options.scene.display().to_string(), options.engine.name());
    let command = format!("torchtwin size {path} --budget-usd {budget_usd} --engine {engine}{given}");
    [
        ("kind", "size".to_string()),
        ("scene", path),
        ("program", program),
        ("catalogue", catalogue),
        ("budget_usd", budget_usd.to_string()),
        ("engine", engine.to_string()),
        ("fingerprint", fingerprint(scene)),
        (shard::COMMAND, command),
    ]
    .map(|(key, value)| (key.to_string(), value))
    .into()
}

/// Looks at candidates side by side; none when interrupted.
fn looked_at(work: &Arc<Work>, numbers: Vec<usize>, threads: usize, quiet: bool) -> Option<Vec<Row>> {
    let bar = ProgressBar::with_draw_target(Some(numbers.len() as u64), ProgressDrawTarget::stderr());
    bar.set_style(samples::style());
    if quiet {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let mut rows = Vec::new();
    let shared = Arc::clone(work);
    let ended = batch::each(
        numbers,
        threads,
        move |number: &usize| shared.with(|looker| search::look(looker, *number)),
        |_, row| {
            rows.push(row);
            bar.inc(1);
            true
        },
    );
    bar.finish_and_clear();
    (ended != Ended::Interrupted).then_some(rows)
}

/// Runs the whole job from the cheapest survivor on, and answers.
fn finish(work: &Arc<Work>, scene: &Scene, mut rows: Vec<Row>, about: &BTreeMap<String, String>, options: &SizeOptions) -> u8 {
    let order = search::order(&rows);
    let mut best: Option<Whole> = None;
    for some in order.chunks(AT_ONCE) {
        let items: Vec<Row> = rows.iter().filter(|row| some.contains(&row.number)).cloned().collect();
        let threads = batch::threads(options.threads, items.len());
        let shared = Arc::clone(work);
        let mut done = Vec::new();
        let run = move |row: &Row| shared.with(|looker| search::whole(looker, row.clone()));
        let ended = batch::each(items, threads, run, |_, whole| {
            done.push(whole);
            true
        });
        if ended == Ended::Interrupted {
            return interrupted();
        }
        for whole in done {
            if let Some(row) = rows.iter_mut().find(|row| row.number == whole.row.number) {
                row.clone_from(&whole.row);
            }
            let cheaper = best
                .as_ref()
                .is_none_or(|best| (whole.row.cost_usd[1], whole.row.number) < (best.row.cost_usd[1], best.row.number));
            if whole.row.stage == Stage::Passes && cheaper {
                best = Some(whole);
            }
        }
        if best.is_some() {
            break;
        }
    }
    let table = search::table(&rows);
    let answer = Answer::of(&work.space, scene, work.budget_usd, rows);
    let json = report::json::to_text(&answer.json(about));
    if let Some(folder) = &options.report
        && let Err(findings) = write(folder, &answer, &json, table, best.as_ref(), options)
    {
        return complain(&findings);
    }
    let code = if answer.winner().is_some() { PASSED } else { FAILED };
    if say(&if options.json { json } else { answer.text() }) { code } else { COULD_NOT_RUN }
}

/// Writes what the answer comes to; of the cheapest machine that passes also its file, its shopping list and its report.
fn write(
    folder: &Path,
    answer: &Answer<'_>,
    json: &str,
    mut table: Columns,
    best: Option<&Whole>,
    options: &SizeOptions,
) -> Result<(), Vec<Diagnostic>> {
    let one = |finding: Diagnostic| vec![finding];
    table.about.insert("kind".into(), "size".into());
    let parquet = table.to_parquet().map_err(|why| one(Diagnostic::error("R002", why)))?;
    let mut files =
        vec![("sizing.json", json.to_string()), ("sizing.html", answer.page()), ("pareto.svg", pareto::picture(answer))];
    if let Some(Whole { row, ran: Some((scene, record, verdict)) }) = best {
        report::write_report(folder, scene, record, verdict, &Timing::default()).map_err(one)?;
        let (_, text) = answer.space.candidate(row.number)?;
        let scene_folder = options.scene.parent().unwrap_or(Path::new(""));
        let machine_file = scene_folder.join(&scene.machine.file);
        files.push(("bill.csv", bill_csv(answer.space, &machine_file, &text, options.catalogue.as_deref())?));
        let names = answer.space.names(row.number).join(", ");
        files.push(("machine.toml", format!("# Made by torchtwin size from {}: {names}.\n\n{text}", scene.machine.file)));
    }
    report::files::write_all(folder, &files).map_err(one)?;
    report::files::write_file(&folder.join("candidates.parquet"), &parquet).map_err(one)
}

/// Joins the parts of a sizing that was run in shards, and answers as one machine would.
pub fn merge(parts: &[Columns], about: &BTreeMap<String, String>, report: Option<&Path>, json: bool) -> u8 {
    let get = |key: &str| about.get(key).map(String::as_str).unwrap_or_default();
    let path = |key: &str| Some(PathBuf::from(get(key))).filter(|path| !path.as_os_str().is_empty());
    let options = SizeOptions {
        scene: PathBuf::from(get("scene")),
        program: path("program"),
        report: report.map(Path::to_path_buf),
        json,
        catalogue: path("catalogue"),
        engine: EngineKind::named(get("engine")).unwrap_or_default(),
        ..SizeOptions::default()
    };
    let changes = Changes { program: options.program.clone(), catalogue: options.catalogue.clone(), ..Changes::default() };
    let (scene, space) = match prepared(&options.scene, &changes) {
        Ok(read) => read,
        Err(findings) => return complain(&findings),
    };
    if fingerprint(&scene) != get("fingerprint") {
        let finding = Diagnostic::error("C008", format!("{} is not what it was when the parts were made", get("scene")));
        return complain(&[finding.hint("make all parts again, or bring its files back")]);
    }
    let mut rows = Vec::new();
    for part in parts {
        match search::rows(part) {
            Ok(more) => rows.extend(more),
            Err(why) => return complain(&[Diagnostic::error("C008", why)]),
        }
    }
    rows.sort_by_key(|row| row.number);
    if !rows.iter().map(|row| row.number).eq(0..space.count()) {
        return complain(&[Diagnostic::error("C008", "the parts do not hold every candidate once").hint("make all parts again")]);
    }
    let budget_usd = get("budget_usd").parse().unwrap_or(BUDGET_USD);
    batch::watch_for_interrupt();
    finish(&Arc::new(Work { space, budget_usd, engine: options.engine }), &scene, rows, about, &options)
}
