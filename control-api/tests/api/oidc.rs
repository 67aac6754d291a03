//! Signing in with an OpenID Connect provider.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use lectern_control_api::ControlApiConfig;
use lectern_control_api::accounts::ProviderConfig;
use serde_json::{Value, json};
use url::Url;

use crate::identity_provider::{CLIENT_ID, CLIENT_SECRET, IdentityProvider, Signature, SigningKey};
use crate::school::{Answer, PASSWORD, School, Shared, config, database};

/// How long anything is waited for. Much more than it takes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const ORIGIN: &str = "http://127.0.0.1:8080";

fn with_provider(provider: ProviderConfig) -> ControlApiConfig {
    let mut config = config(&database());
    config.oidc.providers.insert("school".to_owned(), provider);
    config.validate().unwrap();
    config
}

async fn school(provider: &IdentityProvider) -> School {
    School::with(with_provider(provider.config())).await
}

/// A browser that left for the provider.
struct Leaving {
    to: String,
    cookie: String,
}

/// A cookie that was set, as it is sent; empty if it is to be forgotten.
fn cookie(answer: &Answer, name: &str) -> String {
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let mut pairs = set.map(|cookie| cookie.split(';').next().unwrap());
    pairs.find(|pair| pair.starts_with(&format!("{name}="))).unwrap_or_default().to_owned()
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::FOUND, "{answer:?}");
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// What the login page is told: the error, and where one wanted to go.
fn told(answer: &Answer) -> (String, String) {
    let url = Url::parse(ORIGIN).unwrap().join(&location(answer)).unwrap();
    assert_eq!((url.path(), url.host_str()), ("/login", Some("127.0.0.1")));
    assert_eq!(cookie(answer, "lectern_access"), "", "nobody is signed in");
    let value = |name| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    (value("error").unwrap(), value("return_to").unwrap_or_default())
}

fn error(answer: &Answer) -> String {
    told(answer).0
}

async fn get(school: &School, path: &str, cookies: &str) -> Answer {
    school.send(Request::get(path).header("cookie", cookies).body(Body::empty()).unwrap()).await
}

async fn leave(school: &School, return_to: &str) -> Leaving {
    let answer = get(school, &format!("/v1/oidc/school/start?return_to={return_to}"), "").await;
    Leaving { to: location(&answer), cookie: cookie(&answer, "lectern_oidc") }
}

/// Where the provider sends the browser, without the origin.
async fn ask(leaving: &Leaving) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(&leaving.to).send().await.unwrap();
    answer.headers()["location"].to_str().unwrap().strip_prefix(ORIGIN).unwrap().to_owned()
}

async fn sign_in(school: &School) -> Answer {
    let leaving = leave(school, "/courses").await;
    get(school, &ask(&leaving).await, &leaving.cookie).await
}

/// Whom an answer signed in.
async fn who(school: &School, answer: &Answer) -> Value {
    assert_eq!(location(answer), "/courses");
    let me = get(school, "/v1/me", &cookie(answer, "lectern_access")).await;
    assert_eq!(me.status, 200, "{me:?}");
    me.body
}

#[tokio::test]
async fn who_signs_in_there_is_a_student_here_and_the_same_one_again() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    let listed = school.stranger().get("/v1/oidc").await;
    assert_eq!(listed.body, json!([{ "id": "school", "title": "The school's" }]));
    assert_eq!(provider.behaviour().asked.len(), 0, "nothing is asked before somebody signs in");
    let answer = sign_in(&school).await;
    let ada = who(&school, &answer).await;
    assert_eq!(
        (&ada["email"], &ada["name"], &ada["role"]),
        (&json!("ada@school.example"), &json!("Ada"), &json!("student"))
    );
    assert_eq!(cookie(&answer, "lectern_oidc"), "lectern_oidc=", "the attempt is over");
    // The session goes on as any other.
    let request = Request::post("/v1/session/refresh").header("cookie", cookie(&answer, "lectern_refresh"));
    let refreshed = school.send(request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap()).await;
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
    // What the provider calls them may change; who they are does not.
    provider.behaviour().person["email"] = "lovelace@school.example".into();
    assert_eq!(who(&school, &sign_in(&school).await).await["id"], ada["id"]);
    let kinds = [school.audited("account.created").await.len(), school.audited("account.login").await.len()];
    assert_eq!(kinds, [1, 2]);
    assert_eq!(provider.asked(".well-known/openid-configuration"), 1);
    assert_eq!(provider.asked("keys"), 1);
}

