//! `torchtwin motor`: a motor's pull-out curve, measured on the simulated bench, beside what is published.
//!
//! In: a motor from the catalogue, a file or options; driver, supply or what they come to. Out: CSV or JSON, a picture.

use std::path::PathBuf;
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};
use serde_json::{Value, json};

use crate::command::reading::text_of;
use crate::command::{COULD_NOT_RUN, FAILED, PASSED, complain, say};
use crate::diag::Diagnostic;
use crate::drive::bench::{self, Braked};
use crate::drive::heat::{Warmth, warmth};
use crate::drive::params::{DriverParams, MotorParams};
use crate::drive::pull_out::pull_out_nm;
use crate::report::pull_out::picture;
use crate::scene::catalogue::{Catalogue, Found, Motor, built_in};
use crate::scene::motors::{self, Published, Setting};
use crate::scene::quantity::Quantity;
use crate::scene::used::Used;
use crate::sizing::pull_out::band;

/// rev/min in a rad/s.
const RPM: f64 = 60.0 / std::f64::consts::TAU;
/// Speeds of a curve where none are asked for, rev/min, as far as there is torque.
const SPEEDS_RPM: [f64; 16] =
    [30.0, 60.0, 100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0, 1200.0, 1500.0, 2000.0, 2500.0, 3000.0];
/// Faster than any stepper here turns, rev/min.
const FASTEST_RPM: f64 = 10_000.0;
/// A published curve is beside this one if its voltage and current are within these shares.
const SAME_VOLTS: f64 = 0.02;
const SAME_AMPS: f64 = 0.05;
/// What published curves are kept to, up to the speed where torque falls to a third of holding torque.
const TOLERANCE: f64 = 0.15;
const TOLERANCE_NEMA_34: f64 = 0.20;

/// Options of `motor`.
#[derive(Clone, Debug, Default)]
pub struct MotorOptions {
    /// Id in the catalogue or in `file`.
    pub id: Option<String>,
    /// File with motors, drivers and supplies of one's own.
    pub file: Option<PathBuf>,
    /// Driver's id.
    pub driver: Option<String>,
    /// Supply's id.
    pub supply: Option<String>,
    /// Bus voltage, V.
    pub bus_volts: Option<f64>,
    /// Amplitude of the phase current, A.
    pub amps_peak: Option<f64>,
    /// Microsteps in a full step.
    pub microsteps: Option<u32>,
    /// Speeds, rev/min, separated by commas.
    pub rpm: Option<String>,
    /// Print JSON.
    pub json: bool,
    /// Write a picture.
    pub plot: Option<PathBuf>,
    /// Exit code 1 if published points are missed.
    pub check: bool,
    /// Values of the motor, over the catalogue's or instead of them.
    pub values: MotorValues,
}

/// A motor's values from the command line, by the catalogue's keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MotorValues {
    /// N·m.
    pub holding_torque_nm: Option<f64>,
    /// A.
    pub rated_current_a: Option<f64>,
    /// Ω.
    pub resistance_ohm: Option<f64>,
    /// mH, as on the sheet.
    pub inductance_mh: Option<f64>,
    /// NEMA frame.
    pub frame_nema: Option<f64>,
    /// mm.
    pub body_mm: Option<f64>,
    /// g·cm².
    pub rotor_inertia_g_cm2: Option<f64>,
    /// N·m.
    pub detent_torque_nm: Option<f64>,
}

/// A curve with what it was taken under.
struct Curve {
    motor: MotorParams,
    driver: DriverParams,
    setting: Setting,
    frame_nema: f64,
    rpm: Vec<f64>,
    braked: Vec<Braked>,
    closed_form_nm: Vec<f64>,
    /// Between which shares of the torque nine of ten draws of the values lie.
    band: Vec<[f64; 2]>,
    /// Published curves taken under the same voltage and current.
    published: Vec<Published>,
    standing: Warmth,
}

/// How far a curve is from a published one.
struct Deviation {
    /// (rev/min, simulated over published less one), and whether that point is judged.
    points: Vec<(f64, f64, bool)>,
    tolerance: f64,
}

/// Draws the curve and returns the exit code.
pub fn motor(options: &MotorOptions) -> u8 {
    match curve(options) {
        Ok(curve) => tell(&curve, options),
        Err(findings) => complain(&findings),
    }
}

fn one(finding: Diagnostic) -> Vec<Diagnostic> {
    vec![finding]
}

