//! Attacks that take a story: a fork before, a log as long as the quota, a body of 64 MiB, a log or a key exchanged
//! on the hostile server itself. Each beside its honest twin, and each let through once its check is off.

use rustine_domain::checks::Check;
use rustine_domain::commit;
use rustine_domain::ids::Hash;
use rustine_domain::log::{EntryDraft, Header};
use rustine_testkit::inspect::State;
use rustine_testkit::wait;
use rustine_tests_federation::SOON_S;
use serde_json::{Value, json};

use crate::letter::Draft;
use crate::offers;
use crate::traps::{Trap, meta, parts, reseal};
use crate::world::{Scene, World, actor};
use crate::{modlogs, queue_lines, queues, votes};

/// The checks that the stories attack.
pub fn checks() -> Vec<Check> {
    let own = [
        Check::Frozen,
        Check::ReplicaQuota,
        Check::Identity,
        Check::BodyBytes,
        Check::KeyContinuity,
    ];
    [
        &own[..],
        &queues::CHECKS[..],
        &queue_lines::CHECKS[..],
        &votes::CHECKS[..],
        &modlogs::CHECKS[..],
    ]
    .concat()
}

/// Entries that a copy on either side may have (`limits.replica_entries`).
pub const QUOTA: u64 = 200;

/// What went wrong in a story.
pub type Told = Result<(), String>;

/// A story, by its name; true where its check is to be switched off.
pub type Story = (&'static str, fn(&Scene<'_>, bool) -> Told);

/// All of them.
pub fn all() -> Vec<Story> {
    let own: [Story; 7] = [
        ("an entry after a fork", frozen),
        ("an entry beyond the quota", quota),
        ("another log under a pinned name", identity),
        ("a body of 65 MiB", body_bytes),
        ("a known sender with another key", continuity),
        ("a lapsed domain with new keys", lapsed),
        ("erased without an order", gone),
    ];
    let mut stories = own.to_vec();
    stories.extend(queues::STORIES);
    stories.extend(queue_lines::STORIES);
    stories.extend(votes::STORIES);
    stories.extend(modlogs::STORIES);
    stories
}

/// Tells all stories on both sides; what went wrong, in words.
pub fn run(world: &World, only: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, story) in all() {
        if !format!("story: {name}").contains(only) {
            continue;
        }
        for (side, through) in [(&world.fortress, false), (&world.breach, true)] {
            let scene = Scene { world, side };
            let told = std::panic::AssertUnwindSafe(|| story(&scene, through));
            let told = std::panic::catch_unwind(told);
            if through {
                scene.switch_off(&[]);
            }
            match told {
                Ok(Ok(())) => {}
                Ok(Err(what)) => wrong.push(format!("{name} ({}): {what}", side.host)),
                Err(_) => wrong.push(format!("{name} ({}): see the panic above", side.host)),
            }
        }
    }
    // Copies replay logs (decision 0012), so that nothing in a snapshot can be believed.
    let heard = world.hostile.heard();
    if let Some(asked) = heard.iter().find(|it| it.url.contains("/log/snapshot")) {
        wrong.push(format!("a copy asks for a snapshot: {}", asked.url));
    }
    wrong
}

/// A trap that the node has copied.
pub fn copied(scene: &Scene<'_>) -> Trap {
    let trap = Trap::set(scene.world);
    trap.spring(scene);
    trap.copied(scene);
    trap
}

/// Whether the copy comes to stand at an entry.
fn stands_at(scene: &Scene<'_>, trap: &Trap, entry: Hash, limit_s: u64) -> bool {
    wait::within(limit_s, || {
        (trap.head(&State::of(&scene.side.node)) == Some(entry)).then_some(())
    })
    .is_some()
}

/// What the node has logged since, once it holds all these words.
pub fn logged(scene: &Scene<'_>, since: usize, words: &[&str], limit_s: u64) -> bool {
    wait::within(limit_s, || {
        let log = scene.side.node.log();
        let fresh = log.get(since..).unwrap_or_default();
        words.iter().all(|word| fresh.contains(word)).then_some(())
    })
    .is_some()
}

/// The next honest correction, kept, served and pushed.
fn correct(scene: &Scene<'_>, trap: &mut Trap) -> Told {
    let (signed, table) = trap.correction();
    let (header, body) = parts(&signed);
    trap.keep(&signed, table);
    trap.serve(scene.world);
    scene.deliver(&trap.push(scene, &header, &body));
    stands_at(scene, trap, trap.chain.entry, SOON_S)
        .then_some(())
        .ok_or_else(|| "the honest twin is refused".to_owned())
}

