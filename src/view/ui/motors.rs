//! Torque against speed of each motor: what it could give, what the job asked of it, and where it stands now.

use super::plots::{few_marks, mark_words};
use super::sofar::{BAND_RPM, SoFar, so_far};
use super::{Context, theme};
use crate::drive::pull_out::pull_out_nm;
use crate::scene::model::Joint;
use crate::view::action::{Action, Actions};
use crate::view::machine::RATED_RISE_K;
use bevy_egui::egui::{self, RichText, Ui, Vec2b};
use egui_plot::{AxisHints, Line, LineStyle, Plot, PlotPoints, Points};
use std::f64::consts::TAU;

/// Points of a curve.
const CURVE_POINTS: usize = 48;
/// Length of the tail behind the moving point, s.
const TAIL_S: f64 = 0.5;

/// Draws all motors.
pub fn show(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions) {
    let Some(scene) = &cx.session.scene else { return };
    let far = so_far(ui, cx.session);
    let height = (ui.available_height() / 4.0 - 78.0).clamp(84.0, 220.0);
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("motors").show(ui, |ui| {
        ui.colored_label(
            theme::dim(ui),
            "N·m over rev/min. Line: where it falls out of step. Dots: the most that the job asked for at each speed.",
        );
        for (k, joint) in scene.machine.joints.iter().enumerate().take(4) {
            ui.add_space(6.0);
            heading(ui, cx, &far, k, joint, actions);
            plot(ui, cx, &far, k, joint, height);
        }
        warmth(ui, cx);
    });
}

/// Name, share in use, and the least margin so far, in words.
fn heading(ui: &mut Ui, cx: &Context<'_>, far: &SoFar, k: usize, joint: &Joint, actions: &mut Actions) {
    let now = &cx.now.motors[k];
    let lost = now.lost_full_steps;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&joint.name).strong().size(15.0));
        ui.colored_label(theme::dim(ui), &joint.motor.name)
            .on_hover_text(format!("{}\n{}", joint.driver.name, joint.transmission.name));
    });
    let colour = match now.torque_use {
        _ if lost != 0 => theme::bad(ui),
        used if used >= 0.95 => theme::bad(ui),
        used if used >= 0.7 => theme::near(ui),
        _ => ui.visuals().text_color(),
    };
    let words = if lost == 0 {
        format!("{:.0} % of what it can give at {:.0} rev/min", now.torque_use * 100.0, now.rpm.abs())
    } else {
        format!("out of step by {} full steps", lost.abs())
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(words).color(colour));
        if now.rise_k >= 0.5 {
            ui.colored_label(theme::dim(ui), format!("+{:.0} K", now.rise_k)).on_hover_text(format!(
                "warmer than the room after this much of the job, from cold; makers rate motors for about {RATED_RISE_K:.0} K; its end bells \
                 have the colour of it"
            ));
        }
    });
    let worst = far.torque_use[k];
    let margin = 1.0 - worst.value;
    let words = if far.lost[k].value > 0.0 {
        format!("lost steps first seen in line {}", far.lost[k].line)
    } else {
        format!("least in hand so far: {:.0} % in line {}", 100.0 * margin.max(0.0), worst.line)
    };
    if ui.link(words).on_hover_text("go there").clicked() {
        let there = if far.lost[k].value > 0.0 { far.lost[k] } else { worst };
        actions.ask(Action::Seek(there.time_s));
        actions.ask(Action::LookAt(there.at));
    }
}

/// The pull-out curve up to `top_rpm`: (rev/min, N·m).
fn curve(joint: &Joint, top_rpm: f64) -> Vec<[f64; 2]> {
    let rpm = |k: usize| top_rpm * k as f64 / (CURVE_POINTS - 1) as f64;
    (0..CURVE_POINTS).map(|k| [rpm(k), pull_out_nm(&joint.motor, &joint.driver, rpm(k) * TAU / 60.0)]).collect()
}

/// Highest speed that is drawn: half as much again as the job reaches, and what rapids may reach.
fn top_rpm(far: &SoFar, k: usize) -> f64 {
    (far.bands[k].len() as f64 * f64::from(BAND_RPM) * 1.5).max(600.0)
}

