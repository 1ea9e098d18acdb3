//! A machine file with another part or value in it, everything else left as it was written: order, spaces, comments.
//!
//! In: the text, what is to change. Out: the text. May use: this room's catalogue and `size`, which writes what cannot be changed in place.

use std::ops::Range;

use toml::{Table, Value};

use super::catalogue::Catalogue;
use super::model::Choice;
use super::size::MachineText;
use crate::diag::Diagnostic;

/// What a machine file says, to be looked up by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Table);

impl Values {
    /// Of a text; nothing where it is not TOML.
    pub fn of(text: &str) -> Self {
        Self(toml::from_str(text).unwrap_or_default())
    }

    /// A value by its path with dots, "axis.x.transmission.teeth", "planner.rapid_mm_per_min.0"; none where it is not there. A quantity with its
    /// range counts as its value.
    pub fn get(&self, key: &str) -> Option<String> {
        let mut steps = key.split('.');
        let mut value = self.0.get(steps.next()?)?;
        for step in steps {
            value = match step.parse::<usize>() {
                Ok(place) if value.is_array() => value.get(place)?,
                _ => value.get(step)?,
            };
        }
        match value.get("value").unwrap_or(value) {
            Value::String(word) => Some(word.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A table by its path.
    fn table(&self, path: &str) -> Option<&Table> {
        path.split('.').try_fold(&self.0, |table, step| table.get(step)?.as_table())
    }
}

/// [`Values::get`] of a text.
pub fn get(text: &str, key: &str) -> Option<String> {
    Values::of(text).get(key)
}

/// The text with `key` set to the TOML value `value`. Where a quantity stood with its range, that goes: the range was that of the old value.
///
/// # Errors
/// Text that is not TOML, a path through something that is no table.
pub fn set(text: &str, key: &str, value: &str) -> Result<String, Box<Diagnostic>> {
    let mut meant = MachineText::from_text("machine file", text)?;
    meant.set(key, value, false)?;
    let (path, last) = key.rsplit_once('.').unwrap_or(("", key));
    let mut lines = Lines::of(text);
    lines.set(&lines.section(path), last, value);
    let edited = lines.text();
    // What the eye does not find in the text (keys with dots, tables in one line) is written anew.
    Ok(if toml::from_str::<Table>(&edited).ok().as_ref() == Some(meant.table()) { edited } else { meant.text() })
}

/// Puts catalogue part `new` into the drive of `axis`: in its table, and in the cost lines that pay for the old one. `kind` is the catalogue's
/// file, `key` what names the part in an axis: "motor", "transmission.part". Cost lines that pay for other axes too are split.
///
/// # Errors
/// As [`set`].
pub fn swap_axis_part(
    text: &str,
    axis: &str,
    key: &str,
    kind: &str,
    new: &str,
    catalogue: &Catalogue,
) -> Result<String, Box<Diagnostic>> {
    let full = |axis: &str| format!("axis.{axis}.{key}");
    let Some(old) = get(text, &full(axis)) else { return set(text, &full(axis), &quoted(new)) };
    // Y has two drives.
    let weight = |axis: &str| if axis == "y" { 2.0 } else { 1.0 };
    let alike: Vec<&str> =
        ["x", "y", "z"].into_iter().filter(|a| get(text, &full(a)).is_some_and(|part| part.eq_ignore_ascii_case(&old))).collect();
    let share = weight(axis) / alike.iter().map(|a| weight(a)).sum::<f64>();
    let text = set(text, &full(axis), &quoted(new))?;
    // One supply feeds all axes that name it.
    let share = if kind != "supplies" {
        share
    } else if alike.len() == 1 {
        1.0
    } else {
        0.0
    };
    let extra = if kind == "supplies" && share == 0.0 { 1.0 } else { 0.0 };
    Ok(pay(&text, &format!("{kind}/{old}"), &format!("{kind}/{new}"), share, extra, &axis.to_uppercase(), catalogue))
}

/// Puts catalogue part `new` at `key`, and in the cost lines that pay for the old one.
///
/// # Errors
/// As [`set`].
pub fn swap_part(text: &str, key: &str, kind: &str, new: &str, catalogue: &Catalogue) -> Result<String, Box<Diagnostic>> {
    let old = get(text, key);
    let text = set(text, key, &quoted(new))?;
    // The same tube may be frame and beam, the same guide ride on both: then the line pays for the other still.
    let Some(old) = old.filter(|old| !still_used(&text, kind, old)) else { return Ok(text) };
    Ok(pay(&text, &format!("{kind}/{old}"), &format!("{kind}/{new}"), 1.0, 0.0, key, catalogue))
}

/// Another kind of drive on an axis: its table anew with `part`, a catalogue id of the file `kind`, and `values`, keys with TOML; a reduction
/// stays. Cost lines as [`swap_axis_part`].
///
/// # Errors
/// As [`set`].
pub fn swap_drive(
    text: &str,
    axis: &str,
    (kind, part): (&str, &str),
    values: &[(&str, String)],
    catalogue: &Catalogue,
) -> Result<String, Box<Diagnostic>> {
    const STAYS: [&str; 2] = ["reduction", "coupling"];
    let path = format!("axis.{axis}.transmission");
    let old = Values::of(text);
    let (was, bought) = (old.get(&format!("{path}.kind")).unwrap_or_default(), old.get(&format!("{path}.part")));
    let mut lines = Lines::of(text);
    let keys = old.table(&path).map(|table| table.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    for key in keys.iter().filter(|key| !STAYS.contains(&key.as_str())) {
        let range = lines.section(&path);
        lines.remove(&range, key);
    }
    for (key, value) in values.iter().rev() {
        let range = lines.section(&path);
        lines.0.insert(range.start, format!("{key} = {value}"));
    }
    let text = lines.text();
    let Some(bought) = bought else { return Ok(text) };
    // Y has two drives; a line may pay for those of X and Y.
    let weight = |axis: &str| if axis == "y" { 2.0 } else { 1.0 };
    let key = |axis: &str| old.get(&format!("axis.{axis}.transmission.part"));
    let alike = ["x", "y", "z"].into_iter().filter(|a| key(a).is_some_and(|id| id.eq_ignore_ascii_case(&bought)));
    let share = weight(axis) / alike.map(weight).sum::<f64>();
    let old = format!("{was}s/{bought}");
    Ok(pay(&text, &old, &format!("{kind}/{part}"), share, 0.0, &axis.to_uppercase(), catalogue))
}

/// Makes a choice that a scene's `[size]` offers; the file is written anew, without its comments.
///
/// # Errors
/// Text that is not TOML, a key or a cost line that is not there.
pub fn choose(text: &str, choice: &Choice) -> Result<String, Box<Diagnostic>> {
    let mut machine = MachineText::from_text("machine file", text)?;
    machine.choose(choice)?;
    Ok(machine.text())
}

fn still_used(text: &str, kind: &str, part: &str) -> bool {
    let keys: &[&str] = match kind {
        "sections" => &["frame.tube", "gantry.beam"],
        "guides" => &["gantry.guide.part", "carriage.guide.part", "slide.guide.part"],
        _ => &[],
    };
    keys.iter().any(|key| get(text, key).is_some_and(|named| named.eq_ignore_ascii_case(part)))
}

fn quoted(word: &str) -> String {
    Value::String(word.to_string()).to_string()
}

/// Whether a cost line names `part`, "motors/23HS30-2804S".
pub fn pays_for(text: &str, part: &str) -> bool {
    let lines = Lines::of(text);
    lines.costs().iter().any(|range| names(&lines, range, part))
}

fn names(lines: &Lines, range: &Range<usize>, part: &str) -> bool {
    lines.get(range, "part").is_some_and(|named| named.trim_matches(['"', '\'']).eq_ignore_ascii_case(part))
}

/// Moves `share` of what is bought of `old`, and `extra` pieces, to `new`.
fn pay(text: &str, old: &str, new: &str, share: f64, extra: f64, place: &str, catalogue: &Catalogue) -> String {
    let mut lines = Lines::of(text);
    let pays = |lines: &Lines, part: &str| -> Vec<(Range<usize>, f64)> {
        let quantity = |range: &Range<usize>| lines.get(range, "quantity")?.parse::<f64>().ok();
        let ranges = lines.costs().into_iter().filter(|range| names(lines, range, part));
        ranges.filter_map(|range| Some((range.clone(), quantity(&range)?))).collect()
    };
    let bought = pays(&lines, old);
    let total: f64 = bought.iter().map(|(_, quantity)| quantity).sum();
    let mut moved = total * share;
    let sold = |part: &str| catalogue.entry(part).ok().and_then(|entry| entry.price).map(|price| price.unit().to_string());
    let own =
        bought.first().and_then(|(range, _)| lines.get(range, "unit")).map(|unit| unit.trim_matches(['"', '\'']).to_string());
    let Some(factor) = factor(own.or_else(|| sold(old)).as_deref(), sold(new).as_deref()).filter(|_| moved + extra > 0.0) else {
        return text.to_string();
    };
    // A line that pays for just that is changed; others lose what they pay for it.
    if let Some((range, _)) = bought.iter().find(|(_, quantity)| (quantity - moved).abs() < 1e-9) {
        let start = range.start;
        if factor != 1.0 {
            lines.set(range, "quantity", &number(moved * factor));
        }
        lines.set(range, "part", &quoted(new));
        for key in ["unit_usd", "basis", "source", "unit"] {
            lines.remove(&(start..lines.end(start)), key);
        }
        return lines.text();
    }
    let mut left = moved;
    for (range, quantity) in bought {
        let taken = left.min(quantity);
        left -= taken;
        if taken > 0.0 {
            lines.set(&range, "quantity", &number(quantity - taken));
        }
    }
    moved = (moved - left) * factor + extra;
    match pays(&lines, new).first() {
        Some(_) if extra > 0.0 => {}
        Some((range, quantity)) => lines.set(range, "quantity", &number(quantity + moved)),
        None => {
            let name = catalogue.entry(new).map_or(new, |entry| entry.name);
            let item = quoted(&format!("{name}, {place}"));
            lines.append(&format!("\n[[cost]]\nitem = {item}\nquantity = {}\npart = {}", number(moved), quoted(new)));
        }
    }
    lines.text()
}

fn number(value: f64) -> String {
    let rounded = (value * 1e4).round() / 1e4;
    if rounded == rounded.trunc() { format!("{rounded:.0}") } else { format!("{rounded}") }
}

/// What a quantity in the unit `old` is times, as one in `new`; none: they are not sold by the same measure, or the new one has no price.
fn factor(old: Option<&str>, new: Option<&str>) -> Option<f64> {
    match (old, new) {
        (_, None) => None,
        (None, Some(_)) => Some(1.0),
        (Some("ft"), Some("m")) => Some(0.3048),
        (Some("m"), Some("ft")) => Some(1.0 / 0.3048),
        (Some(old), Some(new)) => (old == new).then_some(1.0),
    }
}

/// Lines of a TOML text, changed in place.
struct Lines(Vec<String>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.lines().map(str::to_string).collect())
    }

    fn text(&self) -> String {
        let mut text = self.0.join("\n");
        text.push('\n');
        text
    }

    /// Header of a line: the path, and whether it is one of several.
    fn header(line: &str) -> Option<(&str, bool)> {
        let line = line.trim_start();
        let (inner, several) = match line.strip_prefix("[[") {
            Some(rest) => (rest.split_once("]]")?.0, true),
            None => (line.strip_prefix('[')?.split_once(']')?.0, false),
        };
        Some((inner.trim(), several))
    }

    fn end(&self, from: usize) -> usize {
        (from..self.0.len()).find(|k| Self::header(&self.0[*k]).is_some()).unwrap_or(self.0.len())
    }

    /// Lines of a table, without its header; an empty one at the end where there is none.
    fn section(&self, path: &str) -> Range<usize> {
        if path.is_empty() {
            return 0..self.end(0);
        }
        match self.0.iter().position(|line| Self::header(line) == Some((path, false))) {
            Some(k) => k + 1..self.end(k + 1),
            None => self.0.len()..self.0.len(),
        }
    }

    /// Lines of each `[[cost]]`.
    fn costs(&self) -> Vec<Range<usize>> {
        let starts = (0..self.0.len()).filter(|k| Self::header(&self.0[*k]) == Some(("cost", true)));
        starts.map(|k| k + 1..self.end(k + 1)).collect()
    }

    /// Number of the line that sets `key`.
    fn line(&self, range: &Range<usize>, key: &str) -> Option<usize> {
        range.clone().find(|k| {
            let found = self.0[*k].trim_start().split_once('=').map(|(name, _)| name.trim());
            found.is_some_and(|name| name.trim_matches(['"', '\'']) == key)
        })
    }

    fn get(&self, range: &Range<usize>, key: &str) -> Option<&str> {
        let line = &self.0[self.line(range, key)?];
        let (_, value) = line.split_once('=')?;
        let value = value.trim_start();
        Some(value[..value_end(value)].trim_end())
    }

    fn set(&mut self, range: &Range<usize>, key: &str, value: &str) {
        if let Some(k) = self.line(range, key) {
            let line = &self.0[k];
            let Some((name, rest)) = line.split_once('=') else { return };
            let spaces = rest.len() - rest.trim_start().len();
            let (old, after) = rest[spaces..].split_at(value_end(rest.trim_start()));
            // What is said beside a part is about that part.
            let other_part = value.starts_with('"') && old.trim_end() != value;
            let after = if other_part { "" } else { after };
            self.0[k] = format!("{name}={}{value}{after}", &rest[..spaces]);
            return;
        }
        // Behind the last line that says something.
        let at = range.clone().rev().find(|k| !self.0[*k].trim().is_empty()).map_or(range.start, |k| k + 1);
        let bare = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let key = if bare { key.to_string() } else { quoted(key) };
        self.0.insert(at, format!("{key} = {value}"));
    }

    fn remove(&mut self, range: &Range<usize>, key: &str) {
        if let Some(k) = self.line(range, key) {
            self.0.remove(k);
        }
    }

    fn append(&mut self, text: &str) {
        self.0.extend(text.lines().map(str::to_string));
    }
}

/// Where a value ends that begins a text: before a comment, a string's or table's end at the latest.
fn value_end(text: &str) -> usize {
    let (mut depth, mut quote, mut escaped) = (0i32, None, false);
    for (k, c) in text.char_indices() {
        match (quote, c) {
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(q), c) if c == q && !escaped => {
                quote = None;
                if depth == 0 {
                    return k + c.len_utf8();
                }
            }
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => {
                depth -= 1;
                if depth == 0 {
                    return k + 1;
                }
            }
            (None, '#') if depth == 0 => return text[..k].trim_end().len(),
            _ => {}
        }
        escaped = false;
    }
    text.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::super::{catalogue, load_changed};
    use super::*;
    use crate::scene::Changes;
    use std::path::Path;

    fn rack_table() -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/machines/rack_4x4.toml");
        std::fs::read_to_string(path).unwrap()
    }

