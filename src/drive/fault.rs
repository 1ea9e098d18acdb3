//! A motor that gets less current than it should: unplugged, a wrong switch on its driver, a loose connector.
//!
//! In: the driver as it is meant to be, the share of its current that arrives. Out: the joint on such a driver. Uses this room only.

use super::motor::Motor;
use super::params::DriverParams;
use super::{Joint, JointState};

impl Joint {
    /// Goes on with `share` of the current that `meant` gives; 0 is an open circuit, in which no driver can close a loop.
    pub fn feed(&mut self, state: &mut JointState, meant: &DriverParams, share: f64) {
        let p = &mut self.params;
        p.driver = DriverParams { current_peak_a: share * meant.current_peak_a, ..meant.clone() };
        if share == 0.0 {
            p.driver.closed_loop = None;
            // Bridges that are off carry nothing, whatever the winding induces.
            state.motor.current_a = [0.0; 2];
        }
        self.motor = Motor::new(&p.motor, &p.driver, p.transmission.inertia_kg_m2);
        self.motor.command(&mut state.motor, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::joint;

    #[test]
    fn an_unplugged_rotor_coasts_and_a_plugged_in_one_catches_at_a_multiple_of_four() {
        let mut j = joint(1e6, 0.0);
        let mut state = j.at_rest();
        let meant = j.params.driver.clone();
        let h = 20e-6;
        let run = |j: &super::Joint, state: &mut super::JointState, steps: usize| {
            for _ in 0..steps {
                let damping = 2e-3 * state.motor.speed_rad_per_s;
                j.motor.step(&mut state.motor, damping, 0.0, h);
            }
        };
        j.feed(&mut state, &meant, 0.0);
        // Pushed while nothing holds it: a tenth of a turn at 5 rad/s would come back if the field were there.
        state.motor.speed_rad_per_s = 5.0;
        run(&j, &mut state, 5000);
        let coasted = state.motor.angle_rad;
        assert!(coasted > 0.1 && state.motor.torque_nm == 0.0, "{coasted} rad");
        j.feed(&mut state, &meant, 1.0);
        run(&j, &mut state, 100_000);
        let full_steps = j.motor.full_steps_behind(&state.motor) / 4.0;
        assert!((full_steps - full_steps.round()).abs() < 1e-3 && full_steps <= -1.0, "{full_steps} fours");
    }
}