fn plot(ui: &mut Ui, cx: &Context<'_>, far: &SoFar, k: usize, joint: &Joint, height: f32) {
    let pull_out = curve(joint, top_rpm(far, k));
    let band =
        |(n, torque): (usize, &f32)| (*torque > 0.0).then_some([(n as f64 + 0.5) * f64::from(BAND_RPM), f64::from(*torque)]);
    let asked: Vec<[f64; 2]> = far.bands[k].iter().enumerate().filter_map(band).collect();
    let film = &cx.session.film;
    let from = film.frames.partition_point(|frame| frame.time_s < cx.playhead.time_s - TAIL_S);
    let to = film.frames.partition_point(|frame| frame.time_s <= cx.playhead.time_s);
    let point = |motor: &crate::twin::film::MotorFrame| [f64::from(motor.rpm.abs()), f64::from(motor.torque_nm)];
    let mut tail: Vec<[f64; 2]> = film.frames[from.min(to)..to].iter().map(|frame| point(&frame.motors[k])).collect();
    let now = point(&cx.now.motors[k]);
    tail.push(now);
    let top_nm = pull_out.iter().map(|p| p[1]).fold(0.0, f64::max);
    let (line, dots, mark, text) = (theme::good(ui), theme::dim(ui), theme::accent(ui), ui.visuals().text_color());
    let hot = if cx.now.motors[k].torque_use >= 0.95 { theme::bad(ui) } else { mark };
    Plot::new(("torque", k))
        .height(height)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .show_grid(Vec2b::TRUE)
        .include_x(0.0)
        .include_y(0.0)
        .include_y(top_nm * 1.08)
        .custom_x_axes(vec![AxisHints::new_x().label_spacing(24.0..=40.0)])
        .custom_y_axes(vec![AxisHints::new_y().label_spacing(8.0..=14.0).min_thickness(32.0)])
        .y_grid_spacer(few_marks)
        .y_axis_formatter(|mark, _| mark_words(mark))
        .label_formatter(|at| {
            let at = match at {
                egui_plot::HoverPosition::NearDataPoint { position, .. } | egui_plot::HoverPosition::Elsewhere { position } => {
                    position
                }
            };
            Some(format!("{:.0} rev/min, {:.2} N·m", at.x, at.y))
        })
        .show(ui, move |plot| {
            plot.line(Line::new("pull-out", PlotPoints::from(pull_out)).color(line).width(2.0).fill(0.0).fill_alpha(0.07));
            plot.points(Points::new("asked for", PlotPoints::from(asked)).color(dots).radius(1.8));
            plot.line(Line::new("the last half second", PlotPoints::from(tail)).color(mark).width(1.5).style(LineStyle::Solid));
            plot.points(Points::new("rim", PlotPoints::from(vec![now])).color(text).radius(6.0));
            plot.points(Points::new("now", PlotPoints::from(vec![now])).color(hot).radius(4.5));
        });
}

/// How warm they would get, once it is known.
fn warmth(ui: &mut Ui, cx: &Context<'_>) {
    let Some(record) = &cx.session.record else { return };
    ui.add_space(8.0);
    ui.label(RichText::new("if this job went on for good").strong());
    egui::Grid::new("warmth").num_columns(4).striped(true).show(ui, |ui| {
        for word in ["motor", "warmer by", "its driver by", "drive holds"] {
            ui.colored_label(theme::dim(ui), word);
        }
        ui.end_row();
        for joint in &record.joints {
            ui.label(&joint.name);
            ui.label(format!("{:.0} K", joint.motor_rise_k));
            ui.label(format!("{:.0} K", joint.driver_rise_k));
            let words = if joint.hold_used > 0.0 { format!("{:.0} % used", 100.0 * joint.hold_used) } else { "–".into() };
            let colour = if joint.hold_used > 1.0 { theme::bad(ui) } else { ui.visuals().text_color() };
            ui.colored_label(colour, words);
            ui.end_row();
        }
    });
}
