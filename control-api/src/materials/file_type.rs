//! The types of files that there may be. What a browser would run as a page of ours (HTML, SVG, scripts, XML) is none of them.

/// Media types, and what the store's names end with.
const MATERIALS: &[(&str, &str)] = &[
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/epub+zip", "epub"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("application/vnd.oasis.opendocument.presentation", "odp"),
    ("text/plain", "txt"),
    ("text/markdown", "md"),
    ("text/csv", "csv"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/avif", "avif"),
    ("audio/mpeg", "mp3"),
    ("audio/mp4", "m4a"),
    ("audio/ogg", "ogg"),
    ("audio/wav", "wav"),
    ("audio/webm", "weba"),
    ("video/mp4", "mp4"),
    ("video/webm", "webm"),
];
/// Those that are packaged for streaming. As they are, every browser plays the others, and some of them QuickTime.
const VIDEOS: &[(&str, &str)] = &[("video/mp4", "mp4"), ("video/quicktime", "mov"), ("video/webm", "webm")];

/// What the name of such a file ends with; `None` for a type that there may not be. Without parameters, in lower case.
pub(super) fn extension(content_type: &str, is_video: bool) -> Option<&'static str> {
    let known = if is_video { VIDEOS } else { MATERIALS };
    known.iter().find(|(known, _)| *known == content_type).map(|(_, extension)| *extension)
}

/// What there may be, for people.
pub(super) fn allowed(is_video: bool) -> String {
    let known = if is_video { VIDEOS } else { MATERIALS };
    format!("one of {}", known.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_is_a_material() {
        for running in
            ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript", "TEXT/PLAIN", ""]
        {
            assert_eq!(extension(running, false), None, "{running}");
            assert_eq!(extension(running, true), None, "{running}");
        }
        assert_eq!(extension("application/pdf", false), Some("pdf"));
        assert_eq!(extension("application/pdf", true), None);
        assert_eq!(extension("video/webm", true), Some("webm"));
    }
}
