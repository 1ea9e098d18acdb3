//! The position ladder at this instant: what each rung between the programmed path and the cut edge adds, and the budget of the cut.

use super::{Context, theme, units};
use crate::torch::Phase;
use crate::twin::film::Frame;
use crate::twin::record::{BudgetLine, Cut, RUNG_WORDS, RUNGS};
use crate::view::action::{Action, Actions};
use bevy_egui::egui::{self, RichText, Sense, Stroke, Ui, pos2, vec2};

/// Least length that a whole bar stands for, m: what nobody sees need not look large.
const LEAST_SCALE_M: f64 = 20e-6;

/// What each rung adds across the path at an instant, m, positive to the left of travel, in the order of [`RUNGS`]; without a direction of travel
/// across X. `chart_kerf_m` is the kerf that the tip's chart gives.
pub fn contributions(frame: &Frame, chart_kerf_m: f64) -> [f64; RUNGS.len()] {
    let left = left_of(frame);
    let across = |a: [f32; 2], b: [f32; 2]| (0..2).map(|i| f64::from(a[i] - b[i]) * left[i]).sum::<f64>();
    let off = frame.geometry.iter().fold([0.0f32; 2], |sum, part| [sum[0] + part[0], sum[1] + part[1]]);
    let tip = [frame.tip[0] - off[0], frame.tip[1] - off[1]];
    let [straightness, squareness, pitch, growth] = frame.geometry.map(|part| across(part, [0.0; 2]));
    let kerf_m = f64::from(frame.kerf_m);
    [
        f64::from(frame.planned_off_m),
        across(frame.stepped, [frame.planned[0], frame.planned[1]]),
        across(frame.rotor, frame.stepped),
        across(frame.meshed, frame.rotor),
        across(frame.carriage, frame.meshed),
        across(frame.played, frame.carriage),
        across(tip, frame.played),
        straightness,
        squareness,
        pitch,
        growth,
        if frame.phase == Phase::Cutting && kerf_m > 0.0 { 0.5 * (kerf_m - chart_kerf_m) } else { 0.0 },
    ]
}

/// Unit vector to the left of travel; where nothing moves, along Y.
fn left_of(frame: &Frame) -> [f64; 2] {
    let [x, y] = frame.tangent.map(f64::from);
    if x.hypot(y) < 1e-6 { [0.0, 1.0] } else { [-y / x.hypot(y), x / x.hypot(y)] }
}

/// The cut that is under way at an instant, or the last before it.
fn cut_at(cuts: &[Cut], time_s: f64) -> Option<(usize, &Cut)> {
    let begun = |cut: &Cut| cut.points.first().is_some_and(|point| point.time_s <= time_s);
    cuts.iter().enumerate().take_while(|(_, cut)| begun(cut)).last()
}

/// Draws it.
pub fn show(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions) {
    let Some(scene) = &cx.session.scene else { return };
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("ladder").show(ui, |ui| {
        let parts = contributions(cx.now, scene.torch.params.setting.kerf_m);
        now(ui, cx, &parts);
        ui.add_space(8.0);
        positions(ui, cx);
        ui.add_space(8.0);
        budget(ui, cx, actions);
    });
}

fn now(ui: &mut Ui, cx: &Context<'_>, parts: &[f64; RUNGS.len()]) {
    let moving = cx.now.tangent[0].hypot(cx.now.tangent[1]) > 1e-6;
    let cutting = cx.now.phase == Phase::Cutting;
    ui.label(RichText::new("the tip off the programmed path, now").strong());
    let off_m = f64::from(cx.now.deviation_m);
    let inch = cx.look.inch;
    let words = if moving { format!("{} {}", units::small(off_m.abs(), inch), side(off_m)) } else { "nothing moves".to_string() };
    ui.label(RichText::new(words).size(20.0));
    let note = if moving {
        "what each rung adds across the path; to the left of travel is drawn to the left"
    } else {
        "what each rung adds across X, as nothing moves"
    };
    ui.colored_label(theme::dim(ui), note);
    let sum: f64 = parts.iter().take(parts.len() - 1).sum();
    let most_m = parts.iter().fold(LEAST_SCALE_M.max(sum.abs()), |most, part| most.max(part.abs()));
    for (k, part) in parts.iter().enumerate() {
        if k + 1 == parts.len() && !cutting {
            continue;
        }
        signed_row(ui, RUNGS[k], RUNG_WORDS[k], *part, most_m, inch);
    }
    signed_row(
        ui,
        "all of them, at the tip",
        "the rungs above added up, without the kerf; where the path bends tightly, its nearest point is a little nearer or farther",
        sum,
        most_m,
        inch,
    );
}

