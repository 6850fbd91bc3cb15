//! What is odd in a file or does not fit the schema: listed up to a limit per kind, counted without one.

use std::collections::BTreeMap;

use rustine_domain::check::Scan;
use rustine_domain::ids::FieldName;
use rustine_domain::problem::{Lang, Place, Problem};
use rustine_formats::csv::{self, limits::MAX_LISTED};

/// One thing that is odd in a file; it was kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportProblem {
    /// About the file.
    File(csv::Problem),
    /// About a cell or a row, by the schema.
    Table {
        /// The column of the cell, from 1.
        column: Option<usize>,
        /// What is wrong.
        problem: Problem,
    },
}

impl ImportProblem {
    /// The line of the file, from 1.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::File(problem) => problem.line,
            Self::Table { problem, .. } => match problem.row {
                Some(Place::Line(line)) => Some(line),
                _ => None,
            },
        }
    }
    /// The column, from 1.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::File(problem) => problem.column,
            Self::Table { column, .. } => *column,
        }
    }
    /// The field concerned.
    pub fn field(&self) -> Option<&FieldName> {
        match self {
            Self::File(_) => None,
            Self::Table { problem, .. } => problem.field.as_ref(),
        }
    }
    /// The stable word by which programs know the kind.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(problem) => problem.code.as_str(),
            Self::Table { problem, .. } => problem.code.as_str(),
        }
    }
    /// What is wrong and what to do, with its place.
    pub fn located(&self, lang: Lang) -> String {
        match self {
            Self::File(problem) => problem.located(lang),
            Self::Table { problem, .. } => problem.located(lang),
        }
    }
}

/// What was found so far.
pub struct Findings<'s> {
    scan: Scan<'s>,
    found: Found,
}

/// Problems and their counts.
#[derive(Debug, Default)]
pub struct Found {
    problems: Vec<ImportProblem>,
    counts: BTreeMap<&'static str, u64>,
    total: u64,
}

impl<'s> Findings<'s> {
    /// Findings by this schema, after those about the file.
    pub fn new(scan: Scan<'s>, report: &csv::Report) -> Self {
        let problems = report.problems().iter().cloned().map(ImportProblem::File);
        Self {
            scan,
            found: Found {
                problems: problems.collect(),
                counts: BTreeMap::new(),
                total: report.counts().map(|(_, count)| count).sum(),
            },
        }
    }

    /// Looks at the next line.
    pub fn line<'v>(
        &mut self,
        line: u64,
        columns: &BTreeMap<FieldName, usize>,
        cell: impl Fn(usize) -> Option<&'v str>,
    ) {
        let value = |name: &FieldName| {
            let text = cell(*columns.get(name)?)?;
            // An empty field of a file is no cell.
            (!text.is_empty()).then_some(text)
        };
        for problem in self.scan.row(&Place::Line(line), value) {
            let count = self.found.counts.entry(problem.code.as_str()).or_default();
            *count += 1;
            self.found.total += 1;
            if *count <= MAX_LISTED as u64 {
                let column = problem.field.as_ref().and_then(|field| columns.get(field));
                self.found.problems.push(ImportProblem::Table {
                    column: column.map(|index| index + 1),
                    problem,
                });
            }
        }
    }

    /// What was found.
    pub fn finish(self) -> Found {
        self.found
    }
}

impl Found {
    /// How many there are, listed or not.
    pub fn total(&self) -> u64 {
        self.total
    }
    /// Those that are listed.
    pub fn into_problems(self) -> Vec<ImportProblem> {
        self.problems
    }
}
