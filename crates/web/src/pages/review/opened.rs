//! A proposal as a moderator opens it: the page it makes, and the decision that a form asks for.

use std::collections::{BTreeMap, BTreeSet};

use rustine_app::accounts::Person;
use rustine_app::comments;
use rustine_app::log::rows::{DatasetRows, row_state};
use rustine_app::patches::check::CurrentDataset;
use rustine_app::patches::decide::{self, DecideError};
use rustine_app::patches::parse_ops;
use rustine_domain::check;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::{FieldName, Hash, PatchId};
use rustine_domain::problem::Problem;
use rustine_domain::schema::Schema;
use rustine_store::{CommentRecord, DatasetRecord, PatchRecord, ReviewRecord};

use super::{Beside, Decision, PRESETS, ReviewPage};
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::pages::keys;
use crate::pages::moderation::queue::Queue;
use crate::reading::{self, operations};
use crate::sending::Refused;
use crate::view::comment::Comment;
use crate::view::said::Said;
use crate::view::{Fault, Standing};
use crate::visit::Visit;

mod beside;
mod parts;

/// A form that comes back.
#[derive(Default)]
pub(in crate::pages) struct Again {
    pub(in crate::pages) refused: Refused,
    pub(in crate::pages) form: Posted,
    pub(in crate::pages) amending: bool,
    pub(in crate::pages) refusing: bool,
    pub(in crate::pages) reason: String,
    pub(in crate::pages) preset: String,
    pub(in crate::pages) note: String,
    pub(in crate::pages) why: String,
    pub(in crate::pages) comment: String,
}

/// A proposal as it stands now.
pub(in crate::pages) struct Opened {
    patch: PatchRecord,
    dataset: DatasetRecord,
    schema: Schema,
    read: operations::Read,
    problems: Vec<Problem>,
    beside: Beside,
    comments: Vec<CommentRecord>,
    /// The word of whoever looks is one of several.
    voting: bool,
    reviews: Vec<ReviewRecord>,
}

/// Opens a proposal for a moderator.
pub(in crate::pages) fn open(visit: &Visit, id: &str) -> Result<Opened, Failure> {
    visit.moderator()?;
    let id: PatchId = id.parse().map_err(|_| Failure::not_found())?;
    visit.app.db.read(|tx| {
        let patch = tx.find_patch(id)?.ok_or_else(Failure::not_found)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        visit.moderator_of(dataset.id)?;
        if !reading::may_read(visit.person.as_ref(), &dataset) {
            return Err(Failure::not_found());
        }
        let schema = reading::schema_of(&dataset)?;
        let read = operations::read(tx, &dataset, &schema, &patch)?;
        let open = Standing::find(&patch.status).is_some_and(|status| status.is_open());
        let problems = match open && dataset.is_local() {
            true => {
                let target = check::Dataset {
                    uid: dataset.uid,
                    schema: &schema,
                };
                let mut rows = CurrentDataset(DatasetRows {
                    tx,
                    dataset: dataset.id,
                });
                check::check(target, &read.ops, &mut rows)?.problems
            }
            false => Vec::new(),
        };
        let mut opened = Opened {
            patch,
            dataset,
            schema,
            read,
            problems,
            beside: Beside::default(),
            comments: Vec::new(),
            voting: false,
            reviews: Vec::new(),
        };
        let person = visit.person.as_ref();
        opened.voting = match opened.dataset.is_local() {
            true => person.is_some_and(|person| !alone(person, &opened.dataset)),
            false => true,
        };
        opened.reviews = tx.list_reviews(opened.patch.id)?;
        opened.comments = comments::on_patch(tx, opened.patch.id)?;
        opened.read_beside(visit, tx)?;
        Ok(opened)
    })
}

/// A decision form: from this browser, and about the version that was shown.
pub(super) fn posted(visit: &Visit, id: &str, body: Body) -> Result<(Opened, Posted), Failure> {
    visit.moderator()?;
    let form = Posted::parse(&body.0?);
    visit.check_form(&form)?;
    let opened = open(visit, id)?;
    if form.text("digest") != opened.patch.digest.to_string() {
        return Err(Failure::new(
            409,
            "the proposal changed since this page was opened",
        ));
    }
    Ok((opened, form))
}

