//! Constant parameters of one driven joint: motor, driver, transmission, guide friction.
//!
//! In: checked numbers from `scene`. Out: plain data for [`super::Joint`]. Uses nothing.

pub use super::heat::HeatParams;

/// A two-phase hybrid stepper motor.
#[derive(Clone, Debug, PartialEq)]
pub struct MotorParams {
    /// Name in the catalogue.
    pub name: String,
    /// Rotor teeth N; 50 for a 1.8° motor. One full step is π/(2 N).
    pub rotor_teeth: f64,
    /// Phase resistance, Ω.
    pub resistance_ohm: f64,
    /// Phase inductance at working flux, H: more than a sheet says, as `scene::drive` explains.
    pub inductance_h: f64,
    /// Holding torque with two phases at rated current, N·m.
    pub holding_torque_nm: f64,
    /// Rated phase current, A.
    pub rated_current_a: f64,
    /// Rotor inertia, kg·m².
    pub rotor_inertia_kg_m2: f64,
    /// Detent torque amplitude, N·m (period one full step).
    pub detent_torque_nm: f64,
    /// Magnetising resistance R_m that stands for the iron loss, Ω (∞: none).
    pub iron_loss_ohm: f64,
    /// Bearing drag, N·m, opposing the motion.
    pub bearing_drag_nm: f64,
    /// Viscous drag of rotor and bearings, N·m·s/rad.
    pub viscous_nm_s: f64,
}

impl MotorParams {
    /// A motor of the 23 size whose iron, bearings and detents cost nothing (57STH56-2804A as its sheet has it): for comparing with formulas.
    pub fn lossless() -> Self {
        Self {
            name: "57STH56-2804A, lossless".into(),
            rotor_teeth: 50.0,
            resistance_ohm: 1.1,
            inductance_h: 3e-3,
            holding_torque_nm: 1.236,
            rated_current_a: 2.8,
            rotor_inertia_kg_m2: 300e-7,
            detent_torque_nm: 0.0,
            iron_loss_ohm: f64::INFINITY,
            bearing_drag_nm: 0.0,
            viscous_nm_s: 0.0,
        }
    }

    /// Torque constant K = T_hold/(√2 I) per ampere of phase amplitude, N·m/A, which is also the amplitude of the phase
    /// back-EMF in V·s/rad (two phases on at rated current give √2 K I).
    pub fn torque_constant_nm_per_a(&self) -> f64 {
        self.holding_torque_nm / (core::f64::consts::SQRT_2 * self.rated_current_a)
    }
}

/// A current-regulated microstepping driver on its supply.
#[derive(Clone, Debug, PartialEq)]
pub struct DriverParams {
    /// Name in the catalogue.
    pub name: String,
    /// Voltage of the bus the bridges switch, without load, V.
    pub bus_v: f64,
    /// Amplitude of the phase current sine, A (√2 times an RMS setting).
    pub current_peak_a: f64,
    /// Microsteps in a full step.
    pub microsteps: u32,
    /// What the current passes in the driver: two switches and the sense resistor, Ω.
    pub bridge_ohm: f64,
    /// The most the supply gives this motor's bus, A (∞: it never sags).
    pub supply_a: f64,
    /// Electronic damping of mid-range resonance: the field is turned back by N times the rotor's excess speed times this, s (0: none).
    pub damping_s: f64,
    /// Closed loop on an encoder, or none.
    pub closed_loop: Option<ClosedLoop>,
}

/// What a closed-loop driver does with its encoder.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedLoop {
    /// Following error at which the driver gives up with an alarm and lets go, full steps.
    pub alarm_full_steps: f64,
}

impl DriverParams {
    /// A driver that loses nothing, on a supply that never sags, open loop and without damping: for comparing with formulas.
    pub fn ideal(bus_v: f64, current_peak_a: f64, microsteps: u32) -> Self {
        Self {
            name: "ideal".into(),
            bus_v,
            current_peak_a,
            microsteps,
            bridge_ohm: 0.0,
            supply_a: f64::INFINITY,
            damping_s: 0.0,
            closed_loop: None,
        }
    }
}

