//! Claiming due work: one statement, so that two workers never get the same piece.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Bind, Sql};
use crate::StoreError;
use crate::leases::push_is_gone;
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

/// True for a row that `holder` may take: free, or its own from before and over `until` (a column), or in the hands of
/// a process that is not there any more. Clocks of two processes are never compared.
fn push_is_free(sql: &mut Sql, engine: Engine, holder: &str, until: &str, now: i64) {
    sql.push("((due.holder IN ('', ")
        .bind(Bind::Text(holder.to_owned()));
    sql.push(format!(") AND {until} <= "))
        .bind(Bind::Integer(now));
    sql.push(") OR (due.holder NOT IN ('', ")
        .bind(Bind::Text(holder.to_owned()));
    sql.push(") AND ");
    push_is_gone(sql, engine, "due.holder");
    sql.push("))");
}

/// `FROM … WHERE …` of the activities that may be taken.
fn push_due_inbox(sql: &mut Sql, engine: Engine, holder: &str, now: i64) {
    sql.push(" FROM inbox AS due WHERE due.state = 'pending' AND ");
    push_is_free(sql, engine, holder, "due.next_at", now);
}

pub(crate) fn claim_inbox(
    tx: &mut Tx<'_>,
    holder: &str,
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let engine = tx.engine();
    let mut sql = Sql::new("UPDATE inbox SET attempts = attempts + 1, next_at = ");
    sql.bind(Bind::Integer(until));
    sql.push(", holder = ").bind(Bind::Text(holder.to_owned()));
    sql.push(" WHERE id IN (SELECT due.id");
    push_due_inbox(&mut sql, engine, holder, now);
    sql.push(" ORDER BY due.next_at, due.id LIMIT ")
        .bind(Bind::Integer(limit));
    sql.push(skip_locked(engine)).push(") RETURNING id");
    run(sql, tx)
}

pub(crate) fn is_inbox_due(tx: &mut Tx<'_>, holder: &str, now: i64) -> Result<bool, StoreError> {
    let mut sql = Sql::new("SELECT due.id AS id");
    push_due_inbox(&mut sql, tx.engine(), holder, now);
    sql.push(" LIMIT 1");
    Ok(!run(sql, tx)?.is_empty())
}

pub(crate) fn claim_outbox(
    tx: &mut Tx<'_>,
    holder: &str,
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let engine = tx.engine();
    let mut sql = Sql::new("UPDATE outbox SET lease_until = ");
    sql.bind(Bind::Integer(until));
    sql.push(", holder = ").bind(Bind::Text(holder.to_owned()));
    sql.push(" WHERE id IN (SELECT due.id FROM outbox AS due WHERE due.state = 'queued' AND due.next_at <= ");
    sql.bind(Bind::Integer(now)).push(" AND ");
    push_is_free(&mut sql, engine, holder, "due.lease_until", now);
    sql.push(
        " AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.state = 'queued' AND older.host = due.host \
         AND older.object_key = due.object_key AND older.id < due.id)",
    );
    sql.push(" ORDER BY due.next_at, due.id LIMIT ")
        .bind(Bind::Integer(limit));
    sql.push(skip_locked(engine)).push(") RETURNING id");
    run(sql, tx)
}

pub(crate) fn claim_mails(
    tx: &mut Tx<'_>,
    holder: &str,
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let engine = tx.engine();
    let mut sql = Sql::new("UPDATE mails SET lease_until = ");
    sql.bind(Bind::Integer(until));
    sql.push(", holder = ").bind(Bind::Text(holder.to_owned()));
    sql.push(" WHERE id IN (SELECT due.id FROM mails AS due WHERE due.state = 'queued' AND due.next_at <= ");
    sql.bind(Bind::Integer(now)).push(" AND ");
    push_is_free(&mut sql, engine, holder, "due.lease_until", now);
    sql.push(" ORDER BY due.next_at, due.id LIMIT ")
        .bind(Bind::Integer(limit));
    sql.push(skip_locked(engine)).push(") RETURNING id");
    run(sql, tx)
}
