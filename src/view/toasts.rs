//! Messages to the person: they stay for a while, warnings until they are closed.

use bevy::prelude::Resource;

/// How long a message stays, s.
const STAYS_S: f64 = 6.0;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// What is said.
    pub text: String,
    /// It says that something is wrong.
    pub warning: bool,
    /// Seconds for which it stays.
    pub left_s: f64,
}

/// Messages on the screen, oldest first.
#[derive(Resource, Default)]
pub struct Toasts(pub Vec<Toast>);

impl Toasts {
    /// Says something.
    pub fn say(&mut self, text: String) {
        self.0.push(Toast { text, warning: false, left_s: STAYS_S });
    }

    /// Says that something is wrong.
    pub fn warn(&mut self, text: String) {
        self.0.push(Toast { text, warning: true, left_s: f64::INFINITY });
    }

    /// Lets `dt_s` pass.
    pub fn age(&mut self, dt_s: f64) {
        self.0.iter_mut().for_each(|toast| toast.left_s -= dt_s);
        self.0.retain(|toast| toast.left_s > 0.0);
    }
}