    fn cost_usd(text: &str) -> f64 {
        let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/ceb_press_side.toml");
        let changes = Changes { machine_text: Some(text.to_string()), ..Changes::default() };
        load_changed(&scene, &changes).unwrap().machine.costs.iter().map(|line| line.total_usd()).sum()
    }

    fn price(part: &str) -> f64 {
        catalogue::built_in().unwrap().price(part).unwrap().1.unwrap().unit_usd().unwrap()
    }

    #[test]
    fn a_value_changes_and_comments_stay_but_for_one_on_a_part_that_is_gone() {
        let text = "title = \"a\" # t\n[axis.x]\nmotor = \"old\"   # ours\nmicrosteps = 8 # pins\n\n[grbl]\n\"$110\" = 7500.0 # mm/min\n";
        let text = set(text, "axis.x.motor", "\"new # 2\"").unwrap();
        let text = set(&text, "grbl.$110", "8000").unwrap();
        let text = set(&text, "axis.x.current_a_peak", "2.5").unwrap();
        assert_eq!(
            text,
            "title = \"a\" # t\n[axis.x]\nmotor = \"new # 2\"\nmicrosteps = 8 # pins\ncurrent_a_peak = 2.5\n\n[grbl]\n\"$110\" = 8000 # mm/min\n"
        );
        assert_eq!(get(&text, "axis.x.motor").as_deref(), Some("new # 2"));
        assert_eq!(get("a = { value = 3, low = 1 }\n", "a").as_deref(), Some("3"));
        assert!(set(&text, "title.x", "1").is_err() && set("a = [", "a", "1").is_err());
        // A table in one line is not found by its header, and the file is written anew.
        let text = set("axis = { x = { motor = \"old\" } }\n", "axis.x.motor", "\"new\"").unwrap();
        assert_eq!(get(&text, "axis.x.motor").as_deref(), Some("new"));
    }

