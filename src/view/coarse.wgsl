// Spreads what was drawn of a part of the picture over the whole part.

#import bevy_core_pipeline::fullscreen_vertex_shader::FullscreenVertexOutput

struct Enlarge {
    low: vec2<f32>,
    size: vec2<f32>,
    drawn: vec2<f32>,
    unused: vec2<f32>,
}

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var nearest: sampler;
@group(0) @binding(2) var<uniform> part: Enlarge;

fn texel(at: vec2<f32>) -> vec4<f32> {
    return textureLoad(picture, vec2<i32>(part.low + clamp(at, vec2(0.0), part.drawn - 1.0)), 0);
}

@fragment
fn fragment(in: FullscreenVertexOutput) -> @location(0) vec4<f32> {
    let place = in.position.xy - part.low;
    if any(place < vec2(0.0)) || any(place >= part.size) {
        return textureLoad(picture, vec2<i32>(in.position.xy), 0);
    }
    let drawn = place / part.size * part.drawn - 0.5;
    let low = floor(drawn);
    let share = drawn - low;
    let upper = mix(texel(low), texel(low + vec2(1.0, 0.0)), share.x);
    let lower = mix(texel(low + vec2(0.0, 1.0)), texel(low + vec2(1.0, 1.0)), share.x);
    return mix(upper, lower, share.y);
}
