//! The part that stands still: welded frame, legs, rails with racks or belt clamps, slats, tray, cabinet, bottles.

use super::layout::{BOTTLES, Layout, bottle_places, rack_depth};
use super::pieces::rail;
use crate::view::palette::{Body, Finish, hash};
use crate::view::solid::{Solid, block, cylinder, rack, rod, tube, turned};
use bevy::math::Affine3A;
use bevy::prelude::*;
use std::f32::consts::{FRAC_PI_2, PI};

/// Builds the table.
pub fn table(layout: &Layout) -> Body {
    let mut body = Body::default();
    frame(&mut body, layout);
    legs(&mut body, layout);
    rails(&mut body, layout);
    bed(&mut body, layout);
    clamps(&mut body, layout);
    cabinet(&mut body, layout);
    bottles(&mut body, layout);
    body
}

fn square(layout: &Layout, length: f32) -> Solid {
    tube(layout.tube, layout.tube, length, layout.tube * 0.1)
}

fn frame(body: &mut Body, layout: &Layout) {
    let (t, z, middle) = (layout.tube, layout.tube_z(), layout.middle());
    let length = layout.frame_y[1] - layout.frame_y[0];
    for x in layout.rail_x {
        body.add(Finish::FramePaint, square(layout, length).along_y().at(x, middle.y, z));
        for (y, away) in [(layout.frame_y[0], -1.0), (layout.frame_y[1], 1.0)] {
            body.add(Finish::Rubber, block(t * 0.86, 0.006, t * 0.86, 0.001).at(x, y + 0.002 * away, z));
        }
    }
    let width = layout.rail_x[1] - layout.rail_x[0] - t;
    for y in [layout.frame_y[0] + t / 2.0, layout.frame_y[1] - t / 2.0] {
        body.add(Finish::FramePaint, square(layout, width).along_x().at(middle.x, y, z));
    }
    for (centre, size) in layout.bearers() {
        body.add(Finish::FramePaint, tube(size.z, size.y, size.x, size.y * 0.13).along_x().at(centre.x, centre.y, centre.z));
    }
}

fn legs(body: &mut Body, layout: &Layout) {
    let (t, middle) = (layout.tube, layout.middle());
    let foot = 0.05;
    let top = layout.tube_z() - t / 2.0;
    let bottom = layout.floor + foot;
    let (first, last) = (layout.frame_y[0] + t / 2.0, layout.frame_y[1] - t / 2.0);
    let pairs = (layout.legs / 2).max(2);
    let low = layout.floor + 0.2;
    for x in layout.rail_x {
        for k in 0..pairs {
            let y = first + (last - first) * k as f32 / (pairs - 1) as f32;
            body.add(Finish::FramePaint, square(layout, top - bottom).at(x, y, (top + bottom) / 2.0));
            body.add(Finish::BrightSteel, cylinder(0.007, foot, 12).at(x, y, layout.floor));
            body.add(Finish::BrightSteel, cylinder(0.012, 0.008, 6).at(x, y, bottom - 0.009));
            body.add(Finish::Rubber, cylinder(0.03, 0.016, 28).at(x, y, layout.floor));
        }
        for (y, inward) in [(first, 1.0), (last, -1.0)] {
            let brace = [Vec3::new(x, y, top - 0.22), Vec3::new(x, y + 0.22 * inward, top)];
            body.add(Finish::FramePaint, brace_tube(brace, t * 0.62));
        }
        body.add(Finish::FramePaint, tube(t * 0.8, t * 0.8, last - first - t, t * 0.1).along_y().at(x, middle.y, low));
    }
    let width = layout.rail_x[1] - layout.rail_x[0] - t;
    for y in [first, last] {
        body.add(Finish::FramePaint, tube(t * 0.8, t * 0.8, width, t * 0.1).along_x().at(middle.x, y, low));
    }
}

fn brace_tube(ends: [Vec3; 2], side: f32) -> Solid {
    let along = ends[1] - ends[0];
    let turn = Quat::from_rotation_arc(Vec3::Z, along.normalize());
    tube(side, side, along.length(), side * 0.12).moved(Affine3A::from_rotation_translation(turn, (ends[0] + ends[1]) / 2.0))
}

