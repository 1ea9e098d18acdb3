//! What the rows of all candidates say: the cheapest that passes, why the next cheaper one does not, and what limits.
//!
//! In: rows. Out: [`Answer`]; text, JSON, page, shopping list. May use: `scene`'s bill, `report`'s words and page.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::pareto;
use super::search::{Row, Stage};
use super::vary::Space;
use crate::diag::Diagnostic;
use crate::report::figures::{dollars, duration, fixed, millimetres, percent};
use crate::report::html::plain_page;
use crate::report::json::{number, object};
use crate::report::svg::escape;
use crate::scene::bill;
use crate::scene::model::Scene;

/// The answer.
pub struct Answer<'a> {
    /// The candidates.
    pub space: &'a Space,
    /// Title of the scene.
    pub title: String,
    /// What may be spent, USD.
    pub budget_usd: f64,
    /// Bound on the deviation, mm, where the scene has one.
    pub bound_mm: Option<f64>,
    /// All rows, by price.
    pub rows: Vec<Row>,
}

/// Rows told around the answer.
const TOLD: usize = 14;
/// A machine that passes with less than this share of its bound to spare passes by a hair.
const HAIR: f64 = 0.05;

impl<'a> Answer<'a> {
    /// The answer that follows from `rows`.
    pub fn of(space: &'a Space, scene: &Scene, budget_usd: f64, mut rows: Vec<Row>) -> Self {
        rows.sort_by(|a, b| a.cost_usd[1].total_cmp(&b.cost_usd[1]).then(a.number.cmp(&b.number)));
        let bound_mm = scene.expect.bounds.iter().find_map(|(figure, bound)| match bound {
            crate::scene::model::Bound::Max(most) if figure == "contour_error_max_mm" => Some(*most),
            _ => None,
        });
        Self { space, title: scene.title.clone(), budget_usd, bound_mm, rows }
    }

