//! The elements of HTML by what a browser shows of them. Pure.

/// The effect of an element on the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Its content is not shown.
    Hidden,
    /// Its content is struck out.
    Struck,
    /// It ends the block before it.
    Block,
    /// Its links lead to other pages.
    Navigation,
    Quotation,
    List,
    OrderedList,
    Item,
    Heading(u8),
    Preformatted,
    Table,
    Row,
    Cell,
    HeaderCell,
    Superscript,
    Subscript,
    Link,
    /// It is shown as part of the line.
    Inline,
    /// A line end.
    Break,
    /// It has neither text nor an end.
    Void,
}

impl Element {
    /// Returns the element with a name in lower case. An unknown one is inline.
    pub fn of_name(name: &str) -> Element {
        match name {
            "script" | "style" | "template" | "svg" | "iframe" | "object" | "canvas" | "video"
            | "audio" | "noscript" | "head" | "select" | "map" | "picture" | "math"
            | "textarea" => Element::Hidden,
            "del" | "s" | "strike" => Element::Struck,
            "p" | "div" | "section" | "article" | "aside" | "header" | "footer" | "main"
            | "figure" | "figcaption" | "caption" | "dl" | "dt" | "dd" | "details" | "summary"
            | "form" | "fieldset" | "address" | "center" | "dialog" | "hr" | "body" | "html"
            | "thead" | "tbody" | "tfoot" => Element::Block,
            "nav" => Element::Navigation,
            "blockquote" => Element::Quotation,
            "ul" | "menu" => Element::List,
            "ol" => Element::OrderedList,
            "li" => Element::Item,
            "h1" => Element::Heading(1),
            "h2" => Element::Heading(2),
            "h3" => Element::Heading(3),
            "h4" => Element::Heading(4),
            "h5" => Element::Heading(5),
            "h6" => Element::Heading(6),
            "pre" => Element::Preformatted,
            "table" => Element::Table,
            "tr" => Element::Row,
            "td" => Element::Cell,
            "th" => Element::HeaderCell,
            "sup" => Element::Superscript,
            "sub" => Element::Subscript,
            "a" => Element::Link,
            "br" => Element::Break,
            "img" | "input" | "meta" | "link" | "wbr" | "source" | "embed" | "area" | "base"
            | "col" | "track" | "param" => Element::Void,
            _ => Element::Inline,
        }
    }

    /// Returns whether the element ends the block before it.
    pub fn is_block(self) -> bool {
        !matches!(
            self,
            Element::Hidden
                | Element::Struck
                | Element::Superscript
                | Element::Subscript
                | Element::Link
                | Element::Inline
                | Element::Break
                | Element::Void
        )
    }
}
