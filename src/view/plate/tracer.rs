//! From the frames of the film to sweeps of the kerf's map: frames on a straight, steady way are taken together.
//!
//! In: frames in order of time. Out: sweeps. A film may have five hundred frames a second where a machine trembles; the map needs a point a
//! millimetre.

use bevy::math::Vec2;

use super::kerf_map::{KerfMap, Sweep};
use super::straight::Cone;
use crate::twin::film::Frame;

/// Longest sweep, m: much longer ones would look at too many texels beside a slanting way.
const LONGEST_M: f32 = 1e-3;
/// A way is straight while the frames left out are off it by less than this, m.
const STRAIGHT_M: f32 = 3e-6;
/// Kerf widths that differ by less are the same, m.
const SAME_KERF_M: f32 = 4e-6;
/// A way is steady while a frame left out is off by less than this in length, m, which the front takes some hundredths of a second for.
const STEADY_M: f32 = 40e-6;
/// What makes a length of time, so that both can be compared: about the speed of a cut.
const PACE_M_PER_S: f32 = 8e-3;

/// Where the tracer is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracer {
    /// End of what has been swept.
    from: Option<Frame>,
    /// Last frame after that, not swept yet.
    last: Option<Frame>,
    /// Ways on from there that pass all frames since, in the plan, and in length over time.
    ways: [Cone; 2],
}

impl Tracer {
    /// Takes the next frame; says how many texels were looked at.
    pub fn take(&mut self, frame: &Frame, kerf: &mut KerfMap) -> usize {
        if frame.kerf_m <= 0.0 {
            let looked_at = self.flush(kerf);
            *self = Self::default();
            return looked_at;
        }
        let Some(from) = self.from else {
            // A hole grows from nothing.
            let begin = Frame { kerf_m: 0.0, ..*frame };
            self.from = Some(*frame);
            return kerf.sweep(&between(&begin, frame));
        };
        let goes_on = self.goes_on(&from, frame);
        let looked_at = if goes_on { 0 } else { self.flush(kerf) };
        if let Some(from) = self.from {
            let [way, pace] = offsets(&from, frame);
            self.ways[0].narrow(way, STRAIGHT_M);
            self.ways[1].narrow(pace, STEADY_M);
        }
        self.last = Some(*frame);
        looked_at
    }

    /// Whether the way from `from` straight and steadily on to `to` passes all frames between.
    fn goes_on(&self, from: &Frame, to: &Frame) -> bool {
        let [way, pace] = offsets(from, to);
        way.length() < LONGEST_M
            && (to.kerf_m - from.kerf_m).abs() < SAME_KERF_M
            && self.ways[0].accepts(way, STRAIGHT_M)
            && self.ways[1].accepts(pace, STEADY_M)
    }

    /// Sweeps up to the last frame taken; says how many texels were looked at.
    pub fn flush(&mut self, kerf: &mut KerfMap) -> usize {
        let (Some(from), Some(last)) = (self.from, self.last.take()) else { return 0 };
        (self.from, self.ways) = (Some(last), [Cone::default(); 2]);
        kerf.sweep(&between(&from, &last))
    }
}

fn between(from: &Frame, to: &Frame) -> Sweep {
    let place = |frame: &Frame| [f64::from(frame.tip[0]), f64::from(frame.tip[1])];
    Sweep {
        from: place(from),
        to: place(to),
        radius_m: [from, to].map(|frame| 0.5 * f64::from(frame.kerf_m)),
        time_s: [from.time_s, to.time_s],
    }
}

/// From one frame to another: in the plan, and as time (at [`PACE_M_PER_S`]) and length.
fn offsets(from: &Frame, to: &Frame) -> [Vec2; 2] {
    let way = Vec2::new(to.tip[0] - from.tip[0], to.tip[1] - from.tip[1]);
    [way, Vec2::new(PACE_M_PER_S * (to.time_s - from.time_s) as f32, way.length())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square with round corners, tip trembling by 2 µm, slowing down in the corners.
    fn film() -> Vec<Frame> {
        let (mut frames, mut time_s, mut at, mut heading) = (Vec::new(), 0.0f64, [0.05f64, 0.05f64], 0.0f64);
        for k in 0..30_000 {
            let phase = k % 7_500;
            let (speed, turn) = if phase > 7_000 { (4e-3, std::f64::consts::FRAC_PI_2 / 500.0) } else { (8e-3, 0.0) };
            heading += turn;
            at = [at[0] + speed * 1e-3 * heading.cos(), at[1] + speed * 1e-3 * heading.sin()];
            time_s += 1e-3;
            let tremble = 2e-6 * (f64::from(k) * 0.9).sin();
            let tip = [(at[0] + tremble) as f32, (at[1] - tremble) as f32, 0.0];
            frames.push(Frame { time_s, tip, kerf_m: 1.5e-3, ..Frame::default() });
        }
        frames
    }

    #[test]
    fn frames_left_out_change_the_map_by_less_than_is_seen() {
        let frames = film();
        let new = || KerfMap::new([0.0; 2], [0.2, 0.2]);
        let (mut all, mut few) = (new(), new());
        let every: usize = frames.windows(2).map(|pair| all.sweep(&between(&pair[0], &pair[1]))).sum();
        let mut tracer = Tracer::default();
        let looked_at: usize = frames.iter().map(|frame| tracer.take(frame, &mut few)).sum::<usize>() + tracer.flush(&mut few);
        assert!(looked_at * 5 < every, "{looked_at} of {every}");
        let mut compared = 0;
        for y in 0..1300 {
            for x in 0..1300 {
                let place = [(f64::from(x) + 0.5) * all.texel_m, (f64::from(y) + 0.5) * all.texel_m];
                let (Some((d, t)), Some((e, s))) = (all.at(place), few.at(place)) else { continue };
                assert!((d - e).abs() < 0.03e-3, "{place:?}: {d} {e}");
                if d < -0.1e-3 {
                    assert!((t - s).abs() < 0.02, "{place:?}: {t} {s}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 10_000);
    }
}
