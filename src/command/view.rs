//! `torchtwin view`: the app in a window.

use crate::command::{COULD_NOT_RUN, PASSED};
use crate::view::app::{Start, open};

/// Opens the app; returns the exit code.
pub fn view(start: &Start) -> u8 {
    match open(start) {
        Ok(()) => PASSED,
        Err(words) => {
            eprintln!("{words}");
            COULD_NOT_RUN
        }
    }
}
