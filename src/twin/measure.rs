//! Parts beside what was intended, what they lose in cooling, camber.
//!
//! In: cuts, pieces, the program, the scene. Out: measurements and figures for the record.

use std::collections::BTreeMap;

use crate::plate::geometry::{Region, edges, ring_contains};
use crate::plate::kerf::{self, PathPoint};
use crate::plate::parts::{self, Measured, size_class, u_range};
use crate::program::Program;
use crate::scene::model::Scene;
use crate::torch::{ARC_EDGE_RAD, FLAME_EDGE_RAD, Kind};
use crate::twin::growth::{self, Growth};
use crate::twin::process::Process;
use crate::twin::record::{BudgetLine, Cooled, Cut, CutPoint, OutOfSquare, PLATE_GROWTH, PartRecord};
use torchtwin_planner::{Geometry, PathItem, Plane, TorchEvent};

/// Chord error of the intended contours, m.
const CHORD_M: f64 = 0.25e-6;
/// A piece longer than this many times its width is a strip whose bow is estimated.
const STRIP: f64 = 4.0;
/// Modulus of steel, Pa, and of the shrinkage force of a cut edge: kN for each J/mm of heat that stays on its side (White, Leggatt and
/// Dwight: 0.2). Basis: estimate.
const MODULUS_PA: f64 = 210e9;
const TENDON_N_PER_J_PER_M: f64 = 0.2e6 / 1e6;

/// A place around a pierce is looked at this far from its edge, m, in so many directions.
const BESIDE_PIERCE_M: f64 = 0.3e-3;
const ROUND: usize = 16;
/// Nearer than this to the plate's border is on it, m.
const BORDER_M: f64 = 1e-6;

/// The cut paths of the program, with the kerf that the torch's chart gives: what a machine without errors would have cut.
fn programmed_cuts(scene: &Scene, program: &Program) -> Vec<Vec<PathPoint>> {
    let flame_first = matches!(scene.torch.params.setting.kind, Kind::OxyFuel(_));
    let kerf_m = scene.torch.params.setting.kerf_m;
    let at_kerf = |at_m| PathPoint { at_m, kerf_m };
    let mut at = program.start_in_machine_m;
    let (mut open, mut path, mut out) = (false, Vec::new(), Vec::new());
    for item in &program.items {
        match *item {
            PathItem::Move { ref shape, .. } => {
                let geometry = Geometry::new(at, shape);
                at = geometry.to();
                if open {
                    let points = chords(&geometry);
                    if path.is_empty() {
                        path.push(at_kerf(points[0]));
                    }
                    path.extend(points[1..].iter().copied().map(at_kerf));
                }
            }
            PathItem::Torch { event, .. } => {
                let on = event == TorchEvent::OxygenOn || event == TorchEvent::FlameOn && !flame_first;
                if open && !on {
                    out.push(std::mem::take(&mut path));
                }
                open = on;
            }
            PathItem::Dwell { .. } | PathItem::Stop { .. } | PathItem::Mode { .. } => {}
        }
    }
    out.push(path);
    out.retain(|path| path.len() > 1);
    out
}

/// A move in X and Y as a chain of points, both ends included; those of an arc keep its area.
fn chords(geometry: &Geometry) -> Vec<[f64; 2]> {
    let flat = |share: f64| {
        let [x, y, _] = geometry.point_at(share);
        [x, y]
    };
    let Geometry::Arc { radius_m, sweep_rad, centre, plane, .. } = *geometry else { return vec![flat(0.0), flat(1.0)] };
    let each = 2.0 * (1.0 - (CHORD_M / radius_m.max(CHORD_M)).min(1.0)).acos();
    let pieces = (sweep_rad.abs() / each.max(1e-3)).ceil().clamp(1.0, 1e4);
    let factor = if plane == Plane::Xy { kerf::area_keeping(pieces, sweep_rad.abs() / pieces) } else { 1.0 };
    let point = |k: u32| {
        let p = flat(f64::from(k) / pieces);
        if k == 0 || k == pieces as u32 { p } else { [0, 1].map(|axis| centre[axis] + factor * (p[axis] - centre[axis])) }
    };
    (0..=pieces as u32).map(point).collect()
}

