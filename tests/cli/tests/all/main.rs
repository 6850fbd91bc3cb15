//! The command line, called as people call it.

mod documented;
mod operating;
