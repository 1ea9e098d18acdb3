//! Free play of a guide across its travel: its two ends may each slide between two flanks before they push.
//!
//! In: how far and how turned the second body stands in the first's frame. Out: what of that is play and strains nothing. Uses nothing.
//!
//! Only X: in Z the weight, and in Y the torch's overhang, press every guide of these machines on one flank. An end at a distance a from
//! the guide's middle is displaced by d = x ± a θ, and pushes with half the guide's stiffness, k/2 (d − u), where u is where it sits
//! between its flanks. It slides (u follows d) as long as that force is more than dry friction, and no farther than to a flank: a spring
//! in series with a slider that has stops, after Prandtl. Nothing depends on how fast.

use super::params::{MountParams, PlayParams};

/// Where both ends of a guide sit between their flanks, m from the middle.
pub type Seats = [f64; 2];

impl PlayParams {
    /// Play across the travel along `along` (Y or Z) of ends `arm_m` from the middle.
    pub fn new(along: usize, half_m: f64, hold_n: f64, arm_m: f64) -> Option<Self> {
        // About Z an end ahead in Y goes to −X, about Y an end above goes to +X.
        let turn = match along {
            1 => (2, -1.0),
            2 => (1, 1.0),
            _ => return None,
        };
        (half_m > 0.0).then_some(Self { half_m, hold_n, arm_m, turn })
    }

    /// Of both ends, the first of which is ahead or above, by a shift and a turn: how far they are off, or how fast they move.
    fn ends(&self, shift: [f64; 3], turn: [f64; 3]) -> [f64; 2] {
        let (axis, sign) = self.turn;
        let side = sign * self.arm_m * turn[axis];
        [shift[0] + side, shift[0] - side]
    }

    /// How far friction stretches the spring of an end, m.
    fn stretch_m(&self, n_per_m: f64) -> f64 {
        2.0 * self.hold_n / n_per_m
    }

    /// Where the ends sit that have sat at `seats`, with the body `travel` and `turn` off in the first's frame; `n_per_m` is the whole
    /// guide's stiffness in X.
    pub fn seats(&self, seats: Seats, travel: [f64; 3], turn: [f64; 3], n_per_m: f64) -> Seats {
        let (off, stretch) = (self.ends(travel, turn), self.stretch_m(n_per_m));
        std::array::from_fn(|i| seats[i].clamp(off[i] - stretch, off[i] + stretch).clamp(-self.half_m, self.half_m))
    }

    /// How far the play shifts a point `above_m` above the guide's middle in X, m. A turn about Z shifts nothing here: the drives of both sides
    /// keep the gantry from it.
    pub fn shift_m(&self, [first, second]: Seats, above_m: f64) -> f64 {
        let (axis, sign) = self.turn;
        let turn = if axis == 1 { sign * 0.5 * (first - second) / self.arm_m } else { 0.0 };
        0.5 * (first + second) + turn * above_m
    }

    /// Force in X, axis of the moment, and moment, that ends which have sat at `seats` give a body that is `off` (travel and turn) and
    /// moves at `rates` (speed and spin); `n_per_m` and `n_s_per_m` are the whole guide's in X. An end that slides has friction in place
    /// of damping.
    pub fn push(
        &self,
        seats: Seats,
        off: [[f64; 3]; 2],
        rates: [[f64; 3]; 2],
        n_per_m: f64,
        n_s_per_m: f64,
    ) -> (f64, usize, f64) {
        let sits = self.seats(seats, off[0], off[1], n_per_m);
        let (at, speed, stretch) = (self.ends(off[0], off[1]), self.ends(rates[0], rates[1]), self.stretch_m(n_per_m));
        let [first, second] = std::array::from_fn(|i| {
            let strain = at[i] - sits[i];
            // At the edge of friction, going on outwards, and not on a flank.
            let slides = strain.abs() >= stretch * (1.0 - 1e-9) && strain * speed[i] >= 0.0 && sits[i].abs() < self.half_m;
            -0.5 * (n_per_m * strain + if slides { 0.0 } else { n_s_per_m * speed[i] })
        });
        let (axis, sign) = self.turn;
        (first + second, axis, sign * self.arm_m * (first - second))
    }
}

impl MountParams {
    /// Gives it play, if any. It is then the springs of its two ends, by the softer of what holds it in X and of what keeps it from turning.
    pub fn loosen(&mut self, play: Option<PlayParams>) {
        let Some(PlayParams { arm_m, turn: (axis, _), .. }) = play else { return };
        let n_per_m = self.linear_n_per_m[0].min(self.angular_nm_per_rad[axis] / (arm_m * arm_m));
        self.linear_n_per_m[0] = n_per_m;
        self.angular_nm_per_rad[axis] = n_per_m * arm_m * arm_m;
        self.play = play;
    }
}

#[cfg(test)]
mod tests;
