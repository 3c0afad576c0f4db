//! PostgreSQL and MariaDB.

use domain::{FaultKind, Outcome};
use probe::talk::{Heard, Io, Name, Query, Talk, TalkError, mysql, postgres};

use super::{
    Identity, checked, fault, login, not_let_in,
    real::{Place, Real, free_port, program},
    refused, soon,
};

const ACCESS: &str = "
hostssl all encrypted all scram-sha-256
hostnossl all encrypted all reject
host all trusted all trust
host all clear all password
host all digest all md5
host all all all scram-sha-256
";

const USERS: [&str; 6] = [
    "CREATE ROLE \"Gänse\" LOGIN PASSWORD 'Füße \"''=,'",
    "CREATE ROLE trusted LOGIN",
    "CREATE ROLE clear LOGIN PASSWORD 'canary'",
    "CREATE ROLE encrypted LOGIN PASSWORD 'canary'",
    "SET password_encryption = 'md5'; CREATE ROLE digest LOGIN PASSWORD 'canary'",
    "CREATE DATABASE shop",
];

async fn start_postgres(identity: &Identity) -> Option<Real> {
    let make = program("initdb", "postgresql")?;
    let serve = program("postgres", "postgresql")?;
    let place = Place::new();
    let data = place.path().join("data").to_str().unwrap().to_owned();
    let password = place.write("password", "canary").to_str().unwrap().to_owned();
    let how = [
        "-D",
        &data,
        "-U",
        "boss",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-locale",
        "-N",
        "--pwfile",
        &password,
    ];
    place.run(&make, &how).await;
    let access = format!("hba_file={}", place.write("access", ACCESS).display());
    let chain = format!("ssl_cert_file={}", place.write("chain.pem", &identity.chain).display());
    let key = format!("ssl_key_file={}", place.write("key.pem", &identity.key).display());
    let port = free_port();
    let number = port.to_string();
    let settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "ssl=on",
        &access,
        &chain,
        &key,
    ];
    let args: Vec<&str> = ["-D", &data, "-p", &number]
        .into_iter()
        .chain(settings.into_iter().flat_map(|setting| ["-c", setting]))
        .collect();
    Some(place.start(&serve, &args, port).await)
}

async fn ask_postgres(
    stream: &mut impl Io,
    user: &str,
    password: &str,
    database: &str,
    query: &str,
) -> Result<Heard, TalkError> {
    let (login, query) = (login(user, password), Query::new(query).unwrap());
    let database = Name::new(database).unwrap();
    soon(postgres::Ask { login: &login, database: Some(&database), query: &query }.ask(stream)).await
}

#[tokio::test]
async fn postgres_serves() {
    let identity = Identity::new();
    let Some(server) = start_postgres(&identity).await else { return };
    postgres_lets_in_and_counts(&server, &identity).await;
    postgres_says_what_is_wrong(&server).await;
}

