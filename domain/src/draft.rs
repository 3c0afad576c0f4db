//! A tracker as it is typed or sent, before it is known to be right.

use std::{borrow::Cow, time::Duration};

use crate::{
    AuthDraft, BasicDraft, Defaults, Expectations, FieldError, Given, Group, HttpDraft, HttpOptions, Invalid,
    NewTracker, Rest, Schedule, Secret, Tags, Target, TrackerId, TrackerName, labels::parse_place,
    schedule::parse_length, tracker::DEFAULT_DEADLINE,
};

mod fit;
mod policy;
mod rest;

use policy::Rules;
pub use rest::RestDraft;

/// Settings as they were given; what is absent keeps its default, or its value when a tracker is edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The target.
    pub url: Option<String>,
    /// The name; empty takes the target's.
    pub name: Option<String>,
    /// The group; empty for none.
    pub group: Option<String>,
    /// All its tags.
    pub tags: Option<Vec<String>>,
    /// Its place in the order of favourites.
    pub place: Option<i64>,
    /// The interval: `30s`.
    pub every: Option<String>,
    /// A cron expression, instead of an interval.
    pub cron: Option<String>,
    /// The cron expression's IANA zone; UTC by default.
    pub zone: Option<String>,
    /// What counts as up: `200-299,401`, or any expectations; empty for the default of the target's kind.
    pub expect: Option<String>,
    /// How long a probe may take, 1 s to 60 s; empty for the default.
    pub deadline: Option<String>,
    /// Failures in a row that are tolerated, 0 to 10.
    pub retries: Option<i64>,
    /// How long after a failed attempt the next one starts, 1 s to 5 min.
    pub retry: Option<String>,
    /// Good checks in a row that make it up again, 1 to 10.
    pub successes: Option<i64>,
    /// From when on an answer counts as slow, 1 ms to 60 s; empty for never.
    pub slow: Option<String>,
    /// Whether it is up when its target fails.
    pub upside_down: Option<bool>,
    /// How the target is asked.
    pub http: Option<HttpDraft>,
    /// Lets it rest, or wakes it.
    pub paused: Given<RestDraft>,
    /// The number of the tracker that it depends on.
    pub parent: Given<TrackerId>,
}

impl Draft {
    /// A draft of a target and nothing else.
    pub fn of(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::default() }
    }

    /// The tracker that the draft describes, with what is built in for what is absent. All problems at once.
    pub fn parse(&self) -> Result<NewTracker, Invalid> {
        self.parse_with(&Defaults::default())
    }

    /// The tracker that the draft describes, with these defaults for what is absent. All problems at once.
    pub fn parse_with(&self, defaults: &Defaults) -> Result<NewTracker, Invalid> {
        let draft = self.with_login();
        let target = Target::parse(draft.url.as_deref().unwrap_or_default());
        let base = target.map(|target| defaults.tracker(target));
        draft.onto(base, &HttpOptions::default())
    }

    /// The tracker after an edit by this draft.
    pub fn apply(&self, to: &NewTracker) -> Result<NewTracker, Invalid> {
        let draft = self.with_login();
        let edited = match &draft.url {
            None => Ok(to.clone()),
            Some(url) => Target::parse(url).map(|target| fit::moved(to, target)),
        };
        draft.onto(edited, &to.http)
    }

    /// The tracker that the draft describes as a whole: what is absent is as it is built in, whatever it was before. Only secrets that
    /// are masked are taken from there.
    pub fn describe(&self, before: Option<&NewTracker>) -> Result<NewTracker, Invalid> {
        let draft = self.with_login();
        let base = Target::parse(draft.url.as_deref().unwrap_or_default()).map(NewTracker::of);
        let http = before.map(|before| before.http.clone()).unwrap_or_default();
        // A file does not say on whom it depends: numbers are others elsewhere.
        let parent = before.and_then(|before| before.parent);
        let base = base.map(|base| NewTracker { http, parent, ..base });
        let whole = draft.http.clone().unwrap_or_default().whole();
        Self { http: Some(whole), ..draft.into_owned() }.onto(base, &HttpOptions::default())
    }

    /// With user and password of the URL among the options, where they are secrets.
    fn with_login(&self) -> Cow<'_, Self> {
        let Some((url, user, password)) = self.url.as_deref().and_then(Target::login_of) else {
            return Cow::Borrowed(self);
        };
        let mut http = self.http.clone().unwrap_or_default();
        http.auth =
            Given::Set(AuthDraft::Basic(BasicDraft { user, password: Given::Set(Secret::new(password)) }));
        Cow::Owned(Self { url: Some(url), http: Some(http), ..self.clone() })
    }

    fn onto(&self, base: Result<NewTracker, FieldError>, http: &HttpOptions) -> Result<NewTracker, Invalid> {
        let http = base.as_ref().map_or(http, |base| &base.http);
        match (self.others(http), &base) {
            (Ok(others), Ok(base)) => fit::fitted(self, others.onto(base.clone())),
            (others, _) => {
                let mut problems: Vec<FieldError> = base.err().into_iter().collect();
                problems.extend(others.err().into_iter().flat_map(|invalid| invalid.0));
                Err(Invalid(problems))
            }
        }
    }

    fn others(&self, http: &HttpOptions) -> Result<Others, Invalid> {
        let mut problems = Vec::new();
        let others = Others {
            name: keep(self.name.as_deref().map(Naming::parse), &mut problems).unwrap_or(Naming::Keep),
            group: keep(self.group.as_deref().map(Group::parse), &mut problems),
            tags: keep(self.tags.as_deref().map(parse_tags), &mut problems),
            place: keep(self.place.map(parse_place), &mut problems),
            schedule: keep(self.schedule(), &mut problems),
            expect: keep(self.expect.as_deref().map(parse_expect), &mut problems).unwrap_or_default(),
            deadline: keep(self.deadline.as_deref().map(parse_deadline), &mut problems).unwrap_or_default(),
            rules: Rules::read(self, &mut problems),
            paused: self.rests(&mut problems),
            parent: self.parent,
            http: self.http.as_ref().and_then(|draft| {
                let read = HttpOptions::parse(draft, http);
                read.map_err(|invalid| problems.extend(invalid.0)).ok()
            }),
        };
        if problems.is_empty() { Ok(others) } else { Err(Invalid(problems)) }
    }

    fn rests(&self, problems: &mut Vec<FieldError>) -> Given<Rest> {
        match &self.paused {
            Given::Keep => Given::Keep,
            Given::Reset => Given::Reset,
            Given::Set(draft) => match draft.parse() {
                Ok(rest) => Given::Set(rest),
                Err(invalid) => {
                    problems.extend(invalid.0);
                    Given::Keep
                }
            },
        }
    }

    fn schedule(&self) -> Option<Result<Schedule, FieldError>> {
        match (self.every.as_deref(), self.cron.as_deref(), self.zone.as_deref()) {
            (Some(_), Some(_), _) => Some(Err(FieldError::new("cron", words::FIELD_CRON_AND_EVERY))),
            (Some(every), None, None) => Some(Schedule::every(every)),
            (None, Some(cron), zone) => Some(Schedule::cron(cron, zone.unwrap_or("UTC"))),
            (None, None, None) => None,
            (_, None, Some(_)) => Some(Err(FieldError::new("zone", words::FIELD_ZONE_ALONE))),
        }
    }
}

