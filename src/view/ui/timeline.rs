//! The job as a strip of time: how far the tip is from where it should be, what happened, what is known.

use super::sofar::{BIN_S, SoFar, error_m, so_far};
use super::{Context, UiState, theme, units};
use crate::twin::film::Frame;
use crate::view::action::{Action, Actions};
use crate::view::marks::{Mark, MarkKind};
use bevy_egui::egui::{self, Color32, Pos2, Rect, Stroke, Vec2, pos2};

/// Height of the row of marks, points.
const MARKS: f32 = 18.0;
/// Height of the row of times.
const TIMES: f32 = 16.0;
/// Least span that can be zoomed to, s.
const LEAST_SPAN_S: f64 = 0.05;

/// Draws it.
pub fn show(ui: &mut egui::Ui, cx: &Context, state: &mut UiState, actions: &mut Actions) {
    let (area, response) = ui.allocate_exact_size(ui.available_size() - Vec2::new(0.0, 4.0), egui::Sense::click_and_drag());
    super::spots::note(ui, "timeline", area);
    let length_s = cx.session.length_s().max(1e-3);
    let [from_s, to_s] = state.span_s.unwrap_or([0.0, length_s]);
    let scale = Scale { from_s, to_s, left: area.left(), width: area.width() };
    let strip = Rect::from_min_max(pos2(area.left(), area.top() + MARKS), pos2(area.right(), area.bottom() - TIMES));
    let painter = ui.painter_at(area);
    painter.rect_filled(strip, 3.0, ui.visuals().extreme_bg_color);
    let known = Rect::from_min_max(
        strip.min,
        pos2(scale.x(cx.session.film.known_s()).clamp(strip.left(), strip.right()), strip.bottom()),
    );
    painter.rect_filled(known, 3.0, ui.visuals().faint_bg_color);
    let far = so_far(ui, cx.session);
    cutting(&painter, ui, &far, &scale, strip);
    let most = columns(&cx.session.film.frames, &far, &scale, strip.width().max(1.0) as usize);
    let top_m = error_strip(&painter, ui, &most, strip);
    times(&painter, ui, &scale, area);
    marks(&painter, ui, cx, &scale, area, strip, response.hover_pos());
    let x = scale.x(cx.playhead.time_s);
    painter.line_segment([pos2(x, area.top()), pos2(x, area.bottom() - TIMES)], Stroke::new(2.0, theme::accent(ui)));
    super::spots::note(ui, "playhead", Rect::from_center_size(pos2(x, area.center().y), Vec2::ZERO));
    painter.circle_filled(pos2(x, area.top() + 5.0), 5.0, theme::accent(ui));
    let words = format!("following error, up to {}", units::small(top_m, cx.look.inch));
    painter.text(
        strip.left_top() + Vec2::new(6.0, 4.0),
        egui::Align2::LEFT_TOP,
        words,
        egui::FontId::proportional(11.0),
        theme::dim(ui),
    );
    if let Some(at) = response.interact_pointer_pos()
        && (response.clicked() || response.dragged())
    {
        // A click near a mark means the mark.
        let near =
            cx.marks.all.iter().find(|mark| at.y < strip.top() && (scale.x(mark.time_s) - at.x).abs() < 5.0 && is_shown(mark));
        actions.ask(Action::Seek(near.map_or_else(|| scale.time(at.x), |mark| mark.time_s)));
    }
    zoom(ui, state, &response, &scale, length_s);
}

struct Scale {
    from_s: f64,
    to_s: f64,
    left: f32,
    width: f32,
}

impl Scale {
    fn x(&self, time_s: f64) -> f32 {
        self.left + ((time_s - self.from_s) / (self.to_s - self.from_s)) as f32 * self.width
    }

    fn time(&self, x: f32) -> f64 {
        self.from_s + f64::from((x - self.left) / self.width.max(1.0)) * (self.to_s - self.from_s)
    }
}

