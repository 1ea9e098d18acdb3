//! Times this project's G-code front end beside the `gcode` and `g-code` crates on one file, one after the other in one run.
//!
//! Usage: torchtwin-peers FILE WHICH [ROUNDS]; WHICH is `read`, `interpret`, `gcode`, `gcode-ast` or `g-code`. Prints the best of the rounds:
//! lines/s, words and their sum (so that nothing is skipped), and the peak resident memory. One process for each, so that memory is theirs.

use std::time::Instant;

use gcode::core::{BlockVisitor, CommandVisitor, ControlFlow, HasDiagnostics, Noop, Number, ProgramVisitor, Span, Value};
use torchtwin::gcode::{Block, Dialect, Reader, Source};
use torchtwin::program::{Action, Counter, Item, NoLibrary, Setup, Sink, stream};

/// Words and the sum of their values.
#[derive(Clone, Copy, Default)]
struct Sum {
    words: u64,
    sum: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        self.words += 1;
        self.sum += value;
    }
}

#[derive(Default)]
struct Visitor {
    total: Sum,
    diagnostics: Noop,
}

impl HasDiagnostics for Visitor {
    fn diagnostics(&mut self) -> &mut dyn gcode::core::Diagnostics {
        &mut self.diagnostics
    }
}

struct InBlock<'a>(&'a mut Visitor);

#[allow(refining_impl_trait)]
impl ProgramVisitor for Visitor {
    fn start_block(&mut self) -> ControlFlow<InBlock<'_>> {
        ControlFlow::Continue(InBlock(self))
    }
}

impl HasDiagnostics for InBlock<'_> {
    fn diagnostics(&mut self) -> &mut dyn gcode::core::Diagnostics {
        &mut self.0.diagnostics
    }
}

fn literal(value: Value<'_>) -> f64 {
    match value {
        Value::Literal(value) => f64::from(value),
        _ => 0.0,
    }
}

#[allow(refining_impl_trait)]
impl BlockVisitor for InBlock<'_> {
    fn word_address(&mut self, _: char, value: Value<'_>, _: Span) {
        self.0.total.add(literal(value));
    }
    fn start_general_code(&mut self, number: Number) -> ControlFlow<InBlock<'_>> {
        self.0.total.add(f64::from(number.major()));
        ControlFlow::Continue(InBlock(self.0))
    }
    fn start_miscellaneous_code(&mut self, number: Number) -> ControlFlow<InBlock<'_>> {
        self.0.total.add(f64::from(number.major()));
        ControlFlow::Continue(InBlock(self.0))
    }
    fn start_tool_change_code(&mut self, number: Number) -> ControlFlow<InBlock<'_>> {
        self.0.total.add(f64::from(number.major()));
        ControlFlow::Continue(InBlock(self.0))
    }
}

impl CommandVisitor for InBlock<'_> {
    fn argument(&mut self, _: char, value: Value<'_>, _: Span) {
        self.0.total.add(literal(value));
    }
}

/// Sums coordinates of moves.
#[derive(Default)]
struct Moves(Sum);

impl Sink for Moves {
    fn take(&mut self, item: &Item) -> bool {
        if let Action::Move(made) = &item.action {
            self.0.add(made.to_mm.iter().sum());
        }
        true
    }
}

fn once(which: &str, text: &str) -> Sum {
    let mut total = Sum::default();
    match which {
        "read" => {
            let mut reader = Reader::new(Source::text(text), Dialect::LinuxCnc, 0);
            let mut block = Block::default();
            while reader.next(&mut block) {
                for word in &block.words {
                    if let torchtwin::gcode::Value::Number(value) = word.value {
                        total.add(value);
                    }
                }
            }
        }
        "interpret" => {
            let setup = Setup { dialect: Some(Dialect::LinuxCnc), ..Setup::default() };
            let mut moves = Moves::default();
            stream("peers", Source::text(text), &setup, &NoLibrary, &mut moves);
            total = moves.0;
        }
        "count" => {
            let setup = Setup { dialect: Some(Dialect::LinuxCnc), ..Setup::default() };
            let mut counter = Counter::default();
            stream("peers", Source::text(text), &setup, &NoLibrary, &mut counter);
            total.words = counter.0;
        }
        "gcode" => {
            let mut visitor = Visitor::default();
            gcode::core::parse(text, &mut visitor);
            total = visitor.total;
        }
        "gcode-ast" => match gcode::parse(text) {
            Ok(program) => {
                for block in &program.blocks {
                    total.words += block.codes.len() as u64 + block.word_addresses.len() as u64;
                }
            }
            Err(_) => eprintln!("refused"),
        },
        "g-code" => match g_code::parse::file_parser(text) {
            Ok(file) => {
                for token in file.iter_emit_tokens() {
                    if let g_code::emit::Token::Field(field) = token {
                        total.add(field.value.as_f64().unwrap_or(0.0));
                    }
                }
            }
            Err(error) => eprintln!("refused: {error:?}"),
        },
        other => panic!("{other} is none of read, interpret, count, gcode, gcode-ast, g-code"),
    }
    total
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, which, ..] = arguments.as_slice() else { panic!("torchtwin-peers FILE WHICH [ROUNDS]") };
    let rounds: u32 = arguments.get(3).and_then(|r| r.parse().ok()).unwrap_or(3);
    let text = std::fs::read_to_string(file).expect("a readable text");
    let lines = text.lines().count() as f64;
    let mut best = f64::INFINITY;
    let mut total = Sum::default();
    for _ in 0..rounds {
        let start = Instant::now();
        total = once(which, &text);
        best = best.min(start.elapsed().as_secs_f64());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("").trim_start_matches("VmHWM:").trim().to_string();
    let own = text.len() as f64 / 1e6;
    println!("{which:>10}: {:>6.2} M lines/s, {} words, sum {:.3}, peak {peak} (text {own:.0} MB)", lines / best / 1e6, total.words, total.sum);
}
