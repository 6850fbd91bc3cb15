//! Sentences that instances of this kind write by themselves into answers and reviews, in the reader's language. Whatever
//! else stands there are somebody's own words, and shown as they came; what instances write in both languages at once needs
//! no help.

use rustine_app::patches::quota::Full;
use rustine_app::patches::receive::{CHANGED, DROPPED, SHUT};
use rustine_domain::quorum::Void;

use crate::page::Page;

/// Why a review counts for nothing, as the store writes it beside what [`Void`] says.
const VOIDED: [(&str, &str); 3] = [
    ("the grant of its author was revoked", "void-revoked"),
    ("the role of its author was taken back", "void-revoked"),
    ("its author's domain is blocked", "void-blocked"),
];

/// Why a proposal was not taken, by the instance that decides.
const ANSWERED: [(&str, &str); 3] = [
    (SHUT, "answer-shut"),
    (DROPPED, "answer-dropped"),
    (CHANGED, "answer-changed"),
];

fn void_key(void: &Void) -> &'static str {
    match void {
        Void::NoGrant => "void-no-grant",
        Void::Revoked => "void-revoked",
        Void::Expired => "void-expired",
        Void::OtherKey => "void-other-key",
        Void::OldVersion => "void-old-version",
        Void::Own => "void-own",
        Void::Before => "void-before",
    }
}

fn full_key(full: &Full) -> &'static str {
    match full {
        Full::Actor => "answer-full-actor",
        Full::Visitor => "answer-full-visitor",
        Full::InstanceVisitors | Full::Instance => "answer-full-instance",
        Full::Dataset | Full::SetAside => "answer-full-dataset",
    }
}

const VOIDS: [Void; 7] = [
    Void::NoGrant,
    Void::Revoked,
    Void::Expired,
    Void::OtherKey,
    Void::OldVersion,
    Void::Own,
    Void::Before,
];

const FULLS: [Full; 6] = [
    Full::Actor,
    Full::Visitor,
    Full::InstanceVisitors,
    Full::Instance,
    Full::Dataset,
    Full::SetAside,
];

/// A sentence of ours in the reader's language; `None` for somebody's own words.
pub fn said(page: &Page, text: &str) -> Option<String> {
    let text = text.trim();
    let void = VOIDS.iter().find(|void| void.to_string() == text);
    let full = FULLS.iter().find(|full| full.to_string() == text);
    let fixed = VOIDED
        .iter()
        .chain(&ANSWERED)
        .find(|(known, _)| *known == text);
    let key = void
        .map(void_key)
        .or(full.map(full_key))
        .or(fixed.map(|(_, key)| *key));
    key.map(|key| page.t(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::pages::samples::frame;

    #[test]
    fn what_instances_write_by_themselves_is_read_in_the_readers_language() {
        let (fr, en) = (frame(Lang::Fr), frame(Lang::En));
        let texts = VOIDS
            .iter()
            .map(ToString::to_string)
            .chain(FULLS.iter().map(ToString::to_string))
            .chain(
                VOIDED
                    .iter()
                    .chain(&ANSWERED)
                    .map(|(text, _)| (*text).to_owned()),
            );
        for text in texts {
            let (french, english) = (said(&fr, &text).unwrap(), said(&en, &text).unwrap());
            assert_ne!(french, english, "{text}");
            assert!(
                french.contains(' ') && english.contains(' '),
                "{french}: {english}"
            );
        }
    }

    #[test]
    fn what_people_write_stays_in_their_words() {
        for text in [
            "",
            "Merci / thanks",
            "It is about another version.",
            "its author",
        ] {
            assert_eq!(said(&frame(Lang::Fr), text), None, "{text}");
        }
    }
}
