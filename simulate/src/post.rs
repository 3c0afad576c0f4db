//! Services that take messages, and all the ways in which they do not.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::Alert;
use notify::{Channel, Class, Receipt, Undelivered};
use server::alerts::Messenger;
use tokio::time::sleep;

use crate::{
    bug::Bug,
    disk::Shared,
    fault::Edge,
    world::{Manner, World, millis},
};

/// Longer than anybody waits for an answer.
const FOR_EVER: Duration = Duration::from_hours(1);

/// Carries messages to the services of the world.
pub(crate) struct WorldPost {
    pub(crate) world: Arc<World>,
    pub(crate) memory: Shared,
}

/// The settings of the channel with this number, as they are kept.
pub(crate) fn settings(number: usize) -> String {
    format!(r#"{{"kind":"webhook","settings":{{"url":"https://hooks.example/{number}"}}}}"#)
}

fn number(channel: &Channel) -> usize {
    let kept = channel.to_json();
    let after = kept.split("hooks.example/").nth(1).unwrap_or_default();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn later(said: &str, after: Option<i64>) -> Undelivered {
    Undelivered { said: said.to_owned(), class: Class::Later(after.map(millis)) }
}

#[async_trait]
impl Messenger for WorldPost {
    async fn send(&self, channel: &Channel, alert: &Alert) -> Result<Receipt, Undelivered> {
        self.world.pass(Edge::BeforeSend).await;
        let number = number(channel);
        let (manner, forgets) = {
            let mut state = self.world.lock();
            let manner = state.come_to(number, alert);
            (manner, state.bug == Some(Bug::RetryAfterIgnored))
        };
        let receipt = || Receipt { said: "200 OK".into() };
        match manner {
            Manner::Well => self.accept(number, alert).await.map(|()| receipt()),
            Manner::Slow(ms) => {
                sleep(millis(ms)).await;
                self.accept(number, alert).await.map(|()| receipt())
            }
            Manner::Busy(after) => {
                let rest = after.map(|ms| ms.clamp(0, 3_600_000));
                self.world.lock().rests(number, rest);
                Err(later("429", rest.filter(|_| !forgets)))
            }
            Manner::Broken => Err(later("500", None)),
            Manner::Refuses => Err(Undelivered { said: "401".into(), class: Class::Refused }),
            Manner::TakesAndResets => {
                self.accept(number, alert).await?;
                self.world.lock().answer_lost(number, alert);
                Err(later("the connection was reset", None))
            }
            Manner::TakesAndHangs => {
                self.accept(number, alert).await?;
                self.world.lock().answer_lost(number, alert);
                sleep(FOR_EVER).await;
                Err(later("nothing came", None))
            }
            Manner::Hangs => {
                sleep(FOR_EVER).await;
                Err(later("nothing came", None))
            }
        }
    }
}

impl WorldPost {
    /// The service takes a message.
    async fn accept(&self, number: usize, alert: &Alert) -> Result<(), Undelivered> {
        self.world.alive().await;
        {
            let mut state = self.world.lock();
            let mut alert = alert.clone();
            if state.bug == Some(Bug::FreshKeys) {
                let fresh = state.rng.between(0, i64::MAX);
                alert.key = format!("fresh-{fresh}");
            }
            let waiting = self.memory.waiting();
            state.accepted(number, &alert, &waiting);
        }
        self.world.pass(Edge::AfterAccept).await;
        Ok(())
    }
}
