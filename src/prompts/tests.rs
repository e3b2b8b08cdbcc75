use std::fs;

use super::{context_file, templates};
use crate::yaml::Yaml;

#[test]
fn templates_are_the_markdown_files_of_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    put("review.md", "---\ndescription: Reviews\nargument-hint: <file>\n---\nLook at $1.\n");
    put("broken.md", "---\ndescription: [\n---\n");
    put("notes.txt", "no");
    fs::create_dir(dir.path().join("folder.md")).unwrap();
    let path = dir.path().to_str().unwrap();
    let found = templates(path, path, false);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, format!("{path}/review.md"));
    assert_eq!(found[0].description, Yaml::String("Reviews".to_owned()));
    assert_eq!(found[0].hint, Yaml::String("<file>".to_owned()));
    assert_eq!(found[0].body, "Look at $1.");
    let file = format!("{path}/review.md");
    assert_eq!(templates(&file, &file, true), found);
    assert_eq!(templates(&file, &file, false), []);
}

#[test]
fn the_first_file_that_can_be_read_tells_agents() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("AGENTS.md")).unwrap();
    fs::write(dir.path().join("CLAUDE.md"), "Be kind.").unwrap();
    let path = dir.path().to_str().unwrap();
    let mut refused = Vec::new();
    let file = context_file(path, |path, words| refused.push((path, words))).unwrap();
    assert_eq!((file.path, file.content.as_str()), (format!("{path}/CLAUDE.md"), "Be kind."));
    let (refused, words) = refused.pop().unwrap();
    assert_eq!(refused, format!("{path}/AGENTS.md"));
    assert!(words.starts_with("EISDIR"), "{words}");
    assert_eq!(context_file(&format!("{path}/none"), |_, _| ()), None);
}
