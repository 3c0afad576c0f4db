use domain::Secret;

use super::{
    super::double::{Peer, garbage, steady},
    *,
};

/// MySQL 8.0.36 with `caching_sha2_password`, which can TLS.
const HELLO: &[u8] = b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0";
const SIGNED: &[u8] = b"\x02\0\0\x02\x01\x03\x07\0\0\x03\0\0\0\x02\0\0\0";
const ROWS: &[u8] = b"\x01\0\0\x01\x01\x04\0\0\x02\x03def\x05\0\0\x03\xfe\0\0\x02\0\x03\0\0\x04\x0242\x01\0\0\x05\xfb\x05\0\0\x06\xfe\0\0\x02\0";

fn login() -> Login {
    Login::new("ann", Secret::new("canary")).unwrap()
}

async fn asked(peer: &mut Peer) -> Result<Heard, TalkError> {
    let database = Name::new("shop").unwrap();
    Ask { login: &login(), database: Some(&database), query: &Query::default() }.ask(peer).await
}

fn told(says: &[&[u8]]) -> (String, String) {
    let (result, heard) = Peer::new(&says.concat(), usize::MAX).talk(asked);
    (result.map_or_else(|error| format!("{error:?}"), |_| "fine".into()), heard)
}

fn failure(number: u8, code: u16, text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len() + 3).unwrap();
    [&[length, 0, 0, number, FAILED], &code.to_le_bytes()[..], text.as_bytes()].concat()
}

#[test]
fn rows_are_counted() {
    let (result, heard) = Peer::new(&[HELLO, SIGNED, ROWS].concat(), usize::MAX).talk(asked);
    let wanted =
        Heard { version: Some("8.0.36".into()), rows: Some(2), field: Some("42".into()), ..Heard::default() };
    assert_eq!(result.unwrap(), wanted);
    assert!(heard.contains("ann\0") && heard.contains("shop\0caching_sha2_password\0"), "{heard:?}");
    assert!(heard.ends_with("\x09\0\0\0\x03SELECT 1\x01\0\0\0\x01"), "{heard:?}");
    let done = b"\x07\0\0\x01\0\0\0\x02\0\0\0";
    assert_eq!(Peer::new(&[HELLO, SIGNED, done].concat(), 9).talk(asked).0.unwrap().rows, Some(0));
}

#[test]
fn failures_are_told_apart() {
    let full = failure(0, 1040, "Too many connections");
    assert_eq!(told(&[&full]).0, "Refused(\"1040: Too many connections\")");
    let denied = failure(2, 1045, "#28000Access denied, not canary");
    assert_eq!(told(&[HELLO, &denied]).0, "SignIn(\"1045: Access denied, not •••\")");
    let missing = failure(2, 1049, "#42000Unknown database");
    assert_eq!(told(&[HELLO, &missing]).0, "Refused(\"1049: Unknown database\")");
    assert_eq!(told(&[HELLO, SIGNED, &failure(1, 1146, "x")]).0, "Refused(\"1146: x\")");
    assert_eq!(told(&[b"SSH-2.0-x"]).0, "Strange { protocol: \"MySQL\", said: \"SSH-2.0-x\" }");
    assert!(told(&[b"\x05\0\0\0\x09abc\0"]).0.starts_with("Strange"));
    assert!(told(&[HELLO, b"\x01\0\0\x02\x07"]).0.starts_with("Strange"));
    assert_eq!(told(&[HELLO]).0, "Closed");
}

#[test]
fn a_server_gets_no_file_and_no_password() {
    // It asks for a file of ours.
    assert!(told(&[HELLO, SIGNED, b"\x0c\0\0\x01\xfb/etc/passwd"]).0.starts_with("Strange"));
    // It wants the password itself, in the clear.
    let (result, heard) = told(&[HELLO, b"\x02\0\0\x02\x01\x04"]);
    assert_eq!(result, "SignIn(\"it takes no password without encryption\")");
    assert!(!heard.contains("canary"));
    let (result, heard) = told(&[HELLO, b"\x16\0\0\x02\xfemysql_clear_password\0"]);
    assert_eq!(result, "SignIn(\"it wants another way of signing in: mysql_clear_password\")");
    assert!(!heard.contains("canary"));
    // Another way of the two is fine.
    let other = b"\x2c\0\0\x02\xfemysql_native_password\0abcdefghijklmnopqrst\0";
    assert_eq!(told(&[HELLO, other, b"\x07\0\0\x04\0\0\0\x02\0\0\0", ROWS]).0, "fine");
}

#[test]
fn encryption_begins_with_nothing_before_it() {
    let (login, query) = (login(), Query::default());
    let ask = Ask { login: &login, database: None, query: &query };
    let before = |says: &[u8]| Peer::new(says, usize::MAX).talk(async |peer| ask.before_tls(peer).await);
    let (hello, heard) = before(HELLO);
    assert_eq!(heard.len(), "\x20\0\0\x01".len() + 32 + "\u{fffd}".len() - 1);
    let hello = hello.unwrap();
    assert!(matches!(before(&[HELLO, b"\x01"].concat()).0, Err(TalkError::Early)));
    let mut old = HELLO.to_vec();
    old[26] = 0xf7;
    assert!(matches!(before(&old).0, Err(TalkError::NoEncryption)));
    // Within the encryption, a server may have all of the password.
    let says = [b"\x02\0\0\x03\x01\x04\x07\0\0\x05\0\0\0\x02\0\0\0", ROWS].concat();
    let (result, heard) = Peer::new(&says, usize::MAX).talk(async |peer| ask.after_tls(peer, hello).await);
    assert_eq!(result.unwrap().rows, Some(2));
    assert!(heard.contains("\x07\0\0\x04canary\0"), "{heard:?}");
}

#[test]
fn a_server_without_an_end_is_left() {
    let more = b"\x02\0\0\x02\x01\x03".repeat(20);
    assert_eq!(told(&[HELLO, &more]).0, "TooLong");
    assert_eq!(told(&[HELLO, SIGNED, b"\x01\0\0\x01\x00", b""]).0, "fine");
    assert_eq!(told(&[HELLO, SIGNED, b"\xff\xff\xff\x01"]).0, "TooLong");
    let row = b"\x01\0\0\x05\xfb".repeat(300_000);
    assert_eq!(told(&[HELLO, SIGNED, &ROWS[..24], &row]).0, "TooLong");
    assert!(Peer::endless(HELLO).talk(asked).0.is_err());
}

proptest::proptest! {
    #[test]
    fn no_answer_panics(bytes in garbage(&[HELLO, SIGNED, ROWS, b"\xff\x10\x04"]), signed in proptest::bool::ANY) {
        let all = if signed { [HELLO, SIGNED, &bytes].concat() } else { bytes };
        steady(&all, asked);
    }
}
