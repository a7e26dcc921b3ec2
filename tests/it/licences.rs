//! The licence of every dependency is one of those in `.deny.toml`.

use serde_json::Value;

const DENY: &str = include_str!("../../.deny.toml");

/// Returns whether a licence expression can be met by allowed licences alone.
fn is_allowed(expression: &str) -> bool {
    let allowed = |licence: &str| DENY.contains(&format!("\"{licence}\""));
    // `MIT/Apache-2.0` is how `OR` was written before SPDX.
    let any_of = expression.replace('/', " OR ");
    let any_of = any_of.replace(['(', ')'], "");
    any_of.split(" AND ").all(|all| all.split(" OR ").any(|licence| allowed(licence.trim())))
}

#[test]
fn licences_of_all_dependencies_are_allowed() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, since it runs this test");
    if !output.status.success() {
        // Packages for other systems may be missing offline; `cargo deny` checks them.
        eprintln!("SKIPPED: the metadata of all packages is not at hand offline");
        return;
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let refused: Vec<_> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(is_allowed))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert_eq!(refused, Vec::<String>::new());
    assert!(
        !is_allowed("GPL-3.0") && !is_allowed("MIT AND GPL-3.0") && is_allowed("GPL-3.0 OR MIT")
    );
}
