//! What is refused, and that nothing was changed then.

use rustine_app::datasets::close::close;
use rustine_app::datasets::import::ImportError;
use rustine_domain::problem::Lang;

use crate::support::{Node, address};

#[test]
fn a_key_that_occurs_twice_is_refused_with_both_lines_and_creates_nothing() {
    let node = Node::new();
    let file = "id,nom\n1,a\n2,b\n1,c\n";
    let refused = node.import_with(file, |options| options.key = vec!["id".to_owned()]);
    let Err(ImportError::DuplicateKeys(duplicates)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(duplicates.lines, [(2, 4)]);
    assert!(node.find().is_none());
}

#[test]
fn what_is_no_table_is_refused_in_both_languages_and_creates_nothing() {
    let node = Node::new();
    for file in [
        "",
        "PK\u{3}\u{4}zip",
        "a,b\n\"1,2\n",
        "<html><body></body></html>",
        "a\n\0\n",
    ] {
        let refused = node.import_with(file, |_| {}).expect_err(file);
        assert!(matches!(refused, ImportError::Refused(_)), "{refused:?}");
        assert_ne!(refused.sentence(Lang::Fr), refused.sentence(Lang::En));
    }
    let unknown = node.import_with("a\n1\n", |options| options.key = vec!["b".to_owned()]);
    assert!(
        matches!(unknown, Err(ImportError::UnknownKey { .. })),
        "{unknown:?}"
    );
    assert!(node.find().is_none());
}

#[test]
fn more_rows_than_the_setting_allows_are_refused() {
    let mut node = Node::new();
    node.app.settings.limits.import_rows = 2;
    let refused = node.import_with("a\n1\n2\n3\n", |_| {});
    assert!(
        matches!(refused, Err(ImportError::TooManyRows { rows: 3, limit: 2 })),
        "{refused:?}"
    );
    node.import("a\n1\n2\n");
}

#[test]
fn a_row_above_the_limit_is_refused_before_anything_is_written() {
    let node = Node::new();
    // Windows-1252: each byte becomes two, so the row grows beyond 256 KiB when it is read.
    let cell = [0xE9_u8; 31 * 1024];
    let mut file = b"a,b,c,d,e\n".to_vec();
    file.extend([cell.as_slice(); 5].join(&b','));
    let refused = node.import_file(&node.file(file), |_| {});
    assert!(matches!(refused, Err(ImportError::Row(_))), "{refused:?}");
    assert!(node.find().is_none());
}

#[test]
fn a_closed_dataset_takes_no_file() {
    let node = Node::new();
    node.import("a\n1\n");
    close(&node.app, &address(), true).expect("it closes");
    let refused = node.import_with("a\n2\n", |_| {});
    assert!(matches!(refused, Err(ImportError::Shut(..))), "{refused:?}");
}
