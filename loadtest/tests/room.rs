//! The load generator in a room small enough to be trusted: what is told arrives once, and what the server does wrong is
//! found out.

mod mini_room;

use std::time::Duration;

use lectern_loadtest::room::dialect::Dialect;
use lectern_loadtest::room::report::RoomReport;
use lectern_loadtest::room::run::{RoomPlan, run};
use mini_room::{Fault, MiniRoom};

const STUDENTS: usize = 20;

fn plan(url: &str, students: usize) -> RoomPlan {
    RoomPlan {
        dialect: Dialect::Lectern,
        servers: vec![url.parse().unwrap()],
        room: "mini".into(),
        keys: None,
        students,
        messages_per_s: 20.0,
        writers: students,
        window: Duration::from_secs(1),
        churn: Duration::ZERO,
        churn_per_minute: 0.0,
        at_once: 100,
        patience: Duration::from_secs(3),
        pids: vec![std::process::id()],
        redis_pid: None,
        floor: false,
    }
}

fn with(fault: Fault) -> RoomReport {
    let room = MiniRoom::start(fault);
    run(&plan(&format!("http://{}", room.address), STUDENTS)).unwrap()
}

#[test]
fn a_faithful_server_loses_nothing() {
    let report = with(Fault::None);
    assert_eq!((report.joined, report.reconnect.back), (STUDENTS + 1, STUDENTS), "{report:#?}");
    assert_eq!((report.lost, report.repeated, report.wrong_tallies), (0, 0, 0), "{report:#?}");
    let chat = &report.chat;
    assert!((20..=21).contains(&chat.sent), "{report:#?}");
    assert_eq!(chat.deliveries, chat.acknowledged * (STUDENTS as u64 + 1), "{report:#?}");
    assert_eq!((report.poll.votes_sent, report.poll.votes_done), (22, 22), "every tenth of them votes twice");
    assert!(report.reconnect.written_meanwhile > 0 && report.reconnect.caught_up_s.is_some(), "{report:#?}");
    assert!(report.failures.is_empty() && report.refused.is_empty() && report.generator.disconnects == 0);
    assert!(report.delivery_ms_p99.is_some() && report.cpu_s_per_mdelivery.is_some() && report.join_s.is_some());
}

#[test]
fn a_server_that_loses_messages_is_found_out_by_its_numbers_and_without_them() {
    let report = with(Fault::LoseEvery(50));
    assert!(report.lost >= 5 && report.generator.gaps > 0 && report.repeated == 0, "{report:#?}");
    let report = with(Fault::HideEvery(50));
    assert!(report.lost >= 5 && report.generator.gaps == 0 && report.repeated == 0, "{report:#?}");
}

#[test]
fn a_server_that_repeats_itself_is_found_out() {
    let report = with(Fault::RepeatEvery(50));
    assert!(report.repeated >= 5 && report.lost == 0, "{report:#?}");
}

#[test]
fn a_server_that_counts_wrong_is_found_out() {
    let report = with(Fault::Miscount);
    assert_eq!((report.wrong_tallies, report.lost), (STUDENTS + 1, 0), "{report:#?}");
}

#[test]
fn a_server_that_forgets_what_was_missed_is_found_out() {
    let report = with(Fault::Forget);
    assert!(report.reconnect.lost > 0 && report.chat.lost == 0, "{report:#?}");
}
