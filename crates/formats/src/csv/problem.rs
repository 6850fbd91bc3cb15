//! What is wrong with a file, by line and column: data first, one plain sentence on demand.

mod sentences;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rustine_domain::problem::{Lang, shown};
use serde::{Serialize, Serializer};

use super::limits::MAX_LISTED;

/// What kind of problem a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Not a CSV file: binary, a spreadsheet, a web page… (`args["kind"]`).
    NotACsv,
    /// Nothing but white space.
    EmptyFile,
    /// UTF-16 that breaks off or is damaged.
    Utf16Broken,
    /// A quote that nothing closes.
    QuoteUnclosed,
    /// Above [`super::limits::MAX_CELL_BYTES`].
    CellTooLarge,
    /// Above [`super::limits::MAX_ROW_BYTES`].
    LineTooLong,
    /// Above [`super::limits::MAX_COLUMNS`].
    TooManyColumns,
    /// U+0000, which no dataset can hold.
    NulCharacter,
    /// A cell that is not in the encoding of the others.
    EncodingMixed,
    /// Text behind a closing quote; both were kept as they stand.
    QuoteStray,
    /// Fewer cells than the header.
    RowShort,
    /// Filled cells beyond the header.
    RowTooLong,
    /// A row without any value, kept as such.
    RowEmpty,
    /// A column without a title.
    HeaderEmpty,
    /// A title that an earlier column has already.
    HeaderDuplicate,
}

impl Code {
    /// Every code, in the order of their definition.
    pub const ALL: [Self; 15] = [
        Self::NotACsv,
        Self::EmptyFile,
        Self::Utf16Broken,
        Self::QuoteUnclosed,
        Self::CellTooLarge,
        Self::LineTooLong,
        Self::TooManyColumns,
        Self::NulCharacter,
        Self::EncodingMixed,
        Self::QuoteStray,
        Self::RowShort,
        Self::RowTooLong,
        Self::RowEmpty,
        Self::HeaderEmpty,
        Self::HeaderDuplicate,
    ];

    /// The stable kebab-case word by which programs know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotACsv => "not-a-csv",
            Self::EmptyFile => "empty-file",
            Self::Utf16Broken => "utf16-broken",
            Self::QuoteUnclosed => "quote-unclosed",
            Self::CellTooLarge => "cell-too-large",
            Self::LineTooLong => "line-too-long",
            Self::TooManyColumns => "too-many-columns",
            Self::NulCharacter => "nul-character",
            Self::EncodingMixed => "encoding-mixed",
            Self::QuoteStray => "quote-stray",
            Self::RowShort => "row-short",
            Self::RowTooLong => "row-too-long",
            Self::RowEmpty => "row-empty",
            Self::HeaderEmpty => "header-empty",
            Self::HeaderDuplicate => "header-duplicate",
        }
    }

    /// Whether a file with such a problem must not be imported; the others are only reported.
    pub fn refuses(self) -> bool {
        self <= Self::NulCharacter
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", self.located(Lang::En))]
pub struct Problem {
    /// The line of the file, from 1, the header being on line 1 as a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What kind of problem it is.
    pub code: Code,
    /// The texts of the sentence: `title`, `found`, `expected`, `limit`, `kind`…
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<&'static str, String>,
}

impl Problem {
    /// A problem without a place and without texts.
    pub(super) fn new(code: Code) -> Self {
        Self {
            line: None,
            column: None,
            code,
            args: BTreeMap::new(),
        }
    }
    pub(super) fn on_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }
    /// In the column `index` (from 0), which people know by its title.
    pub(super) fn in_column(mut self, index: usize, header: &[String]) -> Self {
        self.column = Some(index + 1);
        let title = header.get(index).map_or("", String::as_str);
        self.with("title", title)
    }
    pub(super) fn with(mut self, key: &'static str, text: impl fmt::Display) -> Self {
        self.args.insert(key, shown(&text.to_string()));
        self
    }
    /// One of the texts; empty where the problem has none under that key.
    pub fn arg(&self, key: &str) -> &str {
        self.args.get(key).map_or("", String::as_str)
    }
    /// What is wrong and what to do, in plain words, without the place.
    pub fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Fr => sentences::french(self),
            Lang::En => sentences::english(self),
        }
    }
    /// The sentence with line and column in front.
    pub fn located(&self, lang: Lang) -> String {
        let sentence = self.sentence(lang);
        match sentences::place(self, lang) {
            Some(place) => format!("{place} {sentence}"),
            None => sentence,
        }
    }
}