#[tokio::test]
async fn rsa_a_secret_in_the_body_and_an_address_told_elsewhere_will_do() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    {
        let mut behaviour = provider.behaviour();
        let key = SigningKey::rsa("rsa");
        behaviour.keys = vec![key.public()];
        behaviour.signature = Signature::By(key);
        behaviour.metadata = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
        behaviour.person = json!({ "sub": "u-2" });
        behaviour.userinfo = json!({ "sub": "u-1", "email": "grace@school.example" });
    }
    assert_eq!(error(&sign_in(&school).await), "oidc_untrusted", "it tells of somebody else");
    provider.behaviour().userinfo["sub"] = "u-2".into();
    let grace = who(&school, &sign_in(&school).await).await;
    assert_eq!((&grace["email"], &grace["name"]), (&json!("grace@school.example"), &json!("grace")));
    provider.behaviour().userinfo = json!({ "sub": "u-3" });
    provider.behaviour().person = json!({ "sub": "u-3" });
    assert_eq!(error(&sign_in(&school).await), "oidc_email_missing");
}

#[tokio::test]
async fn the_owner_of_an_address_comes_into_its_account_and_whoever_was_in_it_is_out() {
    let provider = IdentityProvider::start().await;
    let mut config = with_provider(ProviderConfig { join_by_email: true, ..provider.config() });
    let second = IdentityProvider::start().await;
    let second_config = ProviderConfig { join_by_email: true, ..second.config() };
    config.oidc.providers.insert("second".to_owned(), second_config);
    let school = School::with(config).await;
    // Somebody signed up with the address; nobody looked whether it is theirs.
    let squatter = school.student("ada").await;
    provider.behaviour().person["email_verified"] = false.into();
    assert_eq!(error(&sign_in(&school).await), "oidc_email_taken");
    assert_eq!(squatter.get("/v1/me").await.status, 200);
    provider.behaviour().person["email_verified"] = true.into();
    let answer = sign_in(&school).await;
    assert_eq!(who(&school, &answer).await["id"], *squatter.id);
    assert_eq!(squatter.get("/v1/me").await.problem(), (401, "session_ended"));
    let login = json!({ "email": "ada@school.example", "password": PASSWORD });
    assert_eq!(school.stranger().post("/v1/session", login).await.problem(), (401, "login_refused"));
    assert_eq!(school.audited("account.identity_joined").await[0].subject.as_deref(), Some(&*squatter.id));
    // From now on it is known whose address it is: another way in ends nothing.
    let start = get(&school, "/v1/oidc/second/start?return_to=/courses", "").await;
    let leaving = Leaving { to: location(&start), cookie: cookie(&start, "lectern_oidc") };
    let other = get(&school, &ask(&leaving).await, &leaving.cookie).await;
    assert_eq!(who(&school, &other).await["id"], *squatter.id);
    assert_eq!(who(&school, &answer).await["id"], *squatter.id, "still signed in");
    assert_eq!(who(&school, &sign_in(&school).await).await["id"], *squatter.id);
}

#[tokio::test]
async fn nobody_comes_into_an_account_or_gets_one_unless_the_configuration_says_so() {
    let provider = IdentityProvider::start().await;
    let school = School::with(with_provider(ProviderConfig { sign_up: false, ..provider.config() })).await;
    assert_eq!(error(&sign_in(&school).await), "oidc_sign_up_closed");
    school.student("ada").await;
    assert_eq!(error(&sign_in(&school).await), "oidc_email_taken");
    provider.behaviour().person["email"] = "ADA@school.example".into();
    assert_eq!(error(&sign_in(&school).await), "oidc_email_taken");
    let reasons = school.audited("account.login_failed").await.into_iter().map(|event| event.detail["reason"].clone());
    let mut reasons: Vec<Value> = reasons.collect();
    reasons.sort_by_key(Value::to_string);
    assert_eq!(reasons, ["email_taken", "email_taken", "sign_up_closed"]);
}