fn rails(body: &mut Body, layout: &Layout) {
    let (guide, axis) = (&layout.guides[0], &layout.axes[1]);
    let [y0, y1] = layout.rail_y;
    let (y, z) = ((y0 + y1) / 2.0, layout.drive_z());
    for (side, out) in [(0, -1.0), (1, 1.0)] {
        let x = layout.rail_x[side];
        if guide.blocks {
            let gaps = if guide.gap > 0.0 { vec![-guide.gap / 2.0, guide.gap / 2.0] } else { vec![0.0] };
            for gap in gaps {
                rail(body, guide, y1 - y0, Affine3A::from_translation(Vec3::new(x + gap, y, layout.tube_top)));
            }
        }
        let face = layout.tube_face(side);
        if axis.kind == "belt" {
            for (end, inward) in layout.belt_y().into_iter().zip([1.0, -1.0]) {
                let reach = (layout.belt_x(side) - face).abs() + 0.012;
                let clamp = block(reach, 0.03, axis.width_m as f32 + 0.014, 0.002);
                body.add(Finish::Aluminium, clamp.at(face + out * reach / 2.0, end - inward * 0.013, z));
                body.add(Finish::Black, cylinder(0.003, 0.004, 10).along_x().at(face + out * reach, end - inward * 0.013, z));
            }
        } else {
            let depth = rack_depth(axis);
            let bar = rack(y1 - y0, axis.width_m as f32, depth, axis.pitch_m as f32).moved(Affine3A::from_rotation_x(-FRAC_PI_2));
            let bar = if out < 0.0 { bar.moved(Affine3A::from_rotation_z(PI)) } else { bar };
            body.add(Finish::BrightSteel, bar.at(face, y, z));
            let count = ((y1 - y0) / 0.15) as i32;
            for k in 0..count {
                let at = y0 + 0.06 + 0.15 * k as f32;
                body.add(Finish::Black, cylinder(0.0032, 0.004, 10).along_x().at(face + out * (depth - 0.002) - 0.002, at, z));
            }
        }
    }
}

fn bed(body: &mut Body, layout: &Layout) {
    for (k, (centre, size)) in layout.slats().into_iter().enumerate() {
        let shade = 0.75 + 0.4 * hash(k as i32, 3, 1);
        let bar = block(size.x, size.y, size.z, 0.0008).tinted([shade, shade * 0.97, shade * 0.94, 1.0]);
        body.add(Finish::RawSteel, bar.at(centre.x, centre.y, centre.z));
    }
    let ([x0, x1], [y0, y1]) = (layout.bed_x(), layout.bed_y());
    let (mx, my) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
    let (w, d, z) = (x1 - x0, y1 - y0, layout.tray_z());
    let ledge = layout.slat_bottom() - 0.003;
    for (x, y, sx, sy) in
        [(x0 + 0.015, my, 0.03, d), (x1 - 0.015, my, 0.03, d), (mx, y0 + 0.015, w, 0.03), (mx, y1 - 0.015, w, 0.03)]
    {
        body.add(Finish::RawSteel, block(sx, sy, 0.006, 0.001).at(x, y, ledge));
    }
    body.add(Finish::RawSteel, block(w, d, 0.003, 0.0005).tinted([0.5, 0.5, 0.52, 1.0]).at(mx, my, z));
    for (x, y, sx, sy) in [(x0, my, 0.002, d), (x1, my, 0.002, d), (mx, y0, w, 0.002), (mx, y1, w, 0.002)] {
        body.add(Finish::RawSteel, block(sx, sy, 0.07, 0.0005).tinted([0.7, 0.7, 0.72, 1.0]).at(x, y, z + 0.035));
    }
}

/// Clamps as shoes on the plate, each with its screw and a bar to turn it.
fn clamps(body: &mut Body, layout: &Layout) {
    for &(at, width, height) in &layout.clamps {
        let (shoe, screw) = (0.3 * height, 0.13 * width);
        body.add(Finish::BottleBlue, block(width, width, shoe, 0.08 * width).at(at.x, at.y, shoe / 2.0));
        body.add(Finish::BrightSteel, cylinder(screw, height - shoe, 20).at(at.x, at.y, shoe));
        body.add(Finish::BrightSteel, cylinder(1.9 * screw, 0.14 * height, 6).at(at.x, at.y, shoe));
        let (half, z) = (Vec3::X * width * 0.5, height - screw);
        let middle = at.extend(z);
        body.add(Finish::Black, rod(middle - half, middle + half, 0.5 * screw, 14));
    }
}

