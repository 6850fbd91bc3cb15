//! CSV as people really have it: any common encoding and separator, and never a changed cell.
//!
//! [`Reader`] opens a file of unknown dialect, [`Writer`] writes one, [`survey`] looks at a whole file before
//! an import. What is wrong is data: [`Problem`], collected in a [`Report`] with lines, columns and sentences.

mod decode;
pub mod dialect;
mod kind;
pub mod limits;
pub mod problem;
mod reader;
mod row;
mod scan;
mod sniff;
mod source;
mod survey;
#[cfg(test)]
mod tests;
mod writer;

pub use self::dialect::{Dialect, Encoding, Newline};
pub use self::problem::{Code, Problem, Report};
pub use self::reader::{ReadError, Reader};
pub use self::row::Row;
pub use self::sniff::sniff;
pub use self::survey::{Survey, survey};
pub use self::writer::{Style, Writer};
