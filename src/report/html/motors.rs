//! For each motor: what it can give at each speed, and what the job asked of it.
//!
//! In: scene and record. Out: HTML. Uses `chart`.

use std::f64::consts::TAU;
use std::fmt::Write;

use crate::scene::model::Scene;
use crate::twin::record::{JointSummary, Record};

use super::super::figures::{self, fixed, millimetres, percent};
use super::super::svg;
use super::chart::{Chart, legend};

/// One chart for each motor.
pub fn motors(scene: &Scene, record: &Record) -> String {
    if record.joints.is_empty() {
        return "<p>This run moved no motors.</p>".into();
    }
    let mut out = legend(&[
        ("s-pull", "pull-out torque: the most it gives at that speed before it falls out of step"),
        ("s-point", "most the job asked of it at that speed"),
        ("s-gap", "margin: what is left at the tightest speed"),
    ]);
    out.push_str("<div class=\"two\">");
    for joint in &record.joints {
        out.push_str(&motor(scene, joint));
    }
    out.push_str("</div>");
    out
}

fn motor(scene: &Scene, joint: &JointSummary) -> String {
    let points =
        joint.operating_points.iter().chain(&joint.pull_out).filter(|(rpm, torque)| rpm.is_finite() && torque.is_finite());
    let most = |which: fn(&(f64, f64)) -> f64| points.clone().map(which).fold(0.0, f64::max);
    let fastest_used =
        joint.operating_points.iter().map(|p| p.0).filter(|v| v.is_finite()).fold(joint.max_speed_rpm.max(0.0), f64::max);
    // The curve goes on far beyond what the job uses; a little of it is enough.
    let right = if fastest_used > 0.0 { (fastest_used * 1.6).min(most(|p| p.0)) } else { most(|p| p.0) };
    let mut chart = Chart::new([0.0, right], [0.0, most(|p| p.1) * 1.12], &speed_words(scene, joint), "torque, N·m");
    let curve: Vec<(f64, f64)> = clipped(&joint.pull_out, right);
    let area: Vec<(f64, f64, f64)> = curve.iter().map(|&(rpm, torque)| (rpm, 0.0, torque)).collect();
    chart.band("pullarea", &area, "");
    chart.line("pull", &curve, "pull-out torque");
    let tightest = tightest(joint);
    if let Some((rpm, used, available)) = tightest {
        chart.line(
            if used > available { "gap bad" } else { "gap" },
            &[(rpm, used), (rpm, available)],
            "margin at the tightest speed",
        );
    }
    let dots: Vec<(f64, f64, String)> =
        joint.operating_points.iter().map(|&(rpm, torque)| (rpm, torque, point_words(joint, rpm, torque))).collect();
    let over = |dot: &&(f64, f64, String)| pull_out_at(joint, dot.0).is_some_and(|available| dot.1 > available);
    let (bad, good): (Vec<_>, Vec<_>) = dots.iter().partition(over);
    chart.dots("point", &good.into_iter().cloned().collect::<Vec<_>>());
    chart.dots("point bad", &bad.into_iter().cloned().collect::<Vec<_>>());
    if let Some((rpm, used, available)) = tightest {
        let left = 1.0 - used / available;
        if left < 0.0 {
            chart.note("bad", rpm, used, &format!("{} too much", percent(-left)));
        } else {
            chart.note("", rpm, (used + available) / 2.0, &format!("{} left", percent(left)));
        }
    }
    let class = if joint.torque_margin_min < 0.0 || joint.lost_full_steps != 0 { "bad" } else { "good" };
    let lost = match joint.lost_full_steps {
        0 => "no steps lost".to_string(),
        lost => format!("<b class=\"bad\">{} full steps lost</b>", lost.abs()),
    };
    let line = if joint.torque_margin_line > 0 { format!(" (line {})", joint.torque_margin_line) } else { String::new() };
    let mut out = format!(
        "<figure class=\"motor\"><figcaption><b>{}</b> {} on {}, {}<br><span class=\"{class}\">{} of the torque left</span> at the worst instant{line}, {lost}</figcaption>",
        svg::escape(&joint.name),
        svg::escape(&joint.motor),
        svg::escape(&joint.driver),
        svg::escape(&joint.transmission),
        percent(joint.torque_margin_min),
    );
    let _ = write!(
        out,
        "{}<p class=\"small\">{} steps sent; up to {} rev/min; rotor at most {} behind its command, seen at the axis.</p></figure>",
        chart.html("mid", &format!("torque against speed of motor {}", joint.name)),
        figures::thousands(joint.steps),
        fixed(joint.max_speed_rpm, 0),
        millimetres(joint.load_angle_max_m * 1e3)
    );
    out
}

