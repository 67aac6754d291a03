//! Signed addresses of files: who has one may do one thing with one blob until it expires.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use super::{BlobKey, BlobKind, Upload};

/// The query of a signed address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant {
    /// Until when it is good, in seconds since 1970.
    expires: u64,
    /// What may be sent; nothing: it may be fetched.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cache: Option<String>,
    #[serde(rename = "max", default, skip_serializing_if = "Option::is_none")]
    bytes_max: Option<u64>,
    /// What a browser calls what it fetches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    signature: String,
}

/// Signs, and verifies.
#[derive(Clone)]
pub(super) struct Signer(hmac::Key);

impl Signer {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(super) fn download(&self, key: &BlobKey, name: Option<&str>, expires: u64) -> Grant {
        let name = name.map(str::to_owned);
        self.sign(
            key,
            Grant { expires, content_type: None, cache: None, bytes_max: None, name, signature: String::new() },
        )
    }

    pub(super) fn upload(&self, key: &BlobKey, upload: &Upload, expires: u64) -> Grant {
        let kind = upload.kind.clone();
        let (content_type, cache, bytes_max) =
            (Some(kind.content_type), Some(kind.cache_control), Some(upload.bytes_max));
        self.sign(key, Grant { expires, content_type, cache, bytes_max, name: None, signature: String::new() })
    }

    /// Whether the blob may be fetched.
    pub(super) fn allows_download(&self, key: &BlobKey, grant: &Grant, now: u64) -> bool {
        self.is_good(key, grant, now) && grant.content_type.is_none()
    }

    /// What may be sent as the blob.
    pub(super) fn allows_upload(&self, key: &BlobKey, grant: &Grant, now: u64) -> Option<Upload> {
        if !self.is_good(key, grant, now) {
            return None;
        }
        let kind = BlobKind { content_type: grant.content_type.clone()?, cache_control: grant.cache.clone()? };
        Some(Upload { kind, bytes_max: grant.bytes_max? })
    }

    fn sign(&self, key: &BlobKey, mut grant: Grant) -> Grant {
        grant.signature = BASE64.encode(hmac::sign(&self.0, &message(key, &grant)));
        grant
    }

    fn is_good(&self, key: &BlobKey, grant: &Grant, now: u64) -> bool {
        let signature = BASE64.decode(&grant.signature).unwrap_or_default();
        hmac::verify(&self.0, &message(key, grant), &signature).is_ok() && now < grant.expires
    }
}

/// As JSON, in which no two grants look the same.
fn message(key: &BlobKey, grant: &Grant) -> Vec<u8> {
    serde_json::json!([key.as_str(), grant.expires, grant.content_type, grant.cache, grant.bytes_max, grant.name])
        .to_string()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_for_one_thing_with_one_blob_until_it_expires() {
        let signer = Signer::new(b"secret");
        let (key, other): (BlobKey, BlobKey) = ("a/b".parse().unwrap(), "a/c".parse().unwrap());
        let download = signer.download(&key, Some("a.pdf"), 1_000);
        assert!(signer.allows_download(&key, &download, 999));
        assert!(!signer.allows_download(&key, &download, 1_000));
        assert!(!signer.allows_download(&other, &download, 999));
        assert!(!Signer::new(b"another").allows_download(&key, &download, 999));
        assert!(!signer.allows_download(&key, &Grant { expires: 2_000, ..download.clone() }, 999));
        assert!(!signer.allows_download(&key, &Grant { name: Some("b.exe".into()), ..download.clone() }, 999));
        assert_eq!(signer.allows_upload(&key, &download, 999), None);
        let kind = BlobKind { content_type: "video/mp4".into(), cache_control: String::new() };
        let upload = Upload { kind, bytes_max: 10 };
        let grant = signer.upload(&key, &upload, 1_000);
        assert_eq!(signer.allows_upload(&key, &grant, 999), Some(upload));
        assert!(!signer.allows_download(&key, &grant, 999));
        for forged in [
            Grant { bytes_max: Some(11), ..grant.clone() },
            Grant { content_type: Some("text/html".into()), ..grant.clone() },
            Grant { cache: Some("public".into()), ..grant.clone() },
            Grant { signature: String::new(), ..grant.clone() },
            Grant { content_type: None, cache: None, bytes_max: None, ..grant },
        ] {
            assert_eq!(signer.allows_upload(&key, &forged, 999), None, "{forged:?}");
            assert!(!signer.allows_download(&key, &forged, 999), "{forged:?}");
        }
    }
}