async fn postgres_lets_in_and_counts(server: &Real, identity: &Identity) {
    // It listens before it serves, and says so meanwhile.
    let mut made = ask_postgres(&mut server.connect().await, "boss", "canary", "postgres", "SELECT 1").await;
    while matches!(&made, Err(TalkError::Refused(said)) if said.starts_with("FATAL 57P03")) {
        made = ask_postgres(&mut server.connect().await, "boss", "canary", "postgres", "SELECT 1").await;
    }
    let heard = made.unwrap();
    assert!(heard.version.as_ref().is_some_and(|version| !version.is_empty()), "{heard:?}");
    assert_eq!((heard.rows, heard.field.as_deref()), (Some(1), Some("1")));
    assert_eq!(heard.role.as_deref(), Some("primary"));
    println!("PostgreSQL {}", heard.version.unwrap());
    let ask = async |query: &str| {
        ask_postgres(&mut server.connect().await, "boss", "canary", "postgres", query).await.unwrap()
    };
    for statement in USERS {
        ask(statement).await;
    }
    let stored = ask("SELECT left(rolpassword, 3) FROM pg_authid WHERE rolname = 'digest'").await;
    assert_eq!(stored.field.as_deref(), Some("md5"));
    let stream = &mut server.connect().await;
    ask_postgres(stream, "Gänse", "Füße \"'=,", "shop", "SELECT 1").await.unwrap();
    for user in ["trusted", "clear", "digest"] {
        let stream = &mut server.connect().await;
        let rows = "SELECT n FROM generate_series(7, 9) n";
        let heard = ask_postgres(stream, user, "canary", "shop", rows).await.unwrap();
        assert_eq!((heard.rows, heard.field.as_deref()), (Some(3), Some("7")), "{user}");
    }
    for user in ["boss", "clear", "digest", "nobody"] {
        let said =
            not_let_in(ask_postgres(&mut server.connect().await, user, "wrong", "shop", "SELECT 1").await);
        assert!(said.starts_with("FATAL 28P01: password authentication failed"), "{said}");
    }
    let said = not_let_in(
        ask_postgres(&mut server.connect().await, "encrypted", "canary", "shop", "SELECT 1").await,
    );
    assert!(said.contains("FATAL 28000"), "{said}");

    let mut stream = server.connect().await;
    let (login, query) = (login("encrypted", "canary"), Query::default());
    let ask = postgres::Ask { login: &login, database: None, query: &query };
    soon(ask.before_tls(&mut stream)).await.unwrap();
    let mut stream = identity.encrypt(stream).await;
    let heard = ask_postgres(&mut stream, "encrypted", "canary", "shop", "SELECT NULL").await.unwrap();
    assert_eq!((heard.rows, heard.field), (Some(1), None));

    let port = server.port;
    let url = format!("postgres+starttls://encrypted:canary@localhost:{port}/shop");
    let query = Some("SELECT n FROM generate_series(7, 9) n");
    let expect = "rows == 3; value == 7; role == primary; version starts with '1'; certificate.days > 1";
    assert_eq!(checked(identity, &url, expect, query).await.outcome, Outcome::Up);
    let found = fault(checked(identity, &url, "rows > 3", query).await.outcome);
    assert_eq!((found.kind, found.detail.as_str()), (FaultKind::Expectation, "wanted rows > 3, got 3"));
    let url = format!("postgres://boss:wrong-canary@localhost:{port}/shop");
    let found = fault(checked(identity, url, "", None).await.outcome);
    assert_eq!(found.kind, FaultKind::SignIn);
    assert!(!found.detail.contains("wrong-canary"), "{found}");
    let url = format!("postgres://boss:canary@localhost:{port}/nowhere");
    assert_eq!(fault(checked(identity, url, "", None).await.outcome).kind, FaultKind::NotServing);
}

async fn postgres_says_what_is_wrong(server: &Real) {
    let ask = async |database: &str, query: &str| {
        ask_postgres(&mut server.connect().await, "boss", "canary", database, query).await
    };
    assert_eq!(refused(ask("none", "SELECT 1").await), "FATAL 3D000: database \"none\" does not exist");
    let said = refused(ask("postgres", "SELECT * FROM orders").await);
    assert_eq!(said, "ERROR 42P01: relation \"orders\" does not exist");
    assert_eq!(ask("postgres", "SELECT 1 WHERE false").await.unwrap().rows, Some(0));
    assert_eq!(ask("postgres", "-- nothing").await.unwrap().rows, Some(0));
    assert_eq!(ask("postgres", "SELECT 1; SELECT 2").await.unwrap().rows, Some(2));
    let copy = ask("postgres", "COPY pg_class FROM STDIN").await;
    assert!(matches!(copy, Err(TalkError::Strange { .. } | TalkError::Refused(_))), "{copy:?}");
    let large = ask("postgres", "SELECT repeat('x', 1000) FROM generate_series(1, 100000)").await;
    assert!(matches!(large, Err(TalkError::TooLong)), "{large:?}");
}

