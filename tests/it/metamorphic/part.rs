//! A part as steps, and the programs that say it in different styles. Every style is written down from the steps anew: none is
//! got from another by changing text.

use std::fmt::Write;

pub(super) type Point = [f64; 3];

/// What a part asks for, in coordinates of its own, mm.
#[derive(Clone)]
pub(super) enum Step {
    Rapid(Point),
    Line(Point),
    /// End, centre from the start, counter-clockwise, circles.
    Arc(Point, Point, bool, u32),
    /// End, radius (below zero for the long way), counter-clockwise.
    ByRadius(Point, f64, bool),
    /// G17, G18, G19.
    Plane(u8),
    Feed(f64),
    /// G41.1 (left) or G42.1 with this width.
    Beside(bool, f64),
    Straight,
    /// The number of a cycle, where, bottom and clearance height, what else it needs (lengths, or seconds for P).
    Cycle(u8, [f64; 2], f64, f64, &'static [(char, f64)]),
    /// The same cycle again elsewhere.
    Again([f64; 2]),
    /// G99 (true) or G98.
    ToClearance(bool),
    EndCycle,
    /// So many times the steps, each time shifted by this much more.
    Loop(u32, [f64; 2], Vec<Step>),
    /// A line as it is.
    Say(&'static str),
}

/// Where the part lies.
#[derive(Clone, Copy, Default)]
pub(super) struct Frame {
    pub(super) mirrored: bool,
    pub(super) quarters: u8,
    pub(super) shift: Point,
}

impl Frame {
    pub(super) fn vector(&self, v: Point) -> Point {
        let [mut x, mut y, z] = v;
        if self.mirrored {
            x = -x;
        }
        for _ in 0..self.quarters {
            (x, y) = (-y, x);
        }
        [x, y, z]
    }

    pub(super) fn point(&self, p: Point) -> Point {
        let v = self.vector(p);
        std::array::from_fn(|axis| v[axis] + self.shift[axis])
    }
}

/// A way to write a part down.
#[derive(Clone, Default)]
pub(super) struct Style {
    pub(super) mach3: bool,
    /// Where the coordinates are written.
    pub(super) frame: Frame,
    pub(super) inches: bool,
    pub(super) incremental: bool,
    /// G90.1.
    pub(super) absolute_centres: bool,
    /// F and modes on lines of their own.
    pub(super) split: bool,
    /// Loops written out.
    pub(super) unrolled: bool,
    pub(super) header: String,
}

/// Renders steps to text.
struct Writer<'s> {
    style: &'s Style,
    text: String,
    subprograms: String,
    /// Where the part is, in its own coordinates, and where the program starts.
    at: Point,
    started: bool,
    plane: u8,
    /// The parameter that counts a loop, and the step it multiplies.
    counted: Option<(u32, [f64; 2])>,
    loops: u32,
    /// Height to which the cycles return.
    initial: f64,
    to_clearance: bool,
    clearance: f64,
}

impl Writer<'_> {
    fn number(&self, mm: f64) -> String {
        format!("{}", if self.style.inches { mm / 25.4 } else { mm })
    }

    /// A coordinate that grows with every round of the loop.
    fn counted_number(&self, mm: f64, per_round: f64) -> String {
        match self.counted {
            Some((parameter, _)) if per_round != 0.0 => {
                format!("[{}+#{parameter}*{}]", self.number(mm), self.number(per_round))
            }
            _ => self.number(mm),
        }
    }

    /// How far a round of the loop leads, as the program writes it.
    fn per_round(&self) -> Point {
        self.counted.map_or([0.0; 3], |(_, [x, y])| self.style.frame.vector([x, y, 0.0]))
    }

    /// Where the program is, as it writes coordinates.
    fn here(&self) -> Point {
        // All programs start at the machine's zero, wherever the part lies.
        if self.started { self.style.frame.point(self.at) } else { [0.0; 3] }
    }

