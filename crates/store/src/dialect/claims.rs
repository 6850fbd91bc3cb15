//! Claiming due work: one statement, so that two workers never get the same piece.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Bind, Sql};
use crate::StoreError;
use crate::tx::{Engine, Tx};

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Workers of other processes pass by what one is claiming; on SQLite there is one writer at a time.
fn skip_locked(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Postgres => " FOR UPDATE OF due SKIP LOCKED",
    }
}

fn run(sql: Sql, tx: &mut Tx<'_>) -> Result<Vec<i64>, StoreError> {
    let claimed: Vec<Claimed> = sql.load(tx)?;
    Ok(claimed.into_iter().map(|claimed| claimed.id).collect())
}

pub(crate) fn claim_inbox(
    tx: &mut Tx<'_>,
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let mut sql = Sql::new("UPDATE inbox SET attempts = attempts + 1, next_at = ");
    sql.bind(Bind::Integer(until));
    sql.push(" WHERE id IN (SELECT due.id FROM inbox AS due WHERE due.state = 'pending' AND due.next_at <= ");
    sql.bind(Bind::Integer(now));
    sql.push(" ORDER BY due.next_at, due.id LIMIT ")
        .bind(Bind::Integer(limit));
    sql.push(skip_locked(tx.engine())).push(") RETURNING id");
    run(sql, tx)
}

pub(crate) fn claim_outbox(
    tx: &mut Tx<'_>,
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let mut sql = Sql::new("UPDATE outbox SET lease_until = ");
    sql.bind(Bind::Integer(until));
    sql.push(" WHERE id IN (SELECT due.id FROM outbox AS due WHERE due.state = 'queued' AND due.next_at <= ");
    sql.bind(Bind::Integer(now))
        .push(" AND due.lease_until <= ")
        .bind(Bind::Integer(now));
    sql.push(
        " AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.state = 'queued' AND older.host = due.host \
         AND older.object_key = due.object_key AND older.id < due.id)",
    );
    sql.push(" ORDER BY due.next_at, due.id LIMIT ")
        .bind(Bind::Integer(limit));
    sql.push(skip_locked(tx.engine())).push(") RETURNING id");
    run(sql, tx)
}
