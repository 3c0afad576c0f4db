//! Everything that services answer, and what is made of it, for each channel.

use std::time::Duration;

use notify::{Class, Receipt, Undelivered};

use super::{
    double::{Behaviour, Double, answer},
    samples::{CANARIES, HTTP, at, down, sender},
};

async fn send(kind: &str, behaviour: Behaviour) -> (Result<Receipt, Undelivered>, Double) {
    let double = Double::start(behaviour).await;
    let sent = sender().send(&at(kind, &double.base), &down()).await;
    (sent, double)
}

fn later(secs: Option<u64>) -> Class {
    Class::Later(secs.map(Duration::from_secs))
}

#[tokio::test]
async fn what_is_taken_is_taken() {
    for kind in HTTP {
        for (status, said) in [(200, "200 OK"), (202, "202 Accepted"), (299, "299")] {
            let (sent, double) = send(kind, answer(status, "", "{\"ok\":true}")).await;
            assert_eq!(sent.unwrap().said, said, "{kind}");
            double.only();
        }
        let (sent, _double) = send(kind, Behaviour::Answers("HTTP/1.1 204 No Content\r\n\r\n".into())).await;
        assert_eq!(sent.unwrap().said, "204 No Content", "{kind}");
    }
}

#[tokio::test]
async fn what_may_work_later_is_tried_later() {
    let soon = "Date: Mon, 23 Nov 2026 14:03:10 GMT\r\nRetry-After: Mon, 23 Nov 2026 14:04:10 GMT\r\n";
    for kind in HTTP {
        for (status, headers, wait) in [
            (429, "", None),
            (429, "Retry-After: 30\r\n", Some(30)),
            (429, "Retry-After: 0\r\n", None),
            (429, "Retry-After: -1\r\n", None),
            (429, "Retry-After: 1000000000\r\n", Some(3_600)),
            (429, "Retry-After: soon, perhaps\r\n", None),
            (429, "Retry-After: \u{e9}\r\n", None),
            (429, soon, Some(60)),
            (500, "", None),
            (502, "", None),
            (503, "Retry-After: 7\r\n", Some(7)),
            (599, "", None),
            (408, "", None),
            (425, "", None),
        ] {
            let (sent, double) = send(kind, answer(status, headers, "<html>not now</html>")).await;
            let error = sent.unwrap_err();
            assert_eq!(error.class, later(wait), "{kind} {status} {headers:?}: {}", error.said);
            assert!(
                error.said.starts_with(&format!("the service answered {status}")),
                "{kind}: {}",
                error.said
            );
            double.only();
        }
    }
}

#[tokio::test]
async fn what_is_refused_is_refused() {
    for kind in HTTP {
        for status in [400, 401, 403, 404, 405, 410, 413, 422, 451] {
            let (sent, double) = send(kind, answer(status, "Retry-After: 5\r\n", "no")).await;
            let error = sent.unwrap_err();
            assert_eq!(error.class, Class::Refused, "{kind} {status}");
            double.only();
        }
    }
}

/// One might lead to the metadata of a cloud.
#[tokio::test]
async fn redirects_are_not_followed() {
    for kind in HTTP {
        for status in [301, 302, 303, 307, 308] {
            let (sent, double) =
                send(kind, answer(status, "Location: http://169.254.169.254/latest/\r\n", "")).await;
            let error = sent.unwrap_err();
            assert_eq!(error.class, Class::Refused, "{kind}");
            assert!(error.said.contains("redirects are not followed"), "{kind}: {}", error.said);
            assert!(!error.said.contains("169.254"), "{kind}: {}", error.said);
            double.only();
        }
    }
}

#[tokio::test]
async fn connections_that_break_are_tried_later() {
    for kind in HTTP {
        for behaviour in [
            Behaviour::HangsUp,
            Behaviour::Resets,
            Behaviour::Answers("SSH-2.0-OpenSSH_9.2\r\n".into()),
            Behaviour::Answers("HTTP/1.1 2".into()),
        ] {
            let (sent, _double) = send(kind, behaviour.clone()).await;
            let error = sent.unwrap_err();
            assert_eq!(error.class, later(None), "{kind} {behaviour:?}: {}", error.said);
        }
        let gone = Double::kind().await.base.clone();
        let error = sender().send(&at(kind, &gone), &down()).await.unwrap_err();
        assert_eq!(error.class, later(None), "{kind}");
    }
}

