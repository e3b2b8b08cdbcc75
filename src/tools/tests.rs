use std::fs;
use std::io::Read;

use proptest::prelude::*;

use super::*;

const ALL: Wanted = Wanted { from: 0, to: None, keep: 1 << 20, resize: true };

/// Gives out its bytes in pieces of a few.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(out.len());
        out[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

proptest! {
    #[test]
    fn a_window_is_the_same_whatever_pieces_it_comes_in(
        text in "(a|é|漢|😀|\n|\n|\r\n){0,40}",
        wrong in prop::collection::vec(prop::sample::select(vec![0xFFu8, 0xC3, 0xE6, 0xF0, 0x9F, 0x80]), 0..3),
        at in 0usize..60,
        piece in 1usize..9,
        from in 0usize..8,
        to in prop::option::of(0usize..9),
        keep in 0usize..30,
    ) {
        let mut bytes = text.into_bytes();
        let at = at.min(bytes.len());
        bytes.splice(at..at, wrong);
        let seen = window(Drip(&bytes, piece), &Wanted { from, to, keep, resize: true }, &|| false).unwrap();
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        let lines: Vec<&str> = whole.split('\n').collect();
        let end = to.unwrap_or(lines.len()).min(lines.len());
        let shown = lines.get(from.min(end)..end).unwrap_or_default().join("\n");
        prop_assert_eq!(seen.total_lines, lines.len());
        prop_assert_eq!(seen.bytes, shown.len());
        prop_assert_eq!(seen.lines, shown.split('\n').count());
        prop_assert_eq!(seen.first_line, shown.split('\n').next().unwrap().len());
        prop_assert!(shown.starts_with(&seen.text));
        prop_assert!(seen.text == shown || seen.text.len() > keep);
    }
}

#[test]
fn reading_ends_when_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    fs::write(&path, "text").unwrap();
    assert!(matches!(read(&path, &ALL, &|| true), Err(ToolError::Cancelled)));
    let edits = [Replacement { old: Some("text".into()), new: "other".into() }];
    assert!(matches!(edit_file(&path, &edits, "f", &|| true), Err(ToolError::Cancelled)));
    assert_eq!(fs::read(&path).unwrap(), b"text");
}

#[test]
fn a_written_file_is_new_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    write(&path, b"one").unwrap();
    let mut reader = fs::File::open(&path).unwrap();
    write(&path, b"two and more").unwrap();
    let mut seen = String::new();
    reader.read_to_string(&mut seen).unwrap();
    assert_eq!(seen, "one", "who reads the old file sees all of it");
    assert_eq!(fs::read(&path).unwrap(), b"two and more");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn mode_links_and_second_names_stay() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("script"), "one").unwrap();
        fs::set_permissions(at("script"), fs::Permissions::from_mode(0o750)).unwrap();
        symlink("script", at("link")).unwrap();
        write(&at("link"), b"two").unwrap();
        assert!(at("link").symlink_metadata().unwrap().is_symlink());
        assert_eq!(at("script").metadata().unwrap().mode() & 0o777, 0o750);

        fs::hard_link(at("script"), at("second")).unwrap();
        write(&at("script"), b"3").unwrap();
        assert_eq!(fs::read(at("second")).unwrap(), b"3");

        symlink("target", at("dangling")).unwrap();
        write(&at("dangling"), b"new").unwrap();
        assert_eq!(fs::read(at("target")).unwrap(), b"new");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn attributes_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "one").unwrap();
        let flags = rustix::fs::XattrFlags::empty();
        if rustix::fs::setxattr(&path, "user.note", b"kept", flags).is_err() {
            return; // Not every file system has them.
        }
        let before = path.metadata().unwrap().ino();
        write(&path, b"two").unwrap();
        let mut value = [0; 8];
        let length = rustix::fs::getxattr(&path, "user.note", &mut value[..]).unwrap();
        assert_eq!(&value[..length], b"kept");
        assert_ne!(path.metadata().unwrap().ino(), before, "it is a new file");
    }

    #[test]
    fn a_new_file_has_the_mode_that_the_system_gives() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plain"), "").unwrap();
        write(&folder.path().join("ours"), b"").unwrap();
        let mode = |name: &str| folder.path().join(name).metadata().unwrap().mode();
        assert_eq!(mode("ours"), mode("plain"));
    }
}
