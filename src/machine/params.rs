//! Constant parameters of the mechanism: bodies, guides, beam, and where everything sits.
//!
//! Machine coordinates: X along the beam, Y along the rails, Z up; the origin is where the torch tip stands at machine zero on
//! the plate's upper side. In: checked numbers from `scene`. Out: plain data for the engines. Uses nothing.

/// A rigid body.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyParams {
    /// Mass, kg.
    pub mass_kg: f64,
    /// Principal moments of inertia about the centre of mass, axes parallel to the machine's, kg·m².
    pub inertia_kg_m2: [f64; 3],
    /// Centre of mass at machine zero, m.
    pub centre_in_machine_m: [f64; 3],
}

/// Stiffness of a guide or mount along and about the machine's axes. A driven direction has zero here; its drive acts there.
#[derive(Clone, Debug, PartialEq)]
pub struct MountParams {
    /// N/m along X, Y, Z.
    pub linear_n_per_m: [f64; 3],
    /// N·m/rad about X, Y, Z.
    pub angular_nm_per_rad: [f64; 3],
    /// Share of critical damping, –.
    pub damping_ratio: f64,
    /// Point where it acts at machine zero, m.
    pub at_in_machine_m: [f64; 3],
    /// Free play across its travel; none where it is preloaded or its load holds it on a flank.
    pub play: Option<PlayParams>,
}

/// Free play of both ends of a guide in X; see [`super::play`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayParams {
    /// Half of the way from flank to flank, m.
    pub half_m: f64,
    /// Dry friction that holds an end between its flanks, N.
    pub hold_n: f64,
    /// How far each end is from the guide's middle, m.
    pub arm_m: f64,
    /// Axis about which the play lets the body turn, and which way the end ahead then goes in X.
    pub(super) turn: (usize, f64),
}

/// Bending and torsion of the gantry beam between the rails, in series with the carriage's guides.
#[derive(Clone, Debug, PartialEq)]
pub struct BeamParams {
    /// Free span between the rails, m.
    pub span_m: f64,
    /// E·I for bending up and down, N·m².
    pub vertical_n_m2: f64,
    /// E·I for bending fore and aft, N·m².
    pub horizontal_n_m2: f64,
    /// G·J for twist, N·m².
    pub torsion_n_m2: f64,
    /// X of the left rail in machine coordinates, m.
    pub left_x_in_machine_m: f64,
}

impl BeamParams {
    /// Stiffness of `guide` in series with the beam at `travel_x_m` along it, N/m and N·m/rad along and about X, Y, Z. A simply supported
    /// beam gives 3 E I L/(s²(L − s)²) at s from its left end (Euler–Bernoulli, point load); a shaft held at both ends G J (1/s + 1/(L − s)).
    pub fn in_series(&self, guide: &MountParams, travel_x_m: f64) -> ([f64; 3], [f64; 3]) {
        let (mut linear, mut angular) = (guide.linear_n_per_m, guide.angular_nm_per_rad);
        let place = guide.at_in_machine_m[0] + travel_x_m - self.left_x_in_machine_m;
        let s = place.clamp(0.05 * self.span_m, 0.95 * self.span_m);
        let rest = self.span_m - s;
        let bending = 3.0 * self.span_m / (s * s * rest * rest);
        let series = |guide: f64, beam: f64| if guide > 0.0 { guide * beam / (guide + beam) } else { 0.0 };
        linear[1] = series(linear[1], bending * self.horizontal_n_m2);
        linear[2] = series(linear[2], bending * self.vertical_n_m2);
        angular[0] = series(angular[0], self.torsion_n_m2 * (1.0 / s + 1.0 / rest));
        (linear, angular)
    }
}

/// The whole mechanism.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineParams {
    /// Frame with plate, slats and rails.
    pub frame: BodyParams,
    /// Beam with end trucks, motors and everything that rides in Y only.
    pub gantry: BodyParams,
    /// Carriage on the beam.
    pub carriage: BodyParams,
    /// What the torch slide moves in Z: holder and torch.
    pub torch: BodyParams,
    /// Frame on its feet.
    pub feet: MountParams,
    /// Left (Y1) and right (Y2) truck on its rail; Y is driven.
    pub trucks: [MountParams; 2],
    /// Carriage on the beam; X is driven.
    pub carriage_guide: MountParams,
    /// Torch slide on the carriage; Z is driven.
    pub torch_slide: MountParams,
    /// Beam compliance in series with the carriage's guide.
    pub beam: BeamParams,
    /// Torch tip at machine zero, m.
    pub tip_in_machine_m: [f64; 3],
    /// Travel of X, Y, Z from machine zero, m: lowest and highest.
    pub travel_m: [[f64; 2]; 3],
    /// Gravity, m/s².
    pub gravity_m_per_s2: f64,
}

impl MachineParams {
    /// Whether a guide has free play.
    pub fn has_play(&self) -> bool {
        self.trucks.iter().chain([&self.torch_slide]).any(|mount| mount.play.is_some())
    }
}
