//! A cursor over the bytes of a file that refuses to read past the end.

use std::ops::Range;

use super::problem::Problem;

/// A position in a file. Every method that reads also advances the position, and reports the part
/// of the file that is cut off if the file is too short.
pub struct Cursor<'a> {
    file: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(file: &'a [u8]) -> Cursor<'a> {
        Cursor { file, position: 0 }
    }

    /// Returns the whole file.
    pub fn file(&self) -> &'a [u8] {
        self.file
    }

    /// Returns the number of bytes before the cursor.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Skips a number of bytes and returns their positions.
    pub fn range(&mut self, bytes: u64, part: &'static str) -> Result<Range<usize>, Problem> {
        let rest = self.file.len() - self.position;
        let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes <= rest);
        let start = self.position;
        self.position += bytes.ok_or(Problem::Truncated { part })?;
        Ok(start..self.position)
    }

    /// Reads a number of bytes.
    pub fn bytes(&mut self, bytes: usize, part: &'static str) -> Result<&'a [u8], Problem> {
        let range = self.range(bytes as u64, part)?;
        Ok(&self.file[range])
    }

    fn array<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], Problem> {
        let bytes = self.bytes(N, part)?;
        bytes.try_into().map_err(|_| Problem::Truncated { part })
    }

    pub fn u8(&mut self, part: &'static str) -> Result<u8, Problem> {
        self.array(part).map(u8::from_le_bytes)
    }

    pub fn u16(&mut self, part: &'static str) -> Result<u16, Problem> {
        self.array(part).map(u16::from_le_bytes)
    }

    pub fn u32(&mut self, part: &'static str) -> Result<u32, Problem> {
        self.array(part).map(u32::from_le_bytes)
    }

    pub fn u64(&mut self, part: &'static str) -> Result<u64, Problem> {
        self.array(part).map(u64::from_le_bytes)
    }
}
