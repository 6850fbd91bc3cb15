//! `rustine peer` and `rustine block`: whom this node has to do with.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use rustine_domain::ids::{ActorName, Host};

/// `rustine peer …`
#[derive(Debug, Subcommand)]
pub enum Peer {
    /// Ask an instance for a peering
    Add {
        /// host, or host:port
        host: Host,
        /// Copy this dataset of theirs as soon as they agreed; again for more
        #[arg(long = "copy", value_name = "NAME")]
        copies: Vec<ActorName>,
    },
    /// List peerings and requests
    List,
    /// Show what a partner says about itself, copies on both sides, and what did not arrive
    Show {
        /// host, or host:port
        host: Host,
    },
    /// Say which groups a partner is in; rules may name them
    Policy {
        /// host, or host:port
        host: Host,
        /// Names separated by commas; an empty text for none
        #[arg(long, value_name = "NAMES")]
        groups: String,
    },
    /// Show or choose who may speak to this node
    Mode {
        /// From now on
        mode: Option<PeerMode>,
    },
    /// Accept a request
    Accept {
        /// host, or host:port
        host: Host,
    },
    /// Refuse a request
    Refuse {
        /// host, or host:port
        host: Host,
    },
    /// End a peering
    Remove {
        /// host, or host:port
        host: Host,
        /// What becomes of the copies of their datasets
        #[arg(long, value_enum, default_value = "keep")]
        copies: KeepCopies,
    },
    /// Confirm the key that a partner, a follower or a proposer shows now
    Confirm {
        /// host, host:port, or the URL of one actor
        #[arg(value_name = "HOST|ACTOR")]
        whose: rustine_app::actors::confirm::Whose,
        /// Only if its key has this fingerprint, as `peer list` shows it
        #[arg(long, value_name = "HEX")]
        fingerprint: Option<String>,
    },
}

/// `rustine block …`
#[derive(Debug, Subcommand)]
pub enum Block {
    /// Block a domain and its subdomains
    Add {
        /// Domain
        domain: String,
        /// Why, for the operators
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        /// Name what would be cut, and cut nothing
        #[arg(long)]
        dry_run: bool,
        /// Write it down for later, and cut nothing
        #[arg(long, conflicts_with = "dry_run")]
        draft: bool,
    },
    /// Unblock a domain
    Remove {
        /// Domain
        domain: String,
    },
    /// List blocked domains
    List,
    /// List blocks that wait for a person
    Drafts,
    /// Make a draft true
    Apply {
        /// Its number, as `block drafts` shows it
        id: i64,
    },
    /// Put a draft aside
    Dismiss {
        /// Its number
        id: i64,
    },
    /// Make drafts of a CSV of domains
    Import {
        /// The file
        file: PathBuf,
    },
    /// Have a list of domains read once a day; it proposes, and never blocks
    Subscribe {
        /// Its address
        url: String,
        /// How it is written
        #[arg(long, value_enum, default_value = "csv")]
        kind: BlockListKind,
        /// What people call it
        #[arg(long, value_name = "TEXT", default_value = "")]
        name: String,
    },
    /// List the lists
    Lists,
    /// Remove a list and what it proposes; blocks stay
    Unsubscribe {
        /// Its number, as `block lists` shows it
        id: i64,
    },
}

/// How a list of domains is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BlockListKind {
    /// The CSV that servers of the fediverse export
    Csv,
    /// A FIRES feed
    Fires,
}

/// What becomes of copies when a partnership ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeepCopies {
    /// They stay, to be read
    Keep,
    /// They are deleted
    Delete,
}

/// Who may speak to this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeerMode {
    /// Everybody but blocked domains
    Open,
    /// Partners; others may ask to become one
    AllowList,
    /// Partners, and nobody can ask
    Silent,
}