/// What a draft says beside its target; `None` says nothing.
struct Others {
    name: Naming,
    group: Option<Group>,
    tags: Option<Tags>,
    place: Option<i64>,
    schedule: Option<Schedule>,
    expect: Given<Expectations>,
    deadline: Given<Duration>,
    rules: Rules,
    paused: Given<Rest>,
    parent: Given<TrackerId>,
    http: Option<HttpOptions>,
}

/// What becomes of the name; an empty one gives way to the target's.
enum Naming {
    Keep,
    Drop,
    Give(TrackerName),
}

impl Naming {
    fn parse(text: &str) -> Result<Self, FieldError> {
        if text.is_empty() { Ok(Self::Drop) } else { TrackerName::parse(text).map(Self::Give) }
    }
}

impl Others {
    fn onto(self, base: NewTracker) -> NewTracker {
        NewTracker {
            name: match self.name {
                Naming::Keep => base.name,
                Naming::Drop => None,
                Naming::Give(name) => Some(name),
            },
            group: self.group.unwrap_or(base.group),
            tags: self.tags.unwrap_or(base.tags),
            place: self.place.or(base.place),
            schedule: self.schedule.unwrap_or(base.schedule),
            expect: match self.expect {
                Given::Keep => base.expect,
                Given::Reset => Expectations::of(base.target.kind()),
                Given::Set(expect) => expect,
            },
            deadline: self.deadline.onto(base.deadline),
            policy: self.rules.onto(base.policy),
            paused: self.paused.onto(base.paused),
            parent: self.parent.onto(base.parent),
            target: base.target,
            http: self.http.map_or(base.http, HttpOptions::shared),
        }
    }
}

fn keep<T>(parsed: Option<Result<T, FieldError>>, problems: &mut Vec<FieldError>) -> Option<T> {
    match parsed {
        Some(Err(problem)) => {
            problems.push(problem);
            None
        }
        Some(Ok(value)) => Some(value),
        None => None,
    }
}

fn parse_tags(tags: &[String]) -> Result<Tags, FieldError> {
    Tags::parse(tags.iter().map(String::as_str))
}

fn parse_expect(text: &str) -> Result<Given<Expectations>, FieldError> {
    if text.trim().is_empty() { Ok(Given::Reset) } else { Expectations::parse(text).map(Given::Set) }
}

