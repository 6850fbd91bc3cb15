//! Tells what is no CSV by its first bytes, so that people read one clear sentence instead of a broken table.

/// The kind of a file that is no CSV, as in `args["kind"]` of [`super::Code::NotACsv`]; `None` for text.
///
/// `sample` is the beginning of the file, decoded when it is UTF-16.
pub(super) fn other_than_csv(sample: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "zip"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "xls"),
        (b"\x1F\x8B", "gzip"),
        (b"%PDF-", "pdf"),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| sample.starts_with(magic)) {
        return Some(kind);
    }
    if is_binary(sample) {
        return Some("binary");
    }
    let text = sample.trim_ascii_start();
    let begins = |word: &str| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    if ["<!doctype html", "<html", "<head", "<body"]
        .into_iter()
        .any(begins)
    {
        return Some("html");
    }
    if begins("<?xml") {
        // XHTML begins like XML.
        let xhtml = text
            .windows(5)
            .take(512)
            .any(|part| part.eq_ignore_ascii_case(b"<html"));
        return Some(if xhtml { "html" } else { "xml" });
    }
    is_json(text).then_some("json")
}

/// More than one control character in a hundred, or a nul near the beginning: no text has that.
///
/// A single nul far behind is left to the reader, which reports its line and column.
fn is_binary(sample: &[u8]) -> bool {
    let control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C);
    let controls = sample.iter().filter(|byte| control(**byte)).count();
    let nul_early = sample.iter().take(64).any(|byte| *byte == 0);
    nul_early || controls * 100 > sample.len()
}

/// `{"`, `[{`, `[[` or `["`, white space aside: no header begins so.
fn is_json(text: &[u8]) -> bool {
    let mut inked = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace());
    matches!(
        (inked.next(), inked.next()),
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b'[' | b'"' | b']'))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sample: &[u8], kind: Option<&str>) {
        assert_eq!(
            other_than_csv(sample),
            kind,
            "{:?}",
            sample.escape_ascii().to_string()
        );
    }

    #[test]
    fn what_is_no_csv_is_called_by_its_name() {
        check(b"PK\x03\x04\x14\x00\x06\x00", Some("zip"));
        check(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00", Some("xls"));
        check(b"\x1F\x8B\x08\x00", Some("gzip"));
        check(b"%PDF-1.7\n", Some("pdf"));
        check(b"\x89PNG\r\n\x1A\n\x00\x00\x00\rIHDR", Some("binary"));
        check(
            b"\n <!DOCTYPE HTML>\n<title>Connexion</title>",
            Some("html"),
        );
        check(b"<html lang=fr>", Some("html"));
        check(b"<?xml version=\"1.0\"?><html>", Some("html"));
        check(b"<?xml version=\"1.0\"?><rss>", Some("xml"));
        check(b"{\"a\": 1}", Some("json"));
        check(b"[\n  { \"a\": 1 }", Some("json"));
    }

    #[test]
    fn tables_of_text_are_not_refused() {
        check(b"nom,ville\nA,B\n", None);
        check(b"\"nom\";\"ville\"\n", None);
        check(b"[nom],{ville}\n", None);
        check(b"<nom>,x\n", None);
        check("é\té\n".as_bytes(), None);
        check(b"", None);
    }
}
