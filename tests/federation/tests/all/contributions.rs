//! What people really sent to a French register through the tool it used before: one wanted edit came with
//! 72 others that nobody meant, a phone number lost its zero, and three contributions held nothing of what
//! their authors wanted to say. Proposing one cell must change one cell.

use std::fs;
use std::path::PathBuf;

use rustine_testkit::node::Node;
use rustine_testkit::table::Table;
use rustine_testkit::{binary, shared};
use rustine_tests_federation::{export, propose, row_ids, status};
use serde_json::Value;

const NAME: &str = "rhinocc";

/// A node with the version of the register that a contribution was made on, and the contribution.
struct Case {
    node: Node,
    base: Table,
    proposal: PathBuf,
    sent: Table,
}

fn case(base: &str, proposal: &str) -> Option<Case> {
    let binary = binary()?;
    let base = shared::data(&format!("histories/rhinocc/{base}.csv"))?;
    let proposal = shared::data(&format!("histories/rhinocc/proposals/{proposal}.csv"))?;
    let read =
        |file: &PathBuf| Table::parse(&fs::read(file).expect("the shared table can be read"));
    let (sent, table) = (read(&proposal), read(&base));
    let node = Node::start(&binary, "rhinocc");
    let file = base.to_string_lossy();
    let words = [
        "dataset",
        "import",
        &file,
        "--name",
        NAME,
        "--key",
        "n_ref",
        "--license",
        "etalab-2.0",
        "--publish",
    ];
    let _ = node.json(&words);
    Some(Case {
        node,
        base: table,
        proposal,
        sent,
    })
}

impl Case {
    /// The first place where the contribution differs from its base in column `title`: row number and new cell.
    fn change_in(&self, title: &str) -> (usize, String) {
        let at = self.base.column(title);
        let rows = self.base.rows.iter().zip(&self.sent.rows).enumerate();
        let (row, sent) = rows
            .filter(|(_, (old, new))| old[at].trim() != new[at].trim())
            .map(|(row, (_, new))| (row, new[at].clone()))
            .next()
            .expect("the contribution changes this column");
        (row, sent)
    }

    /// Proposes one cell of one row, accepts it, and makes sure that this is all that changed.
    fn one_cell_changes_one_cell(&self, title: &str, row: usize, value: &str) {
        let id = &row_ids(&self.node, NAME)[row];
        let patch = propose(
            &self.node,
            NAME,
            &["--row", id, "--set", &format!("{title}={value}")],
        );
        assert_eq!(self.operations(&patch), 1);
        let _ = self.node.call(&["patch", "accept", &patch]).done();
        let after = export(&self.node, NAME);
        assert_eq!(after.cells_changed(&self.base), 1, "one cell was proposed");
        assert!(
            after.rows[row][after.column(title)] == value,
            "the cell is the one that was proposed"
        );
    }

    /// Sends the whole file, as the old tool did: every cell that differs is an operation that the moderator
    /// sees, and nothing happens before somebody accepts.
    fn the_whole_file_is_shown_cell_by_cell(&self, differing: u64) {
        assert_eq!(
            self.base.cells_changed(&self.sent) as u64,
            differing,
            "the shared data is another one"
        );
        let patch = propose(
            &self.node,
            NAME,
            &["--from", &self.proposal.to_string_lossy()],
        );
        assert_eq!(self.operations(&patch), differing);
        assert_eq!(status(&self.node, &patch), "pending");
        assert_eq!(
            export(&self.node, NAME).difference(&self.base),
            None,
            "nothing changed before a decision"
        );
    }

    fn operations(&self, patch: &str) -> u64 {
        let list = self.node.json(&["patch", "list", "--dataset", NAME]);
        let all = list["patches"].as_array().cloned().unwrap_or_default();
        let found = all
            .iter()
            .find(|known| known["id"] == patch)
            .expect("the patch is listed");
        match &found["ops"] {
            Value::Array(operations) => operations.len() as u64,
            count => count.as_u64().expect("a list or a number of operations"),
        }
    }
}

#[test]
fn rhinocc_776c9840_one_kind_of_place_is_one_cell() {
    let Some(case) = case("000_f3611b9e", "776c9840") else {
        return;
    };
    case.the_whole_file_is_shown_cell_by_cell(73);
    let (row, value) = case.change_in("type_lieu");
    case.one_cell_changes_one_cell("type_lieu", row, &value);
}

#[test]
fn rhinocc_3347440f_a_contribution_of_noise_is_seen_as_264_cells_and_refused() {
    noise("3347440f");
}

#[test]
fn rhinocc_519083d7_a_contribution_of_noise_is_seen_as_264_cells_and_refused() {
    noise("519083d7");
}

#[test]
fn rhinocc_48a5c174_a_contribution_of_noise_is_seen_as_264_cells_and_refused() {
    noise("48a5c174");
}

fn noise(proposal: &str) {
    let Some(case) = case("001_7ad104d9", proposal) else {
        return;
    };
    case.the_whole_file_is_shown_cell_by_cell(264);
    let list = case
        .node
        .json(&["patch", "list", "--dataset", NAME, "--status", "pending"]);
    let patch = list["patches"][0]["id"]
        .as_str()
        .expect("the patch has an id")
        .to_owned();
    let _ = case
        .node
        .call(&["patch", "refuse", &patch, "--reason", "Rien n'a changé"])
        .done();
    assert_eq!(export(&case.node, NAME).difference(&case.base), None);
}

#[test]
fn the_phone_number_keeps_its_zero() {
    let Some(case) = case("000_f3611b9e", "776c9840") else {
        return;
    };
    let (row, damaged) = case.change_in("tel_structure");
    let intact = case.base.rows[row][case.base.column("tel_structure")].clone();
    assert!(
        intact == format!("0{damaged}"),
        "the old tool took the zero away"
    );
    let id = &row_ids(&case.node, NAME)[row];
    // Somebody corrects another cell of the same record.
    let patch = propose(
        &case.node,
        NAME,
        &["--row", id, "--set", "precisions=Relu par un passant"],
    );
    let _ = case.node.call(&["patch", "accept", &patch]).done();
    let after = export(&case.node, NAME);
    assert!(
        after.rows[row][after.column("tel_structure")] == intact,
        "the number is as it was in CSV"
    );
    let shown = case
        .node
        .get(&format!("/api/v1/datasets/{NAME}/rows/{id}"))
        .expect(200)
        .text();
    assert!(
        shown.contains(&format!("\"{intact}\"")),
        "the number is text in the API"
    );
}