/// Pushes what a check refuses: on the fortress it says so and nothing moves, on the breach the copy follows.
fn pushed(
    scene: &Scene<'_>,
    trap: &Trap,
    (header, body): (&Value, &Value),
    check: Check,
    through: bool,
) -> Told {
    let entry = Header::parse(header)
        .map_err(|refusal| refusal.to_string())?
        .hash();
    let (before, since) = (
        trap.head(&State::of(&scene.side.node)),
        scene.side.node.log().len(),
    );
    if through {
        scene.switch_off(&[check]);
    }
    scene.deliver(&trap.push(scene, header, body));
    if through {
        return stands_at(scene, trap, entry, SOON_S)
            .then_some(())
            .ok_or_else(|| "with its check off, it is still refused".to_owned());
    }
    if !logged(scene, since, &["was not applied", check.name()], SOON_S) {
        return Err("another check speaks, or none".to_owned());
    }
    (trap.head(&State::of(&scene.side.node)) == before)
        .then_some(())
        .ok_or_else(|| "the copy moved".to_owned())
}

fn frozen(scene: &Scene<'_>, through: bool) -> Told {
    let mut trap = copied(scene);
    let (rival, _) = trap.correction();
    correct(scene, &mut trap)?;
    let (header, body) = parts(&rival);
    scene.deliver(&trap.push(scene, &header, &body));
    wait::until("the fork to be seen", SOON_S, || {
        trap.record(&State::of(&scene.side.node))?
            .contains("status='frozen'")
            .then_some(())
    });
    let (next, _) = trap.correction();
    let (header, body) = parts(&next);
    pushed(scene, &trap, (&header, &body), Check::Frozen, through)
}

fn quota(scene: &Scene<'_>, through: bool) -> Told {
    let mut trap = Trap::set(scene.world);
    while trap.chain.seq + 2 < QUOTA {
        let policy = json!({"quorum": 1 + trap.chain.seq, "instances": 1});
        let signed = trap.sign(EntryDraft::policy(policy, meta()));
        let table = trap.table.clone();
        trap.keep(&signed, table);
    }
    trap.serve(scene.world);
    trap.spring(scene);
    trap.copied(scene);
    // The last one that has room.
    correct(scene, &mut trap)?;
    let (next, _) = trap.correction();
    let (header, body) = parts(&next);
    pushed(scene, &trap, (&header, &body), Check::ReplicaQuota, through)
}

/// The server that a name is pinned to serves another log, with the dataset's own uid and address.
fn identity(scene: &Scene<'_>, through: bool) -> Told {
    copied(scene);
    let pinned = Trap::set(scene.world);
    let other = Trap::claiming(&pinned.name, pinned.uid);
    other.serve_under(scene.world, pinned.chain.genesis);
    let since = scene.side.node.log().len();
    if through {
        scene.switch_off(&[Check::Identity]);
    }
    other.spring(scene);
    if through {
        return stands_at(scene, &other, other.chain.entry, SOON_S)
            .then_some(())
            .ok_or_else(|| "with its check off, it is still refused".to_owned());
    }
    if !logged(
        scene,
        since,
        &["serves another log under this name"],
        SOON_S,
    ) {
        return Err("the other log is not noticed".to_owned());
    }
    let head = other.head(&State::of(&scene.side.node));
    (head != Some(other.chain.entry))
        .then_some(())
        .ok_or_else(|| "the other log was taken".to_owned())
}

/// Served, not pushed: no activity is as large.
fn body_bytes(scene: &Scene<'_>, through: bool) -> Told {
    let trap = Trap::set(scene.world);
    let policy = json!({"quorum": 1, "instances": 1});
    let signed = trap.sign(EntryDraft::policy(policy, meta()));
    let (mut header, mut body) = parts(&signed);
    body["meta"]["content"]["summary"] = json!("a".repeat(65 << 20));
    let salt = body["meta"]["salt"].as_str().unwrap_or_default();
    let salt = salt.parse().expect("an honest salt");
    header["meta"] = json!(commit::meta(&salt, &body["meta"]["content"]).to_string());
    reseal(&mut header, &trap.key.log());
    let entry = Header::parse(&header)
        .map_err(|refusal| refusal.to_string())?
        .hash();
    let honest = trap.chain.entry;
    let line = json!({"header": header, "body": body}).to_string();
    trap.serve_with(scene.world, &line, entry);
    let since = scene.side.node.log().len();
    if through {
        scene.switch_off(&[Check::BodyBytes]);
    }
    trap.spring(scene);
    // A debug build takes its time over 65 MiB.
    let (told, wanted) = if through {
        ("with its check off, it is still refused", entry)
    } else {
        ("the entries before it are refused", honest)
    };
    if !stands_at(scene, &trap, wanted, 5 * SOON_S) {
        return Err(told.to_owned());
    }
    if !through
        && !logged(
            scene,
            since,
            &["that does not hold", "67,108,864"],
            5 * SOON_S,
        )
    {
        return Err("another check speaks, or none".to_owned());
    }
    let head = trap.head(&State::of(&scene.side.node));
    (head == Some(wanted))
        .then_some(())
        .ok_or_else(|| "the copy moved".to_owned())
}

