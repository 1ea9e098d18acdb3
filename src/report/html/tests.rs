//! What the page promises: self-contained, sound, safe, small.

use super::super::{judge, sample};
use super::*;
use crate::twin::record::Cut;

fn html(scene: &Scene, record: &Record) -> String {
    page(scene, record, &judge(scene, record), &Timing { stages: Vec::new(), simulated_s: 100.0, wall_s: 0.5 })
}

fn sound(html: &str) {
    svg::check_balanced(html).unwrap();
    for wrong in ["NaN", "inf%", ">inf", "src=\"http", "href=\"http", "url(", "@import", "<link", "src=\"//"] {
        assert!(!html.contains(wrong), "{wrong} in the page");
    }
}

#[test]
fn pages_are_sound_and_need_no_network() {
    for (scene, record) in [sample::good(), sample::failing()] {
        let page = html(&scene, &record);
        sound(&page);
        assert!(page.len() < 3_000_000, "{} bytes", page.len());
        for part in [
            "id=\"cut\"",
            "id=\"heat\"",
            "id=\"motors\"",
            "id=\"time\"",
            "id=\"budget\"",
            "id=\"probes\"",
            "id=\"cost\"",
            "id=\"estimates\"",
            "data:image/png;base64,",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }
}

#[test]
fn an_empty_record_still_gives_a_page() {
    let (mut scene, _) = sample::good();
    sound(&html(&scene, &Record::default()));
    scene.machine.costs.clear();
    scene.estimates.clear();
    scene.plate.size_m = [0.0, 0.0];
    sound(&html(&scene, &Record::default()));
}

#[test]
fn numbers_that_are_not_finite_do_not_reach_the_page() {
    let (scene, mut record) = sample::failing();
    record.figures.insert("cycle_time_s".into(), f64::NAN);
    record.figures.insert("kerf_max_mm".into(), f64::INFINITY);
    record.joints[0].pull_out[3].1 = f64::NAN;
    record.joints[0].torque_margin_min = f64::NAN;
    record.joints[1].operating_points.clear();
    record.joints[2].pull_out.clear();
    record.budget[0].worst_m = f64::NAN;
    record.cuts[0].points[3].tip_in_machine_m = [f64::NAN, 0.0];
    record.cuts[0].points[4].deviation_m = f64::INFINITY;
    record.cuts[0].points[5].kerf_m = f64::NAN;
    record.trace[5].following_error_m = f64::NAN;
    record.events[2].at_in_machine_m = [f64::NAN, f64::NAN];
    record.maps.peak_c[7] = f32::NAN;
    record.probes[0].series[3].1 = f64::NAN;
    record.kerf[0].outer[0] = [f64::NAN, f64::NAN];
    sound(&html(&scene, &record));
}

#[test]
fn text_from_files_cannot_become_markup() {
    let (mut scene, mut record) = sample::failing();
    let evil = "</title><script>alert(1)</script>\"' onload=x <img src=x>";
    scene.title = evil.into();
    scene.file = evil.into();
    scene.machine.title = evil.into();
    scene.plate.material = evil.into();
    scene.torch.process = evil.into();
    scene.job.program_file = evil.into();
    scene.machine.costs[0].item = evil.into();
    scene.machine.costs[0].unit = evil.into();
    scene.machine.costs[0].source = evil.into();
    scene.estimates[0].key = evil.into();
    scene.estimates[0].source = evil.into();
    scene.expect.bounds.push((evil.into(), crate::scene::model::Bound::Max(1.0)));
    scene.expect.fails_on.push(evil.into());
    for event in &mut record.events {
        event.text = evil.into();
    }
    scene.findings[0].found = evil.into();
    record.joints[0].motor = evil.into();
    record.joints[0].driver = evil.into();
    record.joints[0].transmission = evil.into();
    record.joints[1].name = evil.into();
    record.probes[0].name = evil.into();
    record.figures.insert(evil.into(), 1.0);
    let page = html(&scene, &record);
    sound(&page);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains("alert(1)</script>"));
}

#[test]
fn a_job_of_200_000_points_stays_small_and_keeps_its_worst_point() {
    let (scene, mut record) = sample::good();
    let first = record.cuts[26].points[0].clone();
    let mut points = Vec::with_capacity(200_000);
    for n in 0..200_000u32 {
        let (t, mut point) = (f64::from(n) * 1e-3, first.clone());
        let away = 4e-5 * (t * 900.0).sin() + 3e-5 * (t * 5137.0).sin();
        point.programmed_in_machine_m = [0.1 + 0.3 * (t * 0.7).sin() + 0.001 * t, 0.3 + 0.2 * (t * 1.1).cos()];
        point.tip_in_machine_m = [point.programmed_in_machine_m[0] + away, point.programmed_in_machine_m[1] - away];
        point.deviation_m = away;
        point.time_s = t;
        points.push(point);
    }
    points[123_456].deviation_m = 0.9e-3;
    points[123_456].tip_in_machine_m = [0.777, 0.555];
    points[123_456].line = 98_765;
    record.cuts = vec![Cut { points, end: crate::twin::record::CutEnd::Closed, budget: Vec::new() }];
    let page = html(&scene, &record);
    sound(&page);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    let frame = frame::Frame::of(&scene, &record);
    let worst = frame.place([0.777, 0.555]);
    assert!(
        page.contains(&format!("id=\"worst-place\" style=\"{worst}\"")) && page.contains("0.900 mm off the path, line 98765")
    );
}

#[test]
fn the_same_run_gives_the_same_page() {
    let (scene, record) = sample::failing();
    let (again, record_again) = sample::failing();
    assert!(html(&scene, &record) == html(&again, &record_again));
}

#[test]
#[ignore = "writes pages to look at into the temporary folder"]
fn pages_to_look_at() {
    let dir = std::env::temp_dir().join("torchtwin-pages");
    std::fs::create_dir_all(&dir).unwrap();
    for (name, (scene, record)) in [("good", sample::good()), ("failing", sample::failing())] {
        let verdict = judge(&scene, &record);
        std::fs::write(dir.join(format!("{name}.html")), html(&scene, &record)).unwrap();
        let timing = Timing {
            stages: vec![("parse and plan".into(), 0.01), ("drive and machine".into(), 0.4)],
            simulated_s: record.duration_s,
            wall_s: 0.52,
        };
        std::fs::write(dir.join(format!("{name}.txt")), text::verdict_table(&scene, &record, &verdict, Some(&timing), false))
            .unwrap();
    }
}
