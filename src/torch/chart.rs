//! From the rows of a tip family's cutting chart to what a tip does on a given thickness.
//!
//! In: chart rows, tip, thickness, oxygen purity. Out: [`Setting`]. May use: `spot`.

use super::spot::{Spot, preheat_s};

/// Share of the flame's heat that the plate absorbs (Groover, oxyacetylene exercise: f1 = 0.30).
pub const FLAME_SHARE: f64 = 0.30;

/// What the preheat flame burns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fuel {
    /// Acetylene.
    #[default]
    Acetylene,
    /// Propane.
    Propane,
}

impl Fuel {
    /// Heat of combustion, J/m³ (Groover, Fundamentals of Modern Manufacturing: acetylene 55 MJ/m³, 1470 Btu/ft³; propane 93 MJ/m³,
    /// 2500 Btu/ft³, recalled).
    pub fn heat_j_per_m3(self) -> f64 {
        match self {
            Self::Acetylene => 55.0e6,
            Self::Propane => 93.0e6,
        }
    }

    /// Oxygen that a neutral preheat flame takes per volume of fuel. Basis: estimate (textbooks: acetylene 1.0 to 1.1, propane about 4.3).
    pub fn oxygen_ratio(self) -> f64 {
        match self {
            Self::Acetylene => 1.1,
            Self::Propane => 4.3,
        }
    }

    /// 1/e radius of the flame's Gaussian on the plate, metres. Basis: estimate; with [`Fuel::preheat_w`] that of acetylene reproduces
    /// the preheat times of the Alberta AIT welder curriculum (which cites Victor/ESAB): 3–5 s on 6 mm, 15–20 s on 25 mm. Propane gives
    /// most of its heat in the outer flame, which is wider.
    pub fn flame_radius_m(self) -> f64 {
        match self {
            Self::Acetylene => 8.0e-3,
            Self::Propane => 10.0e-3,
        }
    }

    /// Heat the plate absorbs from the preheat flame at rest, W. Basis: estimate; for acetylene 1.3–1.6 kW fits the published preheat
    /// times (see [`Fuel::flame_radius_m`]) on thin and thick plate alike. Machine torches start with a stronger flame than they
    /// cut with (ESAB, Factors Affecting Quality in Oxy-Fuel Cutting, p. 9), thick tips are not fully opened to start. For propane the
    /// value makes preheats half again as long ("longer" in the same text).
    pub fn preheat_w(self) -> f64 {
        match self {
            Self::Acetylene => 1500.0,
            Self::Propane => 1850.0,
        }
    }
}

/// What the torch is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Cutting oxygen in a preheat flame.
    OxyFuel(Fuel),
    /// A plasma arc.
    Plasma {
        /// Arc current, A.
        amps: f64,
        /// Arc voltage, V.
        volts: f64,
    },
    /// Whatever takes away a width and leaves no heat: router, laser, pen.
    FixedKerf,
    /// A plain source of heat that cuts nothing, for comparison with closed forms.
    Source(Source),
}

impl Kind {
    /// What happens when the program lights it, and when it lets it cut, in words.
    pub fn begins(self) -> [&'static str; 2] {
        match self {
            Self::OxyFuel(_) => ["preheat flame lit", "cutting oxygen open"],
            Self::Plasma { .. } => ["arc called for", "arc struck"],
            Self::FixedKerf => ["tool on", "tool at work"],
            Self::Source(_) => ["source on", "source on"],
        }
    }
}

/// A plain source of heat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Source {
    /// Power into the plate, W.
    pub power_w: f64,
    /// How it is spread.
    pub shape: SourceShape,
}

/// How a plain source is spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SourceShape {
    /// Evenly over the thickness, at the tip.
    Line,
    /// A Gaussian on the upper side around the tip.
    Gaussian {
        /// 1/e radius, metres.
        radius_m: f64,
    },
    /// Evenly over the whole upper side, wherever the tip is.
    Uniform,
}

