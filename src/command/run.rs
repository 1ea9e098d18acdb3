//! `torchtwin run`: the dry run, headless. Several scenes run side by side; their answers are printed in the order they were given.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use crate::command::{COULD_NOT_RUN, FAILED, PASSED, job, say};
use crate::diag::{Diagnostic, Severity, any_error};
use crate::report::junit::{Outcome, junit};
use crate::report::{self, Timing, Verdict};
use crate::scene::{self, model::Scene};
use crate::twin::{self, EngineKind, record::Record};

/// Options of `run`.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Scene files.
    pub scenes: Vec<PathBuf>,
    /// Folder for `index.html`, `report.json` and `timing.json`; with several scenes one folder each below it.
    pub report: Option<PathBuf>,
    /// Print the report as JSON instead of the table.
    pub json: bool,
    /// Write a JUnit file.
    pub junit: Option<PathBuf>,
    /// Program that replaces the scene's own.
    pub program: Option<PathBuf>,
    /// Folder of catalogue files over those of the scenes and machines.
    pub catalogue: Option<PathBuf>,
    /// Scenes run at the same time; 0: one for each core.
    pub threads: usize,
    /// Simulate every instant instead of jumping over steady motion.
    pub no_fast_forward: bool,
    /// Sub-steps only.
    pub no_strides: bool,
    /// What integrates the mechanism.
    pub engine: EngineKind,
    /// Only the verdict line of each scene.
    pub quiet: bool,
}

/// What came of one scene.
struct Ran {
    scene: Option<Scene>,
    result: Option<(Record, Verdict, Timing)>,
    findings: Vec<Diagnostic>,
    /// Text of the program, for excerpts.
    text: String,
    code: u8,
}

/// Runs all scenes and returns the exit code: the worst of theirs.
pub fn run(options: &RunOptions) -> u8 {
    let bars =
        MultiProgress::with_draw_target(if options.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() });
    let count = options.scenes.len();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if options.threads == 0 { cores } else { options.threads }.min(count).max(1);
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<Ran>>> = (0..count).map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(path) = options.scenes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let index = options.scenes.iter().position(|p| std::ptr::eq(p, path)).unwrap_or(0);
                    let ran = run_scene(path, options, &bars);
                    if let Ok(mut slot) = done[index].lock() {
                        *slot = Some(ran);
                    }
                }
            });
        }
    });
    let mut worst = PASSED;
    let mut all = Vec::new();
    let folders = report_folders(options);
    let mut documents = Vec::new();
    for (path, slot) in options.scenes.iter().zip(done) {
        let Some(ran) = slot.into_inner().ok().flatten() else { return COULD_NOT_RUN };
        let code = answer(path, &folders[all.len()], &ran, options, &mut documents);
        worst = worst.max(code);
        all.push((path.display().to_string(), ran));
    }
    if options.json {
        // One scene is one document; several are an array of them.
        let document = if documents.len() == 1 { documents.remove(0) } else { Value::Array(documents) };
        say(&report::json::to_text(&document));
    }
    if let Some(path) = &options.junit {
        worst = worst.max(write_junit(path, &all));
    }
    worst
}

/// Loads, runs and judges one scene.
fn run_scene(path: &Path, options: &RunOptions, bars: &MultiProgress) -> Ran {
    let begin = Instant::now();
    let clock = || begin.elapsed().as_secs_f64();
    let failed = |scene, findings, text, code| Ran { scene, result: None, findings, text, code };
    let scene = match scene::load_with(path, options.program.as_deref(), options.catalogue.as_deref()) {
        Ok(scene) => scene,
        Err(findings) => return failed(None, findings, String::new(), COULD_NOT_RUN),
    };
    let loaded_s = clock();
    let (program, program_findings) = job::program(&scene);
    let mut findings = scene.findings.clone();
    findings.extend(program_findings);
    let text = scene.job.program_text.clone();
    let mut stages = vec![("scene".to_string(), loaded_s), ("parse and interpret".to_string(), clock() - loaded_s)];
    if any_error(&findings) {
        return failed(Some(scene), findings, text, FAILED);
    }
    let bar = bars.add(ProgressBar::new(1000));
    bar.set_style(style());
    bar.set_message(name_of(path));
    let progress = |now_s: f64, total_s: f64, line: u32| {
        bar.set_position((1000.0 * now_s / total_s.max(1e-9)) as u64);
        bar.set_message(format!("{}  line {line}, {now_s:.0} of {total_s:.0} s", name_of(path)));
    };
    let twin_options = twin::Options {
        engine: options.engine,
        fast_forward: !options.no_fast_forward,
        strides: !options.no_strides,
        until_s: None,
        clock: &clock,
        progress: &progress,
    };
    let outcome = twin::run(&scene, &program, &twin_options);
    bar.finish_and_clear();
    match outcome {
        Err(finding) => {
            findings.push(finding);
            failed(Some(scene), findings, text, COULD_NOT_RUN)
        }
        Ok(outcome) => {
            findings.extend(outcome.findings);
            stages.extend(outcome.stages.into_iter().map(|(name, s)| (name.to_string(), s)));
            let verdict = report::judge(&scene, &outcome.record);
            let timing = Timing { stages, simulated_s: outcome.record.duration_s, wall_s: clock() };
            let code = if verdict.pass { PASSED } else { FAILED };
            Ran { scene: Some(scene), result: Some((outcome.record, verdict, timing)), findings, text, code }
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30.cyan/blue} {percent:>3} %  {msg}  [{elapsed} elapsed, {eta} left]")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}

fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned())
}

