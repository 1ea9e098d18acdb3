//! The G and M words of each dialect, and the modal groups they belong to.
//!
//! In: a number. Out: what it is. Sources: the modal groups of RS274/NGC as LinuxCNC 2.9 has them, Grbl 1.1's parser, the list of codes in
//! the Mach3 Mill manual. Uses `gcode`'s dialects.

use crate::gcode::Dialect;

/// A modal group: of its words only one may stand in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Group {
    /// Group 0: words that hold for one block.
    NonModal,
    /// Group 1: motion.
    Motion,
    /// Group 2: plane.
    Plane,
    /// Group 3: G90 G91.
    Distance,
    /// Group 4: G90.1 G91.1.
    ArcCentre,
    /// Group 5: G93 G94 G95.
    FeedMode,
    /// Group 6: G20 G21.
    Units,
    /// Group 7: kerf compensation.
    Compensation,
    /// Group 8: tool length.
    ToolLength,
    /// Group 10: G98 G99.
    Retract,
    /// Group 12: work zeros.
    WorkZero,
    /// Group 13: path mode.
    PathMode,
    /// Group 14: G96 G97.
    SpindleMode,
    /// Group 15: G7 G8.
    Lathe,
    /// Group 16: G92.1 G92.2 G92.3 in LinuxCNC.
    Shift,
    /// Mach3's rotation and scaling, switched off: G15 G50 G69.
    Transform,
    /// M group 4: stops.
    Stop,
    /// M group 5: inputs and outputs.
    Output,
    /// M group 6: tool change.
    ToolChange,
    /// M group 7: M3 M4 M5 M19 M70 to M73.
    Spindle,
    /// M group 8: M7 M8 M9.
    Coolant,
    /// M group 9: overrides.
    Override,
    /// M group 10: M100 to M199.
    User,
    /// M98 M99.
    Call,
}

/// Number of groups.
pub(super) const GROUPS: usize = Group::Call as usize + 1;

impl Group {
    /// Whether its words are M words.
    pub(super) fn is_m(self) -> bool {
        self as u8 >= Group::Stop as u8
    }
}

/// What a word is to a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Supported.
    In(Group),
    /// A known word that is not supported: what it is, and what to do.
    NotSupported(&'static str, &'static str),
    /// Grbl: a fraction that is none of its words.
    NotWhole,
    /// Not known.
    Unknown,
}

/// The G words of a dialect, for messages.
pub(super) fn g_supported(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Grbl => {
            "Grbl knows G0-G4 G10 G17-G21 G28 G28.1 G30 G30.1 G38.2-G38.5 G40 G43.1 G49 G53-G59 G61 G80 G90-G94 G91.1 G92.1"
        }
        Dialect::LinuxCnc => {
            "LinuxCNC's G words for a table are G0-G5.3 G10 G17-G21 G28 G30 G38 G40-G43 G49 G52-G59.3 G61 G64 G73 G80-G99"
        }
        Dialect::Mach3 => "Mach3's G words for a table are G0-G4 G10 G17-G21 G28 G30 G31 G40-G43 G49 G52-G59 G61 G64 G73 G80-G99",
    }
}

/// The M words of a dialect, for messages.
pub(super) fn m_supported(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Grbl => "Grbl knows M0-M5 M8 M9 M30",
        Dialect::LinuxCnc => "LinuxCNC knows M0-M9 M19 M30 M48-M53 M60-M73 M98 M99, and M100-M199 that its owner defines",
        Dialect::Mach3 => "Mach3 knows M0-M9 M30 M47-M49 M98 M99",
    }
}

const LATHE: &str = "this is a table; let the post processor write the moves out in full";
const SPINDLE: &str = "a torch has no spindle to keep in step with";
const TRANSFORM: &str = "let the CAM program turn or scale the part";

/// The meaning of a G word, given ten times its number: G59.1 is 591.
pub(super) fn g_word(dialect: Dialect, tenths: u16) -> Meaning {
    match dialect {
        Dialect::Grbl => grbl_g(tenths),
        Dialect::LinuxCnc => linuxcnc_g(tenths),
        Dialect::Mach3 => mach3_g(tenths),
    }
}

