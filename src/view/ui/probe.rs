//! What the cursor points at on the plate: its temperature, the cut nearest to it; a click goes there in time.

use super::{Everything, theme, units};
use crate::view::action::Action;
use crate::view::plate::pick::CutGrid;
use crate::view::rig;
use crate::view::session::Session;
use bevy::math::Vec2;
use bevy::prelude::Resource;
use bevy_egui::egui::{self, RichText};

/// Half of a usual kerf, m: its edge is what is pointed at.
const KERF_REACH_M: f64 = 1e-3;

/// The cuts of the run by where they are.
#[derive(Resource, Default)]
pub struct Grid {
    grid: CutGrid,
    generation: u64,
}

impl Grid {
    /// Takes up the cuts of a run that has ended.
    fn follow(&mut self, session: &Session) {
        if self.generation == session.generation {
            return;
        }
        match &session.record {
            Some(record) => (self.grid, self.generation) = (CutGrid::new(&record.cuts), session.generation),
            None => self.grid = CutGrid::default(),
        }
    }
}

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
    all.grid.follow(session);
    let reach_m = f64::from(beside * NEAR_PX) + KERF_REACH_M;
    let picked = all.grid.grid.pick([f64::from(at.x), f64::from(at.y)], reach_m);
    let cut = picked.zip(session.record.as_deref()).and_then(|(at, record)| record.cuts.get(at.cut)?.points.get(at.point));
    let inch = all.look.inch;
    let place = |x: f64, y: f64| format!("X {}   Y {}", units::length(x, inch), units::length(y, inch));
    let (x, y) = (f64::from(at.x), f64::from(at.y));
    let zero = session.scene.as_ref().and_then(|scene| scene.job.work_zero_in_machine_m).filter(|zero| zero[..2] != [0.0; 2]);
    let mut words = match zero {
        Some([x0, y0, _]) => {
            vec![format!("{}  as the program counts", place(x - x0, y - y0)), format!("{}  as the machine counts", place(x, y))]
        }
        None => vec![place(x, y)],
    };
    words.extend([format!("{:.0} °C, at most {:.0} °C so far", heat[0], heat[1])]);
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
    }
}
