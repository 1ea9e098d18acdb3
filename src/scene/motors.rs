//! Motor and driver on its supply, from the catalogue or a file in its format.
//!
//! In: checked tables. Out: `drive`'s parameters; published pull-out curves as conditions and points. May use: `drive`'s params, `diag`.

use std::collections::BTreeMap;
use std::f64::consts::{SQRT_2, TAU};

use super::catalogue::{Catalogue, Driver, DriverClass, Found, Motor, MotorClass, PullOut, Supply};
use super::check::Bounds::Any;
use super::check::{Checker, table};
use super::machine_file::AxisTable;
use super::quantity::Quantity;
use super::used::Used;
use crate::diag::Diagnostic;
use crate::drive::heat::{COPPER_PER_K, HeatParams};
use crate::drive::params::{ClosedLoop, DriverParams, MotorParams};

/// 1000 rev/min in rad/s, where the losses of motors hold.
const LOSS_SPEED_RAD_PER_S: f64 = 1000.0 * TAU / 60.0;
/// Rotor teeth of a motor of 1.8° a step.
const TEETH: f64 = 50.0;
/// NEMA's frame number is the side of the face in tenths of an inch.
const MM_PER_FRAME: f64 = 2.54;

/// A motor's parameters; what its sheet leaves out follows from the class rules.
///
/// Two rules are about the inductance. The flux of the rated current over that of the magnets, ψ = N L I/K, is much the same in all hybrid motors
/// (a tenth to a quarter apart in 152 sheets), because heat limits the current and saturation the magnets; motors of one size and torque have one
/// curve even where their sheets' inductances are as 1.7 to 3.0 mH, which is measured at some rest position. So sheet and ψ are two
/// estimates of the same thing, and their geometric mean is taken: L = √(L_sheet · ψ K/(N I)). And sheets hold for a faint signal of 1 kHz; at
/// working flux iron is more permeable and does not screen, so that inductance is higher, the more the larger the motor, since the air gap is the
/// same in all and the way through iron is not: times 1 + (frame/D₀)². Iron loss sits in the teeth along the air gap: it goes with frame size times
/// body length, and with the square of speed. D₀ and the loss of a square metre were chosen together on all published curves of the catalogue.
pub fn motor_params(motor: Found<'_, Motor>, class: &MotorClass, used: &mut Used) -> MotorParams {
    let m = motor.part;
    let rule = |used: &mut Used, name: &str, value| used.take(format!("catalogue motors class {name}"), value);
    let holding_torque_nm =
        rule(used, "torque_share", &class.torque_share) * used.take(motor.key("holding_torque_nm"), &m.holding_torque_nm);
    let rated_current_a = used.take(motor.key("rated_current_a"), &m.rated_current_a);
    let torque_constant = holding_torque_nm / (SQRT_2 * rated_current_a);
    let frame_m = m.frame_nema.value * MM_PER_FRAME * 1e-3;
    let body_m = m.body_mm.value * 1e-3;
    let iron_loss_w =
        rule(used, "iron_loss_kw_per_m2_at_1000_rpm", &class.iron_loss_kw_per_m2_at_1000_rpm) * 1e3 * frame_m * body_m;
    let detent_torque_nm = match &m.detent_torque_nm {
        Some(detent) => used.take(motor.key("detent_torque_nm"), detent),
        None => rule(used, "detent_share", &class.detent_share) * holding_torque_nm,
    };
    let rotor_inertia_kg_m2 = match &m.rotor_inertia_g_cm2 {
        Some(inertia) => used.take(motor.key("rotor_inertia_g_cm2"), inertia) * 1e-7,
        None => rule(used, "inertia_kg_per_m3", &class.inertia_kg_per_m3) * frame_m.powi(4) * body_m,
    };
    let size = frame_m * 1e3 / rule(used, "inductance_frame_mm", &class.inductance_frame_mm);
    let of_its_kind_h =
        rule(used, "armature_flux_ratio", &class.armature_flux_ratio) * torque_constant / (TEETH * rated_current_a);
    let sheet_h = used.take(motor.key("inductance_mh"), &m.inductance_mh) * 1e-3;
    MotorParams {
        name: m.name.clone(),
        rotor_teeth: TEETH,
        resistance_ohm: used.take(motor.key("resistance_ohm"), &m.resistance_ohm),
        inductance_h: (sheet_h * of_its_kind_h).sqrt() * (1.0 + size * size),
        holding_torque_nm,
        rated_current_a,
        rotor_inertia_kg_m2,
        detent_torque_nm,
        // The back-EMF K·ω drives a current through R_m that costs (K·ω)²/R_m.
        iron_loss_ohm: if iron_loss_w > 0.0 {
            (torque_constant * LOSS_SPEED_RAD_PER_S).powi(2) / iron_loss_w
        } else {
            f64::INFINITY
        },
        bearing_drag_nm: rule(used, "bearing_drag_share", &class.bearing_drag_share) * holding_torque_nm,
        viscous_nm_s: rule(used, "viscous_share_at_1000_rpm", &class.viscous_share_at_1000_rpm) * holding_torque_nm
            / LOSS_SPEED_RAD_PER_S,
    }
}

