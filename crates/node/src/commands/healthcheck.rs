//! `rustine healthcheck`

use std::path::Path;
use std::time::Duration;

use rustine_app::presence::REMEDY;
use rustine_outbound::{Client, Fetch, Settings};
use serde_json::json;

use crate::config;
use crate::output::Answer;

/// Asks the running server of this data folder for `/readyz`, on the address it listens on.
pub fn run(data: &Path) -> anyhow::Result<Answer> {
    let settings = config::load(data)?;
    let listen = settings.listen;
    let ip = match listen.ip() {
        ip if ip.is_unspecified() => std::net::IpAddr::from([127, 0, 0, 1]),
        ip => ip,
    };
    // A name of ours for this one request: the client opens no bare addresses.
    let name = "healthcheck.localhost";
    let client = Client::new(Settings {
        user_agent: "rustine-healthcheck".to_owned(),
        dev: true,
        resolve: vec![(name.to_owned(), (ip, listen.port()).into())],
        ..Settings::default()
    })?;
    let url = format!("http://{name}:{}/readyz", listen.port()).parse()?;
    let fetch = Fetch::new(url).within(Duration::from_secs(5));
    let answer = super::runtime()?.block_on(client.get(fetch));
    Ok(match answer {
        Ok(answer) if answer.status.is_success() => {
            let read_only = answer.body.windows(9).any(|words| words == b"read-only");
            let text = match read_only {
                true => format!("The server is ready, but read-only: {REMEDY}."),
                false => "The server is ready.".to_owned(),
            };
            Answer::done(json!({"ready": true, "readOnly": read_only}), text)
        }
        Ok(answer) => refused(format!(
            "The server on {listen} is not ready: it answered {}.",
            answer.status
        )),
        Err(error) => refused(format!(
            "No server answers on {listen}: {error}. Start it with `rustine serve`."
        )),
    })
}

fn refused(text: String) -> Answer {
    Answer {
        json: json!({"ready": false, "detail": text}),
        text,
        done: false,
    }
}
