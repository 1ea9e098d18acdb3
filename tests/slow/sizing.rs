//! Sizing against the whole grid: a job small enough to run every machine in full.

use std::path::{Path, PathBuf};

use torchtwin::job;
use torchtwin::scene::{self, Changes};
use torchtwin::sizing::answer::{Answer, bill_csv};
use torchtwin::sizing::search::{self, Looker, Row, Stage};
use torchtwin::sizing::vary::Space;
use torchtwin::twin::EngineKind;

/// Writes a machine, a program and a scene with this `[size]` table into a folder of their own.
fn written(name: &str, machine: &str, program: &str, size: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let straight = "\n[geometry]\nx_bow_mm = 0\ny_bow_mm = 0\nsquareness_mm_per_m = 0\nwarming_k = 0\nx_pitch_error_mm_per_m = 0\n\
                    y_pitch_error_mm_per_m = 0\n";
    std::fs::write(folder.join("machine.toml.txt"), machine.to_string() + straight).unwrap();
    std::fs::write(folder.join("slot.ngc"), program).unwrap();
    let text = format!(
        "title = \"slot\"\nmachine = \"machine.toml.txt\"\n[plate]\nmaterial = \"S235\"\nthickness_mm = 6\nsize_mm = [120, 100]\n[torch]\n\
         process = \"oxy-acetylene\"\nwords = \"m3-preheat-m8-oxygen\"\n[job]\nprogram = \"slot.ngc\"\ndialect = \"linuxcnc\"\n\
         work_zero_mm = [0, 0, 5]\n[expect]\nlost_steps = 0\ncontour_error_max_mm = 0.1\n[size]\n{size}"
    );
    let path = folder.join("slot.toml");
    std::fs::write(&path, text).unwrap();
    path
}

/// The rack table, its rapids at this speed and acceleration, mm/min and mm/s².
fn rack(rapid: u32, acceleration: u32) -> String {
    let mut machine =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/machines/rack_4x4.toml")).unwrap();
    for (key, old, new) in
        [("$110", 9000, rapid), ("$111", 9000, rapid), ("$120", 400, acceleration), ("$121", 400, acceleration)]
    {
        machine = machine.replace(&format!("\"{key}\" = {old}.000"), &format!("\"{key}\" = {new}.000"));
    }
    // Within what the controller can send.
    machine.replacen("microsteps = 16", "microsteps = 8", 2)
}

/// A slot of 40 mm in thin plate on the rack table, with perfect geometry; what varies costs little time and shows three ways to fail: a motor
/// that is too weak, pinions with play, a price.
fn scene() -> PathBuf {
    let machine = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/machines/rack_4x4.toml")).unwrap();
    let machine =
        machine.replace("\"$120\" = 400.000", "\"$120\" = 12000.000").replace("\"$110\" = 9000.000", "\"$110\" = 14000.000");
    let program = "G21 G90 G17\nG0 X60\nG0 Y40\nM3\nG4 P6\nM8\nG4 P1\nG1 X66 F600\nG3 X66 Y48 I0 J4\nG1 X60\nG3 X60 Y40 I0 J-4\nM9\nM5\nM2\n";
    let play = |axis: &str| {
        format!(
            "[size.vary.option.set.\"axis.{axis}.transmission\"]\nkind = \"rack\"\npart = \"mod1-15-import\"\nteeth = 25\nbacklash_mm = 0.4\n\
             mount_stiffness_n_per_um = 15\ndamping_ratio = 0.03\nreduction = {{ ratio = 3, belt = \"gt3-9\", motor_teeth = 20, centre_mm = 100 }}\n"
        )
    };
    let size = format!(
        "budget_usd = 1700\nshipping_percent = 5\n\
         tax_percent = 2\n[[size.vary]]\nwhat = \"motors\"\nkeys = [\"axis.x.motor\", \"axis.y.motor\"]\n\
         parts = [\"motors/17HS19-2004S1\", \"motors/23HS30-2804S\", \"motors/23HS45-4204S\"]\ncost = [\"motors X, Y1, Y2\"]\n\
         [[size.vary]]\nwhat = \"pinions\"\n[[size.vary.option]]\nname = \"sprung\"\n[[size.vary.option]]\nname = \"with play\"\n\
         without = [\"pinions and spring-loaded pivot plates\"]\n\
         cost = [{{ item = \"pinions\", quantity = 3, unit = \"piece\", unit_usd = 16, basis = \"estimate\", source = \"made up\" }}]\n{}{}",
        play("x"),
        play("y")
    );
    written("sizing", &machine, program, &size)
}

