//! Styles of paragraphs and characters.

use std::collections::HashMap;

use crate::import::markup::{NodeId, Tree, parse_xml};

/// Maximum length of a chain of styles that are based on each other.
const MAX_CHAIN: usize = 20;
/// Words for a heading in the names of styles, in lower case and without spaces. Word itself stores
/// the English name in every language, but other programs do not.
const HEADING_WORDS: [&str; 20] = [
    "heading",
    "überschrift",
    "titre",
    "заголовок",
    "encabezado",
    "título",
    "titolo",
    "titulo",
    "kop",
    "rubrik",
    "overskrift",
    "otsikko",
    "nagłówek",
    "nadpis",
    "címsor",
    "başlık",
    "标题",
    "標題",
    "見出し",
    "제목",
];
/// Names of styles for quotations, in lower case.
const QUOTES: [&str; 15] = [
    "quote",
    "intense quote",
    "block text",
    "quotations",
    "block quotation",
    "blockquote",
    "zitat",
    "intensives zitat",
    "citation",
    "citation intense",
    "cita",
    "cita destacada",
    "цитата 2",
    "цитата",
    "citazione",
];
/// Parts of the names of styles for program code, in lower case.
const CODES: [&str; 9] = [
    "source code",
    "sourcecode",
    "html preformatted",
    "preformatted",
    "code block",
    "codeblock",
    "plain text code",
    "verbatim",
    "html code",
];

/// Starts of the names of fonts for program code, in lower case.
const MONOSPACED: [&str; 11] = [
    "courier",
    "consolas",
    "menlo",
    "monaco",
    "lucida console",
    "dejavu sans mono",
    "liberation mono",
    "source code",
    "roboto mono",
    "cascadia",
    "jetbrains mono",
];

/// The role of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Text,
    /// Heading of a level from 1.
    Heading(u8),
    Title,
    Author,
    Date,
    Quote,
    Code,
    /// Entry of a table of contents or of an index.
    Directory,
    /// Further paragraph of the list item before it.
    Continuation,
}

/// A reference to a level of a numbering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListLevel {
    pub numbering: String,
    pub level: usize,
}

/// Formatting of characters. `None` is inherited.
#[derive(Debug, Clone, Copy, Default)]
pub struct CharFormat {
    pub bold: Option<bool>,
    pub italic: Option<bool>,
    pub hidden: Option<bool>,
    /// Whether the font has letters of one width.
    pub monospaced: Option<bool>,
}

impl CharFormat {
    /// Parses run properties.
    pub fn parse(tree: &Tree<'_>, properties: NodeId) -> Self {
        let flag = |name: &str| {
            let element = tree.child(properties, name)?;
            let value = tree.attribute(element, "val");
            Some(
                !value
                    .is_some_and(|value| matches!(value.as_ref(), "0" | "false" | "off" | "none")),
            )
        };
        let fonts = tree.child(properties, "w:rFonts");
        let font = fonts.and_then(|fonts| tree.attribute(fonts, "ascii"));
        let monospaced = font.map(|font| {
            let font = font.to_lowercase();
            MONOSPACED.iter().any(|name| font.starts_with(name))
        });
        Self { bold: flag("w:b"), italic: flag("w:i"), hidden: flag("w:vanish"), monospaced }
    }

    /// Returns the format with what it inherits.
    pub fn or(self, inherited: Self) -> Self {
        Self {
            bold: self.bold.or(inherited.bold),
            italic: self.italic.or(inherited.italic),
            hidden: self.hidden.or(inherited.hidden),
            monospaced: self.monospaced.or(inherited.monospaced),
        }
    }
}

#[derive(Debug, Default)]
struct Style {
    /// Name in lower case.
    name: String,
    based_on: Option<String>,
    /// Level from 0; 9 is that of body text.
    outline_level: Option<u8>,
    numbering: Option<String>,
    level: Option<usize>,
    format: CharFormat,
}

/// The styles of a document by their ids.
#[derive(Debug, Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    default_paragraph: Option<String>,
}

