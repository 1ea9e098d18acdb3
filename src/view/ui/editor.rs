//! The machine editor: other motors, drivers, drives, guides, tubes from the catalogue, and the numbers that set them; each change runs the job again.
//! Below, what the machine costs against what may be spent, and what the change did to the margins.

mod change;
mod choice;

use super::{Context, spots, theme};
use crate::diag::Diagnostic;
use crate::report::figures::{dollars, show as figure_words, words};
use crate::report::judge::Check;
use crate::scene::catalogue::built_in;
use crate::scene::edit::Values;
use crate::scene::model::{Bound, CostLine};
use crate::view::action::{Action, Actions};
use crate::view::session::State;
use bevy_egui::egui::{self, Frame, RichText, Ui};
use change::Edit;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What may be spent where the scene does not say, USD.
const USUAL_BUDGET_USD: f64 = 1500.0;

/// What the editor remembers.
#[derive(Clone, Debug, Default)]
struct Memory {
    /// Run whose margins are in `after`.
    generation: u64,
    /// Checks and headline figures of the run before the last change, and of the last one.
    before: Option<Arc<Margins>>,
    /// What the last machine that could be read costs, so that nothing jumps while the next one is read.
    money: Option<Arc<Money>>,
    after: Option<Arc<Margins>>,
    /// What was wrong with the last change that could not be made.
    wrong: Arc<Vec<Diagnostic>>,
    /// File that is changed, and file to save as.
    file: PathBuf,
    save_as: String,
    /// File that is there already and was asked about.
    replace: Option<String>,
}

#[derive(Debug)]
struct Money {
    /// The run that it belongs to.
    generation: u64,
    budget_usd: f64,
    lines: Vec<CostLine>,
}

#[derive(Debug, Default)]
struct Margins {
    checks: Vec<Check>,
    figures: BTreeMap<String, f64>,
}

/// Draws it.
pub fn show(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions) {
    let id = egui::Id::new("machine editor");
    let mut memory = ui.data_mut(|data| data.remove_temp::<Memory>(id)).unwrap_or_default();
    if memory.file != cx.machine.file {
        memory = Memory { file: cx.machine.file.clone(), save_as: save_name(&cx.machine.file), ..Memory::default() };
    }
    keep_margins(cx, &mut memory);
    head(ui, cx, &mut memory, actions);
    ui.separator();
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("machine").show(ui, |ui| {
        wrong(ui, cx, &memory);
        money(ui, cx, &mut memory);
        margins(ui, cx, &memory);
        ui.add_space(6.0);
        let text = &cx.machine.text;
        if text.is_empty() {
            ui.colored_label(theme::dim(ui), "The machine file cannot be read.");
            return;
        }
        let Some(parts) = cx.session.catalogue.as_deref().or_else(|| built_in().ok()) else { return };
        let file = Values::of(text);
        let mut edit: Option<Edit> = None;
        for (axis, name) in [("x", "X, along the beam"), ("y", "Y, two motors along the rails"), ("z", "Z, the torch slide")] {
            choice::axis(ui, &file, parts, axis, name, &mut edit);
        }
        choice::structure(ui, &file, parts, &mut edit);
        choice::speeds(ui, &file, &mut edit);
        if let Some(scene) = &cx.session.scene {
            choice::of_scene(ui, scene, &mut edit);
        }
        if let Some(edit) = edit {
            match change::make(text, &edit, &cx.session.request, parts) {
                Ok(text) => {
                    memory.wrong = Arc::default();
                    if let Some(part) = edit.part().filter(|part| !crate::scene::edit::pays_for(&text, part)) {
                        actions.ask(Action::Say(format!("no cost line pays for {part}: the price of the machine leaves it out")));
                    }
                    actions.ask(Action::ChangeMachine(text));
                }
                Err(findings) => memory.wrong = Arc::new(findings),
            }
        }
    });
    ui.data_mut(|data| data.insert_temp(id, memory));
}

