//! How much somebody may ask for: a person who is signed in by themselves, wherever they are, and everybody else by address,
//! which may be that of a whole school. What costs a password's hash or sends a mail has a stricter rate by address, and one by
//! account besides, so that a thousand addresses do not guess one password. Shared by all nodes, of a person all but a
//! [tab](super::tabs); while Redis is away each node counts for itself.
//!
//! Answers tell what is left: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

use aws_lc_rs::digest;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lectern_platform::cache::{Rate, Spending};
use lectern_platform::client_address::client_address;
use lectern_platform::problem::Problem;
use uuid::Uuid;

use super::Caller;
use crate::problem::ApiError;
use crate::server::Api;

/// What is rated strictly: what hashes a password, sends a mail, or asks a provider elsewhere.
const SIGNING: [(Method, &str); 6] = [
    (Method::POST, "/v1/session"),
    (Method::POST, "/v1/people"),
    (Method::POST, "/v1/password_resets"),
    (Method::POST, "/v1/password_resets/redeem"),
    (Method::GET, "/v1/oidc/{provider}/start"),
    (Method::GET, "/v1/oidc/{provider}/callback"),
];

/// From what a request is taken.
pub(super) struct Account {
    policy: &'static str,
    name: String,
    /// Of whom it is, if they are signed in.
    person: Option<Uuid>,
    rate: Rate,
}

/// What is left there.
pub(super) struct Spent {
    account: Account,
    spending: Spending,
}

/// Whose account a request goes to.
pub(super) fn account(api: &Api, request: &Request) -> Account {
    let (config, extensions) = (&api.config.rates, request.extensions());
    let path = extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let is_signing = SIGNING.iter().any(|(method, signing)| request.method() == method && path == *signing);
    let caller = extensions.get::<Caller>().filter(|_| !is_signing);
    let (policy, name, rate) = match caller {
        Some(caller) => ("person", caller.person.to_string(), Rate::new(config.person_burst, config.person_per_s)),
        None => {
            let address = client_address(api.config.http.forwarded_hops, extensions, request.headers()).to_string();
            match is_signing {
                true => ("signing", address, Rate::new(config.signing_burst, config.signing_per_s)),
                false => ("address", address, Rate::new(config.address_burst, config.address_per_s)),
            }
        }
    };
    let person = caller.map(|caller| caller.person);
    Account { policy, name: format!("{policy}:{name}"), person, rate }
}

impl Account {
    /// Takes a request from it.
    pub(super) async fn spend(self, api: &Api) -> Spent {
        let cache = &*api.stores.cache;
        let spending = match self.person {
            Some(person) => api.tabs.spend(cache, person, &self.name, self.rate).await,
            None => cache.spend(&self.name, 1, self.rate).await,
        };
        Spent { account: self, spending }
    }
}

impl Spent {
    /// The answer to who asks for too much.
    pub(super) fn refusal(&self) -> Option<Problem> {
        (!self.spending.is_allowed()).then(|| exceeded(self.spending))
    }

    /// Says what is left.
    pub(super) fn tell(&self, answer: &mut HeaderMap) {
        let Account { policy, rate, .. } = &self.account;
        let (remaining, after) = match self.spending {
            Spending::Allowed { remaining, full_after } => (remaining, full_after),
            Spending::Refused { remaining, retry_after } => (remaining, retry_after),
        };
        let seconds = |duration: Duration| duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
        let told = [
            ("ratelimit-policy", format!("\"{policy}\";q={};w={}", rate.burst(), seconds(rate.period()))),
            ("ratelimit", format!("\"{policy}\";r={remaining};t={}", seconds(after))),
        ];
        for (name, value) in told {
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Takes from what may be tried at one account, whether there is such an account or not. Its name is kept as a hash.
///
/// # Errors
/// `429 rate_exceeded`.
pub(crate) async fn spend_at_account(api: &Api, what: &str, account: &str) -> Result<(), ApiError> {
    let hash = digest::digest(&digest::SHA256, account.to_lowercase().as_bytes());
    let key = format!("{what}:{}", URL_SAFE_NO_PAD.encode(hash));
    let rate = Rate::new(api.config.rates.account_burst, api.config.rates.account_per_s);
    let spending = api.stores.cache.spend(&key, 1, rate).await;
    if spending.is_allowed() { Ok(()) } else { Err(exceeded(spending).into()) }
}

fn exceeded(spending: Spending) -> Problem {
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_exceeded", "Too many requests");
    match spending {
        Spending::Refused { retry_after, .. } => problem.retry_after(retry_after),
        Spending::Allowed { .. } => problem,
    }
}
