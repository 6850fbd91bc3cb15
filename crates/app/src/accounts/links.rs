//! Links that open something of an account, once: a new password, another address, an account of one's own.
//!
//! Whoever asks for one by an e-mail address learns nothing about it: the request writes down that somebody asked, the
//! same for every address, and [`send_asked`] looks later whose address it is. Only hashes of links are kept; a letter
//! that waits in the queue holds its link until it is sent.

use rustine_domain::problem::Lang;
use rustine_domain::time::Timestamp;
use rustine_store::{AccountLinkRecord, StoreError, Tx, UserRecord};

use super::{MEMBER, OPERATOR, Person, secret_hash};
use crate::App;
use crate::mail::{self, Message, Recipient};
use crate::settings::SignUp;

/// A link to a new password.
pub const RESET: &str = "reset";
/// A link that shows that an address is somebody's.
pub const ADDRESS: &str = "address";
/// A link to an account of one's own, for who typed her address into the form.
pub const SIGN_UP: &str = "sign-up";
/// The same, for who was invited.
pub const INVITATION: &str = "invitation";
/// Somebody asked for a new password by an address.
const ASKED_RESET: &str = "asked-reset";
/// Somebody asked for an account by an address.
const ASKED_SIGN_UP: &str = "asked-sign-up";

/// A link to a new password opens so long.
pub const RESET_SECONDS: i64 = 3_600;
/// A link that confirms an address, or to an account of one's own, opens so long.
pub const ADDRESS_SECONDS: i64 = 24 * 3_600;
/// An invitation opens so long.
pub const INVITATION_SECONDS: i64 = 7 * 86_400;
/// The window in which letters to one address are counted.
pub const LETTERS_WINDOW_S: i64 = 30 * 60;
/// Wishes that wait to be looked at; further ones are forgotten.
pub const MOST_ASKED: i64 = 1_000;

/// What a link is made of.
pub(super) struct Link<'a> {
    pub kind: &'a str,
    pub user: Option<i64>,
    pub email: &'a str,
    pub role: &'a str,
    pub by: &'a str,
    pub lang: &'a str,
    pub seconds: i64,
}

/// Writes a link down and gives its secret.
pub(super) fn insert(app: &App, tx: &mut Tx<'_>, link: &Link<'_>) -> Result<String, StoreError> {
    let token = app.entropy.token();
    let now = app.clock.now();
    tx.insert_account_link(&AccountLinkRecord {
        token_hash: secret_hash(&token),
        kind: link.kind.to_owned(),
        user_id: link.user,
        email: link.email.to_owned(),
        role: link.role.to_owned(),
        made_by: link.by.to_owned(),
        lang: link.lang.to_owned(),
        created: now,
        expires: now.plus_seconds(link.seconds),
        tries: 0,
    })?;
    Ok(token)
}

/// The path that a link of this kind leads to.
pub fn path(kind: &str, token: &str) -> String {
    match kind {
        RESET => format!("/password/{token}"),
        ADDRESS => format!("/address/{token}"),
        _ => format!("/sign-up/{token}"),
    }
}

/// The link behind a secret; it is not used up by being looked at, as scanners of letters do.
///
/// # Errors
/// Where the store fails.
pub fn find(
    app: &App,
    kinds: &[&str],
    token: &str,
) -> Result<Option<AccountLinkRecord>, StoreError> {
    let now = app.clock.now();
    app.db.read(|tx| find_in(tx, kinds, token, now))
}

pub(super) fn find_in(
    tx: &mut Tx<'_>,
    kinds: &[&str],
    token: &str,
    now: Timestamp,
) -> Result<Option<AccountLinkRecord>, StoreError> {
    let hash = secret_hash(token);
    for kind in kinds {
        if let Some(link) = tx.find_account_link(&hash, kind, now)? {
            return Ok(Some(link));
        }
    }
    Ok(None)
}

