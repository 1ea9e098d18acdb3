//! The ramps of the jerk-limited profile against an independent integration of their jerk.
//!
//! Truth: a change of speed at the least time is +J, 0, −J (or the reverse), the outer two of equal length. Each phase is a cubic, and is
//! integrated here as such from the state in which the one before left.

use torchtwin_planner::s_curve::kernel::{Ramp, Smooth};

const CASES: u64 = 1_000_000;

struct Random(u64);

impl Random {
    /// Evenly in [0, 1).
    fn share(&mut self) -> f64 {
        // A xorshift generator: three shifts that visit all states but zero.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly over the orders of magnitude from `low` to `high`.
    fn order(&mut self, low: f64, high: f64) -> f64 {
        low * ((high / low).ln() * self.share()).exp()
    }

    fn smooth(&mut self) -> Smooth {
        let acceleration = self.order(0.01, 20.0);
        Smooth { acceleration, jerk: acceleration * self.order(1.0, 500.0) }
    }
}

/// Position, speed and acceleration.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    x: f64,
    v: f64,
    a: f64,
}

impl State {
    /// After `t` seconds of constant jerk.
    fn after(self, jerk: f64, t: f64) -> Self {
        Self {
            x: self.x + self.v * t + self.a * t * t / 2.0 + jerk * t * t * t / 6.0,
            v: self.v + self.a * t + jerk * t * t / 2.0,
            a: self.a + jerk * t,
        }
    }
}

/// A change of speed as phases of constant jerk.
#[derive(Clone, Copy, Debug)]
struct Phases([(f64, f64); 3]);

impl Phases {
    /// The least time for `change`: with `t` the time of rising and `flat` that of constant acceleration, J t (t + flat) = |change| and J t ≤ A.
    fn least(change: f64, smooth: &Smooth) -> Self {
        let Smooth { acceleration: a, jerk } = *smooth;
        let size = change.abs();
        let rise = (a / jerk).min((size / jerk).sqrt());
        let flat = if rise > 0.0 { (size / (jerk * rise) - rise).max(0.0) } else { 0.0 };
        let jerk = jerk * change.signum();
        Self([(jerk, rise), (0.0, flat), (-jerk, rise)])
    }

    fn time_s(&self) -> f64 {
        self.0.iter().map(|p| p.1).sum()
    }

    /// The same change in `scale` times the time.
    fn stretched(&self, scale: f64) -> Self {
        Self(self.0.map(|(jerk, t)| (jerk / (scale * scale), t * scale)))
    }

    fn at(&self, from: f64, mut t: f64) -> State {
        let mut state = State { v: from, ..State::default() };
        for (jerk, length) in self.0 {
            let part = t.min(length);
            state = state.after(jerk, part);
            t -= part;
        }
        state
    }
}

fn off(got: f64, wanted: f64) -> f64 {
    (got - wanted).abs() / wanted.abs().max(f64::MIN_POSITIVE)
}

/// Two speeds of a machine; one in ten times one of them is rest.
fn speeds(r: &mut Random) -> (f64, f64) {
    let (a, b) = (r.order(1e-5, 1.0), r.order(1e-5, 1.0));
    match (r.share() * 20.0) as u32 {
        0 => (0.0, b),
        1 => (a, 0.0),
        _ => (a, b),
    }
}

#[test]
fn time_and_distance_are_those_of_the_jerk_integrated() {
    let mut r = Random(0x0123_4567_89ab_cdef);
    let (mut worst_time, mut worst_distance) = (0.0_f64, 0.0_f64);
    for case in 0..CASES {
        let (smooth, (v0, v1)) = (r.smooth(), speeds(&mut r));
        let phases = Phases::least(v1 - v0, &smooth);
        let time_s = phases.time_s();
        let end = phases.at(v0, time_s);
        // The phases do what they are to do.
        assert!((end.v - v1).abs() < 1e-12 * v0.max(v1) && end.a.abs() < 1e-11 * smooth.acceleration, "case {case}: {end:?}");
        worst_time = worst_time.max(off(smooth.time_s(v1 - v0), time_s));
        worst_distance = worst_distance.max(off(smooth.distance_m(v0, v1), end.x));
        assert_eq!(smooth.distance_m(v0, v1), smooth.distance_m(v1, v0), "case {case}: not the same backwards");
    }
    println!("time off by {worst_time:.1e}, distance by {worst_distance:.1e}");
    assert!(worst_time < 1e-12 && worst_distance < 1e-12);
}

#[test]
fn reach_undoes_distance() {
    let mut r = Random(0xfedc_ba98_7654_3210);
    let (mut worst_way, mut worst_speed, mut worst_at) = (0.0_f64, 0.0_f64, (0.0, 0.0));
    for _ in 0..CASES {
        let smooth = r.smooth();
        let v = if r.share() < 0.1 { 0.0 } else { r.order(1e-5, 1.0) };
        let distance_m = r.order(1e-9, 1.0);
        let to = smooth.reach(v, distance_m);
        assert!(to >= v);
        // Back to the distance: the change of speed is the difference of two rounded numbers, so that where it is small against the speed the
        // distance is only as good as the change: a rounding of v in the change, and with it, as d goes with its root, half that share.
        let rounding = f64::EPSILON * to / (to - v).max(f64::MIN_POSITIVE);
        let way = off(smooth.distance_m(v, to), distance_m);
        if rounding < 1e-13 {
            worst_way = worst_way.max(way);
        } else {
            assert!(
                way < 1e-12 + 2.0 * rounding || to == v,
                "{smooth:?} from {v} over {distance_m}: off by {way:e}, rounding {rounding:e}"
            );
        }
        // The speed itself, against halving the interval in the integral.
        let higher = v + r.order(1e-5, 1.0);
        let phases = Phases::least(higher - v, &smooth);
        let again = smooth.reach(v, phases.at(v, phases.time_s()).x);
        if off(again, higher) > worst_speed {
            (worst_speed, worst_at) = (off(again, higher), (v, higher));
        }
    }
    println!("distance off by {worst_way:.1e}, speed by {worst_speed:.1e} from {} to {} m/s", worst_at.0, worst_at.1);
    assert!(worst_way < 1e-12 && worst_speed < 1e-12);
    assert_eq!(Smooth { acceleration: 1.0, jerk: 10.0 }.reach(0.3, 0.0), 0.3);
}

