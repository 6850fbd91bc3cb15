//! Steps 1 and 2: the outer form of a request and of the activity in it.

use rustine_domain::checks::Check;
use rustine_domain::json::{self, JsonProblem};
use serde_json::{Map, Value};

use super::step::{Refusal, Step};
use crate::signature::Fields;

/// Largest body of a request to an inbox; the caller stops reading there.
pub const MAX_BODY_BYTES: usize = 1 << 20;
/// The profile that makes JSON-LD an activity (AP §7).
const AS2: &str = "https://www.w3.org/ns/activitystreams";

/// Types of activities that mean something here (`protocol.md` §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words of the vocabulary")]
pub enum Kind {
    Accept,
    Add,
    Announce,
    Create,
    Delete,
    Flag,
    Follow,
    Grant,
    Like,
    Move,
    Offer,
    Reject,
    Revoke,
    Undo,
    Update,
}

impl Kind {
    const ALL: [Self; 15] = [
        Self::Accept,
        Self::Add,
        Self::Announce,
        Self::Create,
        Self::Delete,
        Self::Flag,
        Self::Follow,
        Self::Grant,
        Self::Like,
        Self::Move,
        Self::Offer,
        Self::Reject,
        Self::Revoke,
        Self::Undo,
        Self::Update,
    ];

    /// The type with this name, if it means something here.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// As it stands in `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "Accept",
            Self::Add => "Add",
            Self::Announce => "Announce",
            Self::Create => "Create",
            Self::Delete => "Delete",
            Self::Flag => "Flag",
            Self::Follow => "Follow",
            Self::Grant => "Grant",
            Self::Like => "Like",
            Self::Move => "Move",
            Self::Offer => "Offer",
            Self::Reject => "Reject",
            Self::Revoke => "Revoke",
            Self::Undo => "Undo",
            Self::Update => "Update",
        }
    }
}

/// The header's part of step 1; call it before reading the body, so that a bad request costs no memory.
pub fn check_head(fields: &Fields) -> Result<(), Refusal> {
    if !Check::ContentType.stands() {
        return Ok(());
    }
    let refuse = |sentence: &str| Err(Step::ContentType.refuse(sentence));
    match fields.one("content-type") {
        Ok(Some(value)) if is_activity(value) => {}
        _ => {
            return refuse(
                "Content-Type must be application/activity+json, or application/ld+json with the \
                 profile of ActivityStreams",
            );
        }
    }
    // A packed body would have two digests.
    if fields
        .all("content-encoding")
        .any(|coding| !coding.eq_ignore_ascii_case("identity"))
    {
        return refuse("the body must not be compressed");
    }
    let length = match fields.one("content-length") {
        Ok(length) => length,
        Err(_) => return refuse("Content-Length stands more than once"),
    };
    match length.map(str::parse::<u64>) {
        Some(Err(_)) => refuse("Content-Length is no number"),
        Some(Ok(length)) if length > MAX_BODY_BYTES as u64 && Check::BodySize.stands() => {
            Err(too_large())
        }
        _ => Ok(()),
    }
}

/// `application/activity+json`, or `application/ld+json` whose profile names ActivityStreams.
fn is_activity(value: &str) -> bool {
    let (media_type, parameters) = value.split_once(';').unwrap_or((value, ""));
    match media_type.trim().to_ascii_lowercase().as_str() {
        "application/activity+json" => true,
        "application/ld+json" => parameters.split(';').any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            let mut profiles = value.trim().trim_matches('"').split(' ');
            name.trim().eq_ignore_ascii_case("profile") && profiles.any(|profile| profile == AS2)
        }),
        _ => false,
    }
}

/// The body's part of step 1: size, depth, duplicate keys, an object.
pub(super) fn read(body: &[u8]) -> Result<Value, Refusal> {
    if body.len() > MAX_BODY_BYTES && Check::BodySize.stands() {
        return Err(too_large());
    }
    let value = json::parse_document(body).map_err(|problem| match problem {
        // The repeated key itself is not quoted: it may be as long as the body.
        JsonProblem::DuplicateKey(_) => {
            Step::DuplicateKey.refuse("a key stands twice in one object of the body")
        }
        JsonProblem::TooDeep => Step::Depth.refuse(problem.to_string()),
        _ => Step::Json.refuse(problem.to_string()),
    })?;
    let Value::Object(activity) = &value else {
        return Err(Step::Json.refuse("an activity is a JSON object"));
    };
    check_keywords(activity)?;
    if let Some(Value::Object(object)) = activity.get("object") {
        check_keywords(object)?;
    }
    Ok(value)
}

/// `@id` beside `id`, `@graph`, `@included` and their kind let a JSON-LD reader see another document than we
/// do; no server of the fediverse needs them outside `@context`.
fn check_keywords(object: &Map<String, Value>) -> Result<(), Refusal> {
    let odd = object
        .keys()
        .any(|key| key.starts_with('@') && key != "@context");
    match odd && Check::Keywords.stands() {
        true => {
            Err(Step::Keywords.refuse("JSON-LD keywords other than @context are not read here"))
        }
        false => Ok(()),
    }
}

/// The three members that every activity has.
pub(super) struct Names<'a> {
    pub(super) kind: &'a str,
    pub(super) id: &'a str,
    pub(super) actor: &'a str,
}

/// Step 2: each of them one string, never a list or an object.
pub(super) fn names(activity: &Value) -> Result<Names<'_>, Refusal> {
    let text = |member: &str| {
        let value = activity.get(member);
        let text = value.and_then(Value::as_str).or_else(|| {
            // As careless readers do: the first one counts.
            let first = value?.get(0)?.as_str()?;
            (!Check::Strings.stands()).then_some(first)
        });
        text.ok_or_else(|| Step::Strings.refuse(format!("{member} must be one string")))
    };
    Ok(Names {
        kind: text("type")?,
        id: text("id")?,
        actor: text("actor")?,
    })
}

fn too_large() -> Refusal {
    Step::BodySize.refuse(format!("the body is larger than {MAX_BODY_BYTES} bytes"))
}
