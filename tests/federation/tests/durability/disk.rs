//! A disk as it may be after a power cut: whatever was flushed is there; of the rest, whatever chance wants.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::trace::{Call, Deed, Trace};

/// A disk writes this much at once or not at all, in bytes.
const SECTOR: usize = 512;

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What becomes of what was not flushed.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// All of it is lost.
    Lost,
    /// All of it was written in time.
    Kept,
    /// It was written in order, up to a point.
    Ordered,
    /// Any of it was written.
    Scattered,
    /// Any of it was written, and of each piece any sector.
    Torn,
}

impl Fate {
    pub fn draw(dice: &mut Dice) -> Self {
        const ALL: [Fate; 5] = [
            Fate::Lost,
            Fate::Kept,
            Fate::Ordered,
            Fate::Scattered,
            Fate::Torn,
        ];
        ALL[dice.below(ALL.len())]
    }
}

/// A disk that began with some files and was then written to.
pub struct Disk<'t> {
    trace: &'t Trace,
    base: &'t Files,
    /// From which line on each call of the trace is safe, if it ever is.
    safe_from: Vec<Option<usize>>,
}

impl<'t> Disk<'t> {
    pub fn new(trace: &'t Trace, base: &'t Files) -> Self {
        let calls = trace.calls.iter();
        let syncs: Vec<&Call> = calls.filter(|call| call.deed == Deed::Sync).collect();
        let safe_from = |call: &Call| {
            let about = match call.deed {
                Deed::Open | Deed::Unlink => "",
                _ => call.file.as_str(),
            };
            let covers = |sync: &&&Call| sync.file == about && call.end < sync.start;
            syncs.iter().filter(covers).map(|sync| sync.end).min()
        };
        Self {
            trace,
            base,
            safe_from: trace.calls.iter().map(safe_from).collect(),
        }
    }

    /// The files after a power cut just before line `cut` of the trace.
    pub fn after(&self, cut: usize, fate: Fate, dice: &mut Dice) -> Files {
        let calls = self.trace.calls.iter().zip(&self.safe_from);
        let begun: Vec<(&Call, bool)> = calls
            .take_while(|(call, _)| call.start < cut)
            .filter(|(call, _)| call.deed != Deed::Sync)
            .map(|(call, safe)| (call, safe.is_some_and(|line| line < cut)))
            .collect();
        let doubtful = begun.iter().filter(|(_, safe)| !safe).count();
        let (in_time, names_in_time) = (dice.below(doubtful + 1), dice.below(4));
        let (mut passed, mut names_passed) = (0, 0);
        let mut folder = Folder::new(self.base);
        for (call, safe) in begun {
            if safe {
                folder.take(call, true, None);
                continue;
            }
            passed += 1;
            let kept = match fate {
                Fate::Lost => false,
                Fate::Kept => true,
                Fate::Ordered => passed <= in_time,
                // A file system keeps the order of what happens to names.
                _ if matches!(call.deed, Deed::Open | Deed::Unlink) => {
                    names_passed += 1;
                    names_passed <= names_in_time
                }
                _ => dice.coin(),
            };
            let torn = kept && matches!(fate, Fate::Torn);
            folder.take(call, kept, torn.then_some(&mut *dice));
        }
        folder.files
    }
}

/// A folder in which names come and go; who writes to a file that has lost its name, or has none yet, writes nowhere.
struct Folder {
    files: Files,
    /// Contents of files whose name is not on the disk.
    nameless: Files,
    /// Names as the running programs see them.
    seen: BTreeMap<String, bool>,
    /// Lengths as the running programs see them, of files that are added to.
    lengths: BTreeMap<String, usize>,
}

impl Folder {
    fn new(base: &Files) -> Self {
        Self {
            files: base.clone(),
            nameless: Files::new(),
            seen: base.keys().map(|name| (name.clone(), true)).collect(),
            lengths: base
                .iter()
                .map(|(name, content)| (name.clone(), content.len()))
                .collect(),
        }
    }

