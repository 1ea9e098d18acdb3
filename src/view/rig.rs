//! The camera: turns about a point, moves, zooms, follows the torch; places to look from by name.
//!
//! In: mouse and keys over the free part of the picture, [`CameraPreset`]s. Out: place and lens of the camera that draws the world.

use super::action::CameraPreset;
use super::machine::layout::Layout;
use super::session::Session;
use super::state::{Now, Root};
use bevy::camera::ScalingMode;
use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::prelude::*;
use std::f32::consts::{FRAC_PI_2, PI};

/// Opening of the lens.
const FOV: f32 = 28.0 * PI / 180.0;
/// How long a camera takes for most of the way to another place, s.
const GLIDE_S: f32 = 0.12;

/// The kerf is looked at from behind the torch, turned by this to the side (radians), and this far behind the tip, m.
const KERF_ASIDE: f32 = 0.5;
const KERF_BEHIND_M: f32 = 0.011;

/// Marks the camera that draws the world.
#[derive(Component)]
pub struct Eye;

/// From where and how one looks, machine coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    /// Point in the middle of the picture, m.
    pub target: Vec3,
    /// Direction of the camera from the target: about Z from −Y (radians, positive to the right).
    pub yaw: f32,
    /// Its height over the horizon, radians.
    pub pitch: f32,
    /// Distance, m; without perspective, what gives the same size.
    pub distance: f32,
    /// Without perspective.
    pub flat: bool,
}

impl Default for Aim {
    fn default() -> Self {
        Self { target: Vec3::ZERO, yaw: -0.43, pitch: 0.42, distance: 4.0, flat: false }
    }
}

/// The camera's place now, and where it is on its way to.
#[derive(Resource, Clone, Debug)]
pub struct Rig {
    /// Where it is going.
    pub aim: Aim,
    /// Where it is.
    pub at: Aim,
    /// A place that was asked for.
    pub preset: Option<CameraPreset>,
    /// A point of the plate that was asked for, machine coordinates, m.
    pub look_at: Option<[f64; 2]>,
    /// The torch stays in the middle.
    pub follow: bool,
    /// Places are taken at once, as pictures that are not watched want it.
    pub at_once: bool,
    /// Free part of the picture, logical pixels.
    pub free: Rect,
    /// Pixels of the picture for a logical one.
    pub pixels: f32,
    /// The mouse is over something else than the world.
    pub taken: bool,
    last_tip: Option<Vec3>,
}

impl Default for Rig {
    fn default() -> Self {
        Self {
            aim: Aim::default(),
            at: Aim::default(),
            preset: Some(CameraPreset::Overview),
            look_at: None,
            follow: false,
            at_once: false,
            free: Rect::new(0.0, 0.0, 1280.0, 720.0),
            pixels: 1.0,
            taken: false,
            last_tip: None,
        }
    }
}

impl Aim {
    /// Unit vector from the target to the camera.
    fn back(&self) -> Vec3 {
        let (sin, cos) = self.yaw.sin_cos();
        let (up, along) = self.pitch.sin_cos();
        Vec3::new(sin * along, -cos * along, up)
    }

    /// Rotation of the camera, machine coordinates.
    fn rotation(&self) -> Quat {
        let back = self.back();
        let (sin, cos) = self.yaw.sin_cos();
        let right = Vec3::new(cos, sin, 0.0);
        Quat::from_mat3(&Mat3::from_cols(right, back.cross(right), back))
    }

    fn towards(&self, other: &Self, share: f32) -> Self {
        let turn = (other.yaw - self.yaw + PI).rem_euclid(2.0 * PI) - PI;
        Self {
            target: self.target.lerp(other.target, share),
            yaw: self.yaw + turn * share,
            pitch: self.pitch + (other.pitch - self.pitch) * share,
            distance: self.distance * (other.distance / self.distance).powf(share),
            flat: other.flat,
        }
    }

    /// Height of what is seen at the target, m.
    fn height(&self) -> f32 {
        2.0 * self.distance * (FOV / 2.0).tan()
    }
}

