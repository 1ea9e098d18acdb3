//! Grbl 1.1's parser rule by rule: which words it takes, which error number it gives and in which order it looks, and where its
//! words lead. The expected values are tables written down from Grbl's documentation and the behaviour of Grbl 1.1h.

mod places;

use torchtwin::diag::{Diagnostic, Severity};
use torchtwin::gcode::Source;
use torchtwin::program::{Action, Dialect, Item, Move, NoLibrary, Setup, stream};

fn run(text: &(impl AsRef<[u8]> + ?Sized)) -> (Vec<Item>, Vec<Diagnostic>) {
    let setup = Setup { dialect: Some(Dialect::Grbl), ..Setup::default() };
    let mut items = Vec::<Item>::new();
    let (_, findings) = stream("t", Source::text(text), &setup, &NoLibrary, &mut items);
    (items, findings)
}

/// Grbl's number for the first error, and its line; 0 for an error without a number.
fn error(text: &(impl AsRef<[u8]> + ?Sized)) -> Option<(u8, u32)> {
    let (_, findings) = run(text);
    let found = findings.iter().find(|d| d.severity == Severity::Error)?;
    Some((found.controller_error.unwrap_or(0), found.place.line))
}

/// Checks that the last line of `text` gets error `number`, or that none does.
fn check(text: &str, number: Option<u8>, wrong: &mut Vec<String>) {
    let last = text.lines().count() as u32;
    let (got, expected) = (error(text), number.map(|n| (n, last)));
    if got != expected {
        wrong.push(format!("{text:?}: {got:?} instead of {expected:?}"));
    }
}

/// Moves that lead anywhere; `text` must be free of errors.
fn moves(text: &(impl AsRef<[u8]> + ?Sized)) -> Vec<Move> {
    let (items, findings) = run(text);
    let shown = String::from_utf8_lossy(text.as_ref());
    assert!(findings.iter().all(|d| d.severity != Severity::Error), "{shown}: {findings:?}");
    moves_of(&items)
}

fn moves_of(items: &[Item]) -> Vec<Move> {
    let all = items.iter().filter_map(|item| if let Action::Move(made) = item.action { Some(made) } else { None });
    all.filter(|m| m.arc.is_some() || (0..3).any(|axis| (m.to_mm[axis] - m.from_mm[axis]).abs() > 1e-9)).collect()
}

/// The G words of Grbl 1.1, each with what it needs in its block.
const G_WORDS: [(&str, &str); 54] = [
    ("0", "X5"),
    ("1", "X5"),
    ("2", "X5 Y2 I2"),
    ("3", "X5 Y2 I2"),
    ("4", "P0"),
    ("10", "L2 P1 X5"),
    ("17", ""),
    ("18", ""),
    ("19", ""),
    ("20", ""),
    ("21", ""),
    ("28", ""),
    ("28.1", ""),
    ("30", ""),
    ("30.1", ""),
    ("38.2", "X5"),
    ("38.3", "X5"),
    ("38.4", "X5"),
    ("38.5", "X5"),
    ("40", ""),
    ("43.1", "Z1"),
    ("49", ""),
    // Grbl does not look at the fraction of G49.
    ("49.1", ""),
    ("49.2", ""),
    ("49.3", ""),
    ("49.4", ""),
    ("49.5", ""),
    ("49.6", ""),
    ("49.7", ""),
    ("49.8", ""),
    ("49.9", ""),
    ("53", "X5"),
    ("54", ""),
    ("55", ""),
    ("56", ""),
    ("57", ""),
    ("58", ""),
    ("59", ""),
    ("61", ""),
    ("80", ""),
    ("90", ""),
    ("91", ""),
    ("91.1", ""),
    ("92", "X0"),
    ("92.1", ""),
    ("93", ""),
    ("94", ""),
    // Other ways to write them.
    ("01", "X5"),
    ("1.0", "X5"),
    ("+1.", "X5"),
    ("000.00", "X5"),
    (".0", "X5"),
    ("1.004", "X5"),
    ("91.10", ""),
];

/// Whole numbers whose fractions are error 23; those of all others are not supported (20), as are all other whole numbers.
const WHOLE_ONLY: [u32; 22] = [0, 1, 2, 3, 4, 10, 17, 18, 19, 20, 21, 40, 53, 54, 55, 56, 57, 58, 59, 80, 93, 94];