/// The wheel zooms about the cursor, with shift it moves.
fn zoom(ui: &egui::Ui, state: &mut UiState, response: &egui::Response, scale: &Scale, length_s: f64) {
    let Some(at) = response.hover_pos() else { return };
    let (scroll, shift) = ui.input(|input| (input.smooth_scroll_delta(), input.modifiers.shift));
    let span_s = scale.to_s - scale.from_s;
    let (mut from_s, mut span) = (scale.from_s, span_s);
    if shift || scroll.x != 0.0 {
        from_s -= f64::from(scroll.x + scroll.y) / f64::from(scale.width) * span_s;
    } else if scroll.y != 0.0 {
        span = (span_s * 0.995_f64.powf(f64::from(scroll.y))).clamp(LEAST_SPAN_S, length_s);
        let share = f64::from((at.x - scale.left) / scale.width.max(1.0));
        from_s += share * (span_s - span);
    } else {
        return;
    }
    from_s = from_s.clamp(0.0, length_s - span);
    state.span_s = (span < length_s * 0.999).then_some([from_s, from_s + span]);
}

/// Largest following error of each column of pixels, m. Of long times from what is kept of them: an hour's frames are too many to look at
/// in every frame of the picture.
fn columns(frames: &[Frame], far: &SoFar, scale: &Scale, count: usize) -> Vec<f32> {
    let mut most = vec![0.0_f32; count + 1];
    let mut see = |time_s: f64, error_m: f32| {
        let k = (((time_s - scale.from_s) / (scale.to_s - scale.from_s) * count as f64) as usize).min(count);
        most[k] = most[k].max(error_m);
    };
    if scale.to_s - scale.from_s > 2.0 * BIN_S * count as f64 {
        let [first, last] = [scale.from_s, scale.to_s].map(|s| (s / BIN_S).max(0.0) as usize);
        for (k, error_m) in far.errors_m.iter().enumerate().take(last + 1).skip(first) {
            see((k as f64 + 0.5) * BIN_S, *error_m);
        }
    } else {
        let first = frames.partition_point(|frame| frame.time_s < scale.from_s);
        let last = frames.partition_point(|frame| frame.time_s <= scale.to_s);
        frames[first.min(last)..last].iter().for_each(|frame| see(frame.time_s, error_m(frame)));
    }
    most
}

/// Largest following error of each column of pixels; says the largest of all, m.
fn error_strip(painter: &egui::Painter, ui: &egui::Ui, most: &[f32], strip: Rect) -> f64 {
    let top = most.iter().copied().fold(1e-6, f32::max);
    let (line, fill) = (theme::near(ui), theme::near(ui).gamma_multiply(0.28));
    let room = strip.height() - 4.0;
    let highs: Vec<Pos2> =
        most.iter().enumerate().map(|(k, error)| pos2(strip.left() + k as f32, strip.bottom() - room * error / top)).collect();
    // One mesh below the line: no seam shows, whatever the scale.
    let mut below = egui::Mesh::default();
    for (k, high) in highs.iter().enumerate() {
        below.colored_vertex(*high, fill);
        below.colored_vertex(pos2(high.x, strip.bottom()), fill);
        if k > 0 {
            let at = 2 * k as u32;
            below.add_triangle(at - 2, at - 1, at);
            below.add_triangle(at - 1, at, at + 1);
        }
    }
    painter.add(egui::Shape::mesh(below));
    painter.add(egui::Shape::line(highs, Stroke::new(1.2, line)));
    f64::from(top)
}

/// A band under the times in which it cuts.
fn cutting(painter: &egui::Painter, ui: &egui::Ui, far: &SoFar, scale: &Scale, strip: Rect) {
    for [from_s, to_s] in &far.cuts_s {
        let rect = Rect::from_min_max(pos2(scale.x(*from_s), strip.top()), pos2(scale.x(*to_s), strip.bottom())).intersect(strip);
        if rect.is_positive() {
            painter.rect_filled(rect, 0.0, theme::accent(ui).gamma_multiply(0.10));
        }
    }
}

fn times(painter: &egui::Painter, ui: &egui::Ui, scale: &Scale, area: Rect) {
    let span_s = scale.to_s - scale.from_s;
    let steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];
    let wanted = span_s / f64::from(scale.width / 110.0).max(1.0);
    let step = steps.into_iter().find(|step| *step >= wanted).unwrap_or(3600.0);
    let mut k = (scale.from_s / step).ceil();
    while k * step <= scale.to_s {
        let (t, x) = (k * step, scale.x(k * step));
        let words = if step < 0.1 { format!("{t:.3} s") } else { units::clock(t) };
        let at = pos2(x, area.bottom() - TIMES + 2.0);
        let anchor = if x < area.left() + 20.0 { egui::Align2::LEFT_TOP } else { egui::Align2::CENTER_TOP };
        painter.text(at, anchor, words, egui::FontId::proportional(10.5), theme::dim(ui));
        k += 1.0;
    }
}

