//! `/dev/components`: every part that pages are made of, side by side, for people who work on them. Only with `--dev`.

use actix_web::HttpResponse;
use askama::Template;
use rustine_domain::time::Timestamp;

use super::keys::{self, Key};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::view::change::{CellDiff, ChangeKind, Operation, RowLink, Side};
use crate::view::comment::{Comment, Content};
use crate::view::input::{Control, Input};
use crate::view::shift::Shift;
use crate::view::{Choice, Clash, Contact, Fault, Standing};
use crate::visit::Visit;

/// The parts.
#[derive(Template)]
#[template(path = "components.html")]
pub struct ComponentsPage {
    /// The frame.
    pub page: Page,
    /// Every standing of a proposal.
    pub standings: [Standing; 7],
    /// A change of each kind.
    pub operations: Vec<Operation>,
    /// Something that moves.
    pub beside: Moves,
    /// A clash of two changes.
    pub conflicts: Vec<Clash>,
    /// What is wrong with a form.
    pub problems: Vec<Fault>,
    /// A box of each kind.
    pub inputs: Vec<Input>,
    /// The optional end of a form.
    pub contact: Contact,
    /// A conversation.
    pub comments: Vec<Comment>,
    /// Reasons to choose from.
    pub presets: &'static [&'static str],
    /// The one chosen.
    pub preset: &'static str,
    /// A reason typed.
    pub reason: String,
    /// Shortcuts.
    pub keys: &'static [Key],
}

/// What moves on the map.
pub struct Moves {
    /// The shifts.
    pub shifts: Vec<Shift>,
}

/// `GET /dev/components`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            if !visit.app.settings.dev {
                return Err(Failure::not_found());
            }
            let page = Answer::private(&ComponentsPage::new(visit.page.clone()))?;
            Ok(keys::with_script(page))
        })
        .await
}

impl ComponentsPage {
    /// Filled with words that the page has anyway.
    pub fn new(page: Page) -> Self {
        let row = || RowLink {
            title: page.t("proposal"),
            href: "#changes".to_owned(),
        };
        let (before, after) = (page.t("login-lead"), page.t("moderation-empty"));
        let operation = |kind, cells| Operation {
            kind,
            row: (kind != ChangeKind::Add).then(row),
            cells,
        };
        let whole = |before, after| CellDiff::new(&page.t("field"), before, after);
        let erased = CellDiff {
            before: Side::Erased,
            ..whole(None, Some(&after))
        };
        Self {
            standings: Standing::ALL,
            operations: vec![
                operation(
                    ChangeKind::Set,
                    vec![
                        whole(Some(&before), Some(&after)),
                        whole(Some(&after), None),
                        erased,
                    ],
                ),
                operation(ChangeKind::Add, vec![whole(None, Some(&after))]),
                operation(ChangeKind::Del, vec![]),
            ],
            beside: Moves {
                shifts: Shift::between(row(), (47.24, 6.02), (47.25, 6.04))
                    .into_iter()
                    .collect(),
            },
            conflicts: vec![Clash {
                field: page.t("field"),
                current: Some(before.clone()),
                proposed: Some(after.clone()),
            }],
            problems: vec![Fault {
                anchor: Some("f-text".to_owned()),
                sentence: page.t("problem-nothing-changed"),
            }],
            inputs: inputs(&page),
            contact: Contact {
                summary: after.clone(),
                name: page.t("your-decision"),
                ..Contact::default()
            },
            comments: comments(&page),
            presets: &super::review::PRESETS,
            preset: super::review::PRESETS[1],
            reason: String::new(),
            keys: keys::REVIEW,
            page,
        }
    }
}

fn inputs(page: &Page) -> Vec<Input> {
    let choices = || {
        let one = |key, chosen| Choice::keyed(key, key, chosen);
        vec![one("yes", true), one("no", false)]
    };
    let boxes = ["yes", "no"]
        .map(|key| Choice {
            label: page.t(key),
            ..Choice::plain(key, key == "yes")
        })
        .into();
    let input = |name: &str, control, value: &str| Input {
        name: name.to_owned(),
        title: page.t("field"),
        help: None,
        control,
        value: value.to_owned(),
        required: false,
        error: None,
        meanwhile: None,
    };
    let text = Input {
        required: true,
        help: Some(page.t("refuse-hint")),
        error: Some(page.t("problem-empty-row")),
        ..input("text", Control::Text, &page.t("proposal"))
    };
    let long = Input {
        meanwhile: Some(page.t("moderation-empty")),
        ..input("long", Control::LongText, &page.t("login-lead"))
    };
    vec![
        text,
        long,
        input("number", Control::Number { whole: true }, "12"),
        input("date", Control::Date, "2026-11-21"),
        input("email", Control::Email, ""),
        input("url", Control::Url, ""),
        input("phone", Control::Phone, ""),
        input("select", Control::Select(choices()), "yes"),
        input("boxes", Control::Checkboxes(boxes), "yes"),
    ]
}

fn comments(page: &Page) -> Vec<Comment> {
    let at: Timestamp = page.now;
    let comment = |by_key, content| Comment {
        id: String::new(),
        by_key,
        host: page.host.clone(),
        at,
        content,
    };
    let said = page.t("moderation-empty");
    vec![
        comment("comment-contributor", Content::Text(said.clone())),
        comment(
            "comment-elsewhere",
            Content::Marks(format!("<p><em>{said}</em></p>")),
        ),
    ]
}