/// What there is to look at, machine coordinates, m.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// Low and high corner of the table with all that stands on it.
    pub table: [Vec3; 2],
    /// Tops of the bottles beside it.
    pub bottles: [Vec3; 2],
    /// Low and high corner of the plate, in the plan.
    pub plate: [Vec2; 2],
    /// The tip.
    pub tip: Vec3,
    /// Direction of travel, in the plan; zero where nothing moves.
    pub heading: Vec2,
}

impl Subject {
    /// Of the session at an instant.
    pub fn of(session: &Session, now: &Now) -> Option<Self> {
        let scene = session.scene.as_ref()?;
        let bounds = Layout::of(scene).bounds();
        let corner = scene.plate.corner_in_machine_m.map(|x| x as f32);
        let size = scene.plate.size_m.map(|x| x as f32);
        let low = Vec2::from_array(corner);
        Some(Self {
            table: [bounds.low, bounds.high.with_z(bounds.high.z - 0.22)],
            bottles: bounds.bottles,
            plate: [low, low + Vec2::from_array(size)],
            tip: Vec3::from_array(now.0.tip),
            heading: Vec2::from_array(now.0.tangent),
        })
    }
}

/// Where a preset looks from; `aspect` is the width of the free part over its height.
pub fn aim(preset: CameraPreset, subject: &Subject, aspect: f32) -> Aim {
    let [low, high] = subject.table;
    let plate = (subject.plate[0] + subject.plate[1]) / 2.0;
    let on_plate = |size: Vec2, margin: f32| {
        let size = size * margin;
        size.y.max(size.x / aspect) / (2.0 * (FOV / 2.0).tan())
    };
    let tip = subject.tip;
    let all: Vec<Vec3> = corners(low, high).into_iter().chain(subject.bottles.map(|top| top + Vec3::X * 0.1)).collect();
    match preset {
        CameraPreset::Overview => fit(Aim { yaw: -0.43, pitch: 0.44, ..Aim::default() }, &all, aspect),
        CameraPreset::Side => fit(Aim { yaw: -FRAC_PI_2 + 0.06, pitch: 0.16, ..Aim::default() }, &all, aspect),
        CameraPreset::Front => fit(Aim { yaw: 0.0, pitch: 0.14, ..Aim::default() }, &all, aspect),
        CameraPreset::Top => Aim {
            target: plate.extend(0.0),
            yaw: 0.0,
            pitch: FRAC_PI_2,
            distance: on_plate(subject.plate[1] - subject.plate[0], 1.12),
            flat: true,
        },
        CameraPreset::Torch => Aim { target: tip.with_z(0.012), yaw: -0.48, pitch: 0.50, distance: 0.36, flat: false },
        // From behind, where the torch hides nothing of the cut it leaves.
        CameraPreset::Kerf => {
            let back = Vec2::from_angle(KERF_ASIDE).rotate(-subject.heading.normalize_or(Vec2::new(0.64, 0.77)));
            let target = (tip.truncate() - subject.heading.normalize_or_zero() * KERF_BEHIND_M).extend(0.0);
            Aim { target, yaw: back.x.atan2(-back.y), pitch: 0.62, distance: 0.115, flat: false }
        }
    }
}

fn corners(low: Vec3, high: Vec3) -> [Vec3; 8] {
    std::array::from_fn(|k| Vec3::new([low.x, high.x][k & 1], [low.y, high.y][k >> 1 & 1], [low.z, high.z][k >> 2]))
}

/// Moves back and sideways until all points are seen.
fn fit(mut aim: Aim, points: &[Vec3], aspect: f32) -> Aim {
    const FILLED: f32 = 0.97;
    let (back, turn) = (aim.back(), aim.rotation());
    let (right, up) = (turn * Vec3::X, turn * Vec3::Y);
    let tan = (FOV / 2.0).tan();
    aim.target = points.iter().sum::<Vec3>() / points.len() as f32;
    for _ in 0..40 {
        let eye = aim.target + back * aim.distance;
        let (mut low, mut high) = (Vec2::MAX, Vec2::MIN);
        for point in points {
            let away = *point - eye;
            let depth = (-away.dot(back)).max(0.05);
            let seen = Vec2::new(away.dot(right) / (depth * tan * aspect), away.dot(up) / (depth * tan));
            (low, high) = (low.min(seen), high.max(seen));
        }
        let off = (low + high) / 2.0;
        aim.target += (right * off.x * aspect + up * off.y) * aim.distance * tan * 0.8;
        aim.distance *= ((high - low) / 2.0 / FILLED).max_element().powf(0.8);
    }
    aim
}

