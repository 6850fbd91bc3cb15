//! Real nodes: the binary under test, a data folder of its own, a port of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::balancer::Balancer;
use crate::command::{Called, Caller};
use crate::database::{self, Database};
use crate::http::{Browser, Reply};
use crate::port::free_port;
use crate::settings::replace_sections;
use crate::{process, wait};

/// The password of every node's first operator.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

/// The name of every node's first operator.
pub const ADMIN: &str = "admin";

/// A node that a test started. Dropping it kills the process and removes the folder.
pub struct Node {
    name: String,
    origin: String,
    port: u16,
    home: TempDir,
    caller: Caller,
    child: Option<Child>,
    browser: Browser,
    starts: u32,
    /// The second server of this node, where [`database::in_pairs`] asks for two.
    mate: Option<Box<Mate>>,
    #[expect(dead_code, reason = "it goes after the process was killed")]
    database: Option<Database>,
}

/// Another server on the same database, and what deals out connections to both.
struct Mate {
    node: Node,
    _balancer: Balancer,
}

/// What `init` is told beyond the defaults.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The public origin; by default `http://NAME.localhost:PORT` in `--dev`.
    pub origin: Option<String>,
    /// Where the database is; by default SQLite in the data folder, or a fresh one on PostgreSQL where
    /// [`database::on_postgres`] says so.
    pub database_url: Option<String>,
    /// Sections of settings (TOML) that take the place of those that `init` wrote under the same names.
    pub settings: String,
    /// The port on loopback, if something has to know it before the node does; else [`free_port`].
    pub port: Option<u16>,
    /// On SQLite whatever [`database::on_postgres`] says: for tests that look at the files, or copy them.
    pub on_files: bool,
    /// The port that stands in the origin, where a proxy stands before the node; else its own.
    pub public_port: Option<u16>,
    /// Environment variables for every call of the binary.
    pub environment: Vec<(String, String)>,
    /// The client for a node that is reached otherwise than by its port.
    pub browser: Option<Browser>,
}

impl Node {
    /// Initialises a node called `name` and starts it, ready to answer.
    ///
    /// # Panics
    /// When it does not come up; with its log.
    #[must_use]
    pub fn start(binary: &Path, name: &str) -> Self {
        let mut node = Self::init(binary, name, Options::default());
        node.serve();
        node
    }

    /// As [`Node::start`], on SQLite whatever [`database::on_postgres`] says.
    ///
    /// # Panics
    /// As [`Node::start`].
    #[must_use]
    pub fn start_on_files(binary: &Path, name: &str) -> Self {
        let options = Options {
            on_files: true,
            ..Options::default()
        };
        let mut node = Self::init(binary, name, options);
        node.serve();
        node
    }

    /// Initialises a node without starting it.
    ///
    /// # Panics
    /// When `init` fails.
    #[must_use]
    pub fn init(binary: &Path, name: &str, options: Options) -> Self {
        let home = tempfile::Builder::new()
            .prefix("rustine-node-")
            .tempdir()
            .expect("a temporary folder can be made");
        let port = options.port.unwrap_or_else(free_port);
        let dev = options.origin.is_none();
        let wants_database =
            options.database_url.is_none() && !options.on_files && database::on_postgres();
        let in_pairs =
            wants_database && dev && options.public_port.is_none() && database::in_pairs();
        let public = match in_pairs {
            true => free_port(),
            false => options.public_port.unwrap_or(port),
        };
        let origin = options
            .origin
            .unwrap_or_else(|| format!("http://{name}.localhost:{public}"));
        let database = wants_database
            .then(|| Database::fresh().expect("RUSTINE_TEST_POSTGRES names a server"));
        let database_url = options
            .database_url
            .or_else(|| database.as_ref().map(|it| it.url().to_owned()));
        let data = home.path().join("data");
        let mut caller =
            Caller::new(binary, &data).with_env("RUSTINE_ADMIN_PASSWORD", ADMIN_PASSWORD);
        for (name, value) in &options.environment {
            caller = caller.with_env(name, value);
        }
        let listen = format!("127.0.0.1:{port}");
        let mail = format!("{ADMIN}@{name}.example");
        let mut arguments = vec![
            "init", "--origin", &origin, "--listen", &listen, "--name", name,
        ];
        arguments.extend(["--admin", ADMIN, "--admin-email", &mail]);
        if let Some(url) = &database_url {
            arguments.extend(["--database-url", url]);
        }
        if dev {
            arguments.push("--dev");
        }
        let _ = caller.call(&arguments).done();
        replace_sections(&data.join("rustine.toml"), &options.settings);
        let browser = options.browser.unwrap_or_default();
        let mut node = Self {
            name: name.to_owned(),
            origin,
            port,
            home,
            caller,
            child: None,
            browser,
            starts: 0,
            mate: None,
            database,
        };
        if in_pairs {
            let other = node.another();
            let balancer = Balancer::start(public, &[node.port, other.port]);
            node.mate = Some(Box::new(Mate {
                node: other,
                _balancer: balancer,
            }));
        }
        node
    }

