//! One job written in other ways: backwards, from other corners, in another order, shifted, turned, mirrored, larger. Whole programs from one list
//! of contours through the whole twin; what falls out must be the same parts.
//!
//! The regions that a program means (`measured.rings[].intended_…`: the program's path with the kerf of the chart) must agree to 4·10⁻⁶. What is
//! cut agrees within what the machine does: it follows the path within some hundredths of a millimetre, otherwise in the other direction and
//! elsewhere on the table, so its errors of geometry are set to 0. Leads begin in what becomes scrap and move with their contour. With a flame,
//! what was cut before has warmed the plate: only a job that is mirrored or shifted as a whole meets the same heat.

use std::f64::consts::PI;
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::plate::{run, scene};

type Point = [f64; 2];

/// A leg of a contour: to a point, straight or around a centre, counter-clockwise or not.
#[derive(Clone, Copy)]
struct Leg {
    to: Point,
    around: Option<(Point, bool)>,
}

/// A closed contour: where its lead begins, then the legs, the last of which ends where the first begins.
#[derive(Clone)]
struct Contour {
    lead: Point,
    legs: Vec<Leg>,
}

impl Contour {
    fn start(&self) -> Point {
        self.legs.last().unwrap().to
    }

    fn straight(lead: Point, corners: &[Point]) -> Self {
        Self { lead, legs: corners.iter().map(|&to| Leg { to, around: None }).collect() }
    }

    /// Two half circles.
    fn circle([x, y]: Point, r: f64) -> Self {
        let half = |to| Leg { to, around: Some(([x, y], true)) };
        Self { lead: [x, y], legs: vec![half([x - r, y]), half([x + r, y])] }
    }

    fn backwards(&self) -> Self {
        let mut points = vec![self.start()];
        points.extend(self.legs.iter().map(|leg| leg.to));
        let leg = |i: usize| Leg { to: points[i], around: self.legs[i].around.map(|(centre, left)| (centre, !left)) };
        Self { lead: self.lead, legs: (0..self.legs.len()).rev().map(leg).collect() }
    }

    /// The same from its `n`th corner, with a lead from there.
    fn from(&self, n: usize, lead: Point) -> Self {
        let mut legs = self.legs.clone();
        legs.rotate_left(n);
        Self { lead, legs }
    }
}

/// A way to lay a job on the table: mirrored in x or not, turned by quarters, larger, shifted.
#[derive(Clone, Copy)]
struct Lie {
    mirrored: bool,
    quarters: u32,
    size: f64,
    shift: Point,
}

const AS_IT_IS: Lie = Lie { mirrored: false, quarters: 0, size: 1.0, shift: [0.0; 2] };

impl Lie {
    fn point(&self, [x, y]: Point) -> Point {
        let mut p = if self.mirrored { [-x, y] } else { [x, y] };
        for _ in 0..self.quarters {
            p = [-p[1], p[0]];
        }
        [0, 1].map(|axis| self.size * p[axis] + self.shift[axis])
    }

    fn contour(&self, contour: &Contour) -> Contour {
        let leg = |leg: &Leg| Leg {
            to: self.point(leg.to),
            around: leg.around.map(|(centre, left)| (self.point(centre), left != self.mirrored)),
        };
        Contour { lead: self.point(contour.lead), legs: contour.legs.iter().map(leg).collect() }
    }
}

/// Two parts with three holes: an L with a rounded corner, a round hole and a window; a stadium with a slot. Inside before outside.
fn job() -> Vec<Contour> {
    let slot = |x0: f64, x1: f64, y: f64, r: f64, lead: Point| {
        let end = |to, x| Leg { to, around: Some(([x, y], true)) };
        let side = |to| Leg { to, around: None };
        Contour { lead, legs: vec![side([x1, y - r]), end([x1, y + r], x1), side([x0, y + r]), end([x0, y - r], x0)] }
    };
    let window = Contour::straight([15.0, 70.0], &[[25.0, 60.0], [25.0, 80.0], [10.0, 80.0], [10.0, 60.0]]);
    let mut outline = Contour::straight(
        [-8.0, 20.0],
        &[[0.0, 0.0], [100.0, 0.0], [100.0, 40.0], [50.0, 40.0], [40.0, 50.0], [40.0, 100.0], [0.0, 100.0], [0.0, 20.0]],
    );
    outline.legs[4].around = Some(([50.0, 50.0], false));
    vec![
        Contour::circle([70.0, 20.0], 9.0),
        window,
        outline,
        slot(65.0, 95.0, 75.0, 6.0, [80.0, 75.0]),
        slot(65.0, 95.0, 75.0, 20.0, [66.0, 49.0]),
    ]
}

