//! A machine ready to run, from its file.
//!
//! In: the checked machine file, the catalogue, the plate's mass. Out: [`Machine`]. May use: every room's params, the
//! planner's limits.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use torchtwin_planner::{Limits, grbl, s_curve};

use super::catalogue::Catalogue;
use super::check::{Bounds, Check, Checker, nearest};
use super::derive::{self, Parts, PlateMass};
use super::drive::{self, Drive, located};
use super::machine_file::{AxisTable, CostTable, GuideUse, MachineFile, PlannerTable};
use super::model::{CostLine, Machine};
use super::motors::{self, Setting};
use super::quantity::Quantity;
use super::used::Used;
use super::wheels::Wheel;
use crate::diag::Diagnostic;
use crate::drive::params::{DriverParams, HeatParams, JointParams, MotorParams, TransmissionParams};

/// Names of the axes in files.
const AXIS_NAMES: [&str; 3] = ["x", "y", "z"];
/// Every setting of Grbl 1.1, so that a `$$` listing can be pasted whole.
const GRBL_SETTINGS: [u32; 34] = [
    0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 32, 100, 101, 102, 110, 111, 112, 120, 121, 122,
    130, 131, 132,
];
/// Junction deviation that Grbl starts with, mm.
const GRBL_JUNCTION_DEVIATION_MM: f64 = 0.010;
/// Steps per millimetre may differ from the drive's own by this share before it is worth a warning.
const STEPS_TOLERANCE: f64 = 0.005;

/// Longest span of the impulses of input shaping that the twin's planner has room for, s.
const LONGEST_SHAPING_S: f64 = 0.126;
/// Damping of a machine's first mode where input shaping is not told, share of critical.
const USUAL_DAMPING: f64 = 0.05;

/// What building a machine needs at every turn.
pub(super) struct Builder<'a, 'text> {
    /// The file's tables.
    pub file: &'a MachineFile,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// Its text, for messages.
    pub checker: &'a mut Checker<'text>,
    /// Estimates used.
    pub used: &'a mut Used,
}

impl Builder<'_, '_> {
    /// The machine with `plate` on it; `None` after an error.
    pub fn machine(&mut self, plate: PlateMass) -> Option<Machine> {
        let controller = located(self.catalogue.controller(self.file.controller.get_ref()), &self.file.controller, self.checker);
        let parts = Parts::find(self.file, self.catalogue, self.checker, self.used);
        let costs = self.costs();
        let parts = parts?;
        let (mechanism, wheel) = derive::mechanism(self.file, &parts, self.catalogue, plate, self.used);
        if let Some(wheel) = wheel {
            self.check_wheel(&wheel);
        }
        let [x, y, _] = mechanism.travel_m;
        let geometry = super::geometry::geometry(self.file, &parts, self.catalogue, [x, y], self.used);
        let in_x = mechanism.carriage.mass_kg + mechanism.torch.mass_kg;
        let moved = [in_x, 0.5 * (mechanism.gantry.mass_kg + in_x), mechanism.torch.mass_kg];
        let joints = self.joints(&parts, moved);
        let limits = joints.as_ref().and_then(|joints| self.limits(joints));
        self.check_travel();
        let (controller, joints, limits) = (controller?, joints?, limits?);
        let max_step_rate_hz = self.used.take(controller.key("max_step_rate_hz"), &controller.part.max_step_rate_hz);
        self.check_step_rate(&limits, max_step_rate_hz, &controller.part.name);
        let torch_words = match &self.file.torch_words {
            Some(table) => Some(super::setting::torch_words(table, self.checker)?),
            None => None,
        };
        Some(Machine {
            file: self.checker.file.clone(),
            title: self.file.title.clone(),
            controller: controller.part.name.clone(),
            max_step_rate_hz,
            limits,
            grbl: self.file.grbl.as_ref().map(grbl_settings),
            s_curve: smooth(self.file.planner.as_ref(), &limits),
            joints,
            mechanism,
            geometry,
            costs: costs?,
            torch_words,
            look: super::look::look(self.file, self.catalogue),
        })
    }

