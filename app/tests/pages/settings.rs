//! Settings of the installation.

use app::{ApiError, backend::FailedForm};
use domain::{Backup, BackupKind, Backups, FieldError, Invalid, Limit, Storage, Timestamp, access::Role};

use crate::harness::{Site, viewer};

fn site(role: Role) -> Site {
    let mut site = Site::new();
    site.viewer = viewer(Some(role));
    let limit = |name, said: &str, fixed: Option<&str>| Limit {
        name,
        said: said.into(),
        usual: "365d".into(),
        fixed: fixed.map(Into::into),
    };
    let backup = |name: &str, kind| Backup { name: name.into(), bytes: 1_500_000, at: Timestamp(0), kind };
    site.storage = Storage {
        database_bytes: Some(2_500_000),
        free_bytes: Some(7_000_000_000),
        checks: 5_000_000_000,
        oldest: Some(Timestamp(1_795_442_590_000)),
        limits: vec![limit("keep_checks", "30d", None), limit("max_size", "", Some("20GiB"))],
        backups: Some(Backups {
            kept: vec![
                backup("by-hand-2026-11-23T130000Z.db", BackupKind::ByHand),
                backup("tracker-2026-11-23T120000Z.db", BackupKind::Daily),
            ],
            daily: 7,
            running: None,
            problem: Some("the disk is full".into()),
        }),
    };
    site
}

#[test]
fn data_tells_what_there_is_and_how_long_it_is_kept() {
    let page = site(Role::Administrator).get("/settings/data");
    for text in [
        "2.5 MB",
        "7.0 GB",
        "5,000 million",
        "2026-11-23",
        r#"name="keep_checks" value="30d" placeholder="365d (default)""#,
        r#"name="max_size" value="20GiB" placeholder="365d (default)" disabled"#,
        "the newest 7 are kept",
        r#"href="/v1/backups/tracker-2026-11-23T120000Z.db""#,
        r#"name="name" value="by-hand-2026-11-23T130000Z.db""#,
        "the disk is full.",
        r#"href="/v1/trackers/export?format=toml""#,
        r#"action="/api/back_up""#,
    ] {
        page.has(text);
    }
    page.lacks(r#"value="tracker-2026-11-23T120000Z.db""#);
}

#[test]
fn a_backup_that_is_being_made_is_waited_for() {
    let mut site = site(Role::Administrator);
    site.storage.backups = Some(Backups { running: Some((Timestamp(0), 42_000)), ..Backups::default() });
    let page = site.get("/settings/data");
    page.has("42.0 kB so far");
    page.has("There are none yet.");
    page.lacks(r#"action="/api/back_up""#);
    site.storage = Storage::default();
    site.get("/settings/data").lacks("Backups");
}

#[test]
fn what_is_wrong_stands_at_its_field_with_what_was_typed() {
    let mut site = site(Role::Administrator);
    site.failed(failed("/settings/data", "/api/set_retention", &[("keep_checks", "soon")], "keep_checks"));
    let page = site.get("/settings/data");
    page.has(r#"value="soon""#);
    page.has("This is wrong.");
    page.lacks("Not done.");
    site.failed(failed("/settings/defaults", "/api/set_defaults", &[("every", "0")], "every"));
    let page = site.get("/settings/defaults");
    page.has(r#"name="every" value="0" placeholder="30s (built in)""#);
    page.has("This is wrong.");
}

#[test]
fn defaults_are_empty_where_they_are_built_in() {
    let page = site(Role::Administrator).get("/settings/defaults");
    page.has(r#"name="every" value="" placeholder="30s (built in)""#);
    page.has(r#"placeholder="200-299 (built in)""#);
    page.has(">200</textarea>");
    page.has("every tracker follows");
}

#[test]
fn tags_and_groups_lead_to_their_trackers() {
    let page = site(Role::Editor).get("/settings/tags?undo=7");
    for text in [
        r#"href="/?tag=prod""#,
        r#"href="/?tag=%3Cb%3E""#,
        r#"href="/?group=Home+lab""#,
        "2 trackers",
        "3 trackers will stand in no group",
        "2 trackers are &lt;paused&gt;.",
        r#"name="key" value="7""#,
    ] {
        page.has(text);
    }
    page.lacks("Merge into");
    page.lacks("Accounts");
}

#[test]
fn two_tags_become_one_only_after_another_question() {
    let mut site = site(Role::Editor);
    let values = [("label", "tag"), ("from", "prod"), ("to", "live"), ("do", "rename")];
    site.failed(failed("/settings/tags", "/api/change_label", &values, "merge"));
    let page = site.get("/settings/tags");
    page.has("This is wrong.");
    page.has(r#"name="merge" value="true""#);
    page.has("Merge into live");
    assert_eq!(page.html.matches("<details open class=\"again\"").count(), 1);
}

fn failed(page: &str, action: &str, values: &[(&str, &str)], field: &str) -> FailedForm {
    FailedForm {
        page: page.into(),
        action: action.into(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        error: ApiError::Invalid(Invalid(vec![FieldError::new(field, "this is wrong")])),
        panel: None,
    }
}
