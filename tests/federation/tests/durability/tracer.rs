//! A node whose calls to the system are written down, with those of the commands that are run beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustine_testkit::node::Node;
use rustine_testkit::skipped;

use crate::shell::Shell;
use crate::trace::CALLS;

/// The longest write that is shown whole, in bytes; one that is cut short fails the test.
const LONGEST_WRITE: &str = "16777216";

/// A running node under the tracer.
pub struct Traced {
    pub shell: Shell,
    report: PathBuf,
}

/// Whether processes may be traced here; says that the test is skipped where not.
pub fn may_trace() -> bool {
    let tried = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=fsync", "-o", "/dev/null", "true"])
        .stderr(Stdio::null())
        .status();
    let works = tried.is_ok_and(|status| status.success());
    if !works {
        skipped("strace is not here or may not trace");
    }
    works
}

impl Traced {
    /// Starts `binary` on the data of `node`, with the report and the outputs in `folder`; ready to answer. `variables`
    /// are set for it and for its commands.
    pub fn start(
        binary: &Path,
        variables: &[(String, String)],
        node: &Node,
        folder: &Path,
    ) -> Self {
        let report = folder.join("report");
        let calls = format!("trace={CALLS}");
        let variables = variables.iter();
        let variables: Vec<String> = variables
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut program = vec!["env"];
        program.extend(variables.iter().map(String::as_str));
        program.extend(["strace", "-f", "-qq", "-ttt", "-y", "-xx"]);
        program.extend(["-s", LONGEST_WRITE, "-e", "signal=none", "-e", &calls]);
        let shown = report.to_string_lossy();
        program.extend(["-o", &shown]);
        Self {
            shell: Shell::start(&program, "", binary, node, folder),
            report,
        }
    }

    /// Stops the node as its operator would; returns the report.
    ///
    /// # Panics
    /// When the tracer leaves none.
    pub fn stop(self) -> String {
        self.shell.stop();
        fs::read_to_string(self.report).expect("the tracer wrote a report")
    }
}
