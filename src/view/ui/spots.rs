//! Where the things are that can be clicked, for tests that drive the window from outside: `torchtwin view --spots FILE` keeps a JSON file
//! of names and places up to date.

use bevy_egui::egui::{Context, Id, Rect, Ui};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The places of this frame: by name the middle, logical pixels.
type Places = BTreeMap<String, [f32; 2]>;

const KEY: &str = "spots";

/// Notes a place, where somebody wants to know.
pub fn note(ui: &Ui, name: &str, rect: Rect) {
    note_in(ui.ctx(), name, rect);
}

/// As [`note`], for what has no [`Ui`].
pub fn note_in(ctx: &Context, name: &str, rect: Rect) {
    let middle = rect.center();
    ctx.data_mut(|data| {
        if let Some(places) = data.get_temp_mut_or_default::<Option<Places>>(Id::new(KEY)) {
            places.insert(name.to_string(), [middle.x.round(), middle.y.round()]);
        }
    });
}

/// Writes the places of the frame that ends, if they have changed since the last one, and begins anew.
pub(super) fn write(ctx: &Context, file: Option<&PathBuf>) {
    let Some(file) = file else { return };
    let (now, before) = ctx.data_mut(|data| {
        let now = data.get_temp_mut_or_default::<Option<Places>>(Id::new(KEY)).replace(Places::new()).unwrap_or_default();
        let before = std::mem::replace(data.get_temp_mut_or_default::<Places>(Id::new("spots before")), now.clone());
        (now, before)
    });
    if now == before {
        return;
    }
    if let Ok(text) = serde_json::to_string(&now) {
        // Whoever reads it looks again.
        let _ = crate::report::files::write_file(file, text.as_bytes());
    }
}
