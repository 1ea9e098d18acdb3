//! Tests of the reading of G-code text.

use super::*;
use Dialect::{Grbl, LinuxCnc, Mach3};

/// The blocks of a text.
fn read(dialect: Dialect, text: &(impl AsRef<[u8]> + ?Sized)) -> Vec<Block> {
    let mut reader = Reader::new(Source::text(text), dialect, 0);
    let (mut block, mut blocks) = (Block::default(), Vec::new());
    while reader.next(&mut block) {
        blocks.push(block.clone());
    }
    assert!(reader.take_failure().is_none());
    blocks
}

/// The only block of a text without faults.
fn only(text: &str) -> Block {
    let blocks = read(LinuxCnc, text);
    assert!(blocks.len() == 1 && blocks[0].findings.is_empty(), "{text}: {blocks:?}");
    blocks[0].clone()
}

/// Letters and values of blocks whose words are all plain numbers, for comparing.
fn words_in(dialect: Dialect, text: &str) -> Vec<Vec<(char, f64)>> {
    let number = |word: &Word| match word.value {
        Value::Number(number) => (word.letter, number),
        Value::Expression(_) => panic!("{text}: {word:?}"),
    };
    let blocks = read(dialect, text);
    assert!(blocks.iter().all(|b| !b.faulty), "{text}: {blocks:?}");
    blocks.iter().map(|b| b.words.iter().map(number).collect()).collect()
}

fn words(text: &str) -> Vec<Vec<(char, f64)>> {
    words_in(LinuxCnc, text)
}

/// Code, line, column and width of each finding.
fn faults(dialect: Dialect, text: &str) -> Vec<(&'static str, u32, u32, u32)> {
    let blocks = read(dialect, text);
    let findings = blocks.iter().flat_map(|b| &b.findings);
    findings.map(|d| (d.code, d.place.line, d.place.column, d.place.width)).collect()
}

/// The code of the only word's expression.
fn code(text: &str) -> Vec<Op> {
    let block = only(text);
    let Value::Expression(expression) = block.words[0].value else { panic!("{text}: {block:?}") };
    block.code(expression).to_vec()
}

#[test]
fn words_need_no_spaces_and_no_capitals() {
    let expected = vec![vec![('G', 1.0), ('X', 0.5), ('Y', -1.0), ('F', 100.0)]];
    for dialect in Dialect::ALL {
        for text in ["G1 X+.5 Y-1. F100", "g01x0.5y-1f100.", "G1\tX +.5  Y - 1.F1 00", "  G 1 (to) X.5 Y-1 F100 ; end"] {
            assert_eq!(words_in(dialect, text), expected, "{text}");
        }
    }
}

#[test]
fn numbers_are_correctly_rounded() {
    for text in ["0.1", "12.3456789", "0.30000000000000004", "123456789012345678901234567890.5", "9007199254740993", ".7"] {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(words(&format!("X{text}")), vec![vec![('X', expected)]], "{text}");
        assert_eq!(words(&format!("X-{text}")), vec![vec![('X', -expected)]], "{text}");
        assert_eq!(words(&format!("X[{text}]")), vec![vec![('X', expected)]], "{text}");
    }
    let many = format!("X0.{}1", "0".repeat(400));
    assert_eq!(words_in(Mach3, &many), vec![vec![('X', 0.0)]]);
}

#[test]
fn blocks_know_line_number_block_delete_and_span() {
    let blocks = read(LinuxCnc, "%\r\n(head)\rN10 G0 X1\n\n/ N20 g1\n N30\n/(only this)\n");
    assert!(blocks.iter().all(|b| b.findings.is_empty()), "{blocks:?}");
    assert_eq!(blocks.len(), 2);
    assert_eq!((blocks[0].line, blocks[0].number, blocks[0].skipped), (3, Some(10), false));
    assert_eq!(blocks[0].span, Span { line: 3, column: 5, width: 5, file: 0 });
    assert_eq!(blocks[0].words[1].span, Span { line: 3, column: 8, width: 2, file: 0 });
    assert_eq!((blocks[1].line, blocks[1].number, blocks[1].skipped), (5, Some(20), true));
}

