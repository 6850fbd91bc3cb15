//! Narrowing the rows down: what is asked now as labels that take it back, and the values of fields with their counts.

use std::collections::BTreeMap;

use rustine_domain::schema::{Field, FieldType};
use rustine_store::{Filter, RowQuery, StoreError, Tx};

use super::table::Table;
use crate::fields;
use crate::reading::query;
use crate::view::Choice;

/// Up to so many rows every reader sees the counts; beyond, who asks for them. Each version of the rows is counted
/// once, but a large register that changes often would be counted with every visit.
pub const COUNTED_UNASKED: i64 = 10_000;
/// Fields with counts at most: each is one walk over the rows.
pub const MOST_FACETS: usize = 8;
/// And in a dataset beyond [`COUNTED_UNASKED`], where such a walk takes some tenths of a second.
const MOST_FACETS_OF_MANY: usize = 3;
/// Values that a field without a list of its own may have to be shown as one.
const FEW: usize = 24;
/// Different texts of one field that are looked at; lists joined in one cell have more than values.
const COMBINATIONS: usize = 2_000;

/// Something that is asked now, with the way out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Field title; empty for words that are searched.
    pub title: String,
    /// What is asked of it.
    pub value: String,
    /// The same page without it.
    pub href: String,
}

/// A field with few values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Field title.
    pub title: String,
    /// Its values with their counts.
    pub values: Vec<FacetValue>,
}

/// A value, in how many of the rows found it stands, and what a click does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// What people read.
    pub label: Choice,
    /// Rows.
    pub count: i64,
    /// Asks for it, or takes it back.
    pub href: String,
}

/// What stands above the rows.
#[derive(Debug, Default)]
pub(super) struct Refined {
    pub chips: Vec<Chip>,
    pub facets: Vec<Facet>,
    /// Shows the counts.
    pub offer: Option<String>,
}

pub(super) fn refine(table: &Table<'_>, tx: &mut Tx<'_>) -> Result<Refined, StoreError> {
    let asked = table.visit.asked("facets") == "yes";
    let counted = asked || table.record.row_count <= COUNTED_UNASKED;
    let facets = match counted {
        true => facets(table, tx)?,
        false => Vec::new(),
    };
    let offer =
        (!counted && candidates(table).next().is_some()).then(|| table.href(&[("facets", "yes")]));
    Ok(Refined {
        chips: chips(table),
        facets,
        offer,
    })
}

/// One label for each condition, in the order of the address.
fn chips(table: &Table<'_>) -> Vec<Chip> {
    let pairs = &table.visit.query;
    let without = |at: usize| {
        let kept = pairs.iter().enumerate().filter(|(place, (name, value))| {
            *place != at && !value.is_empty() && !matches!(name.as_str(), "after" | "before")
        });
        table.address(kept.map(|(_, pair)| pair.clone()).collect())
    };
    let chip = |(at, (name, value)): (usize, &(String, String))| {
        if value.is_empty() {
            return None;
        }
        let title = match name.strip_prefix("field.") {
            Some(asked) => {
                let (name, condition) = asked.split_once('.').unwrap_or((asked, ""));
                let field = table.schema.field(name)?;
                let sign = match condition {
                    "gt" => " >",
                    "lt" => " <",
                    _ => "",
                };
                format!("{}{sign}", fields::name_of(field))
            }
            None if name == "q" => String::new(),
            None => return None,
        };
        // What cannot be followed is not asked, and so has no label.
        query::parse(
            &[(name.clone(), value.clone())],
            table.record.id,
            table.schema,
        )
        .ok()?;
        Some(Chip {
            title,
            value: value.clone(),
            href: without(at),
        })
    };
    pairs.iter().enumerate().filter_map(chip).collect()
}

/// Fields whose values may be few: those with a list of their own first.
fn candidates<'t>(table: &'t Table<'_>) -> impl Iterator<Item = &'t Field> {
    let title = fields::title_field(table.schema).map(|field| field.name.clone());
    let listed = |field: &Field| field.choices().is_some() || field.kind == FieldType::Boolean;
    let free = move |field: &&Field| {
        field.kind == FieldType::String
            && !listed(field)
            && !field.constraints.unique
            && !table.schema.primary_key.contains(&field.name)
            && title.as_ref() != Some(&field.name)
            && fields::is_free_of_form(field)
    };
    let fields = &table.schema.fields;
    let listed = fields.iter().filter(move |field| listed(field));
    listed.chain(fields.iter().filter(free))
}