async fn start_mariadb(identity: &Identity) -> Option<Real> {
    let make = program("mariadb-install-db", "mariadb-server")?;
    let serve = program("mariadbd", "mariadb-server")?;
    let place = Place::new();
    let data = format!("--datadir={}", place.path().join("data").display());
    place
        .run(&make, &["--no-defaults", &data, "--skip-test-db", "--auth-root-authentication-method=normal"])
        .await;
    let users = "CREATE USER ann@'%' IDENTIFIED BY 'canary';\nCREATE USER encrypted@'%' IDENTIFIED BY 'canary' REQUIRE SSL;\n\
        CREATE USER empty@'%';\nCREATE DATABASE shop;\nGRANT ALL ON shop.* TO ann@'%', empty@'%', encrypted@'%';\n\
        CREATE USER other@'%' IDENTIFIED VIA unix_socket;\n";
    let users = format!("--init-file={}", place.write("users.sql", users).display());
    let socket = format!("--socket={}", place.path().join("socket").display());
    let chain = format!("--ssl-cert={}", place.write("chain.pem", &identity.chain).display());
    let key = format!("--ssl-key={}", place.write("key.pem", &identity.key).display());
    let port = free_port();
    let number = format!("--port={port}");
    let args = ["--no-defaults", &data, &users, &socket, &chain, &key, &number, "--bind-address=127.0.0.1"];
    Some(place.start(&serve, &args, port).await)
}

async fn ask_mysql(server: &Real, user: &str, password: &str, query: &str) -> Result<Heard, TalkError> {
    let (login, query) = (login(user, password), Query::new(query).unwrap());
    let database = Name::new("shop").unwrap();
    let ask = mysql::Ask { login: &login, database: Some(&database), query: &query };
    soon(ask.ask(&mut server.connect().await)).await
}

#[tokio::test]
async fn mariadb_lets_in_and_counts() {
    let identity = Identity::new();
    let Some(server) = start_mariadb(&identity).await else { return };
    let heard = ask_mysql(&server, "ann", "canary", "SELECT 1").await.unwrap();
    println!("MariaDB {}", heard.version.as_deref().unwrap_or_default());
    assert!(
        heard.version.is_some_and(|version| version.contains("MariaDB") && !version.starts_with("5.5.5-"))
    );
    assert_eq!((heard.rows, heard.field.as_deref()), (Some(1), Some("1")));
    let rows = "SELECT seq, 'x' FROM seq_7_to_9";
    let heard = ask_mysql(&server, "empty", "", rows).await.unwrap();
    assert_eq!((heard.rows, heard.field.as_deref()), (Some(3), Some("7")));
    assert_eq!(ask_mysql(&server, "ann", "canary", "SELECT NULL").await.unwrap().field, None);
    assert_eq!(ask_mysql(&server, "ann", "canary", "DO 1").await.unwrap().rows, Some(0));

    for (user, password) in [("ann", "wrong"), ("ann", ""), ("who", "x"), ("encrypted", "canary")] {
        let said = not_let_in(ask_mysql(&server, user, password, "SELECT 1").await);
        assert!(said.starts_with("1045: Access denied for user"), "{said}");
    }
    let url = format!("mysql+starttls://encrypted:canary@localhost:{}/shop", server.port);
    let expect = "rows == 1; value == 1; version contains MariaDB; tls.version >= 1.2";
    assert_eq!(checked(&identity, url, expect, None).await.outcome, Outcome::Up);
    let url = format!("mysql://ann:wrong@127.0.0.1:{}", server.port);
    assert_eq!(fault(checked(&identity, url, "", None).await.outcome).kind, FaultKind::SignIn);

    let said = refused(ask_mysql(&server, "ann", "canary", "SELECT * FROM orders").await);
    assert_eq!(said, "1146: Table 'shop.orders' doesn't exist");
    let file = ask_mysql(&server, "ann", "canary", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE x").await;
    assert!(matches!(file, Err(TalkError::Strange { .. } | TalkError::Refused(_))), "{file:?}");

    let mut stream = server.connect().await;
    let login = login("encrypted", "canary");
    let query = Query::new("SHOW STATUS LIKE 'Ssl_version'").unwrap();
    let ask = mysql::Ask { login: &login, database: None, query: &query };
    let hello = soon(ask.before_tls(&mut stream)).await.unwrap();
    let mut stream = identity.encrypt(stream).await;
    assert_eq!(soon(ask.after_tls(&mut stream, hello)).await.unwrap().rows, Some(1));
}
