//! What verifying finds in a copy whose database was damaged.

use rustine_domain::log::CellState;
use rustine_store::StoreError;

use super::World;
use crate::datasets::verify::VerifyError;
use crate::testing::{field, row};

#[test]
fn a_flipped_byte_in_a_row_is_found() {
    let world = World::new();
    world.follow(&world.origin);
    assert_eq!(world.verify().unwrap(), 5);
    world.damage(|tx, dataset| {
        let record = tx.find_row(dataset, row(3))?.unwrap();
        let mut state = crate::log::rows::row_state(&record)?;
        let salt = rustine_domain::ids::Salt([5; 16]);
        let value = "lieu 8".to_owned();
        state
            .cells
            .insert(field("nom"), CellState::Held { value, salt });
        let schema = crate::testing::schema("Lieux");
        let schema = rustine_domain::schema::Schema::parse(&schema).unwrap();
        let damaged = crate::log::rows::new_row(row(3), &state, record.row_hash, &schema);
        tx.rewrite_rows(dataset, &[damaged])
    });
    let fault = world.verify();
    assert!(
        matches!(fault, Err(VerifyError::Row(id)) if id == row(3)),
        "{fault:?}"
    );
}

#[test]
fn a_flipped_byte_in_a_body_is_found() {
    let world = World::new();
    world.follow(&world.origin);
    world.damage(|tx, dataset| {
        let body = tx.find_body(dataset, 1)?.unwrap();
        tx.put_body(dataset, 1, &body.replace("lieu 3", "lieu 8"))
    });
    let fault = world.verify();
    assert!(
        matches!(fault, Err(VerifyError::Entry { seq: 1, .. })),
        "{fault:?}"
    );
}

#[test]
fn a_missing_row_is_found() {
    let world = World::new();
    world.follow(&world.origin);
    world.damage(|tx, dataset| {
        tx.apply_rows(dataset, 2, &[rustine_store::RowChange::Delete(row(1))])
    });
    let fault = world.verify();
    assert!(matches!(fault, Err(VerifyError::State)), "{fault:?}");
}

impl World {
    fn damage(
        &self,
        mut work: impl FnMut(&mut rustine_store::Tx<'_>, i64) -> Result<(), StoreError>,
    ) {
        self.node.app.db.write(|tx| work(tx, self.dataset)).unwrap();
    }
}