/// "motor speed, rev/min (100 rev/min moves the axis at 1571 mm/min)".
fn speed_words(scene: &Scene, joint: &JointSummary) -> String {
    let params = scene.machine.joints.iter().find(|params| params.name == joint.name);
    let speed = params.map(|params| params.transmission.travel_m_per_rad.abs() * TAU * 100.0 * 1e3);
    let speed = speed.filter(|v| v.is_finite()).map_or(String::new(), |v| format!(" (100 rev/min = {} mm/min)", fixed(v, 0)));
    format!("motor speed, rev/min{speed}")
}

fn point_words(joint: &JointSummary, rpm: f64, torque: f64) -> String {
    let available = pull_out_at(joint, rpm);
    let left = available.map_or(String::new(), |a| format!(" of {} N·m ({} left)", fixed(a, 2), percent(1.0 - torque / a)));
    format!("{} rev/min: {} N·m asked{left}", fixed(rpm, 0), fixed(torque, 2))
}

/// The curve up to a speed, ending exactly there.
fn clipped(curve: &[(f64, f64)], right: f64) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    for &(rpm, torque) in curve.iter().filter(|p| p.0.is_finite() && p.1.is_finite()) {
        if rpm <= right {
            out.push((rpm, torque));
        } else {
            if let Some(&(before, was)) = out.last() {
                out.push((right, was + (torque - was) * (right - before) / (rpm - before)));
            }
            break;
        }
    }
    out
}

/// Pull-out torque at a speed, straight between the points of the curve.
fn pull_out_at(joint: &JointSummary, rpm: f64) -> Option<f64> {
    let sound: Vec<(f64, f64)> = joint.pull_out.iter().copied().filter(|p| p.0.is_finite() && p.1.is_finite()).collect();
    let (first, last) = (sound.first()?, sound.last()?);
    if rpm <= first.0 {
        return Some(first.1);
    }
    if rpm >= last.0 {
        return Some(last.1);
    }
    let pair = sound.windows(2).find(|w| rpm <= w[1].0)?;
    let share = if pair[1].0 > pair[0].0 { (rpm - pair[0].0) / (pair[1].0 - pair[0].0) } else { 0.0 };
    Some(pair[0].1 + (pair[1].1 - pair[0].1) * share)
}

/// The operating point with the least torque left: (speed, used, available).
fn tightest(joint: &JointSummary) -> Option<(f64, f64, f64)> {
    let with_curve = joint.operating_points.iter().filter_map(|&(rpm, used)| Some((rpm, used, pull_out_at(joint, rpm)?)));
    let sound = with_curve.filter(|(rpm, used, available)| rpm.is_finite() && used.is_finite() && *available > 0.0);
    sound.min_by(|a, b| (1.0 - a.1 / a.2).total_cmp(&(1.0 - b.1 / b.2)))
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn curves_are_read_between_and_beyond_their_points() {
        let mut joint = sample::good().1.joints[0].clone();
        joint.pull_out = vec![(0.0, 2.0), (100.0, 1.0)];
        assert_eq!(pull_out_at(&joint, 50.0), Some(1.5));
        assert_eq!((pull_out_at(&joint, -1.0), pull_out_at(&joint, 900.0)), (Some(2.0), Some(1.0)));
        assert_eq!(clipped(&joint.pull_out, 50.0), vec![(0.0, 2.0), (50.0, 1.5)]);
        joint.operating_points = vec![(0.0, 1.0), (100.0, 0.9)];
        assert_eq!(tightest(&joint), Some((100.0, 0.9, 1.0)));
    }
}
