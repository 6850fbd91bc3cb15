//! For tests: a published dataset, people who propose, and a moderator who decides.

use std::net::IpAddr;

use rustine_domain::ids::{PatchId, RowId};
use rustine_store::NewUser;

use super::decide::{Decided, Decision, decide};
use super::propose::{Proposal, ProposeError, Proposed, ProposedOp, Proposer, propose};
use crate::accounts::Person;
use crate::datasets::{create, publish};
use crate::instance;
use crate::testing::{TestApp, field, now, schema};

pub struct Desk {
    pub node: TestApp,
    pub lea: Person,
}

impl Desk {
    pub fn new(change: impl FnOnce(&mut crate::Settings)) -> Self {
        let node = TestApp::new("http://a.localhost:1").restarted(change);
        instance::create(&node.app).unwrap();
        create::create(&node.app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
        publish::publish(&node.app, &"lieux".parse().unwrap()).unwrap();
        let lea = Self::person(&node, "lea", "operator");
        Self { node, lea }
    }

    pub fn person(node: &TestApp, name: &str, role: &str) -> Person {
        let user = NewUser {
            name: name.into(),
            email: format!("{name}@a.example"),
            password_hash: String::new(),
            confirmed: true,
            role: role.into(),
            lang: "fr".into(),
            created: now(),
        };
        let id = node.app.db.write(|tx| tx.insert_user(&user)).unwrap();
        Person {
            id,
            name: name.into(),
            operator: role == "operator",
            roles: Default::default(),
            lang: "fr".into(),
        }
    }

    pub fn try_by(&self, ops: Vec<ProposedOp>, by: Proposer) -> Result<Proposed, ProposeError> {
        let proposal = Proposal {
            dataset: "lieux".parse().unwrap(),
            ops,
            summary: None,
            name: None,
            email: None,
            by,
        };
        propose(&self.node.app, &proposal)
    }

    /// What the visitor with this address proposes.
    pub fn visit(&self, ops: Vec<ProposedOp>, address: [u8; 4]) -> Result<PatchId, ProposeError> {
        let by = Proposer::Visitor(IpAddr::from(address));
        self.try_by(ops, by).map(|proposed| proposed.id)
    }

    pub fn accept(&self, id: PatchId) -> Decided {
        decide(&self.node.app, id, &self.lea, &Decision::Accept).unwrap()
    }

    /// Proposes and accepts.
    pub fn done(&self, ops: Vec<ProposedOp>) -> PatchId {
        let by = Proposer::Person(self.lea.clone());
        let id = self.try_by(ops, by).unwrap().id;
        self.accept(id);
        id
    }

    /// The rows as they stand: `nom` and `places`.
    pub fn rows(&self) -> Vec<(RowId, String, String)> {
        let rows = self.node.rows(self.node.record("lieux").id);
        let text = |state: &rustine_domain::log::RowState, name: &str| {
            state.value(name).unwrap_or_default().to_owned()
        };
        let mut rows: Vec<_> = rows
            .iter()
            .map(|(id, state)| (*id, text(state, "nom"), text(state, "places")))
            .collect();
        rows.sort_by(|one, other| one.1.cmp(&other.1));
        rows
    }
}

pub fn add(nom: &str, places: &str) -> ProposedOp {
    let cells = [
        (field("nom"), nom.to_owned()),
        (field("places"), places.to_owned()),
    ];
    ProposedOp::Add {
        cells: cells.into(),
    }
}

pub fn set(row: RowId, name: &str, value: &str) -> ProposedOp {
    ProposedOp::Set {
        row,
        field: field(name),
        value: Some(value.to_owned()),
        base: None,
    }
}

pub fn del(row: RowId) -> ProposedOp {
    ProposedOp::Del { row, base: None }
}
