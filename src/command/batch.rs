//! Work done side by side: results are handed over as they come, on the thread that asked, until all is done, somebody says stop, or the
//! user interrupts.
//!
//! In: items and what to do with one. Out: results with their numbers. What is under way when the work is interrupted is left behind:
//! nothing of it has been written, as only the asking thread writes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once, mpsc};
use std::time::Duration;

use crate::diag::Diagnostic;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static WATCH: Once = Once::new();

/// How often a waiting thread looks whether it has been interrupted.
const LOOK: Duration = Duration::from_millis(50);

/// From now on an interrupt (Ctrl-C, SIGTERM) is remembered instead of ending the program; a second one ends it at once.
pub fn watch_for_interrupt() {
    WATCH.call_once(|| {
        // Where no handler can be set, an interrupt ends the program as it always did.
        let _ = ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(super::COULD_NOT_RUN));
            }
        });
    });
}

/// Whether the user has interrupted.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// How work came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything was done.
    Done,
    /// The taker of results wanted no more; what was under way was still done.
    Stopped,
    /// The user interrupted.
    Interrupted,
}

/// Threads to use: as many as asked for, or one for each core where 0 were, and no more than there is work.
pub fn threads(asked: usize, work: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if asked == 0 { cores } else { asked }.min(work).max(1)
}

/// Does `work` with each of `items` on `threads` threads. `take` gets every result with the number of its item, in the order in which they
/// are done, and says whether to begin with further ones.
pub fn each<I, T, W>(items: Vec<I>, threads: usize, work: W, mut take: impl FnMut(usize, T) -> bool) -> Ended
where
    I: Send + Sync + 'static,
    T: Send + 'static,
    W: Fn(&I) -> T + Send + Sync + 'static,
{
    let shared = Arc::new((items, work, AtomicUsize::new(0)));
    let (sender, results) = mpsc::channel();
    for _ in 0..threads {
        let (shared, sender) = (Arc::clone(&shared), sender.clone());
        // Not scoped: after an interrupt nobody waits for these threads, and they end with the program.
        std::thread::spawn(move || {
            let (items, work, next) = &*shared;
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                let Some(item) = items.get(number) else { return };
                if sender.send((number, work(item))).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let mut stopped = false;
    loop {
        if interrupted() {
            return Ended::Interrupted;
        }
        match results.recv_timeout(LOOK) {
            Ok((number, result)) => {
                if !take(number, result) && !stopped {
                    stopped = true;
                    shared.2.store(shared.0.len(), Ordering::SeqCst);
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return if stopped { Ended::Stopped } else { Ended::Done },
        }
    }
}

/// The scene files that `given` means: files as they are, of a folder its `.toml` files in the order of their names (not those in folders
/// below, where machines lie). With `filters` only those whose path has one of these words in it; behind them, those left out.
///
/// # Errors
/// A folder that cannot be read or has no scene in it; no scene that fits.
pub fn scenes(given: &[PathBuf], filters: &[String]) -> Result<[Vec<PathBuf>; 2], Box<Diagnostic>> {
    let mut found = Vec::new();
    for path in given {
        if path.is_dir() { found.extend(of_folder(path)?) } else { found.push(path.clone()) }
    }
    let fits =
        |path: &PathBuf| filters.is_empty() || filters.iter().any(|word| path.display().to_string().contains(word.as_str()));
    let all = found.len();
    let (found, left_out): (Vec<PathBuf>, Vec<PathBuf>) = found.into_iter().partition(fits);
    if found.is_empty() {
        let finding = Diagnostic::error("C003", format!("none of {all} scenes has {} in its path", filters.join(" or ")));
        return Err(Box::new(finding.hint("--filter takes a part of a scene's path: --filter square")));
    }
    Ok([found, left_out])
}

fn of_folder(folder: &Path) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let listed = std::fs::read_dir(folder)
        .map_err(|error| Box::new(Diagnostic::error("S001", format!("cannot read the folder {}: {error}", folder.display()))))?;
    let mut files: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file() && path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    if files.is_empty() {
        let finding = Diagnostic::error("S001", format!("the folder {} has no scene (.toml) in it", folder.display()));
        return Err(Box::new(finding.hint("name the folder that the scenes lie in; folders below it are not looked into")));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_done_once_whatever_the_threads() {
        for threads in [1, 2, 7] {
            let mut squares = vec![0_u64; 100];
            let ended = each(
                (0..100_u64).collect(),
                threads,
                |n| n * n,
                |number, square| {
                    squares[number] += square;
                    true
                },
            );
            assert_eq!(ended, Ended::Done);
            assert!(squares.iter().zip(0..).all(|(square, n)| *square == n * n), "{squares:?}");
        }
    }

    #[test]
    fn no_more_is_begun_once_the_taker_has_had_enough() {
        let mut taken = 0;
        let ended = each(
            (0..1000).collect(),
            1,
            |n: &i32| *n,
            |_, n| {
                std::thread::sleep(Duration::from_micros(10));
                taken += 1;
                n < 3
            },
        );
        // The worker runs ahead of the taker; how far depends on the machine, but it is told to stop.
        assert!(ended == Ended::Stopped && taken >= 4, "{taken}");
    }
}