#[tokio::test]
async fn a_way_back_is_good_for_the_browser_that_left_and_once() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    let (mine, other) = (leave(&school, "/courses").await, leave(&school, "/courses").await);
    let back = ask(&mine).await;
    for cookie in ["", &*other.cookie, "lectern_oidc=x", "lectern_oidc=AA.AA"] {
        assert_eq!(error(&get(&school, &back, cookie).await), "oidc_expired", "{cookie}");
    }
    for path in ["?code=code-0", "?code=code-0&state=", "?code=code-0&state=x", ""] {
        let answer = get(&school, &format!("/v1/oidc/school/callback{path}"), &mine.cookie).await;
        assert_eq!(error(&answer), "oidc_expired", "{path}");
    }
    assert_eq!(provider.asked("token"), 0, "no code was given away");
    let answer = get(&school, &back, &mine.cookie).await;
    who(&school, &answer).await;
    assert_eq!(error(&get(&school, &back, &cookie(&answer, "lectern_oidc")).await), "oidc_expired");
    // Who kept the cookie has a code that was used.
    assert_eq!(error(&get(&school, &back, &mine.cookie).await), "oidc_failed");
    // A code is of use to the browser alone for which it was made.
    let (victim, thief) = (ask(&leave(&school, "/courses").await).await, leave(&school, "/courses").await);
    let value = |path: &str, name: &str| {
        let url = Url::parse(ORIGIN).unwrap().join(path).unwrap();
        url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    let (code, state) = (value(&victim, "code"), value(&ask(&thief).await, "state"));
    let injected = get(&school, &format!("/v1/oidc/school/callback?code={code}&state={state}"), &thief.cookie).await;
    assert_eq!(error(&injected), "oidc_failed");
}

#[tokio::test]
async fn any_node_takes_a_browser_back() {
    let provider = IdentityProvider::start().await;
    let (config, shared) = (with_provider(provider.config()), Shared::new());
    let here = School::node(config.clone(), shared.clone()).await;
    let there = School::node(config, shared).await;
    let leaving = leave(&here, "/courses").await;
    who(&here, &get(&there, &ask(&leaving).await, &leaving.cookie).await).await;
}

#[tokio::test]
async fn an_assertion_is_believed_only_if_everything_about_it_is_right() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    for (claims, reason) in [
        (json!({ "nonce": "another" }), "nonce"),
        (json!({ "nonce": null }), "nonce"),
        (json!({ "aud": "another" }), "audience"),
        (json!({ "aud": [] }), "audience"),
        (json!({ "aud": [CLIENT_ID, "another"] }), "audience"),
        (json!({ "aud": [CLIENT_ID, "another"], "azp": "another" }), "audience"),
        (json!({ "azp": "another" }), "audience"),
        (json!({ "aud": null }), "claims"),
        (json!({ "iss": "https://another.example" }), "issuer"),
        (json!({ "iss": format!("{}/", provider.issuer) }), "issuer"),
        (json!({ "iss": null }), "claims"),
        (json!({ "exp": now - 120 }), "time"),
        (json!({ "exp": "never" }), "claims"),
        (json!({ "exp": null }), "claims"),
        (json!({ "nbf": now + 600 }), "time"),
        (json!({ "sub": null }), "claims"),
        (json!({ "sub": "" }), "claims"),
    ] {
        provider.behaviour().claims = claims.clone();
        assert_eq!(
            (error(&sign_in(&school).await).as_str(), last_reason(&school).await.as_str()),
            ("oidc_untrusted", reason),
            "{claims}"
        );
    }
    // With whom else it may be shared is said, and that we asked for it: fine.
    provider.behaviour().claims = json!({ "aud": ["another", CLIENT_ID], "azp": CLIENT_ID });
    who(&school, &sign_in(&school).await).await;
}

