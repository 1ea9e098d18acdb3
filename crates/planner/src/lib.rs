//! Look-ahead motion planner and step generator for three axes, without the standard library and without allocation: the crate a
//! controller's firmware would link, and the one that moves the virtual machine.
//!
//! ```text
//! PathItem ─► Planner (ring of blocks, junction deviation, trapezoids) ─► Segment ─► Stepper ─► StepEdge
//! ```
//!
//! * [`path`]: what goes in. * [`limits`]: what the axes may do. * [`geometry`]: a line or an arc and any point on it.
//! * [`profile`]: speed along a block over time. * [`lookahead`]: joins blocks at the highest speeds the limits allow.
//! * [`steps`]: when each axis steps, and which way.
//!
//! Speeds are m/s, lengths m, times s, angles rad; a tick is 1/16 µs ([`steps::TICK_HZ`]).
//!
//! ```
//! use torchtwin_planner::{Limits, MoveKind, PathItem, Planner, Segment, Shape, Stepper};
//! let limits = Limits {
//!     max_speed_m_per_s: [0.1; 3],
//!     max_acceleration_m_per_s2: [0.5; 3],
//!     junction_deviation_m: 20e-6,
//!     steps_per_m: [80_000.0; 3],
//! };
//! let start = [0.0; 3];
//! let mut planner: Planner<16> = Planner::new(limits, start);
//! let line = PathItem::Move { tag: 1, kind: MoveKind::Feed, speed_m_per_s: 0.05, shape: Shape::Line { to: [0.1, 0.0, 0.0] } };
//! planner.push(&line).unwrap();
//! let mut stepper = Stepper::new(limits, start);
//! let Some(Segment::Motion(motion)) = planner.pop() else { panic!() };
//! stepper.load(&motion, 0.0);
//! let mut steps = 0;
//! while stepper.next_edge().is_some() {
//!     steps += 1;
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
pub mod lookahead;
pub mod output;
pub mod path;
pub mod profile;
pub mod s_curve;
pub mod steps;
pub mod trapezoid;

pub use geometry::Geometry;
pub use grbl::Grbl;
pub use limits::Limits;
pub use lookahead::{Full, Motion, Planner, Segment};
pub use output::{Controller, Output, Slice};
pub use path::{AXES, MoveKind, PathItem, PathMode, Plane, Point, Shape, TorchEvent};
pub use profile::Profile;
pub use s_curve::SCurve;
pub use steps::{StepEdge, Stepper, TICK_HZ};
pub use trapezoid::Trapezoid;