/// What a file has, in the order found: the first [`MAX_LISTED`] of each kind, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    problems: Vec<Problem>,
    counts: BTreeMap<Code, u64>,
}

impl Report {
    /// The problems that are listed.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
    /// How many problems of this kind there are, listed or not.
    pub fn count(&self, code: Code) -> u64 {
        self.counts.get(&code).copied().unwrap_or(0)
    }
    /// How many problems of each kind there are.
    pub fn counts(&self) -> impl Iterator<Item = (Code, u64)> {
        self.counts.iter().map(|(code, count)| (*code, *count))
    }
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
    /// The first problem for which the file must not be imported.
    pub fn refusal(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.code.refuses())
    }
    /// One sentence per kind: the first problem with its place, and how many more there are.
    pub fn summary(&self, lang: Lang) -> Vec<String> {
        let mut told = BTreeSet::new();
        let first = self
            .problems
            .iter()
            .filter(|problem| told.insert(problem.code));
        first
            .map(|problem| {
                let sentence = problem.located(lang);
                match self.count(problem.code) {
                    0 | 1 => sentence,
                    count => format!("{sentence} {}", sentences::more(count - 1, lang)),
                }
            })
            .collect()
    }
    pub(super) fn add(&mut self, problem: Problem) {
        if self.wants(problem.code) {
            self.problems.push(problem);
        }
    }
    /// Counts a problem of this kind; says whether it is still listed, so that texts are made only then.
    pub(super) fn wants(&mut self, code: Code) -> bool {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        *count <= MAX_LISTED as u64
    }
    pub(super) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_word_of_its_own_and_a_sentence_in_each_language() {
        let mut words = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(words.insert(code.as_str()), "{code} is used twice");
            let header = vec!["Nom".to_owned()];
            let problem = Problem::new(code).on_line(3).in_column(0, &header);
            let [fr, en] = Lang::ALL.map(|lang| problem.sentence(lang));
            assert_ne!(fr, en, "{code}");
            for sentence in [fr, en] {
                assert!(
                    sentence.len() > 30 && sentence.ends_with('.'),
                    "{code}: {sentence}"
                );
            }
            assert!(
                problem
                    .located(Lang::Fr)
                    .starts_with("Ligne 3, colonne 1 («\u{a0}Nom\u{a0}»)")
            );
            assert!(
                problem
                    .located(Lang::En)
                    .starts_with("Line 3, column 1 (“Nom”)")
            );
        }
    }

    #[test]
    fn a_report_lists_the_first_of_a_kind_and_counts_all() {
        let mut report = Report::default();
        for line in 0..1000 {
            report.add(Problem::new(Code::RowShort).on_line(line));
        }
        report.add(Problem::new(Code::RowEmpty).on_line(1000));
        assert_eq!(report.problems().len(), MAX_LISTED + 1);
        assert_eq!(report.count(Code::RowShort), 1000);
        assert_eq!(report.refusal(), None);
        let summary = report.summary(Lang::Fr);
        assert_eq!(summary.len(), 2);
        assert!(
            summary[0].ends_with("(et 999 autres de ce genre)"),
            "{}",
            summary[0]
        );
        assert!(summary[1].starts_with("Ligne 1000"), "{}", summary[1]);
        report.add(Problem::new(Code::NulCharacter));
        assert!(report.refusal().is_some());
    }
}
