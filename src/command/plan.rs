//! `torchtwin plan`: how the controller will run a program.
//!
//! In: a program, a machine or Grbl's settings. Out: times, rates and lines as text or JSON; step pulses in a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use serde_json::{Value, json};
use torchtwin_planner::audit::Resolution;
use torchtwin_planner::grbl::{self, Settings};
use torchtwin_planner::s_curve::{self, SCurve};
use torchtwin_planner::{AXES, Controller, Geometry, Grbl, MoveKind, Output, PathItem, Slice, StepEdge, TICK_HZ, TorchEvent};

use crate::command::audit::{Auditor, Judged};
use crate::command::check;
use crate::command::holdups::{CAUSES, Holdups};
use crate::command::pulses::Pulses;
use crate::command::reading::{Reading, count, lines_of, text_of};
use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, say, written};
use crate::diag::{Diagnostic, Place, Severity, any_error};
use crate::job::Beside;
use crate::program::{self, Dialect, Program};
use crate::scene;
use crate::twin::controller::{AVERAGE, LOOK_AHEAD};

/// Options beside those about reading.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// "grbl" or "s_curve".
    pub profile: Option<String>,
    /// File with `$` settings.
    pub settings: Option<PathBuf>,
    /// Where steps go.
    pub steps: Option<PathBuf>,
    /// Rows for the torch in a CSV file.
    pub torch: bool,
    /// Judge the step pulses.
    pub audit: bool,
    /// Print JSON.
    pub json: bool,
}

const NAMES: [&str; AXES] = ["x", "y", "z"];
/// Share of its acceleration at which an arc is worth a warning: speeding up within a facet takes a tenth more by itself.
const WORTH_SAYING: f64 = 1.2;
/// Programs of more items take more than a second.
const WORTH_A_BAR: usize = 100_000;
/// A day: beyond it a number in the program is wrong.
const LONGEST_TICKS: u64 = (86_400.0 * TICK_HZ) as u64;
/// Lines listed as those that take longest.
const LONGEST: usize = 5;

enum Profile {
    Grbl(Settings),
    SCurve(s_curve::Settings),
}

impl Profile {
    fn name(&self) -> &'static str {
        match self {
            Self::Grbl(_) => "grbl",
            Self::SCurve(_) => "s_curve",
        }
    }
}

/// Plans the program at `path` and returns the exit code. With Grbl's profile, lines that it refuses are passed over, as by a sender that goes
/// on after errors, and make the exit code 1.
pub fn plan(path: &Path, reading: &Reading, options: &PlanOptions) -> u8 {
    match run(path, reading, options) {
        Ok(code) => code,
        Err(findings) => complain(&findings),
    }
}

