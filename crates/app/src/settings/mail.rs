//! `[mail]`: how letters leave the node (`docs/admin/mail.md`).

use serde::{Deserialize, Serialize};

/// How letters leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Through a mail server.
    Smtp,
    /// Into files of the data folder, one for each letter: for trials.
    File,
    /// Not at all: nothing is written to anybody, and pages say so.
    None,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// It begins in the clear and must change to TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a mail server on this machine or in the same closed network.
    None,
}

/// `[mail]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// How letters leave; without it files with `dev`, and otherwise not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// The name of the mail server.
    pub host: String,
    /// Its port; without it the usual one for [`Mail::tls`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who logs in there; empty where nobody has to.
    pub user: String,
    /// With which password.
    pub password: String,
    /// Who writes: `name@host.example` or `A name <name@host.example>`.
    pub from: String,
    /// Where answers go, if elsewhere.
    pub reply_to: String,
}

impl Mail {
    /// How letters leave, with or without `dev`.
    pub fn transport(&self, dev: bool) -> Transport {
        let usual = if dev {
            Transport::File
        } else {
            Transport::None
        };
        self.transport.unwrap_or(usual)
    }

    /// The port of the mail server.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        })
    }

    /// What is wrong, in sentences.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, text) in [("mail.from", &self.from), ("mail.reply_to", &self.reply_to)] {
            if !text.is_empty() && !is_mailbox(text) {
                problems.push(format!(
                    "{name} must be an address such as hub@example.org or Hub <hub@example.org>, not {text:?}"
                ));
            }
        }
        if self.transport != Some(Transport::Smtp) {
            return problems;
        }
        for (name, text) in [("mail.host", &self.host), ("mail.from", &self.from)] {
            if text.trim().is_empty() {
                problems.push(format!("{name} must be set for mail.transport = \"smtp\""));
            }
        }
        if self
            .host
            .contains(|c: char| c.is_whitespace() || c.is_control() || c == '/')
        {
            problems.push(format!(
                "mail.host must be a name or an address, without scheme and port, not {:?}",
                self.host
            ));
        }
        if self.user.is_empty() != self.password.is_empty() {
            problems.push("mail.user and mail.password go together: set both or none".to_owned());
        }
        // Letters hold links that act for a person: they do not cross the Internet for everybody to read.
        if self.tls == Tls::None && !is_near(&self.host) {
            problems.push(format!(
                "mail.tls = \"none\" is for a mail server on this machine or in its closed network, not for {}",
                self.host
            ));
        }
        problems
    }
}

/// `name@host` or `Some words <name@host>`, on one line.
fn is_mailbox(text: &str) -> bool {
    let address = match text.split_once('<') {
        Some((_, rest)) => match rest.trim_end().strip_suffix('>') {
            Some(address) => address,
            None => return false,
        },
        None => text,
    };
    !text.contains(char::is_control) && is_address(address)
}

/// Whether a text can be the address of a letter: one `@` between two parts, nothing that could begin a header line.
pub fn is_address(text: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "<>,;:\"()[]\\".contains(c);
    let whole = text.len() <= 254 && !text.contains(odd);
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    whole && !name.is_empty() && name.len() <= 64 && !name.contains('@') && !host.is_empty()
}

/// A server on this machine, or one whose name has no dot: names of closed networks, such as those of containers.
fn is_near(host: &str) -> bool {
    let loopback = host
        .parse::<std::net::IpAddr>()
        .is_ok_and(|ip| ip.is_loopback());
    loopback || host.ends_with(".localhost") || !host.contains(['.', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut Mail), expected: &[&str]) {
        let mut mail = Mail {
            transport: Some(Transport::Smtp),
            host: "smtp.example.org".to_owned(),
            from: "Hub <hub@example.org>".to_owned(),
            ..Mail::default()
        };
        change(&mut mail);
        let problems = mail.problems();
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, name) in problems.iter().zip(expected) {
            assert!(problem.contains(name), "{problem}");
        }
    }

    #[test]
    fn a_wrong_mail_setting_is_named() {
        check(|_| {}, &[]);
        check(|mail| mail.host.clear(), &["mail.host"]);
        check(|mail| mail.from.clear(), &["mail.from"]);
        check(|mail| "hub".clone_into(&mut mail.from), &["mail.from"]);
        check(
            |mail| "Hub\nBcc: x@example.org <hub@example.org>".clone_into(&mut mail.from),
            &["mail.from"],
        );
        check(
            |mail| "a@b@c".clone_into(&mut mail.reply_to),
            &["mail.reply_to"],
        );
        check(|mail| "hub".clone_into(&mut mail.user), &["mail.password"]);
        check(|mail| "smtp://x".clone_into(&mut mail.host), &["mail.host"]);
    }

    #[test]
    fn only_a_near_mail_server_is_spoken_to_in_the_clear() {
        check(|mail| mail.tls = Tls::None, &["mail.tls"]);
        for near in ["127.0.0.1", "::1", "localhost", "mailpit"] {
            check(
                |mail| {
                    mail.tls = Tls::None;
                    near.clone_into(&mut mail.host);
                },
                &[],
            );
        }
        check(
            |mail| {
                mail.tls = Tls::None;
                "2001:db8::1".clone_into(&mut mail.host);
            },
            &["mail.tls"],
        );
    }

    #[test]
    fn without_a_setting_letters_are_files_in_trials_and_nothing_online() {
        let mail = Mail::default();
        assert_eq!(mail.transport(true), Transport::File);
        assert_eq!(mail.transport(false), Transport::None);
        assert_eq!(mail.problems(), Vec::<String>::new());
    }
}
