//! Lines and bands on the plate: programmed, planned and actual path, deviation along the kerf's edges, heat-affected zone.
//!
//! In: the program, frames of the film as they come, cuts of the record. Out: flat meshes of [`TimedMaterial`], in chunks, so that what
//! is known is built once.

use bevy::light::NotShadowCaster;
use bevy::prelude::*;

use super::material::TimedMaterial;
use super::straight::Cone;
use crate::scene::model::{Bound, Scene};
use crate::twin::film::Frame;
use crate::twin::finish::programmed;
use crate::twin::record::{Cut, ProgrammedMove};
use crate::view::session::{Session, State};
use crate::view::solid::Solid;
use crate::view::state::{Look, Playhead, Root};

/// Frames of a mesh that is built once.
const CHUNK: usize = 4096;
/// New frames before the mesh of the last, short chunk is built anew.
const TAIL: usize = 256;
/// Chunks built in one frame of the picture at most.
const CHUNKS_A_FRAME: usize = 4;
/// Lines are at least this wide, pixels.
const LINE_PX: f32 = 1.6;
const BAND_PX: f32 = 1.8;

/// Heights over the plate's top, m: small against a kerf, in the order in which they cover one another.
const HAZ_Z: f32 = 0.02e-3;
const EDGE_Z: f32 = 0.04e-3;
const PATH_Z: f32 = 0.08e-3;

/// Bands of deviation lie beside the kerf: gap and width, m.
const GAP_M: f32 = 0.25e-3;
const EDGE_M: f32 = 0.3e-3;
/// A point on the straight line between its neighbours to this, m, is left out.
const STRAIGHT_M: f32 = 4e-6;
/// Colours that differ by less than this share of the scale are the same.
const SAME_SHARE: f32 = 0.02;
/// Points are no nearer to one another, m: a tip that trembles goes back and forth, and what lies beside its way must not.
const LEAST_M: f32 = 0.2e-3;
/// Longest stretch without a point, m, so that it appears when it is cut and not before.
const LONGEST_M: f32 = 3e-3;
/// Turns sharper than this (cosine) are mitred no more.
const MITRE_COS: f32 = 0.5;
/// Always there.
const ALWAYS: f32 = -1e9;

/// Deviation that is red, m: the scene's own bound on the contour error, 0.25 mm without one.
pub fn deviation_bound_m(scene: &Scene) -> f64 {
    let bound = scene.expect.bounds.iter().find_map(|(figure, bound)| match bound {
        Bound::Max(mm) if figure == "contour_error_max_mm" && *mm > 0.0 => Some(*mm * 1e-3),
        _ => None,
    });
    bound.unwrap_or(0.25e-3)
}

/// Colour of a deviation as a share of its bound: green to a tenth of it, yellow at half, red from the bound on.
pub fn deviation_color(share: f32) -> Color {
    const STOPS: [(f32, [f32; 3]); 5] = [
        (0.1, [0.13, 0.70, 0.34]),
        (0.3, [0.55, 0.80, 0.22]),
        (0.5, [0.97, 0.82, 0.16]),
        (0.75, [0.97, 0.50, 0.10]),
        (1.0, [0.90, 0.10, 0.08]),
    ];
    let share = share.abs().min(1.0);
    let after = STOPS.iter().position(|(at, _)| *at >= share);
    let [r, g, b] = match after {
        Some(0) => STOPS[0].1,
        None => STOPS[STOPS.len() - 1].1,
        Some(k) => {
            let ((a, low), (b, high)) = (STOPS[k - 1], STOPS[k]);
            let t = (share - a) / (b - a);
            std::array::from_fn(|i| low[i] + (high[i] - low[i]) * t)
        }
    };
    Color::srgb(r, g, b)
}

/// Colour of the heat-affected zone.
pub const HAZ_COLOR: Color = Color::srgb(0.72, 0.36, 0.95);

/// What a mesh belongs to.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As the program has it.
    Programmed,
    /// As the planner has it.
    Planned,
    /// As the tip went.
    Actual,
    /// Heat-affected zone.
    Haz,
}

/// What has been built.
#[derive(Resource, Default)]
pub struct Ribbons {
    generation: u64,
    lines: Handle<TimedMaterial>,
    bands: Handle<TimedMaterial>,
    entities: Vec<Entity>,
    tail: Vec<Entity>,
    taken: usize,
    tail_until: usize,
    has_program: bool,
    has_haz: bool,
}

impl Ribbons {
    /// Everything that is known is drawn.
    pub fn are_current(&self, session: &Session) -> bool {
        self.generation == session.generation
            && self.tail_until == session.film.frames.len()
            && self.has_haz == session.record.is_some()
    }
}

