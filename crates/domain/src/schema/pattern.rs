//! Patterns: matched against the whole value, and read back where they say something simple.
//!
//! Table Schema patterns are XML Schema expressions, which match whole values; so does this, where
//! frictionless 5.21 lets `a|b` match `a` and anything behind it.

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};

/// A compiled pattern stays below this, and so does what matching builds: 1 MiB.
const MAX_COMPILED_BYTES: usize = 1 << 20;
/// All compiled patterns of one schema together stay below this: 16 MiB, because anybody may send a schema.
const MAX_SCHEMA_BYTES: usize = 16 << 20;
/// Longer patterns are refused before they are compiled.
const MAX_PATTERN_BYTES: usize = 16 * 1024;

/// A pattern, compiled when it is first needed: most readers of a schema never match anything, and compiling
/// costs a thousand times what matching does. Matching takes time linear in the value, whatever the pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    room: usize,
    regex: Arc<OnceLock<Option<Regex>>>,
    choices: Option<Choices>,
    shape: Option<Shape>,
}

impl Pattern {
    /// Reads a pattern of which a schema has only this one.
    pub fn new(text: &str) -> Self {
        Self::among(text, 1)
    }

    /// Reads one of several patterns that share the room of their schema.
    pub(super) fn among(text: &str, patterns: usize) -> Self {
        Self {
            text: text.to_owned(),
            room: MAX_COMPILED_BYTES.min(MAX_SCHEMA_BYTES / patterns.max(1)),
            regex: Arc::default(),
            choices: Choices::parse(text),
            shape: Shape::parse(text),
        }
    }

    /// False for a pattern that cannot be compiled: look-around, back-references, a wrong form, too large.
    pub fn is_usable(&self) -> bool {
        self.regex().is_some()
    }
    /// True where the whole value matches, and for every value where the pattern is not usable: a constraint
    /// that nobody can read constrains nothing.
    pub fn matches(&self, value: &str) -> bool {
        self.regex().is_none_or(|regex| regex.is_match(value))
    }
    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// The choices, where the pattern only lists them.
    pub fn choices(&self) -> Option<&Choices> {
        self.choices.as_ref()
    }
    /// The count and kind of characters, where the pattern says nothing else.
    pub fn shape(&self) -> Option<Shape> {
        self.shape
    }

    fn regex(&self) -> Option<&Regex> {
        let compile = || compile(&self.text, self.room);
        self.regex.get_or_init(compile).as_ref()
    }
}

fn compile(text: &str, room: usize) -> Option<Regex> {
    if text.len() > MAX_PATTERN_BYTES || !is_closed(text) {
        return None;
    }
    RegexBuilder::new(&format!("\\A(?:{text})\\z"))
        .size_limit(room)
        .dfa_size_limit(room)
        .nest_limit(64)
        .build()
        .ok()
}

/// True where every bracket is closed after it was opened: `a)|(b` is no pattern, although it would be one
/// between our brackets.
fn is_closed(text: &str) -> bool {
    let mut groups = 0_u32;
    let mut classes = 0_u32;
    let mut class_begins = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let first_in_class = std::mem::take(&mut class_begins);
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => {
                classes += 1;
                class_begins = true;
            }
            '^' if first_in_class => class_begins = true,
            ']' if classes > 0 && !first_in_class => classes -= 1,
            '(' if classes == 0 => groups += 1,
            ')' if classes == 0 && groups == 0 => return false,
            ')' if classes == 0 => groups -= 1,
            _ => {}
        }
    }
    groups == 0
}

/// A list of choices: one of them, or several with a separator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// What stands between two choices; `None` where only one may be taken.
    pub separator: Option<char>,
    options: Vec<String>,
}

