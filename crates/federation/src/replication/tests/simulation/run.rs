//! Plays one scenario and says what came of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rustine_app::App;
use rustine_app::clock::Clock;
use rustine_app::replicas::add::add;
use rustine_app::replicas::status;
use rustine_app::testing::{NOW, Origin, differing, instance};
use rustine_domain::ids::{DatasetAddress, RowId};
use rustine_domain::log::Line;
use rustine_domain::time::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::super::super::machine::QUARANTINE_SECONDS;
use super::super::super::{Replication, blocking};
use super::network::{Network, ORIGIN, Seen, host};
use super::plan::{COPIES, Plan};
use crate::documents::Hold;

/// Longest virtual time after which all copies stand where the origin stands, once the network is whole.
const HEALING_HOURS: u64 = 30;

/// What a scenario came to; it panics where it went wrong before its end.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The copies that do not stand where the origin stands, and how.
    pub diverged: Vec<(usize, String)>,
    /// The copies that held another history for a while.
    pub misled: Vec<usize>,
    pub entries: u64,
    pub requests: u64,
    pub lost: u64,
    pub pushes: u64,
    pub lies_told: u64,
    pub restarts: u64,
}

/// A clock that stands off the virtual time.
struct Off {
    began: Instant,
    seconds: i64,
}

impl Clock for Off {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds((self.now_ms() / 1000).cast_signed()).unwrap()
    }
    fn now_ms(&self) -> u64 {
        let passed = u64::try_from(self.began.elapsed().as_millis()).unwrap();
        NOW * 1000 + passed + 10_000_000_u64.wrapping_add_signed(self.seconds * 1000)
    }
}

/// A copy, and the task that keeps it.
struct Copy {
    app: Arc<App>,
    dataset: i64,
    replication: Arc<Replication>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Plays the scenario of a seed.
pub fn play(seed: u64) -> Outcome {
    play_with(seed, |_, _| {})
}

/// Plays the scenario of a seed with copies that `alter` has changed.
pub fn play_with(seed: u64, alter: impl FnMut(usize, &mut App)) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    let folder = folder.unwrap();
    let outcome = runtime.block_on(async {
        let mut story = Story::begin(seed, folder.path(), alter);
        story.play().await;
        story.end().await
    });
    runtime.shutdown_timeout(Duration::from_secs(60));
    outcome
}

struct Story {
    seed: u64,
    plan: Plan,
    /// Draws what is written and when, apart from what the network draws.
    pen: StdRng,
    origin: Origin,
    network: Arc<Network>,
    copies: Vec<Copy>,
    outcome: Outcome,
}

impl Story {
    fn begin(seed: u64, folder: &Path, mut alter: impl FnMut(usize, &mut App)) -> Self {
        let plan = Plan::draw(seed);
        let origin = Origin::new(&format!("http://{ORIGIN}/datasets/lieux"));
        let began = Instant::now();
        let apps: Vec<Arc<App>> = (0..COPIES)
            .map(|copy| {
                let clock = Off {
                    began,
                    seconds: plan.clocks[copy],
                };
                let path = folder.join(format!("{copy}.sqlite"));
                let mut app = instance(&format!("http://{}", host(copy)), &path, Arc::new(clock));
                alter(
                    copy,
                    Arc::get_mut(&mut app).expect("nobody else has it yet"),
                );
                app
            })
            .collect();
        let address = format!("lieux@{ORIGIN}");
        let datasets = apps.iter().map(|app| {
            add(app, &origin.learned(&address)).unwrap();
            let address: DatasetAddress = address.parse().unwrap();
            let record = app
                .db
                .read(|tx| rustine_app::datasets::find(app, tx, &address));
            record.unwrap().id
        });
        let datasets: Vec<i64> = datasets.collect();
        let network = Arc::new(Network::new(apps, datasets, seed, plan.loss));
        network.state().liar = plan.liar;
        let copies = (0..COPIES).map(|copy| start(&network, copy)).collect();
        Self {
            seed,
            plan,
            pen: StdRng::seed_from_u64(seed ^ 0x50E4),
            origin,
            network,
            copies,
            outcome: Outcome::default(),
        }
    }

    async fn play(&mut self) {
        self.origin.import(6);
        self.publish(0);
        for round in 0..self.plan.rounds {
            self.weather(round);
            let forks = self.plan.fork.as_ref().is_some_and(|it| it.from == round);
            if forks {
                self.fork().await;
            }
            let before = self.origin.lines.len();
            self.write(round);
            self.publish(before);
            sleep(Duration::from_secs(self.pen.gen_range(1..180))).await;
            let long = self
                .plan
                .partition
                .as_ref()
                .is_some_and(|it| it.long && (it.from..it.until).contains(&round));
            if long {
                // Nothing is written and nobody is awake for the rest of the day.
                tokio::time::advance(Duration::from_secs(86_400)).await;
            }
            for (when, copy) in self.plan.restarts.clone() {
                if when == round {
                    self.restart(copy).await;
                }
            }
        }
    }

