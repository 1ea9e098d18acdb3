//! Recorded steps as a controller: it gives the steps as they were recorded, and beside them the motion that they show.
//!
//! In: a [`Recording`], the program's course. Out: [`Output`]s. What the recorded controller had in mind is not known; it is estimated from
//! the steps (`fit`) and laid beside the program (`follow`). Nothing of it moves the machine.

mod fit;
mod follow;

use std::collections::VecDeque;

use crate::scene::model::Recording;
use crate::twin::course::Course;
use follow::Follower;
use torchtwin_planner::{Controller, Output, PathItem, Slice, StepEdge, TorchEvent};

/// Longest stretch that belongs to one item, ticks: 0.1 s, under a millimetre of cut.
const LONGEST_TICKS: u64 = 1_600_000;

/// From this duration on a stretch at one speed is a cruise, ticks: 30 ms, twice what a ramp of 0.5 m/s² stays within a step of.
const CRUISE_TICKS: u64 = 480_000;

/// Plays a recording.
pub struct Replay<'a> {
    steps: std::iter::Peekable<std::slice::Iter<'a, StepEdge>>,
    rest: VecDeque<Output>,
}

impl<'a> Replay<'a> {
    /// From the program's start, on a machine with so many steps per metre.
    pub fn new(recording: &'a Recording, course: &Course, steps_per_m: [f64; 3]) -> Self {
        let fitted = fit::legs(&recording.steps, course.start(), steps_per_m);
        let mut follower = Follower::new(course);
        let mut rest = VecDeque::new();
        let mut torch = recording.torch.iter().peekable();
        for (i, leg) in fitted.iter().enumerate() {
            let exit = exit_speed(leg, fitted.get(i + 1));
            for part in leg.parts(&recording.torch, LONGEST_TICKS) {
                while let Some((tick, event)) = torch.next_if(|(tick, _)| *tick <= part.tick) {
                    rest.push_back(switched(*tick, *event, &mut follower));
                }
                let last = part.end == leg.end;
                rest.push_back(stretch(leg, &part, if last { exit } else { leg.speed_m_per_s() }, &mut follower));
            }
        }
        rest.extend(torch.map(|(tick, event)| switched(*tick, *event, &mut follower)));
        Self { steps: recording.steps.iter().peekable(), rest }
    }
}

impl Controller for Replay<'_> {
    fn next(&mut self, _: &mut dyn Iterator<Item = PathItem>) -> Option<Output> {
        let tick = match self.rest.front() {
            Some(Output::Slice(slice)) => slice.tick,
            Some(Output::Stand { tick, .. } | Output::Torch { tick, .. }) => *tick,
            Some(Output::Step(_)) | None => u64::MAX,
        };
        match self.steps.next_if(|edge| edge.tick < tick) {
            Some(edge) => Some(Output::Step(*edge)),
            None => self.rest.pop_front(),
        }
    }
}

/// A part of a leg.
struct Part {
    tick: u64,
    end: u64,
}

impl fit::Leg {
    /// The leg cut where the torch is switched, and where it is too long.
    fn parts(&self, torch: &[(u64, TorchEvent)], longest: u64) -> Vec<Part> {
        let first = torch.partition_point(|(tick, _)| *tick <= self.tick);
        let mut cuts: Vec<u64> = torch[first..].iter().map(|(tick, _)| *tick).take_while(|tick| *tick < self.end).collect();
        if !self.is_stand() {
            cuts.extend((1..=(self.end - self.tick - 1) / longest).map(|k| self.tick + k * longest));
        }
        cuts.push(self.end);
        cuts.sort_unstable();
        cuts.dedup();
        let mut tick = self.tick;
        cuts.into_iter().map(|end| Part { tick: std::mem::replace(&mut tick, end), end }).collect()
    }
}

/// Speed that a leg is meant to end with: its own if it cruises, the next one's if that does, else half way between both.
fn exit_speed(leg: &fit::Leg, next: Option<&fit::Leg>) -> f64 {
    let cruises = |leg: &fit::Leg| leg.end - leg.tick >= CRUISE_TICKS;
    match next {
        _ if cruises(leg) => leg.speed_m_per_s(),
        Some(next) if !next.is_stand() => {
            if cruises(next) {
                next.speed_m_per_s()
            } else {
                0.5 * (leg.speed_m_per_s() + next.speed_m_per_s())
            }
        }
        _ => 0.0,
    }
}

fn stretch(leg: &fit::Leg, part: &Part, exit_m_per_s: f64, follower: &mut Follower) -> Output {
    let (tick, ticks) = (part.tick, part.end - part.tick);
    if leg.is_stand() {
        return Output::Stand { tick, ticks, tag: follower.stand() };
    }
    let speed_m_per_s = leg.speed_m_per_s();
    let from_m = speed_m_per_s * fit::seconds(tick - leg.tick);
    let mut slice = Slice {
        tag: 0,
        kind: torchtwin_planner::MoveKind::Feed,
        tick,
        ticks,
        geometry: leg.geometry,
        from_m,
        speed_m_per_s,
        acceleration_m_per_s2: 0.0,
        jerk_m_per_s3: 0.0,
        wanted_speed_m_per_s: exit_m_per_s,
    };
    let middle = slice.point_at(0.5 * slice.duration_s());
    (slice.tag, slice.kind) = follower.follow(middle, speed_m_per_s * slice.duration_s());
    Output::Slice(slice)
}

fn switched(tick: u64, event: TorchEvent, follower: &mut Follower) -> Output {
    Output::Torch { tick, tag: follower.switched(event), event }
}

#[cfg(test)]
mod tests;
