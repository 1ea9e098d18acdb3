//! What other programs can open: finished parts, cold, as DXF and SVG, maps as PNG and NPY, kerf edges as JSON.
//!
//! In: scene and record. Out: names and bytes of files. Coordinates are machine millimetres. Uses `html::heat` for pictures, `json`.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::plate::geometry::{Point, Region};
use crate::scene::model::Scene;
use crate::twin::record::{Cut, PartRecord, Record};

use super::html;
use super::json::to_text;

/// All files with their names, in a fixed order. What a run does not have is left out.
pub fn all(scene: &Scene, record: &Record) -> Vec<(&'static str, Vec<u8>)> {
    let mut out = vec![
        ("parts.dxf", dxf(&record.parts).into_bytes()),
        ("parts.svg", svg(scene, &record.parts).into_bytes()),
        ("kerf.json", (kerf(record).to_string() + "\n").into_bytes()),
    ];
    let maps = &record.maps;
    let mut scales = serde_json::Map::new();
    for (png, npy, values, unit) in [
        ("peak.png", "peak.npy", &maps.peak_c, "c"),
        ("temperature.png", "temperature.npy", &maps.temperature_c, "c"),
        ("cooling.png", "cooling.npy", &maps.cooling_s, "s"),
    ] {
        if maps.cells[0] * maps.cells[1] != values.len() || values.is_empty() {
            continue;
        }
        out.push((npy, npy_bytes(maps.cells, values)));
        if let Some((bytes, [low, high])) = html::map_png(maps, values) {
            out.push((png, bytes));
            scales.insert(png.into(), json!({ format!("darkest_{unit}"): low, format!("brightest_{unit}"): high }));
        }
    }
    if !scales.is_empty() {
        let [x, y] = maps.corner_in_machine_m;
        let value = json!({
            "cell_mm": maps.cell_m.map(|side| side * 1e3),
            "cells": maps.cells,
            "corner_in_machine_mm": [x * 1e3, y * 1e3],
            "order": "arrays are [row, column], rows from the corner upwards in y, columns in x; pictures have y upwards",
            "unit": "degC; temperature.npy: not a number where a piece has fallen out of the plate, nothing in the picture; cooling.npy: seconds from 800 to 500 degC, 0 where a cell was never that hot or is not that cool",
            "pictures": scales,
        });
        out.push(("maps.json", to_text(&value).into_bytes()));
    }
    out
}

/// The finished parts: what came loose and is no scrap.
fn finished(parts: &[PartRecord]) -> impl Iterator<Item = &PartRecord> {
    parts.iter().filter(|part| part.piece.loose && !part.scrap)
}

fn mm(p: &Point) -> [f64; 2] {
    // Micrometres' thousandths: below what the contours resolve.
    p.map(|v| (v * 1e9).round() * 1e-6 + 0.0)
}

/// The parts as closed polylines of the oldest DXF that everything reads (R12), each on a layer of its own, in millimetres.
fn dxf(parts: &[PartRecord]) -> String {
    let mut out =
        String::from("0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n9\n$INSUNITS\n70\n4\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n");
    for (n, part) in finished(parts).enumerate() {
        for ring in part.finished().rings() {
            let _ = write!(out, "0\nPOLYLINE\n8\nPART_{}\n66\n1\n70\n1\n10\n0\n20\n0\n30\n0\n", n + 1);
            for point in ring {
                let [x, y] = mm(point);
                let _ = write!(out, "0\nVERTEX\n8\nPART_{}\n10\n{x:.6}\n20\n{y:.6}\n30\n0\n", n + 1);
            }
            out.push_str("0\nSEQEND\n");
        }
    }
    out.push_str("0\nENDSEC\n0\nEOF\n");
    out
}

