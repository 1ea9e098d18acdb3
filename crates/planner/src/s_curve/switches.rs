//! Torch events that come with a move, without a stop: they wait for its beginning, and then for the averages to let it through.
//!
//! In: events and the number of the piece that each belongs to, and where the machine has got to. Out: the events, in their order.

use crate::path::TorchEvent;

/// Events ahead and on their way, at most.
const MOST: usize = 8;

#[derive(Clone, Copy, Debug)]
struct Switch {
    /// The piece with whose beginning it comes.
    piece: u32,
    /// Samples until it is due; none while the piece is ahead.
    samples: Option<usize>,
    tag: u32,
    event: TorchEvent,
}

/// A queue of them.
#[derive(Clone, Debug)]
pub struct Switches {
    list: [Switch; MOST],
    len: usize,
}

impl Default for Switches {
    fn default() -> Self {
        Self { list: [Switch { piece: 0, samples: None, tag: 0, event: TorchEvent::AllOff }; MOST], len: 0 }
    }
}

impl Switches {
    /// Takes an event that comes with a piece; false where there is no room.
    pub fn take(&mut self, piece: u32, tag: u32, event: TorchEvent) -> bool {
        if self.len == MOST {
            return false;
        }
        self.list[self.len] = Switch { piece, samples: None, tag, event };
        self.len += 1;
        true
    }

    /// A piece is under way: what comes with it is due after so many samples.
    pub fn reach(&mut self, piece: u32, samples: usize) {
        for switch in self.list[..self.len].iter_mut().filter(|switch| switch.samples.is_none() && switch.piece == piece) {
            switch.samples = Some(samples);
        }
    }

    /// A sample has passed.
    pub fn go_on(&mut self) {
        for samples in self.list[..self.len].iter_mut().filter_map(|switch| switch.samples.as_mut()) {
            *samples = samples.saturating_sub(1);
        }
    }

    /// Makes all due at rest; false where there are none.
    pub fn now(&mut self) -> bool {
        self.list[..self.len].iter_mut().for_each(|switch| switch.samples = Some(0));
        self.len > 0
    }

    /// Whether any is past the beginning of its piece.
    pub fn on_their_way(&self) -> bool {
        self.list[..self.len].iter().any(|switch| switch.samples.is_some())
    }

    /// The next that is due: its tag, and what it is.
    pub fn due(&mut self) -> Option<(u32, TorchEvent)> {
        let first = self.list[..self.len].first().filter(|switch| switch.samples == Some(0)).copied()?;
        self.list.copy_within(1.., 0);
        self.len -= 1;
        Some((first.tag, first.event))
    }
}
