//! The grammar inside a line, on bytes: words, comments, block delete, settings of parameters.
//!
//! In: the rest of a line. Out: its next [`Item`], or a [`Fault`]. Expressions go into the block's code. May use nom.

use super::block::{Block, Flow, NoteKind, Setting, Target, Text, Value};
use super::expressions::{self, Scope};
use super::faults::{Fault, Kind};
use super::{Dialect, flow};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::combinator::{opt, value};
use nom::sequence::delimited;
use nom::{IResult, Parser};

/// What a parser gives: the rest of the line and a result.
pub(super) type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

/// One thing on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item {
    /// Blanks or a comment.
    Nothing,
    /// A letter in upper case with its number; `gap` when blanks stand between the digits.
    Word { letter: u8, value: Value, gap: bool },
    /// A `#` setting; its span is still to be filled in.
    Setting(Setting),
    /// An O-word; its span is still to be filled in.
    Flow(Flow),
    /// A comment that asks for something.
    Note(NoteKind, Text),
    /// A `/`.
    BlockDelete,
}

/// Powers of ten that are exact in f64.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
];

/// Whether a byte is passed over between words. 0x1A ends files written under DOS.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c | 0x1a)
}

/// Number of characters in a piece of UTF-8, which may be cut anywhere.
pub(super) fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| (**b & 0xc0) != 0x80).count()
}

/// The next item of a line that is not empty. `first` says whether nothing but a line number stands before it.
#[inline]
pub(super) fn item<'a>(input: &'a [u8], dialect: Dialect, first: bool, block: &mut Block) -> Parsed<'a, Item> {
    match input[0] {
        b'o' | b'O' if first => flow::o_word(input, dialect, block),
        letter if letter.is_ascii_alphabetic() => word(input, dialect, block),
        b if is_blank(b) => value(Item::Nothing, take_while1(is_blank)).parse(input),
        b'(' => comment(input, dialect, block),
        b';' => Ok((&[], Item::Nothing)),
        b'$' if dialect != Dialect::Grbl => word(input, dialect, block),
        b'@' | b'^' if dialect == Dialect::LinuxCnc => word(input, dialect, block),
        b'/' => value(Item::BlockDelete, tag(&b"/"[..])).parse(input),
        b'#' if dialect != Dialect::Grbl => setting(input, dialect, block),
        b'#' | b'[' if dialect == Dialect::Grbl => Err(Fault::new(Kind::Parameter, input, 1)),
        b')' => Err(Fault::new(Kind::CommentNotOpen, input, 1)),
        _ => Err(Fault::new(Kind::NotAWord, input, char_width(input))),
    }
}

/// Bytes in the first character of `input`, at least 1.
pub(super) fn char_width(input: &[u8]) -> usize {
    1 + input.iter().skip(1).take_while(|b| (**b & 0xc0) == 0x80).count()
}

/// `( … )`, on one line.
fn comment<'a>(input: &'a [u8], dialect: Dialect, block: &mut Block) -> Parsed<'a, Item> {
    let inside = take_till(|b| b == b')');
    match delimited(tag(&b"("[..]), inside, tag::<_, _, Fault>(&b")"[..])).parse(input) {
        // Where comments do not nest, the inner ')' ends the outer one and leaves its tail behind as if it were words.
        Ok((_, text)) if text.contains(&b'(') && dialect != Dialect::Grbl => {
            Err(Fault::new(Kind::CommentInside, input, text.len() + 2))
        }
        Ok((rest, text)) => Ok((rest, note(text, dialect, block).unwrap_or(Item::Nothing))),
        // Grbl passes over what follows an open parenthesis.
        Err(_) if dialect == Dialect::Grbl => Ok((&[], Item::Nothing)),
        Err(_) => Err(Fault::new(Kind::CommentNotClosed, input, 1)),
    }
}

/// What a comment asks for, if anything.
fn note(text: &[u8], dialect: Dialect, block: &mut Block) -> Option<Item> {
    const KINDS: [(&[u8], NoteKind); 5] = [
        (b"msg,", NoteKind::Message),
        (b"debug,", NoteKind::Debug),
        (b"print,", NoteKind::Print),
        (b"log,", NoteKind::Print),
        (b"o=", NoteKind::Material),
    ];
    let blanks = text.iter().take_while(|b| is_blank(**b)).count();
    let text = &text[blanks..];
    if dialect == Dialect::Grbl
        || !matches!(text.first(), Some(b'm' | b'M' | b'd' | b'D' | b'p' | b'P' | b'l' | b'L' | b'o' | b'O'))
    {
        return None;
    }
    let (word, kind) =
        KINDS.into_iter().find(|(word, _)| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word)))?;
    let from = block.text.len();
    block.text.push_str(&String::from_utf8_lossy(if kind == NoteKind::Material { text } else { &text[word.len()..] }));
    Some(Item::Note(kind, block.add_text(from)))
}

