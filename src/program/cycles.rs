//! Canned cycles: G73 and G81 to G89, written out as moves, as LinuxCNC 2.9 does.
//!
//! In: a block's commands. Out: moves and dwells. The spindle that some of them stop and start again is not the torch's affair.

use super::findings::{Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::item::{Action, DwellRole, MoveKind};
use super::output::Draft;
use super::state::{FARTHEST_MM, FeedMode, Sticky};
use super::words::{AXIS_LETTERS, Commands, whole};
use crate::diag::Diagnostic;
use crate::gcode::Span;

/// How far above the last depth a peck starts again, mm: LinuxCNC's 0.01 inch.
const BACK_OFF_MM: f64 = 0.254;
/// Most pecks of one hole.
const MOST_PECKS: f64 = 100_000.0;

/// One hole, in work coordinates along the axis that is left of the plane.
struct Hole {
    at: [f64; 2],
    clearance: f64,
    clear: f64,
    bottom: f64,
}

impl Interpreter<'_, '_> {
    /// Executes the cycle with ten times this G number.
    pub(super) fn cycle(&mut self, motion: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.block_span();
        let [first, second, third] = self.state.plane.axes();
        if self.state.feed_mode == FeedMode::InverseTime {
            return Err(refusal("P029", span, "a canned cycle at inverse time feed (G93)").expected("G94"));
        }
        if self.state.compensation.side.is_some() {
            return Err(self.not_while_compensating(span, "a canned cycle moves"));
        }
        if let Some(other) = AXIS_LETTERS[3..].iter().find(|l| commands.has(**l)) {
            return Err(refusal("P029", commands.span(*other), format!("{other} in a canned cycle")).expected("X, Y and Z only"));
        }
        if matches!(motion, 860 | 870 | 880) && self.state.spindle == 0 {
            return Err(
                refusal("P029", span, format!("G{} while the spindle stands still", motion / 10)).expected("M3 or M4 before it")
            );
        }
        if !self.set_feed(commands, || 1.0)? {
            commands.forgive_unused();
            return Ok(());
        }
        let sticky = self.cycle_words(motion, commands)?;
        let letter = AXIS_LETTERS[third];
        let times = match commands.take('L') {
            None => 1,
            Some(times) => whole(times).filter(|t| *t > 0).ok_or_else(|| {
                refusal("P009", commands.span('L'), format!("a cycle {times} times")).expected("a whole number from 1 on")
            })?,
        };
        let mut here = self.state.at[third];
        let initial = sticky.initial.unwrap_or(here);
        let words = [self.state.axis_value(commands, first)?, self.state.axis_value(commands, second)?];
        let now = [self.state.at[first], self.state.at[second]];
        let incremental = self.state.incremental;
        let (clearance, bottom) = if incremental {
            let clearance = sticky.clearance + initial;
            (clearance, clearance + sticky.bottom)
        } else {
            (sticky.clearance, sticky.bottom)
        };
        if clearance < bottom {
            return Err(refusal("P029", span, "the clearance height R lies below the bottom of the hole")
                .expected(format!("R above {letter}")));
        }
        let step = if incremental { words.map(|w| w.unwrap_or(0.0)) } else { [0.0; 2] };
        let mut at = if incremental { now } else { [words[0].unwrap_or(now[0]), words[1].unwrap_or(now[1])] };
        let polar =
            commands.is_polar().then(|| (self.state.length(commands, '@', FARTHEST_MM), commands.take('^').map(f64::to_radians)));
        let polar = match polar {
            Some((distance, angle)) => Some((distance?, angle)),
            None => None,
        };
        if let Some((distance, angle)) = polar.filter(|_| !incremental) {
            let (distance, angle) = (distance.unwrap_or(now[0].hypot(now[1])), angle.unwrap_or(now[1].atan2(now[0])));
            at = [distance * angle.cos(), distance * angle.sin()];
        }
        self.out.findings.once(Once::Cycle, span, || Diagnostic::note("P213", "canned cycles are written out as moves"));
        let mut old = initial;
        if old < clearance {
            self.leg(MoveKind::Rapid, now, clearance);
            (old, here) = (clearance, clearance);
        }
        let clear = if self.state.retract_to_clearance { clearance } else { old };
        for time in 0..times {
            if time > 0 {
                self.count_repeat(span, "this cycle")?;
            }
            at = [at[0] + step[0], at[1] + step[1]];
            if let Some((distance, angle)) = polar.filter(|_| incremental) {
                let (distance, angle) = (at[0].hypot(at[1]) + distance.unwrap_or(0.0), at[1].atan2(at[0]) + angle.unwrap_or(0.0));
                at = [distance * angle.cos(), distance * angle.sin()];
            }
            let above = if time == 0 && here > clearance { here } else { clear };
            self.leg(MoveKind::Rapid, at, above);
            if above > clearance {
                self.leg(MoveKind::Rapid, at, clearance);
            }
            let hole = Hole { at, clearance, clear, bottom };
            self.hole(motion, &hole, sticky.peck, sticky.dwell, sticky.offsets, span)?;
        }
        self.state.sticky = Sticky { initial: Some(initial), ..sticky };
        self.state.motion = Some(motion);
        self.state.moved();
        Ok(())
    }

    /// R, the depth, P, Q, I J and K of a cycle; what a repeated one leaves out stays as it was.
    fn cycle_words(&self, motion: u16, commands: &mut Commands) -> Result<Sticky, Refusal> {
        let span = commands.block_span();
        let repeated = self.state.motion == Some(motion);
        let third = self.state.plane.axes()[2];
        let letter = AXIS_LETTERS[third];
        let mut sticky = self.state.sticky.counted_in(self.state.unit_mm);
        let needed = |value: Option<f64>, kept: f64, letter: char| match value {
            Some(value) => Ok(value),
            None if repeated => Ok(kept),
            None => Err(refusal("P008", span, format!("a canned cycle without {letter}")).expected(letter.to_string())),
        };
        sticky.clearance = needed(self.state.length(commands, 'R', FARTHEST_MM)?, sticky.clearance, 'R')?;
        sticky.bottom = needed(self.state.axis_value(commands, third)?, sticky.bottom, letter)?;
        if matches!(motion, 820 | 860 | 880 | 890) {
            // LinuxCNC's mark for no P and no Q is -1.
            sticky.dwell = needed(commands.take('P').filter(|p| *p != -1.0), sticky.dwell, 'P')?;
            if !(0.0..=86_400.0).contains(&sticky.dwell) {
                return Err(
                    refusal("P009", commands.span('P'), format!("a dwell of {} s", sticky.dwell)).expected("0 to 86400 s")
                );
            }
        }
        if matches!(motion, 730 | 830) {
            let given = commands.peek('Q') != Some(-1.0);
            sticky.peck = needed(self.state.length(commands, 'Q', FARTHEST_MM)?.filter(|_| given), sticky.peck, 'Q')?;
            if sticky.peck <= 0.0 {
                return Err(refusal("P009", commands.span('Q'), "pecks of no depth").expected("Q above zero"));
            }
        }
        if motion == 870 {
            for (index, letter) in ['I', 'J', 'K'].into_iter().enumerate() {
                sticky.offsets[index] = needed(self.state.length(commands, letter, FARTHEST_MM)?, sticky.offsets[index], letter)?;
            }
        }
        Ok(sticky)
    }

    /// One straight leg to a height at a place.
    fn leg(&mut self, kind: MoveKind, at: [f64; 2], height: f64) {
        let [first, second, third] = self.state.plane.axes();
        let mut to = self.state.at;
        (to[first], to[second], to[third]) = (at[0], at[1], height);
        self.state.at = to;
        let feed = if kind == MoveKind::Rapid { 0.0 } else { self.state.feed };
        self.out.make_move(&self.state, Draft { kind, to, arc: None, feed, in_work: true });
    }

    fn hole(&mut self, motion: u16, hole: &Hole, peck: f64, dwell: f64, offsets: [f64; 3], span: Span) -> Result<(), Refusal> {
        let Hole { at, clearance, clear, bottom } = *hole;
        let (down, up) = (MoveKind::Feed, MoveKind::Rapid);
        match motion {
            730 | 830 => {
                if (clearance - bottom) / peck > MOST_PECKS {
                    return Err(refusal("P029", span, "too many pecks")
                        .expected(format!("at most {MOST_PECKS}"))
                        .hint("check Q"));
                }
                let mut depth = clearance - peck;
                while depth > bottom {
                    self.count_repeat(span, "this cycle")?;
                    self.leg(down, at, depth);
                    if motion == 830 {
                        self.leg(up, at, clearance);
                    }
                    self.leg(up, at, depth + BACK_OFF_MM);
                    depth -= peck;
                }
                self.leg(down, at, bottom);
                self.leg(up, at, clear);
            }
            850 => {
                self.leg(down, at, bottom);
                self.leg(down, at, clearance);
                self.leg(up, at, clear);
            }
            870 => {
                let aside = [at[0] + offsets[0], at[1] + offsets[1]];
                let middle = if self.state.incremental { bottom + offsets[2] } else { offsets[2] };
                self.leg(up, aside, clearance);
                self.leg(up, aside, bottom);
                self.leg(up, at, bottom);
                self.leg(down, at, middle);
                self.leg(down, at, bottom);
                self.leg(up, aside, bottom);
                self.leg(up, aside, clear);
                self.leg(up, at, clear);
            }
            _ => {
                self.leg(down, at, bottom);
                if matches!(motion, 820 | 860 | 880 | 890) {
                    self.out.other(Action::Dwell { seconds: dwell, role: DwellRole::Wait });
                }
                match motion {
                    // The operator lifts the spindle by hand.
                    880 => {
                        let [.., third] = self.state.plane.axes();
                        self.state.at[third] = clear;
                    }
                    890 => self.leg(down, at, clear),
                    _ => self.leg(up, at, clear),
                }
            }
        }
        Ok(())
    }
}
