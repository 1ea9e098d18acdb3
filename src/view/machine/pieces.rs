//! Bought parts: motors, pulleys, belts around pulleys, blocks on rails, wheels.

use super::layout::{Guide, IDLER, OMEGA, reduction};
use crate::scene::model::AxisLook;
use crate::view::palette::{Body, Finish};
use crate::view::solid::{Solid, block, cylinder};
use bevy::math::Affine3A;
use bevy::prelude::*;
use std::f32::consts::{FRAC_PI_2, PI, TAU};

/// A motor: what has its finish for good, its stack, which is coloured by load, and its end bells, which are coloured by warmth.
#[derive(Default)]
pub struct Motor {
    /// Screws, plug, shaft.
    pub body: Body,
    /// Flange and end cap.
    pub bells: Solid,
    /// The stack of sheets and its housing.
    pub stack: Solid,
}

/// A stepper motor of an axis that stands with its flange on the XY plane, shaft down, brought to `place`.
pub fn motor(axis: &AxisLook, place: Affine3A) -> Motor {
    let [side, length] = axis.motor_m.map(|size| (size as f32).max(0.02));
    let stack = block(side * 0.97, side * 0.97, length - 0.022, side * 0.08).at(0.0, 0.0, length / 2.0 - 0.003).moved(place);
    let mut made = Motor { stack, ..Motor::default() };
    for (high, edge, z) in [(0.008, 0.002, 0.004), (0.014, side * 0.05, length - 0.007)] {
        made.bells.push(block(side, side, high, edge).at(0.0, 0.0, z).moved(place));
    }
    let mut add = |finish: Finish, part: Solid| made.body.add(finish, part.moved(place));
    for (sx, sy) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        let at = side * 0.39;
        add(Finish::BrightSteel, cylinder(0.003, 0.002, 10).at(sx * at, sy * at, length));
    }
    add(Finish::Rubber, block(0.02, 0.012, 0.012, 0.002).at(0.0, side / 2.0 + 0.003, length - 0.012));
    add(Finish::BrightSteel, cylinder(0.004, 0.02, 14).at(0.0, 0.0, -0.02));
    made
}

/// A toothed pulley around Z with flanges, for a belt of `width`, its middle on the XY plane.
pub fn pulley(body: &mut Body, radius: f32, width: f32, place: Affine3A) {
    let mut add = |part: Solid| body.add(Finish::Aluminium, part.moved(place));
    add(cylinder(radius, width + 0.002, 40).at(0.0, 0.0, -width / 2.0 - 0.001));
    for z in [-width / 2.0 - 0.002, width / 2.0 + 0.0005] {
        add(cylinder(radius + 0.0018, 0.0015, 40).at(0.0, 0.0, z));
    }
}

/// A strip that stands on edge along a path in the XY plane: `thick` across it, `width` in Z.
pub fn strip(path: &[Vec2], thick: f32, width: f32) -> Solid {
    let mut solid = Solid::default();
    let normal = |k: usize| {
        let (a, b) = (path[k.saturating_sub(1)], path[(k + 1).min(path.len() - 1)]);
        (b - a).perp().normalize_or(Vec2::Y) * thick / 2.0
    };
    for k in 1..path.len() {
        let (a, b, na, nb) = (path[k - 1], path[k], normal(k - 1), normal(k));
        let at = |p: Vec2, z: f32| p.extend(z * width / 2.0);
        solid.face(&[at(b + nb, -1.0), at(a + na, -1.0), at(a + na, 1.0), at(b + nb, 1.0)]);
        solid.face(&[at(a - na, -1.0), at(b - nb, -1.0), at(b - nb, 1.0), at(a - na, 1.0)]);
        solid.face(&[at(a - na, 1.0), at(b - nb, 1.0), at(b + nb, 1.0), at(a + na, 1.0)]);
        solid.face(&[at(b - nb, -1.0), at(a - na, -1.0), at(a + na, -1.0), at(b + nb, -1.0)]);
    }
    solid
}

fn arc(centre: Vec2, radius: f32, from: f32, to: f32) -> impl Iterator<Item = Vec2> {
    (0..=12).map(move |k| centre + Vec2::from_angle(from + (to - from) * k as f32 / 12.0) * radius)
}

