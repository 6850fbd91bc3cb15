//! One meaning of search on both engines: the words are made here, the engines only find them.
//!
//! A value becomes words of letters and digits, without case and accents. A query finds the rows that hold every
//! one of its words, the last one as a prefix. Phone numbers are also kept as one word of digits, so that
//! `02 40 12 34 56`, `0240123456` and `+33 2 40 12 34 56` find each other.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are cut: PostgreSQL takes 2,046 bytes, and nobody types as much.
const LONGEST_WORD: usize = 64;
/// Groups of digits that have as many together are taken for one number.
const FEWEST_JOINED: usize = 8;
/// Words of a query beyond these are ignored.
const MOST_QUERY_WORDS: usize = 16;

/// A text without case and accents: `Œuvre, ÉCOLE` → `oeuvre, ecole`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    push_folded(text, &mut folded);
    folded
}

/// Each character folds by itself: a decomposed accent is a character of its own, and goes.
fn push_folded(text: &str, folded: &mut String) {
    for c in text.chars() {
        match c {
            '\0'..='\x7f' => folded.push(c.to_ascii_lowercase()),
            'à' | 'â' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' => folded.push('e'),
            'î' | 'ï' => folded.push('i'),
            'ô' => folded.push('o'),
            'û' | 'ù' => folded.push('u'),
            'ç' => folded.push('c'),
            '\u{2010}'..='\u{201f}' => folded.push(c),
            _ => push_folded_char(c, folded),
        }
    }
}

/// The general rule, of which the arms above are the frequent cases in French.
fn push_folded_char(c: char, folded: &mut String) {
    let decomposed = std::iter::once(c).nfkd().filter(|&c| !is_combining_mark(c));
    for c in decomposed.flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
}

/// The words of a value, in order, and what joins digits together where that applies. `folded` is working space.
pub(crate) fn push_words(value: &str, words: &mut String, folded: &mut String) {
    folded.clear();
    push_folded(value, folded);
    for word in split(folded) {
        push_word(words, word);
    }
    // A joined number has at least two groups, so eight digits and something between them.
    if folded.len() > FEWEST_JOINED {
        for number in numbers(folded) {
            push_word(words, &number.joined);
        }
    }
}

fn push_word(words: &mut String, word: &str) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(cut(word));
}

fn split(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| {
            if c.is_ascii() {
                !c.is_ascii_alphanumeric()
            } else {
                !c.is_alphanumeric()
            }
        })
        .filter(|word| !word.is_empty())
}

fn cut(word: &str) -> &str {
    if word.len() <= LONGEST_WORD {
        return word;
    }
    match word.char_indices().nth(LONGEST_WORD) {
        Some((end, _)) => &word[..end],
        None => word,
    }
}

/// A run of groups of digits with nothing but the punctuation of numbers between them.
struct Number {
    joined: String,
    /// Where the run stands in the folded text.
    start: usize,
    end: usize,
}

fn numbers(folded: &str) -> Vec<Number> {
    let bytes = folded.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || b" .-/()".contains(&bytes[at])) {
            if bytes[at].is_ascii_digit() {
                end = at + 1;
            }
            at += 1;
        }
        found.extend(number(folded, start, end));
    }
    found
}

/// Only what is more than one word: a lone group of digits is its own word already, unless it names the country.
fn number(folded: &str, start: usize, end: usize) -> Option<Number> {
    let run = &folded[start..end];
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let abroad = folded[..start]
        .ends_with('+')
        .then_some("33")
        .or(Some("0033"));
    let national = abroad
        .and_then(|code| digits.strip_prefix(code))
        .filter(|rest| rest.len() >= FEWEST_JOINED)
        .map(|rest| format!("0{}", rest.trim_start_matches('0')));
    let alone = run.len() == digits.len() && national.is_none();
    (!alone && digits.len() >= FEWEST_JOINED).then(|| Number {
        joined: national.unwrap_or(digits),
        start,
        end,
    })
}

/// What a query asks for: every clause, where a clause is a set of words or one number that stands for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query(Vec<Clause>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    words: Vec<Word>,
    instead: Option<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    prefix: bool,
    /// For a prefix: the words that begin so, where they are known.
    pub(crate) words: Option<Vec<String>>,
}

