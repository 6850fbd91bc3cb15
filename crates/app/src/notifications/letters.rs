//! Turns what is due into letters: at once but never more than [`LETTERS_PER_HOUR`] to one person, or collected once a
//! day or a week. What is written and that it was written is one transaction, so a kill or a second server neither loses
//! a letter nor writes it twice.

use std::collections::BTreeSet;

use rustine_domain::ids::PatchId;
use rustine_domain::problem::Lang;
use rustine_store::{NotificationRecord, StoreError, Tx, UserRecord};

use super::{Kind, Rhythm, origins, rhythm, upkeep};
use crate::App;
use crate::mail::{self, Message, Recipient};
use crate::patches::decide::status_of;

/// Most letters about events that one person gets in an hour; what comes beyond is collected into the last of them, or
/// waits for the next hour.
pub const LETTERS_PER_HOUR: i64 = 6;
/// Most proposals that one collected letter lists; the letter says how many more there are.
pub const MOST_LISTED: usize = 50;
/// Most lines taken into letters of one person in one go.
const MOST_AT_ONCE: i64 = 1_000;

/// Writes the letters that are due; returns how many.
///
/// # Errors
/// Where the store fails; letters that were written stay written.
pub fn write_due(app: &App) -> Result<usize, StoreError> {
    let people = app.db.read(|tx| tx.list_people_to_mail())?;
    let mut count = 0;
    for person in people {
        count += app.db.write(|tx| write_to(app, tx, person))?;
    }
    Ok(count)
}

fn write_to(app: &App, tx: &mut Tx<'_>, person: i64) -> Result<usize, StoreError> {
    // An address that nobody confirmed may be somebody else's.
    let user = tx.find_user(person)?;
    let user = user.filter(|user| !user.disabled && user.confirmed);
    let mut collected: Vec<(Rhythm, Vec<NotificationRecord>)> = Vec::new();
    let mut count = 0;
    for kind in Kind::ALL {
        let due = tx.list_to_mail(person, kind.word(), MOST_AT_ONCE)?;
        let (Some(user), true) = (&user, mail::is_on(app)) else {
            settle(tx, due, "off")?;
            continue;
        };
        let due = still_open(tx, kind, due)?;
        match rhythm(tx, person, kind)? {
            Rhythm::Off => drop(settle(tx, due, "off")?),
            Rhythm::Now => count += at_once(app, tx, user, due)?,
            rhythm => match collected.iter_mut().find(|(known, _)| *known == rhythm) {
                Some((_, lines)) => lines.extend(due),
                None => collected.push((rhythm, due)),
            },
        }
    }
    for (rhythm, due) in collected {
        let (Some(user), Some(period)) = (&user, rhythm.period_seconds()) else {
            continue;
        };
        let now = app.clock.now();
        let last = now.plus_seconds(-period);
        if !due.is_empty() && tx.take_digest(person, rhythm.word(), last, now)? {
            count += collect(app, tx, user, due)?;
        }
    }
    Ok(count)
}

/// What somebody saw to meanwhile is not worth a letter to those who might have.
fn still_open(
    tx: &mut Tx<'_>,
    kind: Kind,
    due: Vec<NotificationRecord>,
) -> Result<Vec<NotificationRecord>, StoreError> {
    match kind {
        Kind::ToDecide
        | Kind::ExpiresSoon
        | Kind::PeerAsked
        | Kind::KeyChanged
        | Kind::Reported => {}
        // What has happened stays told, whatever happens next.
        Kind::Decided | Kind::Commented | Kind::Origins | Kind::News => return Ok(due),
    }
    let (mut open, mut over) = (Vec::new(), Vec::new());
    for line in due {
        let waits = match (line.patch, upkeep::read(&line.data)) {
            (Some(id), _) => {
                let patch = tx.find_patch(id)?;
                patch.is_some_and(|patch| !status_of(&patch).is_final())
            }
            (None, Some(what)) => what.waits(tx)?,
            (None, None) => false,
        };
        match waits {
            true => open.push(line),
            false => over.push(line),
        }
    }
    settle(tx, over, "off")?;
    Ok(open)
}

