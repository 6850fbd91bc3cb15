//! A node that runs under another program, and a shell beside it: a tracer that must see what the command line writes,
//! or a small disk of which only its own processes know.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustine_testkit::http::Browser;
use rustine_testkit::node::{ADMIN_PASSWORD, Node};
use rustine_testkit::{process, wait};

/// Starts the node, says its number, then runs what it is told, each time with the exit code as the answer. The words
/// of a command are divided at spaces; what is no order to the shell is a command of the node.
const SCRIPT: &str = r#"set -f
serve() { "$1" serve --data "$2" >>"$3/serve.log" 2>&1 & }
serve "$@"
echo $!
while read -r words; do
  case $words in
    stop) kill -TERM $!; wait $! ;;
    fill) dd if=/dev/zero of="$2/ballast" bs=4k 2>"$3/complained"; true ;;
    empty) rm "$2/ballast" ;;
    keep) cp -R "$2" "$3/kept" ;;
    *) "$1" $words --data "$2" >"$3/said" 2>"$3/complained" </dev/null ;;
  esac
  echo $?
done"#;

/// A node under another program. Dropping it kills the node.
pub struct Shell {
    child: Child,
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pid: u32,
    folder: PathBuf,
}

/// What a command said.
pub struct Said {
    /// The exit code.
    pub code: String,
    pub out: String,
    pub err: String,
}

impl Shell {
    /// Runs the shell by `program`, on the binary and the data of `node`, after the lines `before`; outputs go into
    /// `folder`. Returns when the node is ready.
    ///
    /// # Panics
    /// When it is not within 60 s.
    pub fn start(
        program: &[&str],
        before: &str,
        binary: &Path,
        node: &Node,
        folder: &Path,
    ) -> Self {
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .args(["sh", "-c", &format!("{before}\n{SCRIPT}"), "sh"])
            .arg(binary)
            .arg(node.data())
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RUSTINE_") {
                command.env_remove(name);
            }
        }
        command.env("RUSTINE_ADMIN_PASSWORD", ADMIN_PASSWORD);
        let mut child = command.spawn().expect("the program starts");
        let words = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe was asked for"));
        let mut shell = Self {
            child,
            words,
            answers,
            pid: 0,
            folder: folder.to_owned(),
        };
        shell.pid = shell.answer().parse().expect("the shell says a number");
        let ready = format!("http://127.0.0.1:{}/readyz", node.port());
        wait::until("the node to be ready", 60, || {
            let reply = Browser::default().try_get(&ready)?;
            (reply.status == 200).then_some(())
        });
        shell
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        assert!(read.is_ok_and(|count| count > 0), "the shell has ended");
        line.trim().to_owned()
    }

    /// Runs a command of the node, or an order to the shell.
    ///
    /// # Panics
    /// When the shell has ended.
    pub fn tell(&mut self, words: &str) -> Said {
        let shell = self.words.as_mut().expect("the shell still listens");
        writeln!(shell, "{words}").expect("the shell still listens");
        let code = self.answer();
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        let (out, err) = (read("said"), read("complained"));
        Said { code, out, err }
    }

    /// Runs a command of the node, or an order to the shell; returns what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn call(&mut self, words: &str) -> String {
        let said = self.tell(words);
        assert_eq!(said.code, "0", "{words}: {}{}", said.out, said.err);
        said.out
    }

    /// Stops the node as its operator would, and waits for the program around it.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn stop(mut self) {
        let code = self.tell("stop").code;
        assert_eq!(code, "0", "the node ends in order");
        drop(self.words.take());
        let ended = self.child.wait().expect("a child can be waited for");
        assert!(ended.success(), "the program ended with {ended}");
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let Some(words) = self.words.take() else {
            return;
        };
        // The test failed: the shell reads the end of its orders, and the node must not outlive it.
        drop(words);
        if self.pid != 0 {
            process::kill_descendant(self.pid);
        }
        // It ends with the last of its processes; nothing can be done where it does not.
        let _ = self.child.wait();
    }
}
