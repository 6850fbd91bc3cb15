//! `rustine patch …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rustine_domain::ids::{ActorName, DatasetAddress, PatchId, RowId};

/// `rustine patch …`
#[derive(Debug, Subcommand)]
pub enum Patch {
    /// Propose a correction
    Propose(Propose),
    /// List patches
    List {
        /// Only of this dataset
        #[arg(long, value_name = "D")]
        dataset: Option<DatasetAddress>,
        /// Only with this status
        #[arg(long, value_name = "S")]
        status: Option<String>,
    },
    /// Show a patch
    Show {
        /// Its id
        id: PatchId,
    },
    /// Accept a patch
    Accept {
        /// Its id
        id: PatchId,
        /// Decide as this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
    /// Refuse a patch
    Refuse {
        /// Its id
        id: PatchId,
        /// Why, in a sentence that the proposer reads
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Decide as this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
    /// Accept a patch with other values, or a part of it
    Amend {
        /// Its id
        id: PatchId,
        /// The value to write instead; again for more fields
        #[arg(long, value_name = "FIELD=VALUE", num_args = 1.., required_unless_present = "leave_out")]
        set: Vec<FieldValue>,
        /// The operation that is not applied, counted from 1 as `show` prints them; again for more
        #[arg(long, value_name = "NUMBER", num_args = 1..)]
        leave_out: Vec<std::num::NonZeroUsize>,
        /// Decide as this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
    /// Take back a patch of this instance
    Withdraw {
        /// Its id
        id: PatchId,
        /// Withdraw as this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
}

/// `rustine patch propose`
#[derive(Debug, Args)]
pub struct Propose {
    /// name, or name@host for a replica
    pub dataset: DatasetAddress,
    /// The row to change
    #[arg(long, value_name = "ID", conflicts_with_all = ["find", "add", "from"])]
    pub row: Option<RowId>,
    /// The row to change, by a value that only it has
    #[arg(long = "where", value_name = "FIELD=VALUE", conflicts_with_all = ["add", "from"])]
    pub find: Option<FieldValue>,
    /// New value of a field; an empty one empties the cell
    #[arg(long, value_name = "FIELD=VALUE", num_args = 1..)]
    pub set: Vec<FieldValue>,
    /// Propose to remove the row
    #[arg(long, conflicts_with_all = ["set", "add", "from"])]
    pub delete: bool,
    /// Propose a new row with this value; again for more fields
    #[arg(long, value_name = "FIELD=VALUE", num_args = 1.., conflicts_with_all = ["set", "from"])]
    pub add: Vec<FieldValue>,
    /// Propose the differences between the dataset and this file
    #[arg(long, value_name = "FILE.csv")]
    pub from: Option<PathBuf>,
    /// Propose as this user; as an anonymous visitor without it
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<ActorName>,
    /// What the change is about
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
}

/// `FIELD=VALUE`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    /// Name of the field
    pub field: String,
    /// Its value, as typed
    pub value: String,
}

impl std::str::FromStr for FieldValue {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (field, value) = text
            .split_once('=')
            .ok_or("write FIELD=VALUE, for example nom=Mairie")?;
        Ok(Self {
            field: field.to_owned(),
            value: value.to_owned(),
        })
    }
}