/// A program that cuts the contours, with the torch's words.
fn written(contours: &[Contour], [on, off]: [&str; 2], feed: f64) -> String {
    let mut out = String::from("G21 G90 G64 P0.001\nG0 Z5\n");
    for contour in contours {
        let mut at = contour.start();
        let [x, y] = contour.lead;
        let _ = writeln!(out, "G0 X{x:.6} Y{y:.6}\n{on}\nG1 X{:.6} Y{:.6} F{feed}", at[0], at[1]);
        for Leg { to, around } in &contour.legs {
            let _ = match around {
                None => writeln!(out, "G1 X{:.6} Y{:.6}", to[0], to[1]),
                Some(([cx, cy], left)) => {
                    let word = if *left { 3 } else { 2 };
                    writeln!(out, "G{word} X{:.6} Y{:.6} I{:.6} J{:.6}", to[0], to[1], cx - at[0], cy - at[1])
                }
            };
            at = *to;
        }
        let _ = writeln!(out, "{off}");
    }
    out + "M30\n"
}

/// What a run made, finished parts by area: rings by their intended area, each with what was meant and what became of it.
struct Made {
    pieces: usize,
    parts: Vec<Part>,
}

struct Part {
    area: f64,
    mass: f64,
    size: Point,
    rings: Vec<Ring>,
}

#[derive(Debug)]
struct Ring {
    intended_area: f64,
    intended_size: Point,
    area_off: f64,
    size_off: Point,
    worst: f64,
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or_else(|| panic!("{key} in {value}"))
}

fn pair(value: &Value, key: &str) -> Point {
    [0, 1].map(|axis| value[key][axis].as_f64().unwrap_or_else(|| panic!("{key} in {value}")))
}

fn made(report: &Value) -> Made {
    let pieces: Vec<&Value> = report["parts"].as_array().unwrap().iter().filter(|part| part["skeleton"] == false).collect();
    let ring = |ring: &Value| Ring {
        intended_area: number(ring, "intended_area_mm2"),
        intended_size: pair(ring, "intended_size_mm"),
        area_off: number(ring, "area_mm2") - number(ring, "intended_area_mm2"),
        size_off: pair(ring, "size_off_mm"),
        worst: number(ring, "worst_mm"),
    };
    let part = |part: &&Value| {
        assert_eq!(part["measured"]["unmatched_rings"], 0, "{part}");
        let mut rings: Vec<Ring> = part["measured"]["rings"].as_array().unwrap().iter().map(ring).collect();
        rings.sort_by(|a, b| b.intended_area.total_cmp(&a.intended_area));
        Part { area: number(part, "cold_area_mm2"), mass: number(part, "mass_kg"), size: pair(part, "cold_size_mm"), rings }
    };
    let mut parts: Vec<Part> = pieces.iter().filter(|part| part["scrap"] == false).map(part).collect();
    parts.sort_by(|a, b| b.area.total_cmp(&a.area));
    Made { pieces: pieces.len(), parts }
}

/// The job of these contours, run. `zero` is where the program's zero lies on the plate.
fn cut(name: &str, contours: &[Contour], torch: &str, words: [&str; 2], feed: f64) -> Made {
    let corner = [150.0, 150.0];
    let path = scene(
        &format!("same-{name}"),
        &format!("material = \"S235\"\nthickness_mm = 6\nsize_mm = [300, 300]\ncorner_mm = {corner:?}"),
        torch,
        &written(contours, words, feed),
        "",
    );
    let folder = path.parent().unwrap();
    let machine = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/machines/rack_4x4.toml")).unwrap();
    let straight = "\n[geometry]\nx_bow_mm = 0\ny_bow_mm = 0\nsquareness_mm_per_m = 0\nwarming_k = 0\nx_pitch_error_mm_per_m = 0\n\
                    y_pitch_error_mm_per_m = 0\n";
    std::fs::write(folder.join("machine.toml"), machine + straight).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let text: String = text
        .lines()
        .map(|line| if line.starts_with("machine") { "machine = \"machine.toml\"" } else { line }.to_string() + "\n")
        .collect();
    std::fs::write(&path, text.replace("work_zero_mm = [0, 0, 0]", "work_zero_mm = [280, 280, 0]")).unwrap();
    made(&run(&path))
}

