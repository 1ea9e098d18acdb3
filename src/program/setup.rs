//! What a program does not say about itself: the machine's zeros, tools, inputs, and what its torch words do.
//!
//! In: the scene or the command line. Out: plain data for the interpreter. May use `gcode`'s dialects.

use crate::gcode::Dialect;
use std::collections::BTreeMap;

/// A millimetre, mm.
pub const MILLIMETRE: f64 = 1.0;
/// An inch, mm, exactly.
pub const INCH: f64 = 25.4;

/// What a torch word does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TorchAction {
    /// Runs the whole start sequence: light, preheat hold, cutting oxygen (or arc), pierce hold.
    Start,
    /// Lights the preheat flame.
    Flame,
    /// Opens the cutting oxygen, or starts the arc.
    Oxygen,
    /// Opens it again if the torch is lit, else does nothing.
    OxygenIfLit,
    /// Closes the cutting oxygen and leaves the flame on.
    OxygenOff,
    /// Closes everything.
    AllOff,
    /// Is known and does nothing to the cutting torch, such as a scribe.
    Nothing,
}

/// A word that works the torch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TorchTrigger {
    /// The M word's number.
    pub m: u16,
    /// The P that must stand beside it (M62 to M65, M100 to M199).
    pub p: Option<i32>,
    /// The `$` that must stand beside it (M3, M4, M5 in LinuxCNC).
    pub spindle: Option<i32>,
}

impl std::str::FromStr for TorchTrigger {
    type Err = String;

    /// Reads `M8`, `M64 P1`, `M3 $0`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no torch word; expected an M word such as M8, M64 P1 or M3 $0");
        let mut trigger = Self { m: u16::MAX, p: None, spindle: None };
        for part in text.split_whitespace() {
            let Some(letter) = part.chars().next() else { continue };
            let number: i32 = part[letter.len_utf8()..].parse().map_err(|_| wrong())?;
            match letter.to_ascii_uppercase() {
                'M' if (0..=199).contains(&number) => trigger.m = number as u16,
                'P' => trigger.p = Some(number),
                '$' => trigger.spindle = Some(number),
                _ => return Err(wrong()),
            }
        }
        if trigger.m == u16::MAX { Err(wrong()) } else { Ok(trigger) }
    }
}

/// How the program's M words work the torch. There is no standard for oxy-fuel: the presets are the habits in use, and a machine may have
/// its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TorchWords {
    /// Name for messages, such as "m3-starts".
    pub name: String,
    /// What each word does; the first that fits counts. M words that are not here do nothing to the torch.
    pub rules: Vec<(TorchTrigger, TorchAction)>,
    /// Whether S is the power of the torch, as on a laser: S0 between M3 and M5 is off, any other S is on.
    pub power_by_s: bool,
}

