//! What can be wrong with the syntax of a line, and how it is said.
//!
//! In: kinds of faults and places. Out: findings with stable codes and, where Grbl has one, its error number. May use `diag`; implements
//! nom's error trait.

use super::Dialect;
use crate::diag::Diagnostic;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A character that starts no word.
    NotAWord,
    /// A letter without a number.
    NoNumber,
    /// Signs, digits and dots that make no number.
    NotANumber,
    /// A number with a second point, up to which Grbl reads it.
    SecondPoint,
    /// More than f64 holds.
    NumberTooLarge,
    /// `(` without `)`.
    CommentNotClosed,
    /// `)` without `(`.
    CommentNotOpen,
    /// `( … ( … ) … )`.
    CommentInside,
    /// `#` or `[` where the dialect has neither.
    Parameter,
    /// The same after a letter.
    ParameterAsNumber,
    /// An O-word where the dialect has none.
    OWord,
    /// The same without digits.
    OWordWithoutNumber,
    /// `/` after a word.
    SlashInside,
    /// Two N words, or one that is not the first word.
    SecondLineNumber,
    /// An N word too large, or below zero.
    LineNumberRange,
    /// An N word below zero in Grbl.
    LineNumberNegative,
    /// A `$` line for the controller.
    Setting,
    /// The same without a number where Grbl expects one.
    SettingWithoutNumber,
    /// More characters than the controller's buffer has.
    LineTooLong,
    /// An operand is missing.
    NoValue,
    /// `[` is missing.
    NoBracket,
    /// `]` is missing.
    BracketNotClosed,
    /// Something stands between two operands that is no operator.
    NoOperator,
    /// Brackets within brackets within brackets.
    TooDeep,
    /// Letters that are no function.
    UnknownFunction,
    /// `ATAN[y]` without `/[x]`.
    NoAtanSlash,
    /// EXISTS of something that is no parameter.
    ExistsWhat,
    /// `<` without `>`.
    NameNotClosed,
    /// `<>`
    NoName,
    /// `#<…>` outside LinuxCNC.
    NamesAreLinuxCnc,
    /// `#1` without `=`.
    NoEqualsSign,
    /// O without a label.
    NoLabel,
    /// An O-word that is none.
    UnknownFlow,
    /// Words after an O-word.
    AfterFlow,
    /// `%` where it means nothing.
    Percent,
}

/// A fault with the bytes left where it was found and how many of them are at fault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault<'a> {
    pub(super) kind: Kind,
    pub(super) at: &'a [u8],
    pub(super) width: usize,
}

impl<'a> Fault<'a> {
    pub(super) fn new(kind: Kind, at: &'a [u8], width: usize) -> nom::Err<Self> {
        nom::Err::Error(Self { kind, at, width: width.min(at.len()) })
    }
}

impl<'a> nom::error::ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(at: &'a [u8], _: nom::error::ErrorKind) -> Self {
        Self { kind: Kind::NotAWord, at, width: at.len().min(1) }
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// A piece of a line fit for a message.
pub(super) fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out: String = text
        .chars()
        .take(24)
        .map(|c| if c.is_control() || c == '\u{a0}' { format!("U+{:04X}", c as u32) } else { c.to_string() })
        .collect();
    if text.chars().count() > 24 {
        out.push('…');
    }
    out
}

/// Grbl's error number for a fault.
fn grbl_number(kind: Kind) -> Option<u8> {
    match kind {
        Kind::NotAWord | Kind::CommentNotOpen | Kind::Percent | Kind::Parameter | Kind::SecondPoint => Some(1),
        Kind::NoNumber | Kind::NotANumber | Kind::NumberTooLarge | Kind::ParameterAsNumber => Some(2),
        Kind::OWordWithoutNumber | Kind::SettingWithoutNumber => Some(2),
        Kind::OWord => Some(20),
        Kind::SecondLineNumber => Some(25),
        Kind::LineNumberNegative => Some(4),
        Kind::LineNumberRange => Some(27),
        Kind::Setting => Some(3),
        Kind::LineTooLong => Some(11),
        _ => None,
    }
}

/// The finding for a fault in `text`, a piece of a line.
pub(super) fn describe(kind: Kind, text: &str, dialect: Dialect) -> Diagnostic {
    let finding = words_for(kind, text, dialect);
    if dialect == Dialect::Grbl { finding.controller_error(grbl_number(kind)) } else { finding }
}

