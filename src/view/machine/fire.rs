//! Flames, the jet, sparks and slag, as functions of time: each spark has a number, and its birth, way and end follow from that.

use super::layout::Layout;
use super::pose::{Pose, grown};
use crate::torch::Phase;
use crate::twin::film::{Film, Frame};
use crate::view::palette::{black_body, hash};
use crate::view::solid::{Solid, turned};
use bevy::prelude::*;
use std::f32::consts::TAU;

/// Sparks a second.
const SPARKS_PER_S: f64 = 1500.0;
/// Longest life of a spark, s.
const LIFE_S: f64 = 0.9;
/// How long a spark is exposed, s: the length of its streak over its speed.
const SHUTTER_S: f32 = 0.009;
/// Half of gravity, m/s².
const HALF_G: f32 = 4.905;

/// Where the eye is, machine coordinates, and how wide a spark is at least for each metre of distance from it.
#[derive(Clone, Copy, Debug)]
pub struct Eye {
    /// Place, m.
    pub at: Vec3,
    /// Least half width over distance, –.
    pub least: f32,
}

/// Everything that burns at an instant; `pose` is how the torch is drawn.
pub fn fire(now: &Frame, film: &Film, layout: &Layout, pose: &Pose, magnification: f32, eye: Eye) -> Solid {
    let mut solid = Solid::default();
    let time = now.time_s as f32;
    if now.flame {
        flames(&mut solid, pose, time);
    }
    if now.phase == Phase::Cutting {
        jet(&mut solid, layout, pose, time);
    }
    if now.phase == Phase::Piercing {
        let glow = black_body(2300.0) * (7.0 * flicker(time, 3.0));
        let pool = [(0.0, 0.0012), (0.0022, 0.0010), (0.004, 0.0006), (0.009, 0.0003)];
        let colors = [rgb(glow, 1.0), rgb(glow, 0.8), rgb(glow, 0.25), [0.0; 4]];
        solid.push(plume(&pool, colors).at(pose.tip.x, pose.tip.y, 0.0));
    }
    sparks(&mut solid, now, film, layout, magnification, eye);
    solid
}

/// Unsteadiness of a flame about 1; `k` tells one from another.
pub fn flicker(time: f32, k: f32) -> f32 {
    1.0 + 0.07 * (TAU * 11.3 * time + 1.7 * k).sin()
        + 0.05 * (TAU * 26.9 * time + 4.1 * k).sin()
        + 0.03 * (TAU * 47.1 * time + k).sin()
}

fn rgb(color: Vec3, by: f32) -> [f32; 4] {
    [color.x * by, color.y * by, color.z * by, 1.0]
}

/// Six preheat cones and the envelope around them.
fn flames(solid: &mut Solid, pose: &Pose, time: f32) {
    let gap = pose.tip.z.clamp(0.002, 0.2);
    let place = pose.torch().compute_affine();
    for k in 0..6 {
        let (sin, cos) = (TAU * k as f32 / 6.0).sin_cos();
        let long = gap.min(0.009) * flicker(time, k as f32);
        let cone = plume(
            &[(0.0009, 0.0), (0.0011, -long * 0.25), (0.0006, -long * 0.55), (0.0, -long * 0.75)],
            [[3.0, 6.5, 14.0, 1.0], [2.0, 5.0, 12.0, 1.0], [0.8, 2.2, 6.0, 1.0], [0.0; 4]],
        );
        solid.push(cone.at(cos * 0.0036, sin * 0.0036, 0.0).moved(place));
    }
    let wide = flicker(time, 9.0);
    if gap < 0.03 {
        let envelope = plume(
            &[(0.0056, 0.0), (0.0072 * wide, -gap * 0.4), (0.0098 * wide, -gap * 0.85), (0.021 * wide, -gap * 0.97)],
            [[0.10, 0.22, 0.62, 1.0], [0.10, 0.20, 0.55, 1.0], [0.16, 0.20, 0.42, 1.0], [0.0; 4]],
        );
        solid.push(envelope.moved(place));
        let halo = plume(
            &[(0.0, 0.0006), (0.012 * wide, 0.0006), (0.034 * wide, 0.0004), (0.05, 0.0003)],
            [[0.5, 0.42, 0.4, 1.0], [0.3, 0.22, 0.2, 1.0], [0.05, 0.03, 0.03, 1.0], [0.0; 4]],
        );
        solid.push(halo.at(pose.tip.x, pose.tip.y, 0.0));
    } else {
        let envelope = plume(
            &[(0.0056, 0.0), (0.008 * wide, -0.012), (0.006, -0.05), (0.0, -0.09 * wide)],
            [[0.10, 0.22, 0.62, 1.0], [0.09, 0.18, 0.50, 1.0], [0.05, 0.08, 0.22, 1.0], [0.0; 4]],
        );
        solid.push(envelope.moved(place));
    }
}

