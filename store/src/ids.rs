//! Maps by tracker that are asked for every check.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use domain::TrackerId;

/// Something of each tracker. Its numbers are given by us, so nobody can choose ones that collide, and the usual hash, which takes
/// longer than the look into the map, is not needed.
pub(crate) type ById<T> = HashMap<TrackerId, T, BuildHasherDefault<Spread>>;

/// Spreads numbers by multiplying (Knuth, *Sorting and Searching*, 6.4).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_i64((*byte).into());
        }
    }

    fn write_i64(&mut self, number: i64) {
        self.0 = (self.0 ^ number.cast_unsigned()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
