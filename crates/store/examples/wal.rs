//! Measures the store on invented places of 22 columns: `cargo run --release -p rustine-store --example measure -- 100000`.
//!
//! Prints one line for each figure, with the median of its rounds. On SQLite in a temporary folder, or on the server
//! of `RUSTINE_TEST_POSTGRES` with `--postgres`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for developers"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rustine_domain::ids::{DatasetUid, Hash, RowId, Salt};
use rustine_domain::time::Timestamp;
use rustine_domain::tree::{self, bucket_of};
use rustine_store::{
    Bound, DatasetRecord, Db, Filter, NewRow, RowChange, RowQuery, Sort, StoreError, testing,
};

const STREETS: [&str; 8] = [
    "rue de l'Église",
    "quai de la Fosse",
    "place Royale",
    "avenue Foch",
    "cours Sully",
    "allée des Tilleuls",
    "boulevard Guist'hau",
    "chemin du Halage",
];
const TOWNS: [&str; 20] = [
    "Nantes",
    "Rezé",
    "Saint-Herblain",
    "Orvault",
    "Vertou",
    "Couëron",
    "Carquefou",
    "Bouguenais",
    "La Chapelle-sur-Erdre",
    "Sainte-Luce-sur-Loire",
    "Saint-Sébastien-sur-Loire",
    "Basse-Goulaine",
    "Les Sorinières",
    "Thouaré-sur-Loire",
    "Sautron",
    "Indre",
    "Bouaye",
    "Le Pellerin",
    "Mauves-sur-Loire",
    "Brains",
];

fn place(n: u64) -> NewRow {
    // A fixed scramble, so that every run measures the same values.
    let mix = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let at = |count: usize| usize::try_from(mix).unwrap() % count;
    let town = TOWNS[at(20)];
    let (lat, lon) = (
        47.0 + (mix % 5000) as f64 / 10_000.0,
        -1.9 + (mix % 7001) as f64 / 10_000.0,
    );
    let cells: Vec<(&str, String)> = vec![
        ("_order", format!("a{n:08}")),
        ("nom", format!("Lieu numéro {n} {}", STREETS[at(7)])),
        ("siret", format!("{:014}", mix % 100_000_000_000_000)),
        ("adresse", format!("{} {}", mix % 200, STREETS[at(8)])),
        ("code_postal", format!("{:05}", 44_000 + mix % 900)),
        ("commune", town.to_owned()),
        (
            "telephone",
            format!(
                "02 40 {:02} {:02} {:02}",
                mix % 100,
                mix / 7 % 100,
                mix / 11 % 100
            ),
        ),
        (
            "courriel",
            format!("contact{}@exemple.invalid", mix % 90_000),
        ),
        (
            "site",
            format!("https://lieu-{}.exemple.invalid/accueil", mix % 90_000),
        ),
        ("horaires", "Mo-Fr 09:00-12:00,14:00-18:00".to_owned()),
        ("latitude", format!("{lat:.5}")),
        ("longitude", format!("{lon:.5}")),
        (
            "categorie",
            ["café", "atelier", "médiathèque", "école", "mairie"][at(5)].to_owned(),
        ),
        ("accessible", ["oui", "non"][at(2)].to_owned()),
        ("capacite", (mix % 400).to_string()),
        (
            "ouvert_depuis",
            format!(
                "{}-{:02}-{:02}",
                1950 + mix % 75,
                1 + mix % 12,
                1 + mix % 28
            ),
        ),
        (
            "description",
            format!(
                "Accueil du public, {} postes, prêt de matériel et conseils pour les démarches",
                mix % 30
            ),
        ),
        ("gestionnaire", format!("Association {}", mix % 5000)),
        ("statut", "vérifié".to_owned()),
        ("source", "enquête 2026".to_owned()),
        ("note", (mix % 6).to_string()),
        ("identifiant", format!("L{n:07}")),
        ("maj", "2026-11-21".to_owned()),
    ];
    NewRow {
        row_id: row_id(n),
        row_hash: Hash([u8::try_from(mix % 251).unwrap(); 32]),
        cells: cells
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value))
            .collect(),
        op_salt: Some(Salt([7; 16])),
        salts: BTreeMap::new(),
        gone: BTreeMap::new(),
        place: Some((lat, lon)),
    }
}

