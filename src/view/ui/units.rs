//! Lengths and times for people.

/// A length as text: millimetres, or inches.
pub fn length(metres: f64, inch: bool) -> String {
    if inch { format!("{:.4} in", metres / 0.0254) } else { format!("{:.3} mm", metres * 1e3) }
}

/// A small length as text: micrometres, or thousandths of an inch; what is not small, as [`length`] has it.
pub fn small(metres: f64, inch: bool) -> String {
    if metres.abs() >= 1e-3 {
        return length(metres, inch);
    }
    // Nothing is not less than nothing.
    let round = |value: f64, digits: i32| (value * 10f64.powi(digits)).round() / 10f64.powi(digits) + 0.0;
    if inch { format!("{:.2} thou", round(metres / 25.4e-6, 2)) } else { format!("{:.0} µm", round(metres * 1e6, 0)) }
}

/// A speed as text: mm/min, or in/min.
pub fn feed(m_per_s: f64, inch: bool) -> String {
    if inch { format!("{:.1} in/min", m_per_s * 60.0 / 0.0254) } else { format!("{:.0} mm/min", m_per_s * 60e3) }
}

/// Words with their millimetres in inches: "0.091 mm" as "0.0036 in".
pub fn in_inches(words: &str) -> String {
    let mut out: Vec<String> = words.split(' ').map(str::to_string).collect();
    for k in 1..out.len() {
        let unit = out[k].trim_end_matches([';', ',', ')']).to_string();
        if unit == "mm"
            && let Ok(mm) = out[k - 1].trim_start_matches('(').parse::<f64>()
        {
            let open = if out[k - 1].starts_with('(') { "(" } else { "" };
            out[k - 1] = format!("{open}{:.4}", mm / 25.4);
            out[k] = out[k].replacen("mm", "in", 1);
        }
    }
    out.join(" ")
}

/// A time as text: 2:05.3.
pub fn clock(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
    let rest = format!("{:02}.{}", rest / 10, rest % 10);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest}") } else { format!("{minutes}:{rest}") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn small_lengths_have_no_negative_nothing() {
        for (metres, text) in [(-1e-8, "0 µm"), (-1e-6, "-1 µm"), (2.4e-6, "2 µm"), (-2e-3, "-2.000 mm")] {
            assert_eq!(super::small(metres, false), text);
        }
        assert_eq!(super::small(-1e-8, true), "0.00 thou");
    }

    #[test]
    fn words_turn_their_millimetres_into_inches_and_nothing_else() {
        let words = "at most 25.4 mm; 2.54 mm to spare, 12 mm/min, 0 steps, no mm";
        assert_eq!(super::in_inches(words), "at most 1.0000 in; 0.1000 in to spare, 12 mm/min, 0 steps, no mm");
    }

    #[test]
    fn times_read_as_on_a_clock() {
        for (seconds, text) in [(0.0, "0:00.0"), (65.25, "1:05.3"), (3_600.0, "1:00:00.0"), (59.96, "1:00.0"), (-1.0, "0:00.0")] {
            assert_eq!(super::clock(seconds), text);
        }
    }
}