impl Styles {
    /// Parses the part `styles.xml`.
    pub fn parse(source: &str) -> Self {
        let (tree, _) = parse_xml(source);
        let mut styles = Self::default();
        for id in tree.subtree(Tree::ROOT).filter(|id| tree.name(*id) == "w:style") {
            let value = |name: &str| {
                let element = tree.child(id, name)?;
                Some(tree.attribute(element, "val")?.into_owned())
            };
            let paragraph = tree.child(id, "w:pPr");
            let run = tree.child(id, "w:rPr");
            let list = paragraph.and_then(|paragraph| tree.child(paragraph, "w:numPr"));
            let style = Style {
                name: value("w:name").unwrap_or_default().trim().to_lowercase(),
                based_on: value("w:basedOn"),
                outline_level: paragraph.and_then(|paragraph| outline_level(&tree, paragraph)),
                numbering: list.and_then(|list| child_value(&tree, list, "w:numId")),
                level: list
                    .and_then(|list| child_value(&tree, list, "w:ilvl"))
                    .and_then(|level| level.parse().ok()),
                format: run.map_or_else(CharFormat::default, |run| CharFormat::parse(&tree, run)),
            };
            let key = tree.attribute(id, "styleId").unwrap_or_default().into_owned();
            let is_default = tree.attribute(id, "default").is_some_and(|v| v == "1" || v == "true");
            if is_default && tree.attribute(id, "type").as_deref() == Some("paragraph") {
                styles.default_paragraph = Some(key.clone());
            }
            styles.styles.insert(key, style);
        }
        styles
    }

    /// Returns a style and those that it is based on.
    fn chain<'s>(&'s self, id: &str) -> impl Iterator<Item = &'s Style> {
        let first = self.styles.get(id);
        let next = |style: &&'s Style| self.styles.get(style.based_on.as_deref()?);
        std::iter::successors(first, next).take(MAX_CHAIN)
    }

    /// Returns the role of a paragraph with the style, or with the default one.
    pub fn role(&self, id: Option<&str>) -> Role {
        let Some(id) = id.or(self.default_paragraph.as_deref()) else { return Role::Text };
        if !self.styles.contains_key(id) {
            return role_by_name(&id.to_lowercase()).unwrap_or(Role::Text);
        }
        for style in self.chain(id) {
            if let Some(role) = role_by_name(&style.name) {
                return role;
            }
            match style.outline_level {
                Some(level @ 0..=8) => return Role::Heading(level + 1),
                Some(_) => return Role::Text,
                None => {}
            }
        }
        Role::Text
    }

    /// Returns the level of a list that the style gives to a paragraph.
    pub fn list(&self, id: Option<&str>) -> Option<ListLevel> {
        let id = id.or(self.default_paragraph.as_deref())?;
        let numbering = self.chain(id).find_map(|style| style.numbering.clone())?;
        let level = self.chain(id).find_map(|style| style.level).unwrap_or(0);
        Some(ListLevel { numbering, level })
    }

    /// Returns the format that a style gives to characters.
    pub fn format(&self, id: Option<&str>) -> CharFormat {
        let chain = id.into_iter().flat_map(|id| self.chain(id));
        chain.fold(CharFormat::default(), |format, style| format.or(style.format))
    }

    /// Returns whether a style of characters is for program code.
    pub fn is_code(&self, id: &str) -> bool {
        let name = self.styles.get(id).map_or(id, |style| style.name.as_str()).to_lowercase();
        CODES.iter().any(|code| name.contains(code)) || name == "code"
    }
}

/// Returns the outline level of paragraph properties, from 0.
pub fn outline_level(tree: &Tree<'_>, properties: NodeId) -> Option<u8> {
    child_value(tree, properties, "w:outlineLvl")?.parse().ok()
}

/// Returns the `val` attribute of a child.
pub fn child_value(tree: &Tree<'_>, id: NodeId, name: &str) -> Option<String> {
    Some(tree.attribute(tree.child(id, name)?, "val")?.into_owned())
}

/// Returns the role that a name of a style says, in lower case.
fn role_by_name(name: &str) -> Option<Role> {
    let joined: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let is_directory = |start: &str| {
        joined.strip_prefix(start).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
            && joined != start
    };
    if let Some(level) = heading_level(&joined) {
        return Some(Role::Heading(level));
    }
    if ["toc", "index", "contents", "содержание", "оглавление", "verzeichnis"]
        .iter()
        .any(|s| is_directory(s))
        || matches!(name, "toc heading" | "contents heading" | "table of figures" | "index heading")
    {
        return Some(Role::Directory);
    }
    match name {
        "title" | "titel" | "заглавие" => Some(Role::Title),
        "author" => Some(Role::Author),
        "date" => Some(Role::Date),
        "code" => Some(Role::Code),
        "normal" | "standard" | "body text" => Some(Role::Text),
        _ if joined.starts_with("listcontinue") => Some(Role::Continuation),
        _ if QUOTES.contains(&name) => Some(Role::Quote),
        _ if CODES.iter().any(|code| name.contains(code)) => Some(Role::Code),
        _ => None,
    }
}

/// Returns the level in a name such as `heading2`.
fn heading_level(name: &str) -> Option<u8> {
    let rest = HEADING_WORDS.iter().find_map(|word| name.strip_prefix(word))?;
    let level: u8 = rest.trim_start_matches(['-', '_', '.']).parse().ok()?;
    (1..=9).contains(&level).then_some(level)
}
