//! The editor's fields: parts from the catalogue with a box to search, prices and key figures; numbers.

use super::change::Edit;
use super::number;
use crate::report::figures::dollars;
use crate::scene::Scene;
use crate::scene::catalogue::{Catalogue, Price};
use crate::scene::edit::Values;
use crate::view::ui::spots;
use bevy_egui::egui::{self, DragValue, PopupCloseBehavior, RichText, Ui};

/// A part as it is offered.
struct Offer {
    id: String,
    name: String,
    /// What one looks for in it.
    figures: String,
    price: Option<(f64, String)>,
}

fn price(price: Option<&Price>) -> Option<(f64, String)> {
    price.and_then(|price| Some((price.unit_usd()?, price.unit().to_string())))
}

/// Every part of a kind, the cheapest first.
fn offers(catalogue: &Catalogue, kind: &str) -> Vec<Offer> {
    let mut all: Vec<Offer> = Vec::new();
    macro_rules! offer {
        ($parts:expr, $part:ident => $($words:tt)*) => {
            for (id, $part) in $parts {
                all.push(Offer { id: id.clone(), name: $part.name.clone(), figures: format!($($words)*), price: price($part.price.as_ref()) });
            }
        };
    }
    match kind {
        "motors" => {
            offer!(&catalogue.motors, m => "NEMA {}, {} N·m, {} A, {} mH", m.frame_nema.value, m.holding_torque_nm.value, m.rated_current_a.value, m.inductance_mh.value)
        }
        "drivers" => {
            offer!(&catalogue.drivers, d => "{} to {} V, {} A peak{}", d.bus_min_v.value, d.bus_max_v.value, d.current_peak_max_a.value, if d.closed_loop.unwrap_or(false) { ", closed loop" } else { "" })
        }
        "supplies" => offer!(&catalogue.supplies, s => "{} V, {} A", s.volts.value, s.amps.value),
        "racks" => {
            offer!(&catalogue.racks, r => "module {}, {} mm wide, {} µm/m", r.module_mm.value, r.face_mm.value, r.pitch_error_um_per_m.value)
        }
        "belts" => offer!(&catalogue.belts, b => "{} mm pitch, {} mm wide, {} cord", b.pitch_mm.value, b.width_mm.value, b.cord),
        "screws" => offer!(&catalogue.screws, s => "lead {} mm, ⌀ {} mm", s.lead_mm.value, s.diameter_mm.value),
        "guides" => {
            offer!(&catalogue.guides, g => "{}, {} N/µm, {} mm/m straight", g.kind.get_ref(), g.stiffness_n_per_um.value, g.straightness_mm_per_m.value)
        }
        "sections" => {
            offer!(&catalogue.sections, s => "{} × {} mm, {} kg/m, {} cm⁴", s.height_mm.value, s.width_mm.value, s.kg_per_m.value, s.i_strong_cm4.value)
        }
        "torches" => offer!(&catalogue.torches, t => "{} kg, ⌀ {} mm", t.mass_kg.value, t.barrel_mm.value),
        _ => {}
    }
    all.sort_by(|a, b| {
        let usd = |offer: &Offer| offer.price.as_ref().map_or(f64::INFINITY, |(usd, _)| *usd);
        usd(a).total_cmp(&usd(b)).then_with(|| a.id.cmp(&b.id))
    });
    all
}

