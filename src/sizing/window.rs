//! The hardest stretches of a job as small programs of their own, so that a machine can be refused within seconds.
//!
//! In: a program, and which of its cutting moves are hard. Out: programs that go from the job's start to such a stretch, start the torch there
//! as the job does, and cut it. The rails are cold in them and earlier cuts are not there: what fails here would fail in the job, what passes
//! may still fail there. The hardest rapids are windows of their own that start where the rapids before them do: whether a motor keeps its
//! steps needs neither the way there nor the torch.

use super::screen::{Worst, cutting_moves};
use crate::program::Program;
use torchtwin_planner::{Geometry, MoveKind, PathItem, Point, Shape, TorchEvent};

/// Cut before and after the worst place, m.
const AROUND_M: f64 = 0.03;

/// Rapids that lead to a hard one, at most.
const LEADING: usize = 3;

/// The windows of a program: around the place where geometry is worst, and around its tightest curve.
pub fn windows(program: &Program, geometry: &Worst) -> Vec<Program> {
    let moves = cutting_moves(program);
    let mut places = Vec::new();
    if let Some(k) = moves.iter().position(|(number, _)| *number == geometry.item) {
        places.push((k, geometry.at));
    }
    if let Some(k) = tightest(&moves) {
        places.push((k, 0.5));
    }
    places.dedup_by_key(|(k, _)| *k);
    places.into_iter().filter_map(|(k, at)| window(program, &moves, k, at)).collect()
}

/// The rapids with these numbers as programs of their own, each with the rapids that lead to it and the one behind it: a motor falls out of step where
/// the last stop still rings.
pub fn rapids(program: &Program, numbers: &[usize]) -> Vec<Program> {
    let is_rapid = |number: usize| matches!(program.items.get(number), Some(PathItem::Move { kind: MoveKind::Rapid, .. }));
    let mut ranges: Vec<[usize; 2]> = Vec::new();
    for &number in numbers {
        let before = (1..=LEADING).take_while(|back| number >= *back && is_rapid(number - back)).count();
        let range = [number - before, if is_rapid(number + 1) { number + 1 } else { number }];
        match ranges.last_mut() {
            Some(last) if last[1] >= range[0] => last[1] = last[1].max(range[1]),
            _ => ranges.push(range),
        }
    }
    let mut at = program.start_in_machine_m;
    let mut all = Vec::new();
    for (number, item) in program.items.iter().enumerate() {
        if let Some([first, last]) = ranges.iter().find(|[first, _]| *first == number) {
            all.push(Program { items: program.items[*first..=*last].to_vec(), start_in_machine_m: at, ..program.clone() });
        }
        if let PathItem::Move { shape, .. } = item {
            at = Geometry::new(at, shape).to();
        }
    }
    all
}

/// The cutting move with the smallest radius; of straight ones, that after the sharpest corner. Of equals the one furthest from the start,
/// where the way to it is longest.
fn tightest(moves: &[(usize, Geometry)]) -> Option<usize> {
    let hardness = |k: usize| {
        let path = &moves[k].1;
        let turn = if k > 0 && moves[k - 1].0 + 1 == moves[k].0 {
            let (a, b) = (moves[k - 1].1.tangent_at(1.0), path.tangent_at(0.0));
            1.0 - (0..3).map(|i| a[i] * b[i]).sum::<f64>()
        } else {
            0.0
        };
        // A lead of a few millimetres is no contour.
        if path.length_m() < 5e-3 { 0.0 } else { turn + if path.radius_m().is_finite() { 2e-3 / path.radius_m() } else { 0.0 } }
    };
    let far = |k: usize| moves[k].1.to().iter().take(2).sum::<f64>();
    (0..moves.len()).max_by(|&a, &b| hardness(a).total_cmp(&hardness(b)).then_with(|| far(a).total_cmp(&far(b))))
}

/// A program that cuts around the place `at` of cutting move `k`.
fn window(program: &Program, moves: &[(usize, Geometry)], k: usize, at: f64) -> Option<Program> {
    let (mut first, mut last) = (k, k);
    let (mut before, mut after) = (at * moves[k].1.length_m(), (1.0 - at) * moves[k].1.length_m());
    while before < AROUND_M && first > 0 && moves[first - 1].0 + 1 == moves[first].0 {
        first -= 1;
        before += moves[first].1.length_m();
    }
    while after < AROUND_M && last + 1 < moves.len() && moves[last].0 + 1 == moves[last + 1].0 {
        last += 1;
        after += moves[last].1.length_m();
    }
    // A long straight move is begun and ended near the place; its own start is then no longer that of the window.
    let (skip, cut_off) = ((before - AROUND_M).max(0.0), (after - AROUND_M).max(0.0));
    let start = along(&moves[first].1, skip);
    let opened = program.items[..moves[first].0].iter().rposition(|item| is_torch(item, TorchEvent::OxygenOn))?;
    let begins = start_sequence(program, opened);
    let mut items = translated(program, begins, moves[first].0, start);
    for (n, (number, path)) in moves.iter().enumerate().take(last + 1).skip(first) {
        let mut item = program.items[*number];
        if n == last
            && let (PathItem::Move { shape: Shape::Line { to }, .. }, true) = (&mut item, cut_off > 0.0)
        {
            *to = along(path, path.length_m() - cut_off);
        }
        items.push(item);
    }
    let tag = program.items[moves[last].0].tag();
    items.push(PathItem::Torch { tag, event: TorchEvent::AllOff, with_move: false });
    Some(Program { items, ..program.clone() })
}

