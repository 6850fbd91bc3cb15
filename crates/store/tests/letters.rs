//! What people are told, their choices, and links that decide, on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{at, dataset, row_id};
use rustine_domain::ids::{Hash, PatchId};
use rustine_store::{
    Db, DecisionLinkRecord, NewNotification, NewUser, PatchRecord, StoreError, testing,
};

fn user(db: &Db, name: &str) -> i64 {
    let new = NewUser {
        name: name.into(),
        email: format!("{name}@lac.example"),
        password_hash: String::new(),
        role: "operator".into(),
        lang: "fr".into(),
        created: at(0),
        confirmed: true,
    };
    db.write(|tx| tx.insert_user(&new)).unwrap()
}

fn told(user_id: i64, kind: &str, mailed: &str, seconds: i64) -> NewNotification {
    NewNotification {
        user_id,
        kind: kind.into(),
        patch: None,
        dataset: None,
        data: "{}".into(),
        mailed: mailed.into(),
        created: at(seconds),
    }
}

fn patch(dataset: i64, n: u64, status: &str) -> PatchRecord {
    PatchRecord {
        id: PatchId(row_id(n).0),
        dataset,
        uid: common::dataset_record("lieux").uid,
        direction: "in".into(),
        status: status.into(),
        proposer: None,
        proposer_host: "b.example".into(),
        visitor: Some("abc".into()),
        name: None,
        email: None,
        summary: None,
        schema_hash: Hash([1; 32]),
        nonce: None,
        digest: Hash([u8::try_from(n).unwrap(); 32]),
        ops: "[]".into(),
        applied: None,
        reason: None,
        report: None,
        result_seq: None,
        result_entry: None,
        created: at(0),
        updated: at(0),
        decided_at: None,
        decided_by: None,
        token_hash: None,
        offer_id: None,
        answer: None,
    }
}

#[test]
fn what_is_due_is_taken_along_by_one_letter_and_read_up_to_a_line() {
    testing::on_each_engine(|db| {
        let (lea, max) = (user(db, "lea"), user(db, "max"));
        let tell = |new: NewNotification| db.write(|tx| tx.insert_notification(&new)).unwrap();
        let first = tell(told(lea, "to_decide", "due", 1));
        let second = tell(told(lea, "to_decide", "due", 2));
        let other = tell(told(lea, "decided", "off", 3));
        tell(told(max, "decided", "off", 3));
        assert_eq!(db.read(|tx| tx.list_people_to_mail()), Ok(vec![lea]));
        let due: Result<Vec<_>, StoreError> = db.read(|tx| tx.list_to_mail(lea, "to_decide", 9));
        let due: Vec<i64> = due.unwrap().iter().map(|line| line.id).collect();
        assert_eq!(due, [first, second]);
        let settle = |ids: &[i64]| db.write(|tx| tx.settle_mailed(ids, "done"));
        assert_eq!(
            settle(&[second, other]),
            Ok(vec![second]),
            "only what was due"
        );
        assert_eq!(settle(&[first, second]), Ok(vec![first]), "each once");
        assert_eq!(db.read(|tx| tx.list_people_to_mail()), Ok(Vec::new()));
        let unread = |user| db.read(|tx| tx.count_unread(user)).unwrap();
        assert_eq!((unread(lea), unread(max)), (3, 1));
        let read = |up_to| {
            db.write(|tx| tx.read_notifications(lea, up_to, at(9)))
                .unwrap()
        };
        assert_eq!((read(second), read(second)), (2, 0));
        assert_eq!((unread(lea), unread(max)), (1, 1));
        let page = |before| -> Vec<i64> {
            let found: Result<Vec<_>, StoreError> =
                db.read(|tx| tx.list_notifications(lea, before, 2));
            found.unwrap().iter().map(|line| line.id).collect()
        };
        assert_eq!(
            (page(None), page(Some(second))),
            (vec![other, second], vec![first])
        );
        let forget = |seconds| db.write(|tx| tx.delete_notifications_before(at(seconds)));
        assert_eq!((forget(3), forget(3)), (Ok(2), Ok(0)));
    });
}

#[test]
fn a_choice_replaces_the_one_before_and_a_summary_has_one_turn() {
    testing::on_each_engine(|db| {
        let lea = user(db, "lea");
        let put = |rhythm: &str| {
            db.write(|tx| tx.put_choice(lea, "decided", rhythm))
                .unwrap()
        };
        put("daily");
        put("weekly");
        let chosen = db.read(|tx| tx.list_choices(lea));
        assert_eq!(
            chosen,
            Ok(vec![("decided".to_owned(), "weekly".to_owned())])
        );
        let take = |now: i64| db.write(|tx| tx.take_digest(lea, "daily", at(now - 100), at(now)));
        assert_eq!(
            [take(0), take(0), take(99)],
            [Ok(true), Ok(false), Ok(false)]
        );
        assert_eq!([take(100), take(101)], [Ok(true), Ok(false)]);
    });
}

#[test]
fn a_link_is_used_once_and_goes_with_its_proposal() {
    testing::on_each_engine(|db| {
        let (lea, id) = (user(db, "lea"), dataset(db, "lieux"));
        let proposal = patch(id, 1, "pending");
        db.write(|tx| tx.insert_patch(&proposal)).unwrap();
        let link = DecisionLinkRecord {
            token_hash: vec![7; 32],
            user_id: lea,
            patch: proposal.id,
            digest: proposal.digest,
            created: at(0),
            expires: at(100),
            used_at: None,
        };
        db.write(|tx| tx.insert_decision_link(&link)).unwrap();
        let find = || db.read(|tx| tx.find_decision_link(&[7; 32])).unwrap();
        assert_eq!(find(), Some(link));
        let spend = || db.write(|tx| tx.use_decision_link(&[7; 32], at(5)));
        assert_eq!([spend(), spend()], [Ok(true), Ok(false)]);
        assert_eq!(find().unwrap().used_at, Some(at(5)));
        let forget = |seconds| db.write(|tx| tx.delete_decision_links_before(at(seconds)));
        assert_eq!((forget(100), forget(101)), (Ok(0), Ok(1)));
    });
}

#[test]
fn the_record_of_a_visitor_is_hers_alone() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let mine = patch(id, 1, "pending");
        let others = [
            patch(id, 2, "accepted"),
            patch(id, 3, "amended"),
            patch(id, 4, "refused"),
            PatchRecord {
                visitor: Some("other".into()),
                ..patch(id, 5, "accepted")
            },
            PatchRecord {
                proposer: Some("https://b.example/users/max".into()),
                visitor: None,
                ..patch(id, 6, "accepted")
            },
        ];
        for record in others.iter().chain([&mine]) {
            db.write(|tx| tx.insert_patch(record)).unwrap();
        }
        let record = |of: &PatchRecord| db.read(|tx| tx.count_decided_of(of));
        assert_eq!(record(&mine), Ok((2, 1)));
        assert_eq!(record(&others[4]), Ok((1, 0)));
    });
}
