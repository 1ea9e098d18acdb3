//! Cuts the block under way into segments of about 10 ms at constant step rate.
//!
//! In: the ring. Out: [`Segment`]s for the pulse generator. Behaviour of Grbl 1.1h's segment preparation (reference §2.3): the speed is a
//! staircase, position is taken from the distance left so that nothing drifts, and the time of a broken step goes to the next segment.
//! Single precision, mm and minutes.

use libm::{ceil, ceilf, sqrtf};

use super::buffer::{Block, Ring};
use super::settings::TIMER_HZ;

/// Length of a segment, min: a hundred in a second.
const SEGMENT_MIN: f32 = 1.0 / (100.0 * 60.0);
/// Steps that a segment should hold at least.
const REQUIRED_STEPS: f32 = 1.25;
/// Cycles of a dominant step from which the interrupt runs 2, 4 and 8 times as fast: rates below 8, 4 and 2 kHz.
const SMOOTHING_CYCLES: [u32; 3] = [(TIMER_HZ / 8e3) as u32, (TIMER_HZ / 4e3) as u32, (TIMER_HZ / 2e3) as u32];
/// Finest of these.
pub(super) const FINEST: u8 = 3;

/// What the pulse generator needs of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traced {
    /// Steps of each axis, times 2^`FINEST`.
    pub steps: [u64; 3],
    /// Steps of the axis that has most, times 2^`FINEST`.
    pub step_event_count: u64,
    /// Which axes go backwards.
    pub backward: u8,
    /// Changes with every block.
    pub serial: u32,
}

/// Interrupts at one rate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Segment {
    /// The block's part in it.
    pub traced: Traced,
    /// Interrupts.
    pub ticks: u32,
    /// Timer cycles between them.
    pub cycles_per_tick: u16,
    /// 2^level interrupts make one dominant step.
    pub level: u8,
    /// For whoever watches: the block, what is left of it before and after, mm, and the speed aimed for at the end, mm/min.
    pub watch: Watch,
}

/// What a segment is part of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Watch {
    /// The block.
    pub block: Block,
    /// Left at the start, mm.
    pub left_before_mm: f32,
    /// Left at the end, mm.
    pub left_after_mm: f32,
    /// Speed that the ramp has reached at the end, mm/min.
    pub speed: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Ramp {
    #[default]
    Accelerate,
    Cruise,
    Decelerate,
    /// Down to a rate that an override has lowered.
    DecelerateToCruise,
}

/// The block under way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prep {
    traced: Traced,
    steps_left: f32,
    steps_per_mm: f32,
    required_mm: f32,
    /// Time of the broken step, min.
    remainder_min: f32,
    /// Speed at the end of the last segment, mm/min.
    pub(super) speed: f32,
    ramp: Ramp,
    /// What is left where the segments end: 0, or where a hold comes to rest.
    complete_mm: f32,
    accelerate_until_mm: f32,
    decelerate_after_mm: f32,
    maximum: f32,
    exit: f32,
    /// Whether the profile belongs to the block under way.
    profiled: bool,
    /// Whether only the profile of the block is to be made anew.
    again: bool,
    /// The last block ended faster than planned because an override came too late for it.
    too_fast: bool,
    serial: u32,
    /// Whether a hold has come to rest: no more segments.
    pub(super) at_rest: bool,
}

impl Prep {
    /// The plan behind the block under way has changed: what is left of it will be profiled anew. Returns its present speed.
    pub fn replan(&mut self) -> Option<f32> {
        if !self.profiled {
            return None;
        }
        (self.profiled, self.again) = (false, true);
        Some(self.speed)
    }

    /// Forgets the block under way.
    pub fn clear(&mut self) {
        *self = Self { serial: self.serial, ..Self::default() };
    }

