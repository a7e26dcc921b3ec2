//! Numbering of lists.

use std::collections::HashMap;

use crate::import::markup::{NodeId, Tree, parse_xml};

use super::styles::child_value;

/// Number of the levels of a list.
const LEVELS: usize = 9;

/// How the items of a level are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Bullet,
    Number,
    /// A paragraph without a mark that is indented like an item.
    Blank,
    /// No list.
    None,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    mark: Mark,
    start: i64,
}

#[derive(Debug, Default)]
struct Instance {
    definition: String,
    starts: HashMap<usize, i64>,
    levels: HashMap<usize, Level>,
}

/// The lists of a document.
#[derive(Debug, Default)]
pub struct Numbering {
    /// Levels by the id of an abstract definition.
    definitions: HashMap<String, HashMap<usize, Level>>,
    instances: HashMap<String, Instance>,
}

/// The current numbers of the lists.
#[derive(Debug, Default)]
pub struct Counters {
    numbers: HashMap<String, [Option<i64>; LEVELS]>,
    /// Instances and levels whose own start has been used.
    started: Vec<(String, usize)>,
}

impl Numbering {
    /// Parses the part `numbering.xml`.
    pub fn parse(source: &str) -> Self {
        let (tree, _) = parse_xml(source);
        let mut numbering = Self::default();
        let mut links: Vec<(String, String)> = Vec::new();
        let mut styles: HashMap<String, String> = HashMap::new();
        for id in tree.subtree(Tree::ROOT) {
            let attribute = |name: &str| tree.attribute(id, name).unwrap_or_default().into_owned();
            match tree.name(id) {
                "w:abstractNum" => {
                    let key = attribute("abstractNumId");
                    if let Some(style) = child_value(&tree, id, "w:numStyleLink") {
                        links.push((key.clone(), style));
                    }
                    if let Some(style) = child_value(&tree, id, "w:styleLink") {
                        styles.insert(style, key.clone());
                    }
                    numbering.definitions.insert(key, levels(&tree, id));
                }
                "w:num" => {
                    let mut instance = Instance {
                        definition: child_value(&tree, id, "w:abstractNumId").unwrap_or_default(),
                        ..Instance::default()
                    };
                    for item in tree.children(id).filter(|id| tree.name(*id) == "w:lvlOverride") {
                        let level =
                            tree.attribute(item, "ilvl").and_then(|l| l.parse::<usize>().ok());
                        let start = child_value(&tree, item, "w:startOverride");
                        let start = start.and_then(|start| start.parse().ok());
                        instance.starts.extend(level.zip(start));
                        instance.levels.extend(levels(&tree, item));
                    }
                    numbering.instances.insert(attribute("numId"), instance);
                }
                _ => {}
            }
        }
        for (key, style) in links {
            let target = styles.get(&style).and_then(|key| numbering.definitions.get(key));
            if let Some(levels) = target.cloned() {
                numbering.definitions.insert(key, levels);
            }
        }
        numbering
    }

    fn level(&self, instance: &Instance, level: usize) -> Option<Level> {
        let own = instance.levels.get(&level);
        own.or_else(|| self.definitions.get(&instance.definition)?.get(&level)).copied()
    }

    /// Returns the mark of the items of a list.
    pub fn mark(&self, list: &str, level: usize) -> Mark {
        let instance = self.instances.get(list);
        let level = instance.and_then(|instance| self.level(instance, level));
        match level {
            Some(level) => level.mark,
            // A list that is not defined has bullets in every program.
            None if instance.is_some() => Mark::Bullet,
            None => Mark::None,
        }
    }

    /// Counts an item and returns its number.
    pub fn count(&self, counters: &mut Counters, list: &str, level: usize) -> i64 {
        let Some(instance) = self.instances.get(list) else { return 1 };
        let level = level.min(LEVELS - 1);
        let start = self.level(instance, level).map_or(1, |level| level.start);
        let key = (list.to_owned(), level);
        let own_start = instance.starts.get(&level).filter(|_| !counters.started.contains(&key));
        if own_start.is_some() {
            counters.started.push(key);
        }
        let numbers = counters.numbers.entry(instance.definition.clone()).or_default();
        let number = match (own_start, numbers[level]) {
            (Some(start), _) => *start,
            (None, Some(number)) => number.saturating_add(1),
            (None, None) => start,
        };
        numbers[level] = Some(number);
        numbers[level + 1..].fill(None);
        number
    }
}

fn levels(tree: &Tree<'_>, of: NodeId) -> HashMap<usize, Level> {
    let level = |id: NodeId| {
        let index = tree.attribute(id, "ilvl")?.parse().ok()?;
        let format = child_value(tree, id, "w:numFmt").unwrap_or_else(|| "decimal".to_owned());
        let text = child_value(tree, id, "w:lvlText").unwrap_or_default();
        let start = child_value(tree, id, "w:start").and_then(|start| start.parse().ok());
        let mark = match format.as_str() {
            "bullet" if text.trim().is_empty() => Mark::Blank,
            "bullet" => Mark::Bullet,
            "none" => Mark::None,
            _ if text.trim().is_empty() => Mark::None,
            _ => Mark::Number,
        };
        Some((index, Level { mark, start: start.unwrap_or(1) }))
    };
    tree.children(of).filter(|id| tree.name(*id) == "w:lvl").filter_map(level).collect()
}
