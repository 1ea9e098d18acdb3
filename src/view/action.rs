//! Everything a person can ask for, by mouse, key or menu.
//!
//! Panels and keys only put actions into [`Actions`]; one system carries them out. What can be done can therefore be done by a test too.

use super::state::{Look, PlateLook};
use crate::twin::EngineKind;
use bevy::prelude::Resource;
use std::path::PathBuf;

/// A wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a scene file.
    Open(PathBuf),
    /// Run another program on the present scene's machine.
    OpenProgram(PathBuf),
    /// Run the same again, from its files.
    Reload,
    /// Play or pause.
    TogglePlay,
    /// Go to an instant, s.
    Seek(f64),
    /// Go on or back by so many seconds.
    Skip(f64),
    /// Go to the next (+1) or the previous (−1) line of the program that moves.
    StepLine(i32),
    /// Go to the next (+1) or the previous (−1) event.
    StepEvent(i32),
    /// Go to where a line of the program first runs.
    GoToLine(u32),
    /// Play at so many simulated seconds a second.
    Rate(f64),
    /// Draw in this way.
    Look(Look),
    /// Colour the plate in this way.
    Plate(PlateLook),
    /// Look from here.
    Camera(CameraPreset),
    /// Keep the torch in the middle of the picture, or no longer.
    FollowTorch(bool),
    /// Look at a point of the plate, machine coordinates, m.
    LookAt([f64; 2]),
    /// Run with this text in the place of the machine file's.
    ChangeMachine(String),
    /// Take back the last change of the machine.
    Undo,
    /// Make it again.
    Redo,
    /// Let this engine integrate the mechanism from now on.
    Engine(EngineKind),
    /// Write the machine as it is now.
    SaveMachine(PathBuf),
    /// Write the report folder.
    SaveReport(PathBuf),
    /// Show or hide the keyboard's help.
    Help,
    /// Say something to the person.
    Say(String),
    /// Leave.
    Quit,
}

/// Places to look from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraPreset {
    /// The whole table from the front.
    #[default]
    Overview,
    /// From straight above, without perspective.
    Top,
    /// The tip from close by.
    Torch,
    /// Along the beam, from the side.
    Side,
    /// Along the rails, from the front.
    Front,
    /// The cut edge from just above the plate.
    Kerf,
}

impl CameraPreset {
    /// All of them with the word for each.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Overview, "overview"),
        (Self::Top, "top"),
        (Self::Torch, "torch"),
        (Self::Side, "side"),
        (Self::Front, "front"),
        (Self::Kerf, "kerf"),
    ];
}

impl std::str::FromStr for CameraPreset {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(_, name)| *name == word).map(|(preset, _)| *preset);
        known.ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|(_, name)| *name).collect();
            format!("error[V003]: camera '{word}' is unknown\n  hint: one of {}", words.join(", "))
        })
    }
}

/// What has been asked for and not been carried out yet.
#[derive(Resource, Default)]
pub struct Actions(pub Vec<Action>);

impl Actions {
    /// Asks for something.
    pub fn ask(&mut self, action: Action) {
        self.0.push(action);
    }
}
