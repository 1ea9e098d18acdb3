//! The program: its text with the line that runs, and everything found in it.

use super::{Context, UiState, theme};
use crate::diag::{Diagnostic, Severity};
use crate::view::action::{Action, Actions};
use bevy_egui::egui::{self, RichText, TextStyle};

/// Draws it.
pub fn show(ui: &mut egui::Ui, cx: &Context, state: &mut UiState, actions: &mut Actions) {
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new("program").strong());
        if let Some(scene) = &cx.session.scene {
            let name = std::path::Path::new(&scene.job.program_file).file_name();
            ui.label(RichText::new(name.map_or_else(String::new, |n| n.to_string_lossy().into_owned())).color(theme::dim(ui)));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.checkbox(&mut state.follow_line, "follow").on_hover_text("keep the line that runs in sight");
        });
    });
    findings(ui, cx, actions);
    ui.separator();
    let Some(scene) = &cx.session.scene else { return };
    let lines: Vec<&str> = scene.job.program_text.lines().collect();
    let height = ui.text_style_height(&TextStyle::Monospace) + 2.0 * ui.spacing().button_padding.y;
    let mut area = egui::ScrollArea::both().auto_shrink([false, false]).id_salt("program");
    let row = |line: u32| height * (line as f32 - 1.0);
    let shown = ui.available_height();
    // What is asked for comes first; else the list moves when the line or the room for it does, and otherwise stays where the person left it.
    let asked = ui.data_mut(|data| data.remove_temp::<u32>(egui::Id::new(GO_TO)));
    let last = egui::Id::new("program line last shown");
    let stands = (cx.now.line, shown as u32);
    let moved = ui.data(|data| data.get_temp::<(u32, u32)>(last)) != Some(stands);
    ui.data_mut(|data| data.insert_temp(last, stands));
    if let Some(line) = asked.or((state.follow_line && moved && cx.now.line > 0).then_some(cx.now.line)) {
        area = area.vertical_scroll_offset((row(line) - shown * 0.4).max(0.0));
    }
    let worst = worst_by_line(&cx.session.findings, &scene.job.program_file);
    ui.spacing_mut().item_spacing.y = 0.0;
    area.show_rows(ui, height, lines.len(), |ui, rows| {
        for k in rows {
            line(ui, cx, actions, (k + 1) as u32, lines[k], worst.iter().find(|(line, ..)| *line == (k + 1) as u32));
        }
    });
}

/// Where the line to be scrolled to is left for the next frame.
const GO_TO: &str = "program line to show";

/// Scrolls to a line in the next frame.
pub fn go_to(ctx: &egui::Context, line: u32) {
    ctx.data_mut(|data| data.insert_temp(egui::Id::new(GO_TO), line));
}

fn line(
    ui: &mut egui::Ui,
    cx: &Context,
    actions: &mut Actions,
    number: u32,
    text: &str,
    finding: Option<&(u32, Severity, String)>,
) {
    let running = number == cx.now.line;
    let colour = match finding {
        Some((_, Severity::Error, _)) => theme::bad(ui),
        Some((_, Severity::Warning, _)) => theme::near(ui),
        _ if running => theme::accent(ui),
        _ => ui.visuals().text_color(),
    };
    let mark = if running { "▶" } else { " " };
    let words = RichText::new(format!("{mark}{number:>5}  {text}")).monospace().color(colour);
    let mut response = ui.add(egui::Button::selectable(running, words).wrap_mode(egui::TextWrapMode::Extend));
    if let Some((.., words)) = finding {
        response = response.on_hover_text(words);
    }
    if response.clicked() {
        actions.ask(Action::GoToLine(number));
    }
}

/// The worst finding of each line of the program.
fn worst_by_line(findings: &[Diagnostic], program: &str) -> Vec<(u32, Severity, String)> {
    let mut worst: Vec<(u32, Severity, String)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.place.line > 0 && finding.place.file == program) {
        match worst.iter_mut().find(|(line, ..)| *line == finding.place.line) {
            Some(known) if known.1 >= finding.severity => {}
            Some(known) => *known = (finding.place.line, finding.severity, finding.to_string()),
            None => worst.push((finding.place.line, finding.severity, finding.to_string())),
        }
    }
    worst
}

/// What was found, worst first.
fn findings(ui: &mut egui::Ui, cx: &Context, actions: &mut Actions) {
    let findings = &cx.session.findings;
    if findings.is_empty() {
        return;
    }
    let count = |severity| findings.iter().filter(|f| f.severity == severity).map(|f| f.stands_for).sum::<usize>();
    let parts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .filter_map(|(severity, word)| match count(severity) {
            0 => None,
            1 => Some(format!("1 {word}")),
            n => Some(format!("{n} {word}s")),
        })
        .collect();
    let open = count(Severity::Error) > 0;
    let program = cx.session.scene.as_ref().map(|scene| scene.job.program_file.clone());
    egui::CollapsingHeader::new(parts.join(", ")).id_salt("findings").default_open(open).show(ui, |ui| {
        egui::ScrollArea::vertical().max_height(240.0).id_salt("findings").show(ui, |ui| {
            let mut sorted: Vec<&Diagnostic> = findings.iter().collect();
            sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            for finding in sorted {
                let colour = match finding.severity {
                    Severity::Error => theme::bad(ui),
                    Severity::Warning => theme::near(ui),
                    Severity::Note => theme::dim(ui),
                };
                let words = RichText::new(finding.to_string()).color(colour).size(12.0);
                let line = finding.place.line;
                let ours = line > 0 && program.as_ref() == Some(&finding.place.file);
                let label = egui::Label::new(words).wrap();
                if !ours {
                    ui.add(label);
                } else if ui.add(label.sense(egui::Sense::click())).on_hover_text("go to this line").clicked() {
                    go_to(ui.ctx(), line);
                    actions.ask(Action::GoToLine(line));
                }
            }
        });
    });
}
