//! The inbox gate: everything about an arriving activity that can be judged without asking anyone
//! (`protocol.md` §7 steps 1-5 and 8).
//!
//! [`judge`] is a pure function: the clock, our names and the lists are parameters. What it lets through has
//! passed every check but those that need the actor's document: the caller fetches the actor within its
//! budget ([`Buckets`]), then calls [`verify_signature`], then looks at keys, owners and embedded objects with
//! the store at hand. Each check has a name ([`Step`]), so that tests, logs and alerts can say which one spoke.
//! Nothing here may trust a word of the activity beyond its shape: until the signature is verified, its
//! `actor` is what a stranger wrote.

mod blocks;
mod owner;
mod rates;
mod shape;
mod step;
mod urls;

use rustine_domain::checks::Check;
use rustine_domain::time::Timestamp;
use serde_json::Value;
use url::Url;

use crate::signature::{Fields, KeyCache, Parameters, Received, Signed, read_get, read_post};

pub use blocks::{lists_domain, registrable_domain};
pub use rates::{Buckets, Rate, RateSettings, Wait};
pub use shape::{Kind, MAX_BODY_BYTES, check_head};
pub use step::{Refusal, Step};
pub use urls::{UrlFault, remote_url};

/// What the gate knows about this server and this moment.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Our public origin, e.g. `https://a.example`.
    pub origin: &'a Url,
    /// The values of `Host` that we answer to, e.g. `a.example`, or `a.localhost:8001` in `--dev`.
    pub hosts: &'a [&'a str],
    /// `--dev`: http and explicit ports for names under `.localhost`.
    pub dev: bool,
    /// The moment of arrival.
    pub now: Timestamp,
    /// Whether exactly this domain is on the block list; asked for each parent domain too.
    pub blocked: &'a dyn Fn(&str) -> bool,
    /// In allow-list and silent mode: whether exactly this domain is on the list; asked for each parent domain too.
    pub allowed: Option<&'a dyn Fn(&str) -> bool>,
    /// In allow-list mode: whoever is not on the list may still ask for a peering, and nothing else.
    pub may_ask: bool,
    /// Whether this actor is in our store.
    pub knows_actor: &'a dyn Fn(&Url) -> bool,
}

/// The three ways the gate answers.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Answer with the refusal's status and sentence.
    Refuse(Refusal),
    /// Answer 202 and do nothing; the reason is for the log.
    Ignore202 {
        /// Why it has no effect here.
        why: &'static str,
    },
    /// Go on with fetching the actor.
    Accept(Box<Passed>),
}

/// An activity that passed every check which needs no I/O. Its signature is still to be verified.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The activity, as read strictly from the body.
    pub activity: Value,
    /// Its id; the same origin as its actor.
    pub id: Url,
    /// Its type.
    pub kind: Kind,
    /// Who sent it, as claimed.
    pub actor: Url,
    /// The key it claims to be signed by; the same origin as the actor.
    pub key_id: Url,
    /// What to verify.
    pub signed: Signed,
}

/// A signed GET that passed every check which needs no I/O. Its signature is still to be verified.
#[derive(Clone, Debug)]
pub struct SignedGet {
    /// The key it claims to be signed by.
    pub key_id: Url,
    /// What to verify.
    pub signed: Signed,
}

/// Judges a POST to an inbox.
pub fn judge(request: Received<'_>, site: &Site<'_>) -> Outcome {
    match try_judge(request, site) {
        Ok(outcome) => outcome,
        Err(refusal) => Outcome::Refuse(refusal),
    }
}

fn try_judge(request: Received<'_>, site: &Site<'_>) -> Result<Outcome, Refusal> {
    check_head(request.fields)?;
    let activity = shape::read(request.body)?;
    let names = shape::names(&activity)?;
    let id = own_url(names.id, "id", site)?;
    let actor = own_url(names.actor, "actor", site)?;
    // The key stands on the actor's origin, or is refused below; so what is allowed to one is allowed to the other.
    let lists = Site {
        allowed: site
            .allowed
            .filter(|_| !(site.may_ask && asks_for_peering(&activity, names.kind, site))),
        ..*site
    };
    check_lists(&actor, &lists)?;
    check_claimed_key(request.fields, &lists)?;
    let signed = read_post(request, site.hosts, site.now)?;
    let key_id = key_url(&signed, site)?;
    if key_id.origin() != actor.origin() && Check::KeyOrigin.stands() {
        return Err(Step::KeyOrigin
            .refuse("the signature's keyId and the actor stand on different servers"));
    }
    if owner::deletes_itself(&activity) && !(site.knows_actor)(&actor) {
        return Ok(Outcome::Ignore202 {
            why: "an actor unknown here deleted itself",
        });
    }
    let Some(kind) = Kind::of(names.kind) else {
        return Ok(Outcome::Ignore202 {
            why: "activities of this type mean nothing here",
        });
    };
    owner::check(kind, &activity, &id, &actor)?;
    Ok(Outcome::Accept(Box::new(Passed {
        activity,
        id,
        kind,
        actor,
        key_id,
        signed,
    })))
}

