//! The rows at one entry, line after line (`domain::log::snapshot`).

use rustine_domain::log::snapshot::Loader;
use rustine_domain::log::{Redactions, SnapshotLine};
use rustine_domain::tree::MemoryTree;

/// A line is written as it was read; what is loaded has the root of its header, whatever the stream held.
pub fn run(data: &[u8]) {
    let lines: Vec<SnapshotLine> = data
        .split(|byte| *byte == b'\n')
        .take(256)
        .filter_map(|line| SnapshotLine::parse(line).ok())
        .collect();
    for line in &lines {
        let text = line.to_text();
        let again = SnapshotLine::parse(text.as_bytes()).expect("our own line");
        assert_eq!(again.to_text(), text);
    }
    let Some(header) = lines.iter().find_map(|line| match line {
        SnapshotLine::Header(header) => Some(header.clone()),
        _ => None,
    }) else {
        return;
    };
    let known = Redactions::new();
    let mut loader = Loader::new(&header, &known);
    let mut kept = Vec::new();
    for line in lines {
        if let Ok(Some(row)) = loader.take(line) {
            assert_eq!(loader.last_row(), Some(row.0));
            kept.push(row);
        }
    }
    let Ok(loaded) = loader.finish() else {
        return;
    };
    assert_eq!(loaded.rows as usize, kept.len());
    let mut tree = MemoryTree::new();
    for (id, row, hash) in &kept {
        assert_eq!(row.hash(header.uid, *id), *hash);
        tree.put(*id, Some(*hash));
    }
    assert_eq!(
        tree.root(),
        header.state,
        "rows that the header does not commit to"
    );
}
