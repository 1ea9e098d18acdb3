//! Places in time worth stopping at: everything that happened, and the corners of the cuts.
//!
//! In: the film as it grows. Out: [`Marks`], which the timeline draws and the keys step through.

use crate::twin::film::{Film, Frame};
use crate::twin::record::EventKind;
use crate::view::session::Session;
use bevy::prelude::*;

/// A change of direction from this angle on is a corner: below, a machine hardly slows for it.
const CORNER_COS: f32 = 0.94;

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// Something that happened.
    Event(EventKind),
    /// A corner of a cut.
    Corner,
}

/// A place in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, s.
    pub time_s: f64,
    /// Line of the program.
    pub line: u32,
    /// Where, machine coordinates, m.
    pub at_in_machine_m: [f64; 2],
    /// What.
    pub kind: MarkKind,
    /// In words.
    pub text: String,
}

/// All marks so far, in order of time.
#[derive(Resource, Default)]
pub struct Marks {
    /// The marks.
    pub all: Vec<Mark>,
    generation: u64,
    frames: usize,
    events: usize,
    done: bool,
    corners: Vec<Mark>,
    /// The last frame that moved while cutting.
    moving: Option<Frame>,
}

/// Brings the marks up to what the run has shown.
pub fn gather(session: Option<Res<Session>>, mut marks: ResMut<Marks>) {
    let Some(session) = session else { return };
    if marks.generation != session.generation {
        *marks = Marks { generation: session.generation, ..Marks::default() };
    }
    let film = &session.film;
    let done = session.record.is_some();
    if marks.frames == film.frames.len() && marks.events == film.events.len() && marks.done == done {
        return;
    }
    let Marks { corners, moving, frames, .. } = &mut *marks;
    look_for_corners(&film.frames[*frames..], corners, moving);
    (marks.frames, marks.events, marks.done) = (film.frames.len(), film.events.len(), done);
    marks.all = all(film, &marks.corners);
}

fn look_for_corners(frames: &[Frame], corners: &mut Vec<Mark>, moving: &mut Option<Frame>) {
    for frame in frames {
        if frame.kerf_m <= 0.0 {
            *moving = None;
            continue;
        }
        if frame.speed_m_per_s <= 0.0 {
            continue;
        }
        if let Some(before) = moving {
            let cos = before.tangent[0] * frame.tangent[0] + before.tangent[1] * frame.tangent[1];
            if cos < CORNER_COS {
                corners.push(Mark {
                    time_s: frame.time_s,
                    line: frame.line,
                    at_in_machine_m: [f64::from(frame.tip[0]), f64::from(frame.tip[1])],
                    kind: MarkKind::Corner,
                    text: format!("corner of {:.0}°", cos.clamp(-1.0, 1.0).acos().to_degrees()),
                });
            }
        }
        *moving = Some(*frame);
    }
}

fn all(film: &Film, corners: &[Mark]) -> Vec<Mark> {
    let event = |event: &crate::twin::record::Event| Mark {
        time_s: event.time_s,
        line: event.line,
        at_in_machine_m: event.at_in_machine_m,
        kind: MarkKind::Event(event.kind),
        text: event.text.clone(),
    };
    let mut marks: Vec<Mark> = film.events.iter().map(event).chain(corners.iter().cloned()).collect();
    marks.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    marks
}

impl MarkKind {
    /// Whether it means that something is wrong.
    pub fn is_bad(self) -> bool {
        use EventKind::{CutLost, DriveLetGo, Fault, LostSteps, NotAsDrawn, TipHitsClamp, TipHitsPart, TipTouchesPlate};
        matches!(
            self,
            Self::Event(CutLost | DriveLetGo | Fault | LostSteps | TipTouchesPlate | TipHitsPart | TipHitsClamp | NotAsDrawn)
        )
    }

    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Self::Corner => "corner",
            Self::Event(kind) => match kind {
                EventKind::FlameOn => "flame lit",
                EventKind::Pierce => "pierce",
                EventKind::CutStart => "cut begins",
                EventKind::CutEnd => "cut ends",
                EventKind::CutLost => "cut lost",
                EventKind::LostSteps => "lost steps",
                EventKind::Fault => "fault",
                EventKind::DriveLetGo => "drive lets go",
                EventKind::TipTouchesPlate => "tip touches plate",
                EventKind::TipHitsPart => "torch hits a part",
                EventKind::TipHitsClamp => "torch hits a clamp",
                EventKind::NotAsDrawn => "not as drawn",
                EventKind::PartFreed => "part free",
            },
        }
    }
}

impl Marks {
    /// The mark after (`way` > 0) or before `time_s`.
    pub fn beside(&self, time_s: f64, way: i32) -> Option<&Mark> {
        // A playhead that stands on a mark goes on from it.
        const SAME_S: f64 = 1e-3;
        if way > 0 {
            self.all.iter().find(|mark| mark.time_s > time_s + SAME_S)
        } else {
            self.all.iter().rev().find(|mark| mark.time_s < time_s - SAME_S)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_angle_is_a_corner_and_an_arc_is_none() {
        let frame = |k: usize, degrees: f32| Frame {
            time_s: k as f64 * 0.01,
            kerf_m: 0.0015,
            speed_m_per_s: 0.008,
            tangent: [degrees.to_radians().cos(), degrees.to_radians().sin()],
            ..Frame::default()
        };
        let degrees = [0.0, 0.0, 90.0, 90.0, 95.0, 100.0, 105.0, 285.0];
        let frames: Vec<Frame> = degrees.into_iter().enumerate().map(|(k, d)| frame(k, d)).collect();
        let (mut corners, mut moving) = (Vec::new(), None);
        look_for_corners(&frames[..3], &mut corners, &mut moving);
        look_for_corners(&frames[3..], &mut corners, &mut moving);
        let found: Vec<&str> = corners.iter().map(|mark| mark.text.as_str()).collect();
        assert_eq!(found, ["corner of 90°", "corner of 180°"]);
        let marks = Marks { all: corners, ..Marks::default() };
        assert_eq!(marks.beside(0.02, 1).map(|mark| mark.time_s), Some(0.07));
        assert_eq!(marks.beside(0.07, -1).map(|mark| mark.time_s), Some(0.02));
    }
}
