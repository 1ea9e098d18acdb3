//! The bar on top: files, what is shown, from where, and the verdict.

use super::{Everything, theme};
use crate::twin::EngineKind;
use crate::view::action::{Action, CameraPreset};
use crate::view::examples;
use crate::view::state::{Look, PlateLook};
use bevy_egui::egui::{self, RichText};

/// Draws it.
pub fn show(ui: &mut egui::Ui, all: &mut Everything) {
    ui.horizontal_centered(|ui| {
        ui.add_space(4.0);
        file_menu(ui, all);
        show_menu(ui, all);
        run_menu(ui, all);
        if ui.button("Keys").on_hover_text("all keys and mouse moves (F1)").clicked() {
            all.actions.ask(Action::Help);
        }
        ui.separator();
        title(ui, all);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if all.session.is_some() {
                cameras(ui, all);
                ui.separator();
                plates(ui, all);
            }
        });
    });
}

fn file_menu(ui: &mut egui::Ui, all: &mut Everything) {
    ui.menu_button("File", |ui| {
        if ui.button("Open scene or program…   Ctrl+O").clicked() {
            all.dialogs.open();
        }
        ui.menu_button("Recent", |ui| {
            let recent = all.files.kept.recent.clone();
            if recent.is_empty() {
                ui.label("nothing yet");
            }
            for path in recent {
                if ui.button(path.display().to_string()).clicked() {
                    all.actions.ask(Action::Open(path));
                }
            }
        });
        ui.menu_button("Examples", |ui| {
            for (name, what) in examples::ALL {
                if ui.button(what).clicked() {
                    examples::open(name, &mut all.actions);
                }
            }
        });
        if ui.button("Run again from the files   Ctrl+R").clicked() {
            all.actions.ask(Action::Reload);
        }
        ui.separator();
        if ui.button("Save machine as…   Ctrl+S").clicked() {
            let file = all.machine.file.clone();
            all.dialogs.save_machine(&file);
        }
        if ui.button("Save report…").clicked() {
            all.dialogs.save_report();
        }
        ui.separator();
        if ui.button("Quit   Ctrl+Q").clicked() {
            all.actions.ask(Action::Quit);
        }
    });
}

fn show_menu(ui: &mut egui::Ui, all: &mut Everything) {
    let mut look: Look = *all.look;
    ui.menu_button("Show", |ui| {
        ui.checkbox(&mut look.programmed, "programmed path");
        ui.checkbox(&mut look.planned, "planned path");
        ui.checkbox(&mut look.actual, "path of the tip, coloured by how far it is off");
        ui.checkbox(&mut look.haz, "heat-affected zone");
        ui.checkbox(&mut look.loads, "loads: motors by torque, drives by force");
        ui.checkbox(&mut look.fire, "flames and sparks");
        ui.separator();
        ui.label("flex, racking and error drawn larger");
        ui.horizontal(|ui| {
            ui.add(egui::Slider::new(&mut look.magnification, 1.0..=1000.0).logarithmic(true).suffix(" ×").fixed_decimals(0));
            if ui.small_button("true").clicked() {
                look.magnification = 1.0;
            }
        });
        ui.separator();
        ui.checkbox(&mut look.inch, "lengths in inches");
        ui.checkbox(&mut look.light, "light theme");
    });
    if look != *all.look {
        all.actions.ask(Action::Look(look));
    }
}

fn run_menu(ui: &mut egui::Ui, all: &mut Everything) {
    ui.menu_button("Run", |ui| {
        for (engine, words) in [
            (EngineKind::Rapier, "rapier: full 3D mechanism, the reference"),
            (EngineKind::Reduced, "reduced: generalised coordinates, four times faster"),
        ] {
            if ui.radio(all.files.engine == engine, words).clicked() {
                all.actions.ask(Action::Engine(engine));
            }
        }
    });
}

fn title(ui: &mut egui::Ui, all: &Everything) {
    let Some(session) = &all.session else {
        ui.label(RichText::new("torchtwin").strong());
        return;
    };
    // Of half a job nothing is decided.
    if let Some(verdict) = session.verdict.as_ref().filter(|_| session.request.until_s.is_none()) {
        let (word, colour) = if verdict.pass { ("PASS", theme::good(ui)) } else { ("FAIL", theme::bad(ui)) };
        ui.label(RichText::new(word).strong().color(colour));
    }
    let name = session.scene.as_ref().map_or_else(|| session.request.scene.display().to_string(), |scene| scene.title.clone());
    ui.add(egui::Label::new(RichText::new(name)).truncate());
    if all.machine.is_changed() {
        super::spots::note(ui, "machine is changed", ui.max_rect());
        ui.label(RichText::new("machine changed").color(theme::near(ui))).on_hover_text("File › Save machine as… keeps it");
    }
}

fn cameras(ui: &mut egui::Ui, all: &mut Everything) {
    let follow = all.rig.follow;
    if ui.selectable_label(follow, "follow").on_hover_text("keep the torch in the middle (F)").clicked() {
        all.actions.ask(Action::FollowTorch(!follow));
    }
    for (k, (preset, word)) in CameraPreset::ALL.into_iter().enumerate().rev() {
        if ui.button(word).on_hover_text(format!("look from here ({})", k + 1)).clicked() {
            all.actions.ask(Action::Camera(preset));
        }
    }
}

fn plates(ui: &mut egui::Ui, all: &mut Everything) {
    for (plate, word, hint) in [
        (PlateLook::Peak, "peak", "the highest temperature each place has had (P)"),
        (PlateLook::Temperature, "°C", "temperature in false colours (T)"),
        (PlateLook::Steel, "steel", "as it looks (N)"),
    ] {
        if ui.selectable_label(all.look.plate == plate, word).on_hover_text(hint).clicked() {
            all.actions.ask(Action::Plate(plate));
        }
    }
}
