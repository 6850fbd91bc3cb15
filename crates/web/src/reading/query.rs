//! What a URL asks of the rows: words, filters, order, box, page. The same parameters in pages and in the API.

use rustine_domain::ids::FieldName;
use rustine_domain::schema::{Field, FieldType, Schema};
use rustine_store::{Bound, Filter, MOST_ROWS, RowQuery, Sort};

/// A parameter that cannot be followed, in a sentence for programs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    /// A field that the dataset does not have.
    #[error("no field {0:?}: the schema lists the fields")]
    UnknownField(String),
    /// A condition that does not exist.
    #[error("no condition {0:?}: use none, contains, gt, lt or in")]
    UnknownCondition(String),
    /// Not a number where one is needed.
    #[error("{0:?} is no number: {1} is a field of numbers")]
    NotANumber(String, String),
    /// A box of other than four numbers.
    #[error("bbox takes four numbers: west,south,east,north in degrees")]
    Box,
    /// A limit that is no number from 1 to 1,000.
    #[error("limit takes a number from 1 to 1000")]
    Limit,
    /// A cursor that no page gave.
    #[error("after takes the \"next\" of another page, before its \"previous\"")]
    Cursor,
    /// A parameter that is not known.
    #[error("no parameter {0:?}")]
    Unknown(String),
}

/// Reads the parameters; every one that cannot be followed is an error.
pub fn parse(
    pairs: &[(String, String)],
    dataset: i64,
    schema: &Schema,
) -> Result<RowQuery, BadQuery> {
    let mut query = RowQuery {
        dataset,
        limit: 100,
        ..RowQuery::default()
    };
    for (name, value) in pairs {
        match name.as_str() {
            "q" => query.search = Some(value.clone()),
            "sort" if value.is_empty() => {}
            "sort" => query.sort = Some(sort(value, schema)?),
            "limit" => query.limit = limit(value)?,
            "after" => query.after = Some(value.parse().map_err(|_| BadQuery::Cursor)?),
            "before" => query.before = Some(value.parse().map_err(|_| BadQuery::Cursor)?),
            "bbox" => query.bbox = Some(bbox(value)?),
            other => match other.strip_prefix("field.") {
                Some(asked) => query.filters.push(filter(asked, value, schema)?),
                None => return Err(BadQuery::Unknown(other.to_owned())),
            },
        }
    }
    query.filters = alternatives(query.filters);
    Ok(query)
}

/// Reads what a page's form sends: empty boxes mean nothing, and what cannot be followed is left out.
pub fn parse_form(
    pairs: &[(String, String)],
    dataset: i64,
    schema: &Schema,
    limit: usize,
) -> RowQuery {
    let mut query = RowQuery {
        dataset,
        limit,
        ..RowQuery::default()
    };
    for pair in pairs
        .iter()
        .filter(|(name, value)| !value.is_empty() && name != "limit" && name != "columns")
    {
        let Ok(one) = parse(std::slice::from_ref(pair), dataset, schema) else {
            continue;
        };
        query.search = one.search.or(query.search);
        query.sort = one.sort.or(query.sort);
        query.after = one.after.or(query.after);
        query.before = one.before.or(query.before);
        query.bbox = one.bbox.or(query.bbox);
        query.filters.extend(one.filters);
    }
    query.filters = alternatives(query.filters);
    query
}

/// No cell is two texts at once: several values asked of one field are those that it may have.
fn alternatives(filters: Vec<(FieldName, Filter)>) -> Vec<(FieldName, Filter)> {
    let mut equal: Vec<(FieldName, Vec<String>)> = Vec::new();
    let mut merged = Vec::new();
    for (field, filter) in filters {
        let Filter::Eq(value) = filter else {
            merged.push((field, filter));
            continue;
        };
        match equal.iter_mut().find(|(name, _)| *name == field) {
            Some((_, values)) => values.push(value),
            None => equal.push((field, vec![value])),
        }
    }
    let one = |(field, mut values): (FieldName, Vec<String>)| match values.len() {
        1 => (field, Filter::Eq(values.remove(0))),
        _ => (field, Filter::In(values)),
    };
    merged.extend(equal.into_iter().map(one));
    merged
}

fn limit(text: &str) -> Result<usize, BadQuery> {
    let limit = text.parse().map_err(|_| BadQuery::Limit)?;
    if (1..=MOST_ROWS).contains(&limit) {
        Ok(limit)
    } else {
        Err(BadQuery::Limit)
    }
}

fn bbox(text: &str) -> Result<[f64; 4], BadQuery> {
    let numbers: Vec<f64> = text
        .split(',')
        .map_while(|part| part.trim().parse().ok())
        .collect();
    let valid =
        numbers.iter().all(|number: &f64| number.is_finite()) && text.split(',').count() == 4;
    numbers
        .try_into()
        .ok()
        .filter(|_| valid)
        .ok_or(BadQuery::Box)
}

fn field<'s>(name: &str, schema: &'s Schema) -> Result<&'s Field, BadQuery> {
    schema
        .field(name)
        .ok_or_else(|| BadQuery::UnknownField(name.chars().take(80).collect()))
}