impl Choices {
    /// Choices of which one is taken.
    pub fn one_of(options: impl IntoIterator<Item = String>) -> Self {
        Self {
            separator: None,
            options: options.into_iter().collect(),
        }
    }
    /// Choices of which several may be taken.
    pub fn several_of(separator: char, options: impl IntoIterator<Item = String>) -> Self {
        Self {
            separator: Some(separator),
            options: options.into_iter().collect(),
        }
    }
    /// The choices in the order of the pattern.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.options.iter().map(String::as_str)
    }
    /// The choices that a value takes.
    pub fn split<'v>(&self, value: &'v str) -> Vec<&'v str> {
        match self.separator {
            _ if value.is_empty() => Vec::new(),
            Some(separator) => value.split(separator).collect(),
            None => vec![value],
        }
    }
    /// The first part of a value that is no choice.
    pub fn first_unknown<'v>(&self, value: &'v str) -> Option<&'v str> {
        self.split(value)
            .into_iter()
            .find(|part| !self.options.iter().any(|option| option == part))
    }

    /// Reads `(?:(?:^|\|)(A|B))+$`, as French schemas write several choices, or `^(A|B)$` for one.
    fn parse(pattern: &str) -> Option<Self> {
        let body = pattern.strip_prefix('^').unwrap_or(pattern);
        if let Some(rest) = body.strip_prefix("(?:(?:^|") {
            let (separator, rest) = literal(rest)?;
            let list = rest.strip_prefix(")(")?;
            let list = list
                .strip_suffix("))+$")
                .or_else(|| list.strip_suffix("))+"))?;
            return Some(Self::several_of(separator, options(list)?));
        }
        let list = body.strip_suffix('$').unwrap_or(body);
        let list = list
            .strip_prefix("(?:")
            .or_else(|| list.strip_prefix('('))?
            .strip_suffix(')')?;
        Some(Self::one_of(options(list)?)).filter(|choices| choices.options.len() > 1)
    }

    /// The pattern that [`Pattern`] reads back; what an export to Table Schema v1 tools writes.
    pub fn to_pattern(&self) -> String {
        let list: Vec<String> = self.values().map(regex::escape).collect();
        let list = list.join("|");
        match self.separator {
            Some(separator) => {
                let separator = regex::escape(&separator.to_string());
                format!("(?:(?:^|{separator})({list}))+$")
            }
            None => format!("^({list})$"),
        }
    }
}

/// One plain or escaped character at the front of a pattern.
fn literal(text: &str) -> Option<(char, &str)> {
    let mut letters = text.chars();
    let letter = match letters.next()? {
        '\\' => letters.next().filter(|c| !c.is_alphanumeric())?,
        special if "()[]{}*+?^$|".contains(special) => return None,
        // A dot is kept as itself: "ORDI 3.0" stands unescaped in published schemas and means a dot.
        plain => plain,
    };
    Some((letter, letters.as_str()))
}

/// The alternatives of a list without any other syntax.
fn options(list: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut option = String::new();
    let mut rest = list;
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('|') {
            found.push(std::mem::take(&mut option));
            rest = tail;
            continue;
        }
        let (letter, tail) = literal(rest)?;
        option.push(letter);
        rest = tail;
    }
    found.push(option);
    found.iter().all(|o| !o.is_empty()).then_some(found)
}

/// A pattern that only counts characters of one kind, such as `^\d{5}$`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Least count.
    pub min: u32,
    /// Greatest count.
    pub max: u32,
    /// `digits`, `capitals`, `letters` or `letters-or-digits`.
    pub class: &'static str,
}

impl Shape {
    fn parse(pattern: &str) -> Option<Self> {
        let body = pattern.strip_prefix('^').unwrap_or(pattern);
        let body = body.strip_suffix('$').unwrap_or(body);
        const CLASSES: [(&str, &str); 9] = [
            ("\\d", "digits"),
            ("[0-9]", "digits"),
            ("[A-Z]", "capitals"),
            ("[a-zA-Z]", "letters"),
            ("[A-Za-z]", "letters"),
            ("[a-zA-Z0-9]", "letters-or-digits"),
            ("[A-Za-z0-9]", "letters-or-digits"),
            ("[0-9a-zA-Z]", "letters-or-digits"),
            ("[0-9A-Za-z]", "letters-or-digits"),
        ];
        let (class, rest) = CLASSES
            .iter()
            .find_map(|(syntax, class)| Some((*class, body.strip_prefix(syntax)?)))?;
        let counts = rest.strip_prefix('{')?.strip_suffix('}')?;
        let (min, max) = counts.split_once(',').unwrap_or((counts, counts));
        Some(Self {
            min: min.parse().ok()?,
            max: max.parse().ok()?,
            class,
        })
    }
}
