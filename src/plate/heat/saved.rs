//! The state of a plate as bytes, so that it can be gone back to.
//!
//! In: a plate. Out: bytes, from which another plate of the same parameters goes on bit for bit. Cooling times are left out: what goes on
//! from saved bytes shows temperatures.

use super::Heat;
use super::kernel::{Links, SIDE};
use super::law::Law;
use super::tiles::Tiles;

/// Faces of a tile in one direction.
const FACES: usize = SIDE * (SIDE + 1);
/// Bytes of the links of a tile: a bit a face.
const LINK_BYTES: usize = 2 * FACES / 8;

impl Heat {
    /// Appends the state.
    pub fn save(&self, into: &mut Vec<u8>) {
        for value in [self.put_in_j, self.lost_j, self.time_s] {
            into.extend(value.to_le_bytes());
        }
        self.tiles.save(into);
    }

    /// Takes up a saved state of a plate with the same parameters; false, and nothing changes, if the bytes are not that.
    pub fn load(&mut self, from: &[u8]) -> bool {
        let mut from = Bytes(from);
        let scalars = (|| Some([from.float()?, from.float()?, from.float()?]))();
        let Some([put_in_j, lost_j, time_s]) = scalars else { return false };
        let Some(tiles) = self.tiles.loaded(&mut from, &self.law) else { return false };
        (self.put_in_j, self.lost_j, self.time_s, self.tiles) = (put_in_j, lost_j, time_s, tiles);
        true
    }
}

impl Tiles {
    fn save(&self, into: &mut Vec<u8>) {
        let number = |n: usize, into: &mut Vec<u8>| into.extend((n as u32).to_le_bytes());
        number(self.tile_of_slot.len(), into);
        number(self.steps_to_review as usize, into);
        for (slot, tile) in self.tile_of_slot.iter().enumerate() {
            number(*tile as usize, into);
            into.push(u8::from(self.awake[slot]) | u8::from(self.links[slot].is_some()) << 1);
            if let Some(links) = &self.links[slot] {
                for faces in [links.x.as_flattened(), links.y.as_flattened()] {
                    into.extend(
                        faces.chunks(8).map(|eight| eight.iter().rev().fold(0, |byte, link| byte << 1 | u8::from(*link > 0.5))),
                    );
                }
            }
            for layer in slot * self.layers..(slot + 1) * self.layers {
                into.extend(self.h[layer].as_flattened().iter().flat_map(|value| value.to_le_bytes()));
                into.extend(self.peak[layer].as_flattened().iter().flat_map(|value| value.to_le_bytes()));
            }
        }
    }

    fn loaded(&self, from: &mut Bytes, law: &Law) -> Option<Self> {
        let slots = from.number()?;
        let mut tiles = self.emptied();
        tiles.steps_to_review = u32::try_from(from.number()?).ok()?;
        let mut awake = Vec::new();
        for slot in 0..slots {
            let tile = from.number().filter(|tile| tiles.is_tile(*tile))?;
            if tiles.allocate(tile) != slot {
                return None;
            }
            let flags = from.take(1)?[0];
            awake.extend((flags & 1 != 0).then_some(slot));
            if flags & 2 != 0 {
                let mut links = Links::whole();
                let bytes = from.take(LINK_BYTES)?;
                let (x, y) = bytes.split_at(LINK_BYTES / 2);
                for (faces, bytes) in [(links.x.as_flattened_mut(), x), (links.y.as_flattened_mut(), y)] {
                    for (k, face) in faces.iter_mut().enumerate() {
                        *face = f32::from(bytes[k / 8] >> (k % 8) & 1);
                    }
                }
                tiles.links[slot] = Some(Box::new(links));
            }
            for layer in slot * tiles.layers..(slot + 1) * tiles.layers {
                from.values(tiles.h[layer].as_flattened_mut(), f64::from_le_bytes)?;
                from.values(tiles.peak[layer].as_flattened_mut(), f32::from_le_bytes)?;
                let now = tiles.now;
                for (theta, h) in tiles.theta[now][layer].as_flattened_mut().iter_mut().zip(tiles.h[layer].as_flattened()) {
                    *theta = law.theta.at(*h) as f32;
                }
            }
        }
        tiles.set_awake(&awake);
        Some(tiles)
    }
}

/// What is left to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(first)
    }

    fn number(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?) as usize)
    }

    fn float(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn values<T, const SIZE: usize>(&mut self, into: &mut [T], of: fn([u8; SIZE]) -> T) -> Option<()> {
        let (each, _) = self.take(into.len() * SIZE)?.as_chunks::<SIZE>();
        into.iter_mut().zip(each).for_each(|(value, bytes)| *value = of(*bytes));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Conduction, Loss, Params};
    use super::*;

    /// Two layers, a cut, some steps.
    fn plate() -> (Params, Heat) {
        let mut params = Params::new([0.1, 0.07], 1e-3, 0.0127, Conduction::Steel, Loss::Constant { w_per_m2_k: 40.0 });
        params.layers = 2;
        let mut heat = Heat::new(&params);
        heat.cut([0.03, 0.03], [0.06, 0.035]);
        heat.deposit_gaussian([0.05, 0.03], 2e-3, 900.0);
        heat.step(0.4);
        (params, heat)
    }

    #[test]
    fn a_plate_goes_on_from_its_bytes_as_if_nothing_had_been() {
        let (params, mut heat) = plate();
        let mut bytes = Vec::new();
        heat.save(&mut bytes);
        let mut other = Heat::new(&params);
        assert!(other.load(&bytes));
        for plate in [&mut heat, &mut other] {
            plate.deposit_gaussian([0.02, 0.03], 2e-3, 300.0);
            plate.step(0.7);
        }
        assert!(heat.temperature_map_c() == other.temperature_map_c() && heat.peak_map_c() == other.peak_map_c());
        assert_eq!((heat.stored_j(), heat.lost_j(), heat.put_in_j()), (other.stored_j(), other.lost_j(), other.put_in_j()));
    }

    #[test]
    fn bytes_that_are_no_plate_change_nothing() {
        let (params, heat) = plate();
        let mut bytes = Vec::new();
        heat.save(&mut bytes);
        let mut other = Heat::new(&params);
        let cold = other.temperature_map_c();
        let mut wild = bytes.clone();
        wild[24..28].fill(0xff);
        wild[32..36].fill(0xff);
        for wrong in [&bytes[..bytes.len() - 1], &bytes[..11], &[], &wild[..]] {
            assert!(!other.load(wrong) && other.temperature_map_c() == cold);
        }
    }
}
