//! Where things are that the data does not say: heights and offsets derived once from a still.

use crate::view::still::Still;
use bevy::prelude::*;

/// Height of a slat.
pub const SLAT_HEIGHT: f32 = 0.07;
/// Thickness of the bright strip that the wheels run on.
pub const STRIP: f32 = 0.005;
/// Length of a side carriage along the rail.
pub const SIDE_LENGTH: f32 = 0.19;
/// Height of the carriage plate's underside over the rail.
pub const RIDE: f32 = 0.026;
/// Side and length of a NEMA 23 motor.
pub const NEMA23: [f32; 2] = [0.0564, 0.076];

/// Derived places, machine coordinates, metres.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Height of the floor.
    pub floor: f32,
    /// Top of the slats, where the plate lies.
    pub slat_top: f32,
    /// Top of the rails' bright strip.
    pub rail_top: f32,
    /// X of the rails' centre lines.
    pub rail_x: [f32; 2],
    /// Ends of the frame along Y.
    pub frame_y: [f32; 2],
    /// Side of the frame's tube.
    pub tube: f32,
    /// How far the beam's centre is behind the tip.
    pub beam_behind: f32,
    /// Centre of the beam in Z.
    pub beam_z: f32,
    /// Depth and height of the beam.
    pub beam: Vec2,
}

impl Layout {
    /// For this still.
    pub fn of(still: &Still) -> Layout {
        let (table, gantry) = (&still.table, &still.gantry);
        let slat_top = -still.plate.thickness_m as f32;
        let tube = table.frame_tube_m as f32;
        let beam = Vec2::new(gantry.beam_section_m[0] as f32, gantry.beam_section_m[1] as f32);
        let beam_behind = beam.x / 2.0 + 0.1;
        Layout {
            floor: slat_top - table.table_height_m as f32,
            slat_top,
            rail_top: slat_top,
            rail_x: table.rail_x_m.map(|x| x as f32),
            frame_y: [beam_behind - SIDE_LENGTH / 2.0 - 0.06, table.travel_m[1] as f32 + beam_behind + SIDE_LENGTH / 2.0 + 0.06],
            tube,
            beam_behind,
            beam_z: gantry.beam_height_m as f32,
            beam,
        }
    }

    /// Length of the frame along Y.
    pub fn frame_length(&self) -> f32 {
        self.frame_y[1] - self.frame_y[0]
    }

    /// Centre of the frame in the plan.
    pub fn middle(&self) -> Vec2 {
        Vec2::new((self.rail_x[0] + self.rail_x[1]) / 2.0, (self.frame_y[0] + self.frame_y[1]) / 2.0)
    }

    /// Centre of the rail tubes in Z.
    pub fn rail_z(&self) -> f32 {
        self.rail_top - STRIP - self.tube / 2.0
    }

    /// Ends of the bed between the rails, in X.
    pub fn bed_x(&self) -> [f32; 2] {
        [self.rail_x[0] + self.tube / 2.0 + 0.004, self.rail_x[1] - self.tube / 2.0 - 0.004]
    }

    /// Ends of the bed between the cross tubes, in Y.
    pub fn bed_y(&self) -> [f32; 2] {
        [self.frame_y[0] + self.tube + 0.004, self.frame_y[1] - self.tube - 0.004]
    }

    /// Bottom of the slag tray, which lies on the lower stretchers.
    pub fn tray_z(&self) -> f32 {
        (self.floor + 0.2 + self.tube * 0.4 + 0.003).min(self.slat_top - SLAT_HEIGHT - 0.1)
    }
}

/// Tubes under the bed, as centre and size.
pub fn bearers(layout: &Layout) -> Vec<(Vec3, Vec3)> {
    let (long, t) = (layout.frame_length(), layout.tube);
    let count = (long / 0.6).round().max(2.0) as i32;
    let z = layout.slat_top - SLAT_HEIGHT - t * 0.3 - 0.007;
    let size = Vec3::new(layout.rail_x[1] - layout.rail_x[0] - t, t * 0.6, t * 0.6);
    (1..count)
        .map(|k| layout.frame_y[0] + long * k as f32 / count as f32)
        .map(|y| (Vec3::new(layout.middle().x, y, z), size))
        .collect()
}

/// Slats as centre and size of boxes, for drawing and for falling parts alike.
pub fn slats(still: &Still, layout: &Layout) -> Vec<(Vec3, Vec3)> {
    let slats = &still.table.slats;
    let (along, across) = if slats.along_y { (layout.bed_y(), layout.bed_x()) } else { (layout.bed_x(), layout.bed_y()) };
    let (pitch, width) = (slats.pitch_m as f32, slats.width_m as f32);
    if pitch <= width {
        return Vec::new();
    }
    let first = ((across[0] + width - slats.first_m as f32) / pitch).ceil() as i32;
    let last = ((across[1] - width - slats.first_m as f32) / pitch).floor() as i32;
    let (middle, length) = ((along[0] + along[1]) / 2.0, along[1] - along[0]);
    let z = layout.slat_top - SLAT_HEIGHT / 2.0;
    (first..=last)
        .map(|k| slats.first_m as f32 + k as f32 * pitch)
        .map(|at| {
            if slats.along_y {
                (Vec3::new(at, middle, z), Vec3::new(width, length, SLAT_HEIGHT))
            } else {
                (Vec3::new(middle, at, z), Vec3::new(length, width, SLAT_HEIGHT))
            }
        })
        .collect()
}
