//! Builders: from a still to entities. Everything below [`spawn`]'s root is in machine coordinates
//! (Z up); the root's rotation is the one place where they become Bevy's (Y up).

pub mod gantry;
pub mod layout;
pub mod path;
pub mod plate;
pub mod table;
pub mod torch;

use super::still::{Camera, Still};
use bevy::prelude::*;
use layout::Layout;

/// Rotation from machine coordinates (Z up) to Bevy's world (Y up).
pub fn world_from_machine() -> Transform {
    Transform::from_rotation(Quat::from_rotation_x(-std::f32::consts::FRAC_PI_2))
}

/// Builds the whole scene and says its root.
pub fn spawn(world: &mut World, still: &Still, camera: Camera) -> Entity {
    let layout = Layout::of(still);
    let pose = gantry::Pose::of(still, &layout);
    let root = world.spawn((world_from_machine(), Visibility::default())).id();
    table::table(still, &layout).spawn(world, root, Transform::IDENTITY, false);
    // From above the gantry would hide the plate.
    let ghost = camera == Camera::Top;
    for (which, y) in pose.side_y.into_iter().enumerate() {
        gantry::side(still, &layout, which).spawn(world, root, Transform::from_xyz(0.0, y, 0.0), ghost);
    }
    let middle = Vec3::new(layout.middle().x, (pose.side_y[0] + pose.side_y[1]) / 2.0, 0.0);
    let turn = Quat::from_rotation_z(pose.skew);
    let beam_place = Transform::from_translation(middle).with_rotation(turn);
    gantry::beam(still, &layout, pose.nominal_tip.x - middle.x).spawn(world, root, beam_place, ghost);
    let carriage_place = Transform::from_xyz(pose.nominal_tip.x, pose.nominal_tip.y, 0.0).with_rotation(turn);
    gantry::carriage(&layout, pose.tip.z).spawn(world, root, carriage_place, ghost);
    torch::torch().spawn(world, root, pose.torch(), ghost);
    torch::hoses(&layout, pose.torch()).spawn(world, root, Transform::IDENTITY, ghost);
    plate::spawn(world, root, still, &layout);
    path::spawn(world, root, still, camera);
    if ghost {
        path::reticle(world, root, pose.tip);
    }
    torch::fire(world, root, still, &layout, pose.tip, if camera == Camera::Torch { 0.5 } else { 1.0 });
    root
}
