//! Invented places, always the same for the same number.

use crate::table::Table;

const KINDS: [&str; 6] = [
    "Médiathèque",
    "Espace numérique",
    "Maison de quartier",
    "Café associatif",
    "Fablab",
    "Point info",
];
const NAMES: [&str; 7] = [
    "des Tilleuls",
    "du Vieux Port",
    "Émile Zola",
    "de l'Horloge",
    "« Le Lien »",
    "Saint-Éloi",
    "du Marché",
];
const TOWNS: [(&str, &str); 6] = [
    ("01000", "Bourg-l'Essai"),
    ("44000", "Villefictive"),
    ("2A004", "Port-Exemple"),
    ("97400", "Saint-Modèle"),
    ("07200", "Essai-sur-Ardèche"),
    ("75020", "Parigny"),
];
const HOURS: [&str; 4] = [
    "Mo-Fr 09:00-12:00",
    "Tu,Th 14:00-18:30",
    "",
    "Mo-Sa 10:00-19:00; PH off",
];

/// The columns: `id` is a key, `code_postal` and `telephone` begin with zeros that must stay.
pub const TITLES: [&str; 8] = [
    "id",
    "nom",
    "adresse",
    "code_postal",
    "commune",
    "telephone",
    "horaires",
    "ouvert_depuis",
];

/// A table of `count` places.
#[must_use]
pub fn table(count: usize) -> Table {
    Table {
        header: TITLES.map(str::to_owned).to_vec(),
        rows: (0..count).map(row).collect(),
    }
}

/// The same as CSV.
#[must_use]
pub fn csv(count: usize) -> Vec<u8> {
    table(count).to_csv()
}

fn row(at: usize) -> Vec<String> {
    let (postcode, town) = TOWNS[at % TOWNS.len()];
    vec![
        format!("lieu-{at:06}"),
        format!("{} {}", KINDS[at % KINDS.len()], NAMES[at % NAMES.len()]),
        format!("{}, rue de l'Invention", at % 213 + 1),
        postcode.to_owned(),
        town.to_owned(),
        // Numbers of the block that the French regulator keeps for fiction.
        format!("0199000{:03}", at % 1000),
        HOURS[at % HOURS.len()].to_owned(),
        format!("{}-{:02}-{:02}", 1990 + at % 35, at % 12 + 1, at % 28 + 1),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_distinct_keys_and_full_rows() {
        let table = table(1000);
        let keys: std::collections::BTreeSet<_> = table.values("id").into_iter().collect();
        assert_eq!(keys.len(), 1000);
        assert!(table.rows.iter().all(|row| row.len() == TITLES.len()));
    }
}
