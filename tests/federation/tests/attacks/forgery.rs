//! What a forgery is, and how it is put to the test: refused by name on the fortress without a trace, let through
//! on the breach once the checks it names are off, and its honest twin accepted.

use rustine_domain::checks::Check;
use rustine_testkit::hostile::Answer;
use rustine_testkit::inspect::State;

use crate::letter::{Draft, Letter};
use crate::world::{Scene, World};

/// Where a forgery is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// By the gate: a status that refuses, and nothing is written.
    Gate,
    /// After the gate took it as authentic: 202, and no effect.
    Work,
}

/// One attack in the shape of an honest request with something wrong.
pub struct Forgery {
    /// Unique, in words.
    pub name: &'static str,
    /// The row of the table of attacks that it belongs to.
    pub attack: &'static str,
    /// The check that refuses it.
    pub check: Check,
    /// The checks that would refuse it after that one.
    pub behind: &'static [Check],
    pub at: At,
    /// The honest twin; the forgery begins with a second one of the same.
    pub honest: fn(&Scene<'_>) -> Draft,
    /// What is wrong before the signature is made.
    pub unsigned: fn(&Scene<'_>, &mut Draft),
    /// What is wrong with the signed letter.
    pub signed: fn(&Scene<'_>, &mut Letter),
}

impl Forgery {
    const fn new(name: &'static str, attack: &'static str, check: Check, at: At) -> Self {
        Self {
            name,
            attack,
            check,
            behind: &[],
            at,
            honest: |scene| scene.follow("https://evil.test/users/mallory"),
            unsigned: |_, _| {},
            signed: |_, _| {},
        }
    }

    /// Refused at the gate.
    pub const fn gate(name: &'static str, attack: &'static str, check: Check) -> Self {
        Self::new(name, attack, check, At::Gate)
    }

    /// Refused once it is worked off.
    pub const fn work(name: &'static str, attack: &'static str, check: Check) -> Self {
        Self::new(name, attack, check, At::Work)
    }

    /// With other checks behind the first.
    pub const fn behind(mut self, checks: &'static [Check]) -> Self {
        self.behind = checks;
        self
    }

    /// With another twin than a follow.
    pub const fn honest(mut self, honest: fn(&Scene<'_>) -> Draft) -> Self {
        self.honest = honest;
        self
    }

    /// With something wrong that is signed.
    pub const fn unsigned(mut self, forge: fn(&Scene<'_>, &mut Draft)) -> Self {
        self.unsigned = forge;
        self
    }

    /// With something wrong after signing.
    pub const fn signed(mut self, forge: fn(&Scene<'_>, &mut Letter)) -> Self {
        self.signed = forge;
        self
    }

    /// Every check that must be off for it to get through.
    pub fn checks(&self) -> Vec<Check> {
        [&[self.check], self.behind].concat()
    }

    /// Runs it on both sides; what went wrong, in words.
    pub fn run(&self, world: &World) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut note = |what: Result<(), String>| {
            if let Err(what) = what {
                wrong.push(format!("{} ({}): {what}", self.name, self.attack));
            }
        };
        let side = &world.fortress;
        note(self.is_refused(&Scene { world, side }));
        note(self.honest_is_accepted(&Scene { world, side }));
        let side = &world.breach;
        note(self.is_let_through(&Scene { world, side }));
        wrong
    }

    fn prepare(&self, scene: &Scene<'_>) -> (String, Letter) {
        let mut draft = (self.honest)(scene);
        (self.unsigned)(scene, &mut draft);
        let mut letter = draft.seal();
        (self.signed)(scene, &mut letter);
        let id = draft.activity["id"].as_str().unwrap_or_default().to_owned();
        (id, letter)
    }

    fn is_refused(&self, scene: &Scene<'_>) -> Result<(), String> {
        let (id, letter) = self.prepare(scene);
        let before = scene.state();
        let answer = scene.send(&letter);
        match self.at {
            At::Gate => self.is_named(&answer)?,
            At::Work if answer.status == 202 => drop(scene.worked_off(&id)),
            At::Work => return Err(format!("the gate refuses it: {}", answer.text)),
        }
        let after = scene.state();
        // A second letter with a seen id was answered when it came first.
        if self.at == At::Work && self.check != Check::Seen && is_answered_yes(scene, &id) {
            return Err("it is answered with Accept".to_owned());
        }
        self.unchanged(&before, &after)
    }

    /// The gate's answer names the check.
    fn is_named(&self, answer: &Answer) -> Result<(), String> {
        let said = format!("about:blank#{}\"", said(self.check));
        if answer.status == status(self.check) && answer.text.contains(&said) {
            return Ok(());
        }
        Err(format!(
            "expected {} by {}: {}",
            status(self.check),
            said,
            answer.text
        ))
    }

    /// Nothing is left of it but, after the gate, its row in the inbox and a refusal sent out.
    fn unchanged(&self, before: &State, after: &State) -> Result<(), String> {
        let (before, after) = match self.at {
            At::Gate => (known(before, before), known(after, before)),
            At::Work => (effects(before, before), effects(after, before)),
        };
        let difference = before.difference(&after);
        if difference.is_empty() {
            Ok(())
        } else {
            Err(format!("it left traces:\n{}", difference.join("\n")))
        }
    }

    fn honest_is_accepted(&self, scene: &Scene<'_>) -> Result<(), String> {
        let draft = (self.honest)(scene);
        let before = scene.state();
        let answer = scene.send(&draft.seal());
        if answer.status != 202 {
            return Err(format!("its honest twin is refused: {}", answer.text));
        }
        let row = scene.worked_off(draft.activity["id"].as_str().unwrap_or_default());
        if !row.contains("state='done'") {
            return Err(format!("its honest twin has no effect: {row}"));
        }
        let after = scene.state();
        if self.at == At::Work && effects(&before, &before) == effects(&after, &before) {
            return Err("its honest twin changes nothing".to_owned());
        }
        Ok(())
    }

    fn is_let_through(&self, scene: &Scene<'_>) -> Result<(), String> {
        let (_, letter) = self.prepare(scene);
        let before = scene.state();
        scene.switch_off(&self.checks());
        let through = self.goes_through(scene, &letter, &before);
        scene.switch_off(&[]);
        through.map_err(|what| format!("with its checks off, {what}"))
    }

    fn goes_through(
        &self,
        scene: &Scene<'_>,
        letter: &Letter,
        before: &State,
    ) -> Result<(), String> {
        let answer = scene.send(letter);
        if answer.status != 202 {
            return Err(format!("it is still refused: {}", answer.text));
        }
        let row = scene.next_worked_off(before);
        let after = scene.state();
        if self.at == At::Work && effects(before, before) == effects(&after, before) {
            return Err(format!("it still has no effect: {row}"));
        }
        Ok(())
    }
}

/// A state without what a stranger may leave behind by merely speaking: its own actor, when it was not known.
fn known(state: &State, before: &State) -> State {
    let names: Vec<String> = before.table("remote_actors").iter().map(name).collect();
    state
        .clone()
        .without_rows("remote_actors", |row| !names.contains(&name(row)))
}

/// The name of a kept actor: the first column.
fn name(row: impl AsRef<str>) -> String {
    row.as_ref()
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// A state without the inbox and without what is said in answer; see [`is_answered_yes`]. A review that counts for
/// nothing is kept, with the reason, for whoever looks after the queue.
fn effects(state: &State, before: &State) -> State {
    known(state, before)
        .without(&["inbox", "outbox"])
        .without_rows("reviews", |row| !row.contains(" void=NULL"))
}

/// Whether the attacker was sent an Accept that names this activity.
fn is_answered_yes(scene: &Scene<'_>, id: &str) -> bool {
    let heard = scene.world.hostile.heard();
    let texts = heard
        .iter()
        .map(|request| String::from_utf8_lossy(&request.body));
    texts
        .into_iter()
        .any(|text| text.contains("\"type\":\"Accept\"") && text.contains(id))
}

/// The word in the gate's answer: what an actor's document lacks is all one to the sender.
fn said(check: Check) -> &'static str {
    match check {
        Check::ActorType | Check::ActorId | Check::ActorKeyOwner | Check::ActorAddresses => {
            Check::ActorFetch.name()
        }
        Check::NullCharacter => Check::Json.name(),
        check => check.name(),
    }
}

/// The status of a refusal at the gate.
fn status(check: Check) -> u16 {
    match check.section() {
        "7.1" if check == Check::BodySize => 413,
        "7.1" if check == Check::Rate => 429,
        "7.1" | "7.2" | "3.3" => 400,
        "7.4" | "7.6" | "7.7" | "7.9" | "2" => 401,
        _ if check == Check::ActorAddresses => 401,
        _ => 403,
    }
}
