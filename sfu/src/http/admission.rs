//! Who may still come in: counters with a limit each, and the worker that a newcomer goes to.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::session::WorkerId;

use super::config::Admission;
use super::registry::Full;

/// How many viewers a publisher weighs when workers are compared: its packets are opened, kept and fed to all workers.
const PUBLISHER_WEIGHT: usize = 8;

/// Counts sessions by everything that has a limit but the room, which counts its own.
#[derive(Debug)]
pub(super) struct Places {
    /// Sessions in all.
    peers: usize,
    /// Sessions without a finished handshake.
    pending: usize,
    /// Only addresses with sessions; bounded by `peers_max`.
    addresses: HashMap<IpAddr, usize>,
    /// Weight of the sessions on each worker.
    loads: Vec<usize>,
}

impl Places {
    pub(super) fn new(workers: usize) -> Self {
        Self { peers: 0, pending: 0, addresses: HashMap::new(), loads: vec![0; workers] }
    }

    /// Whether one more session from `address` fits.
    pub(super) fn check(&self, address: IpAddr, limits: &Admission) -> Result<(), Full> {
        let from_address = self.addresses.get(&address).copied().unwrap_or(0);
        if self.peers >= limits.peers_max {
            Err(Full::Node)
        } else if self.pending >= limits.handshakes_pending_max {
            Err(Full::Handshakes)
        } else if from_address >= limits.peers_per_address_max {
            Err(Full::Address)
        } else {
            Ok(())
        }
    }

    /// Takes a place; it is pending until [`Self::connected`].
    pub(super) fn take(&mut self, address: IpAddr, worker: WorkerId, publisher: bool) {
        self.peers += 1;
        self.pending += 1;
        *self.addresses.entry(address).or_default() += 1;
        self.loads[usize::from(worker.0)] += weight(publisher);
    }

    /// A handshake is done.
    pub(super) fn connected(&mut self) {
        self.pending = self.pending.saturating_sub(1);
    }

    /// Gives a place back.
    pub(super) fn free(&mut self, address: IpAddr, worker: WorkerId, publisher: bool, pending: bool) {
        self.peers = self.peers.saturating_sub(1);
        self.pending = self.pending.saturating_sub(usize::from(pending));
        if let Some(count) = self.addresses.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&address);
            }
        }
        let load = &mut self.loads[usize::from(worker.0)];
        *load = load.saturating_sub(weight(publisher));
    }

    /// The worker with the least load, the first of equals.
    pub(super) fn least_loaded(&self) -> WorkerId {
        let least = self.loads.iter().enumerate().min_by_key(|(_, load)| **load);
        WorkerId(least.map_or(0, |(index, _)| u16::try_from(index).unwrap_or(0)))
    }

    pub(super) fn pending(&self) -> usize {
        self.pending
    }

    pub(super) fn peers(&self) -> usize {
        self.peers
    }
}

fn weight(publisher: bool) -> usize {
    if publisher { PUBLISHER_WEIGHT } else { 1 }
}
