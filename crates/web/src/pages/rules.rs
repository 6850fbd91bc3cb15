//! `/datasets/{dataset}/rules`: what happens to proposals by field and sender, a sentence for each rule, and what it would
//! have done with last month's proposals; for those who maintain the dataset.

mod asked;
pub(in crate::pages) mod words;

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::accounts::Person;
use rustine_app::rules::change::{self, Owner, RulesError};
use rustine_app::rules::preview::{self, Previewed};
use rustine_app::rules::{self};
use rustine_domain::ids::DatasetAddress;
use rustine_domain::review::Role;
use rustine_domain::rules::{DAY_SECONDS, Fate, Rule, Rules};
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, RuleSettingsRecord, StoreError};

use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading;
use crate::view::Fault;
use crate::visit::Visit;

/// Proposals of the preview that are named one by one.
const NAMED: usize = 50;

/// The table, the forms, and the preview.
#[derive(Template)]
#[template(path = "rules.html")]
pub struct RulesPage {
    /// The frame.
    pub page: Page,
    /// The dataset's address.
    pub address: String,
    /// Its title.
    pub title: String,
    /// The rules.
    pub rules: Vec<RuleLine>,
    /// What a new rule may be about: name and title.
    pub fields: Vec<(String, String)>,
    /// Whose proposals: word and title.
    pub senders: Vec<(String, String)>,
    /// The new rule, as typed.
    pub typed: asked::Typed,
    /// What holds beside the rules.
    pub settings: RuleSettingsRecord,
    /// What would have happened.
    pub preview: Tried,
    /// The preview is of the rule in the form, which does not hold yet: its sentence.
    pub trying: Option<String>,
    /// What is wrong with what was typed.
    pub problems: Vec<Fault>,
}

/// A rule of the table.
#[derive(Debug, Clone)]
pub struct RuleLine {
    /// Its number.
    pub id: i64,
    /// The field.
    pub field: String,
    /// Whose proposals.
    pub sender: String,
    /// Key of what happens.
    pub outcome: &'static str,
    /// Operations and percent of the rows a day.
    pub ceiling: Option<(u32, u32)>,
    /// All of it in one sentence.
    pub sentence: String,
    /// How many it dropped in 30 days.
    pub dropped: i64,
}

/// A preview in numbers, with the last cases.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// Accepted at once.
    pub accepted: i64,
    /// Waiting.
    pub waits: i64,
    /// Dropped.
    pub dropped: i64,
    /// The newest first.
    pub cases: Vec<TriedLine>,
}

/// A proposal of the preview.
#[derive(Debug, Clone)]
pub struct TriedLine {
    /// Its page.
    pub href: String,
    /// When it came.
    pub created: rustine_domain::time::Timestamp,
    /// From where.
    pub host: String,
    /// What would have happened, as a sentence.
    pub fate: String,
    /// Key of what did.
    pub status: String,
}

/// `GET /datasets/{dataset}/rules`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            let page = open(visit, &address)?.page(visit, None, Vec::new())?;
            Answer::private(&page)
        })
        .await
}

/// `POST /datasets/{dataset}/rules`: `act` is `try`, `add`, `remove` or `settle`.
pub async fn send(visit: Visit, address: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let posted = Posted::parse(&body.0?);
            visit.check_form(&posted)?;
            write(visit, &address, &posted)
        })
        .await
}

fn write(visit: &Visit, address: &str, posted: &Posted) -> Result<Answer, Failure> {
    let opened = open(visit, address)?;
    let by = Owner::Person(opened.person);
    let done = match posted.text("act") {
        "remove" => {
            let id = posted.text("which").parse();
            let id = id.map_err(|_| Failure::not_found())?;
            change::remove(&visit.app, by, &opened.address, id)
        }
        "settle" => match asked::settings(posted) {
            Ok(settings) => change::settle(&visit.app, by, &opened.address, &settings),
            Err(error) => Err(error),
        },
        act @ ("try" | "add") => match asked::rule(posted) {
            Some(rule) if act == "try" => {
                return Answer::private(&opened.page(visit, Some((posted, &rule)), Vec::new())?);
            }
            Some(rule) => change::add(&visit.app, by, &opened.address, &rule).map(drop),
            None => {
                let problems = vec![Fault {
                    anchor: Some("sender".to_owned()),
                    sentence: visit.page.t("rules-problem-form"),
                }];
                let page = opened.page(visit, None, problems)?;
                return Answer::with(422, Keep::Never, &page);
            }
        },
        _ => return Err(Failure::bad("the form is not one of ours")),
    };
    match done {
        Ok(()) => Ok(Answer::see(format!("/datasets/{address}/rules"))),
        Err(error) => {
            let problems = vec![asked::fault(visit, error)?];
            let page = opened.page(visit, None, problems)?;
            Answer::with(422, Keep::Never, &page)
        }
    }
}

