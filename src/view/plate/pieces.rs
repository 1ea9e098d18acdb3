//! The pieces of the plate once the run has ended: their meshes and how they fall, worked out on a thread of their own.

use std::sync::Arc;

use bevy::prelude::*;
use crossbeam_channel::{Receiver, Sender, unbounded};

use super::body::as_wall;
use super::falling::{self, Track};
use crate::scene::model::Scene;
use crate::twin::record::Record;
use crate::view::polygon::Polygon;
use crate::view::session::Session;

/// Contours are drawn to this, m.
const TOLERANCE_M: f64 = 1e-5;

/// What the thread has worked out.
enum News {
    Meshes(Vec<(usize, Mesh)>),
    Falls(Vec<Option<Track>>),
}

/// What is known of the pieces.
#[derive(Resource, Default)]
pub struct Pieces {
    generation: u64,
    news: Option<Receiver<News>>,
    meshes: Vec<(usize, Mesh)>,
    known: bool,
    tracks: Option<Vec<Option<Track>>>,
}

impl Pieces {
    /// Their shapes are known.
    pub fn are_known(&self, session: &Session) -> bool {
        self.generation == session.generation && self.known
    }

    /// Nothing is missing that the session's record has.
    pub fn are_current(&self, session: &Session) -> bool {
        session.record.is_none() || self.generation == session.generation && self.tracks.is_some()
    }

    /// Takes the meshes, by the pieces' numbers in the record.
    pub fn take_meshes(&mut self) -> Vec<(usize, Mesh)> {
        std::mem::take(&mut self.meshes)
    }

    /// Where a piece is at an instant, against where it was cut.
    pub fn place(&self, piece: usize, time_s: f64) -> Transform {
        let track = self.tracks.as_ref().and_then(|tracks| tracks.get(piece)).and_then(Option::as_ref);
        track.map_or(Transform::IDENTITY, |track| track.at(time_s))
    }
}

/// Starts the thread when the record is there, and takes what it has worked out.
pub fn follow(session: Res<Session>, mut pieces: ResMut<Pieces>) {
    if pieces.generation != session.generation {
        *pieces = Pieces { generation: session.generation, ..Pieces::default() };
    }
    let (Some(scene), Some(record)) = (&session.scene, &session.record) else { return };
    if pieces.news.is_none() {
        let (sender, news) = unbounded();
        let (scene, record) = (scene.clone(), record.clone());
        std::thread::spawn(move || work_out(&scene, &record, &sender));
        pieces.news = Some(news);
    }
    let arrived: Vec<News> = pieces.news.iter().flat_map(Receiver::try_iter).collect();
    for news in arrived {
        match news {
            News::Meshes(meshes) => (pieces.meshes, pieces.known) = (meshes, true),
            News::Falls(tracks) => pieces.tracks = Some(tracks),
        }
    }
}

fn work_out(scene: &Arc<Scene>, record: &Arc<Record>, news: &Sender<News>) {
    let thickness = scene.plate.thickness_m as f32;
    let mesh = |region: &crate::plate::geometry::Region| {
        let polygon = Polygon::new(&region.outer, &region.holes, TOLERANCE_M);
        let prism = (!polygon.is_empty()).then(|| polygon.prism(-thickness, 0.0, |_| [0.0; 2]))?;
        let mut solid = prism.caps;
        solid.push(as_wall(prism.walls));
        (!solid.indices.is_empty()).then(|| solid.into_mesh())
    };
    let meshes = record.parts.iter().enumerate().filter_map(|(k, part)| Some((k, mesh(&part.piece.region)?))).collect();
    // Who waited may be gone.
    if news.send(News::Meshes(meshes)).is_ok() {
        let _ = news.send(News::Falls(falling::tracks(scene, record)));
    }
}
