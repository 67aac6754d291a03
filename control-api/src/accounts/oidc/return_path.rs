//! Where a browser goes when it is signed in: a page of the school, and nowhere else.

use url::Url;

/// Where it goes if nobody said so.
pub(super) const HOME: &str = "/me";
/// The longest, in bytes: it is kept in a cookie.
pub(super) const LENGTH_MAX: usize = 2_000;

/// A path of the school's own origin with what follows it, as browsers write it; `None` for what leads elsewhere, or would
/// somewhere. What browsers make of an address (they drop tabs and line ends, take `\` for `/`, and fold `..`) is looked at
/// before and after it is made.
pub(super) fn own_path(text: &str) -> Option<String> {
    let is_plain = text.len() <= LENGTH_MAX && text.starts_with('/') && !text.starts_with("//");
    if !is_plain || text.chars().any(|c| c == '\\' || c.is_control()) {
        return None;
    }
    let here = Url::parse("http://here.invalid").ok()?;
    let url = here.join(text).ok().filter(|url| url.origin() == here.origin())?;
    let path = url.as_str().strip_prefix("http://here.invalid")?;
    // `/..//elsewhere` has become an address of its own.
    (path.len() <= LENGTH_MAX && !path.starts_with("//")).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_our_own_stays_what_it_is() {
        for (text, path) in [
            ("/", "/"),
            ("/me", "/me"),
            ("/courses/1?tab=a%20b#part", "/courses/1?tab=a%20b#part"),
            ("/kurs/ä", "/kurs/%C3%A4"),
            ("/a?to=https://elsewhere.example", "/a?to=https://elsewhere.example"),
            ("/a/../b", "/b"),
        ] {
            assert_eq!(own_path(text).as_deref(), Some(path), "{text}");
        }
        let longest = format!("/{}", "a".repeat(LENGTH_MAX - 1));
        assert_eq!(own_path(&longest), Some(longest.clone()));
        assert_eq!(own_path(&format!("{longest}a")), None);
        assert_eq!(own_path(&format!("/{}", "ä".repeat(500))), None, "percent-encoded it is too long");
    }

    #[test]
    fn nothing_leads_elsewhere() {
        for text in [
            "",
            "me",
            "//elsewhere.example",
            "///elsewhere.example",
            "/\\elsewhere.example",
            "\\\\elsewhere.example",
            "/\t/elsewhere.example",
            "/\n/elsewhere.example",
            "\t//elsewhere.example",
            " //elsewhere.example",
            "/..//elsewhere.example",
            "/.//elsewhere.example",
            "/a/..//elsewhere.example",
            "/%2e%2e//elsewhere.example",
            "https://elsewhere.example",
            "https:elsewhere.example",
            "http://here.invalid@elsewhere.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "@elsewhere.example",
            ".elsewhere.example",
            "/a\r\nset-cookie: x=y",
        ] {
            assert_eq!(own_path(text), None, "{text:?}");
        }
    }
}
