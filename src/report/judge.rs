//! The verdict: which bounds hold, which do not, and why not.
//!
//! In: what the scene expects and what the run left behind. Out: [`Verdict`]. Uses the scene's model and the record.

use crate::scene::model::{Bound, Scene};
use crate::twin::record::{EventKind, Record};

use super::{figures, reasons};

/// What every scene must keep, unless it bounds the figure itself; that on clamps where there are clamps, that on a drawing where there is one.
pub const MUST_HAVES: [&str; 8] = [
    "lost_steps",
    "cut_lost",
    "tip_touches",
    "part_hits",
    CLAMP_HITS,
    NOT_AS_DRAWN,
    "travel_exceeded_mm",
    "step_rate_exceeded_hz",
];
const CLAMP_HITS: &str = "clamp_hits";
const NOT_AS_DRAWN: &str = "not_as_drawn";

/// Share of the heat put into the plate that its books may leave open.
const MOST_ENERGY_ERROR: f64 = 1e-3;

/// The outcome of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether every check holds.
    pub pass: bool,
    /// Why the failed checks failed, in the order of the checks.
    pub reasons: Vec<Reason>,
    /// The scene's bounds in the order of its file, then the built-in ones.
    pub checks: Vec<Check>,
}

/// One bound and how the run met it.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Figure, by its name in `[expect]`.
    pub figure: String,
    /// What the run gave; none when the run has no such figure (or no number for it).
    pub value: Option<f64>,
    /// What was asked.
    pub bound: Bound,
    /// Whether it holds.
    pub pass: bool,
    /// Whether it applies without being asked for in the scene.
    pub built_in: bool,
}

/// Why a check failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The figure that is out of bounds.
    pub figure: String,
    /// What happened, in plain words, naming line, axis and cause.
    pub text: String,
    /// What would help, in plain words; may be empty.
    pub fix: String,
    /// Line of the program.
    pub line: Option<u32>,
    /// Where, machine coordinates, m.
    pub at_in_machine_m: Option<[f64; 2]>,
    /// When, simulated s.
    pub time_s: Option<f64>,
}

impl Check {
    /// Distance to the bound in the figure's unit: positive inside, negative outside.
    pub fn margin(&self) -> Option<f64> {
        self.value.map(|value| margin(self.bound, value))
    }

    /// The bound for people: "at most 0.250 mm".
    pub fn bound_words(&self) -> String {
        let show = |value| figures::show(&self.figure, value);
        match self.bound {
            Bound::Max(most) => format!("at most {}", show(most)),
            Bound::Min(least) => format!("at least {}", show(least)),
            Bound::Equal { value, tolerance: 0.0 } => format!("exactly {}", show(value)),
            Bound::Equal { value, tolerance } => format!("{} ± {}", show(value), show(tolerance)),
        }
    }

    /// The value for people.
    pub fn value_words(&self) -> String {
        self.value.map_or("not in this run".into(), |value| figures::show(&self.figure, value))
    }

    /// The margin for people: "0.068 mm to spare", "over by $120.00"; empty when there is none to speak of.
    pub fn margin_words(&self) -> String {
        let (Some(margin), Some(value)) = (self.margin(), self.value) else { return String::new() };
        let size = figures::show(&self.figure, margin.abs());
        match self.bound {
            _ if self.pass && matches!(self.bound, Bound::Equal { tolerance: 0.0, .. }) => String::new(),
            _ if self.pass => format!("{size} to spare"),
            Bound::Max(_) => format!("over by {size}"),
            Bound::Min(_) => format!("short by {size}"),
            Bound::Equal { value: wanted, .. } => format!("{} by {size}", if value > wanted { "over" } else { "short" }),
        }
    }
}

impl Verdict {
    /// Number of checks that failed.
    pub fn failed(&self) -> usize {
        self.checks.iter().filter(|check| !check.pass).count()
    }

    /// Whether the checks that failed are exactly those the scene says it exists to fail on. The verdict stays what it is.
    pub fn is_as_announced(&self, scene: &Scene) -> bool {
        let announced = |figure: &String| scene.expect.fails_on.contains(figure);
        let failed: Vec<&String> = self.checks.iter().filter(|check| !check.pass).map(|check| &check.figure).collect();
        failed.iter().all(|figure| announced(figure)) && scene.expect.fails_on.iter().all(|figure| failed.contains(&figure))
    }

    /// The check of a figure, the failed one first where it has several.
    pub fn check(&self, figure: &str) -> Option<&Check> {
        let mut of_figure = self.checks.iter().filter(|check| check.figure == figure);
        let first = of_figure.clone().next();
        of_figure.find(|check| !check.pass).or(first)
    }
}

