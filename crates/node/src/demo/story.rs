//! The story of the demonstration, told over HTTP to the nodes' public names only.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use rustine_outbound::{Bytes, Client, Fetch, HeaderMap, HeaderValue, Post, header};
use serde_json::{Value, json};

use super::child::Node;
use super::{DATASET, KEY_FIELD};
use crate::output::line;

/// How long a step may take before the story is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Three nodes and a client that reaches their names.
pub struct Story<'a> {
    /// The nodes; the first owns the dataset.
    pub nodes: &'a mut [Node],
    /// A token of the first node's moderator.
    pub token: String,
    /// The client.
    pub client: Client,
}

impl Story<'_> {
    /// Plays every step; each prints what happened and how long it took.
    ///
    /// # Errors
    /// The first step that did not happen.
    pub async fn play(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        let before = self
            .step(
                "the register is on all three nodes, with equal digests",
                start,
            )
            .await?;
        let (row, old) = self.a_row("PB-009", "horaires").await?;
        let new = "Mo-Fr 09:00-12:00; Th 14:00-18:00";
        ensure!(
            old != new,
            "the correction was made before; start without --keep"
        );

        let start = Instant::now();
        let (patch, status_url) = self.propose(&row, "horaires", new).await?;
        tell(
            start,
            &format!(
                "a visitor of {} proposed new opening hours",
                self.nodes[1].title
            ),
        );

        let start = Instant::now();
        self.wait_pending(&patch).await?;
        tell(
            start,
            &format!("the proposal waits at {}", self.nodes[0].title),
        );

        let start = Instant::now();
        self.accept(&patch).await?;
        tell(
            start,
            &format!("a moderator of {} accepted it", self.nodes[0].title),
        );

        let start = Instant::now();
        for index in 0..self.nodes.len() {
            self.wait_cell(index, &row, "horaires", new).await?;
        }
        tell(start, "the correction is on all three nodes");

        let start = Instant::now();
        let after = self.step("the digests are equal again", start).await?;
        ensure!(
            before["entry"] != after["entry"],
            "the digest did not change"
        );

        let start = Instant::now();
        self.wait_status(&status_url).await?;
        tell(start, "the visitor's private page says so");
        Ok(())
    }

    /// Waits until all digests are equal and gives the digest.
    pub async fn step(&mut self, what: &str, start: Instant) -> anyhow::Result<Value> {
        let mut digests = Vec::new();
        while start.elapsed() < PATIENCE {
            self.check_alive()?;
            digests.clear();
            for index in 0..self.nodes.len() {
                digests.push(self.get(index, "/digest").await.ok());
            }
            if let Some(Some(first)) = digests.first()
                && digests.iter().all(|other| other.as_ref() == Some(first))
            {
                tell(start, what);
                return Ok(first.clone());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!(
            "the digests did not become equal within {} s: {digests:?}",
            PATIENCE.as_secs()
        )
    }

    fn check_alive(&mut self) -> anyhow::Result<()> {
        self.nodes.iter_mut().try_for_each(Node::check_alive)
    }

    /// The dataset's API on a node: `lieux` on its origin, `lieux@origin` on a copy.
    fn api(&self, index: usize) -> String {
        let at = if index == 0 {
            String::new()
        } else {
            format!("@{}", self.nodes[0].host)
        };
        format!(
            "{}/api/v1/datasets/{DATASET}{at}",
            self.nodes[index].origin()
        )
    }

    async fn get(&self, index: usize, path: &str) -> anyhow::Result<Value> {
        self.get_url(&format!("{}{path}", self.api(index)), None)
            .await
    }

    async fn get_url(&self, url: &str, token: Option<&str>) -> anyhow::Result<Value> {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            headers.insert(
                header::AUTHORIZATION,
                HeaderValue::try_from(format!("Bearer {token}"))?,
            );
        }
        let response = self
            .client
            .get(
                Fetch::new(url.parse()?)
                    .accept("application/json")
                    .headers(headers),
            )
            .await?;
        ensure!(
            response.status.is_success(),
            "{url} answered {}",
            response.status
        );
        serde_json::from_slice(&response.body).with_context(|| format!("{url} answered no JSON"))
    }

    async fn post(&self, url: &str, token: Option<&str>, body: &Value) -> anyhow::Result<Value> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if let Some(token) = token {
            headers.insert(
                header::AUTHORIZATION,
                HeaderValue::try_from(format!("Bearer {token}"))?,
            );
        }
        let post = Post {
            url: url.parse()?,
            headers,
            body: Bytes::from(body.to_string()),
            signer: None,
        };
        let response = self.client.post(post).await?;
        let said = String::from_utf8_lossy(&response.body).into_owned();
        ensure!(
            response.status.is_success(),
            "{url} answered {}: {said}",
            response.status
        );
        Ok(serde_json::from_slice(&response.body).unwrap_or(Value::Null))
    }

    async fn a_row(&self, key: &str, field: &str) -> anyhow::Result<(String, String)> {
        let page = self
            .get(0, &format!("/rows?field.{KEY_FIELD}={key}"))
            .await?;
        let row = &page["rows"][0];
        let id = row["id"]
            .as_str()
            .with_context(|| format!("no row {key}"))?;
        Ok((
            id.to_owned(),
            row["cells"][field].as_str().unwrap_or_default().to_owned(),
        ))
    }

    async fn propose(
        &self,
        row: &str,
        field: &str,
        value: &str,
    ) -> anyhow::Result<(String, String)> {
        let body = json!({
            "ops": [{"op": "set", "row": row, "field": field, "value": value}],
            "summary": "La mairie ouvre aussi le jeudi après-midi",
        });
        let answer = self
            .post(&format!("{}/patches", self.api(1)), None, &body)
            .await?;
        let id = answer["id"].as_str().context("the proposal has no id")?;
        let url = answer["status_url"]
            .as_str()
            .context("the proposal has no status page")?;
        Ok((id.to_owned(), url.to_owned()))
    }

    async fn wait_pending(&mut self, patch: &str) -> anyhow::Result<()> {
        let url = format!("{}/api/v1/patches/{patch}", self.nodes[0].origin());
        self.wait("the proposal did not arrive", async |story: &Self| {
            let patch = story.get_url(&url, Some(&story.token)).await.ok();
            patch.is_some_and(|patch| patch["status"] == "pending")
        })
        .await
    }

    async fn accept(&self, patch: &str) -> anyhow::Result<()> {
        let url = format!("{}/api/v1/patches/{patch}/accept", self.nodes[0].origin());
        self.post(&url, Some(&self.token), &json!({}))
            .await
            .map(|_| ())
    }

    async fn wait_cell(
        &mut self,
        index: usize,
        row: &str,
        field: &str,
        value: &str,
    ) -> anyhow::Result<()> {
        let path = format!("/rows/{row}");
        self.wait("the correction did not arrive", async |story: &Self| {
            let found = story.get(index, &path).await.ok();
            found.is_some_and(|row| row["cells"][field] == value)
        })
        .await
    }

    async fn wait_status(&mut self, url: &str) -> anyhow::Result<()> {
        let url = url.to_owned();
        self.wait(
            "the status page does not know the decision",
            async |story: &Self| {
                let Ok(parsed) = url.parse() else {
                    return false;
                };
                let page = story
                    .client
                    .get(Fetch::new(parsed).accept("text/html"))
                    .await
                    .ok();
                page.is_some_and(|page| {
                    String::from_utf8_lossy(&page.body).contains("data-status=\"accepted\"")
                })
            },
        )
        .await
    }

    async fn wait(
        &mut self,
        failed: &str,
        condition: impl AsyncFn(&Self) -> bool,
    ) -> anyhow::Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            self.check_alive()?;
            if condition(self).await {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{failed} within {} s", PATIENCE.as_secs())
    }
}

fn tell(start: Instant, what: &str) {
    line(&format!("{:>8.3} s  {what}", start.elapsed().as_secs_f64()));
}