/// A letter and its number.
#[inline]
fn word<'a>(input: &'a [u8], dialect: Dialect, block: &mut Block) -> Parsed<'a, Item> {
    let letter = input[0].to_ascii_uppercase();
    let mut after = &input[1..];
    if after.first().is_some_and(|b| is_blank(*b)) {
        (after, _) = blanks(after)?;
    }
    match after.first() {
        Some(b'0'..=b'9' | b'.') => {}
        Some(b'+' | b'-') if dialect == Dialect::Grbl && !expressions::signs_an_expression(after) => {}
        Some(b'+' | b'-') if dialect != Dialect::Grbl && !expressions::signs_more(after) => {}
        Some(b'#' | b'[' | b'+' | b'-' | b'a'..=b'z' | b'A'..=b'Z') if dialect != Dialect::Grbl && letter != b'$' => {
            return match expressions::value(after, Scope { dialect, depth: 0 }, block) {
                Ok((rest, value)) => Ok((rest, Item::Word { letter, value, gap: false })),
                // `G X1`: what is missing is the number of the letter, not a function.
                Err(nom::Err::Error(fault)) if fault.kind == Kind::UnknownFunction && fault.at.len() == after.len() => {
                    Err(Fault::new(Kind::NoNumber, input, 1))
                }
                Err(error) => Err(error),
            };
        }
        Some(b'#' | b'[') => return Err(Fault::new(Kind::ParameterAsNumber, after, 1)),
        _ if letter == b'$' => return Err(Fault::new(Kind::Setting, input, 1)),
        _ => return Err(Fault::new(Kind::NoNumber, input, 1)),
    }
    let (rest, mut number) = number(after)?;
    if dialect == Dialect::Grbl {
        number.value = as_grbl_reads(&after[..after.len() - rest.len()]);
    }
    if letter == b'$' && rest.first() == Some(&b'=') {
        return Err(Fault::new(Kind::Setting, input, input.len() - rest.len()));
    }
    Ok((rest, Item::Word { letter, value: Value::Number(number.value), gap: number.gap }))
}

/// `#1=…`, `#<name>=…`
fn setting<'a>(input: &'a [u8], dialect: Dialect, block: &mut Block) -> Parsed<'a, Item> {
    let scope = Scope { dialect, depth: 0 };
    let (after, _) = blanks(&input[1..])?;
    let (rest, target) = if after.first() == Some(&b'<') {
        let (rest, name) = expressions::name(after, dialect, block)?;
        (rest, Target::Named(name))
    } else {
        let (rest, index) = expressions::value(after, scope, block)?;
        (rest, Target::Numbered(index))
    };
    let width = input.len() - rest.len();
    let (rest, _) = blanks(rest)?;
    let Some(rest) = rest.strip_prefix(b"=") else { return Err(Fault::new(Kind::NoEqualsSign, input, width)) };
    let (rest, _) = blanks(rest)?;
    let (rest, value) = expressions::value(rest, scope, block)?;
    Ok((rest, Item::Setting(Setting { target, value, span: super::Span::default() })))
}

/// Notes what the rest of a faulty line would have set, so that whoever executes the program knows that the values are lost.
pub(super) fn lost_settings(rest: &[u8], dialect: Dialect, block: &mut Block) {
    let nothing = Value::Number(0.0);
    // More than the longest line of a controller need not be looked through.
    let rest = &rest[..rest.len().min(1024)];
    for (at, _) in rest.iter().enumerate().filter(|(_, b)| **b == b'#') {
        let after = rest[at + 1..].trim_ascii_start();
        let named = after.first() == Some(&b'<') && dialect == Dialect::LinuxCnc;
        // The bracket that closes a name may be what is missing.
        let end = if named {
            after.iter().position(|b| matches!(b, b'>' | b'=' | b'#'))
        } else {
            number(after).ok().map(|(rest, _)| after.len() - rest.len())
        };
        let Some((target, rest)) = end.map(|end| after.split_at(end)) else { continue };
        let rest = rest.strip_prefix(b">").unwrap_or(rest).trim_ascii_start();
        if rest.first() != Some(&b'=') {
            continue;
        }
        let target = match number(target) {
            _ if named => Target::Named(expressions::add_name(&target[1..], block)),
            Ok((_, number)) => Target::Numbered(Value::Number(number.value)),
            Err(_) => continue,
        };
        block.settings.push(Setting { target, value: nothing, span: super::Span::default() });
    }
}

pub(super) fn blanks(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(is_blank).parse(input)
}

/// A number and whether blanks stand between its digits.
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) gap: bool,
}