struct Opened<'v> {
    person: &'v Person,
    dataset: DatasetRecord,
    address: DatasetAddress,
    schema: Schema,
}

/// The dataset, where the person makes its rules.
fn open<'v>(visit: &'v Visit, address: &str) -> Result<Opened<'v>, Failure> {
    let (person, _) = visit.member()?;
    let app = &visit.app;
    let dataset = app
        .db
        .read(|tx| reading::load(app, tx, Some(person), address))?;
    if !dataset.is_local() {
        return Err(Failure::not_found());
    }
    if person.role_on(dataset.id) != Role::Maintain {
        return Err(Failure::new(
            403,
            "only its maintainers make the rules of a dataset",
        ));
    }
    Ok(Opened {
        schema: reading::schema_of(&dataset)?,
        address: address.parse().map_err(|_| Failure::not_found())?,
        person,
        dataset,
    })
}

impl Opened<'_> {
    fn page(
        &self,
        visit: &Visit,
        trying: Option<(&Posted, &Rule)>,
        problems: Vec<Fault>,
    ) -> Result<RulesPage, Failure> {
        let page = &visit.page;
        let today = page.now.seconds().div_euclid(DAY_SECONDS);
        let (held, settings, drops, senders) = visit.app.db.read(|tx| {
            Ok::<_, StoreError>((
                rules::load(tx, self.dataset.id)?,
                rules::settings(tx, self.dataset.id)?,
                tx.list_rule_drops(self.dataset.id, today - 30)?,
                words::senders(tx, page)?,
            ))
        })?;
        let mut dropped: BTreeMap<i64, i64> = BTreeMap::new();
        for (rule, count) in drops {
            *dropped.entry(rule).or_default() += count;
        }
        let line = |rule: &Rule| words::line(page, &self.schema, rule, &dropped);
        let mut tried = held.clone();
        tried.rules.extend(trying.map(|(_, rule)| rule.clone()));
        Ok(RulesPage {
            page: page.clone(),
            address: reading::address(&self.dataset),
            title: reading::title(&self.dataset),
            rules: held.rules.iter().map(line).collect(),
            fields: words::fields(&self.schema),
            senders,
            typed: trying.map_or_else(asked::Typed::default, |(posted, _)| asked::typed(posted)),
            settings,
            preview: self.tried(visit, &tried)?,
            trying: trying.map(|(_, rule)| words::sentence(page, &self.schema, rule)),
            problems,
        })
    }

    fn tried(&self, visit: &Visit, rules: &Rules) -> Result<Tried, Failure> {
        let by = Owner::Person(self.person);
        let found = preview::preview(&visit.app, by, &self.address, rules);
        let cases = match found {
            Ok(found) => found.cases,
            Err(RulesError::Store(error)) => return Err(error.into()),
            Err(other) => return Err(Failure::new(409, other.to_string())),
        };
        let mut tried = Tried::default();
        for case in &cases {
            match case.fate {
                Fate::Accept { .. } => tried.accepted += 1,
                Fate::Queue(_) => tried.waits += 1,
                Fate::Drop { .. } => tried.dropped += 1,
            }
        }
        let line = |case: &Previewed| TriedLine {
            href: format!("/moderation/{}", case.id),
            created: case.created,
            host: case.host.clone(),
            fate: words::fate(&visit.page, case.fate.clone()),
            status: format!("rules-was-{}", case.status.as_str()),
        };
        tried.cases = cases.iter().rev().take(NAMED).map(line).collect();
        Ok(tried)
    }
}
