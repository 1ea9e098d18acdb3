//! Everything against time: errors, speed, racking, torque, height. Zoom with the wheel and Ctrl, move by dragging, click to go there.

use super::{Context, theme, units};
use crate::torch::Phase;
use crate::twin::film::{Film, Frame};
use crate::view::action::{Action, Actions};
use crate::view::session::Session;
use bevy_egui::egui::{self, RichText, Ui, Vec2b};
use egui_plot::{AxisHints, GridInput, GridMark, Line, Plot, PlotPoints, VLine};
use std::sync::Arc;

/// Number of channels.
const CHANNELS: usize = 6;
/// Frames that a block stands for.
const BLOCK: usize = 64;

/// What is drawn: name, unit in millimetres and in inches, factors from SI to them.
const NAMES: [(&str, [&str; 2], [f64; 2]); CHANNELS] = [
    ("following error", ["mm", "thou"], [1e3, 1.0 / 25.4e-6]),
    ("off the path, while cutting", ["mm", "thou"], [1e3, 1.0 / 25.4e-6]),
    ("speed", ["mm/min", "in/min"], [60e3, 60.0 / 0.0254]),
    ("racking, Y2 − Y1", ["mm", "thou"], [1e3, 1.0 / 25.4e-6]),
    ("torque in use, worst motor", ["%", "%"], [100.0, 100.0]),
    ("height of the tip", ["mm", "in"], [1e3, 1.0 / 0.0254]),
];

/// The value of each channel, SI.
fn values(frame: &Frame) -> [f32; CHANNELS] {
    [
        (frame.tip[0] - frame.planned[0]).hypot(frame.tip[1] - frame.planned[1]),
        if frame.phase == Phase::Cutting { frame.deviation_m } else { 0.0 },
        frame.speed_m_per_s,
        frame.sides[1] - frame.sides[0],
        frame.motors.iter().map(|motor| motor.torque_use).fold(0.0, f32::max),
        frame.tip[2],
    ]
}

/// Least and largest values over a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Where it begins, s.
    pub time_s: f64,
    /// Least values.
    pub low: [f32; CHANNELS],
    /// Largest values.
    pub high: [f32; CHANNELS],
}

impl Stretch {
    fn of(frame: &Frame) -> Self {
        let values = values(frame);
        Self { time_s: frame.time_s, low: values, high: values }
    }

    fn join(&mut self, other: &Self) {
        for k in 0..CHANNELS {
            self.low[k] = self.low[k].min(other.low[k]);
            self.high[k] = self.high[k].max(other.high[k]);
        }
    }
}

/// Blocks of frames, made once: an hour's film is looked through block by block.
#[derive(Clone, Debug, Default)]
pub struct Blocks {
    generation: u64,
    frames: usize,
    blocks: Vec<Stretch>,
}

impl Blocks {
    /// Adds the frames that are new.
    pub fn follow(&mut self, film: &Film, generation: u64) {
        if self.generation != generation {
            *self = Self { generation, ..Self::default() };
        }
        for (k, frame) in film.frames.iter().enumerate().skip(self.frames) {
            let stretch = Stretch::of(frame);
            match self.blocks.last_mut() {
                Some(block) if k % BLOCK != 0 => block.join(&stretch),
                _ => self.blocks.push(stretch),
            }
        }
        self.frames = film.frames.len();
    }

    /// The film from `from_s` to `to_s` in about `count` stretches, none of whose extremes is lost.
    pub fn stretches(&self, film: &Film, from_s: f64, to_s: f64, count: usize) -> Vec<Stretch> {
        let at = |time_s: f64| film.frames.partition_point(|frame| frame.time_s < time_s);
        // One more on either side, so that lines go on to the edge.
        let (first, last) = (at(from_s).saturating_sub(1), (at(to_s) + 1).min(film.frames.len()));
        let count = count.max(1);
        if last - first > 2 * count * BLOCK {
            let (first, last) = (first / BLOCK, last.div_ceil(BLOCK).min(self.blocks.len()));
            return columns(self.blocks[first..last].iter().copied(), from_s, to_s, count);
        }
        columns(film.frames[first..last].iter().map(Stretch::of), from_s, to_s, count)
    }
}

