//! What people do with the program `sqlite3`.

use domain::{Alteration, Misfit, Outcome, Reason, Records, Rest, Schedule, Timestamp, Tracker, TrackerId};
use sqlx::{SqliteConnection, query, query_as, query_scalar, raw_sql};

use super::harness::{Folder, batch, check, down, someone, tracker};

async fn load(writer: &mut dyn Records) -> Vec<Result<Tracker, Misfit>> {
    writer.trackers().await.unwrap()
}

async fn run(db: &mut SqliteConnection, sql: &'static str) {
    raw_sql(sql).execute(db).await.unwrap();
}

#[tokio::test]
async fn a_url_is_enough() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut hand = folder.by_hand().await;
    run(&mut hand, "INSERT INTO trackers(url) VALUES ('https://example.org')").await;
    let all = load(&mut writer).await;
    let [Ok(loaded)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((loaded.id, &loaded.settings), (TrackerId(1), &tracker("https://example.org")));
    let now: i64 = query_scalar("SELECT unixepoch() * 1000").fetch_one(&mut hand).await.unwrap();
    let ago = Timestamp(now + 1_000).since(loaded.added_at);
    assert!(ago.as_secs() < 600, "added at {} instead of {now}", loaded.added_at);
}

#[tokio::test]
async fn a_target_of_another_kind_has_what_is_usual_there() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut hand = folder.by_hand().await;
    run(&mut hand, "INSERT INTO trackers(url) VALUES ('db.example:5432'), ('dns://192.0.2.1/a.example')")
        .await;
    let all = load(&mut writer).await;
    let [Ok(port), Ok(name)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(port.settings, tracker("tcp://db.example:5432"));
    assert_eq!(name.settings, tracker("dns://192.0.2.1/a.example?type=A"));
}

#[tokio::test]
async fn a_cron_expression_beside_the_default_interval_is_what_was_meant() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut hand = folder.by_hand().await;
    run(&mut hand, "INSERT INTO trackers(url, cron) VALUES ('a.example', '0 6 * * *')").await;
    run(&mut hand, "INSERT INTO trackers(url, every_s) VALUES ('a.example', NULL)").await;
    let schedules: Vec<String> = load(&mut writer)
        .await
        .into_iter()
        .map(|tracker| tracker.unwrap().settings.schedule.to_string())
        .collect();
    assert_eq!(schedules, ["cron 0 6 * * * in UTC".to_owned(), Schedule::default().to_string()]);
}

#[tokio::test]
async fn groups_and_tags_are_read_as_people_write_them() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut hand = folder.by_hand().await;
    run(&mut hand, "INSERT INTO trackers(url, group_name, tags, place) VALUES ('a.example', ' Home ', 'Web,api,,web', 7)").await;
    run(&mut hand, "INSERT INTO trackers(url, place) VALUES ('a.example', 0)").await;
    let all = load(&mut writer).await;
    let [Ok(loaded), Err(misfit)] = all.as_slice() else { panic!("{all:?}") };
    let settings = &loaded.settings;
    assert_eq!(
        (settings.group.as_str(), settings.tags.to_string(), settings.place),
        ("Home", "api, web".into(), Some(7))
    );
    assert!(misfit.problem.contains("place"), "{misfit:?}");
}

