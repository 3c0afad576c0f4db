//! Redis, Mosquitto and OpenSSH.

use domain::{FaultKind, Outcome};
use probe::talk::{TalkError, Topic, mqtt, redis, ssh};

use super::{
    Identity, checked, fault, login, not_let_in,
    real::{Place, Real, free_port, program},
    refused, soon,
};

/// The server and its port for encryption.
async fn start_redis(identity: &Identity, more: &str) -> Option<(Real, u16)> {
    let serve = program("redis-server", "redis-server")?;
    let place = Place::new();
    let (port, tls) = (free_port(), free_port());
    let chain = place.write("chain.pem", &identity.chain).display().to_string();
    let key = place.write("key.pem", &identity.key).display().to_string();
    let settings = place.write(
        "settings",
        &format!(
            "bind 127.0.0.1\nport {port}\ntls-port {tls}\ntls-cert-file {chain}\ntls-key-file {key}\n\
             tls-ca-cert-file {chain}\ntls-auth-clients no\nsave \"\"\ndir {}\n{more}\n",
            place.path().display()
        ),
    );
    Some((place.start(&serve, &[settings], port).await, tls))
}

#[tokio::test]
async fn redis_lets_in() {
    let identity = Identity::new();
    let users = "requirepass canary\nuser ann on >\"can ary\" ~* +@all\nuser eve on >x -@all +ping\nuser bob on >x ~* -@all +auth";
    let Some((server, tls)) = start_redis(&identity, users).await else { return };
    for login in [login("ann", "can ary"), login("", "canary"), login("default", "canary")] {
        let heard = soon(redis::ask(&mut server.connect().await, Some(&login))).await.unwrap();
        println!("Redis {}", heard.version.as_deref().unwrap_or_default());
        assert!(heard.version.is_some() && heard.role.as_deref() == Some("master"), "{heard:?}");
        let mut stream = identity.encrypt(server.connect_to(tls).await).await;
        soon(redis::ask(&mut stream, Some(&login))).await.unwrap();
    }
    let said = not_let_in(soon(redis::ask(&mut server.connect().await, None)).await);
    assert_eq!(said, "NOAUTH Authentication required.");
    let said = not_let_in(soon(redis::ask(&mut server.connect().await, Some(&login("ann", "no")))).await);
    assert!(said.starts_with("WRONGPASS "), "{said}");
    // Who may do nothing but ask whether it serves.
    soon(redis::ask(&mut server.connect().await, Some(&login("eve", "x")))).await.unwrap();
    let said = refused(soon(redis::ask(&mut server.connect().await, Some(&login("bob", "x")))).await);
    assert!(said.starts_with("NOPERM "), "{said}");
    let url = format!("rediss://ann:can%20ary@localhost:{tls}");
    assert_eq!(checked(&identity, url, "role == master; version exists", None).await.outcome, Outcome::Up);
    let url = format!("redis://localhost:{}", server.port);
    assert_eq!(fault(checked(&identity, url, "", None).await.outcome).kind, FaultKind::SignIn);
    // Who speaks in the clear where encryption is wanted.
    let plain = soon(redis::ask(&mut server.connect_to(tls).await, None)).await;
    assert!(
        matches!(plain, Err(TalkError::Closed | TalkError::Strange { .. } | TalkError::Io(_))),
        "{plain:?}"
    );
}

#[tokio::test]
async fn redis_says_what_is_wrong() {
    let away = format!("replicaof 127.0.0.1 {}\nreplica-serve-stale-data no", free_port());
    let Some((server, _)) = start_redis(&Identity::new(), &away).await else { return };
    let said = refused(soon(redis::ask(&mut server.connect().await, None)).await);
    assert!(said.starts_with("MASTERDOWN "), "{said}");
    let url = format!("redis://localhost:{}", server.port);
    assert_eq!(fault(checked(&Identity::new(), url, "", None).await.outcome).kind, FaultKind::NotServing);
    let said = not_let_in(soon(redis::ask(&mut server.connect().await, Some(&login("", "canary")))).await);
    assert!(said.starts_with("ERR AUTH <password> called without any password configured"), "{said}");
}

#[tokio::test]
async fn mosquitto_echoes() {
    let Some(serve) = program("mosquitto", "mosquitto") else { return };
    let Some(hide) = program("mosquitto_passwd", "mosquitto") else { return };
    let place = Place::new();
    let (port, open) = (free_port(), free_port());
    let users = place.path().join("users").to_str().unwrap().to_owned();
    place.run(&hide, &["-b", "-c", &users, "ann", "canary"]).await;
    let rights = place.write("rights", "user ann\ntopic readwrite up/#\n").display().to_string();
    let settings = format!(
        "per_listener_settings true\nlistener {port} 127.0.0.1\nallow_anonymous false\npassword_file {users}\n\
         acl_file {rights}\nlistener {open} 127.0.0.1\nallow_anonymous true\n"
    );
    let settings = place.write("settings", &settings).display().to_string();
    let server = place.start(&serve, &["-c", &settings], port).await;

    let topic = Topic::new("up/time").unwrap();
    let ann = login("ann", "canary");
    for echo in [None, Some(&topic)] {
        let ask = mqtt::Ask { login: Some(&ann), echo };
        soon(mqtt::ask(&mut server.connect().await, &ask)).await.unwrap();
        let ask = mqtt::Ask { login: None, echo };
        soon(mqtt::ask(&mut server.connect_to(open).await, &ask)).await.unwrap();
    }
    let url = format!("mqtt://ann:canary@localhost:{port}/up/time");
    assert_eq!(checked(&Identity::new(), url, "total < 10s", None).await.outcome, Outcome::Up);
    for login in [None, Some(&login("ann", "wrong"))] {
        let ask = mqtt::Ask { login, echo: None };
        let said = not_let_in(soon(mqtt::ask(&mut server.connect().await, &ask)).await);
        assert_eq!(said, "it does not allow this");
    }
}

#[tokio::test]
async fn openssh_says_who_it_is() {
    let Some(serve) = program("sshd", "openssh-server") else { return };
    let Some(make) = program("ssh-keygen", "openssh-client") else { return };
    let place = Place::new();
    let key = place.path().join("key").to_str().unwrap().to_owned();
    place.run(&make, &["-q", "-t", "ed25519", "-N", "", "-f", &key]).await;
    let port = free_port();
    let settings = format!("ListenAddress 127.0.0.1\nPort {port}\nHostKey {key}\nUsePAM no\nPidFile none\n");
    let settings = place.write("settings", &settings).display().to_string();
    let server = place.start(&serve, &["-D", "-e", "-f", &settings], port).await;
    let heard = soon(ssh::ask(&mut server.connect().await)).await.unwrap();
    println!("{heard:?}");
    assert!(heard.banner.is_some_and(|banner| banner.starts_with("SSH-2.0-OpenSSH_")));
    assert!(heard.version.is_some_and(|version| version.starts_with("OpenSSH_")));
    let expect = "banner starts with SSH-2.0; version ~ '^OpenSSH_'";
    let url = format!("ssh://localhost:{port}");
    assert_eq!(checked(&Identity::new(), url, expect, None).await.outcome, Outcome::Up);
}
