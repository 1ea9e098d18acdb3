//! Feed holds, overrides and aborts at random instants, judged by a checker that sees only what comes out.
//!
//! Both profiles run seeded random paths. Whatever is asked of them on the way: no step is lost or added, time never runs backwards, a hold
//! comes to rest, the limits hold (s_curve) and the tool stays on the path (grbl).

mod common;

use std::collections::VecDeque;
use std::f64::consts::PI;

use common::{Random, SETTINGS};
use torchtwin_planner::audit::{Audit, Resolution};
use torchtwin_planner::{
    AXES, Controller, Geometry, Grbl, MoveKind, Output, PathItem, Plane, Point, SCurve, Shape, TICK_HZ, TorchEvent, grbl,
};

fn classic() -> grbl::Settings {
    grbl::Settings {
        idle_delay_ms: 25.0,
        junction_deviation_mm: 0.010,
        arc_tolerance_mm: 0.002,
        steps_per_mm: [80.0, 80.0, 160.0],
        max_rate_mm_per_min: [3000.0, 2400.0, 600.0],
        acceleration_mm_per_s2: [300.0, 200.0, 100.0],
        travel_mm: [1000.0; AXES],
    }
}

/// Outputs after which a ride is taken for endless.
const ENDLESS: usize = 40_000_000;

/// To whole hundredths of a millimetre, as programs write it: far enough from half a step for any rounding.
fn on_grid(m: f64) -> f64 {
    (m * 1e5).round() / 1e5
}

/// A random path from `at`, with tags from `tag` on. `grid`: ends of moves lie on hundredths of a millimetre.
fn path(r: &mut Random, mut at: Point, tag: u32, count: u32, grid: bool) -> Vec<PathItem> {
    let round = |m: f64| if grid { on_grid(m) } else { m };
    let mut items = Vec::new();
    for tag in tag..tag + count {
        let kind = if r.one_in(4) { MoveKind::Rapid } else { MoveKind::Feed };
        let speed_m_per_s = 0.004 + 0.1 * r.share() * r.share();
        let pick = r.share();
        // The first is a line: it leads from wherever the machine stands to a point of the program.
        let item = if pick < 0.6 || items.is_empty() {
            let reach = if r.one_in(3) { 0.001 } else { 0.03 };
            let mut to = at.map(|x| round(x + reach * r.between(-1.0, 1.0)));
            if !r.one_in(5) {
                to[2] = if items.is_empty() { to[2] } else { at[2] };
            }
            at = to;
            PathItem::Move { tag, kind, speed_m_per_s, shape: Shape::Line { to } }
        } else if pick < 0.85 {
            let (radius, angle) = (0.0005 + 0.02 * r.share() * r.share(), r.between(0.0, 2.0 * PI));
            let sweep_rad = r.between(0.3, 1.9 * PI) * if r.one_in(2) { 1.0 } else { -1.0 };
            let centre = [at[0] - radius * angle.cos(), at[1] - radius * angle.sin()];
            let end = angle + sweep_rad;
            let to = [round(centre[0] + radius * end.cos()), round(centre[1] + radius * end.sin()), at[2]];
            at = to;
            PathItem::Move { tag, kind, speed_m_per_s, shape: Shape::Arc { to, centre, plane: Plane::Xy, sweep_rad } }
        } else if pick < 0.9 {
            PathItem::Dwell { tag, seconds: 0.2 * r.share() }
        } else if pick < 0.95 {
            PathItem::Torch { tag, event: TorchEvent::OxygenOn, with_move: r.one_in(2) }
        } else {
            PathItem::Stop { tag }
        };
        items.push(item);
    }
    items
}

fn end(items: &[PathItem]) -> Option<Point> {
    items.iter().rev().find_map(|item| match item {
        PathItem::Move { shape: Shape::Line { to } | Shape::Arc { to, .. }, .. } => Some(*to),
        _ => None,
    })
}

