//! Materials of the plate and of what is drawn on it.

use bevy::asset::{embedded_asset, embedded_path};
use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{ExtendedMaterial, MaterialExtension, MaterialPipeline, MaterialPipelineKey, MaterialPlugin};
use bevy::prelude::*;
use bevy::reflect::TypePath;
use bevy::render::render_resource::{AsBindGroup, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError};
use bevy::shader::ShaderRef;

/// Steel with the plate's maps on it.
pub type PlateMaterial = ExtendedMaterial<StandardMaterial, PlateExtension>;

/// What a body made of [`PlateMaterial`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The whole plate as one block: what is cut is taken out of it by the map, and the walls behind are found along the line of sight.
    Block = 0,
    /// A piece with its own edges: nothing is taken out of it.
    Piece = 1,
    /// What fills the kerf between the pieces until it is cut.
    Filling = 2,
}

/// Numbers of the plate's shader.
#[derive(Clone, Copy, Debug, Default, ShaderType)]
pub struct PlateNumbers {
    /// Low corner of the plate, machine coordinates, m.
    pub corner_m: Vec2,
    /// Its size, m.
    pub size_m: Vec2,
    /// Size of the kerf's map on the ground, m.
    pub map_m: Vec2,
    /// Its texels.
    pub map_texels: Vec2,
    /// Thickness, m.
    pub thickness_m: f32,
    /// The instant shown, s.
    pub now_s: f32,
    /// Usual kerf width, m.
    pub kerf_m: f32,
    /// How far the lower edge of the cut is behind the upper one, m.
    pub drag_m: f32,
    /// [`Role`].
    pub role: u32,
    /// 0 steel, 1 temperature, 2 peak.
    pub look: u32,
    /// Temperature of what is around, °C.
    pub ambient_c: f32,
    /// How far distances of the map reach, m.
    pub reach_m: f32,
    /// Ends of the ramp of glow, then of temper colours, °C.
    pub ramps_c: Vec4,
    /// Ends of the ramp of false colours, °C.
    pub false_c: Vec2,
    /// Size of the kerf's atlas, texels.
    pub atlas_texels: Vec2,
}

/// What the plate adds to a standard material.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
pub struct PlateExtension {
    /// Numbers.
    #[uniform(100)]
    pub numbers: PlateNumbers,
    /// Atlas of distances to the kerf's edge.
    #[texture(101)]
    #[sampler(102)]
    pub distance: Handle<Image>,
    /// When it was cut; read texel by texel.
    #[texture(103, filterable = false)]
    pub cut_at: Handle<Image>,
    /// Temperature and peak above ambient, K.
    #[texture(104)]
    pub heat: Handle<Image>,
    /// Colours.
    #[texture(105)]
    pub ramps: Handle<Image>,
    /// Rolled surface.
    #[texture(106)]
    #[sampler(107)]
    pub scale: Handle<Image>,
    /// Which tile of the atlas a place of the plate has.
    #[texture(108, sample_type = "u_int")]
    pub slots: Handle<Image>,
}

impl MaterialExtension for PlateExtension {
    fn fragment_shader() -> ShaderRef {
        shader("plate.wgsl")
    }
}

/// Flat lines and bands on the plate that appear at their time: unlit, in the colour of their corners. A corner has its place on the line,
/// the direction across it (its normal's X and Y, to the side that the corner is on), its time (UV's X, s) and the half width (UV's Y,
/// m); on the screen a line is never thinner than [`TimedMaterial::pixels`].
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
pub struct TimedMaterial {
    /// X: the instant shown, s; Y: least width, pixels; Z: strength of the colours, W: free.
    #[uniform(0)]
    pub numbers: Vec4,
}

impl TimedMaterial {
    /// Lines at least `pixels` wide.
    pub fn pixels(pixels: f32) -> Self {
        Self { numbers: Vec4::new(0.0, pixels, 1.0, 0.0) }
    }
}

impl Material for TimedMaterial {
    fn vertex_shader() -> ShaderRef {
        shader("timed.wgsl")
    }

    fn fragment_shader() -> ShaderRef {
        shader("timed.wgsl")
    }

    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Blend
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _: &MeshVertexBufferLayoutRef,
        _: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        // A band that is seen from below, or whose corners change sides, is still there.
        descriptor.primitive.cull_mode = None;
        Ok(())
    }
}

fn shader(name: &str) -> ShaderRef {
    let path = bevy::asset::AssetPath::from_path_buf(embedded_path!("material.rs").with_file_name(name));
    ShaderRef::Path(path.with_source("embedded"))
}

/// Adds the materials and their shaders, which are part of the program.
pub fn install(app: &mut App) {
    embedded_asset!(app, "plate.wgsl");
    embedded_asset!(app, "timed.wgsl");
    app.add_plugins((MaterialPlugin::<PlateMaterial>::default(), MaterialPlugin::<TimedMaterial>::default()));
}
