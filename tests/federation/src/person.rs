//! Somebody in front of her browser: pages of a real node, with the cookies that it sets.

use rustine_testkit::http::Reply;
use rustine_testkit::node::{ADMIN, ADMIN_PASSWORD, Node};
use rustine_testkit::wait;

use crate::SOON_S;

/// A person and the node whose pages she reads.
pub struct Person<'n> {
    node: &'n Node,
    cookies: Vec<(String, String)>,
}

impl<'n> Person<'n> {
    /// A visitor without an account.
    #[must_use]
    pub fn visitor(node: &'n Node) -> Self {
        Self {
            node,
            cookies: Vec::new(),
        }
    }

    /// The node's first operator, logged in.
    ///
    /// # Panics
    /// When she is not let in.
    #[must_use]
    pub fn log_in(node: &'n Node) -> Self {
        let mut operator = Self::visitor(node);
        let form = operator.get("/connexion");
        let fields = [("user", ADMIN), ("password", ADMIN_PASSWORD)];
        let entered = operator.post("/connexion", &csrf(&form), &fields);
        assert_eq!(entered.status, 303, "{}", entered.text());
        operator
    }

    /// The node whose pages she reads.
    #[must_use]
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// Opens a page, in French.
    pub fn get(&mut self, path: &str) -> Reply {
        let url = format!("{}{path}", self.node.origin());
        let request = self.node.browser().request("GET", &url);
        let reply = request
            .header("Cookie", &self.cookie())
            .header("Accept-Language", "fr")
            .send();
        self.keep(&reply);
        reply
    }

    /// Presses a button of the page that was read before.
    pub fn post(&mut self, path: &str, csrf: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = format!("csrf={}", encoded(csrf));
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let url = format!("{}{path}", self.node.origin());
        let request = self.node.browser().request("POST", &url);
        let reply = request
            .header("Cookie", &self.cookie())
            .header("Origin", self.node.origin())
            .body("application/x-www-form-urlencoded", body)
            .send();
        self.keep(&reply);
        reply
    }

    /// Opens a page and presses one of its buttons, which leads to another page.
    ///
    /// # Panics
    /// When it does not.
    pub fn press(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Reply {
        let form = self.get(page).expect(200);
        let pressed = self.post(action, &csrf(&form), fields);
        assert_eq!(pressed.status, 303, "{}", pressed.text());
        pressed
    }

    /// Waits until a page says this.
    pub fn reads(&mut self, path: &str, words: &str) {
        let host = self.node.host().to_owned();
        wait::until(
            &format!("{path} of {host} to say {words:?}"),
            3 * SOON_S,
            || self.get(path).text().contains(words).then_some(()),
        );
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&mut self, reply: &Reply) {
        for (name, value) in reply.cookies.iter().filter_map(|set| set.split_once('=')) {
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The token of the forms of a page.
///
/// # Panics
/// When it has none.
#[must_use]
pub fn csrf(page: &Reply) -> String {
    let text = page.text();
    let value = text.split("name=\"csrf\" value=\"").nth(1);
    let value = value.and_then(|rest| rest.split('"').next());
    value.expect("the page has a form").to_owned()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
