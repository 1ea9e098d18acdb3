//! `torchtwin torch`: what a tip or a plasma current does on a thickness.
//!
//! In: a family of the catalogue, thickness, options. Out: words or JSON.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::command::{COULD_NOT_RUN, PASSED, complain, say};
use crate::diag::Diagnostic;
use crate::plate::heat::Conduction;
use crate::scene::catalogue::{Catalogue, Found, TipFamily};
use crate::scene::cutting::{Asked, PURITY, family_in_name, gas_usd_per_m3, heights_mm, setting_of};
use crate::scene::layers::Layered;
use crate::scene::used::Used;
use crate::torch::{Kind, Setting, drag, oxygen_burnt_share, slow_kerf, top_rounding_m};

/// Speeds over the clean one at which kerf and drag are shown.
const SPEEDS: [f64; 5] = [0.5, 0.75, 1.0, 1.25, 1.5];
/// m/s in mm/min.
const PER_MINUTE: f64 = 6e4;

/// Options of `torch`.
#[derive(Clone, Debug, Default)]
pub struct TorchOptions {
    /// Family, or family and tip: "victor-1-101", "victor-1-101-1", "plasma".
    pub id: String,
    /// Plate thickness, mm.
    pub thickness_mm: f64,
    /// Tip.
    pub tip: Option<String>,
    /// Plasma current, A.
    pub amps: Option<f64>,
    /// Plate material of the catalogue.
    pub material: Option<String>,
    /// Oxygen purity: a share, or per cent above 1.
    pub purity: Option<f64>,
    /// Folder of catalogue files of one's own.
    pub catalogue: Option<PathBuf>,
    /// Print JSON.
    pub json: bool,
}

/// Prints the setting and returns the exit code.
pub fn torch(options: &TorchOptions) -> u8 {
    let mut layered = match Layered::built_in() {
        Ok(layered) => layered,
        Err(findings) => return complain(&findings),
    };
    if let Some(folder) = &options.catalogue
        && let Err(findings) = layered.add(folder)
    {
        return complain(&findings);
    }
    let mut used = Used::default();
    match found(options, layered.catalogue.as_ref(), &mut used) {
        Ok((family, setting)) => {
            let answer = if options.json { as_json(family, &setting, &mut used) } else { as_words(family, &setting, &mut used) };
            if say(&answer) { PASSED } else { COULD_NOT_RUN }
        }
        Err(finding) => complain(&[*finding]),
    }
}

fn found<'c>(
    options: &TorchOptions,
    catalogue: &'c Catalogue,
    used: &mut Used,
) -> Result<(Found<'c, TipFamily>, Setting), Box<Diagnostic>> {
    let (family, own_tip) = match family_in_name(&options.id, catalogue) {
        Some(found) => found,
        None => (catalogue.tip_family(&options.id)?, None),
    };
    let conduction = match &options.material {
        Some(name) => match catalogue.material(name)?.part.law.get_ref().as_str() {
            "en-1993-1-2-c" => Conduction::Stainless,
            "en-1999-1-2" => Conduction::Aluminium,
            _ => Conduction::Steel,
        },
        None => Conduction::Steel,
    };
    let asked = Asked {
        tip: options.tip.as_deref().or(own_tip.as_deref()),
        amps: options.amps,
        thickness_m: options.thickness_mm * 1e-3,
        purity: options.purity.map_or(PURITY, |purity| if purity > 1.0 { 0.01 * purity } else { purity }),
        conduction,
    };
    let setting = setting_of(family, &asked, used).map_err(|why| {
        let hint = format!("`torchtwin parts show tips/{}` prints the chart", family.id);
        Box::new(Diagnostic::error("S007", why).hint(hint))
    })?;
    Ok((family, setting))
}

/// Rounded to six significant digits, so that sums of binary fractions do not show.
fn tidy(value: f64) -> Value {
    if !value.is_finite() || value == 0.0 {
        return if value == 0.0 { json!(0.0) } else { Value::Null };
    }
    let scale = 10f64.powi(5 - value.abs().log10().floor() as i32);
    json!((value * scale).round() / scale)
}

/// Gas per metre of cut at clean speed, litres: oxygen (preheat's included), fuel, air.
fn litres_per_m(setting: &Setting) -> [f64; 3] {
    let each = [setting.oxygen_m3_per_s + setting.preheat_oxygen_m3_per_s, setting.fuel_m3_per_s, setting.air_m3_per_s];
    each.map(|flow| 1e3 * flow / setting.clean_speed_m_per_s)
}

/// Whether it burns the plate: an arc melts it, and has no drag to speak of.
fn is_flame(setting: &Setting) -> bool {
    matches!(setting.kind, Kind::OxyFuel(_))
}

fn usd_per_m(setting: &Setting, used: &mut Used) -> f64 {
    let Kind::OxyFuel(fuel) = setting.kind else { return 0.0 };
    let ([oxygen, gas, _], prices) = (litres_per_m(setting), gas_usd_per_m3(fuel, used));
    1e-3 * (oxygen * prices[0] + gas * prices[1])
}

/// What becomes of the cut at a share of the clean speed.
fn at_speed(setting: &Setting, share: f64) -> Value {
    let lost = share > setting.lost_speed;
    json!({
        "speed_mm_per_min": tidy(share * setting.clean_speed_m_per_s * PER_MINUTE),
        "kerf_mm": if lost { Value::Null } else { tidy(1e3 * setting.kerf_m * slow_kerf(share)) },
        "drag_share": if lost || !is_flame(setting) { Value::Null } else { tidy(drag(share)) },
        "top_edge_rounding_mm": if lost || !is_flame(setting) { Value::Null } else { tidy(1e3 * top_rounding_m(share)) },
        "cut_lost": lost,
    })
}

