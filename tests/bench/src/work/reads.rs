//! Pages, rows, filters, words and whole files, over one connection each, in turn with the floor.

use std::time::Instant;

use serde_json::Value;

use super::Bench;
use crate::floors::server::Floor;
use crate::floors::table;
use crate::http::Client;
use crate::node::NAME;
use crate::report::{Goal, Line, Report, median};
use crate::{Extent, Failure, places};

/// A rate of 0.6 of the floor's, as a time.
const GOAL: Goal = Goal::TimesFloor(1.0 / 0.6);

/// Measures the API of the serving node.
pub fn measure(
    bench: &Bench,
    floor: &Floor,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut node = bench.node.client(None)?;
    let rows = format!("/api/v1/datasets/{NAME}/rows");
    let (middle, row) = middle_of(&mut node, &rows, bench.rows)?;
    let half = places::key(bench.rows / 2);
    let town = places::town(0).to_lowercase();
    let encoded = percent(places::town(0));
    let pairs = [
        (
            "page of 50, first",
            format!("{rows}?limit=50"),
            "/?kind=page".to_owned(),
        ),
        (
            "page of 50, middle",
            format!("{rows}?limit=50&after={middle}"),
            format!("/?kind=page&value={half}"),
        ),
        (
            "one row",
            format!("{rows}/{row}"),
            format!("/?kind=row&value={half}"),
        ),
        (
            "filter by town, 50",
            format!("{rows}?limit=50&field.commune={encoded}"),
            format!("/?kind=filter&value={encoded}"),
        ),
        (
            "search for two words, 50",
            format!("{rows}?limit=50&q={}+formation", percent(&town)),
            format!("/?kind=search&value={}+formation", percent(&town)),
        ),
    ];
    let mut pages = Vec::new();
    for (work, asked, floor_asked) in pairs {
        // What is slow is measured fewer times.
        let first = time(&mut node, &asked)?;
        let samples = if first > 50.0 {
            extent.samples.min(11)
        } else {
            extent.samples
        };
        let mut floor_client = floor.client()?;
        time(&mut floor_client, &floor_asked)?;
        let (mut values, mut floors) = (Vec::new(), Vec::new());
        for _ in 0..samples {
            values.push(time(&mut node, &asked)?);
            floors.push(time(&mut floor_client, &floor_asked)?);
        }
        let value = median(values);
        pages.push(value);
        report.add(Line {
            id: "P9",
            work: format!("{work}, {}", bench.label),
            value,
            floor: Some(median(floors)),
            unit: "ms",
            goal: GOAL,
        });
    }
    report.add(Line {
        id: "P9",
        work: format!("page in the middle / first page, {}", bench.label),
        value: pages[1] / pages[0],
        floor: None,
        unit: "x",
        goal: Goal::AtMost(1.2),
    });
    Ok(())
}

/// Measures the whole table as CSV.
pub fn export(bench: &Bench, extent: &Extent, report: &mut Report) -> Result<(), Failure> {
    let (mut values, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        floors.push(table::export(
            &bench.table,
            &bench.folder.join("floor.csv"),
        )?);
        let begun = Instant::now();
        let file = bench
            .node
            .client(None)?
            .get(&format!("/datasets/{NAME}.csv"))?;
        values.push(begun.elapsed().as_secs_f64());
        if file.iter().filter(|byte| **byte == b'\n').count() != bench.rows + 1 {
            return Err("the export has not as many lines as the table".into());
        }
    }
    report.add(Line {
        id: "P9",
        work: format!("CSV over HTTP, {}", bench.label),
        value: median(values),
        floor: Some(median(floors)),
        unit: "s",
        goal: Goal::TimesFloor(1.5),
    });
    Ok(())
}

/// A request and its whole answer, in ms.
fn time(client: &mut Client, path: &str) -> Result<f64, Failure> {
    let begun = Instant::now();
    client.get(path)?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

/// The cursor in the middle of the table, and the id of a row there.
fn middle_of(client: &mut Client, rows: &str, count: usize) -> Result<(String, String), Failure> {
    let mut after = String::new();
    let mut seen = 0;
    loop {
        let asked = if after.is_empty() {
            format!("{rows}?limit=1000")
        } else {
            format!("{rows}?limit=1000&after={after}")
        };
        let page: Value = serde_json::from_slice(&client.get(&asked)?)?;
        let held = page["rows"].as_array().ok_or("a page without rows")?;
        let last = held.last().ok_or("an empty page")?;
        seen += held.len();
        let id = last["id"].as_str().ok_or("a row without an id")?.to_owned();
        match page["next"].as_str() {
            Some(next) if seen < count / 2 => after = next.to_owned(),
            Some(next) => return Ok((next.to_owned(), id)),
            None => return Ok((after, id)),
        }
    }
}

/// A text as it stands in a URL.
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
