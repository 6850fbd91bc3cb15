//! Step 3: domains on lists, with everything under them; and the domain that someone registered.

/// Whether `lists` names this domain or one above it. A dot at its end changes nothing.
pub fn lists_domain(lists: &dyn Fn(&str) -> bool, domain: &str) -> bool {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let mut rest = Some(domain.as_str());
    while let Some(name) = rest {
        if lists(name) {
            return true;
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    false
}

/// The part of a name that one person registered, by the public suffix list: `b.example.co.uk` counts for
/// `example.co.uk`, `lea.dyndns.example` for itself where `dyndns.example` gives names to everybody. Quotas
/// hang on it, because names below it cost nothing.
pub fn registrable_domain(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    match psl::domain_str(&host) {
        Some(domain) => domain.to_owned(),
        None => host,
    }
}
