//! Closed contours of a drawing (DXF): lines, arcs, circles, ellipses, splines, polylines with their bulges, and blocks of them.
//!
//! In: the bytes of an ASCII DXF, in the unit of its `$INSUNITS`. Out: closed rings, m, each with its line in the file; or the first
//! error found. May use: `plate`'s arcs and rings, `diag`. Never panics on any input.
//!
//! Crates that read DXF whole bring images and encodings along; contours need eight kinds of entity of pairs of lines.

mod chain;
mod curve;
mod groups;
mod shape;
mod tables;
#[cfg(test)]
mod tests;

use crate::diag::{Diagnostic, Place};
use chain::Piece;
use curve::Affine;
use groups::{Item, groups, items, section, text};
use tables::Tables;

/// Chord error of curves, mm.
const CHORD_MM: f64 = 0.25e-3;
/// Most groups that are read, those of a block again each time that it is inserted.
const MOST_GROUPS: usize = 20_000_000;
/// Most points of all contours.
const MOST_POINTS: usize = 2_000_000;
/// Most blocks inside one another.
const DEEPEST: usize = 32;

type Point = [f64; 2];

/// What a drawing holds.
#[derive(Debug)]
pub(super) struct Drawing {
    /// Its closed contours.
    pub contours: Vec<Contour>,
    /// Notes and warnings.
    pub findings: Vec<Diagnostic>,
}

/// One closed contour.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contour {
    /// Line of the entity that it begins with.
    pub line: u32,
    /// Its points, m.
    pub points: Vec<Point>,
}

/// The closed contours in the bytes of `file`.
///
/// # Errors
/// The first error found, at its line of the drawing.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Drawing, Diagnostic> {
    let placed = |mut finding: Diagnostic| {
        finding.place.file = file.into();
        finding
    };
    let mut drawing = contours(bytes).map_err(placed)?;
    drawing.findings = drawing.findings.into_iter().map(placed).collect();
    Ok(drawing)
}

fn contours(bytes: &[u8]) -> Result<Drawing, Diagnostic> {
    let text = text(bytes)?;
    let groups = groups(&text)?;
    let tables = Tables::read(&groups)?;
    let mut findings = Vec::new();
    if tables.unit_mm.is_none() {
        let found = "the drawing names no unit: it is read in millimetres";
        findings.push(Diagnostic::note("S017", found).hint("set the unit in the drawing ($INSUNITS), if it has another one"));
    }
    let unit = tables.unit_mm.unwrap_or(1.0);
    let mut walk = Walk { tables: &tables, pieces: Vec::new(), groups: 0, points: 0, broken: 0, hidden: 0, inside: Vec::new() };
    walk.entities(&items(section(&groups, "ENTITIES")), &Affine::scale(unit, unit), Surroundings { layer: "0", broken: false })?;
    let passed = walk.passed();
    let (mut contours, found) = chain::contours(walk.pieces)?;
    findings.extend(found);
    if contours.is_empty() {
        let found =
            "the drawing has no closed contour".to_string() + &passed.map(|passed| format!("; {passed}")).unwrap_or_default();
        let expected = "lines, arcs, circles, ellipses, splines or polylines in the model space";
        return Err(fault(0, found, expected, "is it the right file, and are the layers of the part on?"));
    }
    findings.extend(passed.map(|passed| Diagnostic::note("S017", passed)));
    for contour in &mut contours {
        contour.points.iter_mut().for_each(|p| *p = p.map(|v| v * 1e-3));
    }
    Ok(Drawing { contours, findings })
}

/// An error on a line of the drawing, or with 0 of the drawing as a whole.
fn fault(line: u32, found: impl Into<String>, expected: impl Into<String>, hint: &str) -> Diagnostic {
    Diagnostic::error("S017", found).at(Place { line, ..Place::default() }).expected(expected).hint(hint)
}

/// What entities of a block take over from where it is inserted.
#[derive(Clone, Copy)]
struct Surroundings<'t> {
    /// In the place of layer 0.
    layer: &'t str,
    /// Whether `BYBLOCK` means broken lines.
    broken: bool,
}

/// The way through all entities, those of blocks included.
struct Walk<'d, 'g, 't> {
    tables: &'d Tables<'g, 't>,
    pieces: Vec<Piece>,
    /// Groups and points so far.
    groups: usize,
    points: usize,
    /// Entities that were passed over: in broken lines, and not seen.
    broken: usize,
    hidden: usize,
    /// Names of the blocks around.
    inside: Vec<String>,
}

