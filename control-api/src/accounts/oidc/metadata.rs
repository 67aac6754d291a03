//! What a provider says about itself (OpenID Connect Discovery 1.0 section 3), as far as it is needed.

use serde::Deserialize;
use url::Url;

use super::endpoint;

/// As it was served.
#[derive(Deserialize)]
pub(super) struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// As it can be used.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    /// Where more is told of a person, if anywhere.
    pub(super) userinfo: Option<Url>,
    pub(super) authentication: Authentication,
    /// Whether it says who it is when it sends a browser back (RFC 9207).
    pub(super) names_itself: bool,
}

/// How the school shows its secret (RFC 6749 section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authentication {
    /// In a header: `client_secret_basic`.
    Basic,
    /// In the body: `client_secret_post`.
    Post,
}

/// Where an issuer tells about itself (section 4).
pub(super) fn address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

impl Metadata {
    /// # Errors
    /// What is wrong with it, for the log.
    pub(super) fn new(document: Document, issuer: &str) -> Result<Self, String> {
        // Section 4.3: else anybody's metadata would do.
        if document.issuer != issuer {
            return Err(format!("it says that it is {:?}, not {issuer:?}", document.issuer));
        }
        let over_https = issuer.starts_with("https:");
        let url = |name: &str, text: &str| {
            let url = Url::parse(text).ok().filter(endpoint::is_secure);
            let url = url.filter(|url| !over_https || url.scheme() == "https");
            url.ok_or_else(|| format!("{name} is not an https URL"))
        };
        Ok(Self {
            authorization: url("authorization_endpoint", &document.authorization_endpoint)?,
            token: url("token_endpoint", &document.token_endpoint)?,
            keys: url("jwks_uri", &document.jwks_uri)?,
            userinfo: document.userinfo_endpoint.map(|text| url("userinfo_endpoint", &text)).transpose()?,
            authentication: Authentication::among(document.token_endpoint_auth_methods_supported.as_deref())?,
            names_itself: document.authorization_response_iss_parameter_supported,
        })
    }
}

impl Authentication {
    /// Where nothing is said, `client_secret_basic` is meant.
    fn among(methods: Option<&[String]>) -> Result<Self, String> {
        let Some(methods) = methods else { return Ok(Self::Basic) };
        let knows = |method| methods.iter().any(|known| known == method);
        match (knows("client_secret_basic"), knows("client_secret_post")) {
            (true, _) => Ok(Self::Basic),
            (false, true) => Ok(Self::Post),
            (false, false) => Err("it takes neither client_secret_basic nor client_secret_post".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "https://id.example/a";

    fn read(change: Value) -> Result<Metadata, String> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example/authorize?a=b",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://keys.example/jwks",
        });
        document.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        Metadata::new(serde_json::from_value(document).unwrap(), ISSUER)
    }

    #[test]
    fn it_is_of_the_issuer_and_leads_over_https_alone() {
        assert!(read(json!({})).is_ok());
        for change in [
            json!({ "issuer": "https://id.example/b" }),
            json!({ "issuer": "https://id.example/a/" }),
            json!({ "authorization_endpoint": "javascript:alert(1)" }),
            json!({ "token_endpoint": "http://id.example/token" }),
            json!({ "jwks_uri": "http://127.0.0.1/jwks" }),
            json!({ "userinfo_endpoint": "/userinfo" }),
            json!({ "token_endpoint_auth_methods_supported": ["private_key_jwt"] }),
        ] {
            assert!(read(change.clone()).is_err(), "{change}");
        }
    }

    #[test]
    fn the_secret_is_shown_in_a_way_that_it_takes() {
        let method =
            |methods| read(json!({ "token_endpoint_auth_methods_supported": methods })).unwrap().authentication;
        assert_eq!(read(json!({})).unwrap().authentication, Authentication::Basic);
        assert_eq!(method(json!(["client_secret_post", "client_secret_basic"])), Authentication::Basic);
        assert_eq!(method(json!(["private_key_jwt", "client_secret_post"])), Authentication::Post);
    }

    #[test]
    fn a_slash_at_the_end_of_an_issuer_is_not_doubled() {
        for issuer in ["https://id.example/a", "https://id.example/a/"] {
            assert_eq!(address(issuer), "https://id.example/a/.well-known/openid-configuration");
        }
    }
}
