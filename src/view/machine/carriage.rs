//! The carriage on the beam with X's drive, the torch slide on it with Z's, and the slider that carries the torch.

use super::gantry::{Driven, chain_end};
use super::layout::{Layout, reduction};
use super::pieces::{motor, output, rail, rail_block, reduction_belt, wheel};
use crate::view::palette::{Body, Finish};
use crate::view::solid::{Solid, block, cylinder};
use bevy::math::Affine3A;
use bevy::prelude::*;
use std::f32::consts::FRAC_PI_2;

/// X of the screw of the torch slide: beside the torch.
const SCREW_X: f32 = 0.052;
/// Thickness of the plate that carries the slide's rail, and of the slider.
const SPINE: f32 = 0.006;

/// Rotation that turns Z to the side on which the torch hangs.
fn forward(layout: &Layout) -> Affine3A {
    Affine3A::from_rotation_x(-layout.front * FRAC_PI_2)
}

/// Height of the carriage plate's middle over the beam's: it reaches up to X's motor.
fn plate_z(layout: &Layout) -> f32 {
    layout.beam_z + layout.carriage.y * 0.22
}

/// Ends of the slide's rail.
fn slide_z(layout: &Layout) -> [f32; 2] {
    let middle = layout.slide_height + (layout.travel[2][0] + layout.travel[2][1]) / 2.0;
    let travel = layout.travel[2][1] - layout.travel[2][0];
    let half = (layout.guides[2].rail / 2.0).max(travel / 2.0 + layout.guides[2].spacing / 2.0 + 0.02);
    [middle - half, middle + half]
}

/// Builds the carriage with X's drive, around the carriage's X and the tip's Y.
pub fn carriage(layout: &Layout) -> Driven {
    let mut body = Body::default();
    let (f, face, front) = (layout.front, layout.face_y(), layout.plate_y());
    let (wide, tall) = (layout.carriage.x, layout.carriage.y);
    let plate = block(wide, 0.01, tall, 0.0015).at(0.0, front - f * 0.005, plate_z(layout));
    body.add(Finish::Aluminium, plate);
    bearings(&mut body, layout);
    let axis = &layout.axes[0];
    let size = axis.motor_m.map(|m| m as f32);
    let (shaft_x, shaft_z) = (layout.x_shaft(), layout.x_shaft_z());
    let middle = face + f * (axis.width_m as f32 / 2.0 + if axis.kind == "belt" { 0.006 } else { 0.0 });
    // The drawing of the belt runs along X with its straight part below: Z of the drawing looks forward.
    let upright = if f > 0.0 {
        Affine3A::from_rotation_x(-FRAC_PI_2) * Affine3A::from_rotation_z(std::f32::consts::PI)
    } else {
        Affine3A::from_rotation_x(FRAC_PI_2)
    };
    let at_shaft = Affine3A::from_translation(Vec3::new(shaft_x, middle, shaft_z)) * upright;
    let output = output(&mut body, axis, (front - middle).abs() + 0.004, at_shaft);
    let place = match reduction(axis) {
        Some((_, width, centre)) => {
            let at = Affine3A::from_translation(Vec3::new(shaft_x, front + f * (0.004 + width / 2.0), shaft_z));
            // Y of the drawing of a reduction looks up.
            let up = at * Affine3A::from_rotation_x(FRAC_PI_2);
            reduction_belt(&mut body, axis, 1.0, up);
            // The motor looks forward through the plate, its body over the beam.
            Affine3A::from_translation(Vec3::new(shaft_x, front - f * 0.01, shaft_z + centre)) * forward(layout).inverse()
        }
        // On the shaft itself: in front of the plate, beside the torch.
        None => Affine3A::from_translation(Vec3::new(-(wide / 2.0 - size[0] / 2.0), front, shaft_z)) * forward(layout),
    };
    let (chain_y, chain_z) = chain_end(layout);
    let reach = (front - f * 0.01 - chain_y).abs();
    body.add(
        Finish::Aluminium,
        block(0.04, reach + 0.02, 0.004, 0.0008).at(0.03, (front - f * 0.01 + chain_y) / 2.0, chain_z - 0.012),
    );
    body.add(Finish::Rubber, block(0.034, 0.036, 0.022, 0.003).at(0.02, chain_y, chain_z));
    Driven { body, motor: motor(axis, place), output }
}

/// Blocks or bearings on the beam.
fn bearings(body: &mut Body, layout: &Layout) {
    let (guide, f, face) = (&layout.guides[1], layout.front, layout.face_y());
    for along in guide.along() {
        if guide.blocks {
            let gaps = if guide.gap > 0.0 { vec![-guide.gap / 2.0, guide.gap / 2.0] } else { vec![0.0] };
            for gap in gaps {
                let lay = forward(layout) * Affine3A::from_rotation_z(FRAC_PI_2);
                rail_block(body, guide, Affine3A::from_translation(Vec3::new(along, face, layout.beam_z + gap)) * lay);
            }
            continue;
        }
        let (r, half) = (guide.width / 2.0, layout.beam.y / 2.0);
        for up in [-1.0, 1.0] {
            wheel(body, r, Vec3::new(along, face - f * 0.014, layout.beam_z + up * (half + r)), Vec3::Y);
            wheel(body, r, Vec3::new(along * 0.8, face + f * r, layout.beam_z + up * guide.gap / 2.0), Vec3::Z);
            let back = face - f * (layout.beam.x + r);
            wheel(body, r, Vec3::new(along * 0.8, back, layout.beam_z + up * half * 0.5), Vec3::Z);
            let arm = block(0.024, layout.beam.x + 0.05, 0.006, 0.001);
            let over = layout.beam_z + up * (half + 2.0 * r + 0.003);
            body.add(Finish::Aluminium, arm.at(along, face - f * (layout.beam.x / 2.0 - 0.014), over));
            let drop = block(0.024, 0.006, half * 0.5 + 2.0 * r, 0.001);
            body.add(Finish::Aluminium, drop.at(along, face - f * (layout.beam.x + 0.027), over - up * (half * 0.25 + r)));
        }
    }
}

