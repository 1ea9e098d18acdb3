//! Errors of the geometry: from the machine file's `[geometry]`, else from guides and racks in the catalogue.
//!
//! In: the checked machine file, the catalogue. Out: `machine`'s parameters. May use: `machine`'s params.

use super::catalogue::Catalogue;
use super::derive::Parts;
use super::machine_file::{AxisTable, MachineFile};
use super::quantity::Quantity;
use super::used::Used;
use crate::machine::geometry::{GeometryParams, RackJoint};

/// The errors of the machine's geometry; the travel in metres.
pub(super) fn geometry(
    file: &MachineFile,
    parts: &Parts<'_>,
    catalogue: &Catalogue,
    travel_m: [[f64; 2]; 2],
    used: &mut Used,
) -> GeometryParams {
    let own = file.geometry.as_ref();
    let length_m = travel_m.map(|[low, high]| high - low);
    // A guide that is straight within so much a metre is taken to bow by that over its travel.
    let bow_m = |axis: usize, given: Option<&Quantity>, used: &mut Used| match given {
        Some(bow) => taken("geometry.bow", bow, used) * 1e-3,
        None => {
            let guide = &parts.guides[1 - axis];
            used.take(guide.key("straightness_mm_per_m"), &guide.part.straightness_mm_per_m) * 1e-3 * length_m[axis]
        }
    };
    let pitch = |axis: &AxisTable, given: Option<&Quantity>, used: &mut Used| match given {
        Some(error) => taken("geometry.pitch_error", error, used) * 1e-3,
        None => pitch_error(axis, catalogue, used),
    };
    let get = |field: fn(&super::machine_file::GeometryTable) -> Option<&Quantity>| own.and_then(field);
    let built_in = |given: Option<&Quantity>, name: &str, [value, low, high]: [f64; 3], source: &str, used: &mut Used| match given
    {
        Some(given) => taken(name, given, used),
        None => used.estimate(name, value, low, high, source),
    };
    GeometryParams {
        bow_m: [bow_m(0, get(|g| g.x_bow_mm.as_ref()), used), bow_m(1, get(|g| g.y_bow_mm.as_ref()), used)],
        out_of_square: 1e-3
            * built_in(
                get(|g| g.squareness_mm_per_m.as_ref()),
                "squareness_mm_per_m",
                [0.11, 0.03, 0.5],
                "diagonals of a square of 1.25 m compared to 0.2 mm: 0.2/(√2 · 1.25 m)",
                used,
            ),
        pitch_error: [
            pitch(&file.axis.x, get(|g| g.x_pitch_error_mm_per_m.as_ref()), used),
            pitch(&file.axis.y, get(|g| g.y_pitch_error_mm_per_m.as_ref()), used),
        ],
        expansion_per_k: [&parts.beam, &parts.tube].map(|section| {
            let name = section.part.material.get_ref();
            let material = catalogue.section_materials.get(name);
            // An unknown material is complained of elsewhere.
            material.map_or(0.0, |m| {
                used.take(format!("catalogue sections/{name} expansion_um_per_m_k"), &m.expansion_um_per_m_k) * 1e-6
            })
        }),
        warming_k: built_in(
            get(|g| g.warming_k.as_ref()),
            "rail warming_k",
            [5.0, 1.0, 15.0],
            "rails beside and above the cut, class value; no measurement found",
            used,
        ),
        warming_s: 60.0
            * built_in(
                get(|g| g.warming_min.as_ref()),
                "rail warming_min",
                [20.0, 10.0, 60.0],
                "steel of 3 mm by free convection and radiation, 10 W/m²K on both sides",
                used,
            ),
        rack_joints: [
            rack_joints(&file.axis.x, catalogue, travel_m[0][1], used),
            rack_joints(&file.axis.y, catalogue, travel_m[1][1], used),
        ],
        travel_m,
    }
}

fn taken(name: &str, quantity: &Quantity, used: &mut Used) -> f64 {
    used.note(&format!("machine {name}"), quantity)
}

/// How much too far an axis goes for each metre: pitch of rack or screw as made; of belts, which their tension alone stretches by more than a
/// millimetre a metre, what the builder's calibration leaves. A part that is not there is complained of where the drive is built.
fn pitch_error(axis: &AxisTable, catalogue: &Catalogue, used: &mut Used) -> f64 {
    let id = axis.transmission.part.get_ref();
    match axis.transmission.kind.get_ref().as_str() {
        "rack" => catalogue
            .rack(id)
            .map_or(0.0, |rack| used.take(rack.key("pitch_error_um_per_m"), &rack.part.pitch_error_um_per_m) * 1e-6),
        "screw" => catalogue.screw(id).map_or(0.0, |screw| {
            let um = match &screw.part.travel_error_um_per_300_mm {
                Some(given) => used.take(screw.key("travel_error_um_per_300_mm"), given),
                None => used.estimate("screw travel_error_um_per_300_mm", 52.0, 12.0, 210.0, "ISO 3408-3: T7; T3 to T10"),
            };
            um * 1e-6 / 0.3
        }),
        _ => {
            let source = "steps/mm set by a move of a metre measured with a steel rule";
            1e-3 * used.estimate("belt pitch error left by calibration, mm_per_m", 0.2, 0.05, 0.5, source)
        }
    }
}

/// Where the pieces of an axis' rack meet. Every step is taken as too long, so that they add up.
fn rack_joints(axis: &AxisTable, catalogue: &Catalogue, end_m: f64, used: &mut Used) -> Vec<RackJoint> {
    let table = &axis.transmission;
    let rack = match catalogue.rack(table.part.get_ref()) {
        Ok(rack) if table.kind.get_ref() == "rack" => rack,
        _ => return Vec::new(),
    };
    let places_m: Vec<f64> = match &table.joints_mm {
        Some(given) => given.iter().map(|at| at.value * 1e-3).collect(),
        None => {
            let piece_m = 1e-3
                * match &rack.part.piece_mm {
                    Some(given) => used.take(rack.key("piece_mm"), given),
                    None => used.estimate("rack piece_mm", 1000.0, 500.0, 2000.0, "usual lengths of trade"),
                };
            (1..).map(|n| f64::from(n) * piece_m).take_while(|at| *at < end_m).collect()
        }
    };
    if places_m.is_empty() {
        return Vec::new();
    }
    let step_m = 1e-3
        * match &table.joint_step_mm {
            Some(given) => taken("axis joint_step_mm", given, used),
            None => used.take(rack.key("joint_step_mm"), &rack.part.joint_step_mm),
        };
    let over_m = std::f64::consts::PI * rack.part.module_mm.value * 1e-3;
    places_m.into_iter().map(|at_m| RackJoint { at_m, step_m, over_m }).collect()
}
