//! How the scene's machine rings: its natural frequencies where they are lowest.
//!
//! In: a scene's machine. Out: modes. May use `drive` and `machine`.

use crate::drive::Joint;
pub use crate::machine::modes::Mode;
use crate::machine::modes::modes;
use crate::scene::model::Machine;
use crate::twin::strides::springs;

/// Places along each axis where frequencies are looked for.
const PLACES: usize = 3;

/// Modes of the machine, lowest first, with the axes where the first one is lowest: on a grid over the travel, the torch low.
pub fn modes_of(machine: &Machine) -> Vec<Mode> {
    let joints: Vec<Joint> = machine.joints.iter().cloned().map(Joint::new).collect();
    let place = |axis: usize, k: usize| {
        let [low, high] = machine.mechanism.travel_m[axis];
        low + (high - low) * k as f64 / (PLACES - 1) as f64
    };
    let at = (0..PLACES * PLACES).map(|k| [place(0, k % PLACES), place(1, k / PLACES), 0.0]);
    let all = at.map(|at| modes(&machine.mechanism, &std::array::from_fn(|j| springs(&joints[j], at)), at));
    let first = |modes: &Vec<Mode>| modes.first().map_or(f64::INFINITY, |mode| mode.frequency_hz);
    all.min_by(|a, b| first(a).total_cmp(&first(b))).unwrap_or_default()
}