fn run(path: &Path, reading: &Reading, options: &PlanOptions) -> Result<u8, Vec<Diagnostic>> {
    let profile = profile(reading, options)?;
    let name = path.display().to_string();
    let (program, findings) = interpreted(path, reading, &profile)?;
    let failed = any_error(&findings);
    if failed && !matches!(profile, Profile::Grbl(_)) {
        return Ok(FAILED);
    }
    let torch_too =
        options.torch || options.steps.as_ref().is_some_and(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("vcd")));
    let beside = options.steps.as_deref().map(unfinished);
    let mut pulses = options.steps.as_deref().zip(beside.as_deref()).map(|(path, beside)| open(path, beside)).transpose()?;
    let mut tally = Tally { averaged: matches!(profile, Profile::SCurve(_)), ..Tally::default() };
    let judged = judged(&profile);
    let mut holdups = Holdups::new(&program, judged.speed_m_per_s, judged.acceleration_m_per_s2);
    let mut auditor = options.audit.then(|| Auditor::new(judged, &program));
    let bar =
        if program.items.len() > WORTH_A_BAR { ProgressBar::new(program.items.len() as u64) } else { ProgressBar::hidden() };
    let items = &mut bar.wrap_iter(program.items.iter().copied());
    let start = program.start_in_machine_m;
    let mut follow = |controller: &mut dyn Controller| -> std::io::Result<()> {
        while let Some(output) = controller.next(items) {
            tally.take(&output);
            holdups.take(&output);
            if tally.end_tick > LONGEST_TICKS {
                return Ok(());
            }
            if let Some(auditor) = &mut auditor {
                auditor.take(&output);
            }
            match (&output, &mut pulses) {
                (Output::Step(edge), Some(pulses)) => pulses.step(edge)?,
                (Output::Torch { tick, event, .. }, Some(pulses)) if torch_too => pulses.torch(*tick, *event)?,
                _ => {}
            }
        }
        Ok(())
    };
    let mut interrupts = None;
    let wrote = match &profile {
        Profile::Grbl(settings) => {
            let mut controller: Grbl = Grbl::new(*settings, start);
            let wrote = follow(&mut controller);
            interrupts = Some((controller.interrupts(), controller.fastest_tick_hz()));
            wrote
        }
        Profile::SCurve(settings) => follow(&mut SCurve::<LOOK_AHEAD, AVERAGE>::new(*settings, start)),
    };
    bar.finish_and_clear();
    if tally.end_tick > LONGEST_TICKS {
        if let Some(beside) = &beside {
            let _ = std::fs::remove_file(beside);
        }
        eprintln!("{}", too_long(&name, &program, &tally));
        return Ok(FAILED);
    }
    let wrote = wrote.and_then(|()| pulses.map_or(Ok(()), Pulses::finish));
    // Only a whole file takes the place of an older one.
    let wrote = wrote.and_then(|()| match (&beside, &options.steps) {
        (Some(from), Some(to)) => std::fs::rename(from, to),
        _ => Ok(()),
    });
    if !written(wrote) {
        if let Some(beside) = &beside {
            let _ = std::fs::remove_file(beside);
        }
        return Ok(COULD_NOT_RUN);
    }
    let warnings = warnings(&name, &program, &profile, &tally);
    warnings.iter().for_each(|finding| eprintln!("{finding}"));
    let errors = count(&findings, Severity::Error);
    if let Some(auditor) = &mut auditor {
        auditor.finish();
    }
    let cycle_time_s = seconds(tally.end_tick);
    let text = if options.json {
        let mut document = tally.document(&name, &program, &profile, errors, interrupts);
        document["warnings"] = warnings.iter().map(|w| check::of(w, None)).collect();
        holdups_into(&mut document, &holdups, &program);
        document["audit"] = auditor.map_or(Value::Null, |a| a.document(&program, cycle_time_s));
        format!("{document:#}\n")
    } else {
        tally.text(&name, &program, &profile, interrupts)
            + &holdups_text(&holdups, &program)
            + &auditor.map_or_else(String::new, |a| a.text(&program, cycle_time_s))
    };
    let printed = say(&text);
    Ok(if !printed {
        COULD_NOT_RUN
    } else if failed {
        FAILED
    } else {
        PASSED
    })
}

/// The program at `path` as the controller of `profile` reads it; its errors have been said.
fn interpreted(path: &Path, reading: &Reading, profile: &Profile) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
    // `profile` tells of the machine.
    let (mut setup, _) = reading.setup()?;
    if matches!(profile, Profile::Grbl(_)) {
        setup.dialect = setup.dialect.or(Some(Dialect::Grbl));
        setup.go_on_after_errors = true;
    }
    let text = text_of(path).map_err(|finding| vec![finding])?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let name = path.display().to_string();
    let (program, findings) = program::interpret(&name, &text, &setup, &Beside { folder });
    let lines = lines_of(&findings);
    for finding in findings.iter().filter(|f| f.severity == Severity::Error) {
        let line = lines.get(&(finding.place.file.clone(), finding.place.line));
        eprintln!("{}", finding.with_line(line.map(String::as_str)));
    }
    Ok((program, findings))
}

/// That the plan has no end in sight, and where.
fn too_long(file: &str, program: &Program, tally: &Tally) -> Diagnostic {
    let (line, _) = tally.by_line(program).into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
    let place = Place { file: file.into(), line, ..Place::default() };
    let finding = Diagnostic::error("T006", "the plan takes more than a day, most of it on this line").at(place);
    finding.expected("at most a day").hint("check the feeds (mm or inch?) and the dwells")
}

/// What a plan that can be carried out should not hide.
fn warnings(file: &str, program: &Program, profile: &Profile, tally: &Tally) -> Vec<Diagnostic> {
    let settings = match profile {
        Profile::Grbl(settings) => return arcs_too_fast(file, program, settings, &tally.fastest).into_iter().collect(),
        Profile::SCurve(settings) => settings,
    };
    let rates = settings.max_speed_m_per_s.iter().zip(settings.steps_per_m).map(|(speed, steps)| speed * steps);
    let too_fast = NAMES.into_iter().zip(rates).filter(|(_, rate)| *rate > s_curve::MOST_STEPS_HZ);
    let warning = |(name, rate): (&str, f64)| {
        let found = format!("{name} at full speed takes {:.0} thousand steps a second", rate * 1e-3);
        let finding = Diagnostic::warning("C011", found).expected("at most 90 thousand, to which it is held");
        finding.hint("use fewer microsteps")
    };
    too_fast.map(warning).collect()
}

