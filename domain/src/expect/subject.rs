//! What can be looked at: a closed list that grows with the protocols.

use super::{
    answer::Answer,
    operator::{NUMBERS, OPTIONAL_NUMBERS, OPTIONAL_TEXTS, Operator, TEXTS},
    unit::{self, Unit},
};
use crate::{Facet, Kind, Phase};

/// How much of an answer has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// Its status.
    Status,
    /// Everything but its body and the time that takes.
    Head,
    /// Everything.
    All,
}

/// What is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Status,
    BodySize,
    Total,
    Phase(Phase),
    CertificateDays,
    Redirects,
    HttpVersion,
    TlsVersion,
    Answers,
    Loss,
    Rows,
}

/// What is a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wording {
    /// By its name, in lower case.
    Header(String),
    Body,
    Issuer,
    Subject,
    Url,
    Address,
    Banner,
    Rcode,
    /// Of the server.
    Version,
    Role,
    Capability,
    /// The first field of the first row.
    Value,
    /// Of a record.
    Answer,
    Message,
    Serving,
}

impl Quantity {
    pub(super) const ALL: [Self; 15] = [
        Self::Status,
        Self::BodySize,
        Self::Total,
        Self::Phase(Phase::Resolve),
        Self::Phase(Phase::Connect),
        Self::Phase(Phase::Tls),
        Self::Phase(Phase::FirstByte),
        Self::Phase(Phase::Body),
        Self::CertificateDays,
        Self::Redirects,
        Self::HttpVersion,
        Self::TlsVersion,
        Self::Answers,
        Self::Loss,
        Self::Rows,
    ];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::BodySize => "body.size",
            Self::Total => "total",
            Self::Phase(phase) => phase.word(),
            Self::CertificateDays => "certificate.days",
            Self::Redirects => "redirects",
            Self::HttpVersion => "http.version",
            Self::TlsVersion => "tls.version",
            Self::Answers => "answers",
            Self::Loss => "loss",
            Self::Rows => "rows",
        }
    }

    pub(super) fn unit(self) -> Unit {
        match self {
            Self::Status => Unit::Status,
            Self::BodySize => Unit::Bytes,
            Self::Total | Self::Phase(_) => Unit::Time,
            Self::CertificateDays => Unit::Days,
            Self::Redirects => Unit::Redirects,
            Self::HttpVersion | Self::TlsVersion => Unit::Version,
            Self::Answers | Self::Rows => Unit::Nodes,
            Self::Loss => Unit::Percent,
        }
    }

    pub(super) fn operators(self) -> &'static [Operator] {
        match self {
            Self::CertificateDays | Self::TlsVersion => OPTIONAL_NUMBERS,
            _ => NUMBERS,
        }
    }

    /// What a kind has that has it; nothing where every kind does.
    pub(super) fn facet(self) -> Option<Facet> {
        match self {
            Self::Status | Self::BodySize | Self::Redirects | Self::HttpVersion => Some(Facet::Web),
            Self::Total => None,
            Self::Phase(Phase::Resolve) => Some(Facet::Asked),
            Self::Phase(Phase::Connect) => Some(Facet::Connects),
            Self::Phase(Phase::FirstByte | Phase::Body) => Some(Facet::Answers),
            Self::Phase(Phase::Tls) | Self::CertificateDays | Self::TlsVersion => Some(Facet::Tls),
            Self::Answers => Some(Facet::Records),
            Self::Loss => Some(Facet::Echoes),
            Self::Rows => Some(Facet::Rows),
        }
    }

    pub(super) fn needs(self) -> Known {
        match self {
            Self::Status => Known::Status,
            Self::BodySize | Self::Total | Self::Phase(Phase::Body) => Known::All,
            _ => Known::Head,
        }
    }

    /// The number, if there is one. A phase that did not happen took no time.
    pub(super) fn of(self, answer: &Answer<'_>) -> Option<i64> {
        match self {
            Self::Status => answer.status.map(i64::from),
            // Longer than anything that a rule can name.
            Self::BodySize if answer.is_body_cut => Some(Unit::Bytes.bounds().1 + 1),
            Self::BodySize => i64::try_from(answer.body.len()).ok(),
            Self::Total => Some(answer.total.0.into()),
            Self::Phase(phase) => Some(answer.phases.get(phase).map_or(0, |took| took.0.into())),
            Self::CertificateDays => answer.certificate.map(|facts| facts.days_left),
            Self::Redirects => Some(answer.redirects.into()),
            Self::HttpVersion => unit::version(answer.http_version),
            Self::TlsVersion => answer.tls_version.and_then(unit::version),
            Self::Loss => answer.loss.map(i64::from),
            Self::Rows => answer.server?.rows.and_then(|rows| i64::try_from(rows).ok()),
            Self::Answers => answer.records.and_then(|records| i64::try_from(records.len()).ok()),
        }
    }

    /// Why there is no number.
    pub(super) fn absence(self, answer: &Answer<'_>) -> &'static str {
        match self {
            Self::CertificateDays | Self::TlsVersion => no_tls(answer),
            _ => words::FOUND_NOTHING,
        }
    }
}

