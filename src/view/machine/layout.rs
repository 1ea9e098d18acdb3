//! Where the parts of the machine stand: from the scene, and where it does not say, from what is usual.
//!
//! Machine coordinates, metres, at machine zero: X along the beam, Y along the rails, Z up, the plate's upper side at Z = 0.

use crate::scene::model::{AxisLook, Clamp, GuideLook, ReductionLook, Scene};
use bevy::prelude::*;

/// Height of a slat: flat bar of two inches on edge.
pub const SLAT_HEIGHT: f32 = 0.05;
/// Thickness of the trucks' top plates.
pub const TRUCK_PLATE: f32 = 0.01;

/// Distance of an open belt from the shaft of the pulley that it is led around.
pub const OMEGA: f32 = 0.03;
/// Radius of the idlers that lead it.
pub const IDLER: f32 = 0.008;

/// A guide as it is drawn.
#[derive(Clone, Debug, Default)]
pub struct Guide {
    /// Rails of their own with blocks; otherwise wheels or bearings on the tube.
    pub blocks: bool,
    /// A round shaft on a support.
    pub round: bool,
    /// Width of the rail; of wheels, their diameter.
    pub width: f32,
    /// Height of the rail.
    pub rail_height: f32,
    /// From the face that the rail is screwed to, to the face of the block.
    pub height: f32,
    /// Distance of the first block or wheel from the last.
    pub spacing: f32,
    /// Distance of the two rails; 0 for one.
    pub gap: f32,
    /// Length of the rail.
    pub rail: f32,
}

impl Guide {
    /// Rails and blocks are as large as their catalogue's ISO 12090 sizes make them by the width of the rail.
    fn of(look: &GuideLook) -> Self {
        let blocks = look.kind != "wheel";
        let width = look.width_m as f32;
        let (rail_height, height) = if blocks { (0.88 * width, 1.5 * width) } else { (0.0, 0.026) };
        Self {
            blocks,
            round: look.kind == "round",
            width: if blocks { width } else { 0.022 },
            rail_height,
            height,
            spacing: look.spacing_m as f32,
            gap: look.gap_m as f32,
            rail: look.rail_m as f32,
        }
    }

    /// Blocks or wheels of one rail along the travel.
    pub fn along(&self) -> [f32; 2] {
        [-self.spacing / 2.0, self.spacing / 2.0]
    }
}

/// Derived places.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Height of the floor.
    pub floor: f32,
    /// Top of the slats, where the plate lies.
    pub slat_top: f32,
    /// Slats run along Y and repeat along X, or the other way round; distance, first centre, thickness.
    pub slats_along_y: bool,
    /// Distance of the slats.
    pub slat_pitch: f32,
    /// Centre of one of them.
    pub slat_first: f32,
    /// Thickness of a slat.
    pub slat_width: f32,
    /// X of the rails' centre lines, left and right.
    pub rail_x: [f32; 2],
    /// Ends of the rails along Y.
    pub rail_y: [f32; 2],
    /// Top of the side tubes, which carry the rails.
    pub tube_top: f32,
    /// Side of the frame's tube.
    pub tube: f32,
    /// Ends of the frame, outside, in X.
    pub frame_x: [f32; 2],
    /// Ends of the frame, outside, in Y.
    pub frame_y: [f32; 2],
    /// Number of legs.
    pub legs: usize,
    /// Centre of the beam in Y with the tip at machine zero.
    pub beam_y: f32,
    /// Centre of the beam in Z.
    pub beam_z: f32,
    /// Depth and height of the beam.
    pub beam: Vec2,
    /// Ends of the beam in X.
    pub beam_x: [f32; 2],
    /// How far the torch is ahead of the beam's centre line, with the sign that it has in the mechanism.
    pub ahead: f32,
    /// Side of the beam on which the torch hangs, along Y: −1, the operator's. A machine file says how far ahead of the beam the torch is and not
    /// on which side, and the mechanism is the same seen in a mirror.
    pub front: f32,
    /// Width and height of the carriage plate.
    pub carriage: Vec2,
    /// Diameter of the torch's barrel and its length.
    pub torch: Vec2,
    /// Height of the slide's centre above the tip.
    pub slide_height: f32,
    /// Travel of X, Y and Z, lowest and highest.
    pub travel: [[f32; 2]; 3],
    /// Guides of gantry, carriage and slide.
    pub guides: [Guide; 3],
    /// Drives of X, Y and Z.
    pub axes: [AxisLook; 3],
    /// Low corner and size of the plate.
    pub plate: [Vec2; 2],
    /// Clamps on it: middle, width and height.
    pub clamps: Vec<(Vec2, f32, f32)>,
}

