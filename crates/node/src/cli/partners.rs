//! Commands about deciding with others: grants, reviews, and how many must agree.

use clap::{Args, Subcommand, ValueEnum};
use rustine_domain::ids::{ActorName, DatasetAddress, PatchId};

/// The role that a grant gives.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum GrantRole {
    /// Decides on proposals
    Write,
    /// The same, and says who else does
    Maintain,
}

/// `rustine grant …`
#[derive(Debug, Subcommand)]
pub enum Grant {
    /// Give somebody a role on a dataset, in place of the one she had
    Add {
        /// Its name
        dataset: DatasetAddress,
        /// Whom: name@host
        #[arg(long, value_name = "USER@HOST")]
        to: DatasetAddress,
        /// Which
        #[arg(long, value_enum)]
        role: GrantRole,
        /// Last day, for example 2026-12-31; without it six months, or for somebody of this instance until it is revoked
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
    /// List the roles in force, what was asked for, and what people of this instance hold elsewhere
    List,
    /// Take a role back, or refuse a request
    Revoke {
        /// Its id, as `grant list` shows it
        id: String,
    },
    /// Ask the maintainers of another instance's dataset, of which a copy is kept here, for a role
    Ask {
        /// name@host
        dataset: DatasetAddress,
        /// Which
        #[arg(long, value_enum, default_value = "write")]
        role: GrantRole,
        /// What they should know
        #[arg(long, value_name = "TEXT")]
        content: Option<String>,
        /// Ask as this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
    /// Accept a role that another instance offered; a first review says the same
    Accept {
        /// Its id, as `grant list` shows it
        id: String,
        /// Whose it is; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
    /// Decline a role on another instance's dataset, or give it back
    Decline {
        /// Its id, as `grant list` shows it
        id: String,
        /// Whose it is; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
}

/// What a review says.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ReviewVerdict {
    /// Apply it
    Approve,
    /// Change it first
    Revise,
    /// Do not apply it
    Reject,
    /// A comment that decides nothing
    Remark,
}

/// `rustine review …`
#[derive(Debug, Args)]
pub struct Review {
    /// The proposal's id
    pub patch: PatchId,
    /// What the review says
    #[arg(long, value_enum)]
    pub verdict: ReviewVerdict,
    /// Review as this user; the first operator without it
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<ActorName>,
    /// Why, for the other moderators
    #[arg(long, value_name = "TEXT")]
    pub content: Option<String>,
}

/// `rustine policy …`
#[derive(Debug, Args)]
pub struct Policy {
    /// name; name@host shows that of a replica
    pub dataset: DatasetAddress,
    /// How many approvals accept
    #[arg(long, value_name = "N")]
    pub quorum: Option<u32>,
    /// From how many instances they come at least
    #[arg(long, value_name = "N")]
    pub instances: Option<u32>,
    /// Whether one of them must come from this instance
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new())]
    pub owner_required: Option<bool>,
}