fn side(off_m: f64) -> &'static str {
    if off_m >= 0.0 { "to the left of travel" } else { "to the right of travel" }
}

/// Name, bar from the middle, value.
fn signed_row(ui: &mut Ui, name: &str, words: &str, value_m: f64, most_m: f64, inch: bool) {
    let (area, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    let painter = ui.painter_at(area);
    let text = ui.visuals().text_color();
    let font = egui::FontId::proportional(12.5);
    let name_width = 158.0_f32.min(area.width() * 0.46);
    painter.text(area.left_center(), egui::Align2::LEFT_CENTER, name, font.clone(), text);
    painter.text(area.right_center(), egui::Align2::RIGHT_CENTER, units::small(value_m, inch), font, text);
    let track = egui::Rect::from_min_max(
        pos2(area.left() + name_width, area.top() + 3.0),
        pos2(area.right() - 66.0, area.bottom() - 3.0),
    );
    if track.width() > 10.0 {
        painter.rect_filled(track, 2.0, ui.visuals().faint_bg_color);
        let middle = track.center().x;
        // Left of travel is drawn to the left.
        let end = middle - (value_m / most_m) as f32 * track.width() / 2.0;
        let bar = egui::Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), track.y_range());
        painter.rect_filled(bar, 1.0, if value_m >= 0.0 { theme::accent(ui) } else { theme::near(ui) });
        painter.vline(middle, track.y_range(), Stroke::new(1.0, theme::dim(ui)));
    }
    response.on_hover_text(words);
}

/// Where every rung stands.
fn positions(ui: &mut Ui, cx: &Context<'_>) {
    let f = cx.now;
    let rows: [(&str, [f32; 2]); 6] = [
        ("planned", [f.planned[0], f.planned[1]]),
        ("stepped", f.stepped),
        ("rotor", f.rotor),
        ("meshed", f.meshed),
        ("carriage", f.carriage),
        ("tip", [f.tip[0], f.tip[1]]),
    ];
    egui::CollapsingHeader::new("positions").id_salt("rungs").show(ui, |ui| {
        egui::Grid::new("positions").num_columns(4).striped(true).show(ui, |ui| {
            for word in ["rung", "X", "Y", "off the planned point"] {
                ui.colored_label(theme::dim(ui), word);
            }
            ui.end_row();
            for (name, at) in rows {
                let off = f64::from((at[0] - f.planned[0]).hypot(at[1] - f.planned[1]));
                ui.label(name);
                ui.monospace(units::length(f64::from(at[0]), cx.look.inch));
                ui.monospace(units::length(f64::from(at[1]), cx.look.inch));
                ui.monospace(units::small(off, cx.look.inch));
                ui.end_row();
            }
        });
    });
}

/// Budget of the cut at the playhead, and of the whole job.
fn budget(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions) {
    let Some(record) = &cx.session.record else {
        ui.colored_label(theme::dim(ui), "The error budget of each cut is known when the run has ended.");
        return;
    };
    if let Some((k, cut)) = cut_at(&record.cuts, cx.playhead.time_s) {
        let line = cut.points.first().map_or(0, |point| point.line);
        ui.horizontal(|ui| {
            ui.label(RichText::new(format!("cut {} of {}, from line {line}", k + 1, record.cuts.len())).strong());
            if ui.small_button("go to its worst place").clicked()
                && let Some(worst) = cut.points.iter().max_by(|a, b| a.deviation_m.abs().total_cmp(&b.deviation_m.abs()))
            {
                actions.ask(Action::Seek(worst.time_s));
                actions.ask(Action::LookAt(worst.tip_in_machine_m));
            }
        });
        budget_rows(ui, cx, &cut.budget, actions);
        ui.add_space(8.0);
    }
    ui.label(RichText::new("the whole job").strong());
    budget_rows(ui, cx, &record.budget, actions);
}