    /// The four driven joints. `moved_kg` is what X, one side of Y, and Z move.
    fn joints(&mut self, parts: &Parts<'_>, moved_kg: [f64; 3]) -> Option<Vec<JointParams>> {
        let file = self.file;
        let travel_m = [file.travel.x_mm.value, file.travel.y_mm.value, file.travel.z_mm[1].value - file.travel.z_mm[0].value]
            .map(|mm| mm * 1e-3);
        let carried: [(&AxisTable, &GuideUse, usize); 3] = [
            (&file.axis.x, &file.carriage.guide, 1),
            (&file.axis.y, &file.gantry.guide, 0),
            (&file.axis.z, &file.slide.guide, 2),
        ];
        let mut joints = Vec::new();
        for (axis, (table, guide, found)) in carried.into_iter().enumerate() {
            let built = self.drive(table, travel_m[axis]);
            // The slide hangs: its guide carries next to no weight across.
            let load_kg = if axis == 2 { 0.0 } else { moved_kg[axis] };
            let friction = drive::friction(table, parts.guides[found], guide, load_kg, self.used);
            let Some((motor, heat, driver, transmission)) = built else { continue };
            let full_steps = 4.0 * motor.rotor_teeth;
            let steps_per_m = full_steps * f64::from(driver.microsteps) / (TAU * transmission.travel_m_per_rad);
            let names: &[&str] = if axis == 1 { &["Y1", "Y2"] } else { &[["X", "Y", "Z"][axis]] };
            joints.extend(names.iter().map(|name| JointParams {
                name: (*name).to_string(),
                axis,
                steps_per_m,
                motor: motor.clone(),
                heat: heat.clone(),
                driver: driver.clone(),
                transmission: transmission.clone(),
                friction: friction.clone(),
                moved_mass_kg: moved_kg[axis],
            }));
        }
        (joints.len() == 4).then_some(joints)
    }

    fn drive(&mut self, table: &AxisTable, travel_m: f64) -> Option<(MotorParams, HeatParams, DriverParams, TransmissionParams)> {
        let motor = located(self.catalogue.motor(table.motor.get_ref()), &table.motor, self.checker);
        let driver = located(self.catalogue.driver(table.driver.get_ref()), &table.driver, self.checker);
        let supply = located(self.catalogue.supply(table.supply.get_ref()), &table.supply, self.checker);
        let drive = Drive { table: &table.transmission, travel_m, catalogue: self.catalogue };
        let transmission = drive.params(self.checker, self.used);
        let (motor, driver, supply) = (motor?, driver?, supply?);
        motors::check_driver(table, driver.part, supply.part, self.checker);
        let current = match &table.current_a_peak {
            Some(given) => given.value,
            None => motors::default_current_a_peak(motor.part, driver.part),
        };
        // Y has two motors.
        let axes = &self.file.axis;
        let fed = [(&axes.x, 1), (&axes.y, 2), (&axes.z, 1)];
        let on_supply = fed.iter().filter(|(axis, _)| axis.supply.get_ref().eq_ignore_ascii_case(table.supply.get_ref()));
        let setting = Setting::on(supply, on_supply.map(|(_, n)| n).sum(), current, table.microsteps.value as u32, self.used);
        // No verdict rests on warmth, so its estimates are not listed with those that one rests on.
        let heat = motors::heat_params(motor, self.catalogue, &mut Used::default());
        let motor = motors::motor_params(motor, &self.catalogue.motor_class, self.used);
        let driver = motors::driver_params(Some(driver), &self.catalogue.driver_class, &setting, self.used);
        Some((motor, heat, driver, transmission?))
    }

