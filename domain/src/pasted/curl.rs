//! What a command line of `curl` asks, as the fields of a form.

use super::words::split;

mod options;

use options::{Effect, Kind, effect_of_letter, effect_of_name};

/// A command line that was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Names and values of fields.
    pub(super) fields: Vec<(&'static str, String)>,
    /// What was left out, in sentences. Options are named, and no values: they may be secrets.
    pub(super) remarks: Vec<String>,
}

/// Reads what stands behind `curl`.
pub(super) fn read(text: &str) -> Read {
    let line = split(text);
    let mut asked = Asked::default();
    let mut words = line.words.into_iter();
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some("") => words.by_ref().for_each(|word| asked.url(word)),
            Some(name) => asked.long(name, &mut words),
            None if word.len() > 1 && word.starts_with('-') => asked.short(&word, &mut words),
            None => asked.url(word),
        }
    }
    if line.is_open {
        asked.remarks.push(words::PASTED_QUOTE_OPEN.into());
    }
    if let Some(next) = line.next {
        asked.remarks.push(words::pasted_next(format_args!("{next:.12}")));
    }
    asked.into_read()
}

/// What was asked for so far.
#[derive(Default)]
struct Asked {
    url: Option<String>,
    method: Option<String>,
    headers: Vec<String>,
    data: Vec<String>,
    is_json: bool,
    is_query: bool,
    is_head: bool,
    fields: Vec<(&'static str, String)>,
    remarks: Vec<String>,
}

impl Asked {
    fn long(&mut self, name: &str, words: &mut impl Iterator<Item = String>) {
        let (name, joined) = match name.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (name, None),
        };
        let effect = effect_of_name(name);
        let value = if effect.takes_value() { joined.or_else(|| words.next()) } else { None };
        self.apply(effect, &format!("--{name:.40}"), value);
    }

    /// Letters may stand together; the value of one may follow at once.
    fn short(&mut self, word: &str, words: &mut impl Iterator<Item = String>) {
        let mut letters = word.chars().skip(1);
        while let Some(letter) = letters.next() {
            let effect = effect_of_letter(letter);
            let value = if effect.takes_value() {
                let rest: String = letters.by_ref().collect();
                if rest.is_empty() { words.next() } else { Some(rest) }
            } else {
                None
            };
            self.apply(effect, &format!("-{letter}"), value);
        }
    }

    fn apply(&mut self, effect: Effect, option: &str, value: Option<String>) {
        let (kind, value) = match (effect, value) {
            (Effect::Nothing | Effect::NothingWithValue, _) => return,
            (Effect::Set(field, word), _) => return self.fields.push((field, word.into())),
            (Effect::Unknown | Effect::UnknownWithValue, _) => return self.left_out(option),
            (Effect::Takes(_), None) => return self.remarks.push(words::pasted_no_value(option)),
            (Effect::Query, _) => return self.is_query = true,
            (Effect::Head, _) => return self.is_head = true,
            (Effect::Takes(kind), Some(value)) => (kind, value),
        };
        match kind {
            Kind::Url => self.url(value),
            Kind::Method => self.method = Some(value),
            Kind::Header => self.header(&value, option),
            Kind::Named(name) => self.header(&format!("{name}: {value}"), option),
            Kind::Cookie if !value.contains('=') => self.left_out(option),
            Kind::Cookie => self.header(&format!("Cookie: {value}"), option),
            Kind::Data | Kind::Json if value.starts_with('@') => self.left_out(option),
            Kind::Data | Kind::RawData => self.data.push(value),
            Kind::EncodedData => match encoded(&value) {
                Some(data) => self.data.push(data),
                None => self.left_out(option),
            },
            Kind::Json => {
                self.is_json = true;
                self.data.push(value);
            }
            Kind::User => {
                let (user, password) = value.split_once(':').unwrap_or((&value, ""));
                self.fields.push(("http.auth", "basic".into()));
                self.fields.push(("http.auth.basic.user", user.into()));
                self.fields.push(("http.auth.basic.password", password.into()));
            }
            Kind::ProxyUser => {
                let (user, password) = value.split_once(':').unwrap_or((&value, ""));
                self.fields.push(("http.proxy.user", user.into()));
                self.fields.push(("http.proxy.password", password.into()));
            }
            Kind::Bearer => {
                self.fields.push(("http.auth", "bearer".into()));
                self.fields.push(("http.auth.bearer.token", value));
            }
            Kind::Seconds => match value.parse::<f64>() {
                Ok(seconds) if (0.0..=60.0).contains(&seconds) => {
                    self.fields.push(("deadline", format!("{:.0}s", seconds.ceil().max(1.0))));
                }
                _ => self.left_out(option),
            },
            Kind::Field(field) => self.fields.push((field, value)),
        }
    }

