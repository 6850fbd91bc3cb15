//! `rustine user …`

use std::path::Path;

use rustine_app::accounts::account::{self, NewAccount};
use rustine_app::accounts::links::{self, Invited};
use rustine_app::accounts::{open, token};
use rustine_app::mail;
use serde_json::json;

use crate::cli::{Role, User};
use crate::output::Answer;
use crate::password;

const PASSWORD: &str = "RUSTINE_PASSWORD";

/// Creates, lists and changes accounts.
pub fn run(data: &Path, command: &User) -> anyhow::Result<Answer> {
    let app = super::open(data)?;
    match command {
        User::Create { name, email, role } => {
            let new = NewAccount {
                name: name.clone(),
                email: email.clone(),
                password: password::obtain(PASSWORD)?,
                operator: *role == Role::Operator,
            };
            let person = account::create(&app, new)?;
            let json = json!({"name": person.name, "role": role_name(person.operator)});
            Ok(Answer::done(
                json,
                format!("The account {} was created.", person.name),
            ))
        }
        User::List => {
            let users = account::list(&app)?;
            let json: Vec<_> = users
                .iter()
                .map(
                    |user| json!({"name": user.name, "role": user.role, "disabled": user.disabled}),
                )
                .collect();
            let lines: Vec<String> = users
                .iter()
                .map(|user| {
                    format!(
                        "{:<24} {}{}",
                        user.name,
                        user.role,
                        if user.disabled { " (disabled)" } else { "" }
                    )
                })
                .collect();
            Ok(Answer::done(json!({"users": json}), lines.join("\n")))
        }
        User::Promote { name } => {
            account::promote(&app, name)?;
            Ok(Answer::done(
                json!({"name": name, "role": role_name(true)}),
                format!("{name} is an operator now."),
            ))
        }
        User::Disable { name } => {
            account::disable(&app, name)?;
            Ok(Answer::done(
                json!({"name": name, "disabled": true}),
                format!("The account {name} is closed."),
            ))
        }
        User::ResetPassword {
            name,
            without_second_step: _,
            link: true,
        } => {
            let by = account::person(&app, None)?;
            let link = open::reset_link(&app, &by.name, name)?;
            let text = format!("{link}\nIt works once, for an hour: hand it over to {name}.");
            Ok(Answer::done(json!({"name": name, "link": link}), text))
        }
        User::Invite { email, role } => {
            let by = account::person(&app, None)?;
            let email = email.as_deref().unwrap_or_default();
            if !email.is_empty() && !mail::is_address(email) {
                anyhow::bail!("{email:?} is no e-mail address");
            }
            Ok(
                match links::invite(&app, &by, email, *role == Role::Operator)? {
                    Invited::Sent => {
                        Answer::done(json!({"sent": true}), "A letter is on its way.".to_owned())
                    }
                    Invited::Link(link) => {
                        let text = format!("{link}\nIt works once, for seven days: hand it over.");
                        Answer::done(json!({"sent": false, "link": link}), text)
                    }
                },
            )
        }
        User::ResetPassword {
            name,
            without_second_step,
            link: false,
        } => {
            account::reset_password(&app, name, &password::obtain(PASSWORD)?)?;
            if *without_second_step {
                account::remove_second_step(&app, name)?;
            }
            Ok(Answer::done(
                json!({"name": name}),
                format!("{name} has a new password; its log-ins were ended."),
            ))
        }
        User::Token { name } => {
            let person = account::person(&app, Some(name))?;
            let token = token::create(&app, &person, "command line")?;
            let text =
                format!("{token}\nThis token is shown once. Send it as `Authorization: Bearer …`.");
            Ok(Answer::done(json!({"name": name, "token": token}), text))
        }
    }
}

fn role_name(operator: bool) -> &'static str {
    if operator {
        rustine_app::accounts::OPERATOR
    } else {
        rustine_app::accounts::MEMBER
    }
}
