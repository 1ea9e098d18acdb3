//! O-words: subroutines, loops and choices.
//!
//! In: the rest of a line that starts with an O. Out: a [`Flow`] whose arguments are in the block. May use nom.

use super::block::{Block, Flow, FlowWord, Label};
use super::expressions::{self, Scope};
use super::faults::{Fault, Kind};
use super::words::{Item, Parsed, blanks};
use super::{Dialect, Span};

/// What the value after an O-word is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    Nothing,
    One,
    Perhaps,
    Many,
}

const WORDS: [(&[u8], FlowWord, Wants); 15] = [
    (b"sub", FlowWord::Sub, Wants::Nothing),
    (b"endsub", FlowWord::EndSub, Wants::Perhaps),
    (b"call", FlowWord::Call, Wants::Many),
    (b"do", FlowWord::Do, Wants::Nothing),
    (b"while", FlowWord::While, Wants::One),
    (b"endwhile", FlowWord::EndWhile, Wants::Nothing),
    (b"if", FlowWord::If, Wants::One),
    (b"elseif", FlowWord::ElseIf, Wants::One),
    (b"else", FlowWord::Else, Wants::Nothing),
    (b"endif", FlowWord::EndIf, Wants::Nothing),
    (b"repeat", FlowWord::Repeat, Wants::One),
    (b"endrepeat", FlowWord::EndRepeat, Wants::Nothing),
    (b"break", FlowWord::Break, Wants::Nothing),
    (b"continue", FlowWord::Continue, Wants::Nothing),
    (b"return", FlowWord::Return, Wants::Perhaps),
];

/// What follows a comment, where that is another argument; comments may stand between arguments.
fn past_comment(rest: &[u8]) -> &[u8] {
    let mut after = rest;
    loop {
        let blanks = after.iter().take_while(|b| super::words::is_blank(**b)).count();
        match (&after[blanks..], after[blanks..].iter().position(|b| *b == b')')) {
            ([b'(', ..], Some(end)) => after = &after[blanks + end + 1..],
            ([b'[', ..], _) => return after,
            _ => return rest,
        }
    }
}

/// An O-word with its label and its values.
pub(super) fn o_word<'a>(input: &'a [u8], dialect: Dialect, block: &mut Block) -> Parsed<'a, Item> {
    let scope = Scope { dialect, depth: 0 };
    if dialect == Dialect::Grbl {
        let (after, _) = blanks(&input[1..])?;
        let numbered = super::words::number(after).is_ok();
        return Err(Fault::new(if numbered { Kind::OWord } else { Kind::OWordWithoutNumber }, input, 1));
    }
    let (after, _) = blanks(&input[1..])?;
    let (rest, label) = match after.first() {
        Some(b'<') if dialect != Dialect::LinuxCnc => return Err(Fault::new(Kind::OWord, input, 1)),
        Some(b'<') => {
            let (rest, name) = expressions::name(after, dialect, block)?;
            (rest, Label::Name(name))
        }
        Some(b'#' | b'[' | b'0'..=b'9') => {
            let (rest, number) = expressions::value(after, scope, block)?;
            (rest, Label::Number(number))
        }
        _ => return Err(Fault::new(Kind::NoLabel, input, 1)),
    };
    let (rest, _) = blanks(rest)?;
    let flow = |word| Item::Flow(Flow { word, label, span: Span::default() });
    if matches!(rest.first(), None | Some(b'(' | b';')) {
        return Ok((rest, flow(FlowWord::Label)));
    }
    let width = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (written, mut rest) = rest.split_at(width);
    let known = WORDS.into_iter().find(|(word, ..)| written.eq_ignore_ascii_case(word));
    let Some((_, word, wants)) = known.filter(|_| dialect == Dialect::LinuxCnc) else {
        return Err(Fault::new(if known.is_some() { Kind::OWord } else { Kind::UnknownFlow }, input, input.len() - rest.len()));
    };
    loop {
        let (after, _) = blanks(past_comment(rest))?;
        let count = block.arguments.len();
        let done = match wants {
            Wants::Nothing => true,
            Wants::One => count == 1,
            Wants::Perhaps => count == 1 || after.first() != Some(&b'['),
            Wants::Many => after.first() != Some(&b'['),
        };
        if done {
            break;
        }
        let start = block.code.len();
        rest = expressions::bracket(after, scope, block)?;
        let value = block.expression(start..block.code.len());
        block.arguments.push(super::block::Value::Expression(value));
    }
    Ok((rest, flow(word)))
}
