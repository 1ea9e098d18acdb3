//! One block's words, sorted by modal group and letter.
//!
//! In: a block and the values of its words. Out: [`Commands`], or why the block contradicts itself. May use `gcode`'s blocks.

use super::findings::{Refusal, refusal};
use super::vocabulary::{GROUPS, Group, Meaning, g_supported, g_word, m_supported, m_word};
use crate::gcode::{Block, Dialect, Span, Value, Word};

/// The axis letters in the order of the axes.
pub(super) const AXIS_LETTERS: [char; 6] = ['X', 'Y', 'Z', 'A', 'B', 'C'];
/// How near to a whole number (or tenth, for G) a value counts as one.
const WHOLE_TOLERANCE: f64 = 1e-4;
/// Stands for no word of a group.
const NO_CODE: u16 = u16::MAX;
/// Letters that may stand in any block.
const ALWAYS_USED: u32 = bit('F') | bit('S') | bit('T') | bit('N');
/// The axis letters.
const AXES: u32 = bit('X') | bit('Y') | bit('Z') | bit('A') | bit('B') | bit('C');

/// The words of a block.
pub(super) struct Commands<'a> {
    block: &'a Block,
    dialect: Dialect,
    /// G words as ten times their number, M words as they are, one of each group.
    codes: [u16; GROUPS],
    /// Values by letter; `@ ^ $` come after Z.
    values: [f64; 32],
    /// One bit for each letter that has a value.
    given: u32,
    /// One bit for each letter that something made use of.
    used: u32,
    /// M words in the block.
    m_count: u8,
    /// Whether G80 stands in the block.
    pub(super) cancels: bool,
    /// Whether the block has any G or M word.
    pub(super) has_codes: bool,
    /// Grbl: whether a word of the block claims the axis words.
    claims_axes: bool,
}

const fn slot(letter: char) -> u32 {
    match letter {
        '@' => 26,
        '^' => 27,
        '$' => 28,
        letter => (letter as u32 - 'A' as u32) & 31,
    }
}

const fn bit(letter: char) -> u32 {
    1 << slot(letter)
}

/// The whole number next to `value`, if it is near enough.
pub(super) fn whole(value: f64) -> Option<i64> {
    let rounded = value.round();
    ((value - rounded).abs() <= WHOLE_TOLERANCE && rounded.abs() < 1e9).then_some(rounded as i64)
}

/// A value as it was written: of a number in single precision, the digits that make it.
pub(super) fn shown(value: f64) -> String {
    let single = value as f32;
    if f64::from(single) == value { single.to_string() } else { value.to_string() }
}

impl<'a> Commands<'a> {
    /// For the words of `block`, which are still to be read.
    pub(super) fn new(block: &'a Block, dialect: Dialect) -> Self {
        Self {
            block,
            dialect,
            codes: [NO_CODE; GROUPS],
            values: [0.0; 32],
            given: 0,
            used: ALWAYS_USED,
            m_count: 0,
            cancels: false,
            has_codes: false,
            claims_axes: false,
        }
    }

    /// Sorts the words of the block; `evaluate` gives the values of expressions.
    #[inline]
    pub(super) fn read(&mut self, mut evaluate: impl FnMut(Value, Span) -> Result<f64, Refusal>) -> Result<(), Refusal> {
        for word in &self.block.words {
            let value = match word.value {
                Value::Number(value) => value,
                expression => evaluate(expression, word.span)?,
            };
            match word.letter {
                'G' => {
                    self.has_codes = true;
                    self.g(word, value)?;
                }
                'M' => {
                    self.has_codes = true;
                    self.m(word, value)?;
                }
                letter => self.value_word(letter, word, value)?,
            }
        }
        Ok(())
    }

    fn g(&mut self, word: &Word, value: f64) -> Result<(), Refusal> {
        if self.dialect == Dialect::Grbl {
            return self.grbl_g(word, value);
        }
        let tenths = whole(value * 10.0).and_then(|code| u16::try_from(code).ok());
        let meaning = tenths.map_or(Meaning::Unknown, |tenths| g_word(self.dialect, tenths));
        let code = tenths.unwrap_or(NO_CODE);
        if code == 800 {
            self.cancels = true;
            // LinuxCNC lets G80 stand beside another motion word, which then holds; so do many posts' preambles.
            return Ok(());
        }
        self.code(word, value, code, meaning)
    }