    /// From `[grbl]` or `[planner]`, exactly one of which must stand in the file.
    fn limits(&mut self, joints: &[JointParams]) -> Option<Limits> {
        let own = [0, 1, 2].map(|axis| joints.iter().find(|joint| joint.axis == axis).map_or(1.0, |joint| joint.steps_per_m));
        let file = self.file;
        match (&file.planner, &file.grbl) {
            (Some(table), None) => {
                if let (Some(shaping), None) = (&table.shaping, &table.shaping_hz) {
                    let hint = "give the first mode as `torchtwin run` prints it: shaping_hz = 30".to_string();
                    self.checker.error("S005", &shaping.span(), "`shaping` without `shaping_hz`".into(), String::new(), hint);
                }
                if let (Some(word), Some(shaping)) = (&table.shaping, shaping(table))
                    && shaping.span_s() > LONGEST_SHAPING_S
                {
                    let found = format!("shaping takes {:.0} ms", shaping.span_s() * 1e3);
                    let expected = format!("at most {:.0} ms", LONGEST_SHAPING_S * 1e3);
                    self.checker.error(
                        "S006",
                        &word.span(),
                        found,
                        expected,
                        "\"zv\" is the shortest; a stiffer machine helps more".into(),
                    );
                }
                Some(planner_limits(table, own))
            }
            (None, Some(settings)) => self.grbl_limits(settings, own),
            (both, _) => {
                let found =
                    if both.is_some() { "both [planner] and [grbl] are given" } else { "neither [planner] nor [grbl] is given" };
                let finding = Diagnostic::error("S009", found).at(self.checker.whole_file());
                self.checker
                    .findings
                    .push(finding.expected("one of them").hint("[grbl] takes the controller's own numbers: \"$110\" = 7500.0"));
                None
            }
        }
    }

    fn grbl_limits(&mut self, settings: &BTreeMap<String, Quantity>, own_steps_per_m: [f64; 3]) -> Option<Limits> {
        let known: Vec<String> = GRBL_SETTINGS.iter().map(|number| format!("${number}")).collect();
        for (key, quantity) in settings.iter().filter(|(key, _)| !known.contains(key)) {
            let hint = nearest(key, known.iter().map(String::as_str))
                .map_or_else(String::new, |name| format!("did you mean \"{name}\"?"));
            let found = format!("unknown key `{key}` in [grbl]");
            self.checker.error("S003", &quantity.span, found, "a setting of Grbl 1.1, \"$0\" to \"$132\"".into(), hint);
        }
        let mut per_axis = |first: u32, bounds: Bounds| {
            [0, 1, 2].map(|axis| {
                let key = format!("${}", first + axis);
                let Some(quantity) = settings.get(&key) else {
                    let finding = Diagnostic::error("S005", format!("[grbl] has no \"{key}\"")).at(self.checker.whole_file());
                    self.checker.findings.push(finding.hint(format!("add a line \"{key}\" = …")));
                    return None;
                };
                quantity.check(&format!("grbl.{key}"), bounds, self.checker);
                Some(quantity)
            })
        };
        let steps = per_axis(100, Bounds::Within(0.1, 1.0e5));
        let speed = per_axis(110, Bounds::Within(1.0, 2.0e5));
        let acceleration = per_axis(120, Bounds::Within(1.0, 1.0e5));
        let deviation_mm = settings.get("$11").map_or(GRBL_JUNCTION_DEVIATION_MM, |quantity| {
            quantity.check("grbl.$11", Bounds::Within(0.0005, 2.0), self.checker);
            quantity.value
        });
        let [Some(sx), Some(sy), Some(sz)] = steps else { return None };
        let ([Some(vx), Some(vy), Some(vz)], [Some(ax), Some(ay), Some(az)]) = (speed, acceleration) else {
            return None;
        };
        for (axis, (steps, own)) in [sx, sy, sz].into_iter().zip(own_steps_per_m).enumerate() {
            let off = steps.value * 1e3 / own - 1.0;
            if off.abs() > STEPS_TOLERANCE {
                let found = format!(
                    "\"${}\" is {} steps/mm, but the {} drive makes {:.3}",
                    100 + axis,
                    steps.value,
                    AXIS_NAMES[axis],
                    own * 1e-3
                );
                let finding = Diagnostic::warning("S009", found).at(self.checker.place(&steps.span));
                self.checker.findings.push(finding.hint(format!("parts come out {:+.2} % in {}", 100.0 * off, AXIS_NAMES[axis])));
            }
        }
        Some(Limits {
            max_speed_m_per_s: [vx, vy, vz].map(|v| v.value * 1e-3 / 60.0),
            max_acceleration_m_per_s2: [ax, ay, az].map(|a| a.value * 1e-3),
            junction_deviation_m: deviation_mm * 1e-3,
            steps_per_m: [sx, sy, sz].map(|s| s.value * 1e3),
        })
    }

