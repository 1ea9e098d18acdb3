//! Which estimates a set of parameters rests on, and which of its values have a range.
//!
//! In: values as they are used. Out: both lists; the values to compute with. May use: this room's quantities.

use super::check::estimate;
use super::model::{Draws, Estimate, Range};
use super::quantity::{Basis, Quantity};

/// Collects estimates and ranges among the values that were used, each once.
#[derive(Clone, Debug, Default)]
pub struct Used {
    /// In the order of first use.
    pub estimates: Vec<Estimate>,
    /// In the order of first use.
    pub ranges: Vec<Range>,
    /// Values to take instead of those written.
    pub draws: Draws,
}

impl Used {
    /// With values to take instead of those written.
    pub fn drawn(draws: &Draws) -> Self {
        Self { draws: Draws::clone(draws), ..Self::default() }
    }

    /// The value of `quantity`, noting it under `key` if it is an estimate or has a range.
    pub fn take(&mut self, key: String, quantity: &Quantity) -> f64 {
        self.note(&key, quantity);
        self.ranged(key, quantity)
    }

    /// The value with its range alone: what is an estimate is said elsewhere, of a price on its line of the bill, of a chart for the thickness cut.
    pub fn ranged(&mut self, key: String, quantity: &Quantity) -> f64 {
        let drawn = self.draws.get(&key).copied();
        if !self.ranges.iter().any(|known| known.key == key) {
            self.ranges.extend(quantity.range(&key));
        }
        drawn.unwrap_or(quantity.value)
    }

    /// The value of a `quantity` that stands in a scene or machine file: its range is known from there.
    pub fn note(&mut self, key: &str, quantity: &Quantity) -> f64 {
        if quantity.basis == Basis::Estimate && !self.estimates.iter().any(|known| known.key == *key) {
            self.estimates.push(estimate(key.to_string(), quantity));
        }
        quantity.value
    }

    /// A value built into the program where neither catalogue nor files give one.
    pub fn estimate(&mut self, name: &str, value: f64, low: f64, high: f64, source: &str) -> f64 {
        self.take(format!("built-in {name}"), &Quantity::estimate(value, low, high, source))
    }
}