#[test]
fn columns_count_characters() {
    assert_eq!(faults(LinuxCnc, "(größe µ) X1 é"), [("G001", 1, 14, 1)]);
    assert_eq!(read(LinuxCnc, "(é)X1")[0].words[0].span.column, 4);
}

#[test]
fn each_fault_has_its_code_and_place() {
    let too_deep = format!("X{}1{}", "[".repeat(41), "]".repeat(41));
    let linuxcnc = [
        ("G1 X1 !", ("G001", 1, 7, 1)),
        ("G1 X1,5", ("G001", 1, 6, 1)),
        ("G1 X Y1", ("G002", 1, 4, 1)),
        ("G1 X", ("G002", 1, 4, 1)),
        ("G1 X1.2.3", ("G003", 1, 5, 5)),
        ("X.", ("G003", 1, 2, 1)),
        ("G1 (open", ("G005", 1, 4, 1)),
        ("G1 ) X1", ("G006", 1, 4, 1)),
        ("(a (b) c) X1", ("G007", 1, 1, 6)),
        ("G1 /X1", ("G010", 1, 4, 1)),
        ("N1 N2 X1", ("G011", 1, 4, 2)),
        ("X1 N2", ("G011", 1, 4, 2)),
        ("N-1 X1", ("G012", 1, 1, 3)),
        ("N#1 X1", ("G003", 1, 1, 3)),
        ("$H", ("G013", 1, 1, 1)),
        ("$32=1", ("G013", 1, 1, 3)),
        ("G1 X[", ("G022", 1, 6, 1)),
        ("#1=", ("G022", 1, 4, 1)),
        ("G1 X[SIN 30]", ("G023", 1, 10, 1)),
        ("o1 if #1", ("G023", 1, 7, 1)),
        ("G1 X[1+[2*3]", ("G024", 1, 5, 1)),
        ("G1 X[1 ? 2]", ("G025", 1, 8, 1)),
        (too_deep.as_str(), ("G026", 1, 42, 1)),
        ("G1 X[WURZEL[2]]", ("G027", 1, 6, 6)),
        ("X[ATAN[1]]", ("G028", 1, 3, 4)),
        ("#1=EXISTS[5]", ("G029", 1, 4, 6)),
        ("#<width=1", ("G030", 1, 2, 1)),
        ("#< >=1", ("G031", 1, 2, 3)),
        ("#1 X5", ("G033", 1, 1, 2)),
        ("O sub", ("G034", 1, 1, 1)),
        ("o1 loop", ("G035", 1, 1, 7)),
        ("o1 sub G1", ("G036", 1, 8, 2)),
        ("o1 call [1] X2", ("G036", 1, 13, 2)),
        ("G0 X1\n%", ("G037", 2, 1, 1)),
        ("G0 X1 %", ("G037", 1, 7, 1)),
    ];
    for (text, expected) in linuxcnc {
        assert_eq!(faults(LinuxCnc, text), [expected], "{text}");
    }
    let grbl = [
        ("X--1", ("G003", 1, 2, 3)),
        ("#1=5", ("G008", 1, 1, 1)),
        ("G1 X[1+2]", ("G008", 1, 5, 1)),
        ("F#<_hal[plasmac.cut-feed-rate]>", ("G008", 1, 2, 1)),
        ("o100 sub", ("G009", 1, 1, 1)),
        ("N10000001", ("G012", 1, 1, 9)),
        ("$FOO", ("G013", 1, 1, 4)),
        ("G0 X1 ^", ("G001", 1, 7, 1)),
        (" %", ("G037", 1, 2, 1)),
    ];
    for (text, expected) in grbl {
        assert_eq!(faults(Grbl, text), [expected], "{text}");
    }
    assert_eq!(faults(Mach3, "o<cut> call [1]"), [("G009", 1, 1, 1)]);
    assert_eq!(faults(Mach3, "X#<width>"), [("G032", 1, 3, 1)]);
    assert_eq!(faults(Mach3, "o100 sub"), [("G009", 1, 1, 8)]);
    assert_eq!(faults(Mach3, "X1 @5"), [("G001", 1, 4, 1)]);
    assert_eq!(faults(Mach3, "X@5"), [("G002", 1, 1, 1)]);
    assert_eq!(faults(Mach3, &format!("X1{}", "0".repeat(400))), [("G004", 1, 2, 401)]);
}