/// Adds the rig.
pub struct RigPlugin;

impl Plugin for RigPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Rig>();
        app.add_systems(Update, (steer, place).chain().in_set(super::state::ViewSet::Camera));
    }
}

/// Mouse over the free part: left turns, right or middle (or shift) moves, wheel zooms towards the cursor.
fn steer(
    mut rig: ResMut<Rig>,
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    keys: Option<Res<ButtonInput<KeyCode>>>,
    motion: Option<Res<AccumulatedMouseMotion>>,
    scroll: Option<Res<AccumulatedMouseScroll>>,
    window: Option<Single<&Window>>,
) {
    let (Some(buttons), Some(keys), Some(motion), Some(scroll)) = (buttons, keys, motion, scroll) else { return };
    if rig.taken {
        return;
    }
    let shift = keys.pressed(KeyCode::ShiftLeft) || keys.pressed(KeyCode::ShiftRight);
    let height_px = rig.free.height().max(1.0);
    let m_per_px = rig.aim.height() / height_px;
    if motion.delta != Vec2::ZERO {
        let moves = buttons.pressed(MouseButton::Right) || buttons.pressed(MouseButton::Middle);
        if moves || shift && buttons.pressed(MouseButton::Left) {
            let turn = rig.aim.rotation();
            let by = (turn * Vec3::X * -motion.delta.x + turn * Vec3::Y * motion.delta.y) * m_per_px;
            rig.aim.target += by;
            rig.follow = false;
        } else if buttons.pressed(MouseButton::Left) {
            rig.aim.flat = false;
            rig.aim.yaw -= motion.delta.x * 0.006;
            rig.aim.pitch = (rig.aim.pitch + motion.delta.y * 0.006).clamp(-0.3, FRAC_PI_2);
        }
    }
    let notches = match scroll.unit {
        MouseScrollUnit::Line => scroll.delta.y,
        MouseScrollUnit::Pixel => scroll.delta.y / 50.0,
    };
    if notches != 0.0 {
        let before = rig.aim.distance;
        rig.aim.distance = (before * 0.86_f32.powf(notches)).clamp(0.02, 20.0);
        if let Some(cursor) = window.and_then(|window| window.cursor_position()).filter(|_| !rig.follow) {
            let off = (cursor - rig.free.center()) * m_per_px * (1.0 - rig.aim.distance / before);
            let turn = rig.aim.rotation();
            rig.aim.target += turn * Vec3::X * off.x - turn * Vec3::Y * off.y;
        }
    }
}

/// Takes up presets, follows the torch and puts the camera there.
fn place(
    mut rig: ResMut<Rig>,
    session: Option<Res<Session>>,
    now: Res<Now>,
    time: Res<Time<Real>>,
    root: Option<Res<Root>>,
    places: Query<&Transform, Without<Eye>>,
    mut eyes: Query<(&mut Transform, &mut Projection), With<Eye>>,
) {
    let aspect = (rig.free.width() / rig.free.height().max(1.0)).max(0.1);
    if let Some(subject) = session.and_then(|session| Subject::of(&session, &now)) {
        // Before anything has moved the tip is not known.
        if let Some(preset) = rig.preset.take() {
            rig.aim = aim(preset, &subject, aspect);
            rig.last_tip = None;
        }
        if let Some([x, y]) = rig.look_at.take() {
            rig.aim = Aim { target: Vec3::new(x as f32, y as f32, 0.0), distance: rig.aim.distance.min(0.5), ..rig.aim };
            rig.follow = false;
        }
        if rig.follow {
            let by = rig.last_tip.map_or(subject.tip.with_z(0.0) - rig.aim.target, |last| subject.tip - last).with_z(0.0);
            rig.aim.target += by;
            rig.at.target += by;
        }
        rig.last_tip = rig.follow.then_some(subject.tip);
    }
    let share = if rig.at_once { 1.0 } else { 1.0 - (-time.delta_secs() / GLIDE_S).exp() };
    rig.at = rig.at.towards(&rig.aim, share);
    let at = rig.at;
    let Some(machine) = root.and_then(|root| places.get(root.0).ok().copied()) else { return };
    for (mut transform, mut projection) in &mut eyes {
        let eye = at.target + at.back() * if at.flat { 4.0 } else { at.distance };
        *transform = machine * Transform::from_translation(eye).with_rotation(at.rotation());
        *projection = if at.flat {
            Projection::Orthographic(OrthographicProjection {
                scaling_mode: ScalingMode::FixedVertical { viewport_height: at.height() },
                near: 0.1,
                far: 12.0,
                ..OrthographicProjection::default_3d()
            })
        } else {
            let near = (at.distance * 0.05).clamp(0.002, 0.1);
            Projection::Perspective(PerspectiveProjection { fov: FOV, aspect_ratio: aspect, near, far: 60.0, ..default() })
        };
    }
}

