//! Lists come by page: `?after=CURSOR&limit=1..100` is answered with `{"items": […], "next": CURSOR | null}`.
//!
//! A cursor is the key of the last item that was seen (keyset paging), so that a page costs the same wherever it is and
//! nothing is skipped or doubled when the list changes. To clients it is opaque.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use lectern_platform::problem::{FieldError, FieldPlace};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{ApiError, invalid};

/// Items of a page if the client does not say.
pub const LIMIT_DEFAULT: u16 = 50;
/// The longest cursor that is looked at, in bytes.
const CURSOR_LENGTH_MAX: usize = 256;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    /// In the list's order.
    pub items: Vec<T>,
    /// To be sent as `after` for the next page; `null` on the last one.
    pub next: Option<String>,
}

/// Which page.
#[derive(Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next` of the page before; the first page without it.
    #[garde(skip)]
    #[param(max_length = 256)]
    pub after: Option<String>,
    /// Items wanted at most, 1 to 100. Default 50.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

impl Paging {
    /// The key after which the page begins.
    ///
    /// # Errors
    /// `422` for what is no cursor of this list.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, ApiError> {
        let Some(cursor) = &self.after else { return Ok(None) };
        let decoded = Some(cursor)
            .filter(|cursor| cursor.len() <= CURSOR_LENGTH_MAX)
            .and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok())
            .and_then(|json| serde_json::from_slice(&json).ok());
        decoded.map(Some).ok_or_else(|| {
            let message = "`next` of a page of this list, as it came".into();
            invalid(vec![FieldError { r#in: FieldPlace::Query, field: "/after".to_owned(), message }]).into()
        })
    }

    /// How many rows to ask the database for: one more than wanted, which tells whether there is a next page.
    #[must_use]
    pub fn rows(&self) -> i64 {
        i64::from(self.limit.unwrap_or(LIMIT_DEFAULT)) + 1
    }

    /// Makes the page out of [`Self::rows`] rows or fewer. `key` is what comes back as [`Self::after`].
    #[must_use]
    pub fn page<T: ToSchema, K: Serialize>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        let limit = usize::from(self.limit.unwrap_or(LIMIT_DEFAULT));
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| {
            // Keys are identifiers, numbers, times and text: they serialise.
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(&key(last)).unwrap_or_default())
        });
        Page { items: rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(after: Option<String>, limit: u16) -> Paging {
        Paging { after, limit: Some(limit) }
    }

    #[test]
    fn pages_follow_each_other_to_the_last() {
        let list: Vec<String> = ('a'..='e').map(String::from).collect();
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let paging = paging(after.take(), 2);
            let last: Option<String> = paging.after().unwrap();
            let rest = list.iter().filter(|item| last.as_ref().is_none_or(|last| *item > last));
            let rows = rest.take(usize::try_from(paging.rows()).unwrap()).cloned().collect();
            let page = paging.page(rows, Clone::clone);
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            after = Some(next);
        }
        assert_eq!(seen, list);
    }

    #[test]
    fn a_page_that_is_just_full_is_the_last() {
        let page = paging(None, 2).page(vec!["a".to_owned(), "b".to_owned()], Clone::clone);
        assert_eq!((page.items.len(), page.next), (2, None));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for cursor in ["", "!", "e30", &"a".repeat(300)] {
            assert!(paging(Some(cursor.to_owned()), 2).after::<u32>().is_err(), "{cursor:?}");
        }
    }
}
