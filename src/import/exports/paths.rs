//! Paths and links within an export. Pure.

use percent_encoding::percent_decode_str;

/// Returns whether a file name has one of the extensions, which are in lower case.
pub fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let extension = file_name(path).rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|own| extensions.iter().any(|one| own.eq_ignore_ascii_case(one)))
}

/// Returns a path without the extension of its file.
pub fn without_extension(path: &str) -> &str {
    match path.rfind('.').filter(|dot| !path[*dot..].contains('/')) {
        Some(dot) => &path[..dot],
        None => path,
    }
}

/// Returns the last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns the folder of a path, which may be empty.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns whether a file or one of its folders is hidden or belongs to an operating system.
pub fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// Returns the folder that all paths have in common as their first part.
pub fn common_folder<'a>(mut paths: impl Iterator<Item = &'a str>) -> Option<String> {
    let (first, _) = paths.next()?.split_once('/')?;
    let is_common = |path: &str| path.split_once('/').is_some_and(|(folder, _)| folder == first);
    paths.all(is_common).then(|| first.to_owned())
}

/// Returns the path that a relative link in a file leads to. `None` for an address of the web, and
/// for a link that leads out of the export.
pub fn linked_path(from: &str, href: &str) -> Option<String> {
    let href = href.split(['#', '?']).next().unwrap_or_default();
    let has_scheme = href.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    if href.is_empty() || href.starts_with("//") || has_scheme {
        return None;
    }
    let decoded = percent_decode_str(href).decode_utf8_lossy();
    let (base, relative) = match decoded.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (folder(from), decoded.as_ref()),
    };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_leads_to_a_path_of_the_export() {
        let check = |href: &str, expected: &str| {
            assert_eq!(linked_path("a/b.md", href).unwrap_or_default(), expected, "{href}");
        };
        check("c%20d.md#e", "a/c d.md");
        check("../c.md", "c.md");
        check("/c.md", "c.md");
        check("../../c.md", "");
        check("https://a.example/b.md", "");
        check("mailto:a@b.example", "");
        check("#part", "");
        assert_eq!(common_folder(["a/b", "a/c/d"].into_iter()).as_deref(), Some("a"));
        assert_eq!(common_folder(["a/b", "c"].into_iter()), None);
        assert_eq!(without_extension("a.b/c"), "a.b/c");
    }
}
