//! The four cookies: who is logged in, who has shown her password and owes a code, which browser a form was opened in,
//! and the language.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// A log-in.
pub const SESSION: &str = "session";
/// Half a log-in: the password was right, the code is still to come.
pub const HALF: &str = "half";
/// A browser that opened a form without being logged in; says nothing about the person.
pub const FORM: &str = "form";
/// The language chosen.
pub const LANG: &str = "lang";

/// A log-in and a form belong to one host alone; the prefix makes browsers enforce that. It needs https.
fn full_name(name: &str, dev: bool) -> String {
    match dev {
        true => format!("rustine-{name}"),
        false => format!("__Host-{name}"),
    }
}

/// The value of a cookie of ours.
pub fn read(request: &HttpRequest, name: &str, dev: bool) -> Option<String> {
    let cookie = request.cookie(&full_name(name, dev))?;
    let value = cookie.value();
    (!value.is_empty() && value.len() <= 200).then(|| value.to_owned())
}

/// A cookie of ours; without `days` it ends with the browser.
pub fn make(name: &str, value: &str, days: Option<i64>, dev: bool) -> Cookie<'static> {
    let mut cookie = Cookie::build(full_name(name, dev), value.to_owned())
        .path("/")
        .http_only(true)
        .secure(!dev)
        .same_site(SameSite::Lax)
        .finish();
    if let Some(days) = days {
        cookie.set_max_age(Duration::days(days));
    }
    cookie
}

/// Takes a cookie away.
pub fn end(name: &str, dev: bool) -> Cookie<'static> {
    let mut cookie = make(name, "", None, dev);
    cookie.set_max_age(Duration::ZERO);
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_is_bound_to_the_host_and_out_of_reach_of_scripts() {
        assert_eq!(
            make(SESSION, "x", Some(1), false).to_string(),
            "__Host-session=x; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=86400"
        );
        assert_eq!(
            make(SESSION, "x", None, true).to_string(),
            "rustine-session=x; HttpOnly; SameSite=Lax; Path=/"
        );
        assert!(end(FORM, false).to_string().contains("Max-Age=0"));
    }
}
