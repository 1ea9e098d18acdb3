//! How long a run took on this computer: the only part of a report that differs from run to run.
//!
//! In: wall-clock seconds measured by `main`. Out: `timing.json` and the real-time factor. Uses serde_json.

use serde_json::Value;

use super::json::{number, object};

/// Wall-clock time of a run, by stage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timing {
    /// (stage, wall seconds) in the order of the chain.
    pub stages: Vec<(String, f64)>,
    /// Simulated seconds.
    pub simulated_s: f64,
    /// Wall seconds of the whole run.
    pub wall_s: f64,
}

impl Timing {
    /// Simulated seconds for one wall second; none when nothing was measured.
    pub fn real_time_factor(&self) -> Option<f64> {
        factor(self.simulated_s, self.wall_s)
    }

    /// Each stage with its wall seconds and its own real-time factor.
    pub fn stage_factors(&self) -> Vec<(&str, f64, Option<f64>)> {
        self.stages.iter().map(|(name, wall_s)| (name.as_str(), *wall_s, factor(self.simulated_s, *wall_s))).collect()
    }

    /// Content of `timing.json`.
    pub fn json(&self) -> Value {
        let stages = self.stage_factors().into_iter().map(|(name, wall_s, factor)| {
            object([
                ("stage", Value::from(name)),
                ("wall_s", number(wall_s)),
                ("real_time_factor", factor.map_or(Value::Null, number)),
            ])
        });
        object([
            ("simulated_s", number(self.simulated_s)),
            ("wall_s", number(self.wall_s)),
            ("real_time_factor", self.real_time_factor().map_or(Value::Null, number)),
            ("stages", Value::Array(stages.collect())),
        ])
    }
}

/// Simulated over wall time, where both mean something.
fn factor(simulated_s: f64, wall_s: f64) -> Option<f64> {
    (wall_s > 0.0 && wall_s.is_finite() && simulated_s.is_finite()).then(|| simulated_s / wall_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_simulated_over_wall() {
        let timing = Timing { stages: vec![("parse".into(), 0.5), ("plan".into(), 0.0)], simulated_s: 100.0, wall_s: 2.0 };
        assert_eq!(timing.real_time_factor(), Some(50.0));
        assert_eq!(timing.stage_factors(), vec![("parse", 0.5, Some(200.0)), ("plan", 0.0, None)]);
        assert!(timing.json()["stages"][1]["real_time_factor"].is_null());
        assert_eq!(Timing::default().real_time_factor(), None);
    }
}
