//! A message as a mail: the same bytes whenever it is sent again, so that servers can tell.

use std::time::{Duration, UNIX_EPOCH};

use domain::Alert;
use lettre::{
    Message,
    message::{
        MultiPart, MultiPartKind, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};

use super::Mail;
use crate::{
    Undelivered,
    names::OwnText,
    wording::{Mood, Words, mood},
};

impl Mail {
    pub(super) fn message(&self, alert: &Alert) -> Result<Message, Undelivered> {
        let words = Words::of(alert);
        let own = OwnText::for_alert(self.text.as_ref(), alert);
        let body: Vec<String> = match &own {
            Some(own) => own.lines().map(str::to_owned).collect(),
            None => words.below(),
        };
        let thread = self.id(&alert.thread);
        let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(alert.at.as_ms()).unwrap_or(0));
        // Programs that answer mail for people on holiday leave this alone (RFC 3834).
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut message = Message::builder()
            .from(self.from.clone())
            .date(at)
            .message_id(Some(self.id(&alert.key)))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .subject(words.title.clone());
        // What begins a thread answers nothing.
        if alert.thread != alert.key {
            message = message.in_reply_to(thread.clone()).references(thread);
        }
        for to in &self.to {
            message = message.to(to.clone());
        }
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("={}=", alert.key))
            .singlepart(SinglePart::plain(plain(&words, &body, own.is_some())))
            .singlepart(SinglePart::html(html(&words, &body, own.is_some(), mood(alert.kind))));
        message.multipart(parts).map_err(|_| Undelivered::refused(words::SENDING_MAIL_UNMADE))
    }

    /// An id of the domain that the mail comes from.
    fn id(&self, key: &str) -> String {
        format!("<{key}@{}>", self.from.email.domain())
    }
}

fn plain(words: &Words, body: &[String], is_own: bool) -> String {
    let mut lines = if is_own { Vec::new() } else { vec![words.title.clone(), String::new()] };
    lines.extend(body.iter().cloned());
    for (what, link) in words.links().filter(|_| !is_own) {
        lines.extend([String::new(), format!("{what}: {link}")]);
    }
    lines.join("\r\n") + "\r\n"
}

/// Plain HTML of the kind that every program shows: no style sheet, no image, nothing that is loaded.
fn html(words: &Words, body: &[String], is_own: bool, mood: Mood) -> String {
    let color = match mood {
        Mood::Bad => "#b3261e",
        Mood::Good => "#1e6b2a",
        Mood::Neutral => "#45545c",
    };
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><body style=\"font-family:sans-serif\">\r\n",
        words::LANGUAGE
    );
    if !is_own {
        let title = escape(&words.title);
        html.push_str(
            &format_args!("<h1 style=\"font-size:1.25em;color:{color}\">{title}</h1>\r\n").to_string(),
        );
    }
    let lines: Vec<String> = body.iter().map(|line| escape(line)).collect();
    html.push_str(&format_args!("<p>{}</p>\r\n", lines.join("<br>\r\n")).to_string());
    for (what, link) in words.links().filter(|_| !is_own) {
        html.push_str(&format_args!("<p><a href=\"{}\">{what}</a></p>\r\n", escape(link)).to_string());
    }
    html + "</body></html>\r\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
