//! Words that begin as somebody typed. FTS5 gathers every row of every such word before it gives the first one; where
//! the words are few, asking for each of them reads no more than the page that is shown.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Bind, Sql};
use crate::StoreError;
use crate::search::Query;
use crate::tx::{Engine, Tx};

/// Words asked for one by one; a beginning of more is left to FTS5.
const MOST_WORDS: usize = 16;

#[derive(QueryableByName)]
struct Term {
    #[diesel(sql_type = Text)]
    term: String,
}

/// Names the words that a query asks for by their beginning, where they are few.
pub(crate) fn spell_out(tx: &mut Tx<'_>, query: &mut Query) -> Result<(), StoreError> {
    if tx.engine() == Engine::Postgres {
        return Ok(());
    }
    for word in query.beginnings() {
        word.words = beginning_with(tx, &word.text)?;
    }
    Ok(())
}

/// The words that begin so; `None` where there are too many.
fn beginning_with(tx: &mut Tx<'_>, text: &str) -> Result<Option<Vec<String>>, StoreError> {
    // No character of a word stands before the first of these, or after the second.
    let (end, mut from) = (format!("{text}\u{10ffff}"), text.to_owned());
    let mut words = Vec::new();
    loop {
        let mut sql = Sql::new("SELECT term FROM rows_search_terms WHERE term >= ");
        sql.bind(Bind::Text(from)).push(" AND term < ");
        sql.bind(Bind::Text(end.clone())).push(" LIMIT 1");
        let Some(Term { term }) = sql.load(tx)?.pop() else {
            return Ok(Some(words));
        };
        if words.len() == MOST_WORDS {
            return Ok(None);
        }
        from = format!("{term}\u{1}");
        words.push(term);
    }
}