/// How far what was cut may differ, mm: in size, in the mean along the edges, in the worst deviation.
struct Within {
    size: f64,
    mean: f64,
    worst: f64,
}

/// Cuts whose kerf is the same differ by what the machine does: X and Y are of other stiffness.
const MACHINE: Within = Within { size: 0.1, mean: 0.01, worst: 0.04 };

/// `other` is `one` laid down otherwise.
fn same(name: &str, one: &Made, other: &Made, lie: &Lie, within: &Within) {
    assert_eq!((one.pieces, one.parts.len()), (other.pieces, other.parts.len()), "{name}");
    let s = lie.size;
    let turned = |[x, y]: Point| if lie.quarters % 2 == 1 { [y, x] } else { [x, y] };
    for (a, b) in one.parts.iter().zip(&other.parts) {
        assert_eq!(a.rings.len(), b.rings.len(), "{name}");
        assert!((b.mass / b.area / (a.mass / a.area) - 1.0).abs() < 1e-2, "{name}: a mass goes with its area");
        let mut most = [0.0f64; 3];
        for axis in 0..2 {
            most[0] = most[0].max((turned(b.size)[axis] - s * a.size[axis]).abs());
        }
        for (p, q) in a.rings.iter().zip(&b.rings) {
            assert!((q.intended_area / (s * s * p.intended_area) - 1.0).abs() < 4e-6, "{name}: {p:?} {q:?}");
            for axis in 0..2 {
                let (size, like) = (turned(q.intended_size)[axis], s * p.intended_size[axis]);
                assert!((size - like).abs() < 2e-3, "{name}: {p:?} {q:?}");
                most[0] = most[0].max((turned(q.size_off)[axis] - s * p.size_off[axis]).abs());
            }
            // An edge that is off by d all around is off by d times its length in area.
            let around = 2.0 * (q.intended_size[0] + q.intended_size[1]);
            most[1] = most[1].max((q.area_off - s * s * p.area_off).abs() / around);
            most[2] = most[2].max((q.worst - p.worst).abs());
        }
        println!(
            "{name}: part of {:.1} mm2, sizes within {:.4} mm, edges in the mean {:.4} mm, at the worst {:.4} mm",
            b.area, most[0], most[1], most[2]
        );
        assert!(most[0] < within.size && most[1] < within.mean && most[2] < within.worst, "{name}: {most:?}");
    }
}

const FEED: f64 = 1800.0;
const ROUTER: [&str; 2] = ["M3", "M5"];
/// The job's size in most runs, so that they are short.
const SMALL: f64 = 0.6;

fn laid(contours: &[Contour], lie: &Lie) -> Vec<Contour> {
    contours.iter().map(|contour| lie.contour(contour)).collect()
}

/// Without heat: `size` is that of the job, and of the kerf, over 2 mm.
fn routed(name: &str, contours: &[Contour], size: f64) -> Made {
    let torch = format!("process = \"fixed-kerf\"\nkerf_mm = {}\nwords = \"m3-starts\"", 2.0 * size);
    cut(name, contours, &torch, ROUTER, FEED)
}

/// With a flame: 6 mm plate, heat that stays where it has been left.
fn burnt(name: &str, contours: &[Contour]) -> Made {
    cut(
        name,
        contours,
        "process = \"oxy-acetylene\"\nwords = \"m3-preheat-m8-oxygen\"",
        ["M3\nG4 P5\nM8\nG4 P1", "M9\nM5"],
        600.0,
    )
}

