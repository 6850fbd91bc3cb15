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
}

impl Message {
    /// The word of the column `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ConfirmAddress { .. } => "confirm_address",
            Self::ResetPassword { .. } => "reset_password",
            Self::Invitation { .. } => "invitation",
        }
    }
}