    /// Another server on the same database, with a data folder and a port of its own; not started.
    ///
    /// # Panics
    /// When its folder cannot be written.
    #[must_use]
    pub fn another(&self) -> Self {
        let home = tempfile::Builder::new()
            .prefix("rustine-node-")
            .tempdir()
            .expect("a temporary folder can be made");
        let (port, data) = (free_port(), home.path().join("data"));
        fs::create_dir(&data).expect("the temporary folder can be written");
        let other = Self {
            name: format!("{}-{port}", self.name),
            origin: self.origin.clone(),
            port,
            caller: self.caller.on(&data),
            home,
            child: None,
            browser: self.browser.clone(),
            starts: 0,
            mate: None,
            database: None,
        };
        self.hand_settings(&other);
        other
    }

    /// Writes the settings of this server for another one on its database, with that one's port.
    fn hand_settings(&self, other: &Self) {
        let settings =
            fs::read_to_string(self.data().join("rustine.toml")).expect("init writes the settings");
        let settings = settings.replace(
            &format!("127.0.0.1:{}", self.port),
            &format!("127.0.0.1:{}", other.port),
        );
        fs::write(other.data().join("rustine.toml"), settings).expect("the folder can be written");
    }

    /// Starts the process and waits until it is ready.
    ///
    /// # Panics
    /// When it ends or is not ready within 60 s; with its log.
    pub fn serve(&mut self) {
        let caller = self.caller.clone();
        self.serve_as(&caller);
    }

    /// Starts the process in other surroundings, such as a memory limit.
    ///
    /// # Panics
    /// As [`Node::serve`].
    pub fn serve_as(&mut self, caller: &Caller) {
        assert!(self.child.is_none(), "{} is already running", self.name);
        self.starts += 1;
        let log = File::create(self.log_path()).expect("the log can be written");
        let mut command = caller.command(&["serve"]);
        let copy = log.try_clone().expect("a file handle can be copied");
        command.stdout(Stdio::from(copy)).stderr(Stdio::from(log));
        self.child = Some(command.spawn().expect("the binary under test starts"));
        let ready = format!("http://127.0.0.1:{}/readyz", self.port);
        wait::until(&format!("{} to be ready", self.name), 60, || {
            let ended = self
                .child
                .as_mut()
                .and_then(|child| child.try_wait().ok().flatten());
            assert!(
                ended.is_none(),
                "{} ended at once\n{}",
                self.name,
                self.log()
            );
            Browser::default()
                .try_get(&ready)
                .filter(|reply| reply.status == 200)
                .map(drop)
        });
        if let Some(mut mate) = self.mate.take() {
            self.hand_settings(&mate.node);
            mate.node.serve_as(&caller.on(&mate.node.data()));
            self.mate = Some(mate);
        }
    }

    /// Asks the process to end and waits for it. Returns the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        if let Some(mate) = &mut self.mate {
            let _ = mate.node.stop();
        }
        let mut child = self.child.take()?;
        process::terminate(&mut child, 30)
    }

    /// Kills the process at once.
    pub fn kill(&mut self) {
        if let Some(mate) = &mut self.mate {
            mate.node.kill();
        }
        if let Some(mut child) = self.child.take() {
            process::kill(&mut child);
        }
    }

    /// Stops the process where it stands (SIGSTOP), until [`Node::wake`].
    pub fn pause(&self) {
        if let Some(mate) = &self.mate {
            mate.node.pause();
        }
        if let Some(child) = &self.child {
            process::pause(child);
        }
    }

    /// Lets a paused process go on.
    pub fn wake(&self) {
        if let Some(mate) = &self.mate {
            mate.node.wake();
        }
        if let Some(child) = &self.child {
            process::wake(child);
        }
    }

    /// Kills the process and starts it again on the same data.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.serve();
    }

    /// The number of the running process.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The public origin, without a slash at its end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `host[:port]` as other nodes name this one.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin
            .split_once("://")
            .map_or(self.origin.as_str(), |(_, host)| host)
    }

    /// `name@host[:port]`, as partners name a dataset of this node.
    #[must_use]
    pub fn address_of(&self, dataset: &str) -> String {
        format!("{dataset}@{}", self.host())
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Writes a file beside the data folder, to be imported.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, content).expect("the temporary folder can be written");
        path
    }

    /// How the command line of this node is called.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Runs a command of this node to its end.
    pub fn call(&self, arguments: &[&str]) -> Called {
        self.caller.call(arguments)
    }

    /// Runs a command of this node with `--json`; it must succeed.
    #[must_use]
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.caller.json(arguments)
    }

    /// The client that reaches this node by its public name.
    #[must_use]
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Fetches a path of this node.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.browser.get(&format!("{}{path}", self.origin))
    }

    /// Everything that the current process has logged; of two servers, one after the other.
    #[must_use]
    pub fn log(&self) -> String {
        let own = fs::read_to_string(self.log_path()).unwrap_or_default();
        let other = self.mate.as_ref().map(|mate| mate.node.log());
        own + &other.unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join(format!("serve-{}.log", self.starts))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            // The test harness shows this only for the test that failed.
            #[expect(
                clippy::print_stdout,
                reason = "the log of a failed test is part of its report"
            )]
            {
                println!(
                    "--- the end of {}'s log ---\n{}",
                    self.name,
                    tail.join("\n")
                );
            }
        }
    }
}
