//! The app: pictures of it against references, numbers with and without it, scrubbing.

mod likeness;
mod numbers;
mod pictures;