/// Width of the kerf where a chart does not give it, metres: 0.69 t^0.346 mm. Fitted on the six rows of the long Victor sheet from 3 to
/// 152 mm, all within 10 %.
pub fn usual_kerf_m(thickness_m: f64) -> f64 {
    0.69e-3 * (thickness_m * 1e3).powf(0.346)
}

/// Oxygen purity the charts are made for, as a share.
const CHART_PURITY: f64 = 0.995;
/// Below this purity oxygen no longer cuts but melts and washes (expertsmind, oxygen purity: 95 %; Clovis: 96 %).
const LOWEST_PURITY: f64 = 0.95;
/// What one per cent of purity less leaves of the cutting speed (expertsmind, oxygen purity: −15 %).
const SPEED_PER_PURITY_PERCENT: f64 = 0.85;
/// How fast the last chart row loses its say outside the chart, in natural logarithms of thickness. Basis: estimate.
const REACH: f64 = 0.25;
/// How far beyond a tip's own rows it may be used before that counts as extrapolation. Basis: estimate.
const TIP_REACH: f64 = 1.5;
/// Ambient temperature assumed for [`Setting::preheat_s`], °C.
const COLD_PLATE_C: f64 = 20.0;

/// Speed over clean speed above which an oxygen cut is lost. Basis: estimate (drag grows until severing stops, expertsmind).
pub const LOST_SPEED: f64 = 1.3;

/// One row of a maker's cutting chart, as the catalogue holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartRow {
    /// Name of the tip.
    pub tip: String,
    /// Plate thickness, metres.
    pub thickness_m: f64,
    /// Lowest speed of the chart, m/s.
    pub speed_low_m_per_s: f64,
    /// Highest speed of the chart, m/s.
    pub speed_high_m_per_s: f64,
    /// Kerf width, metres.
    pub kerf_m: f64,
    /// Cutting oxygen, m³/s.
    pub oxygen_m3_per_s: f64,
    /// Fuel gas, m³/s.
    pub fuel_m3_per_s: f64,
}

/// What a tip does on a thickness.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What the torch is.
    pub kind: Kind,
    /// Name of the tip.
    pub tip: String,
    /// Plate thickness, metres.
    pub thickness_m: f64,
    /// Speed of a clean cut, m/s: the middle of the chart's range, corrected for purity.
    pub clean_speed_m_per_s: f64,
    /// Lowest speed in the chart's proportion, m/s.
    pub speed_min_m_per_s: f64,
    /// Highest speed in the chart's proportion, m/s.
    pub speed_max_m_per_s: f64,
    /// Kerf width at clean speed, metres.
    pub kerf_m: f64,
    /// Time at rest until a cold plate (20 °C) can be pierced, seconds.
    pub preheat_s: f64,
    /// Time the oxygen takes to burn through at rest, seconds. Basis: estimate: as fast down as forward.
    pub pierce_s: f64,
    /// Cutting oxygen while the valve is open, m³/s.
    pub oxygen_m3_per_s: f64,
    /// Oxygen of the preheat flame while it burns, m³/s.
    pub preheat_oxygen_m3_per_s: f64,
    /// Fuel while the flame burns, m³/s.
    pub fuel_m3_per_s: f64,
    /// True where the thickness lies outside the chart, or well outside the named tip's rows.
    pub extrapolated: bool,
    /// Heat the plate absorbs from the flame while cutting, W.
    pub flame_w: f64,
    /// Heat the plate absorbs from the flame at rest before the cut, W.
    pub preheat_w: f64,
    /// 1/e radius of the flame on the plate, metres.
    pub flame_radius_m: f64,
    /// Net heat that burning leaves in the plate, beyond the flame's share, J per m² of cut face (both sides together).
    pub burn_j_per_m2: f64,
    /// Surface temperature at which the oxygen can be opened, °C.
    pub start_c: f64,
    /// Speed over clean speed above which the cut is lost.
    pub lost_speed: f64,
    /// Air or plasma gas while the arc burns, m³/s.
    pub air_m3_per_s: f64,
}

