//! Steps as wires: a value change dump (IEEE 1364) as logic analysers save it.
//!
//! A step is a rising edge of its wire; its direction is that of the other wire once everything of that instant has changed.

use super::{NAMES, Recorder, bad_line};
use crate::diag::Diagnostic;
use crate::scene::model::Recording;
use crate::scene::scene_file::ChannelTable;
use torchtwin_planner::{AXES, StepEdge, TICK_HZ};

/// Longest time, ticks: a week, as in tables.
const LONGEST_TICKS: u128 = 604_800 * TICK_HZ as u128;

type Failed = Box<Diagnostic>;

/// What a wire is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wire {
    Step(usize),
    Direction(usize),
    Torch(usize),
}

/// Reads `text`, which came from `file`; `channels` says how its wires are called.
pub fn read(file: &str, text: &str, channels: Option<&ChannelTable>) -> Result<Recording, Failed> {
    let mut reader = Reader {
        file,
        words: Words { lines: text.lines(), line: 0, rest: "" },
        wanted: wanted(channels),
        found: Vec::new(),
        seen: Vec::new(),
        unit_fs: None,
        recorder: Recorder::default(),
        time: 0,
        tick: 0,
        levels: [None; AXES],
        directions: [None; AXES],
        rises: [false; AXES],
    };
    reader.run()?;
    reader.recorder.finish(file)
}

/// Wires with the names by which the file has them, and whether the scene gave that name.
fn wanted(channels: Option<&ChannelTable>) -> Vec<(String, bool, Wire)> {
    let mut out = Vec::new();
    let mut want = |wire: String, what| {
        let name = ChannelTable::name(channels, &wire).to_string();
        let given = name != wire;
        out.push((name, given, what));
    };
    for (axis, name) in NAMES.into_iter().enumerate() {
        want(format!("{name}_step"), Wire::Step(axis));
        want(format!("{name}_dir"), Wire::Direction(axis));
    }
    want("torch_preheat".into(), Wire::Torch(0));
    want("torch_oxygen".into(), Wire::Torch(1));
    out
}

/// Words of a text with the lines they stand on.
struct Words<'t> {
    lines: std::str::Lines<'t>,
    line: usize,
    rest: &'t str,
}

impl<'t> Words<'t> {
    fn next(&mut self) -> Option<&'t str> {
        loop {
            let rest = self.rest.trim_start();
            if !rest.is_empty() {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let (word, rest) = rest.split_at(end);
                self.rest = rest;
                return Some(word);
            }
            self.rest = self.lines.next()?;
            self.line += 1;
        }
    }

    /// The words up to `$end`.
    fn section(&mut self) -> Vec<&'t str> {
        std::iter::from_fn(|| self.next().filter(|word| *word != "$end")).collect()
    }
}

struct Reader<'t> {
    file: &'t str,
    words: Words<'t>,
    wanted: Vec<(String, bool, Wire)>,
    /// Identifiers of the wires that matter.
    found: Vec<(&'t str, Wire)>,
    /// Names of all wires, for messages.
    seen: Vec<&'t str>,
    unit_fs: Option<u128>,
    recorder: Recorder,
    /// The present instant, in the file's unit and in ticks.
    time: u64,
    tick: u64,
    levels: [Option<bool>; AXES],
    directions: [Option<bool>; AXES],
    /// Step wires that have risen at this instant.
    rises: [bool; AXES],
}

impl<'t> Reader<'t> {
    fn wrong(&self, found: String, expected: &str, hint: &str) -> Failed {
        bad_line(self.file, self.words.line, found, expected, hint)
    }

    fn run(&mut self) -> Result<(), Failed> {
        // Values in a dump are levels, not changes.
        let mut dump = false;
        while let Some(word) = self.words.next() {
            match word {
                "$timescale" => self.timescale()?,
                "$var" => self.variable(),
                "$enddefinitions" => {
                    self.words.section();
                    self.check_wires()?;
                }
                "$dumpvars" | "$dumpall" | "$dumpon" | "$dumpoff" => dump = true,
                "$end" => dump = false,
                _ if word.starts_with('$') => {
                    self.words.section();
                }
                _ if word.starts_with('#') => {
                    self.end_instant()?;
                    self.time(&word[1..])?;
                }
                _ => self.change(word, dump)?,
            }
        }
        if self.seen.is_empty() {
            let hint = "save the recording as VCD, or name a .csv file";
            return Err(bad_line(self.file, 0, "no wire is declared".into(), "a value change dump", hint));
        }
        self.end_instant()
    }

    /// `1 ns`, `100ps`: the unit of all times.
    fn timescale(&mut self) -> Result<(), Failed> {
        let text = self.words.section().concat();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit_fs: Option<u128> =
            ["s", "ms", "us", "ns", "ps", "fs"].iter().position(|name| *name == unit).map(|i| 10u128.pow(15 - 3 * i as u32));
        let number = number.parse::<u128>().ok().filter(|n| [1, 10, 100].contains(n));
        let (Some(number), Some(unit_fs)) = (number, unit_fs) else {
            return Err(self.wrong(
                format!("the time scale \"{text}\""),
                "1, 10 or 100 s, ms, us, ns, ps or fs",
                "save it again at 1 us or finer",
            ));
        };
        self.unit_fs = Some(number * unit_fs);
        Ok(())
    }

