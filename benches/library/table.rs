//! A table of the medians of a run, with the changes since a saved run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Prints the medians that criterion has saved.
pub fn print() {
    let Some(dir) = env::current_exe().ok().and_then(|exe| criterion_dir(&exe)) else { return };
    let arguments: Vec<_> = env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let run = after("--save-baseline").unwrap_or_else(|| "new".into());
    let baseline = after("--baseline");
    let mut names = Vec::new();
    find(&dir, &run, &mut names);
    names.sort();
    println!("\n{:<40} {:>14} {:>12}", "median", "", "change");
    for name in names {
        let now = median(&name.join(&run));
        let before = baseline.as_ref().and_then(|baseline| median(&name.join(baseline)));
        let Some(now) = now else { continue };
        let shown = name.strip_prefix(&dir).unwrap_or(&name).display().to_string();
        let value = match shown.starts_with("time") {
            true => format!("{:.4} ms", now / 1e6),
            false => format!("{now:.0}"),
        };
        let change = before.map(|before| format!("{:+.1} %", (now / before - 1.0) * 100.0));
        println!("{shown:<40} {value:>14} {:>12}", change.unwrap_or_default());
    }
}

/// Returns criterion's directory, which is in the target directory above this binary.
fn criterion_dir(exe: &Path) -> Option<PathBuf> {
    exe.ancestors().map(|dir| dir.join("criterion")).find(|dir| dir.is_dir())
}

/// Adds the directories below `dir` that contain a run of this name.
fn find(dir: &Path, run: &str, names: &mut Vec<PathBuf>) {
    if dir.join(run).join("estimates.json").exists() {
        names.push(dir.to_owned());
    }
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            find(&entry.path(), run, names);
        }
    }
}

/// Reads the median of a saved run.
fn median(run: &Path) -> Option<f64> {
    let estimates = fs::read_to_string(run.join("estimates.json")).ok()?;
    let estimates: Value = serde_json::from_str(&estimates).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