/// Somebody asks for a new password by an address. The same work whoever has it, or nobody.
///
/// # Errors
/// Where the store fails.
pub fn ask_reset(app: &App, email: &str, lang: Lang) -> Result<(), StoreError> {
    ask(app, ASKED_RESET, email, lang)
}

/// Somebody asks for an account by an address. The same work whether it has one or not.
///
/// # Errors
/// Where the store fails.
pub fn ask_sign_up(app: &App, email: &str, lang: Lang) -> Result<(), StoreError> {
    ask(app, ASKED_SIGN_UP, email, lang)
}

fn ask(app: &App, kind: &str, email: &str, lang: Lang) -> Result<(), StoreError> {
    let now = app.clock.now();
    app.db.write(|tx| {
        let waiting = tx.list_account_links(kind, now, MOST_ASKED)?.len();
        if i64::try_from(waiting).unwrap_or(MOST_ASKED) >= MOST_ASKED {
            return Ok(());
        }
        let link = Link {
            kind,
            user: None,
            email: &email.to_ascii_lowercase(),
            role: "",
            by: "",
            lang: lang.as_str(),
            seconds: RESET_SECONDS,
        };
        insert(app, tx, &link).map(|_| ())
    })
}

/// Writes the letters that were asked for; returns how many wishes were looked at.
///
/// # Errors
/// Where the store fails.
pub fn send_asked(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let mut looked_at = 0;
    for kind in [ASKED_RESET, ASKED_SIGN_UP] {
        let asked = app.db.read(|tx| tx.list_account_links(kind, now, 50))?;
        for wish in asked {
            looked_at += 1;
            app.db.write(|tx| {
                // Another server may have answered it in between.
                if !tx.delete_account_link(&wish.token_hash)? {
                    return Ok(());
                }
                match kind {
                    ASKED_RESET => answer_reset(app, tx, &wish),
                    _ => answer_sign_up(app, tx, &wish),
                }
            })?;
        }
    }
    Ok(looked_at)
}

fn answer_reset(app: &App, tx: &mut Tx<'_>, wish: &AccountLinkRecord) -> Result<(), StoreError> {
    for user in tx.list_users_by_email(&wish.email)? {
        if user.disabled || !may_write(app, tx, RESET, &user.email)? {
            continue;
        }
        let link = reset_link(app, tx, &user, "")?;
        mail::enqueue(tx, app, &recipient(&user), &Message::ResetPassword { link })?;
    }
    Ok(())
}

fn answer_sign_up(app: &App, tx: &mut Tx<'_>, wish: &AccountLinkRecord) -> Result<(), StoreError> {
    if app.settings.accounts.sign_up != SignUp::Open || !may_write(app, tx, SIGN_UP, &wish.email)? {
        return Ok(());
    }
    let to = Recipient {
        address: wish.email.clone(),
        lang: lang_of(&wish.lang),
        user: None,
    };
    if let Some(user) = tx.list_users_by_email(&wish.email)?.first() {
        // She has forgotten that she has one. The letter counts as one of those to this address.
        insert(app, tx, &sign_up_link(wish, Some(user.id), "known"))?;
        let link = app.url("/connexion");
        return mail::enqueue(tx, app, &to, &Message::HasAccount { link });
    }
    let token = insert(app, tx, &sign_up_link(wish, None, MEMBER))?;
    let link = app.url(&path(SIGN_UP, &token));
    mail::enqueue(tx, app, &to, &Message::OpenAccount { link })
}

fn sign_up_link<'a>(wish: &'a AccountLinkRecord, user: Option<i64>, role: &'a str) -> Link<'a> {
    Link {
        kind: SIGN_UP,
        user,
        email: &wish.email,
        role,
        by: "",
        lang: &wish.lang,
        seconds: ADDRESS_SECONDS,
    }
}

/// True while an address gets no more letters than it should; nobody fills the letter box of somebody else.
fn may_write(app: &App, tx: &mut Tx<'_>, kind: &str, email: &str) -> Result<bool, StoreError> {
    let since = app.clock.now().plus_seconds(-LETTERS_WINDOW_S);
    let sent = tx.count_account_links_to(kind, email, since)?;
    Ok(sent < i64::from(app.settings.rates.letters_per_address))
}

