//! What the machine costs, by group and line by line.
//!
//! In: scene and verdict. Out: HTML. Uses the scene's model.

use std::fmt::Write;

use crate::scene::model::{Bound, CostLine, Scene};

use super::super::figures::{dollars, fixed, percent};
use super::super::svg;

/// Groups of parts: name, and words that put a line into it. The first group with a fitting word takes the line.
const GROUPS: [(&str, &[&str]); 7] = [
    ("torch and gas", &["torch", "gas", "flashback", "hose", "regulator", "nozzle", "valve"]),
    ("motors and drivers", &["motor", "23hs", "17hs", "34hs", "nema", "driver", "dm5", "tb66", "tmc", "servo"]),
    (
        "supply, controller, wiring",
        &[
            "supply",
            "mean well",
            "lrs-",
            "arduino",
            "controller",
            "shield",
            "grbl",
            "wire",
            "sensor",
            "switch",
            "chain",
            "enclosure",
            "fuse",
            "e-stop",
            "relay",
            "board",
        ],
    ),
    ("drive: rack, belt, screw", &["rack", "pinion", "belt", "pulley", "screw", "nut", "reduction", "gear", "coupling"]),
    ("guides", &["guide", "hgr", "mgn", "bearing", "linear", "wheel", "slide", "v-wheel", "rails 1", "trolley", "block"]),
    (
        "steel: frame, beam, slats",
        &["tube", "slat", "beam", "plate", "angle", "frame", "steel", "profile", "extrusion", "bracket"],
    ),
    ("everything else", &[""]),
];

/// The group of a line, by the words of its item.
fn group(item: &str) -> usize {
    let item = item.to_lowercase();
    let fits = |(_, words): &(&str, &[&str])| words.iter().any(|word| item.contains(word));
    GROUPS.iter().position(fits).unwrap_or(GROUPS.len() - 1)
}

/// The section's body.
pub fn money(scene: &Scene) -> String {
    let costs = &scene.machine.costs;
    if costs.is_empty() {
        return "<p>The machine file has no prices.</p>".into();
    }
    let total: f64 = costs.iter().map(CostLine::total_usd).sum();
    let budget = scene.expect.bounds.iter().filter(|(name, _)| name == "cost_usd").find_map(|(_, bound)| match bound {
        Bound::Max(most) => Some(*most),
        _ => None,
    });
    format!("<figure>{}{}</figure>{}", against_budget(costs, total, budget), key(costs, total), table(costs, total, budget))
}

/// The bar: shares by group, the budget marked on it.
fn against_budget(costs: &[CostLine], total: f64, budget: Option<f64>) -> String {
    let full = budget.unwrap_or(total).max(total).max(1e-9);
    let mut out = String::from("<div class=\"stack-bar\" role=\"img\" aria-label=\"cost by group\">");
    for (n, share_usd) in sums(costs).into_iter().enumerate().filter(|(_, usd)| *usd > 0.0) {
        let words = format!("{}: {} ({})", GROUPS[n].0, dollars(share_usd), percent(share_usd / total));
        let width = share_usd / full * 100.0;
        let inside = if width > 7.0 { percent(share_usd / total) } else { String::new() };
        let _ = write!(out, "<i class=\"g{n}\" style=\"width:{width:.2}%\" title=\"{words}\">{inside}</i>");
    }
    if let Some(budget) = budget {
        let place = (budget / full * 100.0).clamp(0.0, 100.0);
        let _ = write!(out, "<span class=\"budget\" style=\"left:{place:.2}%\">budget {}</span>", dollars(budget));
    }
    out.push_str("</div>");
    out
}

/// Sum of each group, USD.
fn sums(costs: &[CostLine]) -> [f64; GROUPS.len()] {
    let mut sums = [0.0; GROUPS.len()];
    costs.iter().for_each(|line| sums[group(&line.item)] += line.total_usd());
    sums
}

