//! Fields: text that a program computes, such as a page number, a link or a table of contents.

/// Fields whose result is not part of the text.
const LEFT_OUT: [&str; 13] = [
    "TOC",
    "INDEX",
    "TOA",
    "RD",
    "PAGE",
    "NUMPAGES",
    "SECTIONPAGES",
    "PAGEREF",
    "TC",
    "XE",
    "TA",
    "SET",
    "ASK",
];

/// A field that is open.
#[derive(Debug, Default)]
pub struct Field {
    instruction: String,
    is_result: bool,
    is_left_out: bool,
}

/// The open fields, from the outermost.
#[derive(Debug, Default)]
pub struct Fields {
    open: Vec<Field>,
    /// Whether the results of all fields are kept, for a document with an unclosed field.
    pub keeps_all: bool,
}

impl Fields {
    pub fn begin(&mut self) {
        self.open.push(Field::default());
    }

    /// Adds a part of the instruction of the innermost field.
    pub fn instruction(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut().filter(|field| !field.is_result) {
            field.instruction.push_str(text);
        }
    }

    /// Begins the result of the innermost field. Returns the address if the field is a link.
    pub fn separate(&mut self) -> Option<String> {
        let field = self.open.last_mut()?;
        field.is_result = true;
        let words = words(&field.instruction);
        let name = words.first().map(|name| name.to_ascii_uppercase()).unwrap_or_default();
        field.is_left_out = LEFT_OUT.contains(&name.as_str());
        let address = words.get(1).filter(|word| !word.starts_with('\\'));
        address.filter(|_| name == "HYPERLINK").cloned()
    }

    /// Ends the innermost field. Returns whether it was a link.
    pub fn end(&mut self) -> bool {
        let field = self.open.pop();
        field.is_some_and(|field| {
            let start = field.instruction.trim_start();
            start.get(..9).is_some_and(|name| name.eq_ignore_ascii_case("HYPERLINK"))
        })
    }

    /// Returns whether a text at this place belongs to an instruction or to a result that is not
    /// part of the text.
    pub fn is_left_out(&self) -> bool {
        !self.keeps_all && self.open.iter().any(|field| !field.is_result || field.is_left_out)
    }

    /// Returns whether a field is open.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
    }
}

/// Returns the words of an instruction. A word in quotation marks may have spaces.
fn words(instruction: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = instruction.trim_start();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '“' | '”'));
        let (word, after) = match quote {
            Some(quote) => {
                let inner = &rest[quote.len_utf8()..];
                let end = inner.find(['"', '“', '”']).unwrap_or(inner.len());
                let after = inner[end..].trim_start_matches(['"', '“', '”']);
                (&inner[..end], after)
            }
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}