/// Prints what came of a scene, writes its report, and returns its exit code.
fn answer(path: &Path, folder: &Path, ran: &Ran, options: &RunOptions, documents: &mut Vec<Value>) -> u8 {
    for finding in &ran.findings {
        if finding.severity == Severity::Note && options.quiet {
            continue;
        }
        let of_program = ran.scene.as_ref().is_some_and(|scene| scene.job.program_file == finding.place.file);
        if of_program {
            eprintln!("{}", finding.with_excerpt(&ran.text));
        } else {
            eprintln!("{finding}");
        }
    }
    let (Some(scene), Some((record, verdict, timing))) = (&ran.scene, &ran.result) else {
        let what = if ran.code == FAILED { "the program has errors, nothing was run" } else { "could not run" };
        if options.json {
            documents.push(not_run(path, what, &ran.findings));
        } else {
            say(&format!("{}: {what}\n", path.display()));
        }
        return ran.code;
    };
    let color = std::io::stdout().is_terminal();
    if options.json {
        documents.push(report::json::report(scene, record, verdict));
    } else if options.quiet {
        say(&format!("{}\n", report::text::verdict_line(scene, verdict, color)));
    } else {
        say(&report::text::verdict_table(scene, record, verdict, Some(timing), color));
    }
    if options.report.is_some() {
        if let Err(finding) = report::write_report(folder, scene, record, verdict, timing) {
            eprintln!("{finding}");
            return COULD_NOT_RUN;
        }
        if !options.json {
            say(&format!("report: {}\n", folder.join("index.html").display()));
        }
    }
    ran.code
}

/// What `--json` says of a scene that gave no result.
fn not_run(path: &Path, what: &str, findings: &[Diagnostic]) -> Value {
    let findings: Vec<Value> = findings.iter().map(|f| Value::from(f.to_string())).collect();
    report::json::object([
        ("scene", Value::from(path.display().to_string())),
        ("verdict", Value::from(what)),
        ("findings", Value::Array(findings)),
    ])
}

/// The report folder of each scene: the given one for a single scene, else one below it by the scene's name, numbered where names repeat.
fn report_folders(options: &RunOptions) -> Vec<PathBuf> {
    let dir = options.report.clone().unwrap_or_default();
    if options.scenes.len() == 1 {
        return vec![dir];
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    for path in &options.scenes {
        let name = name_of(path);
        let numbered = |k: usize| dir.join(if k == 1 { name.clone() } else { format!("{name}-{k}") });
        let folder = (1..).map(numbered).find(|f| !folders.contains(f)).unwrap_or_else(|| dir.clone());
        folders.push(folder);
    }
    folders
}

fn write_junit(path: &Path, all: &[(String, Ran)]) -> u8 {
    let outcomes: Vec<Outcome<'_>> = all
        .iter()
        .map(|(file, ran)| match (&ran.scene, &ran.result) {
            (Some(scene), Some((_, verdict, timing))) => Outcome::Ran { scene, verdict, wall_s: Some(timing.wall_s) },
            _ => Outcome::CouldNotRun { file, findings: &ran.findings },
        })
        .collect();
    match std::fs::write(path, junit(&outcomes)) {
        Ok(()) => PASSED,
        Err(error) => {
            eprintln!("{}: error[R001]: the JUnit file cannot be written: {error}", path.display());
            COULD_NOT_RUN
        }
    }
}
