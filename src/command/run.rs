//! `torchtwin run`: the dry run, headless. Several scenes run side by side; their answers are printed in the order they were given.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use crate::command::batch::{self, Ended};
use crate::command::{COULD_NOT_RUN, FAILED, PASSED, golden, pulses, say};
use crate::diag::{Diagnostic, Severity, any_error};
use crate::job;
use crate::report::junit::{Outcome, junit};
use crate::report::{self, Timing, Verdict, text};
use crate::scene::{self, model::Scene};
use crate::twin::{self, EngineKind, record::Record};

/// Options of `run`.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Scene files, and folders of them.
    pub scenes: Vec<PathBuf>,
    /// Only scenes with one of these words in their path.
    pub filter: Vec<String>,
    /// Begin with no further scene once one has not passed.
    pub fail_fast: bool,
    /// A scene that fails on just what it announces counts as passed.
    pub announced: bool,
    /// Write the golden figures beside each scene.
    pub bless: bool,
    /// Folder for `index.html`, `report.json` and `timing.json`; with several scenes one folder each below it.
    pub report: Option<PathBuf>,
    /// Logs too: `trace.parquet`, `trace.mcap` and `steps.vcd` in the report's folder.
    pub logs: bool,
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
    /// Strides of half a millisecond where the engine can and nothing needs sub-steps.
    pub strides: bool,
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

/// What is left of a scene once it has been answered for.
enum Told {
    Ran { scene: Box<Scene>, verdict: Verdict, wall_s: f64 },
    Refused { findings: Vec<Diagnostic> },
    Skipped(&'static str),
}

/// Runs all scenes and returns the exit code: the worst of theirs.
pub fn run(options: &RunOptions) -> u8 {
    let [scenes, left_out] = match batch::scenes(&options.scenes, &options.filter) {
        Ok(both) => both,
        Err(finding) => return super::complain(&[*finding]),
    };
    let begin = Instant::now();
    batch::watch_for_interrupt();
    let hidden = options.quiet || options.json && !std::io::stderr().is_terminal();
    let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bars = MultiProgress::with_draw_target(target);
    let mut teller = Teller::new(options, scenes.clone(), left_out, bars.clone());
    let threads = batch::threads(options.threads, scenes.len());
    let shared = options.clone();
    let ended = batch::each(scenes, threads, move |path: &PathBuf| run_scene(path, &shared, &bars), |n, ran| teller.take(n, ran));
    teller.finish(ended, begin.elapsed().as_secs_f64())
}

/// Answers for the scenes in the order they were given, whenever they are done.
struct Teller<'a> {
    options: &'a RunOptions,
    scenes: Vec<PathBuf>,
    /// Scenes that the filter leaves out.
    left_out: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    bars: MultiProgress,
    waiting: Vec<Option<Ran>>,
    told: Vec<Told>,
    documents: Vec<Value>,
    worst: u8,
}

impl<'a> Teller<'a> {
    fn new(options: &'a RunOptions, scenes: Vec<PathBuf>, left_out: Vec<PathBuf>, bars: MultiProgress) -> Self {
        let folders = report_folders(options, &scenes);
        let waiting = scenes.iter().map(|_| None).collect();
        Self { options, scenes, left_out, folders, bars, waiting, told: Vec::new(), documents: Vec::new(), worst: PASSED }
    }

    /// Takes a scene's result; whether to begin with further scenes.
    fn take(&mut self, number: usize, ran: Ran) -> bool {
        let go_on = ran.code == PASSED || !self.options.fail_fast;
        self.waiting[number] = Some(ran);
        while let Some(ran) = self.waiting.get_mut(self.told.len()).and_then(Option::take) {
            self.tell(ran);
        }
        go_on
    }

    fn tell(&mut self, ran: Ran) {
        let number = self.told.len();
        let (path, folder) = (self.scenes[number].clone(), self.folders[number].clone());
        // Bars are drawn on the same terminal: they step aside.
        let bars = self.bars.clone();
        let code = bars.suspend(|| self.answer(&path, &folder, &ran));
        self.worst = self.worst.max(code);
        self.told.push(match (ran.scene, ran.result) {
            (Some(scene), Some((_, verdict, timing))) => Told::Ran { scene: Box::new(scene), verdict, wall_s: timing.wall_s },
            _ => Told::Refused { findings: ran.findings },
        });
    }

