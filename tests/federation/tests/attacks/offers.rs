//! Proposals of strangers: what an offer must be, who may make it, what it may touch, who may take it back
//! (`docs/federation.md`; attacks F5, F6, F20, F26).

use rustine_domain::checks::Check;
use rustine_domain::commit::{self, OfferedOp, offer_digest};
use rustine_domain::ids::{DatasetUid, FieldName, Hash, PatchId, RowId, Salt};
use rustine_domain::log::RowState;
use rustine_tests_federation::LIEUX;
use serde_json::{Value, json};

use crate::effects::{instance, said_by};
use crate::forgery::Forgery;
use crate::letter::Draft;
use crate::offer_values;
use crate::world::{Scene, origin_of, somebody};

const ALICE: &str = "https://victim.test/users/alice";
const BOB: &str = "https://victim.test/users/bob";
const INSTANCE: &str = "https://peer.test/actor";

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = forms();
    all.extend(senders());
    all.extend(offer_values::table());
    all
}

/// What a stranger can read of a dataset.
pub struct Seen {
    pub uid: DatasetUid,
    pub schema: Hash,
    pub row: RowId,
    pub state: RowState,
}

fn read(scene: &Scene<'_>, dataset: &str) -> Seen {
    let text = scene
        .side
        .node
        .browser()
        .get(&format!("{dataset}/log/snapshot"))
        .expect(200)
        .text();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("lines of JSON"))
        .collect();
    // The log tells also of a closed dataset, whose actor is gone.
    let uid: DatasetUid = lines[0][1]["uid"]
        .as_str()
        .unwrap_or_default()
        .parse()
        .expect("a uid");
    let schema = commit::schema(&lines[1][1]);
    let row = &lines[2];
    Seen {
        uid,
        schema,
        row: row[1]
            .as_str()
            .unwrap_or_default()
            .parse()
            .expect("a row id"),
        state: RowState::from_snapshot(&row[2]).expect("a row"),
    }
}

/// An offer in the making.
pub struct Offer {
    actor: String,
    dataset: String,
    pub seen: Seen,
    id: String,
    pub ops: Vec<OfferedOp>,
}

impl Offer {
    pub fn new(scene: &Scene<'_>, actor: &str, name: &str) -> Self {
        let dataset = format!("{}/datasets/{name}", scene.origin());
        let seen = read(scene, &dataset);
        Self::on(scene, actor, &dataset, seen)
    }

    /// An offer on a dataset of any instance.
    pub fn on(scene: &Scene<'_>, actor: &str, dataset: &str, seen: Seen) -> Self {
        let value = format!("Nom {}", scene.world.fresh());
        let mut offer = Self {
            actor: actor.to_owned(),
            dataset: dataset.to_owned(),
            seen,
            id: format!(
                "{}/patches/{}",
                origin_of(actor),
                PatchId(uuid::Uuid::new_v4())
            ),
            ops: Vec::new(),
        };
        offer.ops = vec![offer.set("nom", Some(&value))];
        offer
    }

    /// Sets a cell of the first row, on the base that is held.
    pub fn set(&self, field: &str, value: Option<&str>) -> OfferedOp {
        let field: FieldName = field.parse().expect("a field's name");
        let base = self
            .seen
            .state
            .commitment(self.seen.uid, self.seen.row, &field);
        OfferedOp::Set {
            row: self.seen.row,
            field,
            base,
            value: value.map(str::to_owned),
        }
    }

    /// The object, with the digest of what it says.
    pub fn object(&self) -> Value {
        let salt: [u8; 16] = *uuid::Uuid::new_v4().as_bytes();
        let nonce = Salt(salt);
        let digest = offer_digest(&nonce, self.seen.uid, &self.seen.schema, &self.ops);
        json!({
            "id": self.id,
            "type": "DataPatch",
            "attributedTo": self.actor,
            "context": self.dataset,
            "uid": self.seen.uid.to_string(),
            "published": "2026-11-20T10:00:00Z",
            "schema": self.seen.schema.to_string(),
            "nonce": nonce.to_string(),
            "digest": digest.to_string(),
            "ops": self.ops.iter().map(OfferedOp::to_json).collect::<Value>(),
        })
    }

