//! Two sides on the rails and the beam on them.

use super::layout::{Layout, TRUCK_PLATE, rack_depth, reduction};
use super::pieces::{Motor, motor, output, rail, rail_block, reduction_belt, wheel};
use crate::view::palette::{Body, Finish};
use crate::view::solid::{Solid, block, cylinder, rack, smooth, tube};
use bevy::math::Affine3A;
use bevy::prelude::*;
use std::f32::consts::{FRAC_PI_2, PI};

/// A body with a motor and with what its transmission turns or pulls at.
pub struct Driven {
    /// What has its finish for good.
    pub body: Body,
    /// The motor.
    pub motor: Motor,
    /// Pinion, or the belt around the pulley: coloured by force.
    pub output: Solid,
}

/// Builds one side (0 left, 1 right), around the tip's Y of that side.
pub fn side(layout: &Layout, which: usize) -> Driven {
    let mut body = Body::default();
    let out = [-1.0, 1.0][which];
    let (axis, guide) = (&layout.axes[1], &layout.guides[0]);
    let (x, y, z) = (layout.rail_x[which], layout.beam_y, layout.truck_z());
    let shaft_x = layout.shaft_x(which);
    let face = axis.motor_m[0] as f32;
    // The motor stands behind the beam, its shaft beside that of the pinion.
    let (motor_y, shaft_y) = (layout.truck_motor_y(), layout.truck_shaft_y());
    let inner = x - out * 0.045;
    let outer = shaft_x + out * (face / 2.0 + 0.006).max(0.03);
    let ends = [y - guide.spacing / 2.0 - 0.04, y + guide.spacing / 2.0 + 0.04];
    let ends = [ends[0].min(motor_y - face / 2.0 - 0.006), ends[1].max(motor_y + face / 2.0 + 0.006)];
    let plate = block((outer - inner).abs(), ends[1] - ends[0], TRUCK_PLATE, 0.0012);
    body.add(Finish::Aluminium, plate.at((inner + outer) / 2.0, (ends[0] + ends[1]) / 2.0, z + TRUCK_PLATE / 2.0));
    for along in guide.along() {
        if guide.blocks {
            let gaps = if guide.gap > 0.0 { vec![-guide.gap / 2.0, guide.gap / 2.0] } else { vec![0.0] };
            for gap in gaps {
                rail_block(&mut body, guide, Affine3A::from_translation(Vec3::new(x + gap, y + along, layout.tube_top)));
            }
        } else {
            rollers(&mut body, layout, Vec3::new(x, y + along, layout.tube_top));
        }
    }
    saddle(&mut body, layout, x);
    let level = layout.drive_z();
    let at_shaft = Affine3A::from_translation(Vec3::new(shaft_x, shaft_y, level));
    // The belt's straight part is on the side of the tube: −Y of the drawing of the belt looks to it.
    let turned = at_shaft * Affine3A::from_rotation_z(if out > 0.0 { -FRAC_PI_2 } else { FRAC_PI_2 });
    let output = output(&mut body, axis, z - level, turned);
    let under = Affine3A::from_translation(Vec3::new(shaft_x, shaft_y, z - 0.004 - belt_width(layout, 1) / 2.0));
    reduction_belt(&mut body, axis, motor_y - shaft_y, under);
    let at_motor = Affine3A::from_translation(Vec3::new(shaft_x, motor_y, z + TRUCK_PLATE));
    Driven { body, motor: motor(axis, at_motor), output }
}

fn belt_width(layout: &Layout, axis: usize) -> f32 {
    reduction(&layout.axes[axis]).map_or(0.0, |(_, width, _)| width)
}

/// Bearings that run on the tube: one above, one on either side.
fn rollers(body: &mut Body, layout: &Layout, at: Vec3) {
    let r = layout.guides[0].width / 2.0;
    wheel(body, r, at + Vec3::new(0.0, 0.0, r), Vec3::X);
    for away in [-0.017, 0.017] {
        body.add(Finish::Aluminium, block(0.006, 0.026, layout.guides[0].height, 0.001).at(at.x + away, at.y, at.z + 0.013));
    }
    for away in [-1.0, 1.0] {
        let beside = at + Vec3::new(away * (layout.tube / 2.0 + r), 0.0, -0.02);
        wheel(body, r, beside, Vec3::Z);
        body.add(Finish::Black, cylinder(0.004, 0.046, 10).at(beside.x, beside.y, beside.z));
    }
}

/// What carries the beam on the plate of a truck.
fn saddle(body: &mut Body, layout: &Layout, x: f32) {
    let bottom = layout.truck_z() + TRUCK_PLATE;
    let rise = layout.beam_z - layout.beam.y / 2.0 - bottom;
    let depth = layout.beam.x + 0.036;
    if rise > 0.02 {
        for side in [-0.036, 0.036] {
            body.add(
                Finish::Aluminium,
                block(0.01, depth, rise - 0.008, 0.001).at(x + side, layout.beam_y, bottom + (rise - 0.008) / 2.0),
            );
        }
        body.add(Finish::Aluminium, block(0.1, depth, 0.008, 0.001).at(x, layout.beam_y, bottom + rise - 0.004));
    }
    for side in [-1.0, 1.0] {
        let at = layout.beam_y + side * (layout.beam.x / 2.0 + 0.009);
        let angle = block(0.09, 0.006, layout.beam.y * 0.6 + 0.01, 0.001);
        body.add(Finish::Aluminium, angle.at(x, at - side * 0.006, layout.beam_z - layout.beam.y * 0.2));
        for screw in [-0.028, 0.028] {
            let head = cylinder(0.006, 0.006, 6).along_y().at(x + screw, at - 0.003, layout.beam_z - layout.beam.y * 0.1);
            body.add(Finish::Black, head);
        }
    }
}

