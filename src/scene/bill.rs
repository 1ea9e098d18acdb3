//! A machine file as a shopping list: its cost lines with the parts they name, and which catalogue parts the machine runs on.
//!
//! In: a machine file, the catalogue. Out: [`Bill`]. May use: this room's readers.

use std::path::Path;

use super::catalogue::Price;
use super::check::Checker;
use super::layers::Layered;
use super::machine_file::MachineFile;
use super::model::{CostLine, Machine};
use super::{NO_PLATE, add_named, add_own, build_machine, read_text};
use crate::diag::Diagnostic;

/// A machine with what it is bought from.
#[derive(Clone, Debug)]
pub struct Bill {
    /// The machine with nothing on its table.
    pub machine: Machine,
    /// Cost lines in the order of the file.
    pub lines: Vec<BillLine>,
    /// Motors, drivers, supplies, controller and torch that the machine runs on.
    pub needs: Vec<Need>,
}

/// A cost line with the part it names.
#[derive(Clone, Debug, PartialEq)]
pub struct BillLine {
    /// Item, quantity, price.
    pub cost: CostLine,
    /// "motors/23HS30-2804S", as the catalogue spells it; none where the line names no part.
    pub part: Option<String>,
    /// Whether the file gives the price itself, instead of the catalogue.
    pub own_price: bool,
    /// When the catalogue's price was read; none where the file gives the price.
    pub date: Option<String>,
    /// Price of one as its source gives it.
    pub given: f64,
    /// "USD" or "EUR": what that is in.
    pub currency: &'static str,
}

/// A catalogue part that the machine runs on.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// "motors/23HS30-2804S".
    pub part: String,
    /// How many.
    pub count: f64,
    /// What for: "axis.x, axis.y".
    pub place: String,
}

/// Reads the machine file at `path`, with `own_catalogue` over its own catalogue; also its warnings and notes.
///
/// # Errors
/// Everything wrong with the file and the catalogues.
pub fn load(path: &Path, own_catalogue: Option<&Path>) -> Result<(Bill, Vec<Diagnostic>), Vec<Diagnostic>> {
    let text = read_text(path).map_err(|finding| vec![*finding])?;
    load_text(path, &text, own_catalogue)
}

/// As [`load`], with `text` in the place of that of the file.
///
/// # Errors
/// Everything wrong with it and the catalogues.
pub fn load_text(path: &Path, text: &str, own_catalogue: Option<&Path>) -> Result<(Bill, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut layered = Layered::built_in()?;
    let mut checker = Checker::new(&path.display().to_string(), text);
    let Some(file) = checker.read::<MachineFile>() else {
        // Machine files have no such key, scenes must.
        let named = text.lines().find_map(|line| line.strip_prefix("machine = "));
        if let (Some(named), Some(first)) = (named, checker.findings.first_mut()) {
            first.hint = format!("this looks like a scene; its machine file is {}", named.trim());
        }
        return Err(checker.findings);
    };
    let sound = add_named(&mut layered, file.catalogue.as_ref(), path, &mut checker);
    if !(add_own(&mut layered, own_catalogue, &mut checker) && sound) {
        return Err(checker.findings);
    }
    checker.findings.append(&mut layered.notes);
    let built = build_machine(&file, &mut checker, &layered.catalogue, NO_PLATE);
    let Some((machine, ..)) = built.filter(|_| !checker.failed()) else { return Err(checker.findings) };
    let lines = file.cost.iter().zip(&machine.costs).map(|(table, cost)| {
        let named = table.part.as_ref().map(|word| word.get_ref().as_str());
        let entry = named.and_then(|part| layered.catalogue.entry(part).ok());
        let own_price = table.unit_usd.is_some();
        let price = entry.and_then(|entry| entry.price).filter(|_| !own_price);
        BillLine {
            cost: cost.clone(),
            part: entry.map(|entry| entry.path()),
            own_price,
            date: price.map(|price| price.date.clone()),
            given: price
                .filter(|price| price.from_euros())
                .and_then(|price| price.eur.as_ref())
                .map_or(cost.unit_usd, |eur| eur.value),
            currency: if price.is_some_and(Price::from_euros) { "EUR" } else { "USD" },
        }
    });
    let bill = Bill { lines: lines.collect(), needs: needs(&file), machine };
    Ok((bill, checker.findings))
}

/// What the tables of the file name, each part once. Y has two drives.
fn needs(file: &MachineFile) -> Vec<Need> {
    let mut all: Vec<Need> = Vec::new();
    let mut add = |kind: &str, id: &str, count: f64, place: &str, shared: bool| {
        let id = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id);
        let part = format!("{kind}/{id}");
        match all.iter_mut().find(|need| need.part.eq_ignore_ascii_case(&part)) {
            Some(need) => {
                need.count = if shared { need.count.max(count) } else { need.count + count };
                need.place.push_str(&format!(", {place}"));
            }
            None => all.push(Need { part, count, place: place.into() }),
        }
    };
    let axes = [("axis.x", &file.axis.x, 1.0), ("axis.y", &file.axis.y, 2.0), ("axis.z", &file.axis.z, 1.0)];
    for (place, axis, drives) in axes {
        add("motors", axis.motor.get_ref(), drives, place, false);
        add("drivers", axis.driver.get_ref(), drives, place, false);
        // One supply may feed all axes.
        add("supplies", axis.supply.get_ref(), 1.0, place, true);
    }
    add("controllers", file.controller.get_ref(), 1.0, "controller", true);
    add("torches", file.slide.torch.get_ref(), 1.0, "slide.torch", true);
    all
}
