//! Samples of a made-up scene with a known answer.

use std::path::Path;

use super::*;

/// A scene whose only figures are made here: `contour_error_max_mm` = 0.1 + 0.3 a, a in the triangle 0, 0.25, 1; `b` changes nothing.
fn scene() -> Scene {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/square_100.toml");
    let mut scene = crate::scene::load(&path, None).unwrap();
    let range = |key: &str| Range { key: key.into(), value: 0.25, low: 0.0, high: 1.0, source: String::new() };
    scene.ranges = vec![range("a"), range("b")];
    scene.expect.bounds = vec![("contour_error_max_mm".into(), Bound::Max(0.25))];
    scene
}

fn row(sample: usize, values: &Draws) -> Row {
    let error = 0.1 + 0.3 * values.get("a").unwrap_or(&0.25);
    let pass = error <= 0.25;
    let failed = if pass { String::new() } else { "contour_error_max_mm".into() };
    Row { sample, pass, failed, figures: [("contour_error_max_mm".to_string(), error)].into() }
}

#[test]
fn a_linear_dependence_gives_its_probability_percentiles_and_sensitivity() {
    let scene = scene();
    for (seed, count) in [(1, 200), (2, 200), (3, 1000)] {
        let drawn = draws(&scene.ranges, seed, count);
        let rows: Vec<Row> = drawn.iter().enumerate().map(|(k, values)| row(k, values)).collect();
        let found = uncertainty(&scene, &rows, &drawn);
        // a ≤ 0.5: 1 − (1 − 0.5)²/(1 · 0.75) = 2/3. A Latin hypercube in one dimension is off by one stratum at most.
        assert_eq!(found.counts, [count, found.counts[1], 0]);
        assert!((found.pass_share() - 2.0 / 3.0).abs() <= 1.0 / count as f64, "{}", found.pass_share());
        assert!(found.interval[0] < 2.0 / 3.0 && 2.0 / 3.0 < found.interval[1]);
        let spread = found.of("contour_error_max_mm").unwrap();
        // The median of the triangle: 1 − √(0.5 · 0.75).
        let median = 0.1 + 0.3 * (1.0 - (0.5_f64 * 0.75).sqrt());
        assert!((spread.percentiles[2] - median).abs() < 0.3 * 2.0 / count as f64, "{:?}", spread.percentiles);
        // Only `a` matters, and it explains everything.
        assert_eq!(spread.drivers.len(), 1, "{:?}", spread.drivers);
        assert!(spread.drivers[0].0 == "a" && (spread.drivers[0].1 - 1.0).abs() < 1e-12);
        assert_eq!(found.weakest.as_deref(), Some("contour_error_max_mm"));
        assert!(found.measure_first().contains("a (+1.00)"));
    }
}

#[test]
fn rows_survive_their_table_in_any_order() {
    let scene = scene();
    let drawn = draws(&scene.ranges, 5, 9);
    let mut all: Vec<Row> = drawn.iter().enumerate().map(|(k, values)| row(k, values)).collect();
    all[4] = Row::not_run(4, "it broke down".into());
    let mut shuffled = all.clone();
    shuffled.reverse();
    // Sample 4 has numbers that are none, which no comparison finds equal.
    assert_eq!(format!("{:?}", table(&all, &drawn)), format!("{:?}", table(&shuffled, &drawn)));
    assert_eq!(rows(&table(&shuffled, &drawn)).unwrap(), all);
    let (one, other) = (uncertainty(&scene, &all, &drawn), uncertainty(&scene, &shuffled, &drawn));
    assert_eq!(one.json(&BTreeMap::new()).to_string(), other.json(&BTreeMap::new()).to_string());
    assert_eq!(one.counts, [9, one.counts[1], 1]);
    assert_eq!(one.of("contour_error_max_mm").unwrap().nominal, Some(0.175));
}