impl Query {
    /// Reads what somebody typed; `None` where it has no word.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let folded = fold(text);
        let mut clauses = Vec::new();
        let mut from = 0;
        for number in numbers(&folded) {
            clauses.extend(words_of(&folded[from..number.start]));
            let mut clause = Clause {
                words: split(&folded[number.start..number.end])
                    .map(whole)
                    .collect(),
                instead: Some(whole(&number.joined)),
            };
            clause.words.truncate(MOST_QUERY_WORDS);
            clauses.push(clause);
            from = number.end;
        }
        clauses.extend(words_of(&folded[from..]));
        clauses.truncate(MOST_QUERY_WORDS);
        let last = clauses.last_mut()?;
        // Somebody who typed a space after a word is still typing, so it stays a prefix.
        for word in last.words.last_mut().into_iter().chain(&mut last.instead) {
            word.prefix = true;
        }
        Some(Self(clauses))
    }

    /// A query for rows that hold every word of these values, none as a prefix; `None` where they have no word.
    pub(crate) fn whole<'a>(values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let clauses: Vec<Clause> = values
            .flat_map(|value| words_of(&fold(value)).collect::<Vec<_>>())
            .take(MOST_QUERY_WORDS)
            .collect();
        (!clauses.is_empty()).then_some(Self(clauses))
    }

    /// The words of which only the beginning was typed.
    pub(crate) fn beginnings(&mut self) -> impl Iterator<Item = &mut Word> {
        let clauses = self.0.iter_mut();
        let words = clauses.flat_map(|clause| clause.words.iter_mut().chain(&mut clause.instead));
        words.filter(|word| word.prefix)
    }

    /// The query for FTS5; words are letters and digits, so nothing needs escaping but the quotes around them.
    pub(crate) fn to_fts5(&self, dataset: i64) -> String {
        let word = |w: &Word| match w.words.as_deref() {
            // A word that begins like none finds nothing by itself.
            None | Some([]) => format!("\"{}\"{}", w.text, if w.prefix { "*" } else { "" }),
            Some([one]) => format!("\"{one}\""),
            Some(several) => format!("(\"{}\")", several.join("\" OR \"")),
        };
        self.print(
            &format!("\"{}\"", dataset_word(dataset)),
            " AND ",
            " OR ",
            word,
        )
    }

    /// The query for PostgreSQL's `to_tsquery` form, cast with `::tsquery`.
    pub(crate) fn to_tsquery(&self, dataset: i64) -> String {
        let word = |w: &Word| format!("'{}'{}", w.text, if w.prefix { ":*" } else { "" });
        self.print(&format!("'{}'", dataset_word(dataset)), " & ", " | ", word)
    }

    fn print(&self, dataset: &str, and: &str, or: &str, word: impl Fn(&Word) -> String) -> String {
        let mut parts = vec![dataset.to_owned()];
        for clause in &self.0 {
            let words = clause.words.iter().map(&word).collect::<Vec<_>>().join(and);
            parts.push(match &clause.instead {
                Some(number) => format!("(({words}){or}{})", word(number)),
                None => words,
            });
        }
        parts.join(and)
    }
}

fn whole(text: &str) -> Word {
    Word {
        text: cut(text).to_owned(),
        prefix: false,
        words: None,
    }
}

fn words_of(folded: &str) -> impl Iterator<Item = Clause> {
    split(folded).map(|text| Clause {
        words: vec![whole(text)],
        instead: None,
    })
}

/// The word that every row of a dataset holds; no value can, because `§` is neither letter nor digit.
pub(crate) fn dataset_word(dataset: i64) -> String {
    format!("§{dataset}")
}

/// The document of a row: the word of its dataset and those of its values; fields of ours are not searched.
pub(crate) fn document<'a>(
    dataset: i64,
    cells: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let (mut words, mut folded) = (dataset_word(dataset), String::new());
    for (field, value) in cells {
        if !field.starts_with('_') {
            push_words(value, &mut words, &mut folded);
        }
    }
    // Thousands of documents wait at a time, half of them as long as their room.
    words.shrink_to_fit();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_words(value: &str, expected: &str) {
        let mut words = String::new();
        push_words(value, &mut words, &mut String::new());
        assert_eq!(words, expected, "{value}");
    }

    #[test]
    fn words_have_neither_case_nor_accents() {
        check_words("L'Île d'Yeu", "l ile d yeu");
        check_words("Œuvre – ÉCOLE", "oeuvre ecole");
        check_words("l’hôtel", "l hotel");
        check_words("Straße 12bis", "strasse 12bis");
        check_words("ﬁn ½", "fin 1 2");
        check_words("§1", "1");
        check_words(" ", "");
    }

    #[test]
    fn the_frequent_letters_fold_as_the_general_rule_says() {
        for c in ('\0'..='\u{24f}').chain('\u{2000}'..='\u{206f}') {
            let mut by_rule = String::new();
            push_folded_char(c, &mut by_rule);
            // Two kinds of hyphen and of dots decompose; no kind of punctuation is part of a word.
            let words = |text: &str| split(text).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&fold(&c.to_string())), words(&by_rule), "{c:?}");
        }
    }

    #[test]
    fn a_phone_number_is_also_one_word() {
        check_words("02 40 12 34 56", "02 40 12 34 56 0240123456");
        check_words("0240123456", "0240123456");
        check_words("+33 2 40 12 34 56", "33 2 40 12 34 56 0240123456");
        check_words("+33240123456", "33240123456 0240123456");
        check_words("+33 (0)2.40.12.34.56", "33 0 2 40 12 34 56 0240123456");
        check_words("12, 13", "12 13");
        check_words("2026-11-21", "2026 11 21 20261121");
    }

    #[test]
    fn the_last_word_of_a_query_is_a_prefix() {
        let query = Query::parse("Île d'Ye").expect("it has words");
        assert_eq!(query.to_fts5(7), "\"§7\" AND \"ile\" AND \"d\" AND \"ye\"*");
        assert_eq!(query.to_tsquery(7), "'§7' & 'ile' & 'd' & 'ye':*");
        assert_eq!(Query::parse(" -- '\" "), None);
    }

    #[test]
    fn a_prefix_is_spelt_out_in_the_words_that_begin_so() {
        let spelt = |words: &[&str]| {
            let mut query = Query::parse("bar x").expect("it has words");
            for word in query.beginnings() {
                word.words = Some(words.iter().map(|&word| word.to_owned()).collect());
            }
            query.to_fts5(7)
        };
        assert_eq!(spelt(&["x"]), "\"§7\" AND \"bar\" AND \"x\"");
        assert_eq!(
            spelt(&["x", "xy"]),
            "\"§7\" AND \"bar\" AND (\"x\" OR \"xy\")"
        );
        assert_eq!(spelt(&[]), "\"§7\" AND \"bar\" AND \"x\"*");
    }

    #[test]
    fn a_number_in_a_query_may_be_written_with_or_without_spaces() {
        let query = Query::parse("bar 02.40.12.34.5").expect("it has words");
        assert_eq!(
            query.to_tsquery(7),
            "'§7' & 'bar' & (('02' & '40' & '12' & '34' & '5':*) | '024012345':*)"
        );
    }
}
