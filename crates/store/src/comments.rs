//! What people say about rows and proposals.

use diesel::prelude::*;
use rustine_domain::ids::{PatchId, RowId};
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::{Col, Maybe};
use crate::schema::comments;
use crate::tx::{Tx, each};

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = comments)]
pub struct CommentRecord {
    /// Its id here.
    pub id: String,
    /// The dataset that it is about.
    pub dataset: i64,
    /// The row that it is about.
    #[diesel(deserialize_as = Maybe<RowId>)]
    pub row_id: Option<RowId>,
    /// The proposal that it is about.
    #[diesel(deserialize_as = Maybe<PatchId>)]
    pub patch: Option<PatchId>,
    /// `moderator`, `member`, `contributor` or `elsewhere`.
    pub side: String,
    /// A local name or an actor's URL; `None` for people without an account.
    pub author: Option<String>,
    /// Sanitised HTML where it came from elsewhere, else plain text.
    pub content: String,
    /// `held`, `shown`, `hidden` or `private`.
    pub state: String,
    /// The Note that it came as.
    pub object_id: Option<String>,
    /// When it came.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
    /// When it changed last.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub updated: Timestamp,
}

/// What comments are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentPlace {
    /// A row of a dataset.
    Row(i64, RowId),
    /// A proposal.
    Patch(PatchId),
}

impl Tx<'_> {
    /// Adds a comment; [`StoreError::UniqueViolation`] where the Note is known.
    pub fn insert_comment(&mut self, comment: &CommentRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(comments::table)
            .values((
                comments::id.eq(&comment.id),
                comments::dataset.eq(comment.dataset),
                comments::row_id.eq(comment.row_id.map(|row| row.as_bytes().to_vec())),
                comments::patch.eq(comment.patch.map(|patch| patch.to_string())),
                comments::side.eq(&comment.side),
                comments::author.eq(comment.author.as_deref()),
                comments::content.eq(&comment.content),
                comments::state.eq(&comment.state),
                comments::object_id.eq(comment.object_id.as_deref()),
                comments::created.eq(comment.created.seconds()),
                comments::updated.eq(comment.updated.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// Writes text and state.
    pub fn update_comment(&mut self, comment: &CommentRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::update(comments::table.find(&comment.id))
            .set((
                comments::content.eq(&comment.content),
                comments::state.eq(&comment.state),
                comments::updated.eq(comment.updated.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// Removes a comment.
    pub fn delete_comment(&mut self, id: &str) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(comments::table.find(id))
            .execute(c))?;
        Ok(())
    }

    /// A comment by its id.
    pub fn find_comment(&mut self, id: &str) -> Result<Option<CommentRecord>, StoreError> {
        each!(self, |c| comments::table
            .find(id)
            .select(CommentRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The comment that a Note became.
    pub fn find_comment_by_object(
        &mut self,
        object_id: &str,
    ) -> Result<Option<CommentRecord>, StoreError> {
        each!(self, |c| comments::table
            .filter(comments::object_id.eq(object_id))
            .select(CommentRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// The comments on something in one of these states, the oldest first.
    pub fn list_comments(
        &mut self,
        place: CommentPlace,
        states: &[&str],
        limit: i64,
    ) -> Result<Vec<CommentRecord>, StoreError> {
        each!(self, |c| {
            let mut query = comments::table
                .filter(comments::state.eq_any(states))
                .select(CommentRecord::as_select())
                .into_boxed();
            query = match place {
                CommentPlace::Row(dataset, row) => query
                    .filter(comments::dataset.eq(dataset))
                    .filter(comments::row_id.eq(row.as_bytes().to_vec())),
                CommentPlace::Patch(patch) => query.filter(comments::patch.eq(patch.to_string())),
            };
            query.order(comments::arrival).limit(limit).load(c)
        })
    }

    /// The comments that wait for a moderator, the oldest first.
    pub fn list_held_comments(&mut self, limit: i64) -> Result<Vec<CommentRecord>, StoreError> {
        each!(self, |c| comments::table
            .filter(comments::state.eq("held"))
            .order(comments::arrival)
            .limit(limit)
            .select(CommentRecord::as_select())
            .load(c))
    }

    /// True where a comment of this author is shown somewhere here.
    pub fn has_shown_comment(&mut self, author: &str) -> Result<bool, StoreError> {
        let shown = comments::table
            .filter(comments::author.eq(author.to_owned()))
            .filter(comments::state.eq("shown"));
        each!(self, |c| diesel::select(diesel::dsl::exists(shown))
            .get_result(c))
    }

    /// How many comments on a dataset wait for a moderator: all, or those of one author.
    pub fn count_held_comments(
        &mut self,
        dataset: i64,
        author: Option<&str>,
    ) -> Result<i64, StoreError> {
        each!(self, |c| {
            let mut query = comments::table
                .filter(comments::dataset.eq(dataset))
                .filter(comments::state.eq_any(["held", "private"]))
                .count()
                .into_boxed();
            if let Some(author) = author {
                query = query.filter(comments::author.eq(author.to_owned()));
            }
            query.get_result(c)
        })
    }
}
