//! A parser of Telegram's HTML into text with entities, as strict as Telegram's.

/// A formatted range, in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    pub kind: String,
    pub from: usize,
    pub to: usize,
    pub url: Option<String>,
}

const TAGS: [&str; 17] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "blockquote",
    "tg-spoiler",
    "a",
    "span",
    "tg-emoji",
    "tg-time",
];

/// Returns the text that a reader sees, and its entities.
pub fn parse(html: &str) -> Result<(String, Vec<Entity>), String> {
    let mut text = String::new();
    let mut units = 0;
    let mut open: Vec<Entity> = Vec::new();
    let mut entities = Vec::new();
    let mut at = 0;
    while let Some(c) = html[at..].chars().next() {
        match c {
            '<' => {
                let end = html[at..]
                    .find('>')
                    .ok_or(format!("Unclosed start tag at byte offset {at}"))?
                    + at;
                tag(&html[at + 1..end], at, units, &mut open, &mut entities)?;
                at = end + 1;
            }
            '&' => {
                let (decoded, length) = reference(&html[at..]);
                text.push(decoded);
                units += decoded.len_utf16();
                at += length;
            }
            _ => {
                if let Some(cleaned) = clean(c) {
                    text.push(cleaned);
                    units += cleaned.len_utf16();
                }
                at += c.len_utf8();
            }
        }
    }
    match open.last() {
        Some(left) => {
            Err(format!("Can't find end tag corresponding to start tag \"{}\"", left.kind))
        }
        None => Ok((text.trim().to_owned(), entities)),
    }
}

fn tag(
    tag: &str,
    at: usize,
    units: usize,
    open: &mut Vec<Entity>,
    entities: &mut Vec<Entity>,
) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        let last = open.pop().ok_or(format!("Unexpected end tag at byte offset {at}"))?;
        if last.kind != name {
            return Err(format!(
                "Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"",
                last.kind
            ));
        }
        // Telegram silently drops a link without an address, and a quotation in a quotation.
        let is_dropped = (last.kind == "a"
            && last.url.as_deref().is_none_or(|url| !url.starts_with("http")))
            || (last.kind == "blockquote" && open.iter().any(|outer| outer.kind == "blockquote"));
        if !is_dropped && units > last.from {
            entities.push(Entity { to: units, ..last });
        }
        return Ok(());
    }
    let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
    if !TAGS.contains(&name) {
        return Err(format!("Unsupported start tag \"{name}\" at byte offset {at}"));
    }
    let url = rest.strip_prefix("href=\"").and_then(|rest| rest.strip_suffix('"'));
    let is_known = rest.is_empty()
        || (name == "a" && url.is_some())
        || (name == "blockquote" && rest == "expandable")
        || (name == "tg-time" && rest.starts_with("unix=\"") && rest.ends_with("format=\"dt\""));
    if !is_known {
        return Err(format!("Unexpected attribute in \"{name}\" at byte offset {at}"));
    }
    let url = url.map(|url| url.replace("&quot;", "\"").replace("&amp;", "&"));
    open.push(Entity { kind: name.to_owned(), from: units, to: units, url });
    Ok(())
}

/// Decodes a character reference. Only four names exist; any other text stays as it is.
fn reference(text: &str) -> (char, usize) {
    const NAMES: [(&str, char); 4] =
        [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')];
    if let Some((name, decoded)) = NAMES.iter().find(|(name, _)| text.starts_with(name)) {
        return (*decoded, name.len());
    }
    if let Some(digits) = text.strip_prefix("&#")
        && let Some(end) = digits.find(';')
        && let Some(decoded) = digits[..end].parse().ok().and_then(char::from_u32)
    {
        return (decoded, end + 3);
    }
    ('&', 1)
}

fn clean(c: char) -> Option<char> {
    match c {
        '\r' | '\u{2028}'..='\u{202e}' => None,
        '\n' => Some('\n'),
        c if (c as u32) < 32 => Some(' '),
        c => Some(c),
    }
}

#[test]
fn html_parser_refuses_what_telegram_refuses() {
    assert_eq!(parse("a &lt;b&gt; <b>c&amp;</b> &nbsp;").unwrap().0, "a <b> c& &nbsp;");
    for bad in [
        "<b>",
        "</b>",
        "<b><i></b></i>",
        "<p>x</p>",
        "a < b",
        "<a href=x>y</a>",
        "<b class=\"x\">y</b>",
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
    assert!(parse("<a href=\"nowhere\">y</a>").unwrap().1.is_empty());
    assert_eq!(parse("<blockquote>a<blockquote>b</blockquote></blockquote>").unwrap().1.len(), 1);
}
