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
    fn times_read_as_on_a_clock() {
        for (seconds, text) in [(0.0, "0:00.0"), (65.25, "1:05.3"), (3_600.0, "1:00:00.0"), (59.96, "1:00.0"), (-1.0, "0:00.0")] {
            assert_eq!(super::clock(seconds), text);
        }
    }
}
