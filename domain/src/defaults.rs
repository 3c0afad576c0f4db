//! What a new tracker starts with, and what an empty field of a form means: built in, unless an administrator said otherwise.

use std::time::Duration;

use crate::{
    Draft, Expectations, Facet, Family, Fields, HttpOptions, HttpVersion, Invalid, Kind, NewTracker, Policy,
    Redirects, Schedule, Target,
    form::{is_blank, length, value_of},
    tracker::DEFAULT_DEADLINE,
};

/// The defaults of an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// An interval.
    schedule: Schedule,
    deadline: Option<Duration>,
    expect: Expectations,
    policy: Policy,
    redirects: Redirects,
    version: HttpVersion,
    family: Family,
}

impl Defaults {
    /// What has a default that can be changed, as forms and errors call it.
    pub const FIELDS: [&'static str; 9] = [
        "every",
        "deadline",
        "expect",
        "retries",
        "retry",
        "successes",
        "http.redirects",
        "http.version",
        "http.ip",
    ];

    /// Reads a form, or what is stored. An empty field means what is built in.
    pub fn of_fields(fields: &[(String, String)]) -> Result<Self, Invalid> {
        let given = fields
            .iter()
            .filter(|(name, value)| Self::FIELDS.contains(&name.as_str()) && !value.trim().is_empty());
        let given: Fields = given.cloned().collect();
        let target = Target::parse("http://example.org").map_err(|error| Invalid(vec![error]))?;
        let NewTracker { schedule, deadline, expect, policy, http, .. } =
            Draft::of_new_fields(&given).apply(&NewTracker::of(target))?;
        let HttpOptions { redirects, version, family, .. } = *http;
        Ok(Self { schedule, deadline, expect, policy, redirects, version, family })
    }

    /// What an empty field means, in a form that shows it greyed there. The one place that says so to pages.
    pub fn fields(&self) -> Fields {
        let fields = [
            ("every", self.schedule.interval().map(length).unwrap_or_default()),
            ("expect", self.expect.to_string()),
            ("deadline", length(self.deadline.unwrap_or(DEFAULT_DEADLINE))),
            ("retries", self.policy.retries.to_string()),
            ("retry", length(self.policy.retry_after)),
            ("successes", self.policy.successes.to_string()),
        ];
        let own = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
        own.chain(self.http(HttpOptions::default()).fields()).collect()
    }

