//! Whole requests against a node on a temporary database.

mod accounts;
mod api;
mod by_mail;
mod care;
mod journeys;
pub(crate) mod moderation;
pub(crate) mod node;
mod places;
mod reading;
mod refusals;
mod talk;
mod words;
