//! The program as a person starts it: real processes, real sockets, ports that the system chooses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use lectern_platform::private_postgres::{Durability, PrivatePostgres};
use lectern_platform::token::{Role, TokenVerifier};

/// A data folder that goes away with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("lectern-process-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn lectern() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

fn output(arguments: &[&str]) -> Output {
    lectern().args(arguments).output().unwrap()
}

/// `lectern dev`, up.
struct Running {
    child: Child,
    welcome: String,
    public: SocketAddr,
    admin: SocketAddr,
}

impl Running {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut child = lectern()
            .args(["dev", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(MEDIA_ARGUMENTS)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut welcome = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            welcome += &(line.unwrap() + "\n");
            if welcome.contains("makes others.") {
                break;
            }
        }
        let address = |name: &str| {
            let line = welcome.lines().find(|line| line.trim_start().starts_with(name)).expect(name);
            let url = line.split_whitespace().nth(1).unwrap().strip_prefix("http://").unwrap();
            url.split('/').next().unwrap().parse().unwrap()
        };
        let (public, admin) = (address("WHEP"), address("Metrics"));
        let running = Self { child, welcome, public, admin };
        until("everything is ready", || get(admin, "/readyz").0 == 200);
        running
    }

    /// The process id of its Postgres.
    fn postgres(&self, data: &Path) -> u32 {
        let file = std::fs::read_to_string(data.join("postgres/data/postmaster.pid")).unwrap();
        file.lines().next().unwrap().trim().parse().unwrap()
    }

    /// Sends SIGTERM and waits. Gives the exit code.
    fn stop(mut self) -> Option<i32> {
        kill("TERM", self.child.id());
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("did not end after a SIGTERM");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn kill(signal: &str, process: u32) {
    assert!(Command::new("kill").args(["-s", signal, &process.to_string()]).status().unwrap().success());
}

fn is_running(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // A zombie runs no more; somebody else's child may stay one for long.
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The status and the whole answer.
fn get(address: SocketAddr, path: &str) -> (u16, String) {
    request(address, &format!("GET {path}"), "")
}

fn post(address: SocketAddr, path: &str) -> (u16, String) {
    request(address, &format!("POST {path}"), "content-type: application/sdp\r\ncontent-length: 0\r\n")
}

fn post_json(address: SocketAddr, path: &str, body: &str) -> (u16, String) {
    let headers = format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    request(address, &format!("POST {path}"), &headers)
}

/// The first line of the answer on a connection that stays open.
fn status_line(address: SocketAddr, target: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "{target} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n").unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line
}

fn request(address: SocketAddr, target: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "{target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
    (status, answer)
}

#[test]
fn health_and_metrics_are_on_a_port_of_their_own_and_nothing_else_is() {
    let folder = Folder::new("ports");
    let running = Running::start(&folder.0, &[]);
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(get(running.admin, path).0, 200, "{path}");
        let (status, answer) = get(running.public, path);
        assert_eq!(status, 404, "{path} on the public port");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    assert_eq!(get(running.admin, "/v1/rooms/demo/whep").0, 404);
    assert_eq!(running.stop(), Some(0));
}

#[test]
fn nobody_watches_without_a_token() {
    let folder = Folder::new("whep");
    let running = Running::start(&folder.0, &[]);
    let (status, answer) = post(running.public, "/v1/rooms/demo/whep");
    assert_eq!(status, 401, "{answer}");
    assert!(answer.to_ascii_lowercase().contains("www-authenticate: bearer"), "{answer}");
    assert!(answer.contains("\"token_missing\""), "{answer}");
}

#[test]
fn the_first_start_makes_a_key_and_the_second_one_keeps_it() {
    let folder = Folder::new("key");
    assert_eq!(Running::start(&folder.0, &[]).stop(), Some(0));
    let data = folder.0.to_str().unwrap();
    let printed = output(&["token", "--data", data, "--room", "math", "--role", "tutor", "--name", "Ada Lovelace"]);
    assert!(printed.status.success());
    let token = String::from_utf8(printed.stdout).unwrap();
    let running = Running::start(&folder.0, &[]);
    let claims = TokenVerifier::open(&folder.0.join("keys")).unwrap().verify(token.trim()).unwrap();
    assert_eq!((claims.room.as_str(), claims.name.as_str(), claims.role), ("math", "Ada Lovelace", Role::Tutor));
    assert_eq!(claims.publish, ["camera", "screen"]);
    assert_eq!(claims.exp - claims.iat, 12 * 3600);
    assert!(running.welcome.contains("/v1/rooms/demo/whip/camera"));
}

#[test]
fn a_token_says_what_it_was_asked_to_say() {
    let folder = Folder::new("token");
    std::fs::create_dir_all(&folder.0).unwrap();
    let data = folder.0.to_str().unwrap();
    let token = |more: &[&str]| {
        let base = ["token", "--data", data, "--room", "math", "--name", "Bo", "--role", "student"];
        output(&[&base, more].concat())
    };
    let keyless = token(&[]);
    assert_eq!(keyless.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&keyless.stderr).contains("lectern dev --data DIR"), "{keyless:?}");

    lectern_platform::token::TokenSigner::create(&folder.0.join("keys")).unwrap();
    let verifier = TokenVerifier::open(&folder.0.join("keys")).unwrap();
    let made = token(&["--publish", "stage/1,camera", "--expires", "90m", "--person", "p-7"]);
    let claims = verifier.verify(String::from_utf8(made.stdout).unwrap().trim()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.exp - claims.iat), ("p-7", 5400));
    assert_eq!(claims.publish, ["stage/1", "camera"]);
    for bad in [&["--publish", "window"][..], &["--expires", "soon"], &["--person", ""], &["--role", "root"]] {
        let refused = token(bad);
        assert_eq!(refused.status.code(), Some(64), "{bad:?}");
        assert!(refused.stdout.is_empty() && !refused.stderr.is_empty(), "{bad:?}");
    }
}

