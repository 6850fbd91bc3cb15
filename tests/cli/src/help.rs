//! What `--help` tells about commands and their options.

/// One page of help.
#[derive(Debug, PartialEq, Eq)]
pub struct Help {
    /// The commands one level below, `help` itself apart.
    pub commands: Vec<String>,
    /// The long options with their two dashes, those that every command has apart.
    pub options: Vec<String>,
}

/// Options of every command; they are documented once.
const COMMON: [&str; 4] = ["--help", "--version", "--data", "--json"];

impl Help {
    /// Reads a page as the command line prints it.
    #[must_use]
    pub fn parse(page: &str) -> Self {
        let mut section = String::new();
        let mut help = Self {
            commands: Vec::new(),
            options: Vec::new(),
        };
        for line in page.lines() {
            if !line.starts_with(' ') {
                section = line.trim().to_owned();
            } else if section == "Commands:" && line.starts_with("  ") && !line.starts_with("   ") {
                let name = line.split_whitespace().next().unwrap_or_default();
                if name != "help" {
                    help.commands.push(name.to_owned());
                }
            } else if section.ends_with("ptions:") {
                help.options.extend(option(line));
            }
        }
        help
    }
}

/// The option that a line introduces: `  -h, --help` or `      --name <NAME>`.
fn option(line: &str) -> Option<String> {
    let trimmed = line.trim_start();
    let indent = line.len() - trimmed.len();
    let words = trimmed.split_whitespace();
    let name = words
        .take(2)
        .find(|word| word.starts_with("--"))?
        .trim_end_matches(['.', ',']);
    let name = name.split(['=', '<', '[']).next().unwrap_or(name);
    (trimmed.starts_with('-') && indent <= 6 && !COMMON.contains(&name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_options_are_read() {
        let page = "Proposes\n\nUsage: rustine patch [OPTIONS] <COMMAND>\n\nCommands:\n  propose  Proposes\n           more\n  help     Print\n\nOptions:\n      --set <FIELD=VALUE>  Sets --not-this\n  -h, --help  Print help\n";
        let wanted = Help {
            commands: vec!["propose".to_owned()],
            options: vec!["--set".to_owned()],
        };
        assert_eq!(Help::parse(page), wanted);
    }
}
