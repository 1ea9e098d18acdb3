//! Which parts of a kind, in which order: `--filter` and `--sort`.
//!
//! In: words of the command line, sheets. Out: the sheets that fit, in order; messages that name the nearest field. May use:
//! `diag`, `scene`.

use std::cmp::Ordering;

use crate::diag::Diagnostic;
use crate::scene::check::nearest;

use super::sheet::{Sheet, Value};

/// Comparisons; longer ones first, so that "<=" is not read as "<".
const COMPARISONS: [&str; 6] = ["<=", ">=", "!=", "<", ">", "="];

/// One condition.
#[derive(Clone, Debug, PartialEq)]
enum Condition {
    /// Any of its words holds this, whatever the case.
    Holds(String),
    /// A field compares with a number.
    Number(String, &'static str, f64),
    /// A field is, or is not, these words.
    Words(String, bool, String),
}

/// The sheets that fit all of `filters`, sorted by `sort` ("-price": highest first).
///
/// # Errors
/// A message for a filter or a field that makes no sense.
pub fn select<'s, 'c>(sheets: &'s [Sheet<'c>], filters: &[String], sort: Option<&str>) -> Result<Vec<&'s Sheet<'c>>, Diagnostic> {
    let fields = all_fields(sheets);
    let conditions = filters.iter().map(|text| condition(text, &fields)).collect::<Result<Vec<_>, _>>()?;
    let mut chosen: Vec<&Sheet<'c>> =
        sheets.iter().filter(|sheet| conditions.iter().all(|condition| fits(sheet, condition))).collect();
    if let Some(text) = sort {
        let (descending, wanted) = text.strip_prefix('-').map_or((false, text), |wanted| (true, wanted));
        let field = field(wanted, &fields)?;
        chosen.sort_by(|a, b| order(a.value(&field), b.value(&field), descending));
    }
    Ok(chosen)
}

/// Every field that any of the sheets has.
fn all_fields(sheets: &[Sheet<'_>]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for field in sheets.iter().flat_map(Sheet::fields) {
        if !all.contains(&field) {
            all.push(field);
        }
    }
    all
}

/// What a filter says.
fn condition(text: &str, fields: &[String]) -> Result<Condition, Diagnostic> {
    let first = text.find(['<', '>', '=', '!']);
    let split = first.and_then(|at| COMPARISONS.iter().find(|c| text[at..].starts_with(**c)).map(|c| (at, *c)));
    let Some((at, comparison)) = split else {
        return Ok(Condition::Holds(text.trim().to_lowercase()));
    };
    let (wanted, value) = (text[..at].trim(), text[at + comparison.len()..].trim());
    let wrong = |found: String| {
        let hint = "write a field, a comparison and a number, such as --filter \"price<40\", or words alone, --filter Sanyo";
        Diagnostic::error("C003", found).hint(hint)
    };
    if wanted.is_empty() || value.is_empty() {
        return Err(wrong(format!("--filter \"{text}\" compares nothing")));
    }
    let field = field(wanted, fields)?;
    // "2,5" is what much of the world writes.
    match value.trim_start_matches('$').replace(',', ".").parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Condition::Number(field, comparison, number)),
        _ if comparison == "=" || comparison == "!=" => Ok(Condition::Words(field, comparison == "=", value.to_lowercase())),
        _ => Err(wrong(format!("--filter \"{text}\": {value} is no number"))),
    }
}

/// The field that `wanted` means: its name, or its name with words left out where only one field fits ("holding_nm",
/// "holding").
///
/// # Errors
/// C004 with the nearest field, or with those that fit.
pub fn field(wanted: &str, fields: &[String]) -> Result<String, Diagnostic> {
    let asked = wanted.to_lowercase().replace(['-', ' '], "_");
    if let Some(field) = fields.iter().find(|field| **field == asked) {
        return Ok(field.clone());
    }
    if asked == "price_usd" || asked == "usd" {
        return Ok("price".into());
    }
    // Fields of a part itself come before those of its charts and curves.
    for nested in [false, true] {
        let fitting: Vec<&String> =
            fields.iter().filter(|field| field.contains('.') == nested && leaves_out(&asked, field)).collect();
        match fitting[..] {
            [] => {}
            [one] => return Ok(one.clone()),
            _ => {
                let listed = fitting.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", ");
                let found = format!("`{wanted}` may be several fields");
                return Err(Diagnostic::error("C004", found).expected(format!("one of {listed}")));
            }
        }
    }
    // Those of charts and curves can be had, but would only hide the others here.
    let own: Vec<&str> = fields.iter().map(String::as_str).filter(|field| !field.contains('.')).collect();
    let hint = match nearest(&asked, fields.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "words of a name may be left out: `holding` is holding_torque_nm".to_string(),
    };
    Err(Diagnostic::error("C004", format!("no part here has a field `{wanted}`"))
        .expected(format!("one of {}", own.join(", ")))
        .hint(hint))
}