/// The clock runs ahead whenever nobody has anything to do, so the deadlines pass at once.
#[tokio::test(start_paused = true)]
async fn nobody_is_waited_for_for_long() {
    for kind in HTTP {
        let began = tokio::time::Instant::now();
        let (sent, _double) = send(kind, Behaviour::IsSilent).await;
        let error = sent.unwrap_err();
        assert_eq!((error.said.as_str(), error.class), ("the service did not answer in time", later(None)));
        assert!(began.elapsed() <= Duration::from_secs(11), "{kind}: {:?}", began.elapsed());
    }
}

/// The status says whether a message was taken; a body that does not end, or hardly begins, changes nothing.
#[tokio::test(start_paused = true)]
async fn bodies_that_do_not_end_are_not_read_to_their_end() {
    for kind in HTTP {
        let began = tokio::time::Instant::now();
        for behaviour in [Behaviour::NeverEnds(200), Behaviour::Drips(200)] {
            let (sent, _double) = send(kind, behaviour).await;
            match sent {
                Ok(receipt) => assert_eq!(receipt.said, "200 OK", "{kind}"),
                // With a clock that runs ahead, the head may come too late.
                Err(error) => assert_eq!(error.class, later(None), "{kind}: {}", error.said),
            }
        }
        assert!(began.elapsed() <= Duration::from_secs(62), "{kind}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn endless_errors_are_errors() {
    for kind in HTTP {
        let (sent, _double) = send(kind, Behaviour::NeverEnds(503)).await;
        assert_eq!(sent.unwrap_err().class, later(None), "{kind}");
        let (sent, _double) = send(kind, Behaviour::NeverEnds(200)).await;
        assert_eq!(sent.unwrap().said, "200 OK", "{kind}");
    }
}

#[tokio::test]
async fn services_say_how_long_to_wait_and_what_is_wrong() {
    for (kind, status, body, class, said) in [
        ("slack", 404, "no_service", Class::Refused, "404 Not Found: no_service"),
        ("slack", 403, "<b>not slack</b>", Class::Refused, "403 Forbidden"),
        (
            "discord",
            429,
            r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#,
            Class::Later(Some(Duration::from_millis(64_570))),
            "429 Too Many Requests: You are being rate limited.",
        ),
        ("discord", 429, r#"{"retry_after":-3}"#, later(None), "429 Too Many Requests"),
        ("discord", 429, r#"{"retry_after":1e12}"#, later(Some(3_600)), "429 Too Many Requests"),
        ("discord", 429, r#"{"retry_after":"soon"}"#, later(None), "429 Too Many Requests"),
        (
            "telegram",
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#,
            later(Some(35)),
            "429 Too Many Requests: Too Many Requests: retry after 35",
        ),
        (
            "telegram",
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#,
            Class::Refused,
            "400 Bad Request: Bad Request: chat not found",
        ),
        (
            "ntfy",
            401,
            r#"{"code":40101,"http":401,"error":"unauthorized"}"#,
            Class::Refused,
            "401 Unauthorized: unauthorized",
        ),
        (
            "pagerduty",
            400,
            r#"{"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' is missing"]}"#,
            Class::Refused,
            "400 Bad Request: Event object is invalid; 'routing_key' is missing",
        ),
        ("webhook", 400, r#"{"message":"internal things"}"#, Class::Refused, "400 Bad Request"),
    ] {
        let (sent, _double) = send(kind, answer(status, "", body)).await;
        let error = sent.unwrap_err();
        assert_eq!(error.class, class, "{kind}");
        assert_eq!(error.said, format!("the service answered {said}"), "{kind}");
    }
}

#[tokio::test]
async fn what_services_repeat_is_shown_without_secrets() {
    let all = CANARIES.join(" ");
    for kind in HTTP {
        let quoted =
            ["message", "description", "error"].map(|name| format!("{{\"{name}\":\"you sent {all}\"}}"));
        for body in quoted.into_iter().chain(CANARIES.map(str::to_owned)) {
            let (sent, double) = send(kind, answer(400, "", &body)).await;
            let error = sent.unwrap_err();
            let own = at(kind, &double.base).to_json();
            for canary in CANARIES.iter().filter(|canary| own.contains(*canary)) {
                assert!(!format!("{error} {error:?}").contains(canary), "{kind}: {error}");
            }
        }
    }
}

/// What delivers runs each in a task of its own.
#[tokio::test]
async fn sending_can_be_a_task() {
    let double = Double::kind().await;
    let channel = at("webhook", &double.base);
    tokio::spawn(async move { sender().send(&channel, &down()).await }).await.unwrap().unwrap();
}
