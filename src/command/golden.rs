//! Golden figures: what a scene came to when somebody was content with it, in a file beside it.
//!
//! In: a scene's path, its record. Out: `SCENE.golden.json`, and a check of the verdict that fails, and says which stage moved first, where a
//! run no longer comes to the same.

use std::path::{Path, PathBuf};

use crate::command::run::RunOptions;
use crate::diag::{Diagnostic, Place};
use crate::report::compare::{Snapshot, words};
use crate::report::{self, Check, Reason, Verdict};
use crate::scene::model::{Bound, Scene};
use crate::twin::record::Record;

/// The figure that counts values which are no longer golden.
const FIGURE: &str = "golden_differences";

/// Where the golden figures of a scene lie.
pub fn path_of(scene: &Path) -> PathBuf {
    scene.with_extension("golden.json")
}

/// The golden figures beside a scene; none where there are none, where they are about to be rewritten, or where the command line changes what is run:
/// another program, other prices and parts, every instant by sub-steps.
///
/// # Errors
/// A file that is there and cannot be understood.
pub fn read(scene: &Path, options: &RunOptions) -> Result<Option<Snapshot>, Box<Diagnostic>> {
    let path = path_of(scene);
    let changed = options.program.is_some() || options.catalogue.is_some() || options.no_fast_forward || options.strides;
    if options.bless || changed || !path.is_file() {
        return Ok(None);
    }
    let wrong = |why: String| {
        let place = Place { file: path.display().to_string(), ..Place::default() };
        let finding = Diagnostic::error("C005", why).at(place).expected("golden figures as --bless writes them");
        Box::new(finding.hint("run the scene with --bless to write them again, or remove the file"))
    };
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let value = serde_json::from_str(&text).map_err(|error| wrong(format!("not JSON: {error}")))?;
    Snapshot::of(&value).map(Some).ok_or_else(|| wrong("it has no `figures`".into()))
}

/// Writes the golden figures of a run.
///
/// # Errors
/// When they cannot be written.
pub fn bless(scene_file: &Path, scene: &Scene, record: &Record, verdict: &Verdict) -> Result<(), Diagnostic> {
    let now = Snapshot::of(&report::json::report(scene, record, verdict)).unwrap_or_default();
    report::files::write_file(&path_of(scene_file), now.golden_text().as_bytes())
}

/// Adds the check against golden figures to a verdict; a note where the two cannot be compared.
pub fn compare(file: &Path, golden: &Snapshot, scene: &Scene, record: &Record, verdict: &mut Verdict) -> Option<Diagnostic> {
    let now = Snapshot::of(&report::json::report(scene, record, verdict)).unwrap_or_default();
    if golden.engine != now.engine {
        let found =
            format!("the golden figures are of the engine {}, this run is of {}: not compared", golden.engine, now.engine);
        return Some(Diagnostic::note("C006", found).at(Place { file: path_of(file).display().to_string(), ..Place::default() }));
    }
    let differences = golden.differences(&now);
    let pass = differences.is_empty();
    let bound = Bound::Equal { value: 0.0, tolerance: 0.0 };
    verdict.checks.push(Check { figure: FIGURE.into(), value: Some(differences.len() as f64), bound, pass, built_in: false });
    verdict.pass &= pass;
    if let Some(text) = words(&differences) {
        let fix =
            "Find what changed that stage; if the change is wanted, write the golden figures again with --bless.".to_string();
        let line = differences[0].line.and_then(|line| u32::try_from(line).ok());
        verdict.reasons.push(Reason { figure: FIGURE.into(), text, fix, line, at_in_machine_m: None, time_s: None });
    }
    None
}
