//! `rustine demo`: three real nodes on loopback, with invented places.

mod child;
mod story;

use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustine_outbound::{Client, Settings};

use crate::cli;
use crate::output::line;
use child::{Node, PASSWORD};
use story::Story;

/// Name of the register.
pub const DATASET: &str = "lieux";
/// The field that identifies a row of it.
pub const KEY_FIELD: &str = "id";

const PLACES: &str = include_str!("lieux.csv");
const NODES: [(&str, &str); 3] = [
    ("brume", "Pays de Brume"),
    ("ambre", "Val d'Ambre"),
    ("rives", "Les Rives"),
];

/// Runs the demonstration until it is stopped, or once.
///
/// # Errors
/// The first step that failed; the nodes are ended in any case.
pub async fn run(options: &cli::Demo) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir().context("no temporary folder can be made")?;
    let folder = match &options.keep {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            folder.as_path()
        }
        None => temporary.path(),
    };
    let ports = ports(options)?;
    line("Preparing three instances: keys, an invented register, their peering …");
    let mut nodes = Vec::new();
    for ((label, title), port) in NODES.into_iter().zip(ports) {
        nodes.push(Node::prepare(folder, label, title, port)?);
    }
    publish(folder, &nodes[0])?;
    for node in &mut nodes {
        let pid = node.start()?;
        line(&format!(
            "  {:<14} {}  (pid {pid})",
            node.title,
            node.origin()
        ));
    }
    let client = Client::new(Settings {
        user_agent: "rustine-demo".into(),
        dev: true,
        ..Settings::default()
    })?;
    for node in &mut nodes {
        ready(node, &client).await?;
    }
    connect(&mut nodes).await?;
    let token = nodes[0].run(&["user", "token", "moderation"])?;
    let token = token["token"]
        .as_str()
        .context("no token was made")?
        .to_owned();
    let mut story = Story {
        nodes: &mut nodes,
        token,
        client,
    };
    if options.once {
        story.play().await?;
        line("Everything happened as it should.");
        return Ok(());
    }
    story
        .step(
            "the register is on all three nodes, with equal digests",
            Instant::now(),
        )
        .await?;
    tour(&nodes);
    watch(&mut nodes).await
}

/// Three ports: the given one and the two after it, or free ones. A data folder that is kept keeps its ports.
fn ports(options: &cli::Demo) -> anyhow::Result<[u16; 3]> {
    if let Some(folder) = &options.keep
        && let Some(ports) = kept_ports(folder)
    {
        return Ok(ports);
    }
    if let Some(first) = options.port {
        let last = first
            .checked_add(2)
            .context("--port must leave room for three ports")?;
        return Ok([first, first + 1, last]);
    }
    let held: Vec<TcpListener> = (0..3)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect::<Result<_, _>>()
        .context("no port is free")?;
    let ports: Vec<u16> = held
        .iter()
        .map(|held| held.local_addr().map(|address| address.port()))
        .collect::<Result<_, _>>()?;
    ports.try_into().ok().context("three ports are needed")
}

fn kept_ports(folder: &Path) -> Option<[u16; 3]> {
    let ports: Vec<u16> = NODES
        .iter()
        .filter_map(|(label, _)| crate::config::load(&folder.join(label)).ok()?.origin.port())
        .collect();
    ports.try_into().ok()
}

fn publish(folder: &Path, node: &Node) -> anyhow::Result<()> {
    let known = node.run(&["dataset", "list"])?;
    if known["datasets"]
        .as_array()
        .is_some_and(|datasets| !datasets.is_empty())
    {
        return Ok(());
    }
    let file = folder.join("lieux.csv");
    std::fs::write(&file, PLACES).context("the invented places cannot be written")?;
    let file = file.display().to_string();
    let title = "Lieux du Pays de Brume";
    node.run(
        &[
            &[
                "dataset", "import", &file, "--name", DATASET, "--title", title,
            ][..],
            &["--license", "etalab-2.0", "--key", KEY_FIELD, "--publish"],
        ]
        .concat(),
    )?;
    Ok(())
}

async fn ready(node: &mut Node, client: &Client) -> anyhow::Result<()> {
    let url: url::Url = format!("{}/readyz", node.origin()).parse()?;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        node.check_alive()?;
        let answer = client.get(rustine_outbound::Fetch::new(url.clone())).await;
        if answer.is_ok_and(|answer| answer.status.is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    bail!("{} was not ready within 30 s", node.host)
}

/// The second and third ask the first for a peering, it accepts, and they copy its register.
async fn connect(nodes: &mut [Node]) -> anyhow::Result<()> {
    let (first, others) = nodes.split_first_mut().context("three nodes")?;
    let dataset = format!("{DATASET}@{}", first.host);
    for other in others {
        if peer_state(other, &first.host)?.as_deref() != Some("accepted") {
            other.run(&["peer", "add", &first.host])?;
            wait_peer(first, &other.host, "asking").await?;
            first.run(&["peer", "accept", &other.host])?;
            wait_peer(other, &first.host, "accepted").await?;
            other.run(&["replica", "add", &dataset])?;
        }
    }
    Ok(())
}

fn peer_state(node: &Node, host: &str) -> anyhow::Result<Option<String>> {
    let answer = node.run(&["peer", "list"])?;
    let peers = answer["peers"]
        .as_array()
        .context("`peer list` lists no peers")?;
    let peer = peers.iter().find(|peer| peer["host"] == host);
    Ok(peer
        .and_then(|peer| peer["state"].as_str())
        .map(str::to_owned))
}

async fn wait_peer(node: &mut Node, host: &str, state: &str) -> anyhow::Result<()> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        node.check_alive()?;
        if peer_state(node, host)?.as_deref() == Some(state) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!(
        "the peering of {} and {host} is not \"{state}\" after 30 s",
        node.host
    )
}

fn tour(nodes: &[Node]) {
    let [first, second, third] = nodes else {
        return;
    };
    line(&format!(
        "\nThree instances are running; nothing leaves this machine.\n\n\
         \x20 {:<14} {}   owns the register\n\
         \x20 {:<14} {}   keeps a verified copy\n\
         \x20 {:<14} {}   keeps a verified copy\n\n\
         Moderator of each: moderation / {PASSWORD}\n\
         Citizen's link:    {}/datasets/{DATASET}@{}\n\n\
         A tour in five steps\n\
         \x20 1. Open the citizen's link, choose a place, and press « Corriger cette fiche ».\n\
         \x20 2. Change a cell, send it, and keep the private page that appears open.\n\
         \x20 3. Log in at {}/moderation and open the proposal.\n\
         \x20 4. Accept it; reload the private page: it says so.\n\
         \x20 5. See the place corrected on {} too, and compare the digests:\n\
         \x20    {}/api/v1/datasets/{DATASET}/digest\n\
         \x20    {}/api/v1/datasets/{DATASET}@{}/digest\n\n\
         Ctrl-C ends all three.",
        first.title,
        first.origin(),
        second.title,
        second.origin(),
        third.title,
        third.origin(),
        second.origin(),
        first.host,
        first.origin(),
        third.title,
        first.origin(),
        third.origin(),
        first.host,
    ));
}

async fn watch(nodes: &mut [Node]) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            stop = tokio::signal::ctrl_c() => return stop.context("Ctrl-C cannot be waited for"),
            () = tokio::time::sleep(Duration::from_secs(1)) => nodes.iter_mut().try_for_each(Node::check_alive)?,
        }
    }
}
