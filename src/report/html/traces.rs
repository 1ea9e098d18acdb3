//! Errors over time, and the readings of the thermocouples.
//!
//! In: scene and record. Out: HTML. Uses `chart`, `simplify`.

use crate::scene::model::{Bound, Scene};
use crate::twin::record::{Record, TraceSample};

use super::super::figures::{self, fixed, millimetres, percent};
use super::super::simplify::{Column, envelope};
use super::super::svg;
use super::chart::{Chart, legend};

/// Columns that a series over time is drawn with.
const COLUMNS: usize = 1500;
/// Strips that carry tooltips.
const HITS: usize = 150;

/// A series over time: when, what, and on which line.
struct Series {
    times_s: Vec<f64>,
    values: Vec<f64>,
    lines: Vec<u32>,
    /// Where each unbroken piece ends, the last one at the end.
    ends: Vec<usize>,
}

impl Series {
    fn of(trace: &[TraceSample], value: impl Fn(&TraceSample) -> f64) -> Self {
        Self {
            times_s: trace.iter().map(|sample| sample.time_s).collect(),
            values: trace.iter().map(value).collect(),
            lines: trace.iter().map(|sample| sample.line).collect(),
            ends: vec![trace.len()],
        }
    }

    /// Deviation of the cut, mm, one piece for each cut.
    fn deviation(record: &Record) -> Self {
        let mut series = Self { times_s: Vec::new(), values: Vec::new(), lines: Vec::new(), ends: Vec::new() };
        for cut in &record.cuts {
            for point in &cut.points {
                series.times_s.push(point.time_s);
                series.values.push(point.deviation_m * 1e3);
                series.lines.push(point.line);
            }
            series.ends.push(series.values.len());
        }
        series
    }

    /// Each piece as (time, low, high), with its share of the columns.
    fn envelopes(&self) -> Vec<Vec<(f64, f64, f64)>> {
        let mut from = 0;
        let mut envelopes = Vec::new();
        for &to in &self.ends {
            let columns = (COLUMNS * (to - from) / self.values.len().max(1)).max(3);
            let time = |column: &Column| (self.times_s[from + column.samples[0]] + self.times_s[from + column.samples[1]]) / 2.0;
            let point = |column: &Column| (time(column), column.low, column.high);
            envelopes.push(envelope(&self.values[from..to], columns).iter().map(point).collect());
            from = to;
        }
        envelopes
    }

    fn range(&self) -> [f64; 2] {
        let finite = self.values.iter().copied().filter(|v| v.is_finite());
        finite.fold([0.0, 0.0], |[low, high], v| [f64::min(low, v), f64::max(high, v)])
    }

    fn worst(&self) -> Option<usize> {
        (0..self.values.len())
            .filter(|&n| self.values[n].is_finite())
            .max_by(|&a, &b| self.values[a].abs().total_cmp(&self.values[b].abs()))
    }
}

/// How one panel looks.
struct Panel<'a> {
    label: &'a str,
    about: &'a str,
    show: fn(f64) -> String,
    limit: Option<f64>,
    /// Whether a bar from zero is more honest than a thin band: for values that cannot be negative.
    from_zero: bool,
}

/// The panels: distance from the path, following error, racking, torque.
pub fn traces(scene: &Scene, record: &Record) -> String {
    if record.trace.is_empty() && record.cuts.is_empty() {
        return "<p>This run kept no samples over time.</p>".into();
    }
    let limit = |name: &str| {
        scene.expect.bounds.iter().filter(|(figure, _)| figure == name).find_map(|(_, bound)| match bound {
            Bound::Max(most) => Some(*most),
            _ => None,
        })
    };
    let mm = |v: f64| millimetres(v);
    let cutting = cutting_spans(record);
    let mut out =
        legend(&[("s-cutting", "torch is cutting"), ("s-env", "lowest to highest value at that time"), ("s-limit", "limit")]);
    let panels = [
        (
            Series::deviation(record),
            Panel {
                label: "distance of the torch from the programmed path while cutting, mm (+ is left of travel)",
                about: "deviation over time",
                show: mm,
                limit: limit("contour_error_max_mm"),
                from_zero: false,
            },
        ),
        (
            Series::of(&record.trace, |s| s.following_error_m * 1e3),
            Panel {
                label: "following error: distance between planned point and torch, mm",
                about: "following error over time",
                show: mm,
                limit: limit("following_error_max_mm"),
                from_zero: true,
            },
        ),
        (
            Series::of(&record.trace, |s| s.racking_m * 1e3),
            Panel {
                label: "racking: right side of the gantry ahead of the left, mm",
                about: "racking over time",
                show: mm,
                limit: limit("racking_max_mm"),
                from_zero: false,
            },
        ),
        (
            Series::of(&record.trace, |s| s.torque_use * 100.0),
            Panel {
                label: "torque used by the busiest motor, % of what it can give",
                about: "torque use over time",
                show: |v| percent(v / 100.0),
                limit: None,
                from_zero: true,
            },
        ),
    ];
    let last = panels.iter().rposition(|(series, _)| !series.values.is_empty());
    for (n, (series, panel)) in panels.into_iter().enumerate() {
        if !series.values.is_empty() {
            out.push_str(&drawn(record, &series, &panel, &cutting, if Some(n) == last { "low" } else { "low joined" }));
        }
    }
    format!("<figure>{out}</figure>")
}

