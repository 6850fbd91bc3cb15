//! Readable posts of actors elsewhere, for the people here who follow them.

use diesel::prelude::*;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{follows, news};
use crate::tx::{Tx, each};

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = news)]
pub struct NewsRecord {
    /// The store's own number; later ones came later.
    pub id: i64,
    /// The post's own id, a URL.
    pub note: String,
    /// Who wrote it, a URL.
    pub actor: String,
    /// The page for people; may be empty.
    pub url: String,
    /// HTML that was cleaned when it came.
    pub content: String,
    /// When it was written, as its server says.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub published: Timestamp,
    /// When it came.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub received: Timestamp,
}

impl Tx<'_> {
    /// Keeps a post; false where it is known. The number of the record counts for nothing.
    pub fn insert_news(&mut self, news: &NewsRecord) -> Result<bool, StoreError> {
        Ok(each!(self, |c| diesel::insert_into(news::table)
            .values((
                news::note.eq(&news.note),
                news::actor.eq(&news.actor),
                news::url.eq(&news.url),
                news::content.eq(&news.content),
                news::published.eq(news.published.seconds()),
                news::received.eq(news.received.seconds()),
            ))
            .on_conflict_do_nothing()
            .execute(c))?
            > 0)
    }

    /// What one of our actors follows and was granted has posted, newest first: before a number, since an instant.
    pub fn list_news(
        &mut self,
        follower: &str,
        before: Option<i64>,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<NewsRecord>, StoreError> {
        each!(self, |c| {
            let followed = follows::table
                .filter(follows::actor.eq(follower))
                .filter(follows::state.eq("accepted"))
                .select(follows::object);
            let mut query = news::table
                .filter(news::actor.eq_any(followed))
                .filter(news::received.ge(since.seconds()))
                .order(news::id.desc())
                .limit(limit)
                .select(NewsRecord::as_select())
                .into_boxed();
            if let Some(before) = before {
                query = query.filter(news::id.lt(before));
            }
            query.load(c)
        })
    }

    /// Forgets a post that its writer took back; false where there is none like it.
    pub fn delete_news(&mut self, note: &str, actor: &str) -> Result<bool, StoreError> {
        let hers = news::table
            .filter(news::note.eq(note))
            .filter(news::actor.eq(actor));
        Ok(each!(self, |c| diesel::delete(hers).execute(c))? > 0)
    }

    /// Forgets the posts of an actor but its newest; returns how many.
    pub fn cut_news_of(&mut self, actor: &str, kept: i64) -> Result<usize, StoreError> {
        let last: Option<i64> = each!(self, |c| news::table
            .filter(news::actor.eq(actor))
            .order(news::id.desc())
            .offset(kept)
            .limit(1)
            .select(news::id)
            .get_result(c)
            .optional())?;
        let Some(last) = last else {
            return Ok(0);
        };
        let old = news::table
            .filter(news::actor.eq(actor))
            .filter(news::id.le(last));
        each!(self, |c| diesel::delete(old).execute(c))
    }

    /// Forgets the posts that came before; returns how many.
    pub fn delete_news_before(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        let old = news::table.filter(news::received.lt(before.seconds()));
        each!(self, |c| diesel::delete(old).execute(c))
    }
}
