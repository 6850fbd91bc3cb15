//! One page = one file with its template beside it; the listing of this folder is the map of the site.

pub mod account;
pub mod add;
pub mod address;
pub mod admin;
pub mod alike;
pub mod blocks;
pub mod burst;
pub mod catalogue;
pub mod closing;
pub mod comments;
pub mod components;
pub mod correct;
pub mod dataset;
pub mod decide_by_mail;
pub mod dev_mails;
pub mod error;
pub mod feed;
pub mod first_run;
pub mod follow;
pub mod grants;
pub mod keys;
pub mod legal;
pub mod letter;
pub mod login;
pub mod moderation;
pub mod modlog;
pub mod notifications;
pub mod origin;
pub mod partners;
pub mod peer;
pub mod peer_keys;
pub mod peers;
pub mod people;
pub mod remove;
pub mod report;
pub mod reports;
pub mod reset;
pub mod review;
pub mod row;
pub mod rules;
pub mod second_step;
pub mod sent;
pub mod sign_up;
pub mod team;
pub mod tracking;
pub mod unsubscribe;
pub mod votes;
pub mod watch;

use actix_web::{HttpResponse, web};

use crate::failure::Failure;
use crate::visit::Visit;

/// Adds every page.
pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
    // Before the pages of single proposals: `reports` is none.
    rule_pages(cfg);
    cfg.service(
        web::resource("/")
            .route(web::get().to(catalogue::show))
            .route(web::head().to(catalogue::show)),
    )
    .service(
        web::resource(["/connexion", "/login"])
            .route(web::get().to(login::show))
            .route(web::post().to(login::enter)),
    )
    .service(
        web::resource(["/connexion/code", "/login/code"])
            .route(web::get().to(login::ask_code))
            .route(web::post().to(login::take_code)),
    )
    .service(web::resource(["/deconnexion", "/logout"]).route(web::post().to(login::leave)))
    .service(web::resource("/suivi/{token}").route(web::get().to(tracking::show)))
    .service(web::resource("/suivi/{token}/envoyee").route(web::get().to(sent::show)))
    .service(
        web::resource("/suivi/{token}/comments").route(web::post().to(comments::by_contributor)),
    )
    .service(web::resource("/suivi/{token}/withdraw").route(web::post().to(tracking::take_back)))
    .service(web::resource("/moderation").route(web::get().to(moderation::show)))
    .service(web::resource("/moderation/comments").route(web::get().to(comments::list)))
    .service(
        web::resource("/moderation/comments/{comment}").route(web::post().to(comments::settle)),
    )
    .service(web::resource("/moderation/bursts/{burst}").route(web::get().to(burst::show)))
    .service(
        web::resource("/moderation/bursts/{burst}/accept").route(web::post().to(burst::accept)),
    )
    .service(
        web::resource("/moderation/bursts/{burst}/refuse").route(web::post().to(burst::refuse)),
    )
    .service(web::resource("/moderation/{id}").route(web::get().to(review::show)))
    .service(web::resource("/moderation/{id}/accept").route(web::post().to(review::accept)))
    .service(
        web::resource("/moderation/{id}/alike")
            .route(web::get().to(alike::show))
            .route(web::post().to(alike::accept)),
    )
    .service(web::resource("/moderation/{id}/amend").route(web::post().to(review::amend)))
    .service(web::resource("/moderation/{id}/assign").route(web::post().to(review::care::assign)))
    .service(
        web::resource("/moderation/{id}/comments").route(web::post().to(comments::by_moderator)),
    )
    .service(web::resource("/moderation/{id}/notes").route(web::post().to(review::care::note)))
    .service(web::resource("/moderation/{id}/refuse").route(web::post().to(review::refuse)))
    .service(web::resource("/moderation/{id}/release").route(web::post().to(review::care::release)))
    .service(web::resource("/moderation/{id}/undo").route(web::post().to(review::care::undo)))
    .service(web::resource("/dev/components").route(web::get().to(components::show)))
    .configure(account_pages)
    .configure(link_pages)
    .configure(mail_pages)
    .configure(dataset_pages)
    .configure(origin_pages)
    .configure(legal_pages)
    .configure(peer_pages)
    .default_service(web::to(nothing_here));
}

