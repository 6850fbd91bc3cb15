//! Names and addresses of the licences that registers use; unknown ones are shown as they are written.

/// A licence as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    /// Its own name, the same in every language.
    pub name: String,
    /// Where its text stands.
    pub url: Option<String>,
}

/// SPDX identifier, name, address of the text (SPDX License List 3.25).
const KNOWN: [(&str, &str, &str); 8] = [
    (
        "etalab-2.0",
        "Licence Ouverte 2.0",
        "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    ),
    (
        "ODbL-1.0",
        "ODbL 1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ),
    (
        "CC0-1.0",
        "CC0 1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/deed.fr",
    ),
    (
        "CC-BY-4.0",
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/deed.fr",
    ),
    (
        "CC-BY-SA-4.0",
        "CC BY-SA 4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
    ),
    (
        "CC-BY-NC-4.0",
        "CC BY-NC 4.0",
        "https://creativecommons.org/licenses/by-nc/4.0/deed.fr",
    ),
    (
        "PDDL-1.0",
        "PDDL 1.0",
        "https://opendatacommons.org/licenses/pddl/1-0/",
    ),
    (
        "ODC-By-1.0",
        "ODC-By 1.0",
        "https://opendatacommons.org/licenses/by/1-0/",
    ),
];

impl License {
    /// From an SPDX identifier or any other name.
    pub fn of(id: &str) -> Self {
        KNOWN
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(id))
            .map_or_else(
                || Self {
                    name: id.to_owned(),
                    url: None,
                },
                |(_, name, url)| Self {
                    name: (*name).to_owned(),
                    url: Some((*url).to_owned()),
                },
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_licence_has_its_name_and_an_unknown_one_stays_as_written() {
        assert_eq!(License::of("ETALAB-2.0").name, "Licence Ouverte 2.0");
        assert_eq!(License::of("maison").url, None);
    }
}
