//! Suggests the columns that may identify a row.

use rustine_domain::compare::KeyPrint;

use super::words::speaks_of_keys;

/// The most columns that are watched, as each costs 8 bytes per row.
const MOST_WATCHED: usize = 8;

/// Watches the columns whose titles speak of identifiers (`id`, `réf`, `SIRET`…) over a whole file.
///
/// A suggestion only: a column that is unique today need not be so tomorrow, so a person chooses.
#[derive(Debug)]
pub struct KeyFinder {
    watched: Vec<(usize, Vec<KeyPrint>)>,
}

impl KeyFinder {
    /// Watches the columns of these titles.
    pub fn new(titles: &[String]) -> Self {
        let named = titles
            .iter()
            .enumerate()
            .filter(|(_, title)| speaks_of_keys(title));
        Self {
            watched: named
                .take(MOST_WATCHED)
                .map(|(index, _)| (index, Vec::new()))
                .collect(),
        }
    }

    /// Takes in one row; a column without a value in it is no key.
    pub fn observe<'a>(&mut self, cell: impl Fn(usize) -> Option<&'a str>) {
        self.watched.retain_mut(|(index, seen)| {
            match cell(*index).and_then(|text| KeyPrint::of([text])) {
                Some(print) => {
                    seen.push(print);
                    true
                }
                None => false,
            }
        });
    }

    /// The columns (from 0) that have a value in every row, and none twice, as keys are compared.
    pub fn candidates(self) -> Vec<usize> {
        let unique = |seen: &mut Vec<KeyPrint>| {
            seen.sort_unstable();
            !seen.is_empty() && seen.is_sorted_by(|a, b| a < b)
        };
        self.watched
            .into_iter()
            .filter_map(|(index, mut seen)| unique(&mut seen).then_some(index))
            .collect()
    }
}
