//! Moves, bends and colours what has been built, every frame of the picture.

use super::fire::{Eye, fire as drawn, flicker};
use super::gantry::chain;
use super::loads::{FirstLoss, LOST, Load, colour, rounded, used};
use super::pose::Pose;
use super::spawn::{Bent, Fire, Gantry, Lamp, Moves, Span, Tinted, span_place};
use super::torch::hoses;
use super::{Built, Ghost};
use crate::torch::Phase;
use crate::twin::film::Frame;
use crate::view::rig::{Eye as Camera, Rig};
use crate::view::session::Session;
use crate::view::state::{Look, Now, Root};
use bevy::ecs::system::SystemParam;
use bevy::light::NotShadowCaster;
use bevy::prelude::*;

/// Hoses and chain follow in steps of this, m: finer is not seen.
const BEND_STEP: f32 = 5e-4;
/// Alpha of a gantry that is seen through.
const GHOST: f32 = 0.11;
/// Least half width of a spark over its distance: about half a pixel of a picture of a thousand.
const SPARK_WIDTH: f32 = 0.000_35;

/// Puts the bodies where they are.
pub fn bodies(built: Option<Res<Built>>, now: Res<Now>, look: Res<Look>, mut bodies: Query<(&Moves, &mut Transform)>) {
    let Some(built) = built else { return };
    let pose = Pose::of(&now.0, &built.layout, look.magnification);
    for (moves, mut place) in &mut bodies {
        place.set_if_neq(match moves {
            Moves::Side(which) => pose.side(*which),
            Moves::Beam => pose.on_beam(),
            Moves::Carriage => pose.on_carriage(),
            Moves::Slider => pose.slider(),
            Moves::Torch => pose.torch(),
        });
    }
}

/// Stretches the spans of open belts to their pulleys.
pub fn spans(built: Option<Res<Built>>, now: Res<Now>, look: Res<Look>, mut spans: Query<(&Span, &mut Transform)>) {
    let Some(built) = built else { return };
    let pose = Pose::of(&now.0, &built.layout, look.magnification);
    for (span, mut place) in &mut spans {
        let at = if span.joint == 0 { pose.carriage.x } else { pose.side_y[span.joint - 1] };
        let (from, to, beside) = span_place(&built.layout, span, at);
        let along = if span.joint == 0 { Vec3::X } else { Vec3::Y };
        *place = Transform {
            translation: Vec3::from(beside) + along * from,
            rotation: span.lay,
            scale: Vec3::new((to - from).max(1e-3), 1.0, 1.0),
        };
    }
}

/// Bends hoses and chain where the carriage has moved.
pub fn bent(
    built: Option<Res<Built>>,
    now: Res<Now>,
    look: Res<Look>,
    bent: Query<(&Bent, &Mesh3d)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut last: Local<(u64, [i32; 3])>,
) {
    let Some(built) = built else { return };
    let pose = Pose::of(&now.0, &built.layout, look.magnification);
    let step = |x: f32| (x / BEND_STEP).round();
    let at = [pose.tip.x, pose.tip.y, pose.tip.z].map(|x| step(x) as i32);
    if *last == (built.generation, at) {
        return;
    }
    *last = (built.generation, at);
    let snapped = Vec3::from(at.map(|k| k as f32 * BEND_STEP));
    let torch = Transform { translation: snapped, ..pose.torch() };
    let mut hoses = hoses(&built.layout, torch).map(|(_, solid)| Some(solid));
    for (what, mesh) in &bent {
        let solid = match what {
            Bent::Hose(k) => hoses[*k].take(),
            Bent::Chain => Some(chain(&built.layout, step(pose.carriage.x) * BEND_STEP - built.layout.middle().x)),
        };
        if let Some(solid) = solid {
            // The handle belongs to a mesh that is there.
            let _ = meshes.insert(mesh.id(), solid.into_mesh());
        }
    }
}

/// Colours motors and belts by what they are loaded with.
pub fn loads(
    session: Option<Res<Session>>,
    now: Res<Now>,
    look: Res<Look>,
    mut first: ResMut<FirstLoss>,
    parts: Query<(&Load, &Tinted, &MeshMaterial3d<StandardMaterial>)>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let Some(session) = session else { return };
    let Some(scene) = &session.scene else { return };
    first.follow(&session.film, session.generation);
    for (load, tinted, handle) in &parts {
        let share = if look.loads { rounded(used(*load, &now.0, scene)) } else { 0.0 };
        let lost = matches!(load, Load::Motor(joint) if look.loads && first.time_s[*joint] <= now.0.time_s);
        let shown = if lost { LOST } else { colour(tinted.rest, share) };
        // What is loaded shines a little, so that it is seen in the shade of the beam too.
        let glow = if lost { 1.0 } else { ((share.abs() - 0.3) / 0.65).clamp(0.0, 1.0) };
        let Some(material) = materials.get(handle.id()) else { continue };
        let alpha = material.base_color.alpha();
        let (base, emissive) = (shown.with_alpha(alpha), shown.to_linear() * (0.35 * glow));
        if (material.base_color != base || material.emissive != emissive)
            && let Some(mut material) = materials.get_mut(handle.id())
        {
            (material.base_color, material.emissive) = (base, emissive);
        }
    }
}

