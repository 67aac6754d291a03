//! [`Audit`]: the same claims on files and on Azure Tables; then Azure is cut off and hangs, and the writer is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use lectern_platform::audit::{
    Audit, AuditConfig, AuditError, AuditEvent, AuditPage, AuditQuery, AzureAccount, EVENT_BYTES_MAX, Scope,
};
use lectern_testing::TempFolder;
use lectern_testing::azurite::{ACCOUNT, Azurite, KEY};
use lectern_testing::prove;
use lectern_testing::proxy::Proxy;
use prometheus::Registry;
use serde_json::json;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep};

type Trail = Arc<dyn Audit>;

/// How long an event may take to the table, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

async fn prove_all(trail: Trail) {
    prove!((trail):
        an_event_is_found_as_it_was_recorded,
        a_person_is_found_on_either_side,
        a_course_is_found_by_page_without_a_gap_or_a_double,
        a_query_has_limits_in_time_and_kind,
        what_breaks_a_rule_is_not_recorded,
    );
}

fn in_azure(endpoint: std::net::SocketAddr, folder: &Path) -> AuditConfig {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let azure = AzureAccount {
        account: ACCOUNT.into(),
        endpoint: format!("http://{endpoint}/{ACCOUNT}"),
        key: KEY.into(),
        ..AzureAccount::default()
    };
    let table = format!("audit{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let (folder, gather_ms, answer_ms) = (folder.to_owned(), 50, 1_000);
    AuditConfig { folder, azure: Some(azure), table, gather_ms, answer_ms, ..AuditConfig::default() }
}

fn start(config: &AuditConfig) -> Trail {
    config.start(&Registry::new()).unwrap()
}

/// As soon as who had it before has ended.
async fn restart(config: &AuditConfig) -> Trail {
    let started = Instant::now();
    loop {
        match config.start(&Registry::new()) {
            Ok(trail) => return trail,
            Err(error) => assert!(started.elapsed() < PATIENCE, "{error}"),
        }
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_in_files() {
    let folder = TempFolder::new("audit");
    prove_all(start(&AuditConfig { folder: folder.path().to_owned(), ..AuditConfig::default() })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_in_azure_tables() {
    let (azurite, folder) = (Azurite::start(), TempFolder::new("audit"));
    let config = AuditConfig { answer_ms: 10_000, ..in_azure(azurite.tables(), folder.path()) };
    prove_all(start(&config)).await;
}

fn event(kind: &str, actor: &str, course: &str) -> AuditEvent {
    let mut event = AuditEvent::now(kind);
    event.actor = Some(actor.into());
    event.course = Some(course.into());
    event
}

fn everything(scope: Scope) -> AuditQuery {
    let now = OffsetDateTime::now_utc();
    let (from, until) = (now - time::Duration::DAY, now + time::Duration::HOUR);
    AuditQuery { scope, kind: None, from, until, limit: 100, after: None }
}

/// All pages.
async fn all(trail: &Trail, mut query: AuditQuery) -> Vec<AuditEvent> {
    let mut events = Vec::new();
    loop {
        let AuditPage { events: page, next } = trail.query(&query).await.unwrap();
        assert!(page.len() <= query.limit as usize);
        events.extend(page);
        if next.is_none() {
            return events;
        }
        query.after = next;
    }
}

/// As soon as there are so many.
async fn found(trail: &Trail, query: &AuditQuery, count: usize) -> Vec<AuditEvent> {
    let started = Instant::now();
    loop {
        let events = all(trail, query.clone()).await;
        if events.len() >= count {
            return events;
        }
        assert!(started.elapsed() < PATIENCE, "{} of {count}", events.len());
        sleep(Duration::from_millis(50)).await;
    }
}

async fn an_event_is_found_as_it_was_recorded(trail: Trail) {
    let mut event = event("room.muted", "ada_1", "rust");
    event.subject = Some("bob".into());
    event.room = Some("r-1".into());
    event.address = Some("203.0.113.7".parse().unwrap());
    event.detail = json!({"why": "it's \"loud\" \u{1F600}\n", "n": u64::MAX}).as_object().unwrap().clone();
    trail.record(event.clone()).await.unwrap();
    assert_eq!(found(&trail, &everything(Scope::Person("ada_1".into())), 1).await, [event.clone()]);
    let everybodys = AuditQuery { kind: Some("room.muted".into()), ..everything(Scope::All) };
    assert_eq!(found(&trail, &everybodys, 1).await, [event]);
}

async fn a_person_is_found_on_either_side(trail: Trail) {
    let mut banned = event("room.banned", "tutor", "x");
    banned.subject = Some("carol".into());
    let mut renamed = event("person.renamed", "carol", "x");
    renamed.subject = Some("carol".into());
    let stranger = event("room.joined", "carola", "x");
    for event in [&banned, &renamed, &stranger] {
        trail.record(event.clone()).await.unwrap();
    }
    let events = found(&trail, &everything(Scope::Person("carol".into())), 2).await;
    assert_eq!(events, [renamed, banned], "the newest first, and once");
}

async fn a_course_is_found_by_page_without_a_gap_or_a_double(trail: Trail) {
    let events: Vec<_> = (0..250).map(|number| event("lesson.watched", &format!("p{number}"), "paged")).collect();
    for recorded in join_all(events.iter().map(|event| trail.record(event.clone()))).await {
        recorded.unwrap();
    }
    let query = AuditQuery { limit: 7, ..everything(Scope::Course("paged".into())) };
    let mut seen: Vec<_> = found(&trail, &query, 250).await.into_iter().map(|event| event.id()).collect();
    let mut expected: Vec<_> = events.iter().map(AuditEvent::id).collect();
    expected.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, expected);
    let exactly = AuditQuery { limit: 50, ..query };
    let mut pages = 0;
    let mut after = None;
    loop {
        let page = trail.query(&AuditQuery { after, ..exactly.clone() }).await.unwrap();
        assert_eq!(page.events.len(), 50);
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, 5, "no empty page at the end");
}

async fn a_query_has_limits_in_time_and_kind(trail: Trail) {
    let middle = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap() - time::Duration::days(3);
    let mut events = Vec::new();
    for hours in -36..=36 {
        let mut event = AuditEvent::then("clock.struck", middle + time::Duration::hours(hours));
        event.actor = Some("clock".into());
        trail.record(event.clone()).await.unwrap();
        events.push(event);
    }
    let week = time::Duration::WEEK;
    let query =
        AuditQuery { kind: Some("clock.struck".into()), from: middle - week, limit: 10, ..everything(Scope::All) };
    assert_eq!(found(&trail, &query, 73).await.len(), 73, "over days, in pages");
    let (from, until) = (events[10].at(), events[60].at());
    for scope in [Scope::All, Scope::Person("clock".into())] {
        let between = all(&trail, AuditQuery { from, until, scope, ..query.clone() }).await;
        let mut ids: Vec<_> = between.iter().map(AuditEvent::id).collect();
        ids.sort_unstable();
        assert_eq!(ids, events[10..60].iter().map(AuditEvent::id).collect::<Vec<_>>(), "from is in, until is not");
    }
    assert_eq!(all(&trail, AuditQuery { kind: Some("clock.stopped".into()), ..query.clone() }).await, []);
    assert_eq!(all(&trail, AuditQuery { from: until, until: from, ..query }).await, []);
}

async fn what_breaks_a_rule_is_not_recorded(trail: Trail) {
    let field = |error| match error {
        AuditError::Invalid { field, .. } => field,
        other => panic!("{other}"),
    };
    let mut large = event("large", "dave", "x");
    large.detail.insert("text".into(), "x".repeat(EVENT_BYTES_MAX).into());
    let bad = [event("Kind!", "dave", "x"), event("kind", "da've", "x"), event("kind", "dave", "../x"), large];
    let fields =
        join_all(bad.map(|event| trail.record(event))).await.into_iter().map(|result| field(result.unwrap_err()));
    assert_eq!(fields.collect::<Vec<_>>(), ["kind", "actor", "course", "detail"]);
    let query = everything(Scope::Person("dave".into()));
    assert_eq!(trail.query(&query).await.unwrap(), AuditPage::default());
    let wrong = [
        AuditQuery { limit: 0, ..query.clone() },
        AuditQuery { limit: 101, ..query.clone() },
        AuditQuery { after: Some("' or 1 eq 1".into()), ..query.clone() },
        AuditQuery { kind: Some("' or 1 eq 1".into()), ..query.clone() },
        AuditQuery { scope: Scope::Person("' or 1 eq 1".into()), ..query.clone() },
        AuditQuery { scope: Scope::Course(String::new()), ..query },
    ];
    let fields =
        join_all(wrong.iter().map(|query| trail.query(query))).await.into_iter().map(|r| field(r.unwrap_err()));
    assert_eq!(fields.collect::<Vec<_>>(), ["limit", "limit", "after", "kind", "person", "course"]);
}

/// How often each event's number is there.
fn numbers(events: &[AuditEvent]) -> BTreeMap<u64, u32> {
    let mut numbers = BTreeMap::new();
    for event in events {
        *numbers.entry(event.detail["number"].as_u64().unwrap()).or_default() += 1;
    }
    numbers
}

fn numbered(number: u64) -> AuditEvent {
    let mut event = event("numbered", &format!("p{}", number % 5), "numbers");
    event.detail.insert("number".into(), number.into());
    event
}

async fn record_all(trail: &Trail, numbers: std::ops::Range<u64>) {
    for recorded in join_all(numbers.map(|number| trail.record(numbered(number)))).await {
        recorded.unwrap();
    }
}

async fn once_each(trail: &Trail, count: u64) {
    for scope in [Scope::Course("numbers".into()), Scope::All] {
        let events = found(trail, &everything(scope), count as usize).await;
        assert_eq!(numbers(&events), (0..count).map(|number| (number, 1)).collect::<BTreeMap<_, _>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_delays_and_loses_nothing() {
    let (azurite, folder) = (Azurite::start(), TempFolder::new("audit"));
    let proxy = Proxy::start(azurite.tables()).await;
    let trail = start(&in_azure(proxy.address(), folder.path()));
    record_all(&trail, 0..200).await;
    // In the middle of what is being sent, again and again; then for a while.
    for round in 1..=5 {
        sleep(Duration::from_millis(30)).await;
        if round % 2 == 0 {
            proxy.stall()
        } else {
            proxy.cut()
        }
        let started = Instant::now();
        record_all(&trail, round * 200..(round + 1) * 200).await;
        assert!(started.elapsed() < Duration::from_secs(5), "recording does not wait for Azure");
        sleep(Duration::from_millis(150)).await;
        proxy.heal();
    }
    proxy.cut();
    sleep(Duration::from_secs(2)).await;
    let query = everything(Scope::All);
    assert!(matches!(trail.query(&query).await, Err(AuditError::Unavailable(_))));
    proxy.heal();
    let started = Instant::now();
    while trail.query(&query).await.is_err() {
        assert!(started.elapsed() < PATIENCE, "the circuit does not close");
        sleep(Duration::from_millis(100)).await;
    }
    once_each(&trail, 1_200).await;
    let empty = || std::fs::read_dir(folder.path()).unwrap().count() == 1;
    let started = Instant::now();
    while !empty() {
        assert!(started.elapsed() < PATIENCE, "the spool is not emptied");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_lost_doubles_nothing() {
    let (azurite, folder) = (Azurite::start(), TempFolder::new("audit"));
    let proxy = Proxy::start(azurite.tables()).await;
    let config = in_azure(proxy.address(), folder.path());
    let trail = start(&config);
    // The table does what it is asked to and nobody hears of it, until the patience is over.
    proxy.delay(Duration::from_millis(700));
    record_all(&trail, 0..50).await;
    sleep(Duration::from_secs(3)).await;
    proxy.delay(Duration::ZERO);
    once_each(&trail, 50).await;
    drop(trail);
    // What is sent again by another process, whose spool was a copy, is the same.
    let other = restart(&config).await;
    record_all(&other, 50..60).await;
    once_each(&other, 60).await;
}

#[tokio::test]
async fn a_full_spool_refuses_and_keeps_what_it_acknowledged() {
    let (azurite, folder) = (Azurite::start(), TempFolder::new("audit"));
    let proxy = Proxy::start(azurite.tables()).await;
    proxy.cut();
    let config = AuditConfig { bytes_max: 1 << 20, ..in_azure(proxy.address(), folder.path()) };
    let trail = start(&config);
    let large = |number| {
        let mut event = numbered(number);
        event.detail.insert("text".into(), "x".repeat(7_000).into());
        event
    };
    assert_eq!(trail.spool().await.unwrap().unwrap().oldest, None);
    let mut recorded = 0;
    let full = loop {
        match trail.record(large(recorded)).await {
            Ok(()) => recorded += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full, AuditError::Full);
    assert!((140..150).contains(&recorded), "{recorded}");
    let spool = trail.spool().await.unwrap().unwrap();
    assert!(spool.bytes > spool.bytes_max * 9 / 10 && spool.bytes <= spool.bytes_max, "{spool:?}");
    let age = OffsetDateTime::now_utc() - spool.oldest.unwrap();
    assert!((time::Duration::ZERO..time::Duration::MINUTE).contains(&age), "{age}");
    proxy.heal();
    once_each(&trail, recorded).await;
    trail.record(large(recorded)).await.unwrap();
    once_each(&trail, recorded + 1).await;
}

/// Not a test: records until it is killed, and says on standard output what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test below, in a process of its own"]
async fn a_writer_to_be_killed() {
    let variable = |name: &str| std::env::var(name).expect(name);
    let folder = variable("AUDIT_FOLDER");
    let first: u64 = variable("AUDIT_FIRST").parse().unwrap();
    let mut config = in_azure(variable("AUDIT_ENDPOINT").parse().unwrap(), Path::new(&folder));
    config.table = variable("AUDIT_TABLE");
    let trail = start(&config);
    for number in first.. {
        trail.record(numbered(number)).await.unwrap();
        println!("acknowledged {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_writer_loses_nothing_that_was_acknowledged() {
    let (azurite, folder) = (Azurite::start(), TempFolder::new("audit"));
    let mut config = in_azure(azurite.tables(), folder.path());
    config.table = "killed".into();
    let (mut first, mut unheard) = (0, Vec::new());
    for round in 0..3_u32 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "audit::a_writer_to_be_killed", "--ignored", "--nocapture"]);
        command.env("AUDIT_FOLDER", folder.path()).env("AUDIT_FIRST", first.to_string());
        command.env("AUDIT_ENDPOINT", azurite.tables().to_string()).env("AUDIT_TABLE", &config.table);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut numbers =
            lines.by_ref().filter_map(|line| line.unwrap().strip_prefix("acknowledged ")?.parse::<u64>().ok());
        // Between the spool and the table, at another moment each time.
        let last = numbers.nth(100 + 170 * round as usize).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died counts too.
        let last = numbers.last().unwrap_or(last);
        // One more may be on disk, whose acknowledgement was not heard: it keeps its number.
        unheard.push(last + 1);
        first = last + 2;
    }
    let trail = restart(&config).await;
    let query = everything(Scope::Course("numbers".into()));
    let started = Instant::now();
    loop {
        let numbers = numbers(&all(&trail, query.clone()).await);
        assert!(numbers.values().all(|count| *count == 1), "doubled");
        let missing: Vec<u64> = (0..first).filter(|number| !numbers.contains_key(number)).collect();
        if missing.iter().all(|number| unheard.contains(number)) {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "lost: {missing:?}");
        sleep(Duration::from_millis(100)).await;
    }
}

/// What a stand-in for Azure was asked, with the header of authorization: it exchanges tokens, and knows no table.
async fn stand_in() -> (std::net::SocketAddr, Arc<Mutex<Vec<(String, String)>>>) {
    use axum::extract::{Request, State};
    use axum::response::IntoResponse as _;
    type Asked = Arc<Mutex<Vec<(String, String)>>>;
    async fn answer(State(asked): State<Asked>, request: Request) -> axum::response::Response {
        let header = request.headers().get("authorization").map_or("", |value| value.to_str().unwrap()).to_owned();
        let address = request.uri().to_string();
        let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
        let is_exchange = address == "/tenant/oauth2/v2.0/token";
        let entry = if is_exchange { String::from_utf8(body.to_vec()).unwrap() } else { header };
        asked.lock().unwrap().push((address, entry));
        if is_exchange {
            return axum::Json(json!({"access_token": "entra", "expires_in": 3_600, "token_type": "Bearer"}))
                .into_response();
        }
        axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
    let asked = Asked::default();
    let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&asked));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(lectern_platform::http::serve(listener, router, 100, std::future::pending()));
    (address, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workload_identity_and_a_signature_take_the_place_of_a_key() {
    let (address, asked) = stand_in().await;
    let folder = TempFolder::new("audit");
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "from-kubernetes").unwrap();
    let mut identity = in_azure(address, &folder.path().join("identity"));
    let endpoint = format!("http://{address}");
    identity.azure = Some(AzureAccount {
        account: ACCOUNT.into(),
        endpoint: endpoint.clone(),
        tenant_id: "tenant".into(),
        client_id: "client".into(),
        token_file: token_file.to_string_lossy().into(),
        authority: endpoint.clone(),
        ..AzureAccount::default()
    });
    let mut signature = in_azure(address, &folder.path().join("signature"));
    let sas = "sv=2020-12-06&sig=a%2Bb%3D".to_owned();
    signature.azure = Some(AzureAccount { account: ACCOUNT.into(), endpoint, sas, ..AzureAccount::default() });
    let query = everything(Scope::All);
    for config in [&identity, &signature] {
        assert!(matches!(start(config).query(&query).await, Err(AuditError::Unavailable(_))));
    }
    let asked = asked.lock().unwrap().clone();
    let (_, exchange) = asked.iter().find(|(address, _)| address.contains("oauth2")).expect("a token was asked for");
    assert!(
        exchange.contains("client_assertion=from-kubernetes") && exchange.contains("client_id=client"),
        "{exchange}"
    );
    assert!(exchange.contains("scope=https%3A%2F%2Fstorage.azure.com%2F.default"), "{exchange}");
    let of = |table: &str| asked.iter().filter(|(address, _)| address.contains(table)).cloned().collect::<Vec<_>>();
    let (by_identity, by_signature) = (of(&identity.table), of(&signature.table));
    assert!(!by_identity.is_empty() && by_identity.iter().all(|(_, header)| header == "Bearer entra"), "{asked:?}");
    let is_signed = |(address, header): &(String, String)| address.contains("sig=a%2Bb%3D") && header.is_empty();
    assert!(!by_signature.is_empty() && by_signature.iter().all(is_signed), "{asked:?}");
}

/// A stand-in for a table that takes everything but events of the kind `poison`; what it took, by row key.
async fn choosy_table() -> (std::net::SocketAddr, Arc<Mutex<BTreeSet<String>>>) {
    use axum::extract::State;
    type Rows = Arc<Mutex<BTreeSet<String>>>;
    async fn answer(State(taken): State<Rows>, body: String) -> (axum::http::StatusCode, String) {
        let rows: Vec<_> = body.lines().filter(|line| line.starts_with("PUT ")).map(str::to_owned).collect();
        let answer = if body.contains(r#""Kind":"poison""#) {
            "HTTP/1.1 400 Bad Request\r\n\r\n{\"odata.error\":{\"code\":\"InvalidInput\"}}".to_owned()
        } else {
            let answer = "HTTP/1.1 204 No Content\r\n\r\n".repeat(rows.len());
            taken.lock().unwrap().extend(rows);
            answer
        };
        (axum::http::StatusCode::ACCEPTED, answer)
    }
    let taken = Rows::default();
    let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&taken));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(lectern_platform::http::serve(listener, router, 100, std::future::pending()));
    (address, taken)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_refused_for_good_holds_nothing_up() {
    let ((address, taken), folder) = (choosy_table().await, TempFolder::new("audit"));
    let trail = start(&in_azure(address, folder.path()));
    let mut poison = event("poison", "eve", "numbers");
    poison.detail.insert("text".into(), "kept all the same".into());
    for number in 0..150 {
        if number == 70 {
            trail.record(poison.clone()).await.unwrap();
        }
        trail.record(numbered(number)).await.unwrap();
    }
    let started = Instant::now();
    // Day, person and course of each.
    while taken.lock().unwrap().len() < 450 {
        assert!(started.elapsed() < PATIENCE, "{}", taken.lock().unwrap().len());
        sleep(Duration::from_millis(50)).await;
    }
    let refused = || std::fs::read_to_string(folder.path().join("refused.jsonl")).unwrap_or_default();
    while refused().lines().count() < 3 {
        assert!(started.elapsed() < PATIENCE, "{}", refused());
        sleep(Duration::from_millis(50)).await;
    }
    assert!(
        refused().lines().all(|line| line.contains(&poison.id().to_string()) && line.contains("kept all the same"))
    );
    assert_eq!(taken.lock().unwrap().len(), 450, "and nothing else");
}