fn at_once(
    app: &App,
    tx: &mut Tx<'_>,
    user: &UserRecord,
    mut due: Vec<NotificationRecord>,
) -> Result<usize, StoreError> {
    let since = app.clock.now().plus_seconds(-3600);
    let mut written = 0;
    let kinds = Kind::ALL.map(Kind::word);
    for kind in kinds.into_iter().chain(["collected"]) {
        written += tx.count_mails_to(user.id, kind, since)?;
    }
    let left = usize::try_from(LETTERS_PER_HOUR - written).unwrap_or(0);
    if left == 0 || due.is_empty() {
        return Ok(0);
    }
    // The last letter of the hour takes along whatever there is.
    let single = if due.len() <= left {
        due.len()
    } else {
        left - 1
    };
    let rest = due.split_off(single);
    let mut count = 0;
    for line in due {
        let Some(message) = message(&line) else {
            continue;
        };
        if !settle(tx, vec![line], "done")?.is_empty() {
            mail::enqueue(tx, app, &recipient(user), &message)?;
            count += 1;
        }
    }
    if !rest.is_empty() {
        count += collect(app, tx, user, rest)?;
    }
    Ok(count)
}

/// The letter about one event.
fn message(line: &NotificationRecord) -> Option<Message> {
    let since = line.created.seconds();
    match Kind::find(&line.kind)? {
        Kind::ToDecide => line.patch.map(|patch| Message::ToDecide { patch }),
        Kind::Decided => line.patch.map(|patch| Message::Decided { patch }),
        Kind::Commented => line.patch.map(|patch| Message::Commented { patch }),
        Kind::ExpiresSoon => line.patch.map(|patch| Message::ExpiresSoon { patch }),
        Kind::News => Some(Message::News { since }),
        Kind::PeerAsked | Kind::KeyChanged | Kind::Reported => {
            upkeep::read(&line.data).map(|what| Message::Upkeep { what })
        }
        Kind::Origins => {
            let event = origins::event(line)?.to_owned();
            line.dataset
                .map(|dataset| Message::Origin { dataset, event })
        }
    }
}

/// One letter about several events.
fn collect(
    app: &App,
    tx: &mut Tx<'_>,
    user: &UserRecord,
    due: Vec<NotificationRecord>,
) -> Result<usize, StoreError> {
    let ours = settle(tx, due, "done")?;
    if ours.is_empty() {
        return Ok(0);
    }
    // A proposal may have been told of more than once; the letter lists it once.
    let of = |kinds: &[Kind]| {
        let lines = ours
            .iter()
            .filter(|line| kinds.iter().any(|kind| line.kind == kind.word()));
        let mut found: Vec<PatchId> = Vec::new();
        for patch in lines.filter_map(|line| line.patch) {
            if !found.contains(&patch) {
                found.push(patch);
            }
        }
        found
    };
    let message = Message::Collected {
        to_decide: of(&[Kind::ToDecide, Kind::ExpiresSoon]),
        decided: of(&[Kind::Decided]),
        commented: of(&[Kind::Commented]),
        origins: ours
            .iter()
            .filter_map(|line| Some((line.dataset?, origins::event(line)?.to_owned())))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        news: ours
            .iter()
            .filter(|line| line.kind == Kind::News.word())
            .map(|line| line.created.seconds())
            .min(),
        upkeep: ours
            .iter()
            .filter_map(|line| upkeep::read(&line.data))
            .collect(),
    };
    mail::enqueue(tx, app, &recipient(user), &message)?;
    Ok(1)
}

/// Ends what is due of these lines; gives those that no other server ended before.
fn settle(
    tx: &mut Tx<'_>,
    lines: Vec<NotificationRecord>,
    mailed: &str,
) -> Result<Vec<NotificationRecord>, StoreError> {
    if lines.is_empty() {
        return Ok(lines);
    }
    let ids: Vec<i64> = lines.iter().map(|line| line.id).collect();
    let ours = tx.settle_mailed(&ids, mailed)?;
    let kept = lines.into_iter();
    Ok(kept
        .filter(|line| ours.binary_search(&line.id).is_ok())
        .collect())
}

fn recipient(user: &UserRecord) -> Recipient {
    Recipient {
        address: user.email.clone(),
        lang: user.lang.parse().unwrap_or(Lang::Fr),
        user: Some(user.id),
    }
}