fn parse_deadline(text: &str) -> Result<Given<Duration>, FieldError> {
    if text.trim().is_empty() {
        return Ok(Given::Reset);
    }
    let secs = text.trim().parse().ok().map(Duration::from_secs);
    secs.or_else(|| parse_length(text))
        .filter(|duration| (Duration::from_secs(1)..=Duration::from_mins(1)).contains(duration))
        // What is usual anyway is not said, so that it is equal to not being said.
        .map(|length| if length == DEFAULT_DEADLINE { Given::Reset } else { Given::Set(length) })
        .ok_or_else(|| FieldError::new("deadline", words::FIELD_DEADLINE_WRONG))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_has_its_default() {
        let tracker = Draft::of("example.org").parse().unwrap();
        assert_eq!(tracker, NewTracker::of(Target::parse("https://example.org").unwrap()));
        assert_eq!(tracker.about().schedule, "every 30 s");
        assert_eq!(tracker.shown_name().as_str(), "example.org");
    }

    #[test]
    fn all_problems_are_named_at_once() {
        let draft = Draft {
            url: Some("ftp://a".into()),
            name: Some("a\0".into()),
            group: Some("a\n".repeat(2)),
            tags: Some(vec!["a,b".into()]),
            place: Some(0),
            every: Some("0".into()),
            expect: Some("9".into()),
            deadline: Some("90s".into()),
            retries: Some(-1),
            retry: Some("6m".into()),
            successes: Some(0),
            slow: Some("61s".into()),
            paused: Given::Set(RestDraft { until: Some("soon".into()), reason: None }),
            http: Some(HttpDraft { method: Given::Set("TRACE".into()), ..HttpDraft::default() }),
            ..Draft::default()
        };
        let fields: Vec<String> = draft.parse().unwrap_err().0.into_iter().map(|error| error.field).collect();
        assert_eq!(
            fields,
            [
                "url",
                "name",
                "group",
                "tags",
                "place",
                "every",
                "expect",
                "deadline",
                "retries",
                "retry",
                "successes",
                "slow",
                "paused_until",
                "http.method"
            ]
        );
    }

    #[test]
    fn an_edit_keeps_what_it_does_not_name() {
        let before = Draft { every: Some("5m".into()), ..Draft::of("example.org") }.parse().unwrap();
        let edit = Draft { retries: Some(0), name: Some("shop".into()), ..Draft::default() };
        let after = edit.apply(&before).unwrap();
        assert_eq!((after.schedule.clone(), after.policy.retries), (before.schedule.clone(), 0));
        assert_eq!(after.shown_name().as_str(), "shop");
        let unnamed = Draft { name: Some(String::new()), ..Draft::default() }.apply(&after).unwrap();
        assert_eq!(unnamed.name, None);
    }

    #[test]
    fn each_rule_is_edited_on_its_own() {
        let before = Draft {
            retry: Some("10".into()),
            successes: Some(3),
            slow: Some("800ms".into()),
            upside_down: Some(true),
            ..Draft::of("example.org")
        };
        let before = before.parse().unwrap();
        assert_eq!(before.policy.retry_after, Duration::from_secs(10));
        assert_eq!(before.policy.slow_after, Some(Duration::from_millis(800)));
        let after = Draft { retries: Some(0), slow: Some("0.5".into()), ..Draft::default() };
        let after = after.apply(&before).unwrap().policy;
        let slow_after = Some(Duration::from_millis(500));
        assert_eq!(after, crate::Policy { retries: 0, slow_after, ..before.policy });
        let never = Draft { slow: Some(String::new()), ..Draft::default() };
        assert_eq!(never.apply(&before).unwrap().policy.slow_after, None);
    }

    #[test]
    fn user_and_password_of_a_target_become_secrets() {
        let login = |tracker: &NewTracker| match &tracker.http.auth {
            Some(crate::Auth::Basic { user, password }) => (user.clone(), password.expose().to_owned()),
            other => panic!("{other:?}"),
        };
        let before = Draft::of("postgres://ann:s%40cret@DB.example/shop").parse().unwrap();
        assert_eq!(before.target.as_str(), "postgres://db.example/shop");
        assert_eq!(login(&before), ("ann".to_owned(), "s@cret".to_owned()));
        let after = Draft::of("redis://:other@db.example").apply(&before).unwrap();
        assert_eq!(after.target.as_str(), "redis://db.example");
        assert_eq!(login(&after), ("default".to_owned(), "other".to_owned()));
        let kept = Draft::of("redis://cache.example").apply(&after).unwrap();
        assert_eq!(login(&kept), login(&after), "what is not said stays");
        for url in ["https://ann:secret@a.example", "ssh://ann@a.example", "tcp://ann:secret@a.example:1"] {
            let refused = Draft::of(url).parse().unwrap_err();
            assert_eq!(refused.0[0].field, "url", "{refused:?}");
            assert!(!format!("{refused:?}").contains("secret"));
        }
        let refused = Draft::of("postgres://a:b%0A@c").parse().unwrap_err();
        assert_eq!(refused.0[0].field, "http.auth.basic.password", "{refused:?}");
    }

    #[test]
    fn an_interval_and_cron_exclude_each_other() {
        let both =
            Draft { every: Some("1s".into()), cron: Some("* * * * *".into()), ..Draft::of("a.example") };
        assert_eq!(both.parse().unwrap_err().0[0].field, "cron");
        let zone_alone = Draft { zone: Some("UTC".into()), ..Draft::of("a.example") };
        assert_eq!(zone_alone.parse().unwrap_err().0[0].field, "zone");
    }
}
