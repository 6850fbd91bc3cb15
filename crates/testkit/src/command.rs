//! One call of the command line.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// How to call the binary: which one, on which data folder, with which surroundings.
#[derive(Debug, Clone)]
pub struct Caller {
    binary: PathBuf,
    data: PathBuf,
    environment: Vec<(String, String)>,
    address_space_bytes: Option<u64>,
}

/// What a call left behind.
#[derive(Debug)]
pub struct Called {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    asked: String,
}

impl Caller {
    /// Calls `binary` on the data folder `data`.
    #[must_use]
    pub fn new(binary: &Path, data: &Path) -> Self {
        Self {
            binary: binary.into(),
            data: data.into(),
            environment: Vec::new(),
            address_space_bytes: None,
        }
    }

    /// The same on another data folder.
    #[must_use]
    pub fn on(&self, data: &Path) -> Self {
        Self {
            data: data.into(),
            ..self.clone()
        }
    }

    /// The same with one more environment variable.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same under a limit on the address space, set by util-linux's `prlimit`.
    #[must_use]
    pub fn with_address_space(mut self, bytes: u64) -> Self {
        self.address_space_bytes = Some(bytes);
        self
    }

    /// The command with `--data` and nothing inherited that would change its settings.
    #[must_use]
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = match self.address_space_bytes {
            Some(bytes) => {
                let mut limited = Command::new("prlimit");
                limited.arg(format!("--as={bytes}")).arg(&self.binary);
                limited
            }
            None => Command::new(&self.binary),
        };
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RUSTINE_") {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .args(arguments)
            .arg("--data")
            .arg(&self.data)
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// When the binary cannot be started at all.
    pub fn call<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Called {
        let shown: Vec<String> = arguments
            .iter()
            .map(|word| word.as_ref().to_string_lossy().into_owned())
            .collect();
        let output = self
            .command(arguments)
            .output()
            .expect("the binary under test starts");
        Called {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            asked: shown.join(" "),
        }
    }

    /// Runs a command with `--json`, which must succeed, and reads the one document that it prints.
    ///
    /// # Panics
    /// When it fails or prints anything else.
    pub fn json<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Value {
        let mut words: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        words.push(OsStr::new("--json"));
        self.call(&words).done().json()
    }
}

impl Called {
    /// The same, after making sure that the command succeeded.
    ///
    /// # Panics
    /// When it did not.
    #[must_use]
    pub fn done(self) -> Self {
        assert_eq!(
            self.code,
            Some(0),
            "`{}` failed\n{}\n{}",
            self.asked,
            self.stdout,
            self.stderr
        );
        self
    }

    /// The same, after making sure that the command refused with exit code 1 and a sentence on standard error
    /// that holds `word`, and that it did not fall over.
    ///
    /// # Panics
    /// When it did anything else.
    pub fn refused(self, word: &str) -> Self {
        assert_eq!(
            self.code,
            Some(1),
            "`{}` was not refused\n{}\n{}",
            self.asked,
            self.stdout,
            self.stderr
        );
        let said = self.said();
        assert!(
            !said.contains("panicked"),
            "`{}` panicked\n{said}",
            self.asked
        );
        assert!(
            said.to_lowercase().contains(&word.to_lowercase()),
            "`{}` does not say {word:?}\n{said}",
            self.asked
        );
        self
    }

    /// Both outputs together.
    #[must_use]
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The JSON document on standard output.
    ///
    /// # Panics
    /// When it is not exactly one document.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|problem| {
            panic!(
                "`{}` printed no single document: {problem}\n{}",
                self.asked, self.stdout
            )
        })
    }
}
