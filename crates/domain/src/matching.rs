//! How texts are compared when people would call them the same (`protocol.md` §3.1): NFC and case-folded.
//!
//! Uniqueness, keys and matching use [`fold`]; search uses [`search_fold`], which also forgets accents.
//! Stored values are never normalised: these forms exist only to be compared.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The form under which two values are one: canonical equivalents and upper or lower case coincide, accents count.
///
/// Going through the capital letter is what makes `ß` meet `ss` and both Greek sigmas meet.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfd()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}

/// The form that search compares: as [`fold`], without accents, ligatures taken apart, one kind of apostrophe.
pub fn search_fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_combining_mark(*c))
    {
        match letter {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            '’' | 'ʼ' => folded.push('\''),
            other => folded.push(other),
        }
    }
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_and_composition_do_not_make_two_values() {
        for (a, b) in [
            ("Café", "CAFE\u{301}"),
            ("STRASSE", "straße"),
            ("ΣΑΣ", "σας"),
            ("Hub", "hub"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn accents_make_two_values_but_one_search() {
        assert_ne!(fold("pêche"), fold("péché"));
        assert_eq!(search_fold("Pêché"), "peche");
        assert_eq!(search_fold("Cœur d’Hérault"), "coeur d'herault");
        assert_eq!(search_fold("İzmir"), "izmir");
    }

    #[test]
    fn spaces_are_part_of_a_value() {
        assert_ne!(fold("a "), fold("a"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
            prop_assert_eq!(search_fold(&search_fold(&text)), search_fold(&text));
        }

        #[test]
        fn canonical_equivalents_fold_alike(text in any::<String>()) {
            let apart: String = text.nfd().collect();
            let together: String = text.nfc().collect();
            prop_assert_eq!(fold(&apart), fold(&together));
        }
    }
}
