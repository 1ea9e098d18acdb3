//! The parts that came loose, as they measure when finished: size, mass, how far from what was intended, what becomes of each.

use super::verdict::go;
use super::{Context, theme, units};
use crate::plate::parts::Support;
use crate::twin::record::PartRecord;
use crate::view::action::Actions;
use bevy_egui::egui::{self, RichText, Ui};

/// Parts that are listed.
const MOST: usize = 40;

/// Draws the list; nothing where nothing came loose. A click goes to where and when a part did.
pub fn show(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions) {
    let Some(record) = &cx.session.record else { return };
    let mut all: Vec<&PartRecord> = record.parts.iter().filter(|part| part.piece.loose && !part.scrap).collect();
    all.sort_by(|a, b| a.freed_at_s.unwrap_or(0.0).total_cmp(&b.freed_at_s.unwrap_or(0.0)));
    if all.is_empty() {
        return;
    }
    ui.add_space(6.0);
    ui.label(RichText::new("finished parts").strong());
    // Without a drawing a part is meant to end half a kerf beside the programmed path.
    let drawn = cx.session.scene.as_ref().is_some_and(|scene| !scene.plate.intended.is_empty());
    let meant = if drawn { "the drawing" } else { "the path less half a kerf" };
    let wrong = |part: &PartRecord| part.measured.as_ref().map(|measured| measured.worst_m());
    for part in all.iter().take(MOST) {
        let [low, high] = part.finished().bounds_m();
        let side = |axis: usize| units::length(high[axis] - low[axis], cx.look.inch);
        let fate = match part.piece.support {
            Support::Rests => "rests on the slats",
            Support::TipsUp => "tips up",
            Support::FallsThrough => "falls between the slats",
        };
        let off = wrong(part).map_or(String::new(), |m| format!(", up to {} off {meant}", units::length(m, cx.look.inch)));
        let words =
            format!("{} × {}, {:.2} kg{off}; {fate}, freed by line {}", side(0), side(1), part.mass_kg(), part.freed_line);
        let response = ui.add(egui::Button::new(RichText::new(words).size(12.0)).wrap().frame(false));
        super::spots::note(ui, &format!("part of line {}", part.freed_line), response.rect);
        if response.clicked() {
            go(part.freed_at_s, Some(part.piece.centroid_m), None, actions);
        }
    }
    if all.len() > MOST {
        ui.colored_label(theme::dim(ui), format!("and {} more, in the report", all.len() - MOST));
    }
}
