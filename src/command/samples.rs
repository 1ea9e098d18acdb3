//! `torchtwin run --samples`: one scene many times, its values drawn from their ranges.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::command::batch::{self, Ended};
use crate::command::run::RunOptions;
use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, keep_part, say};
use crate::diag::{Diagnostic, any_error};
use crate::job;
use crate::report::{self, columns::Columns};
use crate::scene::{self, Changes, model::Draws, model::Scene};
use crate::sizing::samples::{self, Row};
use crate::sizing::{page, shard, shard::Shard};
use crate::twin;

/// How to sample.
#[derive(Clone, Debug)]
pub struct Sampling {
    /// Samples.
    pub count: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Only this shard of them.
    pub shard: Option<Shard>,
    /// Share of the samples that must pass.
    pub pass_share: f64,
}

/// What belongs to the answer, however it was computed.
pub struct Telling<'a> {
    /// Folder for `samples.parquet`, `uncertainty.json` and `uncertainty.html`.
    pub report: Option<&'a Path>,
    /// Print JSON.
    pub json: bool,
    /// Share of the samples that must pass.
    pub pass_share: f64,
}

/// Runs the samples of a scene. Exit code: 0 when enough of them pass, 1 when not, 2 when the scene cannot be run.
pub fn run(options: &RunOptions, sampling: &Sampling) -> u8 {
    let scenes = match batch::scenes(&options.scenes, &options.filter) {
        Ok([scenes, _]) => scenes,
        Err(finding) => return complain(&[*finding]),
    };
    let ([path], true) = (&scenes[..], sampling.shard.is_none() || options.report.is_some()) else {
        let what = if scenes.len() == 1 { "--shard without --report" } else { "--samples with more than one scene" };
        return complain(&[Diagnostic::error("C001", what).hint("torchtwin run SCENE --samples 200 --shard 1/8 --report parts")]);
    };
    let (scene, changes) = match nominal(path, options.program.as_deref(), options.catalogue.as_deref()) {
        Ok(read) => read,
        Err((findings, code)) => {
            complain(&findings);
            return code;
        }
    };
    let drawn = samples::draws(&scene.ranges, sampling.seed, sampling.count);
    let about = about(options, sampling, path, &scene);
    let numbers: Vec<usize> = sampling.shard.unwrap_or(Shard::WHOLE).items(drawn.len()).collect();
    let bar = ProgressBar::with_draw_target(Some(numbers.len() as u64), ProgressDrawTarget::stderr());
    bar.set_style(style());
    if options.quiet || options.json {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    batch::watch_for_interrupt();
    let threads = batch::threads(options.threads, numbers.len());
    let (work_path, work_options, work_drawn) = (path.clone(), options.clone(), drawn.clone());
    let work = move |sample: &usize| one(&work_path, &work_options, &changes, *sample, &work_drawn[*sample]);
    let mut rows = Vec::new();
    let ended = batch::each(numbers, threads, work, |_, row| {
        rows.push(row);
        bar.inc(1);
        true
    });
    bar.finish_and_clear();
    if ended == Ended::Interrupted {
        return complain(&[Diagnostic::error("C004", "interrupted: nothing is kept of samples that are not all done")
            .hint("--shard I/N makes parts that are kept one by one")]);
    }
    let mut table = samples::table(&rows, &drawn);
    table.about.clone_from(&about);
    if let (Some(shard), Some(folder)) = (sampling.shard, &options.report) {
        return keep_part(folder, shard, table);
    }
    let telling = Telling { report: options.report.as_deref(), json: options.json, pass_share: sampling.pass_share };
    answer(&scene, table, &drawn, &telling)
}

/// The scene as written, and what its samples change in it besides their draws.
fn nominal(path: &Path, program: Option<&Path>, catalogue: Option<&Path>) -> Result<(Scene, Changes), (Vec<Diagnostic>, u8)> {
    let owned = |path: Option<&Path>| path.map(Path::to_path_buf);
    let changes = Changes { program: owned(program), catalogue: owned(catalogue), ..Changes::default() };
    let scene = scene::load_changed(path, &changes).map_err(|findings| (findings, COULD_NOT_RUN))?;
    let (_, findings) = job::program(&scene);
    if any_error(&findings) {
        return Err((findings, FAILED));
    }
    Ok((scene, changes))
}

/// What is said of the samples as a whole: enough to join shards, and to make a lost one again.
fn about(options: &RunOptions, sampling: &Sampling, path: &Path, scene: &Scene) -> BTreeMap<String, String> {
    let shown = |path: &Option<PathBuf>| path.as_ref().map_or_else(String::new, |path| path.display().to_string());
    let (program, catalogue) = (shown(&options.program), shown(&options.catalogue));
    let given = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!(" {name} {value}") };
    let command = format!(
        "torchtwin run {} --samples {} --seed {} --engine {}{}{}{}{}",
        path.display(),
        sampling.count,
        sampling.seed,
        options.engine.name(),
        if options.no_fast_forward { " --no-fast-forward" } else { "" },
        if options.strides { " --strides" } else { "" },
        given("--program", &program),
        given("--catalogue", &catalogue)
    );
    [
        ("kind", "samples".to_string()),
        ("scene", path.display().to_string()),
        ("program", program),
        ("catalogue", catalogue),
        ("count", sampling.count.to_string()),
        ("seed", sampling.seed.to_string()),
        ("fingerprint", samples::fingerprint(scene)),
        (shard::COMMAND, command),
    ]
    .map(|(key, value)| (key.to_string(), value))
    .into()
}