/// Surface temperature at which a cut can be started, °C: 900 up to 6 mm, 1200 from 25 mm, linear between.
///
/// Basis: estimate between two published figures: steel begins to burn at 870–900 °C (Navy Steelworker, ch. 4), a
/// start that sustains itself needs 1150–1250 °C (arku.com, structural steel); chosen so that the published preheat
/// times come out (see [`Fuel::flame_radius_m`]).
pub fn start_temperature_c(thickness_m: f64) -> f64 {
    900.0 + 300.0 * ((thickness_m - 6.0e-3) / 19.0e-3).clamp(0.0, 1.0)
}

/// Net heat that a cut at chart speed leaves in the plate, J per m² of cut face (both sides together): 19.8 t^0.26 J/mm²
/// with t in mm. Basis: estimate, range 25–70 J/mm²; it puts 900 °C about 1 mm from the edge (SSAB's re-hardened band)
/// and agrees within 35 % with the heat implied by the ECCS (1976) residual-stress block of flame-cut edges.
pub fn plate_heat_j_per_m2(thickness_m: f64) -> f64 {
    19.8e6 * (thickness_m.max(0.0) * 1e3).powf(0.26)
}

/// Oxygen that burns a kilogram of iron to FeO, m³ at 20 °C: 16/55.85 kg at 1.331 kg/m³.
const OXYGEN_M3_PER_KG: f64 = 0.2152;
/// Density of steel, kg/m³.
const STEEL_KG_PER_M3: f64 = 7850.0;

/// Share of the cutting oxygen that would be used if all iron of the kerf burnt to FeO. A check on a chart as a whole, since it binds speed,
/// kerf and flow together: from 6 to 150 mm Victor's rows lie between 0.53 and 0.63, those of
/// the AWS table between 0.38 and 0.81; none where there is no oxygen.
pub fn oxygen_burnt_share(setting: &Setting) -> Option<f64> {
    let iron_kg_per_s = setting.clean_speed_m_per_s * setting.thickness_m * setting.kerf_m * STEEL_KG_PER_M3;
    (setting.oxygen_m3_per_s > 0.0).then(|| iron_kg_per_s * OXYGEN_M3_PER_KG / setting.oxygen_m3_per_s)
}

/// Chart values at one thickness.
#[derive(Clone, Copy, Debug)]
struct Point {
    thickness_m: f64,
    /// 1/v of the middle speed, s/m.
    slowness: f64,
    low: f64,
    high: f64,
    kerf_m: f64,
    oxygen: f64,
    fuel: f64,
}

fn check(row: &ChartRow) -> Result<(), String> {
    let all = [row.thickness_m, row.speed_low_m_per_s, row.speed_high_m_per_s, row.kerf_m];
    let gas = [row.oxygen_m3_per_s, row.fuel_m3_per_s];
    if all.iter().any(|x| !(x.is_finite() && *x > 0.0)) || gas.iter().any(|x| !(x.is_finite() && *x >= 0.0)) {
        return Err(format!("the chart row of tip `{}` holds a value that is not a positive number", row.tip));
    }
    if row.speed_low_m_per_s > row.speed_high_m_per_s {
        return Err(format!("the chart row of tip `{}` has its low speed above its high speed", row.tip));
    }
    Ok(())
}

