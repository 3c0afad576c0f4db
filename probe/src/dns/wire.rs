//! Questions and answers as bytes (RFC 1035).

use std::fmt::Write;

use domain::{Evidence, Question};
use hickory_resolver::proto::{
    op::{Edns, Message, MessageType, Query, ResponseCode},
    rr::{Name, RecordType},
};

/// The most that a datagram may hold, so that none is cut into pieces on its way (RFC 9715).
const PAYLOAD: u16 = 1_232;
/// The most records that are looked at.
const MOST: usize = 1_000;

/// A question that is sent.
pub(super) struct Asked {
    id: u16,
    query: Query,
    bytes: Vec<u8>,
}

/// What came back.
pub(super) enum Reply {
    Whole(Told),
    /// It did not fit.
    Truncated,
}

/// What a server said.
pub(super) struct Told {
    message: Message,
    record: RecordType,
}

impl Asked {
    /// The question with a number that nobody can guess. Nothing where its name cannot be written.
    pub(super) fn of(question: &Question) -> Option<Self> {
        let name = Name::from_ascii(format!("{}.", question.name)).ok()?;
        let query = Query::query(name, question.record.parse().ok()?);
        let mut message = Message::query();
        message.metadata.recursion_desired = true;
        message.add_query(query.clone());
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD);
        message.set_edns(edns);
        Some(Self { id: message.metadata.id, query, bytes: message.to_vec().ok()? })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads an answer to this question. Nothing of anything else.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<Reply> {
        let header = bytes.first_chunk::<12>()?;
        let (is_answer, is_cut) = (header[2] & 0x80 != 0, header[2] & 0x02 != 0);
        if u16::from_be_bytes([header[0], header[1]]) != self.id || !is_answer {
            return None;
        }
        // Where it was cut, it may be no message any more.
        if is_cut {
            return Some(Reply::Truncated);
        }
        let message = Message::from_vec(bytes).ok()?;
        let repeats = match message.queries.as_slice() {
            [query] => {
                query.name() == self.query.name()
                    && query.query_type() == self.query.query_type()
                    && query.query_class() == self.query.query_class()
            }
            // Who cannot read a question need not repeat it.
            [] => message.metadata.response_code != ResponseCode::NoError,
            _ => false,
        };
        let is_ours = repeats && message.metadata.message_type == MessageType::Response;
        is_ours.then(|| Reply::Whole(Told { message, record: self.query.query_type() }))
    }
}

impl Told {
    /// How it went, as RFC 6895 calls it.
    pub(super) fn rcode(&self) -> &'static str {
        match u16::from(self.message.metadata.response_code) {
            0 => "NOERROR",
            1 => "FORMERR",
            2 => "SERVFAIL",
            3 => "NXDOMAIN",
            4 => "NOTIMP",
            5 => "REFUSED",
            6 => "YXDOMAIN",
            7 => "YXRRSET",
            8 => "NXRRSET",
            9 => "NOTAUTH",
            10 => "NOTZONE",
            16 => "BADVERS",
            23 => "BADCOOKIE",
            _ => "OTHER",
        }
    }

    /// The records of the type that was asked for, as zone files write what they hold.
    pub(super) fn records(&self) -> Vec<String> {
        let asked = self.message.answers.iter().filter(|record| record.record_type() == self.record);
        asked.take(MOST).filter_map(|record| written(&record.data)).collect()
    }

    /// All answers, as zone files write them, as far as they are kept.
    pub(super) fn lines(&self) -> Vec<u8> {
        let mut lines = String::new();
        for line in self.message.answers.iter().take(MOST).filter_map(written) {
            if lines.len() + line.len() >= Evidence::BODY_LIMIT {
                break;
            }
            lines.push_str(&line);
            lines.push('\n');
        }
        lines.into_bytes()
    }

    /// What people are told of it in one line.
    pub(super) fn in_short(&self) -> String {
        words::detail_dns_answers(self.records().len(), self.rcode())
    }
}

/// A text, unless what it is of cannot be written: foreign bytes can be such a thing.
fn written(what: impl std::fmt::Display) -> Option<String> {
    let mut text = String::new();
    write!(text, "{what}").ok().map(|()| text)
}

#[cfg(test)]
mod tests {
    use domain::Target;
    use proptest::prelude::*;

    use super::*;

    fn asked() -> Asked {
        let target = Target::parse("dns://192.0.2.1/example.org?type=MX").unwrap();
        Asked::of(&target.question().unwrap()).unwrap()
    }

    fn answer(to: &Asked, change: impl FnOnce(&mut Message)) -> Vec<u8> {
        let mut message = Message::from_vec(to.bytes()).unwrap().into_response();
        change(&mut message);
        message.to_vec().unwrap()
    }

    #[test]
    fn only_an_answer_to_the_question_is_heard() {
        let asked = asked();
        assert!(matches!(asked.read(&answer(&asked, |_| {})), Some(Reply::Whole(_))));
        assert!(asked.read(asked.bytes()).is_none(), "a question is no answer");
        assert!(asked.read(&answer(&asked, |message| message.metadata.id ^= 1)).is_none());
        let other = Query::query(Name::from_ascii("other.example.").unwrap(), RecordType::MX);
        assert!(asked.read(&answer(&asked, |message| message.queries = vec![other])).is_none());
        let other = Query::query(Name::from_ascii("example.org.").unwrap(), RecordType::A);
        assert!(asked.read(&answer(&asked, |message| message.queries = vec![other])).is_none());
        assert!(asked.read(&answer(&asked, |message| message.queries = vec![])).is_none());
        let refused = |message: &mut Message| {
            message.queries = vec![];
            message.metadata.response_code = ResponseCode::FormErr;
        };
        let Some(Reply::Whole(told)) = asked.read(&answer(&asked, refused)) else { panic!("not heard") };
        assert_eq!((told.rcode(), told.records().len()), ("FORMERR", 0));
        let cut = answer(&asked, |message| message.metadata.truncation = true);
        assert!(matches!(asked.read(&cut[..13]), Some(Reply::Truncated)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let asked = asked();
            let ours = [&asked.id.to_be_bytes(), &[0x81, 0x80], bytes.as_slice()].concat();
            for bytes in [bytes, ours] {
                if let Some(Reply::Whole(told)) = asked.read(&bytes) {
                    told.records();
                    told.lines();
                }
            }
        }

        #[test]
        fn no_change_of_an_answer_panics(place in 12_usize..200, byte in any::<u8>(), more in prop::collection::vec(any::<u8>(), 0..120)) {
            let asked = asked();
            let mut bytes = answer(&asked, |_| {});
            bytes.extend(more);
            let place = place % bytes.len();
            bytes[place] = byte;
            bytes[7] = 3;
            if let Some(Reply::Whole(told)) = asked.read(&bytes) {
                told.records();
                told.lines();
            }
        }
    }
}
