//! What the cursor points at on the plate: its temperature, the cut nearest to it; a click goes there in time.

use super::{Everything, theme, units};
use crate::twin::record::{CutPoint, Record};
use crate::view::action::Action;
use crate::view::rig;
use bevy::math::Vec2;
use bevy_egui::egui::{self, RichText};

/// A cut nearer than this to the cursor is meant, in pixels.
const NEAR_PX: f32 = 9.0;

/// Draws it beside the cursor.
pub(super) fn show(ctx: &egui::Context, all: &mut Everything, free: egui::Rect) {
    let cursor = ctx.pointer_latest_pos().filter(|at| free.contains(*at) && !all.rig.taken && !all.dialogs.is_open());
    let at = cursor.and_then(|at| rig::on_plate(&all.rig, Vec2::new(at.x, at.y)));
    all.probe.at_in_machine_m = at.map(|at| at.to_array());
    let (Some(session), Some(cursor), Some(at)) = (&all.session, cursor, at) else { return };
    let Some(heat) = all.heat.at(at.to_array()) else { return };
    // Half a pixel aside tells how long a pixel is there.
    let beside = rig::on_plate(&all.rig, Vec2::new(cursor.x + 1.0, cursor.y)).map_or(1e-3, |b| b.distance(at));
    let cut = session.record.as_deref().and_then(|record| nearest(record, at, beside * NEAR_PX));
    let inch = all.look.inch;
    let mut words = vec![
        format!("X {}   Y {}", units::length(f64::from(at.x), inch), units::length(f64::from(at.y), inch)),
        format!("{:.0} °C, at most {:.0} °C so far", heat[0], heat[1]),
    ];
    if let Some(point) = cut {
        words.push(format!("line {}, cut at {}", point.line, units::clock(point.time_s)));
        words.push(format!("off the path {}, kerf {}", units::small(point.deviation_m, inch), units::length(point.kerf_m, inch)));
        words.push(format!("heat-affected {}, t8/5 {:.1} s", units::length(point.haz_m, inch), point.cooling_s));
    }
    egui::Area::new("probe".into()).fixed_pos(cursor + egui::vec2(16.0, 14.0)).interactable(false).show(ctx, |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            for line in words {
                ui.label(RichText::new(line).size(12.0));
            }
            if cut.is_some() {
                ui.label(RichText::new("click: go there").size(11.0).color(theme::dim(ui)));
            }
        });
    });
    let clicked = ctx.input(|input| input.pointer.primary_clicked());
    if let Some(point) = cut.filter(|_| clicked) {
        let (time_s, line) = (point.time_s, point.line);
        all.actions.ask(Action::Seek(time_s));
        super::program::go_to(ctx, line);
        all.ui.clicked = Some(at.to_array());
    }
}

/// The point of a cut nearest to a point of the plate, no further than `reach_m`.
fn nearest(record: &Record, at: Vec2, reach_m: f32) -> Option<&CutPoint> {
    let distance = |point: &CutPoint| {
        let [x, y] = point.tip_in_machine_m;
        ((x - f64::from(at.x)).hypot(y - f64::from(at.y)) - 0.5 * point.kerf_m).max(0.0)
    };
    let points = record.cuts.iter().flat_map(|cut| &cut.points);
    let (near, far) = points.map(|point| (point, distance(point))).min_by(|a, b| a.1.total_cmp(&b.1))?;
    (far <= f64::from(reach_m)).then_some(near)
}
