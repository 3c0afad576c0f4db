//! Incidents, and who is told of them.

use std::time::Duration;

use domain::{
    Alert, AlertChange, AlertKind, AlertRule, Batch, ChannelId, Cron, DeliveryState, Fault, FaultKind,
    IncidentId, IncidentQuery, Maintenance, MaintenanceId, Occasion, Outcome, Outgoing, Records, RuleId,
    Scope, Secret, Settled, StoredChannel, Stretch, Timestamp, TrackerId, Transition,
};

use crate::it::harness::{batch, check, down, someone};

pub(super) async fn follow_transitions_and_go_their_ways(records: &mut dyn Records) {
    // An earlier chapter left it down.
    let over = Transition::Recovered { at: Timestamp(29_000), down_since: Timestamp(5) };
    records.record(&Batch { transitions: vec![(TrackerId(2), over)], ..Batch::default() }).await.unwrap();
    let archive = records.alerts();
    let before = archive.incidents(IncidentQuery { limit: 99, ..IncidentQuery::default() }).await.unwrap();
    maintenance_is_announced_and_withdrawn(records).await;
    let id = channels_and_rules_are_kept(records).await;
    let fault = Fault::new(FaultKind::Refused, "nobody listens");
    let went_down =
        Transition::WentDown { at: Timestamp(31_000), since: Timestamp(30_000), fault: fault.clone() };
    let down = Batch {
        transitions: vec![(TrackerId(2), went_down)],
        alerts: vec![outgoing(id, AlertKind::Down, 31_000)],
        ..batch(vec![check(2, 31_000, down("nobody listens"))])
    };
    records.record(&down).await.unwrap();
    let open =
        IncidentQuery { open: true, tracker: Some(TrackerId(2)), limit: 9, ..IncidentQuery::default() };
    let incident = archive.incidents(open).await.unwrap().pop().unwrap();
    assert_eq!((incident.since.0, incident.opened_at.0, incident.fault), (30_000, 31_000, Some(fault)));
    assert_eq!(change(records, AlertChange::Acknowledge(incident.id)).await, Some(incident.id.0));
    assert_eq!(change(records, AlertChange::Acknowledge(incident.id)).await, Some(incident.id.0));
    change(records, AlertChange::Comment(incident.id, "on it".into())).await;
    assert_eq!(change(records, AlertChange::Comment(IncidentId(99), "?".into())).await, None);
    let (told, remarks) = archive.incident(incident.id).await.unwrap().unwrap();
    assert_eq!(told.acknowledged, Some((Timestamp(500), "someone".into())));
    assert_eq!(
        remarks.iter().map(|remark| remark.comment.as_deref()).collect::<Vec<_>>(),
        [None, Some("on it")]
    );

    messages_are_settled_once(records, incident.id).await;

    let recovered = Transition::Recovered { at: Timestamp(32_000), down_since: Timestamp(30_000) };
    let up = Batch {
        transitions: vec![(TrackerId(2), recovered)],
        alerts: vec![outgoing(id, AlertKind::Recovered, 32_000)],
        ..batch(vec![check(2, 32_000, Outcome::Up)])
    };
    records.record(&up).await.unwrap();
    assert_eq!(archive.incidents(open).await.unwrap(), []);
    let all = archive.incidents(IncidentQuery { limit: 99, ..IncidentQuery::default() }).await.unwrap();
    assert_eq!((all.len(), all[0].closed_at), (before.len() + 1, Some(Timestamp(32_000))));
    assert_eq!(change(records, AlertChange::RemoveChannel(id)).await, Some(id.0));
    assert_eq!(archive.waiting(9).await.unwrap(), [], "nobody would ever send it");
    assert_eq!(archive.channels().await.unwrap().len(), 1);
}

async fn maintenance_is_announced_and_withdrawn(records: &mut dyn Records) {
    let archive = records.alerts();
    let once = Occasion::Once(Stretch { from: Timestamp(5), until: Timestamp(60_005) });
    let cron = Cron::parse("0 3 * * 0", "Europe/Berlin").unwrap();
    let weekly = Occasion::Recurring(Box::new(cron), Duration::from_mins(90));
    let scope = Scope { groups: vec!["Home".into()], ..Scope::default() };
    let mut kept = Vec::new();
    for (name, scope, when) in [("disk", Scope::default(), once), ("backup", scope, weekly)] {
        let maintenance = Maintenance { id: None, name: name.into(), scope, when };
        let number = change(records, AlertChange::Announce(Box::new(maintenance.clone()))).await.unwrap();
        kept.push(Maintenance { id: Some(MaintenanceId(number)), ..maintenance });
    }
    assert_eq!(archive.maintenances().await.unwrap(), kept);
    kept[0].when = kept[1].when.clone();
    assert!(change(records, AlertChange::Announce(Box::new(kept[0].clone()))).await.is_some());
    assert_eq!(archive.maintenances().await.unwrap(), kept);
    let nobody = Maintenance { id: Some(MaintenanceId(99)), ..kept[0].clone() };
    assert_eq!(change(records, AlertChange::Announce(Box::new(nobody))).await, None);
    for maintenance in &kept {
        let withdraw = AlertChange::Withdraw(maintenance.id.unwrap());
        assert!(change(records, withdraw.clone()).await.is_some());
        assert_eq!(change(records, withdraw).await, None);
    }
    assert_eq!(archive.maintenances().await.unwrap(), []);
}