#[tokio::test]
async fn a_row_that_breaks_a_rule_is_kept_with_its_problem_and_harms_no_other() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut hand = folder.by_hand().await;
    let long = format!("http://{}\u{202E}\n", "x".repeat(3_000));
    query("INSERT INTO trackers(url) VALUES (?)").bind(&long).execute(&mut hand).await.unwrap();
    run(
        &mut hand,
        "INSERT INTO trackers(url) VALUES ('ftp://a.example');
         INSERT INTO trackers(url) VALUES ('');
         INSERT INTO trackers(url) VALUES ('https://me:secret@a.example/x');
         INSERT INTO trackers(url) VALUES (CAST(x'ff' AS TEXT));
         INSERT INTO trackers(url, name, every_s) VALUES ('a.example', 'Shop', 0);
         INSERT INTO trackers(url, every_s) VALUES ('a.example', 9223372036854775807);
         INSERT INTO trackers(url, cron) VALUES ('a.example', 'every morning');
         INSERT INTO trackers(url, zone) VALUES ('a.example', 'UTC');
         INSERT INTO trackers(url, expect) VALUES ('a.example', '9');
         INSERT INTO trackers(url, deadline_ms) VALUES ('a.example', -1);
         INSERT INTO trackers(url, retries) VALUES ('a.example', 99);
         INSERT INTO trackers(url, name) VALUES ('a.example', CAST(x'ff' AS TEXT));
         INSERT INTO trackers(url) VALUES ('good.example');",
    )
    .await;
    let mut all = load(&mut writer).await;
    assert_eq!(all.pop().unwrap().unwrap().settings, tracker("good.example"));
    let misfits: Vec<Misfit> = all.into_iter().map(Result::unwrap_err).collect();
    let fields: Vec<&str> = misfits.iter().map(|misfit| misfit.problem.split(':').next().unwrap()).collect();
    assert_eq!(
        fields,
        [
            "url", "url", "url", "url", "url", "every", "every", "cron", "zone", "expect", "deadline",
            "retries", "name"
        ]
    );
    for misfit in &misfits {
        assert!((1..=60).contains(&misfit.label.chars().count()), "{misfit:?}");
        assert!(!misfit.label.chars().any(|c| c.is_control() || c == '\u{202E}'), "{misfit:?}");
        assert!(!format!("{misfit:?}").contains("secret"), "{misfit:?}");
    }
    assert_eq!(misfits[5].label, "Shop");
    assert_eq!(misfits[3].label, "a.example/x");
    let id = misfits[0].id;
    let all = [Alteration::Rests(id, Some(Rest::default())), Alteration::Removed(id)];
    let done = writer.alter(&all, &someone(), Timestamp(0)).await.unwrap();
    assert_eq!(done, [id, id], "a misfit can be paused, and removed");
}

#[tokio::test]
async fn what_sqlite_itself_refuses() {
    let folder = Folder::new();
    drop(folder.writer().await);
    let mut hand = folder.by_hand().await;
    for sql in [
        "INSERT INTO trackers(url) VALUES (NULL)",
        "INSERT INTO trackers(id, url) VALUES (0, 'a.example')",
        "INSERT INTO trackers(id, url) VALUES (-1, 'a.example')",
        "INSERT INTO trackers(url, every_s) VALUES ('a.example', '30s')",
    ] {
        assert!(raw_sql(sql).execute(&mut hand).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn the_tutorials_schema_is_there() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut tolerated = check(7, 5, down(""));
    tolerated.retrying = true;
    let recorded = vec![
        check(7, 1, Outcome::Up),
        check(8, 2, Outcome::Degraded(domain::Fault::new(domain::FaultKind::Forgotten, ""))),
        check(7, 3, down("")),
        check(7, 4, Outcome::Unknown(Reason::Network)),
        tolerated,
    ];
    writer.record(&batch(recorded)).await.unwrap();
    let rows: Vec<(i64, i64, i64)> = query_as("SELECT ID, tracker_id, up FROM UptimeStatuses ORDER BY ID")
        .fetch_all(&mut folder.by_hand().await)
        .await
        .unwrap();
    assert_eq!(rows, [(1, 7, 1), (2, 8, 1), (3, 7, 0), (5, 7, 0)]);
}

#[tokio::test]
async fn rows_that_are_not_understood_are_left_out() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example"), tracker("b.example")], &someone(), Timestamp(0)).await.unwrap();
    run(
        &mut folder.by_hand().await,
        "INSERT INTO faults (id, kind, detail) VALUES (1, 'gremlins', '');
         INSERT INTO checks (tracker_id, due, outcome) VALUES (1, 1, 9);
         INSERT INTO checks (tracker_id, due, outcome) VALUES (1, 2, 2);
         INSERT INTO checks (tracker_id, due, outcome, fault_id) VALUES (1, 3, 2, 1);
         INSERT INTO checks (tracker_id, due, outcome, reason) VALUES (1, 4, 3, 'gremlins');
         INSERT INTO checks (tracker_id, due, outcome, attempt) VALUES (1, 5, 0, 70000);
         INSERT INTO checks (tracker_id, due, outcome, latency_us) VALUES (1, 6, 0, -1);
         INSERT INTO checks (tracker_id, due, outcome) VALUES (1, 7, 0);
         INSERT INTO statuses (tracker_id, state) VALUES (1, 'up'), (2, 'gremlins');",
    )
    .await;
    let recent = writer.recent(None).await.unwrap();
    let dues: Vec<i64> = recent.checks.iter().map(|recorded| recorded.check.name.due.0).collect();
    assert_eq!((dues, recent.statuses), (vec![7], vec![]));
}
