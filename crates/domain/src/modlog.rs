//! The lines of a moderation log (`protocol.md` §5): what was done on a dataset, in which role, from which instance.
//!
//! A line names no person and quotes nobody: where free text was given, the line says by a word of a fixed list what it
//! was about. Each is signed by the Ed25519 key of the instance that owns the dataset and names the hash of the line
//! before it, so that whoever copied a log sees when it is told otherwise later.

use serde_json::{Map, Value, json};

use crate::checks::Check;
use crate::ids::{DatasetUid, Hash, Host};
use crate::json;
use crate::key::{LogKey, Multikey};
use crate::proof::{self, ProofProblem};
use crate::time::Timestamp;

/// The longest line that is read, in bytes.
pub const MAX_BYTES: usize = 4096;
/// The longest word of a line.
const WORD: usize = 40;

/// A line before it is signed, or as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Address of the dataset's actor.
    pub dataset: String,
    /// The dataset.
    pub uid: DatasetUid,
    /// From 1 without a gap.
    pub n: u64,
    /// The hash of the line before it; `None` for the first.
    pub prev: Option<Hash>,
    /// When.
    pub time: Timestamp,
    /// What was done: `accepted`, `refused` … Words of later versions are kept.
    pub action: String,
    /// The role of who did it: `maintain`, `write`, `rule` …
    pub role: String,
    /// The instance from which it was done.
    pub instance: Host,
    /// Why, as one word.
    pub reason: Option<String>,
    /// The role that was given or taken, or what became of a report.
    pub about: Option<String>,
    /// Whom it concerned: an instance, never a person.
    pub target: Option<Host>,
    /// How many things it concerned.
    pub count: Option<u64>,
    /// Hash of the policy in force.
    pub policy: Option<Hash>,
    /// The entry of the dataset's log.
    pub entry: Option<(u64, Hash)>,
}

