//! A chart that fits any width: curves stretch as SVG, labels stay the same size as HTML beside them.
//!
//! In: ranges, curves, labels. Out: an HTML fragment. Uses `svg`.

use std::fmt::Write;

use super::super::svg;

/// Drawing units along each side.
const SIDE: f64 = 10_000.0;

/// A chart being drawn.
pub struct Chart {
    x: [f64; 2],
    y: [f64; 2],
    x_label: String,
    y_label: String,
    body: String,
    over: String,
    lines: String,
}

impl Chart {
    /// An empty chart of ranges `x` and `y`; the labels name quantity and unit.
    pub fn new(x: [f64; 2], y: [f64; 2], x_label: &str, y_label: &str) -> Self {
        let widen = |[low, high]: [f64; 2]| {
            let sound = low.is_finite() && high.is_finite() && high > low;
            if sound { [low, high] } else { [0.0, 1.0] }
        };
        Self {
            x: widen(x),
            y: widen(y),
            x_label: x_label.into(),
            y_label: y_label.into(),
            body: String::new(),
            over: String::new(),
            lines: String::new(),
        }
    }

    /// A point in drawing units, kept near the plot.
    fn at(&self, x: f64, y: f64) -> [i64; 2] {
        let share = |[low, high]: [f64; 2], v: f64| ((v - low) / (high - low)).clamp(-1.0, 2.0);
        [(share(self.x, x) * SIDE).round() as i64, ((1.0 - share(self.y, y)) * SIDE).round() as i64]
    }

    fn percent(&self, x: f64, y: f64) -> [f64; 2] {
        self.at(x, y).map(|v| (v as f64 / SIDE * 100.0).clamp(0.0, 100.0))
    }

    /// A curve.
    pub fn line(&mut self, class: &str, points: &[(f64, f64)], title: &str) {
        let points: Vec<[i64; 2]> = finite(points).map(|(x, y)| self.at(x, y)).collect();
        self.path(class, &svg::path(&points, false), title);
    }

    /// The area between two curves, given as (x, low, high).
    pub fn band(&mut self, class: &str, points: &[(f64, f64, f64)], title: &str) {
        let sound = || points.iter().filter(|(x, low, high)| x.is_finite() && low.is_finite() && high.is_finite());
        let there = sound().map(|&(x, _, high)| self.at(x, high));
        let back = sound().rev().map(|&(x, low, _)| self.at(x, low));
        let outline: Vec<[i64; 2]> = there.chain(back).collect();
        self.path(class, &svg::path(&outline, true), title);
    }

    /// Strips over the whole height, given as (from, to).
    pub fn strips(&mut self, class: &str, spans: &[(f64, f64)]) {
        let mut d = String::new();
        for &(from, to) in spans {
            let (a, b) = (self.at(from, self.y[0])[0], self.at(to, self.y[0])[0]);
            let _ = write!(d, "M{a} 0H{}V{SIDE}H{a}z", b.max(a + 4));
        }
        self.path(class, &d, "");
    }

    /// A strip that only carries a tooltip.
    pub fn hit(&mut self, from: f64, to: f64, title: &str) {
        let (a, b) = (self.at(from, 0.0)[0], self.at(to, 0.0)[0]);
        let _ = write!(
            self.body,
            "<rect class=\"hit\" x=\"{a}\" y=\"0\" width=\"{}\" height=\"{SIDE}\"><title>{}</title></rect>",
            (b - a).max(1),
            svg::escape(title)
        );
    }

    /// Round dots, each with a tooltip.
    pub fn dots(&mut self, class: &str, points: &[(f64, f64, String)]) {
        for (x, y, title) in points.iter().filter(|(x, y, _)| x.is_finite() && y.is_finite()) {
            let [px, py] = self.at(*x, *y);
            self.path(class, &format!("M{px} {py}h0"), title);
        }
    }

    /// A level line across, on top of everything else.
    pub fn level(&mut self, class: &str, y: f64) {
        if y >= self.y[0] && y <= self.y[1] {
            let [_, py] = self.at(self.x[0], y);
            let _ = write!(self.lines, "<path class=\"{class}\" d=\"M0 {py}H{SIDE}\"/>");
        }
    }

