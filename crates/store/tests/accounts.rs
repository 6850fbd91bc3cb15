//! What people do with their own accounts, on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::at;
use rustine_store::{
    AccountLinkRecord, DatasetRoleRecord, NewUser, StoreError, TotpRecord, Tx, testing,
};

fn lea(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.insert_user(&NewUser {
        name: "lea".into(),
        email: "lea@exemple.invalid".into(),
        password_hash: "$argon2id$…".into(),
        role: "member".into(),
        lang: "fr".into(),
        created: at(0),
        confirmed: false,
    })
}

#[test]
fn the_code_of_a_period_is_taken_once_and_an_earlier_one_never_again() {
    testing::on_each_engine(|db| {
        db.write(|tx| {
            let id = lea(tx)?;
            let totp = TotpRecord {
                user_id: id,
                secret: vec![7; 20],
                confirmed: false,
                last_step: 0,
                created: at(0),
            };
            assert!(!tx.take_totp_step(id, 5)?, "there is none");
            tx.put_totp(&totp)?;
            assert_eq!(tx.find_totp(id)?, Some(totp.clone()));
            assert!(tx.take_totp_step(id, 5)?);
            assert!(tx.find_totp(id)?.unwrap().confirmed);
            assert!(!tx.take_totp_step(id, 5)? && !tx.take_totp_step(id, 4)?);
            assert!(tx.take_totp_step(id, 6)?);
            tx.put_totp(&totp)?;
            assert_eq!(tx.find_totp(id)?, Some(totp));
            assert!(tx.delete_totp(id)? && !tx.delete_totp(id)?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_recovery_code_is_used_up() {
    testing::on_each_engine(|db| {
        db.write(|tx| {
            let id = lea(tx)?;
            tx.replace_recovery_codes(id, &[vec![1; 32], vec![2; 32]])?;
            assert_eq!(tx.count_recovery_codes(id)?, 2);
            assert!(tx.take_recovery_code(id, &[1; 32])? && !tx.take_recovery_code(id, &[1; 32])?);
            assert!(!tx.take_recovery_code(id + 1, &[2; 32])?);
            tx.replace_recovery_codes(id, &[vec![3; 32]])?;
            assert!(!tx.take_recovery_code(id, &[2; 32])?);
            assert_eq!(tx.count_recovery_codes(id)?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_link_opens_one_thing_once_and_not_for_ever() {
    testing::on_each_engine(|db| {
        db.write(|tx| {
            let id = lea(tx)?;
            let link = AccountLinkRecord {
                token_hash: vec![1; 32],
                kind: "reset".into(),
                user_id: Some(id),
                email: "lea@exemple.invalid".into(),
                role: String::new(),
                made_by: String::new(),
                lang: String::new(),
                created: at(10),
                expires: at(100),
                tries: 0,
            };
            tx.insert_account_link(&link)?;
            let found = tx.find_account_link(&[1; 32], "reset", at(99))?;
            assert_eq!(found, Some(link.clone()));
            assert_eq!(tx.find_account_link(&[1; 32], "reset", at(100))?, None);
            assert_eq!(tx.find_account_link(&[1; 32], "invitation", at(50))?, None);
            tx.count_account_link_try(&[1; 32])?;
            let found = tx.find_account_link(&[1; 32], "reset", at(99))?;
            assert_eq!(found.unwrap().tries, 1);
            let to = &link.email;
            assert_eq!(tx.count_account_links_to("reset", to, at(10))?, 1);
            assert_eq!(tx.count_account_links_to("reset", to, at(11))?, 0);
            assert_eq!(tx.list_account_links("reset", at(99), 10)?.len(), 1);
            assert_eq!(tx.list_account_links("reset", at(100), 10)?.len(), 0);
            assert!(tx.delete_account_link(&[1; 32])? && !tx.delete_account_link(&[1; 32])?);
            tx.insert_account_link(&link)?;
            assert_eq!(tx.delete_account_links_of(id, "invitation")?, 0);
            assert_eq!(tx.delete_account_links_of(id, "reset")?, 1);
            tx.insert_account_link(&link)?;
            assert_eq!(tx.delete_expired_account_links(at(99))?, 0);
            assert_eq!(tx.delete_expired_account_links(at(100))?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_role_is_in_force_until_its_day_or_until_it_is_taken_back() {
    testing::on_each_engine(|db| {
        db.write(|tx| {
            let id = lea(tx)?;
            let dataset = tx.insert_dataset(&common::dataset_record("lieux"))?;
            let role = |until| DatasetRoleRecord {
                id: 0,
                dataset,
                user_id: id,
                role: "write".into(),
                given_by: "max".into(),
                created: at(1),
                until_at: until,
                revoked_at: None,
            };
            let short = tx.insert_dataset_role(&role(Some(at(10))))?;
            let long = tx.insert_dataset_role(&role(None))?;
            let ids = |tx: &mut Tx<'_>, now| -> Result<Vec<i64>, StoreError> {
                let listed = tx.list_dataset_roles(Some(dataset), at(now))?;
                assert_eq!(tx.list_dataset_roles(None, at(now))?, listed);
                assert_eq!(tx.list_dataset_roles(Some(dataset + 1), at(now))?, []);
                let hers = tx.list_roles_of(id, at(now))?;
                assert!(listed.iter().all(|(_, name)| name == "lea"));
                assert_eq!(
                    listed.into_iter().map(|(role, _)| role).collect::<Vec<_>>(),
                    hers
                );
                Ok(hers.iter().map(|role| role.id).collect())
            };
            assert_eq!(ids(tx, 9)?, [short, long]);
            assert_eq!(ids(tx, 10)?, [long]);
            assert!(tx.revoke_dataset_role(long, at(5))?);
            assert!(!tx.revoke_dataset_role(long, at(6))?);
            assert_eq!(ids(tx, 9)?, [short]);
            let found = tx.find_dataset_role(long)?;
            assert_eq!(found.map(|role| role.revoked_at), Some(Some(at(5))));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}
