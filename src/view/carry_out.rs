//! Carries out what people asked for: the one place where the state of the app changes.

use super::action::{Action, Actions, CameraPreset};
use super::examples;
use super::files::Files;
use super::machine_text::MachineText;
use super::marks::Marks;
use super::rig::Rig;
use super::session::{Request, Session};
use super::state::{Look, Playhead};
use super::toasts::Toasts;
use crate::report;
use crate::scene::Changes;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use std::path::{Path, PathBuf};

/// The scene that a program runs in which is opened before any scene is.
const FOR_PROGRAMS: &str = "ceb_press_side.toml";

/// Everything that an action may change.
#[derive(SystemParam)]
pub struct Stage<'w, 's> {
    commands: Commands<'w, 's>,
    session: Option<ResMut<'w, Session>>,
    playhead: ResMut<'w, Playhead>,
    look: ResMut<'w, Look>,
    rig: ResMut<'w, Rig>,
    files: ResMut<'w, Files>,
    machine: ResMut<'w, MachineText>,
    toasts: ResMut<'w, Toasts>,
    marks: Res<'w, Marks>,
    exit: MessageWriter<'w, AppExit>,
}

/// Carries out all actions, in the order in which they were asked for.
pub fn carry_out(mut actions: ResMut<Actions>, mut stage: Stage) {
    for action in std::mem::take(&mut actions.0) {
        stage.act(action);
    }
}

impl Stage<'_, '_> {
    fn act(&mut self, action: Action) {
        match action {
            Action::Open(path) => self.open(&path),
            Action::OpenProgram(path) => self.open_program(path),
            Action::Reload => self.rerun(true),
            Action::TogglePlay => self.toggle_play(),
            Action::Seek(time_s) => self.seek(time_s),
            Action::Skip(by_s) => self.seek(self.playhead.time_s + by_s),
            Action::StepLine(way) => self.step_line(way),
            Action::StepEvent(way) => {
                if let Some(time_s) = self.marks.beside(self.playhead.time_s, way).map(|mark| mark.time_s) {
                    self.pause_at(time_s);
                }
            }
            Action::GoToLine(line) => self.go_to_line(line),
            Action::Rate(rate) => self.playhead.rate = rate,
            Action::Look(look) => *self.look = look,
            Action::Plate(plate) => self.look.plate = plate,
            Action::Camera(preset) => self.rig.preset = Some(preset),
            Action::FollowTorch(follow) => self.rig.follow = follow,
            Action::LookAt(point) => self.rig.look_at = Some(point),
            Action::ChangeMachine(text) => {
                if self.machine.change(text) {
                    self.rerun(false);
                }
            }
            Action::Undo => {
                if self.machine.undo() {
                    self.rerun(false);
                }
            }
            Action::Redo => {
                if self.machine.redo() {
                    self.rerun(false);
                }
            }
            Action::Engine(engine) => {
                self.files.engine = engine;
                self.rerun(false);
            }
            Action::SaveMachine(path) => self.save_machine(&path),
            Action::SaveReport(folder) => self.save_report(&folder),
            Action::Help => self.files.help = !self.files.help,
            Action::Say(text) => self.toasts.say(text),
            Action::Quit => {
                self.exit.write(AppExit::Success);
            }
        }
    }

    /// Begins a run; the playhead goes to the start unless the same job runs again.
    fn begin(&mut self, request: Request, from_start: bool) {
        let generation = self.session.as_ref().map_or(0, |session| session.generation) + 1;
        if from_start {
            *self.playhead = Playhead { rate: self.playhead.rate, ..Playhead::default() };
            self.rig.preset = Some(CameraPreset::Overview);
        }
        let session = Session::begin(request, generation);
        match &mut self.session {
            Some(old) => **old = session,
            None => self.commands.insert_resource(session),
        }
    }

    fn open(&mut self, path: &Path) {
        if !is_scene(path) {
            return self.open_program(path.to_path_buf());
        }
        self.files.opened(path);
        self.files.keep(&self.look);
        *self.machine = MachineText::of_scene(path);
        let request =
            Request { scene: path.to_path_buf(), changes: Changes::default(), engine: self.files.engine, until_s: None };
        self.begin(request, true);
    }