/// A motor's mass, kg: as given, or by frame and body length.
pub fn motor_mass_kg(motor: Found<'_, Motor>, class: &MotorClass, used: &mut Used) -> f64 {
    let m = motor.part;
    match &m.mass_kg {
        Some(mass) => used.take(motor.key("mass_kg"), mass),
        None => {
            let frame_m = m.frame_nema.value * MM_PER_FRAME * 1e-3;
            let density = used.take("catalogue motors class density_kg_per_m3".into(), &class.density_kg_per_m3);
            density * frame_m * frame_m * m.body_mm.value * 1e-3
        }
    }
}

/// What warms a motor and its driver. The motor's thermal resistance follows from how it is rated: standing, both phases at rated
/// current, it warms by the class's rise, so R_th = ΔT/(2 I² R (1 + α ΔT)).
pub fn heat_params(motor: Found<'_, Motor>, catalogue: &Catalogue, used: &mut Used) -> HeatParams {
    let (class, drivers) = (&catalogue.motor_class, &catalogue.driver_class);
    let m = motor.part;
    let rise_k = used.take("catalogue motors class rated_rise_k".into(), &class.rated_rise_k);
    let rated_w = 2.0 * m.rated_current_a.value.powi(2) * m.resistance_ohm.value * (1.0 + COPPER_PER_K * rise_k);
    let thermal_k_per_w = rise_k / rated_w;
    let specific = used.take("catalogue motors class heat_capacity_j_per_kg_k".into(), &class.heat_capacity_j_per_kg_k);
    HeatParams {
        thermal_k_per_w,
        capacity_j_per_k: specific * motor_mass_kg(motor, class, used),
        switching_w_per_a_v: used
            .take("catalogue drivers class switching_w_per_a_at_100_v".into(), &drivers.switching_w_per_a_at_100_v)
            / 100.0,
        driver_thermal_k_per_w: used.take("catalogue drivers class thermal_k_per_w".into(), &drivers.thermal_k_per_w),
    }
}

/// Current amplitude a driver is set to where nothing is said: √2 times the motor's rating, as far as the driver goes.
pub fn default_current_a_peak(motor: &Motor, driver: &Driver) -> f64 {
    (SQRT_2 * motor.rated_current_a.value).min(driver.current_peak_max_a.value)
}

/// What a driver is run with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Amplitude of the phase current, A.
    pub current_peak_a: f64,
    /// Microsteps in a full step.
    pub microsteps: u32,
    /// Voltage of the bus, V.
    pub bus_v: f64,
    /// The most the supply gives this motor, A.
    pub supply_a: f64,
}

impl Setting {
    /// On `supply`, which feeds `motors` motors alike: each may take its equal share.
    pub fn on(supply: Found<'_, Supply>, motors: usize, current_peak_a: f64, microsteps: u32, used: &mut Used) -> Self {
        let bus_v = used.take(supply.key("volts"), &supply.part.volts);
        let amps = used.take(supply.key("amps"), &supply.part.amps);
        Self { current_peak_a, microsteps, bus_v, supply_a: amps / motors.max(1) as f64 }
    }
}

