//! `/datasets/{dataset}/moderation-log`: what was done on a dataset, by role and instance; for everybody, also on copies.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_domain::json;
use rustine_domain::modlog::Line;
use rustine_domain::time::Timestamp;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::reading;
use crate::view::DatasetHead;
use crate::visit::Visit;

/// Lines on one page.
const SHOWN: i64 = 50;
/// What the page has a sentence for; any other word is of a later version.
const ACTIONS: [&str; 17] = [
    "accepted",
    "amended",
    "closed",
    "dropped",
    "expired",
    "granted",
    "moved",
    "policy",
    "redacted",
    "refused",
    "report",
    "revoked",
    "rules",
    "succeeded",
    "undone",
    "withdrawn",
    "suspended",
];

/// The newest lines first.
#[derive(Template)]
#[template(path = "modlog.html")]
pub struct ModlogPage {
    /// The frame.
    pub page: Page,
    /// Whose log it is.
    pub dataset: DatasetHead,
    /// The lines.
    pub lines: Vec<ModlogLine>,
    /// Where older ones are.
    pub older: Option<i64>,
    /// How the copy of another instance's log stands.
    pub copy: Option<CopyState>,
}

/// How a copy stands.
#[derive(Debug, Clone)]
pub struct CopyState {
    /// The instance that writes the log.
    pub origin: String,
    /// When it answered last.
    pub answered: Option<Timestamp>,
    /// Why its last answer was not taken.
    pub problem: Option<String>,
}

/// A line.
#[derive(Debug, Clone)]
pub struct ModlogLine {
    /// Its number.
    pub n: i64,
    /// When.
    pub time: Timestamp,
    /// What was done, as a sentence.
    pub sentence: String,
    /// In which role, from which instance.
    pub by: String,
    /// The entry of the dataset's log.
    pub entry: Option<u64>,
    /// The first characters of the policy's hash.
    pub policy: Option<String>,
}

/// `GET /datasets/{dataset}/moderation-log`
pub async fn show(visit: Visit, address: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| Answer::private(&read(visit, &address)?))
        .await
}

fn read(visit: &Visit, address: &str) -> Result<ModlogPage, Failure> {
    let before = visit.asked("before").parse().unwrap_or(i64::MAX);
    visit.app.db.read(|tx| {
        let record = reading::load(&visit.app, tx, visit.person.as_ref(), address)?;
        let schema = reading::schema_of(&record)?;
        let records = tx.list_modlog_before(record.id, before, SHOWN)?;
        let older = records.last().map(|last| last.n).filter(|n| *n > 1);
        let copy = match record.is_local() {
            true => None,
            false => {
                let known = tx.find_modlog_copy(record.id)?;
                Some(CopyState {
                    origin: record.host.clone(),
                    answered: known.as_ref().and_then(|known| known.answered),
                    problem: known.and_then(|known| known.problem),
                })
            }
        };
        Ok(ModlogPage {
            page: visit.page.clone(),
            dataset: reading::head(&visit.app, tx, &record, &schema)?,
            lines: records
                .iter()
                .filter_map(|record| ModlogLine::of(&visit.page, &record.line))
                .collect(),
            older,
            copy,
        })
    })
}

impl ModlogLine {
    /// A stored line in the reader's words.
    pub fn of(page: &Page, text: &str) -> Option<Self> {
        let document = json::parse(text.as_bytes()).ok()?;
        let line = Line::parse(document.as_object()?).ok()?;
        Some(Self {
            n: i64::try_from(line.n).ok()?,
            time: line.time,
            sentence: sentence(page, &line),
            by: by(page, &line),
            entry: line.entry.map(|(seq, _)| seq),
            policy: line.policy.map(|hash| hash.to_string()[..8].to_owned()),
        })
    }
}

fn sentence(page: &Page, line: &Line) -> String {
    let known = ACTIONS.contains(&line.action.as_str());
    let key = match known {
        true => format!("modlog-{}", line.action),
        false => "modlog-other".to_owned(),
    };
    let target = line.target.as_ref().map(ToString::to_string);
    let about = line.about.as_deref().unwrap_or_default();
    let word = |kind: &str, word: &str| {
        let key = format!("modlog-{kind}-{word}");
        match page.t(&key) {
            missing if missing == key => word.to_owned(),
            said => said,
        }
    };
    let count = i64::try_from(line.count.unwrap_or(0)).unwrap_or(i64::MAX);
    page.lang.say_with(
        &key,
        vec![
            ("instance", target.unwrap_or_default().into()),
            ("about", word("about", about).into()),
            (
                "reason",
                word("reason", line.reason.as_deref().unwrap_or_default()).into(),
            ),
            ("count", count.into()),
            ("action", line.action.clone().into()),
        ],
    )
}

fn by(page: &Page, line: &Line) -> String {
    let key = format!("modlog-by-{}", line.role);
    let role = match page.t(&key) {
        missing if missing == key => line.role.clone(),
        said => said,
    };
    page.t2("modlog-by", "role", role, "instance", &line.instance)
}