    /// The axis words for a move to `to`, without those that do not change; all of them at the start.
    fn axes(&mut self, to: Point) -> String {
        let (from, end) = (self.here(), self.style.frame.point(to));
        let step = self.per_round();
        let mut out = String::new();
        for (axis, letter) in ['X', 'Y', 'Z'].into_iter().enumerate() {
            let per_round = step[axis];
            if self.started && from[axis] == end[axis] && self.counted.is_none() {
                continue;
            }
            let value = if self.style.incremental { end[axis] - from[axis] } else { end[axis] };
            let _ = write!(out, " {letter}{}", self.counted_number(value, per_round));
        }
        (self.at, self.started) = (to, true);
        out
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim());
        self.text.push('\n');
    }

    fn turn(&self, counter_clockwise: bool) -> u8 {
        // Seen from the end of the third axis, a mirror at the YZ plane turns arcs of G17 and G18 round; those of G19 lie in it.
        if counter_clockwise != (self.style.frame.mirrored && self.plane != 19) { 3 } else { 2 }
    }

    fn arc(&mut self, to: Point, offset: Point, counter_clockwise: bool, turns: u32) {
        let word = self.turn(counter_clockwise);
        let start = self.here();
        let offset = self.style.frame.vector(offset);
        let moves = self.axes(to);
        let used: &[usize] = match self.plane {
            17 => &[0, 1],
            18 => &[0, 2],
            _ => &[1, 2],
        };
        let mut line = format!("G{word}{moves}");
        for axis in used {
            let letter = ['I', 'J', 'K'][*axis];
            let value = if self.style.absolute_centres {
                self.counted_number(offset[*axis] + start[*axis], self.per_round()[*axis])
            } else {
                self.number(offset[*axis])
            };
            let _ = write!(line, " {letter}{value}");
        }
        if turns > 1 {
            let _ = write!(line, " P{turns}");
        }
        self.line(&line);
    }

    fn cycle(&mut self, head: &str, at: [f64; 2], heights: Option<(f64, f64)>, more: &[(char, f64)]) {
        let height = self.at[2];
        let mut line = format!("{head}{}", self.axes([at[0], at[1], height]));
        // A cycle needs an axis word even where it stands.
        if !line.contains([' ']) {
            let x = if self.style.incremental { 0.0 } else { self.here()[0] };
            let _ = write!(line, " X{}", self.number(x));
        }
        if let Some((bottom, clearance)) = heights {
            let zero = self.style.frame.shift[2];
            let (z, r) = if self.style.incremental {
                (bottom - clearance, clearance - self.initial)
            } else {
                (bottom + zero, clearance + zero)
            };
            let _ = write!(line, " Z{} R{}", self.number(z), self.number(r));
            self.clearance = clearance;
        }
        for (letter, value) in more {
            let value = if *letter == 'P' { format!("{value}") } else { self.number(*value) };
            let _ = write!(line, " {letter}{value}");
        }
        self.line(&line);
        self.at[2] = if self.to_clearance { self.clearance } else { self.initial.max(self.clearance) };
    }

    fn write(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Rapid(to) | Step::Line(to) => {
                let word = if matches!(step, Step::Rapid(_)) { "G0" } else { "G1" };
                let moves = self.axes(*to);
                if self.style.split && self.style.mach3 {
                    self.line(word);
                    self.line(&moves);
                } else {
                    self.line(&format!("{word}{moves}"));
                }
                self.initial = self.at[2];
            }
            Step::Arc(to, offset, counter_clockwise, turns) => {
                self.arc(*to, *offset, *counter_clockwise, *turns);
                self.initial = self.at[2];
            }
            Step::ByRadius(to, radius, counter_clockwise) => {
                let word = self.turn(*counter_clockwise);
                let moves = self.axes(*to);
                let line = format!("G{word}{moves} R{}", self.number(*radius));
                self.line(&line);
                self.initial = self.at[2];
            }
            Step::Plane(plane) => {
                self.plane = *plane;
                self.line(&format!("G{plane}"));
            }
            Step::Feed(feed) => {
                let line = format!("F{}", self.number(*feed));
                self.line(&line);
            }
            Step::Beside(left, width) => {
                let word = if *left != self.style.frame.mirrored { "G41.1" } else { "G42.1" };
                let line = format!("{word} D{}", self.number(*width));
                self.line(&line);
            }
            Step::Straight => self.line("G40"),
            Step::Cycle(word, at, bottom, clearance, more) => {
                self.cycle(&format!("G{word}"), *at, Some((*bottom, *clearance)), more);
            }
            Step::Again(at) => self.cycle("", *at, None, &[]),
            Step::ToClearance(yes) => {
                self.to_clearance = *yes;
                self.line(if *yes { "G99" } else { "G98" });
            }
            Step::EndCycle => {
                self.initial = self.at[2];
                self.line("G80");
            }
            Step::Loop(times, by, body) => self.repeat(*times, *by, body),
            Step::Say(line) => self.line(line),
        }
    }

    fn repeat(&mut self, times: u32, by: [f64; 2], body: &[Step]) {
        if self.style.unrolled || self.style.incremental {
            for round in 0..times {
                let moved = [by[0] * f64::from(round), by[1] * f64::from(round)];
                let body: Vec<Step> = body.iter().map(|step| shifted(step, moved)).collect();
                self.write(&body);
            }
            return;
        }
        self.loops += 1;
        let number = self.loops;
        let parameter = 100 + number;
        let (before, outside) = (self.counted.replace((parameter, by)), std::mem::take(&mut self.text));
        assert!(before.is_none(), "loops in loops are not written here");
        self.write(body);
        self.counted = None;
        let inside = std::mem::replace(&mut self.text, outside);
        self.line(&format!("#{parameter}=0"));
        if self.style.mach3 {
            self.line(&format!("M98 P{number} L{times}"));
            let _ = write!(self.subprograms, "O{number}\n{inside}#{parameter}=[#{parameter}+1]\nM99\n");
        } else if number.is_multiple_of(2) {
            self.line(&format!("o{number} repeat [{times}]\n{inside}#{parameter}=[#{parameter}+1]\no{number} endrepeat"));
        } else {
            self.line(&format!(
                "o{number} while [#{parameter} LT {times}]\n{inside}#{parameter}=[#{parameter}+1]\no{number} endwhile"
            ));
        }
        let last = f64::from(times - 1);
        self.at = [self.at[0] + by[0] * last, self.at[1] + by[1] * last, self.at[2]];
        // What the next move leaves out must be where the loop ended, to the last bit; so it leaves out nothing.
        self.at[0] += 1e-300;
    }
}

