//! EPUB 2 and 3 books.
//!
//! A book becomes a document for each chapter, or one document if it is short. The pipeline:
//! package document (`opf`) and table of contents (`navigation`), the content documents as trees
//! (`content`), notes taken out of them (`notes`), division into chapters (`chapters`), pages
//! without text left out (`front_matter`), and HTML written for each chapter.

mod book;
mod chapters;
mod content;
mod front_matter;
mod gutenberg;
mod headings;
mod navigation;
mod notes;
mod opf;
mod path;
mod stylesheet;
#[cfg(test)]
mod tests;
mod titles;

use std::collections::BTreeMap;

use super::document::{Converted, Failure};
use super::language::plausible;
use super::markup::{Tree, parse_xml};
use super::package::Package;
use book::Book;
use chapters::Chapter;
use content::{Contents, Place};
use path::Target;
use stylesheet::Sizes;

/// Minimum number of words of a book that is divided into chapters.
const MIN_BOOK_WORDS: usize = 3000;
/// Number of texts by which the language is detected.
const SAMPLE_TEXTS: usize = 200;
/// Maximum number of missing files that are listed one by one.
const MAX_FAILED: usize = 5;
/// Algorithms that only obfuscate fonts.
const FONT_ALGORITHMS: [&str; 2] =
    ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];
/// Reason for which a page is left out.
const NOT_LINEAR: &str = "pages outside of the reading order";
/// Reason for which a page is left out.
const LICENCE: &str = "licence texts of Project Gutenberg";

/// Converts a book.
pub fn convert(bytes: &[u8]) -> Result<Converted, Failure> {
    check_signature(bytes)?;
    let mut package = Package::open(bytes)?;
    check_encryption(&mut package)?;
    let document = opf::read(&mut package)?;
    let navigation = navigation::read(&mut package, &document)?;
    let (mut contents, missing) = Contents::read(&mut package, &document)?;
    let mut sizes = Sizes::default();
    for path in &document.style_sheets {
        sizes.add(&package.read_text(path)?.unwrap_or_default());
    }
    drop(package);
    let is_gutenberg = gutenberg::strip(&mut contents);
    let has_headings = headings::has_any(&contents);
    headings::mark(&mut contents, &navigation);
    if !has_headings {
        stylesheet::mark_headings(&mut contents, &sizes);
    }
    let notes = notes::collect(&mut contents);
    headings::drop_inner_contents(&mut contents);
    contents.recount();
    let marks = Marks::new(&contents, document.guide.iter().chain(&navigation.landmarks));
    let title = document.metadata.title.as_deref();
    let reason =
        |chapter: &Chapter| front_matter::reason(&contents, chapter, &marks.of(chapter), title);
    let is_apparatus = |chapter: &Chapter| reason(chapter) == Some(front_matter::APPARATUS);
    let divided = chapters::divide(&contents, &navigation, &is_apparatus);
    let mut left_out = BTreeMap::new();
    if is_gutenberg {
        left_out.insert(LICENCE.to_owned(), 1);
    }
    let kept = select(&contents, divided, &reason, &mut left_out);
    let metadata = &document.metadata;
    let language = plausible(metadata.language.clone(), &sample(&contents, &kept));
    let book = Book { contents: &contents, notes: &notes, metadata, language };
    let documents = book.documents(&kept);
    if documents.is_empty() {
        return Err(without_text(&missing));
    }
    let folder = metadata.title.clone().filter(|_| documents.len() > 1);
    Ok(Converted { folder, documents, failed: failed(missing), left_out })
}

/// The structural types that the guide and the landmarks give to places.
struct Marks(Vec<(Place, String)>);

impl Marks {
    fn new<'m>(contents: &Contents, marks: impl Iterator<Item = &'m (String, Target)>) -> Self {
        let mark = |(kind, target): &(String, Target)| {
            let (index, node) = contents.place(target)?;
            Some(((index, contents.files[index].outermost(node)), kind.clone()))
        };
        Self(marks.filter_map(mark).collect())
    }

    /// Returns the types of the place at which a chapter begins.
    fn of(&self, chapter: &Chapter) -> Vec<String> {
        let place = chapter.pieces.first().map(|piece| (piece.file, piece.from));
        let marks = self.0.iter().filter(|(at, _)| Some(*at) == place);
        marks.flat_map(|(_, kind)| kind.split_whitespace().map(str::to_owned)).collect()
    }
}

/// Returns the start of the longest chapter, for the detection of the language.
fn sample(contents: &Contents, chapters: &[Chapter]) -> String {
    let longest = chapters.iter().max_by_key(|chapter| chapter.words(contents));
    let pieces = longest.into_iter().flat_map(|chapter| &chapter.pieces);
    let texts = pieces.flat_map(|piece| {
        let tree = &contents.files[piece.file].tree;
        tree.range(piece.from, piece.to).filter_map(|id| tree.text(id))
    });
    texts.take(SAMPLE_TEXTS).collect::<Vec<_>>().join(" ")
}