    /// A G word as Grbl reads it: to the hundredth, and minding first that only one word of a block may claim the axis words.
    fn grbl_g(&mut self, word: &Word, value: f64) -> Result<(), Refusal> {
        let hundredths = (value * 100.0).round();
        let hundredths = if (0.0..6e4).contains(&hundredths) { hundredths as u16 } else { NO_CODE };
        let (number, fraction) = (hundredths / 100, hundredths % 100);
        let claims = match number {
            10 | 28 | 30 | 92 => fraction == 0,
            0..=3 | 38 | 43 | 49 => true,
            _ => false,
        };
        if claims && std::mem::replace(&mut self.claims_axes, true) {
            let found = format!("G{} and another word of this block both want the axis words", shown(value));
            return Err(refusal("P010", word.span, found).hint("put them on lines of their own").grbl(24));
        }
        let tenths = match fraction {
            // Grbl does not look at the fraction of G49.
            _ if number == 49 => 490,
            f if f % 10 == 0 => hundredths / 10,
            // No word of Grbl has this tenth, and any other hundredth fares as it does.
            _ => number * 10 + 9,
        };
        self.cancels |= tenths == 800;
        self.code(word, value, tenths, g_word(self.dialect, tenths))
    }

    fn m(&mut self, word: &Word, value: f64) -> Result<(), Refusal> {
        // Grbl looks at the hundredths.
        let whole = if self.dialect == Dialect::Grbl { whole(value.trunc()) } else { whole(value) };
        let number = whole.and_then(|code| u16::try_from(code).ok());
        if self.dialect == Dialect::Grbl && value >= 0.0 && (value.fract() * 100.0).round() > 0.0 {
            return Err(not_whole(word, value));
        }
        let meaning = number.map_or(Meaning::Unknown, |number| m_word(self.dialect, number));
        self.m_count = self.m_count.saturating_add(1);
        if self.m_count > 4 && self.dialect == Dialect::LinuxCnc {
            return Err(refusal("P021", word.span, "a fifth M word in the same block")
                .expected("at most four")
                .hint("put the rest on a line of their own"));
        }
        self.code(word, value, number.unwrap_or(NO_CODE), meaning)
    }

    /// Takes a G or M word.
    fn code(&mut self, word: &Word, value: f64, code: u16, meaning: Meaning) -> Result<(), Refusal> {
        let name = || format!("{}{}", word.letter, shown(value));
        match meaning {
            // In Mach3 each of them has a group of its own, and they only switch off what is not supported.
            Meaning::In(Group::Transform) => Ok(()),
            Meaning::In(group) => {
                let before = self.codes[group as usize];
                if before != NO_CODE {
                    let earlier = if word.letter == 'G' { f64::from(before) / 10.0 } else { f64::from(before) };
                    let found = format!("{} contradicts {}{earlier} in the same block", name(), word.letter);
                    return Err(refusal("P003", word.span, found)
                        .expected("one word of a modal group")
                        .hint("keep one of them, or put them on lines of their own")
                        .grbl(21));
                }
                self.codes[group as usize] = code;
                Ok(())
            }
            Meaning::NotSupported(what, hint) => {
                Err(refusal("P002", word.span, format!("{} ({what}) is not supported", name())).hint(hint).grbl(20))
            }
            Meaning::NotWhole => Err(not_whole(word, value)),
            Meaning::Unknown => {
                let supported = if word.letter == 'G' { g_supported(self.dialect) } else { m_supported(self.dialect) };
                Err(refusal("P001", word.span, format!("{} is not known", name())).hint(supported).grbl(20))
            }
        }
    }

    /// Takes a word that gives a value.
    #[inline]
    fn value_word(&mut self, letter: char, word: &Word, value: f64) -> Result<(), Refusal> {
        let bit = bit(letter);
        // By far most words are coordinates, which every dialect has.
        if matches!(letter, 'X' | 'Y' | 'Z' | 'I' | 'J') && self.given & bit == 0 {
            self.given |= bit;
            self.values[slot(letter) as usize] = value;
            return Ok(());
        }
        self.other_word(letter, word, value)
    }