    #[test]
    fn a_swapped_motor_costs_the_difference_of_two_prices() {
        let catalogue = catalogue::built_in().unwrap();
        let text = rack_table();
        // X shares a cost line with Z, Y's two motors have one of their own.
        for (axis, count) in [("x", 1.0), ("y", 2.0), ("z", 1.0)] {
            let old = get(&text, &format!("axis.{axis}.motor")).unwrap();
            let new = if old == "23HS22-2804S" { "23HS30-2804S" } else { "23HS22-2804S" };
            let swapped = swap_axis_part(&text, axis, "motor", "motors", new, catalogue).unwrap();
            let step = count * (price(&format!("motors/{new}")) - price(&format!("motors/{old}")));
            let off = cost_usd(&swapped) - cost_usd(&text) - step;
            assert!(off.abs() < 1e-6, "{axis}: {off} beside {step}");
            assert_eq!(get(&swapped, &format!("axis.{axis}.motor")).as_deref(), Some(new));
            assert!(swapped.contains("# Bill of materials"), "comments stay");
            let back = swap_axis_part(&swapped, axis, "motor", "motors", &old, catalogue).unwrap();
            assert!((cost_usd(&back) - cost_usd(&text)).abs() < 1e-6, "{axis}: and back");
        }
    }

    #[test]
    fn a_supply_that_others_still_need_is_kept() {
        let catalogue = catalogue::built_in().unwrap();
        let text = rack_table();
        let swapped = swap_axis_part(&text, "z", "supply", "supplies", "generic-24-15", catalogue).unwrap();
        assert!((cost_usd(&swapped) - cost_usd(&text) - price("supplies/generic-24-15")).abs() < 1e-6);
        // One of that kind is in the bill already, for valves and logic: it feeds Z too.
        let shared = swap_axis_part(&text, "z", "supply", "supplies", "generic-24-5", catalogue).unwrap();
        assert_eq!(cost_usd(&shared), cost_usd(&text));
    }

    #[test]
    fn lengths_are_paid_for_by_the_measure_that_they_are_sold_by() {
        assert_eq!(factor(Some("ft"), Some("m")), Some(0.3048));
        assert_eq!((factor(Some("set"), Some("m")), factor(Some("m"), None)), (None, None));
        let text = rack_table();
        assert!(pays_for(&text, "supplies/lrs-350-48") && !pays_for(&text, "supplies/S-360-36"));
    }

    #[test]
    fn a_beam_is_paid_for_by_its_length() {
        let catalogue = catalogue::built_in().unwrap();
        let text = rack_table();
        let swapped = swap_part(&text, "gantry.beam", "sections", "rhs-3x2x0120in", catalogue).unwrap();
        assert_eq!(get(&swapped, "gantry.beam").as_deref(), Some("rhs-3x2x0120in"));
        assert!(cost_usd(&swapped) != cost_usd(&text));
    }
}
