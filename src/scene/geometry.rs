//! Errors of the geometry: from the machine file's `[geometry]`, else from guides and racks in the catalogue.
//!
//! In: the checked machine file, the catalogue. Out: `machine`'s parameters. May use: `machine`'s params.

use super::catalogue::Catalogue;
use super::derive::Parts;
use super::machine_file::{AxisTable, MachineFile};
use super::quantity::Quantity;
use super::used::Used;
use crate::machine::geometry::GeometryParams;

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
        travel_m,
    }
}

fn taken(name: &str, quantity: &Quantity, used: &mut Used) -> f64 {
    used.take(format!("machine {name}"), quantity)
}

/// How much too far an axis goes for each metre, from its rack; belts and screws are taken as true.
fn pitch_error(axis: &AxisTable, catalogue: &Catalogue, used: &mut Used) -> f64 {
    match catalogue.rack(axis.transmission.part.get_ref()) {
        Ok(rack) if axis.transmission.kind.get_ref() == "rack" => {
            used.take(rack.key("pitch_error_um_per_m"), &rack.part.pitch_error_um_per_m) * 1e-6
        }
        _ => 0.0,
    }
}
