//! What a letter says, as data; `jobs` puts it into words.

use serde::{Deserialize, Serialize};

/// One variant for each letter. A row that waits was perhaps written by an older version: add members with a default,
/// and never rename.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// Somebody gave this address for an account: is it theirs?
    ConfirmAddress {
        /// The page that confirms it.
        link: String,
    },
    /// Somebody asked for another password.
    ResetPassword {
        /// The page that sets one.
        link: String,
    },
    /// Somebody is invited to open an account.
    Invitation {
        /// The page that opens it.
        link: String,
        /// The name of who invites.
        by: String,
    },
    /// Somebody would like an account, and this address is theirs.
    OpenAccount {
        /// The page that opens it.
        link: String,
    },
    /// Somebody would like an account, and this address has one.
    HasAccount {
        /// The page of the log-in.
        link: String,
    },
    /// The account is to have another address.
    AddressChanged {
        /// The other address, most of it hidden.
        new: String,
    },
}

impl Message {
    /// The word of the column `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ConfirmAddress { .. } => "confirm_address",
            Self::ResetPassword { .. } => "reset_password",
            Self::Invitation { .. } => "invitation",
            Self::OpenAccount { .. } => "open_account",
            Self::HasAccount { .. } => "has_account",
            Self::AddressChanged { .. } => "address_changed",
        }
    }
}
