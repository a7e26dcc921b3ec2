//! Sources of imports: a converter ends, with documents or a reason.

use verbatim::import::FetchedKind;
use verbatim::import::convert::{Form, Job, convert, convert_as};

fn job() -> Job {
    let address = "https://example.org/a/b".parse().ok();
    Job { form: Form::File, name: "file".to_owned(), content_type: None, address }
}

/// Converts a source of this kind.
pub fn check_as(kind: FetchedKind, bytes: &[u8]) {
    // A source that is not of the kind has a reason.
    let _ = convert_as(kind, &job(), bytes);
}

/// Converts a source of any kind, which its content shows.
pub fn check(bytes: &[u8]) {
    let _ = convert(&job(), bytes.to_vec());
}