/// The burning iron in the kerf and the stream of slag under the plate.
fn jet(solid: &mut Solid, layout: &Layout, pose: &Pose, time: f32) {
    let bottom = layout.slat_top;
    let bright = black_body(2100.0) * 9.0 * flicker(time, 5.0);
    let rim = plume(
        &[(0.0016, 0.0004), (0.0011, 0.0), (0.0009, bottom * 0.5), (0.0007, bottom)],
        [rgb(bright, 0.35), rgb(bright, 1.0), rgb(bright, 1.0), rgb(bright, 0.8)],
    );
    solid.push(rim.at(pose.tip.x, pose.tip.y, 0.0));
    let c = black_body(2000.0) * 8.0 * flicker(time, 7.0);
    let long = (bottom - layout.tray_z()).min(0.22) * flicker(time, 2.0);
    let profile = [(0.0012, 0.0), (0.0018, -long * 0.3), (0.003, -long * 0.7), (0.005, -long * 0.98)];
    let colors = [rgb(c, 1.0), rgb(c, 0.55), [c.x * 0.2, c.y * 0.14, 0.0, 1.0], [0.0; 4]];
    solid.push(plume(&profile, colors).at(pose.tip.x, pose.tip.y, bottom));
}

/// A surface of revolution whose colour runs with the profile.
fn plume<const N: usize>(profile: &[(f32, f32); N], colors: [[f32; 4]; N]) -> Solid {
    let mut solid = turned(profile, 20);
    let per_band = solid.positions.len() / (N - 1);
    for (k, color) in solid.colors.iter_mut().enumerate() {
        *color = colors[k / per_band + k % 2];
    }
    solid
}

/// All sparks that fly at `now`.
fn sparks(solid: &mut Solid, now: &Frame, film: &Film, layout: &Layout, magnification: f32, eye: Eye) {
    let last = (now.time_s * SPARKS_PER_S).floor() as i64;
    let first = (((now.time_s - LIFE_S) * SPARKS_PER_S).ceil() as i64).max(0);
    for k in first..=last {
        let born_s = k as f64 / SPARKS_PER_S;
        let Some(then) = film.at_or_last(born_s) else { return };
        let spark = match then.phase {
            Phase::Cutting => Spark::below(k, &then, layout, magnification),
            Phase::Piercing => Spark::above(k, &then, magnification),
            _ => continue,
        };
        spark.draw(solid, (now.time_s - born_s) as f32, eye);
    }
}

/// One spark: free flight from its birth, then a bounce off what it lands on.
struct Spark {
    from: Vec3,
    start: Vec3,
    /// When it lands.
    landing: f32,
    bounce: Vec3,
    life: f32,
    /// Height that it lands on.
    ground: f32,
    half_width: f32,
    hot_c: f32,
}

impl Spark {
    /// Draws for spark `k`, 0 to 1, told apart by `seed`.
    fn draws(k: i64) -> impl Fn(u32) -> f32 {
        let (low, high) = (k as i32, (k >> 31) as i32);
        move |seed| hash(low, 7 + high, seed)
    }

    /// Where the torch is drawn at its birth.
    fn tip(then: &Frame, magnification: f32) -> Vec2 {
        let grown = |i: usize| grown(then.tip[i], then.planned[i], magnification);
        Vec2::new(grown(0), grown(1))
    }

    /// Blown out of the bottom of the cut, a little backwards, into the tray.
    fn below(k: i64, then: &Frame, layout: &Layout, magnification: f32) -> Self {
        let draw = Self::draws(k);
        let (sin, cos) = (TAU * draw(1)).sin_cos();
        let around = Vec3::new(cos, sin, 0.0);
        let speed = 1.6 + 3.2 * draw(6);
        let spread = 0.03 + 0.42 * draw(2) * draw(2);
        let back = Vec3::new(-then.tangent[0], -then.tangent[1], 0.0) * 0.14;
        let start = (around * spread + back - Vec3::Z).normalize() * speed;
        let ground = layout.tray_z() + 0.003;
        let drop = layout.slat_top - ground;
        let down = -start.z;
        let landing = (-down + (down * down + 4.0 * HALF_G * drop).sqrt()) / (2.0 * HALF_G);
        Self {
            from: Self::tip(then, magnification).extend(layout.slat_top),
            start,
            landing,
            bounce: around * (0.4 + 1.1 * draw(7)) + Vec3::Z * (0.25 + 0.9 * draw(9) * draw(9)),
            life: landing + 0.05 + 0.2 * draw(8),
            ground,
            half_width: 0.0003 + 0.0003 * draw(5),
            hot_c: 2200.0,
        }
    }

