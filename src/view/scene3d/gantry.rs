//! The part that moves: two sides on the rails, the beam with its skew, carriage and torch slide.

use super::layout::{Layout, NEMA23, RIDE, SIDE_LENGTH, STRIP};
use crate::view::palette::{Body, Finish};
use crate::view::solid::{Solid, block, cylinder, rack, smooth, tube};
use crate::view::still::{Drive, Still};
use bevy::math::Affine3A;
use bevy::prelude::*;

/// Where the moving bodies are drawn.
pub struct Pose {
    /// Y of the tip that belongs to each side, racking magnified.
    pub side_y: [f32; 2],
    /// Rotation of the beam about Z.
    pub skew: f32,
    /// Where the tip would be if nothing flexed, on the skewed beam.
    pub nominal_tip: Vec3,
    /// Where the tip is drawn.
    pub tip: Vec3,
}

impl Pose {
    /// Place of the torch: it leans about its clamps, as far as its tip is off.
    pub fn torch(&self) -> Transform {
        let clamp = Vec3::Z * 0.2;
        let flex = self.tip - self.nominal_tip;
        let lean = Quat::from_rotation_arc(Vec3::NEG_Z, (flex - clamp).normalize_or(Vec3::NEG_Z));
        Transform::from_translation(self.nominal_tip + clamp - lean * clamp).with_rotation(lean)
    }

    /// For this still.
    pub fn of(still: &Still, layout: &Layout) -> Pose {
        let g = &still.gantry;
        let mean = (g.left_y_m + g.right_y_m) / 2.0;
        let half = (g.right_y_m - g.left_y_m) / 2.0 * g.flex_magnification;
        let side_y = [(mean - half) as f32, (mean + half) as f32];
        let span = layout.rail_x[1] - layout.rail_x[0];
        let slope = (side_y[1] - side_y[0]) / span;
        let tip = Vec3::from_array(g.tip_in_machine_m.map(|v| v as f32));
        let true_slope = ((g.right_y_m - g.left_y_m) as f32) / span;
        let x = g.carriage_x_m as f32;
        let on_beam = |slope: f32| mean as f32 + slope * (x - layout.middle().x);
        let flex = (tip - Vec3::new(x, on_beam(true_slope), tip.z)) * g.flex_magnification as f32;
        let nominal_tip = Vec3::new(x, on_beam(slope), tip.z);
        Pose { side_y, skew: slope.atan(), nominal_tip, tip: nominal_tip + flex }
    }
}

