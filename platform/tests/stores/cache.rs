//! [`Cache`]: the same claims in process, on one Redis server and on a Redis Cluster; then Redis is killed and hangs.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use lectern_platform::cache::{
    Appended, Cache, CacheConfig, CacheError, Found, Keep, Lease, Page, Rate, RedisConfig, RedisMode, Score, Spending,
    value_or_else,
};
use lectern_testing::prove;
use lectern_testing::proxy::Proxy;
use lectern_testing::redis::{Memory, Redis, RedisCluster};
use prometheus::Registry;
use tokio::time::{Instant, sleep, timeout};

type Node = Arc<dyn Cache>;
const MINUTE: Duration = Duration::from_secs(60);

async fn prove_all(a: Node, b: Node) {
    prove!((a, b):
        a_value_is_kept_for_its_time_and_until_it_is_deleted,
        a_value_that_was_read_before_a_delete_is_not_put_after_it,
        many_values_are_deleted_at_once_and_their_leases_end,
        of_two_who_found_nothing_the_first_puts,
        any_text_is_a_key,
        a_burst_passes_once_among_all_nodes_then_the_rate,
        a_cost_is_taken_whole_or_not_at_all,
        a_board_is_whole_or_absent,
        a_board_orders_ranks_and_pages,
        a_board_shows_somebody_among_their_neighbours,
        a_board_keeps_the_best_or_the_latest,
        a_board_that_misses_a_change_is_not_made_of_what_was_read_before,
        a_board_ends_with_its_time,
    );
}

