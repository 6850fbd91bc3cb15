//! The made-up network: who hears whom, what is lost, and what a liar says.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rustine_app::App;
use rustine_domain::log::{Line, line};
use rustine_outbound::{Error, StatusCode, Url};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::super::super::blocking;
use super::super::super::fetch::{Simulated, SimulatedAnswer};
use super::lies::Lie;
use super::plan::COPIES;

/// The origin's host.
pub const ORIGIN: &str = "o.localhost:1";

/// The host of a copy.
pub fn host(copy: usize) -> String {
    format!("c{copy}.localhost:1")
}

/// What has happened on the network, for the checks and the summary.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    pub requests: u64,
    pub lost: u64,
    pub lies: u64,
    /// When each copy asked the liar for entries and was lied to in a way that it must see.
    pub lied_to: Vec<(usize, Instant)>,
}

/// The state of the network, shared by all nodes.
pub struct Network {
    pub apps: Vec<Arc<App>>,
    pub dataset: Vec<i64>,
    state: Mutex<State>,
}

pub struct State {
    pub rng: StdRng,
    pub loss: f64,
    /// The log that the origin serves, and the other one that it serves to the misled.
    pub log: Arc<Vec<String>>,
    pub other: Option<Arc<Vec<String>>>,
    pub misled: [bool; COPIES],
    pub origin_silent: bool,
    pub cut: [bool; COPIES],
    pub liar: Option<(usize, Lie)>,
    pub counts: Counts,
}

