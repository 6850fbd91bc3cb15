//! Copies that are driven against servers on loopback.

mod asking;
mod copies;
mod forks;
mod lacking;
mod learning;
mod origins;
mod simulation;
pub(crate) mod stub;

use std::sync::Arc;
use std::time::Duration;

use rustine_app::replicas::{Status, status};
use rustine_app::testing::{Origin, TestApp, now};
use rustine_domain::ids::DatasetAddress;
use rustine_outbound::{Client, Settings};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Remote, Replication};
use crate::documents::Hold;
use stub::Stub;

fn remote() -> Remote {
    let client = Client::new(Settings {
        user_agent: "a test".into(),
        dev: true,
        ..Settings::default()
    });
    Remote::new(client.unwrap(), None)
}

/// An instance that copies `lieux` of a stub, and the task that keeps the copy.
struct World {
    origin: Origin,
    server: Stub,
    node: TestApp,
    dataset: i64,
    hold: Arc<Hold>,
    replication: Arc<Replication>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl World {
    /// A log of three entries is served; the copy is empty and nothing runs.
    async fn new() -> Self {
        let server = Stub::new("a").await;
        let mut origin = Origin::new(&server.url("/datasets/lieux"));
        origin.import(4);
        origin.set(rustine_app::testing::row(2), "places", "12");
        server.serve("lieux", &origin.lines);
        let node = TestApp::new("http://b.localhost:2");
        let address = format!("lieux@{}", server.host);
        let dataset = node.copy(&origin, &address);
        let hold = Arc::new(Hold::new(now()));
        let replication = Replication::new(node.app.clone(), remote(), hold.clone());
        Self {
            origin,
            server,
            node,
            dataset,
            hold,
            replication,
            stop: watch::Sender::new(false),
            task: None,
        }
    }

    fn start(&mut self) {
        let run = self.replication.clone().run(self.stop.subscribe());
        self.task = Some(tokio::spawn(run));
    }

    /// The server is started again, with other settings.
    async fn restart(&mut self, change: impl FnOnce(&mut rustine_app::Settings)) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            task.await.unwrap();
        }
        let node = std::mem::replace(&mut self.node, TestApp::new("http://z.localhost:1"));
        self.node = node.restarted(change);
        self.hold = Arc::new(Hold::new(now()));
        self.replication = Replication::new(self.node.app.clone(), remote(), self.hold.clone());
        self.stop = watch::Sender::new(false);
        self.start();
    }

    /// A copy that has caught up.
    async fn caught_up() -> Self {
        let mut world = Self::new().await;
        world.start();
        world.reaches("current").await;
        world.is_at(&world.origin);
        world
    }

    fn address(&self) -> DatasetAddress {
        format!("lieux@{}", self.server.host).parse().unwrap()
    }

    fn status(&self) -> Status {
        status::of(&self.node.app, &self.address()).unwrap()
    }

    /// Waits until the copy stands so, and gives how it stands.
    async fn reaches(&self, state: &str) -> Status {
        self.comes(&format!("state {state}"), |status| status.state == state)
            .await
    }

    async fn reaches_seq(&self, seq: u64) -> Status {
        self.comes(&format!("seq {seq}"), |status| status.seq == Some(seq))
            .await
    }

    async fn comes(&self, what: &str, is: impl Fn(&Status) -> bool) -> Status {
        for _ in 0..600 {
            let status = self.status();
            if is(&status) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "no {what} within 30 s: {:?}; {:?}",
            self.status(),
            self.server.seen()
        );
    }

    fn is_at(&self, origin: &Origin) {
        let record = self.node.record(&self.address().to_string());
        assert_eq!(record.entry, origin.chain.entry);
        assert_eq!(record.state, origin.chain.state);
        assert!(self.node.differing(self.dataset, origin).is_empty());
    }

    /// Serves a longer log and says so.
    fn extend(&mut self, change: impl FnOnce(&mut Origin)) {
        change(&mut self.origin);
        self.server.serve("lieux", &self.origin.lines);
        self.replication.hint(self.dataset, self.origin.chain.seq);
    }
}
