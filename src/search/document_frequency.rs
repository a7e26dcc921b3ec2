//! Document frequencies of terms and of their forms.

use tantivy::Term as IndexTerm;
use tantivy::schema::Field;

use super::term::{Form, Term};
use crate::index::{IndexError, Snapshot};

/// Estimates how many passages have a term: the highest document frequency of its forms.
pub fn document_frequency(snapshot: &Snapshot<'_>, term: &Term) -> Result<u64, IndexError> {
    highest_document_frequency(snapshot, &term.forms)
}

/// Returns the highest document frequency of several forms.
///
/// The headings and titles count only if no text has a form.
pub fn highest_document_frequency(
    snapshot: &Snapshot<'_>,
    forms: &[Form],
) -> Result<u64, IndexError> {
    let fields = snapshot.fields();
    let in_text = highest_in_field(snapshot, fields.text, forms)?;
    if in_text > 0 {
        return Ok(in_text);
    }
    let in_heading = highest_in_field(snapshot, fields.heading, forms)?;
    Ok(in_heading.max(highest_in_field(snapshot, fields.title, forms)?))
}

fn highest_in_field(
    snapshot: &Snapshot<'_>,
    field: Field,
    forms: &[Form],
) -> Result<u64, IndexError> {
    let mut highest = 0;
    for form in forms {
        highest = highest.max(form_document_frequency(snapshot, field, form)?);
    }
    Ok(highest)
}

/// Returns an upper bound of how many passages have a form in a field: the document frequency of
/// its rarest stem.
pub fn form_document_frequency(
    snapshot: &Snapshot<'_>,
    field: Field,
    form: &Form,
) -> Result<u64, IndexError> {
    let mut lowest: Option<u64> = None;
    for stem in &form.stems {
        let frequency = snapshot.doc_freq(&IndexTerm::from_field_text(field, stem))?;
        lowest = Some(lowest.map_or(frequency, |lowest| lowest.min(frequency)));
    }
    Ok(lowest.unwrap_or(0))
}
