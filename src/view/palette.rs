//! What things are made of and what heat looks like: finishes, the false-colour ramp and black-body
//! colour.

use super::solid::Solid;
use bevy::prelude::*;

/// Surface of a part; parts of one finish and one body are one mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finish {
    /// Powder-coated frame.
    FramePaint,
    /// Painted gantry beam.
    BeamPaint,
    /// Ground or cold-rolled steel.
    BrightSteel,
    /// Hot-rolled bar and sheet, a little rusty.
    RawSteel,
    /// Milled aluminium plate.
    Aluminium,
    /// Black-anodised or cast motor parts.
    Black,
    /// Belts, cable chain, plastic and rubber.
    Rubber,
    /// Brass fittings.
    Brass,
    /// The torch tip.
    Copper,
    /// Chromed tube.
    Chrome,
    /// Fuel hose.
    RedRubber,
    /// Oxygen hose.
    BlueRubber,
    /// Acetylene bottle.
    Maroon,
    /// Oxygen bottle.
    BottleBlue,
    /// Switch cabinet.
    CabinetGrey,
    /// Emergency stop.
    SignalRed,
}

impl Finish {
    /// Base colour, metallic, roughness.
    fn look(self) -> (Color, f32, f32) {
        let grey = |v: u8| Color::srgb_u8(v, v, v);
        match self {
            Self::FramePaint => (Color::srgb_u8(18, 62, 98), 0.0, 0.4),
            Self::BeamPaint => (Color::srgb_u8(205, 208, 208), 0.0, 0.38),
            Self::BrightSteel => (Color::srgb_u8(196, 199, 203), 1.0, 0.28),
            Self::RawSteel => (Color::srgb_u8(84, 74, 67), 0.5, 0.62),
            Self::Aluminium => (Color::srgb_u8(204, 206, 209), 1.0, 0.42),
            Self::Black => (grey(34), 0.25, 0.42),
            Self::Rubber => (grey(26), 0.0, 0.75),
            Self::Brass => (Color::srgb_u8(214, 170, 84), 1.0, 0.3),
            Self::Copper => (Color::srgb_u8(206, 148, 120), 1.0, 0.3),
            Self::Chrome => (grey(226), 1.0, 0.14),
            Self::RedRubber => (Color::srgb_u8(158, 28, 24), 0.0, 0.5),
            Self::BlueRubber => (Color::srgb_u8(22, 74, 160), 0.0, 0.5),
            Self::Maroon => (Color::srgb_u8(92, 22, 24), 0.0, 0.42),
            Self::BottleBlue => (Color::srgb_u8(24, 52, 92), 0.0, 0.42),
            Self::CabinetGrey => (Color::srgb_u8(178, 182, 184), 0.0, 0.5),
            Self::SignalRed => (Color::srgb_u8(206, 20, 18), 0.0, 0.35),
        }
    }

    /// As a material for Bevy.
    pub fn material(self) -> StandardMaterial {
        let (base_color, metallic, perceptual_roughness) = self.look();
        StandardMaterial { base_color, metallic, perceptual_roughness, ..default() }
    }
}

/// Parts of one body (something that moves as one), joined by finish.
#[derive(Default)]
pub struct Body(Vec<(Finish, Solid)>);

impl Body {
    /// Adds a part.
    pub fn add(&mut self, finish: Finish, part: Solid) {
        match self.0.iter_mut().find(|(f, _)| *f == finish) {
            Some((_, solid)) => solid.push(part),
            None => self.0.push((finish, part)),
        }
    }

    /// The parts, one a finish.
    pub fn into_parts(self) -> Vec<(Finish, Solid)> {
        self.0
    }
}

/// Temperatures that carry a label on the scale.
pub const SCALE_TICKS_C: [f32; 6] = [20.0, 100.0, 300.0, 500.0, 800.0, 1200.0];

/// Where a temperature is on the scale, 0 to 1: a square root, so that warm and hot both show.
pub fn scale_position(temperature_c: f32) -> f32 {
    ((temperature_c - 20.0) / 1180.0).clamp(0.0, 1.0).sqrt()
}

