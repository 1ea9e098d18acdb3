//! Margins of a machine by closed forms from its planned motion: what need not be simulated to be refused.
//!
//! In: a scene with a candidate machine, its program. Out: [`Margins`]. May use: `twin`'s plan, `drive`'s pull-out torque.
//!
//! * Torque: of every planned instant, mass times acceleration, drag and the rotor's own inertia over the pull-out torque at that speed. Vibration
//!   comes on top of that and is not in it, so that the hardest rapids are named: `window` runs them.
//! * Geometry: bow, squareness and pitch across the path at every point that is cut, the rails cold: what no stiffness takes away.

use crate::drive::params::JointParams;
use crate::drive::pull_out::pull_out_nm;
use crate::program::Program;
use crate::scene::model::Scene;
use crate::twin::controller::outputs;
use crate::twin::course::Course;
use crate::twin::preflight;
use torchtwin_planner::{Geometry, MoveKind, Output, PathItem, Slice, TorchEvent};

/// A worst place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worst {
    /// How bad, in the unit of its field.
    pub value: f64,
    /// Line of the program.
    pub line: u32,
    /// Where in the program: number of the item.
    pub item: usize,
    /// Share of the move at which it is.
    pub at: f64,
    /// "X", "Y1", …: motor or axis.
    pub axis: String,
    /// What it comes from, in words.
    pub cause: String,
}

/// What the plan says of a machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Margins {
    /// Largest share of pull-out torque that the planned motion asks for; more than 1 loses steps.
    pub torque_use: Worst,
    /// Largest distance from the path by geometry alone, m.
    pub geometry_m: Worst,
    /// Steps a second beyond what the controller can send.
    pub step_rate_exceeded_hz: f64,
    /// How far the program leaves the travel, m, and in words.
    pub travel_exceeded: (f64, String),
    /// Rapids that are hardest on the motors, by the numbers of their items: for each axis the one that asks for the largest share of the pull-out
    /// torque and the one that turns the motor fastest, of equals the longest.
    pub rapids: Vec<usize>,
}

/// Distance of the points at which geometry is looked at, m.
const SPACING_M: f64 = 2e-3;
/// Width of the bands of speed in which the worst torque is kept, rad/s of the motor.
const BAND_RAD_PER_S: f64 = 1.0;

/// The margins of the machine of `scene`.
pub fn margins(scene: &Scene, program: &Program) -> Margins {
    let course = Course::new(program);
    let plan = preflight::plan(scene, program, &course);
    let (torque_use, rapids) = torque(scene, &course);
    Margins {
        torque_use,
        rapids,
        geometry_m: geometry(scene, program),
        step_rate_exceeded_hz: plan.step_rate_exceeded_hz(scene),
        travel_exceeded: (plan.travel_exceeded_m, plan.travel_words.clone()),
    }
}

/// Largest force-giving acceleration in each band of speed of a joint, with its item.
type Bands = Vec<(f64, u32)>;

/// The hardest of many moves by one measure.
#[derive(Clone, Copy, Default)]
struct Hardest {
    /// The largest measure so far.
    peak: f64,
    /// Measure, length and item of the move that is kept.
    kept: Option<(f64, f64, u32)>,
}

impl Hardest {
    /// Moves whose measures are as near as this count as equal.
    const EQUAL: f64 = 0.99;

    fn take(&mut self, measure: f64, length_m: f64, item: u32) {
        self.peak = self.peak.max(measure);
        let enough = Self::EQUAL * self.peak;
        let better = self.kept.is_none_or(|(kept, length, _)| kept < enough || length < length_m);
        if measure >= enough && better {
            self.kept = Some((measure, length_m, item));
        }
    }
}

/// Pull-out torque of a joint in each band of speed, worked out once.
struct PullOut<'a> {
    joint: &'a JointParams,
    bands: Vec<f64>,
}

impl PullOut<'_> {
    fn in_band(&mut self, band: usize) -> f64 {
        for next in self.bands.len()..=band {
            self.bands.push(pull_out_nm(&self.joint.motor, &self.joint.driver, top_of(next)).max(1e-9));
        }
        self.bands[band]
    }
}

/// The upper end of a band, rad/s.
fn top_of(band: usize) -> f64 {
    (band as f64 + 1.0) * BAND_RAD_PER_S
}

/// The worst use of torque, and the hardest rapids.
fn torque(scene: &Scene, course: &Course<'_>) -> (Worst, Vec<usize>) {
    let joints = &scene.machine.joints;
    let mut bands: Vec<Bands> = vec![Vec::new(); joints.len()];
    let mut pull_out: Vec<PullOut<'_>> = joints.iter().map(|joint| PullOut { joint, bands: Vec::new() }).collect();
    let mut hardest = vec![[Hardest::default(); 2]; joints.len()];
    let (mut entry, mut end_tick) = (0.0, 0_u64);
    for output in outputs(scene, course) {
        let Output::Slice(slice) = output else { continue };
        if slice.tick > end_tick + 16 {
            entry = 0.0;
        }
        end_tick = slice.tick + slice.ticks;
        let rapid = matches!(course.item(slice.tag), Some(PathItem::Move { kind: MoveKind::Rapid, .. }));
        let length_m = course.shape(slice.tag).map_or(0.0, Geometry::length_m);
        for (number, joint) in joints.iter().enumerate() {
            let Some((band, acceleration)) = asked(&slice, entry, joint) else { continue };
            note(&mut bands[number], band, acceleration, slice.tag);
            if rapid {
                let share = demand_nm(joint, acceleration, top_of(band)) / pull_out[number].in_band(band);
                hardest[number][0].take(share, length_m, slice.tag);
                hardest[number][1].take(top_of(band), length_m, slice.tag);
            }
        }
        entry = slice.wanted_speed_m_per_s;
    }
    let mut rapids: Vec<usize> = hardest.iter().flatten().filter_map(|h| h.kept).map(|(_, _, item)| item as usize).collect();
    rapids.sort_unstable();
    rapids.dedup();
    (worst_of(joints, &bands, &mut pull_out, course), rapids)
}