/// One point of a ribbon.
#[derive(Clone, Copy)]
struct Point {
    at: Vec2,
    time_s: f32,
    /// Middle of the ribbon, to the left of the way, m.
    left_m: f32,
    half_m: f32,
    color: [f32; 4],
}

/// Lays a ribbon along points. Smooth turns are mitred; sharp ones end one stretch and begin the next.
fn lay(points: &[Point], z: f32, into: &mut Solid) {
    let along = |k: usize| (points[k + 1].at - points[k].at).normalize_or_zero();
    for k in 0..points.len().saturating_sub(1) {
        let own = along(k).perp();
        let end = |point: &Point, other: Option<Vec2>, into: &mut Solid| {
            let mitre = match other {
                Some(other) if own.dot(other) > MITRE_COS => {
                    let middle = (own + other).normalize_or(own);
                    middle / middle.dot(own).max(0.5)
                }
                _ => own,
            };
            [1.0, -1.0].map(|side: f32| {
                let corner = into.corner(
                    (point.at + mitre * point.left_m).extend(z),
                    (mitre * side).extend(0.0),
                    [point.time_s, point.half_m],
                );
                into.colors[corner as usize] = point.color;
                corner
            })
        };
        let [a, b] = end(&points[k], (k > 0).then(|| along(k - 1).perp()), into);
        let [c, d] = end(&points[k + 1], (k + 2 < points.len()).then(|| along(k + 1).perp()), into);
        into.indices.extend([a, b, d, a, d, c]);
    }
}

fn rgba(color: Color, alpha: f32) -> [f32; 4] {
    color.to_linear().with_alpha(alpha).to_f32_array()
}

/// Frames that are needed to draw the tip's way: without those on a straight line between others, of the same colour.
fn thinned(frames: &[Frame], place: impl Fn(&Frame) -> Vec2, shade: impl Fn(&Frame) -> f32) -> Vec<&Frame> {
    let mut kept: Vec<&Frame> = Vec::new();
    let mut last: Option<&Frame> = None;
    let mut cone = Cone::default();
    for (k, frame) in frames.iter().enumerate() {
        let Some(&from) = kept.last() else {
            kept.push(frame);
            continue;
        };
        let way = place(frame) - place(from);
        let breaks = (frame.kerf_m > 0.0) != (from.kerf_m > 0.0) || k + 1 == frames.len();
        let far = way.length() > LEAST_M;
        let turns = !cone.accepts(way, STRAIGHT_M) || (shade(frame) - shade(from)).abs() > SAME_SHARE;
        let ends = breaks || far && turns || way.length() > LONGEST_M;
        if ends {
            // The way straight on ends at the frame before.
            let turn = last.take().unwrap_or(frame);
            kept.push(turn);
            if breaks && !std::ptr::eq(turn, frame) {
                kept.push(frame);
            }
            cone = Cone::default();
        }
        if let Some(&from) = kept.last().filter(|from| !std::ptr::eq(**from, frame)) {
            cone.narrow(place(frame) - place(from), STRAIGHT_M);
            last = Some(frame);
        }
    }
    kept
}

/// The way of the tip in these frames: bands of deviation beside the kerf, a line where nothing is cut.
fn actual(frames: &[Frame], bound_m: f32) -> Solid {
    let mut solid = Solid::default();
    let at = |frame: &Frame| Vec2::new(frame.tip[0], frame.tip[1]);
    let share = |frame: &Frame| (frame.deviation_m / bound_m).abs().min(1.2);
    let kept = thinned(frames, at, share);
    for stretch in kept.chunk_by(|a, b| (a.kerf_m > 0.0) == (b.kerf_m > 0.0)) {
        let cutting = stretch[0].kerf_m > 0.0;
        let points = |side: f32| -> Vec<Point> {
            let of = |frame: &&Frame| Point {
                at: at(frame),
                time_s: frame.time_s as f32,
                left_m: side * (0.5 * frame.kerf_m + GAP_M + 0.5 * EDGE_M),
                half_m: if cutting { 0.5 * EDGE_M } else { 0.0 },
                color: rgba(deviation_color(share(frame)), if cutting { 0.85 } else { 0.45 }),
            };
            stretch.iter().map(of).collect()
        };
        if cutting {
            lay(&points(1.0), EDGE_Z, &mut solid);
            lay(&points(-1.0), EDGE_Z, &mut solid);
        } else {
            lay(&points(0.0), PATH_Z, &mut solid);
        }
    }
    solid
}

