//! A connection to one server, which is made again whenever it is lost.
//!
//! Who uses a link gets an answer at once while it is down: nothing waits for better times, so that nothing piles up. A link
//! is down when the connection was closed, when an answer took too long (a server that hangs is as good as none), when the
//! server turned out to be a replica, and when the sentinels name another one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, PushInfo, PushKind, Value,
    cmd,
};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::{Failure, Pushes, RedisConfig, Settings};

/// How often a connection is asked whether it still works.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// The first wait before connecting again, which doubles up to [`BACKOFF_MAX`].
const BACKOFF_MIN: Duration = Duration::from_millis(50);
/// A fraction of the time for which nodes wait for each other to make a log again.
const BACKOFF_MAX: Duration = Duration::from_millis(500);

/// Where the server is.
pub(super) enum Source {
    Fixed(String, u16),
    /// Where these say.
    Sentinels(Vec<ConnectionInfo>, String),
}

/// What the connection is for. Those that listen have one of their own: Redis bounds what may wait for it, and a slot that
/// moves to another server ends subscriptions in a way that confuses the answers to commands.
pub(super) enum Role {
    Commands,
    Listener(Arc<dyn Pushes>),
}

/// A connection that works, as far as is known.
#[derive(Clone)]
pub(crate) struct Live {
    /// Unlike that of any other connection of this process.
    pub(crate) number: u64,
    pub(crate) connection: MultiplexedConnection,
    /// The life of the server: another one after a restart, and at another server.
    pub(crate) run: Arc<str>,
    /// The names under which the server knows the scripts, in the order of the settings.
    pub(super) scripts: Arc<[String]>,
    /// For how long the server had been up when the connection was made.
    age: Duration,
    made: Instant,
    address: (String, u16),
}

impl Live {
    /// Whether the server was started so recently that others may not have found it yet.
    pub(crate) fn is_young(&self, rebuild: Duration) -> bool {
        // The server's own figure is in whole seconds.
        self.age + self.made.elapsed() < rebuild + Duration::from_secs(1)
    }
}

enum State {
    /// For the first time; this is waited for.
    Connecting,
    Down(Arc<str>),
    Up(Live),
}

/// See the [module](self). Dropping it closes the connection when those who are using it are done.
pub(crate) struct Link {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    settings: Arc<Settings>,
    source: Source,
    role: Role,
    state: watch::Sender<State>,
    given_up: Notify,
}

impl Link {
    pub(super) fn start(settings: Arc<Settings>, source: Source, role: Role) -> Self {
        let state = watch::Sender::new(State::Connecting);
        let shared = Arc::new(Shared { settings, source, role, state, given_up: Notify::new() });
        let task = tokio::spawn(Arc::clone(&shared).supervise());
        Self { shared, task }
    }

    /// The connection, without waiting but for the very first attempt to connect.
    pub(crate) async fn live(&self) -> Result<Live, Failure> {
        let mut state = self.shared.state.subscribe();
        let tried = state.wait_for(|state| !matches!(state, State::Connecting)).await;
        match tried.as_deref() {
            Ok(State::Up(live)) => Ok(live.clone()),
            Ok(State::Down(reason)) => Err(Failure::Unavailable(reason.to_string())),
            Ok(State::Connecting) | Err(_) => Err(Failure::Unavailable("not connected".to_owned())),
        }
    }

    /// The connection, if it works.
    pub(crate) fn up(&self) -> Option<Live> {
        match &*self.shared.state.borrow() {
            State::Up(live) => Some(live.clone()),
            State::Connecting | State::Down(_) => None,
        }
    }

    /// Whether an attempt to connect has ended, well or not.
    pub(super) fn was_tried(&self) -> bool {
        !matches!(*self.shared.state.borrow(), State::Connecting)
    }