    /// `wire 1 ! D0`: type, width, identifier, name.
    fn variable(&mut self) {
        let section = self.words.section();
        let [_, _, identifier, name, ..] = section[..] else { return };
        self.seen.push(name);
        let wires = self.wanted.iter().filter(|(wanted, ..)| wanted == name).map(|(.., wire)| (identifier, *wire));
        self.found.extend(wires);
    }

    /// Whether every wire is there that must be.
    fn check_wires(&self) -> Result<(), Failed> {
        let has = |wire: Wire| self.found.iter().any(|(_, found)| *found == wire);
        let names = || {
            let shown: Vec<&str> = self.seen.iter().take(16).copied().collect();
            format!("one of the file's wires: {}", shown.join(", "))
        };
        let hint = "[job] steps_channels = { x_step = \"D0\", x_dir = \"D1\" } says how the file calls them";
        let complain = |name: &str| Err(self.wrong(format!("there is no wire \"{name}\""), &names(), hint));
        if let Some((name, ..)) = self.wanted.iter().find(|(_, given, wire)| *given && !has(*wire)) {
            return complain(name);
        }
        let name_of = |wire: Wire| self.wanted.iter().find(|(.., w)| *w == wire).map_or("", |(name, ..)| name);
        if let Some(axis) = (0..AXES).find(|i| has(Wire::Step(*i)) && !has(Wire::Direction(*i))) {
            return complain(name_of(Wire::Direction(axis)));
        }
        if !(0..AXES).any(|i| has(Wire::Step(i))) {
            return complain(name_of(Wire::Step(0)));
        }
        if self.unit_fs.is_none() {
            return Err(self.wrong(
                "no $timescale".into(),
                "the unit of its times before the first of them",
                "add a line such as $timescale 100 ns $end",
            ));
        }
        Ok(())
    }

    fn time(&mut self, text: &str) -> Result<(), Failed> {
        let unit_fs = self.unit_fs.unwrap_or_default();
        // 10¹⁵ fs are 16·10⁶ ticks; half a tick is added, to round.
        let ticks = |time: u64| (u128::from(time) * unit_fs * 16 + 500_000_000) / 1_000_000_000;
        let Some(time) = text.parse::<u64>().ok().filter(|time| ticks(*time) <= LONGEST_TICKS) else {
            return Err(self.wrong(format!("the time \"#{text}\""), "a whole number, at most a week", "is $timescale right?"));
        };
        if time < self.time {
            return Err(self.wrong(
                format!("the time #{text}, earlier than the one before"),
                "times in their order",
                "save the recording again",
            ));
        }
        (self.time, self.tick) = (time, ticks(time) as u64);
        Ok(())
    }

    /// `1!`, `x!`, `b1 !`, `r0.5 !`: a value and whose it is.
    fn change(&mut self, word: &'t str, dump: bool) -> Result<(), Failed> {
        let value = word.chars().next().unwrap_or_default().to_ascii_lowercase();
        let (level, identifier) = match value {
            '0' | '1' | 'x' | 'z' => (value, &word[1..]),
            'b' | 'r' => {
                (word.chars().next_back().unwrap_or_default().to_ascii_lowercase(), self.words.next().unwrap_or_default())
            }
            _ => {
                let shown: String = word.chars().take(40).collect();
                return Err(self.wrong(
                    format!("\"{shown}\""),
                    "a change such as 1! or a time such as #1250",
                    "is this a VCD file?",
                ));
            }
        };
        let level = match level {
            '1' => Some(true),
            '0' => Some(false),
            _ => None,
        };
        for i in 0..self.found.len() {
            if self.found[i].0 == identifier {
                self.set(self.found[i].1, level, dump);
            }
        }
        Ok(())
    }

    fn set(&mut self, wire: Wire, level: Option<bool>, dump: bool) {
        match wire {
            Wire::Step(axis) => {
                // A level that is first told of at the very start, or in a dump, is no edge.
                let told = self.levels[axis].is_none() && (dump || self.time == 0);
                self.rises[axis] |= level == Some(true) && self.levels[axis] != level && !told;
                self.levels[axis] = level;
            }
            Wire::Direction(axis) => self.directions[axis] = level,
            Wire::Torch(which) => self.recorder.torch(self.tick, which, level == Some(true)),
        }
    }

    /// Everything of an instant has changed.
    fn end_instant(&mut self) -> Result<(), Failed> {
        for (axis, name) in NAMES.into_iter().enumerate() {
            if !std::mem::take(&mut self.rises[axis]) {
                continue;
            }
            let Some(forward) = self.directions[axis] else {
                let found = format!("a step of {name}, whose direction is not known yet");
                return Err(self.wrong(
                    found,
                    "the level of every direction wire at the start",
                    "begin to record before the machine moves",
                ));
            };
            self.recorder.steps.push(StepEdge { tick: self.tick, axis: axis as u8, forward });
        }
        Ok(())
    }
}
