//! Why a request has no other answer than an error page or a problem document; the one place that chooses statuses.

use rustine_app::accounts::account::AccountError;
use rustine_app::accounts::open::OpenError;
use rustine_app::accounts::own::OwnError;
use rustine_app::accounts::password::PasswordError;
use rustine_app::accounts::roles::RoleError;
use rustine_app::accounts::second_step::SecondStepError;
use rustine_app::accounts::session::LogInError;
use rustine_app::comments::CommentError;
use rustine_app::datasets::UnknownDataset;
use rustine_app::grants::give::GrantError;
use rustine_app::grants::hold::HoldError;
use rustine_app::grants::policy::PolicyError;
use rustine_app::log::AppendError;
use rustine_app::patches::care::CareError;
use rustine_app::patches::decide::DecideError;
use rustine_app::patches::propose::ProposeError;
use rustine_app::patches::withdraw::WithdrawError;
use rustine_app::reports::file::FileError;
use rustine_app::reports::settle::SettleError;
use rustine_app::rules::votes::VoteError;
use rustine_domain::problem::Problem;
use rustine_store::StoreError;

use crate::csrf::ForgedForm;

/// A refused or failed request.
#[derive(Debug)]
pub struct Failure {
    /// HTTP status.
    pub status: u16,
    /// A sentence about this very case, for programs; pages have their own words.
    pub detail: String,
    /// What is wrong with the values, by field.
    pub problems: Vec<Problem>,
    /// Logging in may help.
    pub log_in: bool,
}

impl Failure {
    /// A status with a sentence.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            problems: Vec::new(),
            log_in: false,
        }
    }

    /// Nothing stands at this address, or not for this reader: both look the same.
    pub fn not_found() -> Self {
        Self::new(404, "nothing stands at this address")
    }

    /// The people of this node only.
    pub fn log_in() -> Self {
        Self {
            log_in: true,
            ..Self::new(401, "log in, or send a token of `rustine user token`")
        }
    }

    /// What was sent cannot be read.
    pub fn bad(detail: impl Into<String>) -> Self {
        Self::new(400, detail)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Full => {
                Self::new(507, "the disk of the server is full: nothing was recorded")
            }
            StoreError::ForeignCursor => {
                Self::bad("this cursor belongs to another query: begin again without it")
            }
            StoreError::Busy => Self::new(503, "the server is busy: try again in a moment"),
            other => {
                tracing::error!(error = %other, "A page failed in the store");
                Self::new(500, "the server failed: try again, then tell its operator")
            }
        }
    }
}

impl From<UnknownDataset> for Failure {
    fn from(error: UnknownDataset) -> Self {
        match error {
            UnknownDataset::Unknown(address) => {
                Self::new(404, format!("no dataset {address} on this instance"))
            }
            UnknownDataset::Store(error) => error.into(),
        }
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Store(error) => error.into(),
            AppendError::Shut(..) | AppendError::Problem(_) => Self::new(409, error.to_string()),
            AppendError::Waiting(_) | AppendError::Elsewhere => Self::new(503, error.to_string()),
            AppendError::ClockBehind | AppendError::Damaged(_) => {
                tracing::error!(%error, "An entry could not be written");
                Self::new(500, error.to_string())
            }
        }
    }
}

impl From<ProposeError> for Failure {
    fn from(error: ProposeError) -> Self {
        let detail = error.to_string();
        match error {
            ProposeError::Dataset(error) => error.into(),
            ProposeError::Store(error) => error.into(),
            ProposeError::Append(error) => error.into(),
            ProposeError::Problems(problems) => Self {
                problems,
                ..Self::new(422, detail)
            },
            ProposeError::Conflicts(_) | ProposeError::Shut(..) => Self::new(409, detail),
            ProposeError::Nothing | ProposeError::TooLong { .. } => Self::new(422, detail),
            ProposeError::UnknownRow(_) => Self::new(404, detail),
            ProposeError::Dropped(_) => Self::new(403, detail),
            ProposeError::Full(_) => Self::new(429, detail),
            ProposeError::NoPeering(_) => Self::new(403, detail),
        }
    }
}

impl From<DecideError> for Failure {
    fn from(error: DecideError) -> Self {
        let detail = error.to_string();
        match error {
            DecideError::Store(error) => error.into(),
            DecideError::Append(error) => error.into(),
            DecideError::Problems(problems) => Self {
                problems,
                ..Self::new(422, detail)
            },
            DecideError::NothingKept | DecideError::Review(_) => Self::new(422, detail),
            DecideError::Void(_) => Self::new(409, detail),
            DecideError::Unknown(_) => Self::new(404, detail),
            DecideError::NotAllowed(_) => Self::new(403, detail),
            DecideError::Elsewhere(_) | DecideError::Final(_) | DecideError::Conflict(_) => {
                Self::new(409, detail)
            }
        }
    }
}

impl From<CommentError> for Failure {
    fn from(error: CommentError) -> Self {
        let detail = error.to_string();
        match error {
            CommentError::Store(error) => error.into(),
            CommentError::Dataset(error) => error.into(),
            CommentError::Unknown => Self::new(404, detail),
            CommentError::NotAllowed(_) => Self::new(403, detail),
            CommentError::Full => Self::new(429, detail),
            CommentError::Empty | CommentError::TooLong => Self::new(422, detail),
        }
    }
}

