use super::*;
use crate::accounts::account::{self, NewAccount};
use crate::accounts::session::{self, Entered, From};
use crate::testing::TestApp;

const PASSWORD: &str = "un vélo sans selle roule mal";

struct World {
    node: TestApp,
    lea: Person,
    ana: Person,
}

fn person(app: &App, name: &str, operator: bool) -> Person {
    let account = NewAccount {
        name: name.parse().unwrap(),
        email: format!("{name}@a.example"),
        password: PASSWORD.to_owned(),
        operator,
    };
    account::create(app, account).unwrap()
}

impl World {
    fn new() -> Self {
        let node = TestApp::new("http://a.localhost:1");
        let app = &*node.app;
        crate::instance::create(app).unwrap();
        for name in ["lieux", "autres"] {
            let schema = crate::testing::schema(name);
            crate::datasets::create::create(app, &name.parse().unwrap(), &schema).unwrap();
        }
        Self {
            lea: person(app, "lea", true),
            ana: person(app, "ana", false),
            node,
        }
    }

    fn give(&self, by: &Person, dataset: &str, to: &str, role: Role) -> Result<i64, RoleError> {
        let (dataset, to) = (dataset.parse().unwrap(), to.parse().unwrap());
        give(&self.node.app, by, &dataset, &to, role, None)
    }

    /// What a name may do on a dataset, asked as at a log-in and as in a decision.
    fn role(&self, name: &str, dataset: &str) -> Role {
        let app = &*self.node.app;
        let user = session::find(app, name).unwrap();
        let entered = session::log_in(app, user.as_ref(), PASSWORD, &From::default());
        let Ok(Entered::In(begun)) = entered else {
            return Role::None;
        };
        let person = session::whose(app, &begun.token).unwrap().unwrap();
        app.db
            .read(|tx| {
                let known = tx.find_dataset_by_name(dataset, "")?.unwrap();
                let now = role_on(app, tx, &person, known.id)?;
                assert_eq!(now, person.role_on(known.id));
                assert_eq!(person.may_decide(known.id), now >= Role::Write);
                Ok::<_, StoreError>(now)
            })
            .unwrap()
    }
}

#[test]
fn a_role_is_for_one_dataset_and_replaces_the_one_before() {
    let world = World::new();
    assert_eq!(
        world.role("lea", "lieux"),
        Role::Maintain,
        "operators have all"
    );
    assert_eq!(world.role("ana", "lieux"), Role::None);
    world
        .give(&world.lea, "lieux", "ana", Role::Maintain)
        .unwrap();
    assert_eq!(world.role("ana", "lieux"), Role::Maintain);
    assert_eq!(world.role("ana", "autres"), Role::None);
    let id = world.give(&world.lea, "lieux", "ana", Role::Write).unwrap();
    assert_eq!(world.role("ana", "lieux"), Role::Write);
    let listed = list(&world.node.app, None).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].id, listed[0].name.as_str()), (id, "ana"));
    revoke(&world.node.app, &world.lea, None, id).unwrap();
    assert_eq!(world.role("ana", "lieux"), Role::None);
    let again = revoke(&world.node.app, &world.lea, None, id);
    assert!(matches!(again, Err(RoleError::NoRole(_))));
}

#[test]
fn maintainers_give_roles_on_their_dataset_and_nobody_else_does() {
    let world = World::new();
    let app = &*world.node.app;
    person(app, "max", false);
    for role in [Role::None, Role::Write] {
        if role == Role::Write {
            world.give(&world.lea, "lieux", "ana", role).unwrap();
        }
        let refused = world.give(&world.ana, "lieux", "max", Role::Write);
        assert!(matches!(refused, Err(RoleError::NotAllowed(_))), "{role:?}");
    }
    let own = world
        .give(&world.lea, "lieux", "ana", Role::Maintain)
        .unwrap();
    let given = world.give(&world.ana, "lieux", "max", Role::Write).unwrap();
    assert_eq!(world.role("max", "lieux"), Role::Write);
    let refused = world.give(&world.ana, "autres", "max", Role::Write);
    assert!(matches!(refused, Err(RoleError::NotAllowed(_))));
    let other = world
        .give(&world.lea, "autres", "max", Role::Write)
        .unwrap();
    let (lieux, autres) = ("lieux".parse().unwrap(), "autres".parse().unwrap());
    let foreign = revoke(app, &world.ana, Some(&lieux), other);
    assert!(
        matches!(foreign, Err(RoleError::NoRole(_))),
        "by the page of another dataset"
    );
    let foreign = revoke(app, &world.ana, Some(&autres), other);
    assert!(matches!(foreign, Err(RoleError::NotAllowed(_))));
    revoke(app, &world.ana, Some(&lieux), given).unwrap();
    revoke(app, &world.lea, None, own).unwrap();
    let late = world.give(&world.ana, "lieux", "max", Role::Write);
    assert!(
        matches!(late, Err(RoleError::NotAllowed(_))),
        "whatever her page still says"
    );
}

#[test]
fn a_role_ends_on_its_day_and_with_the_account() {
    let world = World::new();
    let app = &*world.node.app;
    let (dataset, ana) = ("lieux".parse().unwrap(), "ana".parse().unwrap());
    let now = app.clock.now();
    let over = give(app, &world.lea, &dataset, &ana, Role::Write, Some(now));
    assert!(matches!(over, Err(RoleError::Over)));
    let until = Some(now.plus_seconds(100));
    give(app, &world.lea, &dataset, &ana, Role::Write, until).unwrap();
    world.node.clock.advance(99);
    assert_eq!(world.role("ana", "lieux"), Role::Write);
    world.node.clock.advance(1);
    assert_eq!(world.role("ana", "lieux"), Role::None);
    world
        .give(&world.lea, "lieux", "ana", Role::Maintain)
        .unwrap();
    account::disable(app, &ana).unwrap();
    let id = app
        .db
        .read(|tx| tx.find_dataset_by_name("lieux", ""))
        .unwrap()
        .unwrap()
        .id;
    let role = app.db.read(|tx| role_on(app, tx, &world.ana, id));
    assert_eq!(role, Ok(Role::None));
    let closed = world.give(&world.lea, "lieux", "ana", Role::Write);
    assert!(matches!(closed, Err(RoleError::Unknown(_))));
}
