//! Pages that are no articles: why they are refused, and what to do. Pure.

use dom_query::{Document, NodeRef};

use crate::import::document::Failure;

use super::super::block::Block;
use super::super::dom::{attribute, descendants};
use super::metadata::Metadata;
use super::opening::{chars, linked_chars};
use super::prune::linked_percent;

/// Minimum length of an article, in characters.
const MIN_CHARS: usize = 100;
/// Length from which a page is an article, whatever its title says, in characters.
const SURE_CHARS: usize = 2_500;

/// Facts of a page before its parts are removed.
#[derive(Debug, Default)]
pub struct Page {
    needs_script: bool,
    has_password: bool,
    has_captcha: bool,
    is_empty: bool,
}

impl Page {
    /// Reads the facts of a page.
    pub fn read(document: &Document) -> Self {
        let mut page = Self::default();
        let mut scripts = 0;
        for node in document.root().descendants_it().filter(NodeRef::is_element) {
            if node.has_name("script") {
                scripts += 1;
                let source = attribute(&node, "src");
                page.has_captcha |= source.contains("challenges.cloudflare.com")
                    || source.contains("/cdn-cgi/challenge");
            } else if node.has_name("noscript") {
                let text = node.text().to_lowercase();
                page.needs_script |= text.contains("javascript") && !text.contains("<img");
            } else if node.has_name("input") {
                page.has_password |= attribute(&node, "type").eq_ignore_ascii_case("password");
            } else if node.has_name("div") {
                let id = attribute(&node, "id");
                let is_app = matches!(
                    id.as_str(),
                    "root" | "app" | "__next" | "__nuxt" | "___gatsby" | "main-app"
                );
                page.needs_script |= is_app && node.text().trim().is_empty();
                page.has_captcha |=
                    attribute(&node, "class").contains("g-recaptcha") && id.contains("captcha");
            }
        }
        let body = document.body().map(|body| visible_chars(&body)).unwrap_or(0);
        page.is_empty = body < MIN_CHARS;
        page.needs_script |= page.is_empty && scripts > 0;
        page
    }

    /// Returns the reason why the text of the page is not an article, if there is one.
    pub fn refusal(
        &self,
        root: &NodeRef<'_>,
        blocks: &[Block],
        metadata: &Metadata,
    ) -> Option<Failure> {
        let total: usize = blocks.iter().map(weighted_chars).sum();
        // Links without an address are not in the blocks.
        let linked_in_root = total * linked_percent(root) / 100;
        let linked = blocks.iter().map(linked_chars).sum::<usize>().max(linked_in_root);
        let title = metadata.title.as_deref().unwrap_or_default().to_lowercase();
        if total >= SURE_CHARS && linked * 10 < total * 6 {
            return None;
        }
        let is_short = total < MIN_CHARS;
        if total < SURE_CHARS && (is_challenge(&title) || self.has_captcha && is_short) {
            return failure("the site asks whether a person reads it", SAVE);
        }
        if total < SURE_CHARS / 2 && is_error(&title) {
            return failure("the page is an error page", "check the address in a browser");
        }
        if is_short && self.has_password
            || total < SURE_CHARS / 2 && is_login(&title) && self.has_password
        {
            return failure("the page asks for a login", SAVE);
        }
        if metadata.is_paid && total < SURE_CHARS / 2 {
            return failure("the page shows its text to subscribers only", SAVE);
        }
        if is_short && self.needs_script {
            return failure("the page shows its text by JavaScript only", SAVE);
        }
        let links = descendants(root, &["a"]).count();
        if links >= 8 && linked * 10 >= total * 6 {
            let hint = "import one of the pages that it links to, its feed or its sitemap";
            return failure("the page is a list of links, not an article", hint);
        }
        let has_text =
            blocks.iter().any(|block| !matches!(block, Block::Heading { .. }) && chars(block) > 0);
        if !has_text || is_short && total < MIN_CHARS / 2 {
            return failure(
                "no text of an article was found",
                "give the address of one article, or save it as Markdown",
            );
        }
        None
    }
}

/// Hint for a page that a browser of a person can show.
const SAVE: &str = "open it in a browser, save it as HTML and import the file";

fn failure(what: &str, hint: &str) -> Option<Failure> {
    Some(Failure { what: what.to_owned(), hint: hint.to_owned() })
}

/// Returns the characters of a block. A Chinese or Japanese character counts as three.
fn weighted_chars(block: &Block) -> usize {
    chars(block) + 2 * wide_chars(block)
}

fn wide_chars(block: &Block) -> usize {
    match block {
        Block::Paragraph(parts) | Block::Heading { text: parts, .. } => {
            let text = super::super::block::plain(parts);
            text.chars().filter(|c| ('\u{2e80}'..='\u{d7ff}').contains(c)).count()
        }
        Block::Quotation(blocks) => blocks.iter().map(wide_chars).sum(),
        Block::List { items, .. } => items.iter().flatten().map(wide_chars).sum(),
        Block::Code { .. } | Block::Table(_) | Block::Rule | Block::FootnotePlace => 0,
    }
}

fn visible_chars(body: &NodeRef<'_>) -> usize {
    let texts = body.descendants_it().filter(NodeRef::is_text).filter(|text| {
        text.parent().is_none_or(|parent| {
            !["script", "style", "noscript", "template"].iter().any(|name| parent.has_name(name))
        })
    });
    texts.map(|text| text.text().trim().chars().count()).sum()
}

fn is_challenge(title: &str) -> bool {
    const TITLES: [&str; 8] = [
        "just a moment",
        "attention required",
        "access denied",
        "are you a robot",
        "captcha",
        "checking your browser",
        "verify you are human",
        "security check",
    ];
    TITLES.iter().any(|one| title.contains(one))
}

fn is_error(title: &str) -> bool {
    const TITLES: [&str; 12] = [
        "404",
        "page not found",
        "not found",
        "403 forbidden",
        "500 internal",
        "502 bad",
        "503 service",
        "seite nicht gefunden",
        "page introuvable",
        "página no encontrada",
        "страница не найдена",
        "页面不存在",
    ];
    TITLES.iter().any(|one| title.starts_with(one) || title.ends_with(one))
}

fn is_login(title: &str) -> bool {
    ["log in", "login", "sign in", "anmelden", "connexion", "войти", "iniciar sesión"]
        .iter()
        .any(|one| title.contains(one))
}