fn rule_pages(cfg: &mut web::ServiceConfig) {
    let get = web::get;
    let post = web::post;
    cfg.service(web::resource("/moderation/reports").route(get().to(reports::list)))
        .service(web::resource("/moderation/reports/{report}").route(post().to(reports::settle)))
        .service(
            web::resource("/datasets/{dataset}/rules")
                .route(get().to(rules::show))
                .route(post().to(rules::send)),
        )
        .service(web::resource("/datasets/{dataset}/moderation-log").route(get().to(modlog::show)))
        .service(
            web::resource("/datasets/{dataset}/report")
                .route(get().to(report::show))
                .route(post().to(report::send)),
        )
        .service(
            web::resource("/datasets/{dataset}/votes")
                .route(get().to(votes::show))
                .route(post().to(votes::send)),
        );
}

fn account_pages(cfg: &mut web::ServiceConfig) {
    let get = web::get;
    let post = web::post;
    cfg.service(web::resource(["/account", "/compte"]).route(get().to(account::show)))
        .service(web::resource("/account/password").route(post().to(account::set_password)))
        .service(web::resource("/account/log-ins/end").route(post().to(account::end_log_ins)))
        .service(web::resource("/account/tokens/revoke").route(post().to(account::revoke_token)))
        .service(
            web::resource("/account/second-step")
                .route(get().to(second_step::show))
                .route(post().to(second_step::confirm)),
        )
        .service(
            web::resource("/account/second-step/codes").route(post().to(second_step::renew_codes)),
        )
        .service(
            web::resource("/account/second-step/remove").route(post().to(second_step::remove)),
        );
}

fn link_pages(cfg: &mut web::ServiceConfig) {
    let get = web::get;
    let post = web::post;
    cfg.service(
        web::resource("/password")
            .route(get().to(reset::ask))
            .route(post().to(reset::send)),
    )
    .service(
        web::resource("/password/{token}")
            .route(get().to(reset::show))
            .route(post().to(reset::set)),
    )
    .service(
        web::resource("/sign-up")
            .route(get().to(sign_up::ask))
            .route(post().to(sign_up::send)),
    )
    .service(
        web::resource("/sign-up/{token}")
            .route(get().to(sign_up::show))
            .route(post().to(sign_up::open)),
    )
    .service(
        web::resource("/address/{token}")
            .route(get().to(address::show))
            .route(post().to(address::confirm)),
    )
    .service(
        web::resource("/datasets/{dataset}/team")
            .route(get().to(team::show))
            .route(post().to(team::give)),
    )
    .service(web::resource("/datasets/{dataset}/team/revoke").route(post().to(team::revoke)))
    .service(web::resource("/datasets/{dataset}/team/quorum").route(post().to(team::quorum)))
    .service(
        web::resource("/grants")
            .route(get().to(grants::show))
            .route(post().to(grants::answer)),
    )
    .service(web::resource("/grants/ask").route(post().to(grants::ask)))
    .service(
        web::resource("/follow")
            .route(get().to(follow::show))
            .route(post().to(follow::follow)),
    )
    .service(web::resource("/follow/end").route(post().to(follow::end)))
    .service(web::resource("/feed").route(get().to(feed::show)))
    .service(web::resource("/account/address").route(post().to(address::ask)))
    .service(web::resource("/admin/people").route(get().to(people::show)))
    .service(web::resource("/admin/people/invite").route(post().to(people::invite)))
    .service(web::resource("/admin/people/withdraw").route(post().to(people::withdraw)))
    .service(web::resource("/admin/people/reset").route(post().to(people::reset)));
}

