//! What changed inside one cell, word by word, so that a reader sees the one digit that moved.

/// A run of text, marked where it differs from the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, white space included.
    pub text: String,
    /// Only on this side.
    pub changed: bool,
}

/// The two sides of a change: what the words have in common at both ends stays plain, the middle is marked.
///
/// Linear in the length of the texts. A cell is short; a full alignment would mark confetti.
pub fn sides(before: &str, after: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new) = (words(before), words(after));
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let end = old[start..]
        .iter()
        .rev()
        .zip(new[start..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    (side(&old, start, end), side(&new, start, end))
}

/// One unmarked piece: a whole value.
pub fn whole(text: &str) -> Vec<Piece> {
    vec![Piece {
        text: text.to_owned(),
        changed: false,
    }]
}

fn side(words: &[&str], start: usize, end: usize) -> Vec<Piece> {
    let middle = words.len() - end;
    [
        (&words[..start], false),
        (&words[start..middle], true),
        (&words[middle..], false),
    ]
    .into_iter()
    .map(|(words, changed)| Piece {
        text: words.concat(),
        changed,
    })
    .filter(|piece| !piece.text.is_empty())
    .collect()
}

/// Words with the separator that follows them; joined again they are the text.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(|symbol: char| symbol.is_whitespace() || matches!(symbol, '|' | ',' | ';'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes changed pieces in brackets.
    fn check(before: &str, after: &str, expected: (&str, &str)) {
        let show = |pieces: Vec<Piece>| -> String {
            pieces
                .into_iter()
                .map(|piece| match piece.changed {
                    true => format!("[{}]", piece.text),
                    false => piece.text,
                })
                .collect()
        };
        let (old, new) = sides(before, after);
        assert_eq!((show(old).as_str(), show(new).as_str()), expected);
    }

    #[test]
    fn only_the_words_that_differ_are_marked() {
        check(
            "12 rue du Lac",
            "14 rue du Lac",
            ("[12 ]rue du Lac", "[14 ]rue du Lac"),
        );
        check(
            "rue du Lac",
            "rue du Grand Lac",
            ("rue du Lac", "rue du [Grand ]Lac"),
        );
        check("a|b", "a|c|b", ("a|b", "a|[c|]b"));
    }

    #[test]
    fn equal_and_empty_texts_have_no_mark() {
        check("oui", "oui", ("oui", "oui"));
        check("", "", ("", ""));
        check("", "neuf", ("", "[neuf]"));
    }

    #[test]
    fn repeated_words_are_not_counted_twice() {
        check("a a", "a a a", ("a a", "a [a ]a"));
        check("la la", "la", ("[la ]la", "la"));
    }
}
