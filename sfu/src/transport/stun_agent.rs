//! The answering half of ICE-lite (RFC 8445 section 7.3): it checks nothing itself, it only answers.

use std::time::Instant;

use lectern_wire::stun::{Class, Message, Refusal, Role, error_response, success_response};

use super::{Generation, Path, State, TRANSMITS_MAX, Transport, TransportEvent};
use crate::drop_reason::DropReason;

impl Transport {
    /// Answers a binding request, which opens or refreshes its path; ignores an indication; drops the rest.
    pub(super) fn handle_stun(&mut self, now: Instant, path: Path, datagram: &[u8]) -> Result<(), DropReason> {
        let message = Message::parse(datagram).map_err(|_| DropReason::StunMalformed)?;
        match message.class {
            Class::Request => {}
            // Keeps a NAT's binding alive and proves nothing (RFC 8445 section 11).
            Class::Indication => return Ok(()),
            Class::Success | Class::Error => return Err(DropReason::StunUnexpected),
        }
        let (ours, theirs) = message.ufrags().ok_or(DropReason::StunMalformed)?;
        let matches =
            |generation: &&Generation| *generation.local.ufrag == *ours && *generation.remote.ufrag == *theirs;
        let generations = std::iter::once(&self.current).chain(&self.previous);
        let generation = generations.into_iter().find(matches).ok_or(DropReason::StunUnauthenticated)?;
        let is_current = *generation.local.ufrag == *self.current.local.ufrag;
        let password = generation.local.pwd.as_bytes();
        message.verify(password).map_err(|_| DropReason::StunUnauthenticated)?;
        if self.state == State::Closed {
            return Err(DropReason::StunUnexpected);
        }

        let refusal = match (message.unknown, message.role) {
            (Some(kind), _) => Some(Refusal::UnknownAttribute(kind)),
            // A lite agent stays controlled (RFC 8445 section 6.1.1), whatever the tie-breakers are: the other side
            // has to change its role.
            (None, Some(Role::Controlled(_))) => Some(Refusal::RoleConflict),
            (None, _) => None,
        };
        let answer = match refusal {
            Some(refusal) => error_response(message.transaction, refusal, password),
            None => success_response(message.transaction, path.remote, password),
        };
        // Not to be used to amplify. Requests with the attributes that ICE demands are always longer.
        if answer.len() > message.len() {
            return Err(DropReason::StunMalformed);
        }
        if self.transmits.len() < TRANSMITS_MAX {
            self.transmits.push_back((path, answer));
        }
        if refusal.is_none() {
            self.current_used |= is_current;
            self.open_path(now, path, message.use_candidate && (is_current || !self.current_used));
        }
        Ok(())
    }

    fn open_path(&mut self, now: Instant, path: Path, nominated: bool) {
        let (opened, evicted) = self.paths.check(path, now);
        if let Some(evicted) = evicted {
            self.events.push_back(TransportEvent::PathClosed(evicted));
        }
        if opened {
            self.events.push_back(TransportEvent::PathOpened(path));
        }
        if nominated && self.paths.select(path) {
            self.events.push_back(TransportEvent::PathSelected(path));
        }
    }
}
