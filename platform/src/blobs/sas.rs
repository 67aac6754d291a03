//! Addresses to fetch blobs in Azure at: shared access signatures. Those of `object_store` begin at the second in which they are
//! made, so that no two are the same, and cannot say what a browser calls the file (`rscd`, the answer's `Content-Disposition`).
//!
//! Signed with the account's key (<https://learn.microsoft.com/rest/api/storageservices/create-service-sas>), or for a workload
//! identity with a key that Azure gives for some days (<https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas>).

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::http::{HeaderValue, Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use object_store::azure::{AzureAuthorizer, AzureCredential, AzureCredentialProvider};
use object_store::client::{HttpRequest, HttpRequestBody};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, Time};
use tokio::sync::Mutex;

use super::window::{STEP_MAX, Window};
use super::{BlobError, BlobKey, LIFETIME_MAX};
use crate::answer::{self, why};

/// Of the service, for the signature.
const VERSION: &str = "2023-11-03";
/// The longest answer with a key, in bytes. One has less than 1 kB.
const KEY_BYTES_MAX: usize = 16 << 10;
/// How long a delegated key is asked for, from midnight; Azure gives seven days at most.
const DELEGATED_FOR: Duration = Duration::from_hours(3 * 24);
/// Clocks differ: what is good from now on would not be yet where it is a moment earlier.
const CLOCKS_APART: Duration = Duration::from_mins(5);

/// See the [module](self).
pub(super) struct SasSigner {
    account: String,
    /// Where the account's blobs are, without a slash at the end.
    service: String,
    /// Where they are fetched, likewise.
    front: String,
    container: String,
    key: SigningKey,
}

enum SigningKey {
    Account(Box<hmac::Key>),
    Delegated { provider: AzureCredentialProvider, http: reqwest::Client, kept: Mutex<Option<Arc<DelegatedKey>>> },
}

/// As Azure says it.
struct DelegatedKey {
    oid: String,
    tid: String,
    start: String,
    expiry: String,
    service: String,
    version: String,
    value: hmac::Key,
    until: OffsetDateTime,
}

impl SasSigner {
    /// For a container, with what stands before it, if anything does, and the account's key in base64, or without one with the
    /// provider's identity.
    pub(super) fn new(
        (account, service, container): (&str, String, &str),
        cdn: &str,
        key: &str,
        provider: AzureCredentialProvider,
        http: reqwest::Client,
    ) -> Result<Self, String> {
        let key = if key.is_empty() {
            SigningKey::Delegated { provider, http, kept: Mutex::default() }
        } else {
            let key = BASE64.decode(key).map_err(|_| "key: an account key, in base64")?;
            SigningKey::Account(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &key)))
        };
        let front = if cdn.is_empty() { service.clone() } else { cdn.to_owned() };
        Ok(Self { account: account.to_owned(), service, front, container: container.to_owned(), key })
    }

    /// Where anybody can fetch a blob for at least so long, with this `Content-Disposition` if there is one.
    pub(super) async fn download(
        &self,
        blob: &BlobKey,
        lifetime: Duration,
        disposition: Option<&str>,
    ) -> Result<String, BlobError> {
        self.download_at(OffsetDateTime::now_utc(), blob, lifetime, disposition).await
    }

    async fn download_at(
        &self,
        now: OffsetDateTime,
        blob: &BlobKey,
        lifetime: Duration,
        disposition: Option<&str>,
    ) -> Result<String, BlobError> {
        let (start, expiry) = times(now, lifetime)?;
        let resource = format!("/blob/{}/{}/{blob}", self.account, self.container);
        let what: [&str; 4] = ["r", &start, &expiry, &resource];
        let mut query: Vec<(&str, &str)> =
            vec![("sv", VERSION), ("sp", "r"), ("sr", "b"), ("st", &start), ("se", &expiry)];
        query.extend(disposition.map(|disposition| ("rscd", disposition)));
        let delegated;
        let signature = match &self.key {
            SigningKey::Account(key) => {
                let identifier_ip_protocol = [""; 3];
                sign(key, &[&what[..], &identifier_ip_protocol, &rest(disposition.unwrap_or_default())].concat())
            }
            SigningKey::Delegated { .. } => {
                delegated = self.delegated(now).await?;
                let DelegatedKey { oid, tid, start: from, expiry: until, service, version, value, .. } = &*delegated;
                let by: [&str; 6] = [oid, tid, from, until, service, version];
                query.extend(["skoid", "sktid", "skt", "ske", "sks", "skv"].into_iter().zip(by));
                let people_ip_protocol = [""; 5];
                sign(value, &[&what[..], &by, &people_ip_protocol, &rest(disposition.unwrap_or_default())].concat())
            }
        };
        let refused = |_| BlobError::Refused("an address that is none".to_owned());
        let mut url = reqwest::Url::parse(&format!("{}/{}/{blob}", self.front, self.container)).map_err(refused)?;
        url.query_pairs_mut().extend_pairs(query).append_pair("sig", &signature);
        Ok(url.into())
    }

    /// `Get User Delegation Key`; the one there is, if it outlives every address. Processes that ask on the same day ask for the
    /// same one.
    async fn delegated(&self, now: OffsetDateTime) -> Result<Arc<DelegatedKey>, BlobError> {
        let SigningKey::Delegated { provider, http, kept } = &self.key else {
            return Err(BlobError::Refused("there is a key".to_owned()));
        };
        let mut kept = kept.lock().await;
        if let Some(key) = kept.as_ref().filter(|key| key.until > now + LIFETIME_MAX + STEP_MAX) {
            return Ok(Arc::clone(key));
        }
        let unavailable = |error: String| BlobError::Unavailable(error);
        let credential = provider.get_credential().await.map_err(|error| unavailable(error.to_string()))?;
        let midnight = now.replace_time(Time::MIDNIGHT);
        let until = midnight + DELEGATED_FOR;
        let (start, expiry) = (text(midnight - CLOCKS_APART)?, text(until)?);
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><KeyInfo><Start>{start}</Start><Expiry>{expiry}</Expiry></KeyInfo>"
        );
        let address = format!("{}/?restype=service&comp=userdelegationkey", self.service);
        let headers = self.authorized(&credential, &address)?;
        let answer = http.post(address).headers(headers).body(body).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status).map_err(|error| unavailable(why(error)))?;
        let xml = answer::read(answer, KEY_BYTES_MAX).await.map_err(|error| unavailable(error.to_string()))?;
        let key = DelegatedKey::read(&String::from_utf8_lossy(&xml), until)
            .ok_or_else(|| unavailable("a delegated key that is none".to_owned()))?;
        Ok(Arc::clone(kept.insert(Arc::new(key))))
    }

    fn authorized(&self, credential: &AzureCredential, address: &str) -> Result<axum::http::HeaderMap, BlobError> {
        let refused = |error: String| BlobError::Refused(error);
        let mut request: HttpRequest = Request::new(HttpRequestBody::empty());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = address.parse().map_err(|_| refused("an address that is none".to_owned()))?;
        request.headers_mut().insert("x-ms-version", HeaderValue::from_static(VERSION));
        let authorizer = AzureAuthorizer::new(credential, &self.account);
        authorizer.try_authorize(&mut request).map_err(|error| refused(error.to_string()))?;
        Ok(request.headers().clone())
    }
}