/// Builds the fixed part of the torch slide with Z's drive, around the carriage's X and the tip's Y. `output` is the screw.
pub fn slide(layout: &Layout) -> Driven {
    let mut body = Body::default();
    let (f, front, guide, axis) = (layout.front, layout.plate_y(), &layout.guides[2], &layout.axes[2]);
    let [low, high] = slide_z(layout);
    body.add(Finish::Aluminium, block(0.05, SPINE, high - low, 0.0012).at(0.0, front + f * SPINE / 2.0, (low + high) / 2.0));
    let upright = forward(layout);
    // The rail's Y goes up.
    let gaps = if guide.gap > 0.0 { vec![-guide.gap / 2.0, guide.gap / 2.0] } else { vec![0.0] };
    for gap in gaps {
        rail(
            &mut body,
            guide,
            high - low,
            Affine3A::from_translation(Vec3::new(gap, front + f * SPINE, (low + high) / 2.0)) * upright,
        );
    }
    let side = axis.motor_m[0] as f32;
    let y = front + f * (side / 2.0).min(0.028);
    let shelf = SCREW_X + side / 2.0 + 0.02;
    body.add(Finish::Aluminium, block(shelf + 0.004, side, 0.008, 0.001).at(shelf / 2.0 - 0.018, y, high + 0.004));
    let length = (axis.length_m as f32).max(layout.travel[2][1] - layout.travel[2][0]).min(high - low);
    let radius = (axis.radius_m as f32).max(0.003);
    body.add(Finish::Aluminium, block(0.03, 0.024, 0.012, 0.001).at(SCREW_X, y, high - length));
    body.add(
        Finish::Aluminium,
        block(SCREW_X + 0.03, 0.006, 0.024, 0.001).at(SCREW_X / 2.0, front + f * SPINE / 2.0, high - length),
    );
    let screw = thread(radius, length - 0.006, axis.pitch_m as f32).at(SCREW_X, y, high - length + 0.006);
    body.add(Finish::Aluminium, cylinder(0.0095, 0.022, 24).at(SCREW_X, y, high - 0.026));
    let place = Affine3A::from_translation(Vec3::new(SCREW_X, y, high + 0.008));
    Driven { body, motor: motor(axis, place), output: screw }
}

/// A screw around Z: rings at most as close as can be seen.
fn thread(radius: f32, length: f32, lead: f32) -> Solid {
    let pitch = (lead / (lead / 0.002).round().max(1.0)).max(0.0015);
    let mut profile = vec![(0.0, 0.0)];
    for k in 0..(length / pitch) as i32 {
        let z = k as f32 * pitch;
        profile.extend([
            (radius * 0.86, z + 0.1 * pitch),
            (radius, z + 0.4 * pitch),
            (radius, z + 0.6 * pitch),
            (radius * 0.86, z + 0.9 * pitch),
        ]);
    }
    profile.push((0.0, length));
    crate::view::solid::turned(&profile, 16)
}

/// Builds the slider with the clamps of the torch, around the tip.
pub fn slider(layout: &Layout) -> Body {
    let mut body = Body::default();
    let (f, guide) = (layout.front, &layout.guides[2]);
    let foot = layout.plate_y() + f * SPINE;
    let (z, barrel) = (layout.slide_height, layout.torch.x / 2.0);
    let gaps = if guide.gap > 0.0 { vec![-guide.gap / 2.0, guide.gap / 2.0] } else { vec![0.0] };
    for along in guide.along() {
        for gap in &gaps {
            rail_block(&mut body, guide, Affine3A::from_translation(Vec3::new(*gap, foot, z + along)) * forward(layout));
        }
    }
    let thick = 0.008;
    let y = foot + f * (guide.height + thick / 2.0);
    let tall = guide.spacing + 0.05;
    body.add(Finish::Aluminium, block(0.056, thick, tall, 0.0015).at(0.0, y, z));
    // The nut's arm reaches to the screw.
    let side = layout.axes[2].motor_m[0] as f32;
    let screw_y = layout.plate_y() + f * (side / 2.0).min(0.028);
    body.add(Finish::Aluminium, block(SCREW_X - 0.012, thick, 0.02, 0.001).at(0.028 + (SCREW_X - 0.028) / 2.0, y, z));
    body.add(Finish::Aluminium, block(0.026, (y - screw_y).abs() + 0.024, 0.02, 0.001).at(SCREW_X, (y + screw_y) / 2.0, z));
    body.add(Finish::Brass, cylinder(0.011, 0.03, 24).at(SCREW_X, screw_y, z - 0.015));
    let near = y + f * thick / 2.0;
    for dz in [-0.32 * tall, 0.32 * tall] {
        let gap = (near.abs() - barrel).max(0.0);
        if gap > 0.0 {
            body.add(Finish::Aluminium, block(0.044, gap + 0.012, 0.016, 0.0015).at(0.0, near + f * gap / 2.0, z + dz));
        }
        body.add(Finish::Aluminium, cylinder(barrel + 0.008, 0.016, 40).at(0.0, 0.0, z + dz - 0.008));
        for x in [-1.0, 1.0] {
            body.add(Finish::Aluminium, block(0.012, 0.02, 0.016, 0.001).at(x * (barrel + 0.012), 0.0, z + dz));
            body.add(Finish::Black, cylinder(0.003, 0.024, 8).along_y().at(x * (barrel + 0.013), -0.012, z + dz));
        }
    }
    body
}
