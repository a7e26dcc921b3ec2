//! The package document of an EPUB: metadata, manifest, spine and guide.

use crate::import::document::Failure;
use crate::import::markup::{NodeId, Tree, parse_xhtml, parse_xml};
use crate::import::package::Package;

use super::path::{Target, resolve};

/// Media types of content documents, among them those of old versions.
const TEXT_TYPES: [&str; 4] =
    ["application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml"];
/// Extensions of content documents.
const TEXT_EXTENSIONS: [&str; 4] = ["xhtml", "html", "htm", "xml"];
/// Year by which some programs say that a date is unknown.
const UNKNOWN_YEAR: &str = "0101";

/// A package document.
#[derive(Debug, Default)]
pub struct PackageDocument {
    pub metadata: Metadata,
    /// Paths of the content documents in reading order, each with whether it is linear.
    pub spine: Vec<(String, bool)>,
    /// Paths of the content documents that are not in the spine.
    pub others: Vec<String>,
    /// Paths of the style sheets.
    pub style_sheets: Vec<String>,
    /// Path of the EPUB 3 navigation document.
    pub nav: Option<String>,
    /// Path of the EPUB 2 navigation document.
    pub ncx: Option<String>,
    /// Structural types of places: `cover`, `toc`.
    pub guide: Vec<(String, Target)>,
}

/// Metadata of a book.
#[derive(Debug, Default)]
pub struct Metadata {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub language: Option<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub description: Option<String>,
    pub subjects: Vec<String>,
    pub address: Option<String>,
}

/// An entry of the manifest.
struct Item {
    id: String,
    path: String,
    media_type: String,
    is_nav: bool,
}

/// Reads the package document.
pub fn read(package: &mut Package<'_>) -> Result<PackageDocument, Failure> {
    let path = locate(package)?;
    let source = package.read_text(&path)?.unwrap_or_default();
    let (tree, _) = parse_xml(&source);
    let manifest = tree.find(Tree::ROOT, "manifest");
    let items: Vec<_> = manifest.map_or_else(Vec::new, |manifest| items(&tree, manifest, &path));
    let is_text = |item: &&Item| {
        let extension = item.path.rsplit('.').next().unwrap_or_default().to_lowercase();
        let is_typed = TEXT_TYPES.contains(&item.media_type.as_str());
        let is_named = TEXT_EXTENSIONS.contains(&extension.as_str());
        (is_typed || is_named) && (item.media_type != "application/x-dtbncx+xml")
    };
    let mut document = PackageDocument { metadata: metadata(&tree), ..Default::default() };
    if let Some(spine) = tree.find(Tree::ROOT, "spine") {
        for entry in tree.children(spine) {
            let id = tree.attribute(entry, "idref").unwrap_or_default();
            let is_linear = tree.attribute(entry, "linear").as_deref() != Some("no");
            let item = items.iter().find(|item| item.id == id).filter(is_text);
            if let Some(item) = item
                && !document.spine.iter().any(|(path, _)| *path == item.path)
            {
                document.spine.push((item.path.clone(), is_linear));
            }
        }
        let toc = tree.attribute(spine, "toc").unwrap_or_default();
        document.ncx = items.iter().find(|item| item.id == toc).map(|item| item.path.clone());
    }
    if document.spine.is_empty() {
        document.spine = items.iter().filter(is_text).map(|i| (i.path.clone(), true)).collect();
    }
    document.nav = items.iter().find(|item| item.is_nav).map(|item| item.path.clone());
    document.ncx = document.ncx.or_else(|| {
        let ncx = |item: &&Item| {
            item.media_type.contains("dtbncx") || item.path.to_lowercase().ends_with(".ncx")
        };
        items.iter().find(ncx).map(|item| item.path.clone())
    });
    let in_spine = |path: &str| document.spine.iter().any(|(other, _)| other == path);
    let others = items.iter().filter(is_text).filter(|item| !in_spine(&item.path));
    document.others = others.map(|item| item.path.clone()).collect();
    let sheets = items.iter().filter(|item| item.media_type == "text/css");
    document.style_sheets = sheets.map(|item| item.path.clone()).collect();
    document.guide = guide(&tree, &path);
    Ok(document)
}

/// Returns the path of the package document.
fn locate(package: &mut Package<'_>) -> Result<String, Failure> {
    let container = package.names().iter().find(|name| {
        let name = name.to_ascii_lowercase();
        name == "meta-inf/container.xml" || name.ends_with("/meta-inf/container.xml")
    });
    if let Some(container) = container.cloned() {
        let folder = &container[..container.len() - "META-INF/container.xml".len()];
        let source = package.read_text(&container)?.unwrap_or_default();
        let (tree, _) = parse_xml(&source);
        let rootfile = tree
            .subtree(Tree::ROOT)
            .filter(|id| tree.name(*id).rsplit(':').next() == Some("rootfile"))
            .find_map(|id| resolve("", &tree.attribute(id, "full-path")?));
        if let Some(target) = rootfile {
            let path = format!("{folder}{}", target.path);
            if package.contains(&path) {
                return Ok(path);
            }
        }
    }
    let opf = package.names().iter().find(|name| name.to_ascii_lowercase().ends_with(".opf"));
    opf.cloned().ok_or_else(|| Failure {
        what: "the zip file is not an EPUB: it has no package document".to_owned(),
        hint: "check the file with an e-book reader, or save it once more as EPUB".to_owned(),
    })
}

