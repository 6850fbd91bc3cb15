use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use rustine_domain::log::snapshot::Loader;
use rustine_domain::log::{Chain, Line, Redactions, SnapshotLine, Step};
use rustine_protocol::object::LogHead;

use super::world::now;
use super::{Answer, World};

const LOG: &str = "/datasets/lieux/log";

fn parsed(answer: &Answer) -> Vec<Line> {
    assert_eq!(answer.status, 200);
    answer
        .lines()
        .into_iter()
        .map(|line| Line::parse(line).unwrap())
        .collect()
}

#[actix_web::test]
async fn the_head_is_the_last_entry() {
    let world = World::new();
    let head = LogHead::parse(&world.get(&format!("{LOG}/head")).await.json()).unwrap();
    let record = world.dataset("lieux", "");
    assert_eq!(
        (head.genesis, head.seq, head.entry),
        (record.genesis, 2, record.entry)
    );
    assert_eq!(head.bodies_from, 0);
    let log = world.get(LOG).await.json();
    assert_eq!(log["id"], "https://a.example/datasets/lieux/log");
    assert_eq!(
        (LogHead::parse(&log["head"]).unwrap(), &log["totalItems"]),
        (head, &3.into())
    );
}

#[actix_web::test]
async fn the_entries_form_the_chain_of_the_head() {
    let world = World::new();
    let lines = parsed(&world.get(&format!("{LOG}/entries?from=0")).await);
    let mut chain = Chain::genesis(&lines[0].header).unwrap();
    for line in &lines[1..] {
        let Ok(Step::Next(next)) = chain.follow(&line.header) else {
            panic!("entry {} does not follow", line.header.seq);
        };
        chain = *next;
    }
    assert_eq!(chain.entry, world.dataset("lieux", "").entry);
    assert!(lines.iter().all(|line| line.read_body().unwrap().is_some()));
}

#[actix_web::test]
async fn a_part_of_the_entries_can_be_read() {
    let world = World::new();
    let read = async |query: &str| {
        let answer = world.get(&format!("{LOG}/entries?{query}")).await;
        let lines = parsed(&answer);
        let seqs: Vec<u64> = lines.iter().map(|line| line.header.seq).collect();
        (
            seqs,
            lines.iter().any(|line| line.body.is_some()),
            answer.header("cache-control").to_owned(),
        )
    };
    assert_eq!(
        read("from=1&limit=1").await,
        (vec![1], true, "no-cache".into())
    );
    assert_eq!(
        read("from=2&limit=9999").await,
        (vec![2], true, "no-cache".into())
    );
    assert_eq!(read("from=3").await, (vec![], false, "no-cache".into()));
    assert_eq!(read("from=9000").await, (vec![], false, "no-cache".into()));
    // Only a full range of headers never changes.
    assert!(
        read("from=0&limit=2&bodies=0")
            .await
            .2
            .contains("immutable")
    );
    assert_eq!(
        read("from=0&limit=5&bodies=0").await,
        (vec![0, 1, 2], false, "no-cache".into())
    );
    for bad in ["from=-1", "from=x", "limit=0", "from=1&limit=-5"] {
        assert_eq!(
            world.get(&format!("{LOG}/entries?{bad}")).await.status,
            400,
            "{bad}"
        );
    }
}

#[actix_web::test]
async fn a_page_ends_at_500_entries_or_16_mib() {
    let world = World::new();
    world.correct(510, 1);
    let page = parsed(&world.get(&format!("{LOG}/entries?from=0&limit=9999")).await);
    assert_eq!(page.len(), 500);
    let world = World::new();
    // Eight cells of 60 KiB in each: 35 entries are 16 MiB.
    world.correct(40, 60 * 1024);
    let page = world.get(&format!("{LOG}/entries?from=3")).await;
    let lines = parsed(&page);
    assert!((34..=36).contains(&lines.len()), "{} entries", lines.len());
    assert!(page.body.len() > 16 << 20, "the last one goes beyond");
}

#[actix_web::test]
async fn the_lines_are_the_same_in_zstd() {
    let world = World::new();
    for path in [format!("{LOG}/entries"), format!("{LOG}/snapshot")] {
        let plain = world.get(&path).await;
        assert_eq!(plain.header("content-type"), "application/x-ndjson");
        let packed = world
            .ask(Method::GET, &path, &[(ACCEPT_ENCODING, "gzip, zstd;q=0.5")])
            .await;
        assert_eq!(packed.header("content-encoding"), "zstd");
        assert_eq!(zstd::decode_all(&*packed.body).unwrap(), plain.body);
        let refused = world
            .ask(Method::GET, &path, &[(ACCEPT_ENCODING, "zstd;q=0")])
            .await;
        assert_eq!(refused.header("content-encoding"), "");
        let tag = plain.header("etag").to_owned();
        assert_eq!(
            world
                .ask(Method::GET, &path, &[(IF_NONE_MATCH, &tag)])
                .await
                .status,
            304
        );
    }
}