fn clamp(clamp: &Clamp) -> (Vec2, f32, f32) {
    let [x, y] = clamp.at_in_machine_m;
    (Vec2::new(x as f32, y as f32), clamp.width_m as f32, clamp.height_m as f32)
}

impl Layout {
    /// For this scene.
    pub fn of(scene: &Scene) -> Self {
        let (look, mechanism, plate) = (&scene.machine.look, &scene.machine.mechanism, &scene.plate);
        let trucks = &mechanism.trucks;
        let guides = look.guides.each_ref().map(Guide::of);
        let travel = mechanism.travel_m.map(|ends| ends.map(|end| end as f32));
        let slat_top = -plate.thickness_m as f32;
        let rail_x = [trucks[0].at_in_machine_m[0] as f32, trucks[1].at_in_machine_m[0] as f32];
        let ahead = (mechanism.tip_in_machine_m[1] - trucks[0].at_in_machine_m[1]) as f32;
        let front = -1.0;
        let beam_y = -front * ahead.abs();
        let rail_z = trucks[0].at_in_machine_m[2] as f32;
        // Rails reach as far beyond the trucks at one end as at the other; tubes that are rails do so too.
        let [y0, y1] = travel[1].map(|y| y + beam_y);
        let truck = guides[0].spacing / 2.0 + 0.045;
        let half = (guides[0].rail / 2.0).max((y1 - y0) / 2.0 + truck);
        let rail_y = [(y0 + y1) / 2.0 - half, (y0 + y1) / 2.0 + half];
        let tube = look.frame_tube_m as f32;
        let [size_x, size_y] = look.frame_size_m.map(|size| size as f32);
        let reach = [rail_y[0].min(travel[1][0] - 0.02), rail_y[1].max(travel[1][1] + 0.02)];
        let around = |middle: f32, size: f32| [middle - size / 2.0, middle + size / 2.0];
        let frame_y = around((reach[0] + reach[1]) / 2.0, size_y.max(reach[1] - reach[0]));
        let frame_x = around((rail_x[0] + rail_x[1]) / 2.0, size_x.max(rail_x[1] - rail_x[0] + tube));
        let middle_x = (rail_x[0] + rail_x[1]) / 2.0;
        let slats = &plate.slats;
        Self {
            floor: -look.table_height_m as f32,
            slat_top,
            slats_along_y: slats.direction_y,
            slat_pitch: slats.pitch_m as f32,
            slat_first: slats.first_m as f32,
            slat_width: slats.width_m as f32,
            rail_x,
            rail_y,
            tube_top: if guides[0].blocks { rail_z - 0.6 * guides[0].rail_height } else { rail_z },
            tube,
            frame_x,
            frame_y,
            legs: look.legs,
            beam_y,
            beam_z: look.beam_height_m as f32,
            beam: Vec2::new(look.beam_section_m[0] as f32, look.beam_section_m[1] as f32),
            beam_x: around(middle_x, (look.beam_length_m as f32).max(rail_x[1] - rail_x[0])),
            ahead,
            front,
            carriage: Vec2::new(look.carriage_plate_m[0] as f32, look.carriage_plate_m[1] as f32),
            torch: Vec2::new(look.torch_m[0] as f32, look.torch_m[1] as f32),
            slide_height: look.slide_height_m as f32,
            travel,
            guides,
            axes: look.axes.clone(),
            clamps: plate.clamps.iter().map(clamp).collect(),
            plate: [plate.corner_in_machine_m, plate.size_m].map(|p| Vec2::new(p[0] as f32, p[1] as f32)),
        }
    }

    /// Middle of the rails in the plan.
    pub fn middle(&self) -> Vec2 {
        Vec2::new((self.rail_x[0] + self.rail_x[1]) / 2.0, (self.frame_y[0] + self.frame_y[1]) / 2.0)
    }

    /// Centre of the side tubes in Z.
    pub fn tube_z(&self) -> f32 {
        self.tube_top - self.tube / 2.0
    }

    /// Underside of the trucks' plates.
    pub fn truck_z(&self) -> f32 {
        self.tube_top + self.guides[0].height
    }

    /// Y of the beam's face that carries the carriage, with the tip at machine zero.
    pub fn face_y(&self) -> f32 {
        self.beam_y + self.front * self.beam.x / 2.0
    }

    /// Y of the carriage plate's front, with the tip at machine zero.
    pub fn plate_y(&self) -> f32 {
        self.face_y() + self.front * (self.guides[1].height + 0.01)
    }

