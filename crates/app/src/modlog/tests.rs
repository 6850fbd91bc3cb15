//! Lines are numbered, chained and signed by this instance.

use rustine_domain::json;
use rustine_domain::modlog::{Tail, follow};

use super::*;
use crate::patches::desk::Desk;

/// Every line of the dataset, verified under this instance's key.
fn verified(desk: &Desk) -> Vec<modlog::Line> {
    let app = &desk.node.app;
    let read = |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        let dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
        let lines = tx.list_modlog(dataset.id, 0, 100)?;
        Ok((dataset.uid, lines, instance_key(tx)?.multikey()))
    };
    let (uid, lines, key) = app.db.read(read).unwrap();
    let mut tail = Tail::default();
    let mut found = Vec::new();
    for record in lines {
        let document = json::parse(record.line.as_bytes()).unwrap();
        let (line, next) = follow(tail, uid, document.as_object().unwrap(), &[key]).unwrap();
        assert_eq!(
            (Some(record.hash), record.action),
            (next.hash, line.action.clone())
        );
        tail = next;
        found.push(line);
    }
    found
}

#[test]
fn lines_follow_one_another_and_say_role_and_instance() {
    let desk = Desk::new(|_| {});
    let app = &desk.node.app;
    let b: Host = "b.example".parse().unwrap();
    let acts = [
        (By::here(Role::Maintain), Line::Withdrawn),
        (
            By::elsewhere(Role::Write, &b),
            Line::Refused { from: b.clone() },
        ),
        (By::clock(), Line::Expired { count: 3 }),
    ];
    app.db
        .write(|tx| {
            let dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
            for (by, line) in &acts {
                write(app, tx, &dataset, by, line.clone())?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let said: Vec<String> = verified(&desk)
        .into_iter()
        .map(|line| format!("{} {} {} {}", line.n, line.action, line.role, line.instance))
        .collect();
    assert_eq!(
        said,
        [
            "1 withdrawn maintain a.localhost:1",
            "2 refused write b.example",
            "3 expired clock a.localhost:1"
        ]
    );
}

#[test]
fn nothing_is_written_about_a_copy() {
    let desk = Desk::new(|_| {});
    let app = &desk.node.app;
    app.db
        .write(|tx| {
            let dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
            let copy = DatasetRecord {
                host: "b.example".to_owned(),
                ..dataset
            };
            write(app, tx, &copy, &By::operator(), Line::Withdrawn)
        })
        .unwrap();
    assert_eq!(verified(&desk), []);
}