/// Straight from above the gantry would hide the plate: it is seen through then.
pub fn from_above(rig: Option<Res<Rig>>, mut ghost: ResMut<Ghost>) {
    ghost.set_if_neq(Ghost(rig.is_some_and(|rig| rig.at.flat)));
}

/// Makes the gantry one that is seen through, or solid again.
pub fn ghost(
    mut commands: Commands,
    built: Option<Res<Built>>,
    ghost: Res<Ghost>,
    parts: Query<(Entity, &MeshMaterial3d<StandardMaterial>), With<Gantry>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
    mut last: Local<(u64, bool)>,
) {
    let Some(built) = built else { return };
    if *last == (built.generation, ghost.0) || (!ghost.0 && !last.1) {
        return;
    }
    *last = (built.generation, ghost.0);
    for (entity, handle) in &parts {
        if let Some(mut material) = materials.get_mut(handle.id()) {
            material.base_color.set_alpha(if ghost.0 { GHOST } else { 1.0 });
            material.alpha_mode = if ghost.0 { AlphaMode::Blend } else { AlphaMode::Opaque };
        }
        if ghost.0 {
            commands.entity(entity).insert(NotShadowCaster);
        } else {
            commands.entity(entity).remove::<NotShadowCaster>();
        }
    }
}

/// What flames and sparks depend on.
#[derive(SystemParam)]
pub struct Burning<'w, 's> {
    built: Option<Res<'w, Built>>,
    session: Option<Res<'w, Session>>,
    now: Res<'w, Now>,
    look: Res<'w, Look>,
    root: Option<Res<'w, Root>>,
    rig: Option<Res<'w, Rig>>,
    eyes: Query<'w, 's, &'static Transform, (With<Camera>, Without<Fire>)>,
    roots: Query<'w, 's, &'static Transform, (Without<Camera>, Without<Fire>)>,
    last: Local<'s, Option<(u64, Frame, Look, Vec3)>>,
}

/// Draws flames and sparks.
pub fn fire(mut burning: Burning, mut burns: Query<(&Mesh3d, &mut Visibility), With<Fire>>, mut meshes: ResMut<Assets<Mesh>>) {
    let (Some(built), Some(session)) = (&burning.built, &burning.session) else { return };
    let (now, look) = (burning.now.0, *burning.look);
    let pose = Pose::of(&now, &built.layout, look.magnification);
    let root = burning.root.as_ref().and_then(|root| burning.roots.get(root.0).ok()).copied().unwrap_or_default();
    let to_machine = root.compute_affine().inverse();
    let eye = burning.eyes.iter().next().map_or(Vec3::Z, |eye| to_machine.transform_point3(eye.translation));
    let shown = Some((built.generation, now, look, eye));
    if *burning.last == shown {
        return;
    }
    // Without perspective, where the eye is says nothing of how large things are.
    let flat = burning.rig.as_ref().filter(|rig| rig.at.flat);
    let flat = flat.map_or(1.0, |rig| rig.at.distance / eye.distance(pose.tip).max(0.1));
    let eye = Eye { at: eye, least: SPARK_WIDTH * flat };
    for (mesh, mut seen) in &mut burns {
        let solid = if look.fire {
            drawn(&now, &session.film, &built.layout, &pose, look.magnification, eye)
        } else {
            crate::view::solid::Solid::default()
        };
        seen.set_if_neq(if solid.indices.is_empty() { Visibility::Hidden } else { Visibility::Inherited });
        if !solid.indices.is_empty() {
            // The handle belongs to a mesh that is there.
            let _ = meshes.insert(mesh.id(), solid.into_mesh());
        }
    }
    *burning.last = shown;
}

/// Lets flames and burning iron shine.
pub fn lamps(
    built: Option<Res<Built>>,
    now: Res<Now>,
    look: Res<Look>,
    mut lamps: Query<(&Lamp, &mut PointLight, &mut Transform, &mut Visibility)>,
) {
    let Some(built) = built else { return };
    let pose = Pose::of(&now.0, &built.layout, look.magnification);
    let time = now.0.time_s as f32;
    let burns = matches!(now.0.phase, Phase::Cutting | Phase::Piercing);
    for (lamp, mut light, mut place, mut seen) in &mut lamps {
        let gap = pose.tip.z.clamp(0.002, 0.05);
        let (on, at, color, lumens) = match (lamp.iron, lamp.under) {
            (false, _) => (now.0.flame, pose.tip - Vec3::Z * (gap * 0.3), Color::srgb(0.72, 0.82, 1.0), 5.0),
            (true, false) => {
                let lumens = if now.0.phase == Phase::Piercing { 40.0 } else { 12.0 };
                (burns, pose.tip.with_z(0.010), Color::srgb(1.0, 0.6, 0.28), lumens)
            }
            (true, true) => {
                let at = pose.tip.with_z(built.layout.slat_top - 0.06);
                (now.0.phase == Phase::Cutting, at, Color::srgb(1.0, 0.55, 0.2), 1100.0)
            }
        };
        seen.set_if_neq(if on && look.fire { Visibility::Inherited } else { Visibility::Hidden });
        (light.color, light.intensity) = (color, lumens * flicker(time, 8.0));
        place.translation = at;
    }
}
