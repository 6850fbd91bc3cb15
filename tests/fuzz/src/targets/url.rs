//! Addresses of documents: what the gate takes for a name, what a document may hold, what is opened.

use rustine_protocol::Uri;
use url::Url;

use crate::gate::remote_url;
use crate::outbound::target::Rules;

/// What the gate lets through has one spelling, is an id of a document, and is what the client would open.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(uri) = text.parse::<Uri>() {
        assert_eq!(uri.as_str(), text);
        assert_eq!(format!("{}{}", uri.origin(), uri.path()), text);
        let url = Url::parse(text).expect("it was read as one");
        assert_eq!(uri.origin(), url.origin().ascii_serialization());
        assert!(uri.document().len() <= text.len() && !uri.document().contains('#'));
    }
    for dev in [false, true] {
        let Ok(url) = remote_url(text, dev) else {
            continue;
        };
        let rules = Rules {
            dev,
            ..Rules::default()
        };
        assert_eq!(
            rules.check(&url),
            Ok(()),
            "the gate knows {text}, the client would not open it"
        );
        let uri: Uri = text.parse().expect("what the gate takes is an id");
        assert_eq!(
            uri.origin(),
            url.origin().ascii_serialization(),
            "two readers see two servers"
        );
        let origin = &text[..uri.origin().len()];
        assert_eq!(
            origin,
            origin.to_ascii_lowercase(),
            "a name has one spelling"
        );
        assert!(dev || url.scheme() == "https" && url.port().is_none());
        let again = remote_url(url.as_str(), dev).expect("its normal form");
        assert_eq!(again, url);
    }
}
