//! Importing and exporting tables, on a database of its own for each test.

mod exports;
mod histories;
mod imports;
mod killed;
mod support;