/// The limits are the sizes of the controllers' line buffers: LINELEN 255 in LinuxCNC 2.9, LINE_BUFFER_SIZE 80 in Grbl 1.1.
#[test]
fn lines_are_as_long_as_the_controllers_take() {
    let comment = |length: usize| format!("({})\n", "c".repeat(length - 2));
    assert_eq!(faults(LinuxCnc, &comment(252)), []);
    assert_eq!(faults(LinuxCnc, &comment(253)), [("G014", 1, 1, 253)]);
    let block = |length: usize| format!("G1 X0.{} ({})", "0".repeat(length - 5), "comments do not count".repeat(9));
    assert_eq!(faults(Grbl, &block(79)), []);
    assert_eq!(faults(Grbl, &block(80))[0].0, "G014");
    assert_eq!(faults(Mach3, &comment(LONGEST_LINE)), []);
    assert_eq!(faults(Mach3, &comment(LONGEST_LINE + 1))[0].0, "G014");
}

/// The numbers that Grbl 1.1 itself gives, from its list of error codes.
#[test]
fn grbl_numbers_its_errors() {
    let cases = [
        ("!", Some(1)),
        ("X", Some(2)),
        ("X.", Some(2)),
        ("$FOO", Some(2)),
        ("$HX", Some(3)),
        ("N10000001", Some(27)),
        ("N1 N2", Some(25)),
    ];
    for (text, expected) in cases {
        assert_eq!(read(Grbl, text)[0].findings[0].controller_error, expected, "{text}");
    }
    assert_eq!(read(LinuxCnc, "!")[0].findings[0].controller_error, None);
}

#[test]
fn a_faulty_line_is_one_finding_and_a_marked_block() {
    let blocks = read(LinuxCnc, "G1 X# Y# !! ((\nG0 X1\n");
    assert_eq!(blocks.iter().map(|b| b.findings.len()).collect::<Vec<_>>(), [1, 0]);
    assert!(blocks[0].faulty && !blocks[1].faulty);
    assert_eq!(blocks[0].words.len(), 1);
}

#[test]
fn blanks_between_digits_are_warned_of() {
    assert_eq!(faults(LinuxCnc, "G1 X5 10"), [("G020", 1, 4, 5)]);
    assert_eq!(words("G1 X5 10"), vec![vec![('G', 1.0), ('X', 510.0)]]);
    assert_eq!(faults(LinuxCnc, "G1 X - 1.5"), []);
}

#[test]
fn a_percent_sign_ends_a_program_that_starts_with_one() {
    let blocks = read(LinuxCnc, "\n%\nG0 X1\n % \nnot read\n");
    assert_eq!(blocks.iter().map(|b| (b.line, b.percent)).collect::<Vec<_>>(), [(3, false), (4, true), (5, false)]);
    // Mach3 passes over them.
    assert_eq!(read(Mach3, "G0 X1\n%\nG0 X2\n%").iter().filter(|b| b.percent).count(), 0);
    assert_eq!(read(Mach3, "G0 X1\n%\nG0 X2\n%").len(), 2);
}

#[test]
fn grbl_drops_what_its_buffer_never_sees() {
    assert_eq!(words_in(Grbl, "/G0 X1 é /Y2 (open"), vec![vec![('G', 0.0), ('X', 1.0), ('Y', 2.0)]]);
    assert!(read(Grbl, "/G0 X1")[0].skipped);
    for text in ["$H", "$X", "$$", "$#", "$32=1", "$110=5000.000", "$J=G91 X10 F100", "$N0=G21", "$RST=$", "$I", " $G"] {
        let blocks = read(Grbl, text);
        assert!(blocks[0].system && blocks[0].findings.is_empty(), "{text}");
    }
}

