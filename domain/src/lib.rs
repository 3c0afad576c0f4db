//! The vocabulary of Uptime Tracker and every decision it makes.
//!
//! A *tracker* is one target with its [`Schedule`]; a *probe* asks the target once at a *slot* and yields a [`Check`];
//! checks are folded into a [`Status`]; a change of status is a [`Transition`]; the newest checks of all trackers are the
//! [`LiveView`] that browsers follow by [`Cursor`].
//!
//! Invariant: nothing here does I/O, knows an async runtime or Leptos, or reads a clock; so nothing here can fail for
//! outside reasons. What only the server needs (parsing what people type, cron, time zones) sits behind the feature
//! `server`, to keep the browser's download small.
#![warn(missing_docs)]

pub mod access;
mod alert;
mod alerting;
mod cell;
mod change_log;
mod check;
mod deed;
mod evidence;
mod failure;
mod fault;
mod incident;
mod kind;
mod list;
mod live;
mod maintenance;
mod phases;
pub mod ports;
mod rest;
mod scope;
mod secret;
mod signal;
mod status;
mod storage;
mod story;
mod tally;
mod time;
mod trial;
mod uptime;
mod wire;
mod worth;

#[cfg(feature = "server")]
mod archive;
#[cfg(feature = "server")]
mod awaited;
#[cfg(feature = "server")]
mod bulk;
#[cfg(feature = "server")]
mod changed;
#[cfg(feature = "server")]
mod defaults;
#[cfg(feature = "server")]
mod delivery;
#[cfg(feature = "server")]
mod dependency;
#[cfg(feature = "server")]
mod draft;
#[cfg(feature = "server")]
mod egress;
#[cfg(feature = "server")]
mod expect;
#[cfg(feature = "server")]
mod flaps;
#[cfg(feature = "server")]
mod fold;
#[cfg(feature = "server")]
mod form;
#[cfg(feature = "server")]
mod http;
#[cfg(feature = "server")]
mod labels;
#[cfg(feature = "server")]
mod latencies;
#[cfg(feature = "server")]
mod name;
mod nearness;
#[cfg(feature = "server")]
mod pasted;
#[cfg(feature = "server")]
mod preset;
#[cfg(feature = "server")]
mod probe;
#[cfg(feature = "server")]
mod question;
#[cfg(feature = "server")]
mod receipts;
#[cfg(feature = "server")]
mod records;
#[cfg(feature = "server")]
mod recount;
#[cfg(feature = "server")]
mod relabel;
#[cfg(feature = "server")]
mod replay;
#[cfg(feature = "server")]
mod retention;
#[cfg(feature = "server")]
mod schedule;
#[cfg(feature = "server")]
mod sent;
#[cfg(feature = "server")]
mod settings;
#[cfg(feature = "server")]
mod sight;
#[cfg(feature = "server")]
mod stride;
#[cfg(feature = "server")]
mod target;
#[cfg(feature = "server")]
mod timekeeper;
#[cfg(feature = "server")]
mod timings;
#[cfg(feature = "server")]
mod tracker;
#[cfg(feature = "server")]
mod when;
#[cfg(feature = "server")]
mod zone;

pub use alert::{Alert, AlertKind, ChannelField, ChannelInput, ChannelKind, Concerned};
pub use alerting::{
    AlertRule, AlertingView, ChannelId, ChannelTest, ChannelView, Outgoing, Replay, Route, RuleId, Settled,
    StoredChannel, ToldSoFar, Waiting, routes,
};
pub use cell::{Cell, Mark};
pub use change_log::{Act, FieldChange, LoggedChange};
pub use check::{Check, CheckName, Location, MOST_BY_HAND, Micros, Outcome, Reason, TrackerId};
pub use deed::{Deed, Done, MOST_AT_ONCE, Preview, PreviewLine};
pub use evidence::{Certificate, Evidence, TlsEvidence};
pub use failure::{Cause, Failure, FieldError, Invalid};
pub use fault::{Fault, FaultKind, Phase, TlsFault};
pub use incident::{
    Delivery, DeliveryState, Event, Incident, IncidentId, IncidentQuery, IncidentStory, LinkedIncident,
    Remark,
};
pub use kind::{Facet, Form as TargetForm, Kind, Scheme, facet_of};
pub use list::{ListRequest, Sort, Spot, State};
pub use live::{LiveView, SHOWN_CHECKS};
pub use maintenance::{InMaintenance, MaintenanceId, MaintenanceView, Plans, Stretch};
pub use nearness::Nearness;
pub use phases::{PhaseTime, Phases, Timing};
#[cfg(feature = "server")]
pub use question::{Question, RECORD_TYPES, Transport};
pub use rest::Rest;
pub use scope::{Scope, Subject};
pub use secret::Secret;
#[cfg(feature = "server")]
pub use sent::{QUERY_LIMIT, sent};
pub use signal::{Signal, SignalWord};
pub use status::{Policy, Status, Transition};
pub use storage::{Backup, BackupKind, Backups, Label, Labels, Limit, Storage};
pub use story::{Calls, Installation, LastFailure, Moment, Outage, Reach, Story, StoryRequest};
pub use tally::{Counts, Held, Percentiles, Period, Rule, Tally, Window};
pub use time::{Clock, Timestamp};
pub use trial::{Fix, Judged, Leaf, Progress, Review, Reviewed, Watcher};
pub use uptime::Uptime;
pub use wire::{
    About, Change, Cursor, Facets, Head, LiveAnswer, LiveRequest, PAGE_SIZE, Totals, TrackerDelta,
    TrackerPage, TrackerView, VISIBLE_LIMIT,
};
pub use worth::Worth;

