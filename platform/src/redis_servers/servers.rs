//! Which server holds a key: the only one, the one that the sentinels name, or the master of its slot in a cluster.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisResult, Value, cmd};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::link::{Link, Role, Source, connection_config};
use super::{Failure, Pushes, RedisMode, Settings};

/// Slots of a cluster: <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>.
const SLOTS: u16 = 16_384;
/// How often a cluster is asked about its slots when all is well; a redirection or a lost connection has it asked at once.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often while something is wrong.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Between two looks in any case.
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// A server, with a connection for commands and, if anything is listened to, one for that.
pub(crate) struct Server {
    pub(super) commands: Link,
    pub(crate) listener: Option<Link>,
}

impl Server {
    fn links(&self) -> impl Iterator<Item = &Link> {
        std::iter::once(&self.commands).chain(&self.listener)
    }
}

/// All that are in use.
pub(crate) struct Servers {
    pub(super) settings: Arc<Settings>,
    /// Whom to tell what the servers say unasked; without it nothing is listened to.
    pushes: Option<Arc<dyn Pushes>>,
    seeds: Vec<ConnectionInfo>,
    table: Mutex<Table>,
    /// Whether it was tried to learn about the slots.
    tried: watch::Sender<bool>,
    look: Notify,
}

#[derive(Default)]
struct Table {
    servers: HashMap<Address, Arc<Server>>,
    /// In no order; none overlaps another.
    slots: Vec<SlotRange>,
}

type Address = (String, u16);

#[derive(Debug, Clone, PartialEq, Eq)]
struct SlotRange {
    first: u16,
    last: u16,
    master: Address,
}

impl Servers {
    pub(super) fn new(settings: Arc<Settings>, pushes: Option<Arc<dyn Pushes>>, seeds: Vec<ConnectionInfo>) -> Self {
        let is_cluster = settings.config.mode == RedisMode::Cluster;
        let tried = watch::Sender::new(!is_cluster);
        let servers = Self { settings, pushes, seeds, table: Mutex::default(), tried, look: Notify::new() };
        if !is_cluster {
            servers.add_the_only_one();
        }
        servers
    }

    /// The server of the keys with a hash tag. Waits for nothing but the first attempt to learn about a cluster.
    pub(crate) async fn of(&self, tag: &str) -> Result<Arc<Server>, Failure> {
        let mut tried = self.tried.subscribe();
        let _ = tried.wait_for(|tried| *tried).await;
        self.known(tag).ok_or_else(|| Failure::Unavailable("the cluster does not say who holds the key".to_owned()))
    }

    /// As [`Self::of`], as far as is known.
    pub(crate) fn known(&self, tag: &str) -> Option<Arc<Server>> {
        let slot = slot_of(tag);
        let table = self.table();
        let range = table.slots.iter().find(|range| (range.first..=range.last).contains(&slot))?;
        table.servers.get(&range.master).cloned()
    }

    /// The server to which another one pointed.
    pub(super) fn at(&self, host: &str, port: u16) -> Arc<Server> {
        let address = (host.to_owned(), port);
        let mut table = self.table();
        let server = table.servers.entry(address).or_insert_with_key(|address| self.connect(address));
        Arc::clone(server)
    }

    /// Has a cluster asked about its slots soon.
    pub(crate) fn look_again(&self) {
        self.look.notify_one();
    }

    /// Whether all servers answer, and every slot has one.
    pub(crate) fn are_available(&self) -> bool {
        let table = self.table();
        let covered: u32 = table.slots.iter().map(|range| u32::from(range.last - range.first) + 1).sum();
        covered == u32::from(SLOTS)
            && table.servers.values().flat_map(|server| server.links()).all(|link| link.up().is_some())
    }

    /// Whether an attempt was made to reach each of them.
    pub(super) fn were_tried(&self) -> bool {
        *self.tried.borrow() && self.table().servers.values().flat_map(|server| server.links()).all(Link::was_tried)
    }

