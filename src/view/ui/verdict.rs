//! Does it pass? In plain words first, then each check with its margin, why the failed ones failed and what would help, and what all that rests on.

use super::sofar::{SoFar, Worst, so_far};
use super::{Context, spots, theme, units};
use crate::report::figures::{capital, show as figure_words, words};
use crate::report::judge::Check;
use crate::report::{Reason, Verdict};
use crate::scene::model::{Bound, Scene};
use crate::view::action::{Action, Actions};
use crate::view::session::State;
use bevy_egui::egui::{self, Color32, Frame, RichText, Sense, Ui, vec2};

/// Estimates that are listed before the rest is counted.
const ESTIMATES: usize = 60;

/// Draws it.
pub fn show(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions) {
    let far = so_far(ui, cx.session);
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("verdict").show(ui, |ui| {
        headline(ui, cx, &far);
        ui.add_space(6.0);
        let Some(scene) = &cx.session.scene else { return };
        match verdict(cx) {
            Some(verdict) => {
                reasons(ui, &verdict.reasons, actions);
                ui.label(RichText::new("checks").strong());
                let (failed, passed): (Vec<_>, Vec<_>) = verdict.checks.iter().partition(|check| !check.pass);
                for check in failed.into_iter().chain(passed) {
                    check_row(ui, cx, check, &verdict.reasons, &far, actions);
                }
            }
            // What was refused has checked nothing.
            None if matches!(cx.session.state, State::Refused) => {}
            None => {
                ui.label(RichText::new("checks so far").strong());
                for (figure, bound) in &scene.expect.bounds {
                    running_row(ui, cx, figure, *bound, &far, actions);
                }
            }
        }
        super::parts::show(ui, cx, actions);
        advice(ui, cx);
        estimates(ui, scene);
    });
}

/// The verdict on the whole job: on a run that was asked to end before it there is none.
fn verdict<'a>(cx: &Context<'a>) -> Option<&'a Verdict> {
    let session = cx.session;
    session.verdict.as_deref().filter(|_| session.request.until_s.is_none())
}

/// One sentence that says it all.
fn headline(ui: &mut Ui, cx: &Context<'_>, far: &SoFar) {
    let (title, colour, below) = match (&cx.session.state, verdict(cx)) {
        (State::Refused, _) => (
            "cannot run".to_string(),
            theme::bad(ui),
            "The messages beside the program say what is wrong and what to do.".to_string(),
        ),
        (_, Some(verdict)) if verdict.pass => {
            ("passes".to_string(), theme::good(ui), format!("All {} checks hold.", verdict.checks.len()))
        }
        (_, Some(verdict)) => {
            let failed: Vec<String> =
                verdict.checks.iter().filter(|check| !check.pass).map(|check| words(&check.figure)).collect();
            let announced = cx.session.scene.as_ref().is_some_and(|scene| verdict.is_as_announced(scene));
            let note = if announced { " This scene exists to show that." } else { "" };
            ("fails".to_string(), theme::bad(ui), format!("Out of bounds: {}.{note}", failed.join("; ")))
        }
        (_, None) => {
            let broken = cx.session.scene.as_ref().and_then(|scene| first_broken(scene, cx, far));
            let share = 100.0 * cx.session.film.known_s() / cx.session.length_s().max(1e-9);
            let done = match cx.session.request.until_s {
                Some(until_s) => format!("The run was asked to end at {}.", units::clock(until_s)),
                None => format!("{share:.0} % of the job is worked out."),
            };
            match broken {
                Some(figure) => (format!("fails so far: {}", words(&figure)), theme::bad(ui), done),
                None => ("passes so far".to_string(), theme::good(ui), done),
            }
        }
    };
    ui.label(RichText::new(title).size(26.0).strong().color(colour));
    ui.add(egui::Label::new(below).wrap());
    if let (Some(record), true) = (&cx.session.record, verdict(cx).is_some()) {
        let figure = |name: &str| record.figures.get(name).map(|value| figure_words(name, *value));
        let row =
            [("cycle_time_s", "takes"), ("cost_usd", "machine"), ("first_mode_hz", "first rings at"), ("gas_cost_usd", "gas")];
        let all: Vec<String> = row.iter().filter_map(|(name, word)| Some(format!("{word} {}", figure(name)?))).collect();
        ui.colored_label(theme::dim(ui), all.join("  ·  "));
    }
}

/// A bound that is broken already, and that nothing later can mend.
fn first_broken(scene: &Scene, cx: &Context<'_>, far: &SoFar) -> Option<String> {
    let broken = |(figure, bound): &&(String, Bound)| {
        far.figure(figure, &cx.session.film).is_some_and(|worst| match bound {
            Bound::Max(most) => worst.value > *most,
            // Margins only get less; counts only grow.
            Bound::Min(least) => figure.starts_with("torque_margin") && worst.value < *least,
            Bound::Equal { value, tolerance } => worst.value > value + tolerance,
        })
    };
    scene.expect.bounds.iter().find(broken).map(|(figure, _)| figure.clone())
}

