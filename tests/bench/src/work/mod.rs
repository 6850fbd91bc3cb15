//! What is measured, table by table: each size has one node and one floor, and they take turns.

mod fanout;
mod inbox;
mod reads;
mod replicas;
mod writes;

use std::path::{Path, PathBuf};

use crate::floors::server::Floor;
use crate::floors::table;
use crate::node::Node;
use crate::report::{Goal, Line, Report, median};
use crate::{Extent, Failure, places};

/// The files of one size, and the node that holds them.
struct Bench {
    rows: usize,
    /// `1k`, `100k` …
    label: String,
    csv: PathBuf,
    changed: PathBuf,
    table: PathBuf,
    folder: PathBuf,
    node: Node,
}

/// Figures that are held against those of another size.
#[derive(Default)]
struct BySize {
    accept_ms: Vec<f64>,
    start_ms: Vec<f64>,
    changes_ms: Vec<f64>,
    /// With the number of rows.
    copy_s: Vec<(usize, f64)>,
}

/// Measures everything, size after size.
pub fn run(binary: &Path, extent: &Extent, report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut sizes = BySize::default();
    for (at, rows) in extent.sizes.iter().enumerate() {
        let bench = import(binary, folder.path(), *rows, extent, report)?;
        if extent.wants(&["P7", "P8"]) {
            writes::again(&bench, report)?;
        }
        let serving = bench.node.serve()?;
        let mut starts = vec![serving.ready_ms];
        let largest = at + 1 == extent.sizes.len();
        // Reads are the same at every size above the smallest; the largest says so.
        if at > 0 && extent.wants(&["P9"]) {
            table::prepare_reads(&bench.table)?;
            let floor = Floor::start(&bench.table)?;
            reads::measure(&bench, &floor, extent, report)?;
            reads::export(&bench, extent, report)?;
        }
        if extent.wants(&["P3", "P8"]) {
            let accept_ms = writes::patches(&bench, &serving, extent, report)?;
            sizes.accept_ms.push(accept_ms);
            let changes_ms = writes::changes(&bench, extent, report)?;
            sizes.changes_ms.push(changes_ms);
        }
        drop(serving);
        if at == 0 && extent.wants(&["P1", "P2", "P10"]) {
            inbox::measure(binary, &bench.folder, &bench.csv, extent, report)?;
        }
        if at == 0 && extent.wants(&["P4"]) {
            fanout::measure(binary, &bench.folder, &bench.csv, extent, report)?;
        }
        for _ in 1..extent.rounds.max(3) {
            starts.push(bench.node.serve()?.ready_ms);
        }
        let start_ms = median(starts);
        sizes.start_ms.push(start_ms);
        report.add(Line {
            id: "P10",
            work: format!("start to ready, {}", bench.label),
            value: start_ms,
            floor: None,
            unit: "ms",
            goal: Goal::AtMost(100.0),
        });
        if largest {
            idle_memory(&bench, report)?;
        }
        if at > 0 && extent.wants(&["P5", "P6"]) {
            sizes
                .copy_s
                .push((bench.rows, replicas::measure(binary, &bench, report)?));
        }
        std::fs::remove_dir_all(&bench.folder)?;
    }
    growth(
        "P3",
        "accept, largest / smallest table",
        &sizes.accept_ms,
        1.25,
        report,
    );
    growth(
        "P8",
        "last changes, largest / smallest table",
        &sizes.changes_ms,
        1.5,
        report,
    );
    if let [(fewer, first), .., (more, last)] = sizes.copy_s.as_slice() {
        // Ten times the rows may take twelve times as long.
        report.add(Line {
            id: "P5",
            work: "copy from nothing, largest / smaller table".to_owned(),
            value: last / first,
            floor: None,
            unit: "x",
            goal: Goal::AtMost(1.2 * *more as f64 / *fewer as f64),
        });
    }
    growth(
        "P10",
        "start, largest / smallest table",
        &sizes.start_ms,
        1.2,
        report,
    );
    Ok(())
}

fn import(
    binary: &Path,
    folder: &Path,
    rows: usize,
    extent: &Extent,
    report: &mut Report,
) -> Result<Bench, Failure> {
    let label = label(rows);
    let folder = folder.join(&label);
    std::fs::create_dir(&folder)?;
    let (csv, changed) = (folder.join("lieux.csv"), folder.join("changed.csv"));
    places::write(&csv, rows, false)?;
    places::write(&changed, rows, true)?;
    // The largest table takes long enough to be steady.
    let rounds = if rows > 100_000 { 1 } else { extent.rounds };
    let (mut seconds, mut floors, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    let mut kept = None;
    for round in 0..rounds {
        let table = folder.join(format!("floor{round}.sqlite"));
        floors.push(table::import(&csv, &table)?);
        let node = Node::init(binary, &folder, &format!("node{round}"))?;
        let run = node.import(&csv)?;
        seconds.push(run.seconds);
        peaks.push(run.peak_mb);
        kept = Some((table, node));
    }
    let (table, node) = kept.ok_or("no round was asked for")?;
    report.add(Line {
        id: "P7",
        work: format!("import with history and search, {label}"),
        value: median(seconds),
        floor: Some(median(floors)),
        unit: "s",
        goal: Goal::TimesFloor(2.0),
    });
    report.add(Line {
        id: "P7",
        work: format!("memory of the import, {label}"),
        value: median(peaks),
        floor: None,
        unit: "MB",
        goal: Goal::AtMost(64.0),
    });
    Ok(Bench {
        rows,
        label,
        csv,
        changed,
        table,
        folder,
        node,
    })
}

fn idle_memory(bench: &Bench, report: &mut Report) -> Result<(), Failure> {
    let serving = bench.node.serve()?;
    bench.node.client(None)?.get("/readyz")?;
    std::thread::sleep(std::time::Duration::from_secs(2));
    report.add(Line {
        id: "P10",
        work: format!("memory of an idle node, {}", bench.label),
        value: serving.memory_mb()?,
        floor: None,
        unit: "MB",
        goal: Goal::AtMost(25.0),
    });
    Ok(())
}

/// How much more the largest table costs than the smallest.
fn growth(id: &'static str, work: &str, figures: &[f64], most: f64, report: &mut Report) {
    if let (Some(first), Some(last)) = (figures.first(), figures.last()) {
        report.add(Line {
            id,
            work: work.to_owned(),
            value: last / first,
            floor: None,
            unit: "x",
            goal: Goal::AtMost(most),
        });
    }
}

fn label(rows: usize) -> String {
    match rows {
        0..1_000 => rows.to_string(),
        1_000..1_000_000 => format!("{}k", rows / 1_000),
        _ => format!("{}M", rows / 1_000_000),
    }
}