    /// X of the outer faces of the side tubes; −1 left, +1 right.
    pub fn tube_face(&self, side: usize) -> f32 {
        self.rail_x[side] + [-1.0, 1.0][side] * self.tube / 2.0
    }

    /// Centre height of racks or belts along the rails.
    pub fn drive_z(&self) -> f32 {
        self.tube_z() - 0.002
    }

    /// X of the shaft of pinion or pulley of a side.
    pub fn shaft_x(&self, side: usize) -> f32 {
        let axis = &self.axes[1];
        let away = if axis.kind == "belt" { 0.006 + OMEGA } else { 0.85 * rack_depth(axis) + axis.radius_m as f32 };
        self.tube_face(side) + [-1.0, 1.0][side] * away
    }

    /// Y of the motor on a truck, with the tip at machine zero: behind the beam.
    pub fn truck_motor_y(&self) -> f32 {
        self.beam_y - self.front * (self.beam.x / 2.0 + self.axes[1].motor_m[0] as f32 / 2.0 + 0.008)
    }

    /// Y of the shaft of the pinion or pulley of a truck: beside the motor where a belt drives it.
    pub fn truck_shaft_y(&self) -> f32 {
        self.truck_motor_y() + self.front * reduction(&self.axes[1]).map_or(0.0, |(_, _, centre)| centre)
    }

    /// X of the belts along the rails.
    pub fn belt_x(&self, side: usize) -> f32 {
        self.shaft_x(side) - [-1.0, 1.0][side] * OMEGA
    }

    /// Z of the shaft of X's pinion or pulley.
    pub fn x_shaft_z(&self) -> f32 {
        self.beam_z
    }

    /// Z of the belt along the beam.
    pub fn x_belt_z(&self) -> f32 {
        self.x_shaft_z() - OMEGA
    }

    /// X of that shaft from the carriage's middle: beside the torch slide.
    pub fn x_shaft(&self) -> f32 {
        -(self.carriage.x / 2.0 - 0.04).max(0.05)
    }

    /// Ends of the belts along the rails, with the tip at machine zero.
    pub fn belt_y(&self) -> [f32; 2] {
        let axis = &self.axes[1];
        let low = self.beam_y - axis.span_at_zero_m as f32;
        [low, low + axis.length_m as f32]
    }

    /// Ends of the belt along the beam.
    pub fn belt_x_ends(&self) -> [f32; 2] {
        let low = -self.axes[0].span_at_zero_m as f32;
        [low, low + self.axes[0].length_m as f32]
    }

    /// Ends of the bed between the side tubes, in X.
    pub fn bed_x(&self) -> [f32; 2] {
        [self.rail_x[0] + self.tube / 2.0 + 0.004, self.rail_x[1] - self.tube / 2.0 - 0.004]
    }

    /// Ends of the bed between the cross tubes, in Y.
    pub fn bed_y(&self) -> [f32; 2] {
        [self.frame_y[0] + self.tube + 0.004, self.frame_y[1] - self.tube - 0.004]
    }

    /// Underside of the slats.
    pub fn slat_bottom(&self) -> f32 {
        self.slat_top - SLAT_HEIGHT
    }

    /// Height of the slag tray, which lies on the lower stretchers.
    pub fn tray_z(&self) -> f32 {
        (self.floor + 0.2 + self.tube * 0.4 + 0.003).min(self.slat_bottom() - 0.1)
    }

    /// Slats as centre and size of boxes, for drawing and for falling parts alike.
    pub fn slats(&self) -> Vec<(Vec3, Vec3)> {
        let (along, across) = if self.slats_along_y { (self.bed_y(), self.bed_x()) } else { (self.bed_x(), self.bed_y()) };
        let (pitch, width) = (self.slat_pitch, self.slat_width);
        if pitch <= width {
            return Vec::new();
        }
        let first = ((across[0] + width - self.slat_first) / pitch).ceil() as i32;
        let last = ((across[1] - width - self.slat_first) / pitch).floor() as i32;
        let (middle, length) = ((along[0] + along[1]) / 2.0, along[1] - along[0]);
        let z = self.slat_top - SLAT_HEIGHT / 2.0;
        let place = |k: i32| {
            let at = self.slat_first + k as f32 * pitch;
            if self.slats_along_y {
                (Vec3::new(at, middle, z), Vec3::new(width, length, SLAT_HEIGHT))
            } else {
                (Vec3::new(middle, at, z), Vec3::new(length, width, SLAT_HEIGHT))
            }
        };
        (first..=last).map(place).collect()
    }

