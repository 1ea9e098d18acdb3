//! Sums of what each rung of the position ladder adds across the path, over the whole job or over one contour.
//!
//! In: the parts of a sample. Out: lines of the error budget.

use crate::twin::record::{BudgetLine, RUNGS};

/// Running sums.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// When the first sample was taken, s.
    pub begins_s: f64,
    /// ∫ part² dt, the largest, and its line, of each rung.
    rungs: [(f64, f64, u32); RUNGS.len()],
    /// Time watched, s.
    pub watched_s: f64,
}

impl Budget {
    /// Nothing yet, from `begins_s` on.
    pub fn from(begins_s: f64) -> Self {
        Self { begins_s, ..Self::default() }
    }

    /// Takes the parts of a sample that stands for `dt` seconds, m.
    pub fn add(&mut self, parts: &[f64; RUNGS.len()], dt: f64, line: u32) {
        for (sum, part) in self.rungs.iter_mut().zip(parts) {
            sum.0 += part * part * dt;
            if part.abs() > sum.1 {
                (sum.1, sum.2) = (part.abs(), line);
            }
        }
        self.watched_s += dt;
    }

    /// The budget, in the order of the rungs.
    pub fn lines(&self) -> Vec<BudgetLine> {
        let line = |(i, rung): (usize, &&'static str)| {
            let (sum, worst_m, worst_line) = self.rungs[i];
            let rms_m = if self.watched_s > 0.0 { (sum / self.watched_s).sqrt() } else { 0.0 };
            BudgetLine { rung, worst_m, rms_m, worst_line }
        };
        RUNGS.iter().enumerate().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worst_and_rms_are_those_of_the_samples() {
        let mut budget = Budget::from(2.0);
        let mut parts = [0.0; RUNGS.len()];
        // 3 for a second, −4 for a second: RMS √12.5, worst 4 on its line.
        for (value, line) in [(3.0, 7), (-4.0, 8)] {
            parts[2] = value;
            budget.add(&parts, 1.0, line);
        }
        let line = &budget.lines()[2];
        assert_eq!((line.rung, line.worst_m, line.worst_line), (RUNGS[2], 4.0, 8));
        assert!((line.rms_m - 12.5_f64.sqrt()).abs() < 1e-12);
        assert_eq!(budget.lines()[0].worst_m, 0.0);
    }
}