    /// The next segment; none when the ring is empty or a hold has come to rest.
    pub fn segment<const N: usize>(&mut self, ring: &mut Ring<N>, holding: bool) -> Option<Segment> {
        if self.at_rest || ring.is_empty() {
            return None;
        }
        if !self.profiled {
            self.load(ring, holding);
        }
        let block = *ring.current()?;
        let mut left = block.left_mm;
        let minutes = self.advance(&block, &mut left);
        let distance = self.steps_per_mm * left;
        let after = ceilf(distance);
        let before = ceilf(self.steps_left);
        let steps = (before - after) as u32;
        if steps == 0 && holding {
            // What remains is less than a step: it stays for the resumption.
            self.at_rest = true;
            return None;
        }
        let minutes = minutes + self.remainder_min;
        let inverse_rate = minutes / (before - distance);
        let cycles = ceil(TIMER_HZ * 60.0 * f64::from(inverse_rate)) as u32;
        let level = SMOOTHING_CYCLES.iter().filter(|c| cycles >= **c).count() as u8;
        let segment = Segment {
            traced: self.traced,
            ticks: steps << level,
            cycles_per_tick: (cycles >> level).min(0xffff) as u16,
            level,
            watch: Watch { block, left_before_mm: block.left_mm, left_after_mm: left, speed: self.speed },
        };
        if let Some(current) = ring.current() {
            current.left_mm = left;
        }
        self.steps_left = after;
        self.remainder_min = (after - distance) * inverse_rate;
        if left == self.complete_mm {
            if left > 0.0 {
                self.at_rest = true;
            } else {
                self.profiled = false;
                ring.discard();
            }
        }
        Some(segment)
    }

    /// Makes ready the block at the front of the ring, or what is left of it, and its profile.
    fn load<const N: usize>(&mut self, ring: &mut Ring<N>, holding: bool) {
        let exit_sqr = ring.exit_sqr();
        let Some(current) = ring.current() else { return };
        if !self.again {
            self.serial = self.serial.wrapping_add(1);
            self.traced = Traced {
                steps: current.steps.map(|s| u64::from(s) << FINEST),
                step_event_count: u64::from(current.step_event_count) << FINEST,
                backward: current.backward,
                serial: self.serial,
            };
            self.steps_left = current.step_event_count as f32;
            self.steps_per_mm = self.steps_left / current.left_mm;
            self.required_mm = REQUIRED_STEPS / self.steps_per_mm;
            self.remainder_min = 0.0;
            if holding || self.too_fast {
                self.speed = self.exit;
                current.entry_sqr = self.exit * self.exit;
                self.too_fast = false;
            } else {
                self.speed = sqrtf(current.entry_sqr);
            }
        }
        self.again = false;
        self.profiled = true;
        let block = *current;
        let nominal = ring.nominal(&block);
        if holding { self.profile_hold(&block) } else { self.profile(&block, nominal, exit_sqr) }
    }

    /// Brakes as hard as the block allows, to rest in it or into the next.
    fn profile_hold(&mut self, block: &Block) {
        self.complete_mm = 0.0;
        self.ramp = Ramp::Decelerate;
        let rest = block.left_mm - 0.5 / block.acceleration * block.entry_sqr;
        if rest < 0.0 {
            self.exit = sqrtf((block.entry_sqr - 2.0 * block.acceleration * block.left_mm).max(0.0));
        } else {
            (self.complete_mm, self.exit) = (rest, 0.0);
        }
    }

