//! A tree of elements and texts, for XML and XHTML. Pure.
//!
//! The nodes are in document order: the descendants of a node are the nodes after it up to its end.
//! So no walk of the tree is recursive. A tree is only changed by detaching nodes, renaming
//! elements and replacing texts, and each of these keeps the order.

mod attributes;
mod escape;
mod references;
mod tree;
mod write;
mod xhtml;
mod xml;

pub use escape::escape;
pub use tree::{NodeId, Tree};
pub use write::{Link, Writer};
pub use xhtml::parse_xhtml;
pub use xml::parse_xml;

#[cfg(test)]
mod tests {
    use super::tree::MAX_DEPTH;
    use super::*;

    fn html(tree: &Tree<'_>) -> String {
        let mut writer = Writer::default();
        let to = tree.end(Tree::ROOT);
        writer.write(tree, Tree::ROOT, Tree::ROOT, to, &mut |_| Link::Unwrapped);
        writer.finish()
    }

    #[test]
    fn xhtml_is_written_as_html() {
        let check = |source: &str, expected: &str| assert_eq!(html(&parse_xhtml(source)), expected);
        check("<p>a<br/>b<a id=\"x\"/>c</p>", "<p>a<br>bc</p>");
        check("<p class='x'>a &amp; b&nbsp;&lt;</p>", "<p>a &amp; b\u{a0}&lt;</p>");
        check("<div/><p>a", "<div></div><p>a</p>");
        check("<p>a<p>b<ul><li>c<li>d</ul>", "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>");
        check("<p>a</b></p><p>b</p>", "<p>a</p><p>b</p>");
        check("<p><![CDATA[a<b]]></p>", "<p>a&lt;b</p>");
        check("<p>a</p><script>b</script><style>c</style><p>d</p>", "<p>a</p>  <p>d</p>");
        check("<title/><script src='x'/><p>a</p>", "<title></title> <p>a</p>");
        check(
            "<!DOCTYPE html [<!ENTITY e 'x'>]><html><body><p>a&e;</p></body></html>",
            "<p>a&amp;e;</p>",
        );
        check("<p>in\u{ad}vis\u{200b}ible</p>", "<p>invisible</p>");
        check("<td colspan='2' style='x'>a</td>", "<td colspan=\"2\">a</td>");
    }

    #[test]
    fn part_of_a_tree_is_written_within_its_ancestors() {
        let tree = parse_xhtml("<body><div><p>a</p><p>b</p><p>c</p></div></body>");
        let body = tree.find(Tree::ROOT, "body").unwrap();
        let paragraphs: Vec<_> = tree.subtree(body).filter(|id| tree.name(*id) == "p").collect();
        let mut writer = Writer::default();
        let mut link = |_| Link::Unwrapped;
        writer.write(&tree, body, paragraphs[1], paragraphs[2], &mut link);
        assert_eq!(writer.finish(), "<div><p>b</p></div>");
    }

    #[test]
    fn visible_text_is_without_readings_and_sources() {
        let tree = parse_xhtml(
            "<p><ruby>漢<rt>かん</rt></ruby> <math>x<annotation>y</annotation></math>z",
        );
        assert_eq!(tree.visible_text(Tree::ROOT, tree.end(Tree::ROOT)), "漢 xz");
    }

    #[test]
    fn detached_nodes_are_in_no_walk() {
        let mut tree = parse_xhtml("<p>a</p><p>b</p><p>c</p>");
        let second = tree.children(Tree::ROOT).nth(1).unwrap();
        tree.detach(second);
        assert_eq!(tree.joined_text(Tree::ROOT), "ac");
        assert_eq!(tree.children(Tree::ROOT).count(), 2);
    }

    #[test]
    fn xml_names_have_fixed_prefixes() {
        let source = "<x:document xmlns:x='http://purl.oclc.org/ooxml/wordprocessingml/main'>\
            <x:p x:val='a&amp;&#98;' other='c'>d &lt;&eacute;<![CDATA[<e>]]></x:p></x:document>";
        let (tree, is_damaged) = parse_xml(source);
        let paragraph = tree.find(Tree::ROOT, "w:p").unwrap();
        assert_eq!(tree.attribute(paragraph, "val").unwrap(), "a&b");
        assert_eq!(tree.joined_text(paragraph), "d <é<e>");
        assert!(!is_damaged);
        let (tree, is_damaged) = parse_xml("<a><b>c</b><d");
        assert_eq!(tree.joined_text(Tree::ROOT), "c");
        assert!(is_damaged);
    }

    #[test]
    fn entities_of_a_document_type_are_not_expanded() {
        let source = "<!DOCTYPE a [<!ENTITY b '12345'><!ENTITY c '&b;&b;'>]><a>&c;</a>";
        assert_eq!(parse_xml(source).0.joined_text(Tree::ROOT), "&c;");
    }

    #[test]
    fn depth_is_bounded() {
        for source in ["<div>".repeat(20_000), "<b><p>".repeat(10_000)] {
            let tree = parse_xhtml(&format!("{source}a"));
            assert_eq!(tree.joined_text(Tree::ROOT), "a");
            let deepest = (0..tree.nodes.len()).map(|id| tree.ancestors(NodeId(id as u32)).count());
            assert!(deepest.max().unwrap() <= MAX_DEPTH + 2);
            let (tree, _) = parse_xml(&source);
            assert!(tree.nodes.len() >= 20_000);
        }
    }
}
