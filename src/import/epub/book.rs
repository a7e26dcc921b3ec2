//! Writing of the chapters of a book as documents.

use crate::import::document::{Body, Document};
use crate::import::markup::{Link, Writer};

use super::MIN_BOOK_WORDS;
use super::chapters::{self, Chapter, Piece};
use super::content::{Contents, Place};
use super::notes::Notes;
use super::opf::Metadata;
use super::{path, titles};

/// A book that has been divided.
pub struct Book<'b> {
    pub contents: &'b Contents,
    pub notes: &'b Notes,
    pub metadata: &'b Metadata,
    /// Language of the whole book.
    pub language: Option<String>,
}

impl Book<'_> {
    /// Returns a document for each chapter, or one document if the book is short.
    pub fn documents(&self, chapters: &[Chapter]) -> Vec<Document> {
        let words: usize = chapters.iter().map(|chapter| chapter.words(self.contents)).sum();
        if words < MIN_BOOK_WORDS || chapters.len() == 1 {
            return self.single(chapters).into_iter().collect();
        }
        let keys: Vec<String> = chapters.iter().map(|chapter| self.key(chapter)).collect();
        let pieces = chapters.iter().zip(&keys).flat_map(|(chapter, key)| {
            chapter.pieces.iter().map(move |piece| (piece, key.as_str()))
        });
        let pieces: Vec<_> = pieces.collect();
        let width = chapters.len().to_string().len().max(2);
        let documents = chapters.iter().zip(&keys).enumerate().map(|(at, (chapter, key))| {
            let title = titles::of_chapter(self.contents, chapter, self.metadata, at + 1);
            let name = format!("{:0width$} {}", at + 1, title.short);
            let body = self.html(&[chapter], &pieces, key);
            let document = self.document(Some(title.full), body);
            Document { key: key.clone(), name: Some(name), description: None, ..document }
        });
        documents.collect()
    }

    /// Returns all chapters as one document, if they have a text.
    fn single(&self, chapters: &[Chapter]) -> Option<Document> {
        let heading = || chapters::heading(self.contents, chapters.first()?);
        let title = self.metadata.title.clone().or_else(heading);
        let body = self.html(&chapters.iter().collect::<Vec<_>>(), &[], "");
        (!body.trim().is_empty()).then(|| self.document(title, body))
    }

    fn document(&self, title: Option<String>, body: String) -> Document {
        let metadata = self.metadata;
        Document {
            name: title.clone(),
            title,
            authors: metadata.authors.clone(),
            published: metadata.published.clone(),
            updated: metadata.updated.clone(),
            description: metadata.description.clone(),
            tags: metadata.subjects.clone(),
            language: self.language.clone(),
            address: metadata.address.clone(),
            body: Body::Html(body),
            ..Document::default()
        }
    }

    /// Returns the key of a chapter: the path of its first file, and the position in the file if
    /// the chapter does not begin with the file.
    fn key(&self, chapter: &Chapter) -> String {
        let Some(piece) = chapter.pieces.first() else { return String::new() };
        let file = &self.contents.files[piece.file];
        match piece.from <= file.body {
            true => file.path.clone(),
            false => format!("{}#{}", file.path, piece.from.index()),
        }
    }

    /// Writes chapters with their notes. `pieces` are those of all chapters of the book with their
    /// keys, for the links between the chapters, and `key` is that of the chapter.
    fn html(&self, chapters: &[&Chapter], pieces: &[(&Piece, &str)], key: &str) -> String {
        let mut writer = Writer::default();
        let mut links = Links { book: self, pieces, key, used: Vec::new() };
        for piece in chapters.iter().flat_map(|chapter| &chapter.pieces) {
            let file = &self.contents.files[piece.file];
            let mut link = |id| links.link((piece.file, id));
            writer.write(&file.tree, file.body, piece.from, piece.to, &mut link);
            writer.push("\n");
        }
        let mut at = 0;
        // A note may refer to another one.
        while let Some(position) = links.used.get(at).copied() {
            let attributes = "epub:type=\"footnote\" role=\"doc-footnote\"";
            writer.push(&format!("<aside {attributes} id=\"note-{}\">", at + 1));
            self.write_note(&mut writer, &mut links, position);
            writer.push("</aside>\n");
            at += 1;
        }
        writer.finish()
    }

    fn write_note(&self, writer: &mut Writer, links: &mut Links<'_>, position: usize) {
        let note = &self.notes.notes[position];
        let tree = &self.contents.files[note.file].tree;
        for block in &note.blocks {
            let (start, end) = match tree.name(*block) {
                "p" => ("<p>", "</p>"),
                "ul" => ("<ul>", "</ul>"),
                "ol" => ("<ol>", "</ol>"),
                "pre" => ("<pre>", "</pre>"),
                _ => ("<div>", "</div>"),
            };
            let mut link = |id| links.link((note.file, id));
            writer.push(start);
            writer.write(tree, *block, block.after(), tree.end(*block), &mut link);
            writer.push(end);
        }
    }
}

/// The replacements of the links in a chapter.
struct Links<'b> {
    book: &'b Book<'b>,
    pieces: &'b [(&'b Piece, &'b str)],
    /// Key of the chapter.
    key: &'b str,
    /// Positions of the notes in the order of their first references.
    used: Vec<usize>,
}

impl Links<'_> {
    fn link(&mut self, place: Place) -> Link {
        if let Some(note) = self.book.notes.references.get(&place) {
            let known = self.used.iter().position(|used| used == note);
            let position = known.unwrap_or(self.used.len());
            if known.is_none() {
                self.used.push(*note);
            }
            return Link::Note(format!("note-{}", position + 1));
        }
        let contents = self.book.contents;
        let href = contents.files[place.0].tree.attribute(place.1, "href").unwrap_or_default();
        if path::is_external(&href) {
            return Link::To(href.trim().to_owned());
        }
        let target = contents.link_target(place);
        let chapter = target.and_then(|(file, node)| {
            let holds = |piece: &Piece| {
                let is_after = piece.from <= node || node == contents.files[file].body;
                piece.file == file && is_after && node < piece.to
            };
            self.pieces.iter().find(|(piece, _)| holds(piece))
        });
        match chapter {
            Some((_, key)) if *key != self.key => Link::To(path::article_address(key)),
            _ => Link::Unwrapped,
        }
    }
}
