//! The settings file of a node, as tests change it.

use std::fs;
use std::path::Path;

/// Puts `sections` into a settings file, in place of those with the same headers.
pub(crate) fn replace_sections(path: &Path, sections: &str) {
    let is_header = |line: &str| line.starts_with('[');
    let replaced: Vec<&str> = sections.lines().filter(|line| is_header(line)).collect();
    if replaced.is_empty() {
        return;
    }
    let written = fs::read_to_string(path).expect("init writes the settings");
    let mut dropped = false;
    let mut kept: Vec<&str> = Vec::new();
    for line in written.lines() {
        if is_header(line) {
            dropped = replaced.contains(&line);
        }
        if !dropped {
            kept.push(line);
        }
    }
    fs::write(path, format!("{}\n{sections}", kept.join("\n")))
        .expect("the settings can be written");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_take_the_place_of_their_namesakes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rustine.toml");
        fs::write(
            &path,
            "origin = \"x\"\n[outbound]\nallow = []\n[outbound.resolve]\n[limits]\nrows = 1\n",
        )
        .unwrap();
        replace_sections(&path, "[outbound]\nallow = [\"y\"]\n");
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "origin = \"x\"\n[outbound.resolve]\n[limits]\nrows = 1\n[outbound]\nallow = [\"y\"]\n"
        );
    }
}
