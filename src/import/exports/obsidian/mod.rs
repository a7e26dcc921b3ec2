//! A vault of Obsidian as a zip archive. Pure.
//!
//! The Markdown of the notes is kept. Links between notes become links between documents;
//! comments, queries, ids of blocks and embedded files are removed.

mod notes;
#[cfg(test)]
mod tests;

use super::elements::one_line;
use super::front_matter::{self, FrontMatter};
use super::paths::{common_folder, file_name, has_extension, is_hidden, without_extension};
use super::prose::split_title;
use super::text::decode;
use crate::import::archive::Archive;
use crate::import::document::{Body, Converted, Document, Failure};
use notes::{Vault, converted};

/// Name of the folder of the settings.
pub const SETTINGS: &str = ".obsidian";

const DRAFTS: &str = "notes that are marked as drafts";
const EMPTY: &str = "notes without a text";
const TEMPLATES: &str = "templates and drawings";

/// Converts a vault.
pub fn convert(bytes: Vec<u8>) -> Result<Converted, Failure> {
    let mut archive = Archive::open(bytes)?;
    let folder = common_folder(archive.names().filter(|name| !name.starts_with("__MACOSX")));
    let folder = folder.filter(|folder| folder != SETTINGS);
    let prefix = folder.as_ref().map(|folder| format!("{folder}/")).unwrap_or_default();
    let templates = templates_folder(&mut archive, &prefix);
    let mut result = Converted { folder, ..Converted::default() };
    super::count_refused(&archive, &mut result);
    let is_note = |path: &str| has_extension(path, &["md", "markdown"]) && !is_hidden(path);
    let paths: Vec<String> = archive
        .names()
        .filter_map(|name| name.strip_prefix(&prefix))
        .filter(|path| is_note(path))
        .map(str::to_owned)
        .collect();
    let is_template = |path: &&String| is_in_templates(path, templates.as_deref());
    let count = paths.iter().filter(is_template).count();
    if count > 0 {
        result.left_out.insert(TEMPLATES.to_owned(), count);
    }
    let paths: Vec<&String> = paths.iter().filter(|path| !is_template(path)).collect();
    let vault = Vault::new(paths.iter().map(|path| path.as_str()));
    for path in paths {
        let text = match archive.read(&format!("{prefix}{path}")) {
            Ok(bytes) => decode(&bytes, None),
            Err(failure) => {
                result.failed.push((path.clone(), failure));
                continue;
            }
        };
        let (front, body) = front_matter::split(&text);
        let document = document(path, &front, converted(body, path, &vault));
        let is_empty = matches!(&document.body, Body::Markdown(text) if text.trim().is_empty());
        let reason = match () {
            () if front.is_drawing => TEMPLATES,
            () if front.is_draft => DRAFTS,
            () if is_empty => EMPTY,
            () => {
                result.documents.push(document);
                continue;
            }
        };
        *result.left_out.entry(reason.to_owned()).or_default() += 1;
    }
    Ok(result)
}

/// Returns the folder of the templates according to the settings of the vault.
fn templates_folder(archive: &mut Archive, prefix: &str) -> Option<String> {
    let settings = archive.read(&format!("{prefix}{SETTINGS}/templates.json")).ok()?;
    let settings: serde_json::Value = serde_json::from_slice(&settings).ok()?;
    let folder = settings.get("folder")?.as_str()?.trim_matches('/').to_owned();
    Some(folder).filter(|folder| !folder.is_empty())
}

/// Returns whether a note is in a folder of templates.
fn is_in_templates(path: &str, folder: Option<&str>) -> bool {
    let is_usual = |part: &str| {
        let part = part.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        part == "templates" || part == "template"
    };
    let in_folder = |folder: &str| path.strip_prefix(folder).is_some_and(|it| it.starts_with('/'));
    let mut folders = path.split('/').rev().skip(1);
    folders.any(is_usual) || folder.is_some_and(in_folder)
}

fn document(path: &str, front: &FrontMatter, markdown: String) -> Document {
    let stem = without_extension(path);
    let named = one_line(file_name(stem));
    // A heading above the text is the title again.
    let (heading, markdown) = match split_title(&markdown) {
        Some((heading, rest)) if is_same(&heading, front.title.as_deref().unwrap_or(&named)) => {
            (Some(heading), rest.trim_start_matches(['\n', '\r']).to_owned())
        }
        Some(_) | None => (None, markdown),
    };
    let FrontMatter {
        title,
        authors,
        published,
        updated,
        description,
        tags,
        language,
        address,
        ..
    } = front;
    Document {
        key: stem.to_owned(),
        title: title.clone().or(heading).or(Some(named)).filter(|title| !title.is_empty()),
        authors: authors.clone(),
        published: published.clone(),
        updated: updated.clone(),
        description: description.clone(),
        tags: tags.clone(),
        language: language.clone(),
        address: address.clone(),
        name: Some(stem.to_owned()),
        body: Body::Markdown(markdown),
        warnings: Vec::new(),
    }
}

/// Returns whether two titles have the same letters.
fn is_same(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    letters(a) == letters(b)
}
