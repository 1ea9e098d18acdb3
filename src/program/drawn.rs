//! Whether a path looks drawn at the part's own size, without an offset for the kerf.
//!
//! In: the cut moves. Out: a finding, if most of their lengths and radii are round numbers, as dimensions of a part are and those of an
//! offset path are not. A guess, and said as one.

use crate::diag::Diagnostic;

/// Dimensions are round to this, mm: whole millimetres, or sixteenths of an inch.
const ROUND_TO: [f64; 2] = [1.0, 25.4 / 16.0];
/// How near counts, mm.
const NEAR: f64 = 0.002;
/// Least number of dimensions to judge by.
const ENOUGH: u32 = 6;

/// What was seen of a path.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drawn {
    seen: u32,
    round: [u32; 2],
}

impl Drawn {
    fn size(&mut self, size: f64) {
        if size < 2.0 {
            return;
        }
        self.seen = self.seen.saturating_add(1);
        for (count, unit) in self.round.iter_mut().zip(ROUND_TO) {
            *count += u32::from((size / unit - (size / unit).round()).abs() * unit < NEAR);
        }
    }

    /// A straight cut.
    pub(super) fn line(&mut self, dx: f64, dy: f64) {
        if dx.abs() < NEAR || dy.abs() < NEAR {
            self.size(dx.abs().max(dy.abs()));
        }
    }

    /// A cut along an arc.
    pub(super) fn arc(&mut self, radius: f64) {
        self.size(radius);
    }

    /// What it comes to.
    pub(super) fn finding(&self) -> Option<Diagnostic> {
        let most = self.round.into_iter().max().unwrap_or(0);
        (self.seen >= ENOUGH && f64::from(most) >= 0.9 * f64::from(self.seen)).then(|| {
            Diagnostic::warning("P115", "no kerf compensation (G41, G42), and the path looks drawn at the part's own size")
                .expected("a path offset by half the kerf")
                .hint("uncompensated, parts come out smaller and holes larger by the kerf; let the CAM program offset the path, or use G41.1 D")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_sizes_are_noticed_and_offset_ones_are_not() {
        let path = |off: f64| {
            let mut drawn = Drawn::default();
            for size in [100.0, 60.0, 100.0, 60.0, 40.0, 25.0] {
                drawn.line(size + off, 0.0);
            }
            drawn.arc(8.0 + 0.5 * off);
            drawn.finding().is_some()
        };
        assert!(path(0.0) && !path(1.43));
        assert!(Drawn::default().finding().is_none());
    }
}