    /// Up to the nominal rate, or as far as the way allows, and down to the exit speed.
    fn profile(&mut self, block: &Block, nominal: f32, exit_sqr: f32) {
        self.complete_mm = 0.0;
        self.ramp = Ramp::Accelerate;
        self.accelerate_until_mm = block.left_mm;
        self.exit = sqrtf(exit_sqr);
        let half_inverse = 0.5 / block.acceleration;
        let nominal_sqr = nominal * nominal;
        let meet_mm = 0.5 * (block.left_mm + half_inverse * (block.entry_sqr - exit_sqr));
        if block.entry_sqr > nominal_sqr {
            // Only after an override.
            self.accelerate_until_mm = block.left_mm - half_inverse * (block.entry_sqr - nominal_sqr);
            if self.accelerate_until_mm <= 0.0 {
                self.ramp = Ramp::Decelerate;
                self.exit = sqrtf((block.entry_sqr - 2.0 * block.acceleration * block.left_mm).max(0.0));
                self.too_fast = true;
            } else {
                self.decelerate_after_mm = half_inverse * (nominal_sqr - exit_sqr);
                self.maximum = nominal;
                self.ramp = Ramp::DecelerateToCruise;
            }
        } else if meet_mm > 0.0 {
            if meet_mm < block.left_mm {
                self.decelerate_after_mm = half_inverse * (nominal_sqr - exit_sqr);
                if self.decelerate_after_mm < meet_mm {
                    self.maximum = nominal;
                    if block.entry_sqr == nominal_sqr {
                        self.ramp = Ramp::Cruise;
                    } else {
                        self.accelerate_until_mm -= half_inverse * (nominal_sqr - block.entry_sqr);
                    }
                } else {
                    (self.accelerate_until_mm, self.decelerate_after_mm) = (meet_mm, meet_mm);
                    self.maximum =
                        libm::sqrt(2.0 * f64::from(block.acceleration) * f64::from(meet_mm) + f64::from(exit_sqr)) as f32;
                }
            } else {
                self.ramp = Ramp::Decelerate;
            }
        } else {
            (self.accelerate_until_mm, self.decelerate_after_mm) = (0.0, 0.0);
            self.maximum = self.exit;
        }
    }

    /// Goes on along the profile for 10 ms, or as many times that as a step needs, or to the end of the block. Lowers `left`, mm, and
    /// returns the time, min.
    fn advance(&mut self, block: &Block, left: &mut f32) -> f32 {
        let least = (*left - self.required_mm).max(0.0);
        let mut most = SEGMENT_MIN;
        let (mut spent, mut time) = (0.0, SEGMENT_MIN);
        loop {
            self.ramp_on(block, left, &mut time);
            spent += time;
            if spent < most {
                time = most - spent;
            } else if *left > least {
                most += SEGMENT_MIN;
                time = most - spent;
            } else {
                return spent;
            }
            if *left <= self.complete_mm {
                return spent;
            }
        }
    }

    /// Goes on along one ramp for `time`, min, or to its end, which shortens `time`.
    fn ramp_on(&mut self, block: &Block, left: &mut f32, time: &mut f32) {
        let change = block.acceleration * *time;
        let to_cruise = |prep: &mut Self, left: &mut f32, time: &mut f32| {
            *left = prep.accelerate_until_mm;
            *time = 2.0 * (block.left_mm - *left) / (prep.speed + prep.maximum);
            prep.speed = prep.maximum;
        };
        match self.ramp {
            Ramp::DecelerateToCruise => {
                let way = (f64::from(*time) * (f64::from(self.speed) - 0.5 * f64::from(change))) as f32;
                *left -= way;
                if *left < self.accelerate_until_mm || way <= 0.0 {
                    to_cruise(self, left, time);
                    self.ramp = Ramp::Cruise;
                } else {
                    self.speed -= change;
                }
            }
            Ramp::Accelerate => {
                *left = (f64::from(*left) - f64::from(*time) * (f64::from(self.speed) + 0.5 * f64::from(change))) as f32;
                if *left < self.accelerate_until_mm {
                    to_cruise(self, left, time);
                    self.ramp = if *left == self.decelerate_after_mm { Ramp::Decelerate } else { Ramp::Cruise };
                } else {
                    self.speed += change;
                }
            }
            Ramp::Cruise => {
                let then = *left - self.maximum * *time;
                if then < self.decelerate_after_mm {
                    *time = (*left - self.decelerate_after_mm) / self.maximum;
                    *left = self.decelerate_after_mm;
                    self.ramp = Ramp::Decelerate;
                } else {
                    *left = then;
                }
            }
            Ramp::Decelerate => {
                if self.speed > change {
                    let then = (f64::from(*left) - f64::from(*time) * (f64::from(self.speed) - 0.5 * f64::from(change))) as f32;
                    if then > self.complete_mm {
                        *left = then;
                        self.speed -= change;
                        return;
                    }
                }
                *time = 2.0 * (*left - self.complete_mm) / (self.speed + self.exit);
                *left = self.complete_mm;
                self.speed = self.exit;
            }
        }
    }
}