fn mail_pages(cfg: &mut web::ServiceConfig) {
    let get = web::get;
    let post = web::post;
    cfg.service(
        web::resource("/decision/{token}")
            .route(get().to(decide_by_mail::show))
            .route(web::head().to(decide_by_mail::show))
            .route(post().to(decide_by_mail::decide)),
    )
    .service(
        web::resource("/desabonnement/{token}")
            .route(get().to(unsubscribe::show))
            .route(post().to(unsubscribe::end)),
    )
    .service(web::resource("/notifications").route(get().to(notifications::show)))
    .service(web::resource("/notifications/read").route(post().to(notifications::read)))
    .service(
        web::resource("/account/notifications")
            .route(get().to(notifications::choices))
            .route(post().to(notifications::choose)),
    )
    .service(web::resource("/dev/mails").route(get().to(dev_mails::show)));
}

fn peer_pages(cfg: &mut web::ServiceConfig) {
    let get = web::get;
    let post = web::post;
    cfg.service(web::resource("/partners").route(get().to(partners::show)))
        .service(web::resource("/admin").route(get().to(admin::show)))
        .service(web::resource("/admin/peers").route(get().to(peers::show)))
        .service(web::resource("/admin/peers/look").route(get().to(peer::look)))
        .service(web::resource("/admin/peers/mode").route(post().to(peers::choose_mode)))
        .service(
            web::resource("/admin/peers/keys")
                .route(get().to(peer_keys::show))
                .route(post().to(peer_keys::confirm)),
        )
        .service(
            web::resource("/admin/peers/{host}")
                .route(get().to(peer::show))
                .route(post().to(peer::act)),
        )
        .service(
            web::resource("/admin/blocks")
                .route(get().to(blocks::show))
                .route(post().to(blocks::act)),
        );
}

fn legal_pages(cfg: &mut web::ServiceConfig) {
    let get = web::get;
    cfg.service(web::resource("/mentions-legales").route(get().to(legal::notice)))
        .service(web::resource("/donnees-personnelles").route(get().to(legal::privacy)))
        .service(web::resource("/accessibilite").route(get().to(legal::accessibility)))
        .service(web::resource("/charte").route(get().to(legal::charter)));
}

fn origin_pages(cfg: &mut web::ServiceConfig) {
    let post = web::post;
    cfg.service(web::resource("/datasets/{dataset}/origin").route(web::get().to(origin::show)))
        .service(
            web::resource("/datasets/{dataset}/origin/follow").route(post().to(origin::follow)),
        )
        .service(web::resource("/datasets/{dataset}/origin/vote").route(post().to(origin::vote)))
        .service(web::resource("/datasets/{dataset}/origin/copy").route(post().to(origin::copy)))
        .service(
            web::resource("/datasets/{dataset}/origin/fork").route(post().to(origin::taking::fork)),
        )
        .service(
            web::resource("/datasets/{dataset}/origin/take-over")
                .route(post().to(origin::taking::take_over)),
        )
        .service(web::resource("/datasets/{dataset}/origin/agree").route(post().to(origin::agree)))
        .service(
            web::resource("/admin/closing")
                .route(web::get().to(closing::show))
                .route(post().to(closing::close)),
        );
}

fn dataset_pages(cfg: &mut web::ServiceConfig) {
    let get = web::get;
    let post = web::post;
    cfg.service(
        web::resource("/datasets/{dataset}")
            .route(get().to(dataset::show))
            .route(web::head().to(dataset::show)),
    )
    .service(
        web::resource("/datasets/{dataset}/add")
            .route(get().to(add::show))
            .route(post().to(add::send)),
    )
    .service(
        web::resource("/datasets/{dataset}/rows/{id}")
            .route(get().to(row::show))
            .route(web::head().to(row::show)),
    )
    .service(
        web::resource("/datasets/{dataset}/rows/{id}/comment")
            .route(get().to(comments::show))
            .route(post().to(comments::send)),
    )
    .service(
        web::resource("/datasets/{dataset}/rows/{id}/correct")
            .route(get().to(correct::show))
            .route(post().to(correct::send)),
    )
    .service(
        web::resource("/datasets/{dataset}/rows/{id}/remove")
            .route(get().to(remove::show))
            .route(post().to(remove::send)),
    );
}

/// Whatever nobody else answers.
async fn nothing_here(visit: Visit) -> HttpResponse {
    visit.answer(|_| Err(Failure::not_found())).await
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
