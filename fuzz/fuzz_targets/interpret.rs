//! Any bytes, executed by the rules of a dialect: no panic, an end in bounded time, finite numbers, arcs that are arcs, findings bounded in
//! number and placed in the text. The first byte chooses dialect and options.

#![no_main]

use libfuzzer_sys::fuzz_target;
use torchtwin::gcode::{Dialect, Source};
use torchtwin::program::{Action, INCH, Item, NoLibrary, Setup, Sink, Tool, TorchWords, stream};

/// Checks items and forgets them.
struct Checks {
    lines: u32,
    at: Option<[f64; 3]>,
    count: u32,
}

impl Sink for Checks {
    fn take(&mut self, item: &Item) -> bool {
        assert!(item.span.line >= 1 && item.span.line <= self.lines);
        match &item.action {
            Action::Move(made) => {
                let numbers = made.from_mm.iter().chain(&made.to_mm).chain(&made.rotary_deg).chain([&made.feed_mm_per_min]);
                assert!(numbers.copied().all(f64::is_finite), "{made:?}");
                assert!(made.feed_mm_per_min >= 0.0);
                if let Some(at) = self.at {
                    assert_eq!(at, made.from_mm, "moves join");
                }
                self.at = Some(made.to_mm);
                if let Some(arc) = &made.arc {
                    assert!(arc.turns != 0 && arc.sweep_rad.is_finite() && arc.sweep_rad != 0.0);
                    assert_eq!(arc.turns > 0, arc.sweep_rad > 0.0);
                    assert!(arc.centre_mm.iter().all(|c| c.is_finite()));
                }
            }
            Action::Dwell { seconds, .. } => assert!((0.0..=86_400.0).contains(seconds)),
            Action::Torch(_) => {}
        }
        // Loops of moves are cut off before they cost time.
        self.count += 1;
        self.count < 100_000
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [options, text @ ..] = bytes else { return };
    let mut setup = Setup {
        dialect: Some(Dialect::ALL[usize::from(options % 3)]),
        most_repeats: 300,
        block_delete: options & 4 != 0,
        stop_at_first_error: options & 8 != 0,
        dwell_p_in_ms: options & 16 != 0,
        tools: vec![Tool { number: 1, diameter: 1.5, ..Tool::default() }, Tool { number: 2, diameter: -3.0, ..Tool::default() }],
        travel_mm: Some([[0.0, 1250.0]; 3]),
        fastest_mm_per_min: Some([9000.0; 3]),
        ..Setup::default()
    };
    if options & 32 != 0 {
        setup.machine_unit_mm = INCH;
    }
    if options & 64 != 0 {
        setup.torch_words = TorchWords::preset("qtplasmac");
        setup.hal.insert("plasmac.cut-feed-rate".into(), 2540.0);
    }
    if options & 128 != 0 {
        setup.dialect = None;
    }
    let lines = 1 + text.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() as u32;
    let mut checks = Checks { lines, at: None, count: 0 };
    let (_, findings) = stream("fuzz", Source::text(text), &setup, &NoLibrary, &mut checks);
    assert!(findings.len() < 400, "{}", findings.len());
    for finding in &findings {
        assert!(finding.place.line <= lines, "{finding}");
        assert!(!finding.found.is_empty());
    }
});