/// Grbl cuts an arc into facets and bounds their speed by the small angle between two of them, which allows v² = (δ/ε) a r where a circle
/// allows a r. Says where that happens most, and what cures it.
fn arcs_too_fast(file: &str, program: &Program, settings: &Settings, fastest: &BTreeMap<u32, f64>) -> Option<Diagnostic> {
    let mut at = program.start_in_machine_m;
    let (mut worst, mut count) = ((WORTH_SAYING, 0, 0.0, 0.0), 0);
    for item in &program.items {
        let PathItem::Move { tag, shape, .. } = item else { continue };
        let geometry = Geometry::new(at, shape);
        at = geometry.to();
        let Geometry::Arc { plane, radius_m, .. } = geometry else { continue };
        let [first, second, _] = plane.axes();
        let most = settings.acceleration_mm_per_s2;
        let allowed = f64::from(most[first].min(most[second])) * 1e-3;
        let speed = fastest.get(tag).copied().unwrap_or(0.0);
        let share = speed * speed / radius_m / allowed;
        count += usize::from(share > WORTH_SAYING);
        if share > worst.0 {
            worst = (share, program.line(*tag), radius_m, speed);
        }
    }
    let (share, line, radius_m, speed) = worst;
    (count > 0).then(|| {
        let found = format!(
            "Grbl takes the arc of radius {:.2} mm at {:.0} mm/min, with {share:.1} times the acceleration it is set to; {count} arcs are too fast",
            radius_m * 1e3,
            speed * 60e3
        );
        let hint = format!(
            "$11 = {} (as small as $12) keeps arcs within it; so does a feed of at most {:.0} mm/min here",
            settings.arc_tolerance_mm,
            speed / share.sqrt() * 60e3
        );
        Diagnostic::warning("C010", found).at(Place { file: file.into(), line, ..Place::default() }).hint(hint)
    })
}

/// What plans: as asked for, or as the machine has it.
fn profile(reading: &Reading, options: &PlanOptions) -> Result<Profile, Vec<Diagnostic>> {
    let wrong = |found: String, hint: &str| vec![Diagnostic::error("C001", found).hint(hint)];
    let own = reading.catalogue.as_deref();
    let read = reading.machine.as_deref().map(|path| scene::load_machine_with(path, own)).transpose()?;
    let machine = read.map(|(machine, findings)| {
        // That a part of one's own is used is said here; what is odd about the machine, `run` says.
        findings.iter().filter(|finding| finding.code == "S015").for_each(|note| eprintln!("{note}"));
        machine
    });
    let own = machine.as_ref().and_then(|m| m.grbl);
    let is_grbl = match options.profile.as_deref() {
        Some("grbl") => true,
        Some("s_curve") => false,
        Some(other) => return Err(wrong(format!("--profile {other}"), "grbl or s_curve")),
        None => own.is_some() || machine.is_none(),
    };
    let limits = machine.as_ref().map(|m| m.limits);
    let mut settings = own.or(limits.as_ref().map(Settings::from_limits)).unwrap_or_default();
    if let Some(file) = &options.settings {
        read_settings(file, &mut settings)?;
    } else if machine.is_none() {
        return Err(wrong(
            "neither a machine nor settings are given".into(),
            "--machine FILE, or --settings with what `$$` prints",
        ));
    }
    if is_grbl {
        return Ok(Profile::Grbl(settings));
    }
    let mut profile = machine.as_ref().map_or_else(|| smooth(&settings), |m| m.s_curve);
    if options.settings.is_some() {
        // What the settings say goes over the machine's; jerk, tolerance and shaping they do not know.
        let said = smooth(&settings);
        profile.max_speed_m_per_s = said.max_speed_m_per_s;
        profile.max_acceleration_m_per_s2 = said.max_acceleration_m_per_s2;
        profile.steps_per_m = said.steps_per_m;
    }
    Ok(Profile::SCurve(profile))
}

