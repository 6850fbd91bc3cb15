//! End-to-end tests of the federation: real nodes, the release binary, the command line and HTTP.
//!
//! This library holds the steps that the stories are told with; the stories stand in `tests/all`. Every test
//! says that it is skipped when `RUSTINE_BIN` names no binary.

pub mod backups;
pub mod moderation;
pub mod person;

use rustine_testkit::node::Node;
use rustine_testkit::places;
use rustine_testkit::table::Table;
use rustine_testkit::wait;
use serde_json::Value;

/// The dataset of every story.
pub const LIEUX: &str = "lieux";

/// How long a change may take to reach another node, in seconds. The product promises 10; a loaded machine
/// that runs many nodes gets more.
pub const SOON_S: u64 = 40;

/// Publishes `table` as the dataset `name` on `node`, with the column `id` as key if there is one.
pub fn publish(node: &Node, name: &str, table: &Table) -> Value {
    import(node, name, table, &["--license", "etalab-2.0", "--publish"])
}

/// Imports `table` under a name that exists already.
pub fn import_again(node: &Node, name: &str, table: &Table) -> Value {
    import(node, name, table, &[])
}

fn import(node: &Node, name: &str, table: &Table, options: &[&str]) -> Value {
    let file = node.file(&format!("{name}.csv"), table.to_csv());
    let file = file.to_string_lossy();
    let mut words = vec!["dataset", "import", &file, "--name", name];
    words.extend(options);
    if table.header.iter().any(|title| title == "id") {
        words.extend(["--key", "id"]);
    }
    node.json(&words)
}

/// Publishes `count` invented places as [`LIEUX`].
pub fn publish_places(node: &Node, count: usize) -> Value {
    publish(node, LIEUX, &places::table(count))
}

/// The dataset as CSV, read.
#[must_use]
pub fn export(node: &Node, dataset: &str) -> Table {
    Table::parse(
        node.call(&["dataset", "export", dataset, "--format", "csv"])
            .done()
            .stdout
            .as_bytes(),
    )
}

/// The ids of the rows in the order of the export.
///
/// # Panics
/// When `--with-ids` adds no column of ids.
#[must_use]
pub fn row_ids(node: &Node, dataset: &str) -> Vec<String> {
    let text = node
        .call(&[
            "dataset",
            "export",
            dataset,
            "--format",
            "csv",
            "--with-ids",
        ])
        .done()
        .stdout;
    let table = Table::parse(text.as_bytes());
    let is_id =
        |cell: &str| cell.len() == 36 && cell.bytes().filter(|byte| *byte == b'-').count() == 4;
    let column = (0..table.header.len())
        .find(|at| !table.rows.is_empty() && table.rows.iter().all(|row| is_id(&row[*at])))
        .unwrap_or_else(|| panic!("no column of ids in {:?}", table.header));
    table.rows.iter().map(|row| row[column].clone()).collect()
}

/// What two copies compare.
#[must_use]
pub fn digest(node: &Node, dataset: &str) -> Value {
    node.json(&["dataset", "digest", dataset])
}

/// Makes sure that every hash and signature of a dataset holds.
pub fn verify(node: &Node, dataset: &str) {
    let _ = node.call(&["dataset", "verify", dataset]).done();
}

/// Makes partners of two running nodes.
pub fn befriend(one: &Node, other: &Node) {
    let _ = one.call(&["peer", "add", other.host()]).done();
    wait::until("the request for a partnership", SOON_S, || {
        (other.call(&["peer", "accept", one.host()]).code == Some(0)).then_some(())
    });
    wait::until("the partnership on both sides", SOON_S, || {
        let sides = [(one, other), (other, one)];
        sides
            .iter()
            .all(|(side, far)| peering(side, far.host()).as_deref() == Some("accepted"))
            .then_some(())
    });
}

/// The state of a partnership, if there is one.
#[must_use]
pub fn peering(node: &Node, host: &str) -> Option<String> {
    let list = node.json(&["peer", "list"]);
    let peer = list["peers"]
        .as_array()?
        .iter()
        .find(|peer| peer["host"] == host)?
        .clone();
    peer["state"].as_str().map(str::to_owned)
}

