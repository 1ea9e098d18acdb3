// The plate: rolled steel with its scale, temper colours and glow; what has been cut is not there.

#import bevy_pbr::{
    forward_io::{VertexOutput, FragmentOutput},
    mesh_functions::{get_local_from_world, mesh_normal_local_to_world},
    pbr_fragment::pbr_input_from_standard_material,
    pbr_functions::{apply_pbr_lighting, calculate_view, main_pass_post_lighting_processing},
    mesh_view_bindings::view,
}

struct Numbers {
    corner_m: vec2<f32>,
    size_m: vec2<f32>,
    map_m: vec2<f32>,
    map_texels: vec2<f32>,
    thickness_m: f32,
    now_s: f32,
    kerf_m: f32,
    drag_m: f32,
    role: u32,
    look: u32,
    ambient_c: f32,
    reach_m: f32,
    ramps_c: vec4<f32>,
    false_c: vec2<f32>,
    atlas_texels: vec2<f32>,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(100) var<uniform> plate: Numbers;
@group(#{MATERIAL_BIND_GROUP}) @binding(101) var distance_map: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(102) var clamped: sampler;
@group(#{MATERIAL_BIND_GROUP}) @binding(103) var cut_at_map: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(104) var heat_map: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(105) var ramps: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(106) var scale_tile: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(107) var repeated: sampler;
@group(#{MATERIAL_BIND_GROUP}) @binding(108) var slots: texture_2d<u32>;

const BLOCK: u32 = 0u;
const PIECE: u32 = 1u;
const FILLING: u32 = 2u;

// What was never cut.
const NEVER_S: f32 = 1e9;
// Texels along a tile of the kerf's map, those that it keeps, and tiles in a row of the atlas: kerf_map.rs and maps.rs have them too.
const TILE: f32 = 64.0;
const SIDE: f32 = 66.0;
const ACROSS: i32 = 96;
// Steel at a burning front, degrees C.
const FRONT_C: f32 = 1480.0;
// A wall cools after the front as the surface of a thick body does after a short pulse, with the root of time; its warmth has halved
// against the plate behind it after three times this, s. Basis: estimate for looks, of the order of (0.5 mm) squared over 7e-6 m2/s.
const COOLING_S: f32 = 0.12;
// How far from the edge the upper side shows the wall's glow, m.
const RIM_M: f32 = 0.35e-3;

// Where in the atlas a place of the plate lies, texels; negative where no cut has come near.
fn in_atlas(p: vec2<f32>) -> vec2<f32> {
    let place = clamp((p - plate.corner_m) / plate.map_m, vec2(0.0), vec2(0.999999)) * plate.map_texels;
    let tile = floor(place / TILE);
    let slot = i32(textureLoad(slots, vec2<i32>(tile), 0).r) - 1;
    if slot < 0 {
        return vec2(-1.0);
    }
    return vec2(f32(slot % ACROSS), f32(slot / ACROSS)) * SIDE + 1.0 + place - tile * TILE;
}

// Distance to the kerf's edge, m, negative inside.
fn distance_at(p: vec2<f32>) -> f32 {
    let at = in_atlas(p);
    if at.x < 0.0 {
        return plate.reach_m;
    }
    return (1.0 - 2.0 * textureSampleLevel(distance_map, clamped, at / plate.atlas_texels, 0.0).r) * plate.reach_m;
}

fn texel_s(texel: vec2<i32>) -> f32 {
    let t = textureLoad(cut_at_map, texel, 0).r;
    return select(t, NEVER_S, t <= 0.0);
}

// When a place is cut, s. Between texels that were cut in one go it is interpolated, so that the front is round; elsewhere the nearest
// texel counts.
fn cut_at(p: vec2<f32>) -> f32 {
    let at = in_atlas(p);
    if at.x < 0.0 {
        return NEVER_S;
    }
    let place = at - 0.5;
    let low = floor(place);
    let f = place - low;
    let k = vec2<i32>(low);
    let a = texel_s(k);
    let b = texel_s(k + vec2(1, 0));
    let c = texel_s(k + vec2(0, 1));
    let d = texel_s(k + vec2(1, 1));
    let spread = max(max(a, b), max(c, d)) - min(min(a, b), min(c, d));
    if spread < 3.0 {
        return mix(mix(a, b, f.x), mix(c, d, f.x), f.y);
    }
    return select(select(a, b, f.x > 0.5), select(c, d, f.x > 0.5), f.y > 0.5);
}

// Temperature and highest temperature of the plate, degrees C.
fn heat_at(p: vec2<f32>) -> vec2<f32> {
    let uv = (p - plate.corner_m) / plate.size_m;
    return textureSampleLevel(heat_map, clamped, uv, 0.0).rg + plate.ambient_c;
}

fn ramp(row: f32, share: f32) -> vec4<f32> {
    return textureSampleLevel(ramps, clamped, vec2((clamp(share, 0.0, 1.0) * 255.0 + 0.5) / 256.0, (row + 0.5) / 3.0), 0.0);
}

fn glow_of(temperature_c: f32) -> vec3<f32> {
    let share = (temperature_c - plate.ramps_c.x) / (plate.ramps_c.y - plate.ramps_c.x);
    return ramp(1.0, share).rgb * step(0.0, share);
}

// A cut wall: what is behind it, and the front that passed a time ago.
fn wall_c(behind_c: f32, since_s: f32) -> f32 {
    let share = inverseSqrt(1.0 + max(since_s, 0.0) / COOLING_S);
    return behind_c + max(FRONT_C - behind_c, 0.0) * share;
}

fn false_color(p: vec2<f32>) -> vec3<f32> {
    let heat = heat_at(p);
    let c = select(heat.x, heat.y, plate.look == 2u);
    return ramp(0.0, sqrt(max((c - plate.false_c.x) / (plate.false_c.y - plate.false_c.x), 0.0))).rgb;
}

struct Surface {
    color: vec3<f32>,
    metallic: f32,
    rough: f32,
    light: vec3<f32>,
    shade: f32,
}

// Rolled upper or lower side. `edge_m` is the distance to the nearest edge that is there at this instant.
fn rolled(p: vec2<f32>, scale: vec4<f32>, cloud: vec4<f32>, edge_m: f32, since_s: f32) -> Surface {
    let heat = heat_at(p);
    var s: Surface;
    let shade = 0.118 + 0.050 * (cloud.g - 0.5) + 0.075 * (scale.r - 0.5) + 0.03 * (scale.g - 0.5);
    s.color = vec3(0.95, 0.99, 1.09) * shade;
    let rust = clamp(scale.b * 0.55 + cloud.b * 0.5, 0.0, 1.0) * 0.55;
    s.color = mix(s.color, vec3(0.17, 0.088, 0.046), rust);
    s.rough = 0.40 + 0.20 * scale.a + 0.10 * cloud.a + 0.25 * rust;
    s.metallic = 0.62 - 0.5 * rust;
    // What the heat left.
    let temper = ramp(2.0, (heat.y - plate.ramps_c.z) / (plate.ramps_c.w - plate.ramps_c.z));
    let cover = temper.a * (0.62 + 0.5 * (scale.g - 0.5));
    s.color = mix(s.color, temper.rgb * (0.72 + 0.56 * scale.r), cover);
    // The rim: burnt scale and a thin molten edge.
    let rim = exp(-max(edge_m, 0.0) / 0.30e-3);
    let burnt = exp(-max(edge_m, 0.0) / 1.1e-3);
    s.color = mix(s.color, vec3(0.045, 0.047, 0.054), 0.55 * burnt + 0.25 * rim);
    s.rough = mix(s.rough, 0.34, 0.5 * rim);
    let wall = wall_c(heat.x, since_s);
    let near = exp(-pow(max(edge_m, 0.0) / RIM_M, 2.0));
    s.light = glow_of(mix(heat.x, max(wall, heat.x), near));
    s.shade = 1.0;
    return s;
}

// A wall that the torch has cut, `depth` from 0 at the upper edge to 1 at the lower.
fn cut_wall(p: vec2<f32>, depth: f32, since_s: f32, cut_s: f32) -> Surface {
    let heat = heat_at(p);
    var s: Surface;
    // Drag lines: ripples of the front, which lags behind at the bottom. 2 ripples a second of travel.
    let lag = plate.drag_m * depth * depth;
    let phase = cut_s * 9.0 + lag * 2600.0;
    let ripple = 0.5 + 0.5 * sin(phase * 6.2832 * 0.5) * sin(phase * 1.37 + 1.0);
    let blue = vec3(0.30, 0.315, 0.345);
    s.color = mix(blue * 0.72, blue * 1.15, ripple);
    s.color = mix(s.color, vec3(0.10, 0.085, 0.075), smoothstep(0.8, 1.0, depth) * 0.6);
    s.metallic = 0.75;
    s.rough = 0.42 + 0.12 * ripple;
    s.shade = mix(0.95, 0.55, sqrt(depth));
    // The lower part of the wall stays hot for longer: the slag runs there.
    s.light = glow_of(wall_c(heat.x, since_s / (1.0 + 0.8 * depth)));
    return s;
}

// A sheared border.
fn border_wall(p: vec2<f32>, scale: vec4<f32>, depth: f32) -> Surface {
    var s: Surface;
    s.color = vec3(0.17, 0.165, 0.16) * (0.75 + 0.5 * scale.r);
    s.color = mix(s.color, vec3(0.15, 0.085, 0.05), 0.35 * scale.g);
    s.metallic = 0.55;
    s.rough = 0.55;
    s.shade = 1.0 - 0.35 * depth;
    s.light = glow_of(heat_at(p).x);
    return s;
}

struct Hit {
    found: bool,
    at: vec3<f32>,
    normal: vec3<f32>,
}

// Whether steel is at a place inside the block at this instant; of the filling only the kerf itself counts.
fn is_steel(p: vec2<f32>) -> bool {
    let d = distance_at(p);
    if plate.role == FILLING {
        return d < 0.0 && cut_at(p) > plate.now_s;
    }
    return d >= 0.0 || cut_at(p) > plate.now_s;
}

// From an opening down the line of sight to the wall behind it.
fn look_into(opening: vec3<f32>, way: vec3<f32>) -> Hit {
    var hit: Hit;
    hit.found = false;
    let level = max(length(way.xy), 1e-4);
    let until = plate.thickness_m / max(abs(way.z), 1e-4);
    var s = 0.0;
    var last = 0.0;
    for (var k = 0; k < 40; k++) {
        let p = opening + way * s;
        let d = distance_at(p.xy);
        let t = cut_at(p.xy);
        let there = select(d >= 0.0 || t > plate.now_s, d < 0.0 && t > plate.now_s, plate.role == FILLING);
        if plate.role == FILLING && d >= 0.0 {
            return hit;
        }
        if there && k > 0 {
            hit.found = true;
            break;
        }
        last = s;
        // No wall is nearer than the edge, nor the front nearer than it has gone since at half its usual pace.
        let free = min(max(-d, 0.0), max((plate.now_s - t) * 0.003, 0.0));
        s += max(free, 0.06e-3 + s * 0.01) / level;
        if s > until {
            return hit;
        }
    }
    if !hit.found {
        // Nearly along a wall: what is seen is that wall.
        hit.found = true;
    }
    var near = last;
    var far = s;
    for (var k = 0; k < 5; k++) {
        let middle = 0.5 * (near + far);
        if is_steel((opening + way * middle).xy) {
            far = middle;
        } else {
            near = middle;
        }
    }
    hit.at = opening + way * far;
    let e = plate.map_m.x / plate.map_texels.x;
    let p = hit.at.xy;
    var slope = vec2(
        distance_at(p + vec2(e, 0.0)) - distance_at(p - vec2(e, 0.0)),
        distance_at(p + vec2(0.0, e)) - distance_at(p - vec2(0.0, e)),
    );
    if distance_at(p) < -0.05e-3 {
        // The front: steel that is cut later.
        slope = vec2(
            min(cut_at(p + vec2(e, 0.0)), plate.now_s + 9.0) - min(cut_at(p - vec2(e, 0.0)), plate.now_s + 9.0),
            min(cut_at(p + vec2(0.0, e)), plate.now_s + 9.0) - min(cut_at(p - vec2(0.0, e)), plate.now_s + 9.0),
        );
    }
    hit.normal = vec3(-normalize(slope + vec2(1e-9, 0.0)), 0.0);
    return hit;
}

@fragment
fn fragment(in: VertexOutput, @builtin(front_facing) is_front: bool) -> FragmentOutput {
    var pbr = pbr_input_from_standard_material(in, is_front);
    let local_from_world = get_local_from_world(in.instance_index);
    let at = (local_from_world * in.world_position).xyz;
    // Size of a pixel on the plate, from the camera: pieces have triangles so thin that their derivatives are noise.
    let orthographic = view.clip_from_view[3].w == 1.0;
    let to_eye = normalize((local_from_world * vec4(calculate_view(in.world_position, orthographic), 0.0)).xyz);
    let away_m = select(length(view.world_position - in.world_position.xyz), 1.0, orthographic);
    let pixel_m = 2.0 * away_m / (view.clip_from_view[1][1] * view.main_pass_viewport.w);
    let level = length(to_eye.xy);
    let ahead = select(vec2(1.0, 0.0), to_eye.xy / max(level, 1e-6), level > 1e-4);
    let slant = max(abs(to_eye.z), 0.06);
    let dx = vec2(-ahead.y, ahead.x) * pixel_m;
    let dy = ahead * pixel_m / slant;
    // Two sizes of the same tile, one turned, so that it is not seen to repeat.
    let turned = mat2x2<f32>(0.819, 0.574, -0.574, 0.819);
    let scale = textureSampleGrad(scale_tile, repeated, at.xy / 0.23, dx / 0.23, dy / 0.23);
    let cloud = textureSampleGrad(scale_tile, repeated, turned * at.xy / 1.31, turned * dx / 1.31, turned * dy / 1.31);
    let footprint_m = pixel_m * mix(1.0, 1.0 / slant, 0.5);

#ifdef VERTEX_COLORS
    let is_wall = in.color.a < 0.5;
#else
    let is_wall = false;
#endif
    let d = distance_at(at.xy);
    let t = cut_at(at.xy);
    let open = t <= plate.now_s;
    let since = plate.now_s - t;
    var p = at;
    var normal = in.world_normal;
    var surface: Surface;
    var dark = 0.0;
    if is_wall {
        let depth = clamp(-at.z / plate.thickness_m, 0.0, 1.0);
        if plate.role == BLOCK && d < 0.0 && open {
            discard;
        }
        if d < 0.5e-3 && t < NEVER_S {
            surface = cut_wall(at.xy, depth, select(1e6, since, open), t);
        } else {
            surface = border_wall(at.xy, scale, depth);
        }
    } else {
        if plate.role == FILLING && d > 0.1e-3 {
            discard;
        }
        let coarse = smoothstep(0.35, 0.8, footprint_m / plate.kerf_m);
        if plate.role != PIECE && open && d < 0.0 && coarse < 1.0 {
            // An opening, seen from near enough to look into.
            let hit = look_into(at, -to_eye);
            if !hit.found {
                discard;
            }
            p = hit.at;
            let wall_t = cut_at(hit.at.xy + hit.normal.xy * 0.1e-3);
            surface = cut_wall(p.xy, clamp(-p.z / plate.thickness_m, 0.0, 1.0), plate.now_s - wall_t, wall_t);
            surface.shade *= 0.5;
            normal = mesh_normal_local_to_world(hit.normal, in.instance_index);
        } else {
            if plate.role == FILLING && open && d >= 0.0 {
                discard;
            }
            surface = rolled(at.xy, scale, cloud, select(1.0, abs(d), open), select(1e6, since, open));
            // From afar the kerf is as dark as the share of the pixel that it takes.
            if open {
                dark = clamp(0.5 - d / footprint_m, 0.0, min(1.0, plate.kerf_m / footprint_m)) * coarse;
            }
        }
    }

    var out: FragmentOutput;
    if plate.look != 0u {
        var color = false_color(p.xy);
        if is_wall || p.z != at.z {
            color *= mix(1.0, 0.55, clamp(-p.z / plate.thickness_m, 0.0, 1.0));
        }
        out.color = vec4(color * (1.0 - 0.92 * dark), 1.0);
        out.color = main_pass_post_lighting_processing(pbr, out.color);
        return out;
    }
    pbr.material.base_color = vec4(surface.color * (1.0 - 0.93 * dark), 1.0);
    pbr.material.metallic = surface.metallic;
    pbr.material.perceptual_roughness = surface.rough;
    pbr.diffuse_occlusion = vec3(surface.shade);
    pbr.specular_occlusion = surface.shade * (1.0 - dark);
    if !is_wall && p.z != at.z {
        pbr.world_normal = normal;
        pbr.N = normalize(normal);
    }
    let hot = mix(surface.light, glow_of(wall_c(heat_at(at.xy).x, since)), dark);
    pbr.material.emissive = vec4(hot, 0.0);
    out.color = apply_pbr_lighting(pbr);
    out.color = main_pass_post_lighting_processing(pbr, out.color);
    return out;
}
