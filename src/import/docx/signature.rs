//! Recognition of files that are not DOCX documents.

use crate::import::document::Failure;
use crate::import::package::Package;

/// Start of OLE files: old documents of Office, and encrypted new ones.
const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Fails if the bytes are not those of a zip file.
pub fn check(bytes: &[u8]) -> Result<(), Failure> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).to_lowercase();
    let docx = "open it in Word or LibreOffice and save it as .docx";
    let (what, hint) = match bytes {
        _ if bytes.starts_with(b"PK") => return Ok(()),
        [] => ("the file is empty", "download or copy the file once more"),
        _ if bytes.starts_with(&OLE) && has_name(bytes, "EncryptedPackage") => {
            ("the document has a password", "save it without a password")
        }
        _ if bytes.starts_with(&OLE) => ("the file is an old Word document (.doc)", docx),
        _ if bytes.starts_with(b"{\\rtf") => ("the file is an RTF document", docx),
        _ if bytes.starts_with(b"%PDF") => {
            ("the file is a PDF, not a DOCX document", "give it the extension .pdf")
        }
        _ if start.contains("<w:worddocument") || start.contains("<pkg:package") => {
            ("the file is a Word document in a single XML file", docx)
        }
        _ if start.contains("<html") => {
            ("the file is an HTML page, not a DOCX document", "give it the extension .html")
        }
        _ => ("the file is not a DOCX document", "check the file with Word or LibreOffice"),
    };
    Err(failure(what, hint))
}

/// Returns whether an OLE file has a stream with the name.
fn has_name(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

/// Returns why a zip file has no main part.
pub fn of_zip(package: &Package<'_>) -> Failure {
    let docx = "open it in the program that made it and save it as .docx";
    let has = |name: &str| package.contains(name);
    match () {
        () if has("content.xml") => failure("the file is an OpenDocument text (.odt)", docx),
        () if has("Index/Document.iwa") || has("index.apxl") => {
            failure("the file is a Pages document", docx)
        }
        () if has("META-INF/container.xml") => {
            failure("the file is an EPUB, not a DOCX document", "give it the extension .epub")
        }
        () if has("xl/workbook.xml") => failure("the file is a spreadsheet", docx),
        () if has("ppt/presentation.xml") => failure("the file is a presentation", docx),
        () => not_a_document(),
    }
}

/// Returns the failure of a file that is none of the known ones.
pub fn not_a_document() -> Failure {
    failure("the file has no document and no text", "check that it is the file that you meant")
}

fn failure(what: &str, hint: &str) -> Failure {
    Failure { what: what.to_owned(), hint: hint.to_owned() }
}
