use super::*;

fn form(pattern: &str) -> Form {
    Form::Pattern(Pattern::parse(pattern).unwrap())
}

fn check_date(form: &Form, text: &str, expected: Option<&str>) {
    let read = date(form, text).map(|d| d.to_string());
    assert_eq!(read.as_deref(), expected, "{text:?} as {form:?}");
}

#[test]
fn the_default_date_is_iso() {
    check_date(&Form::Default, "2024-02-29", Some("2024-02-29"));
    check_date(&Form::Default, "2024-2-9", Some("2024-02-09"));
    for bad in [
        "2023-02-29",
        "29/02/2024",
        "2024-02",
        "2024-02-29 ",
        "24-02-29",
        "",
    ] {
        check_date(&Form::Default, bad, None);
    }
}

#[test]
fn a_pattern_reads_what_it_says() {
    check_date(&form("%d/%m/%Y"), "21/11/2026", Some("2026-11-21"));
    check_date(&form("%d/%m/%Y"), "1/2/2026", Some("2026-02-01"));
    check_date(&form("%d/%m/%Y"), "11/21/2026", None);
    check_date(&form("fmt:%d/%m/%y"), "21/11/69", Some("1969-11-21"));
    check_date(&form("%d %B %Y"), "21  novembre 2026", Some("2026-11-21"));
    check_date(&form("%d %b %Y"), "21 Aug 2026", Some("2026-08-21"));
    check_date(&form("%d %b %Y"), "1 févr. 2026", Some("2026-02-01"));
    check_date(
        &form("%A %d %B %Y"),
        "samedi 21 novembre 2026",
        Some("2026-11-21"),
    );
    check_date(&form("%Y-%j"), "2024-366", Some("2024-12-31"));
    check_date(&form("%Y%%%m"), "2024%03", Some("2024-03-01"));
    check_date(&form("%d/%m"), "21/11", Some("1900-11-21"));
}

#[test]
fn an_unknown_directive_is_no_pattern() {
    for bad in ["%Q", "%", "dd/mm/yyyy", "", "%d/%"] {
        assert_eq!(Pattern::parse(bad), None, "{bad}");
    }
}

#[test]
fn any_reads_the_day_first() {
    check_date(&Form::Any, "03/04/2026", Some("2026-04-03"));
    check_date(&Form::Any, "2026-04-03", Some("2026-04-03"));
    check_date(&Form::Any, " 3 avril 2026 ", Some("2026-04-03"));
    check_date(&Form::Any, "2026-04-03T10:00:00Z", Some("2026-04-03"));
    check_date(&Form::Any, "bientôt", None);
}

#[test]
fn a_time_may_have_a_fraction_and_an_offset() {
    let read = |text| time(&Form::Default, text).map(|(t, o)| (t.to_string(), o));
    assert_eq!(read("09:05:00"), Some(("09:05:00".into(), None)));
    assert_eq!(
        read("09:05:00.5+02:00"),
        Some(("09:05:00.5".into(), Some(7200)))
    );
    assert_eq!(read("09:05:00Z"), Some(("09:05:00".into(), Some(0))));
    for bad in [
        "9:05:00",
        "09:05",
        "24:00:01",
        "09:05:61",
        "09:05:00+2",
        "09h05",
        "é9:05:00",
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
    assert!(time(&form("%H:%M"), "9:05").is_some());
    assert!(time(&form("%I:%M %p"), "12:05 PM").is_some_and(|(t, _)| t.hour() == 12));
    assert!(time(&form("%I:%M %p"), "13:05 PM").is_none());
    assert!(time(&Form::Any, "9h30").is_some());
}

#[test]
fn a_datetime_has_seconds() {
    let read = |text| datetime(&Form::Default, text).map(|m| (m.at.to_string(), m.offset));
    assert_eq!(
        read("2026-11-21T10:00:00Z"),
        Some(("2026-11-21T10:00:00".into(), Some(0)))
    );
    assert_eq!(
        read("2026-11-21 10:00:00"),
        Some(("2026-11-21T10:00:00".into(), None))
    );
    for bad in [
        "2026-11-21",
        "2026-11-21T10:00",
        "2026-1-21T10:00:000",
        "2026-11-21T25:00:00",
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
    assert!(datetime(&Form::Any, "21/11/2026 10h00").is_some());
}

#[test]
fn an_example_can_be_read_back() {
    for pattern in [
        "%d/%m/%Y",
        "%d %B %Y",
        "%Y-%m-%dT%H:%M:%S%z",
        "%I:%M %p",
        "%y%j",
    ] {
        let parsed = Pattern::parse(pattern).unwrap();
        assert!(parsed.read(&example(&parsed)).is_some(), "{pattern}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in ".{0,24}", pattern in "[%YmdHMSzpj/ é]{0,10}") {
        for form in [Form::Default, Form::Any] {
            let _ = (date(&form, &text), time(&form, &text), datetime(&form, &text));
        }
        if let Some(parsed) = Pattern::parse(&pattern) {
            let _ = (parsed.read(&text), example(&parsed));
        }
    }
}
