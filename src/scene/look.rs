//! Sizes that only pictures need: what the parts of a machine look like, as far as file and catalogue say.
//!
//! In: the checked machine file, the catalogue. Out: [`Look`]. Nothing that is computed depends on it.

use std::f64::consts::TAU;

use super::catalogue::{Catalogue, Guide};
use super::machine_file::{AxisTable, GuideUse, MachineFile, ReductionTable};

/// Side of the face of NEMA's frame sizes, mm; others by their number, which is tenths of an inch.
const NEMA_FACE_MM: [(f64, f64); 6] = [(14.0, 35.2), (17.0, 42.3), (23.0, 56.4), (24.0, 60.0), (34.0, 86.0), (42.0, 110.0)];

/// Sizes for drawing, m.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Outer width (Y) and height (Z) of the beam.
    pub beam_section_m: [f64; 2],
    /// Outer size of the frame tube (square).
    pub frame_tube_m: f64,
    /// Height of the plate's upper side above the floor.
    pub table_height_m: f64,
    /// Height of the beam's centre line above the plate's upper side.
    pub beam_height_m: f64,
    /// "rack" or "belt".
    pub drive: String,
    /// Outer size of the frame in X and Y.
    pub frame_size_m: [f64; 2],
    /// Number of legs.
    pub legs: usize,
    /// Length of the beam.
    pub beam_length_m: f64,
    /// Guides of gantry, carriage and torch slide.
    pub guides: [GuideLook; 3],
    /// Drives of X, Y and Z.
    pub axes: [AxisLook; 3],
    /// Carriage plate in X and Z.
    pub carriage_plate_m: [f64; 2],
    /// Diameter of the torch's barrel, and its length over all.
    pub torch_m: [f64; 2],
    /// Height of the torch slide's centre above the tip.
    pub slide_height_m: f64,
}

/// A guide as it looks, m.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GuideLook {
    /// "profile", "round" or "wheel".
    pub kind: String,
    /// Length of one rail; 0 where tube or beam is the rail.
    pub rail_m: f64,
    /// Width of the rail between the lines of contact.
    pub width_m: f64,
    /// Distance of the first block or wheel from the last along the travel.
    pub spacing_m: f64,
    /// Distance between two rails; 0 for one rail.
    pub gap_m: f64,
    /// Blocks, wheels or bearings in all.
    pub elements: usize,
}

/// A drive as it looks, m.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisLook {
    /// Side of the motor's face and length of its body.
    pub motor_m: [f64; 2],
    /// "rack", "belt" or "screw".
    pub kind: String,
    /// Distance of the teeth, or lead of the screw.
    pub pitch_m: f64,
    /// Width of rack or belts.
    pub width_m: f64,
    /// Pitch radius of pinion or pulley, or outer radius of the screw.
    pub radius_m: f64,
    /// Belt: clamp to clamp. Screw: free length.
    pub length_m: f64,
    /// Belt: length of the first span with the axis at zero.
    pub span_at_zero_m: f64,
    /// What stands between motor and pinion, pulley or screw.
    pub reduction: ReductionLook,
}

/// A reduction as it looks, m.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ReductionLook {
    /// Pinion, pulley or screw sits on the motor's shaft.
    #[default]
    Direct,
    /// A gearbox on the motor's face.
    Gearbox,
    /// A closed belt.
    Belt {
        /// Pitch radii of the pulleys on the motor and on the driven shaft.
        radii_m: [f64; 2],
        /// Width of the belt.
        width_m: f64,
        /// Distance of the shafts.
        centre_m: f64,
    },
}

/// What the machine of `file` looks like. What the catalogue does not have is left at zero: reading it elsewhere is an error.
pub(super) fn look(file: &MachineFile, catalogue: &Catalogue) -> Look {
    let section =
        |id: &str| catalogue.section(id).map_or([0.0; 2], |found| [found.part.width_mm.value, found.part.height_mm.value]);
    let [width, height] = section(file.gantry.beam.get_ref());
    let upright = file.gantry.beam_upright.unwrap_or(true);
    let torch = catalogue.torch(file.slide.torch.get_ref()).map(|found| found.part);
    Look {
        beam_section_m: metres(if upright { [width, height] } else { [height, width] }),
        frame_tube_m: section(file.frame.tube.get_ref())[0] * 1e-3,
        table_height_m: file.frame.table_height_mm.value * 1e-3,
        beam_height_m: file.gantry.beam_height_mm.value * 1e-3,
        drive: file.axis.x.transmission.kind.get_ref().clone(),
        frame_size_m: file.frame.size_mm.each_ref().map(|q| q.value * 1e-3),
        legs: file.frame.legs.value as usize,
        beam_length_m: file.gantry.beam_length_mm.value * 1e-3,
        guides: [&file.gantry.guide, &file.carriage.guide, &file.slide.guide].map(|guide| guide_look(guide, catalogue)),
        axes: [&file.axis.x, &file.axis.y, &file.axis.z].map(|axis| axis_look(axis, catalogue)),
        carriage_plate_m: file.carriage.plate_mm.each_ref().map(|q| q.value * 1e-3),
        torch_m: torch.map_or([0.0; 2], |torch| metres([torch.barrel_mm.value, torch.length_mm.value])),
        slide_height_m: file.slide.height_mm.value * 1e-3,
    }
}

