//! The forms of string cells: e-mail addresses, URIs and UUIDs.

/// True for `name@domain.tld`. Quoted names, comments and bare hosts are refused: people never mean them.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let dotted = |t: &str, good: &dyn Fn(&str) -> bool| t.split('.').all(good);
    (1..=64).contains(&name.len())
        && dotted(name, &|part| !part.is_empty() && part.chars().all(atom))
        && domain.len() <= 253
        && domain.contains('.')
        && dotted(domain, &is_label)
        && domain.rsplit('.').next().is_some_and(is_top_label)
}

fn is_top_label(label: &str) -> bool {
    let letters = label.chars().all(char::is_alphabetic);
    label.chars().count() >= 2 && (letters || label.starts_with("xn--"))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// True for a text with a scheme and something behind it, without spaces (RFC 3986 §3; other letters are let
/// through, because addresses are pasted from browsers that show them decoded).
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !rest.is_empty()
        && !rest.chars().any(|c| c.is_whitespace() || c.is_control())
        && !(["http", "https"].contains(&scheme.to_ascii_lowercase().as_str())
            && rest.trim_start_matches('/').is_empty())
}

/// True for 8-4-4-4-12 hexadecimal digits, in either case.
pub(super) fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// True for an ISO 8601 duration: `P3Y6M4DT12H30M5S`, `P2W`, a sign in front, a fraction anywhere.
pub(super) fn is_duration(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some(body) = unsigned.strip_prefix('P') else {
        return false;
    };
    let (date, time) = match body.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (body, None),
    };
    let has_parts = !date.is_empty() || time.is_some_and(|t| !t.is_empty());
    has_parts
        && is_amounts(date, "YMWD")
        && time.is_none_or(|t| !t.is_empty() && is_amounts(t, "HMS"))
}

/// Numbers followed by units, each unit at most once and in order.
fn is_amounts(text: &str, units: &str) -> bool {
    let mut rest = text;
    let mut units = units;
    while !rest.is_empty() {
        let length = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
            .unwrap_or(rest.len());
        let (number, tail) = rest.split_at(length);
        let Some(unit) = tail.chars().next() else {
            return false;
        };
        let Some(place) = units.find(unit) else {
            return false;
        };
        let plain = number.replace(',', ".");
        let bare = plain.starts_with('.') || plain.ends_with('.');
        if bare || super::Decimal::parse(&plain).is_none() {
            return false;
        }
        units = &units[place + 1..];
        rest = &tail[unit.len_utf8()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accepts: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(accepts(text), "{text:?} should be accepted");
        }
        for text in bad {
            assert!(!accepts(text), "{text:?} should be refused");
        }
    }

    #[test]
    fn an_email_has_a_name_and_a_domain() {
        check(
            is_email,
            &[
                "a@b.fr",
                "prenom.nom+tag@sous.domaine.example",
                "a@école.fr",
                "é@a.fr",
                "a@b.xn--p1ai",
            ],
            &[
                "a@b",
                "a b@c.fr",
                "@b.fr",
                "a@.fr",
                "a..b@c.fr",
                "a@b.fr|c@d.fr",
                "a@b.1",
                "a@b.e23",
                "",
            ],
        );
    }

    #[test]
    fn a_uri_has_a_scheme() {
        check(
            is_uri,
            &[
                "https://a.example/é?x=1|2",
                "mailto:a@b.fr",
                "urn:uuid:1",
                "HTTP://A.FR",
            ],
            &[
                "www.a.fr",
                "//a.fr",
                "https://",
                "http:",
                "https://a b",
                "1a:b",
                ":b",
                "",
            ],
        );
    }

    #[test]
    fn a_uuid_has_five_groups() {
        check(
            is_uuid,
            &[
                "226cc6c9-53e0-4b8a-ab80-d5637d592fcd",
                "226CC6C9-53E0-1B8A-AB80-D5637D592FCD",
            ],
            &[
                "226cc6c953e04b8aab80d5637d592fcd",
                "226cc6c9-53e0-4b8a-ab80-d5637d592fcg",
                "",
            ],
        );
    }

    #[test]
    fn a_duration_has_units_in_order() {
        check(
            is_duration,
            &[
                "P1D",
                "PT2H",
                "P1DT2H",
                "-P0,5Y",
                "P3Y6M4DT12H30M5.5S",
                "P2W",
            ],
            &[
                "P", "PT", "P1DT", "1D", "P1H", "P1D2Y", "P1", "P1.2.3D", "P,5Y", "PT1.H", "P1É",
                "",
            ],
        );
    }
}
