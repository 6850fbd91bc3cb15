//! Every place where the two engines do not understand the same SQL.
//!
//! Queries with parts known only when they run are built as text with [`Sql`]; the text of an index and that of
//! the queries which should use it come from the same functions here, because engines compare them literally.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Double, Text};

mod claims;
mod rows;
mod words;

pub(crate) use claims::{claim_inbox, claim_mails, claim_outbox, is_inbox_due};
pub(crate) use rows::{
    Changed, delete_all, delete_images, insert_images, load_rows, update_images,
};
pub(crate) use words::spell_out;

use crate::StoreError;
use crate::tx::{Connection, Engine, Tx};

/// A value bound to a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bind {
    Integer(i64),
    Number(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A query as text and the values bound to it, in the order in which they stand in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sql(Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Bind(Bind),
}

/// A boxed query with its values bound; a macro, because its type differs by engine.
macro_rules! bound {
    ($sql:expr) => {{
        let (text, binds) = $sql.render();
        let mut query = diesel::sql_query(text).into_boxed();
        for value in binds {
            query = match value {
                Bind::Integer(value) => query.bind::<BigInt, _>(value),
                Bind::Number(value) => query.bind::<Double, _>(value),
                Bind::Text(value) => query.bind::<Text, _>(value),
                Bind::Bytes(value) => query.bind::<Binary, _>(value),
            };
        }
        query
    }};
}

impl Sql {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(vec![Piece::Text(text.into())])
    }

    pub(crate) fn push(&mut self, text: impl Into<String>) -> &mut Self {
        self.0.push(Piece::Text(text.into()));
        self
    }

    pub(crate) fn bind(&mut self, value: Bind) -> &mut Self {
        self.0.push(Piece::Bind(value));
        self
    }

    pub(crate) fn append(&mut self, other: Self) -> &mut Self {
        self.0.extend(other.0);
        self
    }

    /// Text and values, as the key under which a count is kept.
    pub(crate) fn key(&self) -> String {
        format!("{:?}", self.0)
    }

    /// Both engines understand `$1`, `$2` ….
    fn render(self) -> (String, Vec<Bind>) {
        let (mut text, mut binds) = (String::new(), Vec::new());
        for piece in self.0 {
            match piece {
                Piece::Text(part) => text.push_str(&part),
                Piece::Bind(value) => {
                    binds.push(value);
                    text.push_str(&format!("${}", binds.len()));
                }
            }
        }
        (text, binds)
    }

    /// Runs the query and reads its rows by column name.
    pub(crate) fn load<R>(self, tx: &mut Tx<'_>) -> Result<Vec<R>, StoreError>
    where
        R: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
    {
        crate::tx::each!(tx, |c| bound!(self).load(c))
    }

    /// How the engine would run the query, as text; for tests.
    #[cfg(test)]
    pub(crate) fn explain(mut self, tx: &mut Tx<'_>) -> Result<String, StoreError> {
        let explain = match tx.engine() {
            Engine::Sqlite => "EXPLAIN QUERY PLAN ",
            Engine::Postgres => "EXPLAIN ",
        };
        self.0.insert(0, Piece::Text(explain.to_owned()));
        let lines: Vec<PlanLine> = self.load(tx)?;
        Ok(lines.into_iter().map(|line| line.text + "\n").collect())
    }

    /// Runs the statement and returns how many rows it touched.
    pub(crate) fn execute(self, tx: &mut Tx<'_>) -> Result<usize, StoreError> {
        crate::tx::each!(tx, |c| bound!(self).execute(c))
    }
}

/// Values are indexed by as many characters: PostgreSQL refuses index entries of more than a third of a page.
pub(crate) const INDEXED_CHARACTERS: usize = 200;

/// The beginning of a field's value, or null; compared as bytes. Sorting and index look no further.
pub(crate) fn text_of(engine: Engine, field: &str) -> String {
    match engine {
        Engine::Sqlite => format!("substr(cells->>'{field}', 1, {INDEXED_CHARACTERS})"),
        Engine::Postgres => {
            format!("(left(cells->>'{field}', {INDEXED_CHARACTERS}) COLLATE \"C\")")
        }
    }
}

/// The value of a field as a number, or null where it is not a plain decimal of at most 30 characters.
pub(crate) fn number_of(engine: Engine, field: &str) -> String {
    let value = format!("(cells->>'{field}')");
    match engine {
        Engine::Sqlite => format!(
            "(CASE WHEN {value} GLOB '*[0-9]*' AND {value} NOT GLOB '*[^0-9.-]*' AND {value} NOT GLOB '?*-*' \
             AND {value} NOT GLOB '*.*.*' AND length({value}) <= 30 THEN CAST({value} AS REAL) END)"
        ),
        Engine::Postgres => format!(
            "(CASE WHEN {value} ~ '^-?([0-9]+[.]?[0-9]*|[.][0-9]+)$' AND length({value}) <= 30 \
             THEN ({value})::float8 END)"
        ),
    }
}

/// The condition that a field holds a text, without case and accents; the needle must be folded already.
pub(crate) fn push_contains(sql: &mut Sql, engine: Engine, field: &str, folded: String) {
    match engine {
        Engine::Sqlite => sql.push(format!(
            "instr(rustine_fold(coalesce(cells->>'{field}', '')), "
        )),
        Engine::Postgres => sql.push(format!(
            "strpos(rustine_fold(coalesce(cells->>'{field}', '')), "
        )),
    };
    sql.bind(Bind::Text(folded)).push(") > 0");
}

/// The condition that a row's words match a query.
pub(crate) fn push_search(
    sql: &mut Sql,
    engine: Engine,
    query: &crate::search::Query,
    dataset: i64,
) {
    match engine {
        Engine::Sqlite => {
            sql.push("rows_search MATCH ")
                .bind(Bind::Text(query.to_fts5(dataset)));
        }
        Engine::Postgres => {
            sql.push("search @@ CAST(")
                .bind(Bind::Text(query.to_tsquery(dataset)))
                .push(" AS tsquery)");
        }
    }
}

/// A number without its fraction, downwards; the number is not negative.
pub(crate) fn whole(engine: Engine, number: &str) -> String {
    match engine {
        Engine::Sqlite => format!("CAST({number} AS INTEGER)"),
        // A cast alone would round.
        Engine::Postgres => format!("CAST(floor({number}) AS BIGINT)"),
    }
}

/// What a search reads from: on SQLite the words are a table of their own.
pub(crate) fn searched_rows(engine: Engine) -> &'static str {
    match engine {
        // CROSS JOIN keeps the words outermost, so that hits come by rowid and the first page needs only its own.
        Engine::Sqlite => "rows_search CROSS JOIN rows ON rows.id = rows_search.rowid",
        Engine::Postgres => "rows",
    }
}