/// The jerk-limited profile with Grbl's speeds and accelerations.
fn smooth(settings: &Settings) -> s_curve::Settings {
    s_curve::Settings::with_usual_jerk(
        settings.max_rate_mm_per_min.map(|v| f64::from(v) / 60e3),
        settings.acceleration_mm_per_s2.map(|a| f64::from(a) * 1e-3),
        settings.steps_per_mm.map(|s| f64::from(s) * 1e3),
    )
}

/// What an audit judges by.
fn judged(profile: &Profile) -> Judged {
    match profile {
        Profile::Grbl(settings) => {
            let like = smooth(settings);
            Judged {
                speed_m_per_s: like.max_speed_m_per_s,
                acceleration_m_per_s2: like.max_acceleration_m_per_s2,
                jerk_m_per_s3: None,
                steps_per_m: like.steps_per_m,
                // Bresenham's line keeps each axis within a step of the straight one.
                resolution: Resolution::Steps(1.0),
            }
        }
        Profile::SCurve(settings) => Judged {
            speed_m_per_s: settings.max_speed_m_per_s,
            acceleration_m_per_s2: settings.max_acceleration_m_per_s2,
            jerk_m_per_s3: Some(settings.max_jerk_m_per_s3),
            steps_per_m: settings.steps_per_m,
            resolution: Resolution::Ticks(s_curve::INTERRUPT_TICKS),
        },
    }
}

/// Reads lines such as `$110=6000.000 (x max rate, mm/min)`; others are passed over.
fn read_settings(file: &Path, settings: &mut Settings) -> Result<(), Vec<Diagnostic>> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file)
        .map_err(|e| vec![Diagnostic::error("S001", format!("cannot read {name}: {e}")).hint("check the path")])?;
    // What came over a serial line may hold anything.
    let text = String::from_utf8_lossy(&bytes);
    let (mut findings, mut any) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        let Some((number, value)) = line.trim().strip_prefix('$').and_then(|l| l.split_once('=')) else { continue };
        any = true;
        let value = value.split('(').next().unwrap_or_default().trim();
        let plain = value.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
        let result = match (number.trim().parse(), value.parse::<f64>()) {
            (Ok(0..=9999u16), _) if !plain => Err(grbl::SettingError::Negative),
            (Ok(number), Ok(value)) => settings.set(number, value),
            (Ok(0..=9999u16), Err(_)) => Err(grbl::SettingError::Negative),
            _ => Err(grbl::SettingError::Unknown),
        };
        let Err(why) = result else { continue };
        let (found, hint) = match why {
            grbl::SettingError::Unknown => ("no setting of Grbl 1.1", "settings are $0 to $132; remove the line"),
            grbl::SettingError::Negative => ("not a number from 0 on", "write it as `$$` prints it: $110=6000.000"),
            grbl::SettingError::PulseTooShort => ("a step pulse below 3 µs", "$0=10 suits nearly all drivers"),
            grbl::SettingError::Zero => ("zero, with which nothing can move", "give the axis a value above 0"),
            grbl::SettingError::TooLarge => ("more than any machine has", "steps per millimetre go to 100000"),
        };
        let place = Place { file: name.clone(), line: index as u32 + 1, ..Default::default() };
        let mut finding = Diagnostic::error("S012", format!("{}: {found}", line.trim())).at(place).hint(hint);
        finding.controller_error = why.grbl_error();
        findings.push(finding);
    }
    if !any {
        let finding = Diagnostic::error("S012", format!("{name} has no setting")).expected("lines such as $110=6000.000");
        return Err(vec![finding.hint("save what the controller answers to $$")]);
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// Where a file is written until it is whole.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".unfinished");
    path.with_file_name(name)
}

fn open(path: &Path, beside: &Path) -> Result<Pulses<BufWriter<File>>, Vec<Diagnostic>> {
    let complaint = |what: String, hint: &str| vec![Diagnostic::error("C002", what).hint(hint)];
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let is_vcd = match ending.as_deref() {
        Some("csv") => false,
        Some("vcd") => true,
        _ => return Err(complaint(format!("--steps {}", path.display()), "end the name in .csv or .vcd")),
    };
    let out = File::create(beside).map(BufWriter::new);
    let pulses = out.and_then(|out| if is_vcd { Pulses::vcd(out) } else { Pulses::csv(out) });
    pulses.map_err(|e| complaint(format!("{} cannot be written: {e}", path.display()), "check the folder"))
}

/// What one axis did.
#[derive(Clone, Copy, Default)]
struct Axis {
    steps: u64,
    position: i64,
    /// Highest speed, m/s, and its tag.
    fastest: (f64, u32),
}