/// Where a ray through a pixel of the free part meets the plate's top, machine coordinates, m.
pub fn on_plate(rig: &Rig, cursor: Vec2) -> Option<Vec2> {
    if !rig.free.contains(cursor) {
        return None;
    }
    let off = (cursor - rig.free.center()) / (rig.free.height() / 2.0).max(1.0);
    let (at, turn) = (rig.at, rig.at.rotation());
    let half = at.height() / 2.0;
    let (right, up) = (turn * Vec3::X, turn * Vec3::Y);
    let on_target = at.target + right * off.x * half - up * off.y * half;
    let (from, way) = if at.flat {
        (on_target + at.back() * 4.0, -at.back())
    } else {
        let eye = at.target + at.back() * at.distance;
        (eye, on_target - eye)
    };
    let share = -from.z / way.z;
    (way.z < 0.0 && share > 0.0).then(|| (from + way * share).truncate())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_picture_is_what_is_looked_at() {
        let at = Aim { target: Vec3::new(0.3, 0.2, 0.0), yaw: 0.4, pitch: 0.6, distance: 1.5, flat: false };
        for flat in [false, true] {
            let rig = Rig { at: Aim { flat, ..at }, free: Rect::new(100.0, 50.0, 900.0, 650.0), ..Rig::default() };
            let hit = on_plate(&rig, Vec2::new(500.0, 350.0)).unwrap();
            assert!(hit.distance(Vec2::new(0.3, 0.2)) < 1e-5, "{hit}");
            assert!(on_plate(&rig, Vec2::new(50.0, 350.0)).is_none());
        }
        // Straight from above, without perspective: a pixel is as long everywhere.
        let rig = Rig {
            at: Aim { pitch: FRAC_PI_2, yaw: 0.0, flat: true, ..at },
            free: Rect::new(0.0, 0.0, 800.0, 600.0),
            ..Rig::default()
        };
        let hit = on_plate(&rig, Vec2::new(400.0, 0.0)).unwrap();
        assert!((hit - Vec2::new(0.3, 0.2 + at.height() / 2.0)).length() < 1e-5, "{hit}");
    }

    #[test]
    fn presets_see_all_of_the_table() {
        let subject = Subject {
            table: [Vec3::new(-0.3, -0.2, -0.75), Vec3::new(1.6, 1.7, 0.5)],
            bottles: [Vec3::new(1.9, 1.6, 0.6); 2],
            plate: [Vec2::ZERO, Vec2::splat(0.6)],
            tip: Vec3::ZERO,
            heading: Vec2::X,
        };
        for preset in [CameraPreset::Overview, CameraPreset::Side, CameraPreset::Front] {
            let aim = aim(preset, &subject, 1.5);
            let turn = aim.rotation().inverse();
            let eye = aim.target + aim.back() * aim.distance;
            for corner in corners(subject.table[0], subject.table[1]) {
                let seen = turn * (corner - eye);
                let tan = (FOV / 2.0).tan();
                assert!(
                    seen.z < 0.0 && (seen.x / seen.z).abs() < 1.5 * tan && (seen.y / seen.z).abs() < tan,
                    "{preset:?} {corner}"
                );
            }
        }
    }
}
