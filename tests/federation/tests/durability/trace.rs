//! What a process did to its files, read from the report of `strace -f -qq -ttt -y -xx`.

use std::collections::BTreeMap;
use std::path::Path;

/// Something that changes a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Bytes at a place of a file.
    Write(u64, Vec<u8>),
    /// Bytes at the end of a file.
    Append(Vec<u8>),
    /// A file gets this length.
    Truncate(u64),
    /// A file, or a folder with the names in it, is flushed.
    Sync,
    /// A file was opened that may be new.
    Open,
    /// A name goes.
    Unlink,
}

/// One call of a process. Calls of several threads overlap: what happens has happened somewhere between `start` and
/// `end`, which are numbers of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub deed: Deed,
    /// The name of the file in the data folder; empty for the folder itself.
    pub file: String,
    /// Who made it.
    pub thread: u32,
    pub start: usize,
    pub end: usize,
}

/// Every call on files of a data folder, in the order in which they began.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub calls: Vec<Call>,
    /// When each line was reported, in microseconds since 1970.
    pub times: Vec<u64>,
}

/// Files that are only ever added to.
const APPENDED: [&str; 1] = ["erasures.jsonl"];

/// The calls that the tracer is asked for: all that can change a file, so that none goes by unseen.
pub const CALLS: &str = "openat,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,\
    sync_file_range,unlink,unlinkat,rename,renameat,renameat2,link,linkat,copy_file_range,sendfile,mmap";

impl Trace {
    /// Reads the report of a node whose data folder is `folder`.
    ///
    /// # Panics
    /// Where a file is changed in a way that the replay does not know: it must never overlook one.
    #[must_use]
    pub fn read(report: &str, folder: &Path) -> Self {
        let mut trace = Self::default();
        let mut begun: BTreeMap<u32, (usize, String)> = BTreeMap::new();
        for (number, line) in report.lines().enumerate() {
            // Short numbers of processes are filled up with spaces.
            let parts = line
                .split_once(' ')
                .and_then(|(pid, rest)| Some((pid, rest.trim_start().split_once(' ')?)));
            let Some((pid, (time, rest))) = parts else {
                panic!("no line of a report: {line}");
            };
            let thread = pid.parse().expect("a thread has a number");
            trace.times.push(microseconds(time));
            if let Some(first) = rest.strip_suffix(" <unfinished ...>") {
                begun.insert(thread, (number, first.to_owned()));
            } else if let Some((_, second)) = rest
                .strip_prefix("<... ")
                .and_then(|resumed| resumed.split_once(" resumed>"))
            {
                if let Some((start, first)) = begun.remove(&thread) {
                    trace.keep(&format!("{first}{second}"), folder, thread, [start, number]);
                }
            } else {
                trace.keep(rest, folder, thread, [number, number]);
            }
        }
        // A call that never came back has begun all the same.
        for (thread, (start, first)) in begun {
            let unreturned = format!("{first}) = ?");
            trace.keep(&unreturned, folder, thread, [start, usize::MAX]);
        }
        trace.calls.sort_by_key(|call| call.start);
        trace
    }

    fn keep(&mut self, text: &str, folder: &Path, thread: u32, [start, end]: [usize; 2]) {
        let Some((name, arguments)) = text.split_once('(') else {
            return;
        };
        let Some((arguments, result)) = arguments.rsplit_once(" = ") else {
            return;
        };
        if result.trim_start().starts_with('-') {
            return;
        }
        let Some(file) = file_of(name, arguments, folder) else {
            return;
        };
        // The index of the log is memory that the engine makes anew; the lock has no content.
        if file.ends_with("-shm") || file == "run.lock" {
            return;
        }
        let deed = match name {
            "pwrite64" => Deed::Write(last_number(arguments), written(arguments, result)),
            // No file of a node is written in order but those that are opened for appending.
            "write" if APPENDED.contains(&file.as_str()) => {
                Deed::Append(written(arguments, result))
            }
            "ftruncate" => Deed::Truncate(last_number(arguments)),
            "fsync" | "fdatasync" => Deed::Sync,
            "openat" if arguments.contains("O_TRUNC") => {
                panic!("{file} is emptied as it is opened")
            }
            "openat" if arguments.contains("O_CREAT") => Deed::Open,
            "openat" => return,
            "mmap" if arguments.contains("MAP_SHARED") && arguments.contains("PROT_WRITE") => {
                panic!("{file} is written through memory, which no tracer sees")
            }
            "mmap" => return,
            "unlink" | "unlinkat" => Deed::Unlink,
            other => panic!("{file} is changed by {other}, which the replay does not know"),
        };
        self.calls.push(Call {
            deed,
            file,
            thread,
            start,
            end,
        });
    }
}

