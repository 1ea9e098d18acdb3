//! From solids to entities: each body that moves as one is an entity, with one mesh a finish below it.

use super::gantry::{self, Driven};
use super::layout::{Layout, OMEGA};
use super::loads::Load;
use super::pieces::{omega, strip};
use super::{carriage, table, torch};
use crate::view::palette::{Body, Finish};
use crate::view::solid::Solid;
use bevy::light::{NotShadowCaster, NotShadowReceiver};
use bevy::prelude::*;
use std::f32::consts::FRAC_PI_2;

/// What a body moves with.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// A side, 0 left, 1 right.
    Side(usize),
    /// The beam.
    Beam,
    /// The carriage.
    Carriage,
    /// The slider on it.
    Slider,
    /// The torch.
    Torch,
}

/// A free span of an open belt.
#[derive(Component, Clone, Copy, Debug)]
pub struct Span {
    /// Joint that pulls at it: 0 along the beam, 1 and 2 along the rails.
    pub joint: usize,
    /// From the pulley to the far clamp; otherwise from the near clamp to the pulley.
    pub ahead: bool,
    /// Rotation that lays X along the belt and its width where it belongs.
    pub lay: Quat,
}

/// What bends as the carriage moves.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bent {
    /// Hose number 0 or 1.
    Hose(usize),
    /// Cable chain on the beam.
    Chain,
}

/// A part of the gantry, which can be seen through.
#[derive(Component)]
pub struct Gantry;

/// Everything that burns, as one mesh.
#[derive(Component)]
pub struct Fire;

/// A lamp: light of the flame (`false`) or of burning iron (`true`).
#[derive(Component)]
pub struct Lamp {
    /// Of burning iron.
    pub iron: bool,
    /// Under the plate.
    pub under: bool,
}

/// A body's colour at rest, and the last load that was shown.
#[derive(Component, Clone, Copy, Debug)]
pub struct Tinted {
    /// Colour without a load.
    pub rest: Color,
}

/// Builds the machine below `root`.
pub fn machine(world: &mut World, root: Entity, layout: &Layout) -> Entity {
    let top = world.spawn((Transform::IDENTITY, Visibility::default(), ChildOf(root))).id();
    let mut fixed = table::table(layout);
    for (finish, part) in torch::hose_post(layout).into_parts() {
        fixed.add(finish, part);
    }
    spawn_body(world, top, fixed, None);
    for which in 0..2 {
        let side = spawn_driven(world, top, gantry::side(layout, which), 1 + which, output_finish(layout, 1));
        world.entity_mut(side).insert(Moves::Side(which));
    }
    let beam = spawn_body(world, top, gantry::beam(layout), Some(Gantry));
    world.entity_mut(beam).insert(Moves::Beam);
    let carriage = spawn_driven(world, top, carriage::carriage(layout), 0, output_finish(layout, 0));
    world.entity_mut(carriage).insert(Moves::Carriage);
    let slide = spawn_driven(world, top, carriage::slide(layout), 3, Finish::BrightSteel);
    world.entity_mut(slide).insert(Moves::Carriage);
    let slider = spawn_body(world, top, carriage::slider(layout), Some(Gantry));
    world.entity_mut(slider).insert(Moves::Slider);
    let torch = spawn_body(world, top, torch::torch(layout), Some(Gantry));
    world.entity_mut(torch).insert(Moves::Torch);
    for (k, finish) in [Finish::BlueRubber, Finish::RedRubber].into_iter().enumerate() {
        bent(world, top, Bent::Hose(k), finish);
    }
    bent(world, beam, Bent::Chain, Finish::Rubber);
    spans(world, top, beam, layout);
    burning(world, top);
    top
}

/// What the tinted part of a drive is made of: the belt around its pulley, or its pinion.
fn output_finish(layout: &Layout, axis: usize) -> Finish {
    if layout.axes[axis].kind == "belt" { Finish::Rubber } else { Finish::Brass }
}

fn spawn_body(world: &mut World, parent: Entity, body: Body, gantry: Option<Gantry>) -> Entity {
    let entity = world.spawn((Transform::IDENTITY, Visibility::default(), ChildOf(parent))).id();
    for (finish, solid) in body.into_parts() {
        let part = spawn_part(world, entity, solid, finish);
        if gantry.is_some() {
            world.entity_mut(part).insert(Gantry);
        }
    }
    entity
}