    /// Words at a point; they lean to the side where there is room.
    pub fn note(&mut self, class: &str, x: f64, y: f64, words: &str) {
        if !x.is_finite() || !y.is_finite() {
            return;
        }
        let [left, top] = self.percent(x, y);
        let side = if left > 55.0 { " west" } else { "" };
        let drop = if top < 14.0 { " under" } else { "" };
        let _ = write!(
            self.over,
            "<span class=\"note {class}{side}{drop}\" style=\"left:{left:.2}%;top:{top:.2}%\">{}</span>",
            svg::escape(words)
        );
    }

    fn path(&mut self, class: &str, d: &str, title: &str) {
        if d.is_empty() {
            return;
        }
        let title = if title.is_empty() { String::new() } else { format!("<title>{}</title>", svg::escape(title)) };
        let _ = write!(self.body, "<path class=\"{class}\" d=\"{d}\">{title}</path>");
    }

    /// The chart as HTML. `class` sets its height; `about` says what it shows to those who cannot see it.
    pub fn html(self, class: &str, about: &str) -> String {
        let (mut grid, mut labels) = (String::new(), String::new());
        let step = svg::tick_step(self.x[0], self.x[1], 9);
        for (n, tick) in svg::ticks(self.x[0], self.x[1], 9).into_iter().enumerate() {
            let ([px, _], [left, _]) = (self.at(tick, self.y[0]), self.percent(tick, self.y[0]));
            let every = if n % 2 == 1 { " opt" } else { "" };
            let _ = write!(grid, "M{px} 0V{SIDE}");
            let _ = write!(labels, "<span class=\"tx{every}\" style=\"left:{left:.2}%\">{}</span>", svg::tick_label(tick, step));
        }
        let step = svg::tick_step(self.y[0], self.y[1], 4);
        for tick in svg::ticks(self.y[0], self.y[1], 4) {
            let ([_, py], [_, top]) = (self.at(self.x[0], tick), self.percent(self.x[0], tick));
            let _ = write!(grid, "M0 {py}H{SIDE}");
            let _ = write!(labels, "<span class=\"ty\" style=\"top:{top:.2}%\">{}</span>", svg::tick_label(tick, step));
        }
        let zero = if self.y[0] < 0.0 && self.y[1] > 0.0 {
            format!("<path class=\"zero\" d=\"M0 {}H{SIDE}\"/>", self.at(self.x[0], 0.0)[1])
        } else {
            String::new()
        };
        format!(
            "<div class=\"chart {class}\"><div class=\"ylab\">{}</div><div class=\"plot\">\
             <svg viewBox=\"0 0 {SIDE} {SIDE}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">\
             <path class=\"grid\" d=\"{grid}\"/>{zero}{}{}</svg>{labels}{}</div><div class=\"xlab\">{}</div></div>",
            svg::escape(&self.y_label),
            svg::escape(about),
            self.body,
            self.lines,
            self.over,
            svg::escape(&self.x_label)
        )
    }
}

fn finite(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> + '_ {
    points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite())
}

/// A legend: (class of the swatch, words).
pub fn legend(entries: &[(&str, &str)]) -> String {
    let entry = |(class, words): &(&str, &str)| format!("<li><i class=\"sw {class}\"></i>{}</li>", svg::escape(words));
    format!("<ul class=\"legend\">{}</ul>", entries.iter().map(entry).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_well_formed_whatever_they_get() {
        for (x, y) in [([0.0, 10.0], [0.0, 1.0]), ([f64::NAN, 1.0], [2.0, 2.0]), ([0.0, f64::INFINITY], [-1.0, 1.0])] {
            let mut chart = Chart::new(x, y, "time, s", "error <mm>");
            chart.line("a", &[(0.0, 0.5), (f64::NAN, 1.0), (10.0, 0.9)], "a & b");
            chart.band("b", &[(0.0, 0.1, 0.2), (1.0, f64::NAN, 0.3), (2.0, 0.1, 0.3)], "");
            chart.strips("s", &[(1.0, 2.0)]);
            chart.dots("p", &[(1.0, f64::INFINITY, "x".into()), (1.0, 0.2, "\"y\"".into())]);
            chart.level("l", 0.3);
            chart.note("n", 9.0, 0.9, "here");
            let html = chart.html("tall", "about");
            svg::check_balanced(&html).unwrap();
            assert!(!html.contains("NaN") && !html.contains("inf") && !html.contains("<mm>"), "{html}");
        }
    }
}
