//! The sentences of letters: Fluent, French first (`locales/{fr,en}/*.ftl`).

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use rustine_domain::problem::Lang;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "fr",
        // Both languages are written from left to right; isolation marks would only spoil copied text.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static FR: LanguageIdentifier = fluent_templates::langid!("fr");
static EN: LanguageIdentifier = fluent_templates::langid!("en");

fn id(lang: Lang) -> &'static LanguageIdentifier {
    match lang {
        Lang::Fr => &FR,
        Lang::En => &EN,
    }
}

/// A letter's words in one language; every letter knows the name of the instance as `$site`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    /// The language.
    pub lang: Lang,
    /// The name of the instance.
    pub site: &'a str,
}

impl Words<'_> {
    /// The sentence of this key.
    pub(super) fn say(&self, key: &str) -> String {
        self.say_with(key, Vec::new())
    }

    /// The sentence of this key with its variables filled in; the key itself where no language has it.
    pub(super) fn say_with(&self, key: &str, args: Vec<(&'static str, FluentValue<'_>)>) -> String {
        let mut all: HashMap<Cow<'static, str>, FluentValue<'_>> = args
            .into_iter()
            .map(|(name, value)| (Cow::Borrowed(name), value))
            .collect();
        all.insert(Cow::Borrowed("site"), self.site.into());
        LOCALES
            .try_lookup_with_args(id(self.lang), key, &all)
            .unwrap_or_else(|| key.to_owned())
    }
}

#[cfg(test)]
pub(super) mod tests {
    /// Every key of the French sentences.
    pub(crate) fn keys() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/locales/fr");
        let mut keys = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let names = text.lines().filter_map(|line| line.split_once(" ="));
            let names = names.map(|(name, _)| name);
            keys.extend(
                names
                    .filter(|name| name.contains('-') && !name.contains(' '))
                    .map(str::to_owned),
            );
        }
        assert!(keys.len() > 9, "{keys:?}");
        keys
    }
}
