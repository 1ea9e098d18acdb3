//! How much memory the controllers take: all of it is in their own size, for nothing is allocated.

use std::mem::size_of;

use torchtwin_planner::grbl::pulse::Pulser;
use torchtwin_planner::s_curve::dda::Dda;
use torchtwin_planner::{Grbl, SCurve};

#[test]
fn controllers_fit_the_memory_of_their_machines() {
    let table = [
        ("Grbl, 16 blocks and 6 segments", size_of::<Grbl<16, 6>>(), 4 * 1024),
        ("SCurve<16, 32>", size_of::<SCurve<16, 32>>(), 8 * 1024),
        ("SCurve<64, 64>", size_of::<SCurve<64, 64>>(), 24 * 1024),
        ("SCurve<256, 128>", size_of::<SCurve<256, 128>>(), 80 * 1024),
        ("interrupt of Grbl (Pulser)", size_of::<Pulser>(), 256),
        ("interrupt of SCurve (Dda)", size_of::<Dda>(), 160),
    ];
    for (what, bytes, most) in table {
        println!("{what}: {bytes} bytes");
        assert!(bytes <= most, "{what}: {bytes} bytes, bound {most}");
    }
}