/// The point of a straight move so far from its start; the start of an arc, which stays whole.
fn along(path: &Geometry, distance_m: f64) -> Point {
    match path {
        Geometry::Line { .. } => path.point_at((distance_m / path.length_m()).clamp(0.0, 1.0)),
        Geometry::Arc { .. } => path.point_at(0.0),
    }
}

fn is_torch(item: &PathItem, wanted: TorchEvent) -> bool {
    matches!(item, PathItem::Torch { event, .. } if *event == wanted)
}

/// Where what belongs to the start of the cut at `opened` begins: after everything was closed the last time.
fn start_sequence(program: &Program, opened: usize) -> usize {
    let closed = |item: &PathItem| is_torch(item, TorchEvent::AllOff) || is_torch(item, TorchEvent::OxygenOff);
    program.items[..opened].iter().rposition(closed).map_or(0, |at| at + 1)
}

/// The items from `begins` up to `ends`, moved so that they end over `to`; leads within them shrink to nothing.
fn translated(program: &Program, begins: usize, ends: usize, to: Point) -> Vec<PathItem> {
    let moved = |item: &PathItem| match *item {
        PathItem::Move { tag, kind, speed_m_per_s, shape } => {
            let z = match shape {
                Shape::Line { to } | Shape::Arc { to, .. } => to[2],
            };
            Some(PathItem::Move { tag, kind, speed_m_per_s, shape: Shape::Line { to: [to[0], to[1], z] } })
        }
        other => Some(other),
    };
    let mut items: Vec<PathItem> = program.items[begins..ends].iter().filter_map(moved).collect();
    // Moves that now go nowhere are left out: the way of Z stays.
    let mut at = program.start_in_machine_m;
    items.retain(|item| {
        let PathItem::Move { shape: Shape::Line { to }, .. } = item else { return true };
        let stays = (0..3).all(|i| (to[i] - at[i]).abs() < 1e-12);
        at = *to;
        !stays
    });
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program in one line for each item.
    fn program(items: Vec<PathItem>) -> Program {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/square_100.toml");
        let scene = crate::scene::load(&path, None).unwrap();
        let (program, _) =
            crate::program::interpret("x", "G21 G90\nG0 X1\nM2\n", &crate::program::Setup::default(), &crate::program::NoLibrary);
        assert!(!scene.title.is_empty());
        Program { items, start_in_machine_m: [0.0, 0.0, 0.005], ..program }
    }

    fn go(kind: MoveKind, to: Point) -> PathItem {
        PathItem::Move { tag: 0, kind, speed_m_per_s: 0.008, shape: Shape::Line { to } }
    }

    fn torch(event: TorchEvent) -> PathItem {
        PathItem::Torch { tag: 0, event, with_move: false }
    }

    #[test]
    fn a_window_starts_the_torch_at_its_place_and_cuts_around_it() {
        use MoveKind::{Feed, Rapid};
        use TorchEvent::{AllOff, FlameOn, OxygenOn};
        let whole = program(vec![
            go(Rapid, [0.1, 0.1, 0.015]),
            go(Feed, [0.1, 0.1, 0.005]),
            torch(FlameOn),
            PathItem::Dwell { tag: 0, seconds: 8.0 },
            torch(OxygenOn),
            PathItem::Dwell { tag: 0, seconds: 2.0 },
            go(Feed, [0.9, 0.1, 0.005]),
            go(Feed, [0.9, 0.11, 0.005]),
            torch(AllOff),
        ]);
        let worst = Worst { item: 6, at: 0.5, ..Worst::default() };
        let all = windows(&whole, &worst);
        assert_eq!(all.len(), 2);
        let path: Vec<Point> = all[0]
            .items
            .iter()
            .filter_map(|item| if let PathItem::Move { shape: Shape::Line { to }, .. } = item { Some(*to) } else { None })
            .collect();
        let expected = [[0.47, 0.1, 0.015], [0.47, 0.1, 0.005], [0.53, 0.1, 0.005]];
        assert!(
            path.len() == 3 && path.iter().zip(expected).all(|(a, b)| (0..3).all(|i| (a[i] - b[i]).abs() < 1e-12)),
            "{path:?}"
        );
        let events: Vec<TorchEvent> = all[0]
            .items
            .iter()
            .filter_map(|item| if let PathItem::Torch { event, .. } = item { Some(*event) } else { None })
            .collect();
        assert_eq!(events, [FlameOn, OxygenOn, AllOff]);
        let dwells: f64 =
            all[0].items.iter().map(|item| if let PathItem::Dwell { seconds, .. } = item { *seconds } else { 0.0 }).sum();
        assert_eq!(dwells, 10.0);
        // The other one is around the middle of the short side: that side, and before it the last 25 mm of the long one.
        let last = all[1]
            .items
            .iter()
            .rev()
            .find_map(|item| if let PathItem::Move { shape: Shape::Line { to }, .. } = item { Some(*to) } else { None });
        assert_eq!(last, Some([0.9, 0.11, 0.005]));
        let cut: f64 = cutting_moves(&all[1]).iter().map(|(_, path)| path.length_m()).sum();
        assert!((cut - 0.035).abs() < 1e-9, "{cut}");
    }
}
