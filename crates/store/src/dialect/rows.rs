//! Rows and their words: on SQLite the words are a table of FTS5, on PostgreSQL a column with a GIN index.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Double, Integer, Jsonb, Nullable, Text};
use diesel::sqlite::SqliteConnection;
use rustine_domain::ids::RowId;
use rustine_domain::tree::bucket_of;

use crate::StoreError;
use crate::cells::{Packed, Texts};
use crate::rows::{RawRow, ReadyRow};
use crate::schema::rows;
use crate::tx::{Connection, Tx, each};

diesel::table! {
    /// The words of the rows; `rowid` is `rows.id`.
    rows_search (rowid) {
        rowid -> BigInt,
        words -> Text,
    }
}

pub(crate) fn load_rows(
    tx: &mut Tx<'_>,
    dataset: i64,
    row_ids: &[RowId],
) -> Result<Vec<RawRow>, StoreError> {
    match &mut tx.connection {
        // One prepared statement many times is faster than one long statement once.
        Connection::Sqlite(c) => {
            let mut found = Vec::with_capacity(row_ids.len());
            for row_id in row_ids {
                let row = rows::table
                    .filter(rows::dataset.eq(dataset))
                    .filter(rows::bucket.eq(i32::from(bucket_of(*row_id))))
                    .filter(rows::row_id.eq(row_id.as_bytes()))
                    .select(RawRow::as_select())
                    .get_result(*c)
                    .optional()?;
                found.extend(row);
            }
            Ok(found)
        }
        Connection::Postgres(c) => {
            let mut buckets: Vec<i32> =
                row_ids.iter().map(|id| i32::from(bucket_of(*id))).collect();
            buckets.dedup();
            let ids: Vec<&[u8]> = row_ids.iter().map(RowId::as_bytes).collect();
            Ok(rows::table
                .filter(rows::dataset.eq(dataset))
                .filter(rows::bucket.eq_any(buckets))
                .filter(rows::row_id.eq_any(ids))
                .select(RawRow::as_select())
                .load(*c)?)
        }
    }
}

pub(crate) fn insert_images(
    tx: &mut Tx<'_>,
    dataset: i64,
    seq: i64,
    images: &[ReadyRow],
) -> Result<(), StoreError> {
    if images.is_empty() {
        return Ok(());
    }
    match &mut tx.connection {
        Connection::Sqlite(c) => Ok(insert_sqlite(c, dataset, seq, images)?),
        Connection::Postgres(c) => {
            let column =
                |of: fn(&ReadyRow) -> Option<f64>| images.iter().map(of).collect::<Vec<_>>();
            diesel::sql_query(INSERT_POSTGRES)
                .bind::<BigInt, _>(dataset)
                .bind::<BigInt, _>(seq)
                .bind::<Array<Binary>, _>(
                    images
                        .iter()
                        .map(|i| i.row_id.as_bytes())
                        .collect::<Vec<_>>(),
                )
                .bind::<Array<Text>, _>(
                    images
                        .iter()
                        .map(|i| i.order_key.as_str())
                        .collect::<Vec<_>>(),
                )
                .bind::<Array<Integer>, _>(images.iter().map(|i| i.bucket).collect::<Vec<_>>())
                .bind::<Array<Binary>, _>(
                    images
                        .iter()
                        .map(|i| i.row_hash.as_bytes())
                        .collect::<Vec<_>>(),
                )
                .bind::<Array<Jsonb>, _>(images.iter().map(|i| &i.cells).collect::<Vec<_>>())
                .bind::<Array<Nullable<Binary>>, _>(
                    images.iter().map(ReadyRow::op_salt).collect::<Vec<_>>(),
                )
                .bind::<Array<Nullable<Jsonb>>, _>(
                    images.iter().map(|i| i.salts.as_ref()).collect::<Vec<_>>(),
                )
                .bind::<Array<Nullable<Jsonb>>, _>(
                    images.iter().map(|i| i.gone.as_ref()).collect::<Vec<_>>(),
                )
                .bind::<Array<Nullable<Double>>, _>(column(|i| i.place.map(|(lat, _)| lat)))
                .bind::<Array<Nullable<Double>>, _>(column(|i| i.place.map(|(_, lon)| lon)))
                .bind::<Array<Text>, _>(images.iter().map(|i| i.words.as_str()).collect::<Vec<_>>())
                .execute(*c)?;
            Ok(())
        }
    }
}

/// One statement for all rows, with an array for each column; the words need no dictionary, so they become the
/// vector as they are.
const INSERT_POSTGRES: &str = "
    INSERT INTO rows (dataset, row_id, order_key, bucket, row_hash, cells, op_salt, salts, gone, added_seq, lat, lon,
                      search)
    SELECT $1, row_id, order_key, bucket, row_hash, cells, op_salt, salts, gone, $2, lat, lon,
           array_to_tsvector(string_to_array(words, ' '))
    FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      AS new (row_id, order_key, bucket, row_hash, cells, op_salt, salts, gone, lat, lon, words)";