fn fits(offer: &Offer, search: &str) -> bool {
    let all = format!("{} {} {}", offer.id, offer.name, offer.figures).to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

/// A combo box of a kind of part; says the id that was chosen.
fn part_box(ui: &mut Ui, catalogue: &Catalogue, label: &str, kind: &'static str, now: &str, salt: &str) -> Option<String> {
    let id = egui::Id::new(("part", salt));
    let mut chosen = None;
    ui.label(RichText::new(label).size(12.5));
    let width = (ui.available_width() - 12.0).max(120.0);
    let shown = egui::ComboBox::from_id_salt(id)
        .selected_text(now)
        .width(width)
        .height(360.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show_ui(ui, |ui| {
            ui.set_min_width(300.0);
            let known = ui.data_mut(|data| data.get_temp::<String>(id));
            let opened = known.is_none();
            let mut search = known.unwrap_or_default();
            let field = ui.add(egui::TextEdit::singleline(&mut search).hint_text("search").desired_width(f32::INFINITY));
            spots::note(ui, "part search", field.rect);
            // Whoever opens the list can type at once.
            if opened {
                field.request_focus();
            }
            if field.changed() || opened {
                ui.data_mut(|data| data.insert_temp(id, search.clone()));
            }
            for offer in offers(catalogue, kind).iter().filter(|offer| fits(offer, &search)) {
                let price = offer.price.as_ref().map_or("no price".into(), |(usd, unit)| match unit.as_str() {
                    "piece" => dollars(*usd),
                    unit => format!("{} / {unit}", dollars(*usd)),
                });
                let words = format!("{}   {price}\n{}", offer.id, offer.figures);
                let same = offer.id.eq_ignore_ascii_case(now);
                let response = ui.selectable_label(same, RichText::new(words).size(12.0)).on_hover_text(&offer.name);
                spots::note(ui, &format!("offer {}", offer.id), response.rect);
                if response.clicked() {
                    chosen = (!same).then(|| offer.id.clone());
                    ui.data_mut(|data| data.remove::<String>(id));
                    ui.close();
                }
            }
        });
    if shown.inner.is_none() {
        // The next list begins with all parts again.
        ui.data_mut(|data| data.remove::<String>(id));
    }
    spots::note(ui, &format!("part {salt}"), shown.response.rect);
    shown.response.on_hover_ui(|ui| {
        if let Some(offer) = offers(catalogue, kind).into_iter().find(|offer| offer.id.eq_ignore_ascii_case(now)) {
            ui.label(format!("{}\n{}", offer.name, offer.figures));
        }
    });
    ui.end_row();
    chosen
}

/// A number of the machine file; says its new value when the hand is taken off. Not shown where the file has none.
fn number_box(ui: &mut Ui, label: &str, unit: &str, file: &Values, key: &str, whole: bool) -> Option<Edit> {
    let kept = number(file, key)?;
    let id = egui::Id::new(("number", key));
    let mut value = ui.data_mut(|data| data.get_temp::<f64>(id)).unwrap_or(kept);
    ui.label(RichText::new(label).size(12.5));
    let speed = if whole { 0.1 } else { (kept.abs() * 0.01).max(0.001) };
    let response = ui.add(
        DragValue::new(&mut value)
            .speed(speed)
            .max_decimals(if whole { 0 } else { 3 })
            .range(0.0..=1e7)
            .suffix(format!(" {unit}")),
    );
    ui.end_row();
    spots::note(ui, &format!("number {key}"), response.rect);
    let moving = response.dragged() || response.has_focus();
    if moving {
        ui.data_mut(|data| data.insert_temp(id, value));
        return None;
    }
    ui.data_mut(|data| data.remove::<f64>(id));
    let value = if whole { value.round() } else { (value * 1e3).round() / 1e3 };
    (value != kept).then(|| Edit::Value(key.to_string(), format!("{value}")))
}

/// Fields of an axis.
pub fn axis(ui: &mut Ui, file: &Values, parts: &Catalogue, axis: &str, name: &str, wish: &mut Option<Edit>) {
    egui::CollapsingHeader::new(RichText::new(name).strong()).id_salt(axis).default_open(axis == "x").show(ui, |ui| {
        egui::Grid::new(("axis", axis)).num_columns(2).show(ui, |ui| {
            let drive = file.get(&format!("axis.{axis}.transmission.kind")).unwrap_or_default();
            ui.label(RichText::new("drive").size(12.5));
            let box_of_drives = egui::ComboBox::from_id_salt(("drive", axis)).selected_text(&drive).show_ui(ui, |ui| {
                for kind in ["rack", "belt", "screw"] {
                    let response = ui.selectable_label(drive == kind, kind);
                    spots::note(ui, &format!("drive {axis} {kind}"), response.rect);
                    if response.clicked() && drive != kind {
                        *wish = Some(Edit::Drive(axis.to_string(), kind));
                    }
                }
            });
            spots::note(ui, &format!("drive {axis}"), box_of_drives.response.rect);
            ui.end_row();
            let drives: (&str, &'static str) = match drive.as_str() {
                "rack" => ("rack", "racks"),
                "belt" => ("belt", "belts"),
                _ => ("screw", "screws"),
            };
            let rows = [
                ("motor", "motor", "motors"),
                ("driver", "driver", "drivers"),
                ("supply", "supply", "supplies"),
                (drives.0, "transmission.part", drives.1),
            ];
            for (label, key, kind) in rows {
                let now = file.get(&format!("axis.{axis}.{key}")).unwrap_or_default();
                if let Some(id) = part_box(ui, parts, label, kind, &now, &format!("{axis}.{key}")) {
                    *wish = Some(Edit::AxisPart(axis.to_string(), key, kind, id));
                }
            }
            let numbers = [
                ("microsteps", "", "microsteps", true),
                ("current", "A peak", "current_a_peak", false),
                ("teeth", "", "transmission.teeth", true),
                ("reduction", ": 1", "transmission.reduction.ratio", false),
                ("belt tension", "N", "transmission.pretension_n", false),
                ("pinion spring", "N", "transmission.spring_n", false),
            ];
            for (label, unit, key, whole) in numbers {
                if let Some(edit) = number_box(ui, label, unit, file, &format!("axis.{axis}.{key}"), whole) {
                    *wish = Some(edit);
                }
            }
        });
    });
}

/// Choices that the scene's `[size]` names: several values and cost lines at once, such as belts in the place of racks.
pub fn of_scene(ui: &mut Ui, scene: &Scene, wish: &mut Option<Edit>) {
    let Some(size) = scene.size.as_ref().filter(|size| !size.vary.is_empty()) else { return };
    egui::CollapsingHeader::new(RichText::new("choices of this scene").strong()).id_salt("size").show(ui, |ui| {
        egui::Grid::new("size").num_columns(2).show(ui, |ui| {
            for vary in &size.vary {
                ui.label(RichText::new(&vary.what).size(12.5));
                egui::ComboBox::from_id_salt(&vary.what).selected_text("choose").show_ui(ui, |ui| {
                    for choice in &vary.options {
                        let response = ui.selectable_label(false, &choice.name);
                        spots::note(ui, &format!("choice {}", choice.name), response.rect);
                        if response.clicked() {
                            *wish = Some(Edit::Choice(Box::new(choice.clone())));
                        }
                    }
                });
                ui.end_row();
            }
        });
    });
}

/// Guides, beam, frame, torch.
pub fn structure(ui: &mut Ui, file: &Values, parts: &Catalogue, wish: &mut Option<Edit>) {
    egui::CollapsingHeader::new(RichText::new("beam, frame, guides").strong()).id_salt("structure").show(ui, |ui| {
        egui::Grid::new("structure").num_columns(2).show(ui, |ui| {
            let rows: [(&str, &str, &'static str); 6] = [
                ("beam", "gantry.beam", "sections"),
                ("frame tube", "frame.tube", "sections"),
                ("guides of Y", "gantry.guide.part", "guides"),
                ("guides of X", "carriage.guide.part", "guides"),
                ("guides of Z", "slide.guide.part", "guides"),
                ("torch", "slide.torch", "torches"),
            ];
            for (label, key, kind) in rows {
                let now = file.get(key).unwrap_or_default();
                if let Some(id) = part_box(ui, parts, label, kind, &now, key) {
                    *wish = Some(Edit::Part(key.to_string(), kind, id));
                }
            }
            for (label, key) in [
                ("block spacing of Y", "gantry.guide.spacing_mm"),
                ("block spacing of X", "carriage.guide.spacing_mm"),
                ("rail gap of X", "carriage.guide.rail_gap_mm"),
            ] {
                if let Some(edit) = number_box(ui, label, "mm", file, key, false) {
                    *wish = Some(edit);
                }
            }
        });
    });
}

/// Highest speeds and accelerations: Grbl's settings, or the planner's.
pub fn speeds(ui: &mut Ui, file: &Values, wish: &mut Option<Edit>) {
    egui::CollapsingHeader::new(RichText::new("speed and acceleration").strong()).id_salt("speeds").show(ui, |ui| {
        egui::Grid::new("speeds").num_columns(2).show(ui, |ui| {
            for (what, unit, first) in [("speed", "mm/min", 110), ("acceleration", "mm/s²", 120)] {
                for (k, axis) in ["X", "Y", "Z"].into_iter().enumerate() {
                    let key = format!("grbl.${}", first + k);
                    if let Some(edit) = number_box(ui, &format!("{what} of {axis}"), unit, file, &key, false) {
                        *wish = Some(edit);
                    }
                }
            }
            for (what, unit, key) in
                [("speed", "mm/min", "planner.rapid_mm_per_min"), ("acceleration", "mm/s²", "planner.acceleration_mm_per_s2")]
            {
                for (k, axis) in ["X", "Y", "Z"].into_iter().enumerate() {
                    if let Some(Edit::Value(_, value)) =
                        number_box(ui, &format!("{what} of {axis}"), unit, file, &format!("{key}.{k}"), false)
                        && let Some(list) = with_element(file, key, k, &value)
                    {
                        *wish = Some(Edit::Value(key.to_string(), list));
                    }
                }
            }
            for (label, unit, key) in
                [("junction deviation", "mm", "grbl.$11"), ("corner tolerance", "mm", "planner.corner_tolerance_mm")]
            {
                if let Some(edit) = number_box(ui, label, unit, file, key, false) {
                    *wish = Some(edit);
                }
            }
        });
    });
}

/// A list of three numbers with another one at place `k`, as TOML.
fn with_element(file: &Values, key: &str, k: usize, value: &str) -> Option<String> {
    let all = (0..3).map(|n| if n == k { Some(value.to_string()) } else { file.get(&format!("{key}.{n}")) });
    Some(format!("[{}]", all.collect::<Option<Vec<_>>>()?.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_offers_the_cheapest_first_and_search_finds_by_words() {
        let catalogue = crate::scene::catalogue::built_in().unwrap();
        for kind in ["motors", "drivers", "supplies", "racks", "belts", "screws", "guides", "sections", "torches"] {
            let offers = offers(catalogue, kind);
            assert!(offers.len() > 2, "{kind}");
            let usd = |offer: &Offer| offer.price.as_ref().map_or(f64::INFINITY, |(usd, _)| *usd);
            assert!(offers.windows(2).all(|pair| usd(&pair[0]) <= usd(&pair[1])), "{kind}");
        }
        let motors = offers(catalogue, "motors");
        let found: Vec<&str> = motors.iter().filter(|offer| fits(offer, "23hs30 nema")).map(|offer| offer.id.as_str()).collect();
        assert!(found.contains(&"23HS30-2804S") && found.len() < motors.len(), "{found:?}");
    }

    #[test]
    fn an_element_of_a_list_changes_alone() {
        let file = Values::of("[planner]\nrapid_mm_per_min = [15000, 15000, 2400]\n");
        assert_eq!(with_element(&file, "planner.rapid_mm_per_min", 1, "9000").as_deref(), Some("[15000, 9000, 2400]"));
        assert_eq!(with_element(&file, "planner.acceleration_mm_per_s2", 1, "9000"), None);
    }
}
