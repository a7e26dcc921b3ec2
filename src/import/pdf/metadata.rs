//! Metadata of a PDF: the information dictionary, XMP and the language of the catalog.

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Stream, String as PdfString};

use super::text_string::decode_text_string;

/// Maximum size of the XMP metadata that is read.
const MAX_XMP: usize = 1 << 20;
/// Maximum length of a title in characters.
const MAX_TITLE: usize = 300;

/// Metadata of a file.
#[derive(Debug, Default)]
pub struct Metadata {
    pub title: Option<String>,
    pub authors: Vec<String>,
    /// Date `YYYY-MM-DD` that the publisher states.
    pub published: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub language: Option<String>,
}

/// Reads the metadata.
pub fn read_metadata(pdf: &Pdf) -> Metadata {
    let info = pdf.metadata();
    let text = |bytes: &Option<Box<[u8]>>| {
        let text = one_line(&decode_text_string(bytes.as_deref()?));
        (!text.is_empty()).then_some(text)
    };
    let xref = pdf.xref();
    let catalog = xref.get::<Dict<'_>>(xref.root_id());
    let language = catalog
        .as_ref()
        .and_then(|catalog| catalog.get::<PdfString<'_>>("Lang"))
        .map(|language| decode_text_string(language.as_bytes()));
    let xmp = catalog
        .as_ref()
        .and_then(|catalog| catalog.get::<Stream<'_>>("Metadata"))
        .and_then(|stream| stream.decoded_data().ok().map(|data| data.into_owned()))
        .filter(|data| data.len() <= MAX_XMP)
        .map(|data| String::from_utf8_lossy(&data).into_owned())
        .unwrap_or_default();
    let creator = text(&info.creator).unwrap_or_default();
    Metadata {
        title: text(&info.title)
            .or_else(|| xmp_values(&xmp, "dc:title").into_iter().next())
            .filter(|title| is_title(title)),
        authors: authors(text(&info.author), &xmp, &creator),
        published: xmp_values(&xmp, "dc:date").first().and_then(|date| day_of(date)),
        description: text(&info.subject),
        tags: text(&info.keywords).map(|keywords| list(&keywords)).unwrap_or_default(),
        language: language.map(|language| language.trim().to_owned()).filter(|l| is_language(l)),
    }
}

fn authors(author: Option<String>, xmp: &str, creator: &str) -> Vec<String> {
    let named = match author {
        Some(author) => names(&author),
        None => xmp_values(xmp, "dc:creator"),
    };
    let is_name = |name: &String| {
        let lower = name.to_lowercase();
        let is_account = ["user", "admin", "administrator", "owner", "author", "unknown", "root"];
        name.chars().any(char::is_alphabetic)
            && !is_account.contains(&lower.as_str())
            && !creator.to_lowercase().starts_with(&lower)
    };
    named.into_iter().filter(is_name).collect()
}

/// Divides names. A comma divides them unless it divides a surname from a first name.
fn names(authors: &str) -> Vec<String> {
    let authors = authors.replace(" and ", ";").replace(" & ", ";");
    let separator = match authors.contains(';') {
        true => ';',
        false => ',',
    };
    let parts: Vec<_> = authors.split(separator).map(str::trim).filter(|p| !p.is_empty()).collect();
    let is_whole = separator == ',' && parts.iter().any(|name| !name.contains(' '));
    match is_whole {
        true => vec![authors.trim().to_owned()],
        false => parts.into_iter().map(str::to_owned).collect(),
    }
}

fn list(keywords: &str) -> Vec<String> {
    let separator = if keywords.contains(';') { ';' } else { ',' };
    let parts = keywords.split(separator).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Returns whether a title is one, and not what a program fills in.
fn is_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let programs = [
        "microsoft word",
        "microsoft powerpoint",
        "powerpoint",
        "untitled",
        "untitled-",
        "document",
        "slide ",
        "print",
        "layout ",
        "about:blank",
        "index",
        "title",
        "unknown",
        "data:",
    ];
    let is_program =
        |name: &&str| lower == name.trim_end() || (name.len() > 9 && lower.starts_with(*name));
    let extensions = [
        ".doc", ".docx", ".pdf", ".dvi", ".tex", ".indd", ".qxd", ".ps", ".eps", ".odt", ".rtf",
        ".ppt", ".pptx", ".txt", ".html", ".htm", ".md", ".fm", ".p65", ".pmd",
    ];
    let is_file = extensions.iter().any(|extension| lower.ends_with(extension))
        || lower.starts_with("file:")
        || lower.contains(":\\");
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let is_code = !title.contains(' ') && title.chars().any(|c| c.is_ascii_digit() || c == '_');
    !programs.iter().any(is_program)
        && !is_file
        && !is_code
        && letters >= 3
        && title.chars().count() <= MAX_TITLE
}

fn is_language(tag: &str) -> bool {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    (2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_alphabetic())
}

/// Returns the day of an ISO 8601 date, if it has one.
fn day_of(date: &str) -> Option<String> {
    let day = date.get(..10)?;
    let is_day = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_day.then(|| day.to_owned())
}

/// Returns the values of an XMP property. XMP is read as text, not as XML: without entities other
/// than the predefined ones, and without nesting.
fn xmp_values(xmp: &str, property: &str) -> Vec<String> {
    let Some((_, rest)) = xmp.split_once(&format!("<{property}>")) else { return Vec::new() };
    let Some((content, _)) = rest.split_once(&format!("</{property}>")) else { return Vec::new() };
    let items: Vec<_> = content
        .split("<rdf:li")
        .skip(1)
        .filter_map(|item| item.split_once('>')?.1.split_once("</rdf:li>").map(|(value, _)| value))
        .collect();
    let values = if items.is_empty() && !content.contains('<') { vec![content] } else { items };
    let values = values.into_iter().map(|value| one_line(&unescape(value)));
    values.filter(|value| !value.is_empty()).collect()
}

fn unescape(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (entity, value)| text.replace(entity, value))
}

fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_of_a_program_is_none() {
        let check = |title: &str, expected: bool| assert_eq!(is_title(title), expected, "{title}");
        check("The Tides of the North Sea", true);
        check("Tides", true);
        check("Microsoft Word - tides.doc", false);
        check("tides_final.indd", false);
        check("untitled", false);
        check("10.1007_s001", false);
        check("C:\\texts\\tides", false);
        check("", false);
    }

    #[test]
    fn authors_are_divided() {
        let check = |authors: &str, expected: &[&str]| assert_eq!(names(authors), expected);
        check("Ada Tide, Ben Moon", &["Ada Tide", "Ben Moon"]);
        check("Ada Tide and Ben Moon", &["Ada Tide", "Ben Moon"]);
        check("Tide, Ada; Moon, Ben", &["Tide, Ada", "Moon, Ben"]);
        check("Tide, Ada", &["Tide, Ada"]);
    }

    #[test]
    fn xmp_property_is_read() {
        let xmp = "<dc:date><rdf:Seq><rdf:li>2024-05-06T07:08</rdf:li></rdf:Seq></dc:date>\
            <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">Tides &amp; Moon</rdf:li></rdf:Alt></dc:title>";
        assert_eq!(xmp_values(xmp, "dc:title"), ["Tides & Moon"]);
        assert_eq!(day_of(&xmp_values(xmp, "dc:date")[0]).as_deref(), Some("2024-05-06"));
    }
}