/// Undo, redo, save.
fn head(ui: &mut Ui, cx: &Context<'_>, memory: &mut Memory, actions: &mut Actions) {
    ui.horizontal_wrapped(|ui| {
        let name = cx.machine.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let changed = if cx.machine.text == cx.machine.saved { "" } else { " •" };
        ui.label(RichText::new(format!("{name}{changed}")).strong()).on_hover_text(cx.machine.file.display().to_string());
        if let Some(saved) = cx.machine.saved_as.as_ref().filter(|_| changed.is_empty()) {
            let name = saved.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            ui.colored_label(theme::dim(ui), format!("saved as {name}")).on_hover_text(saved.display().to_string());
        }
        let undo = ui.add_enabled(!cx.machine.undo.is_empty(), egui::Button::new("⟲ undo"));
        spots::note(ui, "machine undo", undo.rect);
        if undo.on_hover_text("take the last change back").clicked() {
            actions.ask(Action::Undo);
        }
        let redo = ui.add_enabled(!cx.machine.redo.is_empty(), egui::Button::new("⟳ redo"));
        spots::note(ui, "machine redo", redo.rect);
        if redo.on_hover_text("make it again").clicked() {
            actions.ask(Action::Redo);
        }
        if matches!(cx.session.state, State::Loading | State::Running) {
            ui.spinner();
            let share = 100.0 * cx.session.film.known_s() / cx.session.length_s().max(1e-9);
            ui.colored_label(theme::dim(ui), format!("running, {share:.0} %"));
        }
    });
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 90.0).max(80.0);
        let name =
            ui.add(egui::TextEdit::singleline(&mut memory.save_as).desired_width(width).hint_text("machine file to write"));
        spots::note(ui, "machine save name", name.rect);
        let fit = memory.save_as.ends_with(".toml");
        let other = Path::new(&memory.save_as).exists() && memory.replace.as_ref() == Some(&memory.save_as);
        let words = if other { RichText::new("replace it?").color(theme::bad(ui)) } else { RichText::new("save as") };
        let save = ui.add_enabled(fit, egui::Button::new(words));
        spots::note(ui, if other { "machine replace it" } else { "machine save as" }, save.rect);
        if save
            .on_hover_text("write the machine as it is now")
            .on_disabled_hover_text("the name of a machine file ends in .toml")
            .clicked()
        {
            // A file that is there is written over only when that is wanted twice.
            if other || !Path::new(&memory.save_as).exists() {
                actions.ask(Action::SaveMachine(memory.save_as.clone().into()));
                memory.replace = None;
            } else {
                actions.ask(Action::Say(format!("{} exists; press again to replace it", memory.save_as)));
                memory.replace = Some(memory.save_as.clone());
            }
        }
    });
}

/// "machines/rack_4x4_2.toml" for "machines/rack_4x4.toml": the file that was opened is not written over by mistake.
fn save_name(file: &std::path::Path) -> String {
    let stem = file.file_stem().map_or_else(|| "machine".into(), |stem| stem.to_string_lossy().into_owned());
    file.with_file_name(format!("{stem}_2.toml")).display().to_string()
}

/// When a run has ended, its margins are the last ones, and those before it the ones to compare with.
fn keep_margins(cx: &Context<'_>, memory: &mut Memory) {
    let (Some(record), Some(verdict)) = (&cx.session.record, &cx.session.verdict) else { return };
    if memory.generation == cx.session.generation && memory.after.is_some() {
        return;
    }
    memory.generation = cx.session.generation;
    memory.before = memory.after.take();
    memory.after = Some(Arc::new(Margins { checks: verdict.checks.clone(), figures: record.figures.clone() }));
}

fn wrong(ui: &mut Ui, cx: &Context<'_>, memory: &Memory) {
    let refused: &[Diagnostic] = if cx.session.state == State::Refused { &cx.session.findings } else { &[] };
    let all: Vec<&Diagnostic> = memory.wrong.iter().chain(refused).collect();
    if all.is_empty() {
        return;
    }
    let colour = theme::bad(ui);
    Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        if !memory.wrong.is_empty() {
            ui.colored_label(colour, "this change makes no machine; it was not made");
        }
        for finding in all.iter().take(6) {
            ui.add(egui::Label::new(RichText::new(finding.to_string()).size(12.0)).wrap());
        }
    });
}