#[tokio::test]
async fn nobody_else_signs_for_the_provider() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    let public = provider.behaviour().keys[0].to_string().into_bytes();
    for (signature, reason) in [
        (Signature::None, "algorithm"),
        (Signature::Secret(CLIENT_SECRET.as_bytes().to_vec()), "algorithm"),
        (Signature::Secret(public), "algorithm"),
        (Signature::By(SigningKey::p256("first")), "signature"),
        (Signature::By(SigningKey::rsa("first")), "key"),
        (Signature::By(SigningKey::p256("another")), "key"),
    ] {
        provider.behaviour().signature = signature;
        assert_eq!(
            (error(&sign_in(&school).await).as_str(), last_reason(&school).await.as_str()),
            ("oidc_untrusted", reason)
        );
    }
}

/// Why the last assertion was not believed.
async fn last_reason(school: &School) -> String {
    let events = school.audited("account.login_failed").await;
    let last = events.iter().max_by_key(|event| event.id()).unwrap();
    last.detail["reason"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn new_keys_are_found_and_unknown_ones_are_not_searched_for_all_the_time() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    who(&school, &sign_in(&school).await).await;
    let new = SigningKey::p256("second");
    provider.behaviour().keys.push(new.public());
    provider.behaviour().signature = Signature::By(new);
    who(&school, &sign_in(&school).await).await;
    assert_eq!(provider.asked("keys"), 2);
    provider.behaviour().signature = Signature::By(SigningKey::p256("unknown"));
    for _ in 0..3 {
        assert_eq!(error(&sign_in(&school).await), "oidc_untrusted");
    }
    assert_eq!(provider.asked("keys"), 2, "it was searched for a key a moment ago");
}

#[tokio::test]
async fn a_provider_that_is_down_is_left_alone_for_a_while_and_says_so() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    let admin = school.person("root", "admin").await;
    let leaving = leave(&school, "/courses").await;
    let back = ask(&leaving).await;
    provider.behaviour().trouble = Some((StatusCode::BAD_GATEWAY, "<html>".to_owned()));
    // On the way back it is told, and the browser may try again.
    let answer = get(&school, &back, &leaving.cookie).await;
    assert_eq!(told(&answer), ("oidc_unavailable".to_owned(), "/courses".to_owned()));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let asked = provider.asked("token");
        assert_eq!(error(&get(&school, &back, &leaving.cookie).await), "oidc_unavailable");
        if provider.asked("token") == asked {
            break;
        }
        assert!(Instant::now() < deadline, "it is asked all the time");
    }
    assert!(provider.asked("token") >= 5, "once is no outage");
    let parts = admin.get("/v1/system").await.body["parts"].as_array().unwrap().clone();
    let part = parts.into_iter().find(|part| part["name"] == "breaker oidc school").unwrap();
    assert_ne!(part["state"], "ok");
    provider.behaviour().trouble = None;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = get(&school, &back, &leaving.cookie).await;
        if location(&answer) == "/courses" {
            break;
        }
        assert!(Instant::now() < deadline, "{answer:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn what_a_provider_says_about_itself_must_make_sense() {
    let provider = IdentityProvider::start().await;
    for (metadata, trouble) in [
        (json!({}), Some((StatusCode::OK, "x".repeat(300 * 1024)))),
        (json!({}), Some((StatusCode::OK, "not json".to_owned()))),
        (json!({}), Some((StatusCode::NOT_FOUND, String::new()))),
        (json!({ "issuer": "https://another.example" }), None),
        (json!({ "token_endpoint": "http://id.example/token" }), None),
        (json!({ "jwks_uri": null }), None),
    ] {
        (provider.behaviour().metadata, provider.behaviour().trouble) = (metadata.clone(), trouble);
        let school = school(&provider).await;
        let answer = get(&school, "/v1/oidc/school/start?return_to=/courses?a=b", "").await;
        let (code, return_to) = told(&answer);
        assert!(["oidc_unavailable", "oidc_failed"].contains(&&*code), "{metadata}");
        assert_eq!(return_to, "/courses?a=b");
    }
}