/// A channel of two, and a rule that leads to it.
async fn channels_and_rules_are_kept(records: &mut dyn Records) -> ChannelId {
    let archive = records.alerts();
    let id = save_channel(records, None, "mail").await;
    assert_eq!(save_channel(records, Some(id), "ops").await, id);
    assert_eq!(save_channel(records, None, "spare").await.0, id.0 + 1);
    let rule = AlertRule {
        id: None,
        name: "all".into(),
        scope: Scope { trackers: vec![TrackerId(2)], groups: vec!["Home".into()], tags: vec!["prod".into()] },
        channels: vec![id],
        delay: Duration::from_secs(3),
        remind: Some(Duration::from_hours(1)),
        fallback: Some(ChannelId(id.0 + 1)),
        enabled: true,
    };
    let number = change(records, AlertChange::SaveRule(rule.clone())).await.unwrap();
    let kept = AlertRule { id: Some(RuleId(number)), ..rule };
    assert_eq!(archive.rules().await.unwrap(), std::slice::from_ref(&kept));
    let other = AlertRule { enabled: false, remind: None, ..kept };
    assert_eq!(change(records, AlertChange::SaveRule(other.clone())).await, Some(number));
    assert_eq!(archive.rules().await.unwrap(), std::slice::from_ref(&other));
    let nobody = AlertRule { id: Some(RuleId(99)), ..other };
    assert_eq!(change(records, AlertChange::SaveRule(nobody)).await, None);
    id
}

async fn messages_are_settled_once(records: &mut dyn Records, incident: IncidentId) {
    let archive = records.alerts();
    let waiting = archive.waiting(9).await.unwrap();
    let [message] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((message.outgoing.alert.incident, message.next_at.0), (Some(incident.0), 31_000));
    let (key, thread) = (&message.outgoing.alert.key, &message.outgoing.alert.thread);
    assert!(key.ends_with(&format!("-m{}", message.id)) && thread.ends_with(&format!("-i{}", incident.0)));
    let settled = |state, next_at, said: &str| {
        AlertChange::Settle(vec![Settled {
            id: message.id,
            state,
            tried: true,
            next_at: Timestamp(next_at),
            said: said.into(),
        }])
    };
    change(records, settled(DeliveryState::Waiting, 40_000, "503")).await;
    let again = archive.waiting(9).await.unwrap();
    assert_eq!((again[0].attempts, again[0].next_at.0), (1, 40_000));
    change(records, settled(DeliveryState::Dead, 0, "gone")).await;
    assert_eq!(archive.waiting(9).await.unwrap(), []);
    assert_eq!(change(records, AlertChange::Resend(message.id)).await, Some(message.id));
    change(records, settled(DeliveryState::Sent, 0, "200 OK")).await;
    change(records, settled(DeliveryState::Dead, 0, "too late")).await;
    let deliveries = archive.deliveries(Some(incident), None, 9).await.unwrap();
    let told: Vec<_> =
        deliveries.iter().map(|it| (it.channel.as_str(), it.state, it.said.as_str())).collect();
    assert_eq!(told, [("ops", DeliveryState::Sent, "200 OK")]);
    assert_eq!(archive.deliveries(None, Some(DeliveryState::Dead), 9).await.unwrap(), []);
}

async fn change(records: &mut dyn Records, change: AlertChange) -> Option<i64> {
    records.alert(&change, &someone(), Timestamp(500)).await.unwrap()
}

async fn save_channel(records: &mut dyn Records, id: Option<ChannelId>, name: &str) -> ChannelId {
    let settings = Secret::new(r#"{"url":"https://hooks.example/canary"}"#);
    let channel = StoredChannel { id, name: name.into(), kind: "webhook".into(), settings, enabled: true };
    let id = ChannelId(change(records, AlertChange::SaveChannel(channel.clone())).await.unwrap());
    let kept = records.alerts().channels().await.unwrap();
    assert!(kept.contains(&StoredChannel { id: Some(id), ..channel }));
    id
}

fn outgoing(channel: ChannelId, kind: AlertKind, at: i64) -> Outgoing {
    let alert = Alert::of(kind, Timestamp(at));
    Outgoing { channel, tracker: Some(TrackerId(2)), not_before: Timestamp(at), fallback: None, alert }
}