/// A step somewhere else in the plane.
fn shifted(step: &Step, by: [f64; 2]) -> Step {
    let moved = |p: &Point| [p[0] + by[0], p[1] + by[1], p[2]];
    let flat = |p: &[f64; 2]| [p[0] + by[0], p[1] + by[1]];
    match step {
        Step::Rapid(to) => Step::Rapid(moved(to)),
        Step::Line(to) => Step::Line(moved(to)),
        Step::Arc(to, offset, ccw, turns) => Step::Arc(moved(to), *offset, *ccw, *turns),
        Step::ByRadius(to, radius, ccw) => Step::ByRadius(moved(to), *radius, *ccw),
        Step::Cycle(word, at, bottom, clearance, more) => Step::Cycle(*word, flat(at), *bottom, *clearance, more),
        Step::Again(at) => Step::Again(flat(at)),
        other => other.clone(),
    }
}

pub(super) fn write_down(steps: &[Step], style: &Style) -> String {
    let mut writer = Writer {
        style,
        text: String::new(),
        subprograms: String::new(),
        at: [0.0; 3],
        started: false,
        plane: 17,
        counted: None,
        loops: 0,
        initial: 0.0,
        to_clearance: false,
        clearance: 0.0,
    };
    let modes = [
        if style.inches { "G20" } else { "G21" },
        if style.incremental { "G91" } else { "G90" },
        if style.absolute_centres { "G90.1" } else { "G91.1" },
    ];
    writer.line(&modes.join(if style.split { "\n" } else { " " }));
    writer.line(&style.header);
    writer.write(steps);
    writer.line("M30");
    writer.text + &writer.subprograms
}