/// What both profiles can be asked.
trait Machine: Controller {
    fn hold(&mut self);
    fn go_on(&mut self);
    fn held(&self) -> bool;
    fn overrides(&mut self, feed_per_cent: u8, rapid_per_cent: u8);
    fn forget(&mut self);
    fn stands_at(&self) -> [i64; AXES];
}

impl Machine for Grbl {
    fn hold(&mut self) {
        self.feed_hold();
    }
    fn go_on(&mut self) {
        self.resume();
    }
    fn held(&self) -> bool {
        self.is_held()
    }
    fn overrides(&mut self, feed_per_cent: u8, rapid_per_cent: u8) {
        self.set_overrides(feed_per_cent, rapid_per_cent);
    }
    fn forget(&mut self) {
        self.abort();
    }
    fn stands_at(&self) -> [i64; AXES] {
        self.counts()
    }
}

impl<const N: usize, const W: usize> Machine for SCurve<N, W> {
    fn hold(&mut self) {
        self.feed_hold();
    }
    fn go_on(&mut self) {
        self.resume();
    }
    fn held(&self) -> bool {
        self.is_held()
    }
    fn overrides(&mut self, feed_per_cent: u8, rapid_per_cent: u8) {
        self.set_overrides(f64::from(feed_per_cent) * 0.01, f64::from(rapid_per_cent) * 0.01);
    }
    fn forget(&mut self) {
        assert!(self.abort());
    }
    fn stands_at(&self) -> [i64; AXES] {
        self.counts()
    }
}

/// A move in steps, cut into short chords.
struct Chord {
    tag: u32,
    from: Point,
    to: Point,
}

fn chords(mut at: Point, items: &[PathItem], steps_per_m: &[f64; AXES]) -> Vec<Chord> {
    let mut out = Vec::new();
    for item in items {
        let PathItem::Move { tag, shape, .. } = item else { continue };
        let geometry = Geometry::new(at, shape);
        let count = match geometry {
            Geometry::Line { .. } => 1,
            Geometry::Arc { sweep_rad, .. } => (sweep_rad.abs() / 0.02).ceil() as usize,
        };
        let steps = |k: usize| -> Point {
            let p = geometry.point_at(k as f64 / count as f64);
            std::array::from_fn(|i| p[i] * steps_per_m[i])
        };
        out.extend((0..count).map(|k| Chord { tag: *tag, from: steps(k), to: steps(k + 1) }));
        at = geometry.to();
    }
    out
}

fn distance(p: &Point, chord: &Chord) -> f64 {
    let along: Point = std::array::from_fn(|i| chord.to[i] - chord.from[i]);
    let squared: f64 = along.iter().map(|v| v * v).sum();
    let dot: f64 = (0..AXES).map(|i| (p[i] - chord.from[i]) * along[i]).sum();
    let u = if squared > 0.0 { (dot / squared).clamp(0.0, 1.0) } else { 0.0 };
    (0..AXES).map(|i| (p[i] - chord.from[i] - u * along[i]).powi(2)).sum::<f64>().sqrt()
}

/// Sees the outputs go by and nothing else.
struct Checker {
    steps_per_m: [f64; AXES],
    counts: [i64; AXES],
    tick: u64,
    outputs: usize,
    audit: Audit,
    chords: Vec<Chord>,
    /// Tag of the present slice.
    tag: u32,
    /// Farthest from the path, steps.
    off: f64,
}

impl Checker {
    fn new(steps_per_m: [f64; AXES], start: &Point, resolution: Resolution) -> Self {
        Self {
            steps_per_m,
            counts: std::array::from_fn(|i| (start[i] * steps_per_m[i]).round() as i64),
            tick: 0,
            outputs: 0,
            audit: Audit::new(steps_per_m, resolution),
            chords: Vec::new(),
            tag: 0,
            off: 0.0,
        }
    }

    fn stands_at(&self) -> Point {
        std::array::from_fn(|i| self.counts[i] as f64 / self.steps_per_m[i])
    }

    fn expect(&mut self, items: &[PathItem], from: Point) {
        self.chords = chords(from, items, &self.steps_per_m);
    }

