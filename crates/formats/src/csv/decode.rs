//! Bytes of a cell as text. Valid UTF-8 passes through unchanged; anything else is read as Windows-1252.
//!
//! Every byte sequence is text in Windows-1252, so no cell is ever refused here, and no byte is lost.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

/// How one cell was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadAs {
    /// The same in both encodings.
    Ascii,
    Utf8,
    Windows1252,
}

/// The text of a cell of a file whose other cells are Windows-1252 (`mostly_1252`) or UTF-8.
pub(super) fn cell(bytes: &[u8], mostly_1252: bool) -> (Cow<'_, str>, ReadAs) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.is_ascii() {
            return (Cow::Borrowed(text), ReadAs::Ascii);
        }
        if !mostly_1252 || is_likely_utf8(text) {
            return (Cow::Borrowed(text), ReadAs::Utf8);
        }
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    (text, ReadAs::Windows1252)
}

/// Whether text that happens to be UTF-8 is meant so, though the file is Windows-1252.
///
/// `TÉ` and a no-break space is valid UTF-8 as well, for a letter of phonetics. So only the letters
/// of western languages and the punctuation around them count; in Windows-1252 their bytes would be `Ã©` or `â€™`.
fn is_likely_utf8(text: &str) -> bool {
    text.chars()
        .filter(|c| !c.is_ascii())
        .all(|c| matches!(c, '\u{A0}'..='\u{17F}' | '\u{2000}'..='\u{20CF}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], mostly_1252: bool, text: &str, read_as: ReadAs) {
        assert_eq!(cell(bytes, mostly_1252), (Cow::Borrowed(text), read_as));
    }

    #[test]
    fn a_cell_is_utf8_where_it_can_be_and_else_windows_1252() {
        for mostly_1252 in [false, true] {
            check(b"Nom", mostly_1252, "Nom", ReadAs::Ascii);
            check("Béthune".as_bytes(), mostly_1252, "Béthune", ReadAs::Utf8);
            check(
                "l’œuvre à 5 €".as_bytes(),
                mostly_1252,
                "l’œuvre à 5 €",
                ReadAs::Utf8,
            );
            check(
                b"B\xE9thune \x80",
                mostly_1252,
                "Béthune €",
                ReadAs::Windows1252,
            );
        }
    }

    #[test]
    fn capitals_before_a_no_break_space_are_not_taken_for_utf8() {
        check(
            b"SOCI\xC9T\xC9\xA0",
            true,
            "SOCIÉTÉ\u{A0}",
            ReadAs::Windows1252,
        );
        check(b"T\xC9\xA0", true, "TÉ\u{A0}", ReadAs::Windows1252);
    }

    #[test]
    fn every_byte_is_text() {
        for byte in 0..=255_u8 {
            let bytes = [byte];
            let (text, _) = cell(&bytes, false);
            assert_eq!(text.chars().count(), 1, "{byte}");
        }
    }
}