/// A driver as it is set, in the words of the record: "StepperOnline DM542T at 48 V, 3.96 A peak, 1/16". Without a driver: one that is
/// not named, open loop with anti-resonance, as makers' curves are taken.
pub fn driver_params(driver: Option<Found<'_, Driver>>, class: &DriverClass, setting: &Setting, used: &mut Used) -> DriverParams {
    let Setting { current_peak_a, microsteps, bus_v, supply_a } = *setting;
    let name = driver.map_or("driver not named", |d| &d.part.name);
    let given = |pick: fn(&Driver) -> Option<&Quantity>| driver.and_then(|d| pick(d.part));
    let mut rule = |name: &str, own: Option<&Quantity>, general| match (own, driver) {
        (Some(own), Some(driver)) => used.take(driver.key(name), own),
        _ => used.take(format!("catalogue drivers class {name}"), general),
    };
    let damps = driver.is_none_or(|d| d.part.anti_resonance.unwrap_or(false));
    let closes = driver.is_some_and(|d| d.part.closed_loop.unwrap_or(false));
    DriverParams {
        name: format!("{name} at {bus_v} V, {current_peak_a:.2} A peak, 1/{microsteps}"),
        bus_v,
        current_peak_a,
        microsteps,
        bridge_ohm: rule("bridge_ohm", given(|d| d.bridge_ohm.as_ref()), &class.bridge_ohm),
        supply_a,
        damping_s: if damps { rule("anti_resonance_ms", None, &class.anti_resonance_ms) * 1e-3 } else { 0.0 },
        closed_loop: closes.then(|| ClosedLoop {
            alarm_full_steps: rule("alarm_full_steps", given(|d| d.alarm_full_steps.as_ref()), &class.alarm_full_steps),
        }),
    }
}

/// What does not go together in a driver's setting: voltage, current, microsteps, each with what to do.
pub fn unfit(driver: &Driver, source: &str, setting: &Setting) -> [Option<(String, &'static str)>; 3] {
    let (low, high, volts) = (driver.bus_min_v.value, driver.bus_max_v.value, setting.bus_v);
    let name = &driver.name;
    let bus = (volts < low || volts > high)
        .then(|| (format!("{name} takes {low} V to {high} V, but {source} gives {volts} V"), "choose another supply or driver"));
    let (most, asked) = (driver.current_peak_max_a.value, setting.current_peak_a);
    let current = (asked > most)
        .then(|| (format!("{name} goes to {most} A peak, not {asked}"), "lower the current or choose another driver"));
    let (finest, asked) = (driver.microsteps_max.value, setting.microsteps);
    let microsteps =
        (f64::from(asked) > finest).then(|| (format!("{name} divides a step into {finest} at most, not {asked}"), ""));
    [bus, current, microsteps]
}

/// Checks that driver, supply, current and microsteps of an axis go together.
pub(super) fn check_driver(axis: &AxisTable, driver: &Driver, supply: &Supply, checker: &mut Checker<'_>) {
    let current = axis.current_a_peak.as_ref();
    let setting = Setting {
        current_peak_a: current.map_or(0.0, |q| q.value),
        microsteps: axis.microsteps.value as u32,
        bus_v: supply.volts.value,
        supply_a: supply.amps.value,
    };
    let spans = [axis.supply.span(), current.map_or(0..0, |q| q.span.clone()), axis.microsteps.span.clone()];
    for (wrong, span) in unfit(driver, &supply.name, &setting).into_iter().zip(spans) {
        if let Some((found, hint)) = wrong {
            checker.error("S010", &span, found, String::new(), hint.into());
        }
    }
}

/// Under what a published curve was taken, as far as its source says.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// Bus voltage, V.
    pub bus_v: Option<f64>,
    /// Amplitude of the current, A; a current of unknown kind counts as amplitude.
    pub current_peak_a: Option<f64>,
    /// Microsteps in a full step.
    pub microsteps: Option<u32>,
    /// Driver as its source names it; may be empty.
    pub driver: String,
    /// Whether voltage or current is an estimate or of unknown kind.
    pub assumed: bool,
    /// (rev/min, N·m).
    pub points: Vec<(f64, f64)>,
}

impl From<&PullOut> for Published {
    fn from(p: &PullOut) -> Self {
        use super::quantity::Basis::Estimate;
        let kind = p.current_kind.get_ref().as_str();
        let factor = if kind == "rms" { SQRT_2 } else { 1.0 };
        let guessed = |q: &Option<Quantity>| q.as_ref().is_none_or(|q| q.basis == Estimate);
        Self {
            bus_v: p.bus_v.as_ref().map(|q| q.value),
            current_peak_a: p.current_a.as_ref().map(|q| factor * q.value),
            microsteps: p.steps_per_rev.as_ref().map(|q| (q.value / 200.0).round().max(1.0) as u32),
            driver: p.driver.clone(),
            assumed: guessed(&p.bus_v) || guessed(&p.current_a) || kind == "unknown",
            points: p.points_rpm_nm.iter().map(|[rpm, nm]| (rpm.value, nm.value)).collect(),
        }
    }
}