    fn open_program(&mut self, path: PathBuf) {
        let mut request = match &self.session {
            Some(session) => session.request.clone(),
            None => match examples::place() {
                Ok(folder) => {
                    let scene = folder.join(FOR_PROGRAMS);
                    *self.machine = MachineText::of_scene(&scene);
                    self.toasts.say("on the plate and table of an example: write a scene for your own".into());
                    Request { scene, changes: Changes::default(), engine: self.files.engine, until_s: None }
                }
                Err(words) => return self.toasts.warn(words),
            },
        };
        request.changes.program = Some(path.clone());
        self.files.opened_program(&path);
        self.files.keep(&self.look);
        self.begin(request, true);
    }

    /// Runs the same job again, with the machine as it is now.
    fn rerun(&mut self, from_files: bool) {
        let Some(session) = &self.session else { return };
        let mut request = session.request.clone();
        if from_files {
            self.machine.reread();
        }
        request.changes.machine_text = self.machine.changed_text();
        request.engine = self.files.engine;
        self.begin(request, false);
    }

    fn toggle_play(&mut self) {
        let Some(session) = &self.session else { return };
        // Playing from the end begins again.
        if !self.playhead.playing && session.record.is_some() && self.playhead.time_s >= session.film.known_s() {
            self.playhead.time_s = 0.0;
        }
        self.playhead.playing = !self.playhead.playing;
    }

    fn seek(&mut self, time_s: f64) {
        let Some(session) = &self.session else { return };
        self.playhead.time_s = time_s.clamp(0.0, session.film.known_s());
    }

    fn pause_at(&mut self, time_s: f64) {
        self.playhead.playing = false;
        self.seek(time_s);
    }

    fn step_line(&mut self, way: i32) {
        let Some(session) = &self.session else { return };
        let frames = &session.film.frames;
        let Some(now) = session.film.index_at(self.playhead.time_s) else { return };
        let line = frames[now].line;
        let found = if way > 0 {
            frames[now..].iter().find(|frame| frame.line != line)
        } else {
            // To the start of this line, or of the one before where it has only just begun.
            let start = frames[..=now].iter().rposition(|frame| frame.line != line).map_or(0, |k| k + 1);
            let begun = self.playhead.time_s - frames[start].time_s > 0.05;
            let before = start.saturating_sub(1);
            let earlier = frames[..=before].iter().rposition(|frame| frame.line != frames[before].line).map_or(0, |k| k + 1);
            frames.get(if begun { start } else { earlier })
        };
        if let Some(time_s) = found.map(|frame| frame.time_s) {
            self.pause_at(time_s);
        }
    }

    fn go_to_line(&mut self, line: u32) {
        let Some(session) = &self.session else { return };
        match session.film.frames.iter().find(|frame| frame.line == line).map(|frame| frame.time_s) {
            Some(time_s) => self.pause_at(time_s),
            None => self.toasts.say(format!("line {line} moves nothing, or has not run yet")),
        }
    }

    fn save_machine(&mut self, path: &Path) {
        match report::files::write_file(path, self.machine.to_write().as_bytes()) {
            Ok(()) => {
                self.machine.saved = self.machine.text.clone();
                self.machine.saved_as = Some(path.to_path_buf());
                // A scene names its machine from its own folder.
                let folder = self.session.as_ref().and_then(|session| Some(session.request.scene.parent()?.to_path_buf()));
                let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
                let from_scene = folder.and_then(|folder| Some(whole(path).strip_prefix(whole(&folder)).ok()?.to_path_buf()));
                let from_scene = from_scene.unwrap_or_else(|| path.to_path_buf());
                self.toasts.say(format!(
                    "machine written to {}; name it in the scene: machine = \"{}\"",
                    path.display(),
                    from_scene.display()
                ));
            }
            Err(finding) => self.toasts.warn(finding.to_string()),
        }
    }

    fn save_report(&mut self, folder: &Path) {
        let Some(session) = &self.session else { return };
        let (Some(scene), Some(record), Some(verdict), Some(timing)) =
            (&session.scene, &session.record, &session.verdict, &session.timing)
        else {
            return self.toasts.warn("the report can be written once the run has ended".into());
        };
        match report::write_report(folder, scene, record, verdict, timing) {
            Ok(()) => self.toasts.say(format!("report written: {}", folder.join("index.html").display())),
            Err(finding) => self.toasts.warn(finding.to_string()),
        }
    }
}

/// Scenes are TOML; everything else is taken for a program.
fn is_scene(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"))
}
