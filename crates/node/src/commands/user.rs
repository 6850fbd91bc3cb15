//! `rustine user …`

use std::path::Path;

use rustine_app::accounts::account::{self, NewAccount};
use rustine_app::accounts::token;
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
            without_second_step,
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
