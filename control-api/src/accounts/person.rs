//! A person, as the school knows them, and what their address, name and password may be.

use lectern_platform::token::Role;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::RoleSchema;

/// The longest address, in bytes (RFC 5321 section 4.5.3.1, less the brackets).
const EMAIL_LENGTH_MAX: usize = 254;
/// The longest part before the `@`.
const LOCAL_LENGTH_MAX: usize = 64;
/// The shortest password, in characters: NIST SP 800-63B asks for 8 at least.
pub const PASSWORD_LENGTH_MIN: usize = 8;
/// The longest, in characters. Long enough for any sentence; a hash of more would be work for nothing.
pub const PASSWORD_LENGTH_MAX: usize = 128;

/// A person, as they see themselves and as an admin sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// Who.
    pub id: Uuid,
    /// How others see them.
    pub name: String,
    /// Where mail reaches them.
    pub email: String,
    /// What they are to the school.
    #[schema(value_type = RoleSchema)]
    pub role: Role,
    /// When an admin shut them out, if so.
    #[serde(with = "time::serde::rfc3339::option")]
    pub suspended_at: Option<OffsetDateTime>,
    /// When they signed up.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// For `garde`: whether mail could go there. That it does, only mail can show.
pub(super) fn email(text: &str, (): &()) -> garde::Result {
    let good = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_control() || c.is_whitespace() || "<>()[],;:\\\"".contains(c))
    };
    let parts = text.rsplit_once('@').filter(|_| text.len() <= EMAIL_LENGTH_MAX);
    match parts {
        Some((local, domain))
            if local.len() <= LOCAL_LENGTH_MAX
                && good(local)
                && !local.contains('@')
                && good(domain)
                && !domain.starts_with(['.', '-'])
                && !domain.ends_with(['.', '-'])
                && !domain.contains("..") =>
        {
            Ok(())
        }
        _ => Err(garde::Error::new("an address like ada@school.example, at most 254 bytes")),
    }
}

/// For `garde`: a line of 1 to 80 characters that can be seen. It is text to everybody who shows it, never markup.
pub(crate) fn name(text: &str, (): &()) -> garde::Result {
    let length = text.chars().count();
    if (1..=80).contains(&length) && text.trim() == text && !text.is_empty() && !text.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(garde::Error::new("1 to 80 characters on one line, without spaces around them"))
    }
}

/// For `garde`: how long a new password is. Nothing else about it makes it safer (NIST SP 800-63B section 5.1.1.2).
pub(super) fn password(text: &str, (): &()) -> garde::Result {
    if (PASSWORD_LENGTH_MIN..=PASSWORD_LENGTH_MAX).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(garde::Error::new(format!("{PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_mail_could_reach() {
        let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(181));
        assert_eq!(long.len(), 254);
        for good in ["ada@school.example", "a@b", "ada+math@school.example", "ädä@schule.example", &long] {
            assert!(email(good, &()).is_ok(), "{good}");
        }
        for bad in
            ["", "ada", "@b", "a@", "a b@c", "a@b@c", "a@.b", "a@b.", "a@b..c", "a\n@b", "<a@b>", &format!("{long}x")]
        {
            assert!(email(bad, &()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_one_line_of_any_script() {
        for good in ["Ada", "👩‍🏫 Ada", "王小明", &"a".repeat(80)] {
            assert!(name(good, &()).is_ok(), "{good}");
        }
        for bad in ["", " ", " Ada", "Ada\n", "A\u{0}", &"a".repeat(81)] {
            assert!(name(bad, &()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_password_is_8_to_128_characters() {
        for (length, good) in [(7, false), (8, true), (128, true), (129, false)] {
            assert_eq!(password(&"ä".repeat(length), &()).is_ok(), good, "{length}");
        }
    }
}
