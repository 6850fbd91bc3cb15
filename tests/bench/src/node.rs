//! The binary under test: a node in a temporary folder, its commands, its process.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Failure;
use crate::http::Client;

/// The dataset that every node has.
pub const NAME: &str = "lieux";

/// A data folder and the binary.
pub struct Node {
    binary: PathBuf,
    data: PathBuf,
    /// What the node calls itself, with the port that others connect to.
    pub host: String,
    pub public_port: u16,
    /// The port that it listens on.
    pub port: u16,
}

/// What a command took.
pub struct Run {
    pub seconds: f64,
    /// The most memory that it held, in MB.
    pub peak_mb: f64,
}

/// A node that serves; it is killed when this is dropped.
pub struct Serving {
    child: Child,
    /// From the start of the process to the first answer that says it is ready, in ms.
    pub ready_ms: f64,
}

impl Node {
    /// Makes an instance in a folder.
    pub fn init(binary: &Path, folder: &Path, name: &str) -> Result<Self, Failure> {
        let port = free_port()?;
        Self::init_at(binary, folder, name, (port, port))
    }

    /// Makes an instance that others reach by another port than it listens on.
    pub fn init_behind_proxy(binary: &Path, folder: &Path, name: &str) -> Result<Self, Failure> {
        Self::init_at(binary, folder, name, (free_port()?, free_port()?))
    }

    fn init_at(
        binary: &Path,
        folder: &Path,
        name: &str,
        (public_port, port): (u16, u16),
    ) -> Result<Self, Failure> {
        let node = Self {
            binary: binary.to_owned(),
            data: folder.join(name),
            host: format!("{name}.localhost:{public_port}"),
            public_port,
            port,
        };
        let (origin, listen) = (format!("http://{}", node.host), format!("127.0.0.1:{port}"));
        let who = [
            "--name",
            name,
            "--admin",
            "admin",
            "--admin-email",
            "admin@hub.example",
        ];
        let mut words = vec!["init", "--dev", "--origin", &origin, "--listen", &listen];
        words.extend(who);
        node.call(&words)?;
        Ok(node)
    }

    /// Imports a file and publishes the dataset.
    pub fn import(&self, file: &Path) -> Result<Run, Failure> {
        let file = file.to_string_lossy();
        let words = [
            "dataset",
            "import",
            &file,
            "--name",
            NAME,
            "--license",
            "etalab-2.0",
            "--publish",
        ];
        let begun = Instant::now();
        let mut child = self.command(&words).stdout(Stdio::null()).spawn()?;
        let mut peak_mb: f64 = 0.0;
        let status = loop {
            peak_mb = peak_mb.max(memory_mb(child.id(), "VmHWM").unwrap_or(0.0));
            if let Some(status) = child.try_wait()? {
                break status;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        if !status.success() {
            return Err(format!("the import ended with {status}").into());
        }
        let seconds = begun.elapsed().as_secs_f64();
        Ok(Run { seconds, peak_mb })
    }

    /// The node's database.
    pub fn database(&self) -> PathBuf {
        self.data.join("rustine.sqlite")
    }

    /// Lifts the limits that keep strangers from filling an instance with proposals; before it serves.
    pub fn allow_many_proposals(&self) -> Result<(), Failure> {
        let settings = self.data.join("rustine.toml");
        let text = std::fs::read_to_string(&settings)?;
        let line = |line: &str| match line.split_once(" = ") {
            Some((name, _)) if name.starts_with("pending_per_") || name == "burst_per_hour" => {
                format!("{name} = 1000000\n")
            }
            _ => format!("{line}\n"),
        };
        std::fs::write(&settings, text.lines().map(line).collect::<String>())?;
        Ok(())
    }

    /// A token for the API.
    pub fn token(&self) -> Result<String, Failure> {
        let answer = self.call(&["--json", "user", "token", "admin"])?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let token = answer["token"]
            .as_str()
            .ok_or("user token printed no token")?;
        Ok(token.to_owned())
    }

    /// Starts the node and waits until it is ready.
    pub fn serve(&self) -> Result<Serving, Failure> {
        let begun = Instant::now();
        let child = self
            .command(&["serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut serving = Serving {
            child,
            ready_ms: 0.0,
        };
        while begun.elapsed() < Duration::from_secs(60) {
            let ready = self
                .client(None)
                .and_then(|mut client| client.ask("GET", "/readyz", None));
            if ready.is_ok_and(|answer| answer.status == 200) {
                serving.ready_ms = begun.elapsed().as_secs_f64() * 1000.0;
                return Ok(serving);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("the node was not ready within a minute".into())
    }

    /// A connection to the serving node.
    pub fn client(&self, token: Option<&str>) -> std::io::Result<Client> {
        Client::connect(self.port, &self.host, token)
    }

    /// Runs a command and gives what it printed.
    pub fn call(&self, words: &[&str]) -> Result<Vec<u8>, Failure> {
        let output = self.command(words).output()?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("rustine {words:?} failed: {told}").into());
        }
        Ok(output.stdout)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--data")
            .arg(&self.data)
            .args(words)
            .env("RUSTINE_ADMIN_PASSWORD", "correct horse battery staple")
            // As deploy/ starts it.
            .env("MALLOC_ARENA_MAX", "2")
            .stdin(Stdio::null());
        command
    }
}

impl Serving {
    /// The memory that the process holds now, in MB.
    pub fn memory_mb(&self) -> Result<f64, Failure> {
        memory_mb(self.child.id(), "VmRSS").ok_or_else(|| "the node's memory cannot be read".into())
    }

    /// The most memory that the process held, in MB.
    pub fn peak_mb(&self) -> Result<f64, Failure> {
        memory_mb(self.child.id(), "VmHWM").ok_or_else(|| "the node's memory cannot be read".into())
    }

    /// How many bytes the process has had written to disk.
    pub fn written_bytes(&self) -> Result<u64, Failure> {
        let text = std::fs::read_to_string(format!("/proc/{}/io", self.child.id()))?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("write_bytes: "));
        Ok(line.ok_or("/proc has no write_bytes")?.trim().parse()?)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn memory_mb(process: u32, what: &str) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with(what))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
