//! How pieces fall that come loose: rigid bodies in `bevy_rapier3d`, all of a run in one world and in the order of time.
//!
//! In: scene, pieces with the instants at which they came loose. Out: a [`Track`] for each that falls or tips. They meet slats, bearers,
//! clamps, tray and each other, and the plate they were cut from once they are below it: in their own kerf they would jam, and be thrown out
//! of it by what a solver does with two solids in one place, which the twin has decided they do not. The twin decides which pieces lose
//! their hold, and about which edge of a slat and how far a piece tips: it hangs on a hinge there. What rests stays where it was cut.

use bevy::math::DVec2;
use bevy::prelude::*;
use bevy_rapier3d::plugin::RapierContextInitialization;
use bevy_rapier3d::prelude::*;

use crate::plate::parts::{Support, Tilt};
use crate::scene::model::Scene;
use crate::twin::record::{PartRecord, Record};
use crate::view::machine::layout::Layout;
use crate::view::polygon::Polygon;

/// One step, of which poses are kept; physics takes four for it.
const STEP_S: f64 = 1.0 / 60.0;
const SUBSTEPS: usize = 4;
/// After this, or when all has been still for so many steps, what fell has come to rest.
const FALL_S: f64 = 2.5;
const STILL_STEPS: u32 = 12;
/// What moves less than this in a step is still, m, and 1 − cosine of half the angle.
const STILL_M: f32 = 2e-5;
const STILL_TURN: f32 = 1e-8;
/// Contours are simplified by this much before they collide, m.
const COARSE_M: f64 = 1e-4;
/// What stands still, what has tipped, the plate with all that rests in it, and what is still in the hole it was cut from.
const SURROUNDINGS: Group = Group::GROUP_1;
const TIPPED: Group = Group::GROUP_2;
const PLATE: Group = Group::GROUP_3;
const FALLING: Group = Group::GROUP_4;
/// The tray is this thick for what falls on it, m.
const TRAY_M: f32 = 0.05;

/// Where a piece is from the instant on at which it came loose.
#[derive(Clone, Debug, Default)]
pub struct Track {
    /// Instants, s, and poses against where it was cut, machine coordinates.
    pub keys: Vec<(f64, Vec3, Quat)>,
}

impl Track {
    /// Its pose at an instant.
    pub fn at(&self, time_s: f64) -> Transform {
        let after = self.keys.partition_point(|(at_s, ..)| *at_s <= time_s);
        let place = |(_, at, turn): &(f64, Vec3, Quat)| Transform::from_translation(*at).with_rotation(*turn);
        match (after.checked_sub(1).and_then(|k| self.keys.get(k)), self.keys.get(after)) {
            (None, _) => Transform::IDENTITY,
            (Some(last), None) => place(last),
            (Some(a), Some(b)) => {
                // Keys are left out while it lies still.
                let begin_s = a.0.max(b.0 - STEP_S);
                let share = ((time_s - begin_s) / (b.0 - begin_s).max(1e-9)).clamp(0.0, 1.0) as f32;
                Transform::from_translation(a.1.lerp(b.1, share)).with_rotation(a.2.slerp(b.2, share))
            }
        }
    }
}

/// A piece in the world of bodies.
struct Body {
    entity: Entity,
    centre: Vec3,
    last: Transform,
    /// Corners of its outline on its upper side, from its centre, while it is in its hole.
    in_hole: Vec<Vec3>,
}

impl Body {
    /// Its highest point, either side up.
    fn top(&self, now: &Transform) -> f32 {
        let both = self.in_hole.iter().flat_map(|corner| [*corner, corner.with_z(-corner.z)]);
        both.map(|corner| now.transform_point(corner).z).fold(f32::NEG_INFINITY, f32::max)
    }
}