/// What the plan comes to.
#[derive(Default)]
struct Tally {
    axes: [Axis; AXES],
    first_tick: Option<u64>,
    last_tick: u64,
    end_tick: u64,
    blocks: u64,
    block: Option<(u32, [f64; AXES])>,
    /// Whether slices lie beside the moves.
    averaged: bool,
    cutting: bool,
    cut_ticks: u64,
    rapid_ticks: u64,
    feed_ticks: u64,
    stand_ticks: u64,
    lines: BTreeMap<u32, u64>,
    /// Highest speed on each item, m/s.
    fastest: BTreeMap<u32, f64>,
}

impl Tally {
    fn take(&mut self, output: &Output) {
        match output {
            Output::Step(StepEdge { tick, axis, forward }) => {
                let axis = &mut self.axes[usize::from(*axis)];
                axis.steps += 1;
                axis.position += if *forward { 1 } else { -1 };
                self.first_tick.get_or_insert(*tick);
                self.last_tick = *tick;
            }
            Output::Slice(slice) => self.slice(slice),
            Output::Stand { tick, ticks, tag } => {
                self.end_tick = tick + ticks;
                self.stand_ticks += ticks;
                *self.lines.entry(*tag).or_default() += ticks;
            }
            Output::Torch { event, .. } => self.cutting = *event == TorchEvent::OxygenOn,
        }
    }

    fn slice(&mut self, slice: &Slice) {
        self.end_tick = slice.tick + slice.ticks;
        *self.lines.entry(slice.tag).or_default() += slice.ticks;
        let fastest = self.fastest.entry(slice.tag).or_default();
        *fastest = fastest.max(slice.wanted_speed_m_per_s);
        match slice.kind {
            MoveKind::Rapid => self.rapid_ticks += slice.ticks,
            MoveKind::Feed => self.feed_ticks += slice.ticks,
        }
        if self.cutting {
            self.cut_ticks += slice.ticks;
        }
        // Grbl's slices lie on their blocks; those of the averages lie on none, and the tag must do.
        let block = Some((slice.tag, if self.averaged { [0.0; AXES] } else { slice.geometry.to() }));
        if self.block != block {
            (self.block, self.blocks) = (block, self.blocks + 1);
        }
        // The speed meant: a segment of Grbl's carries the time of the broken step before it, and would seem too fast or too slow.
        let length = slice.geometry.length_m();
        let way = slice.geometry.tangent_at(if length > 0.0 { slice.from_m / length } else { 0.0 });
        for (axis, way) in self.axes.iter_mut().zip(way) {
            let speed = slice.wanted_speed_m_per_s * way.abs();
            if speed > axis.fastest.0 {
                axis.fastest = (speed, slice.tag);
            }
        }
    }

    /// Lines and the time they take, s, in the order of the program.
    fn by_line(&self, program: &Program) -> BTreeMap<u32, f64> {
        let mut out = BTreeMap::new();
        for (tag, ticks) in &self.lines {
            *out.entry(program.line(*tag)).or_insert(0.0) += seconds(*ticks);
        }
        out
    }

    fn document(&self, name: &str, program: &Program, profile: &Profile, errors: usize, interrupts: Option<(u64, f64)>) -> Value {
        let axes: serde_json::Map<String, Value> = NAMES
            .into_iter()
            .zip(&self.axes)
            .map(|(name, axis)| {
                let value = json!({
                    "steps": axis.steps,
                    "end_position_steps": axis.position,
                    "speed_max_mm_per_min": axis.fastest.0 * 60e3,
                    "speed_max_line": program.line(axis.fastest.1),
                });
                (name.to_string(), value)
            })
            .collect();
        let lines: Vec<Value> = self.by_line(program).into_iter().map(|(line, s)| json!({ "line": line, "time_s": s })).collect();
        json!({
            "program": name,
            "profile": profile.name(),
            "dialect": program.dialect.name(),
            "errors": errors,
            "cycle_time_s": seconds(self.end_tick),
            "first_step_s": self.first_tick.map(seconds),
            "last_step_s": self.first_tick.map(|_| seconds(self.last_tick)),
            "cut_time_s": seconds(self.cut_ticks),
            "rapid_time_s": seconds(self.rapid_ticks),
            "feed_time_s": seconds(self.feed_ticks),
            "stand_time_s": seconds(self.stand_ticks),
            "blocks": self.blocks,
            "axes": axes,
            "interrupts": interrupts.map(|(count, _)| count),
            "interrupt_rate_max_hz": interrupts.map(|(_, rate)| rate),
            "lines": lines,
        })
    }

