//! What the binary `rustine` does: it reads the command line and the settings, and wires the other crates together.
//!
//! No rule lives here. Start reading at [`cli`] for the names, then `commands/` for one file per command and
//! [`serve`] for the running node.

mod cli;
mod commands;
mod config;
pub mod connections;
mod demo;
mod output;
mod password;
mod run_lock;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let cli = cli::Cli::parse();
    let filter = EnvFilter::try_from_env("RUSTINE_LOG")
        .unwrap_or_else(|_| EnvFilter::new(default_filter(&cli)));
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .init();
    match commands::run(&cli) {
        Ok(answer) => {
            answer.print(cli.json);
            if answer.done {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(1)
            }
        }
        Err(error) => {
            commands::report(&error);
            ExitCode::from(1)
        }
    }
}

/// A server tells what it does; a command speaks by its answer and warns only.
fn default_filter(cli: &cli::Cli) -> &'static str {
    if matches!(cli.command, cli::Command::Serve(_)) {
        "info,actix_server=warn"
    } else {
        "warn"
    }
}
