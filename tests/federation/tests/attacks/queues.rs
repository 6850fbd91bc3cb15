//! Who reads what waits for a decision: a signed GET of the instance of somebody who holds a role, and nobody else
//! (`protocol.md` §5; attacks F5, F8).

use rustine_domain::checks::Check;
use rustine_testkit::hostile::{Answer, Key};
use rustine_tests_federation::LIEUX;

use crate::effects::instance;
use crate::letter::Draft;
use crate::moderators::{HOST, granted, moderator, reviewer, revoke, waiting};
use crate::stories::{Story, Told};
use crate::world::Scene;

/// The checks that these stories attack.
pub const CHECKS: [Check; 1] = [Check::QueueReader];

/// The stories.
pub const STORIES: [Story; 6] = [
    ("a queue read by an instance without a role", stranger),
    ("a queue read after the role was taken back", revoked),
    ("a queue read by a person", person),
    ("a queue read in the name of another instance", impostor),
    (
        "a queue read with a signature for another address",
        replayed,
    ),
    ("a queue read by a blocked instance", blocked),
];

/// What stands in a queue.
const PROPOSAL: &str = "DataPatch";

/// Puts the actor of a server's instance; returns its id.
fn seat(scene: &Scene<'_>, host: &str) -> String {
    let id = format!("https://{host}/actor");
    let world = scene.world;
    world.put_actor(&id, &instance(scene, &id, true));
    id
}

/// The request for the queue of the places, signed in an actor's name.
fn asking(scene: &Scene<'_>, who: &str, key: &Key) -> Draft {
    let path = format!("/datasets/{LIEUX}/queue");
    Draft::get(scene.side.host, &path, key, &format!("{who}#main-key"))
}

/// A request that is refused with this status while the check stands, and answered once it is off; the instance of the
/// moderator is answered in both cases.
fn told(
    scene: &Scene<'_>,
    through: bool,
    (draft, checks, status): (&Draft, &[Check], u16),
) -> Told {
    moderator(scene);
    waiting(scene);
    let holder = asking(scene, &seat(scene, HOST), &scene.world.honest);
    let honest = scene.send(&holder.seal());
    if !reads(&honest) {
        return Err(format!("its honest twin is refused: {}", honest.text));
    }
    if through {
        scene.switch_off(checks);
    }
    let answer = scene.send(&draft.seal());
    let fits = match through {
        true => reads(&answer),
        false => answer.status == status && !answer.text.contains(PROPOSAL),
    };
    fits.then_some(())
        .ok_or_else(|| format!("through: {through}, and it is answered {}", answer.text))
}

/// Whether an answer is a queue in which something waits.
fn reads(answer: &Answer) -> bool {
    answer.status == 200 && answer.text.contains(PROPOSAL)
}

fn stranger(scene: &Scene<'_>, through: bool) -> Told {
    let mut document = instance(scene, "https://evil.test/actor", true);
    document["publicKey"]["publicKeyPem"] = scene.world.evil.pem().into();
    let who = "https://evil.test/actor";
    scene.world.put_actor(who, &document);
    let draft = asking(scene, who, &scene.world.evil);
    told(scene, through, (&draft, &[Check::QueueReader], 403))
}

fn revoked(scene: &Scene<'_>, through: bool) -> Told {
    let who = reviewer(scene.world, "victim.test", "ancienne");
    revoke(scene, &granted(scene, &who, LIEUX));
    let draft = asking(scene, &seat(scene, "victim.test"), &scene.world.honest);
    told(scene, through, (&draft, &[Check::QueueReader], 403))
}

/// What a person may decide on is read by her instance, which shows it to her alone.
fn person(scene: &Scene<'_>, through: bool) -> Told {
    let draft = asking(scene, &moderator(scene), &scene.world.honest);
    told(scene, through, (&draft, &[Check::QueueReader], 403))
}

fn impostor(scene: &Scene<'_>, through: bool) -> Told {
    let draft = asking(scene, &seat(scene, HOST), &scene.world.evil);
    told(scene, through, (&draft, &[Check::Verification], 401))
}

/// The instance asked for something public once, and left the address out of what it signed.
fn replayed(scene: &Scene<'_>, through: bool) -> Told {
    let mut draft = asking(scene, &seat(scene, HOST), &scene.world.honest);
    draft.list = "host date".to_owned();
    told(scene, through, (&draft, &[Check::TargetUnsigned], 401))
}

fn blocked(scene: &Scene<'_>, through: bool) -> Told {
    let who = "https://blocked.test/actor";
    let mut document = instance(scene, who, true);
    document["publicKey"]["publicKeyPem"] = scene.world.evil.pem().into();
    scene.world.put_actor(who, &document);
    let draft = asking(scene, who, &scene.world.evil);
    let checks = [Check::Blocked, Check::QueueReader];
    told(scene, through, (&draft, &checks, 403))
}
