//! Looks at a recording in the store as a strict player would: everything that is listed is there, is what CMAF and HLS want
//! (see [`lectern_recording::conformance`]), and has the checksum that the manifest tells. Nothing is changed.
//!
//! Files are read one after the other, so that memory stays at one of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use lectern_platform::blobs::{BlobError, BlobKey, Blobs, READ_BYTES_MAX};
use lectern_recording::conformance::{Violation, check_multivariant, check_track};
use lectern_recording::hls::{MULTIVARIANT_NAME, Track};
use tokio::runtime::Handle;

use crate::spool::sha256;
use crate::store::{MANIFEST_NAME, Manifest, key};

/// What was looked at, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Report {
    /// Each track's playlist, with the codecs of its files.
    pub tracks: Vec<(String, Vec<String>)>,
    /// Files that were read, and their bytes.
    pub files: (usize, u64),
    /// What players may stumble over, or what is not as it was stored. Empty: the recording is good.
    pub violations: Vec<Violation>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, codecs) in &self.tracks {
            writeln!(f, "{name}: {}", codecs.join(", "))?;
        }
        let (files, bytes) = self.files;
        writeln!(f, "{files} files, {bytes} bytes, {} violations", self.violations.len())?;
        self.violations.iter().try_for_each(|violation| writeln!(f, "{violation}"))
    }
}

/// Checks the recording below `folder`. It may still grow. Must be called within a Tokio runtime.
///
/// # Errors
/// The store's: nothing is known then.
pub async fn check(blobs: Arc<dyn Blobs>, folder: BlobKey) -> Result<Report, BlobError> {
    let handle = Handle::current();
    let look = move || {
        let shelf = Shelf { blobs, folder, handle, read: RefCell::default(), failure: RefCell::default() };
        let report = shelf.look();
        shelf.failure.into_inner().map_or(Ok(report), Err)
    };
    tokio::task::spawn_blocking(look).await.map_err(|error| BlobError::Unavailable(error.to_string()))?
}

/// One recording, read by a thread that may wait.
struct Shelf {
    blobs: Arc<dyn Blobs>,
    folder: BlobKey,
    handle: Handle,
    /// What was read: bytes and checksum.
    read: RefCell<BTreeMap<String, (u64, String)>>,
    failure: RefCell<Option<BlobError>>,
}

impl Shelf {
    fn look(&self) -> Report {
        let mut report = Report::default();
        for track in Track::ALL {
            let name = track.playlist_name();
            let Some(text) = self.text(&name, &mut report) else { continue };
            let codecs = check_track(&name, &text, |name| self.file(name), &mut report.violations);
            report.tracks.push((name, codecs));
        }
        // It is stored after the others, so it knows them.
        match self.text(MULTIVARIANT_NAME, &mut report) {
            Some(text) => check_multivariant(&text, &report.tracks, &mut report.violations),
            None => report.violations.push(violation(MULTIVARIANT_NAME, "is missing")),
        }
        let listed: Vec<String> = self.read.borrow().keys().cloned().collect();
        if let Some(text) = self.text(MANIFEST_NAME, &mut report) {
            match serde_json::from_str(&text) {
                Ok(manifest) => self.hold_against(&manifest, &listed, &mut report.violations),
                Err(error) => report.violations.push(violation(MANIFEST_NAME, error)),
            }
        }
        let read = self.read.borrow();
        report.files = (read.len(), read.values().map(|(bytes, _)| bytes).sum());
        report
    }

    /// What the manifest knows is as it says; what is listed is known, once nothing follows.
    fn hold_against(&self, manifest: &Manifest, listed: &[String], violations: &mut Vec<Violation>) {
        for (name, bytes, digest) in manifest.files() {
            if !self.read.borrow().contains_key(name) {
                self.file(name);
            }
            match self.read.borrow().get(name) {
                None => violations.push(violation(name, "is in the manifest and missing")),
                Some((len, sha256)) if (*len, sha256.as_str()) != (bytes, digest) => {
                    violations.push(violation(name, "is not what the manifest says was stored"));
                }
                Some(_) => {}
            }
        }
        let known: BTreeMap<&str, u64> = manifest.files().map(|(name, bytes, _)| (name, bytes)).collect();
        let unknown = listed.iter().filter(|name| manifest.is_complete() && !known.contains_key(name.as_str()));
        violations.extend(unknown.map(|name| violation(name, "is listed, and the manifest does not know it")));
    }

    fn text(&self, name: &str, report: &mut Report) -> Option<String> {
        let text = String::from_utf8(self.bytes(name)?.into());
        text.inspect_err(|_| report.violations.push(violation(name, "is not UTF-8"))).ok()
    }

    fn file(&self, name: &str) -> Option<Bytes> {
        let bytes = self.bytes(name)?;
        self.read.borrow_mut().insert(name.to_owned(), (bytes.len() as u64, sha256(&bytes)));
        Some(bytes)
    }

    /// `None`: it is not there, or the store failed, which is remembered.
    fn bytes(&self, name: &str) -> Option<Bytes> {
        let whole = async {
            let key = key(&self.folder, name)?;
            let mut whole = BytesMut::new();
            loop {
                let at = whole.len() as u64;
                let Some(part) = self.blobs.read(&key, at..at + READ_BYTES_MAX).await? else { return Ok(None) };
                whole.extend_from_slice(&part);
                if (part.len() as u64) < READ_BYTES_MAX {
                    return Ok(Some(whole.freeze()));
                }
            }
        };
        let read: Result<_, BlobError> = self.handle.block_on(whole);
        read.unwrap_or_else(|error| {
            *self.failure.borrow_mut() = Some(error);
            None
        })
    }
}

fn violation(at: &str, what: impl fmt::Display) -> Violation {
    Violation { at: at.to_owned(), what: what.to_string() }
}