    fn take(&mut self, call: &Call, kept: bool, torn: Option<&mut Dice>) {
        let name = &call.file;
        match &call.deed {
            Deed::Open => {
                if self.seen.insert(name.clone(), true) != Some(true) {
                    let place = if kept {
                        &mut self.files
                    } else {
                        &mut self.nameless
                    };
                    place.insert(name.clone(), Vec::new());
                }
            }
            Deed::Unlink => {
                self.seen.insert(name.clone(), false);
                self.nameless.remove(name);
                if kept {
                    self.files.remove(name);
                }
            }
            Deed::Write(at, bytes) => {
                let at = usize::try_from(*at).expect("a place fits");
                self.write(name, at, bytes, kept, torn);
            }
            Deed::Append(bytes) => {
                let length = self.lengths.entry(name.clone()).or_default();
                let at = *length;
                *length += bytes.len();
                self.write(name, at, bytes, kept, torn);
            }
            Deed::Truncate(length) if kept => {
                let length = usize::try_from(*length).expect("a length fits");
                if let Some(content) = self.content(name) {
                    content.resize(length, 0);
                }
            }
            Deed::Truncate(_) | Deed::Sync => {}
        }
    }

    fn write(&mut self, name: &str, at: usize, bytes: &[u8], kept: bool, torn: Option<&mut Dice>) {
        if kept && let Some(content) = self.content(name) {
            write(content, at, bytes, torn);
        }
    }

    fn content(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        self.nameless
            .get_mut(name)
            .or_else(|| self.files.get_mut(name))
    }
}

fn write(content: &mut Vec<u8>, at: usize, bytes: &[u8], mut torn: Option<&mut Dice>) {
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    let mut from = 0;
    while from < bytes.len() {
        // Sectors lie at multiples of their size in the file, wherever a piece begins.
        let to = bytes.len().min(from + SECTOR - (at + from) % SECTOR);
        if torn.as_mut().is_none_or(|dice| dice.coin()) {
            content[at + from..at + to].copy_from_slice(&bytes[from..to]);
        }
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(at: usize, file: &str, deed: Deed) -> Call {
        Call {
            deed,
            file: file.to_owned(),
            thread: 1,
            start: at,
            end: at,
        }
    }

    /// A base of one byte; the log is made, named, written, flushed, written again.
    fn trace() -> (Trace, Files) {
        let calls = vec![
            call(0, "base-wal", Deed::Open),
            call(1, "", Deed::Sync),
            call(2, "base-wal", Deed::Write(0, vec![1])),
            call(3, "base-wal", Deed::Sync),
            call(4, "base-wal", Deed::Write(1, vec![2])),
            call(5, "base-wal", Deed::Sync),
            call(6, "base", Deed::Write(0, vec![3])),
        ];
        let base = Files::from([("base".to_owned(), vec![9])]);
        let times = Vec::new();
        (Trace { calls, times }, base)
    }

    fn cut(at: usize, fate: Fate) -> Files {
        let (trace, base) = trace();
        Disk::new(&trace, &base).after(at, fate, &mut Dice::new(7))
    }

    #[test]
    fn what_was_flushed_is_there_and_the_rest_is_not() {
        let log = |at| cut(at, Fate::Lost).remove("base-wal");
        assert_eq!(log(1), None, "a name that was not flushed is lost");
        assert_eq!(log(3), Some(vec![]));
        assert_eq!(log(4), Some(vec![1]));
        assert_eq!(log(5), Some(vec![1]), "the flush comes after this point");
        assert_eq!(log(6), Some(vec![1, 2]));
        assert_eq!(cut(7, Fate::Lost)["base"], [9]);
        assert_eq!(cut(7, Fate::Kept)["base"], [3]);
    }

    #[test]
    fn a_torn_piece_has_old_sectors_between_new_ones() {
        let mut dice = Dice::new(7);
        let mut content = vec![0; 8 * SECTOR];
        write(&mut content, 100, &[1; 7 * SECTOR], Some(&mut dice));
        let sectors: Vec<&[u8]> = content.chunks(SECTOR).collect();
        let new = |sector: &&&[u8]| sector.contains(&1);
        assert!((1..8).contains(&sectors.iter().filter(new).count()));
        let whole = |sector: &&[u8]| sector.iter().all(|byte| *byte == sector[0]);
        assert!(sectors[1..7].iter().all(whole));
    }
}
