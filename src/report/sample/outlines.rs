//! The outlines that the made-up run cuts.
//!
//! In: nothing. Out: points. Only in tests.

use std::f64::consts::{FRAC_PI_2, TAU};

/// A rectangle with round corners: centre, size, radius, m. A circle has its size equal to twice its radius.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Centre, m.
    pub centre: [f64; 2],
    /// Size in X and Y, m.
    pub size: [f64; 2],
    /// Radius of the corners, m.
    pub radius: f64,
}

impl Shape {
    /// The outline moved out by `offset`, counter-clockwise from the middle of its right side, points `step` apart.
    pub fn outline(&self, offset: f64, step: f64) -> Vec<[f64; 2]> {
        let radius = self.radius + offset;
        let half = [self.size[0] / 2.0 + offset - radius, self.size[1] / 2.0 + offset - radius];
        let mut points = Vec::new();
        for (quarter, (sx, sy)) in [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)].into_iter().enumerate() {
            let count = (radius * FRAC_PI_2 / step).ceil().max(4.0) as usize;
            for n in 0..=count {
                let angle = FRAC_PI_2 * (quarter as f64 + n as f64 / count as f64);
                points.push([
                    self.centre[0] + sx * half[0] + radius * angle.cos(),
                    self.centre[1] + sy * half[1] + radius * angle.sin(),
                ]);
            }
        }
        let mut dense: Vec<[f64; 2]> = Vec::new();
        for n in 0..points.len() {
            let (a, b) = (points[n], points[(n + 1) % points.len()]);
            let count = ((b[0] - a[0]).hypot(b[1] - a[1]) / step).ceil().max(1.0) as usize;
            let share = |m: usize| m as f64 / count as f64;
            dense.extend((0..count).map(|m| [a[0] + (b[0] - a[0]) * share(m), a[1] + (b[1] - a[1]) * share(m)]));
        }
        dense
    }

    /// Distance from the outline.
    pub fn distance(&self, p: [f64; 2]) -> f64 {
        let q = [0, 1].map(|i| (p[i] - self.centre[i]).abs() - self.size[i] / 2.0 + self.radius);
        (q[0].max(0.0).hypot(q[1].max(0.0)) + q[0].max(q[1]).min(0.0) - self.radius).abs()
    }
}

/// What is cut, in order: bolt circles, slots, a window, then the outline.
pub fn shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (cx, cy) in [(0.25, 0.21), (0.25, 0.45), (1.01, 0.21), (1.01, 0.45)] {
        for n in 0..6 {
            let angle = TAU * f64::from(n) / 6.0;
            shapes.push(Shape { centre: [cx + 0.055 * angle.cos(), cy + 0.055 * angle.sin()], size: [0.016; 2], radius: 0.008 });
        }
    }
    for x in [0.42, 0.84] {
        shapes.push(Shape { centre: [x, 0.33], size: [0.024, 0.2], radius: 0.012 });
    }
    shapes.push(Shape { centre: [0.63, 0.33], size: [0.26, 0.18], radius: 0.02 });
    shapes.push(Shape { centre: [0.63, 0.33], size: [1.0, 0.46], radius: 0.04 });
    shapes
}
