//! How hot each place of the plate ever was.
//!
//! In: scene and record. Out: HTML with a PNG inside. Uses `frame`, `colour`, `base64`, png.

use std::fmt::Write;

use crate::twin::record::{PlateMaps, Record};

use super::super::figures::fixed;
use super::super::{base64, colour, svg};
use super::frame::Frame;

/// Widest or highest picture, pixels; larger maps keep the hottest of the cells that share a pixel.
const MOST_PIXELS: usize = 1100;

/// Where the structure of mild steel begins to change, °C.
const CHANGE_C: f64 = 727.0;

/// A map as a picture.
struct Picture {
    size: [usize; 2],
    /// Rows from the top, °C.
    values_c: Vec<f32>,
}

/// The section's body; words alone where there is no map.
pub fn heat(record: &Record, frame: &Frame) -> String {
    let maps = &record.maps;
    let Some(picture) = picture(maps) else { return "<p>This run kept no map of temperatures.</p>".into() };
    let hottest = picture.values_c.iter().copied().filter(|t| t.is_finite()).fold(f32::MIN, f32::max);
    let coldest = picture.values_c.iter().copied().filter(|t| t.is_finite()).fold(f32::MAX, f32::min);
    if hottest < coldest {
        return "<p>The map of temperatures holds no numbers.</p>".into();
    }
    let low = f64::from(coldest).floor();
    let top = svg::round_up((f64::from(hottest) - low).max(1.0)) + low.clamp(0.0, 50.0);
    let Some(bytes) = png_bytes(&picture, low, top) else { return "<p>The picture could not be packed.</p>".into() };
    let [x, y] = frame.at([maps.corner_in_machine_m[0], maps.corner_in_machine_m[1] + maps.cells[1] as f64 * maps.cell_m[1]]);
    let [right, bottom] =
        frame.at([maps.corner_in_machine_m[0] + maps.cells[0] as f64 * maps.cell_m[0], maps.corner_in_machine_m[1]]);
    let content = format!(
        "<image x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/>\
         <use href=\"#kerf-d\" class=\"kerfedge\"/>",
        right - x,
        bottom - y,
        base64::encode(&bytes)
    );
    let mut pins = String::new();
    for (n, probe) in record.probes.iter().enumerate() {
        let title = svg::escape(&format!("probe {}: up to {} °C", probe.name, fixed(probe.peak_c, 0)));
        let place = frame.place(probe.at_in_machine_m);
        let _ = write!(
            pins,
            "<span class=\"probe p{}\" style=\"{place}\" title=\"{title}\"><b>{}</b></span>",
            n % 6,
            svg::escape(&probe.name)
        );
    }
    let map = frame.figure("highest temperature each place of the plate ever had", &content, &pins);
    let words = format!(
        "<p class=\"small\">The hottest place reached {} °C.{} One cell of the map is {} mm wide and shows its mean; the mark on the scale is where the \
         structure of mild steel changes, {CHANGE_C} °C.</p>",
        fixed(f64::from(hottest), 0),
        beside_the_cuts(record),
        fixed(maps.cell_m[0] * 1e3, 2)
    );
    format!("<figure class=\"zoomable\">{}{map}{words}</figure>", scale(low, top))
}

/// How wide the heat-affected zone is, by the closed forms along the cuts: a cell is wider than it. Empty where nothing was cut.
fn beside_the_cuts(record: &Record) -> String {
    let (mut length, mut zone, mut kerf) = (0.0, 0.0, 0.0);
    for pair in record.cuts.iter().flat_map(|cut| cut.points.windows(2)).filter(|pair| pair[1].cooling_s > 0.0) {
        let ([ax, ay], [bx, by]) = (pair[0].tip_in_machine_m, pair[1].tip_in_machine_m);
        let step = (bx - ax).hypot(by - ay);
        length += step;
        zone += 2.0 * step * pair[1].haz_m;
        kerf += step * pair[1].kerf_m;
    }
    if length <= 0.0 {
        return String::new();
    }
    format!(
        " Beside the cuts the structure has changed over {} mm in the mean (heat-affected zone, HAZ, by closed forms): {} cm², and {} cm² of kerf.",
        fixed(0.5e3 * zone / length, 2),
        fixed(zone * 1e4, 0),
        fixed(kerf * 1e4, 0)
    )
}