#[test]
fn expressions_become_postfix_with_the_operators_of_rs274() {
    let (n, b) = (Op::Number, Op::Binary);
    let plain = [n(2.0), n(3.0), n(4.0), b(Binary::Power), b(Binary::Times)];
    assert_eq!(code("X[2*3**4]"), plain);
    assert_eq!(code("X [ 2 * 3 * * 4 ]".replace("* *", "**").as_str()), plain);
    let sums = [n(1.0), n(2.0), b(Binary::Minus), n(3.0), b(Binary::Plus)];
    assert_eq!(code("X[1-2+3]"), sums);
    let logic = [n(1.0), n(2.0), b(Binary::Plus), n(3.0), b(Binary::Greater), n(0.0), b(Binary::Or)];
    assert_eq!(code("X[1+2 GT 3 or 0]"), logic);
    assert_eq!(code("X-SIN[30]"), [n(30.0), Op::Unary(Unary::Sin), Op::Unary(Unary::Negate)]);
    assert_eq!(code("XATAN[1]/[2]"), [n(1.0), n(2.0), b(Binary::Atan)]);
    assert_eq!(code("X##2"), [n(2.0), Op::Parameter, Op::Parameter]);
    assert_eq!(code("X#[1+1]"), [n(1.0), n(1.0), b(Binary::Plus), Op::Parameter]);
    let deep = format!("X{}1+1{}", "[".repeat(40), "]".repeat(40));
    assert_eq!(code(&deep), [n(1.0), n(1.0), b(Binary::Plus)]);
}

#[test]
fn names_lose_blanks_and_capitals() {
    let block = only("#<Feed Rate>=#<_hal[plasmac.cut-feed-rate]>");
    let (Target::Named(name), Value::Expression(value)) = (block.settings[0].target, block.settings[0].value) else { panic!() };
    assert_eq!(block.text(name), "feedrate");
    let [Op::Named(other)] = block.code(value) else { panic!() };
    assert_eq!(block.text(*other), "_hal[plasmac.cut-feed-rate]");
    assert_eq!(block.settings[0].span, Span { line: 1, column: 1, width: 43, file: 0 });
    assert!(matches!(only("#1=EXISTS[#<a>]").settings[0].value, Value::Expression(_)));
}

#[test]
fn o_words_have_labels_and_arguments() {
    let cases = [
        ("o100 sub", FlowWord::Sub, 0),
        ("N5 O100 EndSub [#1]", FlowWord::EndSub, 1),
        ("o100 endsub", FlowWord::EndSub, 0),
        ("o<ring> call [10] (outer) [#<in>] ; cut", FlowWord::Call, 2),
        ("o[1+#1] while [#1 LT 3]", FlowWord::While, 1),
        ("o#7 endwhile (done)", FlowWord::EndWhile, 0),
        ("o1 if[1]", FlowWord::If, 1),
        ("o1 elseif [0]", FlowWord::ElseIf, 1),
        ("o1 else", FlowWord::Else, 0),
        ("o1 endif", FlowWord::EndIf, 0),
        ("o1 do", FlowWord::Do, 0),
        ("o1 repeat [5]", FlowWord::Repeat, 1),
        ("o1 endrepeat", FlowWord::EndRepeat, 0),
        ("o1 break", FlowWord::Break, 0),
        ("o1 continue", FlowWord::Continue, 0),
        ("o1 return [2]", FlowWord::Return, 1),
        ("O1000 (side plate)", FlowWord::Label, 0),
    ];
    for (text, word, arguments) in cases {
        let block = only(text);
        assert_eq!(block.flow.map(|f| f.word), Some(word), "{text}");
        assert_eq!(block.arguments.len(), arguments, "{text}");
    }
    let block = only("o<Ring 2> call");
    assert!(matches!(block.flow.unwrap().label, Label::Name(name) if block.text(name) == "ring2"));
    assert!(matches!(read(Mach3, "O0200")[0].flow.unwrap().label, Label::Number(Value::Number(n)) if n == 200.0));
}

#[test]
fn comments_that_ask_for_something_are_kept() {
    let block = only("(MSG, turn the plate) (debug,#1) (PRINT,at #<_x>) (log,done) (o=0,kw=1.5) (nothing, much)");
    let notes: Vec<_> = block.notes.iter().map(|n| (n.kind, block.text(n.text).trim())).collect();
    let expected = [
        (NoteKind::Message, "turn the plate"),
        (NoteKind::Debug, "#1"),
        (NoteKind::Print, "at #<_x>"),
        (NoteKind::Print, "done"),
        (NoteKind::Material, "o=0,kw=1.5"),
    ];
    assert_eq!(notes, expected);
    assert_eq!(block.notes[0].span, Span { line: 1, column: 1, width: 21, file: 0 });
    assert!(read(Grbl, "(MSG, not Grbl's)").is_empty());
}