#[cfg(feature = "server")]
pub use alerting::AlertChange;
#[cfg(feature = "server")]
pub use archive::{AlertArchive, Archive, CheckPage, CheckQuery, Direction, Holdings, Numbered, Order};
#[cfg(feature = "server")]
pub use awaited::Awaited;
#[cfg(feature = "server")]
pub use bulk::{BulkDraft, rearranged};
#[cfg(feature = "server")]
pub use defaults::Defaults;
#[cfg(feature = "server")]
pub use delivery::{ChannelPace, Step as DeliveryStep, reminder_at, retry_after};
#[cfg(feature = "server")]
pub use dependency::{Blame, MOST_PARENTS, Parent, check_parent, parents_of};
#[cfg(feature = "server")]
pub use draft::{Draft, RestDraft};
#[cfg(feature = "server")]
pub use egress::EgressPolicy;
#[cfg(feature = "server")]
pub use expect::{Answer, CertificateFacts, Expectations, Headers, Judgement, Miss, ServerFacts};
#[cfg(feature = "server")]
pub use flaps::Flaps;
#[cfg(feature = "server")]
pub use fold::{Belief, Step, Trust};
#[cfg(feature = "server")]
pub use form::Fields;
#[cfg(feature = "server")]
pub use http::{
    Auth, AuthDraft, BasicDraft, BearerDraft, CANNOT_BE_READ, Connections, Family, Given, Header,
    HeaderDraft, HeaderValue, HeadersDraft, HiddenDraft, HttpDraft, HttpOptions, HttpVersion, Identity,
    OAuth2Draft, Proxy, ProxyDraft, ProxyKind, PushUrl, Redirects, Secrets, TlsDraft, TlsOptions, TlsVersion,
};
#[cfg(feature = "server")]
pub use labels::{Group, Tags};
#[cfg(feature = "server")]
pub use latencies::Latencies;
#[cfg(feature = "server")]
pub use maintenance::{Calendar, Maintenance, MaintenanceDraft, Occasion};
#[cfg(feature = "server")]
pub use name::TrackerName;
#[cfg(feature = "server")]
pub use pasted::pasted;
#[cfg(feature = "server")]
pub use preset::{Preset, Trouble};
#[cfg(feature = "server")]
pub use probe::{Finding, Plan, Prober, Session};
#[cfg(feature = "server")]
pub use receipts::receipts;
#[cfg(feature = "server")]
pub use records::{Alteration, Batch, Exhibit, Misfit, Recent, Recorded, Records, UNDO_FOR, undo_limit};
#[cfg(feature = "server")]
pub use recount::{Grid, Recount, Rollup};
#[cfg(feature = "server")]
pub use relabel::Relabel;
#[cfg(feature = "server")]
pub use replay::REPLAYED;
#[cfg(feature = "server")]
pub use retention::{Ceiling, NoCeiling, Retention, RetentionDraft, parse_days};
#[cfg(feature = "server")]
pub use schedule::{Cron, Interval, Schedule, Slots, parse_length};
#[cfg(feature = "server")]
pub use settings::Settings;
#[cfg(feature = "server")]
pub use sight::{Advice, Blindness, Sight, host_of, may_be_ours};
#[cfg(feature = "server")]
pub use stride::Stride;
#[cfg(feature = "server")]
pub use target::Target;
#[cfg(feature = "server")]
pub use timekeeper::{Beat, Holding, Timekeeper};
#[cfg(feature = "server")]
pub use timings::{PhaseLatencies, Selection};
#[cfg(feature = "server")]
pub use tracker::{NewTracker, Tracker};
#[cfg(feature = "server")]
pub use when::parse_time;
#[cfg(feature = "server")]
pub use zone::{Day, Zone};