/// The colour bar with its ticks in °C.
fn scale(low: f64, top: f64) -> String {
    let stops: Vec<String> = (0..=16).map(|n| colour::hex(colour::heat(f64::from(n) / 16.0))).collect();
    let mut out = format!(
        "<div class=\"scale wide\" role=\"img\" aria-label=\"colour scale of the temperature\"><div class=\"ramp\" style=\"background:linear-gradient(to right,{})\"></div><div class=\"marks\">",
        stops.join(",")
    );
    let share = |t: f64| (t - low) / (top - low) * 100.0;
    let step = svg::tick_step(low, top, 6);
    for (n, tick) in svg::ticks(low, top, 6).into_iter().enumerate() {
        let every = if n % 2 == 1 { " class=\"opt\"" } else { "" };
        let _ = write!(out, "<span{every} style=\"left:{:.1}%\">{}</span>", share(tick), svg::tick_label(tick, step));
    }
    out.push_str("</div>");
    if CHANGE_C < top && CHANGE_C > low {
        let _ = write!(
            out,
            "<i class=\"tickmark\" style=\"left:{:.1}%\" title=\"{CHANGE_C} °C: steel's structure changes\"></i>",
            share(CHANGE_C)
        );
    }
    out.push_str("<div class=\"small\">highest temperature, °C</div></div>");
    out
}

/// The map with its rows from the top and at most so many pixels, each the hottest of its cells.
fn picture(maps: &PlateMaps) -> Option<Picture> {
    let [columns, rows] = maps.cells;
    let complete = columns > 0
        && rows > 0
        && maps.cell_m[0] > 0.0
        && maps.cell_m[1] > 0.0
        && columns.checked_mul(rows)? == maps.peak_c.len();
    if !complete {
        return None;
    }
    let every = columns.max(rows).div_ceil(MOST_PIXELS);
    let size = [columns.div_ceil(every), rows.div_ceil(every)];
    let mut values_c = vec![f32::NAN; size[0] * size[1]];
    for (n, &t) in maps.peak_c.iter().enumerate() {
        let (column, row) = (n % columns, rows - 1 - n / columns);
        let pixel = &mut values_c[row / every * size[0] + column / every];
        *pixel = pixel.max(t);
    }
    Some(Picture { size, values_c })
}

/// A map of the plate as a PNG, and the temperatures at both ends of its colours, °C; none where there is no map.
pub fn map_png(maps: &PlateMaps, values_c: &[f32]) -> Option<(Vec<u8>, [f64; 2])> {
    let picture = picture(&PlateMaps { peak_c: values_c.to_vec(), temperature_c: Vec::new(), ..maps.clone() })?;
    let finite = || picture.values_c.iter().copied().filter(|t| t.is_finite()).map(f64::from);
    let (low, top) = (finite().fold(f64::MAX, f64::min).floor(), finite().fold(f64::MIN, f64::max));
    let top = svg::round_up((top - low).max(1.0)) + low.clamp(0.0, 50.0);
    Some((png_bytes(&picture, low, top)?, [low, top]))
}

/// Pixel of a place where there is no plate any more, the only one that shows what is behind the picture.
const NOTHING: u8 = 255;

/// A PNG with a palette of 255 heat colours and one that is nothing.
fn png_bytes(picture: &Picture, low: f64, top: f64) -> Option<Vec<u8>> {
    let last = f64::from(NOTHING) - 1.0;
    let index =
        |t: &f32| if t.is_nan() { NOTHING } else { ((f64::from(*t) - low) / (top - low) * last).round().clamp(0.0, last) as u8 };
    let pixels: Vec<u8> = picture.values_c.iter().map(index).collect();
    let mut bytes = Vec::new();
    let [width, height] = picture.size.map(|v| u32::try_from(v).unwrap_or(u32::MAX));
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette((0..=NOTHING).flat_map(|n| colour::heat(f64::from(n) / last)).collect::<Vec<u8>>());
    let mut opaque = vec![255; usize::from(NOTHING)];
    opaque.push(0);
    encoder.set_trns(opaque);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_turn_over_and_large_maps_keep_the_hottest_cell() {
        let mut maps =
            PlateMaps { cells: [3, 2], cell_m: [0.01; 2], peak_c: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], ..PlateMaps::default() };
        assert_eq!(picture(&maps).unwrap().values_c, [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]);
        maps.cells = [4400, 2];
        maps.peak_c = vec![20.0; 8800];
        maps.peak_c[4399] = 900.0;
        let small = picture(&maps).unwrap();
        assert_eq!(small.size, [1100, 1]);
        assert_eq!(small.values_c[1099], 900.0);
        maps.cells = [5, 5];
        assert!(picture(&maps).is_none());
    }

    #[test]
    fn the_png_reads_back() {
        let picture = Picture { size: [3, 1], values_c: vec![0.0, 100.0, f32::NAN] };
        let bytes = png_bytes(&picture, 0.0, 100.0).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[..3], [0, 254, 255]);
        assert_eq!(reader.info().palette.as_ref().unwrap()[762..765], colour::heat(1.0));
        assert_eq!(reader.info().trns.as_ref().unwrap()[254..], [255, 0]);
    }
}