    fn other_word(&mut self, letter: char, word: &Word, value: f64) -> Result<(), Refusal> {
        let bit = bit(letter);
        if self.dialect == Dialect::Grbl {
            const KNOWN: &str = "FIJKLPRSTXYZ";
            if !KNOWN.contains(letter) {
                let found = format!("{letter} is no word of Grbl");
                let hint = match letter {
                    'A' | 'B' | 'C' | 'U' | 'V' | 'W' => "choose a post processor for a three-axis table",
                    'E' => "E is for 3D printers; and numbers have no exponent here, write 1e3 as 1000",
                    _ => "remove it, or choose the dialect that has it",
                };
                return Err(refusal("P006", word.span, found).expected("F I J K L N P R S T X Y Z").hint(hint).grbl(20));
            }
            if letter == 'T' && value > 255.0 {
                let found = format!("T{} is too large", shown(value));
                return Err(refusal("P009", word.span, found).expected("at most 255").grbl(38));
            }
        } else if matches!(letter, 'U' | 'V' | 'W') {
            return Err(refusal("P006", word.span, format!("axis {letter} is not configured"))
                .expected("X, Y or Z")
                .hint("choose a post processor for a three-axis table"));
        }
        if self.given & bit != 0 {
            return Err(refusal("P004", word.span, format!("a second {letter} in the same block"))
                .hint("keep one of them, or put them on lines of their own")
                .grbl(25));
        }
        let negative_is_wrong = match letter {
            'F' | 'S' | 'T' => true,
            'P' => self.dialect == Dialect::Grbl,
            'L' => self.dialect != Dialect::Grbl,
            'H' => value < -1.0,
            _ => false,
        };
        if value < 0.0 && negative_is_wrong {
            return Err(refusal("P009", word.span, format!("{letter}{} is negative", shown(value)))
                .expected("zero or more")
                .hint("remove the sign")
                .grbl(4));
        }
        self.given |= bit;
        self.values[slot(letter) as usize] = value;
        Ok(())
    }

    /// The word of a group: ten times the number of a G word, the number of an M word.
    #[inline]
    pub(super) fn group(&self, group: Group) -> Option<u16> {
        let code = self.codes[group as usize];
        (code != NO_CODE).then_some(code)
    }

    /// Whether the block has a value for `letter`.
    #[inline]
    pub(super) fn has(&self, letter: char) -> bool {
        self.given & bit(letter) != 0
    }

    /// The value for `letter`, without making use of it.
    pub(super) fn peek(&self, letter: char) -> Option<f64> {
        self.has(letter).then(|| self.values[slot(letter) as usize])
    }

    /// The value for `letter`, which counts as used from then on.
    #[inline]
    pub(super) fn take(&mut self, letter: char) -> Option<f64> {
        self.used |= bit(letter);
        self.peek(letter)
    }

    /// Whether the block has a word for an axis.
    #[inline]
    pub(super) fn has_axes(&self) -> bool {
        self.given & AXES != 0
    }

    /// Whether the block has a word for an axis other than X, Y, Z.
    pub(super) fn has_other_axes(&self) -> bool {
        self.given & AXES & !(bit('X') | bit('Y') | bit('Z')) != 0
    }

    /// Whether the block has polar coordinates.
    pub(super) fn is_polar(&self) -> bool {
        self.given & (bit('@') | bit('^')) != 0
    }

    /// Whether the block has I, J or K.
    pub(super) fn has_centre(&self) -> bool {
        self.given & (bit('I') | bit('J') | bit('K')) != 0
    }

    /// Makes use of everything.
    pub(super) fn forgive_unused(&mut self) {
        self.used = u32::MAX;
    }

    /// The first word that nothing made use of.
    #[inline]
    pub(super) fn unused(&self) -> Option<&Word> {
        let left = self.given & !self.used;
        if left == 0 {
            return None;
        }
        self.block.words.iter().find(|w| !matches!(w.letter, 'G' | 'M') && left & bit(w.letter) != 0)
    }

    /// Where the word with `letter` stands; the block, without such a word.
    pub(super) fn span(&self, letter: char) -> Span {
        self.block.words.iter().find(|w| w.letter == letter).map_or(self.block.span, |w| w.span)
    }

    /// Where the word of `group` stands; the block, without such a word.
    pub(super) fn group_span(&self, group: Group) -> Span {
        let (letter, scale) = if group.is_m() { ('M', 1.0) } else { ('G', 10.0) };
        let code = self.codes[group as usize];
        let same = |w: &&Word| {
            let Value::Number(value) = w.value else { return false };
            w.letter == letter && whole(value * scale) == Some(i64::from(code))
        };
        self.block.words.iter().find(same).map_or(self.block.span, |w| w.span)
    }

    /// The block itself.
    pub(super) fn block(&self) -> &'a Block {
        self.block
    }

    /// Where the block stands.
    pub(super) fn block_span(&self) -> Span {
        self.block.span
    }
}

fn not_whole(word: &Word, value: f64) -> Refusal {
    refusal("P020", word.span, format!("{}{} is no word", word.letter, shown(value)))
        .expected("a whole number here")
        .hint("check the number after the point")
        .grbl(23)
}
