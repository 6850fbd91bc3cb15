//! Imports of a file that is known, and corrections one by one.

use std::time::Instant;

use serde_json::{Value, json};

use super::Bench;
use crate::floors::{diff, table};
use crate::http::Client;
use crate::node::{NAME, Node, Serving};
use crate::report::{Goal, Line, Report, median};
use crate::{Extent, Failure, places};

/// The same file again, then one with a change in a hundred, then the first again, so that what follows sees it.
pub fn again(bench: &Bench, report: &mut Report) -> Result<(), Failure> {
    for (file, what) in [(&bench.csv, "unchanged"), (&bench.changed, "1 % changed")] {
        let (floor, _) = diff::compare(&bench.csv, file)?;
        let run = bench.node.import(file)?;
        report.add(Line {
            id: "P8",
            work: format!("import again, {what}, {} (floor: hash diff)", bench.label),
            value: run.seconds,
            floor: Some(floor),
            unit: "s",
            goal: Goal::None,
        });
    }
    bench.node.import(&bench.csv)?;
    Ok(())
}

/// Proposes and accepts corrections of one cell each; the median of the acceptances in ms.
pub fn patches(
    bench: &Bench,
    serving: &Serving,
    extent: &Extent,
    report: &mut Report,
) -> Result<f64, Failure> {
    let token = bench.node.token()?;
    let mut client = bench.node.client(Some(&token))?;
    let ids = row_ids(&mut client, extent.samples)?;
    let (mut proposed, mut accepted) = (Vec::new(), Vec::new());
    let (mut written, mut written_before) = ([0, 0], serving.written_bytes()?);
    for (at, id) in ids.iter().enumerate() {
        let begun = Instant::now();
        let patch = propose(&mut client, id, &format!("corrigé {at}"))?;
        proposed.push(begun.elapsed().as_secs_f64() * 1000.0);
        let between = serving.written_bytes()?;
        let begun = Instant::now();
        client.post(&format!("/api/v1/patches/{patch}/accept"), "")?;
        accepted.push(begun.elapsed().as_secs_f64() * 1000.0);
        let after = serving.written_bytes()?;
        written[0] += between - written_before;
        written[1] += after - between;
        written_before = after;
    }
    let floor = table::update(&bench.table, bench.rows, extent.samples)?;
    let accept = median(accepted);
    for (what, value, goal) in [
        ("propose one cell", median(proposed), Goal::None),
        ("accept it", accept, Goal::TimesFloor(3.0)),
    ] {
        report.add(Line {
            id: "P3",
            work: format!("{what} over HTTP, {}", bench.label),
            value,
            floor: Some(floor),
            unit: "ms",
            goal,
        });
    }
    for (what, written, goal) in [
        ("written for a proposal", written[0], Goal::None),
        ("written for its acceptance", written[1], Goal::AtMost(64.0)),
    ] {
        report.add(Line {
            id: "P3",
            work: format!("{what}, {}", bench.label),
            value: written as f64 / 1024.0 / ids.len().max(1) as f64,
            floor: None,
            unit: "KiB",
            goal,
        });
    }
    Ok(accept)
}

/// Accepts corrections of as many rows.
pub fn correct(node: &Node, rows: usize) -> Result<(), Failure> {
    let mut client = node.client(Some(&node.token()?))?;
    for id in row_ids(&mut client, rows)? {
        let patch = propose(&mut client, &id, "corrigé encore")?;
        client.post(&format!("/api/v1/patches/{patch}/accept"), "")?;
    }
    Ok(())
}

/// A proposal that waits to be accepted.
pub struct Proposal {
    client: Client,
    id: String,
}

impl Proposal {
    pub fn accept(mut self) -> Result<(), Failure> {
        let path = format!("/api/v1/patches/{}/accept", self.id);
        self.client.post(&path, "").map(|_| ())
    }
}

/// Proposes another presentation for the first row.
pub fn propose_one(node: &Node, text: &str) -> Result<Proposal, Failure> {
    let mut client = node.client(Some(&node.token()?))?;
    let row = row_ids(&mut client, 1)?
        .pop()
        .ok_or("a table without rows")?;
    let id = propose(&mut client, &row, text)?;
    Ok(Proposal { client, id })
}

/// What changed in the last hundred entries, as a reader asks for it who holds what was before them: the median in ms.
pub fn changes(bench: &Bench, extent: &Extent, report: &mut Report) -> Result<f64, Failure> {
    let mut client = bench.node.client(None)?;
    let digest: Value =
        serde_json::from_slice(&client.get(&format!("/api/v1/datasets/{NAME}/digest"))?)?;
    let head = digest["seq"].as_u64().ok_or("a digest without a seq")?;
    let count = LAST_ENTRIES.min(extent.samples as u64);
    let from = (head + 1).saturating_sub(count);
    let path = format!("/datasets/{NAME}/log/entries?from={from}&limit={count}");
    let mut figures = Vec::new();
    for _ in 0..extent.samples.min(50) {
        let begun = Instant::now();
        let answer = client.get(&path)?;
        figures.push(begun.elapsed().as_secs_f64() * 1000.0);
        if answer.iter().filter(|byte| **byte == b'\n').count() as u64 != count {
            return Err("the log did not give as many entries as were asked for".into());
        }
    }
    let value = median(figures);
    report.add(Line {
        id: "P8",
        work: format!("the {count} last changes from the log, {}", bench.label),
        value,
        floor: None,
        unit: "ms",
        goal: Goal::None,
    });
    Ok(value)
}

/// How many changes lie between two versions that are compared.
const LAST_ENTRIES: u64 = 100;

/// Proposes another presentation for a row; the proposal's id.
fn propose(client: &mut Client, row: &str, text: &str) -> Result<String, Failure> {
    let op = json!({"op": "set", "row": row, "field": "presentation", "value": text});
    let path = format!("/api/v1/datasets/{NAME}/patches");
    let answer = client.post(&path, &json!({ "ops": [op] }).to_string())?;
    let answer: Value = serde_json::from_slice(&answer)?;
    let id = answer["id"].as_str().ok_or("a proposal without an id")?;
    Ok(id.to_owned())
}

/// Ids of different rows.
fn row_ids(client: &mut Client, wanted: usize) -> Result<Vec<String>, Failure> {
    let path = format!("/api/v1/datasets/{NAME}/rows?limit={}", wanted.min(1000));
    let page: Value = serde_json::from_slice(&client.get(&path)?)?;
    let rows = page["rows"].as_array().ok_or("a page without rows")?;
    let first = rows.first().map(|row| row["cells"]["id"].clone());
    if first != Some(json!(places::key(0))) {
        return Err("the first row of the table is not the first of the file".into());
    }
    Ok(rows
        .iter()
        .filter_map(|row| row["id"].as_str().map(str::to_owned))
        .collect())
}
