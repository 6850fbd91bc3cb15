//! The operator's mail server.

use std::path::Path;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as LettreTls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Severity;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::{MailSettingsError, SendError};

/// For one answer of the server.
const ANSWER_TIME: Duration = Duration::from_secs(20);
/// For a whole letter.
const LETTER_TIME: Duration = Duration::from_secs(90);

/// Codes that speak of this receiver; others (a password, a quota, a full disk) can be mended without writing again.
const REFUSALS: [u16; 4] = [550, 551, 553, 556];

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// `STARTTLS` before anything else.
    Starttls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

/// The operator's mail server.
#[derive(Clone)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Name and password, where it asks for them.
    pub log_in: Option<(String, String)>,
    /// What we call ourselves in `EHLO`.
    pub hello: String,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({}:{})", self.host, self.port)
    }
}

#[derive(Debug)]
pub(super) struct Connection {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    server: String,
}

impl Connection {
    pub(super) fn new(server: &Server, ca_file: Option<&Path>) -> Result<Self, MailSettingsError> {
        let tls = match server.tls {
            Tls::None => LettreTls::None,
            Tls::Starttls => LettreTls::Required(parameters(server, ca_file)?),
            Tls::Tls => LettreTls::Wrapper(parameters(server, ca_file)?),
        };
        // "Dangerous" is only that it has no TLS until the next line but one says which.
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
                .port(server.port)
                .tls(tls)
                .timeout(Some(ANSWER_TIME))
                .hello_name(ClientId::Domain(server.hello.clone()));
        if let Some((user, password)) = &server.log_in {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            server: format!("{}:{}", server.host, server.port),
        })
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), SendError> {
        let sent = tokio::time::timeout(LETTER_TIME, self.transport.send(message));
        match sent.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.reason(&error)),
            Err(_) => Err(SendError::Later(format!(
                "the mail server {} did not take the letter within {} s",
                self.server,
                LETTER_TIME.as_secs()
            ))),
        }
    }

    fn reason(&self, error: &lettre::transport::smtp::Error) -> SendError {
        let Some(code) = error.status() else {
            // Without an answer of the server the causes are of the connection, and quote nobody.
            let mut text = error.to_string();
            // What cannot be understood of an answer is not repeated either.
            let cause = std::error::Error::source(error);
            let mut cause = cause.filter(|_| !error.is_response());
            while let Some(deeper) = cause {
                let said = deeper.to_string();
                if !text.contains(&said) {
                    text = format!("{text}: {said}");
                }
                cause = deeper.source();
            }
            return SendError::Later(format!("the mail server {}: {text}", self.server));
        };
        let number = u16::from(code);
        let permanent = code.severity == Severity::PermanentNegativeCompletion;
        if permanent && REFUSALS.contains(&number) {
            return SendError::Refused(number);
        }
        SendError::Later(format!("the mail server {} answered {number}", self.server))
    }
}

fn parameters(server: &Server, ca_file: Option<&Path>) -> Result<TlsParameters, MailSettingsError> {
    let unusable = |reason: String| MailSettingsError::Tls {
        host: server.host.clone(),
        reason,
    };
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = ca_file {
        let pem = std::fs::read(path)
            .map_err(|error| unusable(format!("{}: {error}", path.display())))?;
        let certificate = Certificate::from_pem(&pem)
            .map_err(|error| unusable(format!("{}: {error}", path.display())))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| unusable(error.to_string()))
}
