//! What a run has come to so far, from its film alone: kept from frame to frame of the picture, with the frames that are new added.

use crate::torch::Phase;
use crate::twin::film::{Film, Frame};
use crate::twin::record::EventKind;
use crate::view::session::Session;
use bevy_egui::egui;
use std::sync::Arc;

/// Width of the bands of speed in which the largest torque is kept, rev/min.
pub const BAND_RPM: f32 = 10.0;

/// Time for which the largest following error is kept, s: two of the longest times between frames.
pub const BIN_S: f64 = 0.04;

/// A worst value with where and when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worst {
    /// How much.
    pub value: f64,
    /// When, s.
    pub time_s: f64,
    /// Line of the program.
    pub line: u32,
    /// Where the tip was, machine coordinates, m.
    pub at: [f64; 2],
}

impl Worst {
    fn see(&mut self, value: f32, frame: &Frame) {
        if f64::from(value) > self.value {
            let at = [f64::from(frame.tip[0]), f64::from(frame.tip[1])];
            *self = Self { value: f64::from(value), time_s: frame.time_s, line: frame.line, at };
        }
    }
}

/// Everything of a run that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SoFar {
    generation: u64,
    frames: usize,
    /// Distance of the tip from the programmed path while cutting, m.
    pub contour_m: Worst,
    /// Distance between planned point and tip, m.
    pub following_m: Worst,
    /// Distance of the gantry's sides, m.
    pub racking_m: Worst,
    /// Share of pull-out torque in use, of each motor.
    pub torque_use: [Worst; 4],
    /// Full steps lost, of each motor.
    pub lost: [Worst; 4],
    /// Largest torque in each band of speed, N·m, of each motor.
    pub bands: [Vec<f32>; 4],
    /// Largest distance between planned point and tip in each [`BIN_S`] of time, m.
    pub errors_m: Vec<f32>,
    /// From when to when it cuts, s; the last of them may go on.
    pub cuts_s: Vec<[f64; 2]>,
    cuts: bool,
}

/// Distance between planned point and tip, m.
pub fn error_m(frame: &Frame) -> f32 {
    (frame.tip[0] - frame.planned[0]).hypot(frame.tip[1] - frame.planned[1])
}

impl SoFar {
    /// Adds the frames that are new.
    pub fn follow(&mut self, film: &Film, generation: u64) {
        if self.generation != generation {
            *self = Self { generation, ..Self::default() };
        }
        for frame in film.frames.iter().skip(self.frames) {
            self.see(frame);
        }
        self.frames = film.frames.len();
    }

    fn see(&mut self, frame: &Frame) {
        if frame.phase == Phase::Cutting {
            self.contour_m.see(frame.deviation_m.abs(), frame);
        }
        let error_m = error_m(frame);
        self.following_m.see(error_m, frame);
        let bin = (frame.time_s / BIN_S) as usize;
        if self.errors_m.len() <= bin {
            self.errors_m.resize(bin + 1, 0.0);
        }
        self.errors_m[bin] = self.errors_m[bin].max(error_m);
        let cuts = frame.kerf_m > 0.0;
        match self.cuts_s.last_mut() {
            Some(last) if self.cuts => last[1] = frame.time_s,
            _ if cuts => self.cuts_s.push([frame.time_s; 2]),
            _ => {}
        }
        self.cuts = cuts;
        self.racking_m.see((frame.sides[1] - frame.sides[0]).abs(), frame);
        for (k, motor) in frame.motors.iter().enumerate() {
            self.torque_use[k].see(motor.torque_use, frame);
            self.lost[k].see(motor.lost_full_steps.unsigned_abs() as f32, frame);
            let band = (motor.rpm.abs() / BAND_RPM) as usize;
            if self.bands[k].len() <= band {
                self.bands[k].resize(band + 1, 0.0);
            }
            self.bands[k][band] = self.bands[k][band].max(motor.torque_nm);
        }
    }

