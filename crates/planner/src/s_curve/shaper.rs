//! Input shaping: the position is split into parts that come one after another, so that the vibration that one starts is ended by the next.
//!
//! In: positions as whole numbers, one a sample. Out: the same, later, with the machine's first mode left alone. Weights are whole numbers that
//! add up to one, so that a standing machine stands exactly where it was told. Impulses of ZV (N. Singer, W. Seering 1990), MZV and EI for
//! 5 % of vibration as in Klipper's tables (reference §4).

use libm::{exp, fabs, sqrt};

use super::settings::SAMPLE_HZ;
use super::smooth::Fine;

/// Which impulses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Two impulses: none of the mode left, if its frequency is right.
    Zv,
    /// Three: forgives a few per cent of the frequency.
    Mzv,
    /// Three: leaves up to 5 % of the vibration, but over a wide range of frequencies.
    Ei,
}

/// The mode that is to be left alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shaping {
    /// Which impulses.
    pub kind: Kind,
    /// Frequency of the mode, Hz.
    pub frequency_hz: f64,
    /// Its damping, share of critical, below 1.
    pub damping_ratio: f64,
}

/// Vibration that EI allows.
const EI_LEFT: f64 = 0.05;
const IMPULSES: usize = 3;

impl Shaping {
    /// Weights, which add up to 1, and times, s. Unused ones have no weight.
    pub fn impulses(&self) -> [(f64, f64); IMPULSES] {
        let root = sqrt(1.0 - self.damping_ratio * self.damping_ratio);
        let period_s = 1.0 / (self.frequency_hz * root);
        let fade = |share: f64| exp(-share * self.damping_ratio * core::f64::consts::PI / root);
        let raw = match self.kind {
            Kind::Zv => [(1.0, 0.0), (fade(1.0), 0.5), (0.0, 0.5)],
            Kind::Mzv => {
                let k = fade(0.75);
                let first = 1.0 - core::f64::consts::FRAC_1_SQRT_2;
                [(first, 0.0), ((core::f64::consts::SQRT_2 - 1.0) * k, 0.375), (first * k * k, 0.75)]
            }
            Kind::Ei => {
                let k = fade(1.0);
                let outer = 0.25 * (1.0 + EI_LEFT);
                [(outer, 0.0), (0.5 * (1.0 - EI_LEFT) * k, 0.5), (outer * k * k, 1.0)]
            }
        };
        let sum: f64 = raw.iter().map(|(weight, _)| weight).sum();
        raw.map(|(weight, share)| (weight / sum, share * period_s))
    }

    /// Mean time of the impulses, s.
    pub fn mean_s(&self) -> f64 {
        self.impulses().iter().map(|(weight, t)| weight * t).sum()
    }

    /// Variance of their times, s²: a constant acceleration a is shifted by half of a times it.
    pub fn variance_s2(&self) -> f64 {
        let mean = self.mean_s();
        self.impulses().iter().map(|(weight, t)| weight * (t - mean) * (t - mean)).sum()
    }

    /// Mean distance of their times from the mean, s: a step of velocity is rounded by half of it times it.
    pub fn spread_s(&self) -> f64 {
        let mean = self.mean_s();
        self.impulses().iter().map(|(weight, t)| weight * fabs(t - mean)).sum()
    }

    /// From the first to the last, s.
    pub fn span_s(&self) -> f64 {
        self.impulses().iter().fold(0.0, |most: f64, (_, t)| most.max(*t))
    }
}

/// One in whole numbers.
const ONE: i64 = 1 << 16;

/// Shapes positions; its impulses must lie within `W` − 2 samples.
#[derive(Clone, Debug)]
pub struct Shaper<const W: usize> {
    ring: [Fine; W],
    at: usize,
    /// Samples ago, and weight of 2^16. An impulse between two samples is shared by them.
    taps: [(usize, i64); 2 * IMPULSES],
    span: usize,
}

impl<const W: usize> Shaper<W> {
    /// Standing at `position`.
    pub fn new(position: Fine, shaping: Option<&Shaping>) -> Self {
        let mut taps = [(0, 0); 2 * IMPULSES];
        let mut left = ONE;
        if let Some(shaping) = shaping {
            for (i, (weight, t)) in shaping.impulses().into_iter().enumerate().skip(1) {
                let samples = (t * SAMPLE_HZ).min(W as f64 - 2.0);
                let whole = samples as usize;
                let late = (weight * (samples - whole as f64) * ONE as f64) as i64;
                let early = (weight * ONE as f64) as i64 - late;
                taps[2 * i] = (whole, early);
                taps[2 * i + 1] = (whole + 1, late);
                left -= early + late;
            }
        }
        taps[0] = (0, left);
        let span = taps.iter().filter(|(_, weight)| *weight != 0).map(|(ago, _)| *ago).max().unwrap_or(0);
        Self { ring: [position; W], at: 0, taps, span }
    }

    /// Samples after which a standing machine is reported to stand.
    pub fn delay(&self) -> usize {
        self.span
    }

    /// Takes a sample and gives the shaped position.
    pub fn next(&mut self, position: &Fine) -> Fine {
        if self.span == 0 {
            return *position;
        }
        self.at = (self.at + 1) % W;
        self.ring[self.at] = *position;
        let mut sum = [ONE / 2; 3];
        for (ago, weight) in self.taps {
            let then = &self.ring[(self.at + W - ago) % W];
            for (sum, p) in sum.iter_mut().zip(then) {
                *sum += weight * p;
            }
        }
        sum.map(|s| s.div_euclid(ONE))
    }
}
