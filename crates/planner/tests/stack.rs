//! How much stack the controllers take, found from outside: a thread digs itself so deep into its stack that what is left is just enough.
//!
//! What overflows ends the process, so each trial is a child: this same program, told by `STACK_DIG` how deep to dig and by `STACK_RUN` what to
//! run then. What an empty run needs is taken off.

use std::env;
use std::f64::consts::PI;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::thread::Builder;

use torchtwin_planner::s_curve::dda::Dda;
use torchtwin_planner::{AXES, Controller, Grbl, MoveKind, Output, PathItem, PathMode, Plane, Shape, TorchEvent, grbl, s_curve};

/// Stack of the thread that digs, bytes.
const STACK: usize = 256 * 1024;
/// How exactly the depth is found, bytes.
const FINE: usize = 32;

type SCurve = s_curve::SCurve<64, 64>;

fn settings() -> s_curve::Settings {
    let shaping = Some(s_curve::Shaping { kind: s_curve::Kind::Zv, frequency_hz: 40.0, damping_ratio: 0.05 });
    s_curve::Settings { shaping, ..s_curve::Settings::with_usual_jerk([0.15; AXES], [0.5; AXES], [80_000.0; AXES]) }
}

/// Every kind of item: lines, facets, arcs in a plane and rising, stops, dwells, torch events, modes.
fn program() -> Vec<PathItem> {
    let (mut items, mut at) = (Vec::new(), [0.0; AXES]);
    for tag in 0..60_u32 {
        let kind = if tag % 7 == 3 { MoveKind::Rapid } else { MoveKind::Feed };
        let mut go = |shape| items.push(PathItem::Move { tag, kind, speed_m_per_s: 0.004 * f64::from(1 + tag % 9), shape });
        if tag % 5 == 2 {
            let (radius, centre) = (0.003, [at[0] - 0.003, at[1]]);
            let end = 1.0 + f64::from(tag) * 0.05;
            at = [centre[0] + radius * end.cos(), centre[1] + radius * end.sin(), at[2] + 1e-4 * f64::from(tag % 2)];
            go(Shape::Arc { to: at, centre, plane: Plane::Xy, sweep_rad: end });
        } else {
            let (heading, step) = (f64::from(tag) * 0.7 * PI, if tag % 3 == 0 { 0.0004 } else { 0.006 });
            at = [at[0] + step * heading.cos(), at[1] + step * heading.sin(), at[2] - 1e-4 * f64::from(tag % 2)];
            go(Shape::Line { to: at });
        }
        match tag % 20 {
            4 => items.push(PathItem::Dwell { tag, seconds: 0.1 }),
            9 => items.push(PathItem::Torch { tag, event: TorchEvent::OxygenOn, with_move: tag > 30 }),
            14 => items.push(PathItem::Stop { tag }),
            16 => items.push(PathItem::Mode { tag, mode: PathMode::Within(20e-6) }),
            18 => items.push(PathItem::Mode { tag, mode: PathMode::Default }),
            _ => {}
        }
    }
    items
}

/// Runs the whole program; every so many outputs `ask` is called, and holds are resumed by it.
fn run<C: Controller>(machine: &mut C, items: &[PathItem], ask: fn(&mut C, u32)) {
    let (mut source, mut asked, mut idle) = (items.iter().copied(), 0, 0);
    for n in 0_u64.. {
        match machine.next(&mut source) {
            Some(output) => {
                idle = 0;
                black_box::<Output>(output);
            }
            None => idle += 1,
        }
        if n % 3001 == 3000 || idle > 0 {
            asked += 1;
            ask(machine, asked);
        }
        if idle > 4 {
            return;
        }
    }
}

/// What a child runs at the bottom; everything large has been made before, on the heap.
enum Work {
    Nothing,
    Grbl(Box<Grbl<16, 6>>, Vec<PathItem>),
    SCurve(Box<SCurve>, Vec<PathItem>),
    Interrupt(Box<Dda>),
}

impl Work {
    fn named(name: &str) -> Self {
        match name {
            "grbl" => {
                let limits = torchtwin_planner::Limits {
                    max_speed_m_per_s: [0.15; AXES],
                    max_acceleration_m_per_s2: [0.5; AXES],
                    junction_deviation_m: 10e-6,
                    steps_per_m: [80_000.0; AXES],
                };
                Self::Grbl(Box::new(Grbl::new(grbl::Settings::from_limits(&limits), [0.0; AXES])), program())
            }
            "s_curve" => Self::SCurve(Box::new(SCurve::new(settings(), [0.0; AXES])), program()),
            "interrupt" => Self::Interrupt(Box::new(Dda::new([0; AXES]))),
            _ => Self::Nothing,
        }
    }

    #[inline(never)]
    fn run(&mut self) {
        match self {
            Self::Nothing => {}
            Self::Grbl(machine, items) => run(&mut **machine, items, |m, n| match n % 4 {
                0 => m.feed_hold(),
                1 => m.resume(),
                2 => m.set_overrides(50, 25),
                _ => m.set_overrides(200, 100),
            }),
            Self::SCurve(machine, items) => run(&mut **machine, items, |m, n| match n % 4 {
                0 => m.feed_hold(),
                1 => m.resume(),
                2 => m.set_overrides(0.5, 0.25),
                _ => m.set_overrides(2.0, 1.0),
            }),
            Self::Interrupt(dda) => {
                for k in 0..1000_i64 {
                    dda.load(&[k * 70_000, -k * 100_000, k * k * 100]);
                    while !dda.is_done() {
                        black_box(dda.tick());
                    }
                }
            }
        }
    }
}

/// Goes `left` bytes deeper, then runs.
#[inline(never)]
fn dig(from: usize, depth: usize, work: &mut Work) {
    let here = [0_u8; 8];
    let at = black_box(&here).as_ptr() as usize;
    if from.abs_diff(at) < depth {
        dig(from, depth, work);
    } else {
        work.run();
    }
    black_box(&here);
}

#[test]
fn child() {
    let Some(depth) = env::var("STACK_DIG").ok().and_then(|text| text.parse().ok()) else { return };
    let mut work = Work::named(&env::var("STACK_RUN").unwrap_or_default());
    let thread = Builder::new().stack_size(STACK).spawn(move || {
        let here = [0_u8; 8];
        dig(black_box(&here).as_ptr() as usize, depth, &mut work);
    });
    thread.expect("a thread").join().expect("no panic");
}

/// The greatest depth from which `name` runs, bytes.
fn deepest(name: &str) -> usize {
    let runs = |depth: usize| {
        let mut child = Command::new(env::current_exe().expect("this program"));
        child.args(["--exact", "child"]).env("STACK_DIG", depth.to_string()).env("STACK_RUN", name);
        child.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a child").success()
    };
    let (mut low, mut high) = (0, STACK);
    assert!(runs(low) && !runs(high), "{name}: no depth to be found");
    while high - low > FINE {
        let middle = low.midpoint(high);
        if runs(middle) { low = middle } else { high = middle }
    }
    low
}

#[test]
fn controllers_need_little_stack() {
    let empty = deepest("nothing");
    for (what, name, most) in
        [("Grbl", "grbl", 4 * 1024), ("SCurve<64, 64>", "s_curve", 4 * 1024), ("interrupt of SCurve (Dda)", "interrupt", 1024)]
    {
        let bytes = empty - deepest(name);
        println!("{what}: {bytes} bytes of stack at most");
        assert!(bytes <= most, "{what}: {bytes} bytes of stack, bound {most}");
    }
}
