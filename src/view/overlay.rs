//! The panel over the picture: title, time, line, verdict, facts, temperature scale and legend.

use super::palette::{SCALE_TICKS_C, false_color, scale_position};
use super::scene3d::path;
use super::still::{PathKind, Still};
use bevy::prelude::*;
use bevy_egui::{EguiContexts, egui};
use egui::{Align2, Color32, CornerRadius, FontId, Pos2, Rect, RichText, Stroke, StrokeKind, Vec2 as EguiVec2};

/// What the panel shows.
#[derive(Resource, Clone)]
pub struct Panel {
    /// The still.
    pub still: Still,
    /// Points of text per pixel of a 720-line picture.
    pub scale: f32,
}

const WIDTH: f32 = 268.0;
const DIM: Color32 = Color32::from_rgb(150, 160, 172);
const TEXT: Color32 = Color32::from_rgb(233, 237, 242);

/// Draws the panel; a system of egui's pass.
pub fn draw(mut contexts: EguiContexts, panel: Res<Panel>) -> Result {
    let ctx = contexts.ctx_mut()?;
    ctx.set_pixels_per_point(panel.scale);
    let frame = egui::Frame::NONE
        .fill(Color32::from_rgba_unmultiplied(12, 16, 21, 214))
        .stroke(Stroke::new(1.0, Color32::from_rgba_unmultiplied(255, 255, 255, 22)))
        .corner_radius(10.0)
        .inner_margin(16.0);
    egui::Area::new(egui::Id::new("panel")).fixed_pos(Pos2::new(20.0, 20.0)).show(ctx, |ui| {
        frame.show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing = EguiVec2::new(8.0, 5.0);
            contents(ui, &panel.still);
        });
    });
    Ok(())
}

fn contents(ui: &mut egui::Ui, still: &Still) {
    ui.label(RichText::new("TORCHTWIN").size(10.5).color(DIM).extra_letter_spacing(2.0));
    ui.label(RichText::new(&still.title).size(19.0).color(TEXT));
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let (minutes, seconds) = ((still.time_s / 60.0).floor(), still.time_s.rem_euclid(60.0));
        ui.label(RichText::new(format!("{minutes:.0}:{seconds:06.3}")).monospace().size(22.0).color(TEXT));
        ui.add_space(4.0);
        ui.label(RichText::new(format!("line {}", still.line)).size(14.0).color(DIM));
    });
    verdict(ui, &still.verdict_words);
    ui.add_space(6.0);
    for (name, value) in &still.facts {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).size(13.0).color(DIM));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(RichText::new(value).size(13.5).color(TEXT));
            });
        });
    }
    if still.plate.heat.is_some() {
        ui.add_space(8.0);
        temperature_scale(ui);
    }
    if !still.path.is_empty() {
        ui.add_space(8.0);
        legend(ui);
    }
    if still.gantry.flex_magnification != 1.0 {
        let words = format!("flex and racking drawn × {:.0}", still.gantry.flex_magnification);
        ui.label(RichText::new(words).size(12.0).color(Color32::from_rgb(255, 196, 90)));
    }
}

fn verdict(ui: &mut egui::Ui, words: &str) {
    if words.is_empty() {
        return;
    }
    let lower = words.to_lowercase();
    let color = if lower.starts_with("pass") {
        Color32::from_rgb(84, 208, 132)
    } else if lower.starts_with("fail") {
        Color32::from_rgb(255, 106, 92)
    } else {
        Color32::from_rgb(255, 196, 90)
    };
    ui.horizontal_wrapped(|ui| {
        let (spot, _) = ui.allocate_exact_size(EguiVec2::splat(10.0), egui::Sense::hover());
        ui.painter().circle_filled(spot.center() + EguiVec2::new(0.0, 1.0), 4.5, color);
        ui.label(RichText::new(words).size(13.5).color(color));
    });
}

fn temperature_scale(ui: &mut egui::Ui) {
    ui.label(RichText::new("Plate temperature, °C").size(12.0).color(DIM));
    let (area, _) = ui.allocate_exact_size(EguiVec2::new(WIDTH, 26.0), egui::Sense::hover());
    let bar = Rect::from_min_size(area.min, EguiVec2::new(WIDTH, 10.0));
    let painter = ui.painter();
    let steps = 134;
    for k in 0..steps {
        let c = (false_color(k as f32 / (steps - 1) as f32) * 255.0).to_array().map(|v| v as u8);
        let left = bar.left() + WIDTH * k as f32 / steps as f32;
        let strip = Rect::from_min_size(Pos2::new(left, bar.top()), EguiVec2::new(WIDTH / steps as f32 + 0.5, 10.0));
        painter.rect_filled(strip, CornerRadius::ZERO, Color32::from_rgb(c[0], c[1], c[2]));
    }
    painter.rect_stroke(bar, CornerRadius::ZERO, Stroke::new(1.0, Color32::from_white_alpha(40)), StrokeKind::Outside);
    for (k, tick) in SCALE_TICKS_C.into_iter().enumerate() {
        let x = bar.left() + WIDTH * scale_position(tick);
        painter.line_segment([Pos2::new(x, bar.bottom()), Pos2::new(x, bar.bottom() + 3.0)], Stroke::new(1.0, DIM));
        let anchor = if k == 0 {
            Align2::LEFT_TOP
        } else if k + 1 == SCALE_TICKS_C.len() {
            Align2::RIGHT_TOP
        } else {
            Align2::CENTER_TOP
        };
        painter.text(Pos2::new(x, bar.bottom() + 3.0), anchor, format!("{tick:.0}"), FontId::proportional(11.0), DIM);
    }
}

fn legend(ui: &mut egui::Ui) {
    ui.horizontal(|ui| {
        for (kind, word) in [(PathKind::Cut, "cut"), (PathKind::Feed, "feed"), (PathKind::Rapid, "rapid")] {
            let [r, g, b, _] = path::color(kind).to_srgba().to_u8_array();
            let (spot, _) = ui.allocate_exact_size(EguiVec2::new(18.0, 10.0), egui::Sense::hover());
            let line = [spot.left_center(), spot.right_center()];
            ui.painter().line_segment(line, Stroke::new(2.0, Color32::from_rgb(r, g, b)));
            ui.label(RichText::new(word).size(12.0).color(DIM));
            ui.add_space(6.0);
        }
    });
}
