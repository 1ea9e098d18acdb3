//! Where parts that fell have come to rest: rigid bodies in `bevy_rapier3d`, stepped a fixed number
//! of times from the instant they came loose. They meet slats, tray and each other; against the
//! plate they would jam in their own kerf, which the twin has already decided they do not. Only what
//! is seen: the twin decides what drops.

use super::polygon::Polygon;
use super::scene3d::layout::{Layout, bearers, slats};
use super::still::Still;
use bevy::prelude::*;
use bevy_rapier3d::plugin::RapierContextInitialization;
use bevy_rapier3d::prelude::*;

/// One step; a physics frame is four of them.
const FRAME_S: f64 = 1.0 / 60.0;
const SUBSTEPS: usize = 4;
/// Contours are simplified by this much before they collide.
const COARSE_M: f64 = 2e-4;
/// After this a part has come to rest.
const REST_AFTER_S: f64 = 2.5;

/// The pose of each piece: where it was cut, or where it fell to.
pub fn rest_poses(still: &Still, layout: &Layout, polygons: &[Polygon]) -> Vec<Transform> {
    let mut poses = vec![Transform::IDENTITY; polygons.len()];
    let falling: Vec<usize> = (0..polygons.len()).filter(|&k| still.plate.pieces[k].dropped && !polygons[k].is_empty()).collect();
    if falling.is_empty() {
        return poses;
    }
    let mut app = physics();
    surroundings(app.world_mut(), still, layout);
    let thickness = still.plate.thickness_m as f32;
    let coarse: Vec<Polygon> =
        still.plate.pieces.iter().map(|piece| Polygon::new(&piece.outer, &piece.holes, COARSE_M)).collect();
    // The one that came loose first falls first.
    let mut order = falling.clone();
    order.sort_by(|a, b| still.plate.pieces[*b].freed_ago_s.total_cmp(&still.plate.pieces[*a].freed_ago_s));
    let frames = |k: usize| (still.plate.pieces[k].freed_ago_s.clamp(0.0, REST_AFTER_S) / FRAME_S).round() as usize;
    let total = order.iter().map(|&k| frames(k)).max().unwrap_or(0);
    let mut bodies = Vec::new();
    for frame in 0..=total {
        while let Some(&k) = order.first().filter(|&&k| frames(k) >= total - frame) {
            order.remove(0);
            if let Some((shape, centre)) = collider(&coarse[k], thickness) {
                bodies.push((k, centre, falling_part(app.world_mut(), shape, centre)));
            }
        }
        if frame < total {
            app.update();
        }
    }
    for (k, centre, entity) in bodies {
        if let Some(rest) = app.world().get::<Transform>(entity) {
            poses[k] = Transform { translation: rest.translation - rest.rotation * centre, ..*rest };
        }
    }
    poses
}

fn falling_part(world: &mut World, shape: Collider, centre: Vec3) -> Entity {
    world
        .spawn((
            RigidBody::Dynamic,
            shape,
            ColliderMassProperties::Density(7850.0),
            Friction::coefficient(0.25),
            Restitution::coefficient(0.05),
            Damping { linear_damping: 0.1, angular_damping: 0.4 },
            Transform::from_translation(centre),
        ))
        .id()
}

fn physics() -> App {
    let mut app = App::new();
    let gravity = RapierConfiguration { gravity: Vec3::new(0.0, 0.0, -9.81), ..RapierConfiguration::new(1.0) };
    // Contacts of millimetres: tell rapier that a part is about a tenth of a metre.
    let integration_parameters =
        bevy_rapier3d::rapier::dynamics::IntegrationParameters { length_unit: 0.1, num_solver_iterations: 8, ..default() };
    app.add_plugins((bevy::app::TaskPoolPlugin::default(), bevy::time::TimePlugin, TransformPlugin));
    app.insert_resource(TimestepMode::Fixed { dt: FRAME_S as f32, substeps: SUBSTEPS });
    app.add_plugins(RapierPhysicsPlugin::<NoUserData>::default().with_custom_initialization(
        RapierContextInitialization::InitializeDefaultRapierContext { integration_parameters, rapier_configuration: gravity },
    ));
    app.finish();
    app.cleanup();
    app
}

/// Slats, bearers and the tray.
fn surroundings(world: &mut World, still: &Still, layout: &Layout) {
    let mut fixed = |centre: Vec3, size: Vec3| {
        let half = size / 2.0;
        let shape = Collider::cuboid(half.x, half.y, half.z);
        world.spawn((RigidBody::Fixed, shape, Friction::coefficient(0.35), Transform::from_translation(centre)));
    };
    for (centre, size) in slats(still, layout).into_iter().chain(bearers(layout)) {
        fixed(centre, size);
    }
    let ([x0, x1], [y0, y1]) = (layout.bed_x(), layout.bed_y());
    fixed(Vec3::new((x0 + x1) / 2.0, (y0 + y1) / 2.0, layout.tray_z() - 0.02), Vec3::new(x1 - x0, y1 - y0, 0.043));
}

/// A piece around its centre: one hull if it is convex, else a prism for each triangle.
fn collider(polygon: &Polygon, thickness: f32) -> Option<(Collider, Vec3)> {
    let triangles = polygon.triangles();
    let (mut area, mut moment) = (0.0, bevy::math::DVec2::ZERO);
    for [a, b, c] in &triangles {
        let part = (*b - *a).perp_dot(*c - *a) / 2.0;
        area += part;
        moment += (*a + *b + *c) / 3.0 * part;
    }
    if area <= 0.0 {
        return None;
    }
    let centre = (moment / area).as_vec2().extend(-thickness / 2.0);
    if polygon.is_convex() {
        let corners: Vec<Vec3> =
            polygon.rings[0].iter().flat_map(|p| [0.0, -thickness].map(|z| p.as_vec2().extend(z) - centre)).collect();
        return Collider::convex_hull(&corners).map(|hull| (hull, centre));
    }
    let parts: Vec<_> = triangles
        .iter()
        .filter_map(|triangle| {
            let corners: Vec<Vec3> =
                triangle.iter().flat_map(|p| [0.0, -thickness].map(|z| p.as_vec2().extend(z) - centre)).collect();
            Collider::convex_hull(&corners).map(|hull| (Vec3::ZERO, Quat::IDENTITY, hull))
        })
        .collect();
    (!parts.is_empty()).then(|| (Collider::compound(parts), centre))
}
