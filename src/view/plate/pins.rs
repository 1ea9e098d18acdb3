//! Pins that stand on the plate where something went wrong.
//!
//! In: events of the film. Out: a pin at each that is to be seen, from its instant on.

use bevy::light::NotShadowCaster;
use bevy::prelude::*;
use std::f32::consts::TAU;

use crate::twin::record::{Event, EventKind};
use crate::view::session::Session;
use crate::view::solid::{Solid, rod, turned};
use crate::view::state::{Playhead, Root};

/// Pins at most, and the least distance from one to the next of its kind, m: a motor that loses step after step leaves one.
const MOST: usize = 300;
const APART_M: f64 = 3e-3;

/// Height of a pin that is looked at from a metre, m; it grows with the distance.
const HEIGHT_M: f32 = 0.035;
/// How many times larger and smaller than that it may become.
const SMALLEST: f32 = 0.22;
const LARGEST: f32 = 2.5;

/// A pin and the instant of its event, s.
#[derive(Component)]
pub struct Pin(f64);

/// What pins have been made of.
#[derive(Resource, Default)]
pub struct Pins {
    generation: u64,
    events: usize,
    has_record: bool,
}

/// The camera that draws the world.
type IsEye = (With<Camera3d>, Without<Pin>);

/// Colour of an event that gets a pin (linear light); none: it gets none.
fn color(kind: EventKind) -> Option<LinearRgba> {
    match kind {
        EventKind::LostSteps => Some(LinearRgba::rgb(1.0, 0.03, 0.02)),
        EventKind::Fault => Some(LinearRgba::rgb(0.85, 0.02, 0.5)),
        EventKind::CutLost => Some(LinearRgba::rgb(1.0, 0.25, 0.01)),
        EventKind::TipTouchesPlate | EventKind::TipHitsPart | EventKind::TipHitsClamp | EventKind::NotAsDrawn => {
            Some(LinearRgba::rgb(1.0, 0.55, 0.02))
        }
        EventKind::DriveLetGo => Some(LinearRgba::rgb(0.45, 0.1, 1.0)),
        EventKind::FlameOn | EventKind::Pierce | EventKind::CutStart | EventKind::CutEnd | EventKind::PartFreed => None,
    }
}

/// A needle with a double cone on it, one high.
fn shape() -> Solid {
    let mut solid = rod(Vec3::ZERO, Vec3::Z * 0.72, 0.016, 10);
    solid.push(turned(&[(0.0, 0.56), (0.15, 0.80), (0.0, 1.04)], 4).moved(bevy::math::Affine3A::from_rotation_z(TAU / 8.0)));
    solid
}

/// Those events that get a pin.
fn worth_a_pin(events: &[Event]) -> Vec<&Event> {
    let mut kept: Vec<&Event> = Vec::new();
    for event in events.iter().filter(|event| color(event.kind).is_some()) {
        let near = kept.iter().any(|other| {
            let [x, y] = [0, 1].map(|i| event.at_in_machine_m[i] - other.at_in_machine_m[i]);
            other.kind == event.kind && x.hypot(y) < APART_M
        });
        if !near && kept.len() < MOST {
            kept.push(event);
        }
    }
    kept
}

/// Puts up pins for the events that are known.
pub fn follow(
    session: Res<Session>,
    root: Option<Res<Root>>,
    mut pins: ResMut<Pins>,
    standing: Query<Entity, With<Pin>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
    mut commands: Commands,
) {
    let Some(root) = root else { return };
    let known = (session.generation, session.film.events.len(), session.record.is_some());
    if (pins.generation, pins.events, pins.has_record) == known {
        return;
    }
    (pins.generation, pins.events, pins.has_record) = known;
    for entity in &standing {
        commands.entity(entity).despawn();
    }
    let events = worth_a_pin(&session.film.events);
    if events.is_empty() {
        return;
    }
    let mesh = Mesh3d(meshes.add(shape().into_mesh()));
    for event in events {
        let Some(color) = color(event.kind) else { continue };
        let material = materials.add(StandardMaterial {
            base_color: color.into(),
            emissive: color * 0.9,
            perceptual_roughness: 0.35,
            ..default()
        });
        let [x, y] = event.at_in_machine_m.map(|c| c as f32);
        let place = Transform::from_xyz(x, y, 0.0).with_scale(Vec3::splat(HEIGHT_M));
        let body = (Pin(event.time_s), mesh.clone(), MeshMaterial3d(material), place, Visibility::Hidden);
        commands.spawn((body, NotShadowCaster, ChildOf(root.0)));
    }
}

/// Shows those whose instant has come, as large as the distance wants.
pub fn show(
    playhead: Res<Playhead>,
    eyes: Query<(&Transform, &Projection), IsEye>,
    root: Option<Res<Root>>,
    roots: Query<&Transform, (Without<Camera3d>, Without<Pin>)>,
    mut pins: Query<(&Pin, &mut Transform, &mut Visibility)>,
) {
    let Some(machine) = root.and_then(|root| roots.get(root.0).ok().copied()) else { return };
    let Some((eye, lens)) = eyes.iter().next() else { return };
    for (pin, mut place, mut visibility) in &mut pins {
        let wanted = if pin.0 <= playhead.time_s { Visibility::Inherited } else { Visibility::Hidden };
        visibility.set_if_neq(wanted);
        let distance_m = match lens {
            Projection::Orthographic(_) => 2.0,
            _ => machine.transform_point(place.translation).distance(eye.translation),
        };
        let scale = Vec3::splat(HEIGHT_M * distance_m.clamp(SMALLEST, LARGEST));
        if (place.scale - scale).abs().max_element() > 1e-5 {
            place.scale = scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_motor_that_keeps_losing_steps_at_one_place_leaves_one_pin() {
        let event = |kind, x: f64| Event { time_s: x, line: 1, kind, at_in_machine_m: [x, 0.0], text: String::new() };
        let events = [
            event(EventKind::LostSteps, 0.0),
            event(EventKind::LostSteps, 0.001),
            event(EventKind::Pierce, 0.01),
            event(EventKind::CutLost, 0.001),
            event(EventKind::LostSteps, 0.02),
        ];
        assert_eq!(worth_a_pin(&events).len(), 3);
    }
}
