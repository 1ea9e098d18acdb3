//! Masses put together into rigid bodies.
//!
//! In: boxes with mass, centre and size. Out: `machine`'s body parameters. May use: `machine`'s params.

use crate::machine::params::BodyParams;

/// Masses that move as one.
#[derive(Clone, Debug, Default)]
pub(super) struct Assembly {
    /// Mass kg, centre m, moments about its own centre kg·m².
    pieces: Vec<(f64, [f64; 3], [f64; 3])>,
}

impl Assembly {
    /// Adds a solid box of even density; a size of 0 makes it a plate, a rod or a point.
    pub fn add_box(&mut self, mass_kg: f64, centre_m: [f64; 3], size_m: [f64; 3]) {
        let [x, y, z] = size_m.map(|s| s * s);
        self.pieces.push((mass_kg, centre_m, [y + z, x + z, x + y].map(|sum| mass_kg * sum / 12.0)));
    }

    /// Adds a frame: the mass spread evenly along the twelve edges of a box, as a welded table is. Along X, say, run
    /// four edges at the corners of the other two directions; a rod of length a contributes a²/12 about its middle.
    pub fn add_edges(&mut self, mass_kg: f64, centre_m: [f64; 3], size_m: [f64; 3]) {
        let total: f64 = size_m.iter().sum();
        let mut moments = [0.0; 3];
        for along in 0..3 {
            let share = mass_kg * size_m[along] / total;
            for (about, moment) in moments.iter_mut().enumerate() {
                for other in (0..3).filter(|other| *other != about) {
                    let arm = if other == along { size_m[along].powi(2) / 12.0 } else { 0.25 * size_m[other].powi(2) };
                    *moment += share * arm;
                }
            }
        }
        self.pieces.push((mass_kg, centre_m, moments));
    }

    /// Mass, kg.
    pub fn mass_kg(&self) -> f64 {
        self.pieces.iter().map(|(mass, ..)| mass).sum()
    }

    /// The body: its moments about the common centre along the machine's axes. Products of inertia are left out: they
    /// are small, as the machine is nearly symmetric.
    pub fn body(&self) -> BodyParams {
        let mass_kg = self.mass_kg();
        let mut centre = [0.0; 3];
        for (mass, at, _) in &self.pieces {
            for (sum, x) in centre.iter_mut().zip(at) {
                *sum += mass * x / mass_kg;
            }
        }
        let mut moments = [0.0; 3];
        for (mass, at, own) in &self.pieces {
            let [x, y, z] = [0, 1, 2].map(|i| (at[i] - centre[i]).powi(2));
            for (sum, (own, arm)) in moments.iter_mut().zip(own.iter().zip([y + z, x + z, x + y])) {
                *sum += own + mass * arm;
            }
        }
        BodyParams { mass_kg, inertia_kg_m2: moments, centre_in_machine_m: centre }
    }
}

/// Mass that a force at `at_m` along `axis` meets on one body: 1/m + Σ (r × e)²/I, inverted, kg.
pub(super) fn mass_at(body: &BodyParams, at_m: [f64; 3], axis: usize) -> f64 {
    let r = [0, 1, 2].map(|i| at_m[i] - body.centre_in_machine_m[i]);
    let (next, last) = ((axis + 1) % 3, (axis + 2) % 3);
    // r × e has no part along e; its parts along the other two are the other two arms.
    let turning = r[last].powi(2) / body.inertia_kg_m2[next] + r[next].powi(2) / body.inertia_kg_m2[last];
    1.0 / (1.0 / body.mass_kg + turning)
}
