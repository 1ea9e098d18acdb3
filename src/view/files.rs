//! What was open, what is open, and what the person prefers: kept from one start to the next.
//!
//! In: the configuration folder of the system. Out: [`Files`]; the file is written whole or not at all.

use super::machine_text::MachineText;
use super::session::{Session, State};
use super::state::Look;
use super::{action::Action, action::Actions};
use crate::report;
use crate::twin::EngineKind;
use bevy::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Recent files that are kept.
const MOST_RECENT: usize = 10;

/// Seconds between looks at whether an open file has changed.
const LOOK_EVERY_S: f32 = 0.7;

/// What is kept.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(default)]
pub struct Kept {
    /// Scenes and programs, latest first.
    pub recent: Vec<PathBuf>,
    /// Width and height of the window, logical pixels.
    pub window: [f32; 2],
    /// Lengths in inches.
    pub inch: bool,
    /// Light theme.
    pub light: bool,
    /// Flames and sparks.
    pub fire: bool,
    /// "rapier" or "reduced".
    pub engine: String,
    /// Widths of the left and right panel, logical pixels.
    pub panels: [f32; 2],
    /// Panel that is open on the right.
    pub tab: String,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            recent: Vec::new(),
            window: [1440.0, 900.0],
            inch: false,
            light: false,
            fire: true,
            engine: EngineKind::default().name().into(),
            panels: [300.0, 360.0],
            tab: "verdict".into(),
        }
    }
}

/// Files and preferences.
#[derive(Resource, Clone, Debug, Default)]
pub struct Files {
    /// What is kept.
    pub kept: Kept,
    /// Engine of the next run.
    pub engine: EngineKind,
    /// The help for keys is shown.
    pub help: bool,
    /// Where it is kept; none: nowhere.
    place: Option<PathBuf>,
    /// Open files with the time of their last change.
    watched: Vec<(PathBuf, Option<SystemTime>)>,
    generation: u64,
    since_s: f32,
}

impl Files {
    /// As they were left, from `folder`, or from the system's place for configurations; the usual where there is none.
    pub fn read(folder: Option<&Path>) -> Self {
        let system = || directories::ProjectDirs::from("", "", "torchtwin").map(|dirs| dirs.config_dir().to_path_buf());
        let place = folder.map(Path::to_path_buf).or_else(system).map(|folder| folder.join("app.toml"));
        let text = place.as_ref().and_then(|place| std::fs::read_to_string(place).ok()).unwrap_or_default();
        // A damaged file is no reason not to start.
        let kept: Kept = toml::from_str(&text).unwrap_or_default();
        Self { engine: EngineKind::named(&kept.engine).unwrap_or_default(), kept, place, ..Self::default() }
    }

    /// Looks as they are preferred.
    pub fn look(&self) -> Look {
        Look { inch: self.kept.inch, light: self.kept.light, fire: self.kept.fire, ..Look::default() }
    }

    /// Writes what is to be kept; where that fails the next start is as the last one was.
    pub fn keep(&mut self, look: &Look) {
        (self.kept.inch, self.kept.light, self.kept.fire) = (look.inch, look.light, look.fire);
        self.kept.engine = self.engine.name().into();
        let Some(place) = &self.place else { return };
        let Ok(text) = toml::to_string(&self.kept) else { return };
        if let Some(folder) = place.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        let _ = report::files::write_file(place, text.as_bytes());
    }

    /// Notes that a scene has been opened.
    pub fn opened(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        self.kept.recent.retain(|known| *known != path);
        self.kept.recent.insert(0, path);
        self.kept.recent.truncate(MOST_RECENT);
    }

    /// Notes that a program has been opened.
    pub fn opened_program(&mut self, path: &Path) {
        self.opened(path);
    }
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// Runs again when scene, machine or program have changed on the disk.
pub fn watch(
    session: Option<Res<Session>>,
    machine: Res<MachineText>,
    mut files: ResMut<Files>,
    time: Res<Time<Real>>,
    mut actions: ResMut<Actions>,
) {
    let Some(session) = session else { return };
    if files.generation != session.generation || files.watched.is_empty() {
        files.generation = session.generation;
        let folder = session.request.scene.parent().unwrap_or(Path::new("")).to_path_buf();
        let mut paths = vec![session.request.scene.clone()];
        if !machine.file.as_os_str().is_empty() {
            paths.push(machine.file.clone());
        }
        if let Some(scene) = &session.scene {
            paths.push(folder.join(&scene.machine.file));
            let own = session.request.changes.program.clone();
            paths.push(own.unwrap_or_else(|| folder.join(&scene.job.program_file)));
        }
        // While the scene is read the list is short, and is made again.
        let complete = session.scene.is_some() || session.state == State::Refused;
        files.watched =
            if complete { paths.into_iter().map(|path| (path.clone(), changed_at(&path))).collect() } else { Vec::new() };
        return;
    }
    files.since_s += time.delta_secs();
    if files.since_s < LOOK_EVERY_S {
        return;
    }
    files.since_s = 0.0;
    if files.watched.iter().any(|(path, before)| changed_at(path).is_some_and(|now| Some(now) != *before)) {
        files.watched.clear();
        actions.ask(Action::Say("a file has changed: running it again".into()));
        actions.ask(Action::Reload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_come_back_and_damage_does_no_harm() {
        let folder = std::env::temp_dir().join(format!("torchtwin-files-{}", std::process::id()));
        let mut files = Files::read(Some(&folder));
        assert_eq!(files.kept, Kept::default());
        for k in 0..12 {
            files.opened(Path::new(&format!("/job{k}.toml")));
        }
        files.opened(Path::new("/job5.toml"));
        files.keep(&Look { inch: true, ..Look::default() });
        let again = Files::read(Some(&folder));
        assert!(again.kept.inch && again.kept.recent.len() == MOST_RECENT);
        assert_eq!(again.kept.recent[0], Path::new("/job5.toml"));
        std::fs::write(folder.join("app.toml"), "recent = 3").unwrap();
        assert_eq!(Files::read(Some(&folder)).kept, Kept::default());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