/// Starts a copy of `origin`'s [`LIEUX`] on `replica` and waits until both are equal.
pub fn replicate(origin: &Node, replica: &Node) {
    let address = origin.address_of(LIEUX);
    let _ = replica.call(&["replica", "add", &address]).done();
    converge(origin, &[replica]);
}

/// Waits until `origin` itself lists its peer `replica` among the copies of [`LIEUX`]: a copy can be complete before
/// its origin has heard of it.
pub fn is_listed(origin: &Node, replica: &Node) {
    let actor = replica.origin();
    wait::until("the origin to list its copy", SOON_S, || {
        let listed = origin.get(&format!("/datasets/{LIEUX}/replicas")).json();
        let items = listed["orderedItems"].as_array()?.iter();
        items
            .filter_map(Value::as_str)
            .any(|item| item.starts_with(actor))
            .then_some(())
    });
}

/// Waits until every replica of [`LIEUX`] has the digest that the origin has now.
pub fn converge(origin: &Node, replicas: &[&Node]) {
    let wanted = digest(origin, LIEUX);
    for replica in replicas {
        has_digest(replica, &origin.address_of(LIEUX), &wanted);
    }
}

/// Waits until the copy `address` on `replica` has the digest `wanted`.
///
/// # Panics
/// When it does not, with how the copy stands.
pub fn has_digest(replica: &Node, address: &str, wanted: &Value) {
    let equal = wait::within(3 * SOON_S, || {
        let called = replica.call(&["dataset", "digest", address, "--json"]);
        (called.code == Some(0) && called.json() == *wanted).then_some(())
    });
    if equal.is_none() {
        let status = replica.call(&["replica", "status", address]).said();
        panic!("{} never had the digest {wanted}: {status}", replica.host());
    }
}

/// Proposes as a visitor without an account: `changes` are the words after the dataset. Returns the id.
#[must_use]
pub fn propose(node: &Node, dataset: &str, changes: &[&str]) -> String {
    let mut words = vec!["patch", "propose", dataset];
    words.extend(changes);
    text(&node.json(&words), "id")
}

/// The status of a patch, as `node` sees it.
#[must_use]
pub fn status(node: &Node, patch: &str) -> String {
    text(&node.json(&["patch", "show", patch]), "status")
}

/// Waits until `node` sees `patch` in the status `wanted`.
pub fn has_status(node: &Node, patch: &str, wanted: &str) {
    wait::until(&format!("the patch to be {wanted}"), SOON_S, || {
        (status(node, patch) == wanted).then_some(())
    });
}

/// Waits until `node` has a patch of [`LIEUX`] in the status `pending`, and returns its id there.
#[must_use]
pub fn next_pending(node: &Node) -> String {
    wait::until("a pending patch", SOON_S, || {
        pending(node).into_iter().next()
    })
}

/// The ids of all pending patches of [`LIEUX`] on `node`.
#[must_use]
pub fn pending(node: &Node) -> Vec<String> {
    let list = node.json(&["patch", "list", "--dataset", LIEUX, "--status", "pending"]);
    list["patches"]
        .as_array()
        .map(|all| all.iter().map(|patch| text(patch, "id")).collect())
        .unwrap_or_default()
}

/// A member of a document that must be text.
///
/// # Panics
/// When it is not.
#[must_use]
pub fn text(document: &Value, member: &str) -> String {
    document[member]
        .as_str()
        .unwrap_or_else(|| panic!("no text {member} in {document}"))
        .to_owned()
}

/// The cell in column `title` of the place whose `id` is `key`.
///
/// # Panics
/// When there is no such place.
#[must_use]
pub fn cell(table: &Table, key: &str, title: &str) -> String {
    let keys = table.values("id");
    let at = keys
        .iter()
        .position(|known| *known == key)
        .unwrap_or_else(|| panic!("no place {key}"));
    table.rows[at][table.column(title)].clone()
}
