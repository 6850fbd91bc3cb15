//! The lines of a peer's page: datasets on both sides, and what did not arrive.

use rustine_app::peers::about::About;
use rustine_app::peers::view;
use rustine_app::replicas::status;
use rustine_domain::ids::{Hash, Host};
use rustine_domain::time::Timestamp;

use crate::license::License;

/// A dataset of theirs.
pub struct TheirLine {
    /// Its name there.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// Its terms.
    pub license: Option<License>,
    /// How many rows it has, as its owner says.
    pub rows: Option<i64>,
    /// The copy here.
    pub copy: Option<CopyLine>,
    /// A copy is to be made.
    pub wished: bool,
    /// What stood in the way of that.
    pub obstacle: Option<String>,
    /// It can be chosen to be copied.
    pub can_copy: bool,
}

/// A copy here.
pub struct CopyLine {
    /// Its page.
    pub href: String,
    /// Key of how it stands.
    pub state_key: &'static str,
    /// Rows that it holds.
    pub rows: i64,
    /// Entries read, of how many.
    pub entries: (i64, Option<i64>),
    /// How much of the log is read, where it is not all of it.
    pub percent: Option<u8>,
    /// The hash of its last entry.
    pub digest: String,
    /// Key of what comparing says.
    pub same_key: &'static str,
    /// When the origin last confirmed it.
    pub confirmed: Option<Timestamp>,
    /// What is wrong.
    pub error: Option<String>,
}

/// A dataset of ours that they copy.
pub struct OurLine {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Entries that we have, and that they have.
    pub entries: (i64, Option<i64>),
    /// Entries that they lack.
    pub lag: i64,
    /// The hash of our last entry.
    pub digest: String,
    /// Key of what comparing says.
    pub same_key: &'static str,
    /// When they were asked.
    pub looked: Option<Timestamp>,
    /// Why they did not say.
    pub error: Option<String>,
}

/// A delivery in trouble.
pub struct DeliveryLine {
    /// Key of what it is about.
    pub about_key: &'static str,
    /// Key of how it stands.
    pub state_key: &'static str,
    /// When it was to leave.
    pub since: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried again.
    pub next: Option<Timestamp>,
    /// What was answered.
    pub status: Option<i32>,
    /// Why, in the words of the other side or of this server.
    pub why: String,
}

/// Something that came and was not taken.
pub struct RefusedLine {
    /// The type of the activity.
    pub kind: String,
    /// Why.
    pub why: String,
    /// When it came.
    pub when: Option<Timestamp>,
}

/// What an instance lists, before there is anything between us.
pub(super) fn listed(about: &About) -> Vec<TheirLine> {
    let lines = about.datasets.iter().map(|listed| TheirLine {
        name: listed.name.clone(),
        title: titled(&listed.title, &listed.name),
        description: listed.description.clone(),
        license: listed.license.as_deref().map(License::of),
        rows: Some(listed.rows),
        copy: None,
        wished: false,
        obstacle: None,
        can_copy: true,
    });
    lines.collect()
}

pub(super) fn theirs(theirs: &view::Theirs, host: &Host, copyable: bool) -> TheirLine {
    TheirLine {
        name: theirs.name.clone(),
        title: titled(&theirs.title, &theirs.name),
        description: theirs.description.clone(),
        license: theirs.license.as_deref().map(License::of),
        rows: theirs.rows,
        copy: theirs
            .copy
            .as_ref()
            .map(|held| copy(held, &format!("/datasets/{}@{host}", theirs.name))),
        wished: theirs.wish.is_some(),
        obstacle: theirs.wish.clone().flatten(),
        can_copy: copyable && theirs.copy.is_none() && theirs.wish.is_none(),
    }
}

fn titled(title: &str, name: &str) -> String {
    match title.trim() {
        "" => name.to_owned(),
        title => title.to_owned(),
    }
}

fn copy(copy: &view::Copy, href: &str) -> CopyLine {
    let count = |seq: Option<u64>| seq.map(|seq| i64::try_from(seq + 1).unwrap_or(i64::MAX));
    CopyLine {
        href: href.to_owned(),
        state_key: copy_state(&copy.status.state),
        rows: copy.rows,
        entries: (
            count(copy.status.seq).unwrap_or(0),
            count(copy.status.origin_seq),
        ),
        percent: copy.percent.filter(|percent| *percent < 100),
        digest: copy.entry.map(short).unwrap_or_default(),
        same_key: same_key(copy.same),
        confirmed: copy.status.confirmed_at,
        error: copy.status.error.clone(),
    }
}

pub(super) fn ours(ours: &view::Ours) -> OurLine {
    let count = |seq: i64| seq.saturating_add(1);
    let head = ours.head.as_ref();
    OurLine {
        name: ours.name.clone(),
        title: titled(&ours.title, &ours.name),
        entries: (
            count(i64::try_from(ours.seq).unwrap_or(i64::MAX)),
            head.and_then(|head| head.seq).map(count),
        ),
        lag: i64::try_from(ours.lag.unwrap_or(0)).unwrap_or(i64::MAX),
        digest: short(ours.entry),
        same_key: same_key(ours.same),
        looked: head.map(|head| head.looked_at),
        error: head.and_then(|head| head.error.clone()),
    }
}

/// Enough to compare by eye; `rustine dataset digest` says all of it.
fn short(hash: Hash) -> String {
    hash.to_string().chars().take(12).collect()
}

fn same_key(same: Option<bool>) -> &'static str {
    match same {
        Some(true) => "peer-same",
        Some(false) => "peer-not-same",
        None => "peer-not-compared",
    }
}

fn copy_state(state: &str) -> &'static str {
    match state {
        status::STARTING => "copy-is-starting",
        status::CATCHING_UP => "copy-is-catching-up",
        status::CURRENT => "copy-is-current",
        status::UNREACHABLE => "copy-is-unreachable",
        status::FORKED => "copy-is-forked",
        status::UPGRADE_NEEDED => "copy-needs-upgrade",
        status::FULL => "copy-is-full",
        _ => "copy-is-otherwise",
    }
}

pub(super) fn delivery(delivery: &view::Delivery) -> DeliveryLine {
    DeliveryLine {
        about_key: match delivery.about.as_str() {
            "log" => "delivery-log",
            "follow" => "delivery-follow",
            "announce" => "delivery-announce",
            "patch" => "delivery-patch",
            _ => "delivery-other",
        },
        state_key: match delivery.state.as_str() {
            "queued" => "delivery-waits",
            "refused" => "delivery-refused",
            "parked" => "delivery-parked",
            _ => "delivery-dropped",
        },
        since: delivery.since,
        attempts: i64::from(delivery.attempts),
        next: delivery.next_at,
        status: delivery.status,
        why: delivery.why.clone(),
    }
}

pub(super) fn refused(refused: view::Refused) -> RefusedLine {
    RefusedLine {
        kind: refused.kind,
        why: refused.why,
        when: refused.when,
    }
}