    fn text(&self, name: &str, program: &Program, profile: &Profile, interrupts: Option<(u64, f64)>) -> String {
        let mut out = format!("{name}, planned by the profile {}\n", profile.name());
        let mut row = |what: &str, value: String| out.push_str(&format!("  {what:<24}{value}\n"));
        row("cycle time", clock(seconds(self.end_tick)));
        row("  cutting", clock(seconds(self.cut_ticks)));
        row("  rapids", clock(seconds(self.rapid_ticks)));
        row("  standing", clock(seconds(self.stand_ticks)));
        row("blocks", self.blocks.to_string());
        for (axis, name) in self.axes.iter().zip(NAMES) {
            if axis.steps > 0 {
                let speed = axis.fastest.0 * 60e3;
                let line = program.line(axis.fastest.1);
                row(name, format!("{} steps, at most {speed:.0} mm/min on line {line}", axis.steps));
            }
        }
        if let Some((count, rate)) = interrupts {
            row("step interrupts", format!("{count}, at most {:.1} thousand a second", rate * 1e-3));
            if rate > grbl::settings::MAX_STEP_RATE_HZ {
                row("", "more than an Uno can do (30 thousand): fewer microsteps or a lower $110 to $112".into());
            }
        }
        out
    }
}

fn row(what: &str, value: &str) -> String {
    format!("  {what:<24}{value}\n")
}

/// Where the time goes, and which lines take and lose most of it.
fn holdups_text(holdups: &Holdups, program: &Program) -> String {
    let (whole, lines) = (holdups.whole(), holdups.by_line(program));
    let all_s: f64 = whole.by_cause_s.iter().sum();
    let mut out = String::new();
    let mut causes: Vec<_> = CAUSES.into_iter().zip(whole.by_cause_s).filter(|(_, s)| *s >= 0.001 * all_s && *s > 0.0).collect();
    causes.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (k, (cause, s)) in causes.into_iter().enumerate() {
        let what = if k == 0 { "no faster because of" } else { "" };
        out += &row(what, &format!("{} {:.1} % of the time, {}", cause.title(), 100.0 * s / all_s, clock(s)));
    }
    let mut rows: Vec<_> = lines.iter().map(|(line, spent)| (*line, spent.by_cause_s.iter().sum::<f64>(), spent)).collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (k, (line, s, spent)) in rows.iter().take(LONGEST).enumerate() {
        let what = if k == 0 { "lines that take longest" } else { "" };
        out += &row(what, &format!("line {line}: {}, mostly {}", clock(*s), spent.main_cause().title()));
    }
    rows.sort_by(|a, b| b.2.lost_s.total_cmp(&a.2.lost_s));
    for (k, (line, _, spent)) in rows.iter().take(LONGEST).filter(|(.., spent)| spent.lost_s > 1e-4 * all_s).enumerate() {
        let what = if k == 0 { "lines that lose most" } else { "" };
        out += &row(what, &format!("line {line}: {} to {}", clock(spent.lost_s), spent.main_loss().title()));
    }
    out
}

/// Adds to a plan's document where the time goes.
fn holdups_into(document: &mut Value, holdups: &Holdups, program: &Program) {
    let whole = holdups.whole();
    let causes: serde_json::Map<String, Value> =
        CAUSES.into_iter().zip(whole.by_cause_s).map(|(cause, s)| (format!("{}_s", cause.name()), json!(s))).collect();
    document["time_by_cause"] = Value::Object(causes);
    document["lost_time_s"] = json!(whole.lost_s);
    let lines = holdups.by_line(program);
    for line in document["lines"].as_array_mut().into_iter().flatten() {
        let number = line["line"].as_u64().and_then(|n| u32::try_from(n).ok());
        if let Some(spent) = number.and_then(|n| lines.get(&n)) {
            line["lost_s"] = json!(spent.lost_s);
            line["cause"] = json!(spent.main_cause().name());
        }
    }
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICK_HZ
}

fn clock(seconds: f64) -> String {
    // Rounded first, so that nothing shows sixty seconds.
    let seconds = if seconds < 59.995 { seconds } else { (seconds * 10.0).round() / 10.0 };
    if seconds < 59.995 {
        format!("{seconds:.2} s")
    } else {
        format!("{} min {:04.1} s", (seconds / 60.0) as u64, seconds % 60.0)
    }
}