    /// Says that the connection is of no use, for others not to try.
    pub(crate) fn give_up(&self, number: u64, reason: &str) {
        self.shared.give_up(number, reason);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn supervise(self: Arc<Self>) {
        let mut backoff = BACKOFF_MIN;
        loop {
            match self.connect().await {
                Ok((live, lost)) => {
                    self.settings.connects.with_label_values(&["ok"]).inc();
                    self.enter(State::Up(live.clone()));
                    let since = Instant::now();
                    let reason = self.watch_over(&live, &lost).await;
                    drop(live);
                    tracing::warn!(reason, "{}: lost a connection to Redis", self.settings.name);
                    self.enter(State::Down(reason.into()));
                    if since.elapsed() > PROBE_EVERY {
                        backoff = BACKOFF_MIN;
                    }
                }
                Err(reason) => {
                    self.settings.connects.with_label_values(&["failed"]).inc();
                    tracing::debug!(reason, "{}: could not connect to Redis", self.settings.name);
                    self.enter(State::Down(reason.into()));
                }
            }
            sleep(backoff.mul_f64(rand::random_range(0.5..1.0))).await;
            backoff = (backoff * 2).min(BACKOFF_MAX);
        }
    }

    fn enter(&self, state: State) {
        self.state.send_replace(state);
        self.settings.note_change();
    }

    fn give_up(&self, number: u64, reason: &str) {
        let given_up = self.state.send_if_modified(|state| {
            let is_it = matches!(state, State::Up(live) if live.number == number);
            if is_it {
                *state = State::Down(reason.into());
            }
            is_it
        });
        if given_up {
            self.given_up.notify_one();
            self.settings.note_change();
        }
    }

    /// Returns why the connection is of use no longer.
    async fn watch_over(&self, live: &Live, lost: &Notify) -> String {
        let mut probe = interval(PROBE_EVERY);
        probe.set_missed_tick_behavior(MissedTickBehavior::Delay);
        probe.tick().await;
        loop {
            tokio::select! {
                () = lost.notified() => return "it was closed".to_owned(),
                () = self.given_up.notified() => {
                    // A notice may be a late one, of the connection before.
                    if let State::Down(reason) = &*self.state.borrow() {
                        return reason.to_string();
                    }
                }
                _ = probe.tick() => {
                    let pong: redis::RedisResult<Value> = cmd("PING").query_async(&mut live.connection.clone()).await;
                    if let Err(error) = pong {
                        return error.to_string();
                    }
                    // While no sentinel answers, what they said last holds.
                    if matches!(self.source, Source::Sentinels(..))
                        && let Ok(address) = self.resolve().await
                        && address != live.address
                    {
                        return "the sentinels name another server".to_owned();
                    }
                }
            }
        }
    }

    async fn connect(self: &Arc<Self>) -> Result<(Live, Arc<Notify>), String> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let address = self.resolve().await?;
        let text = |error: redis::RedisError| error.to_string();
        let info = ConnectionAddr::Tcp(address.0.clone(), address.1).into_connection_info().map_err(text)?;
        let info = info.set_redis_settings(self.settings.credentials.clone());
        let lost = Arc::new(Notify::new());
        let (this, lost_too) = (Arc::downgrade(self), Arc::clone(&lost));
        let config = connection_config(&self.settings.config)
            .set_push_sender(move |push: PushInfo| hear(&this, number, &lost_too, push));
        let client = Client::open(info).map_err(text)?;
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await.map_err(text)?;
        let role: Value = cmd("ROLE").query_async(&mut connection).await.map_err(text)?;
        if !matches!(&role, Value::Array(parts) if matches!(parts.first(), Some(Value::BulkString(role)) if role == b"master"))
        {
            return Err("it is a replica".to_owned());
        }
        let (mut run, mut age, mut scripts) = (Arc::from(""), Duration::ZERO, Vec::new());
        if matches!(self.role, Role::Commands) {
            let about: String = cmd("INFO").arg("server").query_async(&mut connection).await.map_err(text)?;
            let find = |name: &str| about.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            run = Arc::from(find("run_id:"));
            age = Duration::from_secs(find("uptime_in_seconds:").parse().unwrap_or(0));
            let mut pipeline = redis::pipe();
            for text in self.settings.scripts {
                pipeline.cmd("SCRIPT").arg("LOAD").arg(*text);
            }
            scripts = pipeline.query_async(&mut connection).await.map_err(text)?;
        }
        let scripts = Arc::from(scripts);
        Ok((Live { number, connection, run, scripts, age, made: Instant::now(), address }, lost))
    }

    async fn resolve(&self) -> Result<(String, u16), String> {
        let (sentinels, master) = match &self.source {
            Source::Fixed(host, port) => return Ok((host.clone(), *port)),
            Source::Sentinels(sentinels, master) => (sentinels, master),
        };
        let config = &self.settings.config;
        let ask = |sentinel: &ConnectionInfo| Box::pin(ask_sentinel(config, sentinel.clone(), master));
        // All at once: the first answer counts, and those that are away cost no time.
        let answer = futures_util::future::select_ok(sentinels.iter().map(ask)).await;
        answer.map(|(address, _)| address).map_err(|error| format!("no sentinel knows the server: {error}"))
    }
}

/// Timeouts for everything.
pub(super) fn connection_config(config: &RedisConfig) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(config.connect_timeout()))
        .set_response_timeout(Some(config.response_timeout()))
}

async fn ask_sentinel(config: &RedisConfig, info: ConnectionInfo, master: &str) -> Result<(String, u16), String> {
    let ask = async {
        let client = Client::open(info)?;
        let mut connection = client.get_multiplexed_async_connection_with_config(&connection_config(config)).await?;
        cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(master).query_async(&mut connection).await
    };
    let answer: redis::RedisResult<Option<(String, u16)>> =
        timeout(config.connect_timeout(), ask).await.map_err(|_| "timed out")?;
    answer.map_err(|error| error.to_string())?.ok_or_else(|| format!("`{master}` is unknown"))
}

/// What the server says without having been asked; called where the connection is read, so that the order is kept.
fn hear(link: &Weak<Shared>, number: u64, lost: &Notify, push: PushInfo) -> Result<(), redis::aio::SendError> {
    if push.kind == PushKind::Disconnection {
        lost.notify_one();
        return Ok(());
    }
    let Some(shared) = link.upgrade() else { return Ok(()) };
    if let Role::Listener(pushes) = &shared.role
        && let Err(reason) = pushes.hear(number, push)
    {
        shared.give_up(number, reason);
    }
    Ok(())
}
