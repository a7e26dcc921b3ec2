//! Parsing of XML to a tree.
//!
//! Document type declarations are ignored, so no entity is expanded but the predefined ones, the
//! numeric ones and, for XHTML in packages, those of HTML.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::attributes::raw_attributes;
use super::references::entity;
use super::tree::{Attributes, Builder, Tree};

/// Namespaces whose elements get a fixed prefix, whatever prefix a file uses. The
/// names of elements in other namespaces keep the prefix of the file.
const PREFIXES: [(&str, &str); 8] = [
    ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "w"),
    ("http://purl.oclc.org/ooxml/wordprocessingml/main", "w"),
    ("http://schemas.openxmlformats.org/officeDocument/2006/math", "m"),
    ("http://purl.oclc.org/ooxml/officeDocument/math", "m"),
    ("http://schemas.openxmlformats.org/markup-compatibility/2006", "mc"),
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://www.idpf.org/2007/opf", ""),
    ("http://www.daisy.org/z3986/2005/ncx/", ""),
];

/// Parses XML. A mistake ends the file, and what is before it is kept: returns `true` if there was
/// one.
pub fn parse_xml(source: &str) -> (Tree<'_>, bool) {
    let mut reader = Reader::from_str(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut builder = Builder::new();
    // Declared prefixes that differ from the fixed ones.
    let mut prefixes: Vec<(String, &'static str)> = Vec::new();
    let is_damaged = loop {
        if builder.is_full() {
            break true;
        }
        match reader.read_event() {
            Ok(Event::Start(tag)) => start(&mut builder, &mut prefixes, &tag, source),
            Ok(Event::Empty(tag)) => {
                start(&mut builder, &mut prefixes, &tag, source);
                builder.end();
            }
            Ok(Event::End(_)) => builder.end(),
            Ok(Event::Text(text)) => builder.text(text.into_inner()),
            Ok(Event::CData(text)) => builder.text(text.into_inner()),
            Ok(Event::GeneralRef(reference)) => builder.text(resolve(&reference)),
            Ok(Event::Eof) => break builder.open.len() > 1,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => break true,
        }
    };
    (builder.finish(), is_damaged)
}

fn start<'a>(
    builder: &mut Builder<'a>,
    prefixes: &mut Vec<(String, &'static str)>,
    tag: &BytesStart<'a>,
    source: &'a str,
) {
    let attributes = within(source, tag.attributes_raw());
    if attributes.contains("xmlns") {
        declare(prefixes, attributes);
    }
    let full = within(source, tag.name().into_inner());
    let (prefix, local) = full.split_once(':').unwrap_or(("", full));
    // The innermost declaration is the last one. Declarations do not end with their element: a
    // prefix does not change its meaning in the files of any known program.
    let declared = prefixes.iter().rev().find(|(declared, _)| declared == prefix);
    let name = match declared {
        Some((_, "")) => Cow::Borrowed(local),
        Some((_, fixed)) if *fixed != prefix => Cow::Owned(format!("{fixed}:{local}")),
        _ => Cow::Borrowed(full),
    };
    builder.start(name, Attributes::Raw(attributes));
}

/// Records the declarations of namespaces among the attributes of an element.
fn declare(prefixes: &mut Vec<(String, &'static str)>, attributes: &str) {
    for (key, value) in raw_attributes(attributes) {
        let Some(rest) = key.strip_prefix("xmlns") else { continue };
        let prefix = rest.trim_start_matches(':');
        let fixed = PREFIXES.iter().find(|(namespace, _)| *namespace == value);
        let known = prefixes.iter().position(|(declared, _)| declared == prefix);
        if let Some((_, fixed)) = fixed
            && known.is_none_or(|at| prefixes[at].1 != *fixed)
        {
            prefixes.retain(|(declared, _)| declared != prefix);
            prefixes.push((prefix.to_owned(), fixed));
        }
    }
}

/// Returns `part`, a slice of `source`, with the lifetime of `source`. The events of a reader of a
/// `str` borrow from it, but their accessors shorten the lifetime.
fn within<'a>(source: &'a str, part: &str) -> &'a str {
    let from = (part.as_ptr() as usize).wrapping_sub(source.as_ptr() as usize);
    source.get(from..from.wrapping_add(part.len())).unwrap_or_default()
}

/// Returns the text of an entity or a character reference, without `&` and `;`.
fn resolve<'a>(reference: &BytesRef<'a>) -> Cow<'a, str> {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return Cow::Owned(char.to_string());
    }
    entity(&reference.clone().into_inner())
}
