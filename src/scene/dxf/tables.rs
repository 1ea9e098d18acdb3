//! What a drawing says ahead of its entities: its unit, its layers, its broken lines and its blocks.

use std::collections::{HashMap, HashSet};

use super::Point;
use super::fault;
use super::groups::{Group, Item, items, section};
use crate::diag::Diagnostic;

/// What names of broken lines have in them, whether or not the file says how they are drawn.
const BROKEN: [&str; 9] = ["CENTER", "CENTRE", "DASH", "HIDDEN", "PHANTOM", "DOT", "DIVIDE", "BORDER", "ACAD_ISO"];

/// What becomes of the entities on a layer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layer {
    /// They are not seen.
    pub off: bool,
    /// They are not seen, nor what a block inserted there holds.
    pub frozen: bool,
    /// Their lines are broken unless they say otherwise.
    pub broken: bool,
}

/// A block, to be inserted.
pub(super) struct Block<'g, 't> {
    /// The point that comes to where it is inserted.
    pub base: Point,
    /// It stands in another file.
    pub elsewhere: bool,
    /// Its entities.
    pub items: Vec<Item<'g, 't>>,
}

/// All of it, by names in capitals.
pub(super) struct Tables<'g, 't> {
    /// Millimetres in the drawing's unit; none where it names none.
    pub unit_mm: Option<f64>,
    layers: HashMap<String, Layer>,
    broken: HashSet<String>,
    blocks: HashMap<String, Block<'g, 't>>,
}

impl<'g, 't> Tables<'g, 't> {
    /// Reads the sections ahead of the entities.
    pub(super) fn read(groups: &'g [Group<'t>]) -> Result<Self, Diagnostic> {
        let tables = items(section(groups, "TABLES"));
        let named = |kind: &'static str| {
            tables.iter().filter(move |item| item.kind == kind).filter_map(|item| Some((item.text(2)?.to_uppercase(), item)))
        };
        let mut broken = HashSet::new();
        for (name, item) in named("LTYPE") {
            if item.or(73, 0.0)? > 0.0 {
                broken.insert(name);
            }
        }
        let mut out = Self { unit_mm: unit_mm(groups)?, layers: HashMap::new(), broken, blocks: HashMap::new() };
        for (name, item) in named("LAYER") {
            let broken = item.text(6).is_some_and(|line| out.is_broken(line));
            let layer = Layer { off: item.or(62, 7.0)? < 0.0, frozen: item.flags()? & 1 == 1, broken };
            out.layers.insert(name, layer);
        }
        let blocks = items(section(groups, "BLOCKS"));
        for block in blocks.split(|item| item.kind == "ENDBLK") {
            let Some((head, rest)) = block.split_first().filter(|(head, _)| head.kind == "BLOCK") else { continue };
            let Some(name) = head.text(2) else { continue };
            let base = [head.or(10, 0.0)?, head.or(20, 0.0)?];
            let elsewhere = head.flags()? & (4 | 8) != 0;
            out.blocks.insert(name.to_uppercase(), Block { base, elsewhere, items: rest.to_vec() });
        }
        Ok(out)
    }

    /// The layer of a name; one that is not listed is seen.
    pub(super) fn layer(&self, name: &str) -> Layer {
        self.layers.get(&name.to_uppercase()).copied().unwrap_or_default()
    }

    /// Whether lines of a type have gaps.
    pub(super) fn is_broken(&self, line_type: &str) -> bool {
        let name = line_type.to_uppercase();
        self.broken.contains(&name) || BROKEN.iter().any(|word| name.contains(word))
    }

    /// The block of a name.
    pub(super) fn block(&self, name: &str) -> Option<&Block<'g, 't>> {
        self.blocks.get(&name.to_uppercase())
    }
}

/// Millimetres in the drawing's unit.
fn unit_mm(groups: &[Group<'_>]) -> Result<Option<f64>, Diagnostic> {
    let header = section(groups, "HEADER");
    let at = header.iter().position(|group| group.code == 9 && group.text == "$INSUNITS");
    let Some(unit) = at.and_then(|at| header.get(at + 1)) else { return Ok(None) };
    Ok(Some(match unit.text {
        "0" => return Ok(None),
        "1" => 25.4,
        "2" => 304.8,
        "4" => 1.0,
        "5" => 10.0,
        "6" => 1000.0,
        "8" => 25.4e-6,
        "9" => 25.4e-3,
        "10" => 914.4,
        "13" => 1e-3,
        "14" => 100.0,
        other => {
            let found = format!("the drawing's unit ($INSUNITS) is `{}`", other.chars().take(40).collect::<String>());
            let expected = "1 for inches, 4 for millimetres, 5 for centimetres, 6 for metres";
            return Err(fault(unit.line + 1, found, expected, "set the unit in the drawing and save it again"));
        }
    }))
}
