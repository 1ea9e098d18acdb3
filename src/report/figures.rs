//! Names, units and plain words of the headline figures.
//!
//! In: a figure's name, which ends in its unit (`contour_error_max_mm`). Out: words and numbers for people. Uses nothing.

/// Unit of a figure, known from the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Millimetres.
    Millimetre,
    /// Seconds.
    Second,
    /// Degrees Celsius.
    Celsius,
    /// US dollars.
    Dollar,
    /// Hertz.
    Hertz,
    /// Joules.
    Joule,
    /// Litres.
    Litre,
    /// Kilograms.
    Kilogram,
    /// Newton metres.
    NewtonMetre,
    /// Revolutions per minute.
    Rpm,
    /// A share, shown in percent.
    Share,
    /// A count or a class.
    Count,
}

/// Endings of figure names and the unit each one means. The first that fits counts.
const ENDINGS: [(&str, Unit); 11] = [
    ("_mm", Unit::Millimetre),
    ("_s", Unit::Second),
    ("_c", Unit::Celsius),
    ("_usd", Unit::Dollar),
    ("_hz", Unit::Hertz),
    ("_j", Unit::Joule),
    ("_l", Unit::Litre),
    ("_kg", Unit::Kilogram),
    ("_nm", Unit::NewtonMetre),
    ("_rpm", Unit::Rpm),
    ("_share", Unit::Share),
];

/// What the known figures mean, in the words of a workshop.
const WORDS: [(&str, &str); 49] = [
    ("cycle_time_s", "time for the whole job"),
    ("cut_time_s", "time spent cutting"),
    ("rapid_time_s", "time spent on rapid moves"),
    ("dwell_time_s", "time spent waiting: preheat, pierce, pauses"),
    ("lost_steps", "full steps lost by the motors"),
    ("contour_error_max_mm", "worst distance of the cut from the programmed path"),
    ("contour_error_rms_mm", "typical (RMS) distance of the cut from the programmed path"),
    ("following_error_max_mm", "furthest the tip was behind or beside the planned point"),
    ("following_error_rms_mm", "typical (RMS) distance between planned point and tip"),
    ("racking_max_mm", "furthest the two gantry sides were apart"),
    ("drives_let_go", "drives whose belt went slack or whose sprung pinion lifted"),
    ("screw_whirl_share", "fastest a screw turns, as a share of the speed at which it whirls"),
    ("torque_margin_min", "share of a motor's torque left at its worst instant"),
    ("cut_lost", "times the cut was lost"),
    ("tip_touches", "times the tip touched the plate"),
    ("part_hits", "loose parts that the torch runs into"),
    ("clamp_hits", "clamps that the torch runs into"),
    ("not_as_drawn", "parts and holes that are not as drawn"),
    ("step_rate_exceeded_hz", "steps a second beyond what the controller can send"),
    ("travel_exceeded_mm", "how far the program leaves the machine's travel"),
    ("kerf_mean_mm", "mean kerf (width of the cut)"),
    ("kerf_min_mm", "narrowest kerf"),
    ("kerf_max_mm", "widest kerf"),
    ("drag_mean_mm", "mean lag of the lower edge behind the upper one"),
    ("top_rounding_mean_mm", "mean rounding of the upper edge"),
    ("haz_mean_mm", "mean width of the heat-affected zone beside the cut"),
    ("peak_temperature_c", "highest temperature of the plate"),
    ("heat_into_plate_j", "heat put into the plate"),
    ("parts_freed", "parts that came loose"),
    ("tip_ups", "loose parts that may tip up into the torch's way"),
    ("iso9013_class", "tolerance class of the parts' sizes by ISO 9013 (1 or 2; 3 is neither)"),
    ("iso9013_u_range", "range of perpendicularity by ISO 9013, an estimate (1 best, 5; 6 is none)"),
    ("haz_max_mm", "widest heat-affected zone beside the cut"),
    ("t85_mean_s", "mean time from 800 to 500 °C at the cut edge"),
    ("part_error_max_mm", "furthest that a finished part's edge is from where it should be"),
    ("plate_growth_max_mm", "most that an edge of a part moves in as the part cools"),
    ("parts_intended", "pieces that the program should free"),
    ("gas_air_l", "air used"),
    ("gas_cost_usd", "price of the gas used"),
    ("heat_from_flame_j", "heat that the plate took from the flame"),
    ("heat_from_kerf_j", "heat that the plate took from burning iron and slag on the kerf's walls"),
    ("heat_stored_j", "heat still in the plate at the end"),
    ("heat_lost_j", "heat that the plate lost to the air"),
    ("energy_error_share", "share of the heat that the books do not account for"),
    ("gas_oxygen_l", "oxygen used"),
    ("gas_fuel_l", "fuel gas used"),
    ("cost_usd", "price of the machine"),
    ("first_mode_hz", "lowest frequency the machine rings at"),
    ("golden", "values that differ from the golden ones"),
];