/// How stiff the way from the rotor to the load is, seen at the load.
#[derive(Clone, Debug, PartialEq)]
pub enum Stiffness {
    /// The same everywhere, N/m: mesh, pinion shaft and reduction belt in series; or nut, bearing and screw.
    Constant {
        /// N/m at the load.
        n_per_m: f64,
    },
    /// An open belt clamped at both ends with the pulley on the moving part: k = EA (1/L₁ + 1/L₂), in series with the rest
    /// (belt reduction, pulley teeth, shaft).
    BeltSpans {
        /// Tensile stiffness EA of all strands together, N per unit strain.
        ea_n: f64,
        /// Clamp to clamp, m.
        length_m: f64,
        /// Length of span 1 when the joint stands at zero, m.
        span_at_zero_m: f64,
        /// Everything else in the way, N/m at the load.
        series_n_per_m: f64,
    },
}

impl Stiffness {
    /// Length of span 1 with the joint at `position_m`, m, kept above 20 mm like the other; 0 where there are no spans.
    pub fn span_behind_m(&self, position_m: f64) -> f64 {
        match *self {
            Stiffness::Constant { .. } => 0.0,
            Stiffness::BeltSpans { length_m, span_at_zero_m, .. } => (span_at_zero_m + position_m).clamp(0.02, length_m - 0.02),
        }
    }

    /// Stiffness with the joint at `position_m`, N/m.
    pub fn at(&self, position_m: f64) -> f64 {
        match *self {
            Stiffness::Constant { n_per_m } => n_per_m,
            Stiffness::BeltSpans { ea_n, length_m, series_n_per_m, .. } => {
                let first = self.span_behind_m(position_m);
                let spans = ea_n * (1.0 / first + 1.0 / (length_m - first));
                spans * series_n_per_m / (spans + series_n_per_m)
            }
        }
    }
}

/// What keeps a transmission's spans or flanks together; [`super::hold`] has the law.
#[derive(Clone, Debug, PartialEq)]
pub enum Hold {
    /// Nothing that could let go.
    Firm,
    /// An open belt: its tension at rest.
    Belt {
        /// All strands together, N.
        pretension_n: f64,
    },
    /// A pinion pressed into its rack by a spring.
    Sprung {
        /// Force of the spring at the pinion, across the rack, N.
        spring_n: f64,
        /// Its rate there, N/m.
        rate_n_per_m: f64,
    },
}

/// Rotor angle to travel: rack and pinion, belt or screw behind an optional reduction.
#[derive(Clone, Debug, PartialEq)]
pub struct TransmissionParams {
    /// In words, for reports: "rack module 1, 25 teeth, 3:1".
    pub name: String,
    /// Travel per radian of the rotor, m/rad: pitch radius over ratio, or lead/(2π).
    pub travel_m_per_rad: f64,
    /// Stiffness seen at the load.
    pub stiffness: Stiffness,
    /// Up to where it is as stiff as that.
    pub hold: Hold,
    /// Speed of travel at which a screw reaches its first whirling speed, m/s (∞: no screw).
    pub whirl_m_per_s: f64,
    /// Free play seen at the load, m, flank to flank.
    pub backlash_m: f64,
    /// Share of the critical damping of the load on this stiffness, –.
    pub damping_ratio: f64,
    /// Share of the rotor's power that reaches the load, 0…1; its complement opposes the motion.
    pub efficiency: f64,
    /// Inertia of pulleys, pinion and screw, at the rotor, kg·m².
    pub inertia_kg_m2: f64,
}

/// Drag of the guides, hose and chain along the joint: Coulomb with a Stribeck rise at rest, plus viscous.
#[derive(Clone, Debug, PartialEq)]
pub struct FrictionParams {
    /// Sliding or rolling drag, N.
    pub coulomb_n: f64,
    /// Breakaway force, N.
    pub static_n: f64,
    /// Stribeck speed, m/s.
    pub stribeck_m_per_s: f64,
    /// Viscous drag, N·s/m.
    pub viscous_n_s_per_m: f64,
    /// Elastic travel before the guide breaks away, m.
    pub presliding_m: f64,
}

/// One driven joint.
#[derive(Clone, Debug, PartialEq)]
pub struct JointParams {
    /// "X", "Y1", "Y2", "Z".
    pub name: String,
    /// Planner axis that steps it: 0 X, 1 Y, 2 Z.
    pub axis: usize,
    /// Steps for one metre of travel.
    pub steps_per_m: f64,
    /// Motor.
    pub motor: MotorParams,
    /// What warms motor and driver.
    pub heat: HeatParams,
    /// Driver and bus.
    pub driver: DriverParams,
    /// From rotor to load.
    pub transmission: TransmissionParams,
    /// Drag along the joint.
    pub friction: FrictionParams,
    /// Mass that this joint moves, kg, for damping and for closed forms.
    pub moved_mass_kg: f64,
}
