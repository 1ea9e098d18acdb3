//! Play, pause, steps, speed, and the instant in numbers.

use super::{Context, UiState, theme, units};
use crate::view::action::{Action, Actions};
use crate::view::session::State;
use bevy_egui::egui::{self, RichText};

/// Speeds to choose from, simulated seconds a second; the last: as fast as it computes.
pub const RATES: [f64; 10] = [0.01, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0, f64::INFINITY];

/// A speed in words.
pub fn rate_words(rate: f64) -> String {
    if rate.is_finite() { format!("{rate} ×") } else { "as fast as it computes".into() }
}

/// Draws the row.
pub fn show(ui: &mut egui::Ui, cx: &Context, state: &mut UiState, actions: &mut Actions) {
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let mut button = |ui: &mut egui::Ui, text: &str, hint: &str, action: Action| {
            let words = RichText::new(text).size(16.0);
            let response = ui.add(egui::Button::new(words).min_size(egui::vec2(30.0, 26.0))).on_hover_text(hint);
            super::spots::note(ui, hint, response.rect);
            if response.clicked() {
                actions.ask(action);
            }
        };
        button(ui, "⏮", "back to the start (Home)", Action::Seek(0.0));
        button(ui, "⏪", "to the event before: pierce, corner, fault, part free (Shift+←)", Action::StepEvent(-1));
        let play = if cx.playhead.playing { "⏸" } else { "▶" };
        button(ui, play, "play or pause (Space)", Action::TogglePlay);
        button(ui, "⏩", "to the next event (Shift+→)", Action::StepEvent(1));
        button(ui, "⏭", "to the end of what is known (End)", Action::Seek(f64::MAX));
        ui.add_space(2.0);
        button(ui, "−N", "back a line of the program (,)", Action::StepLine(-1));
        button(ui, "+N", "on a line of the program (.)", Action::StepLine(1));
        egui::ComboBox::from_id_salt("rate").selected_text(rate_words(cx.playhead.rate)).width(76.0).show_ui(ui, |ui| {
            for rate in RATES {
                if ui.selectable_label(rate == cx.playhead.rate, rate_words(rate)).clicked() {
                    actions.ask(Action::Rate(rate));
                }
            }
        });
        ui.add_space(6.0);
        ui.label(RichText::new(units::clock(cx.playhead.time_s)).monospace().size(18.0));
        ui.label(RichText::new(format!("of {}", units::clock(cx.session.length_s()))).color(theme::dim(ui)));
        ui.separator();
        instant(ui, cx);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            loaded(ui, cx);
            if state.span_s.is_some()
                && ui.small_button("whole job").on_hover_text("show all of the job in the timeline").clicked()
            {
                state.span_s = None;
            }
        });
    });
}

/// The instant in words and numbers.
fn instant(ui: &mut egui::Ui, cx: &Context) {
    let now = cx.now;
    let torch = match now.phase {
        crate::torch::Phase::Off => "torch off",
        crate::torch::Phase::Cutting => "cutting",
        crate::torch::Phase::Piercing => "piercing",
        _ if now.flame => "preheat",
        _ => "torch on",
    };
    let inch = cx.look.inch;
    ui.label(format!("line {}", now.line));
    ui.label(RichText::new(torch).color(if now.kerf_m > 0.0 { theme::near(ui) } else { theme::dim(ui) }));
    ui.label(units::feed(f64::from(now.speed_m_per_s), inch)).on_hover_text("planned speed along the path");
    let off = f64::from(now.deviation_m).abs();
    ui.label(format!("off the path {}", units::small(off, inch))).on_hover_text("distance of the tip from the programmed path");
}

/// How much of the run is done.
fn loaded(ui: &mut egui::Ui, cx: &Context) {
    match cx.session.state {
        State::Loading => {
            ui.spinner();
            ui.label("reading the scene");
        }
        State::Running => {
            let share = cx.session.film.known_s() / cx.session.length_s().max(1e-9);
            ui.add(egui::ProgressBar::new(share as f32).desired_width(110.0).text(format!("running {:.0} %", share * 100.0)))
                .on_hover_text("the twin runs ahead of what you watch, as fast as it computes");
        }
        State::Done => {
            super::spots::note(ui, "run is done", ui.max_rect());
            if let Some(timing) = &cx.session.timing {
                let words =
                    format!("ran in {:.1} s, {:.0} × real time", timing.wall_s, timing.simulated_s / timing.wall_s.max(1e-9));
                ui.label(RichText::new(words).color(theme::dim(ui)));
            }
        }
        State::Refused => {
            ui.colored_label(theme::bad(ui), "did not run: see the messages in the program panel");
        }
    }
}