#[test]
fn a_motor_that_loses_steps_on_a_rapid_alone_is_refused_for_it() {
    // The last move, far from every cut, is a long rapid at 760 rev/min that turns back where the one before it still rings. Closed forms find two
    // thirds of the torque left; in the simulation the smaller motor falls out.
    let program = "G21 G90 G17\nG0 X60 Y40\nM3\nG4 P6\nM8\nG4 P1\nG1 X66 F600\nG3 X66 Y48 I0 J4\nG1 X60\nG3 X60 Y40 I0 J-4\nM9\nM5\nG0 X600\n\
                   G0 X0 Y0\nM2\n";
    let size = "[[size.vary]]\nwhat = \"motors of X and Y\"\nkeys = [\"axis.x.motor\", \"axis.y.motor\"]\n\
                parts = [\"motors/23HS30-2804S\", \"motors/23HS45-4204S\"]\ncost = [\"motors X, Y1, Y2\"]\n";
    let rows = |rapid: u32, acceleration: u32| -> Vec<[Row; 2]> {
        let path = written(&format!("rapid-{rapid}"), &rack(rapid, acceleration), program, size);
        let nominal = scene::load(&path, None).unwrap_or_else(|findings| panic!("{findings:?}"));
        let space = Space::of(&nominal, &Changes::default()).unwrap();
        let program = |scene: &torchtwin::scene::Scene| job::program(scene);
        let looker = Looker { space: &space, budget_usd: 1700.0, engine: EngineKind::Reduced, program: &program };
        let both = |number| {
            let looked = search::look(&looker, number);
            let whole = search::whole(&looker, looked.clone()).row;
            println!("{looked:?}\n{whole:?}");
            [looked, whole]
        };
        (0..space.count()).map(both).collect()
    };
    let fast = rows(20_000, 4_000);
    let ([shaken, shaken_whole], [calm, calm_whole]) = (&fast[0], &fast[1]);
    assert_eq!((calm.stage, calm_whole.stage), (Stage::Survives, Stage::Passes), "{calm:?}");
    assert!(shaken.stage == Stage::Window && shaken.torque_would_do(), "{shaken:?}");
    assert!(shaken.reason.starts_with("Motor X") && shaken.reason.contains("falls out of step at line 14"), "{shaken:?}");
    assert!(shaken.falls_out() && !calm.falls_out());
    // The whole job decides, whatever a window said, and says the same.
    assert!(
        shaken_whole.stage == Stage::Fails && shaken_whole.reason.contains("falls out of step at line 14"),
        "{shaken_whole:?}"
    );
    // It is the rapid alone: with slow ones the same motor passes.
    let slow = rows(9_000, 400);
    assert_eq!((slow[0][0].stage, slow[0][1].stage), (Stage::Survives, Stage::Passes), "{:?}", slow[0]);
}

#[test]
fn the_winner_is_that_of_the_whole_grid_and_play_is_refused_where_torque_would_do() {
    let path = scene();
    let nominal = scene::load(&path, None).unwrap_or_else(|findings| panic!("{findings:?}"));
    let space = Space::of(&nominal, &Changes::default()).unwrap();
    assert_eq!(space.count(), 6);
    let program = |scene: &torchtwin::scene::Scene| job::program(scene);
    let looker = Looker { space: &space, budget_usd: 1700.0, engine: EngineKind::Reduced, program: &program };
    let looked: Vec<Row> = (0..space.count()).map(|number| search::look(&looker, number)).collect();
    // The grid: every machine within the budget runs the whole job, whatever its windows said.
    let within = looked.iter().filter(|row| row.cost_usd[1] <= 1700.0);
    let grid: Vec<Row> = within.map(|row| search::whole(&looker, row.clone()).row).collect();
    let passing = grid.iter().filter(|row| row.stage == Stage::Passes);
    let best = passing.min_by(|a, b| a.cost_usd[1].total_cmp(&b.cost_usd[1])).expect("a machine that passes");
    // What `size` does: survivors from the cheapest on.
    let mut rows = looked.clone();
    for number in search::order(&looked) {
        let row = rows.iter_mut().find(|row| row.number == number).unwrap();
        *row = search::whole(&looker, row.clone()).row;
        if row.stage == Stage::Passes {
            break;
        }
    }
    let answer = Answer::of(&space, &nominal, 1700.0, rows);
    for row in &answer.rows {
        println!("{:?} {:?}", space.names(row.number), row);
    }
    let winner = answer.winner().expect("a winner");
    assert_eq!((winner.number, winner.cost_usd), (best.number, best.cost_usd), "the grid says {:?}", space.names(best.number));
    // No window refuses what the whole job would let pass.
    for row in looked.iter().filter(|row| matches!(row.stage, Stage::Window | Stage::Margins)) {
        let whole = grid.iter().find(|other| other.number == row.number).unwrap();
        assert_eq!(whole.stage, Stage::Fails, "{row:?} against {whole:?}");
    }
    let of = |motor: &str, pinions: &str| looked.iter().find(|row| space.names(row.number) == [motor, pinions]).unwrap();
    // Strong motors and play: torque alone would buy it.
    let play = of("23HS30-2804S", "with play");
    assert!(play.stage == Stage::Window && play.torque_would_do(), "{play:?}");
    assert!(
        play.reason.contains("backlash") && play.reason.contains("on line") && play.reason.contains("torque is not what limits"),
        "{play:?}"
    );
    // A weak motor is refused by the whole job at the latest: its windows are driven to on another way.
    let weak = grid.iter().find(|row| space.names(row.number) == ["17HS19-2004S1", "sprung"]).unwrap();
    assert!(weak.stage == Stage::Fails && weak.reason.contains("motor X") && !weak.torque_would_do(), "{weak:?}");
    assert!(answer.limits().contains("would pass a sizing by torque alone"), "{}", answer.limits());
    let tight = winner.deviation_mm > 0.95 * answer.bound_mm.unwrap();
    assert_eq!(answer.by_a_hair().contains("It passes by"), tight, "{}", answer.by_a_hair());
    let hair = Answer { bound_mm: Some(winner.deviation_mm + 0.001), rows: answer.rows.clone(), title: String::new(), ..answer };
    assert!(hair.by_a_hair().starts_with("It passes by 0.001 mm"), "{}", hair.by_a_hair());
    // The table of a part reads back as it was.
    assert_eq!(format!("{:?}", search::rows(&search::table(&looked)).unwrap()), format!("{looked:?}"));
    let (_, text) = space.candidate(winner.number).unwrap();
    let bill = bill_csv(&space, &path, &text, None).unwrap();
    let total: f64 = bill.lines().last().unwrap().split(',').nth(7).unwrap().parse().unwrap();
    assert!((total - winner.cost_usd[1]).abs() < 0.011, "{bill}");
    assert!(bill.contains("motors/") && bill.contains("2026-09"), "{bill}");
}
