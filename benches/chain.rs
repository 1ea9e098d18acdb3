//! Speed of each stage of the chain: parse and interpret, plan and step, drives and mechanism, plate heat, the whole CEB scene's first
//! seconds of cutting.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use torchtwin::drive::Joint;
use torchtwin::gcode::{Block, Dialect, Reader, Source};
use torchtwin::job;
use torchtwin::machine::engines::Engine;
use torchtwin::machine::engines::cases::CASES;
use torchtwin::machine::strides::STRIDE_S;
use torchtwin::planner::{Controller, Grbl, MoveKind, Output, PathItem, SCurve, Shape, grbl};
use torchtwin::plate::heat::Heat;
use torchtwin::program::{Counter, NoLibrary, Setup, interpret, stream};
use torchtwin::scene::{self, model::Scene};
use torchtwin::twin::controller::{AVERAGE, LOOK_AHEAD};
use torchtwin::twin::plant::{Plant, STEP_S, SUBSTEPS};
use torchtwin::twin::{self, EngineKind, Options};

fn ceb() -> Scene {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/ceb_press_side.toml");
    scene::load(&path, None).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// A zig-zag of `count` moves of 0.1 mm.
fn facets(count: u32) -> Vec<PathItem> {
    let to = |i: u32| [f64::from(i) * 1e-4, 2e-5 * f64::from(i % 2), 0.0];
    let item = |i| PathItem::Move { tag: i, kind: MoveKind::Feed, speed_m_per_s: 0.05, shape: Shape::Line { to: to(i + 1) } };
    (0..count).map(item).collect()
}

fn front_end(c: &mut Criterion) {
    // The ordinary program: bare moves of a tenth of a millimetre, as CAM programs write curves.
    let line = |i: u32| format!("X{}.{} Y-{}.{}\n", i / 10, i % 10, i / 7, i % 7);
    let text: String = std::iter::once("G21 G90 G1 F480\n".to_string()).chain((1..100_000).map(line)).collect();
    let setup = Setup { dialect: Some(Dialect::LinuxCnc), ..Setup::default() };
    let mut group = c.benchmark_group("front end");
    group.throughput(Throughput::Elements(100_000)).sample_size(10).measurement_time(Duration::from_secs(4));
    group.bench_function("read blocks, lines", |b| {
        b.iter(|| {
            let mut reader = Reader::new(Source::text(black_box(&text)), Dialect::LinuxCnc, 0);
            let (mut block, mut words) = (Block::default(), 0);
            while reader.next(&mut block) {
                words += block.words.len();
            }
            words
        });
    });
    group.bench_function("read and interpret, lines", |b| {
        b.iter(|| {
            let mut counter = Counter::default();
            stream("bench", Source::text(black_box(&text)), &setup, &NoLibrary, &mut counter);
            counter.0
        });
    });
    group.bench_function("a program in memory, lines", |b| {
        b.iter(|| interpret("bench", black_box(&text), &setup, &NoLibrary).0.items.len());
    });
    // Loops read their lines again every time round.
    let loops = "G21 G90 F480\n#1=0\no1 while [#1 LT 33333]\n#1=[#1+1]\nG1 X[#1/10] Y[SIN[#1]]\no1 endwhile\nM2\n";
    group.bench_function("loops with expressions, lines", |b| {
        b.iter(|| {
            let mut counter = Counter::default();
            stream("bench", Source::text(black_box(loops)), &setup, &NoLibrary, &mut counter);
            counter.0
        });
    });
    let compensated = |i: u32| format!("X{}.{} Y{}\n", i / 10, i % 10, 5 + 3 * (i % 2));
    let compensated: String = std::iter::once("G21 G90 F480\nG41.1 D0.2\nG1 X-1 Y5\n".to_string())
        .chain((1..100_000).map(|i| compensated(10 * i)))
        .chain(["G40\nG1 Y0\nM2\n".to_string()])
        .collect();
    group.bench_function("kerf compensation, lines", |b| {
        b.iter(|| {
            let mut counter = Counter::default();
            stream("bench", Source::text(black_box(&compensated)), &setup, &NoLibrary, &mut counter);
            counter.0
        });
    });
}

fn planner(c: &mut Criterion) {
    let machine = ceb().machine;
    let items = facets(100_000);
    let mut group = c.benchmark_group("planner");
    group.throughput(Throughput::Elements(100_000)).sample_size(10).measurement_time(Duration::from_secs(4));
    let steps = |controller: &mut dyn Controller| {
        let mut items = black_box(&items).iter().copied();
        std::iter::from_fn(|| controller.next(&mut items)).filter(|output| matches!(output, Output::Step(_))).count()
    };
    let settings = machine.grbl.unwrap_or_else(|| grbl::Settings::from_limits(&machine.limits));
    group.bench_function("grbl: blocks of 0.1 mm with their steps", |b| {
        b.iter(|| steps(&mut <Grbl>::new(settings, [0.0; 3])));
    });
    group.bench_function("s_curve: blocks of 0.1 mm with their steps", |b| {
        b.iter(|| steps(&mut SCurve::<LOOK_AHEAD, AVERAGE>::new(machine.s_curve, [0.0; 3])));
    });
}

fn plant(c: &mut Criterion) {
    let scene = ceb();
    let machine = &scene.machine;
    let joints: Vec<Joint> = machine.joints.iter().cloned().map(Joint::new).collect();
    let new = |engine| Plant::new(engine, &machine.mechanism, &machine.geometry, &joints, [0.0; 3]);
    let mut group = c.benchmark_group("machine");
    // One element is a second of machine time, so elements/s is the real-time factor. X takes a step a millisecond.
    group.throughput(Throughput::Elements(1)).sample_size(10).measurement_time(Duration::from_secs(4));
    for engine in [EngineKind::Rapier, EngineKind::Reduced] {
        let mut plant = new(engine);
        group.bench_function(format!("a second of drives and mechanism, {}", engine.name()), |b| {
            b.iter(|| {
                for k in 0..(1.0 / STEP_S) as usize {
                    let mut window = [[0; SUBSTEPS]; 3];
                    window[0][k % SUBSTEPS] = i64::from(k % 10 == 0);
                    plant.step(&window, &|| 0.0);
                }
            });
        });
    }
    let mut plant = new(EngineKind::Reduced);
    group.bench_function("a second of drives and mechanism, reduced in strides", |b| {
        b.iter(|| {
            for k in 0..(1.0 / STRIDE_S) as u32 {
                let under_way = 0.5 * f64::from(k % 2);
                let strode = plant.stride([[under_way, 0.0, 0.0], [under_way + 0.5, 0.0, 0.0]], [i64::from(k % 2), 0, 0]);
                assert!(strode, "sub-steps needed");
                if k % 2 == 1 {
                    plant.show();
                }
            }
        });
    });
    // The square of the cases without any drives' electrics, for comparing with other engines: 1 element is a second of it.
    let case = CASES.iter().find(|case| case.name == "square").expect("a case");
    let machine = case.machine();
    for kind in [EngineKind::Rapier, EngineKind::Reduced] {
        let mut engine = Engine::new(kind, &machine, STEP_S);
        group.bench_function(format!("a second of the mechanism alone, {}", kind.name()), |b| {
            b.iter(|| {
                for k in 0..(1.0 / STEP_S) as usize {
                    let drive_n = case.drive_n(k as f64 * STEP_S, &engine.joints());
                    engine.step(drive_n);
                }
            });
        });
    }
}

fn heat(c: &mut Criterion) {
    let scene = ceb();
    let mut heat = Heat::new(&scene.plate.heat);
    for k in 0..400 {
        heat.deposit_gaussian([0.1 + 1e-3 * f64::from(k), 0.3], 0.05, 2e4);
    }
    heat.step(1.0);
    let dt = heat.stable_dt_s();
    let mut group = c.benchmark_group("plate");
    group.throughput(Throughput::Elements(heat.awake_cells() as u64)).sample_size(20).measurement_time(Duration::from_secs(3));
    group.bench_function("heat, cell updates", |b| b.iter(|| heat.step(black_box(dt))));
}

fn scene_start(c: &mut Criterion) {
    let scene = ceb();
    let (program, _) = job::program(&scene);
    let mut group = c.benchmark_group("scene");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    for engine in [EngineKind::Rapier, EngineKind::Reduced] {
        let options = Options { until_s: Some(20.0), ..Options::on(engine) };
        group.bench_function(format!("first 20 s of the CEB side plate, {}", engine.name()), |b| {
            b.iter(|| twin::run(&scene, &program, &options).map(|o| o.record.duration_s));
        });
    }
}

criterion_group!(benches, front_end, planner, plant, heat, scene_start);
criterion_main!(benches);
