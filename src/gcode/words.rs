//! The grammar inside a line, on bytes.
//!
//! In: the rest of a line. Out: its next [`Item`], or a [`Fault`]. May use nom.

use super::faults::{Fault, Kind};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::combinator::{opt, recognize, value};
use nom::sequence::delimited;
use nom::{IResult, Parser};

/// What a parser gives: the rest of the line and a result.
type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

/// One thing on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item {
    /// Blanks or a comment.
    Nothing,
    /// A letter in upper case with its number; `gap` when blanks stand between the digits.
    Word { letter: char, value: f64, gap: bool },
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

/// The next item of a line that is not empty.
pub(super) fn item(input: &[u8]) -> Parsed<'_, Item> {
    match input.first() {
        Some(b) if b.is_ascii_alphabetic() || *b == b'$' => word(input),
        Some(b) if is_blank(*b) => value(Item::Nothing, take_while1(is_blank)).parse(input),
        Some(b'(') => comment(input),
        Some(b';') => Ok((&[], Item::Nothing)),
        Some(b'/') => value(Item::BlockDelete, tag(&b"/"[..])).parse(input),
        Some(b'#' | b'[') => Err(Fault::new(Kind::Parameter, input, 1)),
        Some(b')') => Err(Fault::new(Kind::CommentNotOpen, input, 1)),
        _ => Err(Fault::new(Kind::NotAWord, input, char_width(input))),
    }
}

/// Bytes in the first character of `input`, at least 1.
fn char_width(input: &[u8]) -> usize {
    1 + input.iter().skip(1).take_while(|b| (**b & 0xc0) == 0x80).count()
}

/// `( … )`, on one line.
fn comment(input: &[u8]) -> Parsed<'_, Item> {
    let inside = take_till(|b| b == b')');
    match delimited(tag(&b"("[..]), inside, tag::<_, _, Fault>(&b")"[..])).parse(input) {
        // Comments do not nest: say so where the inner one would leave its tail behind as if it were words.
        Ok((rest, text)) if text.contains(&b'(') && leaves_a_tail(rest) => {
            Err(Fault::new(Kind::CommentInside, input, text.len() + 2))
        }
        Ok((rest, _)) => Ok((rest, Item::Nothing)),
        Err(_) => Err(Fault::new(Kind::CommentNotClosed, input, 1)),
    }
}

/// Whether a `)` follows that no `(` opened.
fn leaves_a_tail(rest: &[u8]) -> bool {
    rest.iter().find(|b| matches!(b, b'(' | b')' | b';')) == Some(&b')')
}

/// A letter and its number.
fn word(input: &[u8]) -> Parsed<'_, Item> {
    let letter = input[0].to_ascii_uppercase();
    let (after, _) = blanks(&input[1..])?;
    if letter == b'O' {
        return program_number(input, after);
    }
    match after.first() {
        Some(b'0'..=b'9' | b'.' | b'+' | b'-') => {}
        Some(b'#' | b'[') => return Err(Fault::new(Kind::Parameter, after, 1)),
        _ if letter == b'$' => return Err(Fault::new(Kind::Setting, input, 1)),
        _ => return Err(Fault::new(Kind::NoNumber, input, 1)),
    }
    let (rest, number) = number(after)?;
    if letter == b'$' && rest.first() == Some(&b'=') {
        return Err(Fault::new(Kind::Setting, input, input.len() - rest.len()));
    }
    Ok((rest, Item::Word { letter: char::from(letter), value: number.value, gap: number.gap }))
}

/// `O` and a number alone, which other controls use to name a program; anything else is an O-word of LinuxCNC.
fn program_number<'a>(input: &'a [u8], after: &'a [u8]) -> Parsed<'a, Item> {
    let o_word = || Fault::new(Kind::OWord, input, 1);
    let (rest, number) = number(after).map_err(|_| o_word())?;
    let (tail, _) = blanks(rest)?;
    match tail.first() {
        None | Some(b'(' | b';') => Ok((rest, Item::Word { letter: 'O', value: number.value, gap: number.gap })),
        _ => Err(o_word()),
    }
}

fn blanks(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(is_blank).parse(input)
}

fn digits(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(|b: u8| b.is_ascii_digit()).parse(input)
}

/// A number and whether blanks stand between its digits.
struct Number {
    value: f64,
    gap: bool,
}

/// A decimal number without exponent. Blanks may stand anywhere in it, as RS274 allows: `X - 1. 5` is `X-1.5`.
fn number(input: &[u8]) -> Parsed<'_, Number> {
    let (start, sign) = opt(alt((tag(&b"-"[..]), tag(&b"+"[..])))).parse(input)?;
    let (mut rest, _) = blanks(start)?;
    let negative = sign == Some(b"-");
    // Digits are gathered as one whole number: exact, and correctly rounded by one division, up to 2^53.
    let mut mantissa: u64 = 0;
    let (mut any, mut exact, mut dot, mut gap) = (false, true, false, false);
    let mut decimals = 0usize;
    loop {
        let (after, run) = digits(rest)?;
        for digit in run {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            exact &= mantissa < 1 << 53;
        }
        any |= !run.is_empty();
        decimals += if dot { run.len() } else { 0 };
        let next = after.first().copied();
        rest = match next {
            Some(b'.') if !dot => {
                dot = true;
                &after[1..]
            }
            Some(b'.') => return Err(Fault::new(Kind::NotANumber, input, malformed_width(input))),
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

/// The value of digits that do not fit 53 bits, by the long way.
fn long_number(bytes: &[u8]) -> f64 {
    let text: String = bytes.iter().filter(|b| !is_blank(**b)).map(|b| char::from(*b)).collect();
    text.parse().unwrap_or(f64::INFINITY)
}

/// Bytes of something that looks like a number and is none.
fn malformed_width(input: &[u8]) -> usize {
    let like_a_number = take_while(|b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'));
    let found: Parsed<&[u8]> = recognize(like_a_number).parse(input);
    found.map_or(1, |(_, text)| text.len().max(1))
}
