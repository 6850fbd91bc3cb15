//! Reports of others: what they are about, how many, and who settles them (`protocol.md` §5; attacks F5, F8, F13, F20).

use rustine_domain::checks::Check;
use serde_json::json;

use crate::effects::said_by;
use crate::forgery::Forgery;
use crate::letter::Draft;
use crate::moderators::moderator;
use crate::traps::Trap;
use crate::world::{Scene, somebody};

const ALICE: &str = "https://victim.test/users/alice";
const BOB: &str = "https://victim.test/users/bob";
const MALLORY: &str = "https://evil.test/users/mallory";

/// Open reports of one instance on a dataset.
const QUOTA: usize = 50;

/// Somebody reports the places.
fn flag_by(scene: &Scene<'_>, who: &str) -> Draft {
    let mut draft = scene.draft(who, "Flag", &json!([scene.dataset()]));
    draft.activity["content"] = json!("wrong: cette adresse n'existe pas");
    draft
}

fn flag(scene: &Scene<'_>) -> Draft {
    flag_by(scene, ALICE)
}

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = objects();
    all.extend(answers());
    all
}

fn objects() -> Vec<Forgery> {
    vec![
        Forgery::gate("a report in a colleague's name", "F5", Check::Attribution)
            .honest(flag)
            .unsigned(|_, draft| draft.activity["attributedTo"] = json!(BOB)),
        Forgery::work("a report on a draft", "F8", Check::FlagObject)
            .honest(flag)
            .unsigned(|scene, draft| {
                let draft_of_ours = format!("{}/datasets/brouillon", scene.origin());
                draft.activity["object"] = json!([draft_of_ours]);
            }),
        Forgery::work(
            "a stranger passes on a report on a dataset elsewhere",
            "F13",
            Check::FlagObject,
        )
        .honest(flag)
        .unsigned(|scene, draft| {
            let trap = Trap::set(scene.world);
            trap.spring(scene);
            trap.copied(scene);
            draft.activity["object"] = json!([trap.url]);
        }),
        Forgery::work(
            "the 51st open report of one instance",
            "F20",
            Check::FlagQuota,
        )
        .honest(flag)
        .unsigned(|scene, draft| {
            for _ in 0..QUOTA {
                scene.deliver(&flag_by(scene, MALLORY));
            }
            *draft = flag_by(scene, MALLORY);
        }),
    ]
}

fn answers() -> Vec<Forgery> {
    /// A moderator elsewhere settles a report on the places.
    fn settled(scene: &Scene<'_>, kind: &str) -> Draft {
        let flag = flag(scene);
        scene.deliver(&flag);
        let object = json!({"id": flag.activity["id"], "type": "Flag"});
        scene.draft(&moderator(scene), kind, &object)
    }
    fn handled(scene: &Scene<'_>) -> Draft {
        settled(scene, "Accept")
    }
    fn dismissed(scene: &Scene<'_>) -> Draft {
        settled(scene, "Reject")
    }
    vec![
        Forgery::work(
            "somebody without a role settles a report",
            "F13",
            Check::FlagAnswer,
        )
        .honest(handled)
        .unsigned(|scene, draft| said_by(scene, draft, &somebody(scene))),
        Forgery::work("its reporter dismisses a report", "F13", Check::FlagAnswer)
            .honest(dismissed)
            .unsigned(|scene, draft| said_by(scene, draft, ALICE)),
    ]
}
