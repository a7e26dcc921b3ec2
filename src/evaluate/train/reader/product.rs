//! Matrix products. All matrices are stored row by row.

/// A matrix in memory: how many numbers the next row and the next column are away.
#[derive(Clone, Copy)]
pub struct View<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    strides: (usize, usize),
}

impl<'a> View<'a> {
    /// Returns a matrix with so many columns.
    pub fn new(values: &'a [f32], columns: usize) -> View<'a> {
        let rows = values.len() / columns;
        assert_eq!(rows * columns, values.len(), "the rows are complete");
        View { values, rows, columns, strides: (columns, 1) }
    }

    /// Returns the matrix with rows and columns exchanged.
    pub fn transposed(self) -> View<'a> {
        let View { values, rows, columns, strides } = self;
        View { values, rows: columns, columns: rows, strides: (strides.1, strides.0) }
    }
}

/// Adds the product of two matrices, times a factor, to a matrix.
pub fn add_product(factor: f32, a: View<'_>, b: View<'_>, sum: &mut [f32]) {
    assert_eq!(a.columns, b.rows, "the matrices fit");
    assert_eq!(sum.len(), a.rows * b.columns, "the result fits");
    let columns = b.columns as isize;
    let strides = |view: View<'_>| (view.strides.0 as isize, view.strides.1 as isize);
    let ((row_a, column_a), (row_b, column_b)) = (strides(a), strides(b));
    // SAFETY: Each view covers its values exactly, as `View::new` checks, and `sum` has as many
    // numbers as the result. `sum` is borrowed for writing, so that it overlaps with none of them.
    #[expect(unsafe_code)]
    unsafe {
        matrixmultiply::sgemm(
            a.rows,
            a.columns,
            b.columns,
            factor,
            a.values.as_ptr(),
            row_a,
            column_a,
            b.values.as_ptr(),
            row_b,
            column_b,
            1.0,
            sum.as_mut_ptr(),
            columns,
            1,
        );
    }
}

/// Returns the product of two matrices.
pub fn product(a: View<'_>, b: View<'_>) -> Vec<f32> {
    let mut product = vec![0.0; a.rows * b.columns];
    add_product(1.0, a, b, &mut product);
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_is_that_of_rows_and_columns() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, -1.0, 2.0, 0.5, 1.0]);
        let (a, b) = (View::new(&a, 3), View::new(&b, 2));
        assert_eq!(product(a, b), [0.5, 7.0, 2.0, 16.0]);
        assert_eq!(product(b.transposed(), a.transposed()), [0.5, 2.0, 7.0, 16.0]);
    }
}
