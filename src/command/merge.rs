//! `torchtwin merge`: the parts that shards wrote, joined to what one machine would have said.

use std::path::Path;

use crate::command::{complain, samples, size};
use crate::diag::{Diagnostic, Place};
use crate::sizing::shard;

/// Joins the parts in `folder`. Exit code as that of the work they are parts of; 2 when a shard is lost.
pub fn merge(folder: &Path, report: Option<&Path>, json: bool, pass_share: f64) -> u8 {
    let (parts, about) = match shard::read(folder) {
        Ok(read) => read,
        Err(findings) => return complain(&findings),
    };
    match about.get("kind").map(String::as_str) {
        Some("samples") => samples::merge(&parts, &about, &samples::Telling { report, json, pass_share }),
        Some("size") => size::merge(&parts, &about, report, json),
        _ => {
            let place = Place { file: folder.display().to_string(), ..Place::default() };
            complain(&[Diagnostic::error("C008", "the parts do not say what they are parts of").at(place)])
        }
    }
}