/// The regions that the job is to make: of the drawing where there is one, else of the programmed path.
pub fn intended(scene: &Scene, program: &Program, plate: &Region) -> Vec<Region> {
    if !scene.plate.intended.is_empty() {
        return parts::regions_of(&scene.plate.intended);
    }
    let kerf = kerf::sweep(&programmed_cuts(scene, program));
    let pieces = parts::separate(plate, &kerf, &[], scene.plate.thickness_m, scene.plate.density_kg_per_m3, &scene.plate.slats);
    pieces.into_iter().filter(|piece| piece.loose).map(|piece| piece.region).collect()
}

/// How far out of square the edges of this part are: by the side of the travel on which it lies. None where the process leaves them square.
fn out_of_square(scene: &Scene, cuts: &[Cut], part: &Region) -> Option<OutOfSquare> {
    let thickness_m = scene.plate.thickness_m;
    let angle_rad = match scene.torch.params.setting.kind {
        Kind::FixedKerf | Kind::Source(_) => return None,
        Kind::OxyFuel(_) => FLAME_EDGE_RAD,
        Kind::Plasma { .. } => {
            // The part lies right of the travel where a step to the right, beyond the kerf, is on it.
            let (mut right, mut left) = (0u32, 0u32);
            for point in cuts.iter().flat_map(|cut| cut.points.iter().step_by(20)) {
                let [hx, hy] = point.heading;
                let step = |side: f64| {
                    let d = side * (0.5 * point.kerf_m + 0.2e-3);
                    part.contains([point.tip_in_machine_m[0] + d * hy, point.tip_in_machine_m[1] - d * hx])
                };
                right += u32::from(step(1.0));
                left += u32::from(step(-1.0));
            }
            ARC_EDGE_RAD[usize::from(left > right)]
        }
    };
    let u_m = angle_rad.tan() * parts::measured_height_m(thickness_m);
    Some(OutOfSquare { u_m, range: u_range(thickness_m, u_m), taper_m: 2.0 * angle_rad.tan() * thickness_m })
}

/// Compares every loose piece, cold, with what was intended; figures of the whole go to `figures`.
pub fn compare(
    scene: &Scene,
    process: &Process,
    wanted: &[Region],
    found: &mut [PartRecord],
    figures: &mut BTreeMap<String, f64>,
) {
    let thickness_m = scene.plate.thickness_m;
    let (mut class, mut range, mut worst, mut matched) = (0u8, 0u8, 0.0f64, 0u32);
    for part in found.iter_mut().filter(|part| part.piece.loose) {
        part.camber_m = camber_m(scene, &part.piece.region);
        let Some(like) = parts::nearest(&part.piece.region, wanted) else {
            // A drawing holds the parts alone; what falls out of their holes is not in it.
            part.scrap = !wanted.is_empty();
            continue;
        };
        part.like = Some(like);
        part.cold = cooled(&process.growth, like, &part.piece.region, &wanted[like]);
        let measured = part.measured.insert(parts::measure(part.finished(), &wanted[like]));
        matched += 1;
        // What falls out of a hole is scrap, what is cut out of that a part again, and so on inwards. A drawing says itself what is a part.
        part.scrap = scene.plate.intended.is_empty() && is_scrap(scene, &process.cuts, &part.piece.region, like, wanted);
        if part.scrap {
            continue;
        }
        worst = worst.max(measured.worst_m());
        class = class.max(part_class(measured, thickness_m).unwrap_or(0));
        part.out_of_square = out_of_square(scene, &process.cuts, &part.piece.region);
        range = range.max(part.out_of_square.map_or(1, |edges| edges.range));
    }
    if matched > 0 {
        figures.insert("part_error_max_mm".into(), worst * 1e3);
        if class > 0 {
            figures.insert("iso9013_class".into(), f64::from(class));
        }
        if range > 0 {
            figures.insert("iso9013_u_range".into(), f64::from(range));
        }
    }
    if !wanted.is_empty() {
        figures.insert("parts_intended".into(), wanted.len() as f64);
    }
}