    pub(crate) fn publish_command(&self) -> &'static str {
        if self.is_cluster() { "SPUBLISH" } else { "PUBLISH" }
    }

    pub(crate) fn subscribe_command(&self) -> &'static str {
        if self.is_cluster() { "SSUBSCRIBE" } else { "SUBSCRIBE" }
    }

    pub(crate) fn unsubscribe_command(&self) -> &'static str {
        if self.is_cluster() { "SUNSUBSCRIBE" } else { "UNSUBSCRIBE" }
    }

    /// Follows a cluster's slots, until it is aborted.
    pub(super) async fn keep_looking(self: Arc<Self>) {
        if !self.is_cluster() {
            return;
        }
        let mut changed = self.settings.changed.subscribe();
        loop {
            changed.mark_unchanged();
            match self.ask_for_slots().await {
                Ok(slots) => self.adopt(slots),
                Err(error) => tracing::debug!(%error, "no node of the Redis cluster says who holds what"),
            }
            self.tried.send_replace(true);
            let pause = if self.are_available() { LOOK_EVERY } else { LOOK_AGAIN };
            tokio::select! {
                () = sleep(pause) => {}
                () = self.look.notified() => sleep(LOOK_PAUSE).await,
                _ = changed.changed() => sleep(LOOK_PAUSE).await,
            }
        }
    }

    fn add_the_only_one(&self) {
        let seed = |info: &ConnectionInfo| match info.addr() {
            ConnectionAddr::Tcp(host, port) => (host.clone(), *port),
            _ => unreachable!("the configuration was validated"),
        };
        let config = &self.settings.config;
        let address = seed(&self.seeds[0]);
        let source = || match config.mode {
            RedisMode::Sentinel => Source::Sentinels(self.seeds.clone(), config.master.clone()),
            RedisMode::Single | RedisMode::Cluster => Source::Fixed(address.0.clone(), address.1),
        };
        let server = self.connect_to(source(), source());
        let mut table = self.table();
        table.slots = vec![SlotRange { first: 0, last: SLOTS - 1, master: address.clone() }];
        table.servers.insert(address, server);
    }

    fn connect(&self, (host, port): &Address) -> Arc<Server> {
        self.connect_to(Source::Fixed(host.clone(), *port), Source::Fixed(host.clone(), *port))
    }

    fn connect_to(&self, commands: Source, listener: Source) -> Arc<Server> {
        let link = |source, role| Link::start(Arc::clone(&self.settings), source, role);
        let listener = self.pushes.as_ref().map(|pushes| link(listener, Role::Listener(Arc::clone(pushes))));
        Arc::new(Server { commands: link(commands, Role::Commands), listener })
    }

    fn is_cluster(&self) -> bool {
        self.settings.config.mode == RedisMode::Cluster
    }

    /// Masters that hold no slot any more are left; what was asked of them ends by itself.
    fn adopt(&self, slots: Vec<SlotRange>) {
        let mut table = self.table();
        if table.slots == slots {
            return;
        }
        let mut servers = HashMap::new();
        for range in &slots {
            let before = |address: &Address| table.servers.get(address).cloned();
            let address = &range.master;
            servers.entry(address.clone()).or_insert_with(|| before(address).unwrap_or_else(|| self.connect(address)));
        }
        *table = Table { servers, slots };
        drop(table);
        self.settings.note_change();
    }

    /// From whoever answers first: those that there is a connection to, then those of the configuration.
    async fn ask_for_slots(&self) -> Result<Vec<SlotRange>, String> {
        let known: Vec<_> = {
            let table = self.table();
            table.servers.iter().map(|(address, server)| (address.0.clone(), server.commands.up())).collect()
        };
        let mut reason = "there is none".to_owned();
        for (host, live) in known {
            let Some(live) = live else { continue };
            match cmd("CLUSTER").arg("SLOTS").query_async(&mut live.connection.clone()).await {
                Ok(answer) => return read_slots(answer, &host).ok_or_else(|| "an answer without sense".to_owned()),
                Err(error) => reason = error.to_string(),
            }
        }
        for seed in &self.seeds {
            match timeout(self.settings.config.connect_timeout(), self.ask_seed(seed)).await {
                Ok(Ok(answer)) => return answer.ok_or_else(|| "an answer without sense".to_owned()),
                Ok(Err(error)) => reason = error.to_string(),
                Err(_) => reason = "timed out".to_owned(),
            }
        }
        Err(reason)
    }

    async fn ask_seed(&self, seed: &ConnectionInfo) -> RedisResult<Option<Vec<SlotRange>>> {
        let info = seed.addr().clone().into_connection_info()?.set_redis_settings(self.settings.credentials.clone());
        let config = connection_config(&self.settings.config);
        let mut connection = Client::open(info)?.get_multiplexed_async_connection_with_config(&config).await?;
        let answer = cmd("CLUSTER").arg("SLOTS").query_async(&mut connection).await?;
        let host = match seed.addr() {
            ConnectionAddr::Tcp(host, _) => host.as_str(),
            _ => "",
        };
        Ok(read_slots(answer, host))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What `CLUSTER SLOTS` answers; a node that does not know its own address is where it was asked.
fn read_slots(answer: Value, asked: &str) -> Option<Vec<SlotRange>> {
    let Value::Array(ranges) = answer else { return None };
    let number = |value: &Value| match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    };
    let mut slots = ranges
        .into_iter()
        .map(|range| {
            let Value::Array(parts) = range else { return None };
            let [first, last, Value::Array(master), ..] = parts.as_slice() else { return None };
            let (first, last) = (number(first)?, number(last)?);
            let host = match master.first()? {
                Value::BulkString(host) if !host.is_empty() && host != b"?" => String::from_utf8(host.clone()).ok()?,
                _ => asked.to_owned(),
            };
            (first <= last && last < SLOTS).then_some(SlotRange {
                first,
                last,
                master: (host, number(master.get(1)?)?),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    slots.sort_by_key(|range| range.first);
    slots.windows(2).all(|pair| pair[0].last < pair[1].first).then_some(slots)
}

/// CRC16 as XMODEM has it, as the cluster's specification says.
fn slot_of(tag: &str) -> u16 {
    let crc = tag.bytes().fold(0_u16, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(byte) << 8),
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
            },
        )
    });
    crc % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(slot_of("123456789"), 0x31C3, "the specification's own check");
        assert_eq!(slot_of("foo"), 12_182);
        assert_eq!(slot_of("bar"), 5_061);
    }

    fn range(first: i64, last: i64, host: Value) -> Value {
        Value::Array(vec![Value::Int(first), Value::Int(last), Value::Array(vec![host, Value::Int(7000)])])
    }

    #[test]
    fn slots_are_read_and_nonsense_is_not() {
        let host = |name: &str| Value::BulkString(name.into());
        let answer = Value::Array(vec![range(100, 16_383, Value::Nil), range(0, 99, host("a"))]);
        let slots = read_slots(answer, "asked").unwrap();
        assert_eq!(slots[0], SlotRange { first: 0, last: 99, master: ("a".into(), 7000) });
        assert_eq!(slots[1], SlotRange { first: 100, last: 16_383, master: ("asked".into(), 7000) });
        for strange in [range(5, 4, host("a")), range(0, 16_384, host("a")), range(-1, 3, host("a")), Value::Nil] {
            assert_eq!(read_slots(Value::Array(vec![strange.clone()]), ""), None, "{strange:?}");
        }
        let overlapping = Value::Array(vec![range(0, 10, host("a")), range(10, 20, host("b"))]);
        assert_eq!(read_slots(overlapping, ""), None);
    }
}