    /// Who hears whom in a round.
    fn weather(&self, round: u32) {
        let mut state = self.network.state();
        state.origin_silent = self.plan.silent.contains(&round);
        let partition = self.plan.partition.as_ref();
        let cut = partition.filter(|it| (it.from..it.until).contains(&round));
        state.cut = cut.map_or([false; COPIES], |it| it.cut);
    }

    /// What the origin writes in a round.
    fn write(&mut self, round: u32) {
        if self.plan.rotation == Some(round) {
            self.origin.rotate();
        }
        for _ in 0..self.pen.gen_range(1..4) {
            write_one(&mut self.origin, &mut self.pen);
        }
    }

    /// The key signs two histories; some copies are shown the other one.
    async fn fork(&mut self) {
        let plan = self.plan.fork.as_ref().unwrap();
        let (misled, rounds) = (plan.misled, plan.rounds);
        // Everybody has heard of what came before, so that the fork lies beyond it.
        self.network.state().origin_silent = false;
        self.network.state().cut = [false; COPIES];
        let mut other = self.origin.clone();
        other.policy(1000);
        let parted = self.origin.lines.len();
        self.origin.policy(2000);
        for _ in 0..rounds {
            write_one(&mut other, &mut self.pen);
            write_one(&mut self.origin, &mut self.pen);
            {
                let mut state = self.network.state();
                state.misled = misled;
                state.other = Some(Arc::new(other.lines.clone()));
                state.log = Arc::new(self.origin.lines.clone());
            }
            for (copy, misled) in misled.into_iter().enumerate() {
                let log = if misled { &other } else { &self.origin };
                self.push(copy, log.lines.last().unwrap().clone());
            }
            sleep(Duration::from_secs(200)).await;
        }
        let rival = other.header(parted).hash();
        let misled: Vec<usize> = self.holders(parted as i64, rival).await;
        // The other history is shown no more; whoever holds it must find out, and stand still.
        {
            let mut state = self.network.state();
            state.other = None;
            state.loss = 0.0;
        }
        sleep(Duration::from_secs(2 * 3600 + 300)).await;
        for copy in &misled {
            let status = self.status(*copy);
            assert_eq!(
                status.state, "forked",
                "seed {}: copy {copy} holds another history and goes on: {status:?}",
                self.seed
            );
        }
        self.outcome.misled = misled;
        self.network.state().loss = self.plan.loss;
        self.origin.rotate();
    }

    /// The copies that hold an entry.
    async fn holders(&self, seq: i64, entry: rustine_domain::ids::Hash) -> Vec<usize> {
        let mut holders = Vec::new();
        for (number, copy) in self.copies.iter().enumerate() {
            let (app, dataset) = (copy.app.clone(), copy.dataset);
            let held = blocking(move || app.db.read(|tx| tx.find_entry(dataset, seq))).await;
            if held.unwrap().is_some_and(|held| held.entry == entry) {
                holders.push(number);
            }
        }
        holders
    }

    /// Serves what was written, and pushes each new entry to everybody.
    fn publish(&mut self, before: usize) {
        self.network.state().log = Arc::new(self.origin.lines.clone());
        for seq in before..self.origin.lines.len() {
            for copy in 0..COPIES {
                let line = self.origin.lines[seq].clone();
                self.push(copy, line);
            }
        }
    }

    fn push(&mut self, copy: usize, line: String) {
        let times = {
            let mut state = self.network.state();
            let (loss, doubled) = (state.loss, self.plan.doubled);
            let arrives = !state.rng.gen_bool(loss);
            u8::from(arrives) * (1 + u8::from(state.rng.gen_bool(doubled)))
        };
        for _ in 0..times {
            self.outcome.pushes += 1;
            let delay = self.network.state().rng.gen_range(0..120_000);
            let network = self.network.clone();
            let (replication, dataset) = (
                self.copies[copy].replication.clone(),
                self.copies[copy].dataset,
            );
            let line = Line::parse(line.as_bytes()).unwrap();
            tokio::spawn(async move {
                sleep(Duration::from_millis(delay)).await;
                if network.origin_reaches(copy) {
                    blocking(move || replication.push(dataset, &line)).await;
                }
            });
        }
    }

    async fn restart(&mut self, copy: usize) {
        self.outcome.restarts += 1;
        let fresh = start(&self.network, copy);
        let old = std::mem::replace(&mut self.copies[copy], fresh);
        old.stop.send_replace(true);
        old.task.await.unwrap();
    }

    fn status(&self, copy: usize) -> status::Status {
        let address: DatasetAddress = format!("lieux@{ORIGIN}").parse().unwrap();
        status::of(&self.copies[copy].app, &address).unwrap()
    }