fn curve(options: &MotorOptions) -> Result<Curve, Vec<Diagnostic>> {
    let (catalogue, own) = match &options.file {
        Some(file) => motors::with_own_parts(&file.display().to_string(), &read(file)?)?,
        None => (built_in()?.clone(), Vec::new()),
    };
    let (id, part) = chosen(options, &catalogue, &own)?;
    let found = Found { kind: "motors", id: &id, part: &part };
    let mut used = Used::default();
    let params = motors::motor_params(found, &catalogue.motor_class, &mut used);
    let driver = options.driver.as_ref().map(|id| catalogue.driver(id)).transpose().map_err(|f| one(*f))?;
    let supply = options.supply.as_ref().map(|id| catalogue.supply(id)).transpose().map_err(|f| one(*f))?;
    in_range("--bus-volts", options.bus_volts, 1.0, 400.0)?;
    in_range("--amps-peak", options.amps_peak, 0.01, 100.0)?;
    in_range("--microsteps", options.microsteps.map(f64::from), 1.0, 512.0)?;
    let microsteps = options.microsteps.unwrap_or_else(|| {
        let finest = driver.map_or(16.0, |d| d.part.microsteps_max.value);
        finest.min(16.0) as u32
    });
    let default_peak = driver.map(|d| motors::default_current_a_peak(&part, d.part));
    let missing = |what: &str, hint: &str| one(Diagnostic::error("C003", format!("no {what}")).hint(hint));
    let current_peak_a = options
        .amps_peak
        .or(default_peak)
        .ok_or_else(|| missing("phase current", "give --driver ID or --amps-peak A (the amplitude: √2 times an RMS setting)"))?;
    let mut setting = match (supply, options.bus_volts) {
        (Some(supply), _) => Setting::on(supply, 1, current_peak_a, microsteps, &mut used),
        (None, Some(bus_v)) => Setting { current_peak_a, microsteps, bus_v, supply_a: f64::INFINITY },
        (None, None) => return Err(missing("bus voltage", "give --supply ID or --bus-volts V")),
    };
    setting.bus_v = options.bus_volts.unwrap_or(setting.bus_v);
    if let Some(driver) = driver {
        let source = match supply {
            Some(supply) if options.bus_volts.is_none() => supply.part.name.as_str(),
            _ => "--bus-volts",
        };
        let wrong = motors::unfit(driver.part, source, &setting).into_iter().flatten();
        let findings: Vec<Diagnostic> = wrong.map(|(found, hint)| Diagnostic::error("S010", found).hint(hint)).collect();
        if !findings.is_empty() {
            return Err(findings);
        }
    }
    let named = driver;
    let driver = motors::driver_params(named, &catalogue.driver_class, &setting, &mut used);
    let published: Vec<Published> = part.pull_out.iter().map(Published::from).filter(|p| same(p, &setting)).collect();
    let rpm = match &options.rpm {
        Some(list) => speeds(list)?,
        None => usual_speeds(&params, &driver, &published),
    };
    let heat = motors::heat_params(found, &catalogue, &mut used);
    let standing = warmth(&params, &driver, &heat, current_peak_a.powi(2), 0.0);
    let braked = brake_all(&params, &driver, &rpm);
    let closed_form_nm = rpm.iter().map(|rpm| pull_out_nm(&params, &driver, rpm / RPM)).collect();
    let drawn = |used: &mut Used| {
        let params = motors::motor_params(found, &catalogue.motor_class, used);
        (params, motors::driver_params(named, &catalogue.driver_class, &setting, used))
    };
    let band = band(&drawn, &rpm);
    Ok(Curve {
        motor: params,
        driver,
        setting,
        frame_nema: part.frame_nema.value,
        rpm,
        braked,
        closed_form_nm,
        band,
        published,
        standing,
    })
}

fn read(file: &std::path::Path) -> Result<String, Vec<Diagnostic>> {
    text_of(file).map_err(one)
}

