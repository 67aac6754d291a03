//! An OpenID Connect provider, as far as a test needs one: everybody is who the test says. It is strict about what it is asked,
//! and can be told to assert what is not so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use aws_lc_rs::{digest, rsa};
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use lectern_control_api::accounts::ProviderConfig;
use lectern_platform::http;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::{Url, form_urlencoded};

pub(crate) const CLIENT_ID: &str = "lectern";
/// With what has to be encoded.
pub(crate) const CLIENT_SECRET: &str = "s3cret:with/odd+chars %";

/// A running provider.
pub(crate) struct IdentityProvider {
    pub(crate) issuer: String,
    behaviour: Arc<Mutex<Behaviour>>,
    serving: JoinHandle<()>,
}

/// What it does.
pub(crate) struct Behaviour {
    /// Over what it would say of itself.
    pub(crate) metadata: Value,
    /// Who comes.
    pub(crate) person: Value,
    /// Over what would be in an ID token; `null` takes something out.
    pub(crate) claims: Value,
    /// What it tells of who comes, beside the token.
    pub(crate) userinfo: Value,
    /// What it publishes.
    pub(crate) keys: Vec<Value>,
    pub(crate) signature: Signature,
    /// Over what is in the address of the way back.
    pub(crate) back: Vec<(&'static str, String)>,
    /// What everything is answered with, if it is not well.
    pub(crate) trouble: Option<(StatusCode, String)>,
    /// How often each path was asked for.
    pub(crate) asked: HashMap<String, usize>,
    grants: HashMap<String, HashMap<String, String>>,
}

/// How ID tokens are signed.
pub(crate) enum Signature {
    By(SigningKey),
    /// With a secret.
    Secret(Vec<u8>),
    None,
}

/// A key and its name.
pub(crate) struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl SigningKey {
    pub(crate) fn p256(kid: &str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        Self { kid: kid.to_owned(), algorithm: Algorithm::ES256, key: EncodingKey::from_ec_der(pkcs8.as_ref()) }
    }

    pub(crate) fn rsa(kid: &str) -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()));
        Self {
            kid: kid.to_owned(),
            algorithm: Algorithm::RS256,
            key: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(),
        }
    }

    /// As it is published.
    pub(crate) fn public(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = self.kid.clone().into();
        jwk["use"] = "sig".into();
        jwk
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl IdentityProvider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}/realm", listener.local_addr().unwrap().port());
        let key = SigningKey::p256("first");
        let behaviour = Arc::new(Mutex::new(Behaviour {
            metadata: json!({}),
            person: json!({ "sub": "u-1", "email": "ada@school.example", "email_verified": true, "name": "Ada" }),
            claims: json!({}),
            userinfo: json!({}),
            keys: vec![key.public()],
            signature: Signature::By(key),
            back: Vec::new(),
            trouble: None,
            asked: HashMap::new(),
            grants: HashMap::new(),
        }));
        let state = (issuer.clone(), Arc::clone(&behaviour));
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(metadata))
            .route("/realm/authorize", get(authorize))
            .route("/realm/token", post(token))
            .route("/realm/userinfo", get(userinfo))
            .route("/realm/keys", get(keys))
            .layer(axum::middleware::from_fn_with_state(Arc::clone(&behaviour), count))
            .with_state(state);
        let serving = tokio::spawn(http::serve(listener, router, 64, std::future::pending()));
        Self { issuer, behaviour, serving }
    }

    pub(crate) fn config(&self) -> ProviderConfig {
        ProviderConfig {
            title: "The school's".to_owned(),
            issuer: self.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            ..ProviderConfig::default()
        }
    }

    pub(crate) fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap()
    }

    /// How often it was asked for something.
    pub(crate) fn asked(&self, what: &str) -> usize {
        self.behaviour().asked.get(&format!("/realm/{what}")).copied().unwrap_or_default()
    }
}

type Realm = State<(String, Arc<Mutex<Behaviour>>)>;