#[test]
fn g_words_to_the_tenth() {
    let mut wrong = Vec::new();
    let program = |word: &str, rest: &str| format!("F100\nG0 X1 Y2 Z3\nG{word} {rest}");
    for (word, rest) in G_WORDS {
        check(&program(word, rest), None, &mut wrong);
    }
    for tenths in 0..1000 {
        let (number, tenth) = (tenths / 10, tenths % 10);
        let word = if tenth == 0 { number.to_string() } else { format!("{number}.{tenth}") };
        if G_WORDS.iter().all(|(known, _)| *known != word) {
            let expected = if tenth > 0 && WHOLE_ONLY.contains(&number) { 23 } else { 20 };
            check(&program(&word, ""), Some(expected), &mut wrong);
        }
    }
    // Hundredths.
    for (word, expected) in
        [("1.05", 23), ("4.01", 23), ("28.05", 20), ("38.25", 20), ("91.11", 20), ("92.05", 20), ("99.05", 20)]
    {
        check(&program(word, ""), Some(expected), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

#[test]
fn m_words_to_the_tenth() {
    const KNOWN: [u32; 9] = [0, 1, 2, 3, 4, 5, 8, 9, 30];
    let mut wrong = Vec::new();
    for number in 0..200 {
        let expected = if KNOWN.contains(&number) { None } else { Some(20) };
        check(&format!("G0 X1\nM{number}"), expected, &mut wrong);
        // The fraction is looked at first.
        for tenth in 1..10 {
            check(&format!("G0 X1\nM{number}.{tenth}"), Some(23), &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

#[test]
fn every_letter() {
    const LETTERS: [(char, Option<u8>); 26] = [
        ('A', Some(20)),
        ('B', Some(20)),
        ('C', Some(20)),
        ('D', Some(20)),
        ('E', Some(20)),
        ('F', None),
        ('G', None),
        ('H', Some(20)),
        ('I', Some(36)),
        ('J', Some(36)),
        ('K', Some(36)),
        ('L', Some(36)),
        ('M', None),
        ('N', None),
        ('O', Some(20)),
        ('P', Some(36)),
        ('Q', Some(20)),
        ('R', Some(36)),
        ('S', None),
        ('T', None),
        ('U', Some(20)),
        ('V', Some(20)),
        ('W', Some(20)),
        ('X', None),
        ('Y', None),
        ('Z', None),
    ];
    let mut wrong = Vec::new();
    for (letter, expected) in LETTERS {
        let small = letter.to_ascii_lowercase();
        check(&format!("F100\n{letter}1"), expected, &mut wrong);
        check(&format!("F100\n{small}1"), expected, &mut wrong);
        check(
            &format!("F100\nG0 X3 {letter}1"),
            if letter == 'X' { Some(25) } else { two_in_a_row(letter, expected) },
            &mut wrong,
        );
        // A letter without a number, whatever the letter.
        check(&format!("F100\n{letter}"), Some(2), &mut wrong);
        check(&format!("F100\n{letter}.-"), Some(2), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

/// Beside `G0 X3`, `G1` is a second claim to the axis words.
fn two_in_a_row(letter: char, alone: Option<u8>) -> Option<u8> {
    if letter == 'G' { Some(24) } else { alone }
}

/// Programs whose last line gets this error from Grbl.
const ERRORS: &[(u8, &[&str])] = &[
    (1, &["%", "G0 X1 *33", "5", "X1.2.3", "#1=2", "X5)", "G1,X5", "G0 X5 [", "X1-2", "M3 $0", "X5 $", "\"", "[1]", "G0 =1"]),
    (
        2,
        &[
            "X",
            "X--1",
            "XY5",
            "X.",
            "G0 X#1",
            "O<sub>",
            "OSUB",
            "X-",
            "G",
            "(a (b) c)",
            "X[1]",
            "X+-1",
            "X..1",
            "X,5",
            "$A",
            "$1=x",
        ],
    ),
    (2, &["$N=G1", "$=1"]),
    (3, &["$$$", "$GX", "$RST=?", "$10", "$1=2=3", "$SLEEP", "$JX", "$XX", "$256=1", "$R", "$#1"]),
    (4, &["F-1", "S-1", "T-1", "P-1", "N-1", "G4 P-0.5", "G10 L2 P-1 X0", "G1 X1 F-100"]),
    (
        20,
        &[
            "A1",
            "G0 X1 Q2",
            "G64",
            "M6",
            "O100",
            "o100 sub",
            "G41",
            "G38 Z-1",
            "M7",
            "G10 L1 P1 X0",
            "G10 L2 P1 X0 R5",
            "G10 P1 X0",
        ],
    ),
    (20, &["G10 L-2 P1 X0", "G43 H1", "G91 E1", "M66", "G5", "G92.2", "G61.1"]),
    (21, &["G17 G18", "M3 M5", "G90 G91", "G4 G53", "M8 M9", "M0 M30", "G20 G20", "G80 G0", "G54 G54"]),
    (22, &["G1 X5", "G2 X5 I2", "G38.2 X9", "G93 G1 X5", "G93\nG1 X5 ", "G93 G1 X5 F60\nX6", "G93 F5\nG94\nG1 X5", "F0 G1 X5"]),
    (22, &["F100\nF0\nG1 X5", "F100\nG93\nG94 G1 X1", "G93 F0 G1 X1", "G1", "G93 G2 X5 I2", "G93 G38.2 X1", "G3"]),
    (23, &["G1.5", "M3.5", "G59.1", "G4.1 P1", "M99.9", "G80.1", "G54.1 P1"]),
    (24, &["G0 G28 X1", "G92 G1 X1", "G43.1 Z1 G0", "G28 G30", "G0 G1 X1", "G49 G10 L2 P1 X0", "G0 G38"]),
    (25, &["X1 X2", "F1 F1", "N1 N2 G0", "G0 X1 Y1 Y1", "T1 T1", "F1 F-1", "L1 L1", "N1 G0 X1 N1"]),
    (26, &["G10 L2 P1", "G92", "F1 G2", "F1 G38.2", "F5 G2 I1", "G10", "F1 G3 R5", "G92 F1"]),
    (27, &["N10000001", "N99999999 G0 X1", "G0 X1 N20000000"]),
    (28, &["G4", "G10 X1", "G4 X5", "G10 Y1 F1", "G4 M3"]),
    (29, &["G10 L2 P7 X0", "G10 L20 P9 X0", "G10 P100 X0"]),
    (30, &["F1 G53 G2 X1 I1", "G80\nG53", "F1 G53 G38.2 X9", "F1 G3 X2 I1\nG53 X5", "G53 G3", "G80 G53"]),
    (
        31,
        &["G80\nX5", "G80 X5", "G80\nG92 X0", "G80\nG43.1 Z1", "G80\nG28 X5", "G80\nG10 L2 P1 X0", "G80\nG49 Z1", "G80 G28.1 X1"],
    ),
    (32, &["F1 G2 Z1 I1", "F1 G18 G2 Y5 K1", "F1 G19 G3 X5 J1", "F1 G2 Z1 R1", "F1 G2 Z1"]),
    (33, &["F1 G2 X10 I4", "F1 G2 X0 R5", "F1 G38.2 X0", "F1 G38.5 Y0 Z0", "F1 G3 X10 Y1 J2", "F1 G2 X0 Y0 Z0 R5"]),
    (34, &["F1 G2 X10 R4", "F1 G3 X10 Y10 R-7", "F1 G2 X10 R4.99"]),
    (35, &["F1 G2 X5", "F1 G3 X5 K1", "F1 G18 G2 X5 J1", "F1 G19 G2 Y5 I1"]),
    (36, &["G0 X1 P1", "X1 I1", "G1 X1 F1 R1", "M3 P1", "L1", "F1 G2 X5 R5 I1", "G10 L20 P1 X0 R1", "G4 P1 L1", "G53 X1 J1"]),
    (36, &["G28 P1", "G92 X0 K1", "G10 L2 P1 X0 I1", "L-1", "F1 G2 X5 I2.5 P1", "G43.1 Z1 P1", "R1", "G80 P1", "G92.1 L1"]),
    (37, &["G43.1", "G43.1 X1", "G43.1 X1 Z1", "G43.1 Y1"]),
    (38, &["T256", "T300 M3", "T1000 T1", "T300 T-1", "T99999"]),
];

#[test]
fn every_error_a_program_can_cause() {
    let mut wrong = Vec::new();
    for (number, programs) in ERRORS {
        assert!(programs.len() >= 2);
        for text in *programs {
            check(text, Some(*number), &mut wrong);
        }
    }
    for number in [1, 2, 3, 4].into_iter().chain(20..=38) {
        assert!(ERRORS.iter().any(|(n, _)| *n == number), "{number}");
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

/// A block with two things wrong gets the number of the first that Grbl comes to: words from left to right, then the checks of the
/// whole block in their order.
#[test]
fn the_stages_have_their_order() {
    const CASES: [(&str, u8); 56] = [
        // Word by word.
        ("X1 X2 A1", 25),
        ("A1 X1 X2", 20),
        ("A1 X", 20),
        ("X A1", 2),
        ("X1 % A1", 1),
        ("A1 %", 20),
        ("M3.5 X", 23),
        ("G28 G0 A1", 24),
        ("A1 G28 G0", 20),
        ("G5 G0 G1", 20),
        ("G0 G1 G5", 24),
        ("G0 G1.5", 24),
        ("G1.5 G0", 23),
        ("G17 G18.5", 23),
        ("G28 G28.5", 20),
        ("G28 G28.1", 21),
        ("G28.1 G28", 21),
        ("G80 G0", 21),
        ("F-1 F-2", 4),
        ("F1 F-1", 25),
        ("T300 A1", 38),
        ("N-1 A1", 4),
        ("N1 N-1", 25),
        ("M6 M3.5", 20),
        ("X#1 G0 G1", 2),
        // A bad line number comes after all words, and before all else.
        ("N99999999 A1", 20),
        ("N99999999 X", 2),
        ("N99999999 G1 X1", 27),
        ("N99999999 G4", 27),
        ("N99999999 G43.1", 27),
        // Words before the block: G2 X5 alone would be 22.
        ("G2 G1 X5", 24),
        // The block's checks.
        ("G93 G4 G1 X1", 22),
        ("G4 G1 X1", 28),
        ("G4 F1 G2", 28),
        ("G4 G80 X1", 28),
        ("G43.1 G53 X1", 37),
        ("G43.1 G4", 28),
        ("G80 G43.1 X1", 37),
        ("G80 G10 L9 P9 X1", 29),
        ("G80 G10 L9 P1 X1", 20),
        ("G80 G10 X1", 28),
        ("G80 G10 P9", 26),
        ("G80 G92", 26),
        ("G80 G92 X1", 31),
        ("G10 L3 P9 X0", 29),
        ("G10 L3 P9 X0 J1", 29),
        ("G53 G2 X1", 30),
        ("G53 G80 X1", 30),
        ("G80 X1 P1", 31),
        ("G2", 22),
        ("F1 G2 Z1 X", 2),
        ("F1 G2 X0 R1 I1", 33),
        ("F1 G2 X9 R1 I1", 34),
        ("F1 G2 X9 K1 P1", 35),
        ("F1 G2 X9 I1 P1", 33),
        ("F1 G38.2 P1", 26),
    ];
    let mut wrong = Vec::new();
    for (text, number) in CASES {
        check(text, Some(number), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

/// The modal groups, and which words of theirs claim the axis words: two claims are error 24, any other clash is 21.
const GROUPS: [&[&str]; 13] = [
    &["G4", "G10", "G28", "G28.1", "G30", "G30.1", "G53", "G92", "G92.1"],
    &["G0", "G1", "G2", "G3", "G38.2", "G38.3", "G38.4", "G38.5", "G80"],
    &["G17", "G18", "G19"],
    &["G90", "G91"],
    &["G91.1"],
    &["G93", "G94"],
    &["G20", "G21"],
    &["G40"],
    &["G43.1", "G49"],
    &["G54", "G55", "G56", "G57", "G58", "G59"],
    &["G61"],
    &["M0", "M1", "M2", "M30"],
    &["M3", "M4", "M5"],
];
const COOLANT: [&str; 2] = ["M8", "M9"];
const CLAIMS: [&str; 14] =
    ["G10", "G28", "G30", "G92", "G0", "G1", "G2", "G3", "G38.2", "G38.3", "G38.4", "G38.5", "G43.1", "G49"];

#[test]
fn two_words_of_a_group_clash() {
    let mut wrong = Vec::new();
    let mut pairs = 0;
    for group in GROUPS.into_iter().chain([&COOLANT[..]]) {
        for first in group {
            for second in group {
                let number = if CLAIMS.contains(first) && CLAIMS.contains(second) { 24 } else { 21 };
                check(&format!("F100\n{first} {second}"), Some(number), &mut wrong);
                check(&format!("F100\n{first} X1 F5 {second} P1"), Some(number), &mut wrong);
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 81 + 81 + 9 + 4 + 1 + 4 + 4 + 1 + 4 + 36 + 1 + 16 + 9 + 4);
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

#[test]
fn two_claims_to_the_axis_words_clash_across_groups() {
    let mut wrong = Vec::new();
    for first in CLAIMS {
        for second in CLAIMS {
            check(&format!("F100\n{first} {second} X1 Z1 P1"), Some(24), &mut wrong);
        }
    }
    // These claim nothing: with axis words they go with a motion.
    for word in ["G28.1", "G30.1", "G92.1", "G53", "G4 P0"] {
        for motion in ["G0", "G1"] {
            check(&format!("F100\n{word} {motion} X1"), None, &mut wrong);
            check(&format!("F100\n{motion} X1 {word}"), None, &mut wrong);
        }
    }
    // One word of every group.
    check("G20 G17 G40 G49 G54 G61 G80 G90 G91.1 G94 M5 M9 M1 F1 S1 T1 N1", None, &mut wrong);
    check("G4 P0 G1 G19 G91 G91.1 G93 G21 G40 G59 G61 M0 M3 M8 X1 F1", None, &mut wrong);
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

/// After a faulty line everything is as before it.
#[test]
fn an_error_discards_the_whole_line() {
    const FAULTY: [&str; 22] = [
        "G91 G20 F9 M3 X5 X6",
        "G20 M7",
        "G91 P1",
        "F9 A1",
        "G10 L2 P1 X50 X60",
        "G92 X0 P3",
        "G55 G54",
        "G43.1 Z5 X1",
        "G28.1 P1",
        "G93 G1 X5",
        "G28 X5 J1",
        "G53 G1 X7 Y9 R1",
        "M3 S100 L1",
        "M8 G38",
        "G4 P9 K1",
        "G18 G2 X5",
        "G1 X50 F77 %",
        "G92.1 X5 R1",
        "G0 X5 Y5 Z5 I1",
        "G10 L20 P0 X9 L20",
        "T256 X5 M3",
        "M30 X5 Q1",
    ];
    let before = "G21 G90\nG92 Y1\nG1 X1 Y3 F100\n";
    let after = "G1 X2 Y4\nG28 Z3\nG55 G0 X1\nG54 G0 Z1\nG53 G0 X9";
    let actions = |items: Vec<Item>| items.into_iter().map(|item| item.action).collect::<Vec<_>>();
    let clean = actions(run(&format!("{before}{after}")).0);
    assert_eq!(clean.iter().filter(|a| matches!(a, Action::Move(_))).count(), 7);
    for line in FAULTY {
        let (items, findings) = run(&format!("{before}{line}\n{after}"));
        assert_eq!(findings.iter().filter(|d| d.severity == Severity::Error).count(), 1, "{line}: {findings:?}");
        assert_eq!(actions(items), clean, "{line}");
    }
}

#[test]
fn radii_may_differ_by_0_005_mm_or_by_a_thousandth_up_to_half_a_millimetre() {
    // Radius, difference, whether it is allowed.
    const CASES: [(f64, f64, bool); 22] = [
        (0.5, 0.0049, true),
        (0.5, 0.0051, false),
        (1.0, 0.0049, true),
        (1.0, 0.0051, false),
        (4.9, 0.0049, true),
        (4.9, 0.0051, false),
        (10.0, 0.0099, true),
        (10.0, 0.0101, false),
        (100.0, 0.099, true),
        (100.0, 0.101, false),
        (400.0, 0.399, true),
        (400.0, 0.401, false),
        (499.0, 0.498, true),
        (499.0, 0.5, false),
        (1000.0, 0.499, true),
        (1000.0, 0.501, false),
        (5000.0, 0.499, true),
        (5000.0, 0.501, false),
        (5000.0, 0.6, false),
        (10.0, -0.0099, true),
        (10.0, -0.0101, false),
        (1000.0, -0.501, false),
    ];
    let mut wrong = Vec::new();
    for (radius, off, allowed) in CASES {
        let number = if allowed { None } else { Some(33) };
        let end = radius + off;
        check(&format!("F100\nG0 X{radius}\nG3 X0 Y{end:.6} I-{radius}"), number, &mut wrong);
        check(&format!("F100\nG0 X{radius}\nG2 X0 Y{end:.6} I-{radius}"), number, &mut wrong);
        check(&format!("F100\nG0 Y{radius}\nG19 G3 Y0 Z{end:.6} J-{radius} K0"), number, &mut wrong);
        // In inches the limits are still millimetres.
        let (radius, end) = (radius / 25.4, end / 25.4);
        check(&format!("F100 G20\nG0 X{radius:.9}\nG3 X0 Y{end:.9} I-{radius:.9}"), number, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

#[test]
fn a_line_has_79_characters_without_blanks_and_comments() {
    let line = |length: usize| format!("G0X1.{}", "0".repeat(length - 5));
    let mut wrong = Vec::new();
    check(&line(79), None, &mut wrong);
    check(&line(80), Some(11), &mut wrong);
    check(&line(1000), Some(11), &mut wrong);
    // A line too long is not even looked at.
    check(&format!("A1 {}", line(80)), Some(11), &mut wrong);
    check(&format!("$X={}", line(80)), Some(11), &mut wrong);
    let tail = &line(79)[4..];
    check(&format!("( {} ) G0 X 1 {tail} ; {}", "c".repeat(99), "d".repeat(99)), None, &mut wrong);
    check(&format!("( {} ) G0 X 1 {tail}0 ; d", "c".repeat(99)), Some(11), &mut wrong);
    check(&format!("/G0/X1{tail}"), None, &mut wrong);
    check(&format!("/G0/X1{tail}0"), Some(11), &mut wrong);
    check(&format!("G0\t X1\u{e9}{tail}"), None, &mut wrong);
    check(&format!("{}({})", line(79), "e".repeat(500)), None, &mut wrong);
    check(&format!(";{}", "e".repeat(500)), None, &mut wrong);
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

#[test]
fn what_grbl_drops_from_a_line_changes_nothing() {
    let texts: [&[u8]; 24] = [
        b"G0X12Y-3.5",
        b"G0 X12 Y-3.5",
        b"g0 x12 y-3.5",
        b"G 0 X 1 2 Y - 3 . 5",
        b"/G0 X12 Y-3.5",
        b"G0 /X12 Y-3.5",
        b"//G0 X1/2 Y-3.5/",
        b"G0 (comment) X12 (another) Y-3.5",
        b"G0 X12 Y-3.5 (not closed",
        b"(a (b) G0 X12 Y-3.5",
        b"G0 X12 Y-3.5 ; G0 X9",
        b"G0 X12 Y-3.5 ;) X9",
        b"(;) G0 X12 Y-3.5",
        b"G0 X12\xe9 Y-3.5",
        b"\xc2\xa0G0 X1\xc3\xbc2 Y-3.5",
        b"G0 X12\t\tY-3.5\r",
        b"G0\x01X12\x0b\x0cY-3.5",
        b"N7 G0 X12 Y-3.5",
        b"G0 X12 N7 Y-3.5",
        b"G0 X+12. Y-03.50",
        b"Y-3.5 X12 G0",
        b"N10000000 G00 X012 Y-3.5",
        b"\n\r\n G0 X12 Y-3.5\n\n",
        b"()G0()X12()Y-3.5()",
    ];
    for text in texts {
        let ends: Vec<_> = moves(text).iter().map(|m| m.to_mm).collect();
        assert_eq!(ends, [[12.0, -3.5, 0.0]], "{:?}", String::from_utf8_lossy(text));
    }
    assert!(moves("(G0 X1)\n;G0 X2\n(G0 X3\n  \n").is_empty());
}

#[test]
fn dollar_lines_are_for_grbl_itself() {
    let mut wrong = Vec::new();
    let known = [
        "$",
        "$$",
        "$#",
        "$G",
        "$I",
        "$N",
        "$C",
        "$X",
        "$x",
        " $X",
        "$ X",
        "$SLP",
        "$10=3",
        "$100=250.5",
        "$N0=G20",
        "$N1=",
        "$RST=$",
        "$RST=#",
        "$RST=*",
        "$J=G91 X1 F10",
        "$I=mine",
        "$1 = 255",
        "$110=+500.",
    ];
    for line in known {
        check(line, None, &mut wrong);
        let ends: Vec<_> = moves(&format!("{line}\nG0 X1")).iter().map(|m| m.to_mm[0]).collect();
        assert_eq!(ends, [1.0], "{line}");
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}
