//! What a setting rests on that no chart says: the constants of this room that are estimates, with their ranges, for reports.
//!
//! In: a [`Setting`]. Out: [`Assumption`]s. Uses the constants where they stand.

use super::chart::{FLAME_SHARE, Fuel, Kind, LOST_SPEED, Setting, plate_heat_j_per_m2};
use super::plasma::{AIR_M3_PER_S, PLATE_SHARE, SEVERS, SLOWEST};
use super::process::{CLEAN_DRAG, HOT_POWER, Params, ROUNDING_M, SLOW_KERF};

/// Angle of a flame's edges out of square, rad. Basis: estimate (flame-cut edges within a degree; up to 1.5 degrees where the plate moves,
/// ajrmetalworks.com).
pub const FLAME_EDGE_RAD: f64 = 0.009;
/// Angle of a plasma edge right of the travel, the square one, and left of it, rad. Basis: estimate (Certifitrax course 05: 1 to 5 degrees; the
/// right side is the squarer, Thermal Dynamics manuals).
pub const ARC_EDGE_RAD: [f64; 2] = [0.02, 0.07];

/// A value that nobody has measured for this tip or cutter.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// What it is, with its unit.
    pub name: &'static str,
    /// As used.
    pub value: f64,
    /// Lowest and highest plausible value.
    pub range: [f64; 2],
    /// Where it is from.
    pub source: &'static str,
}

/// The estimates behind a setting, beyond those of its chart.
pub fn assumptions(setting: &Setting) -> Vec<Assumption> {
    let of = |name, value: f64, range: [f64; 2], source| Assumption { name, value, range, source };
    let degrees = f64::to_degrees;
    let params = Params::new(setting.clone());
    let [least, most] = [params.standoff_min_m, params.standoff_max_m].map(|m| 1e3 * m);
    match setting.kind {
        Kind::OxyFuel(fuel) => vec![
            of("edge angle out of square, degrees", degrees(FLAME_EDGE_RAD), [0.1, 1.5], "flame-cut edges, ajrmetalworks.com"),
            of(
                "speed over the clean one at which the cut is lost",
                setting.lost_speed,
                [1.2, LOST_SPEED.max(setting.lost_speed) + 0.2],
                "published in words only",
            ),
            of("drag at clean speed, share of the thickness", CLEAN_DRAG, [0.05, 0.15], "the usual example, expertsmind 910360"),
            of("widening of the kerf towards rest", SLOW_KERF, [0.2, 0.6], "published in words only"),
            of("power of the kerf's widening on hot plate", HOT_POWER, [0.0, 0.6], "no measurement found"),
            of("share of the flame's heat that the plate takes", FLAME_SHARE, [0.2, 0.4], "Groover, exercise"),
            of(
                "heat of the flame at rest on the plate, W",
                setting.preheat_w,
                [0.7 * setting.preheat_w, 1.3 * setting.preheat_w],
                "fits published preheat times",
            ),
            of(
                "radius of the flame on the plate, mm",
                1e3 * setting.flame_radius_m,
                [0.6e3 * setting.flame_radius_m, 1.4e3 * setting.flame_radius_m],
                "fits published preheat times",
            ),
            of(
                "heat left in the plate, J/mm2 of cut face",
                1e-6 * plate_heat_j_per_m2(setting.thickness_m),
                [25.0, 70.0],
                "puts 900 degC a millimetre from the edge; residual stress of flame-cut edges",
            ),
            of(
                "surface temperature at which the cut can start, degC",
                setting.start_c,
                [870.0, setting.start_c.max(1250.0)],
                "kindling at 870 to 900, a start that sustains itself at 1150 to 1250; fits published preheat times",
            ),
            of("pierce, s", setting.pierce_s, [0.5 * setting.pierce_s, 3.0 * setting.pierce_s], "as fast down as forward"),
            of(
                "oxygen of the preheat flame over its fuel",
                fuel.oxygen_ratio(),
                if fuel == Fuel::Acetylene { [1.0, 1.2] } else { [3.5, 4.8] },
                "neutral flames of textbooks",
            ),
            of(
                "rounding of the upper edge at clean speed, mm",
                1e3 * ROUNDING_M[0],
                [0.2, 1.6],
                "good preheat: below 1/16 in, ESAB",
            ),
            of("lowest height that cuts, mm", least, [1.0, 3.0], "inner cones 1.5 to 3 mm long, Modern Welding 2020"),
            of("greatest height that cuts, mm", most, [8.0, 15.0], "10 mm still cut, Pond and Martin 2020"),
        ],
        Kind::Plasma { .. } => vec![
            of("edge angle right of the travel, degrees", degrees(ARC_EDGE_RAD[0]), [0.5, 3.0], "Certifitrax course 05"),
            of("edge angle left of the travel, degrees", degrees(ARC_EDGE_RAD[1]), [2.0, 7.0], "Certifitrax course 05"),
            of("share of the arc's power that stays in the plate", PLATE_SHARE, [0.10, 0.25], "what melting the kerf leaves"),
            of("air, l/min", 6e4 * AIR_M3_PER_S, [150.0, 220.0], "cutters of 45 to 85 A"),
            of("lowest speed over the one of best quality", SLOWEST, [0.6, 0.9], "no measurement found"),
            of(
                "speed over production speed at which the arc no longer severs",
                SEVERS,
                [1.15, 1.4],
                "hand-cut maximum of the Powermax45 XP",
            ),
            of("lowest height that cuts, mm", least, [0.1, 0.8], "a tip that drags"),
            of("greatest height that cuts, mm", most, [5.0, 12.0], "no measurement found"),
            of("widening of the kerf towards rest", SLOW_KERF, [0.2, 0.6], "that of a flame"),
            of("power of the kerf's widening on hot plate", HOT_POWER, [0.0, 0.6], "that of a flame"),
        ],
        Kind::FixedKerf | Kind::Source(_) => Vec::new(),
    }
}
