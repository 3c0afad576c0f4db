//! Every option reaches the wire.

use domain::{Auth, Header, HeaderValue, HttpVersion, Outcome, Plan, Secret};

use super::{
    server::{OK, recording, redirect},
    verdict::{Asker, plan, prober, with},
};

fn plain(name: &str, value: &str) -> Header {
    Header { name: name.into(), value: HeaderValue::Plain(value.into()) }
}

#[tokio::test]
async fn method_headers_and_body_are_sent() {
    let (server, mut requests) = recording(OK).await;
    let plan = with(server.url("/a"), |http| {
        http.method = Some("REPORT".into());
        http.headers = vec![
            plain("X-One", "1"),
            plain("Accept", "text/x"),
            plain("X-One", "2"),
            plain("User-Agent", "me"),
        ];
        http.headers
            .push(Header { name: "X-Key".into(), value: HeaderValue::Secret(Secret::new("hunter2")) });
        http.body = Some("hello".into());
    });
    assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("REPORT /a HTTP/1.1\r\n"), "{request}");
    for line in
        ["x-one: 1\r\nx-one: 2", "accept: text/x", "user-agent: me", "x-key: hunter2", "content-length: 5"]
    {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{line}: {request}");
    }
    assert!(request.ends_with("\r\n\r\nhello"), "{request}");
    assert!(!request.contains("*/*") && !request.contains("uptime-tracker"), "{request}");
}

#[tokio::test]
async fn an_empty_post_says_so_and_head_has_no_body() {
    let (server, mut requests) = recording("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
    let head = with(server.url("/"), |http| http.method = Some("HEAD".into()));
    let mut asker = Asker::new(&prober(), head);
    assert_eq!((asker.ask().await, asker.ask().await), (Outcome::Up, Outcome::Up));
    assert_eq!(server.accepted(), 1, "the connection is used again");
    let (server, mut posts) = recording(OK).await;
    Asker::new(&prober(), with(server.url("/"), |http| http.method = Some("POST".into()))).ask().await;
    assert!(requests.recv().await.unwrap().starts_with("HEAD / "));
    assert!(posts.recv().await.unwrap().contains("content-length: 0\r\n"));
}

#[tokio::test]
async fn host_and_sign_in_are_sent() {
    let (server, mut requests) = recording(OK).await;
    for (auth, line) in [
        (
            Auth::Basic { user: "me".into(), password: Secret::new("open:sesame") },
            "Basic bWU6b3BlbjpzZXNhbWU=",
        ),
        (Auth::Bearer { token: Secret::new("abc.def") }, "Bearer abc.def"),
    ] {
        let plan = with(server.url("/"), |http| {
            http.host = Some("other.test:81".into());
            http.auth = Some(auth);
        });
        assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
        let request = requests.recv().await.unwrap();
        assert!(request.contains("\r\nhost: other.test:81\r\n"), "{request}");
        assert!(request.contains(&format!("\r\nauthorization: {line}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn a_connection_that_is_not_kept_is_closed_by_the_server() {
    let (server, mut requests) = recording(OK).await;
    let plan = Plan { keeps_connections: false, ..plan(server.url("/"), "200") };
    assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
    assert!(requests.recv().await.unwrap().contains("\r\nconnection: close\r\n"));
}

#[tokio::test]
async fn cache_busting_makes_every_url_new() {
    let (server, mut requests) = recording(OK).await;
    let mut seen = std::collections::HashSet::new();
    for path in ["/", "/?a=b"] {
        let mut asker = Asker::new(&prober(), with(server.url(path), |http| http.cache_busting = true));
        for _ in 0..2 {
            assert_eq!(asker.ask().await, Outcome::Up);
            let request = requests.recv().await.unwrap();
            let path_sent = request.split(' ').nth(1).unwrap().to_owned();
            assert!(path_sent.starts_with(path) && path_sent.contains("uptime-tracker="), "{path_sent}");
            assert!(seen.insert(path_sent));
        }
        assert_eq!(asker.evidence().url, server.url(path));
    }
}

#[tokio::test]
async fn cookies_live_for_a_run() {
    let (end, mut requests) = recording(OK).await;
    let hop = format!("/next HTTP\r\nset-cookie: sid=s3cret; Path=/\r\nx: {}", end.url("/"));
    let (server, mut first) = recording(redirect(302, &hop.replace(" HTTP", ""))).await;
    for (cookies, wanted) in [(true, "cookie: own=1; sid=s3cret\r\n"), (false, "cookie: own=1\r\n")] {
        let plan = with(server.url("/"), |http| {
            http.cookies = cookies;
            http.headers = vec![plain("Cookie", "own=1")];
            http.redirects = domain::Redirects(1);
        });
        Asker::new(&prober(), plan).ask().await;
        let (one, two) = (first.recv().await.unwrap(), first.recv().await.unwrap());
        assert!(one.contains("cookie: own=1\r\n"), "none outlives a run: {one}");
        assert!(two.starts_with("GET /next ") && two.contains(wanted), "{two}");
    }
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn methods_change_on_redirects_as_in_browsers() {
    for (status, method, wanted) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
    ] {
        let (end, mut requests) = recording(OK).await;
        let (server, _) = recording(redirect(status, &end.url("/"))).await;
        let plan = with(server.url("/"), |http| {
            http.method = Some(method.into());
            http.body = Some("data".into()).filter(|_| method != "HEAD");
            http.headers = vec![plain("Content-Type", "text/plain")];
        });
        assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
        let request = requests.recv().await.unwrap();
        assert!(request.starts_with(&format!("{wanted} / ")), "{status} {method}: {request}");
        let has_body = matches!(wanted, "POST" | "PUT");
        assert_eq!(request.ends_with("data"), has_body, "{status} {method}: {request}");
        assert_eq!(request.contains("content-type"), has_body, "{status} {method}: {request}");
    }
}

#[tokio::test]
async fn redirects_are_counted_as_asked() {
    let (server, _) = recording(redirect(302, "/")).await;
    for (limit, accepted) in [
        (0, "status 302: wanted 200, got 302 Found"),
        (3, "cannot follow the redirects: more than 3 redirects"),
    ] {
        let plan = with(server.url("/"), |http| http.redirects = domain::Redirects(limit));
        let fault = super::verdict::fault(Asker::new(&prober(), plan).ask().await);
        assert_eq!(fault.to_string(), accepted);
    }
    assert_eq!(server.accepted(), 2, "a redirect to the same place uses the same connection");
}

#[tokio::test]
async fn http_2_is_spoken_without_tls_where_it_is_asked_for() {
    let server = super::server::Server::start(|_, stream| async move {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            let is_good = request.uri().authority().is_some_and(|host| host.as_str() == "other.test");
            let status = if is_good { 200 } else { 400 };
            respond.send_response(http::Response::builder().status(status).body(()).unwrap(), true).unwrap();
        }
    })
    .await;
    let plan = with(server.url("/"), |http| {
        http.version = HttpVersion::Http2;
        http.host = Some("other.test".into());
    });
    let mut asker = Asker::new(&prober(), plan);
    for _ in 0..3 {
        assert_eq!(asker.ask().await, Outcome::Up);
    }
    assert_eq!(server.accepted(), 1);
    assert_eq!(asker.evidence().version.as_deref(), Some("HTTP/2.0"));
}
