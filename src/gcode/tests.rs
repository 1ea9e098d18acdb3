//! Tests of the reading of G-code text.

use super::*;

/// Letters and values of the blocks, for comparing.
fn words(text: &str) -> Vec<Vec<(char, f64)>> {
    let (blocks, findings) = parse("t", text);
    assert!(!crate::diag::any_error(&findings), "{findings:?}");
    blocks.iter().map(|b| b.words.iter().map(|w| (w.letter, w.value)).collect()).collect()
}

/// Code, line, column and width of each finding.
fn faults(text: &str) -> Vec<(&'static str, u32, u32, u32)> {
    let (_, findings) = parse("t", text);
    findings.iter().map(|d| (d.code, d.place.line, d.place.column, d.place.width)).collect()
}

#[test]
fn words_need_no_spaces_and_no_capitals() {
    let expected = vec![vec![('G', 1.0), ('X', 0.5), ('Y', -1.0), ('F', 100.0)]];
    for text in ["G1 X+.5 Y-1. F100", "g01x0.5y-1f100.", "G1\tX +.5  Y - 1.F1 00", "  G 1 (to) X.5 Y-1 F100 ; end"] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn numbers_are_correctly_rounded() {
    for text in ["0.1", "12.3456789", "0.30000000000000004", "123456789012345678901234567890.5", "9007199254740993", ".7"] {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(words(&format!("X{text}")), vec![vec![('X', expected)]], "{text}");
        assert_eq!(words(&format!("X-{text}")), vec![vec![('X', -expected)]], "{text}");
    }
    let many = format!("X0.{}1", "0".repeat(400));
    assert_eq!(words(&many), vec![vec![('X', 0.0)]]);
}

#[test]
fn blocks_know_line_number_block_delete_and_span() {
    let (blocks, findings) = parse("t", "%\r\n(head)\rN10 G0 X1\n\n/ N20 g1\n N30\n");
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(blocks.len(), 2);
    assert_eq!((blocks[0].line, blocks[0].number, blocks[0].skipped), (3, Some(10), false));
    assert_eq!(blocks[0].span, Span { line: 3, column: 5, width: 5 });
    assert_eq!(blocks[0].words[1].span, Span { line: 3, column: 8, width: 2 });
    assert_eq!((blocks[1].line, blocks[1].number, blocks[1].skipped), (5, Some(20), true));
}

#[test]
fn columns_count_characters() {
    assert_eq!(faults("(größe µ) X1 é"), [("G001", 1, 14, 1)]);
    let (blocks, _) = parse("t", "(µ)X1");
    assert_eq!(blocks[0].words[0].span.column, 4);
}

#[test]
fn each_fault_has_its_code_and_place() {
    let cases = [
        ("G1 X1 !", ("G001", 1, 7, 1)),
        ("G1 X Y1", ("G002", 1, 4, 1)),
        ("G1 X1.2.3", ("G003", 1, 5, 5)),
        ("X--1", ("G003", 1, 2, 3)),
        ("X.", ("G003", 1, 2, 1)),
        ("G1 (open", ("G005", 1, 4, 1)),
        ("G1 ) X1", ("G006", 1, 4, 1)),
        ("(a (b) c) X1", ("G007", 1, 1, 6)),
        ("#1=5", ("G008", 1, 1, 1)),
        ("G1 X[1+2]", ("G008", 1, 5, 1)),
        ("F#<_hal[plasmac.cut-feed-rate]>", ("G008", 1, 2, 1)),
        ("o100 sub", ("G009", 1, 1, 1)),
        ("o<cut> call [1]", ("G009", 1, 1, 1)),
        ("G1 /X1", ("G010", 1, 4, 1)),
        ("N1 N2 X1", ("G011", 1, 4, 2)),
        ("N-1 X1", ("G012", 1, 1, 3)),
        ("$H", ("G013", 1, 1, 1)),
        ("$32=1", ("G013", 1, 1, 3)),
    ];
    for (text, expected) in cases {
        assert_eq!(faults(text), [expected], "{text}");
    }
    assert_eq!(faults(&format!("X1{}", "0".repeat(400))), [("G004", 1, 2, 401)]);
}

#[test]
fn a_faulty_line_is_one_finding_and_a_marked_block() {
    let (blocks, findings) = parse("t", "G1 X# Y# !! ((\nG0 X1\n");
    assert_eq!(findings.len(), 1);
    assert!(blocks[0].faulty && !blocks[1].faulty);
    assert_eq!(blocks[0].words.len(), 1);
}

#[test]
fn errors_are_told_up_to_fifty() {
    let (_, findings) = parse("t", &"X\n".repeat(80));
    assert_eq!(findings.len(), 51);
    assert_eq!((findings[50].code, findings[50].found.as_str()), ("G019", "30 more lines with syntax errors not shown"));
}

#[test]
fn blanks_between_digits_are_warned_of() {
    assert_eq!(faults("G1 X5 10"), [("G020", 1, 4, 5)]);
    assert_eq!(words("G1 X5 10"), vec![vec![('G', 1.0), ('X', 510.0)]]);
    assert_eq!(faults("G1 X - 1.5"), []);
    assert_eq!(parse("t", &"X5 1\n".repeat(9)).1.len(), 6);
}

#[test]
fn a_percent_sign_after_words_ends_the_program() {
    let (blocks, findings) = parse("t", "%\nG0 X1\n % \nnot read\n");
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks[1].words[0].letter, '%');
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, "G021");
    assert!(parse("t", "%\nG0 X1\n%\n\n").1.is_empty());
}

#[test]
fn program_numbers_are_words() {
    assert_eq!(words("%\nO1000 (side plate)\nG0"), vec![vec![('O', 1000.0)], vec![('G', 0.0)]]);
}
