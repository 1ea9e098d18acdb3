//! One machine and four motions of it, for both engines, with the truth of an independent solver beside them.
//!
//! In: `tests/reference/machine_*.csv`, made by `tools/machine_reference.py`, which has the same numbers and none of this code.

use super::super::params::{BeamParams, BodyParams, MachineParams, MountParams};
use super::super::{JOINTS, JointMotion};

/// The machine.
pub fn params() -> MachineParams {
    let body =
        |mass_kg: f64, centre_in_machine_m| BodyParams { mass_kg, inertia_kg_m2: [mass_kg * 0.02; 3], centre_in_machine_m };
    let mount = |linear_n_per_m, at_in_machine_m| MountParams {
        linear_n_per_m,
        angular_nm_per_rad: [2e5; 3],
        damping_ratio: 0.0,
        at_in_machine_m,
        play: None,
    };
    let mut feet = mount([2e6, 2e6, 2e7], [0.6, 0.6, -0.3]);
    feet.angular_nm_per_rad = [2e6; 3];
    let mut gantry = body(22.0, [0.625, 0.0, 0.2]);
    gantry.inertia_kg_m2 = [0.2, 3.2, 3.2];
    MachineParams {
        frame: BodyParams { mass_kg: 150.0, inertia_kg_m2: [40.0, 40.0, 70.0], centre_in_machine_m: [0.6, 0.6, -0.1] },
        gantry,
        carriage: body(4.0, [0.0, 0.0, 0.2]),
        torch: body(2.0, [0.0, 0.0, 0.15]),
        feet,
        trucks: [mount([4e7, 0.0, 4e7], [-0.05, 0.0, 0.15]), mount([4e7, 0.0, 4e7], [1.3, 0.0, 0.15])],
        carriage_guide: mount([0.0, 3e7, 3e7], [0.0, 0.0, 0.2]),
        torch_slide: mount([2e7, 2e7, 0.0], [0.0, 0.0, 0.18]),
        beam: BeamParams {
            span_m: 1.35,
            vertical_n_m2: 2.27e5,
            horizontal_n_m2: 7.7e4,
            torsion_n_m2: 7.5e4,
            left_x_in_machine_m: -0.05,
        },
        tip_in_machine_m: [0.0, 0.0, 0.0],
        travel_m: [[0.0, 1.25], [0.0, 1.25], [0.0, 0.1]],
        gravity_m_per_s2: 0.0,
    }
}

/// Stiffness and damping of the drives along X, Y1, Y2, Z, N/m and N·s/m.
const DRIVE: [(f64, f64); JOINTS] = [(2e6, 200.0), (2e6, 300.0), (2e6, 300.0), (2e6, 100.0)];

/// A motion of the machine: how it begins, and where each drive is told to be at an instant, m and m/s.
pub struct Case {
    /// Name of the file.
    pub name: &'static str,
    /// In words.
    pub title: &'static str,
    /// The file.
    table: &'static str,
    /// Steps that a motion has before it is compared again, of 0.1 ms.
    pub every: usize,
    /// Whether carriage, torch and gantry begin 0.2 mm off.
    pub let_go: bool,
    told: fn(f64) -> [(f64, f64); JOINTS],
    /// Force besides, N.
    pushed: [f64; JOINTS],
}

const SIDE: f64 = 0.1;
const SPEED: f64 = 0.1;
const ACCELERATION: f64 = 0.981;

/// Place and speed on a side of the square from rest to rest, m and m/s.
fn along(t: f64) -> (f64, f64) {
    let ramp = SPEED / ACCELERATION;
    let leg = SIDE / SPEED + ramp;
    if t < ramp {
        (0.5 * ACCELERATION * t * t, ACCELERATION * t)
    } else if t < leg - ramp {
        (0.5 * ACCELERATION * ramp * ramp + SPEED * (t - ramp), SPEED)
    } else {
        let left = (leg - t).max(0.0);
        (SIDE - 0.5 * ACCELERATION * left * left, ACCELERATION * left)
    }
}

fn square(t: f64) -> [(f64, f64); JOINTS] {
    let leg = SIDE / SPEED + SPEED / ACCELERATION;
    let side = ((t / leg) as usize).min(3);
    let (s, v) = along((t - side as f64 * leg).min(leg));
    let (x, y) = match side {
        0 => ((s, v), (0.0, 0.0)),
        1 => ((SIDE, 0.0), (s, v)),
        2 => ((SIDE - s, -v), (SIDE, 0.0)),
        _ => ((0.0, 0.0), (SIDE - s, -v)),
    };
    [x, y, y, (0.0, 0.0)]
}

