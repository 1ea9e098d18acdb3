//! Programs in files: good ones do what their first comment says, bad ones say what theirs says, real ones do no harm.
//!
//! The first comment of a file in `tests/gcode/good` and `tests/gcode/bad` holds what the text itself cannot say, in fields that
//! end with a semicolon, and then what is expected:
//! `; dialect mach3; hal plasmac.kerf=1.5; tools T1 D1.5 | T2 D2; hold 12 0.5; milliseconds; block delete; expected: …`.
//! Without a dialect it is LinuxCNC's. Subroutines of other files are those in `tests/gcode/subs`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use torchtwin::diag::{Diagnostic, Severity};
use torchtwin::gcode::{Block, Reader, Source};
use torchtwin::program::{Dialect, Library, NoLibrary, Program, Setup, interpret, read_tools, stream};
use torchtwin_planner::path::{MoveKind, PathItem, Shape, TorchEvent};

/// Files in a folder of the repository, and below it, in the order of their names. None if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The subroutines in `tests/gcode/subs`.
struct Subs;

impl Library for Subs {
    fn open(&self, name: &str) -> Option<(String, Source<'static>)> {
        let path = in_repository("tests/gcode/subs").join(format!("{name}.ngc"));
        Some((format!("{name}.ngc"), Source::new(std::fs::File::open(path).ok()?)))
    }
}

/// What the first comment of a file says: how to read it, and what is expected.
fn stated(text: &str) -> (Setup, String) {
    let first = text.lines().find(|line| line.trim() != "%").unwrap_or_default();
    let comment = first.split_once([';', '(']).map_or("", |(_, comment)| comment.trim_end_matches(')'));
    let mut setup = Setup { dialect: Some(Dialect::LinuxCnc), ..Setup::default() };
    let mut rest = comment.trim();
    while let Some((field, after)) = rest.split_once("; ") {
        let (word, value) = field.split_once(' ').unwrap_or((field, ""));
        match word {
            "dialect" => setup.dialect = Some(value.parse().expect("a dialect")),
            "hal" => {
                let pair = |pair: &str| {
                    let (name, value) = pair.split_once('=').expect("a value");
                    (name.to_string(), value.parse().expect("a number"))
                };
                setup.hal = value.split_whitespace().map(pair).collect();
            }
            "tools" => setup.tools = read_tools(&value.replace('|', "\n")).expect("a tool table"),
            "hold" => {
                let seconds: Vec<f64> = value.split(' ').map(|s| s.parse().expect("seconds")).collect();
                (setup.preheat_s, setup.pierce_s) = (seconds[0], seconds[1]);
            }
            "milliseconds" => setup.dwell_p_in_ms = true,
            "repeats" => setup.most_repeats = value.parse().expect("a number"),
            "block" => setup.block_delete = true,
            _ => break,
        }
        rest = after;
    }
    (setup, rest.to_string())
}

/// Reads a text by the rules of every dialect, with little patience for loops.
fn run_all(text: &str) -> Vec<(Program, Vec<Diagnostic>)> {
    let setup = |dialect| Setup { dialect: Some(dialect), most_repeats: 2000, ..Setup::default() };
    Dialect::ALL.into_iter().map(|dialect| interpret("file", text, &setup(dialect), &NoLibrary)).collect()
}

fn errors(findings: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    findings.iter().filter(|d| d.severity == Severity::Error)
}

/// Length of all moves at feed, mm.
fn feed_path_mm(program: &Program) -> f64 {
    let mut at = program.start_in_machine_m;
    let mut metres = 0.0;
    for item in &program.items {
        let PathItem::Move { kind, shape, .. } = item else {
            continue;
        };
        let (to, flat) = match shape {
            Shape::Line { to } => (*to, (to[0] - at[0]).hypot(to[1] - at[1])),
            Shape::Arc { to, centre, sweep_rad, .. } => (*to, sweep_rad.abs() * (at[0] - centre[0]).hypot(at[1] - centre[1])),
        };
        metres += if *kind == MoveKind::Feed { flat.hypot(to[2] - at[2]) } else { 0.0 };
        at = to;
    }
    metres * 1e3
}