/// Judges a signed GET, for documents that only some may read. `Err` with 401 also where nothing is signed.
pub fn judge_get(request: Received<'_>, site: &Site<'_>) -> Result<SignedGet, Refusal> {
    check_claimed_key(request.fields, site)?;
    let signed = read_get(request, site.hosts, site.now)?;
    let key_id = key_url(&signed, site)?;
    Ok(SignedGet { key_id, signed })
}

/// Verifies a signature with the key from the actor's document (step 7). A key that cannot be used counts as
/// a wrong one.
pub fn verify_signature(
    signed: &Signed,
    public_key_pem: &str,
    keys: &KeyCache,
) -> Result<(), Refusal> {
    let key = keys.load(public_key_pem).map_err(|why| {
        Step::Verification.refuse(format!("the actor's publicKeyPem cannot be used: {why}"))
    })?;
    if signed.verify(&key) || !Check::Verification.stands() {
        return Ok(());
    }
    Err(Step::Verification.refuse("the signature was not made by the actor's key"))
}

/// A URL that names something of another server, never of ours.
fn own_url(text: &str, member: &str, site: &Site<'_>) -> Result<Url, Refusal> {
    let url = read_url(text, site.dev, Check::Url)
        .map_err(|fault| Step::Url.refuse(format!("{member}: {fault}")))?;
    if url.origin() == site.origin.origin() && Check::OwnOrigin.stands() {
        return Err(Step::OwnOrigin.refuse(format!("{member} stands on this very server")));
    }
    Ok(url)
}

/// Any URL at all where the check is switched off.
fn read_url(text: &str, dev: bool, check: Check) -> Result<Url, UrlFault> {
    match remote_url(text, dev) {
        Err(_) if !check.stands() => Url::parse(text).map_err(|_| UrlFault::NoUrl),
        read => read,
    }
}

fn key_url(signed: &Signed, site: &Site<'_>) -> Result<Url, Refusal> {
    let url = read_url(&signed.key_id, site.dev, Check::KeyOrigin)
        .map_err(|fault| Step::KeyOrigin.refuse(format!("the signature's keyId: {fault}")))?;
    if url.origin() == site.origin.origin() && Check::KeyOrigin.stands() {
        return Err(Step::KeyOrigin.refuse("the signature's keyId stands on this very server"));
    }
    Ok(url)
}

/// Step 3 for the key: a server that is blocked must not speak through an actor elsewhere. A signature that
/// cannot be read is left to step 4.
fn check_claimed_key(fields: &Fields, site: &Site<'_>) -> Result<(), Refusal> {
    let claimed = fields.all("signature").filter_map(Parameters::parse);
    for key in claimed.filter_map(|parameters| Url::parse(&parameters.key_id).ok()) {
        check_lists(&key, site)?;
    }
    Ok(())
}

/// True for a Follow of the instance actor.
fn asks_for_peering(activity: &Value, kind: &str, site: &Site<'_>) -> bool {
    let object = &activity["object"];
    let object = object.as_str().or_else(|| object["id"].as_str());
    let ours = site.origin.join("/actor");
    kind == Kind::Follow.as_str()
        && object.is_some_and(|object| ours.is_ok_and(|ours| ours.as_str() == object))
}

fn check_lists(url: &Url, site: &Site<'_>) -> Result<(), Refusal> {
    if !Check::Blocked.stands() {
        return Ok(());
    }
    let domain = url.host_str().unwrap_or_default();
    if lists_domain(site.blocked, domain) {
        return Err(Step::Blocked.refuse("this server does not talk with yours"));
    }
    if site
        .allowed
        .is_some_and(|allowed| !lists_domain(allowed, domain))
    {
        return Err(
            Step::Blocked.refuse("this server talks with chosen servers only; ask its operator")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