    fn take(&mut self, output: &Output, what: &str) {
        self.outputs += 1;
        assert!(self.outputs < ENDLESS, "{what}: no end");
        let (tick, until) = match *output {
            Output::Step(edge) => (edge.tick, edge.tick),
            // Steps of a slice may come at any time in it.
            Output::Slice(slice) => (slice.tick, slice.tick),
            Output::Stand { tick, ticks, .. } => (tick, tick + ticks),
            Output::Torch { tick, .. } => (tick, tick),
        };
        assert!(tick >= self.tick, "{what}: time runs back from {} to {tick} with {output:?}", self.tick);
        self.tick = until;
        match output {
            Output::Slice(slice) => self.tag = slice.tag,
            Output::Step(edge) => {
                self.audit.take(edge);
                let axis = usize::from(edge.axis);
                self.counts[axis] += if edge.forward { 1 } else { -1 };
                let p = self.counts.map(|c| c as f64);
                let low = self.chords.partition_point(|c| c.tag + 2 < self.tag);
                let high = self.chords.partition_point(|c| c.tag <= self.tag + 2);
                let off = self.chords[low..high].iter().map(|c| distance(&p, c)).fold(f64::INFINITY, f64::min);
                if !self.chords.is_empty() {
                    self.off = self.off.max(off);
                }
            }
            Output::Stand { .. } | Output::Torch { .. } => {}
        }
    }
}

/// What was asked for, and how long holds took.
#[derive(Debug, Default)]
struct Tally {
    holds: u32,
    overrides: u32,
    aborts: u32,
    /// Longest from the call of a hold to rest, s.
    longest_hold_s: f64,
}

struct Ride<'a, M: Machine> {
    machine: M,
    checker: Checker,
    random: Random,
    queue: VecDeque<PathItem>,
    goal: Point,
    tag: u32,
    grid: bool,
    /// Whether an abort may come while it moves.
    brakes_at_once: bool,
    tally: &'a mut Tally,
    what: String,
}

impl<M: Machine> Ride<'_, M> {
    fn program(&mut self) {
        let from = self.checker.stands_at();
        let items = path(&mut self.random, from, self.tag, 16, self.grid);
        self.tag += 16;
        self.goal = end(&items).unwrap_or(from);
        self.checker.expect(&items, from);
        self.queue = items.into();
    }

    /// Runs through `most` outputs; false when there are no more.
    fn run(&mut self, most: usize) -> bool {
        for _ in 0..most {
            let queue = &mut self.queue;
            let Some(output) = self.machine.next(&mut std::iter::from_fn(|| queue.pop_front())) else { return false };
            self.checker.take(&output, &self.what);
        }
        true
    }

    fn at_goal(&self) {
        let wanted: [i64; AXES] = std::array::from_fn(|i| (self.goal[i] * self.checker.steps_per_m[i]).round() as i64);
        assert_eq!(self.checker.counts, wanted, "{}: steps lost or added", self.what);
        assert_eq!(self.machine.stands_at(), wanted, "{}: the planner's count", self.what);
    }

    /// A feed hold to rest, and what may follow it.
    fn hold(&mut self) {
        self.tally.holds += 1;
        let asked = self.checker.tick;
        self.machine.hold();
        if self.random.one_in(4) {
            self.run(50);
            self.override_rates();
        }
        while self.run(1) {}
        assert_eq!(self.machine.stands_at(), self.checker.counts, "{}: counts in a hold", self.what);
        if !self.machine.held() {
            // It came too late to stop anything.
            assert!(self.queue.is_empty(), "{}: ends with {} items left and no hold", self.what, self.queue.len());
            self.machine.go_on();
            return;
        }
        self.tally.longest_hold_s = self.tally.longest_hold_s.max((self.checker.tick - asked) as f64 / TICK_HZ);
        assert!(!self.run(1) && self.machine.held(), "{}: moves in a hold", self.what);
        if self.random.one_in(3) {
            self.override_rates();
            assert!(!self.run(1) && self.machine.held(), "{}: an override ends a hold", self.what);
        }
        if self.random.one_in(6) {
            self.abort();
        }
        self.machine.go_on();
        assert!(!self.machine.held(), "{}: held after resume", self.what);
    }

    fn override_rates(&mut self) {
        self.tally.overrides += 1;
        let feed = self.random.between(10.0, 200.0).round() as u8;
        let rapid = [25, 50, 100][(self.random.share() * 3.0) as usize];
        self.machine.overrides(feed, rapid);
    }

    fn abort(&mut self) {
        self.tally.aborts += 1;
        self.machine.forget();
        assert_eq!(self.machine.stands_at(), self.checker.counts, "{}: counts after an abort", self.what);
        self.program();
    }

    fn ride(&mut self) {
        self.program();
        for _ in 0..40 {
            let gap = 1 + (4000.0 * self.random.share() * self.random.share()) as usize;
            if !self.run(gap) {
                // A grbl hold that was asked for while it stood is not taken up; nothing else ends early.
                assert!(!self.machine.held(), "{}: a hold from nowhere", self.what);
                break;
            }
            match (self.random.share() * 10.0) as u32 {
                0..=4 => self.hold(),
                5..=7 => self.override_rates(),
                8 => self.machine.go_on(),
                _ if self.brakes_at_once && self.random.one_in(2) => self.abort(),
                _ => {}
            }
        }
        self.machine.overrides(100, 100);
        while self.run(1) {}
        self.at_goal();
        // More may follow what has ended.
        self.program();
        while self.run(1) {}
        self.at_goal();
    }
}