/// What the first comment of a good file states.
fn summary(program: &Program) -> String {
    let moves = program.items.iter().filter(|item| matches!(item, PathItem::Move { .. })).count();
    let opens = |item: &&PathItem| matches!(item, PathItem::Torch { event: TorchEvent::OxygenOn, .. });
    let starts = program.items.iter().filter(opens).count();
    let plural = if starts == 1 { "" } else { "s" };
    let held: f64 =
        program.items.iter().map(|item| if let PathItem::Dwell { seconds, .. } = item { *seconds } else { 0.0 }).sum();
    let held = if held > 0.0 { format!(", {held:.3} s held") } else { String::new() };
    format!("expected: {moves} moves, feed path {:.3} mm, {starts} start{plural}{held}", feed_path_mm(program))
}

/// A summary with as few decimals as another one has, and with "some moves" where that says so: curves that are followed by
/// chords have the length of the closed form to the chords' own tolerance only, and how many chords is nobody's business.
fn as_stated(found: &str, stated: &str) -> String {
    let part = |(found, stated): (&str, &str)| match (found.parse::<f64>(), stated.split_once('.')) {
        (Ok(number), Some((_, decimals))) if found.contains('.') => format!("{number:.*}", decimals.len()),
        (Ok(_), _) if stated == "some" => "some".to_string(),
        _ => found.to_string(),
    };
    found.split(' ').zip(stated.split(' ').chain(std::iter::repeat(""))).map(part).collect::<Vec<_>>().join(" ")
}

#[test]
fn good_files_do_what_they_say() {
    let files = files(&in_repository("tests/gcode/good"));
    assert!(files.len() >= 25, "{}", files.len());
    let mut wrong = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let (setup, expected) = stated(&text);
        let (program, findings) = interpret("file", &text, &setup, &Subs);
        let told: Vec<String> = errors(&findings).map(|d| d.with_excerpt(&text)).collect();
        if !told.is_empty() || expected != as_stated(&summary(&program), &expected) {
            wrong.push_str(&format!("{file:?}: stated {expected}, found {} {told:#?}\n", summary(&program)));
        }
    }
    assert_eq!(wrong, "");
}

/// What a bad file's first comment should be, for each error found.
fn messages(findings: &[Diagnostic]) -> Vec<String> {
    let message = |d: &Diagnostic| {
        let shown = d.to_string();
        let found = shown.split_once("]: ").map_or("", |(_, found)| found).split("\n  hint: ").next().unwrap_or_default();
        let number = d.controller_error.map_or(String::new(), |n| format!(", error:{n}"));
        format!("line {}{number}: {found}", d.place.line)
    };
    errors(findings).map(message).collect()
}

#[test]
fn bad_files_get_the_one_message_they_state() {
    let files = files(&in_repository("tests/gcode/bad"));
    assert!(files.len() >= 40, "{}", files.len());
    let mut wrong = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let (setup, expected) = stated(&text);
        let found = messages(&interpret("file", &text, &setup, &Subs).1);
        if found != [expected.as_str()] {
            wrong.push_str(&format!("{file:?}: stated {expected:?}, found {found:#?}\n"));
        }
    }
    assert_eq!(wrong, "");
}

/// Codes that no file of a few lines can bring about, and where they are tested instead.
const NOT_IN_FILES: &[(&str, &str)] = &[
    ("P019", "more than fifty errors: src/program/tests.rs"),
    ("G038", "no text at all: tests/it/cli.rs"),
    ("P038", "a file that cannot be read to its end: src/program/tests.rs"),
];

#[test]
fn every_error_code_has_a_bad_file() {
    let mut coded = BTreeSet::new();
    for folder in ["src/gcode", "src/program"] {
        for file in files(&in_repository(folder)).iter().filter(|f| !f.to_string_lossy().contains("tests")) {
            let source = std::fs::read_to_string(file).expect("a readable file");
            // Errors are made with these words; a code may stand on the next line.
            for piece in source.split("Diagnostic::error(").skip(1).chain(source.split("refusal(").skip(1)) {
                let code = piece.trim_start().strip_prefix('"').and_then(|p| p.split('"').next());
                coded.extend(code.filter(|c| c.len() == 4).map(str::to_string));
            }
        }
    }
    assert!(coded.len() > 60, "{coded:?}");
    let mut seen: BTreeSet<String> = NOT_IN_FILES.iter().map(|(code, _)| code.to_string()).collect();
    for file in files(&in_repository("tests/gcode/bad")) {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let (_, findings) = interpret("file", &text, &stated(&text).0, &Subs);
        seen.extend(errors(&findings).map(|d| d.code.to_string()));
    }
    assert_eq!(coded.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "codes without a file");
    assert_eq!(seen.difference(&coded).collect::<Vec<_>>(), Vec::<&String>::new(), "files with other codes");
}

