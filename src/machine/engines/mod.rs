//! Engines that integrate the mechanism. [`rapier`] is the only place that knows rapier.

pub mod rapier;