/// The unit of a figure.
pub fn unit(name: &str) -> Unit {
    if name.starts_with("torque_margin") {
        return Unit::Share;
    }
    let ending = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
    ending.map_or(Unit::Count, |&(_, unit)| unit)
}

/// What a figure means, in plain words. Figures of one axis (`following_error_max_x_mm`) take the words of the whole machine's
/// figure with the axis behind; a name that is not known is spelt out.
pub fn words(name: &str) -> String {
    let known = |name: &str| WORDS.iter().find(|(n, _)| *n == name).map(|&(_, words)| words.to_string());
    if let Some(words) = known(name) {
        return words;
    }
    for axis in ["y1", "y2", "x", "y", "z"] {
        let bare = match name.strip_suffix(&format!("_{axis}")) {
            Some(bare) => bare.to_string(),
            None => name.replacen(&format!("_{axis}_"), "_", 1),
        };
        if bare != name
            && let Some(words) = known(&bare)
        {
            return format!("{words}, {}", axis.to_uppercase());
        }
    }
    let ending = ENDINGS.iter().find_map(|(ending, _)| name.strip_suffix(ending));
    ending.unwrap_or(name).replace('_', " ")
}

/// Text with its first letter in capitals.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// A value with its unit, rounded for people: `0.182 mm`, `14 min 32 s`, `$1482.38`, `31 %`.
pub fn show(name: &str, value: f64) -> String {
    if !value.is_finite() {
        return "no number".into();
    }
    match unit(name) {
        Unit::Millimetre => millimetres(value),
        Unit::Second => duration(value),
        Unit::Celsius => format!("{} °C", fixed(value, 0)),
        Unit::Dollar => dollars(value),
        Unit::Hertz => format!("{} Hz", fixed(value, 1)),
        Unit::Joule => joules(value),
        Unit::Litre => format!("{} L", fixed(value, if value.abs() < 10.0 { 1 } else { 0 })),
        Unit::Kilogram => kilograms(value),
        Unit::NewtonMetre => format!("{} N·m", fixed(value, 2)),
        Unit::Rpm => format!("{} rev/min", fixed(value, 0)),
        Unit::Share => percent(value),
        Unit::Count => count(value),
    }
}

/// A decimal with `digits` places, no "-0", and a dash where there is no number.
pub fn fixed(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let text = format!("{value:.digits$}");
    let is_zero = text.starts_with('-') && text[1..].chars().all(|c| c == '0' || c == '.');
    if is_zero { text[1..].to_string() } else { text }
}

/// A length given in mm.
pub fn millimetres(mm: f64) -> String {
    let digits = match mm.abs() {
        a if a < 10.0 => 3,
        a if a < 100.0 => 2,
        _ => 1,
    };
    format!("{} mm", fixed(mm, digits))
}

