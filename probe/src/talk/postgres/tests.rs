use domain::Secret;

use super::{
    super::double::{Peer, garbage, steady},
    *,
};

const READY: &[u8] =
    b"R\0\0\0\x08\0\0\0\0S\0\0\0\x18server_version\x0015.1\0S\0\0\0\x17in_hot_standby\0off\0K\0\0\0\x0c\0\0\0\0\0\0\0\0Z\0\0\0\x05I";
const ROWS: &[u8] = b"T\0\0\0\x06\0\x01D\0\0\0\x0c\0\x01\0\0\0\x0242D\0\0\0\x0a\0\x01\xff\xff\xff\xffC\0\0\0\x0dSELECT 2\0Z\0\0\0\x05I";
const STARTING: &[u8] = b"E\0\0\0\x2aSFATAL\0VFATAL\0C57P03\0Mstill starting\0\0";

fn login() -> Login {
    Login::new("ann", Secret::new("canary")).unwrap()
}

async fn asked(peer: &mut Peer) -> Result<Heard, TalkError> {
    Ask { login: &login(), database: None, query: &Query::default() }.ask(peer).await
}

fn told(says: &[u8]) -> (String, String) {
    let (result, heard) = Peer::new(says, usize::MAX).talk(asked);
    (result.map_or_else(|error| format!("{error:?}"), |heard| format!("{heard:?}")), heard)
}

#[test]
fn rows_are_counted() {
    let (result, heard) = Peer::new(&[READY, ROWS].concat(), usize::MAX).talk(asked);
    let wanted = Heard {
        version: Some("15.1".into()),
        role: Some("primary".into()),
        rows: Some(2),
        field: Some("42".into()),
        ..Heard::default()
    };
    assert_eq!(result.unwrap(), wanted);
    let startup = "\0\0\0\x3f\0\x03\0\0user\0ann\0database\0ann\0application_name\0uptime-tracker\0\0";
    assert_eq!(heard, format!("{startup}Q\0\0\0\x0dSELECT 1\0X\0\0\0\x04"));
}

#[test]
fn failures_are_told_apart() {
    let error = |body: &str| {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [b"E", &length[..], body.as_bytes()].concat()
    };
    assert_eq!(told(STARTING).0, "Refused(\"FATAL 57P03: still starting\")");
    let wrong = error("SFATAL\0C28P01\0Mnot canary\0\0");
    assert_eq!(told(&wrong).0, "SignIn(\"FATAL 28P01: not •••\")");
    let full = error("SFATAL\0C53300\0Mfull\0\0");
    assert_eq!(told(&[&READY[..9], &full].concat()).0, "Refused(\"FATAL 53300: full\")");
    let missing = error("SERROR\0C42P01\0Mno table\0\0");
    assert_eq!(told(&[READY, &missing].concat()).0, "Refused(\"ERROR 42P01: no table\")");
    assert_eq!(told(b"R\0\0\0\x08\0\0\0\x07").0, "SignIn(\"it wants another way of signing in: 7\")");
    let sasl = told(b"R\0\0\0\x0e\0\0\0\x0aSHA-1\0").0;
    assert_eq!(sasl, "SignIn(\"it wants another way of signing in: SHA-1\\\\u{0}\")");
    assert_eq!(told(b"HTTP/1.1 400").0, "Strange { protocol: \"PostgreSQL\", said: \"HTTP/1.1 400\" }");
    assert_eq!(told(b"R\xff\xff\xff\xff").0, "TooLong");
    assert_eq!(told(b"R\0\0\0\x03").0, "Strange { protocol: \"PostgreSQL\", said: \"R\" }");
    assert_eq!(told(READY).0, "Closed");
    // Copying would wait for us.
    assert!(told(&[READY, b"G\0\0\0\x07\0\0\0"].concat()).0.starts_with("Strange"));
}

/// A server that skips the proof is not believed.
#[test]
fn the_proof_cannot_be_skipped() {
    let says = [b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0", READY].concat();
    let (result, heard) = told(&says);
    assert!(result.starts_with("Strange"), "{result}");
    assert!(!heard.contains("canary"));
}

#[test]
fn encryption_begins_with_nothing_before_it() {
    let before = |says: &[u8]| {
        let (login, query) = (login(), Query::default());
        let ask = Ask { login: &login, database: None, query: &query };
        let (result, heard) = Peer::new(says, usize::MAX).talk(async |peer| ask.before_tls(peer).await);
        assert_eq!(heard, "\0\0\0\x08\x04\u{fffd}\x16/");
        format!("{result:?}")
    };
    assert_eq!(before(b"S"), "Ok(())");
    assert_eq!(before(b"N"), "Err(NoEncryption)");
    assert_eq!(before(b"SR\0"), "Err(Early)");
    assert!(before(STARTING).starts_with("Err(Strange"));
    assert_eq!(before(b""), "Err(Closed)");
}

#[test]
fn a_server_without_an_end_is_left() {
    for says in [&b"N\0\0\0\x04"[..], b"R\0\0\0\x08\0\0\0\0", b"N\0\x03\0\0"] {
        assert!(Peer::endless(says).talk(asked).0.is_err());
    }
    let mut says = READY.to_vec();
    says.extend(b"D\0\0\0\x06\0\0".repeat(200_000));
    assert_eq!(told(&says).0, "TooLong");
}

proptest::proptest! {
    #[test]
    fn no_answer_panics(bytes in garbage(&[READY, ROWS, STARTING, b"R\0\0\0\x0c\0\0\0\x05salt"]), signed in proptest::bool::ANY) {
        let all = if signed { [READY, &bytes].concat() } else { bytes };
        steady(&all, asked);
    }
}
