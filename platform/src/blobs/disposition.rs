//! What a browser calls a file that it saves: `Content-Disposition` (RFC 6266), with any name that people give.
//!
//! A name comes from people. Here it becomes one that leads nowhere else, hides nothing and fits every system; what is not
//! ASCII stands in `filename*` (RFC 8187), and as `_` in `filename` for who does not read that.

use std::fmt::Write as _;

/// The longest name, in bytes of UTF-8: file systems take 255, and a browser adds ` (1)`.
const NAME_BYTES_MAX: usize = 200;
/// The longest ending that a name that is cut keeps, in bytes, with its dot.
const ENDING_BYTES_MAX: usize = 16;
/// What a file is called of whose name nothing is left.
const NAMELESS: &str = "file";

/// Whether a file of that media type is shown where it is fetched, rather than saved. What could run is not.
pub(super) fn is_shown(content_type: &str) -> bool {
    ["video/", "audio/", "image/"].iter().any(|family| content_type.starts_with(family))
}

/// The header's value for a file of that media type, by its name if it has one.
pub(super) fn disposition(content_type: &str, name: Option<&str>) -> String {
    let way = if is_shown(content_type) { "inline" } else { "attachment" };
    let Some(name) = name.map(safe) else { return way.to_owned() };
    let is_plain = |c: char| c.is_ascii() && c != '%';
    let ascii: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut value = format!("{way}; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            // `attr-char` of RFC 8187, section 3.2.1.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    value
}

/// A name without what is a path, a quote, a control character or an override of the writing direction, or is forbidden on some
/// system; neither hidden nor with an end that is dropped; of bounded length, with its ending.
fn safe(name: &str) -> String {
    let is_invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let clean = |c: char| if r#"/\"<>:|?*;"#.contains(c) { '_' } else { c };
    let name: String = name.chars().filter(|c| !is_invisible(*c)).map(clean).collect();
    let is_edge = |c: char| c == '.' || c.is_whitespace();
    let name = name.trim_matches(is_edge);
    let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
    let ending = if ending.len() <= ENDING_BYTES_MAX { ending } else { "" };
    let stem = &name[..name.len() - ending.len()];
    let stem = stem[..stem.floor_char_boundary(NAME_BYTES_MAX - ending.len())].trim_end_matches(is_edge);
    if stem.is_empty() { NAMELESS.to_owned() + ending } else { format!("{stem}{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_said_to_old_and_new_clients() {
        for (name, expected) in [
            ("notes.pdf", r#"attachment; filename="notes.pdf""#),
            ("Chapter 1, part 2.pdf", r#"attachment; filename="Chapter 1, part 2.pdf""#),
            ("Übung.pdf", r#"attachment; filename="_bung.pdf"; filename*=UTF-8''%C3%9Cbung.pdf"#),
            ("🎉 party.pdf", r#"attachment; filename="_ party.pdf"; filename*=UTF-8''%F0%9F%8E%89%20party.pdf"#),
            ("100%.pdf", r#"attachment; filename="100_.pdf"; filename*=UTF-8''100%25.pdf"#),
            ("it's (new).pdf", r#"attachment; filename="it's (new).pdf""#),
        ] {
            assert_eq!(disposition("application/pdf", Some(name)), expected);
        }
        assert_eq!(disposition("video/mp4", Some("a.mp4")), r#"inline; filename="a.mp4""#);
        assert_eq!(
            (disposition("image/png", None), disposition("text/plain", None)),
            ("inline".into(), "attachment".into())
        );
    }

    #[test]
    fn no_name_leads_elsewhere_or_breaks_the_header() {
        for (name, expected) in [
            ("../../etc/passwd", "_._etc_passwd"),
            ("..\\..\\boot.ini", "_.._boot.ini"),
            ("a\"; filename=\"b.exe", "a__ filename=_b.exe"),
            ("a\r\nSet-Cookie: b=c", "aSet-Cookie_ b=c"),
            ("exe.\u{202E}fdp.txt", "exe.fdp.txt"),
            ("\u{0}\u{7f}\u{85}x.pdf", "x.pdf"),
            (".htaccess", "htaccess"),
            ("name. . .", "name"),
            ("CON:aux|?.txt", "CON_aux__.txt"),
            ("", "file"),
            (" ... ", "file"),
            ("\u{200B}.pdf", "pdf"),
        ] {
            assert_eq!(safe(name), expected, "{name:?}");
            let header = disposition("application/pdf", Some(name));
            assert!(axum::http::HeaderValue::from_str(&header).is_ok(), "{header}");
            assert_eq!(header.matches('"').count(), 2, "{header}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = safe(&format!("{}.pdf", "a".repeat(300)));
        assert_eq!((name.len(), &name[name.len() - 5..]), (NAME_BYTES_MAX, "a.pdf"));
        let name = safe(&format!("{}.pdf", "€".repeat(200)));
        assert!(name.len() <= NAME_BYTES_MAX && name.ends_with("€.pdf") && name.len() > NAME_BYTES_MAX - 4, "{name}");
        assert_eq!(safe(&format!("a.{}", "b".repeat(300))).len(), NAME_BYTES_MAX);
        assert_eq!(safe(&"x".repeat(NAME_BYTES_MAX)), "x".repeat(NAME_BYTES_MAX));
    }
}