/// The planned way in these frames.
fn planned(frames: &[Frame]) -> Solid {
    let mut solid = Solid::default();
    let at = |frame: &Frame| Vec2::new(frame.planned[0], frame.planned[1]);
    let color = rgba(Color::srgb(0.55, 0.75, 1.0), 0.85);
    let of = |frame: &&Frame| Point { at: at(frame), time_s: ALWAYS, left_m: 0.0, half_m: 0.0, color };
    let points: Vec<Point> = thinned(frames, at, |_| 0.0).iter().map(of).collect();
    lay(&points, PATH_Z, &mut solid);
    solid
}

/// The programmed way: cuts, feeds and rapids in their colours.
fn program_lines(moves: &[ProgrammedMove]) -> Solid {
    let mut solid = Solid::default();
    for step in moves {
        let color = match (step.rapid, step.cutting) {
            (true, _) => rgba(Color::srgb(0.66, 0.70, 0.76), 0.45),
            (false, false) => rgba(Color::srgb(0.98, 0.85, 0.3), 0.8),
            (false, true) => rgba(Color::srgb(0.22, 0.85, 0.95), 0.7),
        };
        let place = |p: &[f64; 2]| Vec2::new(p[0] as f32, p[1] as f32);
        let of = |p: &[f64; 2]| Point { at: place(p), time_s: ALWAYS, left_m: 0.0, half_m: 0.0, color };
        lay(&step.points.iter().map(of).collect::<Vec<_>>(), PATH_Z, &mut solid);
    }
    solid
}

/// The heat-affected zone along both edges of the cuts.
fn haz(cuts: &[Cut]) -> Solid {
    let mut solid = Solid::default();
    let color = rgba(HAZ_COLOR, 0.42);
    for cut in cuts {
        let mut kept: Vec<&crate::twin::record::CutPoint> = Vec::new();
        for (k, point) in cut.points.iter().enumerate() {
            let ends = k == 0 || k + 1 == cut.points.len();
            let near = kept.last().is_some_and(|last| {
                let [x, y] = [0, 1].map(|i| point.tip_in_machine_m[i] - last.tip_in_machine_m[i]);
                x.hypot(y) < 0.4e-3
            });
            if ends || !near {
                kept.push(point);
            }
        }
        for side in [1.0, -1.0] {
            let of = |p: &&crate::twin::record::CutPoint| Point {
                at: Vec2::new(p.tip_in_machine_m[0] as f32, p.tip_in_machine_m[1] as f32),
                time_s: p.time_s as f32,
                left_m: side * 0.5 * (p.kerf_m + p.haz_m) as f32,
                half_m: 0.5 * p.haz_m as f32,
                color: if p.haz_m > 0.0 { color } else { [0.0; 4] },
            };
            lay(&kept.iter().map(of).collect::<Vec<_>>(), HAZ_Z, &mut solid);
        }
    }
    solid
}

/// Builds what has become known.
pub fn follow(
    session: Res<Session>,
    root: Option<Res<Root>>,
    mut ribbons: ResMut<Ribbons>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<TimedMaterial>>,
    mut commands: Commands,
) {
    let (Some(scene), Some(root)) = (&session.scene, root) else { return };
    let ribbons = &mut *ribbons;
    if ribbons.generation != session.generation {
        for entity in ribbons.entities.drain(..).chain(ribbons.tail.drain(..)) {
            commands.entity(entity).despawn();
        }
        let material = |px: f32, materials: &mut Assets<TimedMaterial>| materials.add(TimedMaterial::pixels(px));
        *ribbons = Ribbons {
            generation: session.generation,
            lines: material(LINE_PX, &mut materials),
            bands: material(BAND_PX, &mut materials),
            ..Ribbons::default()
        };
    }
    let [lines, bands] = [ribbons.lines.clone(), ribbons.bands.clone()];
    let mut put = |kind: Kind, solid: Solid, material: &Handle<TimedMaterial>| -> Option<Entity> {
        if solid.indices.is_empty() {
            return None;
        }
        let mesh = Mesh3d(meshes.add(solid.into_mesh()));
        let body = (kind, mesh, MeshMaterial3d(material.clone()), Transform::default(), NotShadowCaster, ChildOf(root.0));
        Some(commands.spawn(body).id())
    };
    if let Some(program) = session.program.as_ref().filter(|_| !ribbons.has_program) {
        ribbons.has_program = true;
        ribbons.entities.extend(put(Kind::Programmed, program_lines(&programmed(program)), &lines));
    }
    if let Some(record) = session.record.as_ref().filter(|_| !ribbons.has_haz) {
        ribbons.has_haz = true;
        ribbons.entities.extend(put(Kind::Haz, haz(&record.cuts), &bands));
    }
    let frames = &session.film.frames;
    let bound_m = deviation_bound_m(scene) as f32;
    let mut drawn = Vec::new();
    for _ in 0..CHUNKS_A_FRAME {
        if frames.len() <= ribbons.taken + CHUNK {
            break;
        }
        let part = &frames[ribbons.taken..=ribbons.taken + CHUNK];
        ribbons.entities.extend(put(Kind::Actual, actual(part, bound_m), &bands));
        ribbons.entities.extend(put(Kind::Planned, planned(part), &lines));
        ribbons.taken += CHUNK;
        // What was the tail is in this chunk.
        drawn.append(&mut ribbons.tail);
        ribbons.tail_until = ribbons.taken;
    }
    let left = frames.len() - ribbons.taken;
    let done = session.state != State::Running;
    if left <= CHUNK && (frames.len() >= ribbons.tail_until + TAIL || done && frames.len() != ribbons.tail_until) {
        let part = &frames[ribbons.taken..];
        drawn.append(&mut ribbons.tail);
        ribbons.tail.extend(put(Kind::Actual, actual(part, bound_m), &bands));
        ribbons.tail.extend(put(Kind::Planned, planned(part), &lines));
        ribbons.tail_until = frames.len();
    }
    for entity in drawn {
        commands.entity(entity).despawn();
    }
}

