//! What is judged: everything about an answer that expectations may ask for.

use std::{borrow::Cow, net::IpAddr, sync::Arc, time::Duration};

use domain::{Answer, Expectations, Judged, Judgement, Leaf, Phases};
use tokio::task::spawn_blocking;

use super::body::Read;
use crate::line::{redact::Redactor, seen::Lines, tls::Shown, verdict};

/// Bodies up to here are judged where they are; larger ones may take long, and others would wait.
const AT_ONCE: usize = 64 << 10;

/// An answer on trial.
pub(super) struct Trial<'a> {
    pub(super) expect: Cow<'a, Expectations>,
    pub(super) status: u16,
    pub(super) headers: Lines,
    pub(super) http_version: &'static str,
    pub(super) tls: Option<Arc<Shown>>,
    pub(super) redirects: u8,
    pub(super) url: Cow<'a, str>,
    pub(super) address: Option<IpAddr>,
    pub(super) phases: Phases,
    pub(super) total: Duration,
    pub(super) read: Read,
}

impl Trial<'_> {
    /// The verdict, if the head alone decides it.
    pub(super) fn judge_head(&self) -> Option<Judgement> {
        self.expect.judge_head(&self.answer())
    }

    /// The verdict on the whole.
    pub(super) async fn judge(self) -> Judgement {
        if self.read.body.len() <= AT_ONCE {
            return self.expect.judge(&self.answer());
        }
        let owned = self.into_owned();
        let judged = spawn_blocking(move || owned.expect.judge(&owned.answer())).await;
        // It neither panics nor is called off, but for the end of the runtime, when nobody hears the verdict.
        judged.unwrap_or(Judgement::Met)
    }

    /// Every expectation on its own, and the body. For who watches; what the target was told is masked.
    pub(super) fn review(&self, redactor: &Redactor) -> Judged {
        let reviewed = verdict::reviewed(&self.expect, &self.answer(), redactor);
        let size = self.read.body.len();
        let mut leaves = if size > Judged::BODY_LIMIT { Vec::new() } else { Leaf::all_of(&self.read.body) };
        for leaf in &mut leaves {
            let clean = [&leaf.key, &leaf.value].map(|text| redactor.clean(text));
            let is_clean = [&leaf.key, &leaf.value].into_iter().eq(&clean);
            leaf.expect = leaf.expect.take().filter(|expect| is_clean && redactor.clean(expect) == *expect);
            [leaf.key, leaf.value] = clean;
        }
        Judged { reviewed, leaves, size }
    }

    fn answer(&self) -> Answer<'_> {
        let certificate = self.tls.as_ref().filter(|_| self.expect.needs_certificate());
        Answer {
            status: Some(self.status),
            headers: &self.headers,
            body: &self.read.body,
            is_body_cut: self.read.is_cut,
            phases: self.phases,
            total: self.total.into(),
            certificate: certificate.and_then(|tls| tls.facts()),
            http_version: self.http_version,
            tls_version: self.tls.as_ref().and_then(|tls| tls.version_number()),
            redirects: self.redirects,
            url: &self.url,
            address: self.address,
            ..Answer::default()
        }
    }

    fn into_owned(self) -> Trial<'static> {
        Trial {
            expect: Cow::Owned(self.expect.into_owned()),
            url: Cow::Owned(self.url.into_owned()),
            status: self.status,
            headers: self.headers,
            http_version: self.http_version,
            tls: self.tls,
            redirects: self.redirects,
            address: self.address,
            phases: self.phases,
            total: self.total,
            read: self.read,
        }
    }
}
