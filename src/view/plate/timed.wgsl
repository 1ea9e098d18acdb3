// Lines and bands on the plate that appear at their time.

#import bevy_pbr::{
    mesh_functions,
    mesh_view_bindings::view,
    view_transformations::position_world_to_clip,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> numbers: vec4<f32>;

struct Corner {
    @builtin(instance_index) instance: u32,
    @location(0) position: vec3<f32>,
    @location(1) across: vec3<f32>,
    @location(2) uv: vec2<f32>,
    @location(5) color: vec4<f32>,
}

struct Seen {
    @builtin(position) position: vec4<f32>,
    @location(0) color: vec4<f32>,
    @location(1) time_s: f32,
}

@vertex
fn vertex(corner: Corner) -> Seen {
    let world_from_local = mesh_functions::get_world_from_local(corner.instance);
    let world = (world_from_local * vec4(corner.position, 1.0)).xyz;
    let middle = position_world_to_clip(world);
    let side = (world_from_local * vec4(corner.across, 0.0)).xyz;
    // How long a millimetre across is on the screen.
    let beside = position_world_to_clip(world + side * 1e-3);
    let on_screen = (beside.xy / beside.w - middle.xy / middle.w) * 0.5 * view.viewport.zw;
    let pixels_per_m = length(on_screen) * 1e3;
    let least_m = 0.5 * numbers.y / max(pixels_per_m, 1e-3);
    let half_m = max(corner.uv.y, min(least_m, 0.05));
    var out: Seen;
    out.position = position_world_to_clip(world + side * half_m);
    // Nearer by a share of its distance, so that it lies on the plate from near and far.
    out.position.z *= 1.0 + 1.5e-4;
    out.color = corner.color;
    out.time_s = corner.uv.x;
    return out;
}

@fragment
fn fragment(seen: Seen) -> @location(0) vec4<f32> {
    if seen.time_s > numbers.x {
        discard;
    }
    return vec4(seen.color.rgb * numbers.z, seen.color.a);
}
