//! Secrets at rest: what the disk never shows, and what becomes of a key that is wrong or lost.

use std::fs;

use domain::{
    Alteration, Draft, HttpDraft, NewTracker, Records, Rest, Secret, Timestamp, Tracker,
    access::{AccountChange, AccountId, AccountName, AccountRecords, Actor, NewAccount, Role},
};
use sqlx::{Connection, query, query_scalar};
use store::{Key, SqliteAccounts, Store, Vault};

use super::harness::{Folder, someone, vault};

const AT: Timestamp = Timestamp(1_000);
const CANARY: &str = "CANARY-7f3a";
/// Each kind of secret but a private key, which has to be one.
const OPTIONS: &str = r#"{
    "headers": {"X-Api-Key": "CANARY-7f3a-1", "X-Hidden": {"secret": "CANARY-7f3a-2"}, "Accept": "text/plain"},
    "auth": {"basic": {"user": "me", "password": "CANARY-7f3a-3"}},
    "proxy": {"url": "http://p.example:3128", "user": "me", "password": "CANARY-7f3a-4"}
}"#;

fn secretive() -> NewTracker {
    let http: HttpDraft = serde_json::from_str(OPTIONS).unwrap();
    Draft { http: Some(http), ..Draft::of("https://a.example/") }.parse().unwrap()
}

/// An account with a second factor.
async fn enrolled(accounts: &SqliteAccounts) -> AccountId {
    let by = Actor { account: None, name: "tests".into(), address: String::new() };
    let name = AccountName::parse("Ada").unwrap();
    let account = NewAccount { name, role: Role::Administrator, password: Secret::new("$hash") };
    let id = accounts.apply(&AccountChange::Claim(account), &by, AT).await.unwrap().unwrap();
    let change = AccountChange::SetTwoFactor(AccountId(id), Secret::new("CANARY-7f3a-5"), vec![[1; 32]]);
    accounts.apply(&change, &by, AT).await.unwrap().unwrap();
    AccountId(id)
}

async fn totp(accounts: &SqliteAccounts) -> Secret {
    accounts.load().await.unwrap().accounts[0].two_factor.clone().unwrap().secret
}

/// Files of the folder that hold a secret.
fn leaks(folder: &Folder) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
    let files = fs::read_dir(folder.0.path()).unwrap().map(|file| file.unwrap().path());
    let leaking = files.filter(|path| path.is_file() && holds(&fs::read(path).unwrap()));
    leaking.map(|path| path.display().to_string()).collect()
}

async fn loaded(writer: &mut dyn Records) -> Tracker {
    writer.trackers().await.unwrap().remove(0).unwrap()
}