/// A decimal number without exponent. Blanks may stand anywhere in it, as RS274 allows: `X - 1. 5` is `X-1.5`.
#[inline]
pub(super) fn number(input: &[u8]) -> Parsed<'_, Number> {
    // By far most numbers are a sign, some digits, perhaps a point and some more digits, and then something else.
    let negative = input.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let (mut mantissa, mut decimals, mut digits) = (0u64, 0usize, 0usize);
    let mut dot = false;
    while let Some(&byte) = input.get(at) {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            digits += 1;
            decimals += usize::from(dot);
        } else if byte == b'.' && !dot {
            dot = true;
        } else {
            break;
        }
        at += 1;
    }
    let plain = !input.get(at).is_some_and(|b| is_blank(*b) || *b == b'.') && (1..=15).contains(&digits);
    if plain || ((1..=15).contains(&digits) && ends_after_blanks(&input[at..])) {
        let value = mantissa as f64 / POWERS_OF_TEN[decimals];
        return Ok((&input[at..], Number { value: if negative { -value } else { value }, gap: false }));
    }
    any_number(input)
}

/// Whether what follows blanks cannot belong to the number before them.
fn ends_after_blanks(rest: &[u8]) -> bool {
    !matches!(rest.iter().find(|b| !is_blank(**b)), Some(b'0'..=b'9' | b'.'))
}

/// The same with everything a number may hold.
fn any_number(input: &[u8]) -> Parsed<'_, Number> {
    let (start, sign) = opt(alt((tag(&b"-"[..]), tag(&b"+"[..])))).parse(input)?;
    let (mut rest, _) = blanks(start)?;
    let negative = sign == Some(b"-");
    // Digits are gathered as one whole number: exact, and correctly rounded by one division, up to 2^53.
    let mut mantissa: u64 = 0;
    let (mut any, mut exact, mut dot, mut gap) = (false, true, false, false);
    let mut decimals = 0usize;
    loop {
        let (after, run) = take_while(|b: u8| b.is_ascii_digit()).parse(rest)?;
        for digit in run {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            exact &= mantissa < 1 << 53;
        }
        any |= !run.is_empty();
        decimals += if dot { run.len() } else { 0 };
        rest = match after.first().copied() {
            Some(b'.') if !dot => {
                dot = true;
                &after[1..]
            }
            Some(b'.') => {
                let kind = if any { Kind::SecondPoint } else { Kind::NotANumber };
                return Err(Fault::new(kind, input, malformed_width(input)));
            }
            Some(b) if is_blank(b) => {
                let (beyond, _) = blanks(after)?;
                match beyond.first() {
                    Some(b'0'..=b'9') => {}
                    Some(b'.') if !dot => {}
                    _ => {
                        rest = after;
                        break;
                    }
                }
                gap = true;
                beyond
            }
            _ => {
                rest = after;
                break;
            }
        };
    }
    if !any {
        return Err(Fault::new(Kind::NotANumber, input, malformed_width(input)));
    }
    let value = match POWERS_OF_TEN.get(decimals) {
        Some(power) if exact => mantissa as f64 / power,
        _ => long_number(&start[..start.len() - rest.len()]),
    };
    if !value.is_finite() {
        return Err(Fault::new(Kind::NumberTooLarge, input, input.len() - rest.len()));
    }
    Ok((rest, Number { value: if negative { -value } else { value }, gap }))
}

/// A number as Grbl 1.1 makes it of the same digits: eight of them at most, in single precision, scaled by steps of a hundredth and a tenth,
/// each of which rounds. Where a coordinate lies half way between two steps, that decides which one the motor goes to.
fn as_grbl_reads(text: &[u8]) -> f64 {
    const MOST_DIGITS: u32 = 8;
    let (mut whole, mut exponent, mut digits, mut dot) = (0u32, 0i32, 0u32, false);
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                if digits <= MOST_DIGITS {
                    exponent -= i32::from(dot);
                    whole = whole * 10 + u32::from(byte - b'0');
                } else {
                    exponent += i32::from(!dot);
                }
            }
            b'.' => dot = true,
            _ => {}
        }
    }
    let mut value = whole as f32;
    let mut scale = |by: f64| value = (f64::from(value) * by) as f32;
    while exponent <= -2 {
        scale(0.01);
        exponent += 2;
    }
    if exponent < 0 {
        scale(0.1);
    }
    for _ in 0..exponent.max(0) {
        scale(10.0);
    }
    f64::from(if text.first() == Some(&b'-') { -value } else { value })
}

/// The value of digits that do not fit 53 bits, by the long way.
fn long_number(digits: &[u8]) -> f64 {
    let text: String = digits.iter().filter(|b| !is_blank(**b)).map(|b| char::from(*b)).collect();
    text.parse().unwrap_or(f64::INFINITY)
}

/// Bytes of the signs, digits and dots that `input` starts with, at least 1.
fn malformed_width(input: &[u8]) -> usize {
    input.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.')).count().max(1)
}