fn metres(mm: [f64; 2]) -> [f64; 2] {
    mm.map(|mm| mm * 1e-3)
}

fn guide_look(table: &GuideUse, catalogue: &Catalogue) -> GuideLook {
    let part: Option<&Guide> = catalogue.guide(table.part.get_ref()).ok().map(|found| found.part);
    let gap_m = table.rail_gap_mm.as_ref().map_or(0.0, |gap| gap.value * 1e-3);
    let rails = if gap_m > 0.0 { 2.0 } else { 1.0 };
    GuideLook {
        kind: part.map_or_else(String::new, |part| part.kind.get_ref().clone()),
        rail_m: table.rail_mm.value * 1e-3 / rails,
        width_m: part.map_or(0.0, |part| 2e-3 * part.roll_arm_mm.value),
        spacing_m: table.spacing_mm.value * 1e-3,
        gap_m,
        elements: table.elements_in_all.as_ref().unwrap_or(&table.elements).value as usize,
    }
}

fn axis_look(axis: &AxisTable, catalogue: &Catalogue) -> AxisLook {
    let motor_m = catalogue.motor(axis.motor.get_ref()).map_or([0.0; 2], |found| {
        let frame = found.part.frame_nema.value;
        let face = NEMA_FACE_MM.iter().find(|(nema, _)| *nema == frame).map_or(2.54 * frame, |(_, face)| *face);
        metres([face, found.part.body_mm.value])
    });
    let t = &axis.transmission;
    let part = t.part.get_ref();
    let teeth = t.teeth.as_ref().map_or(0.0, |teeth| teeth.value);
    let mm = |q: &Option<super::quantity::Quantity>| q.as_ref().map_or(0.0, |q| q.value * 1e-3);
    let (pitch_m, width_m, radius_m) = match t.kind.get_ref().as_str() {
        "rack" => catalogue.rack(part).map_or((0.0, 0.0, 0.0), |found| {
            let module_m = found.part.module_mm.value * 1e-3;
            (module_m * std::f64::consts::PI, found.part.face_mm.value * 1e-3, 0.5 * module_m * teeth)
        }),
        "belt" => catalogue.belt(part).map_or((0.0, 0.0, 0.0), |found| {
            let pitch_m = found.part.pitch_mm.value * 1e-3;
            let strands = t.strands.as_ref().map_or(1.0, |strands| strands.value);
            (pitch_m, found.part.width_mm.value * 1e-3 * strands, pitch_m * teeth / TAU)
        }),
        _ => catalogue
            .screw(part)
            .map_or((0.0, 0.0, 0.0), |found| (found.part.lead_mm.value * 1e-3, 0.0, 0.5e-3 * found.part.diameter_mm.value)),
    };
    AxisLook {
        motor_m,
        kind: t.kind.get_ref().clone(),
        pitch_m,
        width_m,
        radius_m,
        length_m: mm(&t.length_mm),
        span_at_zero_m: mm(&t.span_at_zero_mm),
        reduction: t.reduction.as_ref().map_or(ReductionLook::Direct, |reduction| reduction_look(reduction, catalogue)),
    }
}

fn reduction_look(table: &ReductionTable, catalogue: &Catalogue) -> ReductionLook {
    let value = |q: &Option<super::quantity::Quantity>| q.as_ref().map(|q| q.value);
    let belt = table.belt.as_ref().and_then(|word| catalogue.belt(word.get_ref()).ok());
    match (value(&table.ratio), belt, value(&table.motor_teeth), value(&table.centre_mm)) {
        (Some(ratio), Some(belt), Some(teeth), Some(centre_mm)) => {
            let small = teeth * belt.part.pitch_mm.value * 1e-3 / TAU;
            ReductionLook::Belt {
                radii_m: [small, small * ratio],
                width_m: belt.part.width_mm.value * 1e-3,
                centre_m: centre_mm * 1e-3,
            }
        }
        _ if table.gearbox.is_some() => ReductionLook::Gearbox,
        _ => ReductionLook::Direct,
    }
}
