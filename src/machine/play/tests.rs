//! Play against statics: where ends lie on their flanks, and what friction keeps from them.

use super::*;
use crate::machine::JOINTS;
use crate::machine::engines::cases::params;
use crate::machine::engines::{Engine, EngineKind};
use crate::machine::params::MachineParams;

const PLAY_M: f64 = 50e-6;

/// Frame and beam immovable, no gravity.
fn on_a_rock() -> MachineParams {
    let mut p = params();
    for body in [&mut p.frame, &mut p.gantry] {
        (body.mass_kg, body.inertia_kg_m2) = (1e9, [1e9; 3]);
    }
    for mount in p.trucks.iter_mut().chain([&mut p.feet, &mut p.carriage_guide, &mut p.torch_slide]) {
        mount.damping_ratio = 0.2;
    }
    p
}

/// How far the tip, and what the drives hold, hang behind the joints after `for_s` of `force_n` on the carriage, m.
fn hangs_m(p: &MachineParams, kind: EngineKind, force_n: &dyn Fn(f64) -> f64, for_s: f64) -> f64 {
    let h = 1e-4;
    let mut machine = Engine::new(kind, p, h);
    machine.jump([0.6, 0.0, 0.0]);
    let start = machine.tip_in_machine_m()[0] - machine.joints()[0].position_m;
    for n in 0..(for_s / h) as u64 {
        let joints = machine.joints();
        let mut drive_n = [force_n(n as f64 * h), 0.0, 0.0, 0.0];
        (1..JOINTS).for_each(|j| drive_n[j] = -1e6 * joints[j].position_m - 1e3 * joints[j].speed_m_per_s);
        machine.step(drive_n);
    }
    machine.tip_in_machine_m()[0] - machine.joints()[0].position_m - start
}

#[test]
fn an_end_gives_way_by_friction_over_its_stiffness_and_then_to_its_flank() {
    let play = PlayParams::new(2, 1e-3, 3.0, 0.1).unwrap();
    // 2000 N/m for both ends: 3 N stretch one of them by 3 mm.
    let mut seats = [0.0; 2];
    for (to_mm, seat_mm) in [(2.9, 0.0), (3.4, 0.4), (9.0, 1.0), (4.1, 1.0), (-1.5, 1.0), (-2.4, 0.6), (-9.0, -1.0), (0.0, -1.0)]
    {
        seats = play.seats(seats, [1e-3 * to_mm, 0.0, 0.0], [0.0; 3], 2000.0);
        assert!(seats.iter().all(|seat| (seat - 1e-3 * seat_mm).abs() < 1e-12), "{to_mm} mm: {seats:?}");
    }
    assert!(PlayParams::new(0, 1e-3, 3.0, 0.1).is_none() && PlayParams::new(1, 0.0, 3.0, 0.1).is_none());
}

#[test]
fn a_loose_slide_lets_the_tip_hang_back_by_its_play_times_the_lever() {
    // The torch's centre lies 30 mm below the middle of blocks 40 mm apart: the lower one pulls it along with 5/4 of its inertia, the upper
    // one holds back with 1/4, so they lie on opposite flanks. The tip is 180 mm below: 180/40 of the play.
    for kind in [EngineKind::Rapier, EngineKind::Reduced] {
        let mut loose = on_a_rock();
        loose.torch_slide.damping_ratio = 1.0;
        loose.torch_slide.loosen(PlayParams::new(2, 0.5 * PLAY_M, 0.0, 0.02));
        let mut firm = loose.clone();
        firm.torch_slide.play = None;
        for force_n in [12.0, -12.0_f64] {
            let [firm, loose] = [&firm, &loose].map(|p| hangs_m(p, kind, &|_| force_n, 1.0));
            let expected = -force_n.signum() * 0.18 / 0.04 * PLAY_M;
            assert!(
                (loose - firm - expected).abs() < 2e-3 * expected.abs(),
                "{kind:?}: {loose} against {firm}, {expected} apart"
            );
        }
    }
}

#[test]
fn friction_keeps_a_slide_where_its_last_push_has_put_it() {
    // Pushed to its flanks and let go: back by springs alone, friction of 0.2 N an end less than what moved it.
    for kind in [EngineKind::Rapier, EngineKind::Reduced] {
        let mut p = on_a_rock();
        p.torch_slide.loosen(PlayParams::new(2, 0.5 * PLAY_M, 0.2, 0.02));
        let push = |t: f64| if t < 0.5 { 12.0 * (0.5 - t) / 0.5 } else { 0.0 };
        let off = hangs_m(&p, kind, &push, 1.0);
        let expected = -0.18 / 0.04 * PLAY_M;
        assert!((off - expected).abs() < 0.01 * expected.abs(), "{kind:?}: {off}, expected {expected}");
    }
}

#[test]
fn trucks_shift_when_the_carriage_pushes_harder_than_they_rub() {
    // A beam of next to no mass: the carriage's 10 N go through four ends of 2 N or of 3 N.
    for kind in [EngineKind::Rapier, EngineKind::Reduced] {
        for (hold_n, shifts) in [(2.0, true), (3.0, false)] {
            let mut p = on_a_rock();
            (p.gantry.mass_kg, p.gantry.inertia_kg_m2) = (22.0, [0.2, 3.2, 3.2]);
            p.trucks.iter_mut().for_each(|truck| truck.loosen(PlayParams::new(1, 0.5 * PLAY_M, hold_n, 0.1)));
            let off = hangs_m_of_gantry(&p, kind);
            p.trucks.iter_mut().for_each(|truck| truck.play = None);
            let off = off - hangs_m_of_gantry(&p, kind);
            let expected = if shifts { -0.5 * PLAY_M } else { 0.0 };
            assert!((off - expected).abs() < 0.02 * PLAY_M, "{kind:?}: {off} with {hold_n} N, expected {expected}");
        }
    }
}

/// How far the beam has gone in X, seen from the plate, while the carriage is pushed with 10 N, m.
fn hangs_m_of_gantry(p: &MachineParams, kind: EngineKind) -> f64 {
    let h = 1e-4;
    let mut machine = Engine::new(kind, p, h);
    machine.jump([0.6, 0.0, 0.0]);
    for n in 0..4000 {
        let joints = machine.joints();
        let mut drive_n = [10.0 * (f64::from(n) * 5e-4).min(1.0), 0.0, 0.0, 0.0];
        (1..JOINTS).for_each(|j| drive_n[j] = -1e6 * joints[j].position_m - 1e3 * joints[j].speed_m_per_s);
        machine.step(drive_n);
    }
    // The tip against the plate less the carriage against the beam.
    machine.tip_in_machine_m()[0] - machine.joints()[0].position_m
}