fn items(tree: &Tree<'_>, manifest: NodeId, path: &str) -> Vec<Item> {
    let item = |id: NodeId| {
        let target = resolve(path, &tree.attribute(id, "href")?)?;
        let attribute = |name: &str| tree.attribute(id, name).unwrap_or_default().into_owned();
        Some(Item {
            id: attribute("id"),
            path: target.path,
            media_type: attribute("media-type").to_ascii_lowercase(),
            is_nav: attribute("properties").split_whitespace().any(|word| word == "nav"),
        })
    };
    tree.children(manifest).filter_map(item).collect()
}

fn guide(tree: &Tree<'_>, path: &str) -> Vec<(String, Target)> {
    let Some(guide) = tree.find(Tree::ROOT, "guide") else { return Vec::new() };
    let reference = |id: NodeId| {
        let kind = tree.attribute(id, "type")?.to_ascii_lowercase();
        Some((kind, resolve(path, &tree.attribute(id, "href")?)?))
    };
    tree.children(guide).filter_map(reference).collect()
}

fn metadata(tree: &Tree<'_>) -> Metadata {
    let Some(list) = tree.find(Tree::ROOT, "metadata") else { return Metadata::default() };
    let of = |name: &'static str| {
        let elements = tree.subtree(list).filter(move |id| tree.name(*id) == name);
        elements.map(|id| (id, plain(&tree.joined_text(id)))).filter(|(_, text)| !text.is_empty())
    };
    let titles: Vec<_> = of("dc:title").collect();
    let main = titles.iter().find(|(id, _)| {
        refinement(tree, list, *id, "title-type").is_some_and(|kind| kind == "main")
    });
    let creators: Vec<_> = of("dc:creator").collect();
    let role = |id: NodeId| {
        let role = tree.attribute(id, "role").map(|role| role.into_owned());
        role.or_else(|| refinement(tree, list, id, "role"))
    };
    let is_author = |id: NodeId| role(id).is_none_or(|role| role == "aut");
    let authors = creators.iter().filter(|(id, _)| is_author(*id)).map(|(_, name)| name.clone());
    let mut authors: Vec<_> = authors.filter(|name| !is_unknown(name)).collect();
    if authors.is_empty() {
        authors = creators.iter().map(|(_, name)| name.clone()).collect();
        authors.retain(|name| !is_unknown(name));
    }
    let event = |id: NodeId| tree.attribute(id, "event").unwrap_or_default().to_lowercase();
    let dates: Vec<_> = of("dc:date").map(|(id, text)| (event(id), text)).collect();
    let date = |name: &str| dates.iter().find(|(event, _)| event.contains(name));
    let published =
        date("publication").or_else(|| dates.iter().find(|(event, _)| event.is_empty()));
    let metas = || tree.subtree(list).filter(|id| tree.name(*id) == "meta");
    let modified = metas()
        .find(|id| tree.attribute(*id, "property").is_some_and(|name| name == "dcterms:modified"));
    let modified = modified.map(|id| plain(&tree.joined_text(id)));
    let web = |text: String| {
        let text = text.strip_prefix("url:").unwrap_or(&text).to_owned();
        let is_web = text.starts_with("http://") || text.starts_with("https://");
        (is_web && !text.contains(char::is_whitespace)).then_some(text)
    };
    let addresses = of("dc:identifier").chain(of("dc:source"));
    Metadata {
        title: main.or(titles.first()).map(|(_, text)| text.clone()),
        authors,
        language: of("dc:language").next().map(|(_, text)| text).filter(|text| text != "und"),
        published: published.and_then(|(_, text)| date_of(text)),
        updated: modified
            .or_else(|| date("modification").map(|(_, text)| text.clone()))
            .and_then(|text| date_of(&text)),
        description: of("dc:description").next().map(|(_, text)| without_markup(&text)),
        subjects: of("dc:subject").map(|(_, text)| text).collect(),
        address: addresses.map(|(_, text)| text).find_map(web),
    }
}

/// Returns the value by which EPUB 3 refines an element of the metadata.
fn refinement(tree: &Tree<'_>, list: NodeId, of: NodeId, property: &str) -> Option<String> {
    let id = tree.attribute(of, "id")?;
    let refines = |meta: &NodeId| {
        let target = tree.attribute(*meta, "refines");
        target.is_some_and(|target| target.trim_start_matches('#') == id)
            && tree.attribute(*meta, "property").is_some_and(|name| name == property)
    };
    let meta = tree.children(list).find(refines)?;
    Some(plain(&tree.joined_text(meta)))
}

/// Returns the day of a date, or the text as found if it is not a date of ISO 8601.
pub fn date_of(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.starts_with(UNKNOWN_YEAR) || text.starts_with("0000") {
        return None;
    }
    let is_day = |day: &str| {
        day.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    };
    let day = text.get(..10).filter(|day| is_day(day));
    Some(day.unwrap_or(text).to_owned())
}

/// Returns a text with white space joined and invisible characters removed.
pub fn plain(text: &str) -> String {
    let visible = text.replace(['\u{ad}', '\u{200b}', '\u{feff}', '\u{2060}'], "");
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the text of a description, which may be HTML.
fn without_markup(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let tree = parse_xhtml(text);
    let texts: Vec<_> = tree.subtree(Tree::ROOT).filter_map(|id| tree.text(id)).collect();
    plain(&texts.join(" "))
}

fn is_unknown(name: &str) -> bool {
    matches!(name.to_lowercase().as_str(), "unknown" | "unknown author" | "[unknown]")
}
