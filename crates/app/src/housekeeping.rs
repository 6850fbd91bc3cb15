//! Forgetting what nobody needs any more; every time is named and documented (`docs/admin/limits.md`).

use rustine_store::StoreError;

use crate::App;

/// Ids of received activities are kept this long, so that a repetition has no effect (`protocol.md` §6).
pub const SEEN_SECONDS: i64 = 90 * 86_400;
/// An Undo that came before its Offer is remembered this long (`protocol.md` §4).
pub const UNDONE_SECONDS: i64 = 90 * 86_400;
/// What was delivered, refused or dropped is shown this long.
pub const OUTBOX_SECONDS: i64 = 30 * 86_400;

/// Deletes old records, ended log-ins, and who sent the proposals that are answered: consent was given until then.
///
/// # Errors
/// Where the store fails.
pub fn forget(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    app.db.write(|tx| {
        tx.delete_inbox_before(now.plus_seconds(-SEEN_SECONDS))?;
        tx.delete_undone_offers_before(now.plus_seconds(-UNDONE_SECONDS))?;
        tx.delete_outbox_before(now.plus_seconds(-OUTBOX_SECONDS))?;
        tx.delete_expired_sessions(now)?;
        tx.forget_answered_senders()?;
        Ok(())
    })
}
