//! Name servers that answer, and those that misbehave.

use std::{net::SocketAddr, sync::Arc};

use domain::{FaultKind, Outcome, Phase, Reason};
use hickory_resolver::proto::{
    op::{Message, ResponseCode},
    rr::{
        Name, RData, Record,
        rdata::{A, CNAME, MX, TXT},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
    task::JoinHandle,
};

use super::{
    server::{Server, until_closed},
    tls::{Authority, acceptor},
    verdict::{Asker, PATIENT, ask_expecting, ask_in_vain_expecting, ask_with, fault, kind, plan, prober},
};

type Script = dyn Fn(Message) -> Vec<Vec<u8>> + Send + Sync;

/// A name server on a port of the system's choice, over UDP; it ends with the value.
struct NameServer {
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl NameServer {
    /// Answers each question with these datagrams, and over TCP with whatever `stream` makes of the question.
    async fn start(
        datagrams: impl Fn(Message) -> Vec<Vec<u8>> + Send + Sync + 'static,
        stream: impl Fn(Message) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let socket = UdpSocket::bind(address).await.unwrap();
        let datagrams: Arc<Script> = Arc::new(datagrams);
        let udp = tokio::spawn(async move {
            let mut buffer = [0; 2_048];
            while let Ok((size, from)) = socket.recv_from(&mut buffer).await {
                for answer in datagrams(Message::from_vec(&buffer[..size]).unwrap()) {
                    let _ = socket.send_to(&answer, from).await;
                }
            }
        });
        let tcp = tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let Ok(size) = connection.read_u16().await else { continue };
                let mut question = vec![0; size.into()];
                connection.read_exact(&mut question).await.unwrap();
                let _ = connection.write_all(&stream(Message::from_vec(&question).unwrap())).await;
                let _ = connection.shutdown().await;
            }
        });
        Self { address, tasks: vec![udp, tcp] }
    }

    /// Answers as a good server does.
    async fn answering(answer: impl Fn(Message) -> Message + Clone + Send + Sync + 'static) -> Self {
        let streamed = answer.clone();
        let datagrams = move |question| vec![answer(question).to_vec().unwrap()];
        Self::start(datagrams, move |question| framed(&streamed(question))).await
    }

    fn target(&self, rest: &str) -> String {
        format!("dns://{}/{rest}", self.address)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn framed(message: &Message) -> Vec<u8> {
    let bytes = message.to_vec().unwrap();
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes.as_slice()].concat()
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn with(question: Message, data: Vec<RData>) -> Message {
    let of = question.queries[0].name().clone();
    let mut message = question.into_response();
    message.add_answers(data.into_iter().map(|data| Record::from_rdata(of.clone(), 60, data)));
    message
}

fn two_addresses(question: Message) -> Message {
    let alias = RData::CNAME(CNAME(name("real.example.")));
    with(question, vec![alias, RData::A(A::new(192, 0, 2, 1)), RData::A(A::new(192, 0, 2, 2))])
}

fn coded(code: ResponseCode) -> impl Fn(Message) -> Message + Clone {
    move |question| {
        let mut message = question.into_response();
        message.metadata.response_code = code;
        message
    }
}

#[tokio::test]
async fn a_name_with_its_records_is_up() {
    let server = NameServer::answering(two_addresses).await;
    let mut asker = Asker::new(&prober(), plan(server.target("a.example"), ""));
    let finding = asker.finding(PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    let phases: Vec<Phase> = finding.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::FirstByte]);
    let evidence = asker.evidence();
    assert_eq!(evidence.peer, Some(server.address.to_string()));
    assert!(evidence.body.unwrap().contains("a.example. 60 IN A 192.0.2.2\n"));
    for transport in ["tcp", "udp"] {
        let target = server.target(&format!("a.example?transport={transport}"));
        for expect in [
            "answers == 2",
            "answer == 192.0.2.2",
            "answer starts with 192. and rcode == NOERROR",
            "not answer contains real.example",
            "first_byte < 1m; total < 1m; address == 127.0.0.1",
        ] {
            assert_eq!(ask_expecting(&target, expect).await, Outcome::Up, "{transport}: {expect}");
        }
    }
}

#[tokio::test]
async fn records_are_written_as_in_zone_files() {
    let server = NameServer::answering(|question| {
        let data = match question.queries[0].query_type().to_string().as_str() {
            "MX" => RData::MX(MX::new(10, name("mail.example."))),
            _ => RData::TXT(TXT::new(vec!["v=spf1 -all".into()])),
        };
        with(question, vec![data])
    })
    .await;
    let mail = ask_expecting(server.target("a.example?type=MX"), "answer == \"10 mail.example.\"").await;
    assert_eq!(mail, Outcome::Up);
    let text = ask_expecting(server.target("a.example?type=txt"), "answer ~ '^v=spf1 .*-all'").await;
    assert_eq!(text, Outcome::Up);
}

