//! The stream of events for other systems, read as a bridge to Kafka would.

use std::thread::sleep;
use std::time::{Duration, Instant};

use lectern_testing::redis::{Memory, Redis};
use serde_json::{Value, json};

use crate::school::{School, Shared, config, database};

/// How long anything is waited for. Much more than it takes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where docs/control-api.md says that it is.
const STREAM: &str = "lectern:{school.events}:stream";

/// One entry of the stream.
#[derive(Debug, PartialEq)]
struct Entry {
    /// Redis' own.
    position: String,
    id: i64,
    kind: String,
    event: Value,
}

/// One member of a consumer group.
struct Bridge<'a> {
    redis: &'a Redis,
    /// What it has put into Kafka.
    kept: Vec<Entry>,
}

impl Bridge<'_> {
    /// What is new (`>`), or what was given to it before and not acknowledged (`0`).
    fn read(&self, from: &str) -> Option<Vec<Entry>> {
        let command = ["XREADGROUP", "GROUP", "kafka", "bridge", "COUNT", "7", "STREAMS", STREAM, from];
        let answer = self.redis.ask(&command).ok()?;
        let lines: Vec<&str> = answer.lines().skip(1).collect();
        let entry = |lines: &[&str]| match lines {
            [position, "id", id, "kind", kind, "event", event] => Entry {
                position: (*position).to_owned(),
                id: id.parse().unwrap(),
                kind: (*kind).to_owned(),
                event: serde_json::from_str(event).unwrap(),
            },
            other => panic!("{other:?}"),
        };
        Some(lines.chunks(7).map(entry).collect())
    }

    /// Keeps what it does not know, then acknowledges.
    fn keep(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            // An acknowledgement that gets lost brings the entry again.
            let _ = self.redis.ask(&["XACK", STREAM, "kafka", &entry.position]);
            if self.kept.last().is_none_or(|last| entry.id > last.id) {
                self.kept.push(entry);
            }
        }
    }

    /// Until it has kept so many.
    fn run(&mut self, count: usize) {
        let start = Instant::now();
        while self.kept.len() < count {
            assert!(start.elapsed() < PATIENCE, "{} of {count}", self.kept.len());
            // What was left by a bridge that died, or by an acknowledgement that did, goes first.
            for from in ["0", ">"] {
                if let Some(entries) = self.read(from) {
                    self.keep(entries);
                }
            }
            sleep(Duration::from_millis(10));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_has_every_event_once_and_in_order_also_when_redis_starts_anew() {
    let mut redis = Redis::start(Memory::AppendOnly);
    let shared = Shared::new().over(redis.address()).await;
    let school = School::node(config(&database()), shared).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let path = format!("/v1/courses/{course}");
    let rename = async |n: usize| {
        assert_eq!(mona.patch(&path, json!({ "title": format!("Algebra {n}") })).await.status, 200);
    };
    redis.ask(&["XGROUP", "CREATE", STREAM, "kafka", "0", "MKSTREAM"]).unwrap();
    for n in 0..20 {
        rename(n).await;
    }
    let mut kept = Bridge { redis: &redis, kept: Vec::new() };
    kept.run(10);
    // It dies with some in its hands.
    assert!(!kept.read(">").unwrap_or_default().is_empty());
    let kept = kept.kept;
    redis.kill();
    for n in 20..40 {
        rename(n).await;
    }
    redis.restart();
    let mut bridge = Bridge { redis: &redis, kept };
    let query = "SELECT id, kind, event FROM outbox ORDER BY id";
    let written: Vec<(i64, String, Value)> = sqlx::query_as(query).fetch_all(&mut school.sql().await).await.unwrap();
    bridge.run(written.len());
    let kept: Vec<_> = bridge.kept.into_iter().map(|entry| (entry.id, entry.kind, entry.event)).collect();
    assert_eq!(kept, written);
    assert_eq!(kept.last().unwrap().2["course"], course);
}
