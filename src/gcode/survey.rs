//! A first look at a program: whose dialect it is written in, and what in it hints at how it works the torch.
//!
//! In: the text. Out: a [`Survey`]. One pass, no meaning: only what a person would notice when leafing through the file.

use super::{Dialect, Source};

/// What was noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The dialect that the text shows signs of, and the sign: a piece of the text. Words count before names in comments.
    pub dialect: Option<(Dialect, String)>,
    /// The dialect that a comment names.
    named: Option<(Dialect, String)>,
    /// Bits 0 to 127: M words in use by their number.
    m_words: u128,
    /// Whether an S word changes the power of the torch between moves: S stands on lines with moves.
    pub power_by_s: bool,
    /// Whether `$` chooses a torch, as QtPlasmaC has it.
    pub chooses_spindle: bool,
    /// Whether output 3 switches the torch (`M62 P3` to `M65 P3`), as QtPlasmaC has it.
    pub switches_output_3: bool,
}

impl Survey {
    /// Whether the M word with this number is in use.
    pub fn has_m(&self, number: u32) -> bool {
        number < 128 && self.m_words & (1 << number) != 0
    }
}

/// Bytes looked through: a program shows its habits in its first cuts.
const LOOKED_THROUGH: usize = 2_000_000;

/// Looks through the first part of the text and goes back to its start.
pub fn survey(source: &mut Source<'_>) -> Survey {
    let start = source.position();
    let mut survey = Survey::default();
    let mut seen = 0;
    while seen < LOOKED_THROUGH
        && let Some(line) = source.next_line()
    {
        seen += line.bytes.len() + 1;
        look(line.bytes, &mut survey);
    }
    source.seek(start);
    survey.dialect = survey.dialect.or_else(|| survey.named.take());
    survey
}

fn look(line: &[u8], survey: &mut Survey) {
    // Most lines of a long program are bare moves.
    let plain = |b: &u8| matches!(b, b'0'..=b'9' | b'.' | b'-' | b' ' | b'X' | b'Y' | b'Z' | b'I' | b'J' | b'F' | b'G' | b'N');
    let Some(first) = line.iter().position(|b| !plain(b)) else { return };
    let rest = &line[first..];
    let mut at = 0;
    let number_after = |at: usize| -> Option<u32> {
        let digits: Vec<u8> =
            rest[at..].iter().copied().skip_while(|b| *b == b' ').take_while(u8::is_ascii_digit).take(4).collect();
        std::str::from_utf8(&digits).ok()?.parse().ok()
    };
    let mut sign = |dialect, text: &str| {
        survey.dialect.get_or_insert_with(|| (dialect, text.to_string()));
    };
    let mut named = |dialect, text: &str| {
        survey.named.get_or_insert_with(|| (dialect, text.to_string()));
    };
    let head = &line[..line.len().min(256)];
    let has = |word: &[u8]| head.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
    let mut last_m = None;
    let mut moves = line[..first].iter().any(|b| matches!(b, b'X' | b'Y'));
    while let Some(&byte) = rest.get(at) {
        at += 1;
        match byte.to_ascii_uppercase() {
            b'(' => {
                let end = rest[at..].iter().position(|b| *b == b')').map_or(rest.len(), |e| at + e);
                comment(&rest[at..end], &mut named);
                at = end + 1;
            }
            b';' => {
                comment(&rest[at..], &mut named);
                break;
            }
            b'M' => {
                last_m = number_after(at);
                match last_m {
                    Some(m @ (62..=68 | 190)) => sign(Dialect::LinuxCnc, &format!("M{m}")),
                    Some(m @ (98 | 99 | 47)) => sign(Dialect::Mach3, &format!("M{m}")),
                    _ => {}
                }
                survey.m_words |= last_m.filter(|m| *m < 128).map_or(0, |m| 1 << m);
            }
            b'P' if matches!(last_m, Some(62..=65)) => survey.switches_output_3 |= number_after(at) == Some(3),
            b'P' if has(b"G64") => sign(Dialect::LinuxCnc, "P with G64"),
            b'D' if has(b"G41.1") || has(b"G42.1") => sign(Dialect::LinuxCnc, "D with G41.1 or G42.1"),
            b'#' => {
                let named = rest[at..].iter().find(|b| **b != b' ') == Some(&b'<');
                if named {
                    sign(Dialect::LinuxCnc, "#<");
                    at = rest[at..].iter().position(|b| *b == b'>').map_or(rest.len(), |end| at + end + 1);
                }
            }
            b'O' if at == 1 && line[..first].iter().all(|b| matches!(b, b' ' | b'N' | b'0'..=b'9')) => {
                let word = rest[at..].iter().skip_while(|b| !matches!(b, b' ' | b'>')).skip(1);
                let word: Vec<u8> = word.skip_while(|b| **b == b' ').take_while(|b| b.is_ascii_alphabetic()).copied().collect();
                let flow =
                    ["sub", "call", "while", "do", "if", "repeat"].iter().find(|w| word.eq_ignore_ascii_case(w.as_bytes()));
                if let Some(word) = flow {
                    sign(Dialect::LinuxCnc, &format!("O {word}"));
                }
            }
            b'$' if number_after(at).is_some() && first + at > 1 => {
                survey.chooses_spindle = true;
                sign(Dialect::LinuxCnc, "$ after another word");
            }
            b'$' if first + at == 1 => sign(Dialect::Grbl, "$ at the start of a line"),
            // The S of SIN and COS is none.
            // Nobody stops a spindle by S0 but on a line without M, and a laser does all the time.
            b'S' if number_after(at) == Some(0) && !line.iter().any(|b| matches!(b, b'M' | b'm')) => survey.power_by_s = true,
            b'S' => survey.power_by_s |= moves && number_after(at).is_some(),
            b'X' | b'Y' => moves = true,
            _ => {}
        }
    }
}

fn comment(text: &[u8], sign: &mut impl FnMut(Dialect, &str)) {
    const NAMES: [(&str, Dialect); 7] = [
        ("linuxcnc", Dialect::LinuxCnc),
        ("qtplasmac", Dialect::LinuxCnc),
        ("plasmac", Dialect::LinuxCnc),
        ("emc2", Dialect::LinuxCnc),
        ("mach3", Dialect::Mach3),
        ("mach 3", Dialect::Mach3),
        ("grbl", Dialect::Grbl),
    ];
    let text = String::from_utf8_lossy(&text[..text.len().min(256)]).to_ascii_lowercase();
    if let Some((name, dialect)) = NAMES.into_iter().find(|(name, _)| text.contains(name)) {
        sign(dialect, &format!("'{name}' in a comment"));
    }
}
