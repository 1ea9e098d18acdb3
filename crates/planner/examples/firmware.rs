//! What the main loop and the step interrupt of a firmware look like, with a pretended timer: `cargo run -p torchtwin-planner --example firmware`.
//!
//! ```text
//! main loop: program ─► SCurve ─► one position a millisecond ─► queue ─► interrupt, 100 kHz: Dda ─► pins
//! ```
//!
//! The main loop keeps the queue full and may be away for as long as it holds samples. The interrupt owns its [`Dda`] and works in whole
//! numbers only. Here both run in one thread, and the pins are counters.

use std::error::Error;
use std::mem::size_of;

use torchtwin_planner::s_curve::dda::{Dda, TICKS};
use torchtwin_planner::s_curve::smooth::{Fine, UNIT};
use torchtwin_planner::s_curve::{INTERRUPT_TICKS, Settings};
use torchtwin_planner::{AXES, Controller, MoveKind, Output, PathItem, Plane, Point, SCurve, Shape, TICK_HZ, TorchEvent};

type Planner = SCurve<64, 64>;
/// Room for as many commands: with a sample a millisecond the main loop may be away for about 30 ms.
const QUEUE: usize = 32;

/// What the main loop hands to the interrupt, and when it is due, ticks.
#[derive(Clone, Copy, Debug)]
enum Command {
    /// Go there evenly within a millisecond.
    Sample(u64, Fine),
    /// Switch a valve.
    Torch(u64, TorchEvent),
}

/// A ring between one writer and one reader.
struct Queue {
    ring: [Option<Command>; QUEUE],
    first: usize,
    len: usize,
}

impl Queue {
    fn push(&mut self, command: Command) {
        self.ring[(self.first + self.len) % QUEUE] = Some(command);
        self.len += 1;
    }

    fn pop_due(&mut self, now: u64) -> Option<Command> {
        let command = self.ring[self.first]?;
        let (Command::Sample(tick, _) | Command::Torch(tick, _)) = command;
        if tick > now {
            return None;
        }
        self.ring[self.first] = None;
        self.first = (self.first + 1) % QUEUE;
        self.len -= 1;
        Some(command)
    }
}

/// All that the interrupt works on.
struct Interrupt {
    dda: Dda,
    now: u64,
    /// Step pulses on the pins of each axis.
    pulses: [u64; AXES],
    torch: Option<TorchEvent>,
}

impl Interrupt {
    /// What the timer calls every 10 µs.
    fn fire(&mut self, queue: &mut Queue) {
        while self.dda.is_done() {
            match queue.pop_due(self.now) {
                Some(Command::Sample(_, position)) => self.dda.load(&position),
                Some(Command::Torch(_, event)) => self.torch = Some(event),
                None => break,
            }
        }
        self.now += INTERRUPT_TICKS;
        if self.dda.is_done() {
            return;
        }
        let steps = self.dda.tick();
        for (axis, pulses) in self.pulses.iter_mut().enumerate() {
            *pulses += u64::from((steps.forward | steps.backward) >> axis & 1);
        }
    }
}

fn fine(settings: &Settings, point: &Point) -> Fine {
    std::array::from_fn(|i| (point[i] * settings.steps_per_m[i] * UNIT as f64).round() as i64)
}

/// How far the planner's clock, which stands in a hold, is behind the timer once a command is pushed that is due at `tick` by that clock.
fn lateness(late: u64, tick: u64, queue: &Queue, interrupt: &Interrupt) -> u64 {
    if queue.len == 0 { late.max(interrupt.now.saturating_sub(tick)) } else { late }
}

fn program() -> impl Iterator<Item = PathItem> {
    let line = |tag, kind, to| PathItem::Move { tag, kind, speed_m_per_s: 0.02, shape: Shape::Line { to } };
    let circle = Shape::Arc { to: [0.05, 0.03, 0.0], centre: [0.03, 0.03], plane: Plane::Xy, sweep_rad: std::f64::consts::TAU };
    [
        line(1, MoveKind::Rapid, [0.05, 0.03, 0.01]),
        line(2, MoveKind::Rapid, [0.05, 0.03, 0.0]),
        PathItem::Torch { tag: 3, event: TorchEvent::OxygenOn, with_move: false },
        PathItem::Dwell { tag: 3, seconds: 0.3 },
        PathItem::Move { tag: 4, kind: MoveKind::Feed, speed_m_per_s: 0.02, shape: circle },
        PathItem::Torch { tag: 5, event: TorchEvent::OxygenOff, with_move: false },
        line(6, MoveKind::Rapid, [0.0, 0.0, 0.01]),
    ]
    .into_iter()
}

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::with_usual_jerk([0.1, 0.1, 0.02], [0.5, 0.5, 0.2], [80_000.0, 80_000.0, 400_000.0]);
    let start = [0.0, 0.0, 0.01];
    let mut planner = Planner::new(settings, start);
    let mut program = program();
    let mut queue = Queue { ring: [None; QUEUE], first: 0, len: 0 };
    let dda = Dda::new(fine(&settings, &start));
    let mut interrupt = Interrupt { dda, now: 0, pulses: [0; AXES], torch: None };
    let (mut passes, mut rest_s, mut late) = (0_u64, None, 0);
    loop {
        // The main loop: serial port, buttons and display would be looked after here, too.
        passes += 1;
        match passes {
            800 => planner.feed_hold(),
            1200 => planner.resume(),
            _ => {}
        }
        let mut finished = false;
        while queue.len < QUEUE {
            match planner.next(&mut program) {
                Some(Output::Slice(slice)) => {
                    late = lateness(late, slice.tick, &queue, &interrupt);
                    queue.push(Command::Sample(slice.tick + late, fine(&settings, &slice.geometry.to())));
                }
                Some(Output::Torch { tick, event, .. }) => {
                    late = lateness(late, tick, &queue, &interrupt);
                    queue.push(Command::Torch(tick + late, event));
                }
                // The interrupt makes the steps itself, and stands while nothing is due.
                Some(Output::Step(_) | Output::Stand { .. }) => {}
                None => {
                    finished = !planner.is_held();
                    break;
                }
            }
        }
        if planner.is_held() && queue.len == 0 && rest_s.is_none() {
            rest_s = Some(interrupt.now as f64 / TICK_HZ);
        }
        if finished && queue.len == 0 && interrupt.dda.is_done() {
            break;
        }
        // The timer: here a millisecond passes between two looks of the main loop.
        for _ in 0..TICKS {
            interrupt.fire(&mut queue);
        }
    }
    let (seconds, counts) = (interrupt.now as f64 / TICK_HZ, interrupt.dda.counts());
    println!("time          {seconds:.3} s, {passes} passes of the main loop, {} interrupts", interrupt.now / INTERRUPT_TICKS);
    println!("clocks        the planner's is {:.3} s behind, for the hold", late as f64 / TICK_HZ);
    println!("hold          asked for at 0.800 s, at rest at {:.3} s", rest_s.unwrap_or(f64::NAN));
    println!("pulses        X {}, Y {}, Z {}", interrupt.pulses[0], interrupt.pulses[1], interrupt.pulses[2]);
    println!("stands at     {counts:?} steps; torch {:?}", interrupt.torch);
    println!(
        "memory        planner {} bytes, queue {}, interrupt's own {}",
        size_of::<Planner>(),
        size_of::<Queue>(),
        size_of::<Interrupt>()
    );
    if counts != planner.counts() {
        return Err(format!("the interrupt stands at {counts:?}, the planner meant {:?}", planner.counts()).into());
    }
    Ok(())
}
