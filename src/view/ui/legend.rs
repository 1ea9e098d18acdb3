//! What the colours mean: the temperature scale, the scale of the error along the path, and the factor by which flex is drawn larger.

use super::{Everything, theme, units};
use crate::view::palette::{SCALE_TICKS_C, false_color, scale_position};
use crate::view::plate::{HAZ_COLOR, deviation_bound_m, deviation_color};
use crate::view::state::PlateLook;
use bevy::color::ColorToComponents;
use bevy_egui::egui::{self, Color32, Pos2, Rect, RichText, Stroke, Vec2};

const WIDTH: f32 = 240.0;
const BAR: f32 = 10.0;

/// Draws what is needed over the upper left of the world.
pub(super) fn show(ctx: &egui::Context, all: &Everything, free: egui::Rect) {
    let Some(session) = &all.session else { return };
    let heat = all.look.plate != PlateLook::Steel;
    let large = all.look.magnification != 1.0;
    if !heat && !large && !all.look.actual && !all.look.haz {
        return;
    }
    let at = free.left_top() + Vec2::new(12.0, 12.0);
    egui::Area::new("legend".into()).fixed_pos(at).interactable(false).show(ctx, |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(WIDTH);
            if heat {
                let what = if all.look.plate == PlateLook::Peak {
                    "highest temperature so far, °C"
                } else {
                    "temperature of the plate, °C"
                };
                let ticks = SCALE_TICKS_C.map(|c| (scale_position(c), format!("{c:.0}")));
                bar(ui, what, &|share| egui_colour(false_color(share)), &ticks);
            }
            if all.look.actual {
                let worst_m = session.scene.as_deref().map_or(0.0, deviation_bound_m);
                let ticks = [0.0, 0.5, 1.0].map(|share| (share, units::small(f64::from(share) * worst_m, all.look.inch)));
                bar(ui, "tip off the programmed path", &|share| egui_colour(deviation_color(share).to_srgba().to_vec3()), &ticks);
            }
            if all.look.haz {
                ui.label(RichText::new("■ heat-affected zone").size(12.0).color(egui_colour(HAZ_COLOR.to_srgba().to_vec3())));
            }
            if large {
                let words = format!("flex, racking and error drawn × {:.0}", all.look.magnification);
                ui.label(RichText::new(words).color(theme::near(ui)));
            }
        });
    });
}

fn egui_colour(srgb: bevy::math::Vec3) -> Color32 {
    let [r, g, b] = (srgb * 255.0 + 0.5).to_array().map(|v| v as u8);
    Color32::from_rgb(r, g, b)
}

fn bar(ui: &mut egui::Ui, what: &str, colour: &dyn Fn(f32) -> Color32, ticks: &[(f32, String)]) {
    ui.label(RichText::new(what).size(12.0));
    let (area, _) = ui.allocate_exact_size(Vec2::new(WIDTH, BAR + 16.0), egui::Sense::hover());
    let painter = ui.painter();
    let steps = 120;
    for k in 0..steps {
        let left = area.left() + WIDTH * k as f32 / steps as f32;
        let strip = Rect::from_min_size(Pos2::new(left, area.top()), Vec2::new(WIDTH / steps as f32 + 0.6, BAR));
        painter.rect_filled(strip, 0.0, colour((k as f32 + 0.5) / steps as f32));
    }
    for (k, (share, words)) in ticks.iter().enumerate() {
        let x = area.left() + WIDTH * share;
        let bottom = area.top() + BAR;
        painter.line_segment([Pos2::new(x, bottom), Pos2::new(x, bottom + 3.0)], Stroke::new(1.0, theme::dim(ui)));
        let anchor = match k {
            0 => egui::Align2::LEFT_TOP,
            k if k + 1 == ticks.len() => egui::Align2::RIGHT_TOP,
            _ => egui::Align2::CENTER_TOP,
        };
        painter.text(Pos2::new(x, bottom + 3.0), anchor, words, egui::FontId::proportional(10.5), theme::dim(ui));
    }
}
