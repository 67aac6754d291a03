//! A provider: where to send a browser, and what it says of one that comes back.
//!
//! Nothing is asked of it before somebody signs in there. What it says about itself is kept for an hour, its keys for a quarter;
//! one asks and the others wait. A token with a key that is unknown makes the keys be read again, every half a minute at most.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::JwkSet;
use lectern_platform::breaker::Breaker;
use prometheus::Registry;
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use super::attempt::Attempt;
use super::config::{OidcConfig, ProviderConfig};
use super::endpoint::{self, CallError, Caller};
use super::id_token::{self, Claims, Expected, Untrusted};
use super::keys::{self, Signed};
use super::metadata::{self, Authentication, Document, Metadata};
use super::profile::Profile;
use super::refusal::Refusal;
use crate::config::HttpConfig;

/// How long what it says about itself is believed.
const METADATA_LIFE: Duration = Duration::from_secs(3_600);
/// How long its keys are: one that it takes back is believed for so long.
const KEYS_LIFE: Duration = Duration::from_secs(900);
/// How often they are read for a key that is unknown: whoever sends tokens of their own makes us ask no more than this.
const SEARCH_EVERY: Duration = Duration::from_secs(30);

/// All that are configured, by name.
pub(crate) struct Providers(BTreeMap<String, Provider>);

/// See the [module](self).
pub(super) struct Provider {
    pub(super) config: ProviderConfig,
    redirect_uri: String,
    metadata_url: Url,
    caller: Caller,
    metadata: Mutex<Option<(Instant, Arc<Metadata>)>>,
    keys: Mutex<KeyRing>,
}

#[derive(Default)]
struct KeyRing {
    read: Option<(Instant, JwkSet)>,
    searched: Option<Instant>,
}

/// What a code is exchanged for.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: String,
}

/// What is told of a person beside the ID token.
#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    profile: Profile,
}

/// Somebody whom the provider vouches for.
pub(super) struct Visitor {
    pub(super) claims: Claims,
    access_token: String,
}

