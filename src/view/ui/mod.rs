//! The panels: one file each. A panel reads a [`Context`] and asks for [`Action`](super::action::Action)s; it changes nothing itself.

mod dialogs;
mod editor;
mod frame_times;
mod help;
mod keys;
mod ladder;
mod legend;
mod motors;
mod parts;
mod plots;
mod probe;
mod program;
mod sofar;
pub mod spots;
mod tabs;
pub mod theme;
mod timeline;
mod top;
mod transport;
pub mod units;
mod verdict;
mod welcome;

use super::action::Actions;
use super::files::Files;
use super::frame_times::{PANELS, Watch};
use super::machine_text::MachineText;
use super::marks::Marks;
use super::pipelines::Pipelines;
use super::rig::Rig;
use super::session::Session;
use super::state::{Look, Now, PlateHeat, Playhead, Probe};
use super::toasts::Toasts;
use crate::twin::film::Frame;
use bevy::diagnostic::{Diagnostics, DiagnosticsStore};
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui};

pub use dialogs::Dialogs;
pub use tabs::Tab;

/// Height of the panel with the timeline, points.
const TIME_HEIGHT: f32 = 176.0;

/// What a panel may look at.
pub struct Context<'a> {
    /// The run.
    pub session: &'a Session,
    /// The instant.
    pub playhead: &'a Playhead,
    /// The machine at that instant.
    pub now: &'a Frame,
    /// How things are drawn.
    pub look: &'a Look,
    /// Temperature of the plate.
    pub heat: &'a PlateHeat,
    /// What is pointed at.
    pub probe: &'a Probe,
    /// The machine file as it is being changed.
    pub machine: &'a MachineText,
    /// Places in time worth stopping at.
    pub marks: &'a Marks,
    /// Files and preferences.
    pub files: &'a Files,
}

/// What the panels remember of themselves.
#[derive(Resource, Clone, Debug)]
pub struct UiState {
    /// Nothing is drawn over the world.
    pub hidden: bool,
    /// Not even what the colours mean, unless this is set.
    pub legend: bool,
    /// Panel on the right.
    pub tab: Tab,
    /// Pixels of the picture for one of the panels'; none: as the window says.
    pub scale: Option<f32>,
    /// Part of the job that the timeline shows, s; none: all of it.
    pub span_s: Option<[f64; 2]>,
    /// The program keeps the line that runs in sight.
    pub follow_line: bool,
    /// Where the time of a frame goes is shown.
    pub frame_times: bool,
    /// File that says where things are.
    pub spots: Option<std::path::PathBuf>,
}

impl Default for UiState {
    fn default() -> Self {
        Self {
            hidden: false,
            legend: false,
            tab: Tab::Verdict,
            scale: None,
            span_s: None,
            follow_line: true,
            frame_times: false,
            spots: None,
        }
    }
}

/// Everything that the panels read or write.
#[derive(SystemParam)]
struct Everything<'w> {
    session: Option<Res<'w, Session>>,
    playhead: Res<'w, Playhead>,
    now: Res<'w, Now>,
    look: Res<'w, Look>,
    heat: Res<'w, PlateHeat>,
    probe: ResMut<'w, Probe>,
    machine: Res<'w, MachineText>,
    marks: Res<'w, Marks>,
    grid: ResMut<'w, probe::Grid>,
    files: ResMut<'w, Files>,
    ui: ResMut<'w, UiState>,
    rig: ResMut<'w, Rig>,
    dialogs: ResMut<'w, Dialogs>,
    toasts: ResMut<'w, Toasts>,
    actions: ResMut<'w, Actions>,
    time: Res<'w, Time<Real>>,
    times: Res<'w, DiagnosticsStore>,
    pipelines: Res<'w, Pipelines>,
}

/// Adds the panels.
pub struct UiPlugin;

impl Plugin for UiPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<UiState>()
            .init_resource::<Dialogs>()
            .init_resource::<PlateHeat>()
            .init_resource::<Probe>()
            .init_resource::<probe::Grid>()
            .init_resource::<Toasts>()
            .add_systems(EguiPrimaryContextPass, draw);
    }
}

