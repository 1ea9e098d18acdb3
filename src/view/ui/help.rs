//! All keys and moves of the mouse.

use super::{Everything, keys, theme};
use bevy_egui::egui::{self, RichText};

/// Draws the help where it is wanted.
pub(super) fn show(ctx: &egui::Context, all: &mut Everything) {
    let mut open = all.files.help;
    egui::Window::new("Keys and mouse").open(&mut open).collapsible(false).resizable(false).default_pos([340.0, 70.0]).show(
        ctx,
        |ui| {
            ui.horizontal_top(|ui| {
                let all: Vec<_> = keys::words().collect();
                for rows in all.chunks(all.len().div_ceil(2)) {
                    ui.vertical(|ui| table(ui, rows));
                    ui.add_space(18.0);
                }
            });
            ui.separator();
            table(ui, &keys::MOUSE);
        },
    );
    all.files.help = open;
}

fn table(ui: &mut egui::Ui, rows: &[(&str, &str)]) {
    egui::Grid::new(rows.first().map_or("", |row| row.0)).num_columns(2).spacing([14.0, 4.0]).show(ui, |ui| {
        for (key, words) in rows {
            ui.label(RichText::new(*key).monospace().color(theme::accent(ui)));
            ui.label(*words);
            ui.end_row();
        }
    });
}
