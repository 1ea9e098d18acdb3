//! The plate's meshes: one block while the run computes, then its pieces and what fills the kerf between them.

use bevy::light::NotShadowCaster;
use bevy::prelude::*;

use super::kerf_map::REACH_M;
use super::maps::Maps;
use super::material::{PlateExtension, PlateMaterial, PlateNumbers, Role};
use super::pieces::Pieces;
use super::ramps::{FALSE_C, GLOW_C, TEMPER_C};
use crate::view::polygon::Polygon;
use crate::view::session::Session;
use crate::view::solid::Solid;
use crate::view::state::{Look, PlateLook, Playhead, Root};

/// The filling's upper and lower face lie this far inside, m, so that they do not flicker against those of the pieces.
const SUNK_M: f32 = 0.04e-3;
/// How far the lower edge of a cut is behind the upper one, as a share of the thickness (a clean cut's, as `torch::drag` has it).
const DRAG_SHARE: f32 = 0.1;

/// What is drawn of the plate now.
#[derive(Resource)]
pub struct Body {
    generation: u64,
    whole: bool,
    entities: Vec<Entity>,
    materials: Vec<Handle<PlateMaterial>>,
}

/// A piece of the plate by its number in the record.
#[derive(Component)]
pub struct PieceBody(pub usize);

/// Marks the corners of a wall: their colour has no alpha.
pub fn as_wall(mut solid: Solid) -> Solid {
    for color in &mut solid.colors {
        color[3] = 0.0;
    }
    solid
}

/// Builds the plate anew for a new run, and when its pieces are known.
pub fn build(
    session: Res<Session>,
    maps: Option<Res<Maps>>,
    mut pieces: ResMut<Pieces>,
    body: Option<Res<Body>>,
    root: Option<Res<Root>>,
    (mut meshes, mut materials): (ResMut<Assets<Mesh>>, ResMut<Assets<PlateMaterial>>),
    mut commands: Commands,
) {
    let (Some(scene), Some(maps), Some(root)) = (&session.scene, maps, root) else { return };
    if maps.generation != session.generation {
        return;
    }
    let in_pieces = pieces.are_known(&session);
    if body.as_ref().is_some_and(|body| body.generation == session.generation && body.whole != in_pieces) {
        return;
    }
    // Of a run that has ended already the pieces are there in a moment: no block for so short a time.
    let is_new = body.as_ref().is_none_or(|body| body.generation != session.generation);
    if is_new && session.record.is_some() && !in_pieces {
        return;
    }
    if let Some(body) = body {
        for &entity in &body.entities {
            commands.entity(entity).despawn();
        }
    }
    let plate = &scene.plate;
    let vec2 = |p: [f64; 2]| Vec2::new(p[0] as f32, p[1] as f32);
    let texels = maps.kerf.texels();
    let numbers = PlateNumbers {
        corner_m: vec2(plate.corner_in_machine_m),
        size_m: vec2(plate.size_m),
        map_m: vec2(texels.map(|n| n as f64 * maps.kerf.texel_m)),
        map_texels: Vec2::new(texels[0] as f32, texels[1] as f32),
        thickness_m: plate.thickness_m as f32,
        kerf_m: (scene.torch.params.setting.kerf_m as f32).max(0.2e-3),
        drag_m: DRAG_SHARE * plate.thickness_m as f32,
        ambient_c: plate.heat.ambient_c as f32,
        reach_m: REACH_M as f32,
        ramps_c: Vec4::new(GLOW_C[0], GLOW_C[1], TEMPER_C[0], TEMPER_C[1]),
        false_c: Vec2::from_array(FALSE_C),
        atlas_texels: maps.atlas_texels(),
        ..PlateNumbers::default()
    };
    let mut material = |role: Role| {
        materials.add(PlateMaterial {
            base: StandardMaterial::default(),
            extension: PlateExtension {
                numbers: PlateNumbers { role: role as u32, ..numbers },
                distance: maps.distance.clone(),
                cut_at: maps.cut_at.clone(),
                heat: maps.heat.clone(),
                ramps: maps.ramps.clone(),
                scale: maps.scale.clone(),
                slots: maps.slots.clone(),
            },
        })
    };
    let low = plate.corner_in_machine_m;
    let high = [low[0] + plate.size_m[0], low[1] + plate.size_m[1]];
    let outline = [low, [high[0], low[1]], high, [low[0], high[1]]];
    let rectangle = Polygon::new(&outline, &[], 0.0);
    let thickness = plate.thickness_m as f32;
    let mut entities = Vec::new();
    let mut used = Vec::new();
    if in_pieces {
        let steel = material(Role::Piece);
        for (k, mesh) in pieces.take_meshes() {
            let mesh = Mesh3d(meshes.add(mesh));
            entities.push(
                commands.spawn((PieceBody(k), mesh, MeshMaterial3d(steel.clone()), Transform::default(), ChildOf(root.0))).id(),
            );
        }
        let filling = material(Role::Filling);
        let lids = rectangle.prism(SUNK_M - thickness, -SUNK_M, |_| [0.0; 2]).caps;
        let mesh = Mesh3d(meshes.add(lids.into_mesh()));
        entities.push(
            commands.spawn((mesh, MeshMaterial3d(filling.clone()), Transform::default(), NotShadowCaster, ChildOf(root.0))).id(),
        );
        used.extend([steel, filling]);
    } else {
        let block = material(Role::Block);
        let prism = rectangle.prism(-thickness, 0.0, |_| [0.0; 2]);
        let mut solid = prism.caps;
        solid.push(as_wall(prism.walls));
        let mesh = Mesh3d(meshes.add(solid.into_mesh()));
        entities.push(commands.spawn((mesh, MeshMaterial3d(block.clone()), Transform::default(), ChildOf(root.0))).id());
        used.push(block);
    }
    commands.insert_resource(Body { generation: session.generation, whole: !in_pieces, entities, materials: used });
}

/// Shows the playhead's instant in the look that is wanted, and pieces where they are then.
pub fn show(
    playhead: Res<Playhead>,
    look: Res<Look>,
    (body, maps): (Option<Res<Body>>, Option<Res<Maps>>),
    pieces: Res<Pieces>,
    mut materials: ResMut<Assets<PlateMaterial>>,
    mut places: Query<(&PieceBody, &mut Transform)>,
) {
    let (Some(body), Some(maps)) = (body, maps) else { return };
    if maps.generation != body.generation {
        return;
    }
    let now_s = playhead.time_s as f32;
    let colours = match look.plate {
        PlateLook::Steel => 0,
        PlateLook::Temperature => 1,
        PlateLook::Peak => 2,
    };
    for handle in &body.materials {
        let same = materials.get(handle).is_none_or(|material| {
            let numbers = &material.extension.numbers;
            numbers.now_s == now_s && numbers.look == colours && material.extension.distance == maps.distance
        });
        if !same && let Some(mut material) = materials.get_mut(handle) {
            let extension = &mut material.extension;
            // The atlas may have grown.
            (extension.distance, extension.cut_at) = (maps.distance.clone(), maps.cut_at.clone());
            (extension.numbers.now_s, extension.numbers.look) = (now_s, colours);
            extension.numbers.atlas_texels = maps.atlas_texels();
        }
    }
    for (piece, mut place) in &mut places {
        place.set_if_neq(pieces.place(piece.0, playhead.time_s));
    }
}