/// Builds one side (0 left, 1 right), around the tip's Y of that side.
pub fn side(still: &Still, layout: &Layout, which: usize) -> Body {
    let mut body = Body::default();
    let out = [-1.0, 1.0][which];
    let x = layout.rail_x[which];
    let (y, top, t) = (layout.beam_behind, layout.rail_top, layout.tube);
    let plate = 0.01;
    let plate_z = top + RIDE + plate / 2.0;
    // Carriage plate, reaching outwards to carry the motor.
    let reach = NEMA23[0] + 0.045;
    let wide = t + 0.03 + reach;
    body.add(Finish::Aluminium, block(wide, SIDE_LENGTH, plate, 0.0012).at(x + out * (wide / 2.0 - t / 2.0 - 0.015), y, plate_z));
    for along in [-0.07, 0.07] {
        wheel(&mut body, Vec3::new(x, y + along, top + 0.012), true);
        for away in [-1.0, 1.0] {
            wheel(&mut body, Vec3::new(x + away * (t / 2.0 + 0.012), y + along * 0.8, top - 0.022), false);
            let bolt = cylinder(0.0055, 0.05, 6).at(x + away * (t / 2.0 + 0.012), y + along * 0.8, top - 0.01);
            body.add(Finish::Black, bolt);
        }
        let block_z = top + RIDE / 2.0 + 0.002;
        for away in [-0.017, 0.017] {
            body.add(Finish::Aluminium, block(0.008, 0.03, RIDE, 0.001).at(x + away, y + along, block_z));
        }
    }
    // End plate up to the beam's top, and a gusset.
    let rise = layout.beam_z + layout.beam.y / 2.0 + 0.012 - plate_z;
    let end_x = x + out * 0.006;
    body.add(Finish::Aluminium, block(0.012, 0.15, rise, 0.0015).at(end_x, y, plate_z + rise / 2.0));
    for away in [-1.0, 1.0] {
        let gusset = wedge(0.055, rise * 0.62, 0.008);
        let gusset = if out < 0.0 { gusset.moved(Affine3A::from_rotation_z(std::f32::consts::PI)) } else { gusset };
        body.add(Finish::Aluminium, gusset.at(end_x + out * 0.006, y + away * 0.062, plate_z + plate / 2.0));
        for z in [0.25, 0.75] {
            let screw = cylinder(0.005, 0.006, 12).along_x().at(
                end_x + out * 0.006 - 0.003,
                y + away * 0.03,
                layout.beam_z + (z - 0.5) * layout.beam.y * 0.7,
            );
            body.add(Finish::Black, screw);
        }
    }
    let motor_x = x + out * (t / 2.0 + 0.016 + NEMA23[0] / 2.0);
    motor(&mut body, Affine3A::from_translation(Vec3::new(motor_x, y, plate_z + plate / 2.0)));
    let drive_z = layout.rail_z() + 0.004;
    let shaft = plate_z - drive_z + 0.012;
    let drive_x = if still.table.drive == Drive::Rack { x + out * (t / 2.0 + 0.0262) } else { x + out * (t / 2.0 + 0.04) };
    body.add(Finish::BrightSteel, cylinder(0.004, shaft, 14).at(drive_x, y, drive_z - 0.012));
    let (finish, radius) = if still.table.drive == Drive::Rack { (Finish::Brass, 0.0118) } else { (Finish::Aluminium, 0.0105) };
    body.add(finish, cylinder(radius, 0.018, 25).at(drive_x, y, drive_z - 0.009));
    body
}

fn wheel(body: &mut Body, at: Vec3, upright: bool) {
    let (tyre, hub) = (cylinder(0.0118, 0.0085, 28), cylinder(0.005, 0.0105, 16));
    for (finish, part, half) in [(Finish::BrightSteel, tyre, 0.00425), (Finish::Black, hub, 0.00525)] {
        let part = part.at(0.0, 0.0, -half);
        let part = if upright { part.along_x() } else { part };
        body.add(finish, part.at(at.x, at.y, at.z));
    }
}

/// A triangular gusset in the XZ plane: along +X and +Z from the origin, `thick` in Y.
fn wedge(x: f32, z: f32, thick: f32) -> Solid {
    let mut solid = Solid::default();
    let at = |px: f32, y: f32, pz: f32| Vec3::new(px, y * thick / 2.0, pz);
    let tip = 0.012;
    let outline = [(0.0, 0.0), (x, 0.0), (x, tip), (tip, z), (0.0, z)];
    solid.face(&outline.map(|(px, pz)| at(px, -1.0, pz)));
    let mut back = outline.map(|(px, pz)| at(px, 1.0, pz));
    back.reverse();
    solid.face(&back);
    for k in 0..outline.len() {
        let (a, b) = (outline[k], outline[(k + 1) % outline.len()]);
        solid.face(&[at(b.0, -1.0, b.1), at(a.0, -1.0, a.1), at(a.0, 1.0, a.1), at(b.0, 1.0, b.1)]);
    }
    solid
}