/// Tracks of all pieces, by their numbers in the record.
pub fn tracks(scene: &Scene, record: &Record) -> Vec<Option<Track>> {
    let mut tracks: Vec<Option<Track>> = vec![None; record.parts.len()];
    let mut order: Vec<(usize, f64)> = record
        .parts
        .iter()
        .enumerate()
        .filter(|(_, part)| part.piece.loose && part.piece.support != Support::Rests)
        .filter_map(|(k, part)| Some((k, part.freed_at_s?)))
        .collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    if order.is_empty() {
        return tracks;
    }
    let mut app = physics();
    surroundings(app.world_mut(), scene);
    let thickness = scene.plate.thickness_m as f32;
    let stays = |part: &&PartRecord| !part.piece.loose || part.piece.support == Support::Rests;
    for part in record.parts.iter().filter(stays) {
        rest(app.world_mut(), part, thickness);
    }
    let density = scene.plate.density_kg_per_m3 as f32;
    let mut bodies: Vec<Option<Body>> = record.parts.iter().map(|_| None).collect();
    let mut moving: Vec<usize> = Vec::new();
    for (n, &(k, freed_s)) in order.iter().enumerate() {
        let region = &record.parts[k].piece.region;
        let polygon = Polygon::new(&region.outer, &region.holes, COARSE_M);
        let Some((shape, centre)) = collider(&polygon, thickness) else { continue };
        let last = Transform::from_translation(centre);
        let entity = let_go(app.world_mut(), shape, last, density);
        let mut in_hole = Vec::new();
        if let Some(tilt) = &record.parts[k].piece.tilt {
            hinge(app.world_mut(), entity, centre, tilt, thickness);
        } else {
            in_hole = polygon.rings[0].iter().map(|p| p.as_vec2().extend(0.0) - centre).collect();
        }
        bodies[k] = Some(Body { entity, centre, last, in_hole });
        tracks[k] = Some(Track { keys: vec![(freed_s, Vec3::ZERO, Quat::IDENTITY)] });
        moving.push(k);
        let until_s = order.get(n + 1).map_or(f64::INFINITY, |next| next.1).min(freed_s + FALL_S);
        let (mut step, mut still) = (1, 0);
        while freed_s + f64::from(step) * STEP_S <= until_s && still < STILL_STEPS {
            app.update();
            leave_holes(app.world_mut(), bodies.iter_mut().flatten(), thickness);
            let moved = note(&app, &moving, &mut bodies, &mut tracks, freed_s + f64::from(step) * STEP_S);
            still = if moved { 0 } else { still + 1 };
            step += 1;
        }
    }
    tracks
}

/// Adds a key to the tracks of those that have moved; says whether any has.
fn note(app: &App, moving: &[usize], bodies: &mut [Option<Body>], tracks: &mut [Option<Track>], time_s: f64) -> bool {
    let mut any = false;
    for &k in moving {
        let (Some(body), Some(track)) = (&mut bodies[k], &mut tracks[k]) else { continue };
        let Some(&now) = app.world().get::<Transform>(body.entity) else { continue };
        let still = now.translation.distance(body.last.translation) < STILL_M
            && 1.0 - now.rotation.dot(body.last.rotation).abs() < STILL_TURN;
        if still || !now.translation.is_finite() {
            continue;
        }
        any = true;
        body.last = now;
        track.keys.push((time_s, now.translation - now.rotation * body.centre, now.rotation));
    }
    any
}

/// What has fallen out of its hole meets the plate from then on.
fn leave_holes<'a>(world: &mut World, bodies: impl Iterator<Item = &'a mut Body>, thickness: f32) {
    for body in bodies.filter(|body| !body.in_hole.is_empty()) {
        let Some(now) = world.get::<Transform>(body.entity) else { continue };
        if body.top(now) < -thickness {
            world.entity_mut(body.entity).insert(CollisionGroups::new(FALLING, Group::ALL));
            body.in_hole.clear();
        }
    }
}

/// A part of the plate that stays where it is.
fn rest(world: &mut World, part: &PartRecord, thickness: f32) {
    let region = &part.piece.region;
    if let Some((shape, centre)) = collider(&Polygon::new(&region.outer, &region.holes, COARSE_M), thickness) {
        let groups = CollisionGroups::new(PLATE, Group::ALL);
        world.spawn((RigidBody::Fixed, shape, Friction::coefficient(0.3), groups, Transform::from_translation(centre)));
    }
}

/// A piece on its own.
fn let_go(world: &mut World, shape: Collider, place: Transform, density: f32) -> Entity {
    let mass = ColliderMassProperties::Density(density);
    let contact = (Friction::coefficient(0.25), Restitution::coefficient(0.05));
    let damping = Damping { linear_damping: 0.1, angular_damping: 0.3 };
    let groups = CollisionGroups::new(FALLING, Group::ALL ^ PLATE);
    world.spawn((RigidBody::Dynamic, shape, mass, contact, damping, groups, place)).id()
}

/// Hangs a piece on the edge of the slat that it tips over.
fn hinge(world: &mut World, piece: Entity, centre: Vec3, tilt: &Tilt, thickness: f32) {
    let [a, b] = tilt.edge_m.map(|p| Vec3::new(p[0] as f32, p[1] as f32, -thickness));
    let pin = world.spawn((RigidBody::Fixed, Transform::from_translation(a))).id();
    // The low side is on the right of the edge: turning about it by the right hand goes down.
    let joint = RevoluteJointBuilder::new((b - a).normalize_or(Vec3::X))
        .local_anchor1(Vec3::ZERO)
        .local_anchor2(a - centre)
        .limits([0.0, tilt.angle_rad as f32]);
    // It lies on its slats already; against them it would be pushed off its hinge.
    let alone = CollisionGroups::new(TIPPED, Group::ALL ^ SURROUNDINGS ^ PLATE);
    world.entity_mut(piece).insert((ImpulseJoint::new(pin, joint), alone));
}

