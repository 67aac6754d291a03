//! Addresses of blobs in Azure that also say what a browser calls the file: shared access signatures with `rscd`, the answer's
//! `Content-Disposition`, which `object_store` does not sign.
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
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::Mutex;

use super::{BlobError, BlobKey, LIFETIME_MAX};
use crate::answer::{self, why};

/// Of the service, for the signature.
const VERSION: &str = "2023-11-03";
/// The longest answer with a key, in bytes. One has less than 1 kB.
const KEY_BYTES_MAX: usize = 16 << 10;
/// How long a delegated key is asked for; Azure gives seven days at most.
const DELEGATED_FOR: Duration = Duration::from_hours(3 * 24);
/// Clocks differ: what is good from now on would not be yet where it is a moment earlier.
const CLOCKS_APART: Duration = Duration::from_mins(5);

/// See the [module](self).
pub(super) struct SasSigner {
    account: String,
    /// Where the account's blobs are, without a slash at the end.
    service: String,
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
    /// For a container, with the account's key in base64, or without one with the provider's identity.
    pub(super) fn new(
        (account, service, container): (&str, String, &str),
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
        Ok(Self { account: account.to_owned(), service, container: container.to_owned(), key })
    }

    /// Where anybody can fetch a blob for so long, with this `Content-Disposition`.
    pub(super) async fn download(
        &self,
        blob: &BlobKey,
        lifetime: Duration,
        disposition: &str,
    ) -> Result<String, BlobError> {
        let now = OffsetDateTime::now_utc();
        let (start, expiry) = (text(now - CLOCKS_APART)?, text(now + lifetime)?);
        let resource = format!("/blob/{}/{}/{blob}", self.account, self.container);
        let what: [&str; 4] = ["r", &start, &expiry, &resource];
        let mut query: Vec<(&str, &str)> = vec![("sv", VERSION), ("sp", "r"), ("sr", "b"), ("rscd", disposition)];
        query.extend(["st", "se"].into_iter().zip([&*start, &*expiry]));
        let delegated;
        let signature = match &self.key {
            SigningKey::Account(key) => {
                let identifier_ip_protocol = [""; 3];
                sign(key, &[&what[..], &identifier_ip_protocol, &rest(disposition)].concat())
            }
            SigningKey::Delegated { .. } => {
                delegated = self.delegated(now).await?;
                let DelegatedKey { oid, tid, start: from, expiry: until, service, version, value, .. } = &*delegated;
                let by: [&str; 6] = [oid, tid, from, until, service, version];
                query.extend(["skoid", "sktid", "skt", "ske", "sks", "skv"].into_iter().zip(by));
                let people_ip_protocol = [""; 5];
                sign(value, &[&what[..], &by, &people_ip_protocol, &rest(disposition)].concat())
            }
        };
        let refused = |_| BlobError::Refused("an address that is none".to_owned());
        let mut url = reqwest::Url::parse(&format!("{}/{}/{blob}", self.service, self.container)).map_err(refused)?;
        url.query_pairs_mut().extend_pairs(query).append_pair("sig", &signature);
        Ok(url.into())
    }

    /// `Get User Delegation Key`; the one there is, if it outlives every address.
    async fn delegated(&self, now: OffsetDateTime) -> Result<Arc<DelegatedKey>, BlobError> {
        let SigningKey::Delegated { provider, http, kept } = &self.key else {
            return Err(BlobError::Refused("there is a key".to_owned()));
        };
        let mut kept = kept.lock().await;
        if let Some(key) = kept.as_ref().filter(|key| key.until > now + LIFETIME_MAX + CLOCKS_APART) {
            return Ok(Arc::clone(key));
        }
        let unavailable = |error: String| BlobError::Unavailable(error);
        let credential = provider.get_credential().await.map_err(|error| unavailable(error.to_string()))?;
        let until = now + DELEGATED_FOR;
        let (start, expiry) = (text(now - CLOCKS_APART)?, text(until)?);
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

/// A time in whole seconds.
fn text(at: OffsetDateTime) -> Result<String, BlobError> {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).map_err(|error| BlobError::Refused(error.to_string()))
}
