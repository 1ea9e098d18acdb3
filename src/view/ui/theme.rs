//! Colours and spacing of the panels, dark and light.

use bevy_egui::egui::{self, Color32, CornerRadius, Stroke, Ui};

/// Colour for what is well.
pub fn good(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_rgb(92, 208, 138) } else { Color32::from_rgb(14, 128, 62) }
}

/// Colour for what is wrong.
pub fn bad(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_rgb(255, 112, 96) } else { Color32::from_rgb(190, 32, 22) }
}

/// Colour for what is near a limit.
pub fn near(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_rgb(255, 190, 84) } else { Color32::from_rgb(168, 98, 0) }
}

/// Colour of what is chosen or now.
pub fn accent(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_rgb(92, 176, 255) } else { Color32::from_rgb(18, 98, 190) }
}

/// Colour of words that matter less.
pub fn dim(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_rgb(150, 160, 172) } else { Color32::from_rgb(92, 100, 110) }
}

/// Sets the theme.
pub fn apply(ctx: &egui::Context, light: bool) {
    let mut visuals = if light { egui::Visuals::light() } else { egui::Visuals::dark() };
    if light {
        visuals.panel_fill = Color32::from_rgb(241, 243, 246);
        visuals.extreme_bg_color = Color32::WHITE;
        visuals.override_text_color = Some(Color32::from_rgb(28, 34, 42));
    } else {
        visuals.panel_fill = Color32::from_rgb(22, 26, 32);
        visuals.window_fill = Color32::from_rgb(28, 33, 40);
        visuals.extreme_bg_color = Color32::from_rgb(14, 17, 22);
        visuals.faint_bg_color = Color32::from_rgb(29, 34, 42);
        visuals.override_text_color = Some(Color32::from_rgb(222, 227, 233));
        visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, Color32::from_rgb(44, 51, 61));
    }
    visuals.selection.bg_fill = if light { Color32::from_rgb(170, 206, 245) } else { Color32::from_rgb(30, 84, 138) };
    visuals.window_corner_radius = CornerRadius::same(8);
    ctx.set_visuals(visuals);
    ctx.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 5.0);
        style.spacing.button_padding = egui::vec2(7.0, 3.0);
    });
}