/// Rows sorted by thickness, rows of equal thickness averaged.
fn points<'a>(rows: impl Iterator<Item = &'a ChartRow>) -> Vec<Point> {
    let mut sorted: Vec<&ChartRow> = rows.collect();
    sorted.sort_by(|a, b| a.thickness_m.total_cmp(&b.thickness_m).then_with(|| a.tip.cmp(&b.tip)));
    let mut out: Vec<(Point, f64)> = Vec::new();
    for row in sorted {
        let middle = 0.5 * (row.speed_low_m_per_s + row.speed_high_m_per_s);
        let new = Point {
            thickness_m: row.thickness_m,
            slowness: 1.0 / middle,
            low: row.speed_low_m_per_s / middle,
            high: row.speed_high_m_per_s / middle,
            kerf_m: row.kerf_m,
            oxygen: row.oxygen_m3_per_s,
            fuel: row.fuel_m3_per_s,
        };
        match out.last_mut() {
            Some((p, n)) if (new.thickness_m - p.thickness_m).abs() < 1e-6 => {
                let mean = |a: f64, b: f64| a + (b - a) / (*n + 1.0);
                *p = Point {
                    thickness_m: p.thickness_m,
                    slowness: mean(p.slowness, new.slowness),
                    low: mean(p.low, new.low),
                    high: mean(p.high, new.high),
                    kerf_m: mean(p.kerf_m, new.kerf_m),
                    oxygen: mean(p.oxygen, new.oxygen),
                    fuel: mean(p.fuel, new.fuel),
                };
                *n += 1.0;
            }
            _ => out.push((new, 1.0)),
        }
    }
    out.into_iter().map(|(p, _)| p).collect()
}

/// `value` at a thickness: linear between neighbouring points, the end point's value outside.
fn between(points: &[Point], thickness_m: f64, value: impl Fn(&Point) -> f64) -> f64 {
    let after = points.partition_point(|p| p.thickness_m < thickness_m);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some(a), Some(b)) => {
            let share = (thickness_m - a.thickness_m) / (b.thickness_m - a.thickness_m);
            value(a) + share * (value(b) - value(a))
        }
        (Some(p), None) | (None, Some(p)) => value(p),
        (None, None) => 0.0,
    }
}

/// Kerf at a thickness, metres: between rows linear, beyond them as [`usual_kerf_m`] goes on from the last row.
fn kerf(points: &[Point], thickness_m: f64) -> f64 {
    let [Some(first), Some(last)] = [points.first(), points.last()].map(|end| end.map(|p| p.thickness_m)) else { return 0.0 };
    let covered = thickness_m.clamp(first, last);
    between(points, thickness_m, |p| p.kerf_m) * usual_kerf_m(thickness_m) / usual_kerf_m(covered)
}

/// 1/v at a thickness, s/m.
///
/// 1/v is close to linear in thickness (the cut face made per second tends to a constant). Between rows: linear between
/// neighbours, so that the chart's own rows come back. Outside: the line 1/v = c0 + c1·t through all rows (least
/// squares of relative errors), blended into the end row near the chart.
fn slowness(points: &[Point], thickness_m: f64) -> f64 {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return 0.0 };
    if points.len() == 1 {
        // One row: the same cut face per second.
        return first.slowness * thickness_m / first.thickness_m;
    }
    if thickness_m >= first.thickness_m && thickness_m <= last.thickness_m {
        return between(points, thickness_m, |p| p.slowness);
    }
    let end = if thickness_m < first.thickness_m { first } else { last };
    let (mut s, mut sx, mut sy, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for p in points {
        let w = p.slowness.powi(-2);
        s += w;
        sx += w * p.thickness_m;
        sy += w * p.slowness;
        sxx += w * p.thickness_m * p.thickness_m;
        sxy += w * p.thickness_m * p.slowness;
    }
    let slope = (s * sxy - sx * sy) / (s * sxx - sx * sx);
    let line = |t: f64| ((sy - slope * sx) / s + slope * t).max(0.1 * first.slowness.min(last.slowness));
    let near = (-(thickness_m / end.thickness_m).ln().abs() / REACH).exp();
    line(thickness_m) * (1.0 + (end.slowness / line(end.thickness_m) - 1.0) * near)
}