/// Shows what is wanted, up to the playhead.
pub fn show(
    playhead: Res<Playhead>,
    look: Res<Look>,
    ribbons: Res<Ribbons>,
    mut materials: ResMut<Assets<TimedMaterial>>,
    mut bodies: Query<(&Kind, &mut Visibility)>,
) {
    let now_s = playhead.time_s as f32;
    for handle in [&ribbons.lines, &ribbons.bands] {
        if materials.get(handle).is_some_and(|material| material.numbers.x != now_s)
            && let Some(mut material) = materials.get_mut(handle)
        {
            material.numbers.x = now_s;
        }
    }
    for (kind, mut visibility) in &mut bodies {
        let wanted = match kind {
            Kind::Programmed => look.programmed,
            Kind::Planned => look.planned,
            Kind::Actual => look.actual,
            Kind::Haz => look.haz,
        };
        visibility.set_if_neq(if wanted { Visibility::Inherited } else { Visibility::Hidden });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_way_needs_two_points_and_a_corner_one_more() {
        let frame =
            |k: u32, p: [f32; 2]| Frame { time_s: f64::from(k), tip: [p[0], p[1], 0.0], kerf_m: 1e-3, ..Frame::default() };
        let leg = |k: u32| if k < 20 { [1e-4 * k as f32, 0.0] } else { [2e-3, 1e-4 * (k - 20) as f32] };
        let frames: Vec<Frame> = (0..40).map(|k| frame(k, leg(k))).collect();
        let kept = thinned(&frames, |f| Vec2::new(f.tip[0], f.tip[1]), |_| 0.0);
        let places: Vec<[f32; 2]> = kept.iter().map(|f| [f.tip[0], f.tip[1]]).collect();
        assert_eq!(places.first(), Some(&leg(0)));
        assert_eq!(places.last(), Some(&leg(39)));
        assert!(places.contains(&leg(20)) && places.len() <= 4, "{places:?}");
    }

    #[test]
    fn a_ribbon_lies_beside_the_way_at_its_distance() {
        let point = |x: f32, y: f32| Point { at: Vec2::new(x, y), time_s: 0.0, left_m: 1.0, half_m: 0.25, color: [1.0; 4] };
        // A left turn of 60°: on its inner side the mitre keeps the distance.
        let mut solid = Solid::default();
        lay(&[point(0.0, 0.0), point(10.0, 0.0), point(15.0, 8.660_254)], 0.0, &mut solid);
        for position in &solid.positions {
            let p = Vec2::new(position[0], position[1]);
            let to_first = p.y;
            let to_second = Vec2::new(0.5, 0.866_025_4).perp_dot(p - Vec2::new(10.0, 0.0));
            assert!((to_first - 1.0).abs() < 1e-3 || (to_second - 1.0).abs() < 1e-3, "{p}");
        }
    }

    #[test]
    fn small_deviations_are_green_and_large_ones_red() {
        let c = |share: f32| deviation_color(share).to_srgba();
        assert_eq!(c(0.0), c(0.1));
        assert_eq!(c(1.0), c(-7.0));
        assert!(c(0.05).green > 2.0 * c(0.05).red && c(1.0).red > 5.0 * c(1.0).green);
    }
}
