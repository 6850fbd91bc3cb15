//! Sending a proposal from a form: the same for corrections, additions and removals.

use std::collections::BTreeMap;

use rustine_app::patches::care::Problem as Reported;
use rustine_app::patches::propose::{Beside, Proposal, ProposeError, ProposedOp, propose_beside};
use rustine_domain::ids::{DatasetAddress, FieldName};
use rustine_domain::problem::Problem;

use crate::answer::Answer;
use crate::csrf::ForgedForm;
use crate::failure::Failure;
use crate::forms::{Posted, check_contact};
use crate::view::{Contact, Fault};
use crate::visit::Visit;

/// Why the form comes back.
#[derive(Debug, Clone, Default)]
pub struct Refused {
    /// For the summary, in order.
    pub faults: Vec<Fault>,
    /// For the fields themselves.
    pub errors: BTreeMap<FieldName, String>,
}

impl Refused {
    /// For one reason that belongs to no field.
    pub fn because(sentence: String) -> Self {
        Self {
            faults: vec![Fault {
                anchor: None,
                sentence,
            }],
            errors: BTreeMap::new(),
        }
    }

    /// For one reason at a place in the page.
    pub fn at(anchor: &str, sentence: String) -> Self {
        let anchor = Some(anchor.to_owned());
        Self {
            faults: vec![Fault { anchor, sentence }],
            errors: BTreeMap::new(),
        }
    }

    /// For what the schema says against the values.
    pub fn problems(visit: &Visit, problems: &[Problem]) -> Self {
        let mut refused = Self::default();
        for problem in problems {
            let sentence = problem.sentence(visit.page.lang.into());
            refused.faults.push(Fault {
                anchor: problem.field.as_ref().map(|field| format!("f-{field}")),
                sentence: sentence.clone(),
            });
            if let Some(field) = &problem.field {
                refused.errors.entry(field.clone()).or_insert(sentence);
            }
        }
        refused
    }
}

/// Nobody reads a form and fills it in faster, in seconds.
const READING_S: i64 = 2;
/// The field that people do not see, and that programs fill in.
const TRAP: &str = "website";

/// The sentence for a form that was filled in as programs do; a person who meets it loses nothing that she typed.
fn machine(visit: &Visit, posted: &Posted, age_s: i64) -> Option<&'static str> {
    if !posted.text(TRAP).is_empty() {
        Some("problem-trap")
    } else if visit.person.is_none() && age_s < READING_S {
        Some("problem-too-fast")
    } else {
        None
    }
}

/// Records the proposal and leads to its private page, or says why the form comes back.
pub fn send(
    visit: &Visit,
    posted: &Posted,
    dataset: &str,
    ops: Vec<ProposedOp>,
    contact: &Contact,
) -> Result<Result<Answer, Refused>, Failure> {
    send_report(visit, posted, dataset, ops, contact, None)
}

/// As [`send`], with what the visitor said is wrong.
pub fn send_report(
    visit: &Visit,
    posted: &Posted,
    dataset: &str,
    ops: Vec<ProposedOp>,
    contact: &Contact,
    problem: Option<Reported>,
) -> Result<Result<Answer, Refused>, Failure> {
    let age_s = match visit.check_form(posted) {
        Ok(age_s) => age_s,
        Err(ForgedForm::Expired) => {
            return Ok(Err(Refused::because(visit.page.t("problem-form-expired"))));
        }
        Err(forged) => return Err(forged.into()),
    };
    if let Some(key) = machine(visit, posted, age_s) {
        return Ok(Err(Refused::because(visit.page.t(key))));
    }
    let faults = check_contact(contact, visit.page.lang);
    if !faults.is_empty() {
        return Ok(Err(Refused {
            faults,
            ..Refused::default()
        }));
    }
    if ops.is_empty() {
        return Ok(Err(Refused::because(
            visit.page.t("problem-nothing-changed"),
        )));
    }
    let address: DatasetAddress = dataset.parse().map_err(|_| Failure::not_found())?;
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let proposal = Proposal {
        dataset: address,
        ops,
        summary: given(&contact.summary),
        name: given(&contact.name),
        email: given(&contact.email),
        by: visit.proposer(),
    };
    let beside = Beside {
        problem,
        lang: Some(visit.page.lang.into()),
    };
    match propose_beside(&visit.app, &proposal, beside) {
        Ok(proposed) => Ok(Ok(Answer::see(format!(
            "/suivi/{}/envoyee",
            proposed.token
        )))),
        Err(error) => refused(visit, error).map(Err),
    }
}

/// What a person can mend comes back with the form; the rest is an error page.
fn refused(visit: &Visit, error: ProposeError) -> Result<Refused, Failure> {
    match error {
        ProposeError::Problems(problems) => Ok(Refused::problems(visit, &problems)),
        ProposeError::Nothing => Ok(Refused::because(visit.page.t("problem-nothing-changed"))),
        // The form is opened again on the row as it stands, and names the cells itself.
        ProposeError::Conflicts(_) => Ok(Refused::default()),
        ProposeError::NoPeering(host) => Ok(Refused::because(visit.page.t1(
            "problem-no-peering",
            "host",
            host,
        ))),
        other => Err(other.into()),
    }
}