/// Joins stretches that fall into one of `count` columns of time.
fn columns(stretches: impl Iterator<Item = Stretch>, from_s: f64, to_s: f64, count: usize) -> Vec<Stretch> {
    let column = |time_s: f64| ((time_s - from_s) / (to_s - from_s).max(1e-9) * count as f64).floor() as i64;
    let mut out: Vec<Stretch> = Vec::with_capacity(count + 2);
    for stretch in stretches {
        match out.last_mut() {
            Some(last) if column(last.time_s) == column(stretch.time_s) => last.join(&stretch),
            _ => out.push(stretch),
        }
    }
    out
}

/// A line through least and largest values of a channel.
fn line(stretches: &[Stretch], channel: usize, factor: f64) -> Vec<[f64; 2]> {
    let mut points = Vec::with_capacity(2 * stretches.len());
    for (k, s) in stretches.iter().enumerate() {
        let (low, high) = (f64::from(s.low[channel]) * factor, f64::from(s.high[channel]) * factor);
        if low == high {
            points.push([s.time_s, low]);
            continue;
        }
        // Up and down in turns, so that the line does not jump back.
        let pair = if k % 2 == 0 { [low, high] } else { [high, low] };
        points.extend(pair.map(|value| [s.time_s, value]));
    }
    points
}

fn blocks(ui: &Ui, session: &Session) -> Arc<Blocks> {
    let id = egui::Id::new("blocks of the film");
    let mut kept = ui.data_mut(|data| data.remove_temp::<Arc<Blocks>>(id)).unwrap_or_default();
    if kept.generation != session.generation || kept.frames != session.film.frames.len() {
        Arc::make_mut(&mut kept).follow(&session.film, session.generation);
    }
    ui.data_mut(|data| data.insert_temp(id, kept.clone()));
    kept
}

/// Draws all channels.
pub fn show(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions) {
    let kept = blocks(ui, cx.session);
    let reset = ui
        .horizontal(|ui| {
            let reset = ui.small_button("show all").on_hover_text("the whole job again").clicked();
            ui.colored_label(theme::dim(ui), "Ctrl and wheel zoom, dragging moves, a click goes there");
            reset
        })
        .inner;
    let height = ((ui.available_height() - 8.0) / CHANNELS as f32 - 24.0).clamp(72.0, 220.0);
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("plots").show(ui, |ui| {
        for channel in 0..CHANNELS {
            channel_plot(ui, cx, actions, &kept, channel, height, reset);
        }
    });
}

fn channel_plot(ui: &mut Ui, cx: &Context<'_>, actions: &mut Actions, kept: &Blocks, channel: usize, height: f32, reset: bool) {
    let (name, units, factors) = NAMES[channel];
    let system = usize::from(cx.look.inch);
    let now = f64::from(values(cx.now)[channel]) * factors[system];
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).size(12.0));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(format!("{} {}", digits(now), units[system])).size(12.0).strong());
        });
    });
    let (colour, mark, limit) = (theme::accent(ui), theme::near(ui), theme::bad(ui));
    let length_s = cx.session.length_s().max(1e-3);
    let bound = bound(cx, channel).map(|bound| bound * factors[system]);
    let width = ui.available_width();
    let film = &cx.session.film;
    let playhead_s = cx.playhead.time_s;
    let mut plot = Plot::new(("channel", channel))
        .height(height)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_drag(Vec2b::new(true, false))
        .allow_zoom(Vec2b::new(true, false))
        .link_axis("time of the plots", Vec2b::new(true, false))
        .default_x_bounds(0.0, length_s)
        .include_y(0.0)
        .auto_bounds(Vec2b::new(false, true))
        .x_axis_formatter(|mark, _| units::clock(mark.value))
        .custom_y_axes(vec![AxisHints::new_y().label_spacing(8.0..=14.0).min_thickness(48.0)])
        .y_grid_spacer(few_marks)
        .y_axis_formatter(|mark, _| mark_words(mark))
        .show_axes(Vec2b::new(channel + 1 == CHANNELS, true))
        .label_formatter(move |at| {
            let at = match at {
                egui_plot::HoverPosition::NearDataPoint { position, .. } | egui_plot::HoverPosition::Elsewhere { position } => {
                    position
                }
            };
            Some(format!("{}: {} {}", units::clock(at.x), digits(at.y), units[system]))
        });
    if reset {
        plot = plot.reset();
    }
    let shown = plot.show(ui, |plot| {
        let x = plot.plot_bounds().range_x();
        let stretches = kept.stretches(film, *x.start(), *x.end(), (width / 1.5) as usize);
        plot.line(Line::new(name, PlotPoints::from(line(&stretches, channel, factors[system]))).color(colour).width(1.2));
        if let Some(bound) = bound {
            plot.hline(egui_plot::HLine::new("bound", bound).color(limit).width(1.0));
        }
        plot.vline(VLine::new("now", playhead_s).color(mark).width(1.5));
        plot.pointer_coordinate()
    });
    if shown.response.clicked()
        && let Some(at) = shown.inner
    {
        actions.ask(Action::Seek(at.x.clamp(0.0, length_s)));
    }
}

