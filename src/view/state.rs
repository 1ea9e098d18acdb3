//! What is shown: the instant, and how it is drawn. Everything that a person can change is here, and is changed by
//! [`Action`](super::action::Action)s only.

use crate::twin::film::Frame;
use bevy::prelude::*;

/// The instant that is shown.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Playhead {
    /// Simulated time, s.
    pub time_s: f64,
    /// Time goes on.
    pub playing: bool,
    /// Simulated seconds a second.
    pub rate: f64,
}

impl Default for Playhead {
    fn default() -> Self {
        Self { time_s: 0.0, playing: false, rate: 1.0 }
    }
}

/// The machine at the playhead; made anew every frame of the picture before the world is drawn.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub struct Now(pub Frame);

/// How the plate is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlateLook {
    /// As steel looks: scale, temper colours, glow.
    #[default]
    Steel,
    /// False colours of its temperature.
    Temperature,
    /// False colours of the highest temperature so far.
    Peak,
}

/// How everything is drawn.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The plate.
    pub plate: PlateLook,
    /// Programmed path.
    pub programmed: bool,
    /// Path the planner made of it.
    pub planned: bool,
    /// Path the tip took, coloured by how far it is off.
    pub actual: bool,
    /// Heat-affected zone along the cuts.
    pub haz: bool,
    /// Flames and sparks.
    pub fire: bool,
    /// Motors coloured by their load, belts and racks by their force.
    pub loads: bool,
    /// Flex, racking and the tip's error are drawn this many times larger.
    pub magnification: f32,
    /// Light theme of panels and backdrop.
    pub light: bool,
    /// Lengths in inches.
    pub inch: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            plate: PlateLook::Steel,
            programmed: true,
            planned: false,
            actual: true,
            haz: false,
            fire: true,
            loads: true,
            magnification: 1.0,
            light: false,
            inch: false,
        }
    }
}

/// What is pointed at on the plate.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub struct Probe {
    /// Machine coordinates of the plate's point under the cursor, m; none: the cursor is elsewhere.
    pub at_in_machine_m: Option<[f32; 2]>,
}

/// Temperature of the plate at the playhead, as far as it has been worked out: the heat thread is a few frames behind while it runs.
#[derive(Resource, Clone, Debug, Default)]
pub struct PlateHeat {
    /// Cells in X and Y.
    pub cells: [usize; 2],
    /// Size of a cell, m.
    pub cell_m: [f64; 2],
    /// Low corner of the plate, machine coordinates, m.
    pub corner_in_machine_m: [f64; 2],
    /// Temperature, °C, row by row from the low corner, X fastest.
    pub temperature_c: Vec<f32>,
    /// Highest temperature so far, °C.
    pub peak_c: Vec<f32>,
    /// Instant that it belongs to, s.
    pub time_s: f64,
}

impl PlateHeat {
    /// Temperature and highest temperature so far at a point, °C.
    pub fn at(&self, point: [f32; 2]) -> Option<[f32; 2]> {
        let cell = |i: usize| {
            let c = (f64::from(point[i]) - self.corner_in_machine_m[i]) / self.cell_m[i].max(1e-9);
            (c >= 0.0 && c < self.cells[i] as f64).then_some(c as usize)
        };
        let index = cell(1)? * self.cells[0] + cell(0)?;
        Some([*self.temperature_c.get(index)?, *self.peak_c.get(index)?])
    }
}

/// Order of the view's systems in a frame: each may read what the ones before it made.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ViewSet {
    /// Takes what the run has shown.
    Receive,
    /// Carries out what people asked for, moves the playhead, makes [`Now`].
    Play,
    /// Moves and rebuilds what is drawn.
    World,
    /// Places the camera.
    Camera,
}

/// Parent of everything that is drawn in machine coordinates (Z up); its rotation is the one place where they become Bevy's (Y up).
#[derive(Resource, Clone, Copy, Debug)]
pub struct Root(pub Entity);