/// Marks that have a sign of their own; corners are many and get a tick.
fn is_shown(mark: &Mark) -> bool {
    mark.kind != MarkKind::Corner
}

fn colour(ui: &egui::Ui, kind: MarkKind) -> Color32 {
    use crate::twin::record::EventKind::{CutStart, PartFreed, Pierce};
    match kind {
        _ if kind.is_bad() => theme::bad(ui),
        MarkKind::Event(Pierce | CutStart) => theme::near(ui),
        MarkKind::Event(PartFreed) => theme::good(ui),
        _ => theme::dim(ui),
    }
}

fn marks(painter: &egui::Painter, ui: &egui::Ui, cx: &Context, scale: &Scale, area: Rect, strip: Rect, hover: Option<Pos2>) {
    let mut pointed: Option<&Mark> = None;
    // The bad ones are drawn last, over the others.
    let mut sorted: Vec<&Mark> = cx.marks.all.iter().collect();
    sorted.sort_by_key(|mark| mark.kind.is_bad());
    for mark in sorted {
        let x = scale.x(mark.time_s);
        if x < area.left() - 6.0 || x > area.right() + 6.0 {
            continue;
        }
        let colour = colour(ui, mark.kind);
        if is_shown(mark) {
            let size = if mark.kind.is_bad() { 6.0 } else { 4.5 };
            let low = pos2(x, strip.top() - 1.0);
            let corners = vec![low, low + Vec2::new(-size, -1.7 * size), low + Vec2::new(size, -1.7 * size)];
            painter.add(egui::Shape::convex_polygon(corners, colour, Stroke::NONE));
            if mark.kind.is_bad() {
                painter.line_segment([low, pos2(x, strip.bottom())], Stroke::new(1.0, colour.gamma_multiply(0.7)));
            }
        } else {
            painter.line_segment([pos2(x, strip.top()), pos2(x, strip.top() + 4.0)], Stroke::new(1.0, colour));
        }
        if hover.is_some_and(|at| (at.x - x).abs() < 5.0) && pointed.is_none_or(|known| !known.kind.is_bad()) {
            pointed = Some(mark);
        }
    }
    let Some(at) = hover else { return };
    let time = units::clock(scale.time(at.x));
    let words = pointed
        .map_or(time, |mark| format!("{} at {}, line {}\n{}", mark.kind.word(), units::clock(mark.time_s), mark.line, mark.text));
    egui::Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), egui::Id::new("timeline"), egui::PopupAnchor::Pointer).show(
        |ui| {
            ui.set_max_width(360.0);
            ui.label(words);
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::film::Film;

    /// Half an hour with an error of one frame in it and two cuts.
    fn film() -> Film {
        let frame = |k: u32| Frame {
            time_s: 0.02 * f64::from(k),
            tip: if k == 45_123 { [3e-4, 4e-4, 0.0] } else { [1e-5, 0.0, 0.0] },
            kerf_m: if (100..300).contains(&k) || k >= 80_000 { 1e-3 } else { 0.0 },
            ..Frame::default()
        };
        Film { frames: (0..90_000).map(frame).collect(), ..Film::default() }
    }

    #[test]
    fn the_strip_shows_the_largest_error_at_its_time_from_afar_and_from_close_by() {
        let film = film();
        let mut far = SoFar::default();
        far.follow(&film, 1);
        for [from_s, to_s] in [[0.0, 1800.0], [900.0, 905.0]] {
            let scale = Scale { from_s, to_s, left: 0.0, width: 600.0 };
            let most = columns(&film.frames, &far, &scale, 600);
            let k = ((902.46 - from_s) / (to_s - from_s) * 600.0) as usize;
            assert!((most[k] - 5e-4).abs() < 1e-9, "{from_s}: {}", most[k]);
            let others = most.iter().enumerate().filter(|(other, _)| *other != k).map(|(_, error)| *error);
            assert!(others.fold(0.0, f32::max) < 1.1e-5);
        }
        let wanted = [[2.0, 6.0], [1600.0, 1799.98]];
        assert!(far.cuts_s.len() == 2 && far.cuts_s.iter().zip(wanted).all(|(a, b)| (0..2).all(|i| (a[i] - b[i]).abs() < 1e-9)));
    }
}
