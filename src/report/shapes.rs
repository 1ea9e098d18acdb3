//! The few facts that reports need from pieces, slats and cuts: the one place here that knows how `plate` stores them.
//!
//! In: `plate`'s types and the record. Out: rings, masses, points. Uses `plate`'s geometry and parts and the record.

use crate::plate::geometry::Region;
use crate::plate::parts::{Piece, Slats, Support};
use crate::twin::record::{Cut, CutPoint, PLATE_GROWTH, RUNG_WORDS, RUNGS, Record};

/// Outline of a piece, m.
pub fn region(piece: &Piece) -> &Region {
    &piece.region
}

/// "1 finished, 13 scrap": of the pieces that came loose.
pub fn part_counts(record: &Record) -> String {
    let (scrap, finished): (Vec<_>, Vec<_>) =
        record.parts.iter().filter(|part| part.freed_at_s.is_some()).partition(|part| part.scrap);
    let scrap = if scrap.is_empty() { String::new() } else { format!(", {} scrap", scrap.len()) };
    format!("{} finished{scrap}", finished.len())
}

/// Area of a piece, m².
pub fn area_m2(piece: &Piece) -> f64 {
    piece.area_m2
}

/// Centre of mass of a piece, machine coordinates, m.
pub fn centre_m(piece: &Piece) -> [f64; 2] {
    piece.centroid_m
}

/// Whether a loose piece may tip up.
pub fn tips_up(piece: &Piece) -> bool {
    piece.loose && piece.support == Support::TipsUp
}

/// What a piece does on the slats, in words.
pub fn support_words(piece: &Piece) -> &'static str {
    match piece.support {
        Support::Rests => "rests on the slats",
        Support::TipsUp => "may tip up",
        Support::FallsThrough => "falls between the slats",
    }
}

/// Lowest and highest corner of a piece, machine coordinates, m.
pub fn bounds_m(piece: &Piece) -> [[f64; 2]; 2] {
    region(piece).bounds_m()
}

/// Where to write on a piece: its centre of mass where that is material, else the best of a few places inside.
pub fn label_point(piece: &Piece) -> [f64; 2] {
    let (region, centre) = (region(piece), centre_m(piece));
    if region.contains(centre) {
        return centre;
    }
    let [low, high] = region.bounds_m();
    let mut best = (f64::INFINITY, centre);
    for row in 1..12 {
        for column in 1..12 {
            let share = [f64::from(column) / 12.0, f64::from(row) / 12.0];
            let p = [low[0] + share[0] * (high[0] - low[0]), low[1] + share[1] * (high[1] - low[1])];
            let away = (p[0] - centre[0]).hypot(p[1] - centre[1]);
            if away < best.0 && region.contains(p) {
                best = (away, p);
            }
        }
    }
    best.1
}

/// Centre lines of the slats across a plate from `low` to `high`, machine coordinates, m; none where there would be very many.
pub fn slat_lines(slats: &Slats, low: [f64; 2], high: [f64; 2]) -> Vec<[[f64; 2]; 2]> {
    let across = usize::from(!slats.direction_y);
    let (from, to, pitch) = (low[across], high[across], slats.pitch_m);
    let usable = pitch > 0.0 && to > from && (to - from) / pitch < 500.0 && slats.first_m.is_finite();
    if !usable {
        return Vec::new();
    }
    let first = ((from - slats.first_m) / pitch).ceil() as i64;
    let last = ((to - slats.first_m) / pitch).floor() as i64;
    let line = |n: i64| {
        let at = slats.first_m + n as f64 * pitch;
        if slats.direction_y { [[at, low[1]], [at, high[1]]] } else { [[low[0], at], [high[0], at]] }
    };
    (first..=last).map(line).collect()
}

/// The cut point furthest from the programmed path, with the number of its cut.
pub fn worst_cut_point(record: &Record) -> Option<(usize, &CutPoint)> {
    let points = record.cuts.iter().enumerate().flat_map(|(n, cut)| cut.points.iter().map(move |point| (n, point)));
    points.filter(|(_, p)| p.deviation_m.is_finite()).max_by(|a, b| a.1.deviation_m.abs().total_cmp(&b.1.deviation_m.abs()))
}

/// Length of a cut along the tip's path, m.
pub fn cut_length_m(cut: &Cut) -> f64 {
    let step = |pair: &[CutPoint]| {
        let ([ax, ay], [bx, by]) = (pair[0].tip_in_machine_m, pair[1].tip_in_machine_m);
        (bx - ax).hypot(by - ay)
    };
    cut.points.windows(2).map(step).sum()
}

/// What a rung of the position ladder means, for people.
pub fn rung_words(rung: &str) -> &'static str {
    if rung == PLATE_GROWTH[0] {
        return PLATE_GROWTH[1];
    }
    RUNGS.iter().position(|name| *name == rung).map_or("", |n| RUNG_WORDS[n])
}