#[test]
fn every_error_has_a_place_in_its_text() {
    for file in files(&in_repository("tests/gcode/bad")) {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        for (_, findings) in run_all(&text) {
            for error in errors(&findings) {
                let line = text.lines().nth(error.place.line as usize - 1).expect("a line of the text");
                // What is missing at the end of a line is shown just after it.
                let end = error.place.column + error.place.width - 1;
                let fits = error.place.column >= 1 && end as usize <= line.chars().count().max(1) + 1;
                assert!(fits, "{file:?}: {error:?}");
            }
        }
    }
}

/// A line of a good program that is made wrong is one error, whatever depends on it.
#[test]
fn one_wrong_line_is_one_error() {
    let mut wrong = String::new();
    for file in files(&in_repository("tests/gcode/good")) {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let code = line.split(['(', ';']).next().unwrap_or_default();
            for broken in [format!("! {line}"), format!("{code} !"), format!("{code} U1"), format!("{code} X1 X2")] {
                let mut changed = lines.clone();
                changed[index] = &broken;
                let (_, findings) = interpret("file", &changed.join("\n"), &stated(&text).0, &Subs);
                if errors(&findings).count() > 1 {
                    wrong.push_str(&format!("{file:?} line {}: {broken}: {:#?}\n", index + 1, messages(&findings)));
                }
            }
        }
    }
    assert_eq!(wrong, "");
}

/// Reading from a file as it goes comes to the same as reading the whole text.
#[test]
fn streamed_files_are_the_same_as_whole_ones() {
    for file in files(&in_repository("tests/gcode")) {
        let text = std::fs::read(&file).expect("a readable file");
        let (setup, _) = stated(&String::from_utf8_lossy(&text));
        let (mut whole, mut streamed) = (Vec::new(), Vec::new());
        let first = stream("file", Source::text(&text), &setup, &Subs, &mut whole);
        let opened = std::fs::File::open(&file).expect("a readable file");
        let second = stream("file", Source::new(opened), &setup, &Subs, &mut streamed);
        assert!(first == second && whole == streamed, "{file:?}");
    }
}

/// Programs of other projects, where the workplace has them.
#[test]
fn real_files_do_no_harm() {
    for file in files(&in_repository("../shared/data/gcode")) {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        for (program, findings) in run_all(&String::from_utf8_lossy(&bytes)) {
            assert_sound(&program, &findings);
        }
    }
}

/// What holds of any outcome, whatever was read.
fn assert_sound(program: &Program, findings: &[Diagnostic]) {
    assert!(findings.len() < 300, "{}", findings.len());
    for item in &program.items {
        assert!((item.tag() as usize) < program.spans.len() && program.line(item.tag()) > 0);
        let finite = match item {
            PathItem::Move { speed_m_per_s, shape, .. } => match shape {
                Shape::Line { to } => to.iter().all(|c| c.is_finite()) && *speed_m_per_s >= 0.0,
                Shape::Arc { to, centre, sweep_rad, .. } => {
                    to.iter().chain(centre).all(|c| c.is_finite()) && sweep_rad.is_finite() && *sweep_rad != 0.0
                }
            },
            PathItem::Dwell { seconds, .. } => *seconds >= 0.0,
            PathItem::Torch { .. } | PathItem::Stop { .. } | PathItem::Mode { .. } => true,
        };
        assert!(finite, "{item:?}");
    }
}

/// A small linear congruential generator (Knuth's MMIX constants): the same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

#[test]
fn random_bytes_do_no_harm() {
    let alphabet = b"GgXYZIJKRFPMTSNOoL<>_@^0123456789.-+ \t()[]#;/%$*=\r\n\"\0\x1a\xc3\xa9\xff";
    let mut random = Random(1);
    for round in 0..3000 {
        let length = random.below(200);
        let any = |random: &mut Random| random.below(256) as u8;
        let one = |random: &mut Random| alphabet[random.below(alphabet.len())];
        let bytes: Vec<u8> = (0..length).map(|_| if round % 4 == 0 { any(&mut random) } else { one(&mut random) }).collect();
        for (program, findings) in run_all(&String::from_utf8_lossy(&bytes)) {
            assert_sound(&program, &findings);
        }
    }
}

