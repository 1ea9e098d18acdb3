//! Keys. The table is the one source: it is listened to, and it is shown as help.

use super::{Everything, UiState};
use crate::view::action::{Action, CameraPreset};
use crate::view::state::PlateLook;
use bevy_egui::egui::{self, Key, Modifiers};

/// What a key does.
#[derive(Clone, Copy, Debug)]
enum Does {
    Play,
    Skip(f64),
    Event(i32),
    Line(i32),
    Start,
    End,
    Faster(i32),
    Camera(CameraPreset),
    Follow,
    Plate(PlateLook),
    Open,
    SaveMachine,
    Reload,
    Undo,
    Redo,
    Panels,
    FrameTimes,
    Help,
    Quit,
}

/// Modifiers, key, how it is written, what for, what it does.
type Row = (Modifiers, Key, &'static str, &'static str, Does);

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;

const TABLE: [Row; 32] = [
    (NONE, Key::Space, "Space", "play or pause", Does::Play),
    (SHIFT, Key::ArrowLeft, "Shift ←", "to the event before", Does::Event(-1)),
    (SHIFT, Key::ArrowRight, "Shift →", "to the next event: pierce, corner, fault, part free", Does::Event(1)),
    (CTRL, Key::ArrowLeft, "Ctrl ←", "back ten seconds", Does::Skip(-10.0)),
    (CTRL, Key::ArrowRight, "Ctrl →", "on ten seconds", Does::Skip(10.0)),
    (NONE, Key::ArrowLeft, "←", "back half a second", Does::Skip(-0.5)),
    (NONE, Key::ArrowRight, "→", "on half a second", Does::Skip(0.5)),
    (NONE, Key::Comma, ",", "back a line of the program", Does::Line(-1)),
    (NONE, Key::Period, ".", "on a line of the program", Does::Line(1)),
    (NONE, Key::Home, "Home", "to the start", Does::Start),
    (NONE, Key::End, "End", "to the end of what is known", Does::End),
    (NONE, Key::Minus, "−", "slower", Does::Faster(-1)),
    (NONE, Key::Plus, "+", "faster", Does::Faster(1)),
    (NONE, Key::Num1, "1", "overview", Does::Camera(CameraPreset::Overview)),
    (NONE, Key::Num2, "2", "from above", Does::Camera(CameraPreset::Top)),
    (NONE, Key::Num3, "3", "the torch from close by", Does::Camera(CameraPreset::Torch)),
    (NONE, Key::Num4, "4", "from the side", Does::Camera(CameraPreset::Side)),
    (NONE, Key::Num5, "5", "from the front", Does::Camera(CameraPreset::Front)),
    (NONE, Key::Num6, "6", "the kerf from close by", Does::Camera(CameraPreset::Kerf)),
    (NONE, Key::F, "F", "follow the torch", Does::Follow),
    (NONE, Key::N, "N", "plate as it looks", Does::Plate(PlateLook::Steel)),
    (NONE, Key::T, "T", "plate by temperature", Does::Plate(PlateLook::Temperature)),
    (NONE, Key::P, "P", "plate by its highest temperature", Does::Plate(PlateLook::Peak)),
    (CTRL, Key::O, "Ctrl O", "open a scene or a program", Does::Open),
    (CTRL, Key::S, "Ctrl S", "save the machine as it is now", Does::SaveMachine),
    (CTRL, Key::R, "Ctrl R", "run again from the files", Does::Reload),
    (CTRL, Key::Y, "Ctrl Y", "make a change of the machine again", Does::Redo),
    (CTRL, Key::Z, "Ctrl Z", "take back a change of the machine", Does::Undo),
    (NONE, Key::H, "H", "hide or show the panels", Does::Panels),
    (NONE, Key::F2, "F2", "where the time of a frame goes", Does::FrameTimes),
    (NONE, Key::F1, "F1", "this help", Does::Help),
    (CTRL, Key::Q, "Ctrl Q", "leave", Does::Quit),
];

/// What is said about the mouse.
pub const MOUSE: [(&str, &str); 6] = [
    ("left drag", "turn the view"),
    ("right or shift drag", "move the view"),
    ("wheel", "zoom towards the cursor"),
    ("click on a cut", "go to when it was cut"),
    ("point at the plate", "temperature there"),
    ("wheel over the timeline", "zoom in time; click or drag: go there"),
];

/// Keys with what they do.
pub fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.iter().map(|(_, _, key, words, _)| (*key, *words))
}

/// Asks for what the pressed keys mean, unless a text is being typed.
pub(super) fn listen(ctx: &egui::Context, all: &mut Everything) {
    if ctx.egui_wants_keyboard_input() || all.dialogs.is_open() {
        return;
    }
    for (modifiers, key, _, _, does) in TABLE {
        if ctx.input_mut(|input| input.consume_key(modifiers, key)) {
            press(does, all);
        }
    }
    if ctx.input_mut(|input| input.consume_key(NONE, Key::Equals)) {
        press(Does::Faster(1), all);
    }
}

fn press(does: Does, all: &mut Everything) {
    let action = match does {
        Does::Play => Action::TogglePlay,
        Does::Skip(by_s) => Action::Skip(by_s),
        Does::Event(way) => Action::StepEvent(way),
        Does::Line(way) => Action::StepLine(way),
        Does::Start => Action::Seek(0.0),
        Does::End => Action::Seek(f64::MAX),
        Does::Faster(by) => {
            let rates = super::transport::RATES;
            let now = rates.iter().position(|rate| *rate >= all.playhead.rate).unwrap_or(0);
            Action::Rate(rates[now.saturating_add_signed(by as isize).min(rates.len() - 1)])
        }
        Does::Camera(preset) => Action::Camera(preset),
        Does::Follow => Action::FollowTorch(!all.rig.follow),
        Does::Plate(plate) => Action::Plate(plate),
        Does::Open => return all.dialogs.open(),
        Does::SaveMachine => {
            let file = all.machine.file.clone();
            return all.dialogs.save_machine(&file);
        }
        Does::Reload => Action::Reload,
        Does::Undo => Action::Undo,
        Does::Redo => Action::Redo,
        Does::Panels => {
            let UiState { hidden, .. } = &mut *all.ui;
            *hidden = !*hidden;
            return;
        }
        Does::FrameTimes => {
            all.ui.frame_times = !all.ui.frame_times;
            return;
        }
        Does::Help => Action::Help,
        Does::Quit => Action::Quit,
    };
    all.actions.ask(action);
}