/// A NEMA 23 motor that stands on the XY plane with its flange at the bottom.
fn motor(body: &mut Body, place: Affine3A) {
    let [side, length] = NEMA23;
    let mut add = |finish: Finish, part: Solid| body.add(finish, part.moved(place));
    add(Finish::Aluminium, block(side, side, 0.008, 0.002).at(0.0, 0.0, 0.004));
    add(Finish::Black, block(side * 0.97, side * 0.97, length - 0.024, 0.005).at(0.0, 0.0, length / 2.0 - 0.001));
    add(Finish::Aluminium, block(side, side, 0.016, 0.003).at(0.0, 0.0, length - 0.008));
    for (sx, sy) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        let at = side / 2.0 - 0.006;
        add(Finish::BrightSteel, cylinder(0.0032, 0.002, 10).at(sx * at, sy * at, length));
    }
    add(Finish::Rubber, block(0.02, 0.012, 0.012, 0.002).at(0.0, side / 2.0 + 0.003, length - 0.012));
}

/// Builds the beam, around the middle between the rails and the tip's Y.
pub fn beam(still: &Still, layout: &Layout, carriage_x: f32) -> Body {
    let mut body = Body::default();
    let span = layout.rail_x[1] - layout.rail_x[0];
    let (y, z, size) = (layout.beam_behind, layout.beam_z, layout.beam);
    body.add(Finish::BeamPaint, tube(size.y, size.x, span - 0.001, size.min_element() * 0.08).along_x().at(0.0, y, z));
    let front = y - size.x / 2.0;
    for up in [-1.0, 1.0] {
        let strip = block(span - 0.03, STRIP, 0.016, 0.0006);
        body.add(Finish::BrightSteel, strip.at(0.0, front - STRIP / 2.0, z + up * (size.y / 2.0 - 0.011)));
    }
    match still.table.drive {
        Drive::Rack => {
            let bar = rack(span - 0.05, 0.015, 0.012, 0.003_141_6).along_x();
            // The teeth look forward, so that the pinion meets them from the front.
            let bar = bar
                .moved(Affine3A::from_rotation_x(std::f32::consts::FRAC_PI_2))
                .moved(Affine3A::from_rotation_x(std::f32::consts::FRAC_PI_2));
            body.add(Finish::BrightSteel, bar.at(0.0, front, z));
        }
        Drive::Belt => body.add(Finish::Rubber, block(span - 0.05, 0.0024, 0.01, 0.0003).at(0.0, front - 0.006, z)),
    }
    chain(&mut body, layout, carriage_x);
    body
}

/// Cable chain on top of the beam: from its middle to a bend and back to the carriage.
fn chain(body: &mut Body, layout: &Layout, carriage_x: f32) {
    let y = layout.beam_behind + layout.beam.x * 0.12;
    let top = layout.beam_z + layout.beam.y / 2.0;
    let (low, radius) = (top + 0.009, 0.034);
    let span = layout.rail_x[1] - layout.rail_x[0];
    body.add(Finish::RawSteel, block(span * 0.5, 0.034, 0.002, 0.0005).at(-span * 0.25 + 0.02, y, top + 0.001));
    let reach = span * 0.27;
    let bend = (carriage_x / 2.0 - reach).max(-span / 2.0 + 0.06);
    let mut path = vec![Vec3::new(0.0, y, low), Vec3::new(bend * 0.5, y, low), Vec3::new(bend, y, low)];
    for k in 1..8 {
        let (sin, cos) = (std::f32::consts::PI * k as f32 / 8.0).sin_cos();
        path.push(Vec3::new(bend - radius * sin, y, low + radius * (1.0 - cos)));
    }
    path.extend([Vec3::new(bend, y, low + 2.0 * radius), Vec3::new(carriage_x, y, low + 2.0 * radius)]);
    let path = smooth(&path, 12);
    let link = 0.017;
    let mut travelled = 0.0_f32;
    for pair in path.windows(2) {
        let (step, along) = (pair[0].distance(pair[1]), pair[1] - pair[0]);
        let mut next = (travelled / link).floor() * link + link;
        while next <= travelled + step {
            let at = pair[0] + along * ((next - travelled) / step);
            let turn = Quat::from_rotation_y(-along.z.atan2(along.x));
            let place = Affine3A::from_rotation_translation(turn, at);
            body.add(Finish::Rubber, block(link * 0.9, 0.03, 0.016, 0.003).moved(place));
            next += link;
        }
        travelled += step;
    }
}

