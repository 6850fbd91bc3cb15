//! Passwords for commands: from the environment, from a file that it names, or asked at the terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context as _, bail};

/// The password from `variable`, from the file that `variable` + `_FILE` names, or typed by a person.
///
/// # Errors
/// Where there is neither and nobody can be asked.
pub fn obtain(variable: &str) -> anyhow::Result<String> {
    if let Ok(password) = std::env::var(variable) {
        return Ok(password);
    }
    let file = format!("{variable}_FILE");
    if let Some(path) = std::env::var_os(&file) {
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{file} names a file that cannot be read"))?;
        return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        bail!("no password: set {variable} or {file}, or run the command at a terminal");
    }
    let mut prompt = std::io::stderr();
    // A lost prompt is no reason to stop.
    let _ = write!(
        prompt,
        "Password (at least 10 characters; it is shown as you type): "
    )
    .and_then(|()| prompt.flush());
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .context("the password cannot be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
