//! Tests of the states of deliveries, with a real file.

use super::super::{Added, NewSchedule};
use super::*;
use crate::ids::ChatId;

const DAY: i64 = 24 * 60 * 60;
const CHAT: ChatId = ChatId::new(7);
const MESSAGE: MessageId = MessageId::new(55);

fn add_schedule(store: &Store, subject: &str) -> ScheduleId {
    let new = NewSchedule {
        chat: CHAT,
        topic: None,
        rule: "daily 08:30 UTC".into(),
        subject: subject.into(),
        is_always: false,
        is_silent: false,
        seen: 4,
        due: 100,
    };
    match store.add_schedule(&new, 9).unwrap() {
        Added::New { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

fn briefing(schedule: ScheduleId, due: i64) -> DeliveryKey {
    DeliveryKey::Briefing { schedule, due }
}

fn claim(store: &Store, id: ScheduleId, due: i64, next: i64) -> bool {
    store.claim(&[(id, due, next)], due + 1).unwrap()[0]
}

fn state(store: &Store, key: DeliveryKey) -> Option<DeliveryState> {
    store.delivery(key).unwrap().map(|delivery| delivery.state)
}

fn seen(store: &Store, id: ScheduleId) -> i64 {
    store.schedule(id).unwrap().unwrap().seen
}

#[test]
fn delivery_state_is_read_as_it_was_written() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let id = add_schedule(&store, "");
    assert!(claim(&store, id, 100, 200));
    for expected in [
        DeliveryState::Claimed,
        DeliveryState::Sending,
        DeliveryState::Sent,
        DeliveryState::NothingNew,
        DeliveryState::Rejected,
        DeliveryState::Expired,
        DeliveryState::Unknown,
    ] {
        store.lock().execute("UPDATE deliveries SET state = ?", [expected]).unwrap();
        assert_eq!(state(&store, briefing(id, 100)), Some(expected));
    }
}

#[test]
fn delivery_of_a_briefing_is_claimed_once() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let id = add_schedule(&store, "");
    assert!(claim(&store, id, 100, 200));
    assert!(!claim(&store, id, 100, 200));
    assert_eq!(store.next_due().unwrap(), Some(200));
    // The clock is set back: the briefing is due again, and not claimed again.
    store.postpone(id, 100).unwrap();
    assert!(!claim(&store, id, 100, 200));
    assert_eq!(store.next_due().unwrap(), Some(200));
    store.remove_schedules(CHAT, None).unwrap();
    assert!(!claim(&store, id, 200, 300));
    assert!(!store.attempt(briefing(id, 100)).unwrap());
    store.finish(briefing(id, 100), DeliveryState::Sent, Some(MESSAGE), Some(9), 201).unwrap();
    assert_eq!(store.unfinished_briefings().unwrap(), []);
}

#[test]
fn delivery_after_a_crash_is_claimed_or_sending() {
    let data = tempfile::tempdir().unwrap();
    let [claimed, sending, sent] = {
        let store = Store::open(data.path()).unwrap();
        let ids = ["a", "b", "c"].map(|subject| add_schedule(&store, subject));
        ids.iter().for_each(|id| assert!(claim(&store, *id, 100, 200)));
        let keys = ids.map(|id| briefing(id, 100));
        assert!(store.attempt(keys[1]).unwrap());
        assert!(!store.attempt(keys[1]).unwrap());
        assert!(store.attempt(keys[2]).unwrap());
        store.finish(keys[2], DeliveryState::Sent, Some(MESSAGE), Some(9), 103).unwrap();
        ids
    };
    let store = Store::open(data.path()).unwrap();
    let unfinished = store.unfinished_briefings().unwrap();
    assert_eq!(unfinished, [briefing(claimed, 100), briefing(sending, 100)]);
    let states = unfinished.iter().map(|key| state(&store, *key).unwrap());
    assert!(states.eq([DeliveryState::Claimed, DeliveryState::Sending]));
    let last = Delivery { due: 100, state: DeliveryState::Sent, message: Some(MESSAGE), at: 103 };
    assert_eq!(store.schedule(sent).unwrap().unwrap().last, Some(last));
    assert_eq!((seen(&store, sent), seen(&store, sending)), (9, 4));
}

#[test]
fn delivery_of_unknown_state_is_resolved_once() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let ids = ["a", "b"].map(|subject| add_schedule(&store, subject));
    ids.iter().for_each(|id| assert!(claim(&store, *id, 100, 200)));
    let [unknown, expired] = ids.map(|id| briefing(id, 100));
    store.attempt(unknown).unwrap();
    store.finish(unknown, DeliveryState::Unknown, None, None, 300).unwrap();
    store.finish(expired, DeliveryState::Expired, None, Some(2), 300).unwrap();
    assert_eq!(store.unfinished_briefings().unwrap(), []);
    assert_eq!(seen(&store, ids[1]), 4, "an earlier change does not move it back");
    store.resolve_unknown(ids[0], 100, 7, 400).unwrap();
    store.resolve_unknown(ids[0], 100, 9, 500).unwrap();
    store.resolve_unknown(ids[1], 100, 9, 500).unwrap();
    let resolved = store.delivery(unknown).unwrap().unwrap();
    assert_eq!((resolved.state, resolved.at), (DeliveryState::Sent, 400));
    assert_eq!((seen(&store, ids[0]), seen(&store, ids[1])), (7, 4));
    assert_eq!(state(&store, expired), Some(DeliveryState::Expired));
    // A final state stays.
    store.finish(unknown, DeliveryState::Unknown, None, None, 600).unwrap();
    assert_eq!(state(&store, unknown), Some(DeliveryState::Sent));
}

#[test]
fn delivery_that_did_not_arrive_is_claimed_again() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let id = add_schedule(&store, "");
    assert!(claim(&store, id, 100, 200));
    let key = briefing(id, 100);
    store.retract(key).unwrap();
    assert!(store.attempt(key).unwrap());
    store.retract(key).unwrap();
    let delivery = store.delivery(key).unwrap().unwrap();
    assert_eq!((delivery.state, delivery.at), (DeliveryState::Claimed, 101));
}

#[test]
fn deliveries_of_a_schedule_are_pruned_except_the_last() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let id = add_schedule(&store, "");
    for due in [100, 200, 300] {
        assert!(claim(&store, id, due, due + 100));
        if due > 100 {
            let key = briefing(id, due);
            store.finish(key, DeliveryState::NothingNew, None, None, due).unwrap();
        }
    }
    store.prune(300 + 30 * DAY).unwrap();
    let states = [100, 200, 300].map(|due| state(&store, briefing(id, due)));
    let nothing = DeliveryState::NothingNew;
    assert_eq!(states, [Some(DeliveryState::Claimed), None, Some(nothing)]);
    assert_eq!(store.schedule(id).unwrap().unwrap().last.unwrap().state, nothing);
}
