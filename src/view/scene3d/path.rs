//! The programmed path as thin lines just over the plate.

use crate::view::still::{Camera, PathKind, Still};
use bevy::gizmos::config::{GizmoLineConfig, GizmoLineJoint, GizmoLineStyle};
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

/// Height of the lines over the plate.
const LIFT: f32 = 0.0012;

/// Colour of a kind of path; the overlay's legend uses it too.
pub fn color(kind: PathKind) -> Color {
    match kind {
        PathKind::Rapid => Color::srgb(0.62, 0.66, 0.72),
        PathKind::Feed => Color::srgb(0.98, 0.85, 0.3),
        PathKind::Cut => Color::srgb(0.22, 0.85, 0.95),
    }
}

/// The lines themselves: from close by they let the kerf shine through, from above they must stand
/// out against the bright plate.
fn line_color(kind: PathKind, camera: Camera) -> Color {
    let [cut, other] = if camera == Camera::Top { [0.95, 1.0] } else { [0.42, 0.7] };
    let color = if camera == Camera::Top { color(kind).darker(0.12) } else { color(kind) };
    color.with_alpha(if kind == PathKind::Cut { cut } else { other })
}

/// Marks the tip from above.
pub fn reticle(world: &mut World, root: Entity, tip: Vec3) {
    let mut lines = GizmoAsset::new();
    let white = Color::srgb(0.1, 1.0, 0.45);
    let high = tip + Vec3::Z * 0.5;
    lines.circle(Isometry3d::from_translation(high), 0.016, white);
    for way in [Vec3::X, Vec3::Y, Vec3::NEG_X, Vec3::NEG_Y] {
        lines.line(high + way * 0.011, high + way * 0.03, white);
    }
    let handle = world.resource_mut::<Assets<GizmoAsset>>().add(lines);
    let line_config = GizmoLineConfig { width: 2.0, ..default() };
    world.spawn((Gizmo { handle, line_config, depth_bias: -1.0 }, Transform::default(), ChildOf(root)));
}

/// Adds the lines, one drawable a kind.
pub fn spawn(world: &mut World, root: Entity, still: &Still, camera: Camera) {
    let width_px = if camera == Camera::Overview { 1.0 } else { 1.3 };
    for kind in [PathKind::Rapid, PathKind::Feed, PathKind::Cut] {
        let mut lines = GizmoAsset::new();
        let mut any = false;
        for (points, _) in still.path.iter().filter(|(points, k)| *k == kind && points.len() > 1) {
            any = true;
            let lift = if kind == PathKind::Rapid { LIFT * 4.0 } else { LIFT };
            lines.linestrip(points.iter().map(|p| Vec3::new(p[0] as f32, p[1] as f32, lift)), line_color(kind, camera));
        }
        if !any {
            continue;
        }
        let style = if kind == PathKind::Rapid {
            GizmoLineStyle::Dashed { gap_scale: 3.0, line_scale: 4.0 }
        } else {
            GizmoLineStyle::Solid
        };
        let handle = world.resource_mut::<Assets<GizmoAsset>>().add(lines);
        let line_config = GizmoLineConfig { width: width_px, style, joints: GizmoLineJoint::Bevel, ..default() };
        world.spawn((Gizmo { handle, line_config, depth_bias: -0.0002 }, Transform::default(), ChildOf(root)));
    }
}