/// Verifies a snapshot as a new copy does, and gives the number of its rows.
fn load(world: &World, answers: &[Answer]) -> u64 {
    let record = world.dataset("lieux", "");
    let entry = world
        .app
        .db
        .read(|tx| tx.find_entry(record.id, record.seq))
        .unwrap()
        .unwrap();
    let header = Line::parse(format!("{{\"header\":{}}}", entry.header).as_bytes())
        .unwrap()
        .header;
    let known = Redactions::new();
    let mut loader = Loader::new(&header, &known);
    for line in answers.iter().flat_map(Answer::lines) {
        loader.take(SnapshotLine::parse(line).unwrap()).unwrap();
    }
    loader.finish().unwrap().rows
}

#[actix_web::test]
async fn a_snapshot_verifies_against_the_head() {
    let world = World::new();
    let whole = world.get(&format!("{LOG}/snapshot")).await;
    assert_eq!(load(&world, &[whole]), 4);
    let at = world.get(&format!("{LOG}/snapshot?at=2")).await;
    assert_eq!(load(&world, &[at]), 4);
    assert_eq!(world.get(&format!("{LOG}/snapshot?at=1")).await.status, 404);
    assert_eq!(
        world.get(&format!("{LOG}/snapshot?after=x")).await.status,
        400
    );
}

#[actix_web::test]
async fn a_snapshot_that_broke_off_goes_on_after_a_row() {
    let world = World::new();
    let mut whole = world.get(&format!("{LOG}/snapshot")).await;
    let lines: Vec<Vec<u8>> = whole.lines().iter().map(|line| line.to_vec()).collect();
    let SnapshotLine::Row(second, _) = SnapshotLine::parse(&lines[3]).unwrap() else {
        panic!("the fourth line is a row");
    };
    whole.body = lines[..4].join(&b'\n').into();
    let rest = world.get(&format!("{LOG}/snapshot?after={second}")).await;
    assert_eq!(load(&world, &[whole, rest]), 4);
}

#[actix_web::test]
async fn an_entry_is_served_under_its_id() {
    let world = World::new();
    let answer = world.get(&format!("{LOG}/1")).await;
    assert_eq!(
        answer.json()["id"],
        "https://a.example/datasets/lieux/log/1"
    );
    assert!(answer.header("cache-control").contains("immutable"));
    for path in ["3", "99999999999999999999", "-1"] {
        assert_eq!(
            world.get(&format!("{LOG}/{path}")).await.status,
            404,
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_copy_serves_no_values_until_it_has_asked_for_what_it_missed() {
    let world = World::new();
    let log = "/datasets/parcs@b.example/log";
    let bodies = async || {
        let lines = parsed(&world.get(&format!("{log}/entries")).await);
        (
            lines.len(),
            lines.iter().filter(|line| line.body.is_some()).count(),
        )
    };
    assert_eq!(bodies().await, (3, 0));
    assert_eq!(world.get(&format!("{log}/snapshot")).await.status, 503);
    world.hold.attempted(world.dataset("parcs", "b.example").id);
    assert_eq!(bodies().await, (3, 3));
    assert_eq!(world.get(&format!("{log}/snapshot")).await.status, 200);
    assert_eq!(
        world.get(log).await.json()["id"],
        format!("https://a.example{log}")
    );
    // Our own datasets are never held back.
    assert_eq!(world.get(&format!("{LOG}/snapshot")).await.status, 200);
}

#[actix_web::test]
async fn a_copy_that_is_being_made_gives_no_snapshot() {
    let world = World::new();
    let dataset = world.dataset("parcs", "b.example").id;
    world.hold.attempted(dataset);
    let status = async |cursor: Option<&str>| {
        let state = rustine_store::ReplicaStateRecord {
            dataset,
            state: "starting".into(),
            origin_seq: None,
            origin_entry: None,
            confirmed_at: None,
            source: None,
            bodies_from: 2,
            cursor: cursor.map(str::to_owned),
            error: None,
            updated: now(),
            named_source: None,
            log_bytes: 0,
            hinted_seq: -1,
            redact_seq: -1,
            attempted_by: String::new(),
            silent_since: None,
        };
        world.write(|tx| tx.put_replica_state(&state));
        let log = "/datasets/parcs@b.example/log";
        let head = LogHead::parse(&world.get(&format!("{log}/head")).await.json()).unwrap();
        assert_eq!(head.bodies_from, 2);
        world.get(&format!("{log}/snapshot")).await.status.as_u16()
    };
    assert_eq!(status(Some("row")).await, 503);
    assert_eq!(status(None).await, 200);
}

#[actix_web::test]
async fn an_erasure_changes_the_validator() {
    let world = World::new();
    let path = format!("{LOG}/entries");
    let before = world.get(&path).await.header("etag").to_owned();
    let dataset = world.dataset("lieux", "").id;
    let gone = rustine_store::RedactionRecord {
        commitment: None,
        row_id: None,
        field: None,
        meta_seq: Some(1),
        seq: 2,
    };
    world.write(|tx| tx.insert_redaction(dataset, &gone));
    let after = world
        .ask(Method::GET, &path, &[(IF_NONE_MATCH, &before)])
        .await;
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), before);
}
