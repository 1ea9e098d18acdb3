//! Plasma cutting charts and torches that are no flame.
//!
//! In: chart rows of a plasma cutter, current, thickness. Out: [`Setting`]. May use: `chart`.

use super::chart::{Kind, Setting, Source};

/// Speed over the chart's production speed above which the arc no longer severs (Powermax45 XP: hand-cut maximum over production speed
/// is 1.25 from 6 to 16 mm, 1.17 to 1.3 beyond).
pub(super) const SEVERS: f64 = 1.25;
/// Lowest speed over the quality speed without heavy low-speed dross. Basis: estimate.
pub(super) const SLOWEST: f64 = 0.75;
/// Share of the arc's power that stays in the plate. Basis: estimate, 10 to 25 % (kerf melting takes 36 to 40 % of it).
pub(super) const PLATE_SHARE: f64 = 0.18;
/// Air or plasma gas, m³/s. Basis: estimate: 190 l/min at 6 bar for cutters of 45 to 85 A.
pub(super) const AIR_M3_PER_S: f64 = 0.19 / 60.0;
/// Where the plate melts, °C.
const MELTS_C: f64 = 1500.0;
/// 1/e radius within which the arc heats the surface, metres; only used to say where the plate ahead is read. Basis: estimate.
const ARC_RADIUS_M: f64 = 2.0e-3;

/// One row of a plasma cutter's chart.
#[derive(Clone, Debug, PartialEq)]
pub struct PlasmaRow {
    /// Arc current, A.
    pub amps: f64,
    /// Plate thickness, metres.
    pub thickness_m: f64,
    /// Speed of best quality, m/s.
    pub quality_m_per_s: f64,
    /// Production speed, m/s.
    pub production_m_per_s: f64,
    /// Pierce delay, seconds; none: the plate is too thick to pierce and is begun at an edge.
    pub pierce_s: Option<f64>,
    /// Arc voltage, V; none: [`usual_volts`].
    pub volts: Option<f64>,
    /// Kerf width, metres.
    pub kerf_m: f64,
}

/// Arc voltage where a chart does not give it, V: 124 + 1.3 t (mm), the Powermax45 XP's within 3 V from 3 to 25 mm.
pub fn usual_volts(thickness_m: f64) -> f64 {
    124.0 + 1.3e3 * thickness_m
}

/// Width of a plasma kerf of cutters from 45 to 65 A where a chart does not give it, metres: 1.0 + 0.085 t mm and no less than 1.4 mm. Within
/// 18 % of the maker's seven rows for mild steel at 45 A (1 and 2 mm) and 65 A (3 to 10 mm) (Powermax SYNC chart, 810500MU revision 4), which
/// show no trend with the current. A trade course has more, 1.65 to 2.03 mm at 40 to 50 A and 2.03 to 2.79 mm at 65 to 80 A (Certifitrax
/// course 05). Basis: estimate.
pub fn usual_plasma_kerf_m(thickness_m: f64) -> f64 {
    (1.0e-3 + 0.085 * thickness_m).max(1.4e-3)
}

/// `value` at a thickness, a power law between neighbouring rows and beyond the end ones.
fn between(rows: &[&PlasmaRow], thickness_m: f64, value: impl Fn(&PlasmaRow) -> f64) -> f64 {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return 0.0 };
    if rows.len() == 1 {
        return value(first) * first.thickness_m / thickness_m;
    }
    let after = rows.partition_point(|row| row.thickness_m < thickness_m).clamp(1, rows.len() - 1);
    let (a, b) = (rows[after - 1], rows[after]);
    let (a, b) = if thickness_m > last.thickness_m { (*first, *last) } else { (a, b) };
    let share = (thickness_m / b.thickness_m).ln() / (b.thickness_m / a.thickness_m).ln();
    value(b) * (value(b) / value(a)).powf(share)
}

