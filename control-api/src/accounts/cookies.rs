//! The two cookies of a browser. No script can read them, and no other site's page can send the one that gives new tokens.

use axum::http::{HeaderMap, HeaderValue, header};

/// Holds the access token; goes with every request, also with the one that a link of another site makes (`Lax`), so that pages
/// are rendered for who is signed in. What changes something is checked for its origin besides.
pub(crate) const ACCESS: &str = "lectern_access";
/// Holds the refresh token; goes to the session's own routes alone.
pub(crate) const REFRESH: &str = "lectern_refresh";

/// The value of a cookie (RFC 6265 section 5.4).
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value)
}

/// Both cookies, to be set with their lifetimes in seconds; empty ones are to be forgotten.
pub(crate) fn set(access: (&str, u64), refresh: (&str, u64), https: bool) -> [HeaderValue; 2] {
    let secure = if https { "; Secure" } else { "" };
    let cookie = |name, (value, seconds): (&str, u64), scope| {
        let text = format!("{name}={value}; Max-Age={seconds}; HttpOnly{secure}; {scope}");
        // Tokens are base64url and dots.
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    };
    [cookie(ACCESS, access, "Path=/; SameSite=Lax"), cookie(REFRESH, refresh, "Path=/v1/session; SameSite=Strict")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; lectern_access=x.y.z"));
        headers.append(header::COOKIE, HeaderValue::from_static("lectern_refresh=r; b="));
        assert_eq!(read(&headers, ACCESS), Some("x.y.z"));
        assert_eq!(read(&headers, REFRESH), Some("r"));
        assert_eq!(read(&headers, "b"), None);
        assert_eq!(read(&headers, "access"), None);
    }

    #[test]
    fn they_are_out_of_reach_of_scripts_and_of_plain_http() {
        let [access, refresh] = set(("a", 900), ("r", 60), true);
        assert_eq!(access, "lectern_access=a; Max-Age=900; HttpOnly; Secure; Path=/; SameSite=Lax");
        assert_eq!(refresh, "lectern_refresh=r; Max-Age=60; HttpOnly; Secure; Path=/v1/session; SameSite=Strict");
        assert!(!set(("a", 1), ("r", 1), false)[0].to_str().unwrap().contains("Secure"));
    }
}
