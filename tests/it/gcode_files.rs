//! Programs in files: good ones do what their first comment says, bad ones say what theirs says, real ones do no harm.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use torchtwin::diag::{Diagnostic, Severity};
use torchtwin::gcode::{Block, parse};
use torchtwin::program::{Program, Setup, interpret};
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

/// Reads and interprets a text.
fn run(text: &str) -> (Program, Vec<Diagnostic>) {
    let (blocks, mut findings) = parse("file", text);
    let (program, more) = interpret("file", &blocks, &Setup::default());
    findings.extend(more);
    (program, findings)
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
            Shape::Arc { to, centre, sweep_rad } => (*to, sweep_rad.abs() * (at[0] - centre[0]).hypot(at[1] - centre[1])),
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
    format!("expected: {moves} moves, feed path {:.3} mm, {starts} start{plural}", feed_path_mm(program))
}

#[test]
fn good_files_do_what_they_say() {
    let files = files(&in_repository("tests/gcode/good"));
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let (program, findings) = run(&text);
        assert_eq!(errors(&findings).map(|d| d.with_excerpt(&text)).collect::<Vec<_>>(), [""; 0], "{file:?}");
        let first = text.lines().next().unwrap_or_default();
        assert!(first.contains(&summary(&program)), "{file:?}: {first} is {}", summary(&program));
    }
}

#[test]
fn bad_files_get_the_one_message_they_state() {
    let files = files(&in_repository("tests/gcode/bad"));
    assert!(files.len() >= 20, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let (_, findings) = run(&text);
        let found: Vec<_> = errors(&findings)
            .map(|d| {
                let shown = d.to_string();
                let message = shown.split_once("]: ").map_or("", |(_, message)| message);
                format!("; line {}: {}", d.place.line, message.split("\n  hint: ").next().unwrap_or_default())
            })
            .collect();
        let stated = text.lines().next().unwrap_or_default();
        assert_eq!(found, [stated], "{file:?}");
    }
}

#[test]
fn every_error_has_a_place_in_its_text() {
    for file in files(&in_repository("tests/gcode/bad")) {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let (_, findings) = run(&text);
        for error in errors(&findings) {
            let line = text.lines().nth(error.place.line as usize - 1).expect("a line of the text");
            let end = error.place.column + error.place.width - 1;
            assert!(error.place.column >= 1 && end as usize <= line.chars().count(), "{file:?}: {error:?}");
        }
    }
}

/// Programs of other projects, where the workplace has them.
#[test]
fn real_files_do_no_harm() {
    for file in files(&in_repository("../shared/data/gcode")) {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let start = Instant::now();
        let (program, findings) = run(&String::from_utf8_lossy(&bytes));
        let allowed = Duration::from_millis(500) + Duration::from_micros(5) * bytes.len() as u32;
        assert!(start.elapsed() < allowed, "{file:?}: {:?}", start.elapsed());
        assert_sound(&program, &findings);
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
                Shape::Arc { to, centre, sweep_rad } => {
                    to.iter().chain(centre).all(|c| c.is_finite()) && sweep_rad.is_finite() && *sweep_rad != 0.0
                }
            },
            PathItem::Dwell { seconds, .. } => *seconds >= 0.0,
            PathItem::Torch { .. } => true,
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
    let alphabet = b"GgXYZIJKRFPMTSNO0123456789.-+ \t()[]#;/%$*=\r\n\"\0\x1a\xc3\xa9\xff";
    let mut random = Random(1);
    for round in 0..3000 {
        let length = random.below(200);
        let any = |random: &mut Random| random.below(256) as u8;
        let one = |random: &mut Random| alphabet[random.below(alphabet.len())];
        let bytes: Vec<u8> = (0..length).map(|_| if round % 4 == 0 { any(&mut random) } else { one(&mut random) }).collect();
        let (program, findings) = run(&String::from_utf8_lossy(&bytes));
        assert_sound(&program, &findings);
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
        let (program, findings) = run(&String::from_utf8_lossy(&bytes));
        assert_sound(&program, &findings);
    }
}

/// A program in which each line is built from words of the dialect never gives two errors for one line.
#[test]
fn a_line_has_at_most_one_error() {
    let words = ["G0", "G1", "G2", "G3", "G4", "G28", "G53", "G92", "G90", "G91", "M3", "M5", "M8", "X1", "Y2", "Z-1"];
    let more = ["I1", "J-1", "R5", "P1", "F100", "A1", "G41", "G999", "M190", "X#1", "Q", "(c)", "G20", "G18", "T1"];
    let mut random = Random(3);
    for _ in 0..500 {
        let mut text = String::new();
        for _ in 0..30 {
            for _ in 0..1 + random.below(4) {
                let n = random.below(words.len() + more.len());
                text.push_str(words.get(n).unwrap_or_else(|| &more[n - words.len()]));
            }
            text.push('\n');
        }
        let (program, findings) = run(&text);
        assert_sound(&program, &findings);
        let mut lines: Vec<_> = errors(&findings).map(|d| d.place.line).collect();
        let told = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), told, "{text}\n{findings:?}");
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
        "/".repeat(n),
        "X1\r".repeat(n),
    ];
    for text in texts {
        let start = Instant::now();
        let (blocks, _): (Vec<Block>, _) = parse("long", &text);
        drop(blocks);
        assert!(start.elapsed() < Duration::from_secs(2), "{:?} for {:.20}", start.elapsed(), text);
    }
}