fn as_json(family: Found<'_, TipFamily>, setting: &Setting, used: &mut Used) -> String {
    let cost = usd_per_m(setting, used);
    let [oxygen, fuel, air] = litres_per_m(setting);
    let litres = |flow: f64| tidy(flow * PER_MINUTE);
    let (amps, volts) = match setting.kind {
        Kind::Plasma { amps, volts } => (tidy(amps), tidy(volts)),
        _ => (Value::Null, Value::Null),
    };
    let estimates: Vec<Value> = used
        .estimates
        .iter()
        .map(|one| json!({ "key": one.key, "value": one.value, "low": one.low, "high": one.high, "source": one.source }))
        .collect();
    let value = json!({
        "family": family.id,
        "process": family.part.process.get_ref(),
        "tip": setting.tip,
        "amps": amps,
        "volts": volts,
        "thickness_mm": tidy(setting.thickness_m * 1e3),
        "clean_cut_speed_mm_per_min": tidy(setting.clean_speed_m_per_s * PER_MINUTE),
        "speed_min_mm_per_min": tidy(setting.speed_min_m_per_s * PER_MINUTE),
        "speed_max_mm_per_min": tidy(setting.speed_max_m_per_s * PER_MINUTE),
        "cut_lost_above_mm_per_min": tidy(setting.lost_speed * setting.clean_speed_m_per_s * PER_MINUTE),
        "kerf_mm": tidy(setting.kerf_m * 1e3),
        "preheat_s": tidy(setting.preheat_s),
        "pierce_s": tidy(setting.pierce_s),
        "cut_height_mm": tidy(heights_mm(setting)[0]),
        "pierce_height_mm": tidy(heights_mm(setting)[1]),
        "drag_share": if is_flame(setting) { tidy(drag(1.0)) } else { Value::Null },
        "oxygen_l_per_min": litres(setting.oxygen_m3_per_s),
        "preheat_oxygen_l_per_min": litres(setting.preheat_oxygen_m3_per_s),
        "fuel_l_per_min": litres(setting.fuel_m3_per_s),
        "air_l_per_min": litres(setting.air_m3_per_s),
        "gas_oxygen_l_per_m": tidy(oxygen),
        "gas_fuel_l_per_m": tidy(fuel),
        "gas_air_l_per_m": tidy(air),
        "gas_cost_usd_per_m": tidy(cost),
        "oxygen_burnt_share": oxygen_burnt_share(setting).map_or(Value::Null, tidy),
        "extrapolated": setting.extrapolated,
        "speeds": SPEEDS.iter().map(|share| at_speed(setting, *share)).collect::<Vec<_>>(),
        "source": family.part.source,
        "estimates": estimates,
    });
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

fn as_words(family: Found<'_, TipFamily>, setting: &Setting, used: &mut Used) -> String {
    let per_minute = |speed: f64| speed * PER_MINUTE;
    let mut lines = vec![format!("{}, tip {}, {:.4} mm", family.part.name, setting.tip, setting.thickness_m * 1e3)];
    if setting.extrapolated {
        lines.push("  outside the chart: a guess".into());
    }
    lines.push(format!(
        "  clean cut   {:.0} mm/min, from {:.0} to {:.0}; lost above {:.0}",
        per_minute(setting.clean_speed_m_per_s),
        per_minute(setting.speed_min_m_per_s),
        per_minute(setting.speed_max_m_per_s),
        per_minute(setting.lost_speed * setting.clean_speed_m_per_s)
    ));
    lines.push(format!("  kerf        {:.2} mm", setting.kerf_m * 1e3));
    let pierce =
        if setting.pierce_s.is_finite() { format!("{:.1} s", setting.pierce_s) } else { "too thick, start at an edge".into() };
    let [cut_mm, pierce_mm] = heights_mm(setting);
    lines.push(format!("  preheat     {:.1} s, pierce {pierce}; height {cut_mm} mm, piercing {pierce_mm} mm", setting.preheat_s));
    let [oxygen, fuel, air] = litres_per_m(setting);
    if matches!(setting.kind, Kind::OxyFuel(_)) {
        let cost = usd_per_m(setting, used);
        lines.push(format!("  a metre     {oxygen:.0} l oxygen, {fuel:.1} l fuel, about {cost:.2} USD"));
    } else {
        lines.push(format!("  a metre     {air:.0} l air"));
    }
    let flame = is_flame(setting);
    lines.push(if flame {
        "  speed mm/min   kerf mm   drag %   top rounding mm".into()
    } else {
        "  speed mm/min   kerf mm".into()
    });
    for share in SPEEDS {
        let speed = per_minute(share * setting.clean_speed_m_per_s);
        lines.push(if share > setting.lost_speed {
            format!("  {speed:>12.0}   cut lost")
        } else if !flame {
            format!("  {speed:>12.0}   {:>7.2}", 1e3 * setting.kerf_m * slow_kerf(share))
        } else {
            let (kerf, rounding) = (1e3 * setting.kerf_m * slow_kerf(share), 1e3 * top_rounding_m(share));
            format!("  {speed:>12.0}   {kerf:>7.2}   {:>6.0}   {rounding:>15.1}", 100.0 * drag(share))
        });
    }
    lines.join("\n") + "\n"
}
