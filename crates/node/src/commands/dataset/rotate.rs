//! `rustine dataset rotate`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rustine_app::App;
use rustine_app::datasets::rotate::{self, RecoveryKey};
use rustine_domain::ids::DatasetAddress;
use serde_json::json;

use super::super::init::{recovery_sheet, write_secret};
use crate::output::Answer;

/// Replaces the log key. A new recovery key is on the disk before the log announces it.
pub fn run(
    app: &App,
    data: &Path,
    dataset: &DatasetAddress,
    recovery: &Path,
) -> anyhow::Result<Answer> {
    let text = std::fs::read_to_string(recovery)
        .with_context(|| format!("{} cannot be read", recovery.display()))?;
    let key = RecoveryKey::read(&text)?;
    let fresh = match rotate::needs_new_key(app, dataset, &key)? {
        true => {
            let fresh = RecoveryKey::generate(app);
            let file = free_file(data);
            write_secret(&file, &recovery_sheet(app, &fresh.to_line()))?;
            Some((fresh, file))
        }
        false => None,
    };
    let rotated = match rotate::rotate(app, dataset, &key, fresh.as_ref().map(|(key, _)| key)) {
        Ok(rotated) => rotated,
        Err(error) => {
            if let Some((_, file)) = &fresh {
                // The log does not announce it: nobody must take it for the one that counts.
                std::fs::remove_file(file)
                    .with_context(|| format!("{} cannot be deleted", file.display()))?;
            }
            return Err(error.into());
        }
    };
    let file = fresh.map(|(_, file)| file);
    let mut text = format!(
        "{dataset} is signed by a new key from entry {} on; what the old one signs from here on is refused everywhere.",
        rotated.seq
    );
    text.push_str(&match &file {
        Some(file) => format!(
            "\nThe page you used is spent for this dataset. Print {}, keep it away from this machine, then delete the \
             file.\nDatasets that you have not rotated still need the old page.",
            file.display()
        ),
        None => "\nThe page you used is spent for this dataset: the newest page of this instance counts for it now."
            .to_owned(),
    });
    let json = json!({
        "dataset": dataset,
        "seq": rotated.seq,
        "key": rotated.key,
        "recovery_key": file,
    });
    Ok(Answer::done(json, text))
}

/// The first name that is not taken.
fn free_file(data: &Path) -> PathBuf {
    let names = (2..).map(|number| data.join(format!("recovery-key-{number}.txt")));
    let mut free = names.filter(|file| !file.exists());
    free.next().expect("there are more numbers than files")
}
