//! The error budget of each cut: one bar a cut, worst first, shared out by rung.
//!
//! In: the record. Out: HTML. Uses the record.

use std::fmt::Write;

use crate::twin::record::{Cut, RUNGS, Record};

use super::super::figures::{fixed, millimetres};
use super::super::{shapes, svg};

/// Cuts shown; all of them are in `report.json`.
const MOST_CUTS: usize = 40;
/// Rungs with a colour of their own; the rest shares one.
const COLOURED: usize = 6;
/// Rungs named beside a bar.
const NAMED: usize = 3;

/// A cut with what was off in it.
struct Row<'r> {
    /// Its number in the order of cutting, from 1.
    number: usize,
    cut: &'r Cut,
    worst_m: f64,
    /// Typical (RMS) share of each rung, m.
    rms_m: Vec<f64>,
}

impl<'r> Row<'r> {
    fn of((n, cut): (usize, &'r Cut)) -> Option<Self> {
        if cut.budget.is_empty() {
            return None;
        }
        let finite = |v: f64| if v.is_finite() { v.abs() } else { 0.0 };
        let worst_m = cut.points.iter().map(|point| finite(point.deviation_m)).fold(0.0, f64::max);
        // The kerf's own width is beside the path, not in it.
        let rms = |rung: &&'static str| {
            cut.budget.iter().find(|line| line.rung == *rung && line.rung != "kerf").map_or(0.0, |line| finite(line.rms_m))
        };
        Some(Self { number: n + 1, cut, worst_m, rms_m: RUNGS.iter().map(rms).collect() })
    }
}

/// A bar for each cut; nothing where only one was cut, whose budget is the job's.
pub fn cuts(record: &Record) -> String {
    let mut rows: Vec<Row> = record.cuts.iter().enumerate().filter_map(Row::of).collect();
    if rows.len() < 2 {
        return String::new();
    }
    rows.sort_by(|a, b| b.worst_m.total_cmp(&a.worst_m).then(a.number.cmp(&b.number)));
    let whole = |row: &Row| row.rms_m.iter().sum::<f64>();
    let longest = rows.iter().map(whole).fold(1e-9, f64::max);
    let order = by_size(&rows);
    let mut out = String::from(
        "<h3>Cut by cut, worst first</h3><p class=\"small\">Each bar is the typical (RMS) share of each step in the path, laid end to end, without the \
         kerf; the number is the worst distance from the path.</p><figure><ul class=\"legend\">",
    );
    let any = |rung: usize| rows.iter().any(|row| row.rms_m[rung] > 0.0);
    for (n, &rung) in order.iter().take(COLOURED).enumerate().filter(|(_, rung)| any(**rung)) {
        let _ = write!(out, "<li><i class=\"sw g{n}\"></i>{}</li>", svg::escape(RUNGS[rung]));
    }
    if order.iter().skip(COLOURED).any(|rung| any(*rung)) {
        let _ = write!(out, "<li><i class=\"sw g{COLOURED}\"></i>the rest</li>");
    }
    out.push_str("</ul><div class=\"rungs cuts\">");
    rows.iter().take(MOST_CUTS).for_each(|row| one(&mut out, row, &order, longest));
    out.push_str("</div></figure>");
    if rows.len() > MOST_CUTS {
        let _ = write!(out, "<p class=\"small\">… and {} more, all in report.json.</p>", rows.len() - MOST_CUTS);
    }
    out
}

/// The rungs by what they come to over all cuts, largest first.
fn by_size(rows: &[Row]) -> Vec<usize> {
    let sum = |rung: usize| rows.iter().map(|row| row.rms_m[rung]).sum::<f64>();
    let mut order: Vec<usize> = (0..RUNGS.len()).collect();
    order.sort_by(|a, b| sum(*b).total_cmp(&sum(*a)).then(a.cmp(b)));
    order
}

fn one(out: &mut String, row: &Row, order: &[usize], longest: f64) {
    let first = row.cut.points.first().map_or(0, |point| point.line);
    let length_mm = shapes::cut_length_m(row.cut) * 1e3;
    let length = if length_mm.is_finite() { format!(", {} mm", fixed(length_mm, 0)) } else { String::new() };
    let mut bar = String::new();
    for (n, &rung) in order.iter().enumerate().filter(|(_, rung)| row.rms_m[**rung] > 0.0) {
        let _ = write!(
            bar,
            "<i class=\"g{}\" style=\"width:{:.1}%\" title=\"{}: {}\"></i>",
            n.min(COLOURED),
            row.rms_m[rung] / longest * 100.0,
            svg::escape(RUNGS[rung]),
            millimetres(row.rms_m[rung] * 1e3)
        );
    }
    let mut largest: Vec<usize> = (0..RUNGS.len()).filter(|rung| row.rms_m[*rung] >= 5e-7).collect();
    largest.sort_by(|a, b| row.rms_m[*b].total_cmp(&row.rms_m[*a]).then(a.cmp(b)));
    let named = |rung: &usize| format!("{} {}", svg::escape(RUNGS[*rung]), fixed(row.rms_m[*rung] * 1e3, 3));
    let named: Vec<String> = largest.iter().take(NAMED).map(named).collect();
    let _ = write!(
        out,
        "<div class=\"rung\"><div class=\"name\"><b>cut {}</b> line {first}{length}<span class=\"sub\">{}</span></div>\
         <div class=\"shares\">{bar}</div><div class=\"val\"><b>{}</b></div></div>",
        row.number,
        named.join(" · "),
        millimetres(row.worst_m * 1e3)
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::twin::record::BudgetLine;

    fn budget(rung: usize, rms_m: f64) -> Vec<BudgetLine> {
        let line = |(n, rung_name): (usize, &&'static str)| BudgetLine {
            rung: rung_name,
            worst_m: 2.0 * rms_m,
            rms_m: if n == rung { rms_m } else { 0.0 },
            worst_line: 1,
        };
        RUNGS.iter().enumerate().map(line).collect()
    }

    #[test]
    fn the_worst_cut_comes_first_with_its_largest_rung() {
        let (_, mut record) = sample::good();
        assert!(record.cuts.len() > 2);
        for (n, cut) in record.cuts.iter_mut().enumerate() {
            cut.points.iter_mut().for_each(|point| point.deviation_m = 1e-5);
            cut.budget = budget(n % 2, 1e-5);
        }
        record.cuts[1].points[0].deviation_m = -3e-4;
        record.cuts[1].budget = budget(7, 1e-3);
        let html = cuts(&record);
        svg::check_balanced(&html).unwrap();
        let (first, _) = html.split_once("<b>cut 1</b>").unwrap();
        assert!(first.contains("<b>cut 2</b>") && first.contains("straightness 1.000") && first.contains("0.300 mm"), "{first}");
        // The longest bar is the whole width, of its own colour; the others a hundredth.
        assert!(first.contains("<i class=\"g0\" style=\"width:100.0%\"") && html.contains("style=\"width:1.0%\""), "{html}");
        assert!(html.matches("class=\"rung\"").count() == record.cuts.len().min(MOST_CUTS));
    }

    #[test]
    fn a_single_cut_has_the_budget_of_the_job() {
        let (_, mut record) = sample::good();
        record.cuts.truncate(1);
        record.cuts[0].budget = budget(0, 1e-5);
        assert_eq!(cuts(&record), "");
    }
}