#[tokio::test]
async fn no_file_of_a_database_shows_a_secret() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let accounts = SqliteAccounts::open(&folder.database(), vault()).await.unwrap();
    enrolled(&accounts).await;
    let ids = writer.add(&[secretive(), secretive()], &someone(), AT).await.unwrap();
    let mut tracker = Tracker::new(ids[0], secretive(), AT);
    let before = tracker.clone();
    tracker.settings.paused = Some(Rest::default());
    let all = [Alteration::settings(&before, tracker.settings.clone()), Alteration::Removed(ids[1])];
    assert_eq!(writer.alter(&all, &someone(), AT).await.unwrap(), ids);
    // The log is still there, and a copy.
    store::backup(&folder.database(), &folder.0.path().join("copy.db")).await.unwrap();
    assert_eq!(leaks(&folder), Vec::<String>::new());
    assert_eq!(loaded(&mut writer).await.settings, tracker.settings);
    assert_eq!(totp(&accounts).await, Secret::new("CANARY-7f3a-5"));
    writer.close().await.unwrap();
    assert_eq!(leaks(&folder), Vec::<String>::new());
    // What nobody should mistake for a secret can be read by hand.
    let http: String =
        query_scalar("SELECT http FROM trackers").fetch_one(&mut folder.by_hand().await).await.unwrap();
    assert!(http.contains(r#""Accept":"text/plain""#) && http.contains(r#""user":"me""#), "{http}");
}

#[tokio::test]
async fn what_was_in_the_clear_is_sealed_at_the_next_start_and_overwritten() {
    let folder = Folder::new();
    folder.writer().await.close().await.unwrap();
    let accounts = SqliteAccounts::open(&folder.database(), vault()).await.unwrap();
    enrolled(&accounts).await;
    let mut hand = folder.by_hand().await;
    let insert = "INSERT INTO trackers (url, http) VALUES ('https://a.example/', ?)";
    query(insert).bind(OPTIONS).execute(&mut hand).await.unwrap();
    query(insert).bind("no JSON").execute(&mut hand).await.unwrap();
    // Half of it sealed, as an edit by hand leaves it; a rule is broken, too.
    query("INSERT INTO trackers (url, http) SELECT 'ftp://a.example/', http FROM trackers WHERE id = 1")
        .execute(&mut hand)
        .await
        .unwrap();
    query("UPDATE accounts SET totp_secret = 'CANARY-7f3a-5'").execute(&mut hand).await.unwrap();
    hand.close().await.unwrap();
    // By hand or by an older program: it works as it is.
    assert_eq!(totp(&accounts).await, Secret::new("CANARY-7f3a-5"));
    let mut unsealed = Store::open(&folder.database()).await.unwrap().into_writer().await.unwrap();
    assert_eq!(loaded(&mut unsealed).await.settings, secretive());
    unsealed.close().await.unwrap();
    assert!(!leaks(&folder).is_empty());
    let mut sealed = Vec::new();
    for _ in 0..2 {
        let mut writer = folder.writer().await;
        assert_eq!(leaks(&folder), Vec::<String>::new());
        assert_eq!(loaded(&mut writer).await.settings, secretive());
        writer.close().await.unwrap();
        let texts: Vec<String> = query_scalar("SELECT http FROM trackers ORDER BY id")
            .fetch_all(&mut folder.by_hand().await)
            .await
            .unwrap();
        sealed.push(texts);
    }
    assert_eq!(sealed[0], sealed[1], "done twice, it changes nothing");
    assert_eq!(totp(&accounts).await, Secret::new("CANARY-7f3a-5"));
}

#[tokio::test]
async fn with_another_key_or_none_nothing_is_lost_and_nothing_is_asked() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[secretive()], &someone(), AT).await.unwrap();
    writer.close().await.unwrap();
    let accounts = SqliteAccounts::open(&folder.database(), vault()).await.unwrap();
    enrolled(&accounts).await;
    let mut writer = folder.writer_with(Vault::new(Key::generate().unwrap())).await;
    let mut tracker = loaded(&mut writer).await;
    let problem = tracker.settings.problem().unwrap();
    assert!(problem.starts_with("http.auth.basic.password: ") && !problem.contains(CANARY), "{problem}");
    // Something else is edited meanwhile, and one secret is entered again.
    let before = tracker.clone();
    tracker.settings.paused = Some(Rest::default());
    let change = r#"{"auth": {"basic": {"user": "me", "password": "CANARY-7f3a-new"}}}"#;
    let draft = Draft { http: Some(serde_json::from_str(change).unwrap()), ..Draft::default() };
    tracker.settings = draft.apply(&tracker.settings).unwrap();
    let all = [Alteration::settings(&before, tracker.settings.clone())];
    assert_eq!(writer.alter(&all, &someone(), AT).await.unwrap(), [tracker.id]);
    let problem = loaded(&mut writer).await.settings.problem().unwrap();
    assert!(problem.starts_with("http.proxy.password: "), "{problem}");
    writer.close().await.unwrap();
    let other = SqliteAccounts::open(&folder.database(), Vault::without_key()).await.unwrap();
    assert!(totp(&other).await.is_sealed());
    assert_eq!(other.load().await.unwrap().accounts[0].two_factor.clone().unwrap().codes_left, 1);
    // The key is back. What was entered meanwhile was sealed with the other one.
    let mut writer = folder.writer().await;
    let back = loaded(&mut writer).await.settings;
    assert!(back.problem().unwrap().starts_with("http.auth.basic.password: "));
    assert_eq!(back.http.proxy, secretive().http.proxy);
    assert_eq!(back.http.headers, secretive().http.headers);
}

#[tokio::test]
async fn without_a_key_no_secret_is_stored_in_the_clear() {
    let folder = Folder::new();
    folder.writer().await.close().await.unwrap();
    let mut editor = store::Editor::open(&folder.database(), Vault::without_key()).await.unwrap();
    let error = editor.add(&secretive(), AT).await.unwrap_err().to_string();
    assert!(error.contains("--key-file"), "{error}");
    let plain: NewTracker = Draft::of("https://a.example/").parse().unwrap();
    editor.add(&plain, AT).await.unwrap();
    assert_eq!(editor.list().await.unwrap().len(), 1, "of the failed one nothing is left");
}

#[tokio::test]
async fn a_value_that_is_copied_to_another_row_or_changed_is_not_believed() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[secretive(), secretive()], &someone(), AT).await.unwrap();
    let mut hand = folder.by_hand().await;
    let copy = "UPDATE trackers SET http = (SELECT http FROM trackers WHERE id = 1) WHERE id = 2";
    query(copy).execute(&mut hand).await.unwrap();
    let all = writer.trackers().await.unwrap();
    let problems: Vec<bool> =
        all.iter().map(|tracker| tracker.as_ref().unwrap().settings.problem().is_some()).collect();
    assert_eq!(problems, [false, true]);
    let accounts = SqliteAccounts::open(&folder.database(), vault()).await.unwrap();
    enrolled(&accounts).await;
    query("UPDATE accounts SET totp_secret = substr(totp_secret, 1, 30) || substr(totp_secret, 32)")
        .execute(&mut hand)
        .await
        .unwrap();
    assert!(totp(&accounts).await.is_sealed());
}
