//! `rustine closing …`

use std::path::Path;

use anyhow::{Context as _, bail};
use rustine_app::datasets::closing::{self, Fate, Open};
use rustine_app::datasets::rotate::RecoveryKey;
use rustine_domain::ids::{DatasetAddress, Host};
use rustine_federation::Federation;
use serde_json::{Value, json};

use crate::cli::Closing;
use crate::output::Answer;

/// Shows what stands open, or hands it over and archives the rest.
pub fn run(data: &Path, command: &Closing) -> anyhow::Result<Answer> {
    match command {
        Closing::Plan => plan(&*super::open_federation(data)?),
        Closing::Run {
            recovery_key,
            to,
            archive,
        } => {
            let signing = super::signing::open(data)?;
            close(signing.federation(), recovery_key.as_deref(), to, *archive)
        }
    }
}

fn address_of(open: &Open) -> anyhow::Result<DatasetAddress> {
    Ok(DatasetAddress {
        name: open
            .dataset
            .name
            .parse()
            .context("a stored name is damaged")?,
        host: None,
    })
}

/// Who keeps a copy of a dataset and has agreed to go on with it.
fn heirs(federation: &Federation, open: &Open) -> anyhow::Result<Vec<Host>> {
    let address = address_of(open)?;
    let runtime = super::runtime()?;
    let asked = open.copies.iter().filter(|host| {
        let answer = runtime.block_on(federation.heir(&address, host));
        answer.is_ok()
    });
    Ok(asked.cloned().collect())
}

fn plan(federation: &Federation) -> anyhow::Result<Answer> {
    let mut shown = Vec::new();
    let mut lines = Vec::new();
    for open in closing::open(federation.app())? {
        let agreed = heirs(federation, &open)?;
        let names = |hosts: &[Host]| {
            let names: Vec<&str> = hosts.iter().map(Host::as_str).collect();
            match names.is_empty() {
                true => "nobody".to_owned(),
                false => names.join(", "),
            }
        };
        lines.push(format!(
            "{:<36} copied by {}; would go on with it: {}",
            open.dataset.name,
            names(&open.copies),
            names(&agreed)
        ));
        shown.push(json!({"name": open.dataset.name, "copies": open.copies, "agreed": agreed}));
    }
    if lines.is_empty() {
        lines.push("No dataset of this instance is open.".to_owned());
    }
    Ok(Answer::done(json!({"datasets": shown}), lines.join("\n")))
}

fn close(
    federation: &Federation,
    recovery_key: Option<&Path>,
    to: &[Host],
    archive: bool,
) -> anyhow::Result<Answer> {
    let app = federation.app();
    let recovery = match recovery_key {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            Some(RecoveryKey::read(&text)?)
        }
        None => None,
    };
    if recovery.is_none() && !to.is_empty() {
        bail!("handing over needs the page with the recovery key: --recovery-key FILE");
    }
    let (mut shown, mut lines, mut left) = (Vec::new(), Vec::new(), 0);
    for open in closing::open(app)? {
        let address = address_of(&open)?;
        let mut heir = None;
        for host in to {
            if let Ok(agreed) = super::runtime()?.block_on(federation.heir(&address, host)) {
                heir = Some(agreed);
                break;
            }
        }
        let fate = match (&recovery, &heir) {
            (Some(recovery), Some(heir)) => Some(Fate::HandOver(recovery, heir)),
            _ if archive => Some(Fate::Archive),
            _ => None,
        };
        let (word, sentence) = match fate.map(|fate| closing::settle(app, &address, &fate)) {
            None => (
                "left",
                "nobody in --to has agreed, and --archive was not said".to_owned(),
            ),
            Some(Err(error)) => ("left", error.to_string()),
            Some(Ok(())) => match &heir {
                Some(heir) => ("handed over", format!("it lives at {} now", heir.url)),
                None => (
                    "archived",
                    "nothing changes it any more; copies keep it".to_owned(),
                ),
            },
        };
        left += usize::from(word == "left");
        lines.push(format!("{:<36} {word}: {sentence}", open.dataset.name));
        let url = heir.filter(|_| word == "handed over").map(|heir| heir.url);
        shown
            .push(json!({"name": open.dataset.name, "outcome": word, "url": url, "why": sentence}));
    }
    if left == 0 {
        lines.push(
            "Nothing is open here any more. Let the server run until `rustine replica list` of your partners shows \
             the last entries; then it can be switched off."
                .to_owned(),
        );
    }
    let json: Value = json!({"datasets": shown, "left": left});
    Ok(Answer {
        json,
        text: lines.join("\n"),
        done: left == 0,
    })
}
