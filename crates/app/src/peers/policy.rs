//! What an operator chooses with a peering about the other side's proposals: a rule of each dataset of ours that is
//! open, which its maintainers may refine or remove like any other ([`crate::rules`]).

use rustine_domain::ids::Host;
use rustine_domain::rules::{Outcome, Rule, Sender};
use rustine_store::{DatasetFilter, DatasetRecord, StoreError, Tx};

use crate::App;
use crate::rules::change::{self, Owner, RulesError};
use crate::rules::read;

/// Datasets read at a time.
const PAGE: i64 = 200;

/// A rule that names a peer.
#[derive(Debug, Clone)]
pub struct OnDataset {
    /// The dataset of ours.
    pub dataset: DatasetRecord,
    /// What it says.
    pub rule: Rule,
}

/// Makes `outcome` the rule about everything that a host proposes, on each of our datasets that takes proposals.
///
/// # Errors
/// [`RulesError`]
pub(super) fn write(
    app: &App,
    tx: &mut Tx<'_>,
    host: &str,
    outcome: Outcome,
) -> Result<(), RulesError> {
    let host: Host = host
        .parse()
        .map_err(|_| StoreError::Other(format!("{host} is no host")))?;
    let rule = Rule {
        id: 0,
        field: None,
        sender: Sender::Peer(host),
        outcome,
    };
    for dataset in open(tx)? {
        change::set_in(app, tx, Owner::Operator, &dataset, &rule)?;
    }
    Ok(())
}

/// The same in a transaction of its own, for a peer that is there already.
///
/// # Errors
/// [`RulesError`]
pub fn set(app: &App, host: &Host, outcome: Outcome) -> Result<(), RulesError> {
    app.db.write(|tx| write(app, tx, host.as_str(), outcome))
}

fn open(tx: &mut Tx<'_>) -> Result<Vec<DatasetRecord>, StoreError> {
    let ours = DatasetFilter {
        local: Some(true),
        ..DatasetFilter::default()
    };
    let mut found: Vec<DatasetRecord> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let place = after.as_deref().map(|name| ("", name));
        let page = tx.list_datasets(&ours, place, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.name.clone());
        found.extend(
            page.into_iter()
                .filter(|dataset| dataset.status != "closed"),
        );
    }
}

/// The rules that name a peer, by dataset.
///
/// # Errors
/// Where the store fails.
pub fn about(app: &App, host: &Host) -> Result<Vec<OnDataset>, StoreError> {
    app.db.read(|tx| {
        let mut found = Vec::new();
        for record in tx.list_rules_about("peer", host.as_str())? {
            found.push(OnDataset {
                dataset: tx.load_dataset(record.dataset)?,
                rule: read(&record)?,
            });
        }
        Ok(found)
    })
}

#[cfg(test)]
mod tests {
    use rustine_domain::rules::{Ceiling, MAX_RULES};
    use rustine_store::PeerRecord;

    use super::*;
    use crate::datasets::{create, publish};
    use crate::patches::desk::Desk;
    use crate::peers::ask::Choice;
    use crate::peers::decide::{DecideError, accept_with};
    use crate::peers::{ACCEPTED, ASKING};
    use crate::testing::{peer, schema};

    const HOST: &str = "b.localhost:2";

    /// Two datasets, and a host that asks for a peering.
    fn asked() -> Desk {
        let desk = Desk::new(|_| {});
        let app = &desk.node.app;
        create::create(app, &"trajets".parse().unwrap(), &schema("Trajets")).unwrap();
        publish::publish(app, &"trajets".parse().unwrap()).unwrap();
        let peer = peer(HOST, ASKING);
        app.db.write(|tx| tx.put_peer(&peer)).unwrap();
        desk
    }

    fn answer(desk: &Desk, proposals: Option<Outcome>) -> Result<PeerRecord, DecideError> {
        let choice = Choice {
            proposals,
            ..Choice::default()
        };
        accept_with(&desk.node.app, &HOST.parse().unwrap(), &choice)
    }

    fn held(desk: &Desk) -> Vec<(String, Option<String>, Outcome)> {
        let found = about(&desk.node.app, &HOST.parse().unwrap()).unwrap();
        let mut held: Vec<_> = found
            .into_iter()
            .map(|on| {
                let field = on.rule.field.map(|field| field.to_string());
                (on.dataset.name, field, on.rule.outcome)
            })
            .collect();
        held.sort();
        held
    }

    #[test]
    fn what_is_chosen_with_an_answer_is_a_rule_of_each_open_dataset() {
        for outcome in [
            Outcome::Queue,
            Outcome::Drop,
            Outcome::Accept(Ceiling::USUAL),
        ] {
            let desk = asked();
            assert_eq!(answer(&desk, Some(outcome)).unwrap().state, ACCEPTED);
            let rule = |name: &str| (name.to_owned(), None, outcome);
            assert_eq!(held(&desk), [rule("lieux"), rule("trajets")]);
        }
        let desk = asked();
        assert_eq!(answer(&desk, None).unwrap().state, ACCEPTED);
        assert_eq!(held(&desk), [], "nothing is chosen, nothing changes");
    }

    #[test]
    fn a_later_choice_replaces_the_earlier_one_and_leaves_rules_about_fields() {
        let desk = asked();
        answer(&desk, Some(Outcome::Drop)).unwrap();
        let app = &desk.node.app;
        let by_field = Rule {
            id: 0,
            field: Some("nom".parse().unwrap()),
            sender: Sender::Peer(HOST.parse().unwrap()),
            outcome: Outcome::Queue,
        };
        change::add(app, Owner::Operator, &"lieux".parse().unwrap(), &by_field).unwrap();
        let lines = |name: &str| {
            let id = desk.node.record(name).id;
            let lines: Result<_, StoreError> = app.db.read(|tx| tx.list_modlog(id, 0, 99));
            lines.unwrap().len()
        };
        assert_eq!((lines("lieux"), lines("trajets")), (2, 1));
        for _ in 0..2 {
            set(app, &HOST.parse().unwrap(), Outcome::Queue).unwrap();
            assert_eq!(
                held(&desk),
                [
                    ("lieux".to_owned(), None, Outcome::Queue),
                    ("lieux".to_owned(), Some("nom".to_owned()), Outcome::Queue),
                    ("trajets".to_owned(), None, Outcome::Queue),
                ]
            );
            assert_eq!((lines("lieux"), lines("trajets")), (3, 2));
        }
    }

    #[test]
    fn an_answer_whose_rule_finds_no_room_is_no_answer() {
        let desk = asked();
        let app = &desk.node.app;
        let full = "trajets".parse().unwrap();
        for n in 0..MAX_RULES {
            let rule = Rule {
                id: 0,
                field: None,
                sender: Sender::Group(format!("groupe-{n}")),
                outcome: Outcome::Queue,
            };
            change::add(app, Owner::Operator, &full, &rule).unwrap();
        }
        let refused = answer(&desk, Some(Outcome::Drop));
        assert!(matches!(
            refused,
            Err(DecideError::Rules(RulesError::TooMany))
        ));
        assert_eq!(held(&desk), [], "not even on the dataset that had room");
        let peer = app.db.read(|tx| tx.find_peer(HOST)).unwrap();
        assert_eq!(peer.unwrap().state, ASKING);
    }
}