/// The parts as they lie on the plate, a millimetre to a unit, y upwards.
fn svg(scene: &Scene, parts: &[PartRecord]) -> String {
    let [x, y] = scene.plate.corner_in_machine_m.map(|v| v * 1e3);
    let [width, height] = scene.plate.size_m.map(|v| v * 1e3);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" viewBox=\"{x} {} {width} {height}\">\n\
         <g transform=\"scale(1 -1)\" fill=\"#b8c4cc\" fill-rule=\"evenodd\" stroke=\"#203040\" stroke-width=\"0.1\">\n",
        -(y + height)
    );
    for (n, part) in finished(parts).enumerate() {
        let _ = writeln!(out, "<path id=\"part-{}\" d=\"{}\"/>", n + 1, outline(part.finished()));
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn outline(region: &Region) -> String {
    let mut d = String::new();
    for ring in region.rings() {
        for (n, point) in ring.iter().enumerate() {
            let [x, y] = mm(point);
            let _ = write!(d, "{}{x:.4} {y:.4}", if n == 0 { "M" } else { "L" });
        }
        d.push('Z');
    }
    d
}

/// A two-dimensional array of little-endian floats as NumPy stores it (format 1.0).
fn npy_bytes([columns, rows]: [usize; 2], values: &[f32]) -> Vec<u8> {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    // Magic, version and length take ten bytes; the whole is a multiple of 64, its last byte a line feed.
    let padding = (64 - (10 + header.len() + 1) % 64) % 64;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    out
}

/// Kerf edges after the pattern of GeoJSON: a feature for each region of the kerf, and one for each cut's centre line with what happened
/// along it.
fn kerf(record: &Record) -> Value {
    let rings = |region: &Region| region.rings().map(closed).collect::<Vec<_>>();
    let regions = record.kerf.iter().map(|region| {
        json!({
            "type": "Feature",
            "geometry": { "type": "Polygon", "coordinates": rings(region) },
            "properties": { "kind": "kerf", "area_mm2": (region.area_m2() * 1e12).round() * 1e-6 },
        })
    });
    let cuts = record.cuts.iter().filter(|cut| cut.points.len() > 1).map(cut_line);
    json!({
        "type": "FeatureCollection",
        "unit": "mm, machine coordinates",
        "features": regions.chain(cuts).collect::<Vec<_>>(),
    })
}

fn closed(ring: &[Point]) -> Vec<[f64; 2]> {
    ring.iter().chain(ring.first()).map(mm).collect()
}

/// Distance between points of a cut that are written, m.
const WRITTEN_M: f64 = 0.5e-3;

fn cut_line(cut: &Cut) -> Value {
    let mut kept = Vec::new();
    let mut last: Option<Point> = None;
    for point in &cut.points {
        let [x, y] = point.tip_in_machine_m;
        if last.is_none_or(|[a, b]| (x - a).hypot(y - b) >= WRITTEN_M) {
            kept.push(point);
            last = Some([x, y]);
        }
    }
    let series = |value: fn(&crate::twin::record::CutPoint) -> f64| {
        kept.iter().map(|point| (value(point) * 1e6).round() * 1e-6 + 0.0).collect::<Vec<f64>>()
    };
    json!({
        "type": "Feature",
        "geometry": { "type": "LineString", "coordinates": kept.iter().map(|p| mm(&p.tip_in_machine_m)).collect::<Vec<_>>() },
        "properties": {
            "kind": "cut",
            "line": kept.iter().map(|point| point.line).collect::<Vec<_>>(),
            "time_s": series(|point| point.time_s),
            "kerf_mm": series(|point| point.kerf_m * 1e3),
            "haz_mm": series(|point| point.haz_m * 1e3),
            "t85_s": series(|point| point.cooling_s),
            "deviation_mm": series(|point| point.deviation_m * 1e3),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn arrays_are_laid_out_as_numpy_reads_them() {
        let bytes = npy_bytes([3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.5]);
        assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!((10 + length) % 64, 0);
        let header = String::from_utf8(bytes[10..10 + length].to_vec()).unwrap();
        assert!(header.contains("'shape': (2, 3)") && header.ends_with('\n'), "{header}");
        assert_eq!(bytes.len(), 10 + length + 24);
        assert_eq!(bytes[bytes.len() - 4..], 6.5f32.to_le_bytes());
    }

    #[test]
    fn drawings_hold_every_ring_of_every_finished_part() {
        let (scene, record) = sample::good();
        let rings: usize = finished(&record.parts).map(|part| part.piece.region.rings().count()).sum();
        assert!(rings > 0);
        let drawing = dxf(&record.parts);
        assert_eq!(drawing.matches("POLYLINE\n").count(), rings);
        assert_eq!(drawing.matches("SEQEND\n").count(), rings);
        assert_eq!(svg(&scene, &record.parts).matches('Z').count(), rings);
        let edges = kerf(&record);
        assert!(edges["features"].as_array().is_some_and(|features| features.len() >= record.cuts.len()));
    }
}
