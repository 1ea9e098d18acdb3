//! What makes the steps on this machine, and the thread it works in.
//!
//! In: a scene and its program's course. Out: [`Output`]s in the order of time, their tags the numbers of items.

use crossbeam_channel::Sender;

use crate::scene::model::Scene;
use crate::twin::course::Course;
use crate::twin::replay::Replay;
use torchtwin_planner::{Controller, Grbl, Output, SCurve};

/// Pieces that the jerk-limited profile looks ahead over.
pub const LOOK_AHEAD: usize = 256;
/// Samples that its averages may take at most.
pub const AVERAGE: usize = 128;

/// Outputs handed from thread to thread at a time: a few hundred steps, so that the handing costs next to nothing.
pub type Batch = Vec<Output>;
const BATCH: usize = 512;

/// Batches that may wait between the planner's thread and the loop.
pub const QUEUE: usize = 16;

/// Everything that the controller of `scene` does with the program, or did when its steps were recorded.
pub fn outputs<'a>(scene: &'a Scene, course: &'a Course<'a>) -> impl Iterator<Item = Output> + 'a {
    let start = course.start();
    let machine = &scene.machine;
    let mut controller: Box<dyn Controller + 'a> = match (&scene.job.recording, machine.grbl) {
        (Some(recording), _) => Box::new(Replay::new(recording, course, machine.limits.steps_per_m)),
        (None, Some(settings)) => {
            let grbl: Grbl = Grbl::new(settings, start);
            Box::new(grbl)
        }
        (None, None) => Box::new(SCurve::<LOOK_AHEAD, AVERAGE>::new(machine.s_curve, start)),
    };
    let mut items = course.items();
    std::iter::from_fn(move || controller.next(&mut items))
}

/// The body of the planner's thread; ends early when nobody takes the batches any more.
pub fn feed(scene: &Scene, course: &Course, queue: &Sender<Batch>) {
    let mut outputs = outputs(scene, course);
    loop {
        let batch: Batch = outputs.by_ref().take(BATCH).collect();
        if batch.is_empty() || queue.send(batch).is_err() {
            return;
        }
    }
}