fn physics() -> App {
    let mut app = App::new();
    let gravity = RapierConfiguration { gravity: Vec3::new(0.0, 0.0, -9.81), ..RapierConfiguration::new(1.0) };
    // Contacts of millimetres: tell rapier that a part is about a tenth of a metre.
    let integration_parameters =
        bevy_rapier3d::rapier::dynamics::IntegrationParameters { length_unit: 0.1, num_solver_iterations: 8, ..default() };
    app.add_plugins((bevy::app::TaskPoolPlugin::default(), bevy::time::TimePlugin, TransformPlugin));
    app.insert_resource(TimestepMode::Fixed { dt: STEP_S as f32, substeps: SUBSTEPS });
    app.add_plugins(RapierPhysicsPlugin::<NoUserData>::default().with_custom_initialization(
        RapierContextInitialization::InitializeDefaultRapierContext { integration_parameters, rapier_configuration: gravity },
    ));
    app.finish();
    app.cleanup();
    app
}

/// Slats, bearers, clamps and the tray, as they are drawn.
fn surroundings(world: &mut World, scene: &Scene) {
    let layout = Layout::of(scene);
    let mut fixed = |centre: Vec3, size: Vec3| {
        let shape = Collider::cuboid(size.x / 2.0, size.y / 2.0, size.z / 2.0);
        let groups = CollisionGroups::new(SURROUNDINGS, Group::ALL);
        world.spawn((RigidBody::Fixed, shape, Friction::coefficient(0.35), groups, Transform::from_translation(centre)));
    };
    for (centre, size) in layout.slats().into_iter().chain(layout.bearers()) {
        fixed(centre, size);
    }
    for &(at, width, height) in &layout.clamps {
        fixed(at.extend(height / 2.0), Vec3::new(width, width, height));
    }
    let ([x0, x1], [y0, y1]) = (layout.bed_x(), layout.bed_y());
    let middle = Vec3::new((x0 + x1) / 2.0, (y0 + y1) / 2.0, layout.tray_z() - TRAY_M / 2.0);
    fixed(middle, Vec3::new(x1 - x0, y1 - y0, TRAY_M));
}

