//! The peers of one worker, and how a datagram finds its peer: a STUN check by the ufrag that it names, everything else by
//! the path that a check has come from.

use std::collections::HashMap;
use std::time::Instant;

use slab::Slab;

use crate::media::{PublisherKey, ViewerKey};
use crate::session::{IceCredentials, SessionId};
use crate::transport::{Path, Transport};

/// What a peer does in its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Publisher,
    Viewer,
}

/// One peer connection.
pub(super) struct Peer {
    pub(super) session: SessionId,
    /// Index of its room's part on this worker.
    pub(super) room: usize,
    pub(super) role: Role,
    pub(super) transport: Transport,
    pub(super) opened: Instant,
    /// ICE and DTLS are done.
    pub(super) connected: bool,
    /// The first media packet has gone out.
    pub(super) joined: bool,
}

/// All peers of a worker. The maps hold what the slab's peers own and nothing else: a peer that is removed takes its
/// entries along.
#[derive(Default)]
pub(super) struct Peers {
    pub(super) slab: Slab<Peer>,
    by_path: HashMap<Path, usize>,
    by_ufrag: HashMap<Box<str>, usize>,
    by_session: HashMap<SessionId, usize>,
}

impl Peers {
    pub(super) fn insert(&mut self, peer: Peer) -> usize {
        let key = self.slab.vacant_key();
        self.by_session.insert(peer.session, key);
        for ufrag in peer.transport.ufrags() {
            self.by_ufrag.insert(ufrag.into(), key);
        }
        self.slab.insert(peer)
    }

    pub(super) fn remove(&mut self, key: usize) -> Option<Peer> {
        let peer = self.slab.try_remove(key)?;
        self.by_session.remove(&peer.session);
        for ufrag in peer.transport.ufrags() {
            self.by_ufrag.remove(ufrag);
        }
        for path in peer.transport.paths() {
            self.forget_path(key, path);
        }
        Some(peer)
    }

    /// From now on datagrams on `path` belong to this peer. An address that another peer had (behind a NAT) moves.
    pub(super) fn learn_path(&mut self, key: usize, path: Path) {
        self.by_path.insert(path, key);
    }

    /// Datagrams on `path` belong to this peer no more.
    pub(super) fn forget_path(&mut self, key: usize, path: Path) {
        if self.by_path.get(&path) == Some(&key) {
            self.by_path.remove(&path);
        }
    }

    /// New ICE credentials; the ufrag before the last one is free again.
    pub(super) fn restart_ice(&mut self, key: usize, local: IceCredentials, remote: IceCredentials) {
        let Some(peer) = self.slab.get_mut(key) else { return };
        self.by_ufrag.insert(local.ufrag.clone(), key);
        if let Some(freed) = peer.transport.restart_ice(local, remote) {
            self.by_ufrag.remove(&freed);
        }
    }

    pub(super) fn by_path(&self, path: &Path) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    pub(super) fn by_ufrag(&self, ufrag: &str) -> Option<usize> {
        self.by_ufrag.get(ufrag).copied()
    }

    pub(super) fn by_session(&self, session: SessionId) -> Option<usize> {
        self.by_session.get(&session).copied()
    }
}

/// A viewer's key in the media core is its peer's key here.
pub(super) fn viewer_key(peer: usize) -> ViewerKey {
    ViewerKey(u32::try_from(peer).expect("fewer than 2^32 peers"))
}

/// A publisher's key in the media core is its peer's key here.
pub(super) fn publisher_key(peer: usize) -> PublisherKey {
    PublisherKey(u32::try_from(peer).expect("fewer than 2^32 peers"))
}
