//! What is shown before a scene is open.

use super::{Everything, theme};
use crate::view::examples;
use bevy_egui::egui::{self, RichText};

/// Draws it.
pub(super) fn show(root: &mut egui::Ui, all: &mut Everything) {
    egui::CentralPanel::default().show(root, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(90.0);
            ui.label(RichText::new("torchtwin").size(40.0).strong());
            ui.label(RichText::new("Watch your machine cut before you buy it.").size(17.0).color(theme::dim(ui)));
            ui.add_space(26.0);
            for (name, what) in examples::ALL {
                let response = ui.add(egui::Button::new(RichText::new(what).size(15.0)).min_size(egui::vec2(520.0, 34.0)));
                super::spots::note(ui, &format!("example {name}"), response.rect);
                if response.clicked() {
                    examples::open(name, &mut all.actions);
                }
            }
            ui.add_space(14.0);
            if ui
                .add(egui::Button::new(RichText::new("Open a scene of your own…").size(15.0)).min_size(egui::vec2(520.0, 34.0)))
                .clicked()
            {
                all.dialogs.open();
            }
            ui.add_space(10.0);
            ui.label(RichText::new("or drop a scene (.toml) on the window").color(theme::dim(ui)));
        });
    });
}