fn reasons(ui: &mut Ui, reasons: &[Reason], actions: &mut Actions) {
    for reason in reasons {
        let fill = ui.visuals().faint_bg_color;
        let response = Frame::group(ui.style()).fill(fill).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(egui::Label::new(RichText::new(&reason.text)).wrap());
            if !reason.fix.is_empty() {
                ui.add(egui::Label::new(RichText::new(&reason.fix).color(theme::good(ui))).wrap());
            }
            if let Some(place) = place_words(reason) {
                ui.colored_label(theme::accent(ui), place);
            }
        });
        spots::note(ui, &format!("reason {}", reason.figure), response.response.rect);
        let there = response.response.interact(Sense::click());
        if place_words(reason).is_some() && there.on_hover_text("go there").clicked() {
            go(reason.time_s, reason.at_in_machine_m, reason.line, actions);
        }
    }
    if !reasons.is_empty() {
        ui.add_space(6.0);
    }
}

fn place_words(reason: &Reason) -> Option<String> {
    let parts: Vec<String> =
        [reason.line.map(|line| format!("line {line}")), reason.time_s.map(|s| format!("at {}", units::clock(s)))]
            .into_iter()
            .flatten()
            .collect();
    (!parts.is_empty()).then(|| format!("▶ {}", parts.join(", ")))
}

/// Goes to where and when something happened.
pub fn go(time_s: Option<f64>, at: Option<[f64; 2]>, line: Option<u32>, actions: &mut Actions) {
    match (time_s, line) {
        (Some(time_s), _) => actions.ask(Action::Seek(time_s)),
        (None, Some(line)) => actions.ask(Action::GoToLine(line)),
        (None, None) => {}
    }
    if let Some(at) = at {
        actions.ask(Action::LookAt(at));
    }
}

/// How much of the way from nothing to the bound a value takes, 0 to 1 and beyond; none where there is no such way.
pub fn share(bound: Bound, value: f64) -> Option<f64> {
    match bound {
        Bound::Max(most) if most > 0.0 => Some(value / most),
        Bound::Min(least) if value > 0.0 && least > 0.0 => Some(least / value),
        Bound::Equal { value: wanted, tolerance } if tolerance > 0.0 => Some((value - wanted).abs() / tolerance),
        _ => None,
    }
}

fn check_row(ui: &mut Ui, cx: &Context<'_>, check: &Check, reasons: &[Reason], far: &SoFar, actions: &mut Actions) {
    let (mark, colour) = if check.pass { ("✔", theme::good(ui)) } else { ("✖", theme::bad(ui)) };
    let reason = reasons.iter().find(|reason| reason.figure == check.figure);
    let worst = far.figure(&check.figure, &cx.session.film).filter(|worst| worst.line > 0);
    let margin = check.margin_words();
    let clicked = row(
        ui,
        (mark, colour),
        &words(&check.figure),
        &unit(cx, check.value_words()),
        &unit(cx, format!("{}{}{margin}", check.bound_words(), if margin.is_empty() { "" } else { "; " })),
        check.value.and_then(|value| share(check.bound, value)),
    );
    if clicked {
        match (reason, worst) {
            (Some(reason), _) if place_words(reason).is_some() => go(reason.time_s, reason.at_in_machine_m, reason.line, actions),
            (_, Some(worst)) => go(Some(worst.time_s), Some(worst.at), None, actions),
            _ => actions.ask(Action::Say(format!("“{}” is of the whole job: it has no place to go to", words(&check.figure)))),
        }
    }
}

fn running_row(ui: &mut Ui, cx: &Context<'_>, figure: &str, bound: Bound, far: &SoFar, actions: &mut Actions) {
    let worst = match (figure, &cx.session.scene) {
        ("cost_usd", Some(scene)) => {
            let value = scene.machine.costs.iter().map(|line| line.total_usd()).sum();
            Some(Worst { value, ..Worst::default() })
        }
        _ => far.figure(figure, &cx.session.film),
    };
    // What is not yet done cannot fail: lower bounds of counts, and counts that may still come to theirs, wait for the end.
    let to_come = |worst: &Worst| matches!(bound, Bound::Equal { value, .. } if worst.value < value);
    let open = worst.as_ref().is_none_or(to_come) || matches!(bound, Bound::Min(_)) && !figure.starts_with("torque_margin");
    let check = Check { figure: figure.to_string(), value: worst.map(|worst| worst.value), bound, pass: true, built_in: false };
    let holds = check.margin().is_none_or(|margin| margin >= 0.0);
    let mark = match (open, holds) {
        (true, _) => ("…", theme::dim(ui)),
        (false, true) => ("✔", theme::good(ui)),
        (false, false) => ("✖", theme::bad(ui)),
    };
    let value = worst.map_or("at the end".to_string(), |worst| format!("{} so far", figure_words(figure, worst.value)));
    let (value, bound_words) = (unit(cx, value), unit(cx, check.bound_words()));
    let clicked = row(ui, mark, &words(figure), &value, &bound_words, worst.and_then(|worst| share(bound, worst.value)));
    if let Some(worst) = worst.filter(|worst| clicked && worst.line > 0) {
        go(Some(worst.time_s), Some(worst.at), None, actions);
    }
}