async fn count(
    State(behaviour): State<Arc<Mutex<Behaviour>>>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let trouble = {
        let mut behaviour = behaviour.lock().unwrap();
        *behaviour.asked.entry(request.uri().path().to_owned()).or_default() += 1;
        behaviour.trouble.clone()
    };
    match trouble {
        Some(trouble) => trouble.into_response(),
        None => next.run(request).await,
    }
}

/// `over` over `value`.
fn merged(mut value: Value, over: &Value) -> Value {
    for (name, new) in over.as_object().unwrap() {
        match new {
            Value::Null => drop(value.as_object_mut().unwrap().remove(name)),
            _ => value[name] = new.clone(),
        }
    }
    value
}

async fn metadata(State((issuer, behaviour)): Realm) -> Json<Value> {
    let own = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
    });
    Json(merged(own, &behaviour.lock().unwrap().metadata))
}

/// Nobody is asked anything: the way back begins at once.
async fn authorize(State((_, behaviour)): Realm, Query(asked): Query<HashMap<String, String>>) -> Response {
    let is = |name: &str, value: &str| assert_eq!(asked[name], value, "{asked:?}");
    is("response_type", "code");
    is("client_id", CLIENT_ID);
    is("code_challenge_method", "S256");
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
    let mut behaviour = behaviour.lock().unwrap();
    let code = format!("code-{}", behaviour.grants.len());
    let mut answer = vec![("code", code.clone()), ("state", asked["state"].clone())];
    let over: Vec<&str> = behaviour.back.iter().map(|(name, _)| *name).collect();
    // An error comes instead of a code.
    answer.retain(|(name, _)| !over.contains(name) && (*name != "code" || !over.contains(&"error")));
    answer.extend(behaviour.back.iter().cloned());
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().extend_pairs(answer).append_pair("session_state", "whatever");
    behaviour.grants.insert(code, asked);
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response()
}

async fn token(State((issuer, behaviour)): Realm, headers: HeaderMap, body: Bytes) -> Response {
    let mut behaviour = behaviour.lock().unwrap();
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let refuse = |status: u16, error: &str| {
        (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": error }))).into_response()
    };
    let by_post = behaviour.metadata["token_endpoint_auth_methods_supported"] == json!(["client_secret_post"]);
    let encoded: String = form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{encoded}")));
    let is_client = match by_post {
        true => {
            form.get("client_secret").is_some_and(|secret| secret == CLIENT_SECRET) && form["client_id"] == CLIENT_ID
        }
        false => headers.get("authorization").is_some_and(|value| *value == *basic),
    };
    if !is_client {
        return refuse(401, "invalid_client");
    }
    // Good once.
    let Some(grant) = behaviour.grants.remove(&form["code"]) else { return refuse(400, "invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, form["code_verifier"].as_bytes()));
    if challenge != grant["code_challenge"] || form["redirect_uri"] != grant["redirect_uri"] {
        return refuse(400, "invalid_grant");
    }
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let own = json!({ "iss": issuer, "aud": CLIENT_ID, "nonce": grant["nonce"], "iat": now, "exp": now + 300 });
    let claims = merged(merged(own, &behaviour.person), &behaviour.claims);
    let id_token = match &behaviour.signature {
        Signature::By(key) => {
            let header = Header { kid: Some(key.kid.clone()), ..Header::new(key.algorithm) };
            jsonwebtoken::encode(&header, &claims, &key.key).unwrap()
        }
        Signature::Secret(secret) => {
            let header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::HS256) };
            jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
        }
        Signature::None => {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.", part(&json!({ "alg": "none", "kid": "first" })), part(&claims))
        }
    };
    Json(json!({ "access_token": "at", "token_type": "Bearer", "id_token": id_token })).into_response()
}

async fn userinfo(State((_, behaviour)): Realm, headers: HeaderMap) -> Json<Value> {
    assert_eq!(headers["authorization"], "Bearer at");
    Json(behaviour.lock().unwrap().userinfo.clone())
}

async fn keys(State((_, behaviour)): Realm) -> Json<Value> {
    Json(json!({ "keys": behaviour.lock().unwrap().keys }))
}