    /// Warns of "$130" to "$132" beyond the travel that is there.
    fn check_travel(&mut self) {
        let travel = &self.file.travel;
        let there = [travel.x_mm.value, travel.y_mm.value, travel.z_mm[1].value - travel.z_mm[0].value];
        if travel.z_mm[0].value >= travel.z_mm[1].value {
            let expected = "the lowest first, then the highest".to_string();
            self.checker.error("S006", &travel.z_mm[0].span, "`travel.z_mm` is no range".into(), expected, String::new());
        }
        let Some(settings) = &self.file.grbl else { return };
        for (axis, there) in there.into_iter().enumerate() {
            if let Some(set) = settings.get(&format!("${}", 130 + axis)).filter(|set| set.value > there + 0.5) {
                let found = format!("\"${}\" lets {} go {} mm, but it has {there} mm", 130 + axis, AXIS_NAMES[axis], set.value);
                let finding = Diagnostic::warning("S009", found).at(self.checker.place(&set.span));
                self.checker.findings.push(finding);
            }
        }
    }

    /// Warns where the carriage's overhang lifts its wheels out of their grooves.
    fn check_wheel(&mut self, wheel: &Wheel) {
        if !wheel.lifts() {
            return;
        }
        let found = format!("the overhang of the torch pushes each wheel of the carriage with {:.0} N", wheel.load_n);
        let expected = format!("less than the {:.0} N that press it into its groove", wheel.preload_n);
        let finding = Diagnostic::warning("S016", found).at(self.checker.place(&self.file.carriage.guide.part.span()));
        let hint = "a wheel stands on one flank then, half as stiff: set the rails further apart, add wheels, or turn the eccentrics tighter";
        self.checker.findings.push(finding.expected(expected).hint(hint));
    }

    /// Warns where an axis at its highest speed asks for more steps than controller or driver can do.
    fn check_step_rate(&mut self, limits: &Limits, controller_hz: f64, controller: &str) {
        let tables = [&self.file.axis.x, &self.file.axis.y, &self.file.axis.z];
        for (axis, table) in tables.into_iter().enumerate() {
            let rate = limits.max_speed_m_per_s[axis] * limits.steps_per_m[axis];
            let driver = self.catalogue.driver(table.driver.get_ref()).ok();
            let driver_limit = driver.map(|d| (d.part.max_step_rate_hz.value, d.part.name.as_str()));
            let most = [Some((controller_hz, controller)), driver_limit];
            for (limit, who) in most.into_iter().flatten().filter(|(limit, _)| rate > *limit) {
                let found = format!(
                    "{} at full speed takes {:.1} kHz of steps; {who} does {:.1} kHz",
                    AXIS_NAMES[axis],
                    rate * 1e-3,
                    limit * 1e-3
                );
                let finding = Diagnostic::warning("S011", found).at(self.checker.place(&table.microsteps.span));
                self.checker.findings.push(finding.hint("lower `microsteps` or the highest speed"));
            }
        }
    }

    /// The bill of materials; `None` after an error.
    fn costs(&mut self) -> Option<Vec<CostLine>> {
        let file = self.file;
        let lines: Vec<Option<CostLine>> = file.cost.iter().map(|line| self.cost(line)).collect();
        lines.into_iter().collect()
    }