/// What is larger by a factor has a kerf that is larger by it, and s² of the area; the formula is that of contours moved in by half of the kerf, 1
/// mm: every edge by its length, a sharp corner outwards is cut back less, the rounded one more.
#[test]
fn a_larger_job_gives_larger_parts() {
    let (small, large) = (routed("small", &laid(&job(), &Lie { size: SMALL, ..AS_IT_IS }), SMALL), routed("large", &job(), 1.0));
    // Three slugs beside the two parts.
    assert_eq!((large.pieces, large.parts.len()), (5, 2));
    let l = 100.0 * 40.0 + 60.0 * 40.0 + 100.0 * (1.0 - PI / 4.0) - (380.0 + 5.0 * PI) + 5.0 - PI / 4.0;
    for (part, (area, rings)) in large.parts.iter().zip([(l, 3), (30.0 * 38.0 + PI * 19.0 * 19.0, 2)]) {
        assert_eq!(part.rings.len(), rings);
        let found = part.rings[0].intended_area;
        println!("meant: {found:.4} mm2, by formula {area:.4}");
        assert!((found / area - 1.0).abs() < 1e-6);
    }
    same("larger", &small, &large, &Lie { size: 1.0 / SMALL, ..AS_IT_IS }, &MACHINE);
}

#[test]
fn a_job_laid_otherwise_gives_the_same_parts() {
    let plain = routed("plain", &laid(&job(), &Lie { size: SMALL, ..AS_IT_IS }), SMALL);
    for (name, lie) in [
        ("shifted", Lie { shift: [-33.7, 21.3], ..AS_IT_IS }),
        ("turned", Lie { quarters: 1, ..AS_IT_IS }),
        ("mirrored", Lie { mirrored: true, ..AS_IT_IS }),
        ("mirrored-and-turned", Lie { mirrored: true, quarters: 3, shift: [10.0, 0.0], ..AS_IT_IS }),
    ] {
        same(name, &plain, &routed(name, &laid(&job(), &Lie { size: SMALL, ..lie }), SMALL), &lie, &MACHINE);
    }
}

#[test]
fn a_job_cut_backwards_or_from_elsewhere_gives_the_same_parts() {
    let small = Lie { size: SMALL, ..AS_IT_IS };
    let plain = routed("forwards", &laid(&job(), &small), SMALL);
    let backwards: Vec<Contour> = job().iter().map(Contour::backwards).collect();
    same("backwards", &plain, &routed("backwards", &laid(&backwards, &small), SMALL), &AS_IT_IS, &MACHINE);
    let [circle, window, outline, slot, stadium]: [Contour; 5] = job().try_into().unwrap_or_else(|_| panic!("five contours"));
    let elsewhere = [
        slot.from(2, slot.lead),
        stadium.from(2, [96.0, 101.0]).backwards(),
        window.from(1, window.lead),
        circle.from(1, circle.lead).backwards(),
        outline.from(3, [108.0, 45.0]),
    ];
    same("elsewhere", &plain, &routed("elsewhere", &laid(&elsewhere, &small), SMALL), &AS_IT_IS, &MACHINE);
}

/// Lying otherwise as a whole a job meets its own heat. Backwards the side of a small part that was cut first is cut last, on plate that the
/// other sides have warmed: its kerf is wider there (0.2 mm), while the part as a whole stays what it was.
#[test]
fn a_job_cut_with_a_flame_gives_the_same_parts() {
    let small = Lie { size: SMALL, ..AS_IT_IS };
    let plain = burnt("flame", &laid(&job(), &small));
    for (name, lie) in
        [("flame-shifted", Lie { shift: [-21.3, 17.7], ..AS_IT_IS }), ("flame-mirrored", Lie { mirrored: true, ..AS_IT_IS })]
    {
        same(name, &plain, &burnt(name, &laid(&job(), &Lie { size: SMALL, ..lie })), &lie, &MACHINE);
    }
    let backwards: Vec<Contour> = job().iter().map(Contour::backwards).collect();
    same(
        "flame-backwards",
        &plain,
        &burnt("flame-backwards", &laid(&backwards, &small)),
        &AS_IT_IS,
        &Within { size: 0.4, mean: 0.02, worst: 0.15 },
    );
}
