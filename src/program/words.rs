//! One block's words, sorted by modal group and letter.
//!
//! In: a block. Out: [`Commands`], or why the block contradicts itself. May use `gcode`'s blocks and `diag`.

use super::findings::{Refusal, refusal};
use super::vocabulary::{G_SUPPORTED, GROUPS, Group, M_SUPPORTED, Meaning, g_word, m_word};
use crate::gcode::{Block, Span, Word};

/// The axis letters in the order of the axes.
pub(super) const AXIS_LETTERS: [char; 3] = ['X', 'Y', 'Z'];
/// How near to a whole number (or tenth, for G) a value counts as one.
const WHOLE_TOLERANCE: f64 = 1e-4;
/// Stands for no word of a group.
const NO_CODE: u16 = u16::MAX;
/// Letters that may stand in any block: feed, and what has no effect here.
const ALWAYS_USED: u32 = bit('F') | bit('S') | bit('T') | bit('H') | bit('D');

/// The words of a block.
pub(super) struct Commands<'a> {
    block: &'a Block,
    /// G words as ten times their number, M words as they are, one of each group.
    codes: [u16; GROUPS],
    /// Values by letter.
    values: [f64; 26],
    /// One bit for each letter that has a value.
    given: u32,
    /// One bit for each letter that something made use of.
    used: u32,
    /// Whether there is any G or M word.
    any_code: bool,
}

const fn bit(letter: char) -> u32 {
    1 << (letter as u32 - 'A' as u32)
}

/// The whole number next to `value`, if it is near enough.
pub(super) fn whole(value: f64) -> Option<i64> {
    let rounded = value.round();
    ((value - rounded).abs() <= WHOLE_TOLERANCE && rounded.abs() < 1e9).then_some(rounded as i64)
}

impl<'a> Commands<'a> {
    /// Sorts the words of `block`.
    pub(super) fn read(block: &'a Block) -> Result<Self, Refusal> {
        let mut commands =
            Self { block, codes: [NO_CODE; GROUPS], values: [0.0; 26], given: 0, used: ALWAYS_USED, any_code: false };
        for word in &block.words {
            match word.letter {
                'G' => {
                    let tenths = whole(word.value * 10.0).and_then(|code| u16::try_from(code).ok());
                    let meaning = tenths.map_or(Meaning::Unknown, g_word);
                    commands.code(word, tenths.unwrap_or(NO_CODE), meaning, G_SUPPORTED)?;
                }
                'M' => {
                    let number = whole(word.value).and_then(|code| u16::try_from(code).ok());
                    let meaning = number.map_or(Meaning::Unknown, m_word);
                    commands.code(word, number.unwrap_or(NO_CODE), meaning, M_SUPPORTED)?;
                }
                '$' => spindle(word)?,
                'A' | 'B' | 'C' | 'U' | 'V' | 'W' => {
                    return Err(axis_not_supported(word));
                }
                letter @ 'A'..='Z' => commands.value_word(letter, word)?,
                letter => {
                    return Err(refusal("P001", word.span, format!("'{letter}' is not a word of a block")));
                }
            }
        }
        Ok(commands)
    }

    /// Takes a G or M word.
    fn code(&mut self, word: &Word, code: u16, meaning: Meaning, supported: &'static str) -> Result<(), Refusal> {
        let name = || format!("{}{}", word.letter, word.value);
        self.any_code = true;
        match meaning {
            Meaning::In(group) => {
                let slot = &mut self.codes[group as usize];
                if *slot != NO_CODE {
                    let earlier = if word.letter == 'G' { f64::from(*slot) / 10.0 } else { f64::from(*slot) };
                    let found = format!("{} contradicts {}{earlier} in the same block", name(), word.letter);
                    return Err(refusal("P003", word.span, found)
                        .expected("one word of a modal group")
                        .hint("keep one of them, or put them on lines of their own"));
                }
                *slot = code;
                Ok(())
            }
            Meaning::NotSupported(what, hint) => {
                Err(refusal("P002", word.span, format!("{} ({what}) is not supported", name())).hint(hint))
            }
            Meaning::Unknown => Err(refusal("P001", word.span, format!("{} is not known", name())).hint(supported)),
        }
    }