fn grbl_g(tenths: u16) -> Meaning {
    use Meaning::{In, NotSupported, NotWhole, Unknown};
    match tenths {
        0 | 10 | 20 | 30 | 800 | 382..=385 => In(Group::Motion),
        40 | 100 | 280 | 281 | 300 | 301 | 530 | 920 | 921 => In(Group::NonModal),
        170 | 180 | 190 => In(Group::Plane),
        900 | 910 => In(Group::Distance),
        911 => In(Group::ArcCentre),
        930 | 940 => In(Group::FeedMode),
        200 | 210 => In(Group::Units),
        400 => In(Group::Compensation),
        431 | 490 => In(Group::ToolLength),
        540 | 550 | 560 | 570 | 580 | 590 => In(Group::WorkZero),
        610 => In(Group::PathMode),
        410 | 411 | 420 | 421 => NotSupported("cutter compensation", "let the CAM program offset the path by half the kerf"),
        430 => NotSupported("tool length from a table", "use G43.1 Z, or remove it"),
        640 => NotSupported("blending", "remove it: Grbl goes through every point"),
        901 => NotSupported("absolute arc centres", "let the post processor write incremental centres (G91.1)"),
        // Whole numbers that Grbl has words for, with a fraction that it has no word for.
        n if n % 10 != 0 && matches!(grbl_g(n / 10 * 10), In(_)) && !matches!(n / 10, 28 | 30 | 43 | 61 | 90 | 91 | 92) => {
            NotWhole
        }
        _ => Unknown,
    }
}

fn linuxcnc_g(tenths: u16) -> Meaning {
    use Meaning::{In, NotSupported, Unknown};
    match tenths {
        0 | 10 | 20 | 30 | 50..=52 | 382..=385 | 730 | 800 | 810 | 820 | 830 | 850 | 860 | 870 | 880 | 890 => In(Group::Motion),
        53 | 40 | 100 | 280 | 281 | 300 | 301 | 520 | 530 | 920 => In(Group::NonModal),
        921..=923 => In(Group::Shift),
        170 | 180 | 190 => In(Group::Plane),
        900 | 910 => In(Group::Distance),
        901 | 911 => In(Group::ArcCentre),
        930 | 940 => In(Group::FeedMode),
        200 | 210 => In(Group::Units),
        400 | 410 | 411 | 420 | 421 => In(Group::Compensation),
        430..=432 | 490 => In(Group::ToolLength),
        980 | 990 => In(Group::Retract),
        540 | 550 | 560 | 570 | 580 | 590..=593 => In(Group::WorkZero),
        610 | 611 | 640 => In(Group::PathMode),
        960 | 970 => In(Group::SpindleMode),
        70 | 80 => In(Group::Lathe),
        171 | 181 | 191 => NotSupported("planes of the axes U, V, W", "use G17"),
        330 | 331 => NotSupported("spindle-synchronised motion", SPINDLE),
        740 | 840 => NotSupported("tapping", SPINDLE),
        760 => NotSupported("threading", SPINDLE),
        700 | 710 => {
            NotSupported("a lathe cycle", "if inches or millimetres are meant, write G20 or G21, or read it with --dialect mach3")
        }
        711 | 712 | 720..=722 => NotSupported("a lathe cycle", LATHE),
        950 => NotSupported("feed per revolution", "use G94, feed in units per minute"),
        _ => Unknown,
    }
}

