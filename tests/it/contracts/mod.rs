//! External names that must survive any renaming in the code: configuration and environment,
//! command line, JSON, metrics, weights, and the contents of the store.
//!
//! A failure here means that a user's file, script, dashboard or database stops working. Adapt the
//! code to the test, and the test only where a format changes on purpose.

mod command_line;
mod configuration;
mod formats;
mod metrics;
mod store;

use serde_json::Value;

/// Returns one line per key of `value`, such as `excerpts[].url string`; the keys are sorted, and
/// the elements of a list are merged.
fn shape(value: &Value) -> String {
    let mut lines = Vec::new();
    walk("", value, &mut lines);
    lines.sort();
    lines.dedup();
    lines.join("\n")
}

fn walk(path: &str, value: &Value, lines: &mut Vec<String>) {
    let mut leaf = |kind: &str| lines.push(format!("{path} {kind}").trim_start().to_owned());
    match value {
        Value::Null => leaf("null"),
        Value::Bool(_) => leaf("bool"),
        Value::Number(number) if number.is_u64() => leaf("integer"),
        Value::Number(_) => leaf("number"),
        Value::String(_) => leaf("string"),
        Value::Array(items) if items.is_empty() => leaf("empty list"),
        Value::Array(items) => {
            items.iter().for_each(|item| walk(&format!("{path}[]"), item, lines))
        }
        Value::Object(fields) if fields.is_empty() => leaf("empty object"),
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(&key, value, lines);
            }
        }
    }
}