/// The motor asked for, with the values given over its own.
fn chosen(options: &MotorOptions, catalogue: &Catalogue, own: &[String]) -> Result<(String, Motor), Vec<Diagnostic>> {
    let id = match (&options.id, own) {
        (Some(id), _) => Some(id.clone()),
        (None, [only]) => Some(only.clone()),
        (None, []) => None,
        (None, several) => {
            let finding =
                Diagnostic::error("C003", "which motor of the file?").expected(format!("one of {}", several.join(", ")));
            return Err(one(finding.hint("name it: torchtwin motor ID --file FILE")));
        }
    };
    let v = &options.values;
    let (id, mut part) = match id {
        Some(id) => {
            let found = catalogue.motor(&id).map_err(|finding| one(*finding))?;
            (found.id.to_string(), found.part.clone())
        }
        None => ("from options".to_string(), from_options(v)?),
    };
    let put = |place: &mut Quantity, value: Option<f64>| {
        if let Some(value) = value {
            *place = Quantity::plain(value);
        }
    };
    put(&mut part.holding_torque_nm, v.holding_torque_nm);
    put(&mut part.rated_current_a, v.rated_current_a);
    put(&mut part.resistance_ohm, v.resistance_ohm);
    put(&mut part.inductance_mh, v.inductance_mh);
    put(&mut part.frame_nema, v.frame_nema);
    put(&mut part.body_mm, v.body_mm);
    part.rotor_inertia_g_cm2 = v.rotor_inertia_g_cm2.map(Quantity::plain).or(part.rotor_inertia_g_cm2);
    part.detent_torque_nm = v.detent_torque_nm.map(Quantity::plain).or(part.detent_torque_nm);
    motors::check_motor(&part)?;
    Ok((id, part))
}

/// A motor from options alone.
fn from_options(v: &MotorValues) -> Result<Motor, Vec<Diagnostic>> {
    let needed = [
        ("--holding-torque-nm", v.holding_torque_nm),
        ("--rated-amps", v.rated_current_a),
        ("--resistance-ohm", v.resistance_ohm),
        ("--inductance-mh", v.inductance_mh),
        ("--frame-nema", v.frame_nema),
        ("--body-mm", v.body_mm),
    ];
    let absent: Vec<&str> = needed.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    if absent.len() == needed.len() {
        let hint = "torchtwin motor 23HS30-2804S --driver DM542T --supply LRS-350-48; `torchtwin parts motors` lists motors";
        return Err(one(Diagnostic::error("C003", "no motor").expected("an id, --file FILE, or its values").hint(hint)));
    }
    if !absent.is_empty() {
        let finding = Diagnostic::error("C003", format!("the motor's values lack {}", absent.join(", ")));
        return Err(one(finding.hint("give them too, or an id of the catalogue to start from")));
    }
    let value = |i: usize| Quantity::plain(needed[i].1.unwrap_or_default());
    Ok(Motor {
        name: "motor from options".into(),
        frame_nema: value(4),
        body_mm: value(5),
        holding_torque_nm: value(0),
        rated_current_a: value(1),
        resistance_ohm: value(2),
        inductance_mh: value(3),
        rotor_inertia_g_cm2: None,
        detent_torque_nm: None,
        mass_kg: None,
        shaft_mm: None,
        closed_loop: None,
        price: None,
        source: "options".into(),
        pull_out: Vec::new(),
    })
}

fn in_range(name: &str, value: Option<f64>, low: f64, high: f64) -> Result<(), Vec<Diagnostic>> {
    match value {
        Some(v) if !(low..=high).contains(&v) => {
            Err(one(Diagnostic::error("C003", format!("`{name}` is {v}")).expected(format!("a number from {low} to {high}"))))
        }
        _ => Ok(()),
    }
}

/// Speeds from "100,200,300".
fn speeds(list: &str) -> Result<Vec<f64>, Vec<Diagnostic>> {
    list.split(',')
        .map(|word| match word.trim().parse::<f64>() {
            Ok(rpm) if rpm > 0.0 && rpm <= FASTEST_RPM => Ok(rpm),
            _ => Err(one(Diagnostic::error("C003", format!("`--rpm` has \"{}\"", word.trim()))
                .expected(format!("speeds above 0 and up to {FASTEST_RPM} rev/min"))
                .hint("separate them by commas: --rpm 100,300,600"))),
        })
        .collect()
}

