//! How alike two pictures are: drivers differ by a shade and by where an edge falls, people see shapes and colours.

/// Side of the blocks that are compared by their mean colour, pixels.
const BLOCK: usize = 8;
/// A block whose mean colour is off by more than this in any channel is another one (0 to 255).
const ANOTHER: f64 = 14.0;

/// Share of blocks that differ; 1 for pictures of different sizes. Both are rows of four bytes a pixel, `width` pixels wide.
pub fn difference(a: &[u8], b: &[u8], width: usize) -> f64 {
    if a.len() != b.len() {
        return 1.0;
    }
    let height = a.len() / 4 / width;
    let (mut blocks, mut other) = (0, 0);
    for y in (0..height).step_by(BLOCK) {
        for x in (0..width).step_by(BLOCK) {
            let (p, q) = (mean(a, width, height, x, y), mean(b, width, height, x, y));
            blocks += 1;
            other += usize::from((0..3).any(|c| (p[c] - q[c]).abs() > ANOTHER));
        }
    }
    f64::from(other as u32) / f64::from(blocks.max(1) as u32)
}

fn mean(pixels: &[u8], width: usize, height: usize, x: usize, y: usize) -> [f64; 3] {
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for j in y..(y + BLOCK).min(height) {
        for i in x..(x + BLOCK).min(width) {
            let at = (j * width + i) * 4;
            for c in 0..3 {
                sum[c] += f64::from(pixels[at + c]);
            }
            count += 1.0;
        }
    }
    sum.map(|s| s / count)
}