fn facets(table: &Table<'_>, tx: &mut Tx<'_>) -> Result<Vec<Facet>, StoreError> {
    let mut found = Vec::new();
    let most = match table.record.row_count > COUNTED_UNASKED {
        true => MOST_FACETS_OF_MANY,
        false => MOST_FACETS,
    };
    for field in candidates(table).take(most) {
        if let Some(facet) = facet(table, tx, field)? {
            found.push(facet);
        }
    }
    Ok(found)
}

fn facet(table: &Table<'_>, tx: &mut Tx<'_>, field: &Field) -> Result<Option<Facet>, StoreError> {
    let choices = field.choices();
    let several = choices
        .as_ref()
        .is_some_and(|choices| choices.separator.is_some());
    // Values of one field add up, so those that are not asked count as well; of lists each narrows further.
    let asked = RowQuery {
        filters: match several {
            true => table.asked.filters.clone(),
            false => {
                let others = table.asked.filters.iter();
                others
                    .filter(|(name, _)| *name != field.name)
                    .cloned()
                    .collect()
            }
        },
        ..table.asked.clone()
    };
    let limit = match choices.is_some() || field.kind == FieldType::Boolean {
        true => COMBINATIONS,
        false => FEW + 2,
    };
    let counts = tx.count_values(&asked, &field.name, limit)?;
    let held = counts.iter().filter(|one| !one.value.is_empty());
    let values: Vec<(String, i64)> = match &choices {
        Some(choices) if several => {
            let known = choices.values().map(str::to_owned);
            inside(known, held.map(|one| (one.value.as_str(), one.count)))
        }
        _ => held.map(|one| (one.value.clone(), one.count)).collect(),
    };
    let free = choices.is_none() && field.kind != FieldType::Boolean;
    let rows: i64 = values.iter().map(|(_, count)| count).sum();
    // A text that is another one in nearly every row sorts nothing.
    let sorts =
        |values: usize| values <= FEW && (rows >= 2 * i64::try_from(values).unwrap_or(i64::MAX));
    if values.len() < 2 && !is_asked(table, field) || free && !sorts(values.len()) {
        return Ok(None);
    }
    let shown = values.into_iter().take(FEW);
    Ok(Some(Facet {
        title: fields::name_of(field),
        values: shown
            .map(|(value, count)| one(table, field, several, value, count))
            .collect(),
    }))
}

/// How many rows hold each choice of a list, as the filter that a click asks for finds them.
fn inside<'c>(
    known: impl Iterator<Item = String>,
    combinations: impl Iterator<Item = (&'c str, i64)> + Clone,
) -> Vec<(String, i64)> {
    let fold = rustine_store::search::fold;
    let combinations: BTreeMap<String, i64> =
        combinations.fold(BTreeMap::new(), |mut all, (text, count)| {
            *all.entry(fold(text)).or_default() += count;
            all
        });
    let mut values: Vec<(String, i64)> = known
        .map(|value| {
            let folded = fold(&value);
            let rows = combinations
                .iter()
                .filter(|(text, _)| text.contains(&folded));
            let count = rows.map(|(_, count)| count).sum();
            (value, count)
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    values
}

fn is_asked(table: &Table<'_>, field: &Field) -> bool {
    let of_field = |(name, _): &(_, Filter)| *name == field.name;
    table.asked.filters.iter().any(of_field)
}

fn one(table: &Table<'_>, field: &Field, several: bool, value: String, count: i64) -> FacetValue {
    let end = if several { ".contains" } else { "" };
    let pair = (format!("field.{}{end}", field.name), value);
    let chosen = table.visit.query.contains(&pair);
    let mut kept: Vec<(String, String)> = table
        .visit
        .query
        .iter()
        .filter(|(name, value)| !value.is_empty() && !matches!(name.as_str(), "after" | "before"))
        .cloned()
        .collect();
    match chosen {
        true => kept.retain(|known| *known != pair),
        false => kept.push(pair.clone()),
    }
    FacetValue {
        label: Choice {
            chosen,
            ..fields::choice(field, &pair.1)
        },
        count,
        href: table.address(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_a_list_count_in_every_combination() {
        let known = ["Aide", "Aide à domicile", "Wifi", "Prêt"].map(str::to_owned);
        let rows = [("Aide|Wifi", 3), ("Aide à domicile", 2), ("wifi", 1)];
        let expected = [("Aide", 5), ("Wifi", 4), ("Aide à domicile", 2)]
            .map(|(text, count)| (text.to_owned(), count));
        assert_eq!(inside(known.into_iter(), rows.into_iter()), expected);
    }
}
