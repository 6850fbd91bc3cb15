//! Against servers in this process.