/// True for fields whose values are compared as numbers.
pub fn is_numeric(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldType::Integer | FieldType::Number | FieldType::Year
    )
}

fn sort(text: &str, schema: &Schema) -> Result<Sort, BadQuery> {
    let (name, descending) = match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let field = field(name, schema)?;
    Ok(Sort {
        field: field.name.clone(),
        descending,
        numeric: is_numeric(field),
    })
}

fn filter(asked: &str, value: &str, schema: &Schema) -> Result<(FieldName, Filter), BadQuery> {
    let (name, condition) = asked.split_once('.').unwrap_or((asked, ""));
    let field = field(name, schema)?;
    let bound = || -> Result<Bound, BadQuery> {
        if !is_numeric(field) {
            return Ok(Bound::Text(value.to_owned()));
        }
        let number = value
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite());
        let number = number.ok_or_else(|| {
            BadQuery::NotANumber(value.chars().take(80).collect(), name.to_owned())
        })?;
        Ok(Bound::Number(number))
    };
    let filter = match condition {
        "" => Filter::Eq(value.to_owned()),
        "contains" => Filter::Contains(value.to_owned()),
        "gt" => Filter::Gt(bound()?),
        "lt" => Filter::Lt(bound()?),
        "in" => Filter::In(value.split(',').map(str::to_owned).collect()),
        other => return Err(BadQuery::UnknownCondition(other.chars().take(80).collect())),
    };
    Ok((field.name.clone(), filter))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::read(&json!({"title": "t", "fields": [
            {"name": "nom", "type": "string"}, {"name": "places", "type": "integer"}
        ]}))
        .0
    }

    fn pairs(query: &str) -> Vec<(String, String)> {
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    fn check(query: &str, expected: &BadQuery) {
        assert_eq!(
            parse(&pairs(query), 1, &schema()).as_ref(),
            Err(expected),
            "{query}"
        );
    }

    #[test]
    fn every_parameter_reaches_the_store() {
        let query = parse(
            &pairs("q=caf&limit=7&sort=-places&bbox=-1,2,3.5,4&field.nom.contains=a&field.places.gt=3&field.nom.in=a,b&field.nom="),
            4,
            &schema(),
        )
        .unwrap();
        assert_eq!(
            (query.dataset, query.limit, query.search.as_deref()),
            (4, 7, Some("caf"))
        );
        assert_eq!(query.bbox, Some([-1.0, 2.0, 3.5, 4.0]));
        let sort = query.sort.unwrap();
        assert!(sort.descending && sort.numeric);
        let filters: Vec<_> = query
            .filters
            .into_iter()
            .map(|(_, filter)| filter)
            .collect();
        assert_eq!(
            filters,
            [
                Filter::Contains("a".to_owned()),
                Filter::Gt(Bound::Number(3.0)),
                Filter::In(vec!["a".to_owned(), "b".to_owned()]),
                Filter::Eq(String::new()),
            ]
        );
    }

    #[test]
    fn several_values_of_one_field_are_alternatives() {
        let asked = pairs("field.nom=a,b&field.nom.contains=x&field.places=3&field.nom=c");
        let expected = [
            Filter::Contains("x".to_owned()),
            Filter::In(vec!["a,b".to_owned(), "c".to_owned()]),
            Filter::Eq("3".to_owned()),
        ];
        for query in [
            parse(&asked, 4, &schema()).unwrap(),
            parse_form(&asked, 4, &schema(), 50),
        ] {
            let filters: Vec<_> = query
                .filters
                .into_iter()
                .map(|(_, filter)| filter)
                .collect();
            assert_eq!(filters, expected);
        }
    }

    #[test]
    fn what_cannot_be_followed_is_said() {
        check(
            "field.humeur=x",
            &BadQuery::UnknownField("humeur".to_owned()),
        );
        check(
            "field.nom.near=x",
            &BadQuery::UnknownCondition("near".to_owned()),
        );
        check("sort=humeur", &BadQuery::UnknownField("humeur".to_owned()));
        check(
            "field.places.lt=beaucoup",
            &BadQuery::NotANumber("beaucoup".to_owned(), "places".to_owned()),
        );
        check("bbox=1,2,3", &BadQuery::Box);
        check("bbox=1,2,3,x", &BadQuery::Box);
        check("bbox=1,2,3,4,5", &BadQuery::Box);
        check("limit=0", &BadQuery::Limit);
        check("limit=1001", &BadQuery::Limit);
        check("after=x", &BadQuery::Cursor);
        check("before=x", &BadQuery::Cursor);
        check("page=2", &BadQuery::Unknown("page".to_owned()));
    }

    #[test]
    fn a_page_leaves_out_what_it_cannot_follow() {
        let query = parse_form(
            &pairs("q=&field.nom=&field.nom.contains=a&field.humeur=x&limit=9&columns=all"),
            1,
            &schema(),
            50,
        );
        assert_eq!(
            (query.limit, query.search, query.filters.len()),
            (50, None, 1)
        );
    }
}
