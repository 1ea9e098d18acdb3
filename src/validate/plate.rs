//! The plate: temperature beside Rosenthal's line and point sources, Gaussian and uniform heating, the standard's enthalpy, Neumann's
//! melting front. Names of cases are those of the thermal reference, section 9.

use std::f64::consts::PI;

use super::Case;
use crate::plate::heat::{Conduction, Heat, Loss, Melting, Params, Shine};

/// Conductivity W/(m·K), density kg/m³ and specific heat J/(kg·K) of all cases but V6.
const K: f64 = 35.0;
const RHO: f64 = 7850.0;
const CP: f64 = 650.0;
const CONDUCTION: Conduction = Conduction::Constant { k_w_per_m_k: K, density_kg_per_m3: RHO, cp_j_per_kg_k: CP, melting: None };
const COLD_C: f64 = 20.0;

/// All of them.
pub fn cases() -> Vec<Case> {
    let mut out = Vec::new();
    thin(&mut out);
    thick(&mut out);
    standard(&mut out);
    heating(&mut out);
    melting(&mut out);
    orders(&mut out);
    out
}

/// A case that must hold within 1 % of the rise.
fn rise(title: String, expected: f64, computed: f64, source: &'static str) -> Case {
    Case { room: "plate", title, unit: "°C", expected, computed, tolerance: 0.01 * (expected - COLD_C), source }
}

/// Moves something from a to b at a speed; `deposit` gets the ends of each half step and its length in s.
fn move_source(heat: &mut Heat, a: [f64; 2], b: [f64; 2], speed: f64, deposit: impl Fn(&mut Heat, [f64; 2], [f64; 2], f64)) {
    let length = (b[0] - a[0]).hypot(b[1] - a[1]);
    let steps = (length / speed / heat.best_dt_s()).ceil();
    let dt = length / speed / steps;
    for i in 0..steps as u32 {
        let at = |share: f64| [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * (f64::from(i) + share) / steps);
        deposit(heat, at(0.0), at(0.5), 0.5 * dt);
        heat.step(dt);
        deposit(heat, at(0.5), at(1.0), 0.5 * dt);
    }
}

/// V1: 4 kW over the thickness of a 10 mm plate at 8 mm/s.
fn thin(out: &mut Vec<Case>) {
    let mut heat = Heat::new(&Params { split: true, ..Params::new([0.56, 0.2], 1e-3, 0.01, CONDUCTION, Loss::None) });
    let (y, to) = (0.1003, 0.5202);
    move_source(&mut heat, [0.0305, y], [to, y], 8e-3, |heat, a, b, dt| _ = heat.source_line(a, b, 4000.0 * dt));
    let source = "Rosenthal's thin plate, 4 kW, 8 mm/s, 10 mm (thermal reference, V1); 1 % of the rise";
    for ([dx, dy], expected) in
        [([-10.0, 5.0], 460.614), ([-20.0, 5.0], 474.631), ([-50.0, 5.0], 382.611), ([-100.0, 20.0], 112.956)]
    {
        let computed = heat.temperature_c([to + dx * 1e-3, y + dy * 1e-3]);
        out.push(rise(format!("V1, {} mm behind the source, {dy} mm beside it", -dx), expected, computed, source));
    }
    for (dy, expected) in [(3.0, 761.18), (5.0, 481.80), (10.0, 255.42), (20.0, 138.34)] {
        out.push(rise(format!("V1, peak {dy} mm beside the line"), expected, heat.peak_c([0.2005, y + dy * 1e-3]), source));
    }
}