fn count(default: u64) -> (u64, u64) {
    let read = |name: &str| std::env::var(name).ok().and_then(|v| v.parse().ok());
    (read("SEED").unwrap_or(0), read("PATHS").unwrap_or(default))
}

#[test]
fn s_curve_keeps_steps_and_limits_through_holds_overrides_and_aborts() {
    let (first, paths) = count(40);
    let (mut most, mut tally) = ([0.0_f64; 3], Tally::default());
    for seed in first..first + paths {
        let mut random = Random::seeded(seed);
        let start: Point = std::array::from_fn(|_| random.between(0.0, 0.1));
        let checker = Checker::new(SETTINGS.steps_per_m, &start, Resolution::Ticks(160));
        let mut ride = Ride {
            machine: SCurve::<64, 96>::new(SETTINGS, start),
            checker,
            random,
            queue: VecDeque::new(),
            goal: start,
            tag: 1,
            grid: false,
            brakes_at_once: false,
            tally: &mut tally,
            what: format!("s_curve, seed {seed}"),
        };
        ride.ride();
        for (i, proven) in ride.checker.audit.proven().iter().enumerate() {
            let peaks = [
                (proven.speed, SETTINGS.max_speed_m_per_s[i]),
                (proven.acceleration, SETTINGS.max_acceleration_m_per_s2[i]),
                (proven.jerk, SETTINGS.max_jerk_m_per_s3[i]),
            ];
            for (k, (peak, limit)) in peaks.into_iter().enumerate() {
                let ratio = peak.value / limit;
                most[k] = most[k].max(ratio);
                assert!(
                    ratio < 1.02,
                    "seed {seed}, axis {i}: derivative {} at {ratio:.4} of its limit at {} s",
                    k + 1,
                    peak.at_s
                );
            }
        }
    }
    println!("s_curve: speed {:.4}, acceleration {:.4}, jerk {:.4} of the limits; {tally:?}", most[0], most[1], most[2]);
}

