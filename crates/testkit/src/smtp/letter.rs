//! A letter as a person's mail program shows it: decoded headers, the text, the HTML.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A letter that came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// The receiver of the envelope.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// Every header line of the letter: its name, and its decoded text.
    pub headers: Vec<(String, String)>,
    /// All of it as it came.
    pub raw: String,
}

impl Letter {
    /// The text of a header; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, text)| text)
    }

    /// The links of the plain text that hold this, in their order.
    #[must_use]
    pub fn links(&self, part: &str) -> Vec<String> {
        let words = self.text.split_whitespace();
        words
            .filter(|word| word.starts_with("http") && word.contains(part))
            .map(str::to_owned)
            .collect()
    }

    /// Reads a letter as it came.
    #[must_use]
    pub fn read(to: &str, raw: &str) -> Self {
        let mut letter = Self {
            to: to.to_owned(),
            raw: raw.to_owned(),
            ..Self::default()
        };
        letter.headers = headers(raw);
        letter.subject = letter.header("Subject").to_owned();
        letter.part(raw);
        letter
    }

    /// Takes the text and HTML of a part, or of the parts in it.
    fn part(&mut self, raw: &str) {
        let raw = raw.replace("\r\n", "\n");
        let (head, body) = raw.split_once("\n\n").unwrap_or((&raw, ""));
        let known = headers(head);
        let value = |name: &str| {
            let found = known.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map_or("", |(_, text)| text.as_str())
        };
        let kind = value("Content-Type");
        if let Some((_, rest)) = kind.split_once("boundary=") {
            let boundary = rest.trim_matches(['"', ' ', ';']);
            let border = format!("--{boundary}");
            for inner in body.split(&border).skip(1) {
                if !inner.starts_with("--") {
                    self.part(inner.trim_start_matches('\n'));
                }
            }
            return;
        }
        let text = decoded(body, value("Content-Transfer-Encoding"));
        if kind.starts_with("text/html") {
            self.html = text;
        } else {
            self.text = text;
        }
    }
}

fn headers(raw: &str) -> Vec<(String, String)> {
    let raw = raw.replace("\r\n", "\n");
    let head = raw.split("\n\n").next().unwrap_or_default();
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    unfolded
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, text)| (name.to_owned(), words(text.trim())))
        .collect()
}

/// Undoes RFC 2047: `=?utf-8?b?…?=`; blanks between two such words are none.
fn words(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=?") {
        if !(shown.is_empty() || before.trim().is_empty()) || shown.is_empty() {
            shown.push_str(before);
        }
        let mut parts = after.splitn(3, '?');
        let (_, how, tail) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
        let (word, left) = tail.split_once("?=").unwrap_or((tail, ""));
        shown.push_str(&match how.map(str::to_ascii_lowercase).as_deref() {
            Some("b") => decoded(word, "base64"),
            _ => decoded(&word.replace('_', " "), "quoted-printable"),
        });
        rest = left;
    }
    shown.push_str(rest);
    shown
}

fn decoded(body: &str, how: &str) -> String {
    match how.to_ascii_lowercase().as_str() {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            let bytes = STANDARD.decode(packed).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        "quoted-printable" => {
            let joined = body.replace("=\n", "");
            let mut bytes = Vec::new();
            let mut rest = joined.as_bytes();
            while let Some((first, tail)) = rest.split_first() {
                let code = tail.get(..2).filter(|_| *first == b'=');
                let code = code.and_then(|code| std::str::from_utf8(code).ok());
                match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                    Some(byte) => {
                        bytes.push(byte);
                        rest = &tail[2..];
                    }
                    None => {
                        bytes.push(*first);
                        rest = tail;
                    }
                }
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => body.to_owned(),
    }
}
