//! What came of telling people of an outage, in one line.

use crate::{Delivery, DeliveryState};

/// The most characters of what a service said.
const SAID: usize = 40;

/// `told: mail ✓, Telegram ✗ 401`, of the newest message of each channel, in the order in which they were first told. Empty when nobody
/// is. `deliveries` stand oldest first.
pub fn receipts<'a>(deliveries: impl IntoIterator<Item = &'a Delivery>) -> String {
    let mut newest: Vec<&Delivery> = Vec::new();
    for delivery in deliveries.into_iter().filter(|delivery| delivery.state != DeliveryState::Dropped) {
        match newest.iter_mut().find(|known| known.channel == delivery.channel) {
            Some(known) => *known = delivery,
            None => newest.push(delivery),
        }
    }
    let all: Vec<String> = newest.into_iter().map(receipt).collect();
    if all.is_empty() { String::new() } else { words::receipts(all.join(", ")) }
}

fn receipt(delivery: &Delivery) -> String {
    let (channel, said) = (&delivery.channel, in_short(&delivery.said));
    match delivery.state {
        DeliveryState::Sent => format!("{channel} ✓"),
        DeliveryState::Waiting if delivery.attempts == 0 => format!("{channel} …"),
        DeliveryState::Waiting => words::receipt_again(channel, said),
        DeliveryState::Dead | DeliveryState::Dropped => format!("{channel} ✗ {said}").trim_end().to_owned(),
    }
}

/// The code of the answer, if it had one, or the beginning of what is told of it.
fn in_short(said: &str) -> String {
    let is_code = |word: &&str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    said.split(' ').find(is_code).map_or_else(|| said.chars().take(SAID).collect(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AlertKind, Timestamp};

    fn told(channel: &str, state: DeliveryState, attempts: u32, said: &str) -> Delivery {
        Delivery {
            id: 1,
            channel: channel.into(),
            kind: AlertKind::Down,
            name: "shop".into(),
            incident: None,
            at: Timestamp(0),
            state,
            attempts,
            said: said.into(),
            moment: Timestamp(0),
        }
    }

    #[test]
    fn the_newest_of_each_channel_counts() {
        use DeliveryState::{Dead, Dropped, Sent, Waiting};
        let all = [
            told("mail", Waiting, 3, "451 try later"),
            told("Telegram", Dead, 3, "the service answered 401 Unauthorized"),
            told("mail", Sent, 4, "250 ok"),
            told("Slack", Waiting, 0, ""),
            told("ntfy", Waiting, 2, "connection refused"),
            told("pager", Dropped, 0, ""),
        ];
        let line = receipts(&all);
        assert_eq!(line, "told: mail ✓, Telegram ✗ 401, Slack …, ntfy ✗ connection refused, tried again");
        assert_eq!(receipts([]), "");
        assert_eq!(receipts(&all[5..]), "");
    }
}
