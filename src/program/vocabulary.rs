//! Which G and M words there are, the modal group of each, and what to say of those that are not supported.
//!
//! In: the number of a word. Out: its [`Meaning`]. Uses nothing. Groups are those of RS274/NGC, which Grbl shares.

/// The modal groups of G words. Two words of one group in a block contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Group 0: G4 G10 G28 G30 G53 G92, which hold for one block.
    NonModal,
    /// Group 1: G0 to G3.
    Motion,
    /// G80, which is in group 1 too, but stands beside G0 in the preamble of many posts; the other word then holds, as
    /// in LinuxCNC.
    CycleCancel,
    /// Group 2: G17 G18 G19.
    Plane,
    /// Group 3: G90 G91.
    Distance,
    /// Group 4: G90.1 G91.1.
    ArcCentre,
    /// Group 5: G94.
    FeedMode,
    /// Group 6: G20 G21.
    Units,
    /// Group 7: G40.
    Compensation,
    /// Group 8: G43 G49.
    ToolLength,
    /// Group 10: G98 G99.
    Retract,
    /// Group 12: G54 to G59.
    WorkZero,
    /// Group 13: G61 G61.1 G64.
    PathMode,
    /// Group 14: G97.
    SpindleMode,
    /// M group 4: M0 M1 M2 M30.
    Stop,
    /// M group 6: M6.
    ToolChange,
    /// M group 7: M3 M4 M5.
    Torch,
    /// M group 8: M7 M8 M9.
    Oxygen,
}

/// Number of groups.
pub(super) const GROUPS: usize = Group::Oxygen as usize + 1;

/// What a word is to this interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Supported.
    In(Group),
    /// A known word that is not supported: what it is, and what to do.
    NotSupported(&'static str, &'static str),
    /// Not known.
    Unknown,
}

/// The G words that are supported, for messages.
pub(super) const G_SUPPORTED: &str =
    "supported: G0 G1 G2 G3 G4 G10 G17-G21 G28 G30 G40 G43 G49 G53-G59 G61 G64 G80 G90-G92 G94 G97-G99";
/// The M words that are supported, for messages.
pub(super) const M_SUPPORTED: &str = "supported: M0 M1 M2 M30 M3 M4 M5 M6 M7 M8 M9";

const COMPENSATE_IN_CAM: &str = "let the CAM program offset the path by half the kerf, and use G40";
const CYCLE: &str = "let the post processor write the cycle out in G0 and G1";
const FEED_PER_MINUTE: &str = "use G94, feed in units per minute";
const REMOVE: &str = "remove it; supported: M0 M1 M2 M30 M3 M4 M5 M6 M7 M8 M9";

/// The meaning of a G word, given ten times its number: G59.1 is 591.
pub(super) fn g_word(tenths: u16) -> Meaning {
    use Meaning::{In, NotSupported, Unknown};
    match tenths {
        0 | 10 | 20 | 30 => In(Group::Motion),
        800 => In(Group::CycleCancel),
        40 | 100 | 280 | 281 | 300 | 301 | 530 | 920..=923 => In(Group::NonModal),
        170 | 180 | 190 => In(Group::Plane),
        900 | 910 => In(Group::Distance),
        901 | 911 => In(Group::ArcCentre),
        940 => In(Group::FeedMode),
        200 | 210 => In(Group::Units),
        400 => In(Group::Compensation),
        430 | 490 => In(Group::ToolLength),
        980 | 990 => In(Group::Retract),
        540 | 550 | 560 | 570 | 580 | 590 => In(Group::WorkZero),
        610 | 611 | 640 => In(Group::PathMode),
        970 => In(Group::SpindleMode),
        50..=53 => NotSupported("splines", "let the CAM program write arcs or lines"),
        70 | 80 => NotSupported("lathe diameter mode", "remove it; this is a table"),
        171 | 181 | 191 => NotSupported("planes of the axes U, V, W", "use G17"),
        310 | 382..=385 => {
            NotSupported("probing", "remove it; set the work zero in the setup, the torch height is kept by the machine")
        }
        330 | 331 => NotSupported("spindle-synchronised motion", G_SUPPORTED),
        410 | 411 | 420 | 421 => NotSupported("cutter compensation", COMPENSATE_IN_CAM),
        431 | 432 => NotSupported("dynamic tool length offset", "remove it; the torch has no tool table"),
        520 => NotSupported("a local zero", "use G92, or set the work zero in the setup"),
        591..=593 => NotSupported("work zeros beyond G59", "use G54 to G59"),
        700 | 710 => NotSupported("another controller's word for inches or millimetres", "use G20 or G21"),
        730..=790 | 810..=890 => NotSupported("a canned cycle", CYCLE),
        930 => NotSupported("inverse time feed", FEED_PER_MINUTE),
        950 => NotSupported("feed per revolution", FEED_PER_MINUTE),
        960 => NotSupported("constant surface speed", "use G97, or remove it"),
        _ => Unknown,
    }
}

/// The meaning of an M word.
pub(super) fn m_word(number: u16) -> Meaning {
    use Meaning::{In, NotSupported, Unknown};
    match number {
        0 | 1 | 2 | 30 => In(Group::Stop),
        3..=5 => In(Group::Torch),
        7..=9 => In(Group::Oxygen),
        6 => In(Group::ToolChange),
        19 => NotSupported("spindle orientation", REMOVE),
        48..=53 => NotSupported("feed override control", REMOVE),
        60 => NotSupported("pallet change", "use M0"),
        61 => NotSupported("tool number", "use T and M6, or remove it"),
        62..=68 => NotSupported("digital and analogue input and output", REMOVE),
        70..=73 => NotSupported("saving of modal state", "write the modes out where they are needed"),
        97..=99 => NotSupported("subprograms", "let the post processor write the moves out in full"),
        190 => NotSupported("material choice of QtPlasmaC", "remove it, with its M66, and write the feed as a number"),
        100..=199 => NotSupported("a command that the owner of a controller defines", REMOVE),
        _ => Unknown,
    }
}
