//! `torchtwin view`: the app in a window.

use std::path::{Path, PathBuf};

use crate::command::{COULD_NOT_RUN, PASSED};
use crate::view::app::{Start, open};

/// Opens the app with the scene at `scene` and `program` in the place of its own; returns the exit code.
pub fn view(scene: Option<&Path>, program: Option<&Path>, keep_in: Option<PathBuf>) -> u8 {
    let start = Start { scene: scene.map(Path::to_path_buf), program: program.map(Path::to_path_buf), keep_in };
    match open(&start) {
        Ok(()) => PASSED,
        Err(words) => {
            eprintln!("{words}");
            COULD_NOT_RUN
        }
    }
}
