//! Work in shards: each writes one Parquet part, and the parts together are what one machine would have made.
//!
//! In: which shard of how many. Out: part files; or the rows of all parts, or the names of those that are lost. May use: `report`'s columns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostic, Place};
use crate::report::columns::Columns;
use crate::report::files::write_file;

/// One shard of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(number, of)| Some((number.trim().parse().ok()?, of.trim().parse().ok()?)));
        match parsed {
            Some((number, of)) if (1..=of).contains(&number) && of <= 100_000 => Ok(Self { number, of }),
            _ => Err(format!("{text} is no shard; write I/N, the first being 1/N")),
        }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// All of the work.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// Which of `count` items are this shard's: every `of`-th, so that shards take about as long as each other.
    pub fn items(self, count: usize) -> impl Iterator<Item = usize> {
        (self.number - 1..count).step_by(self.of)
    }

    /// Where its part lies in `folder`.
    pub fn path(self, folder: &Path) -> PathBuf {
        folder.join(format!("part-{:05}-of-{:05}.parquet", self.number, self.of))
    }
}

/// Key under which a part says which shard it is.
const SHARD: &str = "shard";
/// Key under which a part says how to make it, without `--shard`.
pub const COMMAND: &str = "command";

/// Writes a part.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, shard: Shard, mut part: Columns) -> Result<PathBuf, Diagnostic> {
    let path = shard.path(folder);
    part.about.insert(SHARD.into(), shard.to_string());
    let bytes = part.to_parquet().map_err(|why| Diagnostic::error("R002", why).at(place(&path)))?;
    std::fs::create_dir_all(folder)
        .map_err(|error| Diagnostic::error("T900", format!("the folder cannot be made: {error}")).at(place(folder)))?;
    write_file(&path, &bytes)?;
    Ok(path)
}

fn place(path: &Path) -> Place {
    Place { file: path.display().to_string(), ..Place::default() }
}

/// Parts in the order of their shards, and what all of them say of themselves.
pub type Parts = (Vec<Columns>, BTreeMap<String, String>);

/// Reads all parts that lie in `folder`, in the order of their shards; what all of them say of themselves.
///
/// # Errors
/// Parts that cannot be read, are of different work, or are not there: each lost shard is named with the command that makes it alone.
pub fn read(folder: &Path) -> Result<Parts, Vec<Diagnostic>> {
    let listed = std::fs::read_dir(folder)
        .map_err(|error| vec![Diagnostic::error("S001", format!("cannot read the folder: {error}")).at(place(folder))])?;
    let mut paths: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    let is_part = |path: &PathBuf| {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        name.starts_with("part-") && name.ends_with(".parquet")
    };
    paths.retain(is_part);
    paths.sort();
    let mut parts: BTreeMap<usize, (PathBuf, Columns)> = BTreeMap::new();
    let mut of = None;
    for path in paths {
        let bytes =
            std::fs::read(&path).map_err(|e| vec![Diagnostic::error("S001", format!("cannot be read: {e}")).at(place(&path))])?;
        let part = Columns::from_parquet(bytes).map_err(|why| vec![broken(&path, &why)])?;
        let shard: Shard = part
            .about
            .get(SHARD)
            .map(String::as_str)
            .unwrap_or_default()
            .parse()
            .map_err(|why: String| vec![broken(&path, &why)])?;
        if *of.get_or_insert(shard.of) != shard.of {
            let finding =
                Diagnostic::error("C008", format!("this part is of {} shards, others are of {}", shard.of, of.unwrap_or(0)));
            return Err(vec![finding.at(place(&path)).hint("keep the parts of one run in a folder of their own")]);
        }
        parts.insert(shard.number, (path, part));
    }
    let Some((_, first)) = parts.values().next() else {
        let finding = Diagnostic::error("C008", "there is no part-….parquet here").at(place(folder));
        return Err(vec![finding.hint("name the folder that --report gave the shards")]);
    };
    let mut about = first.about.clone();
    about.remove(SHARD);
    for (path, part) in parts.values() {
        let mut own = part.about.clone();
        own.remove(SHARD);
        if let Some(key) = own.keys().chain(about.keys()).find(|key| own.get(*key) != about.get(*key)) {
            let says = |about: &BTreeMap<String, String>| about.get(key).cloned().unwrap_or_default();
            let finding =
                Diagnostic::error("C008", format!("this part is of other work: its {key} is {}", says(&own))).at(place(path));
            return Err(vec![finding.expected(says(&about)).hint("remove it, or make all parts again")]);
        }
    }
    let of = of.unwrap_or(1);
    let there: BTreeSet<usize> = parts.keys().copied().collect();
    let lost = (1..=of).filter(|number| !there.contains(number)).map(|number| lost(folder, Shard { number, of }, &about));
    let lost: Vec<Diagnostic> = lost.collect();
    if lost.is_empty() { Ok((parts.into_values().map(|(_, part)| part).collect(), about)) } else { Err(lost) }
}

fn broken(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::error("C008", format!("this is no part: {why}")).at(place(path)).hint("remove it and make it again")
}

fn lost(folder: &Path, shard: Shard, about: &BTreeMap<String, String>) -> Diagnostic {
    let finding = Diagnostic::error("C009", format!("shard {shard} is lost: there is no {}", shard.path(folder).display()));
    let command = about.get(COMMAND).cloned().unwrap_or_default();
    finding.hint(format!("make it alone: {command} --report {} --shard {shard}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::columns::Column;

    fn part(values: Vec<i64>) -> Columns {
        let about = [(COMMAND.to_string(), "torchtwin run a.toml --samples 5".to_string())].into();
        Columns { columns: vec![("sample".into(), Column::Whole(values))], about }
    }

    #[test]
    fn shards_share_the_items_without_rest() {
        for (count, of) in [(10, 3), (2, 5), (0, 2), (7, 1)] {
            let mut all: Vec<usize> = (1..=of).flat_map(|number| Shard { number, of }.items(count)).collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..count), "{count} {of}");
        }
        for wrong in ["0/3", "4/3", "3", "a/b", "1/0", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_lost_shard_is_named_with_the_command_that_makes_it() {
        let folder = std::env::temp_dir().join(format!("torchtwin-shards-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        for number in [1, 3] {
            write(&folder, Shard { number, of: 3 }, part(vec![number as i64])).unwrap();
        }
        let lost = read(&folder).unwrap_err();
        assert_eq!(lost.len(), 1);
        assert!(
            lost[0].found.contains("shard 2/3") && lost[0].hint.contains("--samples 5") && lost[0].hint.ends_with("--shard 2/3"),
            "{}",
            lost[0]
        );
        write(&folder, Shard { number: 2, of: 3 }, part(vec![2])).unwrap();
        let (parts, about) = read(&folder).unwrap();
        assert_eq!(parts.iter().map(|part| part.whole("sample").unwrap()[0]).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(!about.contains_key("shard"));
        std::fs::write(Shard { number: 2, of: 3 }.path(&folder), "PAR1").unwrap();
        assert!(read(&folder).unwrap_err()[0].found.contains("no part"));
        let _ = std::fs::remove_dir_all(&folder);
    }
}
