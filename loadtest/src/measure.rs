//! What the kernel says about a process and its sockets, read from `/proc`.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::time::Duration;

/// `/proc` counts CPU time in `USER_HZ`, which is 100 on every Linux that this runs on (`man 5 proc`, `man 7 time`).
const TICKS_PER_SECOND: u64 = 100;

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessCost {
    /// User and system time of all its threads, living and ended.
    pub cpu: Duration,
    /// The system's share of `cpu`.
    pub system: Duration,
    /// `VmRSS`, kB.
    pub rss_kb: u64,
    /// Proportional set size, kB; 0 where the kernel does not tell.
    pub pss_kb: u64,
}

impl ProcessCost {
    /// Read them.
    ///
    /// # Errors
    /// The process is gone, or `/proc` is not as documented.
    pub fn read(pid: u32) -> io::Result<Self> {
        let (user, system) = parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat"))?)
            .ok_or_else(|| io::Error::other("unexpected form of /proc/PID/stat"))?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        Ok(Self {
            cpu: user + system,
            system,
            rss_kb: field_kb(&status, "VmRSS:").unwrap_or(0),
            pss_kb: field_kb(&rollup, "Pss:").unwrap_or(0),
        })
    }
}

/// Time that all processors spent in soft interrupts. Where the kernel keeps it apart from the threads that it interrupts, a
/// process' own figure leaves it out; so it is reported beside it.
///
/// # Errors
/// `/proc/stat` cannot be read.
pub fn softirq_time() -> io::Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().unwrap_or_default();
    // cpu user nice system idle iowait irq softirq …
    let ticks = line.split_ascii_whitespace().nth(7).and_then(|field| field.parse().ok()).unwrap_or(0);
    Ok(from_ticks(ticks))
}

/// Datagrams that the kernel dropped at the sockets bound to `ports`, because their receive buffer was full.
///
/// # Errors
/// `/proc/net/udp` cannot be read.
pub fn udp_drops(ports: &HashSet<u16>) -> io::Result<u64> {
    let mut drops = 0;
    for table in ["/proc/net/udp", "/proc/net/udp6"] {
        match fs::read_to_string(table) {
            Ok(text) => drops += parse_udp_drops(&text, ports),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(drops)
}

fn parse_stat(stat: &str) -> Option<(Duration, Duration)> {
    // The second field, the program's name in parentheses, may hold spaces and parentheses of its own.
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    // The third field comes first now; utime is the 14th, stime the 15th.
    let user = fields.nth(11)?.parse().ok()?;
    let system = fields.next()?.parse().ok()?;
    Some((from_ticks(user), from_ticks(system)))
}

fn from_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks.saturating_mul(1000 / TICKS_PER_SECOND))
}

fn field_kb(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_ascii_whitespace().next()?.parse().ok()
}

fn parse_udp_drops(table: &str, ports: &HashSet<u16>) -> u64 {
    let row = |line: &str| -> Option<u64> {
        let mut fields = line.split_ascii_whitespace();
        let (_, port) = fields.nth(1)?.rsplit_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        if !ports.contains(&port) {
            return None;
        }
        fields.last()?.parse().ok()
    };
    table.lines().skip(1).filter_map(row).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_spaces_and_parentheses_does_not_shift_the_fields() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 0 0 0 250 150 7 8 20 0 3 0 100";
        assert_eq!(parse_stat(stat), Some((Duration::from_millis(2500), Duration::from_millis(1500))));
        assert_eq!(parse_stat("nonsense"), None);
    }

    #[test]
    fn this_process_has_memory_and_time() {
        let cost = ProcessCost::read(std::process::id()).unwrap();
        assert!(cost.rss_kb > 100);
        softirq_time().unwrap();
    }

    #[test]
    fn drops_are_summed_over_the_named_ports_only() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
             1: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 11 2 0000000000000000 3\n\
             2: 0100007F:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12 2 0000000000000000 4\n";
        assert_eq!(parse_udp_drops(table, &HashSet::from([0x1f90])), 3);
        assert_eq!(parse_udp_drops(table, &HashSet::from([0x1f90, 0x1f91])), 7);
    }
}
