//! Why a file was not imported.

use rustine_domain::compare::DuplicateKeys;
use rustine_domain::ids::ActorName;
use rustine_domain::problem::{Lang, Problem};
use rustine_formats::csv;
use rustine_store::StoreError;

use crate::datasets::create::CreateError;
use crate::log::append::AppendError;

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened or read.
    #[error("the file cannot be read")]
    File(#[from] std::io::Error),
    /// The file is no table that can be imported.
    #[error("{}", .0.located(Lang::En))]
    Refused(csv::Problem),
    /// A row is too large.
    #[error("{}", .0.located(Lang::En))]
    Row(Problem),
    /// Above `limits.import_rows`.
    #[error(
        "the file has {rows} rows, more than the {limit} allowed: split it, or raise limits.import_rows"
    )]
    TooManyRows {
        /// Rows of the file.
        rows: u64,
        /// The setting.
        limit: u64,
    },
    /// A key column that the file does not have.
    #[error("the file has no column {key:?} for the key: its columns are {}", .titles.join(", "))]
    UnknownKey {
        /// What was asked for.
        key: String,
        /// The columns there are.
        titles: Vec<String>,
    },
    /// A proposal changes cells and rows, never columns.
    #[error(
        "the file has other columns than the dataset (new: {}; missing: {}): a proposal cannot change columns",
        .added.join(", "),
        .removed.join(", ")
    )]
    OtherColumns {
        /// Columns that the dataset does not have.
        added: Vec<String>,
        /// Columns that the file does not have.
        removed: Vec<String>,
    },
    /// Two lines have one key.
    #[error("{}", .0.sentence(Lang::En))]
    DuplicateKeys(DuplicateKeys),
    /// The schema that was given cannot be used, or becomes unusable without the columns that went.
    #[error("the schema cannot be used: {}", sentences(.0, Lang::En))]
    Schema(Vec<Problem>),
    /// The file changed while it was read.
    #[error("the file changed while it was read: try again")]
    FileChanged,
    /// The dataset takes no more entries.
    #[error("the dataset {0} {1}: it takes no more changes")]
    Shut(String, &'static str),
    /// Others write all the time.
    #[error(
        "the dataset {0} is changed by others all the time: run the same import again in a moment"
    )]
    Busy(ActorName),
    /// What differs cannot be kept until it is written.
    #[error("the folder for temporary files cannot be written")]
    Spool(#[source] std::io::Error),
    /// The dataset was not created.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// An entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    /// What is wrong and what to do, for the person who brought the file.
    pub fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Refused(problem), _) => problem.located(lang),
            (Self::Row(problem), _) => problem.located(lang),
            (Self::DuplicateKeys(duplicates), _) => duplicates.sentence(lang),
            (Self::Schema(problems), Lang::Fr) => {
                format!(
                    "Le schéma est inutilisable\u{a0}: {}",
                    sentences(problems, lang)
                )
            }
            (Self::TooManyRows { rows, limit }, Lang::Fr) => format!(
                "Le fichier a {rows} lignes, plus que les {limit} admises\u{a0}: partagez-le en plusieurs fichiers."
            ),
            (Self::UnknownKey { key, titles }, Lang::Fr) => format!(
                "Le fichier n’a pas de colonne «\u{a0}{key}\u{a0}» pour la clé. Ses colonnes\u{a0}: {}.",
                titles.join(", ")
            ),
            (Self::OtherColumns { added, removed }, Lang::Fr) => format!(
                "Le fichier n’a pas les mêmes colonnes que le jeu de données (nouvelles\u{a0}: {}\u{a0}; absentes\u{a0}: {}). Une proposition ne change pas les colonnes.",
                added.join(", "),
                removed.join(", ")
            ),
            (Self::File(_), Lang::Fr) => {
                "Le fichier ne peut pas être lu\u{a0}: vérifiez son nom et ses droits.".to_owned()
            }
            (Self::Spool(_), Lang::Fr) => {
                "Le dossier des fichiers temporaires ne peut pas être écrit\u{a0}: libérez de la place.".to_owned()
            }
            (Self::Create(CreateError::Reserved(name)), Lang::Fr) => {
                format!("Le nom {name} est réservé\u{a0}: choisissez-en un autre.")
            }
            (Self::Create(CreateError::Taken(name)), Lang::Fr) => {
                format!("Le nom {name} est pris\u{a0}: choisissez-en un autre.")
            }
            (Self::Create(_) | Self::Append(_) | Self::Store(_), Lang::Fr) => {
                format!("L’import n’a pas pu être enregistré ({self}).")
            }
            (Self::FileChanged, Lang::Fr) => {
                "Le fichier a changé pendant la lecture\u{a0}: recommencez.".to_owned()
            }
            (Self::Shut(name, _), Lang::Fr) => {
                format!(
                    "Le jeu de données {name} est clos ou gelé\u{a0}: il n’accepte plus de changement."
                )
            }
            (Self::Busy(name), Lang::Fr) => format!(
                "Le jeu de données {name} change sans cesse\u{a0}: relancez le même import dans un instant."
            ),
            _ => {
                let text = self.to_string();
                let mut letters = text.chars();
                let first = letters
                    .next()
                    .map(|letter| letter.to_uppercase().to_string());
                format!(
                    "{}{}.",
                    first.unwrap_or_default(),
                    letters.as_str().trim_end_matches('.')
                )
            }
        }
    }
}

fn sentences(problems: &[Problem], lang: Lang) -> String {
    let sentences: Vec<String> = problems
        .iter()
        .map(|problem| problem.located(lang))
        .collect();
    sentences.join(" ")
}

impl From<csv::ReadError> for ImportError {
    fn from(error: csv::ReadError) -> Self {
        match error {
            csv::ReadError::Refused(problem) => Self::Refused(problem),
            csv::ReadError::Io(error) => Self::File(error),
        }
    }
}

impl From<DuplicateKeys> for ImportError {
    fn from(duplicates: DuplicateKeys) -> Self {
        Self::DuplicateKeys(duplicates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_told_in_both_languages() {
        let name = || "lieux".parse::<ActorName>().expect("a name");
        let broken = || std::io::Error::other("x");
        let reasons = [
            ImportError::File(broken()),
            ImportError::TooManyRows { rows: 3, limit: 2 },
            ImportError::UnknownKey {
                key: "id".to_owned(),
                titles: vec!["nom".to_owned()],
            },
            ImportError::OtherColumns {
                added: vec!["a".to_owned()],
                removed: Vec::new(),
            },
            ImportError::FileChanged,
            ImportError::Shut("lieux".to_owned(), "is closed"),
            ImportError::Busy(name()),
            ImportError::Spool(broken()),
            ImportError::Create(CreateError::Taken(name())),
            ImportError::Create(CreateError::Reserved(name())),
            ImportError::Store(StoreError::Busy),
        ];
        for reason in reasons {
            let [french, english] = Lang::ALL.map(|lang| reason.sentence(lang));
            assert_ne!(french, english);
            for sentence in [french, english] {
                let first = sentence.chars().next().expect("a sentence");
                assert!(
                    first.is_uppercase() && sentence.ends_with('.'),
                    "{sentence}"
                );
            }
        }
    }
}