#[test]
fn mutated_programs_do_no_harm() {
    let mut random = Random(2);
    let folder = in_repository("tests/gcode");
    let texts: Vec<Vec<u8>> = files(&folder).iter().flat_map(std::fs::read).collect();
    for _ in 0..4000 {
        let mut bytes = texts[random.below(texts.len())].clone();
        for _ in 0..1 + random.below(6) {
            let at = random.below(bytes.len().max(1)).min(bytes.len());
            let to = (at + random.below(8)).min(bytes.len());
            match random.below(4) {
                0 => drop(bytes.drain(at..to)),
                1 => bytes.extend_from_within(at..to),
                2 => {
                    let other = &texts[random.below(texts.len())];
                    let from = random.below(other.len());
                    bytes.splice(at..to, other[from..(from + 20).min(other.len())].iter().copied());
                }
                _ => bytes.insert(at, b"GX.-#(%9 \nM"[random.below(11)]),
            }
        }
        for (program, findings) in run_all(&String::from_utf8_lossy(&bytes)) {
            assert_sound(&program, &findings);
        }
    }
}

/// A program in which each line is built from words of the dialects never gives two errors for one line.
#[test]
fn a_line_has_at_most_one_error() {
    let words = ["G0", "G1", "G2", "G3", "G4", "G28", "G53", "G92", "G90", "G91", "M3", "M5", "M8", "X1", "Y2", "Z-1", "X[1/#2]"];
    let more =
        ["I1", "J-1", "R5", "P1", "F100", "A1", "G41.1", "D1", "G40", "G999", "M190", "X#1", "Q", "(c)", "G20", "G18", "T1"];
    let most = ["G93", "G81", "L3", "G5", "G52", "@4", "^30", "$1", "M98", "M99", "#1=[#1+1]", "#<a>=2", "Y#<a>", "M66", "E1"];
    let starts =
        ["o1 if [#1]\n", "o1 else\n", "o1 endif\n", "o2 while [#1 LT 5]\n", "o2 endwhile\n", "o3 repeat [2]\n", "o3 endrepeat\n"];
    let all: Vec<&str> = [&words[..], &more, &most].concat();
    let mut random = Random(3);
    for _ in 0..500 {
        let mut text = String::new();
        for _ in 0..30 {
            if random.below(6) == 0 {
                text.push_str(starts[random.below(starts.len())]);
                continue;
            }
            for _ in 0..1 + random.below(4) {
                text.push_str(all[random.below(all.len())]);
            }
            text.push('\n');
        }
        for (program, findings) in run_all(&text) {
            assert_sound(&program, &findings);
            let mut lines: Vec<_> = errors(&findings).map(|d| d.place.line).collect();
            let told = lines.len();
            lines.sort_unstable();
            lines.dedup();
            assert_eq!(lines.len(), told, "{text}\n{findings:?}");
        }
    }
}

/// Reading is in proportion to the length, also for lines and comments that are hard to read.
#[test]
fn long_lines_are_read_in_one_pass() {
    let n = 200_000;
    let texts = [
        format!("(é) {}", "X1 ".repeat(n)),
        "(".repeat(n),
        "(()".repeat(n),
        format!("X{}", "1 ".repeat(n)),
        format!("X1{}", " ".repeat(n)),
        format!("X{}", "[".repeat(n)),
        format!("X{}1", "-[".repeat(n)),
        format!("X[1{}]", "+1".repeat(n)),
        format!("X{}", "#".repeat(n)),
        "#<a".repeat(n),
        "#1=".repeat(n),
        format!("o1 call {}", "[1] (c) ".repeat(n)),
        "/".repeat(n),
        "%".repeat(n),
        "X1\r".repeat(n),
    ];
    for text in texts {
        for dialect in Dialect::ALL {
            let start = Instant::now();
            let mut reader = Reader::new(Source::text(&text), dialect, 0);
            let mut block = Block::default();
            while reader.next(&mut block) {}
            assert!(start.elapsed() < Duration::from_secs(2), "{:?} for {:.20}", start.elapsed(), text);
        }
    }
}
