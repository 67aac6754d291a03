//! Who may still connect: counters with a limit each. What one room takes is the room's to count.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::AdmissionConfig;

/// Why nobody more gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The node has as many sockets as it takes.
    Node,
    /// The address has.
    Address,
    /// Too many have connected and not joined.
    Joining,
}

impl Full {
    /// A label for metrics.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Address => "address",
            Self::Joining => "joining",
        }
    }
}

/// Counts the sockets of a node.
#[derive(Debug)]
pub(crate) struct Places {
    limits: AdmissionConfig,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    sockets: usize,
    joining: usize,
    /// Only addresses with sockets; bounded by `sockets_max`.
    addresses: HashMap<IpAddr, usize>,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    pub(crate) address: IpAddr,
    joining: bool,
}

impl Places {
    pub(crate) fn new(limits: AdmissionConfig) -> Arc<Self> {
        Arc::new(Self { limits, counts: Mutex::default() })
    }

    /// Takes a place for somebody who has yet to join.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let mut counts = self.counts();
        let from_address = counts.addresses.get(&address).copied().unwrap_or(0);
        if counts.sockets >= self.limits.sockets_max {
            return Err(Full::Node);
        } else if from_address >= self.limits.sockets_per_address_max {
            return Err(Full::Address);
        } else if counts.joining >= self.limits.joining_max {
            return Err(Full::Joining);
        }
        counts.sockets += 1;
        counts.joining += 1;
        *counts.addresses.entry(address).or_default() += 1;
        Ok(Place { places: Arc::clone(self), address, joining: true })
    }

    /// How many sockets there are.
    pub(crate) fn sockets(&self) -> usize {
        self.counts().sockets
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Its holder has joined a room.
    pub(crate) fn joined(&mut self) {
        if std::mem::take(&mut self.joining) {
            self.places.counts().joining -= 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.places.counts();
        counts.sockets -= 1;
        counts.joining -= usize::from(self.joining);
        if let Some(count) = counts.addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.addresses.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn address(last: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
    }

    #[test]
    fn each_limit_holds_and_places_come_back() {
        let limits = AdmissionConfig {
            sockets_max: 4,
            sockets_per_address_max: 2,
            joining_max: 3,
            ..AdmissionConfig::default()
        };
        let places = Places::new(limits);
        let mut first = places.enter(address(1)).unwrap();
        let second = places.enter(address(1)).unwrap();
        assert_eq!(places.enter(address(1)).unwrap_err(), Full::Address);
        let _third = places.enter(address(2)).unwrap();
        assert_eq!(places.enter(address(3)).unwrap_err(), Full::Joining);
        first.joined();
        first.joined();
        let _fourth = places.enter(address(3)).unwrap();
        assert_eq!(places.enter(address(4)).unwrap_err(), Full::Node);
        drop(second);
        drop(places.enter(address(1)).unwrap());
        drop(first);
        assert_eq!(places.sockets(), 2);
        assert_eq!(places.counts().addresses.len(), 2, "an address without sockets is forgotten");
    }
}