/// Two to four marks along an axis that is not long, at multiples of 1, 2 or 5.
pub fn few_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let rough = (high - low) / 3.2;
    let decade = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|by| by * decade).into_iter().find(|step| *step >= rough).unwrap_or(rough);
    let usable = step.is_finite() && step > 0.0;
    let [first, last] = [(low / step).ceil(), (high / step).floor()];
    let count = if usable { (last - first + 1.0).clamp(0.0, 20.0) as i32 } else { 0 };
    (0..count).map(|k| GridMark { value: (first + f64::from(k)) * step, step_size: step }).collect()
}

/// A mark with as many digits as tell it from the next.
pub fn mark_words(mark: GridMark) -> String {
    let digits = (-mark.step_size.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{:.digits$}", mark.value + 0.0)
}

/// What the scene asks of a channel, SI.
fn bound(cx: &Context<'_>, channel: usize) -> Option<f64> {
    use crate::scene::model::Bound;
    let name = match channel {
        0 => "following_error_max_mm",
        1 => "contour_error_max_mm",
        3 => "racking_max_mm",
        _ => return (channel == 4).then_some(1.0),
    };
    let scene = cx.session.scene.as_ref()?;
    scene.expect.bounds.iter().find_map(|(figure, bound)| match bound {
        Bound::Max(most) if figure == name => Some(most * 1e-3),
        _ => None,
    })
}

fn digits(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(count: usize) -> Film {
        let frame = |k: usize| Frame {
            time_s: k as f64 * 0.01,
            // A single frame is high.
            speed_m_per_s: if k == 3 * count / 4 { 9.0 } else { (k as f32 * 0.1).sin() },
            ..Frame::default()
        };
        Film { frames: (0..count).map(frame).collect(), ..Film::default() }
    }

    #[test]
    fn an_axis_has_two_to_four_marks_that_can_be_told_apart() {
        for bounds in [(0.0, 0.61), (-0.21, 0.26), (0.0, 1.9), (-310.0, 12.0), (0.0, 11_000.0), (1.0, 1.0), (f64::NAN, 1.0)] {
            let marks = few_marks(GridInput { bounds, base_step_size: 0.1 });
            let words: Vec<String> = marks.into_iter().map(mark_words).collect();
            let span = bounds.1 - bounds.0;
            assert!(if span > 0.0 { (2..=4).contains(&words.len()) } else { words.is_empty() }, "{bounds:?}: {words:?}");
            assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
        }
    }

    #[test]
    fn downsampling_keeps_extremes_and_bounds_the_number_of_points() {
        for count in [10, 1_000, 300_000] {
            let film = film(count);
            let mut blocks = Blocks::default();
            // In pieces or in one go.
            blocks.follow(&Film { frames: film.frames[..count / 3].to_vec(), ..Film::default() }, 1);
            blocks.follow(&film, 1);
            let stretches = blocks.stretches(&film, 0.0, count as f64 * 0.01, 400);
            assert!(stretches.len() <= 402, "{}", stretches.len());
            let high = stretches.iter().map(|s| s.high[2]).fold(0.0, f32::max);
            assert_eq!(high, 9.0, "{count}");
            assert!(stretches.windows(2).all(|pair| pair[0].time_s < pair[1].time_s));
        }
    }

    #[test]
    fn close_up_the_frames_themselves_are_drawn() {
        let film = film(100_000);
        let mut blocks = Blocks::default();
        blocks.follow(&film, 1);
        let stretches = blocks.stretches(&film, 10.0, 11.0, 400);
        assert!(stretches.len() >= 100 && stretches.iter().all(|s| s.low == s.high), "{}", stretches.len());
        let points = line(&stretches, 2, 2.0);
        assert!(points.iter().all(|p| (p[1] - 2.0 * f64::from((p[0] as f32 * 10.0).sin())).abs() < 1e-2));
    }
}
