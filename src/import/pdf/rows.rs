//! The content of a table.

/// A table: rows of cells, each with as many cells as there are columns.
pub type Rows = Vec<Vec<String>>;
