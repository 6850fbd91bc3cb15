//! Measures a release build of Rustine beside floors: what the same machine needs, in the same minutes, for the bare
//! work without history, rights and conflicts. Nothing here asserts a time; the ratios say where to look.

mod floors;
mod http;
mod letters;
mod node;
mod peers;
mod places;
mod proxy;
mod report;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use report::Report;

/// Why something could not be measured, in a sentence.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [command, database, port] = words.as_slice()
        && command == "serve-floor"
    {
        return exit(floors::server::serve(database, port));
    }
    if let [command, database, port, key] = words.as_slice()
        && command == "serve-inbox"
    {
        return exit(floors::inbox::serve(database, port, key));
    }
    exit(measure(&words))
}

fn exit(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tests/bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// How much is measured.
pub struct Extent {
    /// Rows of the tables, small to large.
    pub sizes: Vec<usize>,
    /// How often what takes long is repeated; the median counts.
    pub rounds: usize,
    /// How many requests or single writes a median is taken over.
    pub samples: usize,
    /// How many proposals are posted in a burst.
    pub letters: usize,
    /// The goals that were asked for; empty for all.
    pub only: Vec<String>,
}

impl Extent {
    /// Whether one of these goals was asked for.
    pub fn wants(&self, ids: &[&str]) -> bool {
        self.only.is_empty() || ids.iter().any(|id| self.only.iter().any(|only| only == id))
    }
}

/// The goals, as `P1` to `P10`.
const GOALS: usize = 10;

fn measure(words: &[String]) -> Result<(), Failure> {
    let (mut quick, mut json) = (false, false);
    let goals: Vec<String> = (1..=GOALS).map(|goal| format!("P{goal}")).collect();
    let mut only = Vec::new();
    for word in words {
        match word.as_str() {
            "--quick" => quick = true,
            "--json" => json = true,
            goal if goals.iter().any(|known| known == goal) => only.push(goal.to_owned()),
            other => return Err(format!("unknown argument {other:?}; see --help").into()),
        }
    }
    let extent = if quick {
        Extent {
            sizes: vec![1_000, 10_000],
            rounds: 1,
            samples: 50,
            letters: 256,
            only,
        }
    } else {
        Extent {
            sizes: vec![1_000, 100_000, 1_000_000],
            rounds: 3,
            samples: 300,
            letters: 2048,
            only,
        }
    };
    let binary = std::env::var_os("RUSTINE_BIN").ok_or("RUSTINE_BIN names no binary")?;
    let mut report = Report::new();
    work::run(&PathBuf::from(binary), &extent, &mut report)?;
    report.print(json);
    Ok(())
}