fn draw(mut contexts: EguiContexts, mut all: Everything, mut watch: ResMut<Watch>, mut diagnostics: Diagnostics) -> Result {
    watch.begin();
    let ctx = contexts.ctx_mut()?;
    if let Some(scale) = all.ui.scale {
        ctx.set_pixels_per_point(scale);
    }
    theme::apply(ctx, all.look.light);
    let whole = ctx.viewport_rect();
    let mut root =
        egui::Ui::new(ctx.clone(), "panels".into(), egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(whole));
    all.toasts.age(all.time.delta_secs_f64());
    if !all.ui.hidden {
        panels(&mut root, &mut all);
    }
    let free = root.available_rect_before_wrap();
    all.rig.free = Rect::new(free.left(), free.top(), free.right(), free.bottom());
    all.rig.pixels = ctx.pixels_per_point();
    all.rig.taken = ctx.egui_wants_pointer_input() || ctx.egui_is_using_pointer() || is_beside(ctx, free);
    keys::listen(ctx, &mut all);
    dialogs::show(ctx, &mut all);
    if !all.ui.hidden || all.ui.legend {
        legend::show(ctx, &all, free);
    }
    if !all.ui.hidden {
        probe::show(ctx, &mut all, free);
        help::show(ctx, &mut all);
        frame_times::show(ctx, &all, free);
        unfinished(ctx, &all, free);
        toasts(ctx, &mut all, free);
    }
    spots::write(ctx, all.ui.spots.as_ref());
    watch.end(PANELS, &mut diagnostics);
    Ok(())
}

fn panels(root: &mut egui::Ui, all: &mut Everything) {
    let panels = all.files.kept.panels;
    egui::Panel::top("top").exact_size(38.0).resizable(false).show(root, |ui| top::show(ui, all));
    let Some(session) = all.session.as_deref() else {
        return welcome::show(root, all);
    };
    let cx = Context {
        session,
        playhead: &all.playhead,
        now: &all.now.0,
        look: &all.look,
        heat: &all.heat,
        probe: &all.probe,
        machine: &all.machine,
        marks: &all.marks,
        files: &all.files,
    };
    let (actions, state) = (&mut *all.actions, &mut *all.ui);
    egui::Panel::bottom("time").exact_size(TIME_HEIGHT).resizable(false).show(root, |ui| {
        transport::show(ui, &cx, state, actions);
        timeline::show(ui, &cx, state, actions);
    });
    let left = egui::Panel::left("program").default_size(panels[0]).size_range(180.0..=620.0).resizable(true).show(root, |ui| {
        program::show(ui, &cx, state, actions);
    });
    let right = egui::Panel::right("tabs").default_size(panels[1]).size_range(260.0..=760.0).resizable(true).show(root, |ui| {
        tabs::show(ui, &cx, state, actions);
    });
    all.files.kept.panels = [left, right].map(|shown| shown.response.rect.width());
    all.files.kept.tab = all.ui.tab.word().into();
}

/// The mouse is over a panel, or what it holds was taken up there: egui does not count panels as its own that lie in a root of ours.
fn is_beside(ctx: &egui::Context, free: egui::Rect) -> bool {
    let at = ctx.input(|input| if input.pointer.any_down() { input.pointer.press_origin() } else { input.pointer.latest_pos() });
    at.is_some_and(|at| !free.contains(at))
}

/// Says that something is missing from the picture, where shaders are still being built.
fn unfinished(ctx: &egui::Context, all: &Everything, free: egui::Rect) {
    let waiting = all.pipelines.waiting;
    if waiting == 0 || all.session.is_none() {
        return;
    }
    let at = free.center_bottom() - egui::vec2(0.0, 12.0);
    egui::Area::new("unfinished".into()).fixed_pos(at).pivot(egui::Align2::CENTER_BOTTOM).interactable(false).show(ctx, |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(format!("preparing the picture: {waiting} of its parts are not drawn yet"));
            });
        });
    });
}

/// Messages, over the lower right of the world.
fn toasts(ctx: &egui::Context, all: &mut Everything, free: egui::Rect) {
    let mut closed = None;
    let at = free.right_bottom() - egui::vec2(12.0, 12.0);
    egui::Area::new("messages".into()).fixed_pos(at).pivot(egui::Align2::RIGHT_BOTTOM).show(ctx, |ui| {
        for (k, toast) in all.toasts.0.iter().enumerate() {
            let colour = if toast.warning { theme::bad(ui) } else { ui.visuals().text_color() };
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(420.0);
                ui.horizontal(|ui| {
                    ui.add(egui::Label::new(egui::RichText::new(&toast.text).color(colour)).wrap());
                    if ui.small_button("✖").on_hover_text("close this message").clicked() {
                        closed = Some(k);
                    }
                });
            });
        }
    });
    if let Some(k) = closed {
        all.toasts.0.remove(k);
    }
}