/// True where this person needs nobody else.
fn alone(person: &Person, dataset: &DatasetRecord) -> bool {
    decide::may_decide(person.role_on(dataset.id), dataset)
}

/// Places of the operations that the form leaves out.
fn left_out(form: &Posted) -> BTreeSet<usize> {
    form.texts("leave-out")
        // A place that is no number is one that no operation has.
        .map(|text| text.parse().unwrap_or(usize::MAX))
        .collect()
}

/// What a cell of the form for corrections is called: the place of its operation, then its field.
fn input_name(place: usize, field: &FieldName) -> String {
    format!("{place}-{field}")
}

impl Opened {
    pub(super) fn decide(
        &self,
        visit: &Visit,
        decision: &decide::Decision,
        again: Again,
    ) -> Result<Answer, Failure> {
        let person = visit.moderator()?;
        match decide::decide(&visit.app, self.patch.id, person, decision) {
            // Still open: it was a vote.
            Ok(decided) if !decided.status.is_final() => self.go_on(visit, "voted"),
            Ok(decided) => self.go_on(visit, decided.status.as_str()),
            Err(DecideError::Problems(problems)) => {
                let refused = Refused::problems(visit, &problems);
                self.again(visit, 422, Again { refused, ..again })
            }
            // It is marked as a conflict now; the page shows which cells, and how to go on.
            Err(DecideError::Conflict(_)) => {
                open(visit, &self.patch.id.to_string())?.again(visit, 409, again)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// To the next proposal of the queue, or to the empty queue.
    fn go_on(&self, visit: &Visit, done: &str) -> Result<Answer, Failure> {
        let to = visit.app.db.read(|tx| {
            let datasets = reading::list(tx, visit.person.as_ref())?;
            let queue = Queue::asked(visit, tx, &datasets)?;
            let path = match queue.go_on(tx, &self.patch)? {
                Some(next) => format!("/moderation/{next}"),
                None => "/moderation".to_owned(),
            };
            Ok::<_, Failure>(queue.href(&path, &[("done", done)]))
        })?;
        Ok(Answer::see(to))
    }

    pub(in crate::pages) fn again(
        &self,
        visit: &Visit,
        status: u16,
        again: Again,
    ) -> Result<Answer, Failure> {
        let page = Answer::with(status, Keep::Never, &self.page(visit, again))?;
        Ok(keys::with_script(page))
    }

    /// The operations of a review whose corrections somebody agrees to.
    pub(super) fn like(&self, url: &str) -> Result<Vec<OfferedOp>, Failure> {
        let same = self.reviews.iter().find(|review| review.url == url);
        let ops = same.and_then(|review| review.amended.as_deref());
        let ops = ops.and_then(|ops| parse_ops(ops).ok());
        ops.ok_or_else(|| Failure::bad("no such review has corrections"))
    }

    /// The operations with the moderator's values, on the cells as this form showed them, without those left out.
    pub(super) fn amended(&self, form: &Posted) -> Result<Vec<OfferedOp>, Failure> {
        let foreign = || Failure::bad("the form is not one of ours");
        let bases: BTreeMap<String, Option<Hash>> =
            serde_json::from_str(form.text("bases")).map_err(|_| foreign())?;
        let typed = |place: usize, name: &FieldName| {
            let text = self
                .schema
                .field(name.as_str())
                .map(|field| form.cell_named(&input_name(place, name), field));
            text.filter(|text| !text.is_empty())
        };
        let mut ops = self.read.ops.clone();
        for (place, op) in ops.iter_mut().enumerate() {
            match op {
                OfferedOp::Set {
                    field, base, value, ..
                } => {
                    *value = typed(place, field);
                    *base = *bases.get(&input_name(place, field)).ok_or_else(foreign)?;
                }
                OfferedOp::Add { cells, .. } => {
                    let names: Vec<FieldName> = cells.keys().cloned().collect();
                    for name in names {
                        match typed(place, &name) {
                            Some(text) => cells.insert(name, text),
                            None => cells.remove(&name),
                        };
                    }
                }
                OfferedOp::Del { .. } => {}
            }
        }
        decide::without(ops, &left_out(form)).map_err(|_| foreign())
    }

    /// The commitments that the cells have now, by input.
    fn bases(&self) -> BTreeMap<String, Option<Hash>> {
        let mut bases = BTreeMap::new();
        for (place, op) in self.read.ops.iter().enumerate() {
            let OfferedOp::Set { row, field, .. } = op else {
                continue;
            };
            let state = self.read.rows.get(row).and_then(|row| row_state(row).ok());
            let now = state.and_then(|state| state.commitment(self.dataset.uid, *row, field));
            bases.insert(input_name(place, field), now);
        }
        bases
    }

    /// Name and address of a visitor of ours; what they typed never leaves this node.
    fn sender(&self) -> Option<String> {
        let known = [self.patch.name.as_deref(), self.patch.email.as_deref()];
        let known: Vec<&str> = known.into_iter().flatten().collect();
        (!known.is_empty()).then(|| known.join(", "))
    }

    /// Whether the word of whoever looks counts on this dataset.
    fn counts(&self, visit: &Visit) -> bool {
        let person = visit.person.as_ref();
        person.is_some_and(|person| person.decides_on(&self.dataset))
    }

    /// What was said so far, the last word of each first.
    fn said(&self) -> Vec<Said> {
        let said = self.reviews.iter().rev();
        said.map(|review| Said::of(review, &self.schema, &self.read.ops))
            .collect()
    }

    pub(super) fn page(&self, visit: &Visit, again: Again) -> ReviewPage {
        let status = Standing::find(&self.patch.status).unwrap_or(Standing::Pending);
        let decidable = status.is_open() && self.counts(visit);
        let voting = decidable && self.voting;
        let mut problems = again.refused.faults.clone();
        if problems.is_empty() {
            // Here the summary is about the proposal, and its cells stand further down in no form yet.
            let found = Refused::problems(visit, &self.problems).faults;
            problems = found
                .into_iter()
                .map(|fault| Fault {
                    anchor: None,
                    ..fault
                })
                .collect();
        }
        if again.amending {
            problems
                .iter_mut()
                .for_each(|fault| fault.anchor = Some("amend".to_owned()));
        }
        let host = &self.patch.proposer_host;
        ReviewPage {
            page: visit.page.clone(),
            id: self.patch.id.to_string(),
            digest: self.patch.digest.to_string(),
            dataset_href: format!("/datasets/{}", reading::address(&self.dataset)),
            dataset_title: reading::title(&self.dataset),
            status,
            origin: Some(host.clone())
                .filter(|host| !host.is_empty() && host != visit.app.host().as_str()),
            sender_host: host.clone(),
            sender: self.sender(),
            summary: self.patch.summary.clone(),
            sent: self.patch.created,
            operations: self.read.operations.clone(),
            problems,
            conflicts: self.read.conflicts.clone(),
            decision: self.patch.decided_at.map(|at| Decision {
                at,
                reason: self.patch.reason.clone(),
            }),
            decidable,
            acceptable: self.read.conflicts.is_empty()
                && self.problems.is_empty()
                && status == Standing::Pending,
            decided_by: self.dataset.host.clone(),
            voting_at: voting.then(|| match self.dataset.is_local() {
                true => visit.app.host().to_string(),
                false => self.dataset.host.clone(),
            }),
            reviews: self.said(),
            parts: if decidable {
                self.parts(visit, &again)
            } else {
                Vec::new()
            },
            bases: serde_json::to_string(&self.bases()).unwrap_or_default(),
            amending: again.amending,
            refusing: again.refusing,
            reason: again.reason,
            presets: &PRESETS,
            preset: again.preset,
            note: again.note,
            comment: again.comment,
            comment_hint: "comment-hint-contributor",
            comments: (self.patch.direction == "in").then(|| {
                let said = self.comments.iter().cloned();
                said.map(Comment::of).collect()
            }),
            undoing: again
                .refused
                .faults
                .iter()
                .any(|fault| fault.anchor.as_deref() == Some("undo")),
            why: again.why,
            voted: visit.asked("done") == "voted",
            done: Standing::find(visit.asked("done")).filter(|standing| !standing.is_open()),
            beside: self.beside.clone(),
            keys: keys::REVIEW,
        }
    }
}
