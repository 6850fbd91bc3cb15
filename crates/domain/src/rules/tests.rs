//! Which rule counts, and what holds beside the rules.

use proptest::prelude::*;

use super::*;
use crate::ids::RowId;

const USUAL: Outcome = Outcome::Accept(Ceiling::USUAL);

fn field(name: &str) -> FieldName {
    name.parse().unwrap()
}

fn host(name: &str) -> Host {
    name.parse().unwrap()
}

fn rule(id: i64, name: Option<&str>, sender: Sender, outcome: Outcome) -> Rule {
    Rule {
        id,
        field: name.map(field),
        sender,
        outcome,
    }
}

fn row(number: u128) -> RowId {
    RowId(uuid::Uuid::from_u128(
        0x1000_0000_0000_4000_8000_0000_0000_0000 + number,
    ))
}

fn set(name: &str) -> OfferedOp {
    set_in(1, name)
}

fn set_in(number: u128, name: &str) -> OfferedOp {
    OfferedOp::Set {
        row: row(number),
        field: field(name),
        base: None,
        value: Some("x".into()),
    }
}

fn add(names: &[&str]) -> OfferedOp {
    OfferedOp::Add {
        label: "_:1".into(),
        cells: names.iter().map(|name| (field(name), "x".into())).collect(),
    }
}

/// Somebody of `b.example`, a peer of the group `lac`.
fn known() -> Source {
    Source {
        host: host("b.example"),
        here: false,
        peer: true,
        groups: ["lac".to_owned()].into(),
        visitor: false,
        role: Role::None,
        accepted: 10,
    }
}

fn fate(rules: &[Rule], from: &Source, ops: &[OfferedOp]) -> Fate {
    let rules = Rules {
        rules: rules.to_vec(),
        quarantine: 3,
    };
    let case = Case {
        from,
        ops,
        spent: Spent::default(),
        rows: 1000,
    };
    decide(&rules, case)
}

#[test]
fn without_rules_everything_waits() {
    assert_eq!(
        fate(&[], &known(), &[set("nom")]),
        Fate::Queue(Waits::NoRule)
    );
}

#[test]
fn the_most_precise_rule_counts() {
    let rules = [
        rule(1, None, Sender::Anyone, Outcome::Drop),
        rule(2, None, Sender::Peers, Outcome::Queue),
        rule(3, None, Sender::Group("lac".into()), Outcome::Drop),
        rule(4, None, Sender::Peer(host("b.example")), USUAL),
        rule(5, Some("tel"), Sender::Anyone, Outcome::Queue),
    ];
    let from = known();
    assert_eq!(fate(&rules, &from, &[set("nom")]), Fate::Accept { rule: 4 });
    assert_eq!(
        fate(&rules, &from, &[set("tel")]),
        Fate::Queue(Waits::Rule(5)),
        "a rule for the field goes before one for the sender"
    );
    let c = Source {
        host: host("c.example"),
        ..known()
    };
    assert_eq!(fate(&rules, &c, &[set("nom")]), Fate::Drop { rule: 3 });
    let alone = Source {
        groups: BTreeSet::new(),
        ..c.clone()
    };
    assert_eq!(
        fate(&rules, &alone, &[set("nom")]),
        Fate::Queue(Waits::Rule(2))
    );
    let stranger = Source {
        peer: false,
        ..alone
    };
    assert_eq!(
        fate(&rules, &stranger, &[set("nom")]),
        Fate::Drop { rule: 1 }
    );
}

#[test]
fn what_is_accepted_from_a_partner_by_name_ends_with_the_partnership() {
    let by_name = |outcome| [rule(1, None, Sender::Peer(host("b.example")), outcome)];
    let former = Source {
        peer: false,
        groups: BTreeSet::new(),
        ..known()
    };
    for (outcome, then, since) in [
        (USUAL, Fate::Accept { rule: 1 }, Fate::Queue(Waits::NoRule)),
        (
            Outcome::Queue,
            Fate::Queue(Waits::Rule(1)),
            Fate::Queue(Waits::Rule(1)),
        ),
        (
            Outcome::Drop,
            Fate::Drop { rule: 1 },
            Fate::Drop { rule: 1 },
        ),
    ] {
        assert_eq!(fate(&by_name(outcome), &known(), &[set("nom")]), then);
        assert_eq!(fate(&by_name(outcome), &former, &[set("nom")]), since);
    }
}

#[test]
fn the_strictest_outcome_is_that_of_the_proposal() {
    let peer = || Sender::Peer(host("b.example"));
    let rules = [
        rule(1, Some("horaires"), peer(), USUAL),
        rule(2, Some("nom"), peer(), Outcome::Queue),
        rule(3, Some("courriel"), peer(), Outcome::Drop),
    ];
    let of = |names: &[&str]| {
        let ops: Vec<OfferedOp> = names.iter().map(|name| set(name)).collect();
        fate(&rules, &known(), &ops)
    };
    assert_eq!(of(&["horaires"]), Fate::Accept { rule: 1 });
    assert_eq!(of(&["horaires", "nom"]), Fate::Queue(Waits::Rule(2)));
    assert_eq!(of(&["horaires", "nom", "courriel"]), Fate::Drop { rule: 3 });
    assert_eq!(
        of(&["horaires", "adresse"]),
        Fate::Queue(Waits::NoRule),
        "nobody said that the address may change"
    );
    assert_eq!(
        fate(&rules, &known(), &[add(&["horaires"])]),
        Fate::Queue(Waits::NoRule),
        "a rule about a field adds no rows"
    );
    assert_eq!(
        fate(&rules, &known(), &[add(&["nom", "courriel"])]),
        Fate::Drop { rule: 3 },
        "a dropped field does not come in with a new row"
    );
}