/// Time-ordered, as imports make them.
fn row_id(n: u64) -> RowId {
    let scrambled = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) & 0x0fff_ffff_ffff;
    let millis = 0x0190_0000_0000 + n / 50;
    let (high, low) = (millis >> 16, millis & 0xffff);
    format!("{high:08x}-{low:04x}-7{:03x}-8000-{scrambled:012x}", n % 50)
        .parse()
        .unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + seconds).unwrap()
}

fn dataset(db: &Db) -> i64 {
    let uid: DatasetUid = "urn:uuid:00000000-0000-4000-8000-000000000001"
        .parse()
        .unwrap();
    let record = DatasetRecord {
        id: 0,
        uid,
        name: "lieux".into(),
        host: String::new(),
        url: "https://a.example/datasets/lieux".into(),
        genesis: Hash([1; 32]),
        seq: 0,
        entry: Hash([1; 32]),
        state: Hash([2; 32]),
        chain: "{}".into(),
        schema: "{}".into(),
        schema_hash: Hash([3; 32]),
        policy: None,
        audience: "public".into(),
        title: "Lieux".into(),
        license: None,
        row_count: 0,
        rows_version: 0,
        status: "published".into(),
        created: at(0),
        updated: at(0),
    };
    write(db, |tx| tx.insert_dataset(&record))
}

fn write<T>(db: &Db, work: impl FnMut(&mut rustine_store::Tx<'_>) -> Result<T, StoreError>) -> T {
    db.write(work).unwrap()
}

/// `VmRSS` or `VmHWM` of this process in MB.
fn memory_mb(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with(which))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kb| kb.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn median_ms(rounds: usize, mut work: impl FnMut(usize)) -> f64 {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|round| {
            let started = Instant::now();
            work(round);
            started.elapsed()
        })
        .collect();
    times.sort();
    times[rounds / 2].as_secs_f64() * 1000.0
}

/// CPU time of this process so far; under other load it varies less than the time on the clock.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

fn insert(db: &Db, id: i64, count: u64) {
    let (mut making, mut making_cpu, cpu_before) = (Duration::ZERO, 0.0, cpu());
    let started = Instant::now();
    let mut n = 0;
    while n < count {
        let (made, made_cpu) = (Instant::now(), cpu());
        let part: Vec<NewRow> = (n..count.min(n + 10_000)).map(place).collect();
        making += made.elapsed();
        making_cpu += cpu() - made_cpu;
        db.write_bulk(|tx| tx.insert_rows(id, 0, &part))
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        n += 10_000;
    }
    let taken = started.elapsed().checked_sub(making).unwrap();
    let cpu = cpu() - cpu_before - making_cpu;
    println!(
        "insert {count} rows: {:.2} s, {:.0} rows/s; CPU {cpu:.2} s, {:.0} rows/s (without making them)",
        taken.as_secs_f64(),
        count as f64 / taken.as_secs_f64(),
        count as f64 / cpu
    );
}

