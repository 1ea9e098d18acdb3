//! The grbl profile against numbers published for Grbl 1.1, and formulas that follow from its documentation.

use torchtwin_planner::grbl::{SettingError, Settings, arc::Facets};
use torchtwin_planner::{Grbl, MoveKind, Output, PathItem, Plane, Point, Shape, Slice, TICK_HZ};

/// A fine machine, so that steps hide nothing.
fn settings(acceleration_mm_per_s2: f32, max_rate_mm_per_min: f32) -> Settings {
    Settings {
        idle_delay_ms: 255.0,
        junction_deviation_mm: 0.010,
        arc_tolerance_mm: 0.002,
        steps_per_mm: [200.0; 3],
        max_rate_mm_per_min: [max_rate_mm_per_min; 3],
        acceleration_mm_per_s2: [acceleration_mm_per_s2; 3],
        travel_mm: [2000.0; 3],
    }
}

fn run(settings: Settings, start: Point, items: &[PathItem]) -> Vec<Output> {
    let mut grbl: Grbl = Grbl::new(settings, start);
    let mut items = items.iter().copied();
    std::iter::from_fn(|| grbl.next(&mut items)).collect()
}

fn line(tag: u32, x_mm: f64, y_mm: f64, mm_per_s: f64) -> PathItem {
    let shape = Shape::Line { to: [x_mm * 1e-3, y_mm * 1e-3, 0.0] };
    PathItem::Move { tag, kind: MoveKind::Feed, speed_m_per_s: mm_per_s * 1e-3, shape }
}

fn slices(outputs: &[Output]) -> Vec<Slice> {
    outputs.iter().filter_map(|o| if let Output::Slice(slice) = o { Some(*slice) } else { None }).collect()
}

#[test]
fn full_circles_have_the_facets_of_the_formula() {
    // ⌊½ · 2π r / √(ε (2 r − ε))⌋ at ε = 0.002 mm.
    for (radius_mm, facets) in [(1.0_f32, 49), (5.0, 111), (10.0, 157), (50.0, 351), (200.0, 702)] {
        let start = [radius_mm, 0.0, 0.0];
        let arc = Facets::new(start, start, [-radius_mm, 0.0], radius_mm, [0, 1, 2], false, 0.002);
        assert_eq!(arc.facets(), facets, "r = {radius_mm} mm");
        assert_eq!(arc.count(), facets as usize, "r = {radius_mm} mm");
        // And as the whole controller makes them: every facet is a line of its own.
        let r = f64::from(radius_mm) * 1e-3;
        let shape = Shape::Arc { to: [r, 0.0, 0.0], centre: [0.0; 2], plane: Plane::Xy, sweep_rad: std::f64::consts::TAU };
        let item = PathItem::Move { tag: 1, kind: MoveKind::Feed, speed_m_per_s: 0.02, shape };
        let mut lines: Vec<_> =
            slices(&run(settings(500.0, 3000.0), [r, 0.0, 0.0], &[item])).iter().map(|s| s.geometry).collect();
        lines.dedup();
        assert_eq!(lines.len(), facets as usize, "r = {radius_mm} mm, blocks");
    }
}

#[test]
fn an_arc_that_goes_nowhere_is_a_full_circle() {
    // Below 5e-7 rad Grbl takes an arc for a full circle, whatever was meant.
    let (r, turns) = (0.003, |sweep_rad: f64| {
        let to = [0.003 * sweep_rad.cos(), 0.003 * sweep_rad.sin(), 0.0];
        let shape = Shape::Arc { to, centre: [0.0; 2], plane: Plane::Xy, sweep_rad };
        let item = PathItem::Move { tag: 1, kind: MoveKind::Feed, speed_m_per_s: 0.02, shape };
        let outputs = run(settings(500.0, 3000.0), [0.003, 0.0, 0.0], &[item]);
        outputs.iter().filter(|o| matches!(o, Output::Step(_))).count()
    });
    // X and Y each go to and fro: 8 r in all.
    let circle = (8.0 * r * 200e3) as usize;
    assert!(turns(1e-7).abs_diff(circle) <= 4, "{} steps, {circle} for a circle", turns(1e-7));
    assert_eq!(turns(2e-6), 0);
}

#[test]
fn right_angles_are_passed_at_the_speed_of_junction_deviation() {
    // v² = a δ sin(θ/2)/(1 − sin(θ/2)), θ = 90°, a along the bisector. The published numbers have a = that of an axis: the bisector lies along
    // one. Between two axes Grbl 1.1 lets both accelerate, so that a is √2 times as large.
    for (acceleration, mm_per_s) in [(300.0_f32, 2.7), (500.0, 3.5), (1000.0, 4.9), (1500.0, 6.0), (3000.0, 8.5)] {
        let corner = |items: [PathItem; 2]| {
            let slices = slices(&run(settings(acceleration, 3000.0), [0.0; 3], &items));
            slices.iter().rfind(|s| s.tag == 1).unwrap().wanted_speed_m_per_s * 1e3
        };
        let along = corner([line(1, 20.0, 20.0, 40.0), line(2, 0.0, 40.0, 40.0)]);
        assert!((along - mm_per_s).abs() < 0.051, "a = {acceleration} mm/s²: {along} mm/s, published {mm_per_s}");
        let between = corner([line(1, 20.0, 0.0, 40.0), line(2, 20.0, 20.0, 40.0)]);
        let ratio = (between / along).powi(2);
        assert!(
            (ratio - 2.0_f64.sqrt()).abs() < 1e-3,
            "a = {acceleration} mm/s²: {between} mm/s between the axes, {along} along one"
        );
    }
}