#[test]
fn a_rule_for_everything_covers_adding_and_removing_rows() {
    let rules = [rule(1, None, Sender::Peers, USUAL)];
    let del = OfferedOp::Del {
        row: row(1),
        row_base: crate::ids::Hash([0; 32]),
    };
    assert_eq!(
        fate(&rules, &known(), &[add(&["nom"]), del]),
        Fate::Accept { rule: 1 }
    );
}

#[test]
fn roles_visitors_and_accounts_are_told_apart() {
    let check = |sender: Sender, from: Source, spoken: bool| {
        let rules = [rule(1, None, sender.clone(), Outcome::Drop)];
        let found = fate(&rules, &from, &[set("nom")]);
        assert_eq!(
            found == Fate::Drop { rule: 1 },
            spoken,
            "{sender:?} {from:?}"
        );
    };
    let visitor = Source {
        visitor: true,
        ..known()
    };
    let here = Source {
        here: true,
        peer: false,
        ..known()
    };
    let writes = Source {
        role: Role::Write,
        ..known()
    };
    check(Sender::Visitors, visitor.clone(), true);
    check(Sender::Visitors, known(), false);
    check(Sender::Accounts, here.clone(), true);
    check(Sender::Accounts, known(), false);
    check(Sender::Strangers, here, false);
    check(Sender::Role(Role::Write), writes.clone(), true);
    check(Sender::Role(Role::Maintain), writes, false);
    check(Sender::Role(Role::None), known(), false);
}

#[test]
fn a_new_sender_waits_whatever_the_rules_accept() {
    let rules = [rule(1, None, Sender::Peers, USUAL)];
    let new = Source {
        accepted: 2,
        ..known()
    };
    assert_eq!(
        fate(&rules, &new, &[set("nom")]),
        Fate::Queue(Waits::Quarantine { rule: 1 })
    );
    let entitled = Source {
        role: Role::Write,
        ..new
    };
    assert_eq!(
        fate(&rules, &entitled, &[set("nom")]),
        Fate::Accept { rule: 1 }
    );
}

#[test]
fn beyond_fifty_operations_or_five_percent_of_the_rows_the_rest_waits() {
    let rules = Rules {
        rules: vec![rule(1, None, Sender::Peers, USUAL)],
        quarantine: 0,
    };
    let check = |spent: (u64, u64), rows: u64, ops: &[OfferedOp], accepted: bool| {
        let case = Case {
            from: &known(),
            ops,
            spent: Spent {
                ops: spent.0,
                rows: spent.1,
            },
            rows,
        };
        let expected = match accepted {
            true => Fate::Accept { rule: 1 },
            false => Fate::Queue(Waits::Ceiling { rule: 1 }),
        };
        assert_eq!(decide(&rules, case), expected, "{spent:?} of {rows}");
    };
    let two = [set_in(1, "nom"), set_in(2, "nom")];
    check((48, 0), 10_000, &two, true);
    check((49, 0), 10_000, &two, false);
    check((0, 3), 100, &two, true);
    check((0, 4), 100, &two, false);
    check((0, 0), 3, &two[..1], true);
    check((0, 0), 3, &two, false);
}

proptest! {
    /// However a peer cuts its proposals, a day's accepted operations and rows stay below the ceiling.
    #[test]
    fn a_flood_is_accepted_up_to_the_ceiling_and_no_further(
        sizes in prop::collection::vec(1_u128..40, 1..60), rows in 0_u64..3000,
    ) {
        let rules = Rules { rules: vec![rule(1, None, Sender::Peers, USUAL)], quarantine: 0 };
        let (from, now) = (known(), Timestamp::from_seconds(1_790_000_000).unwrap());
        let mut ledger = Ledger::default();
        for (minute, size) in (0..).zip(sizes) {
            let ops: Vec<OfferedOp> = (0..size).map(|row| set_in(row, "nom")).collect();
            let at = now.plus_seconds(60 * minute);
            let spent = ledger.spent(&from.host, at);
            let case = Case { from: &from, ops: &ops, spent, rows };
            if let Fate::Accept { .. } = decide(&rules, case) {
                ledger.spend(&from.host, at, &ops);
            }
            let spent = ledger.spent(&from.host, at);
            prop_assert!(spent.ops <= 50, "{spent:?}");
            prop_assert!(spent.rows <= (rows * 5 / 100).max(1), "{spent:?} of {rows}");
        }
        let later = now.plus_seconds(60 * 60 + DAY_SECONDS);
        prop_assert_eq!(ledger.spent(&from.host, later), Spent::default());
    }
}
