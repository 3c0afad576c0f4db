//! Tokens that are fetched for a target.

use domain::{Auth, FaultKind, Outcome, Plan, Secret, Target};

use super::{
    server::{OK, Server, recording},
    verdict::{Asker, SHORT, fault, kind, prober, with},
};

fn plan(target: &Server, tokens: &Server) -> Plan {
    with(target.url("/"), |http| {
        http.auth = Some(Auth::OAuth2 {
            token_url: Target::parse(&tokens.url("/token")).unwrap(),
            client_id: "me:too".into(),
            client_secret: Secret::new("open sesame"),
            scopes: "read all".into(),
        });
    })
}

fn answer(json: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{json}",
        json.len()
    )
}

#[tokio::test]
async fn a_token_is_fetched_once_and_sent() {
    let (target, mut requests) = recording(OK).await;
    let (tokens, mut forms) =
        recording(answer(r#"{"access_token":"t0ken","token_type":"bearer","expires_in":600}"#)).await;
    let mut asker = Asker::new(&prober(), plan(&target, &tokens));
    for _ in 0..3 {
        assert_eq!(asker.ask().await, Outcome::Up);
        assert!(requests.recv().await.unwrap().contains("\r\nauthorization: Bearer t0ken\r\n"));
    }
    assert_eq!((target.accepted(), tokens.accepted()), (1, 1));
    let form = forms.recv().await.unwrap();
    assert!(form.starts_with("POST /token HTTP/1.1\r\n"), "{form}");
    assert!(form.contains("\r\nauthorization: Basic bWUlM0F0b286b3BlbitzZXNhbWU=\r\n"), "{form}");
    assert!(form.ends_with("\r\n\r\ngrant_type=client_credentials&scope=read+all"), "{form}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_fetched_anew() {
    let (target, _) = recording("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await;
    let (tokens, _) = recording(answer(r#"{"access_token":"t0ken","expires_in":600}"#)).await;
    let mut asker = Asker::new(&prober(), plan(&target, &tokens));
    for n in 1..=2 {
        assert_eq!(kind(asker.ask().await), FaultKind::Status(401));
        assert_eq!(tokens.accepted(), n);
    }
}

#[tokio::test]
async fn signing_in_that_fails_is_named() {
    let (target, _) = recording(OK).await;
    for (reply, detail) in [
        (answer("{}"), "the answer holds no token"),
        ("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".into(), "the answer is 400 Bad Request"),
        (String::new(), "connection closed without an answer"),
        (answer(&"x".repeat(100_000)), "the answer is too long"),
    ] {
        let tokens = Server::answering(reply).await;
        let fault = fault(Asker::new(&prober(), plan(&target, &tokens)).ask().await);
        assert_eq!((fault.kind, &*fault.detail), (FaultKind::SignIn, detail));
    }
    let stalling = Server::stalling_after(b"").await;
    let outcome = Asker::new(&prober(), plan(&target, &stalling)).finding(SHORT).await.outcome;
    assert_eq!(fault(outcome).to_string(), "signing in fails: timeout while waiting for the first byte");
    assert_eq!(target.accepted(), 0);
}