fn worst_of(joints: &[JointParams], bands: &[Bands], pull_out: &mut [PullOut<'_>], course: &Course<'_>) -> Worst {
    let mut worst = Worst::default();
    for ((joint, bands), pull_out) in joints.iter().zip(bands).zip(pull_out) {
        for (band, (acceleration, item)) in bands.iter().enumerate().filter(|(_, (_, item))| *item != u32::MAX) {
            let speed = top_of(band);
            let (asked, given) = (demand_nm(joint, *acceleration, speed), pull_out.in_band(band));
            let value = asked / given;
            if value > worst.value {
                let rpm = speed * 30.0 / std::f64::consts::PI;
                let cause = format!(
                    "the move asks for {asked:.2} N·m at {rpm:.0} rev/min, and {} gives {given:.2} N·m there",
                    joint.motor.name
                );
                worst = Worst { value, line: course.line(*item), item: *item as usize, at: 0.0, axis: joint.name.clone(), cause };
            }
        }
    }
    worst
}

/// What a slice asks of a joint: band of speed, and acceleration along the path by the change of the speed that is meant, across it on an arc. None
/// where the joint stands.
fn asked(slice: &Slice, entry_m_per_s: f64, joint: &JointParams) -> Option<(usize, f64)> {
    let duration = slice.duration_s();
    let tangent = slice.geometry.tangent_at(0.5);
    let part = tangent[joint.axis].abs();
    if duration <= 0.0 || part < 1e-9 {
        return None;
    }
    let along = (slice.wanted_speed_m_per_s - entry_m_per_s) / duration;
    let speed = slice.wanted_speed_m_per_s.max(entry_m_per_s);
    let radius = slice.geometry.radius_m();
    let across = if radius.is_finite() { speed * speed / radius } else { 0.0 };
    let rotor = speed * part / joint.transmission.travel_m_per_rad.abs();
    // At most what the planner allows: where two blocks meet, the entry speed is of another direction.
    let acceleration = along.abs() * part + across * (1.0 - part * part).max(0.0).sqrt();
    Some(((rotor / BAND_RAD_PER_S) as usize, acceleration))
}

fn note(bands: &mut Bands, band: usize, acceleration: f64, item: u32) {
    if bands.len() <= band {
        bands.resize(band + 1, (0.0, u32::MAX));
    }
    if bands[band].1 == u32::MAX || acceleration > bands[band].0 {
        bands[band] = (acceleration, item);
    }
}

/// Torque at the motor for an acceleration of the load, m/s², at a speed of the rotor, rad/s.
fn demand_nm(joint: &JointParams, acceleration: f64, rotor_rad_per_s: f64) -> f64 {
    let travel = joint.transmission.travel_m_per_rad.abs();
    let drag = joint.friction.coulomb_n + joint.friction.viscous_n_s_per_m * rotor_rad_per_s * travel;
    let force = joint.moved_mass_kg * acceleration + drag;
    let inertia = joint.motor.rotor_inertia_kg_m2 + joint.transmission.inertia_kg_m2;
    force * travel / joint.transmission.efficiency + inertia * acceleration / travel
}

/// The moves that are made with the oxygen open, with their numbers and places.
pub fn cutting_moves(program: &Program) -> Vec<(usize, Geometry)> {
    let mut at = program.start_in_machine_m;
    let mut open = false;
    let mut moves = Vec::new();
    for (number, item) in program.items.iter().enumerate() {
        match item {
            PathItem::Torch { event, .. } => open = *event == TorchEvent::OxygenOn,
            PathItem::Move { kind, shape, .. } => {
                let geometry = Geometry::new(at, shape);
                at = geometry.to();
                if open && *kind == MoveKind::Feed && geometry.length_m() > 0.0 {
                    moves.push((number, geometry));
                }
            }
            PathItem::Dwell { .. } | PathItem::Stop { .. } | PathItem::Mode { .. } => {}
        }
    }
    moves
}

fn geometry(scene: &Scene, program: &Program) -> Worst {
    let errors = |point: [f64; 3]| scene.machine.geometry.errors([point[0], point[1]], 0.0);
    let zero = errors(program.start_in_machine_m);
    let mut worst = Worst::default();
    for (number, path) in cutting_moves(program) {
        let points = (path.length_m() / SPACING_M).ceil().clamp(1.0, 10_000.0) as usize;
        for k in 0..=points {
            let at = k as f64 / points as f64;
            let (point, tangent) = (path.point_at(at), path.tangent_at(at));
            let (left, off) = ([-tangent[1], tangent[0]], errors(point).beyond(&zero));
            let across = |error: [f64; 2]| error[0] * left[0] + error[1] * left[1];
            let value = across(off.sum()).abs();
            if value > worst.value {
                let parts = [
                    ("bowed guides", off.straightness),
                    ("axes out of square", off.squareness),
                    ("pitch of the drives", off.pitch),
                ];
                let most = parts.iter().max_by(|a, b| across(a.1).abs().total_cmp(&across(b.1).abs()));
                let line = program.items.get(number).map_or(0, |item| program.line(item.tag()));
                let axis = if left[0].abs() > left[1].abs() { "X" } else { "Y" };
                let cause = most.map_or("", |(name, _)| name).to_string();
                worst = Worst { value, line, item: number, at, axis: axis.into(), cause };
            }
        }
    }
    worst
}

#[cfg(test)]
mod tests;