/// V2: 3 kW at a point of a thick plate at 6 mm/s; by symmetry half of it along an insulated edge.
fn thick(out: &mut Vec<Case>) {
    let mut heat =
        Heat::new(&Params { layers: 40, split: true, ..Params::new([0.13, 0.05], 1e-3, 0.04, CONDUCTION, Loss::None) });
    let to = 0.1102;
    move_source(&mut heat, [0.02, 0.0], [to, 0.0], 6e-3, |heat, a, b, dt| _ = heat.source_gaussian(a, b, 0.0, 1500.0 * dt));
    let source = "Rosenthal's thick plate, 3 kW, 6 mm/s (thermal reference, V2); 1 % of the rise";
    for ([x, y, z], expected) in
        [([-5.0, 0.0, 5.0], 799.841), ([-10.0, 5.0, 0.0], 748.153), ([-20.0, 10.0, 0.0], 237.268), ([-50.0, 0.0, 10.0], 193.503)]
    {
        let computed = heat.temperature_at_c([to + x * 1e-3, y * 1e-3], z * 1e-3);
        out.push(rise(format!("V2, {} mm behind the point, {y} mm beside and {z} mm below it", -x), expected, computed, source));
    }
}

/// V6: heat that brings steel from 20 °C to a temperature, and how much it grows.
fn standard(out: &mut Vec<Case>) {
    for (c, expected) in [(600.0, 8.3984e-3), (1200.0, 1.78e-2)] {
        let source = "elongation of steel, EN 1993-1-2 (thermal reference, V6); 0.1 %";
        let found = Conduction::Steel.elongation(c);
        out.push(Case::relative("plate", &format!("V6, growth from 20 to {c} °C"), "m/m", [expected, found], 1e-3, source));
    }
    for (c, expected) in [(600.0, 335.738e3), (735.0, 475.428e3), (900.0, 632.064e3), (1200.0, 827.064e3)] {
        let size = 0.03;
        let mut heat = Heat::new(&Params::new([size, size], 3e-3, 0.01, Conduction::Steel, Loss::None));
        let kg = size * size * 0.01 * RHO;
        // The heat that the plate takes until it shows the temperature, by bisection over amounts.
        let (mut low, mut high) = (0.0, 1.2e6);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            let mut trial = heat.clone();
            trial.source_uniform(middle * kg);
            if trial.temperature_c([0.5 * size; 2]) < c {
                low = middle;
            } else {
                high = middle;
            }
        }
        heat.source_uniform(low * kg);
        let source = "enthalpy of steel, integral of EN 1993-1-2 (thermal reference, V6); 0.1 %";
        out.push(Case::relative(
            "plate",
            &format!("V6, heat from 20 to {c} °C"),
            "J/kg",
            [expected, heat.stored_j() / kg],
            1e-3,
            source,
        ));
    }
}

/// V7: heating from above, everywhere and by a Gaussian at rest.
fn heating(out: &mut Vec<Case>) {
    let mut heat =
        Heat::new(&Params { layers: 100, split: true, ..Params::new([0.004, 0.004], 1e-3, 0.05, CONDUCTION, Loss::None) });
    let steps = (5.0 / heat.best_dt_s()).ceil();
    let dt = 5.0 / steps;
    heat.shines(Some(Shine::Uniform { w_per_m2: 2.0e6 }));
    for _ in 0..steps as u32 {
        heat.source_uniform(0.5 * 2.0e6 * 16e-6 * dt);
        heat.step(dt);
        heat.source_uniform(0.5 * 2.0e6 * 16e-6 * dt);
    }
    let source = "half space under 2 MW/m2 (thermal reference, V7); 1 % of the rise";
    out.push(rise("V7, surface after 5 s of 2 MW/m2".into(), 397.6, heat.temperature_at_c([0.002, 0.002], 0.0), source));
    let mut heat =
        Heat::new(&Params { layers: 30, split: true, ..Params::new([0.04, 0.04], 1e-3, 0.03, CONDUCTION, Loss::None) });
    let steps = (5.0 / heat.best_dt_s()).ceil();
    let dt = 5.0 / steps;
    heat.shines(Some(Shine::Gaussian { centre_m: [0.0; 2], radius_1e_m: 8e-3, power_w: 1600.0 }));
    // A quarter of the spot, in the corner of a plate with insulated edges.
    for _ in 0..steps as u32 {
        heat.source_gaussian([0.0; 2], [0.0; 2], 8e-3, 1600.0 * 0.5 * dt);
        heat.step(dt);
        heat.source_gaussian([0.0; 2], [0.0; 2], 8e-3, 1600.0 * 0.5 * dt);
    }
    let source = "Gaussian at rest, 1.6 kW, 8 mm, thick plate (thermal reference, V7); 1 % of the rise";
    out.push(rise("V7, middle of the spot after 5 s".into(), 1017.03, heat.temperature_at_c([0.0; 2], 0.0), source));
}

