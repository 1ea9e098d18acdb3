//! What the scene says will break: motors that get less current than they should, for a time or for good.
//!
//! In: the scene's faults, the time. Out: the drives as they are then, and an event for each change.

use crate::scene::model::{Fault, Scene};
use crate::twin::plant::Plant;

/// A change of the share of current that a motor gets.
struct Change {
    at_s: f64,
    joint: usize,
    share: f64,
}

/// All changes in the order of time.
pub struct Faults {
    changes: Vec<Change>,
    done: usize,
}

impl Faults {
    /// Those of a scene.
    pub fn of(scene: &Scene) -> Self {
        let joint = |fault: &Fault| scene.machine.joints.iter().position(|joint| joint.name == fault.motor);
        let both = |fault: &Fault| {
            let joint = joint(fault)?;
            let begins = Change { at_s: fault.at_s, joint, share: fault.current_share };
            Some([begins, Change { at_s: fault.at_s + fault.for_s, joint, share: 1.0 }])
        };
        let mut changes: Vec<Change> =
            scene.faults.iter().filter_map(both).flatten().filter(|c| c.at_s < f64::INFINITY).collect();
        changes.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        Self { changes, done: 0 }
    }

    /// When the next change comes, s.
    pub fn next_s(&self) -> f64 {
        self.changes.get(self.done).map_or(f64::INFINITY, |change| change.at_s)
    }

    /// Makes the changes that are due at `t`; what they are, in words.
    pub fn strike(&mut self, t: f64, scene: &Scene, plant: &mut Plant) -> Vec<String> {
        let mut said = Vec::new();
        while self.next_s() <= t {
            let Change { joint, share, .. } = self.changes[self.done];
            self.done += 1;
            let meant = &scene.machine.joints[joint];
            plant.feed(joint, &meant.driver, share);
            said.push(match share {
                0.0 => format!("motor {} gets no current any more, as the scene has it", meant.name),
                1.0 => format!("motor {} has its current again", meant.name),
                _ => format!("motor {} gets {:.0} % of its current, as the scene has it", meant.name, 100.0 * share),
            });
        }
        said
    }
}