fn drawn(record: &Record, series: &Series, panel: &Panel<'_>, cutting: &[(f64, f64)], class: &str) -> String {
    let [mut low, mut high] = series.range();
    if let Some(limit) = panel.limit.filter(|limit| *limit < 4.0 * high.max(-low)) {
        high = high.max(limit);
        low = if low < 0.0 { low.min(-limit) } else { low };
    }
    let room = (high - low).max(1e-6) * 0.12;
    let y = [if low < 0.0 { low - room } else { 0.0 }, high + room];
    let limit_words = panel.limit.map_or(String::new(), |limit| format!("; limit {}", (panel.show)(limit)));
    let mut chart = Chart::new([0.0, record.duration_s], y, "time, s", &format!("{}{limit_words}", panel.label));
    chart.strips("cutting", cutting);
    for mut band in series.envelopes() {
        if panel.from_zero {
            band.iter_mut().for_each(|(_, low, _)| *low = 0.0);
        }
        chart.band(if panel.from_zero { "env solid" } else { "env" }, &band, "");
    }
    if let Some(limit) = panel.limit {
        chart.level("limit", limit);
        if y[0] < 0.0 {
            chart.level("limit", -limit);
        }
    }
    let mut worst_words = String::new();
    if let Some(worst) = series.worst() {
        let (time, value) = (series.times_s[worst], series.values[worst]);
        worst_words = format!("{} on line {}", (panel.show)(value.abs()), series.lines[worst]);
        let over = panel.limit.is_some_and(|limit| value.abs() > limit);
        let peak = if over { "peak bad" } else { "peak" };
        chart.dots(peak, &[(time, value, format!("worst: {worst_words}, {} into the job", figures::duration(time)))]);
        chart.note(peak, time, value, &worst_words);
    }
    for column in envelope(&series.values, HITS) {
        let [first, last] = column.samples;
        let lines = if series.lines[first] == series.lines[last] {
            format!("line {}", series.lines[first])
        } else {
            format!("lines {}–{}", series.lines[first], series.lines[last])
        };
        let title = format!(
            "{} to {} s · {lines} · up to {} (line {})",
            fixed(series.times_s[first], 1),
            fixed(series.times_s[last], 1),
            (panel.show)(series.values[column.worst].abs()),
            series.lines[column.worst]
        );
        chart.hit(series.times_s[first], series.times_s[last], &title);
    }
    chart.html(class, &format!("{}; worst {worst_words}", panel.about))
}

/// When the torch was cutting; breaks too short to see are closed.
fn cutting_spans(record: &Record) -> Vec<(f64, f64)> {
    let shortest = record.duration_s / COLUMNS as f64;
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for cut in &record.cuts {
        let (Some(first), Some(last)) = (cut.points.first(), cut.points.last()) else { continue };
        match spans.last_mut() {
            Some((_, to)) if first.time_s - *to < shortest => *to = last.time_s,
            _ => spans.push((first.time_s, last.time_s)),
        }
    }
    spans.retain(|(from, to)| from.is_finite() && to.is_finite());
    spans
}

/// The thermocouples; empty where the scene has none.
pub fn probes(record: &Record) -> String {
    let readings = || record.probes.iter().flat_map(|probe| &probe.series).filter(|(_, t)| t.is_finite());
    let top = readings().map(|(_, t)| *t).fold(0.0, f64::max);
    let low = readings().map(|(_, t)| *t).fold(0.0, f64::min);
    let mut chart = Chart::new([0.0, record.duration_s], [low, top * 1.1], "time, s", "temperature, °C");
    let classes = ["p0", "p1", "p2", "p3", "p4", "p5"];
    let mut entries = String::new();
    for (n, probe) in record.probes.iter().enumerate() {
        let values: Vec<f64> = probe.series.iter().map(|(_, t)| *t).collect();
        let time = |sample: usize| probe.series[sample].0;
        let mut points: Vec<(f64, f64)> = Vec::new();
        for column in envelope(&values, COLUMNS / 2) {
            // First and worst of each column keep both the shape and the peak.
            points.push((time(column.samples[0]), values[column.samples[0]]));
            if column.worst > column.samples[0] {
                points.push((time(column.worst), values[column.worst]));
            }
        }
        let class = classes[n % classes.len()];
        let words = format!("{}: up to {} °C", probe.name, fixed(probe.peak_c, 0));
        chart.line(&format!("probeline {class}"), &points, &words);
        entries.push_str(&format!("<li><i class=\"sw line {class}\"></i>{}</li>", svg::escape(&words)));
    }
    format!("<figure><ul class=\"legend\">{entries}</ul>{}</figure>", chart.html("mid", "readings of the probes over time"))
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn gaps_between_cuts_stay_empty() {
        let (_, record) = sample::good();
        let envelopes = Series::deviation(&record).envelopes();
        assert_eq!(envelopes.len(), record.cuts.len());
        for (band, cut) in envelopes.iter().zip(&record.cuts) {
            let (first, last) = (cut.points[0].time_s, cut.points.last().unwrap().time_s);
            assert!(band.len() >= 3 && band.iter().all(|(time, ..)| (first..=last).contains(time)));
        }
        assert_eq!(cutting_spans(&record).len(), record.cuts.len());
    }

    #[test]
    fn the_worst_sample_is_named() {
        let (scene, mut record) = sample::good();
        let middle = record.trace.len() / 2;
        record.trace[middle].following_error_m = 0.00777;
        record.trace[middle].line = 4321;
        let html = traces(&scene, &record);
        assert!(html.contains("7.770 mm on line 4321"), "{html:.2000}");
    }
}
