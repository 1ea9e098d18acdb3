//! Where the time of a frame goes, part by part, as Bevy diagnostics; shown in a corner on F2, measured by `benches/view.rs`.

use super::state::ViewSet;
use bevy::diagnostic::{Diagnostic, DiagnosticPath, Diagnostics, RegisterDiagnostic};
use bevy::prelude::*;
use std::time::Instant;

/// Parts of a frame, in order: what the run has shown; actions and playhead; what is drawn; camera; panels; and the whole frame, with
/// drawing and waiting for the screen.
pub const PARTS: [DiagnosticPath; 6] = [
    DiagnosticPath::const_new("receive"),
    DiagnosticPath::const_new("play"),
    DiagnosticPath::const_new("world"),
    DiagnosticPath::const_new("camera"),
    DiagnosticPath::const_new("panels"),
    DiagnosticPath::const_new("frame"),
];

/// Number of the part that is the panels', and of the whole frame.
pub const PANELS: usize = 4;
const FRAME: usize = 5;

/// Frames that are averaged.
const AVERAGED: usize = 120;

/// When the part under way began, and the frame.
#[derive(Resource)]
pub struct Watch {
    part: Instant,
    frame: Instant,
}

impl Watch {
    /// Begins a part.
    pub fn begin(&mut self) {
        self.part = Instant::now();
    }

    /// Ends the part under way, which is number `part` of [`PARTS`].
    pub fn end(&mut self, part: usize, diagnostics: &mut Diagnostics) {
        let took_ms = self.part.elapsed().as_secs_f64() * 1e3;
        diagnostics.add_measurement(&PARTS[part], || took_ms);
        self.begin();
    }
}

/// Adds the diagnostics.
pub struct FrameTimesPlugin;

impl Plugin for FrameTimesPlugin {
    fn build(&self, app: &mut App) {
        let now = Instant::now();
        app.insert_resource(Watch { part: now, frame: now });
        for path in PARTS {
            app.register_diagnostic(Diagnostic::new(path).with_suffix(" ms").with_max_history_length(AVERAGED));
        }
        let ends = |part: usize| move |mut watch: ResMut<Watch>, mut d: Diagnostics| watch.end(part, &mut d);
        app.add_systems(First, frame)
            .add_systems(Update, (|mut watch: ResMut<Watch>| watch.begin()).before(ViewSet::Receive))
            .add_systems(Update, ends(0).after(ViewSet::Receive).before(ViewSet::Play))
            .add_systems(Update, ends(1).after(ViewSet::Play).before(ViewSet::World))
            .add_systems(Update, ends(2).after(ViewSet::World).before(ViewSet::Camera))
            .add_systems(Update, ends(3).after(ViewSet::Camera));
    }
}

fn frame(mut watch: ResMut<Watch>, mut diagnostics: Diagnostics) {
    let took_ms = watch.frame.elapsed().as_secs_f64() * 1e3;
    diagnostics.add_measurement(&PARTS[FRAME], || took_ms);
    watch.frame = Instant::now();
}
