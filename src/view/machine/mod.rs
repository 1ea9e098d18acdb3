//! The machine in the picture: table, gantry, carriage, torch, flames, built from the scene once a run and moved every frame.
//!
//! In: the session's scene and film, the machine at the playhead, how to draw. Out: entities under [`Root`]. Everything is a function of those:
//! whatever was shown before, an instant looks the same.

mod carriage;
mod fire;
mod gantry;
pub mod layout;
mod loads;
mod pieces;
mod place;
pub mod pose;
mod spawn;
mod table;
mod torch;

use crate::view::session::Session;
use crate::view::state::{Root, ViewSet};
use bevy::prelude::*;
use layout::Layout;

pub use layout::Bounds;
pub use loads::RATED_RISE_K;

/// Draws the machine.
pub struct MachinePlugin;

impl Plugin for MachinePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<loads::FirstLoss>().init_resource::<Ghost>();
        let moving =
            (place::bodies, place::spans, place::bent, place::loads, place::from_above, place::ghost, place::fire, place::lamps);
        app.add_systems(Update, (rebuild, moving).chain().in_set(ViewSet::World));
    }
}

/// The gantry is seen through, as from above, where it would hide the plate.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ghost(pub bool);

/// The machine that is drawn.
#[derive(Resource)]
pub struct Built {
    /// The run that it belongs to.
    pub generation: u64,
    /// Where its parts stand.
    pub layout: Layout,
    entity: Entity,
}

/// Builds the machine anew where the scene is another.
fn rebuild(world: &mut World) {
    let Some(root) = world.get_resource::<Root>().map(|root| root.0) else { return };
    let Some(session) = world.get_resource::<Session>() else { return };
    let Some(scene) = session.scene.clone() else { return };
    let generation = session.generation;
    if let Some(built) = world.get_resource::<Built>() {
        if built.generation == generation {
            return;
        }
        let old = built.entity;
        world.despawn(old);
    }
    let layout = Layout::of(&scene);
    let entity = spawn::machine(world, root, &layout);
    world.insert_resource(Built { generation, layout, entity });
}