#[tokio::test]
async fn what_the_server_says_is_for_the_expectations() {
    for (code, word) in [
        (ResponseCode::NXDomain, "NXDOMAIN"),
        (ResponseCode::ServFail, "SERVFAIL"),
        (ResponseCode::Refused, "REFUSED"),
    ] {
        let server = NameServer::answering(coded(code)).await;
        let found = fault(ask_expecting(server.target("a.example"), "").await);
        assert_eq!(found.kind, FaultKind::Expectation);
        assert_eq!(found.detail, format!("wanted rcode == \"NOERROR\", got \"{word}\""));
        let wanted = ask_expecting(server.target("a.example"), &format!("rcode == {word}")).await;
        assert_eq!(wanted, Outcome::Up);
    }
    let empty = NameServer::answering(|question| with(question, vec![])).await;
    let found = fault(ask_expecting(empty.target("a.example"), "").await);
    assert_eq!(found.detail, "wanted answers >= 1, got 0");
}

#[tokio::test]
async fn what_does_not_fit_is_asked_for_over_tcp() {
    let cut = |question: Message| {
        let mut message = question.into_response();
        message.metadata.truncation = true;
        vec![message.to_vec().unwrap()]
    };
    let server = NameServer::start(cut, |question| framed(&two_addresses(question))).await;
    let finding = ask_with(&prober(), server.target("a.example"), "answers == 2", PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    assert!(finding.phases.get(Phase::Connect).is_some());
}

#[tokio::test]
async fn stray_answers_are_not_heard() {
    let strays = |question: Message| {
        let mut other = two_addresses(question.clone());
        other.metadata.id ^= 1;
        let mut forged = two_addresses(question.clone());
        forged.queries[0].set_name(name("evil.example."));
        let good = two_addresses(question);
        [vec![], b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()]
            .into_iter()
            .chain([other, forged, good].map(|message| message.to_vec().unwrap()))
            .collect()
    };
    let server = NameServer::start(strays, |_| vec![]).await;
    assert_eq!(ask_expecting(server.target("a.example"), "").await, Outcome::Up);
    let endless = NameServer::start(|_| vec![b"?".to_vec(); 100], |_| vec![]).await;
    assert_eq!(kind(ask_expecting(endless.target("a.example"), "").await), FaultKind::Protocol);
}

#[tokio::test]
async fn who_does_not_answer_is_named() {
    let silent = NameServer::start(|_| vec![], |_| vec![0]).await;
    let waiting = FaultKind::Timeout(Phase::FirstByte);
    assert_eq!(kind(ask_in_vain_expecting(silent.target("a.example"), "").await), waiting);
    let junk = NameServer::start(|_| vec![b"junk".to_vec()], |_| vec![]).await;
    assert_eq!(kind(ask_in_vain_expecting(junk.target("a.example"), "").await), FaultKind::Protocol);
    let closing = ask_expecting(silent.target("a.example?transport=tcp"), "").await;
    assert_eq!(kind(closing), FaultKind::Closed, "half a length");
    let short =
        NameServer::start(|_| vec![], |question| framed(&two_addresses(question))[..20].to_vec()).await;
    assert_eq!(kind(ask_expecting(short.target("a.example?transport=tcp"), "").await), FaultKind::Protocol);
    let other = NameServer::start(|_| vec![], |_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await;
    let outcome = ask_expecting(other.target("a.example?transport=tcp"), "").await;
    assert_eq!(kind(outcome), FaultKind::Protocol, "cut short of a length that is none");
    let slow = Server::start(|_, mut stream| async move {
        let _ = stream.write_all(&[0, 200, 1]).await;
        until_closed(&mut stream).await;
    })
    .await;
    let target = format!("dns://{}/a.example?transport=tcp", slow.address);
    assert_eq!(kind(ask_in_vain_expecting(target, "").await), waiting);
    let free = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(kind(ask_expecting(format!("dns://{free}/a.example"), "").await), FaultKind::Refused);
}

#[tokio::test]
async fn an_encrypted_server_is_verified() {
    let authority = Authority::new();
    for (identity, is_good) in
        [(authority.server("localhost"), true), (authority.server("other.example"), false)]
    {
        let acceptor = acceptor(identity, &[]);
        let server = Server::start(move |_, stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let Ok(size) = stream.read_u16().await else { return };
                let mut question = vec![0; size.into()];
                stream.read_exact(&mut question).await.unwrap();
                let answer = two_addresses(Message::from_vec(&question).unwrap());
                let _ = stream.write_all(&framed(&answer)).await;
                until_closed(&mut stream).await;
            }
        })
        .await;
        let target = format!("dns://localhost:{}/a.example?transport=tls", server.address.port());
        let expect = "answers == 2; certificate.days > 1; tls.version >= 1.3";
        let outcome = ask_with(&authority.prober(), target, expect, PATIENT).await.outcome;
        let is_as_wanted =
            if is_good { outcome == Outcome::Up } else { matches!(kind(outcome), FaultKind::Tls(_)) };
        assert!(is_as_wanted, "trusted: {is_good}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_allowed_is_not_asked() {
    let server = NameServer::answering(two_addresses).await;
    let policy = "public-only".parse().unwrap();
    let strict = probe::Probers::with(probe::Settings { policy, ..probe::Settings::new("0") }).unwrap();
    let outcome = ask_with(&strict, server.target("a.example"), "", PATIENT).await.outcome;
    assert_eq!(outcome, Outcome::Unknown(Reason::Policy));
}
