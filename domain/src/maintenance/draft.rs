//! Reading a maintenance as a form or a request has it.

use std::time::Duration;

use jiff::civil::DateTime;

use super::{Maintenance, Occasion, Stretch};
use crate::{
    Cron, FieldError, Fields, Invalid, Scope, Timestamp, Zone, form, name::is_deceptive, parse_length,
    parse_time,
};

/// A maintenance as it was given. Empty texts are as if they were absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaintenanceDraft {
    /// What people call it.
    pub name: String,
    /// Tags with commas between them.
    pub tags: String,
    /// Groups with commas between them.
    pub groups: String,
    /// Numbers of trackers with commas between them.
    pub trackers: String,
    /// When it begins, once: `2026-11-23 14:30` in `zone`, `now`, or a time in RFC 3339.
    pub from: String,
    /// When it is over, in the same way; or `lasting` says it.
    pub until: String,
    /// When it begins, again and again: a cron expression.
    pub cron: String,
    /// An IANA time zone; UTC when absent.
    pub zone: String,
    /// How long it lasts, like `2h`.
    pub lasting: String,
}

/// The most characters of a name.
const NAME: usize = 60;
/// The longest that one occurrence lasts.
const LONGEST: Duration = Duration::from_hours(24 * 31);
/// The shortest.
const SHORTEST: Duration = Duration::from_mins(1);

impl MaintenanceDraft {
    /// A draft of the fields of a form.
    pub fn of_fields(fields: &[(String, String)]) -> Self {
        let text = |name: &str| {
            let value = fields.iter().rev().find(|(other, _)| other == name);
            value.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            name: text("name"),
            tags: text("tags"),
            groups: text("groups"),
            trackers: text("trackers"),
            from: text("from"),
            until: text("until"),
            cron: text("cron"),
            zone: text("zone"),
            lasting: text("lasting"),
        }
    }

    /// The maintenance; it has to be still to come, or to last at `now`. Errors name the field, all of them at once.
    pub fn parse(&self, now: Timestamp) -> Result<Maintenance, Invalid> {
        let mut problems = Vec::new();
        let name = kept(name(&self.name), &mut problems);
        let scope = Scope::parse(&self.tags, &self.groups, &self.trackers)
            .map_err(|invalid| problems.extend(invalid.0))
            .ok();
        let zone_name = if self.zone.is_empty() { "UTC" } else { &self.zone };
        let zone = kept(Zone::parse(zone_name), &mut problems);
        let when = zone.and_then(|zone| {
            let when = if self.cron.is_empty() { self.once(&zone, now) } else { self.recurring(zone_name) };
            when.map_err(|invalid| problems.extend(invalid.0)).ok()
        });
        match (name, scope, when) {
            (Some(name), Some(scope), Some(when)) if problems.is_empty() => {
                Ok(Maintenance { id: None, name, scope, when })
            }
            _ => Err(Invalid(problems)),
        }
    }

    fn recurring(&self, zone: &str) -> Result<Occasion, Invalid> {
        let mut problems = Vec::new();
        let cron = kept(Cron::parse(&self.cron, zone), &mut problems);
        for (field, text) in [("from", &self.from), ("until", &self.until)] {
            if !text.is_empty() {
                problems.push(FieldError::new(field, words::PLAN_EITHER));
            }
        }
        let lasting = kept(self.lasting(), &mut problems);
        match (cron, lasting) {
            (Some(cron), Some(lasting)) if problems.is_empty() => {
                Ok(Occasion::Recurring(Box::new(cron), lasting))
            }
            _ => Err(Invalid(problems)),
        }
    }

    fn once(&self, zone: &Zone, now: Timestamp) -> Result<Occasion, Invalid> {
        let mut problems = Vec::new();
        let from = kept(moment("from", &self.from, zone, now), &mut problems);
        let until = match (self.until.as_str(), self.lasting.as_str()) {
            ("", "") => Err(FieldError::new("until", words::PLAN_NO_END)),
            (_, lasting) if !lasting.is_empty() && !self.until.is_empty() => {
                Err(FieldError::new("lasting", words::PLAN_TWO_ENDS))
            }
            ("", _) => self.lasting().map(|lasting| from.map(|from| from.plus(lasting))),
            (text, _) => moment("until", text, zone, now).map(Some),
        };
        let until = kept(until, &mut problems).flatten();
        if let (Some(from), Some(until)) = (from, until) {
            let problem = match until.since(from) {
                _ if until <= from => Some(words::PLAN_ENDS_BEFORE),
                lasting if !(SHORTEST..=LONGEST).contains(&lasting) => Some(words::PLAN_LENGTHS),
                _ if until <= now => Some(words::PLAN_OVER),
                _ => None,
            };
            match problem {
                Some(problem) => problems.push(FieldError::new("until", problem)),
                None if problems.is_empty() => return Ok(Occasion::Once(Stretch { from, until })),
                None => {}
            }
        }
        Err(Invalid(problems))
    }

    fn lasting(&self) -> Result<Duration, FieldError> {
        parse_length(&self.lasting)
            .filter(|length| (SHORTEST..=LONGEST).contains(length))
            .ok_or_else(|| FieldError::new("lasting", words::PLAN_LENGTHS))
    }
}