/// A length of time: seconds, minutes or hours, whichever reads best.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "– s".into();
    }
    let sign = if seconds < 0.0 { "−" } else { "" };
    let s = seconds.abs();
    if s < 0.1 {
        return format!("{sign}{} s", fixed(s, 3));
    }
    if s < 99.95 {
        return format!("{sign}{} s", fixed(s, 1));
    }
    let whole = s.round() as u64;
    if whole < 3600 {
        return format!("{sign}{} min {:02} s", whole / 60, whole % 60);
    }
    let minutes = (s / 60.0).round() as u64;
    format!("{sign}{} h {:02} min", minutes / 60, minutes % 60)
}

/// A length of time as a clock shows it, for columns: "10:32", below a minute "0:05.2".
pub fn clock(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "–".into();
    }
    let tenths = (seconds * 10.0).round() as u64;
    if tenths < 600 {
        return format!("0:{:02}.{}", tenths / 10, tenths % 10);
    }
    let whole = seconds.round() as u64;
    match whole / 3600 {
        0 => format!("{}:{:02}", whole / 60, whole % 60),
        hours => format!("{hours}:{:02}:{:02}", whole / 60 % 60, whole % 60),
    }
}

/// An amount of money.
pub fn dollars(usd: f64) -> String {
    let sign = if usd < -0.005 { "−" } else { "" };
    format!("{sign}${}", fixed(usd.abs(), 2))
}

/// A mass.
pub fn kilograms(kg: f64) -> String {
    if kg.abs() < 1.0 { format!("{} g", fixed(kg * 1e3, 0)) } else { format!("{} kg", fixed(kg, 2)) }
}

/// A share as percent.
pub fn percent(share: f64) -> String {
    let digits = if share != 0.0 && share.abs() < 0.02 { 1 } else { 0 };
    format!("{} %", fixed(share * 100.0, digits).replace('-', "−"))
}

/// An amount of heat.
fn joules(j: f64) -> String {
    match j.abs() {
        a if a >= 1e6 => format!("{} MJ", fixed(j / 1e6, 2)),
        a if a >= 1e3 => format!("{} kJ", fixed(j / 1e3, 1)),
        _ => format!("{} J", fixed(j, 1)),
    }
}

/// A whole number in groups of three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let start = digits.len() % 3;
    let mut groups: Vec<&str> = if start > 0 { vec![&digits[..start]] } else { Vec::new() };
    groups.extend((start..digits.len()).step_by(3).map(|n| &digits[n..n + 3]));
    groups.join("\u{202f}")
}

/// A count; whole numbers without decimals.
fn count(value: f64) -> String {
    if value == value.trunc() { fixed(value, 0) } else { fixed(value, 3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_carry_units_and_sensible_digits() {
        assert_eq!(show("contour_error_max_mm", 0.18249), "0.182 mm");
        assert_eq!(show("cycle_time_s", 872.4), "14 min 32 s");
        assert_eq!(show("cycle_time_s", 59.97), "60.0 s");
        assert_eq!(show("cycle_time_s", 7260.0), "2 h 01 min");
        assert_eq!(show("cost_usd", 1482.38), "$1482.38");
        assert_eq!(show("cost_usd", -3.0), "−$3.00");
        assert_eq!(show("torque_margin_min_x", 0.312), "31 %");
        assert_eq!(show("lost_steps", 8.0), "8");
        assert_eq!(show("heat_into_plate_j", 2.5e6), "2.50 MJ");
        assert_eq!(show("contour_error_max_mm", -0.0000001), "0.000 mm");
        assert_eq!(show("contour_error_max_mm", f64::NAN), "no number");
        assert_eq!(
            (thousands(7), thousands(812_345), thousands(1_002_000)),
            ("7".into(), "812\u{202f}345".into(), "1\u{202f}002\u{202f}000".into())
        );
    }

    #[test]
    fn words_cover_axes_and_unknown_names() {
        assert_eq!(words("lost_steps_y2"), "full steps lost by the motors, Y2");
        assert_eq!(words("following_error_max_x_mm"), "furthest the tip was behind or beside the planned point, X");
        assert_eq!(words("oddly_named_thing_kg"), "oddly named thing");
    }
}
