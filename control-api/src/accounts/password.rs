//! Passwords are kept as Argon2id hashes. A hash costs 19 MiB and a core for some milliseconds, so only a few are computed at
//! once, and only so many requests wait for theirs (a login storm once exhausted a server like this one: Galene 0.96.2).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::http::StatusCode;
use lectern_platform::problem::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::PasswordsConfig;
use crate::problem::ApiError;

/// Bytes of salt (RFC 9106 section 3.1).
const SALT_LENGTH: usize = 16;

/// Makes hashes and compares with them.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// What is compared with where there is no hash, so that an address that nobody has takes as long as one that somebody has.
    nobody: String,
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
    wait_max: Duration,
}

impl Passwords {
    /// With the costs and limits of the configuration, which was validated.
    ///
    /// # Panics
    /// When Argon2 refuses costs that [`crate::ControlApiConfig::validate`] let pass.
    #[must_use]
    pub fn new(config: &PasswordsConfig) -> Self {
        let params = Params::new(config.memory_kib, config.passes, 1, None).expect("validated");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let slots = if config.hashes_max == 0 { cores } else { config.hashes_max };
        let nobody = compute(&argon2, "nobody").expect("a short password has a hash");
        Self {
            argon2,
            nobody,
            slots: Arc::new(Semaphore::new(slots)),
            waiting: AtomicUsize::new(0),
            waiting_max: config.waiting_max,
            wait_max: Duration::from_millis(config.wait_ms_max),
        }
    }

    /// The hash of a new password, in the PHC format.
    ///
    /// # Errors
    /// `503 busy` when too many want one.
    pub async fn hash(&self, password: &str) -> Result<String, ApiError> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.compute(move || compute(&argon2, &password)).await?
    }

    /// Whether a password is the one with this hash. Without a hash it never is, after the same time.
    ///
    /// # Errors
    /// As [`Self::hash`].
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let (there, hash) = (hash.is_some(), hash.unwrap_or(&self.nobody).to_owned());
        let matches = move || match PasswordHash::new(&hash) {
            Ok(hash) => argon2.verify_password(password.as_bytes(), &hash).is_ok(),
            Err(_) => false,
        };
        Ok(self.compute(matches).await? && there)
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let slot = self.slot().await?;
        // The slot is given back when the work ends, not when a client stops waiting for it.
        let done = tokio::task::spawn_blocking(move || (work(), slot)).await;
        done.map(|(done, _)| done).map_err(|error| ApiError::Internal(format!("a password's hash: {error}")))
    }

    async fn slot(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let slots = Arc::clone(&self.slots);
        if let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
            return Ok(slot);
        }
        let _place = Place::take(&self.waiting, self.waiting_max).ok_or_else(busy)?;
        match tokio::time::timeout(self.wait_max, slots.acquire_owned()).await {
            Ok(Ok(slot)) => Ok(slot),
            _ => Err(busy()),
        }
    }
}

/// A place in the queue, given back when it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        // Dropped at once, and so given back, if it is one too many.
        let (before, place) = (waiting.fetch_add(1, Ordering::Relaxed), Self(waiting));
        (before < most).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn busy() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too many people sign in at once")
        .retry_after(Duration::from_secs(2))
}

fn compute(argon2: &Argon2<'_>, password: &str) -> Result<String, ApiError> {
    let salt: [u8; SALT_LENGTH] = rand::random();
    match argon2.hash_password_with_salt(password.as_bytes(), &salt) {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => Err(ApiError::Internal(format!("a password's hash: {error}"))),
    }
}