impl DelegatedKey {
    fn read(xml: &str, until: OffsetDateTime) -> Option<Self> {
        let element = |name: &str| {
            let (_, rest) = xml.split_once(&format!("<{name}>"))?;
            rest.split_once(&format!("</{name}>")).map(|(text, _)| text.to_owned())
        };
        let value = BASE64.decode(element("Value")?).ok()?;
        Some(Self {
            oid: element("SignedOid")?,
            tid: element("SignedTid")?,
            start: element("SignedStart")?,
            expiry: element("SignedExpiry")?,
            service: element("SignedService")?,
            version: element("SignedVersion")?,
            value: hmac::Key::new(hmac::HMAC_SHA256, &value),
            until,
        })
    }
}

/// What both kinds end with: version, resource, snapshot, scope, and the answer's headers.
fn rest(disposition: &str) -> [&str; 9] {
    [VERSION, "b", "", "", "", disposition, "", "", ""]
}

fn sign(key: &hmac::Key, fields: &[&str]) -> String {
    BASE64.encode(hmac::sign(key, fields.join("\n").as_bytes()))
}

/// `st` and `se`.
fn times(now: OffsetDateTime, lifetime: Duration) -> Result<(String, String), BlobError> {
    let refused = |what: &dyn std::fmt::Display| BlobError::Refused(what.to_string());
    let at = |seconds: u64| OffsetDateTime::from_unix_timestamp(seconds.cast_signed()).map_err(|error| refused(&error));
    let now = u64::try_from(now.unix_timestamp()).map_err(|error| refused(&error))?;
    let Window { from, until } = Window::at(now, lifetime);
    Ok((text(at(from)? - CLOCKS_APART)?, text(at(until)?)?))
}

/// A time in whole seconds.
fn text(at: OffsetDateTime) -> Result<String, BlobError> {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).map_err(|error| BlobError::Refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use object_store::StaticCredentialProvider;

    use super::*;

    fn signer(cdn: &str) -> SasSigner {
        let provider = Arc::new(StaticCredentialProvider::new(AzureCredential::BearerToken(String::new())));
        let place = ("school", "https://school.blob.core.windows.net".to_owned(), "lectern");
        SasSigner::new(place, cdn, &BASE64.encode("key"), provider, reqwest::Client::new()).unwrap()
    }

    #[tokio::test]
    async fn who_asks_some_minutes_later_gets_the_same_address_to_the_byte_and_it_is_good_for_long_enough() {
        let direct = signer("");
        let blob: BlobKey = "recordings/r/camera/1-000001.m4s".parse().unwrap();
        let hour = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let lifetime = Duration::from_hours(4);
        let at = async |minutes: i64, disposition| {
            direct.download_at(hour + time::Duration::minutes(minutes), &blob, lifetime, disposition).await.unwrap()
        };
        let first = at(0, None).await;
        assert_eq!((at(7, None).await, at(59, None).await), (first.clone(), first.clone()));
        assert_ne!(at(60, None).await, first);
        assert_ne!(at(0, Some("attachment")).await, first);
        let url = reqwest::Url::parse(&first).unwrap();
        let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
        // From the last moment of the hour on.
        assert_eq!((&*query["st"], &*query["se"]), ("2027-01-15T07:55:00Z", "2027-01-15T13:00:00Z"));
        assert!(!query.contains_key("rscd"));
        // A CDN hands the same signature on.
        let behind = signer("https://cdn.school.example");
        let behind = behind.download_at(hour, &blob, lifetime, None).await.unwrap();
        assert_eq!(behind, first.replace("school.blob.core.windows.net", "cdn.school.example"));
    }
}
