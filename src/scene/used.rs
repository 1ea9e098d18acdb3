//! Which estimates a set of parameters rests on.
//!
//! In: values as they are used. Out: the list for the report. May use: this room's quantities.

use super::check::estimate;
use super::model::Estimate;
use super::quantity::{Basis, Quantity};

/// Collects the estimates among the values that were used, each once.
#[derive(Clone, Debug, Default)]
pub struct Used {
    /// In the order of first use.
    pub estimates: Vec<Estimate>,
}

impl Used {
    /// The value of `quantity`, noting it under `key` if it is an estimate.
    pub fn take(&mut self, key: String, quantity: &Quantity) -> f64 {
        if quantity.basis == Basis::Estimate && !self.estimates.iter().any(|known| known.key == key) {
            self.estimates.push(estimate(key, quantity));
        }
        quantity.value
    }

    /// A value built into the program where neither catalogue nor files give one.
    pub fn estimate(&mut self, name: &str, value: f64, low: f64, high: f64, source: &str) -> f64 {
        self.take(format!("built-in {name}"), &Quantity::estimate(value, low, high, source))
    }
}