/// A follow by this person, signed by the attacker's key or the honest one.
fn follow(scene: &Scene<'_>, who: &str, evil: bool) -> Draft {
    let mut draft = scene.follow(who);
    if evil {
        draft.key = scene.world.evil.clone();
    }
    draft
}

/// Somebody whose proposal waits is suddenly shown with another key.
fn continuity(scene: &Scene<'_>, through: bool) -> Told {
    let world = scene.world;
    // The twin announces its new key by the one before.
    let twin = world.person("victim.test", &format!("t{}", world.fresh()), &world.honest);
    scene.deliver(&offers::offer(scene, &twin));
    let shown = actor(&twin, "Person", &world.evil);
    world.put_actor(&twin, &shown);
    scene.deliver(&scene.draft(&twin, "Update", &shown));
    wait::within(SOON_S, || {
        (scene.send(&follow(scene, &twin, true).seal()).status == 202).then_some(())
    })
    .ok_or("a key that was announced is refused")?;

    let who = world.person("victim.test", &format!("c{}", world.fresh()), &world.honest);
    scene.deliver(&offers::offer(scene, &who));
    world.put_actor(&who, &actor(&who, "Person", &world.evil));
    if through {
        scene.switch_off(&[Check::KeyContinuity]);
    }
    // That its document is to be looked at again is all that the first key says.
    scene.deliver(&scene.draft(&who, "Update", &json!(who)));
    let wanted = if through { 202 } else { 401 };
    let named = format!("about:blank#{}", Check::KeyContinuity.name());
    let answered = wait::within(SOON_S, || {
        let answer = scene.send(&follow(scene, &who, true).seal());
        let fits = answer.status == wanted && (through || answer.text.contains(&named));
        fits.then_some(())
    });
    answered.ok_or_else(|| format!("no {wanted} by {named}"))
}

/// Whoever buys the domain of an origin has its name, and neither its log key nor its RSA key: nothing moves.
fn lapsed(scene: &Scene<'_>, through: bool) -> Told {
    if through {
        // Several checks stand in each way here; the stories above take them one by one.
        return Ok(());
    }
    let mut trap = copied(scene);
    correct(scene, &mut trap)?;
    let head = trap.head(&State::of(&scene.side.node));
    let bought = Trap::claiming(&trap.name, trap.uid);
    bought.serve(scene.world);
    let mut group = actor(&bought.url, "Group", &scene.world.evil);
    group["uid"] = json!(bought.uid.to_string());
    group["genesis"] = json!(bought.chain.genesis.to_string());
    group["log"] = json!(format!("{}/log", bought.url));
    scene.world.put_actor(&bought.url, &group);
    let (next, _) = bought.correction();
    let (header, body) = parts(&next);
    let mut push = bought.push(scene, &header, &body);
    push.key = scene.world.evil.clone();
    let answer = scene.send(&push.seal());
    if answer.status != 401 {
        return Err(format!("a push by the new RSA key: {}", answer.text));
    }
    // By the key that is known, the entry itself is refused.
    let since = scene.side.node.log().len();
    scene.deliver(&bought.push(scene, &header, &body));
    if !logged(scene, since, &["was not applied"], SOON_S) {
        return Err("an entry by the new log key is not refused".to_owned());
    }
    if trap.head(&State::of(&scene.side.node)) != head {
        return Err("the copy moved".to_owned());
    }
    Ok(())
}

/// An entry that the copy holds comes again in the redacted form, without an order that anybody signed.
fn gone(scene: &Scene<'_>, through: bool) -> Told {
    if through {
        return Ok(());
    }
    let mut trap = copied(scene);
    correct(scene, &mut trap)?;
    let (header, mut body) = trap.last();
    let held = |scene: &Scene<'_>| {
        let state = State::of(&scene.side.node);
        let tables = ["rows", "bodies", "redactions", "datasets"];
        tables.map(|table| state.table(table).to_vec())
    };
    let before = held(scene);
    if let Some(op) = body["ops"][0].as_object_mut() {
        op.remove("value");
        op.remove("salt");
    }
    scene.deliver(&trap.push(scene, &header, &body));
    // The next entry is applied after it, so that there is nothing to wait for.
    let after = held(scene);
    correct(scene, &mut trap)?;
    (before == after)
        .then_some(())
        .ok_or_else(|| "the copy believed it".to_owned())
}