#[test]
fn grbl_keeps_steps_and_path_through_holds_overrides_and_aborts() {
    let (first, paths) = count(60);
    let (mut fastest, mut off, mut tally) = (0.0_f64, 0.0_f64, Tally::default());
    let settings = classic();
    let steps_per_m = settings.steps_per_mm.map(|s| f64::from(s) * 1e3);
    for seed in first..first + paths {
        let mut random = Random::seeded(seed);
        let start: Point = std::array::from_fn(|_| on_grid(random.between(0.0, 0.1)));
        let checker = Checker::new(steps_per_m, &start, Resolution::Steps(1.0));
        let mut ride = Ride {
            machine: <Grbl>::new(settings, start),
            checker,
            random,
            queue: VecDeque::new(),
            goal: start,
            tag: 1,
            grid: true,
            brakes_at_once: true,
            tally: &mut tally,
            what: format!("grbl, seed {seed}"),
        };
        ride.ride();
        off = off.max(ride.checker.off);
        assert!(ride.checker.off <= 2.0, "seed {seed}: {:.3} steps off the path", ride.checker.off);
        for (i, proven) in ride.checker.audit.proven().iter().enumerate() {
            let ratio = proven.speed.value / (f64::from(settings.max_rate_mm_per_min[i]) / 60e3);
            fastest = fastest.max(ratio);
            assert!(ratio < 1.02, "seed {seed}, axis {i}: {ratio:.4} of its speed at {} s", proven.speed.at_s);
        }
    }
    println!("grbl: speed {fastest:.4} of the limit, {off:.3} steps off the path; {tally:?}");
}

fn feed_line(tag: u32, to: Point, speed_m_per_s: f64) -> PathItem {
    PathItem::Move { tag, kind: MoveKind::Feed, speed_m_per_s, shape: Shape::Line { to } }
}

/// When the steps of `items` end, s; at the first output after `asked_s` `ask` is called, and holds are resumed as soon as they have come to
/// rest. Also when that was, s.
fn duration(items: &[PathItem], asked_s: f64, ask: impl FnOnce(&mut SCurve<64, 96>)) -> (f64, f64) {
    let mut planner = SCurve::<64, 96>::new(SETTINGS, [0.0; AXES]);
    let (mut items, mut ask, mut last_s, mut rest_s) = (items.iter().copied(), Some(ask), 0.0, f64::NAN);
    loop {
        match planner.next(&mut items) {
            Some(Output::Step(edge)) => last_s = edge.tick as f64 / TICK_HZ,
            Some(_) => {}
            None if planner.is_held() => {
                rest_s = last_s;
                planner.resume();
            }
            None => return (last_s, rest_s),
        }
        if last_s > asked_s
            && let Some(ask) = ask.take()
        {
            ask(&mut planner);
        }
    }
}

#[test]
fn holds_and_overrides_act_within_a_long_stretch_at_constant_speed() {
    let (length_m, v, a, j) = (0.5, 0.02, SETTINGS.max_acceleration_m_per_s2[0], SETTINGS.max_jerk_m_per_s3[0]);
    let items = [feed_line(1, [length_m, 0.0, 0.0], v)];
    // From v to rest without reaching the acceleration: 2 √(v/J).
    assert!(v * j < a * a);
    let brake_s = 2.0 * (v / j).sqrt();
    let (_, rest_s) = duration(&items, 5.0, SCurve::feed_hold);
    assert!(rest_s > 5.0 && rest_s < 5.0 + brake_s + 0.005, "at rest at {rest_s} s, braking takes {brake_s} s");
    // After 5 s at 20 mm/s the rest at 10: as far as both ramps at the ends, by their mean speeds.
    let (until_s, _) = duration(&items, 5.0, |planner| planner.set_overrides(0.5, 1.0));
    let gone_m = v * (5.0 - 0.5 * brake_s);
    let closed_s = 5.0 + (length_m - gone_m) / (0.5 * v);
    assert!((until_s - closed_s).abs() < 0.2, "{until_s} s, by mean speeds {closed_s} s");
}

