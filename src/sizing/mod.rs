//! What to buy, and how sure a verdict is: many runs of a scene, with other parts or with other values out of their ranges.
//!
//! In: a scene, what may vary in it, and what runs a scene. Out: tables of runs, and what follows from them. Everything is a function of the
//! scene and a seed, so that shards together give the bytes of one machine. May use: `scene`, `twin`, `report`, and `program`'s moves.
//!
//! * [`latin`], [`statistics`]: draws, percentiles, rank correlations. * [`samples`]: a scene's verdict over its ranges; [`page`] shows it.
//! * [`shard`]: parts and how they are joined. * [`vary`]: candidates from a scene's `[size]`; [`screen`]: margins by closed forms;
//! * [`window`]: the hardest stretches of a job; [`search`]: the order of the runs; [`answer`]: what they say, the
//!   shopping list; [`pareto`]: the picture.

pub mod answer;
pub mod latin;
pub mod page;
pub mod pareto;
pub mod pull_out;
pub mod samples;
pub mod screen;
pub mod search;
pub mod shard;
pub mod statistics;
pub mod vary;
pub mod window;