fn reads(db: &Db, id: i64, count: u64) {
    let base = RowQuery {
        dataset: id,
        limit: 50,
        ..RowQuery::default()
    };
    let page = |query: &RowQuery| {
        db.read(|tx| tx.query_rows(query))
            .unwrap_or_else(|e: StoreError| panic!("{e}"))
    };
    println!(
        "first page: {:.3} ms",
        median_ms(101, |_| drop(page(&base)))
    );
    let field = |name: &str| name.parse().unwrap();
    let timed = |name: &str, query: RowQuery| {
        let first = Instant::now();
        let total = page(&query).total;
        let first = first.elapsed().as_secs_f64() * 1000.0;
        let again = median_ms(51, |_| drop(page(&query)));
        println!("{name}: first {first:.2} ms, then {again:.3} ms ({total} rows)");
    };
    let filters = vec![(field("commune"), Filter::Eq("Nantes".into()))];
    timed(
        "filter without index",
        RowQuery {
            filters: filters.clone(),
            ..base.clone()
        },
    );
    let started = Instant::now();
    db.write_alone(|tx| tx.create_field_index(id, &field("commune"), false, at(0)))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    println!("index on commune: {:.2} s", started.elapsed().as_secs_f64());
    db.write_alone(|tx| tx.create_field_index(id, &field("capacite"), true, at(0)))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    timed(
        "filter with index",
        RowQuery {
            filters,
            ..base.clone()
        },
    );
    let above = vec![(field("capacite"), Filter::Gt(Bound::Number(390.0)))];
    timed(
        "number above, with index",
        RowQuery {
            filters: above,
            ..base.clone()
        },
    );
    for descending in [false, true] {
        let sort = Some(Sort {
            field: field("capacite"),
            descending,
            numeric: true,
        });
        timed(
            "sort by number, with index",
            RowQuery {
                sort,
                ..base.clone()
            },
        );
    }
    timed(
        "search two words",
        RowQuery {
            search: Some("enquête nantes".into()),
            ..base.clone()
        },
    );
    timed(
        "search a phone number",
        RowQuery {
            search: Some("0240123".into()),
            ..base.clone()
        },
    );
    timed(
        "box",
        RowQuery {
            bbox: Some([-1.6, 47.2, -1.5, 47.25]),
            ..base.clone()
        },
    );
    let contains = vec![(field("nom"), Filter::Contains("numero 99".into()))];
    timed(
        "contains (scan)",
        RowQuery {
            filters: contains,
            ..base.clone()
        },
    );
    deep_page(db, &base, count);
    println!(
        "one row: {:.3} ms",
        median_ms(201, |round| {
            let row = row_id(count / 2 + round as u64);
            drop(
                db.read(|tx| tx.find_row(id, row))
                    .unwrap_or_else(|e: StoreError| panic!("{e}")),
            );
        })
    );
}

/// A page in the middle, by a cursor that walking there gave.
fn deep_page(db: &Db, base: &RowQuery, count: u64) {
    let mut query = RowQuery {
        limit: 1000,
        ..base.clone()
    };
    for _ in 0..count / 2000 {
        let page = db
            .read(|tx| tx.query_rows(&query))
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        query.after = page.next;
    }
    query.limit = 50;
    println!(
        "page in the middle: {:.3} ms",
        median_ms(101, |_| drop(
            db.read(|tx| tx.query_rows(&query))
                .unwrap_or_else(|e: StoreError| panic!("{e}"))
        ))
    );
}

fn whole_tree(db: &Db, id: i64) {
    let started = Instant::now();
    let all: BTreeSet<u16> = (0..=u16::MAX).collect();
    db.write_bulk(|tx| tree::update(&mut tx.tree(id), &all))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    println!("whole state tree: {:.2} s", started.elapsed().as_secs_f64());
}

/// What a patch changes besides the row.
#[derive(Clone, Copy)]
enum Change {
    Words,
    NoWords,
    NoTree,
}

fn patch(db: &Db, id: i64, n: u64, seq: i64, change: Change) {
    let mut row = place(n);
    match change {
        Change::NoWords => row.cells.insert("_note".into(), seq.to_string()),
        _ => row
            .cells
            .insert("horaires".into(), format!("Mo-Fr {:02}:00-12:00", seq % 24)),
    };
    row.row_hash = Hash([u8::try_from(seq % 256).unwrap(); 32]);
    db.write(|tx| {
        tx.find_row(id, row.row_id)?;
        tx.apply_rows(id, seq, &[RowChange::Put(row.clone())])?;
        if !matches!(change, Change::NoTree) {
            tree::update(&mut tx.tree(id), &BTreeSet::from([bucket_of(row.row_id)]))?;
        }
        Ok(())
    })
    .unwrap_or_else(|e: StoreError| panic!("{e}"));
}

