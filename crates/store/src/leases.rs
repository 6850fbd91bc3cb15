//! Work that only one process may do at a time, on a database that several share.
//!
//! A running server is itself a lease, `process/<holder>`, which it renews by the database's clock. Every other lease,
//! and every claimed row of the inbox and the outbox, names its holder and is free as soon as that process is not
//! there any more: so one renewal keeps all that a process does, and all of it is taken over together.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::StoreError;
use crate::dialect::{Bind, Sql, clock_of};
use crate::schema::leases;
use crate::tx::{Tx, each};

/// What the names of processes begin with.
const PROCESS: &str = "process/";

/// A lease as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = leases)]
pub struct LeaseRecord {
    /// The work.
    pub name: String,
    /// The process that does it, which may be gone.
    pub holder: String,
    /// For a process: until when it is there unless it renews, in seconds of the database's clock.
    pub until_at: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

#[derive(QueryableByName)]
struct Living {
    #[diesel(sql_type = Text)]
    holder: String,
    #[diesel(sql_type = BigInt)]
    until_at: i64,
}

/// SQL that is true where the process that `holder` (a column or an expression) names is not there.
pub(crate) fn push_is_gone(sql: &mut Sql, engine: crate::Engine, holder: &str) {
    sql.push(format!(
        "NOT EXISTS (SELECT 1 FROM leases AS process WHERE process.name = '{PROCESS}' || {holder} \
         AND process.until_at > {})",
        clock_of(engine)
    ));
}

impl Tx<'_> {
    /// Says that a process is there, for so many seconds from now. The leases of processes that are gone go too.
    pub fn begin_process(&mut self, holder: &str, seconds: i64) -> Result<(), StoreError> {
        let clock = clock_of(self.engine());
        let mut sql = Sql::new("INSERT INTO leases (name, holder, until_at) VALUES (");
        sql.bind(Bind::Text(format!("{PROCESS}{holder}")));
        sql.push(", ").bind(Bind::Text(holder.to_owned()));
        sql.push(format!(", {clock} + "))
            .bind(Bind::Integer(seconds));
        sql.push(") ON CONFLICT (name) DO UPDATE SET until_at = excluded.until_at");
        sql.execute(self)?;
        let mut old = Sql::new("DELETE FROM leases WHERE ");
        push_is_gone(&mut old, self.engine(), "leases.holder");
        old.execute(self).map(drop)
    }

    /// Says that a process is still there; false where its time had run out: others may have taken over what it did,
    /// and it has to begin as another one.
    pub fn renew_process(&mut self, holder: &str, seconds: i64) -> Result<bool, StoreError> {
        let clock = clock_of(self.engine());
        let mut sql = Sql::new(format!("UPDATE leases SET until_at = {clock} + "));
        sql.bind(Bind::Integer(seconds));
        sql.push(" WHERE name = ")
            .bind(Bind::Text(format!("{PROCESS}{holder}")));
        sql.push(format!(" AND until_at > {clock}"));
        Ok(sql.execute(self)? == 1)
    }

    /// A process has ended: all that it held is free at once.
    pub fn end_process(&mut self, holder: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            leases::table.filter(leases::holder.eq(holder))
        )
        .execute(c))?;
        Ok(())
    }

    /// The processes that are there, and until when unless they renew; by name.
    pub fn list_processes(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        let query = format!(
            "SELECT holder, until_at FROM leases WHERE name LIKE '{PROCESS}%' AND until_at > {} ORDER BY name",
            clock_of(self.engine())
        );
        let living: Vec<Living> = Sql::new(query).load(self)?;
        Ok(living
            .into_iter()
            .map(|process| (process.holder, process.until_at))
            .collect())
    }

    /// True where a process is there.
    pub fn is_process(&mut self, holder: &str) -> Result<bool, StoreError> {
        let processes = self.list_processes()?;
        Ok(processes.iter().any(|(living, _)| living == holder))
    }

    /// Takes a lease that is free, or keeps one's own; false where another process that is there has it.
    pub fn take_lease(&mut self, name: &str, holder: &str) -> Result<bool, StoreError> {
        let engine = self.engine();
        let mut sql = Sql::new("INSERT INTO leases (name, holder, until_at) VALUES (");
        sql.bind(Bind::Text(name.to_owned()));
        sql.push(", ").bind(Bind::Text(holder.to_owned()));
        sql.push(", 0) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder");
        sql.push(" WHERE leases.holder = excluded.holder OR ");
        push_is_gone(&mut sql, engine, "leases.holder");
        Ok(sql.execute(self)? == 1)
    }

    /// True where the process holds the lease. In a writing transaction nobody takes it over before the end, so what is
    /// written beside this question was written by its holder.
    pub fn holds_lease(&mut self, name: &str, holder: &str) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT TRUE AS found FROM leases WHERE name = ");
        sql.bind(Bind::Text(name.to_owned()));
        sql.push(" AND holder = ")
            .bind(Bind::Text(holder.to_owned()));
        if self.locks_rows() {
            sql.push(" FOR SHARE");
        }
        let found: Vec<Found> = sql.load(self)?;
        Ok(found.first().is_some_and(|row| row.found))
    }

    /// Gives a lease back; nothing where another process has it.
    pub fn release_lease(&mut self, name: &str, holder: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            leases::table.filter(leases::name.eq(name).and(leases::holder.eq(holder)))
        )
        .execute(c))?;
        Ok(())
    }

    /// The leases whose names begin so, whether their holders are there or not; by name.
    pub fn list_leases(&mut self, begin: &str) -> Result<Vec<LeaseRecord>, StoreError> {
        each!(self, |c| leases::table
            .filter(leases::name.like(format!("{begin}%")))
            .order(leases::name)
            .select(LeaseRecord::as_select())
            .load(c))
    }
}
