//! The command line of `interface.md`: names that scripts rely on. Each command runs in its own file of `commands/`.

mod partners;
mod peering;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rustine_domain::ids::{
    ActorName, DatasetAddress, DatasetUid, FieldName, Hash, Host, PatchId, RowId,
};
use url::Url;

pub use partners::{Grant, GrantRole, Policy, Review, ReviewVerdict};
pub use peering::{
    Block, BlockListKind, ChoiceOptions, KeepCopies, Peer, PeerMode, PeerProposals, PolicyOptions,
    PolicyOutcome,
};

/// A federated node for data cooperatives: datasets that people correct together.
#[derive(Debug, Parser)]
#[command(name = "rustine", version, propagate_version = true)]
pub struct Cli {
    /// Folder of this instance's database, keys and settings
    #[arg(
        long,
        global = true,
        env = "RUSTINE_DATA",
        default_value = "./rustine-data",
        value_name = "DIR"
    )]
    pub data: PathBuf,
    /// Print one JSON document on standard output instead of sentences
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start three federated nodes with invented places and print a tour
    Demo(Demo),
    /// Create an instance: settings, database, keys and the first operator
    Init(Init),
    /// Serve pages, the API and federation
    Serve(Serve),
    /// Import, show, check and export datasets
    #[command(subcommand)]
    Dataset(Dataset),
    /// Keep verified copies of other instances' datasets
    #[command(subcommand)]
    Replica(Replica),
    /// Follow datasets of other instances
    #[command(subcommand)]
    Follow(Follow),
    /// Propose corrections and decide on them
    #[command(subcommand)]
    Patch(Patch),
    /// Agree with other instances to exchange
    #[command(subcommand)]
    Peer(Peer),
    /// Refuse everything from a domain
    #[command(subcommand)]
    Block(Block),
    /// Say who else decides on a dataset, here or on another instance
    #[command(subcommand)]
    Grant(Grant),
    /// Review a proposal: a signed vote, which decides with those of others
    Review(Review),
    /// Show or change how many must agree
    Policy(Policy),
    /// Accounts of this instance
    #[command(subcommand)]
    User(User),
    /// End this instance: hand its datasets over to who has agreed, archive the others
    #[command(subcommand)]
    Closing(Closing),
    /// Copy database, settings and the list of erasures into a new folder, while the server runs
    Backup {
        /// Folder to make
        dir: PathBuf,
    },
    /// Put a backup in place, erase again what was erased since, and ask the copies before anything is signed
    Restore(Restore),
    /// Bring the database to this version of the program
    Migrate,
    /// Ask a running server whether it works; exits 0 or 1
    Healthcheck,
    /// Check or print the settings
    #[command(subcommand)]
    Config(Config),
}

/// `rustine closing …`
#[derive(Debug, Subcommand)]
pub enum Closing {
    /// Show the open datasets, who copies them, and who would go on with them
    Plan,
    /// Hand over what somebody has agreed to, archive the rest; what is left is named, and exits 1
    Run {
        /// The page that `init` or the last rotation wrote; handing over needs it
        #[arg(long, value_name = "FILE")]
        recovery_key: Option<PathBuf>,
        /// An instance that has agreed; several are asked in this order
        #[arg(long, value_name = "HOST")]
        to: Vec<Host>,
        /// Close what nobody goes on with; copies keep it
        #[arg(long)]
        archive: bool,
    },
}

/// `rustine restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// Folder of the backup; without it, --accept-loss is for what was restored before
    #[arg(required_unless_present = "accept_loss")]
    pub dir: Option<PathBuf>,
    /// Replay every hash and signature afterwards
    #[arg(long)]
    pub verify: bool,
    /// Sign without asking the copies: what only they hold is lost, or becomes a fork
    #[arg(long)]
    pub accept_loss: bool,
}

/// `rustine demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// First of three ports; by default free ones are taken
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Keep the three data folders in DIR and use them again
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Play the whole story over HTTP, print each step with its time, and end
    #[arg(long)]
    pub once: bool,
}

