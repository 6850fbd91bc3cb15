//! The words of a title.

use rustine_domain::matching::search_fold;

/// Words of titles whose numbers identify something, or stand for opening hours, and are never added up.
const OF_CODES: [&str; 55] = [
    "ape",
    "cedex",
    "code",
    "cog",
    "cp",
    "dep",
    "departement",
    "depcode",
    "dept",
    "dial",
    "dossier",
    "ean",
    "epci",
    "fax",
    "finess",
    "fixe",
    "gsm",
    "horaire",
    "horaires",
    "iban",
    "id",
    "ident",
    "identifiant",
    "identifier",
    "insee",
    "iris",
    "isbn",
    "iso",
    "issn",
    "key",
    "lot",
    "matricule",
    "mobile",
    "naf",
    "nir",
    "no",
    "num",
    "numero",
    "opening",
    "parcelle",
    "phone",
    "portable",
    "postal",
    "postcode",
    "ref",
    "reference",
    "rib",
    "rna",
    "siren",
    "siret",
    "tel",
    "telephone",
    "tva",
    "uai",
    "zip",
];

/// Words of titles whose values may identify a row.
const OF_KEYS: [&str; 17] = [
    "cle",
    "code",
    "finess",
    "id",
    "ident",
    "identifiant",
    "identifier",
    "key",
    "matricule",
    "num",
    "numero",
    "ref",
    "reference",
    "rna",
    "siret",
    "uai",
    "uuid",
];

/// The words of a title, folded: `idAttribuant`, `N_TEL` and `Code postal` have two each.
fn words(title: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(title.len() + 4);
    let mut after_small = false;
    for letter in title.chars() {
        if after_small && letter.is_uppercase() {
            spaced.push(' ');
        }
        after_small = letter.is_lowercase();
        spaced.push(letter);
    }
    search_fold(&spaced)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        // `email1` and `tel1` are numbered columns.
        .map(|word| {
            word.trim_end_matches(|c: char| c.is_ascii_digit())
                .to_owned()
        })
        .collect()
}

/// Whether the title speaks of codes, references, phones or opening hours.
pub(super) fn speaks_of_codes(title: &str) -> bool {
    words(title)
        .iter()
        .any(|word| OF_CODES.contains(&word.as_str()))
}

/// Whether the title speaks of something that identifies a row.
pub(super) fn speaks_of_keys(title: &str) -> bool {
    words(title)
        .iter()
        .any(|word| OF_KEYS.contains(&word.as_str()))
}
