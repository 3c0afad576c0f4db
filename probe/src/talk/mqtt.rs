//! MQTT 3.1.1: a connection, a ping, and an echo on a topic if one is given.

use super::{
    Heard, Io, Login, TalkError, Topic, Wire,
    chance::{hex, random},
};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who asks, if the broker wants to know.
    pub login: Option<&'a Login>,
    /// Where something is published and waited for. A broker that does not let publish there says nothing, so nothing comes.
    pub echo: Option<&'a Topic>,
}

const CONNECT: u8 = 0x10;
const CONNECTED: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const SUBSCRIBE: u8 = 0x82;
const SUBSCRIBED: u8 = 0x90;
const PING: [u8; 2] = [0xc0, 0];
const PONG: u8 = 0xd0;
const DISCONNECT: [u8; 2] = [0xe0, 0];

/// The longest packet that is read, in bytes.
const LIMIT: usize = 256 << 10;
/// How long the broker keeps a connection that says nothing, in seconds.
const KEEP_ALIVE: u16 = 60;

/// Connects, pings, and waits for the echo.
pub async fn ask<S: Io>(stream: &mut S, ask: &Ask<'_>) -> Result<Heard, TalkError> {
    let mut wire = Wire::new(stream, "MQTT");
    connect(&mut wire, ask.login).await?;
    wire.send(&PING).await?;
    receive(&mut wire, &[PONG]).await?;
    if let Some(topic) = ask.echo {
        echo(&mut wire, topic).await?;
    }
    wire.part(&DISCONNECT).await;
    Ok(Heard::default())
}

async fn connect<S: Io>(wire: &mut Wire<'_, S>, login: Option<&Login>) -> Result<(), TalkError> {
    const CLEAN: u8 = 0x02;
    const PASSWORD: u8 = 0x40;
    const USER: u8 = 0x80;
    // At most 23 letters and digits, which every broker takes.
    let mut texts = vec![format!("uptime{}", chance()?)];
    let mut flags = CLEAN;
    if let Some(login) = login {
        wire.hide(login.password());
        flags |= USER;
        texts.push(login.user().into());
        if !login.password().is_empty() {
            flags |= PASSWORD;
            texts.push(login.password().into());
        }
    }
    let mut body = text("MQTT");
    body.extend([4, flags]);
    body.extend(KEEP_ALIVE.to_be_bytes());
    body.extend(texts.iter().flat_map(|part| text(part)));
    wire.send(&packet(CONNECT, &body)).await?;
    let (_, answer) = receive(wire, &[CONNECTED]).await?;
    match answer.as_slice() {
        [_, 0] => Ok(()),
        [_, 1] => Err(TalkError::Refused(words::DETAIL_MQTT_VERSION.into())),
        [_, 2] => Err(TalkError::Refused(words::DETAIL_MQTT_NAME.into())),
        [_, 3] => Err(TalkError::Refused(words::DETAIL_MQTT_UNAVAILABLE.into())),
        [_, 4] => Err(TalkError::SignIn(words::DETAIL_MQTT_LOGIN.into())),
        [_, 5] => Err(TalkError::SignIn(words::DETAIL_MQTT_RIGHT.into())),
        _ => Err(wire.strange(&[&[CONNECTED], &answer[..]].concat())),
    }
}

async fn echo<S: Io>(wire: &mut Wire<'_, S>, topic: &Topic) -> Result<(), TalkError> {
    // The number of the packet, and the simplest quality of service.
    let subscribe = [&[0, 1][..], &text(topic.as_str()), &[0]].concat();
    wire.send(&packet(SUBSCRIBE, &subscribe)).await?;
    loop {
        match receive(wire, &[SUBSCRIBED, PUBLISH]).await? {
            (SUBSCRIBED, answer) if answer == [0, 1, 0] => break,
            (SUBSCRIBED, _) => return Err(TalkError::Refused(words::DETAIL_MQTT_SUBSCRIBE.into())),
            // What was published before.
            _ => {}
        }
    }
    // Others may publish there too, so it says that it is from here.
    let message = [&text(topic.as_str())[..], chance()?.as_bytes()].concat();
    wire.send(&packet(PUBLISH, &message)).await?;
    while receive(wire, &[PUBLISH]).await?.1 != message {}
    Ok(())
}

/// Sixteen letters and digits.
fn chance() -> Result<String, TalkError> {
    Ok(hex(&random::<8>()?))
}

/// A text with its length, which is bounded far below what that can say.
fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![kind];
    let mut left = body.len();
    loop {
        // Seven bits at a time.
        let low = u8::try_from(left & 0x7f).unwrap_or_default();
        left >>= 7;
        packet.push(if left > 0 { low | 0x80 } else { low });
        if left == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    packet
}

