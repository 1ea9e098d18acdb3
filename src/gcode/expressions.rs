//! Expressions: `[…]`, `#…` and functions, compiled to postfix code in the block.
//!
//! In: the rest of a line. Out: a [`Value`]. Operators bind as in LinuxCNC: `**`, then `* / MOD`, then `+ -`, then comparisons, then
//! `AND OR XOR`; equals bind from left to right. May use nom.

use super::Dialect;
use super::block::{Binary, Block, Op, Text, Unary, Value};
use super::faults::{Fault, Kind};
use super::words::{Parsed, blanks, number};

/// How deep brackets may nest.
const DEEPEST: u8 = 40;

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) dialect: Dialect,
    /// Brackets around it.
    pub(super) depth: u8,
}

impl Scope {
    fn deeper<'a>(self, at: &'a [u8]) -> Result<Self, nom::Err<Fault<'a>>> {
        if self.depth < DEEPEST { Ok(Self { depth: self.depth + 1, ..self }) } else { Err(Fault::new(Kind::TooDeep, at, 1)) }
    }
}

/// Whether the sign that `input` starts with belongs to `#`, `[` or a function rather than to digits.
pub(super) fn signs_an_expression(input: &[u8]) -> bool {
    let next = input[1..].iter().find(|b| !super::words::is_blank(**b));
    next.is_some_and(|b| matches!(b, b'#' | b'[') || b.is_ascii_alphabetic())
}

/// The same where signs may stand in a row, which LinuxCNC takes one by one: `--1` is 1.
pub(super) fn signs_more(input: &[u8]) -> bool {
    let next = input[1..].iter().find(|b| !super::words::is_blank(**b));
    signs_an_expression(input) || matches!(next, Some(b'+' | b'-'))
}

/// A number, or an expression.
pub(super) fn value<'a>(input: &'a [u8], scope: Scope, block: &mut Block) -> Parsed<'a, Value> {
    let start = block.code.len();
    let rest = operand(input, scope, block)?;
    match block.code[start..] {
        [Op::Number(value)] => {
            block.code.truncate(start);
            Ok((rest, Value::Number(value)))
        }
        _ => Ok((rest, Value::Expression(block.expression(start..block.code.len())))),
    }
}

/// A number, a parameter, a bracket or a function; its code is added to the block.
fn operand<'a>(input: &'a [u8], scope: Scope, block: &mut Block) -> Result<&'a [u8], nom::Err<Fault<'a>>> {
    match input.first() {
        Some(b'[') => bracket(input, scope, block),
        Some(b'#') => parameter(input, scope, block),
        Some(sign @ (b'+' | b'-')) if signs_more(input) => {
            let (after, _) = blanks(&input[1..])?;
            let rest = operand(after, scope.deeper(input)?, block)?;
            if *sign == b'-' {
                block.code.push(Op::Unary(Unary::Negate));
            }
            Ok(rest)
        }
        Some(letter) if letter.is_ascii_alphabetic() => function(input, scope, block),
        Some(_) => {
            let (rest, number) = number(input)?;
            block.code.push(Op::Number(number.value));
            Ok(rest)
        }
        None => Err(Fault::new(Kind::NoValue, input, 1)),
    }
}

/// `[ … ]`
pub(super) fn bracket<'a>(input: &'a [u8], scope: Scope, block: &mut Block) -> Result<&'a [u8], nom::Err<Fault<'a>>> {
    let Some(inside) = input.strip_prefix(b"[") else { return Err(Fault::new(Kind::NoBracket, input, 1)) };
    let start = block.code.len();
    let rest = operations(inside, 0, scope.deeper(input)?, block)?;
    if scope.depth > 0 && block.code[start..].iter().any(|op| matches!(op, Op::Binary(Binary::Mod | Binary::Power))) {
        block.code.push(Op::Bracketed);
    }
    match rest.strip_prefix(b"]") {
        Some(rest) => Ok(rest),
        None if rest.is_empty() => Err(Fault::new(Kind::BracketNotClosed, input, 1)),
        None => Err(Fault::new(Kind::NoOperator, rest, super::words::char_width(rest))),
    }
}

/// Operands and operators that bind at least as tightly as `least`.
fn operations<'a>(input: &'a [u8], least: u8, scope: Scope, block: &mut Block) -> Result<&'a [u8], nom::Err<Fault<'a>>> {
    let (after, _) = blanks(input)?;
    let mut rest = operand(after, scope, block)?;
    loop {
        (rest, _) = blanks(rest)?;
        let Some((operator, binds, width)) = operator(rest) else { return Ok(rest) };
        if binds < least {
            return Ok(rest);
        }
        rest = operations(&rest[width..], binds + 1, scope, block)?;
        block.code.push(Op::Binary(operator));
    }
}