    /// Takes a word that gives a value.
    fn value_word(&mut self, letter: char, word: &Word) -> Result<(), Refusal> {
        let bit = bit(letter);
        if self.given & bit != 0 {
            return Err(refusal("P004", word.span, format!("a second {letter} in the same block"))
                .hint("keep one of them, or put them on lines of their own"));
        }
        if matches!(letter, 'F' | 'S' | 'T' | 'H' | 'D') && word.value < 0.0 {
            return Err(refusal("P009", word.span, format!("{letter}{} is negative", word.value))
                .expected("zero or more")
                .hint("remove the sign"));
        }
        self.given |= bit;
        self.values[(letter as u32 - 'A' as u32) as usize] = word.value;
        Ok(())
    }

    /// The word of a group: ten times the number of a G word, the number of an M word.
    pub(super) fn group(&self, group: Group) -> Option<u16> {
        let code = self.codes[group as usize];
        (code != NO_CODE).then_some(code)
    }

    /// Whether the block has a value for `letter`.
    pub(super) fn has(&self, letter: char) -> bool {
        self.given & bit(letter) != 0
    }

    /// The value for `letter`, which counts as used from then on.
    pub(super) fn take(&mut self, letter: char) -> Option<f64> {
        let bit = bit(letter);
        self.used |= bit;
        (self.given & bit != 0).then(|| self.values[(letter as u32 - 'A' as u32) as usize])
    }

    /// Whether the block has a word for X, Y or Z.
    pub(super) fn has_axes(&self) -> bool {
        self.given & (bit('X') | bit('Y') | bit('Z')) != 0
    }

    /// Whether the block has anything that a motion would use.
    pub(super) fn has_motion_words(&self) -> bool {
        self.given & (bit('X') | bit('Y') | bit('Z') | bit('I') | bit('J') | bit('K') | bit('R')) != 0
    }

    /// Whether a program number is all the block has.
    pub(super) fn is_program_number(&self) -> bool {
        self.given == bit('O') && !self.any_code
    }

    /// Passes over everything that is still unused.
    pub(super) fn forgive_unused(&mut self) {
        self.used = u32::MAX;
    }

    /// The first word that nothing made use of.
    pub(super) fn unused(&self) -> Option<&Word> {
        let left = self.given & !self.used;
        if left == 0 {
            return None;
        }
        self.block.words.iter().find(|w| w.letter.is_ascii_uppercase() && left & bit(w.letter) != 0)
    }

    /// Where the word with `letter` stands; the block, without such a word.
    pub(super) fn span(&self, letter: char) -> Span {
        self.block.words.iter().find(|w| w.letter == letter).map_or(self.block.span, |w| w.span)
    }

    /// Where the word of `group` stands; the block, without such a word.
    pub(super) fn group_span(&self, group: Group) -> Span {
        let is_m = matches!(group, Group::Stop | Group::ToolChange | Group::Torch | Group::Oxygen);
        let (letter, scale) = if is_m { ('M', 1.0) } else { ('G', 10.0) };
        let code = self.codes[group as usize];
        let same = |w: &&Word| w.letter == letter && whole(w.value * scale) == Some(i64::from(code));
        self.block.words.iter().find(same).map_or(self.block.span, |w| w.span)
    }

    /// Where the block stands.
    pub(super) fn block_span(&self) -> Span {
        self.block.span
    }
}

/// `$0` is the cutting torch of QtPlasmaC and `$-1` all of them; the others are a scribe and a spotting torch.
fn spindle(word: &Word) -> Result<(), Refusal> {
    if matches!(whole(word.value), Some(0 | -1)) {
        return Ok(());
    }
    Err(refusal("P002", word.span, format!("tool ${} is not supported", word.value))
        .expected("$0, the cutting torch")
        .hint("scribing and spotting are not simulated; remove their blocks"))
}

fn axis_not_supported(word: &Word) -> Refusal {
    refusal("P006", word.span, format!("axis {} is not supported", word.letter))
        .expected("X, Y or Z")
        .hint("choose a post processor for a three-axis table")
}
