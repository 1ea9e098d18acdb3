//! The engines: integrators of the same mechanism, of which one is chosen for a run.
//!
//! In: [`MachineParams`] and drive forces. Out: joint motions, tip. Each is the other's judge.

pub mod cases;
pub mod rapier;
pub mod reduced;

use super::params::MachineParams;
use super::{JOINTS, JointMotion};
use rapier::RapierMachine;
use reduced::ReducedMachine;

/// Which engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineKind {
    /// Rigid bodies in full three dimensions: the reference.
    #[default]
    Rapier,
    /// The same mechanism in its own coordinates, turns taken as small.
    Reduced,
}

impl EngineKind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rapier => "rapier",
            Self::Reduced => "reduced",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Rapier, Self::Reduced].into_iter().find(|kind| kind.name() == name)
    }
}

/// A mechanism in one of the engines.
pub enum Engine {
    /// In rapier.
    Rapier(Box<RapierMachine>),
    /// In its own coordinates.
    Reduced(Box<ReducedMachine>),
}

impl Engine {
    /// The mechanism at machine zero, at rest, stepping by `step_s`.
    pub fn new(kind: EngineKind, p: &MachineParams, step_s: f64) -> Self {
        match kind {
            EngineKind::Rapier => Self::Rapier(Box::new(RapierMachine::new(p, step_s))),
            EngineKind::Reduced => Self::Reduced(Box::new(ReducedMachine::new(p, step_s))),
        }
    }

    /// Which it is.
    pub const fn kind(&self) -> EngineKind {
        match self {
            Self::Rapier(_) => EngineKind::Rapier,
            Self::Reduced(_) => EngineKind::Reduced,
        }
    }

    /// Where the joints stand, X, Y1, Y2, Z.
    pub fn joints(&self) -> [JointMotion; JOINTS] {
        match self {
            Self::Rapier(m) => m.joints(),
            Self::Reduced(m) => m.joints(),
        }
    }

    /// The same for drives whose window lies about this instant: speeds from before what they do in it.
    pub fn joints_for_drives(&self) -> [JointMotion; JOINTS] {
        match self {
            Self::Rapier(m) => m.joints_behind(),
            Self::Reduced(m) => m.joints_behind(),
        }
    }

    /// The tip against the plate in machine coordinates, m: equal to the axes' travel where nothing bends.
    pub fn tip_in_machine_m(&self) -> [f64; 3] {
        match self {
            Self::Rapier(m) => m.tip_in_machine_m(),
            Self::Reduced(m) => m.tip_in_machine_m(),
        }
    }

    /// How far the play of trucks and torch slide has shifted the tip in X, m.
    pub fn play_at_tip_m(&self) -> f64 {
        match self {
            Self::Rapier(m) => m.play_at_tip_m(),
            Self::Reduced(m) => m.play_at_tip_m(),
        }
    }

    /// Takes the present pose as the one at which the operator has set the plate's zero: `at_in_machine_m`.
    pub fn touch_off(&mut self, at_in_machine_m: [f64; 3]) {
        match self {
            Self::Rapier(m) => m.touch_off(at_in_machine_m),
            Self::Reduced(m) => m.touch_off(at_in_machine_m),
        }
    }

    /// One step with the mean force of each drive's window, N.
    pub fn step(&mut self, drive_n: [f64; JOINTS]) {
        match self {
            Self::Rapier(m) => m.step(drive_n),
            Self::Reduced(m) => m.step(drive_n),
        }
    }

    /// Carries the steadily moving bodies on by `travel_m` of X, Y and Z without integrating.
    pub fn jump(&mut self, travel_m: [f64; 3]) {
        match self {
            Self::Rapier(m) => m.jump(travel_m),
            Self::Reduced(m) => m.jump(travel_m),
        }
    }

    /// Largest speed of any body against the steady motion of X, Y, Z, m/s: what still vibrates.
    pub fn unrest_m_per_s(&self, steady_m_per_s: [f64; 3]) -> f64 {
        match self {
            Self::Rapier(m) => m.unrest_m_per_s(steady_m_per_s),
            Self::Reduced(m) => m.unrest_m_per_s(steady_m_per_s),
        }
    }
}
