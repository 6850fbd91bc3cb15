//! What a command says: sentences for people, or one JSON document with `--json`.

use std::io::Write as _;

use serde_json::Value;

/// The answer of a command.
#[derive(Debug)]
pub struct Answer {
    /// For `--json`; null where the command has written its answer itself.
    pub json: Value,
    /// For people; lines without a final newline.
    pub text: String,
    /// False where the command was refused: the process exits with 1.
    pub done: bool,
}

impl Answer {
    /// An answer of a command that did what it was asked.
    pub fn done(json: Value, text: impl Into<String>) -> Self {
        Self {
            json,
            text: text.into(),
            done: true,
        }
    }

    /// Prints the answer on standard output. A closed pipe is no failure.
    pub fn print(&self, as_json: bool) {
        let mut out = std::io::stdout().lock();
        let _ = if as_json && !self.json.is_null() {
            writeln!(out, "{}", self.json)
        } else if self.text.is_empty() {
            Ok(())
        } else {
            writeln!(out, "{}", self.text)
        };
    }
}

/// Prints a line at once, for commands that go on for long.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