/// A piece as it is when cold; none where nothing is known of how warm it was cut. A hole takes the growth of the intended hole that is
/// nearest to it.
fn cooled(growth: &Growth, like: usize, piece: &Region, wanted: &Region) -> Option<Cooled> {
    let [outline, cut_at_c] = growth.of(like, 0)?;
    let middle = |ring: &[[f64; 2]]| Region { outer: ring.to_vec(), holes: Vec::new() }.centroid_m();
    let middles: Vec<[f64; 2]> = wanted.holes.iter().map(|hole| middle(hole)).collect();
    let of_hole = |hole: &Vec<[f64; 2]>| {
        let [x, y] = middle(hole);
        let away = |m: &[f64; 2]| (m[0] - x).hypot(m[1] - y);
        let nearest = (0..middles.len()).min_by(|&a, &b| away(&middles[a]).total_cmp(&away(&middles[b])));
        nearest.and_then(|n| growth.of(like, n + 1)).map_or(outline, |[growth, _]| growth)
    };
    let rings: Vec<f64> = std::iter::once(outline).chain(piece.holes.iter().map(of_hole)).collect();
    Some(Cooled { region: growth::cooled(piece, &rings), cut_at_c, growth: outline })
}

/// What cooling does across the outlines of the finished parts, as a line of the error budget; none where it does nothing.
pub fn plate_growth(found: &[PartRecord], figures: &mut BTreeMap<String, f64>) -> Option<BudgetLine> {
    let (mut sum, mut length, mut worst, mut worst_line) = (0.0, 0.0, 0.0f64, 0);
    for part in found.iter().filter(|part| !part.scrap) {
        let Some(cold) = &part.cold else { continue };
        let rings = part.piece.region.rings().zip(cold.region.rings());
        for ((a, b), (p, q)) in rings.flat_map(|(hot, cold)| edges(hot).zip(edges(cold))) {
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let long = dx.hypot(dy);
            // How far the middle of the edge has come across it.
            let across = 0.5 * ((p[0] + q[0] - a[0] - b[0]) * dy - (p[1] + q[1] - a[1] - b[1]) * dx) / long.max(1e-12);
            sum += across * across * long;
            length += long;
            if across.abs() > worst {
                (worst, worst_line) = (across.abs(), part.freed_line);
            }
        }
    }
    if worst <= 0.0 {
        return None;
    }
    figures.insert("plate_growth_max_mm".into(), worst * 1e3);
    Some(BudgetLine { rung: PLATE_GROWTH[0], worst_m: worst, rms_m: (sum / length).sqrt(), worst_line })
}

/// The worst class of a part's sizes: its outline's box, and the diameters or boxes of its holes.
pub fn part_class(measured: &Measured, thickness_m: f64) -> Option<u8> {
    let sizes = measured.rings.iter().flat_map(|ring| match &ring.circle {
        Some(circle) => vec![(circle.intended_diameter_m, circle.diameter_m - circle.intended_diameter_m)],
        None => (0..2).map(|axis| (ring.intended_size_m[axis], ring.size_off_m[axis])).collect(),
    });
    sizes.filter_map(|(nominal, off)| size_class(thickness_m, nominal, off)).max()
}

/// Whether a piece, which is `wanted[own]`, fell out of a hole. A piece of the plate's border with something cut out of it is a part with a hole, or a
/// remnant with a part in it: the first where the torch pierced what was cut out.
fn is_scrap(scene: &Scene, cuts: &[Cut], piece: &Region, own: usize, wanted: &[Region]) -> bool {
    let Some(&place) = piece.outer.first() else { return true };
    let around =
        wanted.iter().enumerate().filter(|(n, other)| *n != own && ring_contains(&other.outer, place)).map(|(_, other)| other);
    let (remnants, parts): (Vec<&Region>, Vec<&Region>) = around.partition(|region| is_of_the_border(scene, region));
    match (parts.len(), remnants.is_empty()) {
        (0, false) => cuts.iter().filter_map(|cut| cut.points.first()).any(|pierce| pierced_share(pierce, piece) >= 0.5),
        (count, _) => count % 2 == 1,
    }
}