/// Where the words of rows stand, for counting; they name their dataset themselves.
pub(crate) fn words_alone(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "rows_search",
        Engine::Postgres => "rows",
    }
}

/// The columns that order rows in which the first of them is null: each engine walks along the index for one of
/// these forms only, and sorts for the other.
pub(crate) fn columns_of_nulls<'c, 's>(engine: Engine, columns: &'c [&'s str]) -> &'c [&'s str] {
    match engine {
        Engine::Sqlite => columns.get(1..).unwrap_or_default(),
        Engine::Postgres => columns,
    }
}

/// The column that a search is ordered by.
pub(crate) fn searched_id(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "rows_search.rowid",
        Engine::Postgres => "rows.id",
    }
}

/// A line of a plan: the column is called `detail` by one engine and `QUERY PLAN` by the other.
#[cfg(test)]
struct PlanLine {
    text: String,
}

#[cfg(test)]
impl QueryableByName<diesel::sqlite::Sqlite> for PlanLine {
    fn build<'a>(
        row: &impl diesel::row::NamedRow<'a, diesel::sqlite::Sqlite>,
    ) -> diesel::deserialize::Result<Self> {
        let text = diesel::row::NamedRow::get::<Text, String>(row, "detail")?;
        Ok(Self { text })
    }
}

#[cfg(test)]
impl QueryableByName<diesel::pg::Pg> for PlanLine {
    fn build<'a>(
        row: &impl diesel::row::NamedRow<'a, diesel::pg::Pg>,
    ) -> diesel::deserialize::Result<Self> {
        let text = diesel::row::NamedRow::get::<Text, String>(row, "QUERY PLAN")?;
        Ok(Self { text })
    }
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Seconds since 1970 on the clock that all processes on the database share.
pub(crate) fn clock_of(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER)",
        Engine::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT)",
    }
}

impl Tx<'_> {
    /// Keeps other writers away from a dataset until the end of the transaction. On SQLite there are none.
    pub fn lock_dataset(&mut self, dataset: i64) -> Result<(), StoreError> {
        use crate::schema::datasets;
        match &mut self.connection {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(connection) => {
                datasets::table
                    .find(dataset)
                    .select(datasets::id)
                    .for_update()
                    .first::<i64>(*connection)?;
                Ok(())
            }
        }
    }

    /// As [`Tx::lock_dataset`], for a patch; in a reading transaction nothing is locked. False where there is none.
    pub(crate) fn lock_patch(&mut self, id: &str) -> Result<bool, StoreError> {
        use crate::schema::patches;
        match &mut self.connection {
            Connection::Postgres(connection) if self.totals.is_none() => {
                let locked = patches::table
                    .find(id)
                    .select(patches::id)
                    .for_update()
                    .get_result::<String>(*connection)
                    .optional()?;
                Ok(locked.is_some())
            }
            Connection::Sqlite(_) | Connection::Postgres(_) => Ok(true),
        }
    }

    pub(crate) fn has_migrations_table(&mut self) -> Result<bool, StoreError> {
        let query = match self.engine() {
            Engine::Sqlite => {
                "SELECT count(*) > 0 AS answer FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
            }
            Engine::Postgres => {
                "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS answer"
            }
        };
        let answer: Vec<Answer> = Sql::new(query).load(self)?;
        Ok(answer.first().is_some_and(|row| row.answer))
    }
}
