//! The figures a run is judged by, and how a scene bounds them.
//!
//! In: nothing. Out: names that `[expect]` may use. Uses nothing.

use super::model::Bound;

/// What a bare `figure = number` in `[expect]` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// A count: exactly that many.
    Exact,
    /// Small is good: at most that.
    AtMost,
    /// Large is good: at least that.
    AtLeast,
    /// Neither: within 2 % of that.
    Near,
}

/// Share within which a [`Sense::Near`] figure must come.
pub const NEAR_SHARE: f64 = 0.02;

/// Every figure that `[expect]` may bound, with what a bare number means. Names, once released, stay.
pub const FIGURES: [(&str, Sense); 46] = [
    ("cycle_time_s", Sense::Near),
    ("cut_time_s", Sense::Near),
    ("rapid_time_s", Sense::Near),
    ("lost_steps", Sense::Exact),
    ("contour_error_max_mm", Sense::AtMost),
    ("contour_error_rms_mm", Sense::AtMost),
    ("following_error_max_mm", Sense::AtMost),
    ("torque_margin_min", Sense::AtLeast),
    ("drives_let_go", Sense::Exact),
    ("racking_max_mm", Sense::AtMost),
    ("screw_whirl_share", Sense::AtMost),
    ("cut_lost", Sense::Exact),
    ("kerf_mean_mm", Sense::Near),
    ("kerf_min_mm", Sense::AtLeast),
    ("kerf_max_mm", Sense::AtMost),
    ("drag_mean_mm", Sense::AtMost),
    ("top_rounding_mean_mm", Sense::AtMost),
    ("haz_mean_mm", Sense::Near),
    ("peak_temperature_c", Sense::Near),
    ("heat_into_plate_j", Sense::Near),
    ("parts_freed", Sense::Exact),
    ("tip_ups", Sense::Exact),
    ("iso9013_class", Sense::AtMost),
    ("gas_oxygen_l", Sense::Near),
    ("gas_fuel_l", Sense::Near),
    ("cost_usd", Sense::AtMost),
    ("first_mode_hz", Sense::Near),
    ("tip_touches", Sense::Exact),
    ("part_hits", Sense::Exact),
    ("clamp_hits", Sense::Exact),
    ("not_as_drawn", Sense::Exact),
    ("travel_exceeded_mm", Sense::AtMost),
    ("step_rate_exceeded_hz", Sense::AtMost),
    ("haz_max_mm", Sense::AtMost),
    ("t85_mean_s", Sense::Near),
    ("part_error_max_mm", Sense::AtMost),
    ("plate_growth_max_mm", Sense::AtMost),
    ("parts_intended", Sense::Exact),
    ("iso9013_u_range", Sense::AtMost),
    ("gas_air_l", Sense::Near),
    ("gas_cost_usd", Sense::AtMost),
    ("heat_from_flame_j", Sense::Near),
    ("heat_from_kerf_j", Sense::Near),
    ("heat_stored_j", Sense::Near),
    ("heat_lost_j", Sense::Near),
    ("energy_error_share", Sense::AtMost),
];

/// Whether `name` is a figure.
pub fn is_figure(name: &str) -> bool {
    FIGURES.iter().any(|(figure, _)| *figure == name)
}

/// The figure and bound that the key `name` with `value` stands for: a figure itself, or one with `_max` or `_min`
/// behind it.
pub fn bound(name: &str, value: f64) -> Option<(&'static str, Bound)> {
    let figure = |wanted: &str| FIGURES.iter().find(|(figure, _)| *figure == wanted);
    if let Some((figure, sense)) = figure(name) {
        let bound = match sense {
            Sense::Exact => Bound::Equal { value, tolerance: 0.0 },
            Sense::AtMost => Bound::Max(value),
            Sense::AtLeast => Bound::Min(value),
            Sense::Near => Bound::Equal { value, tolerance: NEAR_SHARE * value.abs() },
        };
        return Some((figure, bound));
    }
    let most = name.strip_suffix("_max").and_then(figure).map(|(figure, _)| (*figure, Bound::Max(value)));
    most.or_else(|| name.strip_suffix("_min").and_then(figure).map(|(figure, _)| (*figure, Bound::Min(value))))
}
