//! The plate: temperature beside Rosenthal's line source.

use super::Case;
use crate::plate::heat::{Conduction, Heat, Loss, Params};

/// Validation case V1 of the reference: net power W, speed m/s, conductivity W/(m·K), density kg/m³, specific heat J/(kg·K).
const POWER_W: f64 = 4000.0;
const SPEED_M_PER_S: f64 = 8e-3;
const CONDUCTION: Conduction = Conduction::Constant { k_w_per_m_k: 35.0, density_kg_per_m3: 7850.0, cp_j_per_kg_k: 650.0, melting: None };

/// All of them.
pub fn cases() -> Vec<Case> {
    let params = Params::new([0.56, 0.2], 1e-3, 0.01, CONDUCTION, Loss::None);
    let mut heat = Heat::new(&params);
    let (y, from, to) = (0.1005, 0.0305, 0.5205);
    let steps = ((to - from) / SPEED_M_PER_S / heat.stable_dt_s()).ceil();
    let dt = (to - from) / SPEED_M_PER_S / steps;
    for i in 0..steps as u32 {
        let at = |i: u32| [from + (to - from) * f64::from(i) / steps, y];
        heat.deposit_line(at(i), at(i + 1), POWER_W * dt);
        heat.step(dt);
    }
    let source = "Rosenthal's thin plate, 4 kW, 8 mm/s, 10 mm (thermal reference, V1); 2 % of the rise";
    let case = |title: String, expected: f64, computed: f64| {
        let tolerance = 0.02 * (expected - 20.0);
        Case { room: "plate", title, unit: "°C", expected, computed, tolerance, source }
    };
    let mut out = Vec::new();
    for ([dx, dy], expected) in
        [([-10.0, 5.0], 460.614), ([-20.0, 5.0], 474.631), ([-50.0, 5.0], 382.611), ([-100.0, 20.0], 112.956)]
    {
        let computed = heat.temperature_c([to + dx * 1e-3, y + dy * 1e-3]);
        out.push(case(format!("{} mm behind the source, {dy} mm beside it", -dx), expected, computed));
    }
    for (dy, expected) in [(2.0, 1071.81), (3.0, 761.18), (5.0, 481.80), (10.0, 255.42), (20.0, 138.34)] {
        out.push(case(format!("peak {dy} mm beside the line"), expected, heat.peak_c([0.2005, y + dy * 1e-3])));
    }
    out
}