/// Cost against what may be spent.
fn money(ui: &mut Ui, cx: &Context<'_>, memory: &mut Memory) {
    let known = memory.money.as_ref().is_some_and(|money| money.generation == cx.session.generation);
    if let Some(scene) = cx.session.scene.as_ref().filter(|_| !known) {
        let bounded = scene.expect.bounds.iter().find_map(|(figure, bound)| match bound {
            Bound::Max(most) if figure == "cost_usd" => Some(*most),
            _ => None,
        });
        memory.money = Some(Arc::new(Money {
            generation: cx.session.generation,
            budget_usd: bounded.unwrap_or(USUAL_BUDGET_USD),
            lines: scene.machine.costs.clone(),
        }));
    }
    let Some(money) = &memory.money else { return };
    let (budget, lines) = (money.budget_usd, &money.lines);
    let cost: f64 = lines.iter().map(CostLine::total_usd).sum();
    let colour = if cost > budget { theme::bad(ui) } else { theme::good(ui) };
    let beside =
        if cost > budget { format!("{} over", dollars(cost - budget)) } else { format!("{} left", dollars(budget - cost)) };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(dollars(cost)).size(20.0).strong());
        ui.colored_label(theme::dim(ui), format!("of {}", dollars(budget)));
        ui.colored_label(colour, beside);
    });
    super::verdict::bar(ui, cost / budget, colour);
    egui::CollapsingHeader::new(format!("{} cost lines", lines.len())).id_salt("costs").show(ui, |ui| {
        egui::Grid::new("costs").num_columns(3).striped(true).show(ui, |ui| {
            for line in lines {
                ui.add(egui::Label::new(RichText::new(&line.item).size(12.0)).wrap()).on_hover_text(&line.source);
                ui.label(RichText::new(format!("{} {}", line.quantity, line.unit)).size(12.0));
                ui.label(RichText::new(dollars(line.total_usd())).size(12.0));
                ui.end_row();
            }
        });
    });
}

/// Figures that the editor compares besides the checks, in short words.
const COMPARED: [(&str, &str); 4] = [
    ("cost_usd", "price"),
    ("first_mode_hz", "rings first at"),
    ("cycle_time_s", "time for the job"),
    ("torque_margin_min", "torque in hand"),
];

/// What the last change did.
fn margins(ui: &mut Ui, cx: &Context<'_>, memory: &Memory) {
    let Some(after) = &memory.after else {
        ui.colored_label(theme::dim(ui), "Margins are there when the run has ended.");
        return;
    };
    let stale = cx.session.generation != memory.generation;
    let title = if stale { "of the last run that ended" } else { "what it comes to" };
    let dim = theme::dim(ui);
    figure_row(ui, RichText::new(title).strong(), RichText::new("before").color(dim), RichText::new("now").color(dim));
    let old = |name: &str| memory.before.as_ref().and_then(|margins| margins.figures.get(name).copied());
    let before = |words: Option<String>| RichText::new(words.unwrap_or_else(|| "–".into())).color(dim);
    for (name, short) in COMPARED {
        let Some(value) = after.figures.get(name) else { continue };
        let shown = |value: f64| figure_words(name, value);
        figure_row(ui, RichText::new(short), before(old(name).map(shown)), RichText::new(shown(*value)));
    }
    for check in after.checks.iter().filter(|check| !COMPARED.iter().any(|(name, _)| *name == check.figure)) {
        let was = memory.before.as_ref().and_then(|margins| margins.checks.iter().find(|old| old.figure == check.figure));
        // What holds and does not change is no news.
        if check.pass && was.is_none_or(|was| was.value == check.value) && check.margin_words().is_empty() {
            continue;
        }
        let colour = if check.pass { theme::good(ui) } else { theme::bad(ui) };
        let now = RichText::new(check.value_words()).color(colour);
        figure_row(ui, RichText::new(words(&check.figure)), before(was.map(Check::value_words)), now);
    }
}

/// Words, cut off where they are too long, and two values.
fn figure_row(ui: &mut Ui, name: RichText, before: RichText, now: RichText) {
    const VALUE: f32 = 74.0;
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 2.0 * VALUE - 20.0).max(60.0);
        let height = ui.spacing().interact_size.y * 0.8;
        let cell = |ui: &mut Ui, width: f32, layout: egui::Layout, text: RichText| {
            ui.allocate_ui_with_layout(egui::vec2(width, height), layout, |ui| {
                ui.set_min_width(width);
                ui.add(egui::Label::new(text.size(12.5)).truncate());
            });
        };
        cell(ui, width, egui::Layout::left_to_right(egui::Align::Center), name);
        for value in [before, now] {
            cell(ui, VALUE, egui::Layout::right_to_left(egui::Align::Center), value);
        }
    });
}

/// The value of a key as a number.
fn number(file: &Values, key: &str) -> Option<f64> {
    file.get(key)?.parse().ok()
}