impl TorchWords {
    /// Names of the presets.
    pub const PRESETS: [&'static str; 4] = ["m3-starts", "m3-preheat-m8-oxygen", "qtplasmac", "power-by-s"];

    /// The preset with this name.
    pub fn preset(name: &str) -> Option<Self> {
        use TorchAction::{AllOff, Flame, Nothing, Oxygen, OxygenIfLit, OxygenOff, Start};
        let m = |m| TorchTrigger { m, p: None, spindle: None };
        let with_p = |m, p| TorchTrigger { m, p: Some(p), spindle: None };
        let spindle = |m, s| TorchTrigger { m, p: None, spindle: Some(s) };
        let (rules, power_by_s) = match name {
            // M3 runs the whole start sequence; M7, M8 and M9 do nothing.
            "m3-starts" => (vec![(m(3), Start), (m(4), Start), (m(5), AllOff)], false),
            // M3 lights the flame, M7 or M8 opens the cutting oxygen, M9 closes it, M5 closes everything; the program dwells by itself.
            "m3-preheat-m8-oxygen" => {
                let on_off = [(m(3), Flame), (m(4), Flame), (m(5), AllOff)];
                let oxygen = [(m(7), Oxygen), (m(8), Oxygen), (m(9), OxygenOff)];
                (on_off.into_iter().chain(oxygen).collect(), false)
            }
            // $0 cuts, $1 scribes, $2 spots; output 3 holds the torch off while the motion goes on.
            "qtplasmac" => {
                let mut rules = vec![
                    (spindle(3, 1), Nothing),
                    (spindle(3, 2), Nothing),
                    (spindle(4, 1), Nothing),
                    (spindle(5, 1), Nothing),
                    (spindle(5, 2), Nothing),
                ];
                rules.extend([(m(3), Start), (m(4), Start), (m(5), AllOff)]);
                rules.extend([62, 64].map(|n| (with_p(n, 3), OxygenOff)));
                rules.extend([63, 65].map(|n| (with_p(n, 3), OxygenIfLit)));
                (rules, false)
            }
            "power-by-s" => (vec![(m(3), Flame), (m(4), Flame), (m(5), AllOff)], true),
            _ => return None,
        };
        Some(Self { name: name.to_string(), rules, power_by_s })
    }

    /// What an M word does, given the P and the `$` beside it.
    pub fn action(&self, m: u16, p: Option<f64>, spindle: Option<f64>) -> Option<TorchAction> {
        let fits = |wanted: Option<i32>, given: Option<f64>, otherwise: f64| {
            wanted.is_none_or(|wanted| (given.unwrap_or(otherwise) - f64::from(wanted)).abs() < 1e-4)
        };
        // No P is not P0; no `$` is $0.
        self.rules
            .iter()
            .find(|(t, _)| t.m == m && fits(t.p, p, f64::NAN) && fits(t.spindle, spindle, 0.0))
            .map(|(_, action)| *action)
    }
}

/// A line of a tool table. Lengths are in the machine's units ([`Setup::machine_unit_mm`]).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tool {
    /// Its number, T.
    pub number: i32,
    /// Its diameter: for a torch, the kerf that G41 and G42 compensate.
    pub diameter: f64,
    /// Offsets in X, Y, Z, A, B, C, for G43.
    pub offset: [f64; 6],
}

/// Reads a tool table as LinuxCNC keeps it: lines of `T1 P1 Z0 D1.5 ; words`. Lines without a T are passed over.
///
/// # Errors
/// A sentence with the line number, for a word that is no letter with a number.
pub fn read_tools(text: &str) -> Result<Vec<Tool>, String> {
    let mut tools = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words = line.split(';').next().unwrap_or_default().split_whitespace();
        let (mut tool, mut named) = (Tool::default(), false);
        for word in words {
            let wrong = || format!("line {}: '{word}' is no word of a tool table; expected such as T1 P1 Z0 D1.5", index + 1);
            let letter = word.chars().next().ok_or_else(wrong)?.to_ascii_uppercase();
            let value: f64 = word[letter.len_utf8()..].parse().map_err(|_| wrong())?;
            match letter {
                'T' => (tool.number, named) = (value as i32, true),
                'D' => tool.diameter = value,
                letter => match super::words::AXIS_LETTERS.iter().position(|l| *l == letter) {
                    Some(axis) => tool.offset[axis] = value,
                    None if matches!(letter, 'P' | 'I' | 'J' | 'Q' | 'U' | 'V' | 'W') => {}
                    None => return Err(wrong()),
                },
            }
        }
        if named {
            tools.push(tool);
        }
    }
    Ok(tools)
}

