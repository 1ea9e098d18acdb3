//! What the motors and belts are loaded with, as colour: neutral up to 30 %, amber at 70 %, red from 95 % of what they can. A motor's stack has
//! its torque, its end bells its warmth. A motor that has lost steps is magenta from then on; the slack side of a belt goes blue.

use crate::drive::hold::Knees;
use crate::scene::model::Scene;
use crate::twin::film::{Film, Frame};
use bevy::prelude::*;

/// What a colour stands for.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// Torque of a joint's motor as a share of its pull-out torque.
    Motor(usize),
    /// Warmth of a joint's motor as a share of what makers rate it for.
    Warmth(usize),
    /// Force of a joint's pinion, pulley or screw as a share of what holds it.
    Output(usize),
    /// The same of a belt's span: behind the pulley, or ahead.
    Span {
        /// Joint.
        joint: usize,
        /// Ahead of the pulley.
        ahead: bool,
    },
}

/// Makers rate motors for this much of warming, K (the catalogue's class of motors has it with its range; basis: estimate).
pub const RATED_RISE_K: f32 = 80.0;

/// Sooner than this is no time for a loss: a run that begins out of step has not lost anything.
const NEVER_S: f64 = f64::INFINITY;

/// When each motor first lost steps, as far as the film goes.
#[derive(Resource, Clone, Copy, Debug)]
pub struct FirstLoss {
    generation: u64,
    frames: usize,
    /// Of X, Y1, Y2, Z, s; ∞: not yet.
    pub time_s: [f64; 4],
}

impl Default for FirstLoss {
    fn default() -> Self {
        Self { generation: 0, frames: 0, time_s: [NEVER_S; 4] }
    }
}

impl FirstLoss {
    /// Looks at the frames that are new.
    pub fn follow(&mut self, film: &Film, generation: u64) {
        if self.generation != generation {
            *self = Self { generation, ..Self::default() };
        }
        for frame in film.frames.iter().skip(self.frames) {
            for (time_s, motor) in self.time_s.iter_mut().zip(&frame.motors) {
                if motor.lost_full_steps != 0 {
                    *time_s = time_s.min(frame.time_s);
                }
            }
        }
        self.frames = film.frames.len();
    }
}

/// How much of what it can a part is loaded with, –; of a belt's slack span negative.
pub fn used(load: Load, now: &Frame, scene: &Scene) -> f32 {
    let (Load::Motor(joint) | Load::Warmth(joint) | Load::Output(joint) | Load::Span { joint, .. }) = load;
    let Some(motor) = now.motors.get(joint) else { return 0.0 };
    match load {
        Load::Motor(_) => return motor.torque_use,
        Load::Warmth(_) => return motor.rise_k / RATED_RISE_K,
        _ => {}
    }
    let Some(params) = scene.machine.joints.get(joint) else { return 0.0 };
    let position_m = f64::from([now.carriage[0], now.sides[0], now.sides[1], now.tip[2]][joint.min(3)]);
    let t = &params.transmission;
    let share = Knees::at(t, t.stiffness.at(position_m), position_m).used(f64::from(motor.force_n)) as f32;
    match load {
        // Pulled forward, the span ahead tightens and the one behind goes slack.
        Load::Span { ahead, .. } if ahead != (motor.force_n >= 0.0) => -share,
        _ => share,
    }
}

/// Colour for a load, from that of the part at rest.
pub fn colour(rest: Color, used: f32) -> Color {
    const STOPS: [(f32, [f32; 3]); 2] = [(0.70, [0.98, 0.62, 0.06]), (0.95, [0.92, 0.07, 0.03])];
    const SLACK: [f32; 3] = [0.10, 0.42, 0.98];
    let rest = rest.to_srgba();
    let rest = [rest.red, rest.green, rest.blue];
    let mix = |a: [f32; 3], b: [f32; 3], t: f32| [0, 1, 2].map(|k| a[k] + (b[k] - a[k]) * t.clamp(0.0, 1.0));
    let [r, g, b] = if used < 0.0 {
        mix(rest, SLACK, (-used - 0.30) / 0.65)
    } else if used <= STOPS[0].0 {
        mix(rest, STOPS[0].1, (used - 0.30) / 0.40)
    } else {
        mix(STOPS[0].1, STOPS[1].1, (used - STOPS[0].0) / 0.25)
    };
    Color::srgb(r, g, b)
}

/// Colour of a motor that has lost steps.
pub const LOST: Color = Color::srgb(0.86, 0.04, 0.74);

/// Steps of load in which colours change: finer is not seen, and a material that stays as it is need not go to the graphics card again.
pub fn rounded(used: f32) -> f32 {
    (used * 64.0).round() / 64.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::film::MotorFrame;

    #[test]
    fn colours_begin_at_thirty_percent_and_end_at_ninety_five() {
        let rest = Color::srgb(0.1, 0.1, 0.1);
        let at = |used| colour(rest, used).to_srgba();
        assert_eq!(at(0.0), at(0.3));
        assert_eq!(at(0.95), at(2.0));
        assert!((at(0.7).green - 0.62).abs() < 1e-6 && at(0.95).green < 0.1 && at(-0.95).blue > 0.9);
    }

    #[test]
    fn a_motor_that_has_lost_steps_is_known_from_then_on() {
        let frame = |time_s, lost| Frame {
            time_s,
            motors: [
                MotorFrame::default(),
                MotorFrame { lost_full_steps: lost, ..MotorFrame::default() },
                MotorFrame::default(),
                MotorFrame::default(),
            ],
            ..Frame::default()
        };
        let mut film = Film { frames: vec![frame(0.0, 0), frame(1.0, 4)], ..Film::default() };
        let mut first = FirstLoss::default();
        first.follow(&film, 1);
        film.frames.extend([frame(2.0, 8), frame(3.0, 0)]);
        first.follow(&film, 1);
        assert_eq!(first.time_s, [f64::INFINITY, 1.0, f64::INFINITY, f64::INFINITY]);
        first.follow(&Film::default(), 2);
        assert_eq!(first.time_s, [f64::INFINITY; 4]);
    }
}