/// An open belt around the pulley at the origin and two idlers, coming along the line Y = −[`OMEGA`]; half its length on that line.
pub fn omega(radius: f32) -> (Vec<Vec2>, f32) {
    let reach = radius + IDLER;
    let low = IDLER - OMEGA;
    let mut path: Vec<Vec2> = arc(Vec2::new(-reach, low), IDLER, -FRAC_PI_2, 0.0).collect();
    path.extend(arc(Vec2::ZERO, radius, PI, 0.0));
    path.extend(arc(Vec2::new(reach, low), IDLER, PI, PI + FRAC_PI_2));
    (path, reach)
}

/// A closed belt around two circles: at the origin and `centre` away along Y.
pub fn closed_belt(radii: [f32; 2], centre: f32) -> Vec<Vec2> {
    let lean = ((radii[1] - radii[0]) / centre).clamp(-0.99, 0.99).asin();
    let mut path: Vec<Vec2> = arc(Vec2::new(0.0, centre), radii[1], -lean, PI + lean).collect();
    path.extend(arc(Vec2::ZERO, radii[0], PI + lean, TAU - lean));
    path.push(path[0]);
    path
}

/// The reduction belt of an axis from the shaft at the origin to the motor at `towards` times the distance of the shafts along Y: pulleys in the
/// plane Z = 0. Says how far away the motor's shaft is.
pub fn reduction_belt(body: &mut Body, axis: &AxisLook, towards: f32, place: Affine3A) -> f32 {
    let Some((radii, width, centre)) = reduction(axis) else { return 0.0 };
    let turned = if towards < 0.0 { place * Affine3A::from_rotation_z(PI) } else { place };
    pulley(body, radii[1], width, turned);
    pulley(body, radii[0], width, turned * Affine3A::from_translation(Vec3::Y * centre));
    body.add(Finish::Rubber, strip(&closed_belt([radii[1] + 0.0008, radii[0] + 0.0008], centre), 0.002, width).moved(turned));
    centre * towards.signum()
}

/// Pinion, or pulley with idlers and the belt around them, on a shaft along Z whose load is at the origin. `shaft`: how far it reaches up.
/// Says the belt's strip, which is coloured by its force.
pub fn output(body: &mut Body, axis: &AxisLook, shaft: f32, place: Affine3A) -> Solid {
    let (radius, width) = (axis.radius_m as f32, axis.width_m as f32);
    body.add(
        Finish::BrightSteel,
        cylinder(0.005, shaft + width / 2.0 + 0.006, 16).at(0.0, 0.0, -width / 2.0 - 0.006).moved(place),
    );
    if axis.kind != "belt" {
        return gear(radius, axis.pitch_m as f32, width + 0.004).at(0.0, 0.0, -width / 2.0 - 0.002).moved(place);
    }
    pulley(body, radius, width, place);
    let (path, reach) = omega(radius);
    for x in [-reach, reach] {
        let at = place * Affine3A::from_translation(Vec3::new(x, IDLER - OMEGA, 0.0));
        body.add(Finish::BrightSteel, cylinder(IDLER - 0.001, width + 0.002, 24).at(0.0, 0.0, -width / 2.0 - 0.001).moved(at));
        body.add(Finish::Black, cylinder(0.003, shaft + width / 2.0, 8).at(0.0, 0.0, -width / 2.0).moved(at));
    }
    strip(&path, 0.0022, width).moved(place)
}

/// A pinion around Z on the XY plane: teeth of `pitch` about the pitch radius.
pub fn gear(radius: f32, pitch: f32, width: f32) -> Solid {
    let teeth = ((TAU * radius / pitch).round() as i32).max(6);
    let module = pitch / PI;
    let point = |tooth: i32, part: f32, r: f32| Vec2::from_angle(TAU * (tooth as f32 + part) / teeth as f32) * r;
    let outline: Vec<Vec2> = (0..teeth)
        .flat_map(|k| {
            let (root, top) = (radius - 1.1 * module, radius + module);
            [point(k, 0.0, root), point(k, 0.22, root), point(k, 0.4, top), point(k, 0.68, top)]
        })
        .collect();
    let mut solid = Solid::default();
    for (k, a) in outline.iter().enumerate() {
        let b = outline[(k + 1) % outline.len()];
        solid.face(&[a.extend(0.0), b.extend(0.0), b.extend(width), a.extend(width)]);
        solid.face(&[Vec3::Z * width, a.extend(width), b.extend(width)]);
        solid.face(&[Vec3::ZERO, b.extend(0.0), a.extend(0.0)]);
    }
    solid
}