impl Maintenance {
    /// What its form holds.
    pub fn fields(&self) -> Fields {
        let (from, until, cron, zone, lasting) = match &self.when {
            Occasion::Once(Stretch { from, until }) => {
                (from.to_string(), until.to_string(), String::new(), "UTC".to_owned(), String::new())
            }
            Occasion::Recurring(cron, lasting) => {
                let (cron, zone) = (cron.expression().to_owned(), cron.zone().to_owned());
                (String::new(), String::new(), cron, zone, form::length(*lasting))
            }
        };
        let trackers: Vec<String> = self.scope.trackers.iter().map(ToString::to_string).collect();
        [
            ("name", self.name.clone()),
            ("tags", self.scope.tags.join(", ")),
            ("groups", self.scope.groups.join(", ")),
            ("trackers", trackers.join(", ")),
            ("from", from),
            ("until", until),
            ("cron", cron),
            ("zone", zone),
            ("lasting", lasting),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

/// The value, or its problem among the others.
fn kept<T>(read: Result<T, FieldError>, problems: &mut Vec<FieldError>) -> Option<T> {
    read.map_err(|problem| problems.push(problem)).ok()
}

fn name(text: &str) -> Result<String, FieldError> {
    match text.chars().count() {
        0 => Err(FieldError::new("name", words::PLAN_NO_NAME)),
        1..=NAME if text.chars().any(is_deceptive) => Err(FieldError::new("name", words::PLAN_NAME_MARKS)),
        1..=NAME => Ok(text.to_owned()),
        _ => Err(FieldError::new("name", words::plan_name_long(NAME))),
    }
}

/// A moment in a zone: `2026-11-23 14:30`; or in RFC 3339, which says its own.
fn moment(field: &'static str, text: &str, zone: &Zone, now: Timestamp) -> Result<Timestamp, FieldError> {
    let written = parse_time(text, now).filter(|_| !text.starts_with('-'));
    let civil = || zone.moment(text.parse::<DateTime>().ok()?);
    written.or_else(civil).ok_or_else(|| FieldError::new(field, words::PLAN_NO_MOMENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T12:00:00Z.
    const NOW: Timestamp = Timestamp(1_795_435_200_000);

    fn draft(pairs: &[(&str, &str)]) -> Result<Maintenance, Vec<String>> {
        let mut fields: Fields = vec![("name".into(), "New disk".into())];
        fields.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let named = |invalid: Invalid| invalid.0.into_iter().map(|error| error.field).collect();
        MaintenanceDraft::of_fields(&fields).parse(NOW).map_err(named)
    }

    #[test]
    fn once_in_a_zone() {
        let from = parse_time("2026-12-01T01:00:00Z", NOW).unwrap();
        let when = Occasion::Once(Stretch { from, until: from.plus(Duration::from_hours(2)) });
        let civil = [("from", "2026-12-01 02:00"), ("until", "2026-12-01 04:00"), ("zone", "Europe/Berlin")];
        assert_eq!(draft(&civil).unwrap().when, when);
        assert_eq!(draft(&[("from", "2026-12-01T02:00:00+01:00"), ("lasting", "2h")]).unwrap().when, when);
    }

    #[test]
    fn its_form_says_the_same_again() {
        let recurring = [
            ("cron", "0 3 * * 0"),
            ("zone", "Europe/Berlin"),
            ("lasting", "90m"),
            ("tags", "prod, eu"),
            ("groups", "Home, Shop"),
            ("trackers", "7, 9"),
        ];
        for given in [&recurring as &[_], &[("from", "now"), ("lasting", "1h")]] {
            let maintenance = draft(given).unwrap();
            let again = MaintenanceDraft::of_fields(&maintenance.fields()).parse(NOW);
            assert_eq!(again, Ok(maintenance));
        }
    }

    #[test]
    fn all_that_is_wrong_is_named() {
        for (given, fields) in [
            (&[] as &[_], &["from", "until"] as &[&str]),
            (&[("from", "soon"), ("lasting", "1h")], &["from"]),
            (&[("from", "-2h"), ("lasting", "1h")], &["from"]),
            (&[("from", "2026-12-01 02:00"), ("until", "2026-12-01 01:00")], &["until"]),
            (&[("from", "2026-12-01 02:00"), ("until", "2027-12-01 01:00")], &["until"]),
            (&[("from", "2026-11-01 02:00"), ("until", "2026-11-01 03:00")], &["until"]),
            (&[("from", "now"), ("until", "2026-12-01 01:00"), ("lasting", "1h")], &["lasting"]),
            (&[("cron", "0 3 * *"), ("lasting", "1h")], &["cron"]),
            (&[("from", "2026-12-01 02:00"), ("cron", "0 3 * * *"), ("lasting", "1s")], &["from", "lasting"]),
            (&[("name", " "), ("trackers", "seven"), ("zone", "Mars")], &["name", "trackers", "zone"]),
        ] {
            assert_eq!(draft(given).unwrap_err(), fields, "{given:?}");
        }
    }
}
