//! Asking for files. Drawn by the app itself, so that it is the same on every desktop and none is needed.

use super::Everything;
use crate::view::action::Action;
use bevy::prelude::Resource;
use bevy_egui::egui;
use egui_file_dialog::{DialogState, FileDialog, Filter};
use std::path::{Path, PathBuf};

/// What a chosen path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Open,
    SaveMachine,
    SaveReport,
}

/// The one dialog that may be open.
#[derive(Resource)]
pub struct Dialogs {
    dialog: FileDialog,
    purpose: Purpose,
}

impl Default for Dialogs {
    fn default() -> Self {
        Self { dialog: FileDialog::new(), purpose: Purpose::Open }
    }
}

/// Ends of names that can be opened.
fn opens(path: &Path) -> bool {
    const ENDS: [&str; 8] = ["toml", "ngc", "nc", "gcode", "tap", "cnc", "txt", "g"];
    path.extension().is_some_and(|end| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

impl Dialogs {
    fn fresh(&mut self, purpose: Purpose, title: &str) -> &mut FileDialog {
        self.purpose = purpose;
        self.dialog = FileDialog::new().title(title).default_size([760.0, 440.0]);
        &mut self.dialog
    }

    /// Asks for a scene or a program.
    pub fn open(&mut self) {
        let dialog = self.fresh(Purpose::Open, "Open a scene (.toml), or a program to run on the open scene's machine");
        let filtered = std::mem::take(dialog)
            .add_file_filter("scenes and programs", Filter::new(opens))
            .default_file_filter("scenes and programs");
        *dialog = filtered;
        dialog.pick_file();
    }

    /// Asks where to write the machine.
    pub fn save_machine(&mut self, file: &Path) {
        let name = file.file_stem().map_or_else(|| "machine".to_string(), |name| name.to_string_lossy().into_owned());
        let folder = file.parent().map(Path::to_path_buf).filter(|folder| folder.is_dir());
        let dialog = self.fresh(Purpose::SaveMachine, "Write the machine as it is now");
        let mut prepared = std::mem::take(dialog).default_file_name(&format!("{name}_changed.toml"));
        if let Some(folder) = folder {
            prepared = prepared.initial_directory(std::path::absolute(&folder).unwrap_or(folder));
        }
        *dialog = prepared;
        dialog.save_file();
    }

    /// Asks where to write the report.
    pub fn save_report(&mut self) {
        self.fresh(Purpose::SaveReport, "Folder for the report").pick_directory();
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        *self.dialog.state() == DialogState::Open
    }
}

/// Draws the dialog and passes on what was chosen.
pub(super) fn show(ctx: &egui::Context, all: &mut Everything) {
    let Dialogs { dialog, purpose } = &mut *all.dialogs;
    dialog.update(ctx);
    if *dialog.state() == DialogState::Open {
        super::spots::note_in(ctx, "file dialog", ctx.viewport_rect());
    }
    let Some(path): Option<PathBuf> = dialog.take_picked() else { return };
    all.actions.ask(match purpose {
        Purpose::Open => Action::Open(path),
        Purpose::SaveMachine => Action::SaveMachine(path),
        Purpose::SaveReport => Action::SaveReport(path),
    });
}