    /// Thrown up out of the pit of a pierce; it comes down on the plate.
    fn above(k: i64, then: &Frame, magnification: f32) -> Self {
        let draw = Self::draws(k);
        let (sin, cos) = (TAU * draw(1)).sin_cos();
        let around = Vec3::new(cos, sin, 0.0);
        let speed = 0.7 + 2.1 * draw(6) * draw(6);
        let start = (around * (0.45 + 1.5 * draw(2)) + Vec3::Z).normalize() * speed;
        Self {
            from: Self::tip(then, magnification).extend(0.001),
            start,
            landing: start.z / HALF_G,
            bounce: around * (0.2 + 0.5 * draw(7)) + Vec3::Z * (0.1 + 0.5 * draw(9)),
            life: (0.25 + 0.6 * draw(8)).min(LIFE_S as f32),
            ground: 0.0005,
            half_width: 0.00025 + 0.0003 * draw(5),
            hot_c: 2250.0,
        }
    }

    fn at(&self, age: f32) -> Vec3 {
        let free = age.min(self.landing);
        let after = (age - self.landing).max(0.0);
        let mut at = self.from + self.start * free + self.bounce * after;
        at.z -= HALF_G * (free * free + after * after);
        at
    }

    /// A streak that faces the eye.
    fn draw(&self, solid: &mut Solid, age: f32, eye: Eye) {
        if age >= self.life {
            return;
        }
        let (head, tail) = (self.at(age), self.at((age - SHUTTER_S).max(0.0)));
        if head.z < self.ground || head.distance_squared(tail) < 1e-9 {
            return;
        }
        let away = eye.at - head;
        let half = self.half_width.max(eye.least * away.length());
        let side = (head - tail).cross(away).normalize_or_zero() * half;
        let old = age / self.life;
        // Wider than it is, a spark is as much dimmer.
        let dim = (self.half_width / half).max(0.35);
        let color = black_body(self.hot_c - 1100.0 * old) * (7.0 * (1.0 - old * old) * dim);
        // A kite: thin where it was, widest just behind where it is.
        let wide = head + (tail - head) * 0.25;
        let first = solid.positions.len() as u32;
        for (point, by) in [(tail, 0.12), (wide - side, 0.9), (head, 1.0), (wide + side, 0.9)] {
            solid.corner(point, away, [0.0; 2]);
            if let Some(last) = solid.colors.last_mut() {
                *last = rgb(color, by);
            }
        }
        solid.indices.extend([first, first + 1, first + 2, first, first + 2, first + 3]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spark() -> Spark {
        let then = Frame { tip: [0.2, 0.3, 0.008], planned: [0.2, 0.3, 0.008], ..Frame::default() };
        Spark::above(41, &then, 1.0)
    }

    #[test]
    fn a_spark_flies_as_a_stone_does() {
        let spark = spark();
        let (a, b, c) = (spark.at(0.01), spark.at(0.02), spark.at(0.03));
        let acceleration = (c - b * 2.0 + a) / 1e-4;
        assert!((acceleration.z + 9.81).abs() < 0.05 && acceleration.x.abs() < 0.05, "{acceleration}");
        assert!((spark.at(spark.landing).z - spark.from.z).abs() < 1e-4);
    }

    #[test]
    fn the_same_instant_has_the_same_sparks_whatever_was_shown_before() {
        let frame = |time_s: f64, phase| Frame {
            time_s,
            phase,
            flame: true,
            tip: [0.1, 0.1, 0.008],
            planned: [0.1, 0.1, 0.008],
            ..Frame::default()
        };
        let film = Film {
            frames: vec![frame(0.0, Phase::Piercing), frame(1.0, Phase::Cutting), frame(2.0, Phase::Off)],
            ..Film::default()
        };
        let mut first = Solid::default();
        let layout = crate::view::machine::layout::tests::layout();
        let eye = Eye { at: Vec3::new(0.0, -2.0, 1.0), least: 0.0005 };
        sparks(&mut first, &film.at_or_last(0.7).unwrap(), &film, &layout, 1.0, eye);
        assert!(first.positions.len() > 400 && first.positions.iter().all(|p| p[2] > -2e-3), "{}", first.positions.len());
        let mut below = Solid::default();
        sparks(&mut below, &film.at_or_last(1.95).unwrap(), &film, &layout, 1.0, eye);
        assert!(below.positions.len() > 400 && below.positions.iter().all(|p| p[2] < 0.0));
        let mut again = Solid::default();
        sparks(&mut again, &film.at_or_last(0.7).unwrap(), &film, &layout, 1.0, eye);
        assert_eq!(first.positions, again.positions);
    }
}