fn budget_rows(ui: &mut Ui, cx: &Context<'_>, lines: &[BudgetLine], actions: &mut Actions) {
    let most_m = lines.iter().fold(LEAST_SCALE_M, |most, line| most.max(line.worst_m));
    ui.colored_label(theme::dim(ui), "light: worst, dark: typical (RMS); a click goes to the worst line");
    for line in lines {
        let (area, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::click());
        let painter = ui.painter_at(area);
        let (text, font) = (ui.visuals().text_color(), egui::FontId::proportional(12.5));
        let name_width = 158.0_f32.min(area.width() * 0.46);
        painter.text(area.left_center(), egui::Align2::LEFT_CENTER, line.rung, font.clone(), text);
        painter.text(area.right_center(), egui::Align2::RIGHT_CENTER, units::small(line.worst_m, cx.look.inch), font, text);
        let track = egui::Rect::from_min_max(
            pos2(area.left() + name_width, area.top() + 3.0),
            pos2(area.right() - 66.0, area.bottom() - 3.0),
        );
        if track.width() > 10.0 {
            painter.rect_filled(track, 2.0, ui.visuals().faint_bg_color);
            for (value_m, strength) in [(line.worst_m, 0.45), (line.rms_m, 1.0)] {
                let bar = egui::Rect::from_min_size(track.min, vec2(track.width() * (value_m / most_m) as f32, track.height()));
                painter.rect_filled(bar, 1.0, theme::accent(ui).gamma_multiply(strength));
            }
        }
        let k = RUNGS.iter().position(|rung| *rung == line.rung).unwrap_or(0);
        let words = format!(
            "{}\nworst {}, RMS {}, worst in line {}",
            RUNG_WORDS[k],
            units::small(line.worst_m, cx.look.inch),
            units::small(line.rms_m, cx.look.inch),
            line.worst_line
        );
        if response.on_hover_text(words).clicked() && line.worst_line > 0 {
            actions.ask(Action::GoToLine(line.worst_line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_add_up_to_tip_less_programmed() {
        let (sin, cos) = 0.6_f32.sin_cos();
        let frame = Frame {
            planned: [0.5, 0.4, 0.0],
            planned_off_m: 12e-6,
            tangent: [cos, sin],
            stepped: [0.500_010, 0.399_99],
            rotor: [0.499_9, 0.400_2],
            meshed: [0.499_95, 0.400_1],
            carriage: [0.500_3, 0.400_3],
            played: [0.500_35, 0.400_3],
            geometry: [[1e-4, 0.0], [0.0, 2e-4], [-3e-5, 0.0], [0.0, -1e-5]],
            tip: [0.500_7, 0.399_5, 0.0],
            phase: Phase::Cutting,
            kerf_m: 1.6e-3,
            ..Frame::default()
        };
        let parts = contributions(&frame, 1.5e-3);
        let tip_off = f64::from(frame.tip[0] - 0.5) * f64::from(-sin) + f64::from(frame.tip[1] - 0.4) * f64::from(cos);
        let sum: f64 = parts[..11].iter().sum();
        assert!((sum - (tip_off + 12e-6)).abs() < 2e-7, "{sum} {tip_off}");
        assert!((parts[11] - 5e-5).abs() < 1e-8);
        assert_eq!(contributions(&Frame { phase: Phase::Off, ..frame }, 1.5e-3)[11], 0.0);
    }

    #[test]
    fn the_cut_is_the_one_under_way_or_the_last() {
        let cut = |time_s: f64| Cut {
            points: vec![crate::twin::record::CutPoint {
                time_s,
                line: 1,
                tip_in_machine_m: [0.0; 2],
                programmed_in_machine_m: [0.0; 2],
                kerf_m: 1e-3,
                deviation_m: 0.0,
                speed_m_per_s: 0.0,
                haz_m: 0.0,
                cooling_s: 0.0,
                heading: [1.0, 0.0],
            }],
            end: crate::twin::record::CutEnd::Closed,
            budget: Vec::new(),
        };
        let cuts = [cut(1.0), cut(5.0)];
        let at = |time_s| cut_at(&cuts, time_s).map(|(k, _)| k);
        assert_eq!([at(0.5), at(1.0), at(4.9), at(9.0)], [None, Some(0), Some(0), Some(1)]);
    }
}
