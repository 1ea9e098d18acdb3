//! Look-ahead motion planner and step generator for three axes, without the standard library and without allocation: the crate a
//! controller's firmware would link, and the one that moves the virtual machine.
//!
//! ```text
//! PathItem ─► Grbl   (blocks, junction deviation, 10 ms segments, Bresenham)        ─► Output: steps, and what was meant by them
//!          └► SCurve (pieces, ramps of limited jerk, moving averages, even steps)   ┘
//! ```
//!
//! * [`path`]: what goes in. * [`geometry`]: a line or an arc and any point on it. * [`output`]: what comes out.
//! * [`grbl`]: as Grbl 1.1 moves, step by step. * [`s_curve`]: with limited jerk, and corners rounded within a tolerance.
//! * [`audit`]: what steps prove about the motion they came from.
//!
//! Speeds are m/s, lengths m, times s, angles rad; a tick is 1/16 µs ([`steps::TICK_HZ`]).
//!
//! ```
//! use torchtwin_planner::{Controller, MoveKind, Output, PathItem, SCurve, Shape, s_curve::Settings};
//! let settings = Settings::with_usual_jerk([0.1; 3], [0.5; 3], [80_000.0; 3]);
//! let mut controller: SCurve<64, 64> = SCurve::new(settings, [0.0; 3]);
//! let shape = Shape::Line { to: [0.1, 0.0, 0.0] };
//! let mut items = [PathItem::Move { tag: 1, kind: MoveKind::Feed, speed_m_per_s: 0.05, shape }].into_iter();
//! let mut steps = 0;
//! while let Some(output) = controller.next(&mut items) {
//!     steps += usize::from(matches!(output, Output::Step(_)));
//! }
//! assert_eq!(steps, 8000);
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod audit;
pub mod geometry;
pub mod grbl;
pub mod limits;
pub mod output;
pub mod path;
pub mod s_curve;
pub mod steps;

pub use geometry::Geometry;
pub use grbl::Grbl;
pub use limits::Limits;
pub use output::{Controller, Output, Slice};
pub use path::{AXES, MoveKind, PathItem, PathMode, Plane, Point, Shape, TorchEvent};
pub use s_curve::SCurve;
pub use steps::{StepEdge, TICK_HZ};

/// Runs the example of the read-me.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
