//! A report folder: written whole, or not at all.
//!
//! In: scene, record, verdict, timing. Out: `index.html`, `report.json`, `timing.json` and the files of `exports`. Each file is written in full under a
//! temporary name first and only then takes its place, so a half-written report never replaces a good one. Uses `diag`.

#![allow(clippy::result_large_err, reason = "a message of a hundred bytes, once a run")]

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostic, Place};
use crate::scene::model::Scene;
use crate::twin::record::Record;

use super::judge::Verdict;
use super::timing::Timing;
use super::{exports, html, json};

/// Writes the report of one run into a folder, which is made if it is not there.
pub fn write_report(dir: &Path, scene: &Scene, record: &Record, verdict: &Verdict, timing: &Timing) -> Result<(), Diagnostic> {
    let mut contents = vec![
        ("report.json", json::report_text(scene, record, verdict).into_bytes()),
        ("timing.json", json::to_text(&timing.json()).into_bytes()),
    ];
    contents.extend(exports::all(scene, record));
    // The page is last to take its place: where it is new, all is.
    contents.push(("index.html", html::page(scene, record, verdict, timing).into_bytes()));
    write_bytes(dir, &contents)
}

/// Writes several texts into a folder, as [`write_bytes`].
pub fn write_all(dir: &Path, contents: &[(&str, String)]) -> Result<(), Diagnostic> {
    let bytes: Vec<(&str, Vec<u8>)> = contents.iter().map(|(name, text)| (*name, text.clone().into_bytes())).collect();
    write_bytes(dir, &bytes)
}

/// Writes several files into a folder: all in full under temporary names, then each to its place.
pub fn write_bytes(dir: &Path, contents: &[(&str, Vec<u8>)]) -> Result<(), Diagnostic> {
    fs::create_dir_all(dir).map_err(|error| refused(dir, "the report folder could not be made", &error))?;
    let temporary = |name: &str| dir.join(format!(".{name}.{}.part", std::process::id()));
    let mut written: Vec<PathBuf> = Vec::new();
    let result = contents.iter().try_for_each(|(name, bytes)| {
        let path = temporary(name);
        written.push(path.clone());
        write_synced(&path, bytes).map_err(|error| refused(&dir.join(name), "the file could not be written", &error))
    });
    let result = result.and_then(|()| {
        contents.iter().try_for_each(|(name, _)| {
            let path = dir.join(name);
            fs::rename(temporary(name), &path).map_err(|error| refused(&path, "the file could not be put in its place", &error))
        })
    });
    if result.is_err() {
        written.iter().for_each(|path| drop(fs::remove_file(path)));
    }
    result
}

/// Writes one file: in full under a temporary name first, then to its place, in a folder that is made if it is not there. What is no plain file (`/dev/stdout`, a pipe) is written to
/// directly.
///
/// # Errors
/// A message if it cannot be written; what was there before is still there then.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let failed = |error: io::Error| refused(path, "the file could not be written", &error);
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
        return fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(bytes)).map_err(failed);
    }
    // Where that fails, so does the writing, and says why.
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(fs::create_dir_all);
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let temporary = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let result = write_synced(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        drop(fs::remove_file(&temporary));
    }
    result.map_err(failed)
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The message for a refused write.
fn refused(path: &Path, what: &str, error: &io::Error) -> Diagnostic {
    let (cause, hint) = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ("the disk is full", "free some space, or choose another place"),
        ErrorKind::PermissionDenied => ("no permission", "choose a folder you may write to"),
        ErrorKind::ReadOnlyFilesystem => ("the disk is read-only", "choose another one"),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            ("there is a file where a folder is needed", "remove that file, or choose another one")
        }
        ErrorKind::IsADirectory | ErrorKind::DirectoryNotEmpty => {
            ("there is a folder where a file is needed", "remove that folder, or choose another one")
        }
        ErrorKind::NotFound => ("the path does not exist", "check the path"),
        _ => ("the system refused", "check the path"),
    };
    let place = Place { file: path.display().to_string(), ..Place::default() };
    Diagnostic::error("T900", format!("{what}: {cause} ({error})"))
        .at(place)
        .expected("a folder that can be written to")
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::super::{judge, sample};
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("torchtwin-report-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&dir));
        dir
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_is_its_files_and_nothing_is_left_over() {
        let dir = folder("three").join("deeper");
        let (scene, record) = sample::good();
        let timing = Timing { stages: vec![("plan".into(), 0.1)], simulated_s: 900.0, wall_s: 1.5 };
        let verdict = judge(&scene, &record);
        write_report(&dir, &scene, &record, &verdict, &timing).unwrap();
        write_report(&dir, &scene, &record, &verdict, &timing).unwrap();
        let mut expected: Vec<String> = exports::all(&scene, &record).into_iter().map(|(name, _)| name.to_string()).collect();
        expected.extend(["index.html", "report.json", "timing.json"].map(String::from));
        expected.sort();
        assert_eq!(names(&dir), expected);
        assert_eq!(fs::read_to_string(dir.join("report.json")).unwrap(), json::report_text(&scene, &record, &verdict));
        drop(fs::remove_dir_all(dir.parent().unwrap()));
    }

    #[test]
    fn a_failed_write_leaves_the_old_report_alone() {
        let dir = folder("old");
        write_all(&dir, &[("a.json", "old".into())]).unwrap();
        // The second name needs a folder that is not there: nothing may be replaced.
        let error = write_all(&dir, &[("a.json", "new".into()), ("no/such/b.json", "new".into())]).unwrap_err();
        assert_eq!(error.code, "T900");
        assert_eq!(fs::read_to_string(dir.join("a.json")).unwrap(), "old");
        assert_eq!(names(&dir), ["a.json"]);
        drop(fs::remove_dir_all(&dir));
    }

    #[test]
    fn a_file_in_the_way_is_named_with_a_hint() {
        let dir = folder("file");
        fs::write(&dir, "I am a file").unwrap();
        for target in [dir.clone(), dir.join("deeper")] {
            let error = write_all(&target, &[("a.json", String::new())]).unwrap_err();
            assert!(error.found.contains("file where a folder is needed"), "{error}");
            assert!(error.hint.contains("remove that file"), "{error}");
        }
        fs::remove_file(&dir).unwrap();
    }

    #[test]
    fn a_full_disk_is_called_that() {
        let error = io::Error::from(ErrorKind::StorageFull);
        assert!(refused(Path::new("r"), "the file could not be written", &error).to_string().contains("the disk is full"));
    }
}