fn cabinet(body: &mut Body, layout: &Layout) {
    let x = layout.rail_x[1] - 0.2;
    let y = layout.frame_y[0] - 0.07;
    let z = layout.tube_z() - 0.24;
    body.add(Finish::CabinetGrey, block(0.3, 0.13, 0.36, 0.006).at(x, y, z));
    body.add(Finish::CabinetGrey, block(0.276, 0.008, 0.336, 0.003).at(x, y - 0.068, z));
    body.add(Finish::Black, cylinder(0.022, 0.006, 28).along_y().at(x + 0.1, y - 0.078, z + 0.13));
    let mushroom = [(0.0, -0.024), (0.012, -0.023), (0.017, -0.018), (0.017, -0.008), (0.008, -0.006), (0.008, 0.0)];
    body.add(Finish::SignalRed, turned(&mushroom, 28).along_y().at(x + 0.1, y - 0.078, z + 0.13));
    for k in 0..2 {
        body.add(Finish::Black, cylinder(0.011, 0.01, 20).along_y().at(x - 0.02 - 0.05 * k as f32, y - 0.08, z + 0.13));
    }
    for dx in [-0.12, 0.12] {
        body.add(Finish::FramePaint, block(0.03, 0.02, 0.16, 0.002).at(x + dx, y + 0.062, layout.tube_z() - 0.06));
    }
}

/// Where the hoses screw onto the regulators, oxygen first.
pub fn hose_outlets(layout: &Layout) -> [Vec3; 2] {
    let [oxygen, fuel] = bottle_places(layout);
    [oxygen.extend(layout.floor + 1.37), fuel.extend(layout.floor + 1.09)].map(|p| p + Vec3::new(-0.02, -0.1, -0.05))
}

fn bottles(body: &mut Body, layout: &Layout) {
    let finishes = [Finish::BottleBlue, Finish::Maroon];
    for (k, place) in bottle_places(layout).into_iter().enumerate() {
        let (h, r) = (BOTTLES[k], [0.102, 0.118][k]);
        let mut profile = vec![(0.0, 0.0), (r - 0.01, 0.0), (r, 0.012), (r, h - 0.2)];
        for step in 1..=8 {
            let (sin, cos) = (FRAC_PI_2 * step as f32 / 8.0).sin_cos();
            profile.push((0.034 + (r - 0.034) * cos, h - 0.2 + 0.12 * sin));
        }
        profile.extend([(0.034, h - 0.03), (0.0, h - 0.03)]);
        let at = |s: Solid, z: f32| s.at(place.x, place.y, layout.floor + z);
        body.add(finishes[k], at(turned(&profile, 48), 0.0));
        body.add(Finish::Brass, at(cylinder(0.018, 0.09, 20), h - 0.03));
        body.add(Finish::Black, at(cylinder(0.03, 0.012, 24), h + 0.06));
        let out = Vec3::new(place.x, place.y, layout.floor + h + 0.015);
        body.add(Finish::Brass, rod(out, out - Vec3::Y * 0.1, 0.011, 16));
        body.add(Finish::Brass, cylinder(0.028, 0.035, 28).along_y().at(out.x, out.y - 0.1, out.z));
        for (dx, dz) in [(-0.034, 0.035), (0.034, 0.035)] {
            body.add(Finish::Brass, cylinder(0.026, 0.022, 28).along_y().at(out.x + dx, out.y - 0.1, out.z + dz));
            body.add(Finish::BeamPaint, cylinder(0.022, 0.002, 28).along_y().at(out.x + dx, out.y - 0.102, out.z + dz));
        }
        body.add(Finish::Brass, cylinder(0.007, 0.05, 12).at(out.x - 0.02, out.y - 0.085, out.z - 0.07));
    }
}
