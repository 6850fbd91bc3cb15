//! Power cuts, replayed: the disk of a node is rebuilt as it may be after a cut between any two calls to the system.
//!
//! A killed process proves nothing here, because the system keeps what it wrote. What a cut takes away is what was
//! written and not flushed, so that is what the replay takes away: all of it, or any part.

use std::fs;
use std::path::{Path, PathBuf};

use rustine_testkit::command::Caller;
use rustine_testkit::inspect::{State, faults};
use rustine_testkit::node::{Node, Options};
use rustine_testkit::{binary, full, sabotaged_binary};
use rustine_tests_federation::LIEUX;

use crate::claims::Acknowledged;
use crate::dice::Dice;
use crate::disk::{Disk, Fate, Files};
use crate::story::{Told, told};
use crate::tracer::may_trace;

/// Crash points in the short and in the full form.
const POINTS: [usize; 2] = [60, 1000];

/// Crash points of the control.
const CONTROL_POINTS: usize = 100;

/// One in so many crash points also starts the server again.
const SERVED: usize = 20;

/// Where the power goes, and what becomes of what was not flushed.
#[derive(Debug, Clone, Copy)]
struct Point {
    line: usize,
    fate: Fate,
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how much was tried is part of what the test says"
)]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let Some(binary) = binary() else { return };
    if !may_trace() {
        return;
    }
    let mut dice = Dice::of_run("power cuts");
    let told = told(&binary, &[]);
    the_story_has_everything(&told);
    let points = points(&told, POINTS[usize::from(full())], &mut dice);
    let disk = Disk::new(&told.trace, &told.base);
    let tries = points.iter().enumerate();
    let wrong: Vec<String> = tries
        .flat_map(|(at, point)| {
            let files = disk.after(point.line, point.fate, &mut dice);
            let found = examine(&binary, &told, *point, &files, at % SERVED == 0);
            found
                .into_iter()
                .map(move |what| format!("{point:?}: {what}"))
        })
        .collect();
    println!(
        "{} calls on files, {} acknowledged; {} of {} power cuts did harm",
        told.trace.calls.len(),
        told.acknowledged.len(),
        wrong.len(),
        points.len(),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The control: the same story, told by a node whose database is opened with `synchronous = NORMAL`.
#[test]
#[expect(
    clippy::print_stdout,
    reason = "how much was tried is part of what the test says"
)]
fn a_node_that_flushes_less_is_found_to_lose_what_it_acknowledged() {
    let Some(binary) = sabotaged_binary() else {
        return;
    };
    if !may_trace() {
        return;
    }
    let switches = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    fs::write(switches.path(), "durable-commits").expect("the file can be written");
    let switches = switches.path().to_string_lossy().into_owned();
    let mut dice = Dice::of_run("power cuts, control");
    let told = told(&binary, &[("RUSTINE_SABOTAGE".to_owned(), switches)]);
    let points = points(&told, CONTROL_POINTS, &mut dice);
    let disk = Disk::new(&told.trace, &told.base);
    let losing = points.iter().filter(|point| {
        let files = disk.after(point.line, point.fate, &mut dice);
        !lost(&told, **point, &files).is_empty()
    });
    let losing = losing.count();
    println!("with NORMAL {losing} of {CONTROL_POINTS} power cuts lost what was acknowledged");
    assert!(
        losing > CONTROL_POINTS / 4,
        "the control lost at {losing} of {CONTROL_POINTS} points only: the replay would not see a missing flush",
    );
}

/// A story in which a kind of promise is missing, or in which the log was never folded back, proves less than it says.
fn the_story_has_everything(told: &Told) {
    for kind in [
        "activities",
        "proposals",
        "decisions",
        "imports",
        "deliveries",
        "erasures",
    ] {
        let some = told.acknowledged.iter().any(|one| one.claim.kind() == kind);
        assert!(some, "no {kind} were acknowledged");
    }
    let calls = &told.trace.calls;
    let writes_to = |name: &str| {
        let write = |call: &&crate::trace::Call| {
            call.file == name && matches!(call.deed, crate::trace::Deed::Write(..))
        };
        calls.iter().filter(write).count()
    };
    assert!(writes_to("rustine.sqlite-wal") > 500, "the log is written");
    assert!(writes_to("rustine.sqlite") > 50, "the log is folded back");
}

fn points(told: &Told, count: usize, dice: &mut Dice) -> Vec<Point> {
    let calls = &told.trace.calls;
    let drawn = (0..count).map(|_| Point {
        line: calls[dice.below(calls.len())].start,
        fate: Fate::draw(dice),
    });
    drawn.collect()
}

/// Everything that is wrong with what a power cut left.
fn examine(binary: &Path, told: &Told, point: Point, files: &Files, serve: bool) -> Vec<String> {
    let (_folder, data) = laid_out(files);
    let called = Caller::new(binary, &data).call(&["dataset", "verify", LIEUX]);
    let mut wrong = Vec::new();
    if called.code != Some(0) {
        wrong.push(format!("the log does not verify: {}", called.said()));
    }
    wrong.extend(faults(&data.join("rustine.sqlite")));
    wrong.extend(missing(told, point, &data));
    if serve {
        let options = Options {
            port: Some(told.port),
            ..Options::default()
        };
        let mut node = Node::init(binary, "origine", options);
        replace(&node.data(), files);
        node.serve();
        if node.get(&format!("/datasets/{LIEUX}")).status != 200 {
            wrong.push("the page of the dataset is not served".to_owned());
        }
    }
    wrong
}

/// What a power cut took although it was acknowledged before.
fn lost(told: &Told, point: Point, files: &Files) -> Vec<String> {
    let (_folder, data) = laid_out(files);
    missing(told, point, &data)
}

fn missing(told: &Told, point: Point, data: &Path) -> Vec<String> {
    let cut = told.trace.times[point.line];
    let state = State::at(&data.join("rustine.sqlite"));
    let lost = |one: &&Acknowledged| one.at < cut && !one.claim.holds(&state, data);
    let lost = told.acknowledged.iter().filter(lost);
    lost.map(|one| format!("lost: {:?}", one.claim)).collect()
}

fn laid_out(files: &Files) -> (tempfile::TempDir, PathBuf) {
    // The disk after the cut is made up, so it may lie in memory, where flushing costs nothing.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let folder = folder.expect("a temporary folder can be made");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder can be made");
    replace(&data, files);
    (folder, data)
}

fn replace(data: &Path, files: &Files) {
    for (name, content) in files {
        fs::write(data.join(name), content).expect("a file can be written");
    }
}
