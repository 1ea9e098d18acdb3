//! What is shown before a scene is open.

use super::{Everything, theme};
use crate::view::action::Action;
use crate::view::examples;
use bevy_egui::egui::{self, RichText};

/// Files of before that are offered.
const MOST_RECENT: usize = 4;

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
                .add(
                    egui::Button::new(RichText::new("Open a scene or a G-code program of your own…").size(15.0))
                        .min_size(egui::vec2(520.0, 34.0)),
                )
                .clicked()
            {
                all.dialogs.open();
            }
            let recent: Vec<_> = all.files.kept.recent.iter().filter(|path| path.exists()).take(MOST_RECENT).cloned().collect();
            for path in recent {
                let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                let button = egui::Button::new(RichText::new(format!("again: {name}")).size(14.0)).frame(false);
                if ui.add(button).on_hover_text(path.display().to_string()).clicked() {
                    all.actions.ask(Action::Open(path));
                }
            }
            ui.add_space(10.0);
            ui.label(
                RichText::new("or drop one on the window; a program runs on the table of the first example until it has a scene")
                    .color(theme::dim(ui)),
            );
        });
    });
}
