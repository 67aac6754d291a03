//! Points in time as clients send them: RFC 3339, in the years 1970 to 2999.
//!
//! To be used as `#[serde(with = "crate::moment")]`. Beyond those years some part of the way to the database and back has no
//! word for a time: one of the year 9999 that is put off by a day, or moved by its own offset, is in no calendar any more.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// What is said of one that is none.
const WANTED: &str = "a time of the years 1970 to 2999, as 2026-11-26T12:00:00Z";

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    read(&text).ok_or_else(|| D::Error::custom(WANTED))
}

/// The same for one that may be absent.
pub(crate) mod option {
    use std::borrow::Cow;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer};
    use time::OffsetDateTime;

    use super::{WANTED, read};

    pub(crate) use time::serde::rfc3339::option::serialize;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<OffsetDateTime>, D::Error> {
        let text = Option::<Cow<str>>::deserialize(deserializer)?;
        text.map(|text| read(&text).ok_or_else(|| D::Error::custom(WANTED))).transpose()
    }
}

fn read(text: &str) -> Option<OffsetDateTime> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    (1970..=2999).contains(&moment.year()).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_calendar_has_is_a_time() {
        for good in ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59.999999Z", "3000-01-01T00:00:00+00:01"] {
            assert!(read(good).is_some(), "{good}");
        }
        for bad in [
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+00:01",
            "3000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
            "0000-01-01T00:00:00+23:59",
            "2026-02-30T00:00:00Z",
            "2026-11-26",
            "",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
