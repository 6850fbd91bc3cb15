use rustine_app::settings::Rates;

use crate::gate::rates::{Buckets, Rate, Wait};
use crate::gate::{RateSettings, registrable_domain};

#[test]
fn a_bucket_lets_a_burst_through_and_then_a_steady_trickle() {
    let buckets = Buckets::new(Rate {
        burst: 3,
        per_minute: 60,
    });
    for _ in 0..3 {
        assert_eq!(buckets.take("b.example", 10_000), Ok(()));
    }
    assert_eq!(buckets.take("b.example", 10_000), Err(Wait { seconds: 1 }));
    assert_eq!(buckets.take("c.example", 10_000), Ok(()));
    assert_eq!(buckets.take("b.example", 10_999), Err(Wait { seconds: 1 }));
    assert_eq!(buckets.take("b.example", 11_000), Ok(()));
    assert_eq!(buckets.take("b.example", 11_000), Err(Wait { seconds: 1 }));
    for _ in 0..3 {
        assert_eq!(buckets.take("b.example", 60_000), Ok(()));
    }
    assert_eq!(buckets.take("b.example", 60_000), Err(Wait { seconds: 1 }));
}

#[test]
fn each_limit_of_the_inbox_can_be_reached() {
    let settings = RateSettings::from(&Rates::default());
    for rate in [
        settings.per_address,
        settings.per_domain,
        settings.fetches_per_domain,
    ] {
        let buckets = Buckets::new(rate);
        let taken = (0..10_000)
            .take_while(|_| buckets.take((), 5_000).is_ok())
            .count();
        assert_eq!(taken, rate.burst as usize);
        let later = (0..10_000)
            .take_while(|_| buckets.take((), 65_000).is_ok())
            .count();
        assert_eq!(later, rate.burst.min(rate.per_minute) as usize);
    }
    // An endless chain costs 20 fetches at once (step 6).
    assert_eq!(settings.fetches_per_domain.burst, 20);
}

#[test]
fn a_slow_limit_tells_how_long_to_wait() {
    let buckets = Buckets::new(Rate {
        burst: 1,
        per_minute: 2,
    });
    assert_eq!(buckets.take("x", 0), Ok(()));
    assert_eq!(buckets.take("x", 0), Err(Wait { seconds: 30 }));
    assert_eq!(buckets.take("x", 29_500), Err(Wait { seconds: 1 }));
    assert_eq!(buckets.take("x", 30_000), Ok(()));
    // A clock that steps back gives nothing away and breaks nothing.
    assert_eq!(buckets.take("x", 1_000), Err(Wait { seconds: 59 }));
}

#[test]
fn a_flood_of_newcomers_shares_one_bucket_and_a_bounded_memory() {
    let buckets = Buckets::with_max_keys(
        Rate {
            burst: 2,
            per_minute: 60,
        },
        10,
    );
    for key in 0..10 {
        assert_eq!(buckets.take(key, 0), Ok(()));
    }
    let let_through = (10..1000)
        .filter(|key| buckets.take(*key, 0).is_ok())
        .count();
    assert_eq!(let_through, 2);
    assert_eq!(buckets.take(3, 0), Ok(()), "who came before keeps a bucket");
    assert_eq!(buckets.take(3, 0), Err(Wait { seconds: 1 }));
    // Once the first have refilled, there is room again.
    assert_eq!(buckets.take(5000, 60_000), Ok(()));
    assert_eq!(buckets.take(5001, 60_000), Ok(()));
    assert_eq!(buckets.take(5000, 60_000), Ok(()));
}

#[test]
fn quotas_hang_on_the_domain_that_somebody_registered() {
    for (host, domain) in [
        ("b.example", "b.example"),
        ("deep.sub.b.example", "b.example"),
        ("B.Example.", "b.example"),
        ("social.ville.gouv.fr", "ville.gouv.fr"),
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("lea.github.io", "lea.github.io"),
        ("a.lea.duckdns.org", "lea.duckdns.org"),
        ("a.localhost", "a.localhost"),
        ("intranet", "intranet"),
        ("co.uk", "co.uk"),
        ("", ""),
    ] {
        assert_eq!(registrable_domain(host), domain, "{host}");
    }
}

#[test]
fn a_bucket_for_once_in_a_minute_holds_one_token_a_minute() {
    let buckets = Buckets::once_in(60);
    assert_eq!(buckets.take("a", 0), Ok(()));
    assert!(buckets.take("a", 59_999).is_err());
    assert_eq!(buckets.take("b", 59_999), Ok(()));
    assert_eq!(buckets.take("a", 60_000), Ok(()));
}