#[test]
fn every_lower_speed_is_reached_from_the_speed_that_is_said_to_reach_all() {
    let mut r = Random(0x0bad_cafe_1234_5678);
    let mut slack = 0.0_f64;
    for case in 0..20_000 {
        let (smooth, (v0, v1)) = (r.smooth(), speeds(&mut r));
        let (low, high) = (v0.min(v1), v0.max(v1));
        let distance_m = smooth.distance_m(low, low + r.order(1e-4, 10.0));
        let speed = smooth.reach_any(low, high, distance_m);
        // The longest way down among many speeds between, up to the speed itself.
        let ways = (0..=400).map(|k| low + (high.min(speed) - low) * f64::from(k) / 400.0);
        let longest_m = ways.map(|to| smooth.distance_m(speed, to)).fold(0.0, f64::max);
        assert!(longest_m <= distance_m * (1.0 + 1e-9), "case {case}: {longest_m} m of {distance_m} m");
        slack = slack.max(1.0 - longest_m / distance_m);
    }
    println!("the longest way falls short of the distance by {slack:.1e}");
    assert!(slack < 1e-4);
}

#[test]
fn a_ramp_is_the_integral_of_its_jerk() {
    let mut r = Random(0x1357_9bdf_0246_8ace);
    let (mut worst_way, mut worst_speed, mut worst_over) = (0.0_f64, 0.0_f64, 0.0_f64);
    for case in 0..CASES {
        let (smooth, (v0, v1)) = (r.smooth(), speeds(&mut r));
        let own_m = smooth.distance_m(v0, v1);
        let stretch = if r.share() < 0.5 { 1.0 } else { 1.0 + r.order(1e-6, 10.0) };
        let ramp = if stretch == 1.0 { Ramp::fastest(v0, v1, &smooth) } else { Ramp::over(v0, v1, own_m * stretch, &smooth) };
        let phases = Phases::least(v1 - v0, &smooth).stretched(stretch);
        let end_s = ramp.duration_s;
        let most = v0.max(v1);
        // Ends.
        assert_eq!((ramp.speed_at(0.0), ramp.speed_at(end_s), ramp.distance_at(0.0)), (v0, v1, 0.0), "case {case}");
        assert_eq!(ramp.distance_at(end_s), ramp.distance_m(), "case {case}");
        worst_over = worst_over.max(off(ramp.distance_m(), own_m * stretch));
        // In between.
        let t = end_s * r.share();
        let truth = phases.at(v0, t);
        worst_speed = worst_speed.max((ramp.speed_at(t) - truth.v).abs() / most);
        worst_way = worst_way.max((ramp.distance_at(t) - truth.x).abs() / (own_m * stretch));
    }
    println!("way off by {worst_way:.1e}, speed by {worst_speed:.1e}, whole way by {worst_over:.1e}");
    assert!(worst_way < 1e-12 && worst_speed < 1e-12 && worst_over < 1e-12);
}

#[test]
fn differences_of_a_ramp_keep_its_limits() {
    let mut r = Random(0x0f1e_2d3c_4b5a_6978);
    for case in 0..20_000 {
        let (smooth, (v0, v1)) = (r.smooth(), speeds(&mut r));
        let stretch = 1.0 + if r.share() < 0.5 { 0.0 } else { r.order(1e-3, 10.0) };
        let ramp = Ramp::over(v0, v1, smooth.distance_m(v0, v1) * stretch, &smooth);
        let h = ramp.duration_s / 64.0;
        let most = v0.max(v1);
        let v: [f64; 65] = std::array::from_fn(|k| ramp.speed_at(h * k as f64));
        for k in 1..64 {
            // Divided differences lie between the least and the largest derivative; beside them only rounding.
            let (first, second) = ((v[k + 1] - v[k]) / h, (v[k + 1] - 2.0 * v[k] + v[k - 1]) / (h * h));
            let noise = 8.0 * f64::EPSILON * most;
            assert!(
                first.abs() <= smooth.acceleration * (1.0 + 1e-9) + noise / h,
                "case {case}: acceleration {first}, {smooth:?}"
            );
            assert!(second.abs() <= smooth.jerk * (1.0 + 1e-9) + noise / (h * h), "case {case}: jerk {second}, {smooth:?}");
            // Speed is what the distance gains: over an interval it lies between the speeds at its ends, for speed is monotone.
            let way = (ramp.distance_at(h * (k + 1) as f64) - ramp.distance_at(h * k as f64)) / h;
            let (low, high) = (v[k].min(v[k + 1]), v[k].max(v[k + 1]));
            let slack = 1e-12 * most * 64.0;
            assert!(way >= low - slack && way <= high + slack, "case {case}: {way} not in {low}…{high}");
        }
    }
    let cruise = Ramp::cruise(0.25, 0.5);
    assert_eq!((cruise.duration_s, cruise.distance_m(), cruise.distance_at(1.0), cruise.speed_at(1.0)), (2.0, 0.5, 0.25, 0.25));
}
