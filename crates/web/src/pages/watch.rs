//! Pages of something that goes on by itself, such as a first copy: a script keeps them as they are, and a link does so
//! without it.

use crate::answer::{Allowed, Answer};
use crate::assets;

/// Address of the script; none where the build had no Node.
pub fn script() -> Option<&'static str> {
    assets::find("watch.js")
}

/// The same page, which may run its script while something goes on.
pub(super) fn with_script(answer: Answer, goes_on: bool) -> Answer {
    match script() {
        Some(_) if goes_on => answer.and_allow(Allowed {
            scripts: true,
            ..Allowed::default()
        }),
        _ => answer,
    }
}
