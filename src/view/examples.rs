//! Scenes that come with the program, for a first start with no file of one's own.
//!
//! They are written to the user's data folder, so that they can be opened, changed and run like any other.

use super::action::{Action, Actions};
use std::path::{Path, PathBuf};

/// File of each scene and what it shows.
pub const ALL: [(&str, &str); 6] = [
    ("ceb_press_side.toml", "Side plate of an earth-brick press on a $1482 rack table"),
    ("square_100.toml", "A 100 mm square: the shortest whole job"),
    ("rapid_too_hard.toml", "Motors that are too small: where and why steps are lost"),
    ("low_travel.toml", "A part that tips up, and a rapid that runs into it"),
    ("one_side_unplugged.toml", "One motor of the gantry unplugged: how it racks"),
    ("ceb_press_side_belt.toml", "The side plate on a belt table"),
];

macro_rules! embedded {
    ($($path:literal),* $(,)?) => { [$(($path, include_str!(concat!("../../scenes/", $path)))),*] };
}

const FILES: [(&str, &str); 14] = embedded![
    "ceb_press_side.toml",
    "ceb_press_side_belt.toml",
    "square_100.toml",
    "rapid_too_hard.toml",
    "one_side_unplugged.toml",
    "low_travel.toml",
    "machines/rack_4x4.toml",
    "machines/belt_4x4.toml",
    "machines/small_motor_4x4.toml",
    "machines/turnkey_4x4.toml",
    "parts/ceb_press_side.ngc",
    "parts/square_100.ngc",
    "parts/hard_rapid.ngc",
    "parts/low_travel.ngc",
];

/// Asks to open an example.
pub fn open(name: &str, actions: &mut Actions) {
    let action = match place() {
        Ok(folder) => Action::Open(folder.join(name)),
        Err(words) => Action::Say(words),
    };
    actions.ask(action);
}

/// The folder with the examples: `scenes` where the program stands in its own project, else a copy in the user's data folder.
///
/// # Errors
/// In words, where that folder cannot be written.
pub fn place() -> Result<PathBuf, String> {
    let here = Path::new("scenes");
    if FILES.iter().all(|(file, text)| std::fs::read_to_string(here.join(file)).is_ok_and(|found| found == *text)) {
        return Ok(here.to_path_buf());
    }
    let dirs = directories::ProjectDirs::from("", "", "torchtwin").ok_or("no home folder to put the examples into")?;
    let folder = dirs.data_dir().join("scenes");
    for (file, text) in FILES {
        let path = folder.join(file);
        // What a person has changed there stays.
        if path.exists() {
            continue;
        }
        let parent = path.parent().unwrap_or(&folder);
        let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, text));
        written.map_err(|error| format!("the examples cannot be written to {}: {error}", folder.display()))?;
    }
    Ok(folder)
}