    /// The cheapest that passes.
    pub fn winner(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.stage == Stage::Passes)
    }

    /// The dearest of those that are cheaper than the winner; without a winner the one that came nearest: furthest, then by deviation.
    pub fn next(&self) -> Option<&Row> {
        let tried = |row: &&Row| !matches!(row.stage, Stage::OverBudget | Stage::Broken | Stage::Passes | Stage::Survives);
        match self.winner() {
            Some(winner) => self.rows.iter().filter(tried).rfind(|row| row.cost_usd[1] <= winner.cost_usd[1]),
            None => {
                let off = |row: &Row| if row.deviation_mm.is_finite() { row.deviation_mm } else { f64::INFINITY };
                self.rows.iter().filter(tried).max_by(|a, b| a.stage.cmp(&b.stage).then(off(b).total_cmp(&off(a))))
            }
        }
    }

    fn count(&self, stage: Stage) -> usize {
        self.rows.iter().filter(|row| row.stage == stage).count()
    }

    /// What limits, in words.
    pub fn limits(&self) -> String {
        let refused: Vec<&Row> =
            self.rows.iter().filter(|row| matches!(row.stage, Stage::Margins | Stage::Window | Stage::Fails)).collect();
        if refused.is_empty() {
            return String::new();
        }
        let would = refused.iter().filter(|row| row.torque_would_do()).count();
        let shaken = refused.iter().filter(|row| row.torque_would_do() && row.falls_out()).count();
        let shaken = match shaken {
            0 => String::new(),
            _ => format!(" {shaken} of these fall out of step all the same: vibration comes on top of what the move asks for."),
        };
        if would == refused.len() && shaken.is_empty() {
            let left = self.winner().map_or(String::new(), |row| {
                format!(" The cheapest that passes has {} of its torque to spare.", percent(row.torque_margin))
            });
            format!("Torque is not what limits: all {would} refused machines would pass a sizing by torque alone.{left}")
        } else {
            let lack = match refused.len() - would {
                0 => String::new(),
                lack => format!(", {lack} lack torque"),
            };
            format!("Of {} refused machines, {would} would pass a sizing by torque alone{lack}.{shaken}", refused.len())
        }
    }

    /// The answer in one sentence.
    pub fn verdict(&self) -> String {
        let budget = dollars(self.budget_usd);
        match self.winner() {
            Some(row) => format!(
                "The cheapest that passes costs {} of {budget}: {}.",
                dollars(row.cost_usd[1]),
                self.space.names(row.number).join(", ")
            ),
            None => {
                let cost = |row: &&Row| row.cost_usd[1].is_finite() && row.cost_usd[1] > self.budget_usd;
                let dearer = self.rows.iter().find(cost).map_or(String::new(), |row| {
                    format!(" The next that costs more costs {}: --budget-usd tries it.", dollars(row.cost_usd[1]))
                });
                format!("None of {} machines passes for {budget}.{dearer}", self.rows.len())
            }
        }
    }

    /// Why the next cheaper one fails, in one sentence.
    pub fn why_not_cheaper(&self) -> String {
        let Some(row) = self.next() else {
            return if self.winner().is_some() { "There is no cheaper one among the candidates.".into() } else { String::new() };
        };
        let which = if self.winner().is_some() { "The next cheaper one" } else { "The one that comes nearest" };
        format!("{which} ({}, {}) fails: {}", self.space.names(row.number).join(", "), dollars(row.cost_usd[1]), row.reason)
    }

    /// Where the cheapest passes by a hair: by how much, and what a machine with more to spare would cost.
    pub fn by_a_hair(&self) -> String {
        let (Some(winner), Some(bound_mm)) = (self.winner(), self.bound_mm) else { return String::new() };
        if winner.deviation_mm < (1.0 - HAIR) * bound_mm {
            return String::new();
        }
        let ample = |row: &&Row| row.stage == Stage::Survives && row.deviation_mm < (1.0 - HAIR) * bound_mm;
        let safer = self.rows.iter().find(ample).map_or(String::new(), |row| {
            format!(
                " With more to spare, as far as the hardest windows tell: {} for {}, {} off.",
                self.space.names(row.number).join(", "),
                dollars(row.cost_usd[1]),
                millimetres(row.deviation_mm)
            )
        });
        format!(
            "It passes by {}, which is less than what is guessed of it: `torchtwin run --samples` says how sure it is.{safer}",
            millimetres(bound_mm - winner.deviation_mm)
        )
    }

    /// Rows worth telling: up to the winner the dearest of the cheaper ones, and a few behind it.
    fn told(&self) -> Vec<&Row> {
        let within: Vec<&Row> = self.rows.iter().filter(|row| row.stage != Stage::OverBudget).collect();
        let at = within.iter().position(|row| row.stage == Stage::Passes).unwrap_or(within.len().saturating_sub(1));
        let first = (at + 4).saturating_sub(TOLD);
        within.into_iter().skip(first).take(TOLD).collect()
    }

    /// For the terminal.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n\n{}\n", self.title, self.verdict());
        for words in [self.by_a_hair(), self.why_not_cheaper(), self.limits()] {
            if !words.is_empty() {
                let _ = writeln!(out, "{words}");
            }
        }
        let stages =
            [Stage::OverBudget, Stage::Margins, Stage::Window, Stage::Fails, Stage::Survives, Stage::Passes, Stage::Broken];
        let counts: Vec<String> = stages
            .into_iter()
            .filter(|stage| self.count(*stage) > 0)
            .map(|stage| format!("{} {}", self.count(stage), stage.words()))
            .collect();
        let _ = writeln!(out, "\n{} candidates: {}", self.rows.len(), counts.join(", "));
        if self.told().is_empty() {
            return out;
        }
        out.push('\n');
        let _ = writeln!(out, "{:>10}{:>9}{:>12}{:>14}  {:<23}parts", "cost", "torque", "deviation", "job", "");
        for row in self.told() {
            let show = |value: f64, words: String| if value.is_finite() { words } else { "–".into() };
            let _ = writeln!(
                out,
                "{:>10}{:>9}{:>12}{:>14}  {:<23}{}",
                dollars(row.cost_usd[1]),
                show(row.torque_margin, percent(row.torque_margin)),
                show(self.deviation(row), millimetres(self.deviation(row))),
                show(row.cycle_time_s, duration(row.cycle_time_s)),
                row.stage.words(),
                self.space.names(row.number).join(", ")
            );
        }
        out
    }

    /// The deviation as far as it is known: of the job, of its windows, or of geometry alone.
    fn deviation(&self, row: &Row) -> f64 {
        if row.deviation_mm.is_finite() { row.deviation_mm } else { row.geometry_mm }
    }

    /// As JSON; the same bytes for the same rows. Machines over the budget are counted and not listed.
    pub fn json(&self, about: &std::collections::BTreeMap<String, String>) -> Value {
        let one = |row: &Row| {
            object([
                ("candidate", Value::from(row.number)),
                ("choices", Value::Array(self.space.names(row.number).into_iter().map(Value::from).collect())),
                ("stage", Value::from(row.stage.words())),
                ("parts_usd", number(row.cost_usd[0])),
                ("total_usd", number(row.cost_usd[1])),
                ("torque_margin", number(row.torque_margin)),
                ("geometry_mm", number(row.geometry_mm)),
                ("deviation_mm", number(row.deviation_mm)),
                ("cycle_time_s", number(row.cycle_time_s)),
                ("reason", Value::from(row.reason.as_str())),
            ])
        };
        let what: Vec<Value> = self.space.sizing.vary.iter().map(|vary| Value::from(vary.what.as_str())).collect();
        object([
            ("about", object(about.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str()))))),
            ("budget_usd", number(self.budget_usd)),
            ("candidates", Value::from(self.rows.len())),
            ("over_budget", Value::from(self.count(Stage::OverBudget))),
            ("varies", Value::Array(what)),
            ("verdict", Value::from(self.verdict())),
            ("by_a_hair", Value::from(self.by_a_hair())),
            ("why_not_cheaper", Value::from(self.why_not_cheaper())),
            ("limits", Value::from(self.limits())),
            ("winner", self.winner().map_or(Value::Null, one)),
            ("next_cheaper", self.next().map_or(Value::Null, one)),
            ("tried", Value::Array(self.rows.iter().filter(|row| row.stage != Stage::OverBudget).map(one).collect())),
        ])
    }

    /// As a page without network.
    pub fn page(&self) -> String {
        let (class, word) = if self.winner().is_some() { ("good", "PASS") } else { ("bad", "NONE") };
        let mut body = format!(
            "<header class=\"{class}\"><p class=\"brand\">torchtwin <span>sizing</span></p><h1>{}</h1><div class=\"verdict\"><strong>{word}</strong>\
             <div><p class=\"short\">{}</p><p>{}</p><p>{}</p><p>{}</p></div></div></header>\n<main>\n<section><h2>Cost against deviation</h2><div class=\"scroller\">{}</div></section>\n",
            escape(&self.title),
            escape(&self.verdict()),
            escape(&self.by_a_hair()),
            escape(&self.why_not_cheaper()),
            escape(&self.limits()),
            pareto::body(self)
        );
        body.push_str("<section><h2>Machines</h2><table><tbody>");
        for row in self.told() {
            let show = |value: f64, words: String| if value.is_finite() { words } else { "–".into() };
            let why =
                if row.reason.is_empty() { String::new() } else { format!("<span class=\"sub\">{}</span>", escape(&row.reason)) };
            let class = if row.stage == Stage::Passes { " class=\"good\"" } else { "" };
            let _ = write!(
                body,
                "<tr><td class=\"n\">{}</td><td><b{class}>{}</b>, {} off, {} of torque left<span class=\"sub\">{}</span>{why}</td></tr>",
                dollars(row.cost_usd[1]),
                row.stage.words(),
                show(self.deviation(row), millimetres(self.deviation(row))),
                show(row.torque_margin, percent(row.torque_margin)),
                escape(&self.space.names(row.number).join(", "))
            );
        }
        body.push_str("</tbody></table></section>\n</main>\n");
        plain_page(&format!("{word} · {}", self.title), &body)
    }
}