fn words_for(kind: Kind, text: &str, dialect: Dialect) -> Diagnostic {
    match kind {
        Kind::NotAWord => Diagnostic::error("G001", format!("'{text}' starts no word"))
            .expected("a letter followed by a number")
            .hint(about_stray(text)),
        Kind::NoNumber => Diagnostic::error("G002", format!("'{text}' has no number"))
            .expected("a letter followed by a number, such as X10")
            .hint(match text {
                "O" | "o" => "is a zero meant? this is the letter O",
                "X" | "Y" | "Z" | "x" | "y" | "z" => "give the coordinate, such as X10",
                _ => "words for people belong in a comment: ( … )",
            }),
        Kind::NotANumber | Kind::SecondPoint => Diagnostic::error("G003", format!("'{text}' is not a number"))
            .expected("digits with at most one sign in front and one point")
            .hint("write decimals with a point and without exponent, such as -1.5"),
        Kind::NumberTooLarge => {
            Diagnostic::error("G004", format!("'{text}' is too large a number")).hint("check the post processor")
        }
        Kind::CommentNotClosed => Diagnostic::error("G005", "the comment is not closed")
            .expected("')' on the same line")
            .hint("close it with ')', or start it with ';'"),
        Kind::CommentNotOpen => Diagnostic::error("G006", "')' without '('").hint("remove it, or open the comment with '('"),
        Kind::CommentInside => Diagnostic::error("G007", "a comment inside a comment")
            .expected("one pair of parentheses")
            .hint("the first ')' ends the comment; use [ ] or ; inside it"),
        Kind::Parameter | Kind::ParameterAsNumber => Diagnostic::error("G008", "Grbl has no parameters and expressions (#, [ ])")
            .expected("a plain number")
            .hint("choose --dialect linuxcnc or mach3, or let the post processor write plain numbers"),
        Kind::OWord | Kind::OWordWithoutNumber => Diagnostic::error("G009", format!("{} has no O-words", dialect.title()))
            .expected(if dialect == Dialect::Mach3 { "M98 P and O numbers" } else { "plain moves" })
            .hint("choose --dialect linuxcnc, or let the post processor write the moves out in full"),
        Kind::SlashInside => Diagnostic::error("G010", "'/' inside a block")
            .expected("'/' only at the start of a line")
            .hint("division belongs in brackets: X[1/2]"),
        Kind::SecondLineNumber => Diagnostic::error("G011", "a line number that is not the first word")
            .expected("one N word, at the start")
            .hint("put the second block on its own line"),
        Kind::LineNumberRange | Kind::LineNumberNegative => {
            Diagnostic::error("G012", format!("line number '{text}' is out of range")).expected(match dialect {
                Dialect::Grbl => "a number from 0 to 10000000",
                _ => "a number from 0 to 4294967295",
            })
        }
        .hint("line numbers can be left out"),
        Kind::Setting | Kind::SettingWithoutNumber => {
            Diagnostic::error("G013", "a '$' setting or command for the controller, not G-code")
                .hint("remove it from the program; settings belong in the machine file")
        }
        Kind::LineTooLong => {
            Diagnostic::error("G014", format!("the line is too long for {}", dialect.title())).expected(match dialect {
                Dialect::Grbl => "at most 79 characters without blanks and comments",
                Dialect::LinuxCnc => "at most 252 characters",
                Dialect::Mach3 => "at most 65536 characters",
            })
        }
        .hint("break it, or shorten its comment"),
        Kind::NoValue => Diagnostic::error("G022", "the line ends where a value should be")
            .expected("a number, #parameter, [expression] or function"),
        Kind::NoBracket => {
            Diagnostic::error("G023", "no bracket").expected("'[' before the expression").hint("write it as [ … ]")
        }
        Kind::BracketNotClosed => {
            Diagnostic::error("G024", "the bracket is not closed").expected("']' on the same line").hint("count the brackets")
        }
        Kind::NoOperator => Diagnostic::error("G025", format!("'{text}' is no operator"))
            .expected("+ - * / ** MOD EQ NE GT GE LT LE AND OR XOR or ]"),
        Kind::TooDeep => {
            Diagnostic::error("G026", "brackets nest too deeply").expected("at most 40 levels").hint("use a parameter in between")
        }
        Kind::UnknownFunction => Diagnostic::error("G027", format!("'{text}' is no function"))
            .expected("ABS ACOS ASIN ATAN COS EXISTS EXP FIX FUP LN ROUND SIN SQRT or TAN")
            .hint("angles are in degrees; ATAN is written ATAN[y]/[x]"),
        Kind::NoAtanSlash => Diagnostic::error("G028", "ATAN with one value").expected("ATAN[y]/[x]"),
        Kind::ExistsWhat => Diagnostic::error("G029", "EXISTS of no parameter").expected("EXISTS[#<name>] or EXISTS[#5]"),
        Kind::NameNotClosed => Diagnostic::error("G030", "the name is not closed").expected("'>' on the same line"),
        Kind::NoName => Diagnostic::error("G031", "an empty name").expected("letters between '<' and '>'"),
        Kind::NamesAreLinuxCnc => Diagnostic::error("G032", format!("{} has no named parameters", dialect.title()))
            .expected("a number after '#'")
            .hint("choose --dialect linuxcnc"),
        Kind::NoEqualsSign => Diagnostic::error("G033", format!("'{text}' is not set")).expected("'=' and a value, such as #1=5"),
        Kind::NoLabel => Diagnostic::error("G034", "O without a label").expected("O100 or O<name>"),
        Kind::UnknownFlow => Diagnostic::error("G035", format!("'{text}' is no O-word"))
            .expected("sub endsub call return while endwhile do if elseif else endif repeat endrepeat break continue"),
        Kind::AfterFlow => Diagnostic::error("G036", format!("'{text}' after an O-word"))
            .expected("nothing but a comment")
            .hint("put it on its own line"),
        Kind::Percent => Diagnostic::error("G037", "'%' where it means nothing")
            .expected(match dialect {
                Dialect::Grbl => "no '%': Grbl does not know it",
                _ => "'%' with nothing beside it on the first line, and again on the last",
            })
            .hint(match dialect {
                Dialect::Grbl => "most senders leave such lines out; remove it",
                _ => "remove it or what stands beside it, or move it above everything else, comments included",
            }),
    }
}

/// What a character that starts no word was probably meant for.
fn about_stray(text: &str) -> &'static str {
    match text {
        "," => "decimals are written with a point: X1.5",
        "*" => "turn off line checksums in the post processor",
        "$" => "torches are chosen with $ in QtPlasmaC; choose --dialect linuxcnc if this is for it",
        "@" | "^" => "polar coordinates are LinuxCNC's; write X and Y",
        "U+00A0" => "this is a no-break space from a word processor; use plain spaces",
        _ => "remove it, or put it in a comment: ( … )",
    }
}
