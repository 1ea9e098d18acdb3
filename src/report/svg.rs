//! Building blocks for pictures: escaping, paths in whole units, round tick values.
//!
//! In: numbers and text. Out: SVG and HTML fragments. Uses nothing.

use std::fmt::Write;

/// Text made safe for HTML and XML, as content and inside quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A path through points given in whole units, with relative steps: short, and without accumulated rounding. Points that repeat
/// are left out. A single point becomes a dot (a step of length zero).
pub fn path(points: &[[i64; 2]], close: bool) -> String {
    let mut out = String::with_capacity(points.len() * 6 + 16);
    push_path(&mut out, points, close);
    out
}

/// Appends what [`path`] gives.
pub fn push_path(out: &mut String, points: &[[i64; 2]], close: bool) {
    let Some(&[mut x, mut y]) = points.first() else { return };
    let _ = write!(out, "M{x} {y}");
    let mut first = true;
    for &[px, py] in &points[1..] {
        let (dx, dy) = (px - x, py - y);
        if dx == 0 && dy == 0 {
            continue;
        }
        out.push_str(if first { "l" } else { " " });
        let _ = write!(out, "{dx}{}{dy}", if dy < 0 { "" } else { " " });
        (x, y, first) = (px, py, false);
    }
    if first {
        out.push_str("h0");
    } else if close {
        out.push('z');
    }
}

/// Tick values at round distances (1, 2, 2.5 or 5 times a power of ten) within `low..=high`, about `wanted` of them.
pub fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let step = tick_step(low, high, wanted);
    if step <= 0.0 { vec![low] } else { multiples(step, low, high) }
}

/// The multiples of `step`, which is positive, within `low..=high`; none where there would be very many.
pub fn multiples(step: f64, low: f64, high: f64) -> Vec<f64> {
    if (high - low) / step > 1000.0 {
        return Vec::new();
    }
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// The distance of [`ticks`]; zero where there is no range.
pub fn tick_step(low: f64, high: f64, wanted: usize) -> f64 {
    let range = high - low;
    if range <= 0.0 || !range.is_finite() {
        return 0.0;
    }
    let rough = range / wanted.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let share = rough / power;
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|step| share <= step * 1.0001);
    step.unwrap_or(10.0) * power
}

/// The smallest round number (1, 1.5, 1.6, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten) that is not below `value`.
pub fn round_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let round = [1.0, 1.5, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0].into_iter().find(|r| r * power >= value * (1.0 - 1e-9));
    round.unwrap_or(10.0) * power
}

/// A tick's value with just the digits its step needs.
pub fn tick_label(value: f64, step: f64) -> String {
    let mut digits = (-step.abs().max(1e-12).log10().floor()).clamp(0.0, 9.0) as usize;
    let scaled = step * 10f64.powi(digits as i32);
    if (scaled - scaled.round()).abs() > 1e-6 * scaled {
        digits += 1;
    }
    super::figures::fixed(value, digits).replace('-', "−")
}

/// Checks that tags are balanced and quotes closed: a simple well-formedness check for tests.
#[cfg(test)]
pub fn check_balanced(text: &str) -> Result<(), String> {
    const VOID: [&str; 8] = ["meta", "link", "br", "img", "hr", "input", "col", "!doctype"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix("!--") {
            rest = after.split_once("-->").ok_or("comment not closed")?.1;
            continue;
        }
        let mut quote = None;
        let end = rest.char_indices().find(|&(_, c)| match quote {
            Some(q) if c == q => {
                quote = None;
                false
            }
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                false
            }
            _ => quote.is_none() && c == '>',
        });
        let (end, _) = end.ok_or_else(|| format!("tag not closed: {:.60}", rest))?;
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        let name: String = tag.trim_start_matches('/').chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        let name = name.to_lowercase();
        if tag.starts_with('?') || tag.ends_with('/') || VOID.contains(&name.as_str()) {
            continue;
        }
        if tag.starts_with('/') {
            let top = open.pop();
            if top.as_deref() != Some(name.as_str()) {
                return Err(format!("</{name}> closes {top:?} before {:.80}", rest));
            }
            continue;
        }
        if name == "script" || name == "style" {
            let close = format!("</{name}>");
            rest = rest.split_once(&close).ok_or_else(|| format!("{name} not closed"))?.1;
            continue;
        }
        open.push(name);
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_leaves_nothing_dangerous() {
        assert_eq!(escape("<script>alert('x')&\"</script>"), "&lt;script&gt;alert(&#39;x&#39;)&amp;&quot;&lt;/script&gt;");
    }

    #[test]
    fn paths_are_relative_and_skip_repeats() {
        assert_eq!(path(&[[10, 20], [13, 18], [13, 18], [12, 25]], true), "M10 20l3-2 -1 7z");
        assert_eq!(path(&[[5, 5], [5, 5]], false), "M5 5h0");
        assert_eq!(path(&[], false), "");
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 1.0, 5), vec![0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(ticks(-0.13, 0.21, 4), vec![-0.1, 0.0, 0.1, 0.2]);
        assert_eq!(ticks(3.0, 3.0, 4), vec![3.0]);
        assert_eq!(tick_label(0.6000000000000001, 0.2), "0.6");
        assert_eq!(tick_label(-0.05, 0.025), "−0.050");
        assert_eq!(tick_label(1500.0, 500.0), "1500");
        assert_eq!((round_up(0.182), round_up(0.2), round_up(873.0)), (0.2, 0.2, 1000.0));
    }

    #[test]
    fn the_balance_check_sees_faults() {
        check_balanced("<!doctype html><a b='>'><br><c/></a><script>if (a<b) {}</script>").unwrap();
        assert!(check_balanced("<a><b></a></b>").is_err());
        assert!(check_balanced("<a b=\"></a>").is_err());
        assert!(check_balanced("<a>").is_err());
    }
}