/// Judges a run.
pub fn judge(scene: &Scene, record: &Record) -> Verdict {
    let mut checks: Vec<Check> = Vec::new();
    // A program that leaves the table is not simulated: only what the plan says can be judged, and it fails on its travel.
    let planned_only = record.figures.get("travel_exceeded_mm").is_some_and(|&beyond| beyond > 0.0);
    for (figure, bound) in &scene.expect.bounds {
        let value = record.figures.get(figure).copied().filter(|value| value.is_finite());
        if planned_only && !record.figures.contains_key(figure) {
            continue;
        }
        checks.push(check(figure, value, *bound, false));
    }
    let applies = |figure: &&str| match *figure {
        CLAMP_HITS => !scene.plate.clamps.is_empty(),
        NOT_AS_DRAWN => !scene.plate.intended.is_empty(),
        _ => true,
    };
    for figure in MUST_HAVES.into_iter().filter(applies) {
        if !checks.iter().any(|check| check.figure == figure) {
            let bound = Bound::Equal { value: 0.0, tolerance: 0.0 };
            checks.push(check(figure, must_have(record, figure), bound, true));
        }
    }
    let books = "energy_error_share";
    if let Some(value) = record.figures.get(books).copied().filter(|_| !checks.iter().any(|check| check.figure == books)) {
        checks.push(check(books, Some(value), Bound::Max(MOST_ENERGY_ERROR), true));
    }
    let failed = checks.iter().filter(|check| !check.pass);
    let mut reasons: Vec<Reason> = failed.flat_map(|check| reasons::why(scene, record, check)).collect();
    reasons::say_what_may_follow(&mut reasons);
    Verdict { pass: checks.iter().all(|check| check.pass), reasons, checks }
}

/// One check of a value against a bound. Round-off of one part in 10⁹ is forgiven.
fn check(figure: &str, value: Option<f64>, bound: Bound, built_in: bool) -> Check {
    let round_off = 1e-9 * value.map_or(1.0, |v| v.abs().max(1.0));
    let pass = value.is_some_and(|value| margin(bound, value) >= -round_off);
    Check { figure: figure.to_string(), value, bound, pass, built_in }
}

/// Distance from a value to a bound, positive inside.
fn margin(bound: Bound, value: f64) -> f64 {
    match bound {
        Bound::Max(most) => most - value,
        Bound::Min(least) => value - least,
        Bound::Equal { value: wanted, tolerance } => tolerance - (value - wanted).abs(),
    }
}

