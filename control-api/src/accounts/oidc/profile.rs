//! What a provider tells of a person: in the ID token, or where more is told of them (OpenID Connect Core section 5.1).

use serde::{Deserialize, Deserializer};

use crate::accounts::person;

/// The longest name, in characters.
const NAME_LENGTH_MAX: usize = 80;

/// As it was told; nobody has looked at it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Profile {
    email: Option<String>,
    #[serde(default, deserialize_with = "yes_or_no")]
    email_verified: bool,
    name: Option<String>,
}

/// Some providers say it in words.
fn yes_or_no<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(value)?;
    Ok(value == true || value == "true")
}

impl Profile {
    /// Their address, if it is one.
    pub(super) fn email(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| person::email(email, &()).is_ok())
    }

    /// Whether the provider has seen that the address is theirs.
    pub(super) fn is_email_verified(&self) -> bool {
        self.email_verified && self.email().is_some()
    }

    /// Their name as a line that can be shown; without one, their address up to the `@`.
    pub(super) fn name(&self) -> String {
        let told = self.name.as_deref().unwrap_or_default();
        let local = self.email().and_then(|email| email.rsplit_once('@')).map_or("", |(local, _)| local);
        let line = |text: &str| {
            let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            words.chars().take(NAME_LENGTH_MAX).collect::<String>().trim_end().to_owned()
        };
        Some(line(told)).filter(|name| !name.is_empty()).unwrap_or_else(|| line(local))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn profile(told: Value) -> Profile {
        serde_json::from_value(told).unwrap()
    }

    #[test]
    fn an_address_is_verified_only_if_it_is_one_and_the_provider_says_so() {
        for (told, verified) in [
            (json!({ "email": "ada@school.example", "email_verified": true }), true),
            (json!({ "email": "ada@school.example", "email_verified": "true" }), true),
            (json!({ "email": "ada@school.example", "email_verified": "false" }), false),
            (json!({ "email": "ada@school.example", "email_verified": 1 }), false),
            (json!({ "email": "ada@school.example", "email_verified": null }), false),
            (json!({ "email": "ada@school.example" }), false),
            (json!({ "email": "ada", "email_verified": true }), false),
            (json!({ "email_verified": true }), false),
        ] {
            assert_eq!(profile(told.clone()).is_email_verified(), verified, "{told}");
        }
    }

    #[test]
    fn whatever_is_told_becomes_a_name_or_the_address_does() {
        for (told, name) in [
            (json!({ "name": "Ada Lovelace" }), "Ada Lovelace".to_owned()),
            (json!({ "name": "  Ada\n\tLovelace\u{7} " }), "Ada Lovelace".to_owned()),
            (json!({ "name": format!("{} b", "a".repeat(79)) }), "a".repeat(79)),
            (json!({ "name": "a".repeat(200) }), "a".repeat(80)),
            (json!({ "name": " \u{0} ", "email": "ada@school.example" }), "ada".to_owned()),
            (json!({ "email": "ada@school.example" }), "ada".to_owned()),
        ] {
            let found = profile(told.clone()).name();
            assert_eq!(found, name, "{told}");
            assert!(person::name(&found, &()).is_ok(), "{told}");
        }
    }
}
