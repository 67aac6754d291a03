//! An Azure storage account, and who we are there.
//!
//! One of three: an account key, a shared access signature, or a workload identity (the token file that Kubernetes mounts is
//! exchanged for an Entra token). Tokens are `object_store`'s, for tables too: the audience is that of all storage.
//! `docs/decisions/azure-client.md` says why there is no `azure_identity`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use object_store::azure::{AzureConfigKey, AzureCredential, AzureCredentialProvider, MicrosoftAzureBuilder};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use serde::Deserialize;

use crate::log::Redacted;

/// How long it may take to connect.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// The sections `[audit.azure]` and `[blobs.azure]`.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AzureAccount {
    /// The account's name.
    pub account: String,
    /// Where the service is, without the account's own address: `http://127.0.0.1:10002/devstoreaccount1`. Empty: in Azure.
    pub endpoint: String,
    /// An account key, in base64.
    pub key: String,
    /// A shared access signature, if there is no key.
    pub sas: String,
    /// The tenant of the workload identity, if there is neither. Empty, as the three below: the variables `AZURE_TENANT_ID`,
    /// `AZURE_CLIENT_ID`, `AZURE_FEDERATED_TOKEN_FILE` and `AZURE_AUTHORITY_HOST`, which Kubernetes sets.
    pub tenant_id: String,
    /// The identity.
    pub client_id: String,
    /// The file with the token that proves it.
    pub token_file: String,
    /// Who exchanges it: `https://login.microsoftonline.com` if nothing is said anywhere.
    pub authority: String,
}

/// Without secrets.
impl fmt::Debug for AzureAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureAccount")
            .field("account", &self.account)
            .field("endpoint", &self.endpoint)
            .field("key", &Redacted(()))
            .field("sas", &Redacted(()))
            .finish_non_exhaustive()
    }
}

/// How requests are made to be ours.
#[derive(Clone)]
pub(crate) enum Credential {
    Key(Box<hmac::Key>),
    Other(AzureCredentialProvider),
}

/// What is added to one request.
pub(crate) enum Authorization {
    Header(String),
    Query(Vec<(String, String)>),
}

impl AzureAccount {
    /// What is wrong with it.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !(3..=24).contains(&self.account.len()) || !self.account.chars().all(is_name) {
            return Err("account: 3 to 24 of a-z 0-9".to_owned());
        }
        if !self.endpoint.is_empty()
            && !reqwest::Url::parse(&self.endpoint).is_ok_and(|url| ["http", "https"].contains(&url.scheme()))
        {
            return Err("endpoint: an address, or empty for Azure's own".to_owned());
        }
        if !self.key.is_empty() && BASE64.decode(&self.key).is_err() {
            return Err("key: an account key, in base64".to_owned());
        }
        Ok(())
    }

    /// Where a service (`blob`, `table`) of the account is, without a slash at the end.
    pub(crate) fn service(&self, name: &str) -> String {
        match self.endpoint.as_str() {
            "" => format!("https://{}.{name}.core.windows.net", self.account),
            endpoint => endpoint.trim_end_matches('/').to_owned(),
        }
    }

    /// A client for blobs with these credentials.
    pub(crate) fn blobs(&self, container: &str, answer: Duration) -> MicrosoftAzureBuilder {
        let is_plain = self.service("blob").starts_with("http://") || self.authority.starts_with("http://");
        let options = ClientOptions::new().with_connect_timeout(CONNECT_MAX).with_timeout(answer);
        // Short: who waits for an answer should hear that there is none; the circuit breaker and the callers try again.
        let backoff = BackoffConfig { max_backoff: Duration::from_secs(1), ..BackoffConfig::default() };
        let retry = RetryConfig { backoff, max_retries: 2, retry_timeout: answer };
        let mut builder = MicrosoftAzureBuilder::new()
            .with_account(&self.account)
            .with_container_name(container)
            .with_endpoint(self.service("blob"))
            .with_client_options(options.with_allow_http(is_plain))
            .with_retry(retry);
        if !self.key.is_empty() {
            return builder.with_access_key(&self.key);
        }
        if !self.sas.is_empty() {
            return builder.with_config(AzureConfigKey::SasKey, &self.sas);
        }
        let keys = [
            (AzureConfigKey::AuthorityId, &self.tenant_id, "AZURE_TENANT_ID"),
            (AzureConfigKey::ClientId, &self.client_id, "AZURE_CLIENT_ID"),
            (AzureConfigKey::FederatedTokenFile, &self.token_file, "AZURE_FEDERATED_TOKEN_FILE"),
            (AzureConfigKey::AuthorityHost, &self.authority, "AZURE_AUTHORITY_HOST"),
        ];
        for (key, configured, variable) in keys {
            let value =
                if configured.is_empty() { std::env::var(variable).unwrap_or_default() } else { configured.clone() };
            if !value.is_empty() {
                builder = builder.with_config(key, value.trim_end_matches('/'));
            }
        }
        builder
    }

    /// For requests that we make ourselves.
    pub(crate) fn credential(&self, answer: Duration) -> Result<Credential, String> {
        if !self.key.is_empty() {
            let key = BASE64.decode(&self.key).map_err(|_| "key: an account key, in base64")?;
            return Ok(Credential::Key(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &key))));
        }
        let store = self.blobs("none", answer).build().map_err(|error| error.to_string())?;
        Ok(Credential::Other(Arc::clone(store.credentials())))
    }
}

impl Credential {
    /// For a request to a table: SharedKeyLite of
    /// <https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key>, a signature, or a token.
    pub(crate) async fn authorize_table(&self, account: &str, path: &str, date: &str) -> Result<Authorization, String> {
        match self {
            Self::Key(key) => {
                let signature = hmac::sign(key, format!("{date}\n/{account}{path}").as_bytes());
                Ok(Authorization::Header(format!("SharedKeyLite {account}:{}", BASE64.encode(signature))))
            }
            Self::Other(provider) => {
                let credential = provider.get_credential().await.map_err(|error| error.to_string())?;
                match &*credential {
                    AzureCredential::BearerToken(token) => Ok(Authorization::Header(format!("Bearer {token}"))),
                    AzureCredential::SASToken(pairs) => Ok(Authorization::Query(pairs.clone())),
                    AzureCredential::AccessKey(_) => Err("an account key that is not ours".to_owned()),
                }
            }
        }
    }
}

/// A client with limits for everything.
pub(crate) fn http_client(answer: Duration) -> Result<reqwest::Client, String> {
    let client = reqwest::Client::builder().connect_timeout(CONNECT_MAX).timeout(answer);
    client.redirect(reqwest::redirect::Policy::none()).build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_an_account_is_refused_and_secrets_are_not_shown() {
        let good = AzureAccount { account: "lectern1".into(), key: "c2VjcmV0".into(), ..AzureAccount::default() };
        assert_eq!(good.validate(), Ok(()));
        assert_eq!(good.service("table"), "https://lectern1.table.core.windows.net");
        assert!(!format!("{good:?}").contains("c2VjcmV0"));
        for account in ["", "ab", "Upper", "a/b", &"a".repeat(25)] {
            assert!(AzureAccount { account: account.into(), ..good.clone() }.validate().is_err(), "{account}");
        }
        assert!(AzureAccount { endpoint: "ftp://a".into(), ..good.clone() }.validate().is_err());
        assert!(AzureAccount { key: "no base64!".into(), ..good }.validate().is_err());
    }
}
