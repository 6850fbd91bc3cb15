//! The only place where Rustine speaks to a database: SQLite by default, PostgreSQL by URL, in one binary.
//!
//! It keeps and finds; it decides nothing, opens no network connection but that to its server, reads no clock and
//! draws no random bytes. Start reading at [`Db`], then [`Tx`], whose methods stand in one file per family of
//! tables; every difference between the engines is in `dialect`.

mod account_links;
mod actors;
mod answer_times;
mod block_lists;
mod care;
mod ceilings;
mod cells;
mod columns;
mod comments;
mod dataset_roles;
mod datasets;
mod db;
mod decision_links;
mod dialect;
mod entries;
mod error;
mod field_indexes;
mod grants;
mod headers_beyond;
mod held_grants;
mod hints;
mod hosts;
mod inbox;
mod instance;
mod leases;
mod looks;
mod mails;
mod maintenance;
mod migrate;
mod missing;
mod modlog;
mod moves;
mod news;
mod notifications;
mod outbox;
#[cfg(test)]
mod parity;
mod patch_lists;
mod patches;
mod peer_facts;
mod peer_groups;
mod peers;
mod postgres;
mod redactions;
mod relations;
mod remote_queues;
mod replicas;
mod reports;
mod reviews;
mod rows;
mod rules;
mod schema;
pub mod search;
mod second_steps;
mod sqlite;
mod successors;
#[cfg(feature = "testing")]
pub mod testing;
mod totals;
mod tree;
mod tx;
mod users;
mod writer;

pub use account_links::AccountLinkRecord;
pub use actors::{FollowRecord, FollowerRecord, RemoteActorRecord};
pub use answer_times::AnswerTimes;
pub use block_lists::{BlockDraftRecord, BlockListRecord, NewBlockList};
pub use care::{CareRecord, PatchNoteRecord};
pub use comments::{CommentPlace, CommentRecord};
pub use dataset_roles::DatasetRoleRecord;
pub use datasets::{DatasetFilter, DatasetRecord, NewDataset};
pub use db::Db;
pub use decision_links::DecisionLinkRecord;
pub use entries::{EntryRecord, NoteRecord, PackedBody};
pub use error::StoreError;
pub use grants::GrantRecord;
pub use headers_beyond::HeaderBeyondRecord;
pub use held_grants::HeldGrantRecord;
pub use inbox::InboxRecord;
pub use instance::KeyRecord;
pub use leases::LeaseRecord;
pub use mails::{MailRecord, NewMail};
pub use missing::MissingRecord;
pub use modlog::{ModlogAnchorRecord, ModlogCopyRecord, ModlogRecord};
pub use news::NewsRecord;
pub use notifications::{NewNotification, NotificationRecord};
pub use outbox::{NewOutbox, OutboxRecord};
pub use patch_lists::{Act, PatchFilter, PendingCount, SenderRecord};
pub use patches::PatchRecord;
pub use peer_facts::{PeerDatasetRecord, PeerFactsRecord, PeerWishRecord, ReplicaHeadRecord};
pub use peers::{BlockRecord, PeerRecord};
pub use redactions::{ForkRecord, RedactionRecord};
pub use remote_queues::RemoteQueueRecord;
pub use replicas::{ReplicaRecord, ReplicaStateRecord};
pub use reports::ReportRecord;
pub use reviews::{NewReview, ReviewRecord};
pub use rows::{
    Bound, Cluster, Cursor, Filter, Grid, InvalidCursor, MOST_ROWS, NewRow, ReadyRow, RowChange,
    RowPage, RowQuery, RowRecord, Sort, Touched, ValueCount,
};
pub use rules::{RuleRecord, RuleSettingsRecord, RuleUseRecord};
pub use second_steps::TotpRecord;
#[cfg(feature = "sabotage")]
pub use sqlite::sabotage;
pub use successors::{SuccessionVoteRecord, SuccessorRecord};
pub use tree::DatasetTree;
pub use tx::{Engine, Tx};
pub use users::{ApiTokenRecord, NewUser, SessionRecord, UserRecord};
