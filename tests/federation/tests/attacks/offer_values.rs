//! What proposals of strangers may touch: open datasets, values that fit, what they have seen (attacks F6, F7, F8, F26).

use rustine_domain::checks::Check;
use rustine_domain::commit::OfferedOp;
use rustine_domain::ids::Hash;

use crate::forgery::Forgery;
use crate::offers::{Offer, honest, reworked};

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    vec![
        Forgery::work("for a closed dataset", "F8", Check::OfferOpen)
            .honest(honest)
            .unsigned(|scene, draft| {
                let actor = draft.activity["actor"].as_str().unwrap_or_default();
                *draft = Offer::new(scene, actor, "ferme").draft(scene);
            }),
        Forgery::work("a field that the schema lacks", "F26", Check::OfferValues)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| offer.ops = vec![offer.set("inconnu", Some("x"))]);
            }),
        Forgery::work("the key of another row", "F26", Check::OfferValues)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    let own = offer.seen.state.value("id").unwrap_or_default();
                    let other = if own == "lieu-000001" { "lieu-000002" } else { "lieu-000001" };
                    offer.ops = vec![offer.set("id", Some(other))];
                });
            }),
        Forgery::work("the owner's order of rows changed", "F6", Check::OfferValues)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| offer.ops = vec![offer.set("_order", Some("Z"))]);
            }),
        Forgery::work("the source of a row changed", "F6", Check::OfferValues)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    let source = "urn:uuid:0190aaaa-0000-7000-8000-000000000000/0190aaaa-0000-7000-8000-000000000001";
                    offer.ops = vec![offer.set("_source", Some(source))];
                });
            }),
        Forgery::work("a base that nobody holds", "F7", Check::OfferBases)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    if let Some(OfferedOp::Set { base, .. }) = offer.ops.first_mut() {
                        *base = Some(Hash([9; 32]));
                    }
                });
            }),
        Forgery::work("no base where there is a value", "F7", Check::OfferBases)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    if let Some(OfferedOp::Set { base, .. }) = offer.ops.first_mut() {
                        *base = None;
                    }
                });
            }),
        Forgery::work("a row deleted unseen", "F7", Check::OfferBases)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    offer.ops = vec![OfferedOp::Del {
                        row: offer.seen.row,
                        row_base: Hash([9; 32]),
                    }];
                });
            }),
    ]
}