/// What the program does not say about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Whose rules hold. Without it they are guessed from the text, and a note says so.
    pub dialect: Option<Dialect>,
    /// Where the program's X0 Y0 Z0 (of G54 and the other work zeros) lies in machine coordinates, m.
    pub work_zero_in_machine_m: [f64; 3],
    /// Where the torch stands at the start, in machine coordinates, m. Its Z is also where G28 goes in Z.
    pub start_in_machine_m: [f64; 3],
    /// How the M words work the torch. Without it they are guessed from the text, and a note says how.
    pub torch_words: Option<TorchWords>,
    /// Preheat hold of the start sequence, s.
    pub preheat_s: f64,
    /// Pierce hold of the start sequence, s.
    pub pierce_s: f64,
    /// Whether the P of G4 is in milliseconds, as Mach3 can be told, rather than in seconds.
    pub dwell_p_in_ms: bool,
    /// The tool table.
    pub tools: Vec<Tool>,
    /// What a 1 in the tool table and in `#5161` to `#5390` means, mm: the controller's own unit.
    pub machine_unit_mm: f64,
    /// Values of `#<_hal[name]>` by name, and of `#<_ini[section]key>` by `section.key`, all in lower case.
    pub hal: BTreeMap<String, f64>,
    /// Whether lines that start with `/` are passed over.
    pub block_delete: bool,
    /// How often loops, repeated calls and repeated cycles may go round, all together, before the program counts as endless.
    pub most_repeats: u64,
    /// Whether to stop at the first error, as the controller does, instead of going on to find the others.
    pub stop_at_first_error: bool,
    /// Whether a block with an error is as if it were not there, and nothing after it is in doubt: what a controller does whose sender goes
    /// on after its errors.
    pub go_on_after_errors: bool,
    /// Height of the plate's upper side in machine coordinates, mm, where probes stop; none: they move to their end.
    pub plate_top_mm: Option<f64>,
    /// Reach of the axes in machine coordinates, mm, for warnings.
    pub travel_mm: Option<[[f64; 2]; 3]>,
    /// Fastest feed of the axes, mm/min, for warnings.
    pub fastest_mm_per_min: Option<[f64; 3]>,
}

impl Default for Setup {
    /// Work zero and start at the machine's zero, dialect and torch words guessed, no holds, dwells in seconds, millimetres.
    fn default() -> Self {
        Self {
            dialect: None,
            work_zero_in_machine_m: [0.0; 3],
            start_in_machine_m: [0.0; 3],
            torch_words: None,
            preheat_s: 0.0,
            pierce_s: 0.0,
            dwell_p_in_ms: false,
            tools: Vec::new(),
            machine_unit_mm: MILLIMETRE,
            hal: BTreeMap::new(),
            block_delete: false,
            most_repeats: 1_000_000,
            stop_at_first_error: false,
            go_on_after_errors: false,
            plate_top_mm: None,
            travel_mm: None,
            fastest_mm_per_min: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_are_read_and_fit() {
        let own = |rules: &[(&str, TorchAction)]| TorchWords {
            name: "own".into(),
            rules: rules.iter().map(|(t, a)| (t.parse().unwrap(), *a)).collect(),
            power_by_s: false,
        };
        let words = own(&[("M64 P1", TorchAction::Oxygen), ("M3 $1", TorchAction::Nothing), ("m3", TorchAction::Flame)]);
        assert_eq!(words.action(64, Some(1.0), None), Some(TorchAction::Oxygen));
        assert_eq!(words.action(64, Some(0.0), None), None);
        assert_eq!(words.action(64, None, None), None);
        assert_eq!(words.action(3, None, None), Some(TorchAction::Flame));
        assert_eq!(words.action(3, None, Some(1.0)), Some(TorchAction::Nothing));
        for wrong in ["", "G1", "P3", "M", "M3x", "M200"] {
            assert!(wrong.parse::<TorchTrigger>().is_err(), "{wrong}");
        }
        for name in TorchWords::PRESETS {
            assert_eq!(TorchWords::preset(name).map(|w| w.name).as_deref(), Some(name));
        }
    }

    #[test]
    fn tool_tables_are_read_as_linuxcnc_keeps_them() {
        let tools = read_tools("; head\nT1 P1 Z0 D1.5\n\nT12 P3 Z-2.5 D+6.35 I10 Q0 ; end\n").unwrap();
        assert_eq!(tools.len(), 2);
        assert_eq!((tools[1].number, tools[1].diameter, tools[1].offset[2]), (12, 6.35, -2.5));
        assert!(read_tools("T1 X").unwrap_err().starts_with("line 1"));
    }
}