#[test]
fn the_school_starts_with_the_rest_and_finds_its_data_again() {
    let folder = Folder::new("school");
    let running = Running::start(&folder.0, &[]);
    let person = r#"{"email": "ada@school.example", "name": "Ada", "password": "correct horse battery"}"#;
    let (status, answer) = post_json(running.public, "/v1/people", person);
    assert_eq!(status, 201, "{answer}");
    let postgres = running.postgres(&folder.0);
    assert_eq!(running.stop(), Some(0));
    assert!(!is_running(postgres), "Postgres ends with us");

    let running = Running::start(&folder.0, &[]);
    let login = r#"{"email": "ada@school.example", "password": "correct horse battery"}"#;
    let (status, answer) = post_json(running.public, "/v1/session", login);
    assert_eq!(status, 200, "{answer}");
    // However we end.
    let postgres = running.postgres(&folder.0);
    drop(running);
    until("Postgres ends", || !is_running(postgres));
}

#[test]
fn the_first_start_names_an_admin_once_and_a_lost_password_is_replaced() {
    let folder = Folder::new("admin");
    let running = Running::start(&folder.0, &[]);
    let sign_in = |running: &Running, said: &str| {
        let words: Vec<_> =
            said.lines().find(|line| line.trim_start().starts_with("Admin")).unwrap().split_whitespace().collect();
        let login = format!(r#"{{"email": "{}", "password": "{}"}}"#, words[1], words[3]);
        post_json(running.public, "/v1/session", &login)
    };
    let (status, answer) = sign_in(&running, &running.welcome);
    assert!(status == 200 && answer.contains("\"admin\""), "{answer}");
    let data = folder.0.to_str().unwrap();
    let replaced = output(&["admin", "--data", data]);
    assert!(replaced.status.success(), "{replaced:?}");
    assert_eq!(sign_in(&running, &running.welcome).0, 401, "the first password is good no more");
    assert_eq!(sign_in(&running, &String::from_utf8(replaced.stdout).unwrap()).0, 200);

    // Into an empty school alone, while it runs.
    let seeded = output(&["seed", "--data", data, "--students", "12"]);
    assert!(seeded.status.success(), "{seeded:?}");
    let told = String::from_utf8(seeded.stdout).unwrap();
    let tutor = told.split_whitespace().find(|word| word.contains("@tutors")).unwrap();
    let login = format!(r#"{{"email": "{tutor}", "password": "lectern-demo"}}"#);
    assert_eq!(post_json(running.public, "/v1/session", &login).0, 200, "{told}");
    let again = output(&["seed", "--data", data]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("not empty"), "{again:?}");
    assert_eq!(running.stop(), Some(0));

    let running = Running::start(&folder.0, &[]);
    assert!(!running.welcome.contains("Admin"), "{}", running.welcome);
    // Of a folder without a school nothing is made.
    let nothing = output(&["admin", "--data", folder.0.join("nowhere").to_str().unwrap()]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(!folder.0.join("nowhere").exists());
}

#[test]
fn classes_do_not_notice_that_postgres_is_gone_and_readiness_does() {
    let folder = Folder::new("no-postgres");
    let running = Running::start(&folder.0, &[]);
    assert_eq!(get(running.admin, "/readyz").0, 200);
    kill("KILL", running.postgres(&folder.0));
    until("readiness turns", || get(running.admin, "/readyz").0 == 503);
    let (_, parts) = get(running.admin, "/readyz");
    assert!(parts.contains("school: failed") && parts.contains("rooms: ok"), "{parts}");
    assert_eq!(get(running.admin, "/livez").0, 200);
    // What is asked of the media server and of the rooms is answered by them.
    let (status, answer) = post(running.public, "/v1/rooms/demo/whep");
    assert_eq!(status, 401, "{answer}");
    // The longest word of the welcome is a token.
    let tutor = running.welcome.split_whitespace().max_by_key(|word| word.len()).unwrap();
    let authorized = format!(
        "authorization: Bearer {tutor}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    );
    let upgrade =
        format!("{authorized}sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: lectern.v1\r\n");
    let status = status_line(running.public, "GET /v1/rooms/demo/ws", &upgrade);
    assert!(status.starts_with("HTTP/1.1 101"), "{status}");
    assert_eq!(running.stop(), Some(0));
}

#[test]
fn a_database_that_is_named_replaces_our_own() {
    let folder = Folder::new("database");
    let postgres = folder.0.join("elsewhere");
    lectern_platform::private_postgres::open_way(&folder.0).unwrap();
    let postgres = PrivatePostgres::start(&postgres, 0, Durability::Memory).unwrap();
    postgres.create_database("academy").unwrap();
    let data = folder.0.join("data");
    let running = Running::start(&data, &["--database", &postgres.url("academy")]);
    assert!(!data.join("postgres").exists());
    assert_eq!(get(running.admin, "/readyz").0, 200);
    assert_eq!(postgres.psql("academy", &["-c", "SELECT count(*) FROM courses"]).unwrap().trim(), "0");
    assert_eq!(running.stop(), Some(0));
}

/// The port is taken: had the program tried to bind it before it looked at the rest, it would say so instead.
#[test]
fn bad_configuration_is_found_before_a_socket_is_bound() {
    let folder = Folder::new("bad");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let data = folder.0.to_str().unwrap();
    let start = |more: &[&str], variable: Option<(&str, &str)>| {
        let mut command = lectern();
        command.args(["dev", "--data", data, "--listen", &listen]).args(more).envs(variable);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (more, variable, named) in BAD_CONFIGURATIONS {
        let (code, stderr) = start(more, *variable);
        assert_eq!(code, Some(64), "{more:?} {variable:?}: {stderr}");
        assert!(stderr.contains(named), "{more:?} {variable:?}: {stderr}");
    }
    let (code, stderr) = start(&["--metrics-listen", "127.0.0.1:0"], None);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("--listen"), "{stderr}");

    std::fs::write(folder.0.join("keys/broken.pub"), "not a key").unwrap();
    let (code, stderr) = start(&[], None);
    assert_eq!(code, Some(64), "{stderr}");
    assert!(stderr.contains("broken.pub"), "{stderr}");
}

#[test]
fn help_names_every_argument() {
    let dev = String::from_utf8(output(&["dev", "--help"]).stdout).unwrap();
    for argument in [
        "--data",
        "--listen",
        "--metrics-listen",
        "--web-student",
        "--web-tutor",
        "--web-admin",
        "--database",
        "--media-port",
        "--announce",
        "--log",
    ] {
        assert!(dev.contains(argument), "{argument}");
    }
    let token = String::from_utf8(output(&["token", "--help"]).stdout).unwrap();
    for argument in ["--data", "--room", "--role", "--name", "--publish", "--expires", "--person"] {
        assert!(token.contains(argument), "{argument}");
    }
    assert_eq!(output(&["--version"]).status.code(), Some(0));
    assert_eq!(output(&[]).status.code(), Some(64));
    assert_eq!(output(&["no-such-command"]).status.code(), Some(64));
}

/// Ports for media that nobody else has.
const MEDIA_ARGUMENTS: &[&str] = &["--media-port", "0"];

type BadConfiguration = (&'static [&'static str], Option<(&'static str, &'static str)>, &'static str);

const BAD_CONFIGURATIONS: &[BadConfiguration] = &[
    (&["--web-student", "127.0.0.1:3001"], None, "--web-student"),
    (&["--web-tutor", "https://somewhere:1"], None, "--web-tutor"),
    (&["--web-admin", "somewhere"], None, "--web-admin"),
    (&["--database", "mysql://localhost/school"], None, "database.url"),
    (&[], Some(("LECTERN_CONTROL_API__DATABASE__URL", "localhost")), "database.url"),
    (&[], Some(("LECTERN_AUDIT__BYTES_MAX", "1")), "audit.bytes_max"),
    (&["--log", "xml"], None, "text or json"),
    (&["--listen", "8080"], None, "--listen"),
    (&["--verbose"], None, "--verbose"),
    (&["--announce", "localhost"], None, "--announce"),
    (&["--media-port", "65535"], None, "network.udp_port"),
    (&[], Some(("LECTERN_SFU__NETWORK__UDP_PROT", "1")), "LECTERN_SFU__NETWORK__UDP_PROT: unknown field `udp_prot`"),
    (&[], Some(("LECTERN_SFU__NETWORK__UDP_PORT", "seven")), "LECTERN_SFU__NETWORK__UDP_PORT: invalid type"),
    (&[], Some(("RUST_LOG", "lectern=shout")), "RUST_LOG"),
];