#[test]
fn a_hold_before_a_corner_costs_little_wherever_it_comes_to_rest() {
    let items = [feed_line(1, [0.01, 0.0, 0.0], 0.03), feed_line(2, [0.01, 0.01, 0.0], 0.03)];
    let (without_s, _) = duration(&items, f64::INFINITY, SCurve::feed_hold);
    let mut worst = (0.0, 0.0);
    for k in 0..800 {
        let asked_s = without_s * f64::from(k) / 800.0;
        let (with_s, _) = duration(&items, asked_s, SCurve::feed_hold);
        if with_s - without_s > worst.0 {
            worst = (with_s - without_s, asked_s);
        }
    }
    println!("a hold at {:.4} s of {without_s:.4} costs {:.4} s", worst.1, worst.0);
    assert!(worst.0 < 0.5, "a hold at {} s costs {} s", worst.1, worst.0);
}

#[test]
fn a_sharp_corner_behind_a_mild_one_is_braked_for() {
    // The mild one alone bears full speed, and ends ramps: what lies behind it must bind all the same.
    for (length_m, turn) in [(0.004, 0.02_f64), (0.008, 0.02), (0.012, 0.02), (0.017, 0.02), (0.012, 0.1), (0.017, 0.05)] {
        let mild = [0.06, 0.0, 0.0];
        let sharp = [mild[0] + length_m * turn.cos(), length_m * turn.sin(), 0.0];
        let items =
            [feed_line(1, mild, 1.0), feed_line(2, sharp, 1.0), feed_line(3, [sharp[0] - 0.02, sharp[1] + 0.02, 0.0], 1.0)];
        let mut planner = SCurve::<64, 96>::new(SETTINGS, [0.0; AXES]);
        let mut audit = Audit::new(SETTINGS.steps_per_m, Resolution::Ticks(160));
        let mut items = items.into_iter();
        while let Some(output) = planner.next(&mut items) {
            if let Output::Step(edge) = output {
                audit.take(&edge);
            }
        }
        for (i, proven) in audit.proven().iter().enumerate() {
            let (a, j) = (SETTINGS.max_acceleration_m_per_s2[i], SETTINGS.max_jerk_m_per_s3[i]);
            let ratios = (proven.acceleration.value / a, proven.jerk.value / j);
            assert!(ratios.0 < 1.05 && ratios.1 < 1.05, "{length_m} m behind a turn of {turn}, axis {i}: {ratios:?}");
        }
    }
}

#[test]
fn overrides_and_holds_beside_a_corner_keep_the_jerk() {
    // Wherever they come, their ramps do not add to what the corner itself asks for.
    let mut worst = 0.0_f64;
    for (turn, heading, v) in [(0.4_f64, 0.785_f64, 0.03), (1.57, 0.0, 0.03), (0.1, 0.785, 0.06)] {
        let corner = [0.02 * heading.cos(), 0.02 * heading.sin(), 0.0];
        let to = [corner[0] + 0.02 * (heading + turn).cos(), corner[1] + 0.02 * (heading + turn).sin(), 0.0];
        for k in 0..240 {
            let asked_s = 0.04 / v * f64::from(k) / 240.0;
            let mut planner = SCurve::<64, 96>::new(SETTINGS, [0.0; AXES]);
            let mut audit = Audit::new(SETTINGS.steps_per_m, Resolution::Ticks(160));
            let mut items = [feed_line(1, corner, v), feed_line(2, to, v)].into_iter();
            let (mut now_s, mut asked) = (0.0, false);
            while let Some(output) = planner.next(&mut items) {
                if let Output::Step(edge) = output {
                    audit.take(&edge);
                    now_s = edge.tick as f64 / TICK_HZ;
                }
                if now_s > asked_s && !asked {
                    asked = true;
                    match k % 3 {
                        0 => planner.feed_hold(),
                        1 => planner.set_overrides(0.1, 1.0),
                        _ => planner.set_overrides(0.5, 1.0),
                    }
                }
            }
            for (i, proven) in audit.proven().iter().enumerate() {
                let ratio = proven.jerk.value / SETTINGS.max_jerk_m_per_s3[i];
                worst = worst.max(ratio);
                assert!(ratio < 1.02, "turn {turn}, heading {heading}, {v} m/s, at {asked_s} s: jerk {ratio:.4} of its limit");
            }
        }
    }
    println!("jerk {worst:.4} of the limit beside a corner");
}