/// Builds the beam, around the middle between the rails and the tip's Y.
pub fn beam(layout: &Layout) -> Body {
    let mut body = Body::default();
    let middle = layout.middle().x;
    let [x0, x1] = layout.beam_x.map(|x| x - middle);
    let (y, z, size, f) = (layout.beam_y, layout.beam_z, layout.beam, layout.front);
    let bar = tube(size.y, size.x, x1 - x0, size.min_element() * 0.08).along_x();
    body.add(Finish::BeamPaint, bar.at((x0 + x1) / 2.0, y, z));
    for end in [x0, x1] {
        body.add(Finish::Rubber, block(0.006, size.x * 0.9, size.y * 0.94, 0.001).at(end, y, z));
    }
    let face = layout.face_y();
    let guide = &layout.guides[1];
    if guide.blocks {
        // The rails lie along X with their feet on the beam's face.
        let lay = Affine3A::from_rotation_z(FRAC_PI_2);
        let stand = Affine3A::from_rotation_x(-f * FRAC_PI_2);
        let gaps = if guide.gap > 0.0 { vec![-guide.gap / 2.0, guide.gap / 2.0] } else { vec![0.0] };
        for gap in gaps {
            let length = guide.rail.max(layout.travel[0][1] - layout.travel[0][0]).min(x1 - x0);
            rail(&mut body, guide, length, Affine3A::from_translation(Vec3::new(0.0, face, z + gap)) * stand * lay);
        }
    }
    let axis = &layout.axes[0];
    let width = axis.width_m as f32;
    if axis.kind == "belt" {
        for (end, inward) in layout.belt_x_ends().into_iter().zip([1.0, -1.0]) {
            let clamp = block(0.026, width + 0.012, 0.022, 0.002);
            let at = (end - middle - inward * 0.012).clamp(x0 + 0.01, x1 - 0.01);
            body.add(Finish::Aluminium, clamp.at(at, face + f * (width / 2.0 + 0.006), layout.x_belt_z()));
        }
    } else {
        let depth = rack_depth(axis);
        let length = (layout.rail_x[1] - layout.rail_x[0] - 0.03).min(x1 - x0);
        let teeth_up = Affine3A::from_rotation_x(PI);
        let bar = rack(length, width, depth, axis.pitch_m as f32).along_x().moved(teeth_up);
        body.add(Finish::BrightSteel, bar.at(0.0, face + f * width / 2.0, rack_foot(layout)));
    }
    let tray = block((x1 - x0) * 0.52, 0.036, 0.002, 0.0005);
    body.add(Finish::RawSteel, tray.at(-(x1 - x0) * 0.24, chain_y(layout), chain_low(layout) - 0.009));
    body
}

/// Foot of the rack along the beam: its pitch line is a pinion's radius under the shaft.
fn rack_foot(layout: &Layout) -> f32 {
    let axis = &layout.axes[0];
    layout.x_shaft_z() - axis.radius_m as f32 - 0.85 * rack_depth(axis)
}

fn chain_y(layout: &Layout) -> f32 {
    layout.beam_y - layout.front * (layout.beam.x / 2.0 + 0.022)
}

fn chain_low(layout: &Layout) -> f32 {
    layout.beam_z + layout.beam.y / 2.0 - 0.012
}

/// Height and Y at which the chain ends on the carriage, with the tip at machine zero.
pub fn chain_end(layout: &Layout) -> (f32, f32) {
    (chain_y(layout), chain_low(layout) + 2.0 * CHAIN_RADIUS)
}

/// Bend of the chain.
const CHAIN_RADIUS: f32 = 0.036;

/// Cable chain behind the beam: from its middle to a bend and back to the carriage at `carriage_x`, from the middle between the rails.
pub fn chain(layout: &Layout, carriage_x: f32) -> Solid {
    let (y, low, radius) = (chain_y(layout), chain_low(layout), CHAIN_RADIUS);
    let span = layout.rail_x[1] - layout.rail_x[0];
    let reach = span * 0.27;
    let bend = (carriage_x / 2.0 - reach).max(-span / 2.0 + 0.02);
    let mut path = vec![Vec3::new(0.0, y, low), Vec3::new(bend * 0.5, y, low), Vec3::new(bend, y, low)];
    for k in 1..8 {
        let (sin, cos) = (PI * k as f32 / 8.0).sin_cos();
        path.push(Vec3::new(bend - radius * sin, y, low + radius * (1.0 - cos)));
    }
    path.extend([Vec3::new(bend, y, low + 2.0 * radius), Vec3::new(carriage_x, y, low + 2.0 * radius)]);
    let path = smooth(&path, 12);
    let (mut solid, link, mut travelled) = (Solid::default(), 0.017, 0.0_f32);
    for pair in path.windows(2) {
        let (step, along) = (pair[0].distance(pair[1]), pair[1] - pair[0]);
        let mut next = (travelled / link).floor() * link + link;
        while next <= travelled + step {
            let at = pair[0] + along * ((next - travelled) / step);
            let turn = Quat::from_rotation_y(-along.z.atan2(along.x));
            solid.push(block(link * 0.9, 0.03, 0.016, 0.003).moved(Affine3A::from_rotation_translation(turn, at)));
            next += link;
        }
        travelled += step;
    }
    solid
}
