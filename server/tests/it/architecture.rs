//! The invariants of the workspace: what is absent, and how large things may grow.

use std::{
    fs,
    path::{Path, PathBuf},
};

mod texts;

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

const MEMBERS: [&str; 11] = [
    "bench", "domain", "probe", "notify", "store", "app", "frontend", "server", "simulate", "words", "xtask",
];

/// The Rust files below a folder, with their text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

fn member_sources(member: &str) -> Vec<(PathBuf, String)> {
    let mut all = sources(&root().join(member).join("src"));
    all.extend(sources(&root().join(member).join("tests")));
    all
}

/// The crates that a member's manifest depends on, development aside.
fn dependencies(member: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .map(str::to_owned)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn dependencies_point_in_one_direction() {
    let forbidden: [(&str, &[&str]); 6] = [
        ("app", &["store", "probe", "notify", "server", "sqlx", "axum", "tokio", "reqwest", "leptos_axum"]),
        ("frontend", &["store", "probe", "notify", "server"]),
        ("store", &["probe", "notify", "app", "server", "reqwest", "axum", "leptos"]),
        ("probe", &["store", "notify", "app", "server", "sqlx", "axum", "leptos"]),
        ("notify", &["store", "probe", "app", "server", "sqlx", "axum", "leptos"]),
        (
            "domain",
            &["store", "probe", "notify", "app", "server", "sqlx", "axum", "tokio", "reqwest", "leptos"],
        ),
    ];
    for (member, never) in forbidden {
        let found: Vec<String> =
            dependencies(member).into_iter().filter(|name| never.contains(&name.as_str())).collect();
        assert!(!dependencies(member).is_empty(), "the manifest of {member} was not understood");
        assert_eq!(found, Vec::<String>::new(), "{member} must not know these");
    }
}

#[test]
fn only_the_store_knows_sql() {
    for member in MEMBERS.into_iter().filter(|member| *member != "store") {
        assert!(!dependencies(member).contains(&"sqlx".to_owned()), "{member} depends on sqlx");
        for (path, text) in sources(&root().join(member).join("src")) {
            assert!(!text.contains("sqlx::"), "{} uses sqlx", path.display());
        }
    }
}

#[test]
fn the_app_is_the_same_on_both_sides() {
    for (path, text) in sources(&root().join("app/src")) {
        let conditional = text.lines().find(|line| {
            let line = line.trim_start();
            (line.contains("cfg(") && !line.starts_with("#[cfg(test)]")) || line.contains("cfg_attr(")
        });
        assert_eq!(conditional, None, "{} has conditional code", path.display());
    }
}

#[test]
fn the_domain_does_no_io() {
    for (path, text) in sources(&root().join("domain/src")) {
        for call in
            ["std::fs", "std::net", "std::process", "std::thread", "SystemTime::now", "Instant::now()"]
        {
            assert!(!text.contains(call), "{} uses {call}", path.display());
        }
    }
}

#[test]
fn files_have_at_most_500_lines_and_no_module_is_called_mod() {
    for member in MEMBERS {
        for (path, text) in member_sources(member) {
            assert!(text.lines().count() <= 500, "{} has {} lines", path.display(), text.lines().count());
            assert_ne!(path.file_name().unwrap(), "mod.rs", "{}", path.display());
        }
    }
}

/// A function runs from its `fn` line to the line that closes it at the same depth; `rustfmt` keeps both findable.
#[test]
fn functions_have_at_most_80_lines() {
    for member in MEMBERS {
        for (path, text) in member_sources(member) {
            for (start, length) in function_lengths(&text) {
                assert!(length <= 80, "{}:{} has {length} lines", path.display(), start + 1);
            }
        }
    }
}

fn function_lengths(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let is_function = |line: &str| {
        let words: Vec<&str> = line
            .split_whitespace()
            .take_while(|word| !word.contains('(') || word.starts_with("pub("))
            .collect();
        let signature = line.split('(').next().unwrap_or_default();
        !line.trim_start().starts_with("//")
            && (words.contains(&"fn") || signature.split_whitespace().any(|word| word == "fn"))
    };
    let length = |start: usize| {
        let indent = lines[start].len() - lines[start].trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let rest = &lines[start..];
        if rest[0].trim_end().ends_with(['}', ';']) {
            1
        } else {
            // A signature of several lines may have no body.
            let depth = |line: &str| line.len() - line.trim_start().len();
            let ends = |line: &str| {
                let is_signature = line.trim_start().starts_with([')', '-']);
                line == closing || depth(line) == indent && is_signature && line.ends_with(';')
            };
            rest.iter().position(|line| ends(line)).map_or(1, |end| end + 1)
        }
    };
    (0..lines.len()).filter(|n| is_function(lines[*n])).map(|n| (n, length(n))).collect()
}

#[test]
fn long_functions_are_noticed() {
    let long = format!("fn a() {{\n{}}}\nfn b() {{}}\n", "    x();\n".repeat(90));
    assert_eq!(function_lengths(&long), [(0, 92), (92, 1)]);
    let declared = "trait A {\n    fn a(\n        b: u8,\n    ) -> u8;\n    fn c();\n}\n";
    assert_eq!(function_lengths(declared), [(1, 3), (4, 1)]);
}

/// cargo-leptos reads the metadata, the server reads `Leptos.toml`.
#[test]
fn leptos_toml_equals_the_metadata() {
    let keys = |text: &str, header: &str| -> Vec<String> {
        let section = text.split(header).nth(1).unwrap_or_default();
        let lines = section.lines().skip(1).take_while(|line| !line.starts_with('['));
        lines.filter(|line| line.contains(" = ")).map(str::to_owned).collect()
    };
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let leptos = fs::read_to_string(root().join("Leptos.toml")).unwrap();
    let metadata = keys(&manifest, "[[workspace.metadata.leptos]]");
    let served = keys(&leptos, "[package.metadata.leptos]");
    assert!(served.len() > 4, "{served:?}");
    for line in served {
        assert!(metadata.contains(&line), "`{line}` differs between Leptos.toml and Cargo.toml");
    }
}