#[test]
fn flow_lines_are_found_and_places_lead_back() {
    let text = "G0 X1\no1 while [#1 LT 3]\n( o9 in a comment )\nG1 X2 o3\n/ N7 o1 endwhile\nG0 X5";
    let mut reader = Reader::new(Source::text(text), LinuxCnc, 3);
    let mut block = Block::default();
    let start = reader.position();
    let mut lines = Vec::new();
    while reader.next_flow(&mut block) {
        lines.push((block.span.line, block.span.file, block.flow.map(|f| f.word)));
    }
    assert_eq!(lines, [(2, 3, Some(FlowWord::While)), (5, 3, Some(FlowWord::EndWhile))]);
    reader.seek(start);
    assert!(reader.next(&mut block));
    assert_eq!((block.line, block.words.len()), (1, 2));
    assert_eq!(reader.position().line_before(), 1);
}

#[test]
fn a_byte_order_mark_is_passed_over_every_time() {
    let text = "\u{feff}G0 X1\nG0 X2\n";
    let mut reader = Reader::new(Source::text(text), LinuxCnc, 0);
    let mut block = Block::default();
    let start = reader.position();
    for _ in 0..2 {
        assert!(reader.next(&mut block) && !block.faulty, "{block:?}");
        assert_eq!((block.line, block.words.len()), (1, 2));
        reader.seek(start);
    }
}

#[test]
fn percent_lines_are_read_the_same_after_going_back() {
    for text in ["p\n\n\nN90 \n%\n", "%\nG0 X1\n% G0 X2\nG0 X3\n%\n", "%", "G0 X1\n%%\n", "%\n%\n%\n"] {
        for dialect in Dialect::ALL {
            let mut reader = Reader::new(Source::text(text), dialect, 0);
            let start = reader.position();
            let mut passes = Vec::new();
            for _ in 0..2 {
                let mut block = Block::default();
                let mut blocks = Vec::new();
                while reader.next(&mut block) {
                    blocks.push((block.line, block.words.len(), block.faulty, block.findings.clone()));
                }
                passes.push(blocks);
                reader.seek(start);
            }
            assert_eq!(passes[0], passes[1], "{dialect:?} {text:?}");
        }
    }
}

#[test]
fn a_survey_sees_whose_program_it_is() {
    let cases = [
        ("G0 X1\nG1 X2 F100\n", None),
        ("o100 sub\no100 endsub", Some(LinuxCnc)),
        ("O<cut> CALL [1]", Some(LinuxCnc)),
        ("#<width>=5", Some(LinuxCnc)),
        ("G1 X1 F#<_hal[plasmac.cut-feed-rate]>", Some(LinuxCnc)),
        ("M3 $0 S1", Some(LinuxCnc)),
        ("G0 X1\nM64 P1", Some(LinuxCnc)),
        ("m190 p1", Some(LinuxCnc)),
        ("M98 P1000 L3", Some(Mach3)),
        ("N10 (Post processor: Mach3 plasma)\nN20 G21", Some(Mach3)),
        ("; made for GRBL 1.1\nG21", Some(Grbl)),
        ("$H\nG0 X1", Some(Grbl)),
        ("(QtPlasmaC)\n(not for Mach3)", Some(LinuxCnc)),
    ];
    for (text, expected) in cases {
        let mut source = Source::text(text);
        assert_eq!(survey(&mut source).dialect.map(|(d, _)| d), expected, "{text}");
        assert_eq!(source.next_line().map(|l| l.number), Some(1), "{text}");
    }
    let seen = survey(&mut Source::text("M3\nG1 X1 S500\nM8 M62 P3\n(M9)\n"));
    assert!(seen.has_m(3) && seen.has_m(8) && seen.has_m(62) && !seen.has_m(9) && !seen.has_m(500));
    assert!(seen.power_by_s && seen.switches_output_3 && !seen.chooses_spindle);
    assert!(!survey(&mut Source::text("M3 (max) S1\nG1 X1\n")).power_by_s);
    assert!(survey(&mut Source::text("m3\ng1 x1 f100 s500\n")).power_by_s);
}

#[test]
fn dialects_have_names() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.name().parse(), Ok(dialect));
    }
    assert!("fanuc".parse::<Dialect>().unwrap_err().contains("mach3"));
}
