//! What of a tracker's settings differs from what they were.

use crate::{FieldChange, NewTracker, Rest};

impl NewTracker {
    /// What these settings change in former ones, field by field. What is secret is masked; where only that differs, it is said
    /// that something secret does. The place in the order of favourites is no setting to be remembered.
    pub fn changes(&self, before: &Self) -> Vec<FieldChange> {
        let (old, new) = (before.fields(), self.fields());
        let value = |fields: &crate::Fields, name: &str| {
            fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let gone = old.iter().filter(|(name, _)| !new.iter().any(|(other, _)| other == name));
        let mut changes: Vec<FieldChange> = new
            .iter()
            .chain(gone)
            .map(|(field, _)| FieldChange {
                field: field.clone(),
                before: value(&old, field),
                after: value(&new, field),
            })
            .filter(|change| change.before != change.after)
            .collect();
        if self.http != before.http && !changes.iter().any(|change| change.field.starts_with("http.")) {
            let mask = || crate::Secret::MASK.to_owned();
            changes.push(FieldChange { field: "http.secret".into(), before: mask(), after: mask() });
        }
        if self.paused != before.paused {
            let (before, after) = (said(before.paused.as_ref()), said(self.paused.as_ref()));
            changes.push(FieldChange { field: "paused".into(), before, after });
        }
        changes
    }
}

fn said(rest: Option<&Rest>) -> String {
    match rest {
        None => words::CHANGED_PAUSED_NO.into(),
        Some(Rest { until: None, .. }) => words::CHANGED_PAUSED_YES.into(),
        Some(Rest { until: Some(until), .. }) => words::changed_paused_until(until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuthDraft, BearerDraft, Draft, Given, HttpDraft, Secret, Timestamp};

    fn lines(before: &Draft, after: &Draft) -> Vec<String> {
        let (before, after) = (before.parse().unwrap(), after.parse().unwrap());
        let line = |change: FieldChange| format!("{}: {} > {}", change.field, change.before, change.after);
        after.changes(&before).into_iter().map(line).collect()
    }

    fn with_token(token: &str) -> Draft {
        let bearer = AuthDraft::Bearer(BearerDraft { token: Given::Set(Secret::new(token)) });
        let http = HttpDraft { auth: Given::Set(bearer), ..HttpDraft::default() };
        Draft { http: Some(http), ..Draft::of("http://a.example") }
    }

    #[test]
    fn each_field_is_named_once() {
        let before = Draft::of("http://a.example");
        let after = Draft { every: Some("5s".into()), name: Some("shop".into()), ..before.clone() };
        assert_eq!(lines(&before, &after), ["name:  > shop", "every: 30s > 5s"]);
        assert_eq!(lines(&after, &after), Vec::<String>::new());
    }

    #[test]
    fn nothing_secret_is_in_it() {
        let all = lines(&Draft::of("http://a.example"), &with_token("canary")).join("\n");
        assert!(all.contains("http.auth.bearer.token") && !all.contains("canary"), "{all}");
        let all = lines(&with_token("canary"), &with_token("other")).join("\n");
        assert_eq!(all, format!("http.secret: {0} > {0}", Secret::MASK));
    }

    #[test]
    fn a_rest_is_a_change_and_a_place_is_none() {
        let plain = Draft::of("http://a.example").parse().unwrap();
        let rest = Rest { until: Some(Timestamp(0)), reason: String::new() };
        let paused = NewTracker { paused: Some(rest), place: Some(4), ..plain.clone() };
        let changes = paused.changes(&plain);
        assert_eq!(changes.len(), 1);
        assert_eq!((&*changes[0].before, &*changes[0].after), ("no", "until 1970-01-01T00:00:00.000Z"));
    }
}