/// A link to a new password for somebody, made by whoever hands it over; empty for a letter.
pub(super) fn reset_link(
    app: &App,
    tx: &mut Tx<'_>,
    user: &UserRecord,
    by: &str,
) -> Result<String, StoreError> {
    let token = insert(
        app,
        tx,
        &Link {
            kind: RESET,
            user: Some(user.id),
            email: &user.email,
            role: "",
            by,
            lang: &user.lang,
            seconds: RESET_SECONDS,
        },
    )?;
    Ok(app.url(&path(RESET, &token)))
}

/// Asks whether an address is this person's; false where it got too many letters lately.
///
/// # Errors
/// Where the store fails.
pub fn ask_address(
    app: &App,
    tx: &mut Tx<'_>,
    user: &UserRecord,
    email: &str,
) -> Result<bool, StoreError> {
    if !may_write(app, tx, ADDRESS, email)? {
        return Ok(false);
    }
    let token = insert(
        app,
        tx,
        &Link {
            kind: ADDRESS,
            user: Some(user.id),
            email,
            role: "",
            by: "",
            lang: &user.lang,
            seconds: ADDRESS_SECONDS,
        },
    )?;
    let link = app.url(&path(ADDRESS, &token));
    let to = Recipient {
        address: email.to_owned(),
        ..recipient(user)
    };
    mail::enqueue(tx, app, &to, &Message::ConfirmAddress { link })?;
    Ok(true)
}

/// An invitation that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// A letter is on its way.
    Sent,
    /// The link, to be handed over; it is shown this once.
    Link(String),
}

/// Invites somebody. Where letters are sent and there is an address, the link goes there and nowhere else: opening it
/// then shows whose the address is.
///
/// # Errors
/// Where the store fails.
pub fn invite(app: &App, by: &Person, email: &str, operator: bool) -> Result<Invited, StoreError> {
    let email = email.to_ascii_lowercase();
    app.db.write(|tx| {
        let token = insert(
            app,
            tx,
            &Link {
                kind: INVITATION,
                user: None,
                email: &email,
                role: if operator { OPERATOR } else { MEMBER },
                by: &by.name,
                lang: &by.lang,
                seconds: INVITATION_SECONDS,
            },
        )?;
        let link = app.url(&path(INVITATION, &token));
        if email.is_empty() || !mail::is_on(app) {
            return Ok(Invited::Link(link));
        }
        let to = Recipient {
            address: email.clone(),
            lang: lang_of(&by.lang),
            user: None,
        };
        let by = by.name.clone();
        mail::enqueue(tx, app, &to, &Message::Invitation { link, by })?;
        Ok(Invited::Sent)
    })
}

/// Invitations that can still be opened, newest first.
///
/// # Errors
/// Where the store fails.
pub fn invitations(app: &App) -> Result<Vec<AccountLinkRecord>, StoreError> {
    let now = app.clock.now();
    app.db
        .read(|tx| tx.list_account_links(INVITATION, now, 200))
}

/// Takes an invitation back; false where there is none like it.
///
/// # Errors
/// Where the store fails.
pub fn withdraw_invitation(app: &App, id: &[u8]) -> Result<bool, StoreError> {
    let now = app.clock.now();
    app.db
        .write(|tx| match tx.find_account_link(id, INVITATION, now)? {
            Some(link) => tx.delete_account_link(&link.token_hash),
            None => Ok(false),
        })
}

pub(super) fn recipient(user: &UserRecord) -> Recipient {
    Recipient {
        address: user.email.clone(),
        lang: lang_of(&user.lang),
        user: Some(user.id),
    }
}

pub(super) fn lang_of(tag: &str) -> Lang {
    match tag {
        "en" => Lang::En,
        _ => Lang::Fr,
    }
}