/// Builds the carriage with the torch slide, around the carriage's X and the tip's Y.
pub fn carriage(layout: &Layout, tip_z: f32) -> Body {
    let mut body = Body::default();
    let (size, z) = (layout.beam, layout.beam_z);
    let front = layout.beam_behind - size.x / 2.0;
    let top = z + size.y / 2.0;
    let plate_y = front - 0.03;
    let height = size.y + 0.075;
    let plate_z = top + 0.05 - height / 2.0;
    body.add(Finish::Aluminium, block(0.13, 0.01, height, 0.0015).at(0.0, plate_y, plate_z));
    for x in [-0.045, 0.045] {
        for up in [-1.0, 1.0] {
            let edge = z + up * (size.y / 2.0 + 0.001);
            let roller = cylinder(0.0118, 0.0085, 28).along_y().at(x, front - STRIP - 0.012, edge + up * 0.0118);
            body.add(Finish::BrightSteel, roller);
            body.add(Finish::Black, cylinder(0.005, 0.03, 6).along_y().at(x, plate_y - 0.009, edge + up * 0.0118));
        }
    }
    // A shelf on top carries the X motor behind the slide; the chain ends on it.
    body.add(Finish::Aluminium, block(0.13, size.x + 0.05, 0.008, 0.0012).at(0.0, layout.beam_behind - 0.012, top + 0.054));
    motor(&mut body, Affine3A::from_translation(Vec3::new(0.03, layout.beam_behind - size.x * 0.1, top + 0.058)));
    body.add(Finish::Rubber, block(0.034, 0.036, 0.03, 0.003).at(-0.045, layout.beam_behind + size.x * 0.12, top + 0.073));
    slide(&mut body, layout, plate_y - 0.005, tip_z);
    body
}

fn slide(body: &mut Body, layout: &Layout, face: f32, tip_z: f32) {
    let bottom = tip_z + 0.085;
    let top = layout.beam_z + layout.beam.y / 2.0 + 0.15;
    let (length, middle) = (top - bottom, (top + bottom) / 2.0);
    let y = face - 0.01;
    body.add(Finish::Aluminium, block(0.062, 0.02, length, 0.002).at(0.0, y, middle));
    for x in [-0.02, 0.02] {
        body.add(Finish::BrightSteel, cylinder(0.005, length - 0.016, 18).at(x, y - 0.018, bottom + 0.008));
    }
    body.add(Finish::BrightSteel, cylinder(0.004, length - 0.01, 14).at(0.0, y - 0.018, bottom + 0.005));
    for z in [bottom + 0.004, top - 0.004] {
        body.add(Finish::Aluminium, block(0.062, 0.034, 0.009, 0.0015).at(0.0, y - 0.012, z));
    }
    // Lift motor: NEMA 17.
    let motor_z = top + 0.022;
    body.add(Finish::Black, block(0.0415, 0.0415, 0.036, 0.004).at(0.0, y - 0.014, motor_z));
    for z in [motor_z - 0.016, motor_z + 0.016] {
        body.add(Finish::Aluminium, block(0.0423, 0.0423, 0.01, 0.003).at(0.0, y - 0.014, z));
    }
    // Slider and the two clamps that hold the torch.
    let slider = tip_z + 0.2;
    body.add(Finish::Aluminium, block(0.06, 0.02, 0.085, 0.002).at(0.0, y - 0.026, slider));
    for dz in [-0.028, 0.028] {
        let reach = y - 0.036;
        body.add(
            Finish::Aluminium,
            block(0.048, reach.abs() + 0.02, 0.016, 0.002).at(0.0, (reach - 0.018) / 2.0 + 0.001, slider + dz),
        );
        body.add(Finish::Aluminium, cylinder(0.0265, 0.018, 36).at(0.0, 0.0, slider + dz - 0.009));
        body.add(Finish::Black, cylinder(0.003, 0.06, 8).along_x().at(-0.03, -0.022, slider + dz));
    }
}
