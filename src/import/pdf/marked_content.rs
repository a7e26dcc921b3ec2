//! Marked content: what a tagged PDF says of the text on its pages.
//!
//! The content of a page is divided into marked sequences, which the structure tree refers to by
//! page and number (MCID). Terms as in ISO 32000-1, 14.6 to 14.8.

use std::collections::{HashMap, HashSet};

use hayro_syntax::object::{Dict, Name, Object, ObjectIdentifier};
use hayro_syntax::xref::XRef;

use super::text_string::decode_text_string;

/// Maximum number of elements of a structure tree that are read.
const MAX_ELEMENTS: usize = 500_000;
/// Maximum number of marked content sequences within one another.
const MAX_DEPTH: usize = 200;

/// The role that the structure tree gives a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// The text is not in the structure tree.
    #[default]
    Unknown,
    /// Text that is not a heading.
    Text,
    /// Heading of a level, from 1. The title of the document has level 1, too.
    Heading(u8),
}

/// Roles of the marked content of one page by MCID.
pub type PageRoles = HashMap<i32, Role>;

/// Roles of the marked content by page. Empty if the file is not tagged or its tags do not tell
/// headings from text.
pub type Roles = HashMap<ObjectIdentifier, PageRoles>;

/// Element of the structure tree that is still to be read.
struct Pending<'a> {
    kids: Object<'a>,
    page: Option<ObjectIdentifier>,
    role: Role,
}

/// Reads the structure tree.
pub fn read_roles(xref: &XRef) -> Roles {
    let mut roles = Roles::new();
    let Some(catalog) = xref.get::<Dict<'_>>(xref.root_id()) else { return roles };
    let Some(tree) = catalog.get::<Dict<'_>>("StructTreeRoot") else { return roles };
    let names = tree.get::<Dict<'_>>("RoleMap");
    let mut seen = HashSet::new();
    let mut count = 0;
    let mut pending = Vec::new();
    if let Some(kids) = tree.get::<Object<'_>>("K") {
        pending.push(Pending { kids, page: None, role: Role::Text });
    }
    while let Some(Pending { kids, page, role }) = pending.pop() {
        count += 1;
        if count > MAX_ELEMENTS {
            break;
        }
        match kids {
            Object::Array(array) => {
                let kids = array.iter::<Object<'_>>();
                pending.extend(kids.map(|kids| Pending { kids, page, role }));
            }
            Object::Number(number) => {
                if let Some(page) = page {
                    roles.entry(page).or_default().insert(number.as_f64() as i32, role);
                }
            }
            Object::Dict(element) => {
                let page = element.get_ref("Pg").map(ObjectIdentifier::from).or(page);
                if let Some(id) = element.get::<i32>("MCID") {
                    if let Some(page) = page {
                        roles.entry(page).or_default().insert(id, role);
                    }
                } else if element.obj_id().is_none_or(|id| seen.insert(id)) {
                    let role = role_of(&element, names.as_ref(), role);
                    if let Some(kids) = element.get::<Object<'_>>("K") {
                        pending.push(Pending { kids, page, role });
                    }
                }
            }
            _ => {}
        }
    }
    let has_headings =
        roles.values().flat_map(HashMap::values).any(|role| matches!(role, Role::Heading(_)));
    match has_headings {
        true => roles,
        false => Roles::new(),
    }
}

fn role_of(element: &Dict<'_>, names: Option<&Dict<'_>>, parent: Role) -> Role {
    let Some(name) = element.get::<Name<'_>>("S") else { return parent };
    let mapped = names.and_then(|names| names.get::<Name<'_>>(&*name));
    let standard = |name: &str| match name {
        "Title" | "H" => Some(Role::Heading(1)),
        "TOC" | "TOCI" | "Table" | "Note" | "L" => Some(Role::Text),
        _ => match name.strip_prefix('H').map(str::parse::<u8>) {
            Some(Ok(level)) if level > 0 => Some(Role::Heading(level.min(6))),
            _ => None,
        },
    };
    standard(name.as_str())
        .or_else(|| mapped.and_then(|mapped| standard(mapped.as_str())))
        .unwrap_or(parent)
}

/// The marked content sequences that are open at a place in the content of a page.
pub struct MarkedContent<'r> {
    roles: &'r PageRoles,
    open: Vec<Sequence>,
    /// Number of sequences that were opened beyond the maximum depth.
    excess: usize,
}

struct Sequence {
    is_artifact: bool,
    role: Role,
    /// Text that replaces the glyphs of the sequence.
    replacement: Option<Replacement>,
}

enum Replacement {
    Text(String),
    /// The text was returned for the first glyph.
    Used,
}

impl<'r> MarkedContent<'r> {
    pub fn new(roles: &'r PageRoles) -> Self {
        Self { roles, open: Vec::new(), excess: 0 }
    }

    pub fn begin(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        if self.open.len() >= MAX_DEPTH {
            self.excess += 1;
            return;
        }
        let id = properties.and_then(|properties| properties.get::<i32>("MCID"));
        let role = id.and_then(|id| self.roles.get(&id)).copied().unwrap_or(self.role());
        let text = properties.and_then(|properties| {
            properties.get::<hayro_syntax::object::String<'_>>("ActualText")
        });
        self.open.push(Sequence {
            is_artifact: tag == b"Artifact",
            role,
            replacement: text.map(|text| Replacement::Text(decode_text_string(text.as_bytes()))),
        });
    }

    pub fn end(&mut self) {
        match self.excess {
            0 => drop(self.open.pop()),
            _ => self.excess -= 1,
        }
    }

    /// Returns whether the place is in an artifact: a running header, a page number, a decoration.
    pub fn is_artifact(&self) -> bool {
        self.open.iter().any(|sequence| sequence.is_artifact)
    }

    pub fn role(&self) -> Role {
        self.open.last().map_or(Role::Unknown, |sequence| sequence.role)
    }

    /// Returns the text that replaces the next glyph: the whole replacement for the first glyph of
    /// a sequence with a replacement, empty for its other glyphs.
    pub fn replacement(&mut self) -> Option<String> {
        let replacement =
            self.open.iter_mut().find_map(|sequence| sequence.replacement.as_mut())?;
        match std::mem::replace(replacement, Replacement::Used) {
            Replacement::Text(text) => Some(text),
            Replacement::Used => Some(String::new()),
        }
    }
}