fn mach3_g(tenths: u16) -> Meaning {
    use Meaning::{In, NotSupported, Unknown};
    match tenths {
        0 | 10 | 20 | 30 | 310 | 730 | 800 | 810 | 820 | 830 | 850 | 860 | 870 | 880 | 890 => In(Group::Motion),
        40 | 100 | 280 | 281 | 300 | 520 | 530 | 920..=923 => In(Group::NonModal),
        170 | 180 | 190 => In(Group::Plane),
        900 | 910 => In(Group::Distance),
        901 | 911 => In(Group::ArcCentre),
        930 | 940 => In(Group::FeedMode),
        200 | 210 | 700 | 710 => In(Group::Units),
        400 | 410 | 411 | 420 | 421 => In(Group::Compensation),
        430 | 490 => In(Group::ToolLength),
        980 | 990 => In(Group::Retract),
        540 | 550 | 560 | 570 | 580 | 590 => In(Group::WorkZero),
        610 | 640 => In(Group::PathMode),
        960 | 970 => In(Group::SpindleMode),
        150 | 500 | 690 => In(Group::Transform),
        120 | 130 => NotSupported("a circular pocket", "let the post processor write the circle as G2 or G3"),
        160 => NotSupported("polar coordinates", TRANSFORM),
        510 => NotSupported("scaling", TRANSFORM),
        680 => NotSupported("rotation", TRANSFORM),
        740 | 840 => NotSupported("tapping", SPINDLE),
        320 | 330 | 760 => NotSupported("threading", SPINDLE),
        950 => NotSupported("feed per revolution", "use G94, feed in units per minute"),
        _ => Unknown,
    }
}

/// The meaning of an M word.
pub(super) fn m_word(dialect: Dialect, number: u16) -> Meaning {
    use Meaning::{In, NotSupported, Unknown};
    match (dialect, number) {
        (_, 0..=2 | 30) => In(Group::Stop),
        (_, 3..=5) => In(Group::Spindle),
        (_, 8 | 9) => In(Group::Coolant),
        (Dialect::Grbl, 7) => NotSupported("mist, which Grbl has as a build option only", "use M8, or remove it"),
        (Dialect::Grbl, 6) => NotSupported("tool change", "let the post processor leave tool changes out"),
        (Dialect::Grbl, 62..=65) => NotSupported("an output", "grblHAL has it; or use M3, M5, M8 and M9"),
        (Dialect::Grbl, _) => Unknown,
        (_, 7) => In(Group::Coolant),
        (_, 6) => In(Group::ToolChange),
        (_, 48 | 49) => In(Group::Override),
        // At the end of a line of the main program, LinuxCNC takes M99 for M2.
        (Dialect::LinuxCnc, 60 | 99) => In(Group::Stop),
        (_, 98 | 99) => In(Group::Call),
        (Dialect::LinuxCnc, 61) => In(Group::ToolChange),
        (Dialect::LinuxCnc, 62..=68) => In(Group::Output),
        (Dialect::LinuxCnc, 19 | 70..=73) => In(Group::Spindle),
        (Dialect::LinuxCnc, 50..=53) => In(Group::Override),
        (Dialect::LinuxCnc, 100..=199) => In(Group::User),
        (Dialect::Mach3, 47) => {
            NotSupported("repeat from the first line, without an end", "remove it; run the program again instead")
        }
        (Dialect::Mach3, 10..) => In(Group::User),
        _ => Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_knows_its_words_and_no_others() {
        let known = |dialect| -> Vec<u16> { (0..1000).filter(|t| matches!(g_word(dialect, *t), Meaning::In(_))).collect() };
        // Grbl 1.1: the list in its documentation.
        let grbl = [
            0, 10, 20, 30, 40, 100, 170, 180, 190, 200, 210, 280, 281, 300, 301, 382, 383, 384, 385, 400, 431, 490, 530, 540,
            550, 560, 570, 580, 590, 610, 800, 900, 910, 911, 920, 921, 930, 940,
        ];
        assert_eq!(known(Dialect::Grbl), grbl);
        // LinuxCNC 2.9's table of groups, without what a table has no use for.
        let linuxcnc = [
            0, 10, 20, 30, 40, 50, 51, 52, 53, 70, 80, 100, 170, 180, 190, 200, 210, 280, 281, 300, 301, 382, 383, 384, 385, 400,
            410, 411, 420, 421, 430, 431, 432, 490, 520, 530, 540, 550, 560, 570, 580, 590, 591, 592, 593, 610, 611, 640, 730,
            800, 810, 820, 830, 850, 860, 870, 880, 890, 900, 901, 910, 911, 920, 921, 922, 923, 930, 940, 960, 970, 980, 990,
        ];
        assert_eq!(known(Dialect::LinuxCnc), linuxcnc);
    }
}