/// Y1 is driven 1 mm in 50 ms and back, Y2 is locked.
fn stalled(t: f64) -> [(f64, f64); JOINTS] {
    let turn = std::f64::consts::PI / 0.05;
    let phase = turn * t.min(0.1);
    let speed = if t < 0.1 { 0.5e-3 * turn * phase.sin() } else { 0.0 };
    [(0.0, 0.0), (0.5e-3 * (1.0 - phase.cos()), speed), (0.0, 0.0), (0.0, 0.0)]
}

const HELD: fn(f64) -> [(f64, f64); JOINTS] = |_| [(0.0, 0.0); JOINTS];

/// All of them.
pub const CASES: [Case; 4] = [
    Case {
        name: "free",
        title: "let go 0.2 mm off, ringing",
        table: include_str!("../../../tests/reference/machine_free.csv"),
        every: 20,
        let_go: true,
        told: HELD,
        pushed: [0.0; JOINTS],
    },
    Case {
        name: "push",
        title: "a push of 30 N on the carriage",
        table: include_str!("../../../tests/reference/machine_push.csv"),
        every: 20,
        let_go: false,
        told: HELD,
        pushed: [30.0, 20.0, 20.0, 0.0],
    },
    Case {
        name: "stalled",
        title: "one side driven 1 mm, the other locked",
        table: include_str!("../../../tests/reference/machine_stalled.csv"),
        every: 20,
        let_go: false,
        told: stalled,
        pushed: [0.0; JOINTS],
    },
    Case {
        name: "square",
        title: "a square of 100 mm at 6 m/min and 0.1 g",
        table: include_str!("../../../tests/reference/machine_square.csv"),
        every: 100,
        let_go: false,
        told: square,
        pushed: [0.0; JOINTS],
    },
];

impl Case {
    /// Force of each drive at `t`, N.
    pub fn drive_n(&self, t: f64, joints: &[JointMotion; JOINTS]) -> [f64; JOINTS] {
        let told = (self.told)(t);
        std::array::from_fn(|j| {
            let ((k, c), (place, speed), at) = (DRIVE[j], told[j], joints[j]);
            k * (place - at.position_m) + c * (speed - at.speed_m_per_s) + self.pushed[j]
        })
    }

    /// The machine as the motion begins: it weighs what it weighs, and is damped by 0.02.
    pub fn machine(&self) -> MachineParams {
        let mut p = params();
        p.gravity_m_per_s2 = 9.81;
        p.gantry.inertia_kg_m2 = [0.2, 3.2, 3.2];
        let guides = [&mut p.feet, &mut p.carriage_guide, &mut p.torch_slide];
        guides.into_iter().chain(&mut p.trucks).for_each(|mount| mount.damping_ratio = 0.02);
        p
    }

    /// Instants, s, and where the tip truly is, m.
    fn truth(&self) -> impl Iterator<Item = (f64, [f64; 3])> {
        let number = |text: &str| text.parse().unwrap_or(f64::NAN);
        self.table.lines().skip(1).map(move |line| {
            let mut row = line.split(',').map(number);
            let mut next = || row.next().unwrap_or(f64::NAN);
            (next(), [next(), next(), next()])
        })
    }

    /// Largest distance of an engine's tip from the truth, m; `step(t)` moves on by a step of `h` from t, `tip` says where it is.
    pub fn error_m(&self, h: f64, mut step: impl FnMut(f64) -> [f64; 3]) -> f64 {
        let per_row = (self.every as f64 * 1e-4 / h).round() as usize;
        let (mut worst, mut n) = (0.0_f64, 0);
        for (t, truth) in self.truth().skip(1) {
            let mut tip = [0.0; 3];
            for _ in 0..per_row {
                tip = step(n as f64 * h);
                n += 1;
            }
            debug_assert!((n as f64 * h - t).abs() < 1e-6, "{} s is no instant of {}", n as f64 * h, self.name);
            worst = worst.max((0..3).map(|i| (tip[i] - truth[i]).powi(2)).sum::<f64>().sqrt());
        }
        worst
    }
}
