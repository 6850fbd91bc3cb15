//! `rustine peer` and `rustine block`: whom this node has to do with.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rustine_domain::ids::{ActorName, DatasetAddress, FieldName, Host};

/// `rustine peer …`
#[derive(Debug, Subcommand)]
pub enum Peer {
    /// Ask an instance for a peering
    Add {
        /// host, or host:port
        host: Host,
        /// What follows once they agreed
        #[command(flatten)]
        choice: ChoiceOptions,
    },
    /// List peerings and requests
    List,
    /// Show what a partner says about itself, copies on both sides, and what did not arrive
    Show {
        /// host, or host:port
        host: Host,
    },
    /// Show or change what happens to a partner's proposals, and which groups it is in
    Policy {
        /// host, or host:port
        host: Host,
        /// What changes
        #[command(flatten)]
        options: PolicyOptions,
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
        /// What follows
        #[command(flatten)]
        choice: ChoiceOptions,
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

/// What is chosen with a request, or with its answer.
#[derive(Debug, Args)]
pub struct ChoiceOptions {
    /// Copy this dataset of theirs as soon as both agreed; again for more
    #[arg(long = "copy", value_name = "NAME")]
    pub copies: Vec<ActorName>,
    /// Groups to put them into: names separated by commas
    #[arg(long, value_name = "NAMES")]
    pub groups: Option<String>,
    /// What happens to their proposals on every dataset of this node
    #[arg(long, value_enum, default_value = "rules")]
    pub proposals: PeerProposals,
}

/// What happens to a partner's proposals, as chosen with the partnership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeerProposals {
    /// What the rules of each dataset say
    Rules,
    /// They wait for a decision
    Queue,
    /// New senders wait, others are applied at once up to the usual ceiling
    Accept,
    /// Refused at the door
    Drop,
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

/// What `rustine peer policy` changes; without any it shows.
#[derive(Debug, Args)]
pub struct PolicyOptions {
    /// What happens to their proposals on the dataset
    #[arg(value_enum, requires = "dataset")]
    pub outcome: Option<PolicyOutcome>,
    /// The dataset of this node
    #[arg(long, value_name = "NAME", requires = "outcome")]
    pub dataset: Option<DatasetAddress>,
    /// One field; without it, all of them, and adding and removing rows
    #[arg(long, value_name = "FIELD", requires = "outcome")]
    pub field: Option<FieldName>,
    /// Changes accepted in 24 hours (50)
    #[arg(long, value_name = "N", requires = "outcome")]
    pub daily_ops: Option<u32>,
    /// Rows touched in 24 hours, in percent (5)
    #[arg(long, value_name = "N", requires = "outcome")]
    pub daily_percent: Option<u32>,
    /// Names separated by commas; an empty text for none
    #[arg(long, value_name = "NAMES")]
    pub groups: Option<String>,
}

/// What happens to the proposals of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyOutcome {
    /// Applied at once, up to the ceiling
    Accept,
    /// They wait for a decision
    Queue,
    /// Refused at the door
    Drop,
    /// There is no rule any more
    None,
}