/// What a plasma cutter does on `thickness_m` (metres) at `amps`, or, with `None`, at the lowest of its currents that pierces it.
///
/// # Errors
/// A sentence in plain words: no rows, impossible rows, a current that the chart does not have, a thickness that is not positive.
pub fn plasma_setting(rows: &[PlasmaRow], amps: Option<f64>, thickness_m: f64) -> Result<Setting, String> {
    if !(thickness_m.is_finite() && thickness_m > 0.0) {
        return Err(format!("the thickness is {thickness_m} m; it must be above zero"));
    }
    let sound = |row: &PlasmaRow| {
        [row.amps, row.thickness_m, row.quality_m_per_s, row.production_m_per_s, row.kerf_m]
            .iter()
            .all(|x| x.is_finite() && *x > 0.0)
    };
    if rows.is_empty() || !rows.iter().all(sound) {
        return Err("the plasma chart has no rows, or one that holds a value which is not a positive number".to_string());
    }
    let mut currents: Vec<f64> = rows.iter().map(|row| row.amps).collect();
    currents.sort_by(f64::total_cmp);
    currents.dedup();
    let pierces = |amps: f64| rows.iter().any(|row| row.amps == amps && row.pierce_s.is_some() && row.thickness_m >= thickness_m);
    let chosen = amps.or_else(|| currents.iter().copied().find(|&amps| pierces(amps))).or(currents.last().copied());
    let Some(amps) = chosen.filter(|amps| currents.contains(amps)) else {
        let known = currents.iter().map(|a| format!("{a}")).collect::<Vec<_>>().join(", ");
        return Err(format!("the plasma chart has no current of {} A; it has {known}", amps.unwrap_or_default()));
    };
    let mut own: Vec<&PlasmaRow> = rows.iter().filter(|row| row.amps == amps).collect();
    own.sort_by(|a, b| a.thickness_m.total_cmp(&b.thickness_m));
    let clean = between(&own, thickness_m, |row| row.quality_m_per_s);
    let production = between(&own, thickness_m, |row| row.production_m_per_s).max(clean);
    let volts = between(&own, thickness_m, |row| row.volts.unwrap_or_else(|| usual_volts(row.thickness_m)));
    let pierce: Vec<&PlasmaRow> = own.iter().copied().filter(|row| row.pierce_s.is_some()).collect();
    let can_pierce = pierces(amps);
    let pierce_s = between(&pierce, thickness_m, |row| row.pierce_s.unwrap_or_default().max(0.02));
    let covered = own.first().is_some_and(|row| row.thickness_m <= thickness_m * (1.0 + 1e-9))
        && own.last().is_some_and(|row| row.thickness_m >= thickness_m * (1.0 - 1e-9));
    Ok(Setting {
        kind: Kind::Plasma { amps, volts },
        tip: format!("{amps}A"),
        thickness_m,
        clean_speed_m_per_s: clean,
        speed_min_m_per_s: SLOWEST * clean,
        speed_max_m_per_s: production,
        kerf_m: between(&own, thickness_m, |row| row.kerf_m),
        preheat_s: 0.0,
        pierce_s: if can_pierce { pierce_s } else { f64::INFINITY },
        oxygen_m3_per_s: 0.0,
        preheat_oxygen_m3_per_s: 0.0,
        fuel_m3_per_s: 0.0,
        extrapolated: !covered,
        flame_w: 0.0,
        preheat_w: 0.0,
        flame_radius_m: ARC_RADIUS_M,
        burn_j_per_m2: PLATE_SHARE * amps * volts / (clean * thickness_m),
        start_c: MELTS_C,
        lost_speed: SEVERS * production / clean,
        air_m3_per_s: AIR_M3_PER_S,
    })
}

/// A tool that takes away `kerf_m` (metres) at any speed and leaves no heat.
pub fn fixed_kerf_setting(kerf_m: f64, thickness_m: f64) -> Setting {
    Setting {
        kind: Kind::FixedKerf,
        tip: "fixed".to_string(),
        thickness_m,
        clean_speed_m_per_s: 1.0,
        speed_min_m_per_s: 0.0,
        speed_max_m_per_s: f64::INFINITY,
        kerf_m,
        preheat_s: 0.0,
        pierce_s: 0.0,
        oxygen_m3_per_s: 0.0,
        preheat_oxygen_m3_per_s: 0.0,
        fuel_m3_per_s: 0.0,
        extrapolated: false,
        flame_w: 0.0,
        preheat_w: 0.0,
        flame_radius_m: ARC_RADIUS_M,
        burn_j_per_m2: 0.0,
        start_c: MELTS_C,
        lost_speed: f64::INFINITY,
        air_m3_per_s: 0.0,
    }
}

/// A plain source of heat, which cuts nothing.
pub fn source_setting(source: Source, thickness_m: f64) -> Setting {
    Setting { kind: Kind::Source(source), tip: "source".to_string(), ..fixed_kerf_setting(0.0, thickness_m) }
}