/// The next packet, which must be one of these kinds, and its kind without flags.
async fn receive<S: Io>(wire: &mut Wire<'_, S>, kinds: &[u8]) -> Result<(u8, Vec<u8>), TalkError> {
    let [first] = wire.array().await?;
    let kind = first & 0xf0;
    // Only what is published has flags.
    if !kinds.contains(&kind) || (kind != PUBLISH && first != kind) {
        return Err(wire.strange(&[first]));
    }
    let mut length = 0_usize;
    for shift in [0, 7, 14, 21] {
        let [byte] = wire.array().await?;
        length |= usize::from(byte & 0x7f) << shift;
        if length > LIMIT {
            return Err(TalkError::TooLong);
        }
        if byte < 0x80 {
            return Ok((kind, wire.exact(length).await?));
        }
    }
    Err(wire.strange(&[first]))
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::{
        super::double::{Peer, garbage, steady},
        *,
    };

    async fn asked(peer: &mut Peer) -> Result<Heard, TalkError> {
        let login = Login::new("ann", Secret::new("canary")).unwrap();
        ask(peer, &Ask { login: Some(&login), echo: Some(&Topic::new("up/time").unwrap()) }).await
    }

    async fn simply(peer: &mut Peer) -> Result<Heard, TalkError> {
        ask(peer, &Ask { login: None, echo: None }).await
    }

    fn told(says: &[u8]) -> String {
        format!("{:?}", Peer::new(says, usize::MAX).talk(simply).0.map(|_| "fine"))
    }

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(told(b"\x20\x02\0\0\xd0\0"), "Ok(\"fine\")");
        for (code, wanted) in [
            (1, "Refused(\"it does not speak version 3.1.1\")"),
            (2, "Refused(\"it does not take the name of this client\")"),
            (3, "Refused(\"it says that it is not available\")"),
            (4, "SignIn(\"it does not accept the user and password\")"),
            (5, "SignIn(\"it does not allow this\")"),
        ] {
            assert_eq!(told(&[0x20, 2, 0, code]), format!("Err({wanted})"));
        }
        assert!(told(b"\x20\x02\0\x63").starts_with("Err(Strange"));
        assert!(told(b"\x20\x80\x80\x80\x80\x01").starts_with("Err(Strange"));
        assert_eq!(told(b"\x20\xff\xff\xff\x7f"), "Err(TooLong)");
        assert_eq!(told(b"HTTP/1.1 400"), "Err(Strange { protocol: \"MQTT\", said: \"HTTP/1.1 400\" })");
        assert_eq!(told(b"\x20\x02\0\0"), "Err(Closed)");
    }

    #[test]
    fn what_is_sent_is_well_formed() {
        let (_, heard) = Peer::new(b"", 1).talk(asked);
        let (begin, rest) = heard.split_at(20);
        // `Peer` tells what it heard as text.
        assert_eq!(begin, "\x10\x2f\0\x04MQTT\x04\u{fffd}\0<\0\x16uptime".split_at(20).0);
        assert!(rest.ends_with("\0\x03ann\0\x06canary"), "{heard:?}");
        assert_eq!(packet(PUBLISH, &[0; 321])[..3], [0x30, 0xc1, 0x02]);
        assert_eq!(packet(PUBLISH, &[])[..], [0x30, 0]);
    }

    #[test]
    fn an_echo_that_is_not_ours_is_none() {
        let begin = b"\x20\x02\0\0\xd0\0";
        let after = |more: &[u8]| {
            format!("{:?}", Peer::new(&[begin, more].concat(), usize::MAX).talk(asked).0.map(|_| "fine"))
        };
        assert_eq!(
            after(b"\x90\x03\0\x01\x80"),
            "Err(Refused(\"it does not allow to subscribe to the topic\"))"
        );
        assert_eq!(after(b"\x31\x09\0\x07up/time\x90\x03\0\x01\0\x30\x0a\0\x07up/timex"), "Err(Closed)");
        let (result, _) = Peer::endless(b"\x30\x0a\0\x07up/timex").talk(asked);
        assert!(matches!(result, Err(TalkError::Strange { .. })));
        let mut says = [&begin[..], b"\x90\x03\0\x01\0"].concat();
        says.extend(b"\x30\x0a\0\x07up/timex".repeat(100_000));
        assert!(matches!(Peer::new(&says, usize::MAX).talk(asked).0, Err(TalkError::TooLong)));
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes in garbage(&[b"\x20\x02\0\0\xd0\0\x90\x03\0\x01\0\x30\x0a\0\x07up/timex", b"\x20\x02\0\0"])) {
            steady(&bytes, asked);
            steady(&bytes, simply);
        }
    }
}
