//! Time: takes what the run has shown, moves the playhead, and says how the machine stands there.

use super::marks;
use super::session::{Session, State};
use super::state::{Now, Playhead, ViewSet};
use super::toasts::Toasts;
use crate::twin::record::EventKind;
use bevy::prelude::*;

/// Adds session, playhead and marks, and the order of everything else.
pub struct PlayPlugin;

impl Plugin for PlayPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Playhead>().init_resource::<Now>().init_resource::<marks::Marks>();
        app.configure_sets(Update, (ViewSet::Receive, ViewSet::Play, ViewSet::World, ViewSet::Camera).chain());
        app.add_systems(Update, (receive, marks::gather).chain().in_set(ViewSet::Receive));
        app.add_systems(Update, (advance, stop_at_hits, stand).chain().in_set(ViewSet::Play).after(super::carry_out::carry_out));
    }
}

fn receive(session: Option<ResMut<Session>>) {
    // Change detection is left alone: what changes is seen by lengths and the generation.
    if let Some(mut session) = session {
        session.bypass_change_detection().receive();
    }
}

/// Moves the playhead on: never past what is known, so that a slow run is waited for.
fn advance(session: Option<Res<Session>>, time: Res<Time<Real>>, mut playhead: ResMut<Playhead>) {
    let Some(session) = session else { return };
    if !playhead.playing {
        return;
    }
    let known_s = session.film.known_s();
    let wanted_s = playhead.time_s + playhead.rate * time.delta_secs_f64();
    playhead.time_s = wanted_s.min(known_s).max(playhead.time_s.min(known_s));
    if matches!(session.state, State::Done | State::Refused) && playhead.time_s >= known_s {
        playhead.playing = false;
    }
}

/// Stops where the torch runs into a piece or a clamp, as the machine would; says so each time it is played to.
fn stop_at_hits(marks: Res<marks::Marks>, mut playhead: ResMut<Playhead>, mut last_s: Local<f64>, mut toasts: ResMut<Toasts>) {
    let (from_s, to_s) = (*last_s, playhead.time_s);
    *last_s = to_s;
    let is_hit = |mark: &&marks::Mark| {
        mark.kind == marks::MarkKind::Event(EventKind::TipHitsPart)
            || mark.kind == marks::MarkKind::Event(EventKind::TipHitsClamp)
    };
    let hit = marks.all.iter().filter(is_hit).find(|mark| mark.time_s > from_s && mark.time_s <= to_s);
    if let Some(hit) = hit.filter(|_| playhead.playing) {
        playhead.playing = false;
        playhead.time_s = hit.time_s;
        *last_s = hit.time_s;
        toasts.warn(format!("line {}: {}", hit.line, hit.text));
    }
}

fn stand(session: Option<Res<Session>>, playhead: Res<Playhead>, mut now: ResMut<Now>) {
    let frame = session.and_then(|session| session.film.at_or_last(playhead.time_s));
    now.0 = frame.unwrap_or_default();
}