/// The shopping list of a machine file's text as CSV, with shipping, tax and total behind it.
///
/// # Errors
/// Everything wrong with the machine.
pub fn bill_csv(space: &Space, machine_file: &Path, text: &str, catalogue: Option<&Path>) -> Result<String, Vec<Diagnostic>> {
    let (bill, _) = bill::load_text(machine_file, text, catalogue)?;
    let mut out = String::from("item,part,quantity,unit,price,currency,unit_usd,total_usd,basis,date,source\n");
    let quoted = |text: &str| {
        if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
    };
    let mut parts = 0.0;
    for line in &bill.lines {
        let cost = &line.cost;
        parts += cost.total_usd();
        let cells = [
            cost.item.clone(),
            line.part.clone().unwrap_or_default(),
            cost.quantity.to_string(),
            cost.unit.clone(),
            fixed(line.given, 2),
            line.currency.to_string(),
            fixed(cost.unit_usd, 2),
            fixed(cost.total_usd(), 2),
            cost.basis.clone(),
            line.date.clone().unwrap_or_default(),
            cost.source.clone(),
        ];
        let _ = writeln!(out, "{}", cells.map(|cell| quoted(&cell)).join(","));
    }
    let sizing = &space.sizing;
    let shipping = parts * sizing.shipping_percent / 100.0;
    let tax = (parts + shipping) * sizing.tax_percent / 100.0;
    let shares = [
        ("shipping", shipping, sizing.shipping_percent, "of the parts"),
        ("tax", tax, sizing.tax_percent, "of parts and shipping"),
    ];
    for (item, usd, share, of) in shares {
        let _ = writeln!(out, "{item},,1,,,USD,{0},{0},stated,,{share} % {of}", fixed(usd, 2));
    }
    let _ = writeln!(out, "total,,,,,USD,,{},,,", fixed(parts + shipping + tax, 2));
    Ok(out)
}