    /// Prints what came of a scene, writes its report, and returns its exit code.
    fn answer(&mut self, path: &Path, folder: &Path, ran: &Ran) -> u8 {
        print_findings(ran, self.options.quiet);
        let several = self.scenes.len() > 1;
        let color = std::io::stdout().is_terminal();
        if several && self.told.is_empty() && !self.options.json && !self.options.quiet {
            say(&text::row_head(color));
        }
        let (Some(scene), Some((record, verdict, timing))) = (&ran.scene, &ran.result) else {
            let what = if ran.code == FAILED { "the program has errors, nothing was run" } else { "could not run" };
            if self.options.json {
                self.documents.push(not_run(path, what, &ran.findings));
            } else if several {
                say(&text::row("–", &path.display().to_string(), None, what, color));
            } else {
                say(&format!("{}: {what}\n", path.display()));
            }
            return ran.code;
        };
        let mut written = true;
        if self.options.json {
            self.documents.push(report::json::report(scene, record, verdict));
        } else if self.options.quiet {
            written &= say(&format!("{}\n", text::verdict_line(scene, verdict, color)));
        } else if several {
            written &= say(&text::verdict_row(scene, verdict, timing, color));
        } else {
            written &= say(&text::verdict_table(scene, record, verdict, Some(timing), color));
        }
        if self.options.report.is_some() {
            let made = report::write_report(folder, scene, record, verdict, timing)
                .and_then(|()| if self.options.logs { write_logs(folder, scene, record) } else { Ok(()) });
            if let Err(finding) = made {
                eprintln!("{finding}");
                return COULD_NOT_RUN;
            }
            if !self.options.json && !several {
                written &= say(&format!("report: {}\n", folder.join("index.html").display()));
            }
        }
        if self.options.bless {
            if let Err(finding) = golden::bless(path, scene, record, verdict) {
                eprintln!("{finding}");
                return COULD_NOT_RUN;
            }
            if !self.options.json {
                written &= say(&format!("golden figures: {}\n", golden::path_of(path).display()));
            }
        }
        if written { ran.code } else { COULD_NOT_RUN }
    }

    /// Answers for what is left, writes the JUnit file, and returns the exit code.
    fn finish(mut self, ended: Ended, wall_s: f64) -> u8 {
        let why = if ended == Ended::Interrupted { "interrupted" } else { "skipped by --fail-fast" };
        while self.told.len() < self.scenes.len() {
            if let Some(ran) = self.waiting.get_mut(self.told.len()).and_then(Option::take) {
                self.tell(ran);
                continue;
            }
            let path = &self.scenes[self.told.len()];
            if self.options.json {
                self.documents.push(not_run(path, why, &[]));
            } else {
                say(&text::row("–", &path.display().to_string(), None, why, std::io::stdout().is_terminal()));
            }
            self.told.push(Told::Skipped(why));
        }
        if ended == Ended::Interrupted {
            let done = self.told.iter().filter(|told| !matches!(told, Told::Skipped(_))).count();
            eprintln!("error[C004]: interrupted: {done} of {} scenes are done and kept", self.scenes.len());
            self.worst = COULD_NOT_RUN;
        }
        if self.options.json {
            // One scene is one document; several are an array of them.
            let document = if self.documents.len() == 1 {
                self.documents.remove(0)
            } else {
                Value::Array(std::mem::take(&mut self.documents))
            };
            self.worst = self.worst.max(if say(&report::json::to_text(&document)) { PASSED } else { COULD_NOT_RUN });
        } else if self.scenes.len() > 1 && !self.options.quiet {
            say(&self.summary(wall_s));
        }
        if let Some(path) = &self.options.junit {
            self.worst = self.worst.max(self.write_junit(path));
        }
        self.worst
    }

