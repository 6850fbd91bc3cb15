//! One page = one file with its template beside it; the listing of this folder is the map of the site.

pub mod add;
pub mod catalogue;
pub mod correct;
pub mod dataset;
pub mod error;
pub mod first_run;
pub mod login;
pub mod moderation;
pub mod remove;
pub mod review;
pub mod row;
pub mod sent;
pub mod tracking;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