/// Whether `asked` is `field` with some of its words left out.
fn leaves_out(asked: &str, field: &str) -> bool {
    let mut words = field.split(['_', '.']);
    asked.split(['_', '.']).all(|wanted| words.any(|word| word == wanted))
}

fn fits(sheet: &Sheet<'_>, condition: &Condition) -> bool {
    match condition {
        Condition::Holds(words) => sheet.fields().iter().any(|field| match sheet.value(field) {
            Some(Value::Words(said)) => said.to_lowercase().contains(words),
            _ => false,
        }),
        Condition::Words(field, wanted, words) => match sheet.value(field) {
            Some(Value::Words(said)) => (said.to_lowercase() == *words) == *wanted,
            _ => false,
        },
        Condition::Number(field, comparison, number) => match sheet.value(field) {
            Some(Value::Numbers(values, _)) => values.iter().any(|value| compares(*value, comparison, *number)),
            Some(Value::Words(said)) => said.parse().is_ok_and(|value: f64| compares(value, comparison, *number)),
            None => false,
        },
    }
}

fn compares(value: f64, comparison: &str, number: f64) -> bool {
    match comparison {
        "<=" => value <= number,
        ">=" => value >= number,
        "!=" => value != number,
        "<" => value < number,
        ">" => value > number,
        _ => value == number,
    }
}

/// Parts without the field come last, whichever way the others go.
fn order(a: Option<Value>, b: Option<Value>, descending: bool) -> Ordering {
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(Value::Numbers(a, _)), Some(Value::Numbers(b, _))) => {
            let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
            turned(least(&a).total_cmp(&least(&b)))
        }
        (Some(Value::Words(a)), Some(Value::Words(b))) => turned(a.to_lowercase().cmp(&b.to_lowercase())),
        (Some(Value::Numbers(..)), _) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::catalogue;

    fn sheets(kind: &str) -> Vec<Sheet<'static>> {
        let catalogue = catalogue::built_in().unwrap_or_else(|findings| panic!("{findings:?}"));
        catalogue.entries().into_iter().filter(|entry| entry.kind == kind).map(Sheet::new).collect()
    }

    fn ids(kind: &str, filters: &[&str], sort: Option<&str>) -> Vec<String> {
        let filters: Vec<String> = filters.iter().map(|f| (*f).to_string()).collect();
        let sheets = sheets(kind);
        let chosen = select(&sheets, &filters, sort).unwrap_or_else(|finding| panic!("{finding}"));
        chosen.iter().map(|sheet| sheet.entry.id.to_string()).collect()
    }

    fn refused(kind: &str, filter: &str) -> String {
        select(&sheets(kind), &[filter.to_string()], None).err().map_or_else(String::new, |finding| finding.to_string())
    }

    #[test]
    fn figures_filter_and_sort() {
        // Reference, section 3.1: three closed-loop drivers' worth of price lines; 4.1: cords of belts.
        assert_eq!(ids("drivers", &["bus_max>=80"], Some("bus_max")), ["G201", "CL86T", "DM860T"]);
        assert_eq!(ids("supplies", &["volts=48", "price<40"], Some("price")), ["SO-48-350", "LRS-350-48"]);
        assert_eq!(ids("belts", &["cord=glass", "price<=1,95"], None), ["gt2-10", "gt2-6"]);
        assert_eq!(ids("screws", &["TR8"], Some("-lead")), ["TR8x8", "TR8x2"]);
    }

    #[test]
    fn a_field_may_be_shortened_while_only_one_fits() {
        let fields = all_fields(&sheets("motors"));
        for (asked, meant) in [
            ("holding_nm", "holding_torque_nm"),
            ("Holding", "holding_torque_nm"),
            ("current", "rated_current_a"),
            ("price_usd", "price"),
            ("rotor inertia", "rotor_inertia_g_cm2"),
        ] {
            assert_eq!(field(asked, &fields).ok().as_deref(), Some(meant), "{asked}");
        }
        let several = field("torque_nm", &fields).err().map(|f| f.to_string()).unwrap_or_default();
        assert_eq!(
            several,
            "error[C004]: `torque_nm` may be several fields; expected one of holding_torque_nm, detent_torque_nm"
        );
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        assert!(refused("motors", "holdign_torque_nm>1").ends_with("hint: did you mean `holding_torque_nm`?"));
        assert!(refused("motors", "price<cheap").starts_with("error[C003]: --filter \"price<cheap\": cheap is no number"));
        assert!(refused("motors", "<4").starts_with("error[C003]: --filter \"<4\" compares nothing"));
    }

    #[test]
    fn parts_without_a_price_come_last() {
        for sort in ["price", "-price"] {
            let sheets = sheets("motors");
            let chosen = select(&sheets, &[], Some(sort)).unwrap_or_else(|finding| panic!("{finding}"));
            let priced = chosen.iter().take_while(|sheet| sheet.value("price").is_some()).count();
            assert!(priced > 5 && chosen.iter().skip(priced).all(|sheet| sheet.value("price").is_none()));
        }
    }
}
