//! The file `.env`, which holds the token: what is wrong with it is told without its text.

/// The lines of `.env` in the working directory, without touching the environment.
pub fn read(problems: &mut Vec<String>) -> Vec<(String, String)> {
    let lines = match dotenvy::from_filename_iter(".env") {
        Ok(lines) => lines,
        Err(dotenvy::Error::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return Vec::new();
        }
        Err(_) => {
            problems.push(
                ".env: it cannot be read\nhint: make it readable for this user, or remove it"
                    .into(),
            );
            return Vec::new();
        }
    };
    let read: Result<Vec<_>, _> = lines.collect();
    read.unwrap_or_else(|_| {
        // The error would quote the line, which may hold the token.
        problems.push(".env: a line cannot be read\nhint: write `NAME=value` lines, such as `TELOXIDE_TOKEN=123:abc`".into());
        Vec::new()
    })
}