/// What `tip` (or, with `None`, the family's tip whose row is nearest in thickness) does on `thickness_m` (metres) with
/// oxygen of the given purity (a share, 0.995 nominal).
///
/// Speed follows the family's chart whatever the tip; kerf and gas are the named tip's own, or interpolated over the
/// family. Purity: v(p) = v(99.5 %)·0.85^(99.5 − p in %) (expertsmind, oxygen purity).
///
/// # Errors
/// A sentence in plain words: empty or impossible rows, unknown tip, thickness not positive, purity below 95 %.
pub fn setting(
    rows: &[ChartRow],
    fuel_kind: Fuel,
    tip: Option<&str>,
    thickness_m: f64,
    oxygen_purity: f64,
) -> Result<Setting, String> {
    if !(thickness_m.is_finite() && thickness_m > 0.0) {
        return Err(format!("the thickness is {thickness_m} m; it must be above zero"));
    }
    if !(LOWEST_PURITY..=1.0).contains(&oxygen_purity) {
        return Err(format!(
            "the oxygen purity is {oxygen_purity}; it must be a share from 0.95 to 1: below, oxygen melts and washes instead of cutting"
        ));
    }
    if rows.is_empty() {
        return Err("the cutting chart has no rows".to_string());
    }
    rows.iter().try_for_each(check)?;
    let family = points(rows.iter());
    let distance = |row: &&ChartRow| (row.thickness_m / thickness_m).ln().abs();
    let nearest = rows.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let name = tip.or(nearest.map(|row| row.tip.as_str())).unwrap_or_default();
    let own = points(rows.iter().filter(|row| row.tip == name));
    let (Some(own_first), Some(own_last)) = (own.first(), own.last()) else {
        let mut known: Vec<&str> = Vec::new();
        for row in rows {
            if !known.contains(&row.tip.as_str()) {
                known.push(&row.tip);
            }
        }
        return Err(format!("the chart has no tip `{name}`; it has {}", known.join(", ")));
    };
    let inside = |first: f64, last: f64, reach: f64| thickness_m >= first / reach && thickness_m <= last * reach;
    let in_family = match (family.first(), family.last()) {
        (Some(first), Some(last)) => inside(first.thickness_m, last.thickness_m, 1.0 + 1e-9),
        _ => false,
    };
    let in_tip = tip.is_none() || inside(own_first.thickness_m, own_last.thickness_m, TIP_REACH);
    let of_tip = if tip.is_some() { &own } else { &family };

    let chart_speed = 1.0 / slowness(&family, thickness_m);
    let clean = chart_speed * SPEED_PER_PURITY_PERCENT.powf((CHART_PURITY - oxygen_purity) * 100.0);
    let fuel = between(of_tip, thickness_m, |p| p.fuel);
    let flame_w = FLAME_SHARE * fuel_kind.heat_j_per_m3() * fuel;
    let start_c = start_temperature_c(thickness_m);
    let preheat_w = if fuel > 0.0 { fuel_kind.preheat_w() } else { 0.0 };
    let spot = Spot { power_w: preheat_w, radius_1e_m: fuel_kind.flame_radius_m(), thickness_m };
    Ok(Setting {
        kind: Kind::OxyFuel(fuel_kind),
        tip: name.to_string(),
        thickness_m,
        clean_speed_m_per_s: clean,
        speed_min_m_per_s: clean * between(&family, thickness_m, |p| p.low),
        speed_max_m_per_s: clean * between(&family, thickness_m, |p| p.high),
        // A tip by name has its own bore, whatever it cuts.
        kerf_m: if tip.is_some() { between(&own, thickness_m, |p| p.kerf_m) } else { kerf(&family, thickness_m) },
        preheat_s: preheat_s(&spot, COLD_PLATE_C, start_c)
            .ok_or("this flame never heats this thickness to the start of a cut")?,
        pierce_s: thickness_m / clean,
        oxygen_m3_per_s: between(of_tip, thickness_m, |p| p.oxygen),
        preheat_oxygen_m3_per_s: fuel_kind.oxygen_ratio() * fuel,
        fuel_m3_per_s: fuel,
        extrapolated: !(in_family && in_tip),
        flame_w,
        preheat_w,
        flame_radius_m: fuel_kind.flame_radius_m(),
        burn_j_per_m2: (plate_heat_j_per_m2(thickness_m) - flame_w / (chart_speed * thickness_m)).max(0.0),
        start_c,
        // A chart that reaches further up from its middle is cut at its highest speed too.
        lost_speed: LOST_SPEED.max(1.05 * between(&family, thickness_m, |p| p.high)),
        air_m3_per_s: 0.0,
    })
}
