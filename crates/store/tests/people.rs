//! The instance, its people, and the actors of others, on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::at;
use rustine_store::{
    ApiTokenRecord, BlockRecord, FollowRecord, FollowerRecord, KeyRecord, NewUser, PeerRecord,
    RemoteActorRecord, SessionRecord, StoreError, UserRecord, testing,
};

fn user(name: &str) -> NewUser {
    NewUser {
        name: name.into(),
        email: format!("{name}@exemple.invalid"),
        password_hash: "$argon2id$…".into(),
        role: "member".into(),
        lang: "fr".into(),
        created: at(0),
        confirmed: true,
    }
}

#[test]
fn the_instance_remembers_values_and_keys() {
    testing::on_each_engine(|db| {
        let key = |public: &str, created| KeyRecord {
            owner: "/actor".into(),
            kind: "rsa".into(),
            public: public.into(),
            secret: Some(vec![1, 2, 3]),
            created: at(created),
        };
        db.write(|tx| {
            assert_eq!(tx.find_instance_value("name")?, None);
            tx.set_instance_value("name", "A")?;
            tx.set_instance_value("name", "B")?;
            assert_eq!(tx.find_instance_value("name")?.as_deref(), Some("B"));
            assert!(tx.delete_instance_value("name")? && !tx.delete_instance_value("name")?);
            tx.insert_key(&key("one", 1))?;
            tx.insert_key(&key("two", 2))?;
            assert_eq!(tx.find_key("/actor", "rsa")?, Some(key("two", 2)));
            assert_eq!(tx.find_key("/actor", "log")?, None);
            assert_eq!(
                tx.find_key_by_public("/actor", "rsa", "one")?,
                Some(key("one", 1))
            );
            assert_eq!(tx.list_keys("/actor")?, [key("one", 1), key("two", 2)]);
            assert!(tx.delete_key("/actor", "rsa", "two")?);
            assert_eq!(tx.find_key("/actor", "rsa")?, Some(key("one", 1)));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_user_name_is_taken_once() {
    testing::on_each_engine(|db| {
        let id = db.write(|tx| tx.insert_user(&user("lea"))).unwrap();
        let what = "users.name".to_owned();
        let again = db.write(|tx| tx.insert_user(&user("lea")));
        assert_eq!(again, Err(StoreError::UniqueViolation { what }));
        let max = db.write(|tx| tx.insert_user(&user("max"))).unwrap();
        db.write(|tx| {
            let lea = tx.find_user(id)?.unwrap();
            assert_eq!(tx.find_user_by_name("lea")?, Some(lea.clone()));
            assert_eq!(
                tx.list_users_by_email("lea@exemple.invalid")?,
                std::slice::from_ref(&lea)
            );
            assert_eq!(
                tx.list_users(id, 10)?
                    .iter()
                    .map(|u| u.id)
                    .collect::<Vec<_>>(),
                [max]
            );
            let operator = UserRecord {
                role: "operator".into(),
                disabled: true,
                ..lea
            };
            tx.update_user(&operator)?;
            assert_eq!(tx.find_user(id)?, Some(operator.clone()));
            assert_eq!(tx.count_users()?, 1);
            let nobody = UserRecord { id: 99, ..operator };
            assert_eq!(tx.update_user(&nobody), Err(StoreError::NotFound));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn sessions_and_tokens_end() {
    testing::on_each_engine(|db| {
        let id = db.write(|tx| tx.insert_user(&user("lea"))).unwrap();
        let session = SessionRecord {
            token_hash: vec![1; 32],
            user_id: id,
            created: at(0),
            expires: at(100),
            last_seen: at(0),
            agent: "Firefox".into(),
            network: "203.0.113.0".into(),
        };
        let token = ApiTokenRecord {
            token_hash: vec![2; 32],
            user_id: id,
            label: "script".into(),
            created: at(0),
            revoked: false,
        };
        db.write(|tx| {
            tx.insert_session(&session)?;
            tx.touch_session(&[1; 32], at(5))?;
            let (found, person) = tx.find_session(&[1; 32], at(99))?.unwrap();
            assert_eq!((found.last_seen, person.id), (at(5), id));
            assert_eq!(tx.find_session(&[1; 32], at(100))?, None);
            assert_eq!(tx.delete_expired_sessions(at(99))?, 0);
            assert_eq!(tx.delete_expired_sessions(at(100))?, 1);
            tx.insert_session(&session)?;
            assert!(tx.delete_session(&[1; 32])?);
            tx.insert_session(&session)?;
            assert_eq!(tx.delete_sessions_of(id)?, 1);
            let other = SessionRecord {
                token_hash: vec![3; 32],
                last_seen: at(9),
                ..session.clone()
            };
            tx.insert_session(&session)?;
            tx.insert_session(&other)?;
            let both = [other.clone(), session.clone()];
            assert_eq!(tx.list_sessions(id, at(50))?, both, "last used first");
            assert_eq!(tx.list_sessions(id, at(100))?, []);
            assert!(!tx.delete_session_of(id + 1, &[3; 32])?, "somebody else's");
            assert_eq!(tx.delete_other_sessions_of(id, &[1; 32])?, 1);
            assert!(tx.delete_session_of(id, &[1; 32])?);
            tx.insert_api_token(&token)?;
            assert_eq!(tx.list_api_tokens(id)?, std::slice::from_ref(&token));
            assert_eq!(tx.find_user_by_api_token(&[2; 32])?.map(|u| u.id), Some(id));
            assert!(!tx.revoke_api_token(id + 1, &[2; 32])?, "somebody else's");
            assert!(tx.revoke_api_token(id, &[2; 32])? && !tx.revoke_api_token(id, &[2; 32])?);
            assert_eq!(tx.find_user_by_api_token(&[2; 32])?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_disabled_account_is_behind_no_session_and_no_token() {
    testing::on_each_engine(|db| {
        let id = db.write(|tx| tx.insert_user(&user("lea"))).unwrap();
        db.write(|tx| {
            tx.insert_session(&SessionRecord {
                token_hash: vec![1; 32],
                user_id: id,
                created: at(0),
                expires: at(100),
                last_seen: at(0),
                agent: String::new(),
                network: String::new(),
            })?;
            tx.insert_api_token(&ApiTokenRecord {
                token_hash: vec![2; 32],
                user_id: id,
                label: String::new(),
                created: at(0),
                revoked: false,
            })?;
            let lea = tx.find_user(id)?.unwrap();
            tx.update_user(&UserRecord {
                disabled: true,
                ..lea
            })?;
            assert_eq!(tx.find_session(&[1; 32], at(1))?, None);
            assert_eq!(tx.find_user_by_api_token(&[2; 32])?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn an_actor_elsewhere_is_found_by_id_and_key() {
    testing::on_each_engine(|db| {
        let actor = RemoteActorRecord {
            id: "https://b.example/users/max".into(),
            host: "b.example".into(),
            kind: "Person".into(),
            name: "max".into(),
            inbox: "https://b.example/users/max/inbox".into(),
            shared_inbox: None,
            key_id: "https://b.example/users/max#main-key".into(),
            key_pem: "PEM".into(),
            pinned_key_pem: Some("PEM".into()),
            multikey: Some("z6Mk".into()),
            implements: true,
            suspended: false,
            doc: "{}".into(),
            fetched_at: at(0),
        };
        db.write(|tx| {
            tx.put_remote_actor(&actor)?;
            let changed = RemoteActorRecord {
                pinned_key_pem: None,
                suspended: true,
                ..actor.clone()
            };
            tx.put_remote_actor(&changed)?;
            assert_eq!(tx.find_remote_actor(&actor.id)?, Some(changed.clone()));
            assert_eq!(tx.find_remote_actor_by_key(&actor.key_id)?, Some(changed));
            assert!(tx.delete_remote_actor(&actor.id)? && !tx.delete_remote_actor(&actor.id)?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn whoever_holds_something_with_us_is_known_by_it() {
    const ACTOR: &str = "https://b.example/actor";
    testing::on_each_engine(|db| {
        let peer = |state: &str| PeerRecord {
            host: "b.example".into(),
            actor: ACTOR.into(),
            inbox: "https://b.example/inbox".into(),
            state: state.into(),
            our_activity: None,
            their_activity: None,
            created: at(0),
            updated: at(0),
        };
        let follow = |state: &str| FollowRecord {
            id: 0,
            actor: "/users/lea".into(),
            object: ACTOR.into(),
            activity_id: "https://a.example/activities/1".into(),
            state: state.into(),
            created: at(0),
        };
        db.write(|tx| {
            assert!(!tx.holds_with_us(ACTOR)?);
            for (state, holds) in [("asked", true), ("asking", true), ("accepted", true)]
                .into_iter()
                .chain([("refused", false), ("removed", false)])
            {
                tx.put_peer(&peer(state))?;
                assert_eq!(tx.holds_with_us(ACTOR)?, holds, "{state}");
            }
            tx.put_follow(&follow("pending"))?;
            assert!(tx.holds_with_us(ACTOR)? && !tx.holds_with_us("https://b.example/users/max")?);
            tx.put_follow(&follow("rejected"))?;
            assert!(!tx.holds_with_us(ACTOR)?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

fn follower(name: &str, host: &str, shared: Option<&str>) -> FollowerRecord {
    FollowerRecord {
        id: 0,
        object: "/datasets/lieux".into(),
        follower: format!("https://{host}/users/{name}"),
        inbox: format!("https://{host}/users/{name}/inbox"),
        shared_inbox: shared.map(str::to_owned),
        host: host.into(),
        activity_id: format!("https://{host}/follows/{name}"),
        kind: "person".into(),
        created: at(0),
    }
}

#[test]
fn each_host_gets_one_copy_whatever_its_followers() {
    testing::on_each_engine(|db| {
        let shared = Some("https://b.example/inbox");
        let all = [
            follower("max", "b.example", shared),
            follower("lea", "b.example", shared),
            follower("eve", "c.example", None),
        ];
        db.write(|tx| {
            for follower in &all {
                tx.put_follower(follower)?;
            }
            tx.put_follower(&FollowerRecord {
                activity_id: "again".into(),
                ..all[0].clone()
            })?;
            let inboxes = tx.list_follower_inboxes("/datasets/lieux", "person")?;
            let expected = [
                ("b.example", "https://b.example/inbox"),
                ("c.example", "https://c.example/users/eve/inbox"),
            ];
            assert_eq!(
                inboxes,
                expected.map(|(host, inbox)| (host.to_owned(), inbox.to_owned()))
            );
            assert_eq!(tx.list_follower_inboxes("/datasets/lieux", "replica")?, []);
            assert_eq!(tx.count_followers("/datasets/lieux")?, 3);
            let first = tx.find_follower_by_activity("again")?.unwrap();
            assert_eq!(first.follower, all[0].follower);
            assert_eq!(
                tx.list_followers("/datasets/lieux", first.id, 1)?[0].follower,
                all[1].follower
            );
            assert!(tx.delete_follower("/datasets/lieux", &all[0].follower)?);
            assert_eq!(tx.find_follower("/datasets/lieux", &all[0].follower)?, None);
            assert_eq!(tx.delete_followers_by(&all[2].follower)?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn our_follows_peers_and_blocks_are_kept() {
    testing::on_each_engine(|db| {
        let follow = FollowRecord {
            id: 0,
            actor: "/actor".into(),
            object: "https://b.example/datasets/lieux".into(),
            activity_id: "https://a.example/activities/1".into(),
            state: "pending".into(),
            created: at(0),
        };
        let peer = PeerRecord {
            host: "b.example".into(),
            actor: "https://b.example/actor".into(),
            inbox: "https://b.example/inbox".into(),
            state: "asked".into(),
            our_activity: Some("https://a.example/activities/2".into()),
            their_activity: None,
            created: at(0),
            updated: at(0),
        };
        db.write(|tx| {
            tx.put_follow(&follow)?;
            let kept = tx.find_follow_by_activity(&follow.activity_id)?.unwrap();
            assert!(tx.set_follow_state(kept.id, "accepted")?);
            let kept = tx.find_follow("/actor", &follow.object)?.unwrap();
            assert_eq!(kept.state, "accepted");
            assert_eq!(tx.list_follows("/actor")?, std::slice::from_ref(&kept));
            assert_eq!(tx.list_follows_of(&follow.object)?, [kept]);
            assert!(tx.delete_follow("/actor", &follow.object)?);
            tx.put_peer(&peer)?;
            let accepted = PeerRecord {
                state: "accepted".into(),
                our_activity: None,
                updated: at(3),
                ..peer.clone()
            };
            tx.put_peer(&accepted)?;
            assert_eq!(tx.find_peer("b.example")?, Some(accepted.clone()));
            assert_eq!(tx.list_peers()?, [accepted]);
            assert!(tx.delete_peer("b.example")?);
            let block = |reason: &str| BlockRecord {
                domain: "spam.example".into(),
                reason: reason.into(),
                created: at(0),
            };
            tx.put_block(&block("one"))?;
            tx.put_block(&block("two"))?;
            assert_eq!(tx.list_blocks()?, [block("two")]);
            assert!(tx.delete_block("spam.example")?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn groups_contacts_wishes_and_drafts_are_kept() {
    testing::on_each_engine(|db| {
        let host = "b.example";
        let wish = rustine_store::PeerWishRecord {
            host: host.into(),
            name: "lieux".into(),
            error: None,
        };
        let draft = rustine_store::BlockDraftRecord {
            id: 0,
            domain: "spam.example".into(),
            list: 0,
            action: "block".into(),
            reason: "one".into(),
            state: "waiting".into(),
            created: at(0),
        };
        db.write(|tx| {
            tx.set_groups_of(host, &["hubs".to_owned(), "voisins".to_owned()])?;
            tx.set_groups_of(host, &["voisins".to_owned()])?;
            assert_eq!(tx.groups_of(host)?, ["voisins"]);
            let both = ("voisins".to_owned(), host.to_owned());
            assert_eq!(tx.list_peer_groups()?, [both]);

            tx.note_heard(host, at(5))?;
            assert_eq!(tx.find_peer_facts(host)?, None, "nobody has to do with it");
            tx.want_look(host, at(9))?;
            tx.want_look(host, at(3))?;
            tx.want_look(host, at(7))?;
            assert_eq!(tx.list_looks_due(at(2), 9)?, Vec::<String>::new());
            assert_eq!(tx.list_looks_due(at(3), 9)?, [host]);
            tx.set_look(host, Some("{}"), None, at(4), at(99))?;
            tx.set_look(host, None, Some("silent"), at(5), at(98))?;
            for second in [100, 110, 150] {
                tx.note_heard(host, at(second))?;
                tx.note_reached(host, at(second))?;
            }
            let facts = tx.find_peer_facts(host)?.unwrap();
            assert_eq!(facts.about.as_deref(), Some("{}"));
            assert_eq!(facts.error.as_deref(), Some("silent"));
            assert_eq!((facts.looked_at, facts.due_at), (Some(at(4)), at(98)));
            assert_eq!(
                (facts.heard_at, facts.reached_at),
                (Some(at(150)), Some(at(150)))
            );

            tx.put_peer_wish(&wish)?;
            tx.put_peer_wish(&wish)?;
            assert_eq!(tx.list_peer_wishes(host)?, std::slice::from_ref(&wish));
            tx.delete_peer_facts(host)?;
            assert_eq!(tx.list_peer_wishes(host)?, []);

            tx.put_block_draft(&draft)?;
            tx.put_block_draft(&rustine_store::BlockDraftRecord {
                reason: "two".into(),
                ..draft.clone()
            })?;
            let kept = tx.list_waiting_block_drafts("", 9)?;
            assert_eq!((kept.len(), kept[0].reason.as_str()), (1, "two"));
            assert_eq!(tx.count_waiting_block_drafts()?, 1);
            assert_eq!(
                tx.settle_block_drafts("spam.example", "block", "applied")?,
                1
            );
            assert_eq!(tx.count_waiting_block_drafts()?, 0);
            let block = BlockRecord {
                domain: "spam.example".into(),
                reason: String::new(),
                created: at(0),
            };
            tx.put_block(&block)?;
            assert_eq!(tx.find_block_over("a.b.spam.example")?, Some(block));
            assert_eq!(tx.find_block_over("notspam.example")?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}
