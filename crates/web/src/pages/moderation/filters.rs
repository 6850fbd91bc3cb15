//! What the queue can be narrowed by.

use rustine_app::patches::care::{Problem, moderators};
use rustine_store::{DatasetRecord, StoreError, Tx};

use crate::reading;
use crate::view::{Choice, Standing};
use crate::visit::Visit;

/// A filter of the queue.
#[derive(Debug, Clone)]
pub struct QueueFilter {
    /// Name of its parameter.
    pub name: &'static str,
    /// Key of its label.
    pub title_key: &'static str,
    /// Key of what stands for no choice.
    pub any_key: &'static str,
    /// What can be chosen.
    pub options: Vec<Choice>,
}

/// Key of the words for what a visitor reported.
pub(in crate::pages) fn problem_key(problem: Problem) -> &'static str {
    match problem {
        Problem::Gone => "problem-kind-gone",
        Problem::Duplicate => "problem-kind-duplicate",
        Problem::Wrong => "problem-kind-wrong",
        Problem::Charter => "problem-kind-charter",
        Problem::Other => "problem-kind-other",
    }
}

/// Every filter with what is chosen.
pub(super) fn filters(
    visit: &Visit,
    tx: &mut Tx<'_>,
    datasets: &[DatasetRecord],
) -> Result<Vec<QueueFilter>, StoreError> {
    let filter = |name, title_key, any_key, options| QueueFilter {
        name,
        title_key,
        any_key,
        options,
    };
    Ok(vec![
        filter(
            "dataset",
            "filter-dataset",
            "any-value",
            of_datasets(visit, datasets),
        ),
        filter("origin", "filter-origin", "any-value", origins(visit, tx)?),
        filter("kind", "filter-kind", "any-value", kinds(visit)),
        filter(
            "assignee",
            "filter-assignee",
            "any-value",
            assignees(visit, tx)?,
        ),
        filter(
            "age",
            "filter-age",
            "any-value",
            keyed(
                visit.asked("age"),
                &[
                    ("week", "age-week"),
                    ("month", "age-month"),
                    ("expiring", "age-expiring"),
                ],
            ),
        ),
        filter(
            "status",
            "filter-status",
            "open-statuses",
            Standing::ALL
                .iter()
                .map(|known| {
                    let chosen = known.name() == visit.asked("status");
                    Choice::keyed(known.name(), known.key(), chosen)
                })
                .collect(),
        ),
        filter(
            "sort",
            "filter-sort",
            "sort-newest",
            keyed(visit.asked("sort"), &[("oldest", "sort-oldest")]),
        ),
    ])
}

fn keyed(asked: &str, known: &[(&'static str, &'static str)]) -> Vec<Choice> {
    known
        .iter()
        .map(|(word, key)| Choice::keyed(word, key, *word == asked))
        .collect()
}

fn of_datasets(visit: &Visit, datasets: &[DatasetRecord]) -> Vec<Choice> {
    let local = datasets.iter().filter(|dataset| dataset.is_local());
    local
        .map(|known| Choice {
            label: reading::title(known),
            ..Choice::plain(&known.name, known.name == visit.asked("dataset"))
        })
        .collect()
}

/// Ourselves, and every instance from which something waits.
fn origins(visit: &Visit, tx: &mut Tx<'_>) -> Result<Vec<Choice>, StoreError> {
    let asked = visit.asked("origin");
    let mut hosts = tx.list_waiting_hosts()?;
    hosts.retain(|host| host != visit.app.host().as_str());
    if !asked.is_empty() && asked != "here" && !hosts.iter().any(|host| host == asked) {
        hosts.push(asked.to_owned());
    }
    let mut choices = vec![Choice::keyed("here", "from-here", asked == "here")];
    choices.extend(hosts.iter().map(|host| Choice::plain(host, host == asked)));
    Ok(choices)
}

fn kinds(visit: &Visit) -> Vec<Choice> {
    let asked = visit.asked("kind");
    let acts = [
        ("set", "kind-propose-set"),
        ("add", "kind-propose-add"),
        ("del", "kind-propose-del"),
    ];
    let mut choices = keyed(asked, &acts);
    choices.extend(Problem::ALL.map(|problem| {
        let word = problem.as_str();
        Choice::keyed(word, problem_key(problem), word == asked)
    }));
    choices
}

fn assignees(visit: &Visit, tx: &mut Tx<'_>) -> Result<Vec<Choice>, StoreError> {
    let asked = visit.asked("assignee");
    let mut choices = keyed(asked, &[("me", "assignee-me"), ("none", "assignee-none")]);
    let own = visit.person.as_ref().map(|person| person.id);
    for user in moderators(&visit.app, tx, None)? {
        if Some(user.id) != own {
            choices.push(Choice::plain(&user.name, user.name == asked));
        }
    }
    Ok(choices)
}