impl Network {
    pub fn new(apps: Vec<Arc<App>>, dataset: Vec<i64>, seed: u64, loss: f64) -> Self {
        Self {
            apps,
            dataset,
            state: Mutex::new(State {
                rng: StdRng::seed_from_u64(!seed),
                loss,
                log: Arc::default(),
                other: None,
                misled: [false; COPIES],
                origin_silent: false,
                cut: [false; COPIES],
                liar: None,
                counts: Counts::default(),
            }),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// True where the origin and a copy hear each other.
    pub fn origin_reaches(&self, copy: usize) -> bool {
        !self.state().cut[copy]
    }

    async fn serve_copy(self: &Arc<Self>, copy: usize, asked: &Asked) -> Option<Vec<String>> {
        let (app, dataset, asked) = (self.apps[copy].clone(), self.dataset[copy], asked.clone());
        blocking(move || read_copy(&app, dataset, &asked)).await
    }

    fn serve_origin(&self, to: usize, asked: &Asked) -> Option<Vec<String>> {
        let state = self.state();
        let other = state.other.clone().filter(|_| state.misled[to]);
        let lines = other.unwrap_or_else(|| state.log.clone());
        drop(state);
        match asked {
            Asked::Head => {
                let hash = |line: &String| Line::parse(line.as_bytes()).unwrap().header.hash();
                let head = json!({
                    "genesis": hash(lines.first()?),
                    "seq": lines.len() - 1,
                    "entry": hash(lines.last()?),
                    "bodiesFrom": 0,
                });
                Some(vec![head.to_string()])
            }
            Asked::Entries {
                from,
                limit,
                bodies,
            } => {
                let chosen = lines.iter().skip(*from).take(*limit);
                Some(chosen.map(|line| without_body(line, *bodies)).collect())
            }
            Asked::Replicas => {
                let ids: Vec<Value> = (0..COPIES)
                    .map(|copy| json!(format!("http://{}/actor", host(copy))))
                    .collect();
                Some(vec![
                    json!({"type": "OrderedCollection", "orderedItems": ids}).to_string(),
                ])
            }
        }
    }
}

/// What a path asks for.
#[derive(Debug, Clone)]
enum Asked {
    Head,
    Entries {
        from: usize,
        limit: usize,
        bodies: bool,
    },
    Replicas,
}

impl Asked {
    fn of(url: &Url) -> Option<Self> {
        let number = |name: &str| {
            let found = url.query_pairs().find(|(key, _)| key == name)?;
            found.1.parse::<usize>().ok()
        };
        match url.path().rsplit('/').next()? {
            "head" => Some(Self::Head),
            "entries" => Some(Self::Entries {
                from: number("from")?,
                limit: number("limit")?,
                bodies: number("bodies") != Some(0),
            }),
            "replicas" => Some(Self::Replicas),
            _ => None,
        }
    }
}

/// What a copy serves: the same lines, by the same calls, as its documents do.
fn read_copy(app: &App, dataset: i64, asked: &Asked) -> Option<Vec<String>> {
    app.db
        .read(|tx| {
            let Some(record) = tx.find_dataset(dataset)? else {
                return Ok(None);
            };
            if record.seq < 0 {
                return Ok(None);
            }
            match asked {
                Asked::Head => Ok(Some(vec![
                    json!({
                        "genesis": record.genesis,
                        "seq": record.seq,
                        "entry": record.entry,
                        "bodiesFrom": 0,
                    })
                    .to_string(),
                ])),
                Asked::Entries {
                    from,
                    limit,
                    bodies,
                } => {
                    let (from, limit) = (*from as i64, *limit as i64);
                    let mut lines = Vec::new();
                    for entry in tx.list_entries(dataset, from, limit)? {
                        let body = tx.find_body(dataset, entry.seq)?.filter(|_| *bodies);
                        lines.push(line::write(&entry.header, body.as_deref(), &[]));
                    }
                    Ok::<_, rustine_store::StoreError>(Some(lines))
                }
                Asked::Replicas => Ok(None),
            }
        })
        .unwrap()
}

fn without_body(line: &str, bodies: bool) -> String {
    if bodies {
        return line.to_owned();
    }
    let header = Line::parse(line.as_bytes()).unwrap().header;
    format!("{{\"header\":{}}}", header.text())
}

/// How many lines a reader of headers reads who looks for a change of the key.
fn handover(lines: &[String]) -> usize {
    let changes = |line: &String| {
        Line::parse(line.as_bytes()).is_ok_and(|line| line.header.kind.handover().is_some())
    };
    lines
        .iter()
        .position(changes)
        .map_or(lines.len(), |at| at + 1)
}

/// The network as one copy sees it.
pub struct Seen {
    pub network: Arc<Network>,
    pub copy: usize,
}

#[async_trait]
impl Simulated for Seen {
    async fn get(&self, url: &Url) -> Result<SimulatedAnswer, Error> {
        let host = rustine_app::context::host_of(url);
        let silence = || Error::Timeout {
            host: host.clone(),
            after: Duration::from_secs(5),
        };
        let from = (0..COPIES).find(|copy| self::host(*copy) == host);
        let (latency, lost) = {
            let mut state = self.network.state();
            state.counts.requests += 1;
            let loss = state.loss;
            let reached = match from {
                None => !state.cut[self.copy] && !state.origin_silent,
                Some(from) => state.cut[self.copy] == state.cut[from],
            };
            let lost = !reached || state.rng.gen_bool(loss);
            state.counts.lost += u64::from(lost);
            (state.rng.gen_range(1..2000), lost)
        };
        sleep(Duration::from_millis(latency)).await;
        if lost {
            sleep(Duration::from_secs(5)).await;
            return Err(silence());
        }
        let missing = SimulatedAnswer {
            status: StatusCode::NOT_FOUND,
            body: Vec::new(),
            broken: None,
        };
        let Some(asked) = Asked::of(url) else {
            return Ok(missing);
        };
        let lines = match from {
            None => self.network.serve_origin(self.copy, &asked),
            Some(from) => self.network.serve_copy(from, &asked).await,
        };
        let Some(mut lines) = lines else {
            return Ok(missing);
        };
        let mut state = self.network.state();
        let state = &mut *state;
        let honest = lines.clone();
        if let Some((_, lie)) = state.liar.filter(|(liar, _)| from == Some(*liar)) {
            lines = match asked {
                Asked::Head => {
                    let head = serde_json::from_str(&lines[0]).unwrap();
                    vec![lie.head(head, &mut state.rng).to_string()]
                }
                _ => lie.lines(lines, &mut state.rng),
            };
        }
        let breaks = matches!(asked, Asked::Entries { .. }) && state.rng.gen_bool(state.loss / 2.0);
        // A line that is cut in the middle never reaches the reader as a line.
        let whole = match breaks && !lines.is_empty() {
            true => state.rng.gen_range(0..lines.len()),
            false => lines.len(),
        };
        let broken = breaks.then(silence);
        if lines != honest {
            state.counts.lies += 1;
            let false_one = (0..whole).find(|at| lines.get(*at) != honest.get(*at));
            // Whoever sends nothing may hold nothing, and a reader of headers ends at a change of the key: only what
            // is read can be seen to be bad.
            let read = match asked {
                Asked::Entries { bodies: false, .. } => handover(&honest).min(whole),
                _ => whole,
            };
            if false_one.is_some_and(|at| at < read) {
                state.counts.lied_to.push((self.copy, Instant::now()));
            }
        }
        let body: String = lines[..whole]
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        let body = body.into_bytes();
        Ok(SimulatedAnswer {
            status: StatusCode::OK,
            body,
            broken,
        })
    }
}