    /// Each of [`Self::FIELDS`] as it is stored; nothing where it is as it is built in.
    pub fn pairs(&self) -> [(&'static str, Option<String>); 9] {
        let (own, usual) = (self.fields(), Self::default().fields());
        Self::FIELDS.map(|name| {
            let value = value_of(&own, name);
            (name, value.filter(|value| Some(*value) != value_of(&usual, name)).map(ToOwned::to_owned))
        })
    }

    /// The fields of a form whose empty ones mean a default, with that.
    pub fn fill(&self, mut fields: Fields) -> Fields {
        let follows_cron = value_of(&fields, "cron").is_some_and(|cron| !cron.trim().is_empty());
        let kind = Target::parse(value_of(&fields, "url").unwrap_or_default())
            .map_or(Kind::Http, |target| target.kind());
        for (name, value) in self.of_kind(kind).fields() {
            if is_blank(&name, &fields) && !(name == "every" && follows_cron) {
                fields.push((name, value));
            }
        }
        fields
    }

    /// A tracker of a target about which nothing else is said.
    pub fn tracker(&self, target: Target) -> NewTracker {
        let usual = NewTracker::of(target);
        let own = self.of_kind(usual.target.kind());
        NewTracker {
            schedule: own.schedule.clone(),
            deadline: own.deadline,
            policy: own.policy,
            http: own.http((*usual.http).clone()).shared(),
            expect: own.expect,
            ..usual
        }
    }

    fn http(&self, http: HttpOptions) -> HttpOptions {
        HttpOptions { redirects: self.redirects, version: self.version, family: self.family, ..http }
    }

    /// As far as they are about this kind of target: what is said of the web is said of nothing else.
    fn of_kind(&self, kind: Kind) -> Self {
        if kind.has(Facet::Web) {
            return self.clone();
        }
        let family = Some(self.family).filter(|family| *family != Family::Every).unwrap_or_default();
        let expect = Expectations::of(kind);
        let (redirects, version) = (Redirects::default(), HttpVersion::default());
        let own = Self { expect, redirects, version, family, ..self.clone() };
        if kind.has(Facet::Asked) {
            return own;
        }
        let policy = Policy { successes: own.policy.successes, ..Policy::of(kind) };
        Self { schedule: Schedule::of(kind), policy, deadline: None, family: Family::default(), ..own }
    }

    /// A tracker when these take the place of others: what it had as the former ones said follows, the rest stays.
    #[must_use]
    pub fn followed(&self, former: &Self, tracker: &NewTracker) -> NewTracker {
        let policy = tracker.policy;
        let kind = tracker.target.kind();
        let (former, new) = (former.of_kind(kind), self.of_kind(kind));
        NewTracker {
            schedule: follow(&tracker.schedule, &former.schedule, &new.schedule),
            deadline: follow(&tracker.deadline, &former.deadline, &new.deadline),
            expect: follow(&tracker.expect, &former.expect, &new.expect),
            policy: Policy {
                retries: follow(&policy.retries, &former.policy.retries, &new.policy.retries),
                retry_after: follow(&policy.retry_after, &former.policy.retry_after, &new.policy.retry_after),
                successes: follow(&policy.successes, &former.policy.successes, &new.policy.successes),
                ..policy
            },
            http: HttpOptions {
                redirects: follow(&tracker.http.redirects, &former.redirects, &new.redirects),
                version: follow(&tracker.http.version, &former.version, &new.version),
                family: follow(&tracker.http.family, &former.family, &new.family),
                ..(*tracker.http).clone()
            }
            .shared(),
            ..tracker.clone()
        }
    }
}

fn follow<T: PartialEq + Clone>(now: &T, former: &T, new: &T) -> T {
    if now == former { new.clone() } else { now.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn defaults(pairs: &[(&str, &str)]) -> Defaults {
        Defaults::of_fields(&fields(pairs)).unwrap()
    }

    const ALL: [(&str, &str); 9] = [
        ("every", "1m"),
        ("deadline", "20s"),
        ("expect", "200-299"),
        ("retries", "3"),
        ("retry", "20s"),
        ("successes", "2"),
        ("http.redirects", "0"),
        ("http.version", "1.1"),
        ("http.ip", "4"),
    ];

    #[test]
    fn what_is_said_is_stored_and_read_again() {
        assert_eq!(Defaults::of_fields(&[]), Ok(Defaults::default()));
        assert!(Defaults::default().pairs().iter().all(|(_, value)| value.is_none()));
        let all = defaults(&ALL);
        assert_eq!(all.pairs(), ALL.map(|(name, value)| (name, Some(value.to_owned()))));
        let other =
            defaults(&[("every", "1m"), ("deadline", " "), ("retries", "2"), ("url", "x"), ("cron", "y")]);
        let said: Vec<_> = other.pairs().into_iter().filter(|(_, value)| value.is_some()).collect();
        assert_eq!(said, [("every", Some("1m".to_owned()))]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = ALL.map(|(name, _)| (name, "-1"));
        let errors = Defaults::of_fields(&fields(&wrong)).unwrap_err().0;
        let mut named: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        let mut all = Defaults::FIELDS;
        named.sort_unstable();
        all.sort_unstable();
        assert_eq!(named, all);
    }

    #[test]
    fn a_new_tracker_starts_with_them_and_says_more() {
        let all = defaults(&ALL);
        let target = Target::parse("a.example").unwrap();
        let tracker = all.tracker(target);
        assert_eq!(tracker.deadline, Some(Duration::from_secs(20)));
        let draft = Draft { every: Some("5s".into()), ..Draft::of("a.example") };
        let said = draft.parse_with(&all).unwrap();
        assert_eq!(said, NewTracker { schedule: Schedule::every("5s").unwrap(), ..tracker.clone() });
        assert_eq!(Draft::of("a.example").parse_with(&Defaults::default()), Draft::of("a.example").parse());
        let blank: Vec<(&str, &str)> = ALL.map(|(name, _)| (name, "")).to_vec();
        let posted = all.fill(fields(&[&[("url", "a.example")], &blank[..]].concat()));
        assert_eq!(Draft::of_new_fields(&posted).parse(), Ok(tracker));
    }

    #[test]
    fn what_is_said_of_the_web_is_said_of_nothing_else() {
        let all = defaults(&[&ALL[..8], &[("http.ip", "every")]].concat());
        let tcp = Draft { retries: Some(0), ..Draft::of("tcp://a.example:1") }.parse_with(&all).unwrap();
        assert_eq!((tcp.expect.to_string(), &*tcp.http), (String::new(), &HttpOptions::default()));
        assert_eq!(tcp.deadline, Some(Duration::from_secs(20)));
        let blank = all.fields().into_iter().map(|(name, _)| (name, String::new()));
        let posted: Fields = blank.chain(fields(&[("url", "tcp://a.example:1"), ("retries", "0")])).collect();
        assert_eq!(Draft::of_new_fields(&all.fill(posted)).parse(), Ok(tcp.clone()));
        assert_eq!(Defaults::default().followed(&all, &tcp).http, tcp.http);
    }

    #[test]
    fn trackers_that_were_as_usual_follow() {
        let (former, new) = (defaults(&[("retries", "1")]), defaults(&ALL));
        let usual = former.tracker(Target::parse("a.example").unwrap());
        assert_eq!(new.followed(&former, &usual), NewTracker { ..new.tracker(usual.target.clone()) });
        let own = Draft {
            cron: Some("0 6 * * *".into()),
            retries: Some(2),
            deadline: Some("30s".into()),
            ..Draft::default()
        };
        let own = own.apply(&usual).unwrap();
        let after = new.followed(&former, &own);
        assert_eq!((&after.schedule, after.deadline, after.policy.retries), (&own.schedule, own.deadline, 2));
        assert_eq!(after.policy.successes, 2, "what it left as usual follows");
        assert_eq!(former.followed(&new, &after).policy.successes, 1, "and back");
    }
}