    /// Why scenes failed, and how many did.
    fn summary(&self, wall_s: f64) -> String {
        let mut out = String::new();
        let (mut passed, mut failed, mut announced, mut not_run) = (0, 0, 0, 0);
        for told in &self.told {
            let Told::Ran { scene, verdict, .. } = told else {
                not_run += 1;
                continue;
            };
            match (verdict.pass, verdict.is_as_announced(scene)) {
                (true, _) => passed += 1,
                (false, true) => announced += 1,
                (false, false) => {
                    failed += 1;
                    out.push_str(&text::why(scene, verdict));
                }
            }
        }
        let mut parts = vec![format!("{passed} passed")];
        for (count, words) in [(failed, "failed"), (announced, "failed as announced"), (not_run, "not run")] {
            if count > 0 {
                parts.push(format!("{count} {words}"));
            }
        }
        out.push_str(&format!(
            "\n{} of {} scenes, in {}\n",
            parts.join(", "),
            self.told.len(),
            report::figures::duration(wall_s)
        ));
        out
    }

    fn write_junit(&self, path: &Path) -> u8 {
        let names: Vec<String> = self.scenes.iter().chain(&self.left_out).map(|path| path.display().to_string()).collect();
        let left_out = names[self.scenes.len()..].iter().map(|file| Outcome::Skipped { file, why: "left out by --filter" });
        let outcomes: Vec<Outcome<'_>> = self
            .told
            .iter()
            .zip(&names)
            .map(|(told, file)| match told {
                Told::Ran { scene, verdict, wall_s } => {
                    let announced = self.options.announced && verdict.is_as_announced(scene);
                    Outcome::Ran { scene, verdict, wall_s: Some(*wall_s), announced }
                }
                Told::Refused { findings } => Outcome::CouldNotRun { file, findings },
                Told::Skipped(why) => Outcome::Skipped { file, why },
            })
            .chain(left_out)
            .collect();
        match report::files::write_file(path, junit(&outcomes).as_bytes()) {
            Ok(()) => PASSED,
            Err(finding) => {
                eprintln!("{finding}");
                COULD_NOT_RUN
            }
        }
    }
}

fn print_findings(ran: &Ran, quiet: bool) {
    for finding in &ran.findings {
        if finding.severity == Severity::Note && quiet {
            continue;
        }
        let of_program = ran.scene.as_ref().is_some_and(|scene| scene.job.program_file == finding.place.file);
        if of_program {
            eprintln!("{}", finding.with_excerpt(&ran.text));
        } else {
            eprintln!("{finding}");
        }
    }
}

/// Time series as Parquet and MCAP, and every step as VCD where there was motion.
fn write_logs(folder: &Path, scene: &Scene, record: &Record) -> Result<(), Diagnostic> {
    report::logs::write(folder, scene, record)?;
    if record.trace.is_empty() {
        return Ok(());
    }
    let steps = pulses::of_run(scene).map_err(|error| Diagnostic::error("R002", format!("the log cannot be made: {error}")))?;
    report::files::write_file(&folder.join("steps.vcd"), &steps)
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
    let golden = match golden::read(path, options) {
        Ok(golden) => golden,
        Err(finding) => return failed(Some(scene), vec![*finding], String::new(), COULD_NOT_RUN),
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
        strides: options.strides,
        until_s: None,
        clock: &clock,
        progress: &progress,
        watch: None,
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
            let mut verdict = report::judge(&scene, &outcome.record);
            if let Some(golden) = golden {
                findings.extend(golden::compare(path, &golden, &scene, &outcome.record, &mut verdict));
            }
            let timing = Timing { stages, simulated_s: outcome.record.duration_s, wall_s: clock() };
            let passed = verdict.pass || options.announced && verdict.is_as_announced(&scene);
            let code = if passed { PASSED } else { FAILED };
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
fn report_folders(options: &RunOptions, scenes: &[PathBuf]) -> Vec<PathBuf> {
    let dir = options.report.clone().unwrap_or_default();
    if scenes.len() == 1 {
        return vec![dir];
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    for path in scenes {
        let name = name_of(path);
        let numbered = |k: usize| dir.join(if k == 1 { name.clone() } else { format!("{name}-{k}") });
        let folder = (1..).map(numbered).find(|f| !folders.contains(f)).unwrap_or_else(|| dir.clone());
        folders.push(folder);
    }
    folders
}