    fn left_out(&mut self, option: &str) {
        let sentence = words::pasted_left_out(option);
        if !self.remarks.contains(&sentence) {
            self.remarks.push(sentence);
        }
    }

    fn url(&mut self, url: String) {
        if self.url.is_none() {
            self.url = Some(url);
            return;
        }
        let sentence = words::PASTED_URLS.to_owned();
        if !self.remarks.contains(&sentence) {
            self.remarks.push(sentence);
        }
    }

    fn header(&mut self, line: &str, option: &str) {
        // Line breaks would make two of one.
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let Some((name, value)) = line.split_once(':') else { return self.left_out(option) };
        let (name, value) = (name.trim(), value.trim());
        match name.to_ascii_lowercase().as_str() {
            "host" => self.fields.push(("http.host", value.into())),
            // The probe works them out itself.
            "content-length" | "connection" | "transfer-encoding" | "te" | "upgrade" | "keep-alive" => {}
            _ => {
                self.headers.retain(|other| !is_of(other, name));
                self.headers.push(format!("{name}: {value}"));
            }
        }
    }

    fn lacks(&self, name: &str) -> bool {
        !self.headers.iter().any(|header| is_of(header, name))
    }

    fn into_read(mut self) -> Read {
        let mut body = if self.is_json { self.data.concat() } else { self.data.join("&") };
        let url = self.url.take().unwrap_or_default();
        let mut url = if url.is_empty() || url.contains("://") { url } else { format!("http://{url}") };
        if self.is_query && !body.is_empty() {
            let mark = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{mark}{}", std::mem::take(&mut body));
        }
        let usual = match (self.is_head, body.is_empty()) {
            (true, _) => "HEAD",
            (_, false) => "POST",
            _ => "GET",
        };
        if !body.is_empty() && self.lacks("content-type") {
            let kind = if self.is_json { "application/json" } else { "application/x-www-form-urlencoded" };
            self.headers.push(format!("Content-Type: {kind}"));
        }
        if self.is_json && self.lacks("accept") {
            self.headers.push("Accept: application/json".into());
        }
        let mut fields = vec![
            ("url", url),
            ("http.method", self.method.take().unwrap_or_else(|| usual.into())),
            ("http.headers", self.headers.join("\n")),
            ("http.body", body),
        ];
        fields.append(&mut self.fields);
        Read { fields, remarks: self.remarks }
    }
}

fn is_of(header: &str, name: &str) -> bool {
    header.split_once(':').is_some_and(|(other, _)| other.eq_ignore_ascii_case(name))
}

/// `content`, `=content` or `name=content`, with the content encoded; nothing of what stands in a file.
fn encoded(value: &str) -> Option<String> {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    match value.split_once('=') {
        Some(("", content)) => Some(encode(content)),
        Some((name, content)) => Some(format!("{name}={}", encode(content))),
        None if value.contains('@') => None,
        None => Some(encode(value)),
    }
}

#[cfg(test)]
mod tests;