    pub fn draft(&self, scene: &Scene<'_>) -> Draft {
        let mut draft = scene.draft(&self.actor, "Offer", &self.object());
        draft.activity["to"] = json!([self.dataset]);
        draft.activity["target"] = json!(self.dataset);
        draft
    }
}

/// An offer of somebody who is known on the attacker's machine.
pub fn offer(scene: &Scene<'_>, who: &str) -> Draft {
    Offer::new(scene, who, LIEUX).draft(scene)
}

/// As [`offer`], on another dataset.
pub fn offer_on(scene: &Scene<'_>, who: &str, dataset: &str) -> Draft {
    Offer::new(scene, who, dataset).draft(scene)
}

/// A new person offers, so that no quota of one person is met by chance.
pub fn honest(scene: &Scene<'_>) -> Draft {
    Offer::new(scene, &somebody(scene), LIEUX).draft(scene)
}

/// The same offer with another content, sealed anew.
pub fn reworked(scene: &Scene<'_>, draft: &mut Draft, change: impl Fn(&mut Offer)) {
    let mut offer = Offer::new(
        scene,
        draft.activity["actor"].as_str().unwrap_or_default(),
        LIEUX,
    );
    change(&mut offer);
    *draft = offer.draft(scene);
}

fn forms() -> Vec<Forgery> {
    vec![
        Forgery::work("another value than the digest's", "F10", Check::OfferDigest)
            .honest(honest)
            .unsigned(|_, draft| draft.activity["object"]["ops"][0]["value"] = json!("autre")),
        Forgery::work(
            "another schema than the digest's",
            "F10",
            Check::OfferDigest,
        )
        .honest(honest)
        .unsigned(|_, draft| {
            draft.activity["object"]["schema"] = json!(Hash([7; 32]).to_string());
        }),
        Forgery::work("another nonce than the digest's", "F10", Check::OfferDigest)
            .honest(honest)
            .unsigned(|_, draft| {
                draft.activity["object"]["nonce"] = json!(Salt([7; 16]).to_string());
            }),
        Forgery::work(
            "a member that the digest does not cover",
            "F9",
            Check::OfferMembers,
        )
        .honest(honest)
        .unsigned(|_, draft| draft.activity["object"]["accepted"] = json!(true)),
        Forgery::work(
            "a second name for the operations",
            "F9",
            Check::OfferMembers,
        )
        .honest(honest)
        .unsigned(|_, draft| draft.activity["object"]["operations"] = json!([])),
        Forgery::work("an offer of nothing", "F26", Check::OfferSize)
            .behind(&[Check::OfferValues])
            .honest(honest)
            .unsigned(|scene, draft| reworked(scene, draft, |offer| offer.ops.clear())),
        Forgery::work("501 operations", "F26", Check::OfferSize)
            .behind(&[Check::OfferValues])
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    offer.ops = (0..501).map(|at| add(&format!("n{at}"), "x")).collect();
                });
            }),
        Forgery::work("a cell of 65 kilobytes", "F26", Check::OfferSize)
            .behind(&[Check::OfferValues])
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    offer.ops = vec![offer.set("nom", Some(&"x".repeat(66_000)))];
                });
            }),
        Forgery::work("an offer of 300 kilobytes", "F26", Check::OfferSize)
            .behind(&[Check::OfferValues])
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    let long = "x".repeat(30_000);
                    offer.ops = (0..10).map(|at| add(&format!("l{at}"), &long)).collect();
                });
            }),
        Forgery::work(
            "a context that is not the target",
            "F8",
            Check::OfferContext,
        )
        .honest(honest)
        .unsigned(|scene, draft| {
            let other = format!("{}/datasets/ferme", scene.origin());
            draft.activity["object"]["context"] = json!(other);
        }),
        Forgery::work("not addressed to its target", "F8", Check::OfferContext)
            .honest(honest)
            .unsigned(|_, draft| draft.activity["to"] = json!([ALICE])),
        Forgery::work("for another dataset of this name", "F7", Check::OfferTarget)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    offer.seen.uid = DatasetUid(uuid::Uuid::new_v4());
                });
            }),
        Forgery::work("an id deeper than patches lie", "F7", Check::OfferId)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    offer.id = offer.id.replace("/patches/", "/users/alice/patches/");
                });
            }),
        Forgery::work("an id of a note", "F7", Check::OfferId)
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    offer.id = offer.id.replace("/patches/", "/notes/");
                });
            }),
    ]
}