/// A must-have figure: as reported, or counted from the record where the run has no such figure (a scene without a torch).
fn must_have(record: &Record, figure: &str) -> Option<f64> {
    if let Some(value) = record.figures.get(figure) {
        return value.is_finite().then_some(*value);
    }
    let events = |kind| Some(record.events.iter().filter(|event| event.kind == kind).count() as f64);
    match figure {
        "lost_steps" => Some(record.joints.iter().map(|joint| joint.lost_full_steps.unsigned_abs()).sum::<u64>() as f64),
        "cut_lost" => events(EventKind::CutLost),
        "tip_touches" => events(EventKind::TipTouchesPlate),
        "part_hits" => events(EventKind::TipHitsPart),
        CLAMP_HITS => events(EventKind::TipHitsClamp),
        NOT_AS_DRAWN => events(EventKind::NotAsDrawn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn judged(bounds: &[(&str, Bound)]) -> Verdict {
        let (mut scene, record) = sample::good();
        scene.expect.bounds = bounds.iter().map(|(figure, bound)| (figure.to_string(), *bound)).collect();
        judge(&scene, &record)
    }

    #[test]
    fn each_kind_of_bound_holds_and_fails() {
        let cost = sample::good().1.figures["cost_usd"];
        let cases = [
            (Bound::Max(cost), true),
            (Bound::Max(cost - 1.0), false),
            (Bound::Min(cost), true),
            (Bound::Min(cost + 1.0), false),
            (Bound::Equal { value: cost, tolerance: 0.0 }, true),
            (Bound::Equal { value: cost + 1.0, tolerance: 0.5 }, false),
            (Bound::Equal { value: cost + 1.0, tolerance: 1.0 }, true),
        ];
        for (bound, pass) in cases {
            let verdict = judged(&[("cost_usd", bound)]);
            assert_eq!(verdict.pass, pass, "{bound:?}");
            assert_eq!(verdict.reasons.is_empty(), pass, "{bound:?}");
            assert_eq!(verdict.checks[0].margin().unwrap() >= 0.0, pass, "{bound:?}");
        }
    }

    #[test]
    fn a_bound_on_an_absent_figure_fails_and_says_so() {
        let verdict = judged(&[("contour_eror_max_mm", Bound::Max(1.0))]);
        assert!(!verdict.pass);
        assert_eq!(verdict.checks[0].value, None);
        assert!(verdict.reasons[0].text.contains("no figure named 'contour_eror_max_mm'"), "{}", verdict.reasons[0].text);
        assert!(verdict.reasons[0].fix.contains("contour_error_max_mm"), "{}", verdict.reasons[0].fix);
    }

    #[test]
    fn a_figure_that_is_not_a_number_fails() {
        let (scene, mut record) = sample::good();
        record.figures.insert("contour_error_max_mm".into(), f64::NAN);
        let verdict = judge(&scene, &record);
        assert!(!verdict.pass);
        assert_eq!(verdict.check("contour_error_max_mm").unwrap().value, None);
    }

    #[test]
    fn must_haves_apply_unless_the_scene_bounds_them() {
        let (mut scene, mut record) = sample::good();
        scene.expect.bounds.clear();
        let verdict = judge(&scene, &record);
        let names: Vec<&str> = verdict.checks.iter().map(|check| check.figure.as_str()).collect();
        let without_clamps: Vec<&str> =
            MUST_HAVES.into_iter().filter(|figure| ![CLAMP_HITS, NOT_AS_DRAWN].contains(figure)).collect();
        assert_eq!(names, without_clamps);
        assert!(verdict.pass && verdict.checks.iter().all(|check| check.built_in));

        let clamp = crate::scene::model::Clamp { at_in_machine_m: [0.1; 2], width_m: 0.03, height_m: 0.045 };
        scene.plate.clamps.push(clamp);
        scene.plate.intended.push(vec![[0.0; 2], [0.1, 0.0], [0.0, 0.1]]);
        assert_eq!(judge(&scene, &record).checks.len(), MUST_HAVES.len());
        scene.plate.clamps.clear();
        scene.plate.intended.clear();

        record.figures.insert("lost_steps".into(), 8.0);
        assert!(!judge(&scene, &record).pass);
        scene.expect.bounds.push(("lost_steps".into(), Bound::Max(8.0)));
        let verdict = judge(&scene, &record);
        assert!(verdict.pass);
        assert_eq!(verdict.checks.iter().filter(|check| check.figure == "lost_steps").count(), 1);
    }

    #[test]
    fn must_haves_are_counted_where_the_figure_is_absent() {
        let (scene, mut record) = sample::failing();
        for figure in ["lost_steps", "cut_lost", "travel_exceeded_mm"] {
            record.figures.remove(figure);
        }
        let mut bare = scene.clone();
        bare.expect.bounds.clear();
        let verdict = judge(&bare, &record);
        assert_eq!(verdict.check("lost_steps").unwrap().value, Some(8.0));
        assert_eq!(verdict.check("cut_lost").unwrap().value, Some(1.0));
        assert_eq!(verdict.check("travel_exceeded_mm").unwrap().value, None);
    }

    #[test]
    fn reasons_name_line_axis_cause_and_rung() {
        let (scene, record) = sample::failing();
        let verdict = judge(&scene, &record);
        let of = |figure: &str| verdict.reasons.iter().find(|r| r.figure == figure).unwrap();
        let lost = of("lost_steps");
        assert_eq!(lost.line, Some(61));
        assert!(lost.text.contains("Y2") && lost.text.contains("pull-out"), "{}", lost.text);
        assert!(lost.at_in_machine_m.is_some() && lost.time_s.is_some());
        let contour = of("contour_error_max_mm");
        assert!(contour.text.contains("frame and guide flex"), "{}", contour.text);
        assert!(contour.text.contains("0.161 mm more than the 0.250 mm allowed"), "{}", contour.text);
        let cost = of("cost_usd");
        assert!(cost.text.contains("Square tube") && cost.text.contains("$"), "{}", cost.text);
        assert!(verdict.reasons.iter().all(|r| !r.fix.is_empty()));
    }

    #[test]
    fn a_scene_that_announces_its_failure_is_recognised() {
        let (mut scene, record) = sample::failing();
        let verdict = judge(&scene, &record);
        assert!(!verdict.is_as_announced(&scene));
        scene.expect.fails_on = verdict.checks.iter().filter(|c| !c.pass).map(|c| c.figure.clone()).collect();
        assert!(verdict.is_as_announced(&scene) && !verdict.pass);
    }
}
