use proptest::prelude::*;

use super::*;

fn check_between(after: Option<&str>, before: Option<&str>) -> String {
    let key = between(after, before).expect("a key fits");
    assert!(is_key(&key), "{key:?} is a key");
    assert!(!key.ends_with('0'), "{key:?} leaves no room below itself");
    assert!(
        after.is_none_or(|after| after < key.as_str()),
        "{after:?} < {key:?}"
    );
    assert!(
        before.is_none_or(|before| key.as_str() < before),
        "{key:?} < {before:?}"
    );
    key
}

#[test]
fn a_key_fits_between_neighbours_and_at_both_ends() {
    assert_eq!(check_between(None, None), "V");
    check_between(Some("V"), Some("W"));
    check_between(Some("V"), Some("V1"));
    check_between(Some("V"), Some("V01"));
    check_between(Some("Vzz"), Some("W"));
    check_between(Some("1zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), Some("2"));
    check_between(None, Some("01"));
    check_between(Some("zzzzz"), None);
    check_between(Some(&"z".repeat(30)), None);
    check_between(None, Some(&format!("{}1", "0".repeat(30))));
}

#[test]
fn nothing_fits_between_a_key_and_itself_with_zeros_behind() {
    for (after, before) in [("a", "a0"), ("a", "a000"), ("a", "a"), ("b", "a")] {
        assert_eq!(between(Some(after), Some(before)), None, "{after} {before}");
    }
    assert_eq!(between(None, Some("0")), None);
}

#[test]
fn what_is_not_a_key_is_no_bound() {
    for bad in ["", "é", "a-b", &"a".repeat(65)] {
        assert_eq!(between(Some(bad), None), None, "{bad:?}");
        assert_eq!(between(None, Some(bad)), None, "{bad:?}");
    }
}

#[test]
fn even_keys_are_short_and_increasing() {
    for (count, chars) in [(0, 0), (1, 1), (19, 1), (300, 2), (10_000, 3), (100_000, 4)] {
        let keys: Vec<String> = evenly(count).collect();
        assert_eq!(keys.len(), count);
        assert!(
            keys.windows(2).all(|pair| pair[0] < pair[1]),
            "{count} keys increase"
        );
        assert!(
            keys.iter()
                .all(|key| key.len() == chars && !key.ends_with('0')),
            "{count}"
        );
    }
}

#[test]
fn ten_thousand_rows_appended_or_put_first_one_by_one_keep_short_keys() {
    let mut last = between(None, None).expect("first key");
    let mut first = last.clone();
    for _ in 0..10_000 {
        last = check_between(Some(&last), None);
        first = check_between(None, Some(&first));
    }
    assert!(last.len() <= 5 && first.len() <= 5, "{first} … {last}");
}

#[test]
fn ten_thousand_inserts_at_one_place_stay_within_64_characters_by_spreading_anew() {
    let mut keys: Vec<String> = evenly(100).collect();
    let (place, mut spread_anew) = (50, 0);
    for _ in 0..10_000 {
        let key = between(Some(&keys[place - 1]), Some(&keys[place]));
        keys.insert(place, key.unwrap_or_default());
        if keys[place].is_empty() {
            spread_anew += 1;
            keys = evenly(keys.len()).collect();
        }
        assert!(is_key(&keys[place]));
        assert!(keys[place - 1] < keys[place] && keys[place] < keys[place + 1]);
    }
    assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(
        (1..=40).contains(&spread_anew),
        "spread anew {spread_anew} times"
    );
}

#[test]
fn rows_are_placed_between_those_that_keep_their_keys() {
    let mut placer = Placer::default();
    assert_eq!(placer.keep("B").as_deref(), Some(&[][..]));
    // Equal keys stay, but nothing fits between them.
    assert_eq!(placer.keep("B").as_deref(), Some(&[][..]));
    placer.wait();
    placer.wait();
    let keys = placer.keep("C").expect("room");
    assert!(
        keys.len() == 2 && "B" < keys[0].as_str() && keys[0] < keys[1] && keys[1].as_str() < "C"
    );
    placer.wait();
    assert_eq!(placer.keep("C"), None);
    assert_eq!(Placer::default().finish().as_deref(), Some(&[][..]));
}

fn key() -> impl Strategy<Value = String> {
    // Few digits, so that common prefixes, zeros and neighbours are frequent.
    "[01Vyz]{0,6}[1-9A-Za-z]"
}

proptest! {
    #[test]
    fn between_two_keys_that_do_not_end_in_zero_any_number_fits(
        a in key(), b in key(), count in 0_usize..200
    ) {
        prop_assume!(a != b);
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        let keys = spread(Some(&low), Some(&high), count).expect("room");
        prop_assert_eq!(keys.len(), count);
        let all: Vec<&str> = std::iter::once(low.as_str())
            .chain(keys.iter().map(String::as_str))
            .chain([high.as_str()])
            .collect();
        prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
        prop_assert!(keys.iter().all(|key| is_key(key) && !key.ends_with('0')));
    }

    #[test]
    fn any_number_fits_at_an_end(a in key(), count in 0_usize..200) {
        let after = spread(Some(&a), None, count).expect("room");
        let before = spread(None, Some(&a), count).expect("room");
        let all: Vec<&str> = before.iter().map(String::as_str)
            .chain([a.as_str()])
            .chain(after.iter().map(String::as_str))
            .collect();
        prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
        prop_assert!(all.iter().all(|key| is_key(key)));
    }
}