fn patches(db: &Db, id: i64, count: u64) {
    let mut seq = 1_i64;
    for (name, change) in [
        ("all", Change::Words),
        ("no words", Change::NoWords),
        ("no tree", Change::NoTree),
    ] {
        let (bytes_before, cpu_before) = (written_bytes(), cpu());
        let time = median_ms(1500, |_| {
            seq += 1;
            patch(
                db,
                id,
                seq.unsigned_abs().wrapping_mul(7919) % count,
                seq,
                change,
            );
        });
        println!(
            "one patch, durable ({name}): {time:.3} ms, CPU {:.3} ms, {} KiB written",
            (cpu() - cpu_before) / 1.5,
            (written_bytes() - bytes_before) / 1500 / 1024
        );
    }
    for threads in [8_u64, 64] {
        let (each, started, cpu_before) = (4000 / threads, Instant::now(), cpu());
        std::thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || {
                    for n in 0..each {
                        let seq = i64::try_from(10_000 + n).unwrap();
                        patch(
                            db,
                            id,
                            (thread * 104_729 + n * 7919) % count,
                            seq,
                            Change::Words,
                        );
                    }
                });
            }
        });
        let patches = (threads * each) as f64;
        println!(
            "patches by {threads} threads: {:.0}/s, CPU {:.3} ms each",
            patches / started.elapsed().as_secs_f64(),
            (cpu() - cpu_before) * 1000.0 / patches
        );
    }
}

fn written_bytes() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io
        .lines()
        .find(|line| line.starts_with("write_bytes"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|bytes| bytes.parse().ok())
        .unwrap_or(0)
}

fn export(db: &Db, id: i64, count: u64) {
    let (mut cells, started) = (0, Instant::now());
    db.read(|tx| {
        tx.each_row_in_order(id, |row| {
            cells += row.cells.len();
            Ok::<_, StoreError>(())
        })
    })
    .unwrap();
    println!(
        "all rows in order: {:.2} s, {:.0} rows/s, {cells} cells",
        started.elapsed().as_secs_f64(),
        count as f64 / started.elapsed().as_secs_f64()
    );
    let mut rows = 0;
    let started = Instant::now();
    db.read(|tx| {
        tx.each_row_by_bucket(id, None, |_| {
            rows += 1;
            Ok::<_, StoreError>(())
        })
    })
    .unwrap();
    println!(
        "all rows by bucket: {:.2} s ({rows})",
        started.elapsed().as_secs_f64()
    );
}

fn main() {
    let db = testing::sqlite();
    let id = dataset(&db);
    insert(&db, id, 100000);
    whole_tree(&db, id);
    for (name, change) in [
        ("all", Change::Words),
        ("nowords", Change::NoWords),
        ("notree", Change::NoTree),
    ] {
        let mut seq = 1_i64;
        for _ in 0..40 {
            seq += 1;
            patch(
                &db,
                id,
                seq.unsigned_abs().wrapping_mul(7919) % 100000,
                seq,
                change,
            );
        }
        db.purge_erased().unwrap();
        for _ in 0..40 {
            seq += 1;
            patch(
                &db,
                id,
                seq.unsigned_abs().wrapping_mul(7919) % 100000,
                seq,
                change,
            );
        }
        let p = db.path().unwrap();
        std::fs::copy(p, format!("/tmp/wal-{name}.sqlite")).unwrap();
        std::fs::copy(
            p.with_extension("sqlite-wal"),
            format!("/tmp/wal-{name}.sqlite-wal"),
        )
        .unwrap();
    }
}