/// The file of the data folder that a call is about, if it is about one.
fn file_of(name: &str, arguments: &str, folder: &Path) -> Option<String> {
    let by_name = ["openat", "creat", "unlink", "truncate", "rename", "link"]
        .iter()
        .any(|known| name.starts_with(known));
    let path = if by_name {
        quoted(arguments)?
    } else {
        // Descriptors are shown with their path, as 4</home/...>.
        let (_, path) = arguments.split_once('<')?;
        bytes(path.split_once('>')?.0)
    };
    let path = String::from_utf8(path).ok()?;
    let inside = Path::new(&path).strip_prefix(folder).ok()?;
    Some(inside.to_string_lossy().into_owned())
}

fn written(arguments: &str, result: &str) -> Vec<u8> {
    let mut bytes = quoted(arguments).expect("a write shows its bytes");
    assert!(!arguments.contains("\"..."), "the tracer cut a write short");
    // One that never came back may have written everything.
    if let Ok(count) = result.trim().parse::<usize>() {
        bytes.truncate(count);
    }
    bytes
}

fn last_number(arguments: &str) -> u64 {
    let text = arguments.trim_end().trim_end_matches(')');
    let number = text.rsplit(", ").next().unwrap_or_default();
    number.parse().expect("a place or a length is a number")
}

/// The first text in quotes.
fn quoted(arguments: &str) -> Option<Vec<u8>> {
    let (_, text) = arguments.split_once('"')?;
    Some(bytes(text.split_once('"')?.0))
}

/// Bytes that the tracer wrote as `\x2f\x74`.
fn bytes(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => panic!("no digit of the tracer's: {byte}"),
    };
    let pieces = text.as_bytes().chunks_exact(4);
    assert!(pieces.remainder().is_empty(), "four letters a byte");
    pieces
        .map(|piece| digit(piece[2]) << 4 | digit(piece[3]))
        .collect()
}

fn microseconds(time: &str) -> u64 {
    time.replacen('.', "", 1).parse().expect("seconds.micros")
}

#[test]
fn calls_that_overlap_are_read_with_where_they_begin_and_end() {
    let name = |text: &str| -> String {
        let digits = text.bytes().map(|byte| format!("\\x{byte:02x}"));
        digits.collect()
    };
    let (base, dir) = (name("/d/rustine.sqlite"), name("/d"));
    let report = format!(
        "7   1.000001 pwrite64(4<{base}>, \"\\x00\\x01\", 2, 4096 <unfinished ...>\n\
         8 1.000002 write(1<{}>, \"\\x00\", 1) = 1\n\
         8 1.000003 fsync(5<{dir}>) = 0\n\
         7 1.000004 <... pwrite64 resumed>) = 2\n\
         8 1.000005 unlink(\"{}\") = 0\n\
         8 1.000006 fdatasync(4<{base}>) = -1 EIO (Input/output error)\n",
        name("/dev/tty"),
        name("/d/rustine.sqlite-wal"),
    );
    let trace = Trace::read(&report, Path::new("/d"));
    let call = |deed, file: &str, thread, start, end| Call {
        deed,
        file: file.to_owned(),
        thread,
        start,
        end,
    };
    assert_eq!(
        trace.calls,
        [
            call(Deed::Write(4096, vec![0, 1]), "rustine.sqlite", 7, 0, 3),
            call(Deed::Sync, "", 8, 2, 2),
            call(Deed::Unlink, "rustine.sqlite-wal", 8, 4, 4),
        ]
    );
    assert_eq!(trace.times.len(), 6);
    assert_eq!(trace.times[5] - trace.times[0], 5);
}