/// Round speeds as far as there is torque, and those of the published curves.
fn usual_speeds(motor: &MotorParams, driver: &DriverParams, published: &[Published]) -> Vec<f64> {
    let slow = pull_out_nm(motor, driver, SPEEDS_RPM[0] / RPM);
    let mut all: Vec<f64> = SPEEDS_RPM.into_iter().filter(|rpm| pull_out_nm(motor, driver, rpm / RPM) > 0.03 * slow).collect();
    all.extend(published.iter().flat_map(|p| p.points.iter().map(|point| point.0)).filter(|rpm| *rpm > 0.0));
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// Whether a published curve was taken as this one is.
fn same(published: &Published, setting: &Setting) -> bool {
    let near = |a: Option<f64>, b: f64, share: f64| a.is_some_and(|a| (a / b - 1.0).abs() < share);
    near(published.bus_v, setting.bus_v, SAME_VOLTS) && near(published.current_peak_a, setting.current_peak_a, SAME_AMPS)
}

/// All speeds on the bench, with a bar if that takes more than a second.
fn brake_all(motor: &MotorParams, driver: &DriverParams, rpm: &[f64]) -> Vec<Braked> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let speeds: Vec<f64> = rpm.iter().map(|rpm| rpm / RPM).collect();
    let bar = ProgressBar::with_draw_target(Some(rpm.len() as u64), ProgressDrawTarget::hidden());
    let (start, late) = (Instant::now(), Once::new());
    let braked = bench::curve(motor, driver, &speeds, threads, &|| {
        bar.inc(1);
        if start.elapsed() > Duration::from_secs(1) {
            late.call_once(|| bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    });
    bar.finish_and_clear();
    braked
}

impl Curve {
    fn torque_at(&self, rpm: f64) -> Option<f64> {
        self.rpm.iter().position(|r| *r == rpm).map(|i| self.braked[i].torque_nm)
    }

    fn published_at(&self, rpm: f64) -> Option<f64> {
        self.published.iter().flat_map(|p| &p.points).find(|point| point.0 == rpm).map(|point| point.1)
    }

    /// How sure it is: the widest ends of the band, down to a third of the holding torque and from there to a tenth.
    fn sure(&self) -> String {
        let share = |torque_nm: f64| torque_nm / self.motor.holding_torque_nm;
        let widest = |from: f64, to: f64| {
            let here = self.braked.iter().zip(&self.band).filter(|(b, _)| share(b.torque_nm) < from && share(b.torque_nm) >= to);
            here.map(|(_, band)| *band).reduce(|all, one| [all[0].min(one[0]), all[1].max(one[1])])
        };
        let said = |[low, high]: [f64; 2]| format!("within {:+.0} and {:+.0} %", 100.0 * (low - 1.0), 100.0 * (high - 1.0));
        let down = widest(f64::INFINITY, 1.0 / 3.0).map(|ends| format!(" {} down to a third of holding torque", said(ends)));
        let beyond = widest(1.0 / 3.0, 0.1).map(|ends| format!(" {} from there to a tenth", said(ends)));
        let parts: Vec<String> = down.into_iter().chain(beyond).collect();
        format!("with its values anywhere in their ranges, nine times of ten{}", parts.join(","))
    }

    /// Against a published curve; a point is judged where it lies at or before the last that has a third of the holding torque.
    fn deviation(&self, published: &Published) -> Deviation {
        let third = self.motor.holding_torque_nm / 3.0;
        let last = published.points.iter().filter(|p| p.1 >= third).map(|p| p.0).fold(0.0, f64::max);
        let off = |&(rpm, nm): &(f64, f64)| Some((rpm, self.torque_at(rpm)? / nm - 1.0, rpm <= last));
        Deviation {
            points: published.points.iter().filter_map(off).collect(),
            tolerance: if self.frame_nema >= 34.0 { TOLERANCE_NEMA_34 } else { TOLERANCE },
        }
    }
}

impl Deviation {
    fn worst(&self, judged_only: bool) -> Option<(f64, f64)> {
        let points = self.points.iter().filter(|(.., judged)| *judged || !judged_only).map(|&(rpm, off, _)| (rpm, off));
        points.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
    }

    fn mean(&self) -> f64 {
        self.points.iter().map(|(_, off, _)| off.abs()).sum::<f64>() / (self.points.len().max(1) as f64)
    }

    fn within(&self) -> bool {
        self.worst(true).is_none_or(|(_, off)| off.abs() <= self.tolerance)
    }
}

/// Data to stdout, words to stderr.
fn tell(curve: &Curve, options: &MotorOptions) -> u8 {
    if let Some(file) = &options.plot {
        let zip = |nm: &mut dyn Iterator<Item = f64>| curve.rpm.iter().copied().zip(nm).collect::<Vec<_>>();
        let points: Vec<(f64, f64)> = curve.published.iter().flat_map(|p| p.points.iter().copied()).collect();
        let title = format!("{}, {}", curve.motor.name, curve.driver.name);
        let text = picture(
            &title,
            &zip(&mut curve.braked.iter().map(|b| b.torque_nm)),
            &zip(&mut curve.closed_form_nm.iter().copied()),
            &points,
        );
        if let Err(error) = std::fs::write(file, text) {
            let finding = Diagnostic::error("C002", format!("{} cannot be written: {error}", file.display()));
            return complain(&[finding.hint("does its folder exist?")]);
        }
    }
    let deviations: Vec<Deviation> = curve.published.iter().map(|p| curve.deviation(p)).collect();
    let said = if options.json { say(&json_text(curve, &deviations)) } else { say(&csv(curve)) };
    if !said {
        return COULD_NOT_RUN;
    }
    eprintln!("{} on {}", curve.motor.name, curve.driver.name);
    for (published, deviation) in curve.published.iter().zip(&deviations) {
        eprintln!("{}", words(published, deviation));
    }
    eprintln!("{}", curve.sure());
    let w = &curve.standing;
    eprintln!(
        "standing at this current: motor {:.0} W, {:.0} K above the air for good ({:.0} min to 63 %); driver {:.0} W, {:.0} K",
        w.motor_w,
        w.motor_rise_k,
        w.motor_time_s / 60.0,
        w.driver_w,
        w.driver_rise_k
    );
    if options.check && !deviations.iter().all(Deviation::within) { FAILED } else { PASSED }
}

fn words(published: &Published, deviation: &Deviation) -> String {
    let driver = if published.driver.is_empty() { "driver not stated" } else { &published.driver };
    let assumed = if published.assumed { ", partly assumed" } else { "" };
    let Some((rpm, off)) = deviation.worst(false) else {
        return format!("published ({driver}{assumed}): no speed in common");
    };
    let judged = match deviation.worst(true) {
        Some((rpm, off)) => format!("; down to a third of holding torque {:+.0} % at {rpm} rev/min", 100.0 * off),
        None => "; all below a third of holding torque".to_string(),
    };
    format!(
        "against the published curve ({driver}{assumed}): worst {:+.0} % at {rpm} rev/min, mean {:.0} %{judged}",
        100.0 * off,
        100.0 * deviation.mean()
    )
}

fn csv(curve: &Curve) -> String {
    let beside = curve.rpm.iter().any(|rpm| curve.published_at(*rpm).is_some());
    let mut out = String::from(if beside { "rpm,torque_nm,published_nm\n" } else { "rpm,torque_nm\n" });
    for (rpm, braked) in curve.rpm.iter().zip(&curve.braked) {
        out.push_str(&format!("{rpm},{:.4}", braked.torque_nm));
        if beside {
            out.push(',');
            out.push_str(&curve.published_at(*rpm).map_or_else(String::new, |nm| nm.to_string()));
        }
        out.push('\n');
    }
    out
}

fn json_text(curve: &Curve, deviations: &[Deviation]) -> String {
    let rounded = |v: f64| if v.is_finite() { json!((v * 1e4).round() / 1e4) } else { Value::Null };
    let point = |i: usize| {
        let (rpm, braked) = (curve.rpm[i], &curve.braked[i]);
        json!({
            "rpm": rpm,
            "torque_nm": rounded(braked.torque_nm),
            "closed_form_nm": rounded(curve.closed_form_nm[i]),
            "low_nm": rounded(curve.band[i][0] * braked.torque_nm),
            "high_nm": rounded(curve.band[i][1] * braked.torque_nm),
            "published_nm": curve.published_at(rpm),
            "bus_low_v": rounded(braked.bus_low_v),
        })
    };
    let published = |(p, d): (&Published, &Deviation)| {
        let worst = |judged| d.worst(judged).map(|(rpm, off)| json!({ "rpm": rpm, "share": rounded(off) }));
        json!({
            "driver": p.driver, "bus_v": p.bus_v, "current_peak_a": p.current_peak_a, "microsteps": p.microsteps, "assumed": p.assumed,
            "worst": worst(false), "worst_to_a_third_of_holding_torque": worst(true), "mean_share": rounded(d.mean()),
            "tolerance": d.tolerance, "within": d.within(),
        })
    };
    let s = &curve.setting;
    let w = &curve.standing;
    let text = json!({
        "motor": curve.motor.name,
        "driver": curve.driver.name,
        "bus_v": s.bus_v,
        "supply_a": rounded(s.supply_a),
        "current_peak_a": rounded(s.current_peak_a),
        "microsteps": s.microsteps,
        "closed_loop": curve.driver.closed_loop.is_some(),
        "bench": { "flywheel_rotor_inertias": bench::FLYWHEEL, "rise_s": bench::RISE_S },
        "points": (0..curve.rpm.len()).map(point).collect::<Vec<_>>(),
        "published": curve.published.iter().zip(deviations).map(published).collect::<Vec<_>>(),
        "standing": {
            "motor_w": rounded(w.motor_w), "motor_rise_k": rounded(w.motor_rise_k), "motor_time_s": rounded(w.motor_time_s),
            "driver_w": rounded(w.driver_w), "driver_rise_k": rounded(w.driver_rise_k),
        },
    });
    serde_json::to_string_pretty(&text).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(options: MotorOptions) -> String {
        let findings = curve(&options).err().expect("an error");
        findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn messages_say_what_was_found_and_what_to_do() {
        let base = || MotorOptions {
            id: Some("23HS30-2804S".into()),
            bus_volts: Some(48.0),
            amps_peak: Some(3.8),
            ..Default::default()
        };
        for (options, expected) in [
            (
                MotorOptions::default(),
                "error[C003]: no motor; expected an id, --file FILE, or its values\n  hint: torchtwin motor 23HS30-2804S",
            ),
            (
                MotorOptions { id: Some("23HS30-2840S".into()), ..base() },
                "error[S007]: the catalogue has no motors/23HS30-2840S\n  hint: did you mean \"23HS30-2804S\"?",
            ),
            (MotorOptions { driver: Some("DM524T".into()), ..base() }, "hint: did you mean \"DM542T\"?"),
            (MotorOptions { supply: Some("LRS-350-49".into()), ..base() }, "hint: did you mean \"LRS-350-48\"?"),
            (
                MotorOptions { bus_volts: None, ..base() },
                "error[C003]: no bus voltage\n  hint: give --supply ID or --bus-volts V",
            ),
            (
                MotorOptions { amps_peak: None, ..base() },
                "error[C003]: no phase current\n  hint: give --driver ID or --amps-peak A",
            ),
            (
                MotorOptions { bus_volts: Some(-1.0), ..base() },
                "error[C003]: `--bus-volts` is -1; expected a number from 1 to 400",
            ),
            (
                MotorOptions { driver: Some("DM542T".into()), bus_volts: Some(70.0), ..base() },
                "error[S010]: StepperOnline DM542T takes 20 V to 50 V, but --bus-volts gives 70 V\n  hint: choose another supply or driver",
            ),
            (
                MotorOptions { driver: Some("DM542T".into()), amps_peak: Some(6.0), ..base() },
                "error[S010]: StepperOnline DM542T goes to 4.5 A peak, not 6",
            ),
            (
                MotorOptions { rpm: Some("100,fast".into()), ..base() },
                "error[C003]: `--rpm` has \"fast\"; expected speeds above 0 and up to 10000 rev/min\n  hint: separate them by commas",
            ),
            (
                MotorOptions { id: None, values: MotorValues { holding_torque_nm: Some(1.0), ..Default::default() }, ..base() },
                "error[C003]: the motor's values lack --rated-amps, --resistance-ohm, --inductance-mh, --frame-nema, --body-mm",
            ),
            (
                MotorOptions { values: MotorValues { resistance_ohm: Some(-2.0), ..Default::default() }, ..base() },
                "error[S006]: `resistance_ohm` is -2; expected a number from 0.01 to 100",
            ),
        ] {
            let words = wrong(options);
            assert!(words.contains(expected), "{words}\nshould hold\n{expected}");
        }
    }

    #[test]
    fn a_motor_from_options_is_the_catalogues_with_the_same_values() {
        let rpm = Some("100,600".to_string());
        let of = |options: MotorOptions| {
            let curve = curve(&MotorOptions { bus_volts: Some(48.0), amps_peak: Some(3.8), rpm: rpm.clone(), ..options })
                .unwrap_or_else(|f| panic!("{f:?}"));
            curve.braked.iter().map(|b| b.torque_nm).collect::<Vec<_>>()
        };
        let values = MotorValues {
            holding_torque_nm: Some(1.89),
            rated_current_a: Some(2.8),
            resistance_ohm: Some(1.13),
            inductance_mh: Some(5.4),
            frame_nema: Some(23.0),
            body_mm: Some(76.0),
            rotor_inertia_g_cm2: Some(480.0),
            detent_torque_nm: Some(0.06),
        };
        assert_eq!(
            of(MotorOptions { values, ..Default::default() }),
            of(MotorOptions { id: Some("23hs30-2804s".into()), ..Default::default() })
        );
    }
}
