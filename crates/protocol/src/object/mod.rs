//! Documents: what we serve under an address, and what we fetch from other servers.

mod actor;
pub mod collection;
pub mod data_patch;
pub mod dataset;
pub mod instance;
pub mod listing;
pub mod log_head;
pub mod nodeinfo;
pub mod note;
pub mod person;
pub mod proposal;
pub mod queued;
pub mod reference;
pub mod remote_actor;
pub mod review;
pub mod scribe;
pub mod tombstone;
pub mod webfinger;

pub use actor::ActorKeys;
pub use collection::{Collection, LogCollection};
pub use data_patch::{DataPatch, Visitor};
pub use dataset::DatasetActor;
pub use instance::InstanceActor;
pub use listing::ListedDataset;
pub use log_head::LogHead;
pub use nodeinfo::NodeInfo;
pub use note::Note;
pub use person::PersonActor;
pub use proposal::Proposal;
pub use queued::Queued;
pub use reference::{EntryReference, Reference};
pub use remote_actor::RemoteActor;
pub use review::{Review, Verdict};
pub use scribe::ScribeActor;
pub use tombstone::Tombstone;
pub use webfinger::WebFinger;

#[cfg(test)]
mod tests;
