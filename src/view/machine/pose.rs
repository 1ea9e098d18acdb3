//! Where the moving bodies are drawn: where they are, with everything that they are off by magnified.

use super::layout::Layout;
use crate::twin::film::Frame;
use bevy::prelude::*;

/// Farthest that magnification moves something, m: what is off by more, as after lost steps, is drawn where it is.
const FARTHEST: f32 = 0.12;

/// Where something is drawn that is at `is` and should be at `planned`.
pub fn grown(is: f32, planned: f32, magnification: f32) -> f32 {
    let off = is - planned;
    planned + (off * magnification).clamp(-FARTHEST.max(off.abs()), FARTHEST.max(off.abs()))
}

/// Where the moving bodies are drawn, machine coordinates, m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Tip's Y of either side.
    pub side_y: [f32; 2],
    /// Turn of the beam about Z, rad.
    pub skew: f32,
    /// Middle of the beam between the rails (X) and the tip's Y there.
    pub beam: Vec2,
    /// Where the tip would be if nothing between beam and tip flexed.
    pub carriage: Vec3,
    /// Where the tip is drawn.
    pub tip: Vec3,
    /// Height of the torch's clamp above its tip: about here it leans.
    pub clamp: f32,
}

impl Pose {
    /// At an instant: every distance from the planned point is drawn `magnification` times larger.
    pub fn of(now: &Frame, layout: &Layout, magnification: f32) -> Self {
        let grown = |is: f32, planned: f32| grown(is, planned, magnification);
        let [px, py, pz] = now.planned;
        // Bowed guides, axes out of square and the like move the whole gantry or carriage: only flex is left for the torch to lean.
        let off = now.geometry.iter().fold(Vec2::ZERO, |sum, part| sum + Vec2::from_array(*part));
        // Racking stays in sight however far both sides together are off.
        let [left, right] = now.sides;
        let (middle_y, half) = (grown((left + right) / 2.0 + off.y, py), grown((right - left) / 2.0, 0.0));
        let side_y = [middle_y - half, middle_y + half];
        let slope = (side_y[1] - side_y[0]) / (layout.rail_x[1] - layout.rail_x[0]);
        let middle = layout.middle().x;
        let beam = Vec2::new(middle, (side_y[0] + side_y[1]) / 2.0);
        let x = grown(now.carriage[0] + off.x, px);
        // The torch is ahead of the beam, and goes round with it when it skews: as far as in the mechanism, so that only flex is left to lean.
        let ahead = layout.ahead;
        let (sin, cos) = slope.atan().sin_cos();
        let carriage = Vec3::new(x - sin * ahead, beam.y + slope * (x - middle) - (1.0 - cos) * ahead, grown(now.tip[2], pz));
        let tip = Vec3::new(grown(now.tip[0], px), grown(now.tip[1], py), carriage.z);
        Self { side_y, skew: slope.atan(), beam, carriage, tip, clamp: layout.slide_height }
    }

    /// Place of what rides on a side.
    pub fn side(&self, which: usize) -> Transform {
        Transform::from_xyz(0.0, self.side_y[which], 0.0)
    }

    /// Place of the beam.
    pub fn on_beam(&self) -> Transform {
        Transform::from_translation(self.beam.extend(0.0)).with_rotation(Quat::from_rotation_z(self.skew))
    }

    /// Place of the carriage, which keeps its height.
    pub fn on_carriage(&self) -> Transform {
        Transform::from_xyz(self.carriage.x, self.carriage.y, 0.0).with_rotation(Quat::from_rotation_z(self.skew))
    }

    /// Place of the slider, which goes up and down on the carriage.
    pub fn slider(&self) -> Transform {
        Transform { translation: self.carriage, ..self.on_carriage() }
    }

    /// Place of the torch: it leans about its clamp, as far as its tip is off.
    pub fn torch(&self) -> Transform {
        let clamp = self.carriage + Vec3::Z * self.clamp;
        let lean = Quat::from_rotation_arc(Vec3::NEG_Z, (self.tip - clamp).normalize_or(Vec3::NEG_Z));
        Transform::from_translation(self.tip).with_rotation(lean * Quat::from_rotation_z(self.skew))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pose_without_error_is_the_planned_one_and_flex_leans_the_torch() {
        let layout = crate::view::machine::layout::tests::layout();
        let at = [0.4, 0.3, 0.02];
        let straight = Frame { planned: at, tip: at, carriage: [0.4, 0.3], sides: [0.3; 2], ..Frame::default() };
        let pose = Pose::of(&straight, &layout, 300.0);
        assert_eq!((pose.skew, pose.side_y), (0.0, [0.3; 2]));
        assert!(pose.tip.distance(Vec3::from(at)) < 1e-6 && pose.carriage.distance(pose.tip) < 1e-6);
        let torch = pose.torch();
        assert!(torch.rotation.angle_between(Quat::IDENTITY) < 1e-3);
        // 50 µm of flex drawn 200 times larger, and racking of 100 µm.
        let bent = Frame { tip: [0.400_05, 0.3, 0.02], sides: [0.299_95, 0.300_05], ..straight };
        let pose = Pose::of(&bent, &layout, 200.0);
        assert!((pose.tip.x - 0.41).abs() < 1e-4, "{}", pose.tip);
        assert!((pose.skew * (layout.rail_x[1] - layout.rail_x[0]) - 0.02).abs() < 1e-4, "{}", pose.skew);
        assert!(pose.torch().transform_point(Vec3::ZERO).distance(pose.tip) < 1e-6, "the torch's tip is the tip");
        // Both sides 1 mm behind and racked by 0.1 mm: the first is past what is magnified, the second is seen.
        let late = Frame { sides: [0.298_95, 0.299_05], ..straight };
        let pose = Pose::of(&late, &layout, 1000.0);
        assert!((pose.side_y[1] - pose.side_y[0] - 0.1).abs() < 1e-3, "{:?}", pose.side_y);
        assert!((pose.beam.y - (0.3 - FARTHEST)).abs() < 1e-4);
        // A bowed guide moves everything, and nothing leans.
        let bowed = Frame { tip: [0.400_3, 0.299_6, 0.02], geometry: [[3e-4, -4e-4], [0.0; 2], [0.0; 2], [0.0; 2]], ..straight };
        let pose = Pose::of(&bowed, &layout, 100.0);
        assert!(pose.carriage.distance(pose.tip) < 1e-4 && (pose.tip.x - 0.43).abs() < 1e-4, "{pose:?}");
    }

    #[test]
    fn what_is_far_off_is_drawn_where_it_is() {
        assert_eq!(grown(0.536, 0.5, 1.0), 0.5 + (0.536 - 0.5));
        assert!((grown(0.7, 0.5, 200.0) - 0.7).abs() < 1e-6);
        assert!((grown(0.5001, 0.5, 200.0) - 0.52).abs() < 1e-4);
        assert!((grown(0.495, 0.5, 200.0) - 0.38).abs() < 1e-6);
    }
}
