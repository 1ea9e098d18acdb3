//! What the colours mean: the temperature scale, the scale of the error along the path, and the factor by which flex is drawn larger.

use super::{Everything, theme, units};
use crate::scene::model::Bound;
use crate::view::palette::{SCALE_TICKS_C, false_color, scale_position};
use crate::view::state::PlateLook;
use bevy_egui::egui::{self, Color32, Pos2, Rect, RichText, Stroke, Vec2};

const WIDTH: f32 = 240.0;
const BAR: f32 = 10.0;

/// Draws what is needed over the upper left of the world.
pub(super) fn show(ctx: &egui::Context, all: &Everything, free: egui::Rect) {
    let Some(session) = &all.session else { return };
    let heat = all.look.plate != PlateLook::Steel;
    let large = all.look.magnification != 1.0;
    if !heat && !large && !all.look.actual {
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
                let worst_m = worst_deviation_m(session.scene.as_deref());
                let ticks = [0.0, 0.5, 1.0].map(|share| (share, units::small(f64::from(share) * worst_m, all.look.inch)));
                bar(ui, "tip off the programmed path", &|share| egui_colour(deviation_colour(share)), &ticks);
            }
            if large {
                let words = format!("flex, racking and error drawn × {:.0}", all.look.magnification);
                ui.label(RichText::new(words).color(theme::near(ui)));
            }
        });
    });
}

/// The deviation at which the colours end, m: what the scene allows, or 0.25 mm.
pub fn worst_deviation_m(scene: Option<&crate::scene::model::Scene>) -> f64 {
    let bound = scene.and_then(|scene| {
        scene.expect.bounds.iter().find_map(|(figure, bound)| match bound {
            Bound::Max(mm) if figure == "contour_error_max_mm" => Some(mm * 1e-3),
            _ => None,
        })
    });
    bound.unwrap_or(0.25e-3)
}

/// Colour of a deviation as a share of [`worst_deviation_m`] (sRGB): green, yellow, red, and magenta beyond.
pub fn deviation_colour(share: f32) -> bevy::math::Vec3 {
    use bevy::math::Vec3;
    const RAMP: [Vec3; 4] =
        [Vec3::new(0.13, 0.72, 0.36), Vec3::new(0.62, 0.80, 0.18), Vec3::new(0.98, 0.72, 0.10), Vec3::new(0.90, 0.16, 0.12)];
    if share > 1.0 {
        return Vec3::new(0.86, 0.10, 0.66);
    }
    let x = share.max(0.0) * 3.0;
    let k = (x as usize).min(2);
    RAMP[k].lerp(RAMP[k + 1], x - k as f32)
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