fn spawn_part(world: &mut World, parent: Entity, solid: Solid, finish: Finish) -> Entity {
    let mesh = world.resource_mut::<Assets<Mesh>>().add(solid.into_mesh());
    let material = world.resource_mut::<Assets<StandardMaterial>>().add(finish.material());
    world.spawn((Mesh3d(mesh), MeshMaterial3d(material), ChildOf(parent))).id()
}

/// A part that is coloured by its load.
fn spawn_tinted(world: &mut World, parent: Entity, solid: Solid, finish: Finish, load: Load) -> Entity {
    let part = spawn_part(world, parent, solid, finish);
    let rest = finish.material().base_color;
    world.entity_mut(part).insert((Gantry, load, Tinted { rest }));
    part
}

fn spawn_driven(world: &mut World, parent: Entity, driven: Driven, joint: usize, output: Finish) -> Entity {
    let mut body = driven.body;
    for (finish, part) in driven.motor.body.into_parts() {
        body.add(finish, part);
    }
    let entity = spawn_body(world, parent, body, Some(Gantry));
    spawn_tinted(world, entity, driven.motor.bells, Finish::Aluminium, Load::Warmth(joint));
    spawn_tinted(world, entity, driven.motor.stack, Finish::Black, Load::Motor(joint));
    spawn_tinted(world, entity, driven.output, output, Load::Output(joint));
    entity
}

fn bent(world: &mut World, parent: Entity, what: Bent, finish: Finish) {
    let part = spawn_part(world, parent, Solid::default(), finish);
    world.entity_mut(part).insert((what, Gantry, bevy::camera::visibility::NoFrustumCulling));
}

/// Spans of open belts, one metre long until they are stretched to where they reach.
fn spans(world: &mut World, top: Entity, beam: Entity, layout: &Layout) {
    let metre = [Vec2::ZERO, Vec2::X];
    for joint in 0..3 {
        let axis = &layout.axes[usize::from(joint > 0)];
        if axis.kind != "belt" {
            continue;
        }
        let width = axis.width_m as f32;
        let lay = if joint == 0 { Quat::from_rotation_x(FRAC_PI_2) } else { Quat::from_rotation_z(FRAC_PI_2) };
        for ahead in [false, true] {
            let parent = if joint == 0 { beam } else { top };
            let belt = strip(&metre, 0.0022, width);
            let span = spawn_tinted(world, parent, belt, Finish::Rubber, Load::Span { joint, ahead });
            world.entity_mut(span).insert(Span { joint, ahead, lay });
        }
    }
}

/// From where to where a span reaches along its belt, and its place across, in the coordinates of its parent; `at` is the joint's position.
pub fn span_place(layout: &Layout, span: &Span, at: f32) -> (f32, f32, [f32; 3]) {
    let axis = &layout.axes[usize::from(span.joint > 0)];
    let reach = omega(axis.radius_m as f32).1;
    if span.joint == 0 {
        let middle = layout.middle().x;
        let [low, high] = layout.belt_x_ends().map(|x| x - middle);
        let shaft = at + layout.x_shaft() - middle;
        let y = layout.face_y() + layout.front * (axis.width_m as f32 / 2.0 + 0.006);
        let (from, to) = if span.ahead { (shaft + reach, high) } else { (low, shaft - reach) };
        return (from, to, [0.0, y, layout.x_shaft_z() - OMEGA]);
    }
    let [low, high] = layout.belt_y();
    let shaft = at + layout.truck_shaft_y();
    let (from, to) = if span.ahead { (shaft + reach, high) } else { (low, shaft - reach) };
    (from, to, [layout.belt_x(span.joint - 1), 0.0, layout.drive_z()])
}

fn burning(world: &mut World, top: Entity) {
    let mesh = world.resource_mut::<Assets<Mesh>>().add(Solid::default().into_mesh());
    let material = world.resource_mut::<Assets<StandardMaterial>>().add(StandardMaterial {
        unlit: true,
        alpha_mode: AlphaMode::Add,
        cull_mode: None,
        fog_enabled: false,
        ..default()
    });
    world.spawn((
        Mesh3d(mesh),
        MeshMaterial3d(material),
        Fire,
        Visibility::Hidden,
        bevy::camera::visibility::NoFrustumCulling,
        NotShadowCaster,
        NotShadowReceiver,
        ChildOf(top),
    ));
    for (iron, under) in [(false, false), (true, false), (true, true)] {
        let light = PointLight { intensity: 0.0, range: 0.7, radius: 0.006, ..default() };
        world.spawn((light, Transform::IDENTITY, Visibility::Hidden, Lamp { iron, under }, ChildOf(top)));
    }
}
