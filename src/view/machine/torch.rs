//! The torch, and the twin hose from it to the bottles.

use super::layout::Layout;
use super::table::hose_outlets;
use crate::view::palette::{Body, Finish};
use crate::view::solid::{Solid, block, cylinder, hose, rod, turned};
use bevy::prelude::*;

/// Height of the head, where the barrel begins.
const HEAD: f32 = 0.112;
/// How far the hose connections are apart, either side.
const APART: f32 = 0.013;

/// Builds the torch with its tip at the origin.
pub fn torch(layout: &Layout) -> Body {
    let mut body = Body::default();
    let tip = [(0.0018, 0.0), (0.0052, 0.0), (0.0058, 0.004), (0.0072, 0.03), (0.009, 0.044), (0.009, 0.05)];
    body.add(Finish::Copper, turned(&tip, 32));
    body.add(Finish::Black, turned(&[(0.0, 0.003), (0.0018, 0.0)], 16));
    body.add(Finish::Brass, cylinder(0.0145, 0.017, 6).at(0.0, 0.0, 0.05));
    let r = (layout.torch.x / 2.0).max(0.0125);
    let head = [(0.0115, 0.067), (0.0125, 0.07), (0.0125, 0.092), (r - 0.001, 0.098), (r - 0.001, HEAD), (0.0, HEAD)];
    body.add(Finish::Brass, turned(&head, 32));
    let top = top(layout);
    body.add(Finish::Chrome, cylinder(r, top - HEAD, 40).at(0.0, 0.0, HEAD));
    for z in [HEAD + 0.006, top - 0.009] {
        body.add(Finish::Brass, cylinder(r + 0.0007, 0.006, 40).at(0.0, 0.0, z));
    }
    body.add(Finish::Brass, block(0.05, 0.03, 0.035, 0.003).at(0.0, 0.0, top + 0.017));
    for x in [-1.0, 1.0] {
        body.add(Finish::Brass, cylinder(0.008, 0.022, 16).at(x * APART, 0.0, top + 0.034));
        body.add(Finish::Brass, rod(Vec3::new(x * 0.025, 0.0, top + 0.018), Vec3::new(x * 0.04, 0.0, top + 0.018), 0.005, 14));
        body.add(Finish::Black, rod(Vec3::new(x * 0.04, 0.0, top + 0.018), Vec3::new(x * 0.052, 0.0, top + 0.018), 0.011, 12));
    }
    body
}

/// Upper end of the barrel: the length is over all.
fn top(layout: &Layout) -> f32 {
    (layout.torch.y - 0.05).max(HEAD + 0.08)
}

/// The post at the back that keeps the hoses off the plate: its upper end.
fn post(layout: &Layout) -> Vec3 {
    Vec3::new(layout.rail_x[1] + layout.tube, layout.frame_y[1] - 0.05, layout.beam_z + 0.34)
}

/// Builds that post.
pub fn hose_post(layout: &Layout) -> Body {
    let mut body = Body::default();
    let (post, z) = (post(layout), layout.tube_z());
    let foot = Vec3::new(post.x, post.y, z - 0.03);
    body.add(Finish::FramePaint, rod(foot, post - Vec3::Z * 0.03, 0.011, 20));
    body.add(Finish::Aluminium, block(layout.tube, 0.05, 0.03, 0.002).at(foot.x - layout.tube / 4.0, foot.y, z));
    body.add(Finish::BrightSteel, rod(post + Vec3::new(-0.03, -0.03, -0.012), post + Vec3::new(0.03, 0.03, -0.012), 0.005, 14));
    body
}

/// The hoses from the torch over the post to the bottles: oxygen, fuel.
pub fn hoses(layout: &Layout, torch: Transform) -> [(Finish, Solid); 2] {
    let outlets = hose_outlets(layout);
    let post = post(layout);
    let one = |k: usize, x: f32| {
        let start = torch.transform_point(Vec3::new(x, 0.0, top(layout) + 0.055));
        let away = post - start;
        let sag = 0.1 + 0.1 * away.length();
        let beside = Vec3::new(x * 0.9, x * 0.9, 0.0);
        let end = outlets[k];
        let points = [
            start,
            start + Vec3::new(0.0, 0.004, 0.06),
            start + away * 0.1 + Vec3::new(0.0, 0.0, 0.15) + beside,
            start + away * 0.3 + Vec3::new(0.0, 0.0, 0.17 - sag * 0.25) + beside,
            start + away * 0.6 + Vec3::new(0.0, 0.0, 0.11 - sag * 0.5) + beside,
            start + away * 0.88 + Vec3::new(0.0, 0.0, 0.03 - sag * 0.3) + beside,
            post + beside,
            post + beside + Vec3::new(0.07, -0.01, -0.1),
            post * 0.6 + end * 0.4 + Vec3::new(0.0, -0.1, -0.34),
            post * 0.2 + end * 0.8 + Vec3::new(0.0, -0.14, -0.38),
            end + Vec3::new(0.0, -0.05, -0.14),
            end,
        ];
        hose(&points, 0.0062)
    };
    [(Finish::BlueRubber, one(0, APART)), (Finish::RedRubber, one(1, -APART))]
}
