//! Nodes that are online: https origins, a proxy in front, production mode.

use rustine_testkit::node::{Node, Options};
use rustine_testkit::port::free_port;
use rustine_testkit::tls::{Authority, TlsProxy};
use rustine_testkit::{binary, places};
use rustine_tests_federation::{
    LIEUX, befriend, converge, export, has_status, next_pending, propose, publish_places, replicate,
};

const NAMES: [&str; 2] = ["hub-a.test", "hub-b.test"];

#[test]
fn two_nodes_behind_tls_proxies_federate_in_production_mode() {
    let Some(binary) = binary() else { return };
    let home = tempfile::tempdir().expect("a temporary folder can be made");
    let authority = Authority::new();
    let authority_file = home.path().join("authority.pem");
    authority.write(&authority_file);
    let ports = [free_port(), free_port()];
    let proxies = [
        TlsProxy::start(&authority, NAMES[0], [127, 0, 0, 21], ports[0]),
        TlsProxy::start(&authority, NAMES[1], [127, 0, 0, 22], ports[1]),
    ];
    let settings = format!(
        "[outbound]\nallow = [\"127.0.0.0/8\"]\nca_file = {:?}\n[outbound.resolve]\n{:?} = \"{}\"\n{:?} = \"{}\"\n",
        authority_file,
        NAMES[0],
        proxies[0].address(),
        NAMES[1],
        proxies[1].address()
    );
    let browser = authority.browser(&[(NAMES[0], &proxies[0]), (NAMES[1], &proxies[1])]);
    let start = |at: usize| {
        let options = Options {
            origin: Some(format!("https://{}", NAMES[at])),
            port: Some(ports[at]),
            browser: Some(browser.clone()),
            settings: settings.clone(),
            ..Options::default()
        };
        let mut node = Node::init(&binary, if at == 0 { "huba" } else { "hubb" }, options);
        node.serve();
        node
    };
    let (origin, replica) = (start(0), start(1));
    publish_places(&origin, 10);
    befriend(&replica, &origin);
    replicate(&origin, &replica);
    let here = propose(
        &replica,
        &origin.address_of(LIEUX),
        &["--where", "id=lieu-000002", "--set", "nom=Par TLS"],
    );
    let _ = origin
        .call(&["patch", "accept", &next_pending(&origin)])
        .done();
    has_status(&replica, &here, "accepted");
    converge(&origin, &[&replica]);
    assert_eq!(
        export(&replica, &origin.address_of(LIEUX)).cells_changed(&places::table(10)),
        1
    );
    let actor = origin
        .browser()
        .get_activity(&format!("https://{}/datasets/{LIEUX}", NAMES[0]))
        .expect(200)
        .json();
    assert_eq!(
        actor["id"],
        format!("https://{}/datasets/{LIEUX}", NAMES[0]),
        "ids use the origin, never the port behind"
    );
    let page = origin.get(&format!("/datasets/{LIEUX}")).expect(200);
    assert!(
        !page.text().contains("127.0.0.1"),
        "a page names nothing behind the proxy"
    );
}
