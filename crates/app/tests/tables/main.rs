//! Importing and exporting tables, on a database of its own for each test.

mod columns;
mod exports;
mod histories;
mod imports;
mod killed;
mod real;
mod refusals;
mod support;