/// A motor on the driver, voltage and current of one of its published curves.
#[derive(Clone, Debug, PartialEq)]
pub struct OnTheBench {
    /// Catalogue id.
    pub id: String,
    /// NEMA frame.
    pub frame_nema: f64,
    /// With what its sheet says of torque, N·m.
    pub holding_torque_nm: f64,
    /// Motor.
    pub motor: MotorParams,
    /// Driver: the published one where the catalogue has it, else one that is not named; as much current as labelled, if the driver goes so far.
    pub driver: DriverParams,
    /// The curve.
    pub published: Published,
}

impl OnTheBench {
    /// Whether a point is judged: at or before the last that has a third of the holding torque.
    pub fn judges(&self, rpm: f64) -> bool {
        let third = self.holding_torque_nm / 3.0;
        self.published.points.iter().any(|point| point.1 >= third && point.0 >= rpm)
    }

    /// How far a judged point may be off, as a share: larger motors are harder.
    pub fn tolerance(&self) -> f64 {
        if self.frame_nema >= 34.0 { 0.20 } else { 0.15 }
    }
}

/// All published curves of `catalogue` whose voltage and current are known, with motors by the rules of `class`; `used` collects and draws.
pub fn on_the_bench(catalogue: &Catalogue, class: &MotorClass, used: &mut Used) -> Vec<OnTheBench> {
    let mut all = Vec::new();
    for (id, part) in &catalogue.motors {
        let found = Found { kind: "motors", id, part };
        for published in part.pull_out.iter().map(Published::from) {
            let (Some(bus_v), Some(peak)) = (published.bus_v, published.current_peak_a) else { continue };
            let driver = catalogue.driver(&published.driver).ok();
            let current_peak_a = driver.map_or(peak, |d| peak.min(d.part.current_peak_max_a.value));
            let microsteps = published.microsteps.unwrap_or(16);
            let setting = Setting { current_peak_a, microsteps, bus_v, supply_a: f64::INFINITY };
            all.push(OnTheBench {
                id: id.clone(),
                frame_nema: part.frame_nema.value,
                holding_torque_nm: part.holding_torque_nm.value,
                motor: motor_params(found, class, used),
                driver: driver_params(driver, &catalogue.driver_class, &setting, used),
                published,
            });
        }
    }
    all
}

table! {
    /// Motors, drivers and supplies in a file of one's own, in the catalogue's format.
    OwnParts {
        /// Motors by id.
        #[serde(default)] motor: BTreeMap<String, Motor> = Any,
        /// Drivers by id.
        #[serde(default)] driver: BTreeMap<String, Driver> = Any,
        /// Supplies by id.
        #[serde(default)] supply: BTreeMap<String, Supply> = Any,
    }
}

/// The built-in catalogue with the parts of `text`, a file called `name`, added; returned with the ids of its motors.
///
/// # Errors
/// Everything wrong with the file.
pub fn with_own_parts(name: &str, text: &str) -> Result<(Catalogue, Vec<String>), Vec<Diagnostic>> {
    let mut catalogue = super::catalogue::built_in()?.clone();
    let mut checker = Checker::new(name, text);
    let Some(own) = checker.read::<OwnParts>() else { return Err(checker.findings) };
    if checker.failed() {
        return Err(checker.findings);
    }
    let ids = own.motor.keys().cloned().collect();
    catalogue.motors.extend(own.motor);
    catalogue.drivers.extend(own.driver);
    catalogue.supplies.extend(own.supply);
    Ok((catalogue, ids))
}

/// Checks a motor that was put together from options; `Err` with everything out of range.
///
/// # Errors
/// S006 with option's key, value and range.
pub fn check_motor(motor: &Motor) -> Result<(), Vec<Diagnostic>> {
    use super::check::Check;
    let mut checker = Checker::new("", "");
    motor.check("", Any, &mut checker);
    if checker.failed() { Err(checker.findings) } else { Ok(()) }
}