/// Runs one sample.
fn one(path: &Path, options: &RunOptions, changes: &Changes, sample: usize, drawn: &Draws) -> Row {
    let changes = Changes { draws: Draws::clone(drawn), ..changes.clone() };
    let scene = match scene::load_changed(path, &changes) {
        Ok(scene) => scene,
        Err(findings) => return Row::not_run(sample, findings.first().map_or_else(String::new, Diagnostic::to_string)),
    };
    let (program, findings) = job::program(&scene);
    if let Some(finding) = findings.iter().find(|finding| finding.severity == crate::diag::Severity::Error) {
        return Row::not_run(sample, finding.to_string());
    }
    let twin_options =
        twin::Options { fast_forward: !options.no_fast_forward, strides: options.strides, ..twin::Options::on(options.engine) };
    match twin::run(&scene, &program, &twin_options) {
        Ok(outcome) => Row::of(sample, &outcome.record, &report::judge(&scene, &outcome.record)),
        Err(finding) => Row::not_run(sample, finding.to_string()),
    }
}

/// What the samples come to: on the terminal, as JSON, in a folder.
fn answer(scene: &Scene, table: Columns, drawn: &[Draws], telling: &Telling<'_>) -> u8 {
    let rows = match samples::rows(&table) {
        Ok(rows) => rows,
        Err(why) => return complain(&[Diagnostic::error("C008", why)]),
    };
    let found = samples::uncertainty(scene, &rows, drawn);
    let json = report::json::to_text(&found.json(&table.about));
    if let Some(folder) = telling.report {
        let parquet = match table.to_parquet() {
            Ok(bytes) => bytes,
            Err(why) => return complain(&[Diagnostic::error("R002", why)]),
        };
        let pages = [("uncertainty.json", json.clone()), ("uncertainty.html", page::page(scene, &found))];
        let written = report::files::write_all(folder, &pages)
            .and_then(|()| report::files::write_file(&folder.join("samples.parquet"), &parquet));
        if let Err(finding) = written {
            return complain(&[finding]);
        }
    }
    let text = if telling.json { json } else { found.text(&scene.title) };
    match (say(&text), found.pass_share() >= telling.pass_share) {
        (false, _) => COULD_NOT_RUN,
        (true, true) => PASSED,
        (true, false) => FAILED,
    }
}

/// Joins the parts of samples that were run in shards, and answers as one machine would.
pub fn merge(parts: &[Columns], about: &BTreeMap<String, String>, telling: &Telling<'_>) -> u8 {
    let get = |key: &str| about.get(key).map(String::as_str).unwrap_or_default();
    let path = |key: &str| Some(PathBuf::from(get(key))).filter(|path| !path.as_os_str().is_empty());
    let (scene, _) = match nominal(Path::new(get("scene")), path("program").as_deref(), path("catalogue").as_deref()) {
        Ok(read) => read,
        Err((findings, code)) => {
            complain(&findings);
            return code;
        }
    };
    if samples::fingerprint(&scene) != get("fingerprint") {
        let finding = Diagnostic::error("C008", format!("{} is not what it was when the parts were made", get("scene")));
        return complain(&[finding.hint("make all parts again, or bring its files back")]);
    }
    let (Ok(seed), Ok(count)) = (get("seed").parse(), get("count").parse()) else {
        return complain(&[Diagnostic::error("C008", "the parts do not say how they were sampled")]);
    };
    let drawn = samples::draws(&scene.ranges, seed, count);
    let mut rows = Vec::new();
    for part in parts {
        match samples::rows(part) {
            Ok(more) => rows.extend(more),
            Err(why) => return complain(&[Diagnostic::error("C008", why)]),
        }
    }
    let mut numbers: Vec<usize> = rows.iter().map(|row| row.sample).collect();
    numbers.sort_unstable();
    if !numbers.into_iter().eq(0..drawn.len()) {
        return complain(&[Diagnostic::error("C008", "the parts do not hold every sample once").hint("make all parts again")]);
    }
    let mut table = samples::table(&rows, &drawn);
    table.about.clone_from(about);
    answer(&scene, table, &drawn, telling)
}

/// Of a bar that counts runs.
pub fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30.cyan/blue} {pos} of {len}  [{elapsed} elapsed, {eta} left]")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}
