//! The machine file as it is being changed: its text, and the texts before and after.

use bevy::prelude::Resource;
use std::path::{Path, PathBuf};

/// The machine file of the scene with all changes made to it in the app.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct MachineText {
    /// The file.
    pub file: PathBuf,
    /// Its text with all changes.
    pub text: String,
    /// Its text as it stands in the file, or as it was last written.
    pub saved: String,
    /// Texts before, oldest first.
    pub undo: Vec<String>,
    /// Texts that were taken back, latest first at the end.
    pub redo: Vec<String>,
    /// Text in the file.
    original: String,
    /// Where it was last written to.
    pub saved_as: Option<PathBuf>,
}

impl MachineText {
    /// The machine file that a scene names; empty where it cannot be read: the run says so.
    pub fn of_scene(scene: &Path) -> Self {
        let text = std::fs::read_to_string(scene).unwrap_or_default();
        let named = text.parse::<toml::Table>().ok().and_then(|table| Some(table.get("machine")?.as_str()?.to_string()));
        let Some(named) = named else { return Self::default() };
        let mut machine = Self { file: scene.parent().unwrap_or(Path::new("")).join(named), ..Self::default() };
        machine.reread();
        machine
    }

    /// Reads the file again; changes that were not written are kept only as something to go back to.
    pub fn reread(&mut self) {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        if text == self.original {
            return;
        }
        if self.text != self.original {
            self.undo.push(std::mem::take(&mut self.text));
        }
        (self.text, self.saved, self.original) = (text.clone(), text.clone(), text);
        self.redo.clear();
    }

    /// Whether there is something to be written.
    pub fn is_changed(&self) -> bool {
        self.text != self.saved
    }

    /// What is written to another file: its comments were made for the machine as it was, and the first line says so.
    pub fn to_write(&self) -> String {
        let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let said = "# Changed in torchtwin from ";
        let note = if self.changed_text().is_none() || self.text.starts_with(said) {
            String::new()
        } else {
            format!("{said}{name}: comments on what was changed may speak of what was there before.\n")
        };
        note + &self.text
    }

    /// The text, where it is not that of the file.
    pub fn changed_text(&self) -> Option<String> {
        (self.text != self.original).then(|| self.text.clone())
    }

    /// Puts another text in its place; false where it is the same.
    pub fn change(&mut self, text: String) -> bool {
        if text == self.text {
            return false;
        }
        self.undo.push(std::mem::replace(&mut self.text, text));
        self.redo.clear();
        true
    }

    /// Takes the last change back.
    pub fn undo(&mut self) -> bool {
        let Some(text) = self.undo.pop() else { return false };
        self.redo.push(std::mem::replace(&mut self.text, text));
        true
    }

    /// Makes it again.
    pub fn redo(&mut self) -> bool {
        let Some(text) = self.redo.pop() else { return false };
        self.undo.push(std::mem::replace(&mut self.text, text));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_can_be_taken_back_and_made_again() {
        let mut machine = MachineText { text: "a".into(), saved: "a".into(), original: "a".into(), ..MachineText::default() };
        assert!(!machine.change("a".into()) && machine.changed_text().is_none());
        assert!(machine.change("b".into()) && machine.change("c".into()));
        assert!(machine.undo() && machine.text == "b" && machine.undo() && machine.text == "a" && !machine.undo());
        assert!(machine.redo() && machine.text == "b" && machine.is_changed());
        assert!(machine.change("d".into()) && !machine.redo());
        machine.file = "machines/rack.toml".into();
        let written = machine.to_write();
        assert!(written.starts_with("# Changed in torchtwin from rack.toml: ") && written.ends_with("\nd"), "{written}");
        assert!(machine.undo() && machine.undo() && machine.to_write() == "a");
    }
}