/// Rows one by one through a prepared statement, which SQLite likes best, then their words.
fn insert_sqlite(
    c: &mut SqliteConnection,
    dataset: i64,
    seq: i64,
    images: &[ReadyRow],
) -> QueryResult<()> {
    let last: Option<i64> = rows::table
        .select(diesel::dsl::max(rows::id))
        .get_result(c)?;
    let first = last.unwrap_or(0) + 1;
    for (id, image) in (first..).zip(images) {
        diesel::insert_into(rows::table)
            .values((
                rows::id.eq(id),
                rows::dataset.eq(dataset),
                rows::row_id.eq(image.row_id.as_bytes()),
                rows::bucket.eq(image.bucket),
                rows::added_seq.eq(seq),
                image.content(),
                image.indexed(),
            ))
            .execute(c)?;
    }
    for (id, image) in (first..).zip(images) {
        diesel::insert_into(rows_search::table)
            .values((
                rows_search::rowid.eq(id),
                rows_search::words.eq(&image.words),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// The columns that every change of a row writes.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = rows, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Content<'a> {
    row_hash: &'a [u8],
    cells: &'a Packed,
    op_salt: Option<&'a [u8]>,
    salts: Option<&'a Texts>,
    gone: Option<&'a Texts>,
}

/// The columns that have indexes; SQLite rewrites the entry of an index even where the value stays.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = rows, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Indexed<'a> {
    order_key: &'a str,
    lat: Option<f64>,
    lon: Option<f64>,
}

impl ReadyRow {
    fn content(&self) -> Content<'_> {
        Content {
            row_hash: self.row_hash.as_bytes(),
            cells: &self.cells,
            op_salt: self.op_salt(),
            salts: self.salts.as_ref(),
            gone: self.gone.as_ref(),
        }
    }

    fn indexed(&self) -> Indexed<'_> {
        Indexed {
            order_key: &self.order_key,
            lat: self.place.map(|(lat, _)| lat),
            lon: self.place.map(|(_, lon)| lon),
        }
    }

    fn op_salt(&self) -> Option<&[u8]> {
        self.op_salt.as_ref().map(|salt| salt.as_bytes())
    }
}

/// A row that exists, as it is to be, and what of it stays.
pub(crate) struct Changed {
    pub id: i64,
    pub image: ReadyRow,
    pub same_words: bool,
    pub same_indexed: bool,
}

/// Writes rows that exist; words and indexed columns are left alone where they are the same.
pub(crate) fn update_images(tx: &mut Tx<'_>, changed: &[Changed]) -> Result<(), StoreError> {
    for Changed {
        id,
        image,
        same_words,
        same_indexed,
    } in changed
    {
        let row = rows::table.find(id);
        each!(tx, |c| if *same_indexed {
            diesel::update(row).set(image.content()).execute(c)
        } else {
            diesel::update(row)
                .set((image.content(), image.indexed()))
                .execute(c)
        })?;
        if *same_words {
            continue;
        }
        match &mut tx.connection {
            Connection::Sqlite(c) => {
                let words = rows_search::words.eq(&image.words);
                diesel::update(rows_search::table.find(id))
                    .set(words)
                    .execute(*c)?;
            }
            Connection::Postgres(c) => {
                diesel::sql_query("UPDATE rows SET search = array_to_tsvector(string_to_array($1, ' ')) WHERE id = $2")
                    .bind::<Text, _>(&image.words)
                    .bind::<BigInt, _>(id)
                    .execute(*c)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn delete_images(tx: &mut Tx<'_>, deleted: &[(i64, RowId)]) -> Result<(), StoreError> {
    for (id, _) in deleted {
        match &mut tx.connection {
            Connection::Sqlite(c) => {
                diesel::delete(rows::table.find(id)).execute(*c)?;
                diesel::delete(rows_search::table.find(id)).execute(*c)?;
            }
            Connection::Postgres(c) => {
                diesel::delete(rows::table.find(id)).execute(*c)?;
            }
        }
    }
    Ok(())
}

/// Takes all rows of a dataset away.
pub(crate) fn delete_all(tx: &mut Tx<'_>, dataset: i64) -> Result<(), StoreError> {
    match &mut tx.connection {
        Connection::Sqlite(c) => {
            diesel::sql_query(
                "DELETE FROM rows_search WHERE rowid IN (SELECT id FROM rows WHERE dataset = $1)",
            )
            .bind::<BigInt, _>(dataset)
            .execute(*c)?;
            diesel::delete(rows::table.filter(rows::dataset.eq(dataset))).execute(*c)?;
        }
        Connection::Postgres(c) => {
            diesel::delete(rows::table.filter(rows::dataset.eq(dataset))).execute(*c)?;
        }
    }
    Ok(())
}