/// Whether a region has some of the plate's border.
fn is_of_the_border(scene: &Scene, region: &Region) -> bool {
    let ([low, high], corner, size) = (region.bounds_m(), scene.plate.corner_in_machine_m, scene.plate.size_m);
    (0..2).any(|i| low[i] - corner[i] < BORDER_M || corner[i] + size[i] - high[i] < BORDER_M)
}

/// Share of the directions around a pierce in which, beside its hole, a region lies.
pub fn pierced_share(pierce: &CutPoint, region: &Region) -> f64 {
    let reach = 0.5 * pierce.kerf_m + BESIDE_PIERCE_M;
    let ([low, high], at) = (region.bounds_m(), pierce.tip_in_machine_m);
    if (0..2).any(|i| at[i] < low[i] - reach || at[i] > high[i] + reach) {
        return 0.0;
    }
    let around = |k: usize| {
        let (s, c) = (std::f64::consts::TAU * k as f64 / ROUND as f64).sin_cos();
        region.contains([pierce.tip_in_machine_m[0] + reach * c, pierce.tip_in_machine_m[1] + reach * s])
    };
    (0..ROUND).filter(|&k| around(k)).count() as f64 / ROUND as f64
}

/// What a drawing has that was not cut, and holes that it does not have, as words and place; nothing without a drawing.
pub fn unlike_the_drawing(scene: &Scene, wanted: &[Region], found: &[PartRecord]) -> Vec<(String, [f64; 2])> {
    if scene.plate.intended.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    let size = |region: &Region| {
        let [low, high] = region.bounds_m();
        format!("{:.1} × {:.1} mm", (high[0] - low[0]) * 1e3, (high[1] - low[1]) * 1e3)
    };
    let place = |[x, y]: [f64; 2]| format!("X {:.1} Y {:.1} mm of the table", x * 1e3, y * 1e3);
    for (n, region) in wanted.iter().enumerate() {
        if !found.iter().any(|part| part.like == Some(n)) {
            let at = region.centroid_m();
            out.push((format!("the part of {} that is drawn at {} was not cut", size(region), place(at)), at));
        }
    }
    for part in found.iter().filter(|part| !part.scrap) {
        let Some((measured, like)) = part.measured.as_ref().zip(part.like) else { continue };
        for (ring, drawn) in &measured.unmatched {
            let hole = Region { outer: ring.clone(), holes: Vec::new() };
            let fault = if *drawn { "is drawn and was not cut" } else { "was cut and is not drawn" };
            let (of, at) = (size(&wanted[like]), hole.centroid_m());
            out.push((format!("a hole of {} at {} in the part of {of} {fault}", size(&hole), place(at)), at));
        }
    }
    out
}

/// Bow of a long narrow piece whose long edges were cut one after the other, m: F e L²/(8 E I), with the shrinkage force of the later
/// edge F = 0.2 kN for each J/mm of heat on its side, at half the width. An estimate of the most: the earlier edge takes some of it back.
fn camber_m(scene: &Scene, region: &Region) -> Option<f64> {
    let [low, high] = region.bounds_m();
    let (a, b) = (high[0] - low[0], high[1] - low[1]);
    let (length, width) = (a.max(b), a.min(b));
    // The box says little of a piece that does not fill it.
    if length < STRIP * width || region.area_m2() < 0.7 * length * width {
        return None;
    }
    let setting = &scene.torch.params.setting;
    let t = scene.plate.thickness_m;
    let heat_j_per_m = setting.burn_j_per_m2 * t + setting.flame_w / setting.clean_speed_m_per_s;
    let force = TENDON_N_PER_J_PER_M * 0.5 * heat_j_per_m;
    let inertia = t * width.powi(3) / 12.0;
    Some(force * 0.5 * width * length * length / (8.0 * MODULUS_PA * inertia))
}
