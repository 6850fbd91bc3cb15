//! What moderators keep about a proposal: who looks after it, what was reported, and their internal notes. None of it
//! leaves this instance, and nobody but moderators reads it.

use rustine_domain::ids::PatchId;
use rustine_store::{PatchRecord, StoreError, Tx, UserRecord};

use super::IN;
use super::decide::may;
use crate::App;
use crate::accounts::Person;

/// Most characters of an internal note.
pub const NOTE_CHARACTERS: usize = 2000;

/// What a visitor says is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It does not exist, or no more.
    Gone,
    /// It stands there twice.
    Duplicate,
    /// It is wrong, or has no place here.
    Wrong,
    /// It is against the charter.
    Charter,
    /// What the message says.
    Other,
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 5] = [
        Self::Gone,
        Self::Duplicate,
        Self::Wrong,
        Self::Charter,
        Self::Other,
    ];

    /// The word in the store and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Duplicate => "duplicate",
            Self::Wrong => "wrong",
            Self::Charter => "charter",
            Self::Other => "other",
        }
    }

    /// The problem of a word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|problem| problem.as_str() == word)
    }
}

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// No such proposal to our datasets.
    #[error("no proposal {0} waits on this instance")]
    Unknown(PatchId),
    /// The person may not decide on this dataset.
    #[error("{0} may not decide on this dataset: ask an operator")]
    NotAllowed(String),
    /// Nobody of that name decides here.
    #[error("nobody called {0} decides on proposals here")]
    NoModerator(String),
    /// The note says nothing.
    #[error("the note is empty")]
    Empty,
    /// The note is too long.
    #[error("a note may have at most {NOTE_CHARACTERS} characters")]
    TooLong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The proposal, where this person may decide on it.
pub(super) fn load(
    app: &App,
    tx: &mut Tx<'_>,
    id: PatchId,
    by: &Person,
) -> Result<PatchRecord, CareError> {
    let found = tx.find_patch(id)?.filter(|patch| patch.direction == IN);
    let patch = found.ok_or(CareError::Unknown(id))?;
    let dataset = tx.load_dataset(patch.dataset)?;
    match may(app, tx, by, &dataset)? {
        true => Ok(patch),
        false => Err(CareError::NotAllowed(by.name.clone())),
    }
}

/// The people who decide on a dataset, or on any, by name.
///
/// # Errors
/// Where the store fails.
pub fn moderators(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: Option<i64>,
) -> Result<Vec<UserRecord>, StoreError> {
    const PAGE: i64 = 500;
    let now = app.clock.now();
    let mut found: Vec<UserRecord> = Vec::new();
    let mut after = 0;
    loop {
        let page = tx.list_users(after, PAGE)?;
        let Some(last) = page.last() else {
            found.sort_by(|one, other| one.name.cmp(&other.name));
            return Ok(found);
        };
        after = last.id;
        for user in page {
            let decides = Person::load(tx, &user, now)?.is_some_and(|person| match dataset {
                Some(dataset) => person.may_decide(dataset),
                None => person.decides_somewhere(),
            });
            if decides {
                found.push(user);
            }
        }
    }
}

/// Gives a proposal to somebody to look after, or to nobody.
///
/// # Errors
/// [`CareError`]
pub fn assign(app: &App, id: PatchId, by: &Person, to: Option<&str>) -> Result<(), CareError> {
    app.db.write(|tx| {
        let patch = load(app, tx, id, by)?;
        let assignee = match to {
            None => None,
            Some(name) => {
                let known = moderators(app, tx, Some(patch.dataset))?
                    .into_iter()
                    .find(|user| user.name == name);
                let known = known.ok_or_else(|| CareError::NoModerator(name.to_owned()))?;
                Some(known.id)
            }
        };
        let mut care = tx.find_care(id)?;
        care.assignee = assignee;
        Ok(tx.put_care(&care)?)
    })
}

/// Adds an internal note.
///
/// # Errors
/// [`CareError`]
pub fn note(app: &App, id: PatchId, by: &Person, text: &str) -> Result<(), CareError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CareError::Empty);
    }
    if text.chars().count() > NOTE_CHARACTERS {
        return Err(CareError::TooLong);
    }
    app.db.write(|tx| {
        load(app, tx, id, by)?;
        Ok(tx.insert_patch_note(id, by.id, text, app.clock.now())?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patches::desk::{Desk, add};

    #[test]
    fn a_moderator_takes_hands_over_and_lets_go_and_nobody_else_does() {
        let desk = Desk::new(|_| {});
        let (ana, max) = (
            Desk::person(&desk.node, "ana", "operator"),
            Desk::person(&desk.node, "max", "member"),
        );
        let app = &desk.node.app;
        let id = desk.visit(vec![add("Gare", "1")], [192, 0, 2, 1]).unwrap();
        let assignee = || -> Option<i64> {
            let care: Result<_, StoreError> = app.db.read(|tx| tx.find_care(id));
            care.unwrap().assignee
        };
        assign(app, id, &desk.lea, Some("lea")).unwrap();
        assert_eq!(assignee(), Some(desk.lea.id));
        assign(app, id, &desk.lea, Some("ana")).unwrap();
        assert_eq!(assignee(), Some(ana.id));
        let refused = assign(app, id, &ana, Some("max"));
        assert!(matches!(refused, Err(CareError::NoModerator(_))));
        assert!(matches!(
            assign(app, id, &max, None),
            Err(CareError::NotAllowed(_))
        ));
        assign(app, id, &ana, None).unwrap();
        assert_eq!(assignee(), None);
    }

    #[test]
    fn a_note_says_something_and_not_too_much() {
        let desk = Desk::new(|_| {});
        let app = &desk.node.app;
        let id = desk.visit(vec![add("Gare", "1")], [192, 0, 2, 1]).unwrap();
        assert!(matches!(
            note(app, id, &desk.lea, " \n"),
            Err(CareError::Empty)
        ));
        let long = "é".repeat(NOTE_CHARACTERS + 1);
        assert!(matches!(
            note(app, id, &desk.lea, &long),
            Err(CareError::TooLong)
        ));
        note(app, id, &desk.lea, " Appeler la gare. ").unwrap();
        let notes: Result<_, StoreError> = app.db.read(|tx| tx.list_patch_notes(id));
        let notes = notes.unwrap();
        assert_eq!(
            (notes.len(), notes[0].content.as_str()),
            (1, "Appeler la gare.")
        );
        let elsewhere = PatchId(uuid::Uuid::nil());
        assert!(matches!(
            note(app, elsewhere, &desk.lea, "x"),
            Err(CareError::Unknown(_))
        ));
    }
}
