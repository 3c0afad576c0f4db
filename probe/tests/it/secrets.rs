//! Secrets stay where they belong.

use domain::{Auth, FaultKind, Header, HeaderValue, Outcome, Secret};

use super::{
    server::{OK, recording, redirect},
    verdict::{Asker, fault, options, plan, prober, with},
};

#[tokio::test]
async fn a_redirect_takes_no_secret_to_another_host() {
    let (elsewhere, mut there) = recording(OK).await;
    let (server, mut here) = recording(redirect(302, &elsewhere.url("/"))).await;
    let header = |name: &str, value| Header { name: name.into(), value };
    let plan = with(server.url("/"), |http| {
        http.auth = Some(Auth::Basic { user: "me".into(), password: Secret::new("hunter2") });
        http.headers = vec![
            header("X-Key", HeaderValue::Secret(Secret::new("s3cret"))),
            header("Cookie", HeaderValue::Plain("id=1".into())),
            header("X-Open", HeaderValue::Plain("1".into())),
        ];
        http.host = Some("name.test".into());
    });
    assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
    let (first, second) = (here.recv().await.unwrap(), there.recv().await.unwrap());
    for line in ["authorization:", "x-key:", "cookie:", "x-open:"] {
        assert!(first.contains(line), "{first}");
        assert_eq!(second.contains(line), line == "x-open:", "{second}");
    }
    assert!(first.contains("host: name.test\r\n"), "{first}");
    assert!(second.contains(&format!("host: {}\r\n", elsewhere.address)), "{second}");
}

#[tokio::test]
async fn a_redirect_on_the_same_host_keeps_them() {
    let (server, mut requests) = recording(redirect(302, "/next")).await;
    let plan = with(server.url("/"), |http| {
        http.auth = Some(Auth::Bearer { token: Secret::new("t0ken") });
        http.redirects = domain::Redirects(1);
    });
    Asker::new(&prober(), plan).ask().await;
    for path in ["/", "/next"] {
        let request = requests.recv().await.unwrap();
        assert!(
            request.starts_with(&format!("GET {path} ")) && request.contains("Bearer t0ken"),
            "{request}"
        );
    }
}

#[tokio::test]
async fn what_a_target_repeats_is_masked() {
    let body = "you sent s3cret and aGk6czNjcmV0";
    let answer = format!(
        "HTTP/1.1 200 OK\r\nx-echo: key s3cret\r\nset-cookie: sid=abc; Path=/\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let (server, _requests) = recording(answer).await;
    let mut plan = plan(server.url("/"), r#"header x-echo == "nothing""#);
    options(&mut plan).auth = Some(Auth::Basic { user: "hi".into(), password: Secret::new("s3cret") });
    assert!(!format!("{plan:?}").contains("s3cret"));
    let mut asker = Asker::new(&prober(), plan);
    let fault = fault(asker.ask().await);
    assert_eq!(fault.kind, FaultKind::Expectation);
    assert!(fault.detail.contains("key •••"), "{fault}");
    let evidence = asker.evidence();
    assert!(!format!("{evidence:?}").contains("s3cret"), "{evidence:?}");
    let header = |name: &str| evidence.headers.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!((&*header("x-echo"), &*header("set-cookie")), ("key •••", "sid=•••; Path=/"));
    assert_eq!(evidence.body.as_deref(), Some("you sent ••• and •••"));
}
