//! The load generator against a server small enough to be trusted: what goes through is found whole, and what the server
//! does wrong is told.

mod mini_server;

use std::time::Duration;

use lectern_client::VideoCodec;
use lectern_loadtest::crowd::Makeup;
use lectern_loadtest::publisher::Programme;
use lectern_loadtest::report::Report;
use lectern_loadtest::run::{Plan, run};
use lectern_loadtest::target::Target;
use mini_server::{Fault, MiniServer};

async fn fanout(fault: Fault, codec: VideoCodec) -> Report {
    let server = MiniServer::start(fault);
    let target = Target {
        whip: server.url("whip").parse().unwrap(),
        whep: server.url("whep").parse().unwrap(),
        publisher_token: Some("publisher".into()),
        viewer_token: None,
        pid: Some(std::process::id()),
        metrics: None,
    };
    let makeup = Makeup {
        viewers: 12,
        sampled: 4,
        slots: (1, 1),
        concurrency: 4,
        threads: 2,
        nack: false,
        stamped: true,
        patience: Duration::from_secs(20),
    };
    let programme = Programme { codec, simulcast: false, movie: None };
    let plan = Plan { bench: "fanout", makeup, programme, window: Duration::from_secs(2), floor: None };
    run(&target, &plan).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faithful_server_loses_nothing() {
    for codec in [VideoCodec::Vp8, VideoCodec::H264] {
        let report = fanout(Fault::None, codec).await;
        assert_eq!((report.joined, &report.failures), (12, &Default::default()), "{report:#?}");
        let received = &report.received;
        assert_eq!((received.lost, received.duplicates, received.skipped), (0, 0, 0), "{report:#?}");
        assert_eq!((received.damaged, received.undecryptable), (0, 0), "{report:#?}");
        // 230 packets a second to each, two seconds.
        assert!(received.verified > 4 * 400 && received.packets > 12 * 400, "{report:#?}");
        assert!(report.delay_ms_p99.is_some() && report.cpu_s_per_mpkt.is_some() && report.storm_s.is_some());
        assert!(report.keyframe_requests_per_s >= 1.0, "viewers ask for a keyframe when they join");
        assert_eq!((report.generator.undeleted, report.generator.own_receive_drops), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drops_packets_is_found_out() {
    let report = fanout(Fault::DropEvery(100), VideoCodec::Vp8).await;
    let loss = report.loss.unwrap();
    assert!((0.005..0.05).contains(&loss), "{report:#?}");
    assert!(report.received.skipped > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drops_packets_and_renumbers_the_rest_is_found_out() {
    let report = fanout(Fault::HideEvery(20), VideoCodec::Vp8).await;
    assert!(report.loss.unwrap() > 0.01, "{report:#?}");
    assert!(report.received.skipped > 0 && report.received.short_viewers == 12, "{report:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_damages_payloads_is_found_out() {
    let report = fanout(Fault::DamageEvery(50), VideoCodec::Vp8).await;
    assert!(report.received.damaged > 0, "{report:#?}");
}