impl From<CareError> for Failure {
    fn from(error: CareError) -> Self {
        let detail = error.to_string();
        match error {
            CareError::Store(error) => error.into(),
            CareError::Unknown(_) => Self::new(404, detail),
            CareError::NotAllowed(_) => Self::new(403, detail),
            CareError::NoModerator(_) | CareError::Empty | CareError::TooLong => {
                Self::new(422, detail)
            }
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let detail = error.to_string();
        match error {
            FileError::Store(error) => error.into(),
            FileError::Dataset(error) => error.into(),
            FileError::NoRow => Self::new(404, detail),
            FileError::Full => Self::new(429, detail),
            FileError::TooLong => Self::new(422, detail),
        }
    }
}

impl From<SettleError> for Failure {
    fn from(error: SettleError) -> Self {
        let detail = error.to_string();
        match error {
            SettleError::Store(error) => error.into(),
            SettleError::Unknown => Self::new(404, detail),
            SettleError::NotAllowed(_) => Self::new(403, detail),
        }
    }
}

impl From<VoteError> for Failure {
    fn from(error: VoteError) -> Self {
        let detail = error.to_string();
        match error {
            VoteError::Store(error) => error.into(),
            VoteError::Unknown => Self::new(404, detail),
            VoteError::Final(_) => Self::new(409, detail),
            VoteError::Own => Self::new(403, detail),
        }
    }
}

impl From<WithdrawError> for Failure {
    fn from(error: WithdrawError) -> Self {
        let detail = error.to_string();
        match error {
            WithdrawError::Unknown => Self::new(404, detail),
            WithdrawError::Final(_) => Self::new(409, detail),
            WithdrawError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        let status = match error {
            PasswordError::Short | PasswordError::Long => 422,
            PasswordError::Busy => 503,
        };
        Self::new(status, error.to_string())
    }
}

impl From<LogInError> for Failure {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Password(error) => error.into(),
            LogInError::Store(error) => error.into(),
        }
    }
}

impl From<SecondStepError> for Failure {
    fn from(error: SecondStepError) -> Self {
        let detail = error.to_string();
        match error {
            SecondStepError::Busy(error) => error.into(),
            SecondStepError::Store(error) => error.into(),
            SecondStepError::On | SecondStepError::Off => Self::new(409, detail),
            SecondStepError::Code | SecondStepError::Password => Self::new(422, detail),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let detail = error.to_string();
        match error {
            OpenError::Link => Self::new(410, detail),
            OpenError::Address => Self::new(409, detail),
            OpenError::Password(error) => error.into(),
            OpenError::Store(error) => error.into(),
            OpenError::Account(AccountError::Password(error)) => error.into(),
            OpenError::Account(AccountError::Store(error)) => error.into(),
            OpenError::Account(_) => Self::new(422, detail),
        }
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        OpenError::from(error).into()
    }
}

impl From<GrantError> for Failure {
    fn from(error: GrantError) -> Self {
        let detail = error.to_string();
        match error {
            GrantError::Dataset(error) => error.into(),
            GrantError::Store(error) => error.into(),
            GrantError::Append(error) => error.into(),
            GrantError::NotAllowed(_) => Self::new(403, detail),
            GrantError::NoGrant(_) => Self::new(404, detail),
            GrantError::Elsewhere(_) | GrantError::Draft(_) | GrantError::Suspended(_) => {
                Self::new(409, detail)
            }
            GrantError::NoReviewer(_) | GrantError::Over => Self::new(422, detail),
        }
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        let detail = error.to_string();
        match error {
            PolicyError::Dataset(error) => error.into(),
            PolicyError::Store(error) => error.into(),
            PolicyError::Append(error) => error.into(),
            PolicyError::NotAllowed(_) => Self::new(403, detail),
            PolicyError::Elsewhere(_) => Self::new(409, detail),
            PolicyError::Numbers => Self::new(422, detail),
        }
    }
}

impl From<HoldError> for Failure {
    fn from(error: HoldError) -> Self {
        let detail = error.to_string();
        match error {
            HoldError::Dataset(error) => error.into(),
            HoldError::Store(error) => error.into(),
            HoldError::Own(_) | HoldError::Already(_) => Self::new(409, detail),
            HoldError::Unknown(_) => Self::new(404, detail),
            HoldError::TooLong => Self::new(422, detail),
        }
    }
}

impl From<RoleError> for Failure {
    fn from(error: RoleError) -> Self {
        let detail = error.to_string();
        match error {
            RoleError::Dataset(error) => error.into(),
            RoleError::Store(error) => error.into(),
            RoleError::Append(error) => error.into(),
            RoleError::NotAllowed(_) => Self::new(403, detail),
            RoleError::NoRole(_) => Self::new(404, detail),
            RoleError::Elsewhere(_) => Self::new(409, detail),
            RoleError::Unknown(_) | RoleError::Over => Self::new(422, detail),
        }
    }
}

impl From<OwnError> for Failure {
    fn from(error: OwnError) -> Self {
        match error {
            OwnError::Password(error) => error.into(),
            OwnError::Store(error) => error.into(),
            OwnError::Wrong => Self::new(422, error.to_string()),
        }
    }
}

impl From<ForgedForm> for Failure {
    fn from(error: ForgedForm) -> Self {
        Self::new(403, error.to_string())
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "A page could not be rendered");
        Self::new(500, "the server failed: try again, then tell its operator")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_507_wherever_it_is_met() {
        let full = || StoreError::Full;
        let failures: [Failure; 6] = [
            full().into(),
            UnknownDataset::Store(full()).into(),
            AppendError::Store(full()).into(),
            ProposeError::Append(AppendError::Store(full())).into(),
            DecideError::Append(AppendError::Store(full())).into(),
            WithdrawError::Store(full()).into(),
        ];
        for failure in failures {
            assert_eq!(failure.status, 507);
            assert!(failure.detail.contains("full"), "{}", failure.detail);
        }
    }
}