impl Providers {
    /// Of a configuration that was validated. Asks nothing of them yet.
    ///
    /// # Errors
    /// When there is no HTTP client, or the registry has the metrics of one already.
    pub(crate) fn new(config: &OidcConfig, http: &HttpConfig, registry: &Registry) -> Result<Self, String> {
        let client = endpoint::client()?;
        let provider = |(name, config): (&String, &ProviderConfig)| {
            let provider = Provider {
                config: config.clone(),
                redirect_uri: format!("{}/v1/oidc/{name}/callback", http.public_url),
                metadata_url: Url::parse(&metadata::address(&config.issuer)).map_err(|error| error.to_string())?,
                caller: Caller::new(client.clone(), Breaker::new(format!("oidc {name}"), registry)?),
                metadata: Mutex::default(),
                keys: Mutex::default(),
            };
            Ok((name.clone(), provider))
        };
        Ok(Self(config.providers.iter().map(provider).collect::<Result<_, String>>()?))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Provider> {
        self.0.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Provider)> {
        self.0.iter()
    }
}

impl Provider {
    /// Where a browser goes to be asked who it is.
    pub(super) async fn authorization_url(&self, attempt: &Attempt) -> Result<Url, Refusal> {
        let mut url = self.metadata().await?.authorization.clone();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.config.scopes.join(" ")),
            ("state", &attempt.state()),
            ("nonce", &attempt.nonce()),
            ("code_challenge", &attempt.code_challenge()),
            ("code_challenge_method", "S256"),
        ]);
        Ok(url)
    }

    /// Who came back with a code. `issuer` is who sent them, if that was said (RFC 9207): not another provider, whose code we
    /// would hand to this one.
    pub(super) async fn visitor(
        &self,
        attempt: &Attempt,
        code: &str,
        issuer: Option<&str>,
    ) -> Result<Visitor, Refusal> {
        let metadata = self.metadata().await?;
        let is_named = issuer.map_or(!metadata.names_itself, |issuer| issuer == self.config.issuer);
        if !is_named {
            return Err(Untrusted::Issuer.into());
        }
        let Tokens { id_token, access_token } = self.exchange(&metadata, attempt, code).await?;
        let signed = id_token::signed(&id_token)?;
        let key = self.key(&metadata, &signed).await?;
        let nonce = attempt.nonce();
        let expected = Expected { issuer: &self.config.issuer, client_id: &self.config.client_id, nonce: &nonce };
        let claims = id_token::verify(&id_token, signed.algorithm, &key, &expected)?;
        Ok(Visitor { claims, access_token })
    }

    /// What is told of them: by the ID token if it tells an address, else where the provider tells more.
    pub(super) async fn profile(&self, visitor: &Visitor) -> Result<Profile, Refusal> {
        let told = &visitor.claims.profile;
        let metadata = self.metadata().await?;
        let (None, Some(url)) = (told.email(), &metadata.userinfo) else { return Ok(told.clone()) };
        let request = self.caller.request(Method::GET, url).bearer_auth(&visitor.access_token);
        let info: UserInfo = self.caller.json(request).await.map_err(|error| self.note(error))?;
        // OpenID Connect Core section 5.3.2: it need not be about the same person.
        if info.sub != visitor.claims.sub {
            return Err(Untrusted::Subject.into());
        }
        Ok(info.profile)
    }

    async fn exchange(&self, metadata: &Metadata, attempt: &Attempt, code: &str) -> Result<Tokens, Refusal> {
        let request = self.exchange_request(metadata, attempt, code);
        self.caller.json(request).await.map_err(|error| self.note(error))
    }

    fn exchange_request(&self, metadata: &Metadata, attempt: &Attempt, code: &str) -> RequestBuilder {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &attempt.code_verifier()),
        ]);
        let (id, secret) = (&*self.config.client_id, &*self.config.client_secret);
        let mut request = self.caller.request(Method::POST, &metadata.token);
        match metadata.authentication {
            // RFC 6749 section 2.3.1: encoded as in a form first.
            Authentication::Basic => request = request.basic_auth(form_encoded(id), Some(form_encoded(secret))),
            Authentication::Post => drop(form.extend_pairs([("client_id", id), ("client_secret", secret)])),
        }
        request.header("content-type", "application/x-www-form-urlencoded").body(form.finish())
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, Refusal> {
        let mut kept = self.metadata.lock().await;
        if let Some((at, metadata)) = &*kept
            && at.elapsed() < METADATA_LIFE
        {
            return Ok(Arc::clone(metadata));
        }
        let document: Document = self.caller.get(&self.metadata_url).await.map_err(|error| self.note(error))?;
        let metadata = Metadata::new(document, &self.config.issuer);
        let metadata = Arc::new(metadata.map_err(|wrong| self.note(CallError::Nonsense(wrong)))?);
        *kept = Some((Instant::now(), Arc::clone(&metadata)));
        Ok(metadata)
    }

    /// The key that a token says it was signed with.
    async fn key(&self, metadata: &Metadata, signed: &Signed) -> Result<DecodingKey, Refusal> {
        let mut ring = self.keys.lock().await;
        if let Some((at, keys)) = &ring.read
            && at.elapsed() < KEYS_LIFE
        {
            if let Some(key) = keys::find(keys, signed) {
                return Ok(key);
            }
            // Perhaps it has new ones.
            if ring.searched.is_some_and(|at| at.elapsed() < SEARCH_EVERY) {
                return Err(Untrusted::Key.into());
            }
            ring.searched = Some(Instant::now());
        }
        let keys: JwkSet = self.caller.get(&metadata.keys).await.map_err(|error| self.note(error))?;
        let key = keys::find(&keys, signed);
        ring.read = Some((Instant::now(), keys));
        key.ok_or_else(|| Untrusted::Key.into())
    }

    fn note(&self, error: CallError) -> Refusal {
        tracing::warn!(issuer = self.config.issuer, %error, "a provider did not do what it was asked to");
        error.into()
    }
}

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
