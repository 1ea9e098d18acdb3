//! What the planner is given: moves, dwells and torch events in the order of the program.
//!
//! Positions are absolute, in machine coordinates, in metres; axis 0 is X (along the beam), 1 is Y (along the rails),
//! 2 is Z (up).

/// Number of axes planned together.
pub const AXES: usize = 3;

/// A point in machine coordinates, m.
pub type Point = [f64; AXES];

/// Whether a move positions or cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// As fast as the axes allow (G0).
    Rapid,
    /// At the programmed feed (G1, G2, G3).
    Feed,
}

/// The geometry of one move, from where the last one ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Straight to `to`.
    Line {
        /// End point, m.
        to: Point,
    },
    /// Circular in a plane of two axes, with the third moving in proportion to the angle (a helix) where its end differs.
    Arc {
        /// End point, m.
        to: Point,
        /// Centre in the two axes of the plane, m.
        centre: [f64; 2],
        /// The plane.
        plane: Plane,
        /// Angle travelled, rad; positive is counter-clockwise seen from the third axis; may exceed a full turn.
        sweep_rad: f64,
    },
}

/// A plane of two axes, seen from the positive end of the third.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plane {
    /// X and Y.
    #[default]
    Xy,
    /// Z and X.
    Zx,
    /// Y and Z.
    Yz,
}

impl Plane {
    /// First and second axis of the plane, and the third.
    pub const fn axes(self) -> [usize; AXES] {
        match self {
            Self::Xy => [0, 1, 2],
            Self::Zx => [2, 0, 1],
            Self::Yz => [1, 2, 0],
        }
    }

    /// Name for data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xy => "XY",
            Self::Zx => "ZX",
            Self::Yz => "YZ",
        }
    }
}

/// What the torch is told to do, in step with the motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TorchEvent {
    /// Light the preheat flame.
    FlameOn,
    /// Open the cutting oxygen.
    OxygenOn,
    /// Close the cutting oxygen and leave the flame on.
    OxygenOff,
    /// Close everything.
    AllOff,
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PathItem {
    /// Move the torch.
    Move {
        /// Handed through unchanged: which place in the program asked for this.
        tag: u32,
        /// Rapid or feed.
        kind: MoveKind,
        /// Programmed speed along the path, m/s; ignored for rapids.
        speed_m_per_s: f64,
        /// Where to.
        shape: Shape,
    },
    /// Stand still.
    Dwell {
        /// Handed through unchanged.
        tag: u32,
        /// How long, s.
        seconds: f64,
    },
    /// Switch the torch.
    Torch {
        /// Handed through unchanged.
        tag: u32,
        /// What to switch.
        event: TorchEvent,
        /// Whether it is switched where the next move begins, without a stop (M62, M63). Otherwise motion comes to a stop first, as every
        /// real controller does for M3, M5, M7 to M9. Grbl stops for both, for it knows only the latter.
        with_move: bool,
    },
    /// Come to a stop: for words that a controller carries out only at rest.
    Stop {
        /// Handed through unchanged.
        tag: u32,
    },
    /// How corners are to be passed from here on; Grbl takes no notice.
    Mode {
        /// Handed through unchanged.
        tag: u32,
        /// How.
        mode: PathMode,
    },
}

/// How corners are passed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PathMode {
    /// As the controller is set.
    #[default]
    Default,
    /// Through the very corner, at rest.
    Exact,
    /// Rounded by at most this much, m.
    Within(f64),
}

impl PathItem {
    /// The tag, whatever the item.
    pub fn tag(&self) -> u32 {
        match *self {
            PathItem::Move { tag, .. }
            | PathItem::Dwell { tag, .. }
            | PathItem::Torch { tag, .. }
            | PathItem::Stop { tag }
            | PathItem::Mode { tag, .. } => tag,
        }
    }
}
