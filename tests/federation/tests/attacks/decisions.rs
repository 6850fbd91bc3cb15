//! Decisions on what we proposed elsewhere (attack F13).

use rustine_domain::checks::Check;
use rustine_tests_federation::text;
use serde_json::json;

use crate::effects::said_by;
use crate::forgery::Forgery;
use crate::letter::Draft;
use crate::traps::Trap;
use crate::world::Scene;

const MALLORY: &str = "https://evil.test/users/mallory";

/// A visitor of ours proposed something on a dataset elsewhere, which refuses.
fn refusal(scene: &Scene<'_>) -> Draft {
    let trap = Trap::set(scene.world);
    trap.spring(scene);
    trap.copied(scene);
    let address = format!("{}@piege.test", trap.name);
    let row = trap.row.to_string();
    let words = [
        "patch",
        "propose",
        &address,
        "--row",
        &row,
        "--set",
        "nom=nouveau",
        "--as",
        "admin",
    ];
    let id = text(&scene.side.node.json(&words), "id");
    let patch = json!({"id": format!("{}/patches/{id}", scene.origin()), "type": "DataPatch"});
    let mut draft = scene.draft(&trap.url, "Reject", &patch);
    draft.activity["content"] = json!("non");
    draft
}

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    vec![
        Forgery::work(
            "a third party refuses our proposal",
            "F13",
            Check::DecisionDataset,
        )
        .honest(refusal)
        .unsigned(|scene, draft| said_by(scene, draft, MALLORY)),
        Forgery::work(
            "another dataset of the same server refuses it",
            "F6",
            Check::DecisionDataset,
        )
        .honest(refusal)
        .unsigned(|scene, draft| {
            let name = format!("g{}", scene.world.fresh());
            let other = scene.world.person("piege.test", &name, &scene.world.honest);
            said_by(scene, draft, &other);
        }),
        Forgery::work(
            "a third party accepts our proposal",
            "F13",
            Check::DecisionDataset,
        )
        .honest(refusal)
        .unsigned(|scene, draft| {
            accepting(draft);
            said_by(scene, draft, MALLORY);
        }),
        Forgery::work("a second decision", "F13", Check::DecisionOpen)
            .honest(refusal)
            .unsigned(|scene, draft| {
                scene.deliver(draft);
                let who = draft.activity["actor"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                draft.activity["content"] = json!("toujours non");
                said_by(scene, draft, &who);
            }),
        Forgery::work(
            "an acceptance after the refusal",
            "F13",
            Check::DecisionOpen,
        )
        .honest(refusal)
        .unsigned(|scene, draft| {
            scene.deliver(draft);
            let who = draft.activity["actor"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            accepting(draft);
            said_by(scene, draft, &who);
        }),
    ]
}

/// The same decision the other way.
fn accepting(draft: &mut Draft) {
    draft.activity["type"] = json!("Accept");
    draft.activity["result"] = json!({
        "id": "https://piege.test/datasets/piege/log/2",
        "type": "LogEntry",
        "seq": 2,
        "entry": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    });
}
