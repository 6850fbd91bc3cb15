//! The command line of `interface.md`: names that scripts rely on. Each command runs in its own file of `commands/`.

mod dataset;
mod partners;
mod patch;
mod peering;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rustine_domain::ids::{ActorName, DatasetAddress, Hash, Host};
use url::Url;

pub use dataset::{Dataset, ExportFormat, Import};
pub use partners::{Grant, GrantRole, Policy, Review, ReviewVerdict};
pub use patch::{FieldValue, Patch, Propose};
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