/// False colour for a place on the scale (sRGB, 0 to 1): dark violet over red and orange to white.
pub fn false_color(position: f32) -> Vec3 {
    const RAMP: [[f32; 3]; 8] = [
        [0.08, 0.09, 0.22],
        [0.19, 0.11, 0.44],
        [0.40, 0.10, 0.46],
        [0.62, 0.10, 0.32],
        [0.82, 0.20, 0.13],
        [0.95, 0.46, 0.06],
        [0.99, 0.77, 0.22],
        [1.00, 0.98, 0.84],
    ];
    let x = position.clamp(0.0, 1.0) * 7.0;
    let k = (x as usize).min(6);
    Vec3::from(RAMP[k]).lerp(Vec3::from(RAMP[k + 1]), x - k as f32)
}

/// Light that hot steel gives off, linear RGB where 1 is as bright as lit white paper: nothing
/// below 500 °C, dull red at 600, orange at 900, yellow-white at 1400 (compressed: real glow
/// spans five decades).
pub fn glow(temperature_c: f32) -> Vec3 {
    if temperature_c <= 500.0 {
        return Vec3::ZERO;
    }
    let x = (temperature_c - 500.0) / 900.0;
    let strength = 0.25 * x + 5.0 * x * x * x;
    black_body(temperature_c) * strength.min(8.0)
}

/// Hue of a black body, linear RGB with the largest part 1.
pub fn black_body(temperature_c: f32) -> Vec3 {
    let t = ((temperature_c + 273.0) / 1000.0).clamp(0.7, 6.5);
    let green = (0.36 * (t - 0.72)).clamp(0.02, 1.0);
    let blue = (0.22 * (t - 1.65)).clamp(0.0, 1.0);
    Vec3::new(1.0, green * green.sqrt().max(0.6), blue)
}

/// A number from 0 to 65000 as a half-precision float.
pub fn half_bytes(value: f32) -> [u8; 2] {
    let bits = value.clamp(0.0, 65000.0).to_bits() + 0x1000;
    let exponent = (bits >> 23) as i32 - 127 + 15;
    let half = if exponent <= 0 { 0 } else { (exponent as u32) << 10 | (bits >> 13 & 0x3FF) };
    (half as u16).to_le_bytes()
}

/// A repeatable value from 0 to 1 for a cell of a lattice.
pub fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77) ^ seed.wrapping_mul(0xC2B2_AE3D);
    for _ in 0..2 {
        h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
        h = (h ^ (h >> 13)).wrapping_mul(0x297A_2D39);
    }
    (h >> 8) as f32 / (1 << 24) as f32
}

/// Smooth repeatable noise from 0 to 1.
pub fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (fx, fy) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (ease(x - fx), ease(y - fy));
    let at = |dx: i32, dy: i32| hash(fx as i32 + dx, fy as i32 + dy, seed);
    let low = at(0, 0) + (at(1, 0) - at(0, 0)) * tx;
    let high = at(0, 1) + (at(1, 1) - at(0, 1)) * tx;
    low + (high - low) * ty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_close() {
        for value in [0.001f32, 0.1, 0.5, 1.0, 3.7, 800.0] {
            let bits = u32::from(u16::from_le_bytes(half_bytes(value)));
            let back = ((bits >> 10) as f32 - 15.0).exp2() * (1.0 + (bits & 0x3FF) as f32 / 1024.0);
            assert!((back / value - 1.0).abs() < 1e-3, "{value} became {back}");
        }
        assert_eq!(half_bytes(0.0), [0, 0]);
    }

    #[test]
    fn hotter_is_brighter_on_the_scale_and_in_glow() {
        let brightness = |c: Vec3| c.dot(Vec3::new(0.2126, 0.7152, 0.0722));
        let mut last = (-1.0, -1.0);
        for t in (20..1500).step_by(20) {
            let now = (brightness(false_color(scale_position(t as f32))), brightness(glow(t as f32)));
            assert!(now.0 >= last.0 && now.1 >= last.1, "{t}: {now:?} after {last:?}");
            last = now;
        }
        assert_eq!(glow(400.0), Vec3::ZERO);
    }
}