fn key(costs: &[CostLine], total: f64) -> String {
    let entries = sums(costs).into_iter().enumerate().filter(|(_, usd)| *usd > 0.0);
    let entry = |(n, usd): (usize, f64)| {
        format!("<li><i class=\"sw g{n}\"></i>{} <b>{}</b> {}</li>", GROUPS[n].0, dollars(usd), percent(usd / total))
    };
    format!("<ul class=\"legend\">{}</ul>", entries.map(entry).collect::<String>())
}

fn table(costs: &[CostLine], total: f64, budget: Option<f64>) -> String {
    let most = costs.iter().map(CostLine::total_usd).fold(1e-9, f64::max);
    let mut rows = String::new();
    for line in costs {
        let _ = write!(
            rows,
            "<tr><td><i class=\"sw g{}\"></i>{}</td><td class=\"dim\" data-label=\"price\">{}</td><td class=\"n\" data-label=\"how many\">{} {}</td>\
             <td class=\"n\" data-label=\"each\">{}</td><td class=\"n\" data-label=\"together\"><b>{}</b><i class=\"mini\" style=\"width:{:.1}%\"></i></td></tr>",
            group(&line.item),
            svg::escape(&line.item),
            svg::escape(&basis(line)),
            svg::escape(&trim(line.quantity)),
            svg::escape(&unit_words(line)),
            dollars(line.unit_usd),
            dollars(line.total_usd()),
            line.total_usd() / most * 100.0
        );
    }
    let published: f64 = costs.iter().filter(|line| line.basis == "published").map(CostLine::total_usd).sum();
    let against = match budget {
        Some(budget) if total > budget + 1e-9 => {
            format!("<b class=\"bad\">{} over the budget of {}</b>", dollars(total - budget), dollars(budget))
        }
        Some(budget) => format!("{} under the budget of {}", dollars(budget - total), dollars(budget)),
        None => "the scene sets no budget".into(),
    };
    format!(
        "<table class=\"stack bill\"><thead><tr><th>what</th><th>price from</th><th class=\"n\">how many</th><th class=\"n\">each</th><th class=\"n\">together</th></tr></thead>\
         <tbody>{rows}</tbody><tfoot><tr><td>Total<span class=\"sub\">{against}; {} of it at published prices, the rest estimated</span></td>\
         <td></td><td></td><td></td><td class=\"n\"><b>{}</b></td></tr></tfoot></table>",
        percent(published / total.max(1e-9)),
        dollars(total)
    )
}

/// "published · shop page, 2026-09".
fn basis(line: &CostLine) -> String {
    [line.basis.as_str(), line.source.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The unit, in the plural where there are several whole things.
fn unit_words(line: &CostLine) -> String {
    match line.unit.as_str() {
        "piece" | "set" if line.quantity != 1.0 => format!("{}s", line.unit),
        unit => unit.to_string(),
    }
}

/// A quantity without needless zeros.
fn trim(quantity: f64) -> String {
    let text = fixed(quantity, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn lines_fall_into_sensible_groups() {
        let of = |item| GROUPS[group(item)].0;
        assert_eq!(of("Rect. tube 4x2x0.120 in gantry beam"), "steel: frame, beam, slats");
        assert_eq!(of("3:1 belt reductions"), "drive: rack, belt, screw");
        assert_eq!(of("23HS30-2804S, X Y1 Y2"), "motors and drivers");
        assert_eq!(of("HGR20-class rails 1.5 m, 2, with 4 blocks (Y)"), "guides");
        assert_eq!(of("Import machine torch with tip"), "torch and gas");
        assert_eq!(of("Drag chain"), "supply, controller, wiring");
        assert_eq!(of("Paint"), "everything else");
    }

    #[test]
    fn shares_add_up() {
        let (scene, _) = sample::good();
        let total: f64 = scene.machine.costs.iter().map(CostLine::total_usd).sum();
        assert!((sums(&scene.machine.costs).iter().sum::<f64>() - total).abs() < 1e-9);
        assert_eq!((trim(46.0), trim(5.5)), ("46".to_string(), "5.5".to_string()));
    }
}
