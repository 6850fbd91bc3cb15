//! Which proposals the queue shows and in which order: both stand in the address, and go along to the review pages, so
//! that "next" means the next one of the same queue.

use rustine_app::patches::care::{Problem, moderators};
use rustine_app::patches::expire::expires_at;
use rustine_domain::ids::PatchId;
use rustine_domain::time::Timestamp;
use rustine_store::{Act, DatasetRecord, PatchFilter, PatchRecord, StoreError, Tx};

use crate::reading;
use crate::view::Standing;
use crate::visit::{Visit, address_of};

/// The parameters that make a queue.
pub(in crate::pages) const PARAMETERS: [&str; 7] = [
    "dataset", "origin", "kind", "assignee", "age", "status", "sort",
];
const DAY_S: i64 = 86_400;
/// A proposal that expires in so many days is about to.
pub(in crate::pages) const SOON_DAYS: i64 = 7;

/// A queue as its address describes it.
pub(in crate::pages) struct Queue {
    pub(super) filter: PatchFilter,
    oldest_first: bool,
    query: Vec<(String, String)>,
}

impl Queue {
    /// Reads the address.
    pub(in crate::pages) fn asked(
        visit: &Visit,
        tx: &mut Tx<'_>,
        datasets: &[DatasetRecord],
    ) -> Result<Self, StoreError> {
        let dataset = visit.asked("dataset");
        let wanted = datasets
            .iter()
            .find(|known| reading::address(known) == dataset);
        let statuses = match Standing::find(visit.asked("status")) {
            Some(status) => vec![status.name().to_owned()],
            None => vec!["pending".to_owned(), "conflict".to_owned()],
        };
        let mut filter = PatchFilter {
            dataset: wanted.map(|dataset| dataset.id),
            datasets: Some(decided(visit, datasets)),
            statuses,
            // Of a copy, what waits in the queue at its origin, and what our people proposed there.
            direction: None,
            proposer_host: match visit.asked("origin") {
                "" => None,
                "here" => Some(visit.app.host().to_string()),
                host => Some(host.to_owned()),
            },
            problem: Problem::find(visit.asked("kind")).map(|problem| problem.as_str().to_owned()),
            act: act(visit.asked("kind")),
            created_before: age(visit),
            set_aside: Some(false),
            ..PatchFilter::default()
        };
        match visit.asked("assignee") {
            "" => {}
            "none" => filter.unassigned = true,
            "me" => filter.assignee = visit.person.as_ref().map(|person| person.id),
            name => {
                let known = moderators(&visit.app, tx, None)?
                    .into_iter()
                    .find(|user| user.name == name);
                filter.assignee = known.map(|user| user.id);
            }
        }
        let named = |name: &str| PARAMETERS.contains(&name);
        let given = visit.query.iter().filter(|(name, _)| named(name));
        Ok(Self {
            filter,
            oldest_first: visit.asked("sort") == "oldest",
            query: given
                .filter(|(_, text)| !text.is_empty())
                .cloned()
                .collect(),
        })
    }

    /// Filters leave proposals out.
    pub(super) fn is_narrowed(&self) -> bool {
        self.query.iter().any(|(name, _)| name != "sort")
    }

    /// Proposals in the order of the queue, from behind one of them.
    pub(super) fn list(
        &self,
        tx: &mut Tx<'_>,
        after: Option<(Timestamp, PatchId)>,
        most: i64,
    ) -> Result<Vec<PatchRecord>, StoreError> {
        match self.oldest_first {
            true => tx.list_oldest_patches(&self.filter, after, most),
            false => tx.list_patches(&self.filter, after, most),
        }
    }

    /// The one behind this one.
    pub(in crate::pages) fn next(
        &self,
        tx: &mut Tx<'_>,
        patch: &PatchRecord,
    ) -> Result<Option<PatchId>, StoreError> {
        let next = self.list(tx, Some((patch.created, patch.id)), 1)?.pop();
        Ok(next.map(|patch| patch.id))
    }

    /// The one before this one.
    pub(in crate::pages) fn previous(
        &self,
        tx: &mut Tx<'_>,
        patch: &PatchRecord,
    ) -> Result<Option<PatchId>, StoreError> {
        let here = Some((patch.created, patch.id));
        let previous = match self.oldest_first {
            true => tx.list_patches(&self.filter, here, 1)?,
            false => tx.list_oldest_patches(&self.filter, here, 1)?,
        };
        Ok(previous.first().map(|patch| patch.id))
    }

    /// The one to go on with after a decision on this one: the next, else the first that is left.
    pub(in crate::pages) fn go_on(
        &self,
        tx: &mut Tx<'_>,
        patch: &PatchRecord,
    ) -> Result<Option<PatchId>, StoreError> {
        match self.next(tx, patch)? {
            Some(next) => Ok(Some(next)),
            None => Ok(self.list(tx, None, 1)?.first().map(|patch| patch.id)),
        }
    }

    /// A page of this queue's, with more to say.
    pub(in crate::pages) fn href(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut query = self.query.clone();
        query.extend(
            more.iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned())),
        );
        address_of(path, &query)
    }
}

/// The datasets on which whoever looks decides.
fn decided(visit: &Visit, datasets: &[DatasetRecord]) -> Vec<i64> {
    let person = visit.person.as_ref();
    let decides =
        |dataset: &&DatasetRecord| person.is_some_and(|person| person.decides_on(dataset));
    let decided = datasets.iter().filter(decides);
    decided.map(|dataset| dataset.id).collect()
}

fn act(kind: &str) -> Option<Act> {
    match kind {
        "set" => Some(Act::Set),
        "add" => Some(Act::Add),
        "del" => Some(Act::Del),
        _ => None,
    }
}

/// Made before this, by the words of the address.
fn age(visit: &Visit) -> Option<Timestamp> {
    let now = visit.page.now;
    match visit.asked("age") {
        "week" => Some(now.plus_seconds(-7 * DAY_S)),
        "month" => Some(now.plus_seconds(-30 * DAY_S)),
        "expiring" => {
            let announced_s = expires_at(&visit.app, now).seconds() - now.seconds();
            Some(now.plus_seconds(SOON_DAYS * DAY_S - announced_s))
        }
        _ => None,
    }
}

/// When a proposal of our datasets expires, where that is soon.
pub(in crate::pages) fn expires_soon(visit: &Visit, patch: &PatchRecord) -> Option<Timestamp> {
    let at = expires_at(&visit.app, patch.created);
    let open = Standing::find(&patch.status).is_some_and(|status| status.is_open());
    let soon = at.seconds() - visit.page.now.seconds() <= SOON_DAYS * DAY_S;
    (patch.direction == "in" && open && soon).then_some(at)
}

/// A place in a list, as `next_href` writes it.
pub(super) fn place(text: &str) -> Option<(Timestamp, PatchId)> {
    let (seconds, id) = text.split_once('.')?;
    Some((
        Timestamp::from_seconds(seconds.parse().ok()?)?,
        id.parse().ok()?,
    ))
}
