use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Origin, Place, load, load_folder};

/// A folder with files; those that end with a slash are folders.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

const GOOD: &str = "---\ndescription: Does it.\n---\n";

fn names(dir: &TempDir) -> Vec<String> {
    load_folder(dir.path().to_str().unwrap(), &Origin::User)
        .skills
        .into_iter()
        .map(|skill| skill.name)
        .collect()
}

fn place(path: &Path, named: bool) -> Place {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let dir = path.parent().unwrap();
    Place {
        path: text(path),
        normal: text(path),
        dir: text(dir),
        parent: dir.file_name().unwrap().to_str().unwrap().to_owned(),
        origin: Origin::Path,
        named,
    }
}

#[test]
fn a_skill_says_what_hosts_ask_for() {
    let text = "---\nname: pdf\ndescription: Reads\ntools: [web_search, read]\ndisable-model-invocation: true\n---\nBody";
    let dir = folder(&[("pdf/SKILL.md", text)]);
    let base = format!("{}/pdf", dir.path().display());
    let path = format!("{base}/SKILL.md");
    let loaded = load_folder(dir.path().to_str().unwrap(), &Origin::Project);
    let expected = json!({
        "name": "pdf",
        "description": "Reads",
        "filePath": path,
        "baseDir": base,
        "sourceInfo": {"path": path, "source": "local", "scope": "project", "origin": "top-level", "baseDir": base},
        "disableModelInvocation": true,
        "tools": ["web_search", "read"],
    });
    assert_eq!(serde_json::to_value(&loaded).unwrap(), json!({"skills": [expected], "diagnostics": []}));
}

#[test]
fn a_skill_ends_the_search_below_it() {
    let dir = folder(&[
        ("z.md", GOOD),
        ("a/SKILL.md", GOOD),
        ("a/b/SKILL.md", GOOD),
        ("c/deep/SKILL.md", GOOD),
        ("c/notes.md", GOOD),
        (".hidden/SKILL.md", GOOD),
        ("node_modules/x/SKILL.md", GOOD),
    ]);
    let root = dir.path().file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(names(&dir), ["a".to_owned(), "deep".to_owned(), root]);
}

#[test]
fn ignore_files_count_below_their_folder() {
    let dir = folder(&[
        (".gitignore", "drafts/\n# no\n*-OLD\n!keep-old\n"),
        ("drafts/a/SKILL.md", GOOD),
        ("x-old/SKILL.md", GOOD),
        ("keep-old/SKILL.md", GOOD),
        ("b/.fdignore", "/c\n"),
        ("b/c/SKILL.md", GOOD),
        ("b/d/SKILL.md", GOOD),
        ("c/SKILL.md", GOOD),
    ]);
    assert_eq!(names(&dir), ["d", "c", "keep-old"]);
}

#[test]
fn what_is_wrong_is_said_and_only_a_skill_without_a_description_is_left_out() {
    let dir = folder(&[
        ("a/SKILL.md", "---\nname: B--\ndescription: x\n---\n"),
        ("b/SKILL.md", "---\nname: b\n---\n"),
        ("c/SKILL.md", "---\nname: 12\ndescription: x\n---\n"),
        ("d/SKILL.md", "---\ndescription: Use when: asked\n---\n"),
    ]);
    let loaded = load_folder(dir.path().to_str().unwrap(), &Origin::User);
    assert_eq!(loaded.skills.iter().map(|skill| skill.name.as_str()).collect::<Vec<_>>(), ["B--"]);
    let words: Vec<&str> = loaded.diagnostics.iter().map(|one| one.message.as_str()).collect();
    let (yaml, rest) = words.split_last().unwrap();
    assert_eq!(
        rest,
        [
            "name \"B--\" does not match parent directory \"a\"",
            "name contains invalid characters (must be lowercase a-z, 0-9, hyphens only)",
            "name must not start or end with a hyphen",
            "name must not contain consecutive hyphens",
            "description is required",
            "name.startsWith is not a function",
        ]
    );
    assert!(yaml.contains(" at line 1, column 22:\n\ndescription: Use when: asked\n"), "{yaml}");
}

#[test]
fn the_first_of_a_name_counts_and_a_file_counts_once() {
    let dir = folder(&[("one/a/SKILL.md", GOOD), ("two/a/SKILL.md", GOOD), ("three/x.txt", "")]);
    let at = |name: &str| dir.path().join(name);
    #[cfg(unix)]
    std::os::unix::fs::symlink(at("one"), at("same")).unwrap();
    #[cfg(not(unix))]
    fs::create_dir(at("same")).unwrap();
    let places = [
        place(&at("none"), false),
        place(&at("one"), true),
        place(&at("same"), true),
        place(&at("two"), true),
        place(&at("missing"), true),
        place(&at("three/x.txt"), true),
    ];
    let loaded = load(&places);
    assert_eq!(loaded.skills.len(), 1);
    let remarks: Value = serde_json::to_value(&loaded.diagnostics).unwrap();
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    assert_eq!(
        remarks,
        json!([
            {"type": "warning", "message": "skill path does not exist", "path": path("missing")},
            {"type": "warning", "message": "skill path is not a markdown file", "path": path("three/x.txt")},
            {
                "type": "collision",
                "message": "name \"a\" collision",
                "path": path("two/a/SKILL.md"),
                "collision": {
                    "resourceType": "skill",
                    "name": "a",
                    "winnerPath": path("one/a/SKILL.md"),
                    "loserPath": path("two/a/SKILL.md"),
                },
            },
        ])
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_round_and_round() {
    let dir = folder(&[("skills/a/SKILL.md", GOOD), ("else/b/SKILL.md", GOOD)]);
    let link =
        |to: &str, at: &str| std::os::unix::fs::symlink(dir.path().join(to), dir.path().join(at)).unwrap();
    link("skills", "skills/loop");
    link("skills", "skills/loop2");
    link("else", "skills/c");
    link("gone", "skills/d");
    let loaded = load_folder(dir.path().join("skills").to_str().unwrap(), &Origin::User);
    let names: Vec<&str> = loaded.skills.iter().map(|skill| skill.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(loaded.skills.iter().any(|skill| skill.file_path.ends_with("skills/c/b/SKILL.md")));
}
