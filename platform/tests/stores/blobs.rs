//! [`Blobs`]: the same claims on files and on Azure Blob Storage; then what only files promise, and Azure cut off.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use lectern_platform::blobs::{
    AzureAccount, BlobError, BlobInfo, BlobKey, BlobKind, Blobs, BlobsConfig, Confirmed, SavedAs, SignedUpload, Upload,
    confirm,
};
use lectern_testing::TempFolder;
use lectern_testing::azurite::{ACCOUNT, Azurite, KEY};
use lectern_testing::prove;
use lectern_testing::proxy::Proxy;
use prometheus::Registry;
use reqwest::{Client, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

/// A store, and where its addresses lead if they are relative.
#[derive(Clone)]
struct Store {
    blobs: Arc<dyn Blobs>,
    origin: String,
    http: Client,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn prove_all(store: Store) {
    prove!((store):
        it_says_whether_it_would_take_a_blob,
        a_blob_is_kept_as_it_was_put,
        a_part_of_a_blob_ends_where_the_blob_ends,
        what_is_not_there_is_none,
        blobs_are_listed_in_order_and_by_page,
        a_long_blob_is_there_when_it_is_finished,
        a_signed_address_gives_one_blob_whole_or_in_part,
        all_who_ask_within_an_hour_get_one_address,
        a_file_is_called_what_people_call_it,
        a_signed_address_takes_one_blob,
        what_breaks_the_agreement_does_not_stay,
    );
}

async fn files(folder: &TempFolder) -> Store {
    files_behind(folder, |_| String::new()).await
}

/// With the `cdn` that is made of their own origin.
async fn files_behind(folder: &TempFolder, cdn: fn(&str) -> String) -> Store {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let config = BlobsConfig { folder: folder.path().to_owned(), cdn: cdn(&origin), ..BlobsConfig::default() };
    let (blobs, router) = config.start(&Registry::new()).unwrap();
    tokio::spawn(lectern_platform::http::serve(listener, router, 100, std::future::pending()));
    Store { blobs, origin, http: Client::new() }
}

fn azure(address: SocketAddr, answer_ms: u64) -> Store {
    let endpoint = format!("http://{address}/{ACCOUNT}");
    let azure = AzureAccount { account: ACCOUNT.into(), endpoint, key: KEY.into(), ..AzureAccount::default() };
    let config = BlobsConfig { azure: Some(azure), answer_ms, ..BlobsConfig::default() };
    let (blobs, _) = config.start(&Registry::new()).unwrap();
    Store { blobs, origin: String::new(), http: Client::new() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_in_files() {
    let folder = TempFolder::new("blobs");
    prove_all(files(&folder).await).await;
    assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0, "nothing unfinished is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_in_azure() {
    let azurite = Azurite::start();
    prove_all(azure(azurite.blobs(), 30_000)).await;
}

fn kind(content_type: &str) -> BlobKind {
    BlobKind { content_type: content_type.into(), cache_control: "private, max-age=60".into() }
}

impl Store {
    async fn fetch(&self, url: &str, range: Option<&str>) -> Response {
        let mut request = self.http.get(self.absolute(url));
        if let Some(range) = range {
            request = request.header("range", range);
        }
        request.send().await.unwrap()
    }

    async fn send(&self, to: &SignedUpload, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> StatusCode {
        let mut request = self.http.put(self.absolute(&to.url)).body(body);
        for (name, value) in &to.headers {
            let value = content_type.filter(|_| name == "content-type").unwrap_or(value);
            request = request.header(name, value);
        }
        request.send().await.unwrap().status()
    }

    fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.origin) } else { url.to_owned() }
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn it_says_whether_it_would_take_a_blob(store: Store) {
    store.blobs.check().await.unwrap();
    assert!(!store.blobs.kind().is_empty());
}

async fn a_blob_is_kept_as_it_was_put(store: Store) {
    let key = BlobKey::generate("kept", "bin");
    store.blobs.put(&key, &kind("video/mp4"), Bytes::from_static(b"\0first\xff")).await.unwrap();
    let info = BlobInfo { bytes: 7, kind: kind("video/mp4") };
    assert_eq!(store.blobs.head(&key).await, Ok(Some(info)));
    assert_eq!(store.blobs.read(&key, 0..100).await, Ok(Some(Bytes::from_static(b"\0first\xff"))));
    let plain = BlobKind { content_type: "text/plain".into(), cache_control: String::new() };
    store.blobs.put(&key, &plain, Bytes::new()).await.unwrap();
    assert_eq!(store.blobs.head(&key).await, Ok(Some(BlobInfo { bytes: 0, kind: plain })));
    assert_eq!(store.blobs.read(&key, 0..100).await, Ok(Some(Bytes::new())));
    store.blobs.delete(&key).await.unwrap();
    assert_eq!(store.blobs.head(&key).await, Ok(None));
    store.blobs.delete(&key).await.unwrap();
}

async fn a_part_of_a_blob_ends_where_the_blob_ends(store: Store) {
    let key = BlobKey::generate("part", "bin");
    store.blobs.put(&key, &kind("video/mp4"), Bytes::from_static(b"0123456789")).await.unwrap();
    for (range, expected) in [(0..1, "0"), (3..6, "345"), (8..100, "89"), (10..11, ""), (50..60, ""), (5..5, "")] {
        assert_eq!(store.blobs.read(&key, range.clone()).await, Ok(Some(expected.into())), "{range:?}");
    }
}

async fn what_is_not_there_is_none(store: Store) {
    let key = BlobKey::generate("none", "bin");
    assert_eq!(store.blobs.head(&key).await, Ok(None));
    assert_eq!(store.blobs.read(&key, 0..10).await, Ok(None));
    assert_eq!(store.blobs.list(&key, None).await, Ok(Vec::new()));
    let url = store.blobs.download_url(&key, None, MINUTE).await.unwrap();
    assert_eq!(store.fetch(&url, None).await.status(), 404);
    let upload = Upload { kind: kind("video/mp4"), bytes_max: 10 };
    assert_eq!(confirm(&*store.blobs, &key, &upload).await, Ok(Confirmed::Missing));
}

async fn blobs_are_listed_in_order_and_by_page(store: Store) {
    let below = BlobKey::generate("list", "d");
    let names = ["a", "a-1", "a.b", "b/1", "b/2", "c/d/e"];
    for name in names.iter().rev() {
        store.blobs.put(&below.join(name).unwrap(), &kind("text/plain"), Bytes::from(*name)).await.unwrap();
    }
    let beside: BlobKey = format!("{below}x").parse().unwrap();
    store.blobs.put(&beside, &kind("text/plain"), Bytes::new()).await.unwrap();
    let all = store.blobs.list(&below, None).await.unwrap();
    let expected: Vec<_> = names.iter().map(|name| (below.join(name).unwrap(), name.len() as u64)).collect();
    assert_eq!(all.into_iter().map(|blob| (blob.key, blob.bytes)).collect::<Vec<_>>(), expected);
    let rest = store.blobs.list(&below, Some(&expected[3].0)).await.unwrap();
    assert_eq!(
        rest.into_iter().map(|blob| blob.key).collect::<Vec<_>>(),
        [expected[4].0.clone(), expected[5].0.clone()]
    );
}

async fn a_long_blob_is_there_when_it_is_finished(store: Store) {
    let (key, other) = (BlobKey::generate("long", "bin"), BlobKey::generate("long", "bin"));
    let piece = |number: u32| Bytes::from(number.to_be_bytes().repeat(256 * 1024));
    let mut writer = store.blobs.begin(&key, &kind("video/mp4")).await.unwrap();
    let mut given_up = store.blobs.begin(&other, &kind("video/mp4")).await.unwrap();
    for number in 0..20 {
        writer.write(piece(number)).await.unwrap();
        given_up.write(piece(number)).await.unwrap();
    }
    drop(given_up);
    assert_eq!(store.blobs.head(&key).await, Ok(None));
    writer.finish().await.unwrap();
    assert_eq!(store.blobs.head(&key).await.unwrap().unwrap(), BlobInfo { bytes: 20 << 20, kind: kind("video/mp4") });
    for number in [0, 7, 8, 19] {
        let start = u64::from(number) << 20;
        assert_eq!(store.blobs.read(&key, start..start + (1 << 20)).await.unwrap().unwrap(), piece(number));
    }
    assert_eq!(store.blobs.head(&other).await, Ok(None));
}

async fn a_signed_address_gives_one_blob_whole_or_in_part(store: Store) {
    let (key, other) = (BlobKey::generate("get", "mp4"), BlobKey::generate("get", "mp4"));
    for key in [&key, &other] {
        store.blobs.put(key, &kind("video/mp4"), Bytes::from_static(b"0123456789")).await.unwrap();
    }
    let url = store.blobs.download_url(&key, None, MINUTE).await.unwrap();
    let whole = store.fetch(&url, None).await;
    let headers = ["content-type", "cache-control", "content-length"].map(|name| header(&whole, name).to_owned());
    assert_eq!(
        (whole.status().as_u16(), headers),
        (200, ["video/mp4", "private, max-age=60", "10"].map(str::to_owned))
    );
    assert_eq!(whole.bytes().await.unwrap(), "0123456789");
    let part = store.fetch(&url, Some("bytes=3-5")).await;
    assert_eq!((part.status().as_u16(), header(&part, "content-range")), (206, "bytes 3-5/10"));
    assert_eq!(part.bytes().await.unwrap(), "345");
    let strange = url.replace(key.as_str(), other.as_str());
    assert_eq!(store.fetch(&strange, None).await.status(), 403, "it is for one blob");
    let forged = SignedUpload { url: url.clone(), headers: vec![("x-ms-blob-type".into(), "BlockBlob".into())] };
    assert_eq!(store.send(&forged, None, "forged").await, 403, "and for fetching");
    let short = store.blobs.download_url(&key, None, Duration::from_secs(1)).await.unwrap();
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!(store.fetch(&short, None).await.status(), 403, "and for its time");
    assert_eq!(store.fetch(&url, None).await.status(), 200);
}

async fn all_who_ask_within_an_hour_get_one_address(store: Store) {
    let key = BlobKey::generate("shared", "mp4");
    store.blobs.put(&key, &kind("video/mp4"), Bytes::from_static(b"shared")).await.unwrap();
    let four_hours = Duration::from_hours(4);
    let mut urls = Vec::new();
    // The hour may end between two of them, and not between all.
    for _ in 0..3 {
        urls.push(store.blobs.download_url(&key, None, four_hours).await.unwrap());
        sleep(Duration::from_millis(1_100)).await;
    }
    assert!(urls[0] == urls[1] || urls[1] == urls[2], "{urls:?}");
    assert_eq!(store.fetch(&urls[2], None).await.bytes().await.unwrap(), "shared");
}

async fn a_file_is_called_what_people_call_it(store: Store) {
    let key = BlobKey::generate("named", "pdf");
    store.blobs.put(&key, &kind("application/pdf"), Bytes::from_static(b"%PDF")).await.unwrap();
    for (name, expected) in [
        ("Übung \"1\".pdf", r#"attachment; filename="_bung _1_.pdf"; filename*=UTF-8''%C3%9Cbung%20_1_.pdf"#),
        ("../a\r\nb & c=d.pdf", r#"attachment; filename="_ab & c=d.pdf""#),
    ] {
        let saved_as = SavedAs { name, content_type: "application/pdf" };
        let url = store.blobs.download_url(&key, Some(saved_as), MINUTE).await.unwrap();
        let answer = store.fetch(&url, None).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "content-disposition")), (200, expected));
        assert_eq!(answer.bytes().await.unwrap(), "%PDF");
        let (before, after) = url.rsplit_once(".pdf").unwrap();
        let forged = format!("{before}.exe{after}");
        assert_eq!(store.fetch(&forged, None).await.status(), 403, "{forged}");
    }
}

async fn a_signed_address_takes_one_blob(store: Store) {
    let key = BlobKey::generate("put", "pdf");
    let upload = Upload { kind: kind("application/pdf"), bytes_max: 1 << 20 };
    let signed = store.blobs.upload_url(&key, &upload, MINUTE).await.unwrap();
    assert_eq!(store.send(&signed, None, vec![7; 1 << 20]).await, 201);
    let info = BlobInfo { bytes: 1 << 20, kind: kind("application/pdf") };
    assert_eq!(confirm(&*store.blobs, &key, &upload).await, Ok(Confirmed::Good(info)));
    assert_eq!(store.fetch(&signed.url, None).await.status(), 403, "it is for sending");
    let other = SignedUpload { url: signed.url.replace("put/", "got/"), ..signed };
    assert_eq!(store.send(&other, None, "other").await, 403);
}

async fn what_breaks_the_agreement_does_not_stay(store: Store) {
    let upload = Upload { kind: kind("image/png"), bytes_max: 1_000 };
    for (content_type, length) in [(None, 1_001), (Some("text/html"), 10)] {
        let key = BlobKey::generate("agreement", "png");
        let signed = store.blobs.upload_url(&key, &upload, MINUTE).await.unwrap();
        let status = store.send(&signed, content_type, vec![7; length]).await;
        // Azure takes what it gets.
        assert!([201, 413, 415].contains(&status.as_u16()), "{status}");
        assert!(!matches!(confirm(&*store.blobs, &key, &upload).await.unwrap(), Confirmed::Good(_)));
        assert_eq!(store.blobs.head(&key).await, Ok(None));
    }
}

#[tokio::test]
async fn who_fetches_comes_by_the_cdn_from_any_page_and_who_sends_does_not() {
    let folder = TempFolder::new("blobs");
    let store = files_behind(&folder, |origin| origin.replace("127.0.0.1", "localhost")).await;
    let key = BlobKey::generate("cdn", "bin");
    store.blobs.put(&key, &kind("video/mp4"), Bytes::from_static(b"0123456789")).await.unwrap();
    let url = store.blobs.download_url(&key, None, MINUTE).await.unwrap();
    assert!(url.starts_with("http://localhost:"), "{url}");
    let answer = store.http.get(&url).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, "*"));
    assert_eq!(answer.bytes().await.unwrap(), "0123456789");
    let upload = Upload { kind: kind("video/mp4"), bytes_max: 10 };
    assert!(store.blobs.upload_url(&key, &upload, MINUTE).await.unwrap().url.starts_with("/v1/blobs/"));
}

#[tokio::test]
async fn files_hold_a_client_to_the_agreement_while_it_sends() {
    let folder = TempFolder::new("blobs");
    let store = files(&folder).await;
    let key = BlobKey::generate("agreement", "png");
    let upload = Upload { kind: kind("image/png"), bytes_max: 1_000 };
    let signed = store.blobs.upload_url(&key, &upload, MINUTE).await.unwrap();
    assert_eq!(store.send(&signed, Some("text/html"), "x").await, 415);
    assert_eq!(store.send(&signed, None, vec![7; 1_001]).await, 413);
    // Without a length it is counted as it comes.
    let (mut pieces, body) = tokio::io::duplex(1_024);
    let sending = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        let head = |url: &str| {
            format!("PUT {url} HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n")
        };
        pieces.write_all(head(&signed.url).as_bytes()).await.unwrap();
        for _ in 0..4 {
            if pieces.write_all(format!("12c\r\n{}\r\n", "x".repeat(300)).as_bytes()).await.is_err() {
                return;
            }
        }
        let _ = pieces.write_all(b"0\r\n\r\n").await;
        // Kept open until the answer is there.
        sleep(Duration::from_secs(5)).await;
    });
    let address = store.origin.trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut answers, mut requests) = stream.split();
    let (mut from, _keep) = tokio::io::split(body);
    let carry = tokio::io::copy(&mut from, &mut requests);
    let mut status = [0; 12];
    let answer = tokio::io::AsyncReadExt::read_exact(&mut answers, &mut status);
    tokio::select! {
        _ = carry => panic!("it was cut off without an answer"),
        read = answer => { read.unwrap(); }
    }
    assert_eq!(&status, b"HTTP/1.1 413");
    sending.abort();
    assert_eq!(store.blobs.head(&key).await, Ok(None));
    let empty = || std::fs::read_dir(folder.path().join("uploads")).unwrap().count() == 0;
    let started = Instant::now();
    while !empty() {
        assert!(started.elapsed() < Duration::from_secs(10), "something is left");
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn files_lead_nowhere_else_and_run_nothing() {
    let folder = TempFolder::new("blobs");
    let store = files(&folder).await;
    let key = BlobKey::generate("materials", "html");
    store.blobs.put(&key, &kind("text/html"), Bytes::from_static(b"<script>alert(1)</script>")).await.unwrap();
    let url = store.blobs.download_url(&key, None, MINUTE).await.unwrap();
    let answer = store.fetch(&url, None).await;
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    assert_eq!(header(&answer, "content-disposition"), "attachment");
    assert!(header(&answer, "content-security-policy").contains("sandbox"));
    let tag = header(&answer, "etag").to_owned();
    let again = store.http.get(store.absolute(&url)).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    // Azure does the same, its emulator does not.
    let beyond = store.fetch(&url, Some("bytes=25-")).await;
    assert_eq!((beyond.status().as_u16(), header(&beyond, "content-range")), (416, "bytes */25"));
    let head = store.http.head(store.absolute(&url)).send().await.unwrap();
    assert_eq!((head.status().as_u16(), header(&head, "content-length")), (200, "25"));
    let query = url.split_once('?').unwrap().1;
    for path in [
        "../secret",
        "..%2fsecret",
        "%2e%2e/secret",
        "materials/..%2f..%2fsecret",
        "%2fetc%2fpasswd",
        "a%00",
        "a%5c..%5csecret",
    ] {
        let status = raw(&store, &format!("/v1/blobs/{path}?{query}")).await;
        assert!(["403", "404"].contains(&status.as_str()), "{path}: {status}");
    }
    for query in ["", "expires=9", "expires=-1&signature=", "signature=x&expires=99999999999", "expires=1&expires=2"] {
        let status = store.fetch(&format!("/v1/blobs/{key}?{query}"), None).await.status();
        assert_eq!(status, 403, "{query}");
    }
    // The secret is for its owner alone, and stays: addresses are good after a restart.
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(folder.path().join("secret")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = files(&folder).await;
    assert_eq!(again.fetch(&url, None).await.status(), 200);
    let elsewhere = TempFolder::new("blobs");
    assert_eq!(files(&elsewhere).await.fetch(&url, None).await.status(), 403);
}

/// As it stands: clients tidy paths up before they send them.
async fn raw(store: &Store, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(store.origin.trim_start_matches("http://")).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer[9..12].to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_azure_is_away_calls_fail_soon_then_at_once_and_then_work_again() {
    let azurite = Azurite::start();
    let proxy = Proxy::start(azurite.blobs()).await;
    let store = azure(proxy.address(), 2_000);
    let key = BlobKey::generate("away", "bin");
    store.blobs.put(&key, &kind("video/mp4"), Bytes::from_static(b"kept")).await.unwrap();
    proxy.stall();
    let started = Instant::now();
    assert!(matches!(store.blobs.check().await, Err(BlobError::Unavailable(_))));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    proxy.cut();
    for _ in 0..5 {
        assert!(matches!(store.blobs.head(&key).await, Err(BlobError::Unavailable(_))));
    }
    let started = Instant::now();
    assert!(matches!(store.blobs.read(&key, 0..1).await, Err(BlobError::Unavailable(_))));
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    proxy.heal();
    let started = Instant::now();
    while store.blobs.head(&key).await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "the circuit does not close");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(store.blobs.read(&key, 0..10).await, Ok(Some(Bytes::from_static(b"kept"))));
}

/// A stand-in for Azure that exchanges a workload's token and delegates a key, and how often it did the latter.
async fn delegating() -> (SocketAddr, Arc<AtomicUsize>) {
    use axum::extract::{Request, State};
    use axum::response::IntoResponse as _;
    async fn answer(State(delegated): State<Arc<AtomicUsize>>, request: Request) -> axum::response::Response {
        let target = request.uri().to_string();
        if target.ends_with("/oauth2/v2.0/token") {
            let token = r#"{"access_token": "entra", "expires_in": 3600, "token_type": "Bearer"}"#;
            return ([("content-type", "application/json")], token).into_response();
        }
        if !target.contains("comp=userdelegationkey") {
            // The container, which is there.
            return StatusCode::CONFLICT.into_response();
        }
        let is_known = request.headers().get("authorization").is_some_and(|header| header == "Bearer entra");
        let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
        assert!(is_known && String::from_utf8_lossy(&body).contains("<Expiry>20"), "{body:?}");
        delegated.fetch_add(1, Ordering::SeqCst);
        let fields = [("SignedOid", "oid"), ("SignedTid", "tid"), ("SignedStart", "2026-01-01T00:00:00Z")];
        let more = [("SignedExpiry", "2099-01-01T00:00:00Z"), ("SignedService", "b"), ("SignedVersion", "2023-11-03")];
        let elements = fields.iter().chain(&more).chain(&[("Value", "c2VjcmV0")]);
        let elements: String = elements.map(|(name, text)| format!("<{name}>{text}</{name}>")).collect();
        format!("<?xml version=\"1.0\"?><UserDelegationKey>{elements}</UserDelegationKey>").into_response()
    }
    let delegated = Arc::new(AtomicUsize::new(0));
    let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&delegated));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(lectern_platform::http::serve(listener, router, 100, std::future::pending()));
    (address, delegated)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workload_identity_names_files_too() {
    let (address, delegated) = delegating().await;
    let folder = TempFolder::new("blobs");
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "from-kubernetes").unwrap();
    let azure = AzureAccount {
        account: "school".into(),
        endpoint: format!("http://{address}"),
        tenant_id: "tenant".into(),
        client_id: "client".into(),
        token_file: token_file.to_string_lossy().into(),
        authority: format!("http://{address}"),
        ..AzureAccount::default()
    };
    let config = BlobsConfig { azure: Some(azure), ..BlobsConfig::default() };
    let container = config.container.clone();
    let (blobs, _) = config.start(&Registry::new()).unwrap();
    let key = BlobKey::generate("named", "pdf");
    let address = async |saved_as| {
        let url = reqwest::Url::parse(&blobs.download_url(&key, saved_as, MINUTE).await.unwrap()).unwrap();
        url.query_pairs().into_owned().collect::<std::collections::BTreeMap<String, String>>()
    };
    let unnamed = address(None).await;
    let saved_as = SavedAs { name: "notes.pdf", content_type: "application/pdf" };
    let mut named = address(Some(saved_as)).await;
    assert_eq!(delegated.load(Ordering::SeqCst), 1, "one key is enough");
    let resource = format!("/blob/school/{container}/{key}");
    let signature = named.remove("sig").unwrap();
    let of = |name: &str| named[name].as_str();
    let fields = [
        ["r", of("st"), of("se"), &resource, "oid", "tid", "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"],
        ["b", "2023-11-03", "", "", "", "", "", "2023-11-03"],
        ["b", "", "", "", "attachment; filename=\"notes.pdf\"", "", "", ""],
    ];
    let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"secret");
    let expected = aws_lc_rs::hmac::sign(&secret, fields.concat().join("\n").as_bytes());
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(signature).unwrap(), expected.as_ref());
    let fields = |address: &std::collections::BTreeMap<String, String>| address.keys().cloned().collect::<Vec<_>>();
    let always = ["se", "sig", "ske", "skoid", "sks", "skt", "sktid", "skv", "sp", "sr", "st", "sv"];
    assert_eq!(fields(&unnamed), always);
    named.insert("sig".to_owned(), String::new());
    named.remove("rscd").unwrap();
    assert_eq!(fields(&named), always);
}
