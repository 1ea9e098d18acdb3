//! The program as the twin follows it: each item under its own number, and the path that was asked for.
//!
//! In: a [`Program`]. Out: items whose tags are their numbers, lines, and the programmed shapes near an item. A controller may cut a move
//! into pieces or shift it; what the tip is compared with is the move as programmed.

use crate::program::Program;
use torchtwin_planner::{Geometry, PathItem, Point};

/// Moves kept in view behind the present one, so that a tip that lags behind is still compared with the path it is on.
const BEHIND: usize = 12;

/// A program with its moves' shapes.
pub struct Course<'a> {
    program: &'a Program,
    shapes: Vec<Geometry>,
    /// Moves before each item, and in all.
    before: Vec<usize>,
}

impl<'a> Course<'a> {
    /// The course of `program`.
    pub fn new(program: &'a Program) -> Self {
        let mut at = program.start_in_machine_m;
        let (mut shapes, mut before) = (Vec::new(), vec![0]);
        for item in &program.items {
            if let PathItem::Move { shape, .. } = item {
                let geometry = Geometry::new(at, shape);
                at = geometry.to();
                shapes.push(geometry);
            }
            before.push(shapes.len());
        }
        Self { program, shapes, before }
    }

    /// Where it starts, machine coordinates, m.
    pub fn start(&self) -> Point {
        self.program.start_in_machine_m
    }

    /// The items, each with its number for a tag.
    pub fn items(&self) -> impl Iterator<Item = PathItem> + 'a {
        self.program.items.iter().zip(0..).map(|(item, number)| numbered(*item, number))
    }

    /// The item with this number, its tag the program's; none beyond the end.
    pub fn item(&self, number: u32) -> Option<&'a PathItem> {
        self.program.items.get(number as usize)
    }

    /// The line of the program that asked for an item; 0 for a number that is none.
    pub fn line(&self, number: u32) -> u32 {
        self.item(number).map_or(0, |item| self.program.line(item.tag()))
    }

    /// The shape of an item; none if it is no move.
    pub fn shape(&self, number: u32) -> Option<&Geometry> {
        matches!(self.item(number)?, PathItem::Move { .. }).then(|| &self.shapes[self.before[number as usize]])
    }

    /// Programmed shapes near an item: its own and the next one's, as far as they are moves, then those before it.
    pub fn near(&self, number: u32) -> impl Iterator<Item = &Geometry> {
        let last = self.before.len() - 1;
        let upto = |n: usize| self.before[n.min(last)];
        let here = upto(number as usize);
        let ahead = &self.shapes[here..upto((number as usize).saturating_add(2))];
        ahead.iter().chain(self.shapes[here.saturating_sub(BEHIND)..here].iter().rev())
    }
}

fn numbered(mut item: PathItem, number: u32) -> PathItem {
    let (PathItem::Move { tag, .. }
    | PathItem::Dwell { tag, .. }
    | PathItem::Torch { tag, .. }
    | PathItem::Stop { tag }
    | PathItem::Mode { tag, .. }) = &mut item;
    *tag = number;
    item
}
