//! What a run shows while it goes: a film of the machine, the strokes of the torch on the plate, and what happened.
//!
//! In: the loop, at every sample. Out: [`Shot`]s to whoever watches, and [`Film`], which keeps them and says how the machine stood at any
//! instant. Watching changes nothing of a run; single precision is enough to draw (0.2 µm on 2 m).

use crate::torch::Phase;
use crate::twin::observe::MotorNow;
use crate::twin::plant::Rungs;
use crate::twin::process::Process;
use crate::twin::record::Event;
use crate::twin::stroke::Stroke;
use crate::twin::timeline::Planned;

/// Longest time between frames, s.
const FRAME_S: f64 = 0.02;

/// A frame is kept as soon as tip or sides leave the straight way on from the last one by this much, m: a tenth of what a good table is off
/// by. At 4 µm the ringing of a gantry keeps five hundred frames a second.
const BEND_M: f64 = 12e-6;

/// One motor at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MotorFrame {
    /// Commanded speed, rev/min, with its sign.
    pub rpm: f32,
    /// Torque it gives, N·m, without its own losses.
    pub torque_nm: f32,
    /// Share of the pull-out torque that is.
    pub torque_use: f32,
    /// Force of the transmission on its load, N.
    pub force_n: f32,
    /// Rotor minus command, m of travel.
    pub lag_m: f32,
    /// Full steps lost so far: a multiple of 4.
    pub lost_full_steps: i32,
    /// Warmer than its surroundings, K.
    pub rise_k: f32,
}

/// The machine at an instant. Positions in machine coordinates, m.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    /// Time, s.
    pub time_s: f64,
    /// Line of the program, 0 before the first.
    pub line: u32,
    /// What the torch is doing.
    pub phase: Phase,
    /// Preheat flame burns.
    pub flame: bool,
    /// A rapid is under way.
    pub rapid: bool,
    /// Planned point.
    pub planned: [f32; 3],
    /// Planned speed along the path, m/s.
    pub speed_m_per_s: f32,
    /// Planned direction of travel.
    pub tangent: [f32; 2],
    /// Commanded steps.
    pub stepped: [f32; 2],
    /// Rotors.
    pub rotor: [f32; 2],
    /// Rotors less free play.
    pub meshed: [f32; 2],
    /// Joints.
    pub carriage: [f32; 2],
    /// Joints with what the guides' play adds at the tip.
    pub played: [f32; 2],
    /// What the geometry is off by: straightness, squareness, pitch, growth.
    pub geometry: [[f32; 2]; 4],
    /// Tip against the plate.
    pub tip: [f32; 3],
    /// The gantry's sides, left and right, along Y.
    pub sides: [f32; 2],
    /// Distance of the tip from the programmed path, positive to the left, m.
    pub deviation_m: f32,
    /// Distance of the planned point from it, m.
    pub planned_off_m: f32,
    /// Kerf width, 0 unless piercing or cutting, m.
    pub kerf_m: f32,
    /// Motors X, Y1, Y2, Z.
    pub motors: [MotorFrame; 4],
}

/// Something to show.
#[derive(Clone, Debug)]
pub enum Shot {
    /// The machine.
    Frame(Frame),
    /// The torch on the plate.
    Stroke(Stroke),
    /// Something happened.
    Event(Event),
}

/// Who watches: takes a shot and says whether the run is to go on.
pub type Watch<'a> = &'a dyn Fn(Shot) -> bool;

/// Decides which samples become frames.
#[derive(Default)]
pub struct Camera {
    last: Option<Frame>,
    events: [usize; 2],
}

impl Camera {
    /// Looks at a sample and shows what is new. False: whoever watches has seen enough.
    pub fn look(&mut self, watch: Watch, frame: Frame, process: &mut Process, events: &[Event]) -> bool {
        let mut go_on = process.strokes.drain(..).all(|stroke| watch(Shot::Stroke(stroke)));
        for (seen, events) in self.events.iter_mut().zip([&process.events[..], events]) {
            for event in events.iter().skip(*seen) {
                go_on &= watch(Shot::Event(event.clone()));
            }
            *seen = events.len();
        }
        if self.last.as_ref().is_none_or(|last| tells_more(last, &frame)) {
            self.last = Some(frame);
            go_on &= watch(Shot::Frame(frame));
        }
        go_on
    }
}

/// Whether `now` is more than the way from `last` straight on.
fn tells_more(last: &Frame, now: &Frame) -> bool {
    let dt = (now.time_s - last.time_s) as f32;
    let bent = |was: f32, is: f32, rate: f32| f64::from((was + rate * dt - is).abs()) > BEND_M;
    f64::from(dt) >= FRAME_S
        || last.phase != now.phase
        || last.flame != now.flame
        || last.line != now.line
        || (0..2).any(|i| {
            let rate = last.speed_m_per_s * last.tangent[i];
            bent(last.tip[i], now.tip[i], rate) || bent(last.planned[i], now.planned[i], rate)
        })
        || (0..2).any(|side| bent(last.sides[side], now.sides[side], last.speed_m_per_s * last.tangent[1]))
}