/// V8: a melting front that moves in from a hot edge.
fn melting(out: &mut Vec<Case>) {
    let melting = Some(Melting { at_c: 1500.0, latent_j_per_kg: 2.7e5 });
    let conduction = Conduction::Constant { k_w_per_m_k: K, density_kg_per_m3: RHO, cp_j_per_kg_k: CP, melting };
    for (start_c, seconds, expected) in [(1500.0, 10.0, 10.1188), (1500.0, 60.0, 24.7859), (20.0, 10.0, 2.9835)] {
        let cell = if start_c > 1000.0 { 0.25e-3 } else { 0.1e-3 };
        let params = Params::new([320.0 * cell, cell], cell, 0.01, conduction, Loss::None);
        let mut heat = Heat::new(&Params { ambient_c: start_c, held_edge_c: Some(1900.0), ..params });
        heat.step(seconds);
        let source = "Neumann's front, L 270 kJ/kg, melting at 1500 °C, edge at 1900 °C (thermal reference, V8); 1 %";
        let title = format!("V8, front after {seconds} s from {start_c} °C");
        out.push(Case::relative("plate", &title, "mm", [expected, 1e3 * molten_m(&heat, start_c, 2.7e5)], 0.01, source));
    }
}

/// Length of what has melted, metres: the heat that is in the plate and not in its temperatures, over the latent heat.
fn molten_m(heat: &Heat, start_c: f64, latent_j_per_kg: f64) -> f64 {
    let [dx, dy] = heat.cell_m();
    let kg_per_m = RHO * dy * 0.01 * heat.ny() as f64;
    let sensible: f64 = heat.temperature_map_c().iter().map(|t| CP * (f64::from(*t) - start_c) * RHO * dx * dy * 0.01).sum();
    (heat.stored_j() - sensible) / (latent_j_per_kg * kg_per_m)
}

/// How fast the error falls as cells are halved: of a Gaussian that spreads in a thin plate, a² + 4 α t, in the mean square over all cells; all axes at
/// once, as under a cut, and one after the other, as under a plain source.
fn orders(out: &mut Vec<Case>) {
    let (size, radius, joules, seconds) = (0.12, 8e-3, 1000.0, 4.0);
    let r2 = radius * radius + 4.0 * K / (RHO * CP) * seconds;
    for (split, expected, words) in [(false, 2.0, "all axes at once"), (true, 4.0, "one axis after the other")] {
        let error = |cell: f64| {
            let mut heat = Heat::new(&Params { split, ..Params::new([size; 2], cell, 0.01, CONDUCTION, Loss::None) });
            heat.source_gaussian([0.5 * size; 2], [0.5 * size; 2], radius, joules);
            heat.step(seconds);
            let square = |(n, c): (usize, &f32)| {
                let middle = |i: usize| (i as f64 + 0.5) * cell - 0.5 * size;
                let away = middle(n % heat.nx()).powi(2) + middle(n / heat.nx()).powi(2);
                let truth = COLD_C + joules / (RHO * CP * 0.01 * PI * r2) * (-away / r2).exp();
                (f64::from(*c) - truth).powi(2)
            };
            let map = heat.temperature_map_c();
            (map.iter().enumerate().map(square).sum::<f64>() / map.len() as f64).sqrt()
        };
        out.push(Case {
            room: "plate",
            title: format!("order of the error, {words}"),
            unit: "",
            expected,
            computed: (error(4e-3) / error(2e-3)).log2(),
            tolerance: 0.25,
            source: "a Gaussian that spreads, a² + 4 α t (Carslaw and Jaeger, 10.3), cells of 4 and 2 mm",
        });
    }
}
