//! Every command, option and setting of the binary stands in the operator's guide.

use std::fs;
use std::path::{Path, PathBuf};

use rustine_testkit::binary;
use rustine_testkit::command::Caller;
use rustine_testkit::node::{Node, Options};
use rustine_tests_cli::help::Help;
use rustine_tests_cli::{first_column, setting_names};

fn page(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/admin")
        .join(name);
    fs::read_to_string(path).expect("the operator's guide is part of the repository")
}

#[test]
fn every_command_and_option_is_documented() {
    let Some(binary) = binary() else { return };
    let home = tempfile::tempdir().expect("a temporary folder can be made");
    let caller = Caller::new(&binary, home.path());
    let page = page("commands.md");
    let (mut absent, mut seen) = (Vec::new(), 0);
    let mut paths = vec![Vec::<String>::new()];
    while let Some(path) = paths.pop() {
        let mut words = path.clone();
        words.push("--help".to_owned());
        let help = Help::parse(&caller.call(&words).done().stdout);
        let name = path.join(" ");
        if help.commands.is_empty() {
            seen += 1;
            if !mentioned(&page, &name) {
                absent.push(name.clone());
            }
            let options = help
                .options
                .iter()
                .filter(|option| !page.contains(option.as_str()));
            absent.extend(options.map(|option| format!("{name} {option}")));
        }
        paths.extend(
            help.commands
                .iter()
                .map(|command| [&path[..], std::slice::from_ref(command)].concat()),
        );
    }
    assert!(seen >= 10, "only {seen} commands were found");
    assert!(
        absent.is_empty(),
        "not in docs/admin/commands.md:\n{}",
        absent.join("\n")
    );
}

/// A command stands in code marks, with or without the name of the binary.
fn mentioned(page: &str, name: &str) -> bool {
    [
        format!("`{name}"),
        format!("`rustine {name}"),
        format!("## rustine {name}"),
    ]
    .iter()
    .any(|form| page.contains(form))
}

#[test]
fn every_setting_is_documented_and_every_documented_setting_exists() {
    let Some(binary) = binary() else { return };
    let node = Node::init(&binary, "seul", Options::default());
    // What has no default is shown only when it is set.
    let caller = node.caller().clone();
    let caller = caller.with_env("RUSTINE_DATABASE_URL", "postgres://db/rustine");
    let caller = caller.with_env("RUSTINE_OUTBOUND__CA_FILE", "/etc/authority.pem");
    let caller = caller.with_env("RUSTINE_MAIL__TRANSPORT", "file");
    let caller = caller.with_env("RUSTINE_MAIL__PORT", "2525");
    let real = setting_names(&caller.json(&["config", "dump"]));
    let written = first_column(&page("settings.md"));
    assert!(real.len() >= 5, "{real:?}");
    assert_eq!(
        real.difference(&written).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "not in docs/admin/settings.md"
    );
    assert_eq!(
        written.difference(&real).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "in docs/admin/settings.md only"
    );
}
