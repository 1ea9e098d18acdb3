//! Drag of a guide: elastic before it breaks away, then Coulomb with a Stribeck rise at low speed, plus viscous.
//!
//! In: position and speed along the guide. Out: the force that opposes the motion. Uses `params` only.
//!
//! The bristle of Dahl and LuGre without its memory of speed: the guide carries F = σ z with z the travel since the last reversal,
//! limited to g(v)/σ, g = F_c + (F_s − F_c) e^(−(v/v_s)²). It sticks without creeping, which a smoothed sign function does not.

use super::params::FrictionParams;

/// What changes in a guide's drag.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrictionState {
    /// Elastic deflection of the contact, m.
    bristle_m: f64,
    /// Position at the last step, m.
    position_m: f64,
}

impl FrictionState {
    /// The drag at `position_m`, N, positive against positive motion. `moved_mass_kg` sets the damping of the contact before breakaway.
    pub fn step(&mut self, p: &FrictionParams, moved_mass_kg: f64, position_m: f64, speed_m_per_s: f64) -> f64 {
        self.step_yielding(p, moved_mass_kg, position_m, speed_m_per_s, 0.0)
    }

    /// The same where the speed is that before the drag of this instant, of which each newton takes `yields` m/s to its middle.
    pub fn step_yielding(
        &mut self,
        p: &FrictionParams,
        moved_mass_kg: f64,
        position_m: f64,
        speed_m_per_s: f64,
        yields: f64,
    ) -> f64 {
        let stiffness = p.static_n / p.presliding_m;
        // At the middle of this instant's drag, taken to be as large as the last one: where the level falls with the speed, half a drag more
        // of it is damping that is not there.
        let middle_m_per_s = speed_m_per_s - yields * stiffness * self.bristle_m;
        let ratio = middle_m_per_s / p.stribeck_m_per_s;
        let level = p.coulomb_n + (p.static_n - p.coulomb_n) * (-ratio * ratio).exp();
        let reach = level / stiffness;
        let moved = self.bristle_m + position_m - self.position_m;
        self.position_m = position_m;
        self.bristle_m = moved.clamp(-reach, reach);
        // A fifth of critical damping while it sticks: pre-sliding contacts are lossy.
        let sticking = moved == self.bristle_m;
        let damping = if sticking { 0.4 * (stiffness * moved_mass_kg).sqrt() } else { 0.0 };
        let force = (stiffness * self.bristle_m + damping * speed_m_per_s) / (1.0 + damping * yields);
        force.clamp(-level, level) + p.viscous_n_s_per_m * middle_m_per_s
    }

    /// Moves the steadily sliding guide on by `travel_m`.
    pub fn jump(&mut self, travel_m: f64) {
        self.position_m += travel_m;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sticks_below_breakaway_and_slides_at_the_coulomb_force() {
        let p = FrictionParams {
            coulomb_n: 10.0,
            static_n: 14.0,
            stribeck_m_per_s: 1e-3,
            viscous_n_s_per_m: 5.0,
            presliding_m: 5e-6,
        };
        let mut s = FrictionState::default();
        assert!((s.step(&p, 20.0, 2.5e-6, 0.0) - 7.0).abs() < 1e-9);
        let sliding = s.step(&p, 20.0, 1e-2, 0.1);
        assert!((sliding - (10.0 + 0.5)).abs() < 1e-9, "{sliding}");
        let back = s.step(&p, 20.0, 0.0, -0.1);
        assert!((back + 10.5).abs() < 1e-9, "{back}");
    }
}