    /// The network is whole again, and everybody hears of the last entry; then all must agree.
    async fn end(mut self) -> Outcome {
        {
            let mut state = self.network.state();
            state.loss = 0.0;
            state.cut = [false; COPIES];
            state.origin_silent = false;
        }
        let before = self.origin.lines.len();
        self.origin.policy(7);
        self.publish(before);
        let steps = HEALING_HOURS * 12;
        for _ in 0..=steps {
            sleep(Duration::from_secs(300)).await;
            self.outcome.diverged = self.apart().await;
            if self.outcome.diverged.is_empty() {
                break;
            }
        }
        self.liar_was_left_alone();
        let counts = self.network.state().counts.clone();
        self.outcome.entries = self.origin.lines.len() as u64;
        self.outcome.requests = counts.requests;
        self.outcome.lost = counts.lost;
        self.outcome.lies_told = counts.lies;
        for copy in self.copies {
            copy.stop.send_replace(true);
            copy.task.await.unwrap();
        }
        self.outcome
    }

    /// The copies that do not stand where the origin stands, and how.
    async fn apart(&self) -> Vec<(usize, String)> {
        let mut apart = Vec::new();
        for (number, copy) in self.copies.iter().enumerate() {
            let (app, dataset, origin) = (copy.app.clone(), copy.dataset, self.origin.clone());
            let (record, rows) = blocking(move || {
                let record = app.db.read(|tx| tx.find_dataset(dataset)).unwrap().unwrap();
                (record, differing(&app, dataset, &origin))
            })
            .await;
            let same =
                record.entry == self.origin.chain.entry && record.state == self.origin.chain.state;
            if !same || !rows.is_empty() {
                let status = self.status(number);
                let how = format!("{} rows differ; {status:?}", rows.len());
                apart.push((number, how));
            }
        }
        apart
    }

    /// Whoever was served a bad byte does not ask its source again for an hour. What stands in an answer is not always
    /// read: a line before it may end the reading, or a push may bring the entry meanwhile. So a few looks are forgiven.
    fn liar_was_left_alone(&self) {
        const FORGIVEN: usize = 3;
        let Some((_, lie)) = self.plan.liar.filter(|(_, lie)| lie.is_noticed()) else {
            return;
        };
        // A restart forgets whom it distrusts.
        if !self.plan.restarts.is_empty() {
            return;
        }
        let hour = Duration::from_secs(QUARANTINE_SECONDS.unsigned_abs() - 60);
        let lied_to = &self.network.state().counts.lied_to;
        for copy in 0..COPIES {
            let mut looks: Vec<Instant> = Vec::new();
            for (_, at) in lied_to.iter().filter(|it| it.0 == copy) {
                // One look at a source may ask for headers and then for entries.
                let is_one = |last: &Instant| *at - *last < Duration::from_secs(15);
                if !looks.last().is_some_and(is_one) {
                    looks.push(*at);
                }
            }
            for (nth, first) in looks.iter().enumerate() {
                let within = looks[nth..].iter().take_while(|at| **at - *first < hour);
                let within = within.count();
                assert!(
                    within <= FORGIVEN,
                    "seed {}: copy {copy} asked a liar ({lie:?}) {within} times within an hour",
                    self.seed
                );
            }
        }
    }
}

fn start(network: &Arc<Network>, copy: usize) -> Copy {
    let app = network.apps[copy].clone();
    let seen = Seen {
        network: network.clone(),
        copy,
    };
    let remote = super::super::remote().simulated(Arc::new(seen));
    let hold = Arc::new(Hold::new(app.clock.now()));
    let replication = Replication::new(app.clone(), remote, hold);
    let stop = watch::Sender::new(false);
    let task = tokio::spawn(replication.clone().run(stop.subscribe()));
    Copy {
        app,
        dataset: network.dataset[copy],
        replication,
        stop,
        task,
    }
}

/// One entry of some kind.
fn write_one(origin: &mut Origin, rng: &mut StdRng) {
    let rows: Vec<RowId> = origin.rows.keys().copied().collect();
    let one = |rng: &mut StdRng| rows[rng.gen_range(0..rows.len())];
    match rng.gen_range(0..20) {
        0..=11 => {
            let (row, field) = (one(rng), ["nom", "places"][rng.gen_range(0..2)]);
            origin.set(row, field, &format!("v{}", rng.gen_range(0..1000)));
        }
        12..=14 => origin.import(rng.gen_range(1..4)),
        15 if rows.len() > 3 => origin.delete(one(rng)),
        16 => origin.schema(&format!("Lieux {}", rng.gen_range(0..100))),
        17 => {
            let row = one(rng);
            let seq = origin.chain.seq;
            if origin.rows[&row].value("nom").is_some() {
                origin.redact(row, "nom", seq);
            }
        }
        _ => origin.policy(rng.gen_range(1..5)),
    }
}