    fn cost(&mut self, line: &CostTable) -> Option<CostLine> {
        let mut price = None;
        if let Some(part) = &line.part {
            price = located(self.catalogue.price(part.get_ref()), part, self.checker)?.1;
        }
        let part = line.part.as_ref().map_or("", |part| part.get_ref());
        let listed_usd =
            price.and_then(|price| price.unit_usd_by(&mut |key, q| self.used.ranged(format!("catalogue {part} price.{key}"), q)));
        let Some(unit_usd) = line.unit_usd.as_ref().map(|q| q.value).or(listed_usd) else {
            let found = format!("cost line \"{}\" has no price", line.item);
            let hint = "name a catalogue `part` that has one, or give `unit_usd`".to_string();
            self.checker.error("S005", &line.quantity.span, found, String::new(), hint);
            return None;
        };
        let own_price = line.unit_usd.is_some();
        let listed = price.filter(|_| !own_price);
        Some(CostLine {
            item: line.item.clone(),
            quantity: line.quantity.value,
            unit: line.unit.clone().or_else(|| listed.map(|p| p.unit().to_string())).unwrap_or_else(|| "piece".into()),
            unit_usd,
            basis: match (&line.basis, listed) {
                (Some(given), _) => given.get_ref().clone(),
                (None, Some(price)) => price.basis().to_string(),
                (None, None) => "estimate".into(),
            },
            source: line.source.clone().or_else(|| listed.map(|p| format!("{} ({})", p.source, p.date))).unwrap_or_default(),
        })
    }
}

/// Settings by their numbers; those that make no sense have been complained of.
fn grbl_settings(table: &BTreeMap<String, Quantity>) -> grbl::Settings {
    let mut settings = grbl::Settings::default();
    for (key, quantity) in table {
        if let Some(number) = key.strip_prefix('$').and_then(|n| n.parse().ok()) {
            let _ = settings.set(number, quantity.value);
        }
    }
    settings
}

/// The jerk-limited profile; jerk and tolerance as usual where `[planner]` does not say.
fn smooth(table: Option<&PlannerTable>, limits: &Limits) -> s_curve::Settings {
    let mut settings =
        s_curve::Settings::with_usual_jerk(limits.max_speed_m_per_s, limits.max_acceleration_m_per_s2, limits.steps_per_m);
    if let Some(jerk) = table.and_then(|t| t.jerk_mm_per_s3.as_ref()) {
        settings.max_jerk_m_per_s3 = jerk.clone().map(|j| j.value * 1e-3);
    }
    if let Some(tolerance) = table.and_then(|t| t.corner_tolerance_mm.as_ref()) {
        settings.tolerance_m = tolerance.value * 1e-3;
    }
    settings.shaping = table.and_then(shaping);
    settings
}

/// Input shaping; without a frequency there is nothing to shape for, which is complained of elsewhere.
fn shaping(table: &PlannerTable) -> Option<s_curve::Shaping> {
    let kind = match table.shaping.as_ref()?.get_ref().as_str() {
        "zv" => s_curve::Kind::Zv,
        "mzv" => s_curve::Kind::Mzv,
        _ => s_curve::Kind::Ei,
    };
    let frequency_hz = table.shaping_hz.as_ref()?.value;
    let damping_ratio = table.shaping_damping_ratio.as_ref().map_or(USUAL_DAMPING, |d| d.value);
    Some(s_curve::Shaping { kind, frequency_hz, damping_ratio })
}

fn planner_limits(table: &PlannerTable, steps_per_m: [f64; 3]) -> Limits {
    Limits {
        max_speed_m_per_s: table.rapid_mm_per_min.clone().map(|v| v.value * 1e-3 / 60.0),
        max_acceleration_m_per_s2: table.acceleration_mm_per_s2.clone().map(|a| a.value * 1e-3),
        // Only for a look at what Grbl would make of this machine.
        junction_deviation_m: GRBL_JUNCTION_DEVIATION_MM * 1e-3,
        steps_per_m,
    }
}