/// Rail of `length` along Y with its foot on the XY plane.
pub fn rail(body: &mut Body, guide: &Guide, length: f32, place: Affine3A) {
    let (w, h) = (guide.width, guide.rail_height);
    if guide.round {
        body.add(Finish::Aluminium, block(w * 0.5, length, h * 0.7, 0.0006).at(0.0, 0.0, h * 0.35).moved(place));
        body.add(Finish::Aluminium, block(w * 1.6, length, 0.005, 0.0006).at(0.0, 0.0, 0.0025).moved(place));
        let shaft = cylinder(w / 2.0, length, 28).at(0.0, 0.0, -length / 2.0).along_y();
        body.add(Finish::Chrome, shaft.at(0.0, 0.0, h).moved(place));
        return;
    }
    body.add(Finish::BrightSteel, block(w, length, h * 0.45, 0.0006).at(0.0, 0.0, h * 0.225).moved(place));
    body.add(Finish::BrightSteel, block(w * 0.72, length, h * 0.3, 0.0004).at(0.0, 0.0, h * 0.5).moved(place));
    body.add(Finish::BrightSteel, block(w, length, h * 0.4, 0.0008).at(0.0, 0.0, h * 0.8).moved(place));
    let count = (length / 0.06).max(1.0) as i32;
    for k in 0..count {
        let y = ((k as f32 + 0.5) / count as f32 - 0.5) * length;
        body.add(Finish::Black, cylinder(w * 0.2, 0.0006, 12).at(0.0, y, h).moved(place));
    }
}

/// Block on such a rail, around the rail's foot at the origin.
pub fn rail_block(body: &mut Body, guide: &Guide, place: Affine3A) {
    let (w, top) = (guide.width, guide.height);
    let (wide, long, low) = (2.2 * w, 3.0 * w, 0.18 * w);
    body.add(Finish::BrightSteel, block(wide, long, top - low, 0.0015).at(0.0, 0.0, (top + low) / 2.0).moved(place));
    for y in [-1.0, 1.0] {
        let cap = block(wide * 0.96, 0.3 * w, (top - low) * 0.9, 0.001).at(0.0, y * (long / 2.0 + 0.15 * w), (top + low) / 2.0);
        body.add(Finish::Black, cap.moved(place));
    }
}

/// A bearing or wheel with its bolt: its axis along X where `upright`, else along Z.
pub fn wheel(body: &mut Body, radius: f32, at: Vec3, axis: Vec3) {
    let turn = Affine3A::from_rotation_translation(Quat::from_rotation_arc(Vec3::Z, axis), at);
    let (tyre, hub) = (cylinder(radius, 0.0085, 28), cylinder(0.0045, 0.022, 12));
    body.add(Finish::BrightSteel, tyre.at(0.0, 0.0, -0.00425).moved(turn));
    body.add(Finish::Black, hub.at(0.0, 0.0, -0.011).moved(turn));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::solid::volume;

    #[test]
    fn belts_touch_their_pulleys_and_gears_are_solid() {
        let path = closed_belt([0.03, 0.01], 0.1);
        for pair in path.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            assert!(middle.length() > 0.0095 && middle.distance(Vec2::Y * 0.1) > 0.0095, "{middle}");
        }
        assert!(path.iter().any(|p| (p.y - 0.11).abs() < 2e-4) && path.iter().any(|p| (p.y + 0.03).abs() < 5e-4));
        let (omega, reach) = omega(0.0095);
        assert!((omega[0].x + reach).abs() < 1e-6 && (omega[0].y + OMEGA).abs() < 1e-6);
        // Half the teeth's depth more and half less: the volume of the pitch cylinder, within what the gaps take.
        let volume = volume(&gear(0.0125, 0.00314, 0.02));
        assert!((volume / (PI * 0.0125f32.powi(2) * 0.02) - 1.0).abs() < 0.06, "{volume}");
    }
}