/// Wanted speeds, mm/s, of full circles at r = 5 mm, a = 500 mm/s², with nothing else to limit them, after the first and before the last two.
fn speeds_on_circles<const B: usize>() -> Vec<f64> {
    // Blocks run from step to step: coarse steps would turn the facets by more and by less than the circle does.
    let settings = Settings { steps_per_mm: [10_000.0; 3], ..settings(500.0, 60_000.0) };
    let mut grbl: Grbl<B, 6> = Grbl::new(settings, [0.005, 0.0, 0.0]);
    let shape = Shape::Arc { to: [0.005, 0.0, 0.0], centre: [0.0; 2], plane: Plane::Xy, sweep_rad: std::f64::consts::TAU };
    let mut items = (1..=8).map(|tag| PathItem::Move { tag, kind: MoveKind::Feed, speed_m_per_s: 1.0, shape });
    let outputs: Vec<Output> = std::iter::from_fn(|| grbl.next(&mut items)).collect();
    slices(&outputs).iter().filter(|s| (2..=6).contains(&s.tag)).map(|s| s.wanted_speed_m_per_s * 1e3).collect()
}

#[test]
fn facets_let_a_circle_be_faster_than_its_acceleration_bears() {
    // Facets turn so that junction deviation sees a corner of v² = a δ r/ε, δ = 5 ε: √5 times √(a r) = 50 mm/s.
    let published = 111.7;
    // With blocks enough to brake from it. Where both axes accelerate it is up to ⁴√2 times that; single precision moves it by a few per cent.
    let speeds = speeds_on_circles::<512>();
    let (slowest, fastest) = (speeds.iter().copied().fold(f64::INFINITY, f64::min), speeds.iter().copied().fold(0.0, f64::max));
    println!("512 blocks: {slowest:.2} to {fastest:.2} mm/s");
    assert!((slowest / published - 1.0).abs() < 0.03, "{slowest} mm/s, published {published}");
    assert!(fastest > slowest && fastest < published * 2.0_f64.powf(0.25) * 1.03, "{fastest} mm/s");
    // The real one sees 14 to 15 facets ahead, at whose end it must be able to stand: v² = 2 a s, with a from that of an axis to √2 of it.
    let speeds = speeds_on_circles::<16>();
    let fastest = speeds.iter().copied().fold(0.0, f64::max);
    let facet_mm = std::f64::consts::TAU * 5.0 / 111.0;
    let (least, most) = ((2.0 * 500.0 * 13.0 * facet_mm).sqrt(), (2.0 * 707.2 * 15.0 * facet_mm).sqrt());
    println!("16 blocks: up to {fastest:.2} mm/s, formula {least:.2} to {most:.2}");
    assert!(fastest > least && fastest < most, "{fastest} mm/s, look-ahead allows {least} to {most}");
    assert!(fastest > 1.2 * 50.0, "{fastest} mm/s is not faster than √(a r)");
}

#[test]
fn a_straight_line_takes_the_time_of_its_trapezoid() {
    for (length_mm, mm_per_s, acceleration) in
        [(100.0, 40.0, 300.0), (20.0, 10.0, 500.0), (300.0, 50.0, 100.0), (5.0, 30.0, 2000.0)]
    {
        let outputs = run(settings(acceleration as f32, 3000.0), [0.0; 3], &[line(1, length_mm, 0.0, mm_per_s)]);
        let last = outputs.iter().rev().find_map(|o| if let Output::Step(e) = o { Some(e.tick) } else { None }).unwrap();
        let (got, closed) = (last as f64 / TICK_HZ, length_mm / mm_per_s + mm_per_s / acceleration);
        println!("{length_mm} mm at {mm_per_s} mm/s, {acceleration} mm/s²: {got:.4} s, closed form {closed:.4} s");
        // Segments of 10 ms at constant rate: the last one may be as long, and the interrupt's period is in whole cycles.
        assert!((got - closed).abs() < 0.011 + 2e-4 * closed, "{length_mm} mm: {got} s, closed form {closed} s");
    }
}

#[test]
fn settings_are_refused_with_the_error_numbers_of_grbl() {
    let before = Settings::default();
    let mut settings = before;
    for number in [7, 9, 14, 33, 99, 103, 113, 123, 133, 200, u16::MAX] {
        assert_eq!(settings.set(number, 1.0).unwrap_err().grbl_error(), Some(3), "${number}=1");
    }
    for number in [0, 1, 11, 12, 100, 111, 122, 130] {
        assert_eq!(settings.set(number, -1.0).unwrap_err().grbl_error(), Some(4), "${number}=-1");
    }
    for value in [0.0, 1.0, 2.0, 2.9] {
        assert_eq!(settings.set(0, value).unwrap_err().grbl_error(), Some(6), "$0={value}");
    }
    assert_eq!(settings.set(100, 0.0), Err(SettingError::Zero));
    assert_eq!(SettingError::Zero.grbl_error(), None);
    assert_eq!(settings, before, "a refusal changes something");
    assert_eq!(settings.set(0, 3.0), Ok(()));
    assert_eq!(settings.set(110, 1234.5), Ok(()));
    assert_eq!(settings.max_rate_mm_per_min, [1234.5, before.max_rate_mm_per_min[1], before.max_rate_mm_per_min[2]]);
}