    /// The worst of a figure of the verdict, in the figure's unit, as far as the film tells.
    pub fn figure(&self, name: &str, film: &Film) -> Option<Worst> {
        let scaled = |worst: Worst, by: f64| Worst { value: worst.value * by, ..worst };
        let most = |all: &[Worst; 4]| all.iter().copied().fold(Worst::default(), |a, b| if b.value > a.value { b } else { a });
        let count = |kind: EventKind| {
            let mut of_kind = film.events.iter().filter(|event| event.kind == kind);
            let first = of_kind.clone().next();
            let value = of_kind.by_ref().count() as f64;
            Worst {
                value,
                time_s: first.map_or(0.0, |event| event.time_s),
                line: first.map_or(0, |event| event.line),
                at: first.map_or([0.0; 2], |event| event.at_in_machine_m),
            }
        };
        Some(match name {
            "contour_error_max_mm" => scaled(self.contour_m, 1e3),
            "following_error_max_mm" => scaled(self.following_m, 1e3),
            "racking_max_mm" => scaled(self.racking_m, 1e3),
            "torque_margin_min" => {
                let worst = most(&self.torque_use);
                Worst { value: 1.0 - worst.value, ..worst }
            }
            "lost_steps" => Worst { value: self.lost.iter().map(|lost| lost.value).sum(), ..most(&self.lost) },
            "cut_lost" => count(EventKind::CutLost),
            "tip_touches" => count(EventKind::TipTouchesPlate),
            "part_hits" => count(EventKind::TipHitsPart),
            "clamp_hits" => count(EventKind::TipHitsClamp),
            "not_as_drawn" => count(EventKind::NotAsDrawn),
            "drives_let_go" => count(EventKind::DriveLetGo),
            "parts_freed" => count(EventKind::PartFreed),
            _ => return None,
        })
    }
}

/// What the session has come to, brought up to date.
pub fn so_far(ui: &egui::Ui, session: &Session) -> Arc<SoFar> {
    let id = egui::Id::new("what the run has come to");
    let mut kept = ui.data_mut(|data| data.remove_temp::<Arc<SoFar>>(id)).unwrap_or_default();
    if kept.generation != session.generation || kept.frames != session.film.frames.len() {
        Arc::make_mut(&mut kept).follow(&session.film, session.generation);
    }
    ui.data_mut(|data| data.insert_temp(id, kept.clone()));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::film::MotorFrame;

    #[test]
    fn worst_values_are_those_of_the_frames_in_one_go_or_in_pieces() {
        let frame = |time_s: f64, off: f32, use_: f32| Frame {
            time_s,
            line: time_s as u32,
            phase: Phase::Cutting,
            deviation_m: -off,
            tip: [off, 0.0, 0.0],
            sides: [0.0, 2.0 * off],
            motors: [MotorFrame { rpm: -95.0, torque_nm: use_, torque_use: use_, ..MotorFrame::default() }; 4],
            ..Frame::default()
        };
        let mut film = Film { frames: vec![frame(1.0, 1e-4, 0.2), frame(2.0, 3e-4, 0.1)], ..Film::default() };
        let mut pieces = SoFar::default();
        pieces.follow(&film, 7);
        film.frames.push(frame(3.0, 2e-4, 0.4));
        pieces.follow(&film, 7);
        let mut whole = SoFar::default();
        whole.follow(&film, 7);
        assert_eq!(pieces, whole);
        let contour = whole.figure("contour_error_max_mm", &film).unwrap();
        assert!((contour.value - 0.3).abs() < 1e-6 && contour.line == 2);
        assert!((whole.figure("torque_margin_min", &film).unwrap().value - 0.6).abs() < 1e-6);
        assert!((whole.figure("racking_max_mm", &film).unwrap().value - 0.6).abs() < 1e-6);
        assert_eq!(whole.bands[0].len(), 10);
        assert_eq!(whole.figure("no_such_figure", &film), None);
        whole.follow(&Film::default(), 8);
        assert_eq!(whole.contour_m.value, 0.0);
    }
}
