//! Where the time of a frame goes, for those who make it faster.

use super::{Everything, theme};
use crate::view::frame_times::PARTS;
use bevy_egui::egui::{self, RichText};

/// Draws it over the upper right of the world, where it is wanted.
pub(super) fn show(ctx: &egui::Context, all: &Everything, free: egui::Rect) {
    if !all.ui.frame_times {
        return;
    }
    let at = free.right_top() + egui::vec2(-12.0, 12.0);
    egui::Area::new("frame times".into()).fixed_pos(at).pivot(egui::Align2::RIGHT_TOP).interactable(false).show(ctx, |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            for path in PARTS {
                let mean = all.times.get(&path).and_then(|times| times.average()).unwrap_or(0.0);
                ui.label(RichText::new(format!("{:>8} {mean:>7.2} ms", path.as_str())).monospace().size(12.0));
            }
            if let Some(session) = &all.session {
                let film = &session.film;
                let bytes = film.frames.len() * size_of_val(&film.frames[..1.min(film.frames.len())]);
                let words = format!("{} frames kept, {:.0} MB", film.frames.len(), bytes as f64 / 1e6);
                ui.label(RichText::new(words).size(11.0).color(theme::dim(ui)));
            }
        });
    });
}
