//! The panel on the right: one of several views of the same instant.

use super::{Context, UiState, editor, ladder, motors, plots, verdict};
use crate::view::action::Actions;
use bevy_egui::egui;

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Does it pass, and why not?
    Verdict,
    /// What each motor gives and could give.
    Motors,
    /// Where the error comes from.
    Ladder,
    /// Everything against time.
    Plots,
    /// Another motor, another beam.
    Machine,
}

impl Tab {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Verdict, Self::Ladder, Self::Motors, Self::Plots, Self::Machine];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Motors => "motors",
            Self::Ladder => "error",
            Self::Plots => "plots",
            Self::Machine => "machine",
        }
    }

    /// The tab of that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.word() == word)
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Verdict => "does it pass, why not, and what would help",
            Self::Motors => "what each motor gives now, and what it could",
            Self::Ladder => "where the error comes from: programmed, planned, steps, rotor, carriage, tip",
            Self::Plots => "everything against time",
            Self::Machine => "swap motors, drivers, drives, beams; see cost and margins",
        }
    }
}

/// Draws it.
pub fn show(ui: &mut egui::Ui, cx: &Context, state: &mut UiState, actions: &mut Actions) {
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        for tab in Tab::ALL {
            let words = egui::RichText::new(tab.word()).size(14.0);
            let response = ui.selectable_label(state.tab == tab, words).on_hover_text(tab.hint());
            super::spots::note(ui, &format!("tab {}", tab.word()), response.rect);
            if response.clicked() {
                state.tab = tab;
            }
        }
    });
    ui.separator();
    match state.tab {
        Tab::Verdict => verdict::show(ui, cx, actions),
        Tab::Motors => motors::show(ui, cx, actions),
        Tab::Ladder => ladder::show(ui, cx, actions),
        Tab::Plots => plots::show(ui, cx, actions),
        Tab::Machine => editor::show(ui, cx, actions),
    }
}
