//! `/dev/mails`: the letters of a trial, where they are files. Online there is no such page: letters are private.

use std::path::Path;

use actix_web::HttpResponse;
use askama::Template;
use rustine_app::mail::{self, Transport};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::page::Page;
use crate::visit::Visit;

/// Letters on the page, the newest.
const MOST: usize = 50;

/// The letters.
#[derive(Template)]
#[template(path = "dev_mails.html")]
pub struct DevMailsPage {
    /// The frame.
    pub page: Page,
    /// The newest first.
    pub letters: Vec<Letter>,
}

/// A letter as plain text.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Receiver, subject and text.
    pub text: String,
    /// Addresses in it that lead here.
    pub links: Vec<String>,
}

/// `GET /dev/mails`
pub async fn show(visit: Visit) -> HttpResponse {
    visit
        .answer(|visit| {
            let app = &visit.app;
            let folder = match (&app.mails, mail::transport(app)) {
                (Some(folder), Transport::File) if app.settings.dev => folder,
                _ => return Err(Failure::not_found()),
            };
            Answer::private(&DevMailsPage {
                page: visit.page.clone(),
                letters: letters(folder, app.origin()),
            })
        })
        .await
}

fn letters(folder: &Path, origin: &str) -> Vec<Letter> {
    // Before the first letter there is no folder.
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "txt"));
    let mut files: Vec<_> = texts
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort();
    let newest = files.iter().rev().take(MOST);
    newest
        .filter_map(|(_, path)| std::fs::read_to_string(path).ok())
        .map(|text| Letter {
            links: links(&text, origin),
            text,
        })
        .collect()
}

/// Only addresses of this node: whatever else people wrote into a letter is no link of ours.
fn links(text: &str, origin: &str) -> Vec<String> {
    let words = text.split_whitespace();
    let ours = words.filter(|word| {
        let path = word.strip_prefix(origin);
        path.is_some_and(|path| path.starts_with('/'))
    });
    ours.map(str::to_owned).collect()
}