#[tokio::test]
async fn one_provider_s_code_is_not_given_to_another() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    provider.behaviour().back = vec![("iss", "https://another.example".to_owned())];
    assert_eq!(error(&sign_in(&school).await), "oidc_untrusted");
    assert_eq!(provider.asked("token"), 0);
    provider.behaviour().back = vec![("iss", provider.issuer.clone())];
    who(&school, &sign_in(&school).await).await;
    // One that always says who it is does not once not.
    provider.behaviour().metadata = json!({ "authorization_response_iss_parameter_supported": true });
    provider.behaviour().back.clear();
    let school = School::with(with_provider(provider.config())).await;
    assert_eq!(error(&sign_in(&school).await), "oidc_untrusted");
}

#[tokio::test]
async fn nobody_is_led_elsewhere() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    for evil in
        ["//evil.example", "/%5Cevil.example", "https://evil.example", "/%09/evil.example", "/..//evil.example", ""]
    {
        let answer = get(&school, &format!("/v1/oidc/school/start?return_to={evil}"), "").await;
        assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec!["/return_to"]), "{evil}");
    }
    // Somebody put another path into the cookie, which is a browser's own.
    let leaving = leave(&school, "/courses").await;
    let (secret, _) = leaving.cookie.split_once('.').unwrap();
    use base64::Engine as _;
    let path = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode("//evil.example");
    let answer = get(&school, &ask(&leaving).await, &format!("{secret}.{path}")).await;
    assert_eq!(told(&answer), ("oidc_expired".to_owned(), String::new()));
    assert_eq!(
        location(&get(&school, "/v1/oidc/school/start", "").await).split('?').next(),
        Some(&*format!("{}/authorize", provider.issuer))
    );
}

#[tokio::test]
async fn who_is_suspended_or_says_no_is_not_signed_in() {
    let provider = IdentityProvider::start().await;
    let school = school(&provider).await;
    let admin = school.person("root", "admin").await;
    let ada = who(&school, &sign_in(&school).await).await;
    provider.behaviour().back = vec![("error", "access_denied".to_owned())];
    assert_eq!(told(&sign_in(&school).await), ("oidc_denied".to_owned(), "/courses".to_owned()));
    provider.behaviour().back = vec![("error", "server_error".to_owned())];
    assert_eq!(error(&sign_in(&school).await), "oidc_failed");
    provider.behaviour().back.clear();
    let path = format!("/v1/people/{}", ada["id"].as_str().unwrap());
    assert_eq!(admin.call(Method::PATCH, &path, Some(json!({ "suspended": true }))).await.status, 200);
    assert_eq!(error(&sign_in(&school).await), "suspended");
    assert_eq!(school.audited("account.login_suspended").await.len(), 1);
}

#[tokio::test]
async fn who_is_suspended_does_not_come_in_by_their_address_either() {
    let provider = IdentityProvider::start().await;
    let school = School::with(with_provider(ProviderConfig { join_by_email: true, ..provider.config() })).await;
    let admin = school.person("root", "admin").await;
    let ada = school.student("ada").await;
    let path = format!("/v1/people/{}", ada.id);
    assert_eq!(admin.call(Method::PATCH, &path, Some(json!({ "suspended": true }))).await.status, 200);
    assert_eq!(error(&sign_in(&school).await), "suspended");
    assert_eq!(school.audited("account.identity_joined").await.len(), 0);
}

#[tokio::test]
async fn without_providers_there_are_none_and_logins_are_rated() {
    let provider = IdentityProvider::start().await;
    let school = School::start().await;
    assert_eq!(school.stranger().get("/v1/oidc").await.body, json!([]));
    for path in ["/v1/oidc/school/start", "/v1/oidc/school/callback", "/v1/oidc/%FF/start"] {
        assert_eq!(school.stranger().get(path).await.problem(), (404, "not_found"), "{path}");
    }
    let mut config = with_provider(provider.config());
    (config.rates.signing_burst, config.rates.signing_per_s) = (2, 0.001);
    let school = School::with(config).await;
    leave(&school, "/courses").await;
    assert_eq!(error(&get(&school, "/v1/oidc/school/callback", "").await), "oidc_expired");
    assert_eq!(get(&school, "/v1/oidc/school/start", "").await.problem(), (429, "rate_exceeded"));
}
