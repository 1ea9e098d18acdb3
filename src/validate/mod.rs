//! Validation cases: what the models compute beside what is true by a closed form, a published figure or another solver.
//!
//! In: nothing. Out: [`Case`]s. May use: `drive`, `machine`, `plate`, `scene`'s catalogue. Each is held by a test as well; here a user sees them.

mod drive;
mod machine;
mod plate;
mod pull_out;

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Room: "drive", "machine", "plate".
    pub room: &'static str,
    /// What is compared.
    pub title: String,
    /// Unit of the values.
    pub unit: &'static str,
    /// What is true.
    pub expected: f64,
    /// What the model computes.
    pub computed: f64,
    /// How far the two may be apart, in the unit.
    pub tolerance: f64,
    /// Where the truth is from.
    pub source: &'static str,
}

impl Case {
    /// A case whose tolerance is a share of what is true.
    fn relative(room: &'static str, title: &str, unit: &'static str, values: [f64; 2], share: f64, source: &'static str) -> Self {
        let [expected, computed] = values;
        Self { room, title: title.into(), unit, expected, computed, tolerance: (share * expected).abs(), source }
    }

    /// Whether the two are near enough.
    pub fn holds(&self) -> bool {
        (self.computed - self.expected).abs() <= self.tolerance
    }
}

/// All cases; `progress` is told how many of them are done.
pub fn cases(progress: &dyn Fn(usize, usize)) -> Vec<Case> {
    let rooms: [fn() -> Vec<Case>; 4] = [drive::cases, pull_out::cases, machine::cases, plate::cases];
    let mut out = Vec::new();
    for (done, room) in rooms.into_iter().enumerate() {
        progress(done, rooms.len());
        out.extend(room());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_holds_and_a_case_can_fail() {
        let all = cases(&|_, _| ());
        for case in &all {
            assert!(case.holds(), "{}: {} against {} {}", case.title, case.computed, case.expected, case.unit);
            assert!(case.tolerance > 0.0 && !case.source.is_empty(), "{}", case.title);
        }
        assert!(all.len() >= 20, "{}", all.len());
        let off = Case { computed: all[0].expected + 1.01 * all[0].tolerance, ..all[0].clone() };
        assert!(!off.holds());
    }
}
