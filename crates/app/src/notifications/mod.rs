//! What people with accounts are told: a line in the page, written in the transaction that caused it, and a letter in
//! the rhythm that each person chose for each kind.
//!
//! A line names what it is about and holds no value of a cell: whoever reads it, in the page or in a letter, reads the
//! rows as they are then, so that an erased value stands nowhere. Start reading at [`tell`], then [`letters`].

pub mod letters;
pub mod origins;
pub mod proposals;
pub mod unsubscribe;
pub mod upkeep;

use rustine_domain::ids::PatchId;
use rustine_domain::problem::Lang;
use rustine_store::{NewNotification, StoreError, Tx, UserRecord};

use crate::{App, mail};

/// A kind of event that people are told of, and choose a rhythm for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A proposal waits for a decision of this person.
    ToDecide,
    /// A proposal of this person was answered.
    Decided,
    /// Somebody wrote about a proposal of this person, or one that she decides on.
    Commented,
    /// A proposal that waits for a decision of this person expires soon.
    ExpiresSoon,
    /// Those whom this person follows have posted.
    News,
    /// Another instance asks for a peering, which this person may answer.
    PeerAsked,
    /// An actor of another instance shows another key, which this person may confirm.
    KeyChanged,
    /// Something was reported about a dataset that this person decides on.
    Reported,
    /// A dataset that this person follows, or that is copied on the instance she runs, moved, fell silent or has a successor.
    Origins,
}

impl Kind {
    /// Every kind, in the order of the page of choices.
    pub const ALL: [Self; 9] = [
        Self::ToDecide,
        Self::ExpiresSoon,
        Self::Decided,
        Self::Commented,
        Self::Reported,
        Self::PeerAsked,
        Self::KeyChanged,
        Self::Origins,
        Self::News,
    ];

    /// Its word in the store and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::ToDecide => "to_decide",
            Self::Decided => "decided",
            Self::Commented => "commented",
            Self::ExpiresSoon => "expires_soon",
            Self::News => "news",
            Self::PeerAsked => "peer_asked",
            Self::KeyChanged => "key_changed",
            Self::Reported => "reported",
            Self::Origins => "origins",
        }
    }

    /// The kind of a word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// How often letters tell of it unless a person chose otherwise: what waits for her at once, what she reads for
    /// pleasure once a week.
    fn usual(self) -> Rhythm {
        match self {
            Self::News => Rhythm::Weekly,
            _ => Rhythm::Now,
        }
    }
}

/// How often letters tell of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// At once.
    Now,
    /// Collected, at most once a day.
    Daily,
    /// Collected, at most once a week.
    Weekly,
    /// Never.
    Off,
}

impl Rhythm {
    /// Every rhythm, in the order of the page of choices.
    pub const ALL: [Self; 4] = [Self::Now, Self::Daily, Self::Weekly, Self::Off];

    /// Its word in the store and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Off => "off",
        }
    }

    /// The rhythm of a word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rhythm| rhythm.word() == word)
    }

    /// Seconds between two collected letters; `None` where none are collected.
    pub fn period_seconds(self) -> Option<i64> {
        match self {
            Self::Daily => Some(86_400),
            Self::Weekly => Some(7 * 86_400),
            Self::Now | Self::Off => None,
        }
    }
}

/// The rhythm in which a person hears of a kind.
///
/// # Errors
/// Where the store fails.
pub fn rhythm(tx: &mut Tx<'_>, user: i64, kind: Kind) -> Result<Rhythm, StoreError> {
    let chosen = tx.list_choices(user)?;
    let word = chosen.iter().find(|(known, _)| known == kind.word());
    Ok(word
        .and_then(|(_, word)| Rhythm::find(word))
        .unwrap_or(kind.usual()))
}

/// Writes choices down, and the language of letters.
///
/// # Errors
/// Where the store fails.
pub fn choose(
    app: &App,
    user: i64,
    choices: &[(Kind, Rhythm)],
    lang: Option<Lang>,
) -> Result<(), StoreError> {
    app.db.write(|tx| {
        if let Some(lang) = lang
            && let Some(mut known) = tx.find_user(user)?
        {
            lang.as_str().clone_into(&mut known.lang);
            tx.update_user(&known)?;
        }
        for (kind, rhythm) in choices {
            tx.put_choice(user, kind.word(), rhythm.word())?;
        }
        Ok(())
    })
}

/// Tells a person of a proposal, in the caller's transaction.
///
/// # Errors
/// Where the store fails.
pub fn tell(
    app: &App,
    tx: &mut Tx<'_>,
    user: &UserRecord,
    kind: Kind,
    patch: PatchId,
    dataset: i64,
) -> Result<(), StoreError> {
    let about = About {
        patch: Some(patch),
        dataset: Some(dataset),
        ..About::default()
    };
    line(app, tx, user.id, kind, &about)
}

/// Tells a person that those whom she follows have posted: one line until she has seen it and had the letter.
///
/// # Errors
/// Where the store fails.
pub fn tell_of_news(app: &App, tx: &mut Tx<'_>, user: i64) -> Result<(), StoreError> {
    match tx.is_told(user, Kind::News.word())? {
        true => Ok(()),
        false => line(app, tx, user, Kind::News, &About::default()),
    }
}

/// What a line is about.
#[derive(Default)]
struct About {
    patch: Option<PatchId>,
    dataset: Option<i64>,
    /// What happened, where the kind does not say it.
    event: Option<&'static str>,
}

fn line(
    app: &App,
    tx: &mut Tx<'_>,
    user: i64,
    kind: Kind,
    about: &About,
) -> Result<(), StoreError> {
    let wanted = mail::is_on(app) && rhythm(tx, user, kind)? != Rhythm::Off;
    tx.insert_notification(&NewNotification {
        user_id: user,
        kind: kind.word().to_owned(),
        patch: about.patch,
        dataset: about.dataset,
        data: about.event.map_or_else(|| "{}".to_owned(), origins::data),
        mailed: if wanted { "due" } else { "off" }.to_owned(),
        created: app.clock.now(),
    })?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