fn add(key: &str, name: &str) -> OfferedOp {
    let cells = [("id", key), ("nom", name)];
    OfferedOp::Add {
        label: format!("_:{key}"),
        cells: cells
            .iter()
            .map(|(field, value)| (field.parse().expect("a field's name"), (*value).to_owned()))
            .collect(),
    }
}

fn senders() -> Vec<Forgery> {
    /// An accepted peer offers for a visitor of its own.
    fn for_visitor(scene: &Scene<'_>) -> Draft {
        befriended(scene);
        let mut draft = Offer::new(scene, INSTANCE, LIEUX).draft(scene);
        draft.activity["object"]["visitor"] = json!(format!("visitor{:09}", scene.world.fresh()));
        draft
    }
    /// Alice offers and takes it back.
    fn undo(scene: &Scene<'_>) -> Draft {
        let offer = Offer::new(scene, ALICE, LIEUX).draft(scene);
        scene.deliver(&offer);
        let object = json!({"id": offer.activity["id"], "type": "Offer"});
        scene.draft(ALICE, "Undo", &object)
    }
    vec![
        Forgery::gate(
            "a patch attributed to a colleague",
            "F5",
            Check::Attribution,
        )
        .behind(&[Check::ActivityOwner])
        .honest(honest)
        .unsigned(|_, draft| draft.activity["object"]["attributedTo"] = json!(BOB)),
        Forgery::gate("a patch with an id of another server", "F7", Check::Origin)
            .behind(&[Check::ActivityOrigin])
            .honest(honest)
            .unsigned(|scene, draft| {
                reworked(scene, draft, |offer| {
                    offer.id = format!(
                        "https://evil.test/patches/{}",
                        PatchId(uuid::Uuid::new_v4())
                    );
                });
            }),
        Forgery::work("a person offers for a visitor", "F5", Check::OfferVisitor)
            .honest(for_visitor)
            .unsigned(|scene, draft| {
                *draft = honest(scene);
                draft.activity["object"]["visitor"] = json!("visitor000000000");
            }),
        Forgery::work("an instance offers for nobody", "F5", Check::OfferVisitor)
            .honest(for_visitor)
            .unsigned(|_, draft| {
                let object = draft.activity["object"].as_object_mut();
                object.expect("the offer has an object").remove("visitor");
            }),
        Forgery::work(
            "an instance that is no peer offers for a visitor",
            "F13",
            Check::OfferPeer,
        )
        .honest(for_visitor)
        .unsigned(|scene, draft| {
            let stranger = "https://other.test/actor";
            scene
                .world
                .put_actor(stranger, &instance(scene, stranger, true));
            *draft = Offer::new(scene, stranger, LIEUX).draft(scene);
            draft.activity["object"]["visitor"] = json!("visitor000000000");
        }),
        Forgery::work("a colleague takes an offer back", "F6", Check::UndoProposer)
            .honest(undo)
            .unsigned(|scene, draft| said_by(scene, draft, BOB)),
        Forgery::work(
            "a colleague takes an offer back by its bare patch",
            "F6",
            Check::UndoProposer,
        )
        .honest(undo)
        .unsigned(|scene, draft| {
            draft.activity["object"]["object"] = json!("https://victim.test/patches/1");
            said_by(scene, draft, BOB);
        }),
        Forgery::work(
            "the 21st waiting offer of one person",
            "F20",
            Check::OfferQuota,
        )
        .honest(honest)
        .unsigned(|scene, draft| {
            let actor = draft.activity["actor"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            for _ in 0..20 {
                scene.deliver(&Offer::new(scene, &actor, LIEUX).draft(scene));
            }
        }),
    ]
}

/// The peering of the honest instance, made once on each side.
fn befriended(scene: &Scene<'_>) {
    scene
        .world
        .put_actor(INSTANCE, &instance(scene, INSTANCE, true));
    let list = scene.side.node.json(&["peer", "list"]).to_string();
    if list.contains("\"accepted\"") {
        return;
    }
    let ask = scene.draft(
        INSTANCE,
        "Follow",
        &json!(format!("{}/actor", scene.origin())),
    );
    scene.deliver(&ask);
    let _ = scene
        .side
        .node
        .call(&["peer", "accept", "peer.test"])
        .done();
}
