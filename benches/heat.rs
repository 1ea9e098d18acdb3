//! Plate heat at 1 mm on a 1.2 × 2.4 m plate: cell updates a second with one and two threads, all tiles awake or only those near a cut,
//! beside what the memory can do (three arrays of the same size, a = b + s c). `tools/compare_heat.py` runs NumPy's FTCS beside it.
//!
//! `cargo bench --profile dev --bench heat`; a cell update moves at least 32 bytes where the field does not fit the cache: heat content read and
//! written (f64), peak read and written, conductivity integral read and written anew (f32).

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use torchtwin::plate::heat::{Conduction, Heat, Loss, Params};

const PLATE_M: [f64; 2] = [1.2, 2.4];
const CONSTANT: Conduction =
    Conduction::Constant { k_w_per_m_k: 35.0, density_kg_per_m3: 7850.0, cp_j_per_kg_k: 650.0, melting: None };

fn plate(conduction: Conduction, loss: Loss, sleeping: bool, threads: usize) -> Heat {
    let mut heat = Heat::new(&Params { sleeping, threads, ..Params::new(PLATE_M, 1e-3, 0.0127, conduction, loss) });
    // Half a metre of cut, as a torch would just have left it.
    for k in 0..500 {
        heat.deposit_gaussian([0.3 + 1e-3 * f64::from(k), 1.2], 8e-3, 80.0);
    }
    heat.step(1.0);
    heat
}

fn heat(c: &mut Criterion) {
    let air = Loss::AirAndRadiation { h_w_per_m2_k: 8.0, emissivity: 0.8 };
    let mut group = c.benchmark_group("plate heat");
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_secs(1));
    for (name, conduction, loss) in
        [("constant properties, no loss", CONSTANT, Loss::None), ("steel, air and radiation", Conduction::Steel, air)]
    {
        for threads in [1, 2] {
            for (tiles, sleeping) in [("all awake", false), ("only near the cut", true)] {
                let mut heat = plate(conduction, loss, sleeping, threads);
                let dt = 0.5 * heat.stable_dt_s();
                group.throughput(Throughput::Elements(heat.awake_cells() as u64));
                group.bench_function(format!("{name}, {threads} threads, {tiles}"), |b| b.iter(|| heat.step(black_box(dt))));
            }
        }
    }
    let n = 3_000_000;
    let (mut a, b0, c0) = (vec![0.0f64; n], vec![1.0f64; n], vec![2.0f64; n]);
    group.throughput(Throughput::Bytes(24 * n as u64));
    group.bench_function("memory, a = b + s c", |b| {
        b.iter(|| {
            let s = black_box(3.0);
            for ((a, b), c) in a.iter_mut().zip(&b0).zip(&c0) {
                *a = b + s * c;
            }
            black_box(a[n / 2])
        });
    });
}

criterion_group!(benches, heat);
criterion_main!(benches);
