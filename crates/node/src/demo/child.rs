//! One node of the demonstration: its folder, its commands and its `rustine serve` process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// Password of the moderators of the demonstration; the nodes listen on loopback only.
pub const PASSWORD: &str = "rustine-demo-2026";

/// A node that this process started, and ends when it is dropped.
pub struct Node {
    /// Name of the instance, for people.
    pub title: &'static str,
    /// `name.localhost:port`.
    pub host: String,
    data: PathBuf,
    program: PathBuf,
    child: Option<Child>,
}

impl Node {
    /// A node `label.localhost:port` in a folder of its own; made with `rustine init` where it is new.
    pub fn prepare(
        folder: &Path,
        label: &str,
        title: &'static str,
        port: u16,
    ) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("the program cannot find itself")?;
        let data = folder.join(label);
        let node = Self {
            title,
            host: format!("{label}.localhost:{port}"),
            data,
            program,
            child: None,
        };
        if !node.data.join("rustine.toml").exists() {
            let origin = node.origin();
            let listen = format!("127.0.0.1:{port}");
            let init = [
                "init", "--origin", &origin, "--listen", &listen, "--name", title, "--dev",
            ];
            node.run(
                &[
                    &init[..],
                    &[
                        "--admin",
                        "moderation",
                        "--admin-email",
                        "moderation@brume.example",
                    ],
                ]
                .concat(),
            )?;
        }
        Ok(node)
    }

    /// The node's public address.
    pub fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--data")
            .arg(&self.data)
            .env("RUSTINE_ADMIN_PASSWORD", PASSWORD)
            .stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            // Settings meant for another instance must not reach these.
            let text = name.to_string_lossy();
            if text.starts_with("RUSTINE_") && text != "RUSTINE_ADMIN_PASSWORD" {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Runs a command with `--json` and gives its answer.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = self
            .command()
            .arg("--json")
            .args(arguments)
            .output()
            .context("a command cannot be started")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!(
                "`rustine {}` on {} failed: {}",
                arguments.join(" "),
                self.host,
                said.trim()
            );
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`rustine {}` answered no JSON", arguments.join(" ")))
    }

    /// Starts `rustine serve`; its log goes to `serve.log` in the data folder.
    pub fn start(&mut self) -> anyhow::Result<u32> {
        let log = std::fs::File::create(self.data.join("serve.log"))
            .context("serve.log cannot be written")?;
        let child = self
            .command()
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("`rustine serve` cannot be started")?;
        let pid = child.id();
        self.child = Some(child);
        Ok(pid)
    }

    /// Fails where the process has ended.
    pub fn check_alive(&mut self) -> anyhow::Result<()> {
        let Some(child) = &mut self.child else {
            bail!("{} was not started", self.host)
        };
        match child.try_wait().context("the process cannot be asked")? {
            None => Ok(()),
            Some(status) => bail!("{} (pid {}) ended: {status}", self.host, child.id()),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself, which is what we want.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
