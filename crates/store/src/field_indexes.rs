//! Indexes on fields that an owner wants to filter or sort by, made on demand.
//!
//! Rows of all datasets share a table, so an index on `commune` serves every dataset that has such a field. Its
//! expression comes from [`crate::dialect`], as that of the queries does.

use diesel::prelude::*;
use rustine_domain::ids::FieldName;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::dialect::{Sql, number_of, text_of};
use crate::schema::field_indexes;
use crate::tx::{Tx, each};

fn name_of(field: &str, numeric: bool) -> String {
    // 63 characters are the most that PostgreSQL keeps of a name, so a long field is cut; its hash tells it apart.
    let kind = if numeric { "number" } else { "text" };
    if field.len() <= 48 {
        return format!("rows_{kind}_{field}");
    }
    let hash = field.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("rows_{kind}_{}_{hash:016x}", &field[..30])
}

impl Tx<'_> {
    /// Makes filters and sorts by a field fast; `numeric` for those by number. Does nothing where it is done. Takes
    /// seconds on a million rows: best by [`crate::Db::write_alone`].
    pub fn create_field_index(
        &mut self,
        dataset: i64,
        field: &FieldName,
        numeric: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let name = field.as_str();
        let value = if numeric {
            number_of(self.engine(), name)
        } else {
            text_of(self.engine(), name)
        };
        each!(self, |c| diesel::insert_into(field_indexes::table)
            .values((
                field_indexes::dataset.eq(dataset),
                field_indexes::field.eq(name),
                field_indexes::numeric.eq(numeric),
                field_indexes::created.eq(now.seconds()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        let index = name_of(name, numeric);
        Sql::new(format!(
            "CREATE INDEX IF NOT EXISTS {index} ON rows (dataset, {value}, order_key, row_id)"
        ))
        .execute(self)?;
        Ok(())
    }

    /// Gives up such an index; it goes when no dataset wants it any more.
    pub fn drop_field_index(
        &mut self,
        dataset: i64,
        field: &FieldName,
        numeric: bool,
    ) -> Result<(), StoreError> {
        let name = field.as_str();
        each!(self, |c| diesel::delete(
            field_indexes::table.find((dataset, name, numeric))
        )
        .execute(c))?;
        let others: i64 = each!(self, |c| field_indexes::table
            .filter(
                field_indexes::field
                    .eq(name)
                    .and(field_indexes::numeric.eq(numeric))
            )
            .count()
            .get_result(c))?;
        if others == 0 {
            Sql::new(format!("DROP INDEX IF EXISTS {}", name_of(name, numeric))).execute(self)?;
        }
        Ok(())
    }

    /// The fields of a dataset that have an index, and whether it is by number.
    pub fn list_field_indexes(&mut self, dataset: i64) -> Result<Vec<(String, bool)>, StoreError> {
        each!(self, |c| field_indexes::table
            .filter(field_indexes::dataset.eq(dataset))
            .order((field_indexes::field, field_indexes::numeric))
            .select((field_indexes::field, field_indexes::numeric))
            .load(c))
    }
}