/// Why a line is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// It is no object of the expected type, or is too long.
    #[error("this is no line of a moderation log")]
    Form,
    /// A member is absent or not as demanded.
    #[error("the line's {0} is absent or not as demanded")]
    Member(&'static str),
    /// Not the line that comes next.
    #[error("line {found} came where line {expected} was due")]
    Number {
        /// What is due.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// The line before it is another one than we hold.
    #[error("the line names another one before it than the one that we hold")]
    Rewritten,
    /// It is of another dataset.
    #[error("the line is about another dataset")]
    Dataset,
    /// Its signature.
    #[error(transparent)]
    Proof(#[from] ProofProblem),
}

impl LineProblem {
    /// The check in the list of all.
    pub fn check(&self) -> Check {
        match self {
            Self::Form | Self::Member(_) => Check::ModlogForm,
            Self::Number { .. } => Check::ModlogNumber,
            Self::Rewritten => Check::ModlogPrev,
            Self::Dataset => Check::ModlogUid,
            Self::Proof(_) => Check::ModlogProof,
        }
    }
}

/// What a new line follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tail {
    /// The number of the last line; 0 where there is none.
    pub n: u64,
    /// Its hash.
    pub hash: Option<Hash>,
}

impl Line {
    /// Signs the line in the name of an instance actor; returns the JSON and what the next line names as the one before.
    pub fn sign(&self, key: &LogKey, instance_actor: &str) -> (Value, Hash) {
        let mut document = self.to_map();
        let hash = hash(&document);
        let method = format!("{instance_actor}#ed25519-{}", key.multikey());
        proof::sign(&mut document, key, &method, self.time);
        (Value::Object(document), hash)
    }

    /// Reads a line as it was received. Whether it may be believed is [`follow`]'s part.
    ///
    /// # Errors
    /// [`LineProblem::Form`], [`LineProblem::Member`]
    pub fn parse(document: &Map<String, Value>) -> Result<Self, LineProblem> {
        let text = |member: &'static str| {
            let found = document.get(member).and_then(Value::as_str);
            found.ok_or(LineProblem::Member(member))
        };
        if text("type")? != "ModerationLine" {
            return Err(LineProblem::Form);
        }
        let by = |member: &'static str| document.get("by").and_then(|by| by[member].as_str());
        let hash_of = |value: Option<&Value>, member| {
            match value {
                None | Some(Value::Null) => Ok(None),
                Some(Value::String(text)) => text.parse().map(Some),
                Some(_) => Ok(None),
            }
            .map_err(|_| LineProblem::Member(member))
        };
        let entry = match document.get("entry") {
            None => None,
            Some(entry) => {
                let hash = hash_of(entry.get("entry"), "entry")?;
                Some(entry["seq"].as_u64().zip(hash)).ok_or(LineProblem::Member("entry"))?
            }
        };
        Ok(Self {
            dataset: text("context")?.to_owned(),
            uid: text("uid")?
                .parse()
                .map_err(|_| LineProblem::Member("uid"))?,
            n: document["n"]
                .as_u64()
                .filter(|n| (1..=json::MAX_INTEGER).contains(n))
                .ok_or(LineProblem::Member("n"))?,
            prev: hash_of(document.get("prev"), "prev")?,
            time: text("time")?
                .parse()
                .map_err(|_| LineProblem::Member("time"))?,
            action: word(Some(text("action")?), "action")?.unwrap_or_default(),
            role: word(by("role"), "by")?.unwrap_or_default(),
            instance: by("instance")
                .and_then(|host| host.parse().ok())
                .ok_or(LineProblem::Member("by"))?,
            reason: word(document.get("reason").and_then(Value::as_str), "reason")?,
            about: word(document.get("about").and_then(Value::as_str), "about")?,
            target: match document.get("target").and_then(Value::as_str) {
                None => None,
                Some(host) => Some(host.parse().map_err(|_| LineProblem::Member("target"))?),
            },
            count: document.get("count").and_then(Value::as_u64),
            policy: hash_of(document.get("policy"), "policy")?,
            entry,
        })
    }

    fn to_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |member: &str, value: Value| map.insert(member.to_owned(), value);
        put("type", json!("ModerationLine"));
        put("context", json!(self.dataset));
        put("uid", json!(self.uid));
        put("n", json!(self.n));
        put("prev", json!(self.prev));
        put("time", json!(self.time));
        put("action", json!(self.action));
        put(
            "by",
            json!({"role": self.role, "instance": self.instance.as_str()}),
        );
        for (member, text) in [("reason", &self.reason), ("about", &self.about)] {
            if let Some(text) = text {
                put(member, json!(text));
            }
        }
        if let Some(target) = &self.target {
            put("target", json!(target.as_str()));
        }
        if let Some(count) = self.count {
            put("count", json!(count));
        }
        if let Some(policy) = &self.policy {
            put("policy", json!(policy));
        }
        if let Some((seq, entry)) = &self.entry {
            put("entry", json!({"seq": seq, "entry": entry}));
        }
        map
    }
}

/// Checks that a received line is the one that comes next and that its instance signed it with one of these keys;
/// returns the line and the new tail.
///
/// # Errors
/// [`LineProblem`]
pub fn follow(
    tail: Tail,
    uid: DatasetUid,
    document: &Map<String, Value>,
    keys: &[Multikey],
) -> Result<(Line, Tail), LineProblem> {
    let line = Line::parse(document)?;
    if line.uid != uid && Check::ModlogUid.stands() {
        return Err(LineProblem::Dataset);
    }
    if line.n != tail.n + 1 && Check::ModlogNumber.stands() {
        return Err(LineProblem::Number {
            expected: tail.n + 1,
            found: line.n,
        });
    }
    if line.prev != tail.hash && Check::ModlogPrev.stands() {
        return Err(LineProblem::Rewritten);
    }
    let mut verdict = Err(ProofProblem::Signature);
    for key in keys {
        verdict = verdict.or_else(|_| proof::verify(document, key));
    }
    if Check::ModlogProof.stands() {
        verdict?;
    }
    let mut unsigned = document.clone();
    unsigned.remove("proof");
    let tail = Tail {
        n: line.n,
        hash: Some(hash(&unsigned)),
    };
    Ok((line, tail))
}

/// What the next line names as the one before it: the hash over a line without its proof.
fn hash(unsigned: &Map<String, Value>) -> Hash {
    json::hash(&json!(["rustine1/modlog", unsigned]))
}

/// A word of the fixed lists; free text does not fit.
fn word(text: Option<&str>, member: &'static str) -> Result<Option<String>, LineProblem> {
    let Some(text) = text else { return Ok(None) };
    let fits = text.len() <= WORD
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    match fits {
        true => Ok(Some(text.to_owned())),
        false => Err(LineProblem::Member(member)),
    }
}

#[cfg(test)]
mod tests;
