//! Proposals of other servers' people: signed, posted, recorded.

mod desk;
mod mail;

use std::path::Path;
use std::time::{Duration, Instant};

use self::desk::Desk;
use self::mail::{Mail, paced, send_all};
use crate::floors::server::Floor;
use crate::letters::Key;
use crate::node::Node;
use crate::peers::Peers;
use crate::report::{Goal, Line, Report, median};
use crate::{Extent, Failure};

/// Measures the inbox of a fresh node with a small table.
pub fn measure(
    binary: &Path,
    folder: &Path,
    csv: &Path,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    let node = Node::init(binary, folder, "inbox")?;
    node.allow_many_proposals()?;
    node.import(csv)?;
    let key = Key::of(&node.database())?;
    let peers = Peers::start(&key.public)?;
    let floor = Floor::start_inbox(&folder.join("inbox.sqlite"), &key.public_bytes())?;
    let serving = node.serve()?;
    let mut desk = Desk::open(&node, &key, &peers)?;
    for connections in [8, 64] {
        let each = extent.letters / connections;
        // Known senders: what their actors cost is another matter.
        desk.introduce(connections)?;
        let letters = desk.letters(connections, each)?;
        let total = connections * each;
        let before = desk.recorded()?;
        let begun = Instant::now();
        send_all(node.port, &letters)?;
        let accepted = begun.elapsed().as_secs_f64();
        desk.wait(before + total)?;
        let recorded = begun.elapsed().as_secs_f64();
        desk.settle()?;
        let begun = Instant::now();
        send_all(floor.port, &letters)?;
        let floor_seconds = begun.elapsed().as_secs_f64();
        let per_letter = |seconds: f64| seconds * 1000.0 / total as f64;
        report.add(Line {
            id: "P1",
            work: format!("a signed proposal, recorded, {connections} connections"),
            value: per_letter(recorded),
            floor: Some(per_letter(floor_seconds)),
            unit: "ms",
            goal: Goal::TimesFloor(2.0),
        });
        report.add(Line {
            id: "P2",
            work: format!("recorded / accepted after a burst, {connections} connections"),
            value: recorded / accepted,
            floor: None,
            unit: "x",
            goal: Goal::AtMost(1.2),
        });
    }
    open_loop(&mut desk, &floor, extent, report)?;
    thousand(&mut desk, &floor, extent, report)?;
    report.add(Line {
        id: "P10",
        work: "most memory of the node during these".to_owned(),
        value: serving.peak_mb()?,
        floor: None,
        unit: "MB",
        goal: Goal::AtMost(60.0),
    });
    Ok(())
}

/// Twenty a second: from the POST to the proposal.
fn open_loop(
    desk: &mut Desk<'_>,
    floor: &Floor,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    let count = (extent.letters / 40).clamp(10, 100);
    let letters = desk.letters(1, count)?.remove(0);
    let mut to_floor = Mail::connect(floor.port)?;
    let mut to_node = Mail::connect(desk.port())?;
    let (mut seen, mut floors) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    for (at, letter) in letters.iter().enumerate() {
        let due = Duration::from_millis(50) * u32::try_from(at)?;
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let before = desk.recorded()?;
        let posted = Instant::now();
        to_node.send(letter)?;
        desk.wait(before + 1)?;
        seen.push(posted.elapsed().as_secs_f64() * 1000.0);
        let posted = Instant::now();
        to_floor.send(letter)?;
        floors.push(posted.elapsed().as_secs_f64() * 1000.0);
    }
    for (what, share, goal) in [
        ("median", 0.5, Goal::None),
        ("99 of 100 within", 0.99, Goal::TimesFloor(2.0)),
    ] {
        report.add(Line {
            id: "P2",
            work: format!("POST to proposal at 20 a second, {what}"),
            value: percentile(&seen, share),
            floor: Some(percentile(&floors, share)),
            unit: "ms",
            goal,
        });
    }
    Ok(())
}

/// A thousand a second, whatever the answers take: from when each was due to its answer, and how long it takes until
/// everything is recorded.
fn thousand(
    desk: &mut Desk<'_>,
    floor: &Floor,
    extent: &Extent,
    report: &mut Report,
) -> Result<(), Failure> {
    const CONNECTIONS: usize = 64;
    const RATE: f64 = 1000.0;
    let letters = desk.letters(CONNECTIONS, extent.letters / CONNECTIONS)?;
    let before = desk.recorded()?;
    let begun = Instant::now();
    let answered = paced(desk.port(), &letters, RATE)?;
    let accepted = begun.elapsed().as_secs_f64();
    desk.wait(before + answered.len())?;
    let recorded = begun.elapsed().as_secs_f64();
    desk.settle()?;
    let floors = paced(floor.port, &letters, RATE)?;
    report.add(Line {
        id: "P2",
        work: "POST to answer at 1,000 a second, 99 of 100 within".to_owned(),
        value: percentile(&answered, 0.99),
        floor: Some(percentile(&floors, 0.99)),
        unit: "ms",
        goal: Goal::TimesFloor(2.0),
    });
    report.add(Line {
        id: "P2",
        work: "recorded / accepted at 1,000 a second".to_owned(),
        value: recorded / accepted,
        floor: None,
        unit: "x",
        goal: Goal::AtMost(1.2),
    });
    Ok(())
}

fn percentile(figures: &[f64], share: f64) -> f64 {
    if share == 0.5 {
        return median(figures.to_vec());
    }
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(at.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}