/// Returns the failures for the files that are missing.
fn failed(missing: Vec<String>) -> Vec<(String, Failure)> {
    let failure = |what: &str| Failure {
        what: what.to_owned(),
        hint: "get the book once more from its source".to_owned(),
    };
    match missing.as_slice() {
        [first, others @ ..] if missing.len() > MAX_FAILED => {
            let what = format!("the book does not contain this file and {} others", others.len());
            vec![(first.clone(), failure(&what))]
        }
        _ => {
            let what = "the book names this file but does not contain it";
            missing.into_iter().map(|path| (path, failure(what))).collect()
        }
    }
}

/// Returns the chapters that have a text, and counts the others.
fn select(
    contents: &Contents,
    divided: Vec<Chapter>,
    reason: &dyn Fn(&Chapter) -> Option<&'static str>,
    left_out: &mut BTreeMap<String, usize>,
) -> Vec<Chapter> {
    let has_linear = contents.files.iter().any(|file| file.is_in_spine && file.is_linear);
    let words: usize = divided.iter().map(|chapter| chapter.words(contents)).sum();
    let (mut kept, mut others) = (Vec::new(), Vec::new());
    for chapter in divided.into_iter().filter(|chapter| chapter.words(contents) > 0) {
        let is_linear = chapter.is_named
            || chapter.pieces.iter().any(|piece| contents.files[piece.file].is_linear);
        let reason = match reason(&chapter) {
            None if has_linear && !is_linear => Some(NOT_LINEAR),
            // A short page of a short book is a text.
            Some(front_matter::ALMOST_EMPTY) if words < MIN_BOOK_WORDS && chapter.is_named => None,
            reason => reason,
        };
        match reason {
            None => kept.push(chapter),
            Some(reason) => others.push((reason, chapter)),
        }
    }
    if kept.is_empty() {
        // Nothing looks like a text, so the least unlikely pages are the text.
        let has_short = others.iter().any(|(reason, _)| *reason == front_matter::ALMOST_EMPTY);
        others.retain(|(reason, _)| !has_short || *reason == front_matter::ALMOST_EMPTY);
        return others.into_iter().map(|(_, chapter)| chapter).collect();
    }
    for (reason, _) in others {
        *left_out.entry(reason.to_owned()).or_insert(0) += 1;
    }
    kept
}

/// Fails if the file is not a zip file, and says what it is.
fn check_signature(bytes: &[u8]) -> Result<(), Failure> {
    let failure =
        |what: &str, hint: &str| Err(Failure { what: what.to_owned(), hint: hint.to_owned() });
    let epub = "convert it to EPUB, with Calibre for example";
    match bytes {
        [] => failure("the file is empty", "download or copy the file once more"),
        _ if bytes.starts_with(b"PK") => Ok(()),
        _ if bytes.starts_with(b"%PDF") => {
            failure("the file is a PDF, not an EPUB", "give it the extension .pdf")
        }
        _ if bytes.get(60..68) == Some(b"BOOKMOBI") => failure("the file is a Kindle book", epub),
        _ => failure("the file is not an EPUB", "check the file with an e-book reader"),
    }
}

/// Fails if texts of the book are encrypted.
fn check_encryption(package: &mut Package<'_>) -> Result<(), Failure> {
    let Some(source) = package.read_text("META-INF/encryption.xml")? else { return Ok(()) };
    let (tree, _) = parse_xml(&source);
    let is_encrypted = tree.subtree(Tree::ROOT).any(|id| {
        let name = tree.name(id).rsplit(':').next();
        let algorithm = tree.attribute(id, "Algorithm").unwrap_or_default();
        let is_in_data = || {
            tree.ancestors(id)
                .nth(1)
                .is_some_and(|outer| tree.name(outer).rsplit(':').next() == Some("EncryptedData"))
        };
        name == Some("EncryptionMethod")
            && is_in_data()
            && !FONT_ALGORITHMS.contains(&algorithm.as_ref())
    });
    match is_encrypted {
        false => Ok(()),
        true => Err(Failure {
            what: "the book is encrypted (DRM)".to_owned(),
            hint: "use an edition without copy protection".to_owned(),
        }),
    }
}

fn without_text(missing: &[String]) -> Failure {
    let (what, hint) = match missing {
        [] => ("the book has no text", "a book of images has to be recognised by OCR first"),
        _ => ("the files of the book are missing", "get the book once more from its source"),
    };
    Failure { what: what.to_owned(), hint: hint.to_owned() }
}
