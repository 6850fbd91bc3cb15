//! Forgetting what nobody needs any more; every time is named and documented (`docs/admin/limits.md`).

use rustine_domain::rules::DAY_SECONDS;
use rustine_store::StoreError;

use crate::App;
use crate::follows::news;
use crate::reports;
use crate::succession::make;

/// Ids of received activities are kept this long, so that a repetition has no effect (`protocol.md` §6).
pub const SEEN_SECONDS: i64 = 90 * 86_400;
/// An Undo that came before its Offer is remembered this long (`protocol.md` §4).
pub const UNDONE_SECONDS: i64 = 90 * 86_400;
/// What was delivered, refused or dropped is shown this long.
pub const OUTBOX_SECONDS: i64 = 30 * 86_400;

/// What people were told stays in their page this long.
pub const NOTIFICATION_SECONDS: i64 = 180 * 86_400;
/// After its end a link of a letter says this long why it does not decide any more.
pub const LINK_TRACE_SECONDS: i64 = 90 * 86_400;
/// That a letter was sent, failed or was dropped is remembered this long; what it said and to whom is not.
pub const MAIL_SECONDS: i64 = 30 * 86_400;

/// How many proposals a rule dropped is known for so many days.
pub const RULE_DROP_DAYS: i64 = 60;

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
        tx.delete_notifications_before(now.plus_seconds(-NOTIFICATION_SECONDS))?;
        tx.delete_decision_links_before(now.plus_seconds(-LINK_TRACE_SECONDS))?;
        tx.delete_mails_before(now.plus_seconds(-MAIL_SECONDS))?;
        tx.delete_expired_sessions(now)?;
        tx.delete_expired_account_links(now)?;
        tx.delete_news_before(now.plus_seconds(-news::KEPT_SECONDS))?;
        tx.delete_settled_reports_before(now.plus_seconds(-reports::KEPT_SECONDS))?;
        let day = now.seconds().div_euclid(DAY_SECONDS);
        tx.delete_rule_drops_before(day - RULE_DROP_DAYS)?;
        tx.forget_answered_senders()?;
        make::sweep(app, tx)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestApp, now};

    #[test]
    fn letters_are_remembered_for_thirty_days_without_their_words() {
        let node = TestApp::new("http://a.localhost:1");
        let letter = rustine_store::NewMail {
            user_id: None,
            address: "ana@lac.example".to_owned(),
            lang: "fr".to_owned(),
            kind: "decided".to_owned(),
            message: "{}".to_owned(),
            created: now(),
        };
        let id = node.app.db.write(|tx| tx.insert_mail(&letter)).unwrap();
        let sent = |tx: &mut rustine_store::Tx<'_>| tx.finish_mail(id, "", "sent", now(), None);
        assert_eq!(node.app.db.write(sent), Ok(true));
        let held = || node.app.db.read(|tx| tx.find_mail(id)).unwrap();
        node.clock.advance(MAIL_SECONDS.unsigned_abs());
        forget(&node.app).unwrap();
        let kept = held().expect("on the thirtieth day");
        assert_eq!((kept.address, kept.message), (None, None));
        node.clock.advance(1);
        forget(&node.app).unwrap();
        assert_eq!(held(), None);
    }

    #[test]
    fn ids_of_activities_are_remembered_for_ninety_days() {
        let node = TestApp::new("http://a.localhost:1");
        let id = "http://b.localhost:2/activities/1";
        let (actor, kind) = ("http://b.localhost:2/users/lea", "Like");
        let keep = |tx: &mut rustine_store::Tx<'_>| tx.insert_inbox(id, actor, kind, "{}", now());
        let seen = || -> Result<bool, StoreError> { node.app.db.read(|tx| tx.is_inbox_seen(id)) };
        let number = node.app.db.write(keep).unwrap().unwrap();
        let done = |tx: &mut rustine_store::Tx<'_>| tx.finish_inbox(number, "", "done", None);
        node.app.db.write(done).unwrap();
        node.clock.advance(SEEN_SECONDS.unsigned_abs());
        forget(&node.app).unwrap();
        assert_eq!(seen(), Ok(true), "on the ninetieth day");
        node.clock.advance(1);
        forget(&node.app).unwrap();
        assert_eq!(seen(), Ok(false));
    }
}