/// A piece around its centre: one hull if it is convex, else a prism for each triangle.
fn collider(polygon: &Polygon, thickness: f32) -> Option<(Collider, Vec3)> {
    if polygon.is_empty() {
        return None;
    }
    let triangles = polygon.triangles();
    let (mut area, mut moment) = (0.0, DVec2::ZERO);
    for [a, b, c] in &triangles {
        let part = (*b - *a).perp_dot(*c - *a) / 2.0;
        area += part;
        moment += (*a + *b + *c) / 3.0 * part;
    }
    if area <= 0.0 {
        return None;
    }
    let centre = (moment / area).as_vec2().extend(-thickness / 2.0);
    let hull = |corners: &[DVec2]| {
        let both: Vec<Vec3> = corners.iter().flat_map(|p| [0.0, -thickness].map(|z| p.as_vec2().extend(z) - centre)).collect();
        Collider::convex_hull(&both)
    };
    if polygon.is_convex() {
        return hull(&polygon.rings[0]).map(|hull| (hull, centre));
    }
    let parts: Vec<_> =
        triangles.iter().filter_map(|triangle| hull(triangle).map(|hull| (Vec3::ZERO, Quat::IDENTITY, hull))).collect();
    (!parts.is_empty()).then(|| (Collider::compound(parts), centre))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::geometry::Region;
    use crate::plate::parts::Piece;
    use crate::twin::record::PartRecord;
    use std::path::Path;

    fn part(low: [f64; 2], high: [f64; 2], support: Support, loose: bool) -> PartRecord {
        let region = Region::rectangle(low, high);
        let piece = Piece {
            area_m2: region.area_m2(),
            mass_kg: 1.0,
            centroid_m: region.centroid_m(),
            loose,
            has_plate_border: false,
            freed_at: None,
            support,
            tilt: None,
            region,
        };
        PartRecord::new(piece, loose.then_some((5.0, 1)))
    }

    #[test]
    fn what_no_slat_holds_falls_freely_and_what_rests_stays() {
        let mut scene = crate::scene::load_with(Path::new("scenes/square_100.toml"), None, None).unwrap();
        // Slats along X at y = 0.1 k.
        scene.plate.slats = crate::plate::parts::Slats { direction_y: false, pitch_m: 0.1, first_m: 0.0, width_m: 0.005 };
        let between = part([0.15, 0.13], [0.19, 0.17], Support::FallsThrough, true);
        let above = part([0.15, 0.18], [0.19, 0.23], Support::Rests, true);
        let record = Record { parts: vec![between, above], ..Record::default() };
        let tracks = tracks(&scene, &record);
        assert!(tracks[1].is_none());
        let track = tracks[0].as_ref().unwrap();
        assert_eq!(track.at(4.9), Transform::IDENTITY);
        // A tenth of a second: 49 mm in a vacuum, less a step or two of the integrator and the damping.
        let fallen = -track.at(5.1).translation.z;
        assert!((fallen - 0.049).abs() < 0.006, "{fallen}");
        let rest = track.at(60.0);
        assert!(rest.translation.z < -0.1 && rest == track.at(5.0 + FALL_S + 1.0));
    }

    /// A piece of plate that stays, with a hole a little larger than what is cut from it; what falls tips against it from below.
    #[test]
    fn what_has_fallen_out_of_its_hole_does_not_come_up_through_the_plate() {
        let mut scene = crate::scene::load_with(Path::new("scenes/square_100.toml"), None, None).unwrap();
        let t = scene.plate.thickness_m as f32;
        scene.plate.slats = crate::plate::parts::Slats { direction_y: false, pitch_m: 0.2, first_m: 0.1, width_m: 0.005 };
        let mut plate = part([-0.2, -0.2], [0.6, 0.6], Support::Rests, false);
        let mut hole = Region::rectangle([0.149, 0.119], [0.261, 0.281]).outer;
        hole.reverse();
        plate.piece.region.holes.push(hole);
        let falls = part([0.15, 0.12], [0.26, 0.28], Support::FallsThrough, true);
        let record = Record { parts: vec![plate, falls], ..Record::default() };
        let mut world = World::new();
        rest(&mut world, &record.parts[0], t);
        assert_eq!(world.query::<&Collider>().iter(&world).count(), 1);
        let tracks = tracks(&scene, &record);
        let track = tracks[1].as_ref().unwrap();
        // It leaves the hole, which it would not if it met the plate in it, and stays below.
        let corners = [[0.15f32, 0.12], [0.26, 0.12], [0.26, 0.28], [0.15, 0.28]];
        let top = |at: &Transform| {
            let both = corners.iter().flat_map(|p| [0.0, -t].map(|z| at.transform_point(Vec3::new(p[0], p[1], z)).z));
            both.fold(f32::NEG_INFINITY, f32::max)
        };
        let left =
            track.keys.iter().position(|(_, place, turn)| top(&Transform::from_translation(*place).with_rotation(*turn)) < -t);
        let left = left.expect("it falls out");
        for (_, place, turn) in &track.keys[left..] {
            assert!(top(&Transform::from_translation(*place).with_rotation(*turn)) < -t + 1e-3);
        }
    }

    #[test]
    fn what_tips_turns_about_its_slat_as_far_as_the_twin_says() {
        let mut scene = crate::scene::load_with(Path::new("scenes/square_100.toml"), None, None).unwrap();
        scene.plate.slats = crate::plate::parts::Slats { direction_y: true, pitch_m: 0.1, first_m: 0.0, width_m: 0.003 };
        let mut tipping = part([0.065, 0.2], [0.155, 0.26], Support::TipsUp, true);
        let tilt = Tilt { edge_m: [[0.1015, 0.2], [0.1015, 0.26]], angle_rad: 1.2, rise_m: 0.034 };
        tipping.piece.tilt = Some(tilt);
        let record = Record { parts: vec![tipping], ..Record::default() };
        let tracks = tracks(&scene, &record);
        let rest = tracks[0].as_ref().unwrap().at(60.0);
        let (axis, angle) = rest.rotation.to_axis_angle();
        assert!((angle - 1.2).abs() < 0.02 && axis.y > 0.999, "{axis} {angle}");
        // The hinge stays where it was, the left end rises as the twin has it, less what the thickness takes.
        let t = scene.plate.thickness_m as f32;
        let hinge = Vec3::new(0.1015, 0.23, -t);
        assert!(rest.transform_point(hinge).distance(hinge) < 1e-3);
        let end = rest.transform_point(Vec3::new(0.065, 0.23, 0.0));
        assert!((end.z - (0.0365 * 1.2f32.sin() - t * (1.0 - 1.2f32.cos()))).abs() < 2e-3, "{end}");
    }
}
