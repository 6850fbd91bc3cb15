//! `/moderation/bursts/{burst}`: proposals that came in a flood, refused or accepted as a whole.

use actix_web::{HttpResponse, web};
use askama::Template;
use rustine_app::patches::burst::{Outcome, decide_all, waiting};
use rustine_app::patches::decide::Decision;
use rustine_domain::patch::Reason;

use super::moderation::{self, QueueEntry};
use super::review::{PRESETS, reason};
use crate::answer::{Answer, Keep};
use crate::body::Body;
use crate::failure::Failure;
use crate::forms::Posted;
use crate::page::Page;
use crate::reading;
use crate::sending::Refused;
use crate::view::Fault;
use crate::visit::Visit;

/// Proposals shown of a burst.
const SHOWN: i64 = 40;
/// Proposals decided with one button; the rest takes another press.
const MOST: i64 = 200;

/// The proposals of a burst.
#[derive(Template)]
#[template(path = "burst.html")]
pub struct BurstPage {
    /// The frame.
    pub page: Page,
    /// Its id.
    pub id: String,
    /// Title of the dataset.
    pub dataset_title: String,
    /// How many wait.
    pub total: i64,
    /// How many one button decides.
    pub most: i64,
    /// Some of them, the oldest first.
    pub entries: Vec<QueueEntry>,
    /// Keys of the reasons to choose from.
    pub presets: &'static [&'static str],
    /// The one chosen.
    pub preset: String,
    /// Reason typed.
    pub reason: String,
    /// What is wrong with what was chosen.
    pub problems: Vec<Fault>,
}

/// `GET /moderation/bursts/{burst}`
pub async fn show(visit: Visit, burst: web::Path<String>) -> HttpResponse {
    visit
        .answer(move |visit| {
            Answer::private(&page(
                visit,
                &burst,
                &Posted::default(),
                Refused::default(),
            )?)
        })
        .await
}

/// `POST /moderation/bursts/{burst}/accept`
pub async fn accept(visit: Visit, burst: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            sent(visit, body)?;
            decide(visit, &burst, &Decision::Accept)
        })
        .await
}

/// `POST /moderation/bursts/{burst}/refuse`
pub async fn refuse(visit: Visit, burst: web::Path<String>, body: Body) -> HttpResponse {
    visit
        .answer(move |visit| {
            let form = sent(visit, body)?;
            match Reason::new(&reason(visit, &form)) {
                Some(reason) => decide(visit, &burst, &Decision::Refuse(reason)),
                None => {
                    let refused = Refused::at("preset", visit.page.t("problem-reason"));
                    let again = page(visit, &burst, &form, refused)?;
                    Answer::with(422, Keep::Never, &again)
                }
            }
        })
        .await
}

fn sent(visit: &Visit, body: Body) -> Result<Posted, Failure> {
    visit.moderator()?;
    let form = Posted::parse(&body.0?);
    visit.check_form(&form)?;
    Ok(form)
}

fn decide(visit: &Visit, burst: &str, decision: &Decision) -> Result<Answer, Failure> {
    let person = visit.moderator()?;
    let Outcome {
        decided,
        returned,
        left,
    } = decide_all(&visit.app, burst, person, decision, MOST)?;
    Ok(Answer::see(match (left, decision) {
        (1.., _) => format!("/moderation/bursts/{burst}"),
        (_, Decision::Refuse(_)) => format!("/moderation?refused={decided}"),
        _ => format!("/moderation?accepted={decided}&left={returned}"),
    }))
}

fn page(visit: &Visit, burst: &str, form: &Posted, refused: Refused) -> Result<BurstPage, Failure> {
    visit.moderator()?;
    visit.app.db.read(|tx| {
        let filter = waiting(burst);
        let patches = tx.list_oldest_patches(&filter, None, SHOWN)?;
        let first = patches.first().ok_or_else(Failure::not_found)?;
        let dataset = tx.load_dataset(first.dataset)?;
        visit.moderator_of(dataset.id)?;
        if !reading::may_read(visit.person.as_ref(), &dataset) {
            return Err(Failure::not_found());
        }
        let total = tx.count_patches(&filter)?;
        let mut entries = Vec::new();
        for patch in &patches {
            entries.push(moderation::entry(visit, tx, &dataset, patch)?);
        }
        Ok(BurstPage {
            page: visit.page.clone(),
            id: burst.to_owned(),
            dataset_title: reading::title(&dataset),
            total,
            most: total.min(MOST),
            entries,
            presets: &PRESETS,
            preset: form.text("preset").to_owned(),
            reason: form.text("reason").to_owned(),
            problems: refused.faults,
        })
    })
}
