//! The probe of `mqtt` targets: a session of MQTT 3.1.1 and a ping; where the target names a topic, an echo through it.

use async_trait::async_trait;
use domain::{Fault, FaultKind, Outcome};

use crate::{
    line::ask::{Ask, Line},
    talk::{Topic, mqtt},
};

pub(crate) struct Mqtt;

#[async_trait]
impl Ask for Mqtt {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let unsendable = |_| Outcome::Down(Fault::new(FaultKind::Protocol, words::DETAIL_URL_UNSENDABLE));
        let topic = line.plan.target.name().map(Topic::new).transpose().map_err(unsendable)?;
        let login = line.login()?;
        let mut connection = line.connect().await?;
        let ask = mqtt::Ask { login: login.as_ref(), echo: topic.as_ref() };
        let heard = mqtt::ask(&mut connection.stream, &ask).await;
        let heard = heard.map_err(|error| line.broken(&error))?;
        line.heard(connection, heard).await
    }
}
