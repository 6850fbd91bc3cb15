//! Where a copy may be pulled from: its origin, our peers that keep a copy too, the others (`protocol.md` §3.6).

use rustine_app::context::host_of;
use rustine_app::peers::ACCEPTED;
use rustine_app::{App, blocks, outbox};
use rustine_domain::ids::Host;
use rustine_store::{DatasetRecord, ReplicaStateRecord, StoreError, Tx};
use url::Url;

use super::machine::Standing;

/// Sources of one copy at most; the origin's list may be long, and one good source is enough.
const MOST_SOURCES: usize = 50;

/// A log and who serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) log: String,
    pub(super) standing: Standing,
}

/// The places to pull a copy from; `listed` are the hosts that the origin named as its replicas.
///
/// # Errors
/// Where the store fails.
pub(super) fn places(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    state: &ReplicaStateRecord,
    listed: &[Host],
) -> Result<Vec<Place>, StoreError> {
    let scheme = app.settings.origin.scheme();
    let mut places = Vec::new();
    // The origin of a copy may be blocked like anybody else; what others serve of it verifies by itself.
    let origin = outbox::host(&dataset.url);
    if !blocks::covers(tx, origin.as_ref().map_or("", |host| host.as_str()))? {
        push(
            &mut places,
            format!("{}/log", dataset.url),
            Standing::Origin,
        );
    }
    let Ok(host) = dataset.host.parse::<Host>() else {
        return Ok(places);
    };
    // A dataset that moved is known by its new address before the entry that says so was read.
    if !blocks::covers(tx, host.as_str())? {
        let named = format!("{scheme}://{host}/datasets/{}/log", dataset.name);
        push(&mut places, named, Standing::Origin);
    }
    let peers: Vec<Host> = tx
        .list_peers()?
        .into_iter()
        .filter(|peer| peer.state == ACCEPTED)
        .filter_map(|peer| peer.host.parse().ok())
        .collect();
    let holders = tx.list_copy_holders(dataset.id)?;
    let mut add = |copy: &Host, standing: Standing| {
        let ours = copy == app.host() || *copy == host;
        if ours || places.len() >= MOST_SOURCES || blocks::covers(tx, copy.as_str())? {
            return Ok(());
        }
        let log = copy_log(scheme, copy, &dataset.name, &host);
        push(&mut places, log, standing);
        Ok::<_, StoreError>(())
    };
    if let Some(named) = state
        .named_source
        .as_ref()
        .and_then(|host| host.parse().ok())
    {
        add(&named, Standing::Peer)?;
    }
    // Whoever served last may be one that the origin lists no more, or a restart has forgotten.
    if let Some(last) = state.source.as_ref().and_then(|host| host.parse().ok()) {
        add(&last, Standing::Other)?;
    }
    for peer in &peers {
        let standing = if listed.contains(peer) {
            Standing::Peer
        } else {
            Standing::Other
        };
        add(peer, standing)?;
    }
    for other in listed {
        add(other, Standing::Other)?;
    }
    // Whom the origin named before it fell silent, and whoever said that it lives there now.
    for other in holders.iter().filter_map(|host| host.parse().ok()) {
        add(&other, Standing::Other)?;
    }
    Ok(places)
}

fn push(places: &mut Vec<Place>, log: String, standing: Standing) {
    if !places.iter().any(|place| place.log == log) {
        places.push(Place { log, standing });
    }
}

/// The log of a copy on another instance: `https://b.example/datasets/lieux@a.example/log`.
pub(crate) fn copy_log(scheme: &str, copy: &Host, name: &str, origin: &Host) -> String {
    format!("{scheme}://{copy}/datasets/{name}@{origin}/log")
}

/// The hosts of a `replicas` collection.
pub(super) fn hosts(ids: &[rustine_protocol::Uri]) -> Vec<Host> {
    ids.iter()
        .filter_map(|id| id.as_str().parse::<Url>().ok())
        .filter_map(|url| host_of(&url).parse().ok())
        .collect()
}