/// The operator that `input` starts with, how tightly it binds and its width.
fn operator(input: &[u8]) -> Option<(Binary, u8, usize)> {
    const WORDS: [(&[u8], Binary, u8); 10] = [
        (b"MOD", Binary::Mod, 3),
        (b"EQ", Binary::Equal, 1),
        (b"NE", Binary::NotEqual, 1),
        (b"GT", Binary::Greater, 1),
        (b"GE", Binary::GreaterOrEqual, 1),
        (b"LT", Binary::Less, 1),
        (b"LE", Binary::LessOrEqual, 1),
        (b"AND", Binary::And, 0),
        (b"XOR", Binary::Xor, 0),
        (b"OR", Binary::Or, 0),
    ];
    match input.first()? {
        b'*' if input.get(1) == Some(&b'*') => Some((Binary::Power, 4, 2)),
        b'*' => Some((Binary::Times, 3, 1)),
        b'/' => Some((Binary::Over, 3, 1)),
        b'+' => Some((Binary::Plus, 2, 1)),
        b'-' => Some((Binary::Minus, 2, 1)),
        _ => {
            let same = |word: &[u8]| input.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
            WORDS.into_iter().find(|(word, ..)| same(word)).map(|(word, operator, binds)| (operator, binds, word.len()))
        }
    }
}

/// `#…`
fn parameter<'a>(input: &'a [u8], scope: Scope, block: &mut Block) -> Result<&'a [u8], nom::Err<Fault<'a>>> {
    let (after, _) = blanks(&input[1..])?;
    if after.first() == Some(&b'<') {
        let (rest, name) = name(after, scope.dialect, block)?;
        block.code.push(Op::Named(name));
        return Ok(rest);
    }
    let rest = operand(after, scope.deeper(input)?, block)?;
    block.code.push(Op::Parameter);
    Ok(rest)
}

/// `<name>`: in lower case and without blanks, as the controller keeps it.
pub(super) fn name<'a>(input: &'a [u8], dialect: Dialect, block: &mut Block) -> Parsed<'a, Text> {
    if dialect != Dialect::LinuxCnc {
        return Err(Fault::new(Kind::NamesAreLinuxCnc, input, 1));
    }
    let Some(end) = input.iter().position(|b| *b == b'>') else { return Err(Fault::new(Kind::NameNotClosed, input, 1)) };
    let name = add_name(&input[1..end], block);
    if block.text(name).is_empty() {
        return Err(Fault::new(Kind::NoName, input, end + 1));
    }
    Ok((&input[end + 1..], name))
}

/// Keeps a name in the block.
pub(super) fn add_name(written: &[u8], block: &mut Block) -> Text {
    let from = block.text.len();
    let text = String::from_utf8_lossy(written);
    block.text.extend(text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()));
    block.add_text(from)
}

/// `SIN[…]`, `ATAN[…]/[…]`, `EXISTS[#…]`
fn function<'a>(input: &'a [u8], scope: Scope, block: &mut Block) -> Result<&'a [u8], nom::Err<Fault<'a>>> {
    const NAMES: [(&[u8], Unary); 12] = [
        (b"ABS", Unary::Abs),
        (b"ACOS", Unary::Acos),
        (b"ASIN", Unary::Asin),
        (b"COS", Unary::Cos),
        (b"EXP", Unary::Exp),
        (b"FIX", Unary::Fix),
        (b"FUP", Unary::Fup),
        (b"LN", Unary::Ln),
        (b"ROUND", Unary::Round),
        (b"SIN", Unary::Sin),
        (b"SQRT", Unary::Sqrt),
        (b"TAN", Unary::Tan),
    ];
    let width = input.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (word, after) = input.split_at(width);
    let (after, _) = blanks(after)?;
    let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
    if is(b"ATAN") {
        let rest = bracket(after, scope, block)?;
        let (rest, _) = blanks(rest)?;
        let Some(rest) = rest.strip_prefix(b"/") else { return Err(Fault::new(Kind::NoAtanSlash, input, width)) };
        let (rest, _) = blanks(rest)?;
        let rest = bracket(rest, scope, block)?;
        block.code.push(Op::Binary(Binary::Atan));
        return Ok(rest);
    }
    if is(b"EXISTS") {
        return exists(input, after, width, scope, block);
    }
    match NAMES.into_iter().find(|(name, _)| is(name)) {
        Some((_, unary)) => {
            let rest = bracket(after, scope, block)?;
            block.code.push(Op::Unary(unary));
            Ok(rest)
        }
        None => Err(Fault::new(Kind::UnknownFunction, input, width)),
    }
}

fn exists<'a>(
    input: &'a [u8],
    after: &'a [u8],
    width: usize,
    scope: Scope,
    block: &mut Block,
) -> Result<&'a [u8], nom::Err<Fault<'a>>> {
    let fault = || Fault::new(Kind::ExistsWhat, input, width);
    let (after, _) = blanks(after.strip_prefix(b"[").ok_or_else(fault)?)?;
    let (after, _) = blanks(after.strip_prefix(b"#").ok_or_else(fault)?)?;
    let rest = if after.first() == Some(&b'<') {
        let (rest, name) = name(after, scope.dialect, block)?;
        block.code.push(Op::ExistsNamed(name));
        rest
    } else {
        let rest = operand(after, scope.deeper(input)?, block)?;
        block.code.push(Op::Exists);
        rest
    };
    let (rest, _) = blanks(rest)?;
    rest.strip_prefix(b"]").ok_or_else(fault)
}
