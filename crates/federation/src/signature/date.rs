//! The `Date` of a request, in its one modern spelling (RFC 9110 §5.6.7, IMF-fixdate).

use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use rustine_domain::time::Timestamp;

/// `Sat, 21 Nov 2026 19:27:48 GMT`.
pub fn http_date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.seconds())
        .expect("a timestamp of the log lies within the years that jiff knows");
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at)
        .expect("the years 0000 to 9999 have four digits")
}

/// Reads exactly that spelling; another zone, a wrong weekday or an old format is `None`.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    let at = DateTimeParser::new().parse_timestamp(text).ok()?;
    let at = Timestamp::from_seconds(at.as_second())?;
    (http_date(at) == text).then_some(at)
}
