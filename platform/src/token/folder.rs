//! The folder of keys. Its layout is described in [`super`].

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{DecodingKey, EncodingKey};

use super::Keys;

/// Most keys that are read from one folder; a rotation needs two.
const KEYS_MAX: usize = 32;
/// A file larger than this is no key. An Ed25519 key in PEM has 119 bytes.
const FILE_LENGTH_MAX: u64 = 4096;
/// The bytes of an Ed25519 public key (RFC 8032 section 5.1.5).
const PUBLIC_LENGTH: usize = 32;

/// Why keys could not be read or written: the operator has to act.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The folder or a file in it.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A `.key` or `.pub` that holds something else, or nothing.
    #[error("{path}: not an Ed25519 key in PEM; make one with `openssl genpkey -algorithm ed25519 -out {{kid}}.key` \
             and its public half with `openssl pkey -in {{kid}}.key -pubout -out {{kid}}.pub`", path = .0.display())]
    NotAKey(PathBuf),
    /// A verifier without keys would have to refuse everybody; a signer has nothing to sign with.
    #[error("{path}: no {kind} in this folder", path = folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// `key` or `private key`.
        kind: &'static str,
    },
    /// Which one to sign with cannot be told.
    #[error("{path}: more than one private key (*.key); keep the one to sign with", path = .0.display())]
    Ambiguous(PathBuf),
    /// Somebody else on this machine can sign.
    #[error("{path}: others can read this private key; `chmod o-rwx` it", path = .0.display())]
    Exposed(PathBuf),
    /// More than a rotation ever needs.
    #[error("{path}: more than {KEYS_MAX} keys", path = .0.display())]
    TooMany(PathBuf),
    /// Two files for one `kid` that are not halves of one key.
    #[error("{path}: not the public half of the .key with the same name", path = .0.display())]
    Mismatch(PathBuf),
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |error| KeyError::Io { path: path.to_owned(), error }
}

/// Every public key of the folder by `kid`.
pub(super) fn public_keys(folder: &Path) -> Result<Keys, KeyError> {
    let mut keys = Keys::new();
    for (kid, path) in files(folder, "key")? {
        let pair =
            Ed25519KeyPair::from_pkcs8(read_private(&path)?.as_bytes()).map_err(|_| KeyError::NotAKey(path.clone()))?;
        keys.insert(kid, DecodingKey::from_ed_der(pair.public_key().as_ref()));
    }
    for (kid, path) in files(folder, "pub")? {
        let key = DecodingKey::from_ed_pem(&read(&path)?).map_err(|_| KeyError::NotAKey(path.clone()))?;
        let bytes = key.try_get_as_bytes().map_err(|_| KeyError::NotAKey(path.clone()))?;
        if bytes.len() != PUBLIC_LENGTH {
            return Err(KeyError::NotAKey(path));
        }
        if keys.get(&kid).is_some_and(|other| other.try_get_as_bytes().ok() != Some(bytes)) {
            return Err(KeyError::Mismatch(path));
        }
        keys.insert(kid, key);
    }
    match keys.len() {
        0 => Err(KeyError::Missing { folder: folder.to_owned(), kind: "key" }),
        1..=KEYS_MAX => Ok(keys),
        _ => Err(KeyError::TooMany(folder.to_owned())),
    }
}

/// The one private key of the folder, and its `kid`.
pub(super) fn private_key(folder: &Path) -> Result<(String, EncodingKey), KeyError> {
    let mut files = files(folder, "key")?.into_iter();
    match (files.next(), files.next()) {
        (Some((kid, path)), None) => Ok((kid, read_private(&path)?)),
        (None, _) => Err(KeyError::Missing { folder: folder.to_owned(), kind: "private key" }),
        (Some(_), Some(_)) => Err(KeyError::Ambiguous(folder.to_owned())),
    }
}

/// Writes `{kid}.key`, for its owner alone from the first byte on.
pub(super) fn write_private_key(folder: &Path, kid: &str, pkcs8: &[u8]) -> Result<(), KeyError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io_error(folder))?;
    if !files(folder, "key")?.is_empty() {
        return Err(KeyError::Ambiguous(folder.to_owned()));
    }
    let path = folder.join(format!("{kid}.key"));
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pkcs8));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(io_error(&path))?;
    file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(io_error(&path))
}

/// The files with this extension by stem, in the order of their names.
fn files(folder: &Path, extension: &str) -> Result<Vec<(String, PathBuf)>, KeyError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io_error(folder))? {
        let path = entry.map_err(io_error(folder))?.path();
        if path.extension().is_some_and(|found| found == extension)
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
        {
            files.push((stem.to_owned(), path));
        }
        if files.len() > KEYS_MAX {
            return Err(KeyError::TooMany(folder.to_owned()));
        }
    }
    files.sort();
    Ok(files)
}

/// A group may read it: that is how secrets are mounted in a cluster.
fn read_private(path: &Path) -> Result<EncodingKey, KeyError> {
    if fs::metadata(path).map_err(io_error(path))?.permissions().mode() & 0o007 != 0 {
        return Err(KeyError::Exposed(path.to_owned()));
    }
    EncodingKey::from_ed_pem(&read(path)?).map_err(|_| KeyError::NotAKey(path.to_owned()))
}

fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    if fs::metadata(path).map_err(io_error(path))?.len() > FILE_LENGTH_MAX {
        return Err(KeyError::NotAKey(path.to_owned()));
    }
    fs::read(path).map_err(io_error(path))
}
