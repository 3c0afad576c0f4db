//! Who may do what, over a real file.

use domain::{
    Failure, Secret, Timestamp,
    access::{
        AccountChange as Change, AccountId, AccountName, AccountRecords, Actor, NewAccount, NewSession,
        NewToken, Reading, Role, TokenName,
    },
};
use store::SqliteAccounts;

use super::harness::{Folder, vault};

const AT: Timestamp = Timestamp(1_000);

fn account(name: &str, role: Role) -> NewAccount {
    NewAccount { name: AccountName::parse(name).unwrap(), role, password: Secret::new("$hash") }
}

fn actor() -> Actor {
    Actor { account: None, name: "command line".into(), address: String::new() }
}

fn session(account: i64, n: u8) -> Change {
    let (agent, address) = ("Browser".into(), "192.0.2.1".into());
    Change::Begin(NewSession { hash: [n; 32], account: AccountId(account), agent, address })
}

async fn opened(folder: &Folder) -> SqliteAccounts {
    folder.writer().await.close().await.unwrap();
    SqliteAccounts::open(&folder.database(), vault()).await.unwrap()
}

async fn apply(accounts: &SqliteAccounts, change: Change) -> Option<i64> {
    accounts.apply(&change, &actor(), AT).await.unwrap()
}

async fn problem(accounts: &SqliteAccounts, change: Change) -> String {
    match accounts.apply(&change, &actor(), AT).await {
        Err(Failure::Invalid(invalid)) => invalid.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn of_a_hundred_who_claim_at_once_one_is_the_administrator() {
    let folder = Folder::new();
    folder.writer().await.close().await.unwrap();
    let mut claims = tokio::task::JoinSet::new();
    for n in 0..100 {
        let path = folder.database();
        claims.spawn(async move {
            let accounts = SqliteAccounts::open(&path, vault()).await.unwrap();
            apply(&accounts, Change::Claim(account(&format!("a{n}"), Role::Administrator))).await
        });
    }
    let won = claims.join_all().await.into_iter().flatten().count();
    assert_eq!(won, 1);
    let accounts = SqliteAccounts::open(&folder.database(), vault()).await.unwrap();
    assert_eq!(accounts.load().await.unwrap().accounts.len(), 1);
}

#[tokio::test]
async fn names_differ_in_more_than_case() {
    let folder = Folder::new();
    let accounts = opened(&folder).await;
    assert_eq!(apply(&accounts, Change::Create(account("Ada", Role::Administrator))).await, Some(1));
    assert_eq!(
        problem(&accounts, Change::Create(account("ADA", Role::Viewer))).await,
        "name: there is an account of this name already"
    );
    let loaded = accounts.load().await.unwrap();
    assert_eq!(loaded.accounts.len(), 1);
    assert_eq!((loaded.accounts[0].name.as_str(), loaded.accounts[0].made_at), ("Ada", AT));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let folder = Folder::new();
    let accounts = opened(&folder).await;
    let ada = AccountId(apply(&accounts, Change::Claim(account("Ada", Role::Administrator))).await.unwrap());
    let bob = AccountId(apply(&accounts, Change::Create(account("Bob", Role::Administrator))).await.unwrap());
    apply(&accounts, Change::SetEnabled(bob, false)).await;
    let before = accounts.load().await.unwrap();
    for change in [Change::SetRole(ada, Role::Editor), Change::SetEnabled(ada, false), Change::Delete(ada)] {
        assert_eq!(problem(&accounts, change).await, "role: this is the last administrator who can sign in");
    }
    assert_eq!(accounts.load().await.unwrap(), before);
    apply(&accounts, Change::SetEnabled(bob, true)).await;
    assert_eq!(apply(&accounts, Change::Delete(ada)).await, Some(ada.0));
}

#[tokio::test]
async fn what_an_account_was_believed_for_ends_with_it() {
    let folder = Folder::new();
    let accounts = opened(&folder).await;
    apply(&accounts, Change::Claim(account("Ada", Role::Administrator))).await;
    let bob = AccountId(apply(&accounts, Change::Create(account("Bob", Role::Viewer))).await.unwrap());
    let changes = [
        Change::SetPassword(bob, Secret::new("$other")),
        Change::SetRole(bob, Role::Editor),
        Change::SetTwoFactor(bob, Secret::new("BASE32"), vec![[1; 32], [2; 32]]),
        Change::ClearTwoFactor(bob),
        Change::SetEnabled(bob, false),
    ];
    for (n, change) in (10_u8..).zip(changes) {
        assert!(apply(&accounts, session(bob.0, n)).await.is_some(), "{change:?}");
        apply(&accounts, session(1, n + 100)).await;
        assert!(apply(&accounts, change.clone()).await.is_some());
        let left = accounts.load().await.unwrap().sessions;
        assert!(left.iter().all(|session| session.account == AccountId(1)), "{change:?}");
    }
    assert_eq!(apply(&accounts, session(bob.0, 99)).await, None, "a disabled account begins no session");
    let token = NewToken {
        hash: [3; 32],
        account: bob,
        name: TokenName::parse("grafana").unwrap(),
        role: Role::Viewer,
        expires_at: Some(Timestamp(9)),
    };
    apply(&accounts, Change::AddToken(token)).await;
    apply(&accounts, Change::Delete(bob)).await;
    let loaded = accounts.load().await.unwrap();
    assert!(loaded.tokens.is_empty() && loaded.accounts.len() == 1);
}

#[tokio::test]
async fn a_one_time_password_is_taken_once_and_never_an_older_one() {
    let folder = Folder::new();
    let accounts = opened(&folder).await;
    let ada = AccountId(apply(&accounts, Change::Claim(account("Ada", Role::Administrator))).await.unwrap());
    apply(&accounts, Change::SetTwoFactor(ada, Secret::new("BASE32"), vec![[1; 32], [2; 32]])).await;
    assert!(apply(&accounts, Change::TakeStep(ada, 7)).await.is_some());
    for step in [7, 6] {
        assert_eq!(apply(&accounts, Change::TakeStep(ada, step)).await, None);
    }
    assert!(apply(&accounts, Change::TakeStep(ada, 8)).await.is_some());
    assert!(apply(&accounts, Change::TakeCode(ada, [1; 32])).await.is_some());
    assert_eq!(apply(&accounts, Change::TakeCode(ada, [1; 32])).await, None);
    let left = accounts.load().await.unwrap().accounts[0].two_factor.clone().unwrap();
    assert_eq!(left.codes_left, 1);
}

#[tokio::test]
async fn nobody_ends_what_is_another_account_s() {
    let folder = Folder::new();
    let accounts = opened(&folder).await;
    apply(&accounts, Change::Claim(account("Ada", Role::Administrator))).await;
    apply(&accounts, Change::Create(account("Bob", Role::Viewer))).await;
    let id = apply(&accounts, session(1, 1)).await.unwrap();
    apply(&accounts, session(1, 2)).await.unwrap();
    assert_eq!(apply(&accounts, Change::End(AccountId(2), id)).await, None);
    assert_eq!(apply(&accounts, Change::RemoveToken(AccountId(2), 1)).await, None);
    apply(&accounts, Change::EndOthers(AccountId(1), Some(id))).await;
    let left = accounts.load().await.unwrap().sessions;
    assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [id]);
}

#[tokio::test]
async fn others_see_that_something_changed_and_old_sessions_go() {
    let folder = Folder::new();
    let (accounts, other) =
        (opened(&folder).await, SqliteAccounts::open(&folder.database(), vault()).await.unwrap());
    apply(&accounts, Change::Claim(account("Ada", Role::Administrator))).await;
    apply(&accounts, Change::SetReading(Reading::Everyone)).await;
    let loaded = other.load().await.unwrap();
    assert_eq!((loaded.reading, loaded.revision), (Reading::Everyone, 2));
    let id = apply(&accounts, session(1, 1)).await.unwrap();
    apply(&accounts, session(1, 2)).await.unwrap();
    assert_eq!(other.revision().await.unwrap(), 4);
    let (now, idle, oldest) = (Timestamp(5_000), Timestamp(4_000), Timestamp(0));
    accounts.touch(&[(id, now)], &[], idle, oldest).await.unwrap();
    let left = other.load().await.unwrap().sessions;
    assert_eq!(left.iter().map(|session| (session.id, session.seen_at)).collect::<Vec<_>>(), [(id, now)]);
}