/// Words in the person's unit.
fn unit(cx: &Context<'_>, words: String) -> String {
    if cx.look.inch { super::units::in_inches(&words) } else { words }
}

/// Mark, words, value, bound, bar; says whether it was clicked.
fn row(ui: &mut Ui, mark: (&str, Color32), words: &str, value: &str, bound: &str, share: Option<f64>) -> bool {
    let top = ui.cursor().top();
    let inner = ui
        .scope(|ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.label(RichText::new(mark.0).color(mark.1).strong());
                ui.vertical(|ui| {
                    ui.add(egui::Label::new(RichText::new(capital(words))).wrap());
                    ui.horizontal_wrapped(|ui| {
                        ui.label(RichText::new(value).strong());
                        ui.colored_label(theme::dim(ui), bound);
                    });
                    if let Some(share) = share {
                        bar(ui, share, mark.1);
                    }
                });
            });
        })
        .response;
    ui.add_space(3.0);
    let area =
        egui::Rect::from_min_max(egui::pos2(inner.rect.left(), top), egui::pos2(ui.max_rect().right(), inner.rect.bottom()));
    spots::note(ui, &format!("check {words}"), area);
    let id = ui.id().with(("check", words));
    ui.interact(area, id, Sense::click()).on_hover_text("go to where it was worst").clicked()
}

/// A bar with a stroke at the bound: what is beyond it is out of bounds.
pub fn bar(ui: &mut Ui, share: f64, colour: Color32) {
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width().min(420.0), 6.0), Sense::hover());
    let painter = ui.painter_at(area.expand(2.0));
    painter.rect_filled(area, 2.0, ui.visuals().faint_bg_color);
    // The bound stands at three quarters.
    let at = |share: f64| area.left() + area.width() * (0.75 * share.clamp(0.0, 4.0 / 3.0)) as f32;
    painter.rect_filled(egui::Rect::from_x_y_ranges(area.left()..=at(share), area.y_range()), 2.0, colour);
    painter.vline(at(1.0), area.expand(2.0).y_range(), egui::Stroke::new(1.5, ui.visuals().text_color()));
}

fn advice(ui: &mut Ui, cx: &Context<'_>) {
    let Some(record) = cx.session.record.as_ref().filter(|record| !record.advice.is_empty()) else { return };
    ui.add_space(6.0);
    ui.label(RichText::new("what to do better").strong());
    for words in &record.advice {
        ui.horizontal_top(|ui| {
            ui.colored_label(theme::accent(ui), "•");
            ui.add(egui::Label::new(words).wrap());
        });
    }
}

/// What the verdict rests on that nobody has measured.
fn estimates(ui: &mut Ui, scene: &Scene) {
    if scene.estimates.is_empty() {
        return;
    }
    ui.add_space(6.0);
    let title = format!("rests on {} estimates", scene.estimates.len());
    egui::CollapsingHeader::new(title).id_salt("estimates").show(ui, |ui| {
        for estimate in scene.estimates.iter().take(ESTIMATES) {
            let range = match (estimate.low, estimate.high) {
                (Some(low), Some(high)) => format!(" ({low} to {high})"),
                _ => String::new(),
            };
            let key = RichText::new(format!("{}: {}{range}", estimate.key, estimate.value)).size(12.0);
            ui.add(egui::Label::new(key).wrap()).on_hover_text(&estimate.source);
        }
        if scene.estimates.len() > ESTIMATES {
            ui.colored_label(
                theme::dim(ui),
                format!("and {} more: the report lists them all", scene.estimates.len() - ESTIMATES),
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_reaches_its_mark_where_the_value_reaches_the_bound() {
        for (bound, at_bound) in [
            (Bound::Max(0.25), 0.25),
            (Bound::Min(14.0), 14.0),
            (Bound::Equal { value: 2.0, tolerance: 0.5 }, 2.5),
            (Bound::Equal { value: 2.0, tolerance: 0.5 }, 1.5),
        ] {
            assert!((share(bound, at_bound).unwrap() - 1.0).abs() < 1e-12, "{bound:?}");
        }
        assert!(share(Bound::Min(14.0), 7.0).unwrap() > 1.0 && share(Bound::Max(1.0), 0.5).unwrap() < 1.0);
        assert_eq!(share(Bound::Equal { value: 0.0, tolerance: 0.0 }, 3.0), None);
    }
}