async fn node(redis: Option<RedisConfig>) -> Node {
    // Much more than an answer takes, for a busy machine.
    CacheConfig { redis, answer_ms: 2_000, ..CacheConfig::default() }.start(&Registry::new()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_in_process() {
    let cache = node(None).await;
    assert_eq!(cache.append("outbox", &[("id", b"1")], 10).await, Ok(Appended::Nowhere));
    prove_all(cache.clone(), cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_on_one_server() {
    let server = Redis::start(Memory::None);
    let config = RedisConfig::single(server.url());
    prove_all(node(Some(config.clone())).await, node(Some(config)).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_on_a_cluster() {
    let cluster = RedisCluster::start(Memory::None, false);
    let config = RedisConfig { mode: RedisMode::Cluster, urls: cluster.urls(), ..RedisConfig::default() };
    prove_all(node(Some(config.clone())).await, node(Some(config)).await).await;
}

async fn lease(cache: &Node, key: &str) -> Lease {
    match cache.read(key).await.unwrap() {
        Found::Absent(lease) => lease,
        Found::Here(value) => panic!("{key} is {value:?}"),
    }
}

async fn put(cache: &Node, key: &str, value: &'static str) {
    let lease = lease(cache, key).await;
    assert!(cache.put(key, &lease, value.into(), MINUTE).await.unwrap());
}

async fn reads(cache: &Node, key: &str) -> Option<Bytes> {
    match cache.read(key).await.unwrap() {
        Found::Here(value) => Some(value),
        Found::Absent(_) => None,
    }
}

async fn a_value_is_kept_for_its_time_and_until_it_is_deleted(a: Node, b: Node) {
    put(&a, "kept", "\0any bytes").await;
    assert_eq!(reads(&b, "kept").await, Some("\0any bytes".into()));
    b.delete("kept").await.unwrap();
    assert_eq!(reads(&a, "kept").await, None);
    put(&b, "kept", "").await;
    assert_eq!(reads(&a, "kept").await, Some(Bytes::new()), "an empty value is a value");
    let short = lease(&a, "short").await;
    assert!(a.put("short", &short, "x".into(), Duration::from_millis(300)).await.unwrap());
    assert!(reads(&b, "short").await.is_some());
    sleep(Duration::from_millis(350)).await;
    assert_eq!(reads(&b, "short").await, None);
}

async fn a_value_that_was_read_before_a_delete_is_not_put_after_it(a: Node, b: Node) {
    let early = lease(&a, "portfolio").await;
    b.delete("portfolio").await.unwrap();
    assert!(!a.put("portfolio", &early, "stale".into(), MINUTE).await.unwrap());
    let between = lease(&a, "portfolio").await;
    b.delete("portfolio").await.unwrap();
    assert!(!a.put("portfolio", &between, "stale".into(), MINUTE).await.unwrap());
    put(&b, "portfolio", "new").await;
    a.delete("portfolio").await.unwrap();
    assert!(!b.put("portfolio", &between, "stale".into(), MINUTE).await.unwrap());
    assert_eq!(reads(&b, "portfolio").await, None);
}

async fn many_values_are_deleted_at_once_and_their_leases_end(a: Node, b: Node) {
    let keys: Vec<String> = (0..1_000).map(|number| format!("one of many {number}")).collect();
    for key in &keys[..10] {
        put(&a, key, "old").await;
    }
    let early = lease(&a, &keys[10]).await;
    b.delete_many(&keys).await.unwrap();
    for key in &keys[..10] {
        assert_eq!(reads(&a, key).await, None, "{key}");
    }
    assert!(!a.put(&keys[10], &early, "stale".into(), MINUTE).await.unwrap());
    a.delete_many(&[]).await.unwrap();
}

async fn of_two_who_found_nothing_the_first_puts(a: Node, b: Node) {
    let (at_a, at_b) = (lease(&a, "twice").await, lease(&b, "twice").await);
    assert!(a.put("twice", &at_a, "first".into(), MINUTE).await.unwrap());
    assert!(!b.put("twice", &at_b, "second".into(), MINUTE).await.unwrap());
    let source = async { panic!("the source is not asked for what is here") };
    let value: Result<Bytes, ()> = value_or_else(&*b, "twice", MINUTE, source).await;
    assert_eq!(value, Ok("first".into()));
    let value: Result<Bytes, ()> = value_or_else(&*b, "fresh", MINUTE, async { Ok("made".into()) }).await;
    assert_eq!(value, Ok("made".into()));
    assert_eq!(reads(&a, "fresh").await, Some("made".into()));
    assert_eq!(value_or_else(&*b, "failing", MINUTE, async { Err("no") }).await, Err("no"));
}

async fn any_text_is_a_key(a: Node, b: Node) {
    let long = "x".repeat(10_000);
    for key in ["", "{", "}{", "a b", "ключ\n", "{a}:value", &long] {
        put(&a, key, "value").await;
        assert_eq!(reads(&b, key).await, Some("value".into()), "{key:?}");
    }
    assert_eq!(reads(&a, "a").await, None);
    assert_eq!(reads(&a, &long[1..]).await, None);
}

async fn a_burst_passes_once_among_all_nodes_then_the_rate(a: Node, b: Node) {
    let rate = Rate::new(20, 10.0);
    let started = Instant::now();
    let spendings = join_all((0..60).map(|n| [&a, &b][n % 2].spend("login", 1, rate))).await;
    let allowed = spendings.iter().filter(|spending| spending.is_allowed()).count();
    let refilled = started.elapsed().as_secs_f64() * 10.0;
    assert!((20..=20 + refilled.ceil() as usize).contains(&allowed), "{allowed} after {:?}", started.elapsed());
    let Some(Spending::Refused { remaining: 0, retry_after }) = spendings.iter().find(|s| !s.is_allowed()) else {
        panic!("{spendings:?}")
    };
    assert!(*retry_after > Duration::ZERO && *retry_after <= Duration::from_millis(100), "{retry_after:?}");
    assert!(b.spend("another", 20, rate).await.is_allowed(), "accounts are apart");
    sleep(Duration::from_millis(150)).await;
    assert!(a.spend("login", 1, rate).await.is_allowed());
}

async fn a_cost_is_taken_whole_or_not_at_all(a: Node, b: Node) {
    let rate = Rate::new(10, 0.01);
    assert!(matches!(a.spend("cost", 7, rate).await, Spending::Allowed { remaining: 3, .. }));
    let Spending::Refused { remaining: 3, retry_after } = b.spend("cost", 4, rate).await else { panic!() };
    assert!((99..=100).contains(&retry_after.as_secs()), "{retry_after:?}");
    let Spending::Refused { remaining: 3, retry_after } = b.spend("cost", 11, rate).await else { panic!() };
    assert!((699..=700).contains(&retry_after.as_secs()), "{retry_after:?}: never, but the account is full then");
    assert!(matches!(a.spend("cost", 3, rate).await, Spending::Allowed { remaining: 0, .. }));
}

async fn board_lease(cache: &Node, board: &str) -> Lease {
    match cache.top(board, 0, 10).await.unwrap() {
        Found::Absent(lease) => lease,
        Found::Here(page) => panic!("{board} has {page:?}"),
    }
}

async fn fill(cache: &Node, board: &str, members: &[(&str, f64)]) {
    let lease = board_lease(cache, board).await;
    let members: Vec<_> = members.iter().map(|(member, points)| ((*member).to_owned(), Score::new(*points))).collect();
    assert!(cache.fill(board, &lease, &members, MINUTE).await.unwrap());
}

async fn top(cache: &Node, board: &str, skip: u32, limit: u32) -> Page {
    here(cache.top(board, skip, limit).await.unwrap())
}

fn here(found: Found<Page>) -> Page {
    match found {
        Found::Here(page) => page,
        Found::Absent(_) => panic!("absent"),
    }
}

/// `1 ada 9.5, 2 …`.
fn shown(page: &Page) -> String {
    let places = page.places.iter().map(|place| format!("{} {} {}", place.rank, place.member, place.score.points()));
    places.collect::<Vec<_>>().join(", ")
}

async fn a_board_is_whole_or_absent(a: Node, b: Node) {
    a.score("whole", "ada", Score::new(1.0), Keep::Best).await.unwrap();
    let lease = board_lease(&b, "whole").await;
    assert!(b.fill("whole", &lease, &[], MINUTE).await.unwrap());
    assert_eq!(top(&a, "whole", 0, 10).await, Page::default(), "an empty board is there");
    a.score("whole", "ada", Score::new(1.0), Keep::Best).await.unwrap();
    assert_eq!(shown(&top(&b, "whole", 0, 10).await), "1 ada 1");
    a.remove("whole", "ada").await.unwrap();
    assert_eq!(top(&b, "whole", 0, 10).await.members, 0);
    assert!(!b.fill("whole", &lease, &[], MINUTE).await.unwrap(), "it is there already");
    b.forget("whole").await.unwrap();
    assert!(matches!(a.around("whole", "ada", 1).await.unwrap(), Found::Absent(_)));
}

async fn a_board_orders_ranks_and_pages(a: Node, b: Node) {
    fill(&a, "order", &[("d", 5.0), ("b", 7.25), ("a", 7.25), ("c", 7.25), ("e", -3.5), ("f", 0.0)]).await;
    let all = "1 a 7.25, 1 b 7.25, 1 c 7.25, 4 d 5, 5 f 0, 6 e -3.5";
    let page = top(&b, "order", 0, 10).await;
    assert_eq!((page.members, shown(&page).as_str()), (6, all));
    assert_eq!(shown(&top(&b, "order", 1, 2).await), "1 b 7.25, 1 c 7.25");
    assert_eq!(shown(&top(&b, "order", 2, 2).await), "1 c 7.25, 4 d 5");
    assert_eq!(shown(&top(&b, "order", 5, 2).await), "6 e -3.5");
    for (skip, limit) in [(6, 2), (0, 0), (u32::MAX, u32::MAX)] {
        let page = top(&b, "order", skip, limit).await;
        assert_eq!((page.members, page.places.len()), (6, 0), "{skip} {limit}");
    }
    assert_eq!(shown(&top(&b, "order", 0, u32::MAX).await), all);
}

async fn a_board_shows_somebody_among_their_neighbours(a: Node, b: Node) {
    let members: Vec<String> = (0..100).map(|number| format!("m{number:02}")).collect();
    let rows: Vec<_> = members.iter().zip(0..).map(|(name, n)| (name.as_str(), f64::from(n / 2))).collect();
    fill(&a, "around", &rows).await;
    let around = async |member: &str, neighbours| here(b.around("around", member, neighbours).await.unwrap());
    assert_eq!(shown(&around("m97", 2).await), "1 m99 49, 3 m96 48, 3 m97 48, 5 m94 47, 5 m95 47");
    assert_eq!(shown(&around("m98", 1).await), "1 m98 49, 1 m99 49");
    assert_eq!(shown(&around("m01", 1).await), "99 m00 0, 99 m01 0");
    for stranger in ["m", ""] {
        let page = around(stranger, 3).await;
        assert_eq!((page.members, page.places.len()), (100, 0), "{stranger:?}");
    }
}

async fn a_board_keeps_the_best_or_the_latest(a: Node, b: Node) {
    fill(&a, "keep", &[("ada", 5.0)]).await;
    a.score("keep", "ada", Score::new(4.0), Keep::Best).await.unwrap();
    b.score("keep", "bob", Score::new(0.1 + 0.2), Keep::Best).await.unwrap();
    assert_eq!(shown(&top(&b, "keep", 0, 10).await), "1 ada 5, 2 bob 0.30000000000000004");
    a.score("keep", "ada", Score::new(-0.0), Keep::Latest).await.unwrap();
    b.score("keep", "bob", Score::new(f64::NAN), Keep::Latest).await.unwrap();
    assert_eq!(shown(&top(&b, "keep", 0, 10).await), "1 ada 0, 1 bob 0");
    b.score("keep", "bob", Score::new(f64::INFINITY), Keep::Best).await.unwrap();
    assert_eq!(shown(&top(&b, "keep", 0, 1).await), "1 bob 1000000000000000");
}

async fn a_board_that_misses_a_change_is_not_made_of_what_was_read_before(a: Node, b: Node) {
    let early = board_lease(&a, "missed").await;
    b.score("missed", "bob", Score::new(1.0), Keep::Best).await.unwrap();
    assert!(!a.fill("missed", &early, &[], MINUTE).await.unwrap());
    let between = board_lease(&a, "missed").await;
    b.remove("missed", "bob").await.unwrap();
    assert!(!a.fill("missed", &between, &[("bob".into(), Score::new(1.0))], MINUTE).await.unwrap());
    fill(&a, "missed", &[]).await;
}

async fn a_board_ends_with_its_time(a: Node, b: Node) {
    let lease = board_lease(&a, "time").await;
    assert!(a.fill("time", &lease, &[], Duration::from_millis(400)).await.unwrap());
    b.score("time", "ada", Score::new(1.0), Keep::Best).await.unwrap();
    assert_eq!(top(&a, "time", 0, 1).await.members, 1);
    sleep(Duration::from_millis(450)).await;
    board_lease(&b, "time").await;
}

fn is_unavailable<T>(result: Result<T, CacheError>) -> bool {
    matches!(result, Err(CacheError::Unavailable(_)))
}

/// Through the proxy, with a short patience.
async fn behind(proxy: &Proxy, registry: &Registry) -> Node {
    let redis = RedisConfig { connect_timeout_ms: 500, ..RedisConfig::single(format!("redis://{}", proxy.address())) };
    CacheConfig { redis: Some(redis), ..CacheConfig::default() }.start(registry).await.unwrap()
}

async fn until_available(cache: &Node) {
    let back = async {
        while !cache.is_available() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), back).await.expect("it comes back");
}

#[tokio::test]
async fn the_stream_has_what_was_appended_and_is_capped() {
    let server = Redis::start(Memory::None);
    let cache = node(Some(RedisConfig::single(server.url()))).await;
    for number in 0..1_000_u32 {
        let number = number.to_string();
        let fields: [(&str, &[u8]); 2] = [("id", number.as_bytes()), ("data", b"{\"a\":1}")];
        assert_eq!(cache.append("outbox", &fields, 100).await, Ok(Appended::Kept));
    }
    let length: u32 = server.ask(&["XLEN", "lectern:{outbox}:stream"]).unwrap().parse().unwrap();
    assert!((100..400).contains(&length), "{length}");
    let last = server.ask(&["XREVRANGE", "lectern:{outbox}:stream", "+", "-", "COUNT", "1"]).unwrap();
    assert!(last.ends_with("id\n999\ndata\n{\"a\":1}"), "{last}");
}

#[tokio::test]
async fn what_never_ends_is_not_kept_for_ever() {
    let server = Redis::start(Memory::None);
    let cache = node(Some(RedisConfig::single(server.url()))).await;
    put(&cache, "a", "value").await;
    cache.delete("b").await.unwrap();
    cache.spend("c", 1, Rate::new(5, 1.0)).await;
    cache.score("d", "ada", Score::new(1.0), Keep::Best).await.unwrap();
    fill(&cache, "e", &[("ada", 1.0)]).await;
    let keys = server.ask(&["KEYS", "*"]).unwrap();
    assert_eq!(keys.lines().count(), 5, "{keys}");
    for key in keys.lines() {
        let left: i64 = server.ask(&["PTTL", key]).unwrap().parse().unwrap();
        assert!((1..=60_000).contains(&left), "{key}: {left}");
    }
    let text = server.ask(&["GET", "lectern:{c}:account"]).unwrap();
    assert_eq!(text.len(), 16, "{text}: microseconds, to the last");
}

#[tokio::test]
async fn while_redis_is_cut_off_reads_say_so_limits_are_local_and_deletes_are_made_up_for() {
    let server = Redis::start(Memory::None);
    let proxy = Proxy::start(server.address()).await;
    let cache = behind(&proxy, &Registry::new()).await;
    let rate = Rate::new(5, 0.1);
    put(&cache, "value", "old").await;
    put(&cache, "other", "other").await;
    fill(&cache, "board", &[("ada", 1.0)]).await;
    assert!(cache.spend("account", 5, rate).await.is_allowed());
    proxy.cut();
    while cache.is_available() {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(is_unavailable(cache.read("value").await));
    assert!(is_unavailable(cache.delete("value").await));
    assert!(is_unavailable(cache.score("board", "bob", Score::new(2.0), Keep::Best).await));
    assert!(is_unavailable(cache.top("board", 0, 10).await));
    let value: Result<Bytes, ()> =
        value_or_else(&*cache, "value", MINUTE, async { Ok("from the source".into()) }).await;
    assert_eq!(value, Ok("from the source".into()));
    for _ in 0..5 {
        assert!(cache.spend("account", 1, rate).await.is_allowed(), "a local account, a full one");
    }
    assert!(!cache.spend("account", 1, rate).await.is_allowed());
    proxy.heal();
    until_available(&cache).await;
    // At no moment is what was deleted read again.
    let back = async {
        while cache.read("value").await.is_err() || cache.top("board", 0, 10).await.is_err() {
            assert_eq!(reads(&cache, "other").await, Some("other".into()));
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), back).await.expect("it is made up for");
    lease(&cache, "value").await;
    board_lease(&cache, "board").await;
    assert!(!cache.spend("account", 5, rate).await.is_allowed(), "Redis' account was spent before");
}

#[tokio::test]
async fn a_redis_that_hangs_costs_one_short_wait_and_no_more() {
    let server = Redis::start(Memory::None);
    let proxy = Proxy::start(server.address()).await;
    let registry = Registry::new();
    let cache = behind(&proxy, &registry).await;
    put(&cache, "value", "kept").await;
    proxy.stall();
    let started = Instant::now();
    let rate = Rate::new(1_000, 1_000.0);
    assert!(cache.spend("account", 1, rate).await.is_allowed());
    let first = started.elapsed();
    assert!((Duration::from_millis(200)..Duration::from_secs(5)).contains(&first), "{first:?}");
    let started = Instant::now();
    for _ in 0..500 {
        assert!(cache.spend("account", 1, rate).await.is_allowed());
        assert!(is_unavailable(cache.read("value").await));
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?} for 1,000 calls", started.elapsed());
    proxy.heal();
    until_available(&cache).await;
    assert_eq!(reads(&cache, "value").await, Some("kept".into()));
    let families = registry.gather();
    let calls = families.iter().find(|family| family.name() == "lectern_cache_calls_total").unwrap();
    let unavailable = calls
        .get_metric()
        .iter()
        .filter(|metric| metric.get_label().iter().any(|label| label.value() == "unavailable"));
    assert_eq!(unavailable.map(|metric| metric.get_counter().get_value()).sum::<f64>(), 1_001.0);
}

#[tokio::test]
async fn a_killed_redis_comes_back_empty_and_is_used_again() {
    let mut server = Redis::start(Memory::None);
    let cache = node(Some(RedisConfig::single(server.url()))).await;
    put(&cache, "value", "old").await;
    server.kill();
    while cache.is_available() {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(is_unavailable(cache.read("value").await));
    server.restart();
    until_available(&cache).await;
    put(&cache, "value", "new").await;
    assert_eq!(reads(&cache, "value").await, Some("new".into()));
}
