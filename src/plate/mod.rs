//! The plate: its temperature, its cut edges, the pieces that come loose.
//!
//! In: where the torch is, what it does, how much heat it gives. Out: temperatures, kerf contours, pieces. The three
//! rooms inside do not know each other; they share only [`geometry`]. May use: nothing but `std` and `i_overlay`.

pub mod geometry;
pub mod heat;
pub mod kerf;
pub mod parts;
#[cfg(test)]
mod tests;