impl<'t> Walk<'_, '_, 't> {
    /// Takes up what has a contour; `to` brings it to its place, mm.
    fn entities(&mut self, items: &[Item<'_, 't>], to: &Affine, around: Surroundings<'t>) -> Result<(), Diagnostic> {
        for (n, item) in items.iter().enumerate() {
            self.groups += 1 + item.groups.len();
            if self.groups > MOST_GROUPS || self.points > MOST_POINTS {
                let expected = format!("at most {MOST_POINTS} points of contours");
                return Err(item.fault("makes the drawing too large", expected, "is a block repeated too often?"));
            }
            if shape::without_contour(item.kind) || item.or(67, 0.0)? == 1.0 {
                continue;
            }
            let own = item.text(8).unwrap_or("0");
            let name = if own == "0" { around.layer } else { own };
            let layer = self.tables.layer(name);
            let broken = match item.text(6).unwrap_or("BYLAYER") {
                line if line.eq_ignore_ascii_case("BYLAYER") => layer.broken,
                line if line.eq_ignore_ascii_case("BYBLOCK") => around.broken,
                line => self.tables.is_broken(line),
            };
            let insert = item.kind == "INSERT";
            // What a block holds on layers of its own is seen even where the layer that it is inserted on is off.
            if item.or(60, 0.0)? == 1.0 || layer.frozen || layer.off && !insert {
                self.hidden += 1;
            } else if insert {
                self.insert(item, to, Surroundings { layer: name, broken })?;
            } else if broken {
                self.broken += 1;
            } else {
                let rest = &items[n + 1..];
                let vertices = &rest[..rest.iter().position(|item| item.kind != "VERTEX").unwrap_or(rest.len())];
                let (points, closed) = shape::path(item, vertices, CHORD_MM / to.stretch().max(f64::MIN_POSITIVE))?;
                self.points += points.len();
                self.pieces.push(Piece { points: points.into_iter().map(|p| to.at(p)).collect(), closed, line: item.line });
            }
        }
        Ok(())
    }

    /// Takes up a block wherever an insert puts it.
    fn insert(&mut self, item: &Item<'_, 't>, to: &Affine, around: Surroundings<'t>) -> Result<(), Diagnostic> {
        let tables = self.tables;
        let name = item.text(2).unwrap_or_default();
        let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        let bind = "bring the block into the drawing, or break the insert up (explode)";
        let Some(block) = tables.block(name) else {
            return Err(item.fault(format!("names the block `{shown}`, which is not there"), "a block of the drawing", bind));
        };
        if block.elsewhere {
            return Err(item.fault(format!("names the block `{shown}` of another file"), "a block of the drawing", bind));
        }
        let key = name.to_uppercase();
        if self.inside.contains(&key) || self.inside.len() >= DEEPEST {
            let found = format!("puts the block `{shown}` into itself, or too deep");
            return Err(item.fault(found, format!("at most {DEEPEST} blocks inside one another"), bind));
        }
        let [x, y] = [item.or(41, 1.0)?, item.or(42, 1.0)?];
        if x == 0.0 || y == 0.0 {
            return Err(item.fault(format!("has the scales {x} and {y}"), "other than 0 (groups 41, 42)", bind));
        }
        let below = Affine::scale(if shape::seen_from_below(item)? { -1.0 } else { 1.0 }, 1.0);
        let turned = Affine::shift([item.or(10, 0.0)?, item.or(20, 0.0)?]).after(&Affine::turn(item.or(50, 0.0)?.to_radians()));
        let first = to.after(&below).after(&turned);
        let own = Affine::scale(x, y).after(&Affine::shift(block.base.map(|v| -v)));
        let ([columns, rows], steps) = ([item.or(70, 1.0)?, item.or(71, 1.0)?], [item.or(44, 0.0)?, item.or(45, 0.0)?]);
        self.inside.push(key);
        for row in 0..rows.max(1.0) as u32 {
            for column in 0..columns.max(1.0) as u32 {
                // Empty blocks count too.
                self.groups += 1;
                let step = Affine::shift([steps[0] * f64::from(column), steps[1] * f64::from(row)]);
                self.entities(&block.items, &first.after(&step).after(&own), around)?;
                if self.groups > MOST_GROUPS {
                    return Err(item.fault("repeats its block too often", format!("at most {MOST_GROUPS} times"), bind));
                }
            }
        }
        self.inside.pop();
        Ok(())
    }

    /// What was passed over though it has a contour.
    fn passed(&self) -> Option<String> {
        let mut words = Vec::new();
        if self.broken > 0 {
            words.push(format!("{} in broken lines (dashed, centre …)", self.broken));
        }
        if self.hidden > 0 {
            words.push(format!("{} hidden, or on layers that are off or frozen", self.hidden));
        }
        (!words.is_empty()).then(|| format!("entities of the drawing that are no contour: {}", words.join(", ")))
    }
}
