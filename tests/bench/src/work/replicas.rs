//! A copy on a second node: from nothing, after one row in a hundred changed, and after ten corrections.

use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Bench;
use crate::node::{NAME, Node, Serving};
use crate::proxy::Proxy;
use crate::report::{Goal, Line, Report};
use crate::{Failure, floors::table};

/// How long two nodes may take to become equal before something must be wrong.
const LONGEST: Duration = Duration::from_secs(900);

/// Measures a copy of a fresh node's table; returns how long the first one took, in seconds.
pub fn measure(
    binary: &std::path::Path,
    bench: &Bench,
    report: &mut Report,
) -> Result<f64, Failure> {
    let floor = table::import(&bench.csv, &bench.folder.join("copied.sqlite"))?;
    let origin = Node::init_behind_proxy(binary, &bench.folder, "origin")?;
    let copy = Node::init_behind_proxy(binary, &bench.folder, "copy")?;
    // The copy fetches, and the origin pushes: both ways count.
    let mut proxy = Proxy::start(origin.public_port, origin.port)?;
    proxy.also(copy.public_port, copy.port)?;
    origin.import(&bench.csv)?;
    let (origin_serving, copy_serving) = (origin.serve()?, copy.serve()?);
    let address = format!("{NAME}@{}", origin.host);

    let (begun, before) = (Instant::now(), proxy.passed_mb());
    copy.call(&["replica", "add", &address])?;
    until_equal(&origin, &copy, &address)?;
    let seconds = begun.elapsed().as_secs_f64();
    let whole_mb = proxy.passed_mb() - before;
    let label = &bench.label;
    report.add(Line {
        id: "P5",
        work: format!("copy from nothing, {label} (floor: import)"),
        value: seconds,
        floor: Some(floor),
        unit: "s",
        goal: Goal::TimesFloor(1.5),
    });
    report.add(Line {
        id: "P5",
        work: format!("sent for it, {label} (floor: CSV by zstd -1)"),
        value: whole_mb,
        floor: Some(compressed_mb(&bench.csv)?),
        unit: "MB",
        goal: Goal::TimesFloor(1.5),
    });
    report.add(Line {
        id: "P5",
        work: format!("most memory of the copying node, {label}"),
        value: copy_serving.peak_mb()?,
        floor: None,
        unit: "MB",
        goal: Goal::None,
    });
    drop(copy_serving);
    resumed(binary, bench, &origin, &mut proxy, whole_mb, report)?;
    let _copy_serving = copy.serve()?;
    catch_up(
        bench,
        (&origin, &origin_serving),
        &copy,
        &proxy,
        whole_mb,
        report,
    )?;
    Ok(seconds)
}

/// A copy whose node is killed half way.
fn resumed(
    binary: &std::path::Path,
    bench: &Bench,
    origin: &Node,
    proxy: &mut Proxy,
    whole_mb: f64,
    report: &mut Report,
) -> Result<(), Failure> {
    let copy = Node::init_behind_proxy(binary, &bench.folder, "killed")?;
    proxy.also(copy.public_port, copy.port)?;
    let address = format!("{NAME}@{}", origin.host);
    let before = proxy.passed_mb();
    let serving = copy.serve()?;
    copy.call(&["replica", "add", &address])?;
    let begun = Instant::now();
    while proxy.passed_mb() - before < whole_mb / 2.0 {
        if begun.elapsed() > LONGEST {
            return Err("a copy never came half way".into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    // Dropping kills it, as SIGKILL does.
    drop(serving);
    let _serving = copy.serve()?;
    until_equal(origin, &copy, &address)?;
    report.add(Line {
        id: "P5",
        work: format!("sent in all when killed half way, {}", bench.label),
        value: proxy.passed_mb() - before,
        floor: None,
        unit: "MB",
        goal: Goal::AtMost(whole_mb * 1.05),
    });
    Ok(())
}

fn catch_up(
    bench: &Bench,
    (origin, _serving): (&Node, &Serving),
    copy: &Node,
    proxy: &Proxy,
    whole_mb: f64,
    report: &mut Report,
) -> Result<(), Failure> {
    let address = format!("{NAME}@{}", origin.host);
    let before = proxy.passed_mb();
    origin.import(&bench.changed)?;
    let begun = Instant::now();
    until_equal(origin, copy, &address)?;
    report.add(Line {
        id: "P6",
        work: format!("catch up after 1 % of rows changed, {}", bench.label),
        value: begun.elapsed().as_secs_f64(),
        floor: None,
        unit: "s",
        goal: Goal::None,
    });
    report.add(Line {
        id: "P6",
        work: format!("sent for it, {}", bench.label),
        value: proxy.passed_mb() - before,
        floor: None,
        unit: "MB",
        goal: Goal::AtMost(whole_mb * 0.02),
    });
    let before = proxy.passed_mb();
    super::writes::correct(origin, 10)?;
    let begun = Instant::now();
    until_equal(origin, copy, &address)?;
    report.add(Line {
        id: "P6",
        work: format!("catch up after the last of 10 corrections, {}", bench.label),
        value: begun.elapsed().as_secs_f64(),
        floor: None,
        unit: "s",
        goal: Goal::None,
    });
    report.add(Line {
        id: "P6",
        work: format!("sent for all 10, {}", bench.label),
        value: (proxy.passed_mb() - before) * 1000.0,
        floor: None,
        unit: "kB",
        goal: Goal::None,
    });
    Ok(())
}

/// Waits until the copy has the digest that the origin has now.
fn until_equal(origin: &Node, copy: &Node, address: &str) -> Result<(), Failure> {
    let digest = |node: &Node, dataset: &str| -> Result<Value, Failure> {
        let path = format!("/api/v1/datasets/{dataset}/digest");
        let answer = node.client(None)?.ask("GET", &path, None)?;
        let text: &[u8] = if answer.status == 200 {
            &answer.body
        } else {
            b"null"
        };
        Ok(serde_json::from_slice(text)?)
    };
    let wanted = digest(origin, NAME)?;
    if wanted == json!(null) {
        return Err("the origin shows no digest".into());
    }
    let begun = Instant::now();
    while begun.elapsed() < LONGEST {
        let held = digest(copy, address)?;
        if held["entry"] == wanted["entry"] && held["state"] == wanted["state"] {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err("the copy did not become equal".into())
}

fn compressed_mb(file: &std::path::Path) -> Result<f64, Failure> {
    let mut encoder = zstd::stream::read::Encoder::new(std::fs::File::open(file)?, 1)?;
    let (mut bytes, mut total) = (vec![0; 1 << 16], 0);
    loop {
        match encoder.read(&mut bytes)? {
            0 => return Ok(total as f64 / 1e6),
            count => total += count,
        }
    }
}