impl Wording {
    /// All but headers.
    pub(super) const ALL: [Self; 14] = [
        Self::Body,
        Self::Issuer,
        Self::Subject,
        Self::Url,
        Self::Address,
        Self::Banner,
        Self::Rcode,
        Self::Answer,
        Self::Version,
        Self::Role,
        Self::Capability,
        Self::Value,
        Self::Message,
        Self::Serving,
    ];

    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Header(_) => "header",
            Self::Body => "body",
            Self::Issuer => "certificate.issuer",
            Self::Subject => "certificate.subject",
            Self::Url => "url",
            Self::Address => "address",
            Self::Banner => "banner",
            Self::Rcode => "rcode",
            Self::Answer => "answer",
            Self::Version => "version",
            Self::Role => "role",
            Self::Capability => "capability",
            Self::Value => "value",
            Self::Message => "message",
            Self::Serving => "serving",
        }
    }

    /// What a kind has that has it; nothing where every kind does.
    pub(super) fn facet(&self) -> Option<Facet> {
        match self {
            Self::Header(_) | Self::Body | Self::Url => Some(Facet::Web),
            Self::Issuer | Self::Subject => Some(Facet::Tls),
            Self::Address => None,
            Self::Banner => Some(Facet::Banner),
            Self::Rcode | Self::Answer => Some(Facet::Records),
            Self::Version | Self::Role | Self::Capability => Some(Facet::Server),
            Self::Value => Some(Facet::Rows),
            Self::Message => Some(Facet::Messages),
            Self::Serving => Some(Facet::Health),
        }
    }

    pub(super) fn operators(&self) -> &'static [Operator] {
        match self {
            Self::Body | Self::Url => TEXTS,
            _ => OPTIONAL_TEXTS,
        }
    }

    pub(super) fn needs(&self) -> Known {
        match self {
            Self::Body | Self::Banner | Self::Message => Known::All,
            _ => Known::Head,
        }
    }

    /// Calls `visit` with each text that is there: of a header and of records any number, otherwise at most one.
    pub(super) fn visit(&self, answer: &Answer<'_>, visit: &mut dyn FnMut(&[u8])) {
        let mut some = |text: Option<&str>| {
            if let Some(text) = text {
                visit(text.as_bytes());
            }
        };
        match self {
            Self::Header(name) => answer.headers.visit(name, visit),
            Self::Body => visit(answer.body),
            Self::Banner => {
                if let Some(banner) = answer.banner {
                    visit(banner);
                }
            }
            Self::Message => {
                if let Some(messages) = answer.messages {
                    visit(messages);
                }
            }
            Self::Serving => some(answer.serving),
            Self::Rcode => some(answer.rcode),
            Self::Version => some(answer.server.and_then(|server| server.version)),
            Self::Role => some(answer.server.and_then(|server| server.role)),
            Self::Value => some(answer.server.and_then(|server| server.value)),
            Self::Capability => {
                let all = answer.server.map(|server| server.capabilities);
                all.into_iter().flatten().for_each(|one| visit(one.as_bytes()));
            }
            Self::Answer => {
                answer.records.into_iter().flatten().for_each(|record| visit(record.as_bytes()));
            }
            Self::Issuer => some(answer.certificate.map(|facts| facts.issuer)),
            Self::Subject => some(answer.certificate.map(|facts| facts.subject)),
            Self::Url => some(Some(answer.url)),
            Self::Address => some(answer.address.map(|address| address.to_string()).as_deref()),
        }
    }

    /// Why there is no text.
    pub(super) fn absence(&self, answer: &Answer<'_>) -> &'static str {
        match self {
            Self::Header(_) => words::FOUND_NO_HEADER,
            Self::Issuer | Self::Subject => no_tls(answer),
            _ => words::FOUND_NOTHING,
        }
    }
}

fn no_tls(answer: &Answer<'_>) -> &'static str {
    if answer.tls_version.is_none() { words::FOUND_NO_TLS } else { words::FOUND_NOTHING }
}

/// Every word that begins a test of this kind of target, or of any, as people are told it.
pub(super) fn words(kind: Option<Kind>) -> String {
    let is_had = |facet: Option<Facet>| {
        let missing = facet.filter(|facet| kind.is_some_and(|kind| !kind.has(*facet)));
        missing.is_none()
    };
    let of_web = [words::EXPECT_SUBJECT_HEADER_NAME, words::EXPECT_SUBJECT_JSON_PATH];
    let of_web = of_web.into_iter().filter(|_| is_had(Some(Facet::Web)));
    let numbers = Quantity::ALL.into_iter().filter(|number| is_had(number.facet())).map(Quantity::word);
    let texts = Wording::ALL.iter().filter(|text| is_had(text.facet())).map(Wording::word);
    let all: Vec<&str> = of_web.chain(numbers).chain(texts).collect();
    all.join(", ")
}
