//! Any bytes, read as blocks by the rules of each dialect: no panic, places inside the text, one error a line, and the same blocks again
//! after going back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use torchtwin::diag::Severity;
use torchtwin::gcode::{Block, Dialect, Reader, Source};

fuzz_target!(|bytes: &[u8]| {
    for dialect in Dialect::ALL {
        let mut reader = Reader::new(Source::text(bytes), dialect, 0);
        let (mut block, mut again) = (Block::default(), Block::default());
        let mut last = 0;
        loop {
            let start = reader.position();
            if !reader.next(&mut block) {
                break;
            }
            assert!(block.line > last, "lines go on");
            last = block.line;
            let errors = block.findings.iter().filter(|f| f.severity == Severity::Error).count();
            assert_eq!(errors > 0, block.faulty);
            assert!(errors <= 1);
            for word in &block.words {
                assert!(word.span.line == block.line && word.span.column >= 1 && word.span.width >= 1);
            }
            // A loop comes back to a line it has read.
            let after = reader.position();
            reader.seek(start);
            assert!(reader.next(&mut again));
            assert_eq!((block.line, block.words.len(), block.faulty), (again.line, again.words.len(), again.faulty));
            assert_eq!(reader.position(), after);
        }
    }
});