/// `rustine init`
#[derive(Debug, Args)]
pub struct Init {
    /// Public address, for example https://hub.example; it can never change
    #[arg(long, value_name = "URL")]
    pub origin: Url,
    /// Address and port to listen on, for example 127.0.0.1:8080
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// Name of the instance, for people
    #[arg(long, value_name = "TEXT")]
    pub name: String,
    /// postgres://… ; without it a SQLite file in the data folder
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Name of the first operator
    #[arg(long, value_name = "NAME")]
    pub admin: ActorName,
    /// E-mail of the first operator
    #[arg(long, value_name = "MAIL")]
    pub admin_email: String,
    /// For trials on one machine: http, explicit ports and names under .localhost
    #[arg(long)]
    pub dev: bool,
}

/// `rustine serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Listen here instead of the address in the settings
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
}

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

/// `rustine replica …`
#[derive(Debug, Subcommand)]
pub enum Replica {
    /// Keep a verified copy
    Add {
        /// name@host
        dataset: DatasetAddress,
        /// Take the first copy from this instance instead of the origin
        #[arg(long, value_name = "PEER")]
        from: Option<Host>,
    },
    /// List the copies
    List,
    /// Show how far copies are
    Status {
        /// name@host; all without it
        dataset: Option<DatasetAddress>,
    },
    /// Follow one of two rightly signed branches, where the copy stands still because of a fork
    Choose {
        /// name@host
        dataset: DatasetAddress,
        /// The entry hash of the branch to follow; `replica status` lists them
        #[arg(long, value_name = "HASH")]
        entry: Hash,
    },
    /// Remove a copy
    Remove {
        /// name@host
        dataset: DatasetAddress,
    },
}

/// `rustine follow …`
#[derive(Debug, Subcommand)]
pub enum Follow {
    /// Follow a dataset
    Add {
        /// name@host
        dataset: DatasetAddress,
        /// Follow as this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
    /// List what is followed
    List {
        /// Only what this user follows
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
    /// Stop following
    Remove {
        /// name@host
        dataset: DatasetAddress,
        /// Stop following as this user; the first operator without it
        #[arg(long = "as", value_name = "USER")]
        user: Option<ActorName>,
    },
}

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

/// Rights of an account on its instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Runs the instance and decides on its datasets
    Operator,
    /// Proposes and follows under a name
    Member,
}

/// `rustine user …`
#[derive(Debug, Subcommand)]
pub enum User {
    /// Create an account (password from RUSTINE_PASSWORD, RUSTINE_PASSWORD_FILE, or asked)
    Create {
        /// Name: 3 to 60 of a-z, 0-9 and _
        name: ActorName,
        /// E-mail
        #[arg(long, value_name = "MAIL")]
        email: String,
        /// Rights
        #[arg(long, value_enum, default_value = "member")]
        role: Role,
    },
    /// List the accounts
    List,
    /// Make a member an operator
    Promote {
        /// Name
        name: ActorName,
    },
    /// Close an account: its log-ins and tokens end at once
    Disable {
        /// Name
        name: ActorName,
    },
    /// Set a new password (from RUSTINE_PASSWORD, RUSTINE_PASSWORD_FILE, or asked)
    ResetPassword {
        /// Name
        name: ActorName,
        /// Remove the second step of the log-in too, for somebody who lost device and recovery codes
        #[arg(long)]
        without_second_step: bool,
        /// Set nothing; print a link, to be handed over, by which she chooses one within an hour
        #[arg(long, conflicts_with = "without_second_step")]
        link: bool,
    },
    /// Invite somebody: by a letter where --email is given and letters are sent, else by a link to be handed over
    Invite {
        /// E-mail
        #[arg(long, value_name = "MAIL")]
        email: Option<String>,
        /// Role
        #[arg(long, value_enum, default_value = "member")]
        role: Role,
    },
    /// Make a token for the API; it is shown once
    Token {
        /// Name
        name: ActorName,
    },
}

/// `rustine config …`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Read the settings and say what is wrong
    Check,
    /// Print the settings in force, secrets hidden
    Dump,
}