    /// Tubes under the slats, as centre and size.
    pub fn bearers(&self) -> Vec<(Vec3, Vec3)> {
        let long = self.frame_y[1] - self.frame_y[0];
        let count = (long / 0.6).round().max(2.0) as i32;
        let side = self.tube * 0.6;
        let z = self.slat_bottom() - side / 2.0;
        let size = Vec3::new(self.rail_x[1] - self.rail_x[0] - self.tube, side, side);
        (1..count)
            .map(|k| self.frame_y[0] + long * k as f32 / count as f32)
            .map(|y| (Vec3::new(self.middle().x, y, z), size))
            .collect()
    }

    /// What a camera has to have in its picture.
    pub fn bounds(&self) -> Bounds {
        let out = self.rail_x[1] - self.rail_x[0];
        let low = Vec3::new(self.frame_x[0].min(self.beam_x[0]) - 0.1, self.frame_y[0], self.floor);
        let high = Vec3::new(self.frame_x[1].max(self.beam_x[1]) + 0.1, self.frame_y[1], self.beam_z + self.beam.y / 2.0 + 0.3);
        let bottles = [0, 1].map(|k| bottle_places(self)[k].extend(self.floor + BOTTLES[k] + 0.08));
        Bounds { bottles, low, high, beam_z: self.beam_z, span: out, plate: self.plate }
    }
}

/// Height of a rack over the face that it is screwed to: as wide as it is high.
pub fn rack_depth(axis: &AxisLook) -> f32 {
    (axis.width_m as f32).max(0.006)
}

/// Radii of the pulleys of a reduction belt on motor and shaft, its width, and the distance of the shafts; none without one.
pub fn reduction(axis: &AxisLook) -> Option<([f32; 2], f32, f32)> {
    match axis.reduction {
        ReductionLook::Belt { radii_m, width_m, centre_m } => Some((radii_m.map(|r| r as f32), width_m as f32, centre_m as f32)),
        ReductionLook::Direct | ReductionLook::Gearbox => None,
    }
}

/// Heights of the oxygen and of the acetylene bottle without their regulators, m.
pub const BOTTLES: [f32; 2] = [1.3, 1.02];

/// Centres of the oxygen and of the acetylene bottle on the floor.
pub fn bottle_places(layout: &Layout) -> [Vec2; 2] {
    let x = layout.frame_x[1].max(layout.beam_x[1]) + 0.3;
    let y = layout.frame_y[1] - 0.1;
    [Vec2::new(x, y), Vec2::new(x + 0.31, y - 0.03)]
}

/// What a camera has to have in its picture, machine coordinates, m.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Low corner of table and gantry, on the floor.
    pub low: Vec3,
    /// High corner of table and gantry, above the torch.
    pub high: Vec3,
    /// Tops of the bottles.
    pub bottles: [Vec3; 2],
    /// Centre of the beam in Z.
    pub beam_z: f32,
    /// Distance of the rails.
    pub span: f32,
    /// Low corner and size of the plate.
    pub plate: [Vec2; 2],
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::path::Path;

    /// The layout of a scene of the repository.
    pub fn of(scene: &str) -> Layout {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes").join(scene);
        Layout::of(&crate::scene::load(&path, None).unwrap())
    }

    /// Some layout.
    pub fn layout() -> Layout {
        of("square_100.toml")
    }

    #[test]
    fn the_gantry_rides_on_its_rails_and_clears_the_plate_over_the_whole_travel() {
        for scene in ["square_100.toml", "ceb_press_side.toml", "ceb_press_side_belt.toml"] {
            let l = of(scene);
            assert!(l.beam_z - l.beam.y / 2.0 > l.truck_z() + TRUCK_PLATE, "{scene}: the beam is above the trucks");
            assert!(l.rail_y[0] <= l.travel[1][0] + l.beam_y - l.guides[0].spacing / 2.0, "{scene}: rails reach the first block");
            assert!(l.rail_y[1] >= l.travel[1][1] + l.beam_y + l.guides[0].spacing / 2.0, "{scene}: and the last");
            assert!(l.frame_y[0] <= l.rail_y[0] && l.frame_y[1] >= l.rail_y[1], "{scene}: the frame carries the rails");
            assert!(l.slats().len() > 5 && l.tray_z() > l.floor, "{scene}");
            if l.axes[1].kind == "belt" {
                let [low, high] = l.belt_y();
                assert!(
                    low < l.truck_shaft_y() && high > l.truck_shaft_y() + l.travel[1][1],
                    "{scene}: the pulley stays between the clamps"
                );
            }
        }
    }
}
