//! Relationships of a part: what its ids such as `rId5` refer to.

use std::collections::HashMap;

use crate::import::document::Failure;
use crate::import::markup::{Tree, parse_xml};
use crate::import::package::Package;

/// The relationships of a part by their ids.
#[derive(Debug, Default)]
pub struct Relationships(HashMap<String, Relationship>);

/// A relationship.
#[derive(Debug)]
struct Relationship {
    /// Last segment of the type, such as `hyperlink` or `styles`.
    kind: String,
    /// Address, or path in the package.
    target: String,
    is_external: bool,
}

impl Relationships {
    /// Reads the relationships of the part with the path `part`; an empty path is the package.
    pub fn read(package: &mut Package<'_>, part: &str) -> Result<Self, Failure> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let path = format!("{folder}/_rels/{name}.rels");
        let Some(source) = package.read_text(path.trim_start_matches('/'))? else {
            return Ok(Self::default());
        };
        let (tree, _) = parse_xml(&source);
        let elements = tree.subtree(Tree::ROOT);
        let elements =
            elements.filter(|id| tree.name(*id).rsplit(':').next() == Some("Relationship"));
        let relationship = |id| {
            let attribute = |name: &str| tree.attribute(id, name).unwrap_or_default().into_owned();
            let is_external = attribute("TargetMode") == "External";
            let target = attribute("Target");
            let target = if is_external { target } else { path_of(folder, &target) };
            let kind = attribute("Type").rsplit('/').next().unwrap_or_default().to_owned();
            (attribute("Id"), Relationship { kind, target, is_external })
        };
        Ok(Self(elements.map(relationship).collect()))
    }

    /// Returns the path of the first part of a kind.
    pub fn part(&self, kind: &str) -> Option<&str> {
        let mut all = self.0.values();
        let found = all.find(|relationship| relationship.kind == kind && !relationship.is_external);
        found.map(|relationship| relationship.target.as_str())
    }

    /// Returns the address outside of the package that an id refers to.
    pub fn address(&self, id: &str) -> Option<&str> {
        let found = self.0.get(id).filter(|relationship| relationship.is_external);
        found.map(|relationship| relationship.target.as_str())
    }
}

/// Returns the path in the package of a target that is relative to a folder.
fn path_of(folder: &str, target: &str) -> String {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
