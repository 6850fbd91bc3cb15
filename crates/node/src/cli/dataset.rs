//! `rustine dataset …`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rustine_domain::ids::{ActorName, DatasetAddress, DatasetUid, FieldName, Host, RowId};

/// The forms that `dataset export` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Comma-separated values with the original headers
    Csv,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
}

/// `rustine dataset …`
#[derive(Debug, Subcommand)]
pub enum Dataset {
    /// Create a dataset from a CSV file, or compare and append to an existing one
    Import(Import),
    /// Write a dataset as a file
    Export {
        /// name, or name@host for a replica
        dataset: DatasetAddress,
        /// Form of the file
        #[arg(long, value_enum, default_value = "csv", value_name = "FMT")]
        format: ExportFormat,
        /// File to write; standard output without it
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Add a first column with the row ids
        #[arg(long)]
        with_ids: bool,
    },
    /// List the datasets of this instance, replicas included
    List,
    /// Show a dataset
    Show {
        /// name, or name@host for a replica
        dataset: DatasetAddress,
    },
    /// Read every cell by the schema and report problems
    Validate {
        /// name, or name@host for a replica
        dataset: DatasetAddress,
    },
    /// Make a dataset public
    Publish {
        /// name of a dataset of this instance
        dataset: DatasetAddress,
    },
    /// Print the log, an entry a line
    Log {
        /// name, or name@host for a replica
        dataset: DatasetAddress,
    },
    /// End a dataset: no further change, copies keep it
    Close {
        /// name of a dataset of this instance
        dataset: DatasetAddress,
    },
    /// Print what two copies compare
    Digest {
        /// name, or name@host for a replica
        dataset: DatasetAddress,
    },
    /// Replay every hash and signature; exits 1 and names the first fault
    Verify {
        /// name, or name@host for a replica
        dataset: DatasetAddress,
    },
    /// Erase values here and on every copy; of another instance's dataset, only here
    Redact {
        /// name, or name@host for a replica
        dataset: DatasetAddress,
        /// Erase every value that this row ever had
        #[arg(
            long,
            value_name = "ID",
            required_unless_present = "meta",
            conflicts_with = "meta"
        )]
        row: Option<RowId>,
        /// Of that row, this field only
        #[arg(long, value_name = "F", requires = "row")]
        field: Option<FieldName>,
        /// Erase who proposed and decided the entry SEQ, and what they said
        #[arg(long, value_name = "SEQ")]
        meta: Option<u64>,
        /// Why; published with the order, so without personal data
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Replace the key that signs a dataset, after it was stolen or to be safe
    Rotate {
        /// name of a dataset of this instance
        dataset: DatasetAddress,
        /// The page that `init` or the last rotation wrote
        #[arg(long, value_name = "FILE")]
        recovery_key: PathBuf,
    },
    /// Give a dataset another home under the same identity: hand it over, or take it over where its origin is gone
    Move {
        /// name of a dataset of this instance; name@host of a copy whose origin is gone
        dataset: DatasetAddress,
        /// The page that its origin's `init` or last rotation wrote
        #[arg(long, value_name = "FILE")]
        recovery_key: PathBuf,
        /// The instance that has agreed; this one, to take a copy over
        #[arg(long, value_name = "HOST")]
        to: Host,
        /// Its name here, where it is taken over; by default the one it has
        #[arg(long, value_name = "NAME")]
        name: Option<ActorName>,
    },
    /// Agree to go on with a dataset that is copied here, once its owner hands it over
    Agree {
        /// name@host
        dataset: DatasetAddress,
        /// Its name here; by default the one it has
        #[arg(long, value_name = "NAME")]
        name: Option<ActorName>,
        /// Take the agreement back
        #[arg(long, conflicts_with = "name")]
        withdraw: bool,
    },
    /// Go on with a dataset whose origin and recovery key are gone, under another identity that names it
    Fork {
        /// name@host
        dataset: DatasetAddress,
        /// Name of the new dataset
        #[arg(long, value_name = "NEW")]
        name: ActorName,
        /// Although somebody goes on with it already
        #[arg(long)]
        beside: bool,
    },
    /// Ask the partners who goes on with a dataset, and show what is known
    Successors {
        /// name@host
        dataset: DatasetAddress,
    },
    /// Say which successor one is for, as a person with the role maintain
    Vote {
        /// name@host of the dataset that is gone
        dataset: DatasetAddress,
        /// The uid of the successor; `dataset successors` lists them
        #[arg(long = "for", value_name = "UID")]
        successor: DatasetUid,
        /// In the name of this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
}

/// `rustine dataset import`
#[derive(Debug, Args)]
pub struct Import {
    /// CSV file, or an https URL of one
    #[arg(value_name = "FILE|URL")]
    pub source: String,
    /// Name of the dataset: 3 to 60 of a-z, 0-9 and _
    #[arg(long)]
    pub name: ActorName,
    /// Title for people; by default the name
    #[arg(long, value_name = "T")]
    pub title: Option<String>,
    /// Licence, an SPDX id such as etalab-2.0 or ODbL-1.0
    #[arg(long, value_name = "SPDX")]
    pub license: Option<String>,
    /// Field or fields that identify a row
    #[arg(long, value_name = "FIELD[,FIELD]", value_delimiter = ',')]
    pub key: Vec<String>,
    /// Table Schema to use instead of guessing
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// Show what would change and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Make the dataset public afterwards (needs a licence)
    #[arg(long)]
    pub publish: bool,
}
