//! The plate of the app: kerf, temperature, lines, parts that come loose. All of it is a function of session, playhead and look.
//!
//! In: [`Session`] (film and, at the end, record), [`Playhead`], [`Look`]. Out: what is drawn below [`Root`], [`PlateHeat`]
//! and [`PlateReady`].
//!
//! * [`kerf_map`]: where the kerf's edge is and when each place was cut; `maps` and `tracer` keep it up with the film. * `upload`: what has changed,
//!   to the graphics card. * [`replay`], [`heat`]: temperature at any instant. * `material`, `ramps`: how it looks. * `body`: the plate's
//!   meshes. * `ribbons`, `pins`: lines and pins on it. * `falling`, `pieces`: what comes loose. * [`pick`]: from a place to a cut.

mod body;
mod falling;
pub mod heat;
pub mod kerf_map;
mod maps;
mod pins;
mod material;
pub mod pick;
mod pieces;
mod ramps;
pub mod replay;
mod ribbons;
mod straight;
mod tracer;
mod upload;

pub use maps::Maps;
pub use ribbons::{HAZ_COLOR, deviation_bound_m, deviation_color};
pub use upload::Uploads;

use bevy::prelude::*;

use super::session::{Session, State};
use super::state::{PlateHeat, Playhead, ViewSet};

/// Draws the plate.
pub struct PlatePlugin;

/// Whether everything that is worked out beside the picture is there: the map of the kerf, the temperature of the playhead's instant, the
/// pieces and how they fall, and all of it on the graphics card. A picture that is to be the same every time waits for it.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlateReady(pub bool);

impl Plugin for PlatePlugin {
    fn build(&self, app: &mut App) {
        material::install(app);
        upload::install(app);
        app.init_resource::<PlateHeat>()
            .init_resource::<PlateReady>()
            .init_resource::<ribbons::Ribbons>()
            .init_resource::<pins::Pins>()
            .init_resource::<pieces::Pieces>();
        app.add_systems(
            Update,
            (
                (maps::begin, heat::begin, maps::follow, heat::follow, pieces::follow, maps::send, heat::send).chain(),
                (body::build, body::show, ribbons::follow, ribbons::show, pins::follow, pins::show).chain(),
                ready,
            )
                .chain()
                .in_set(ViewSet::World)
                .run_if(resource_exists::<Session>),
        );
    }
}

fn ready(
    session: Res<Session>,
    playhead: Res<Playhead>,
    (maps, thread): (Option<Res<Maps>>, Option<Res<heat::HeatThread>>),
    (pieces, ribbons): (Res<pieces::Pieces>, Res<ribbons::Ribbons>),
    uploads: Res<Uploads>,
    mut ready: ResMut<PlateReady>,
) {
    let begun = matches!(session.state, State::Running | State::Done) && session.scene.is_some();
    let map = maps.is_some_and(|maps| maps.is_current(&session));
    let heat = thread.is_some_and(|thread| thread.generation() == session.generation && thread.is_current(playhead.time_s));
    let all = map && heat && pieces.are_current(&session) && ribbons.are_current(&session) && uploads.are_done();
    ready.set_if_neq(PlateReady(!begun || all));
}