/// A frame from what the loop knows at a sample.
pub fn frame(planned: &Planned, rungs: &Rungs, sides: [f64; 2], process: &Process, motors: [MotorNow; 4]) -> Frame {
    let two = |p: [f64; 2]| p.map(|x| x as f32);
    let three = |p: [f64; 3]| p.map(|x| x as f32);
    let g = &rungs.geometry;
    Frame {
        phase: process.phase(),
        flame: process.burning(),
        rapid: planned.rapid,
        planned: three(planned.point),
        speed_m_per_s: planned.speed_m_per_s as f32,
        tangent: [planned.tangent[0] as f32, planned.tangent[1] as f32],
        stepped: two(rungs.stepped),
        rotor: two(rungs.rotor),
        meshed: two(rungs.meshed),
        carriage: two(rungs.carriage),
        played: two(rungs.played),
        geometry: [g.straightness, g.squareness, g.pitch, g.growth].map(two),
        tip: three(rungs.tip),
        sides: two(sides),
        kerf_m: process.kerf_now_m() as f32,
        motors: motors.map(|m| MotorFrame {
            rpm: m.rpm as f32,
            torque_nm: m.torque_nm as f32,
            torque_use: m.torque_use as f32,
            force_n: m.force_n as f32,
            lag_m: m.lag_m as f32,
            lost_full_steps: m.lost_full_steps as i32,
            rise_k: m.rise_k as f32,
        }),
        ..Frame::default()
    }
}

/// Everything shown so far, in order of time.
#[derive(Clone, Debug, Default)]
pub struct Film {
    /// Frames.
    pub frames: Vec<Frame>,
    /// Strokes, each with the time at its end, s.
    pub strokes: Vec<(f64, Stroke)>,
    /// Events.
    pub events: Vec<Event>,
}

impl Film {
    /// Keeps a shot.
    pub fn keep(&mut self, shot: Shot) {
        match shot {
            Shot::Frame(frame) => self.frames.push(frame),
            Shot::Stroke(stroke) => {
                let before_s = self.strokes.last().map_or(0.0, |(time_s, _)| *time_s);
                self.strokes.push((before_s + stroke.time_s, stroke));
            }
            Shot::Event(event) => {
                let at = self.events.partition_point(|known| known.time_s <= event.time_s);
                self.events.insert(at, event);
            }
        }
    }

    /// Up to when it is known how the machine stood, s.
    pub fn known_s(&self) -> f64 {
        self.frames.last().map_or(0.0, |frame| frame.time_s)
    }

    /// Number of the last frame at or before `time_s`; none in an empty film.
    pub fn index_at(&self, time_s: f64) -> Option<usize> {
        let after = self.frames.partition_point(|frame| frame.time_s <= time_s);
        if self.frames.is_empty() { None } else { Some(after.saturating_sub(1)) }
    }

    /// How the machine stood at `time_s`: between two frames, positions go straight from one to the other. None in an empty film.
    pub fn at(&self, time_s: f64) -> Option<Frame> {
        let index = self.index_at(time_s)?;
        let (a, b) = (&self.frames[index], self.frames.get(index + 1)?);
        let share = ((time_s - a.time_s) / (b.time_s - a.time_s).max(1e-9)).clamp(0.0, 1.0) as f32;
        Some(Frame { time_s: time_s.clamp(a.time_s, b.time_s), ..between(a, b, share) })
    }

    /// As [`Film::at`], and the last frame where nothing later is known.
    pub fn at_or_last(&self, time_s: f64) -> Option<Frame> {
        self.at(time_s).or_else(|| self.frames.last().copied())
    }
}

fn between(a: &Frame, b: &Frame, share: f32) -> Frame {
    let mix = |p: f32, q: f32| p + (q - p) * share;
    let two = |p: [f32; 2], q: [f32; 2]| [mix(p[0], q[0]), mix(p[1], q[1])];
    let three = |p: [f32; 3], q: [f32; 3]| [mix(p[0], q[0]), mix(p[1], q[1]), mix(p[2], q[2])];
    Frame {
        planned: three(a.planned, b.planned),
        stepped: two(a.stepped, b.stepped),
        rotor: two(a.rotor, b.rotor),
        meshed: two(a.meshed, b.meshed),
        carriage: two(a.carriage, b.carriage),
        geometry: std::array::from_fn(|k| two(a.geometry[k], b.geometry[k])),
        tip: three(a.tip, b.tip),
        sides: two(a.sides, b.sides),
        speed_m_per_s: mix(a.speed_m_per_s, b.speed_m_per_s),
        deviation_m: mix(a.deviation_m, b.deviation_m),
        planned_off_m: mix(a.planned_off_m, b.planned_off_m),
        ..*a
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 mm/s along X.
    fn frame(time_s: f64, x: f32) -> Frame {
        Frame { time_s, tip: [x, 0.0, 0.0], planned: [x, 0.0, 0.0], speed_m_per_s: 0.01, tangent: [1.0, 0.0], ..Frame::default() }
    }

    #[test]
    fn between_frames_the_machine_goes_straight_and_outside_it_stands() {
        let film = Film { frames: vec![frame(1.0, 0.0), frame(1.02, 2e-4), frame(1.04, 3e-4)], ..Film::default() };
        for (time_s, x_m) in [(0.5, 0.0), (1.0, 0.0), (1.01, 1e-4), (1.02, 2e-4), (1.03, 2.5e-4), (1.04, 3e-4), (9.0, 3e-4)] {
            let x = film.at_or_last(time_s).unwrap().tip[0];
            assert!((x - x_m).abs() < 1e-9, "{time_s}: {x}");
        }
        assert!(film.at(9.0).is_none() && Film::default().at_or_last(0.0).is_none());
    }

    #[test]
    fn a_steady_way_needs_few_frames_and_a_bend_gets_one_at_once() {
        let start = frame(0.0, 0.0);
        assert!(!tells_more(&start, &frame(0.019, 1.9e-4)));
        assert!(tells_more(&start, &frame(0.021, 2.1e-4)));
        assert!(tells_more(&start, &frame(0.001, 2.4e-5)));
    }
}
