use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::*;

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    create(&path, "{}", false).unwrap();
    (folder, path)
}

fn lock_of(path: &std::path::Path) -> PathBuf {
    path.with_extension("json.lock")
}

fn age(lock: &std::path::Path, seconds: u64) {
    File::open(lock).unwrap().set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
}

#[test]
fn a_lock_is_a_folder_that_goes_with_it() {
    let (_folder, path) = file();
    let lock = Lock::take(&path).unwrap();
    assert!(lock_of(&path).is_dir());
    assert_eq!(Lock::take(&path).unwrap_err().code(), "ELOCKED");
    drop(lock);
    assert!(!lock_of(&path).exists());
}

#[test]
fn a_lock_that_was_left_behind_is_taken_over() {
    let (folder, path) = file();
    fs::create_dir(lock_of(&path)).unwrap();
    age(&lock_of(&path), 20);
    assert_eq!(Lock::take(&path).unwrap_err().code(), "ELOCKED");
    age(&lock_of(&path), 40);
    drop(Lock::take(&path).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn who_lost_the_lock_writes_nothing_and_leaves_the_next_ones_lock() {
    let (_folder, path) = file();
    let lost = Lock::take(&path).unwrap();
    age(&lock_of(&path), 40);
    let next = Lock::take(&path).unwrap();
    assert_eq!(write(&lost, &path, "lost", false).unwrap_err().code(), "ECOMPROMISED");
    drop(lost);
    write(&next, &path, "next", false).unwrap();
    assert_eq!(read(&path).unwrap().as_deref(), Some("next"));
}

#[test]
fn a_lock_for_long_is_renewed() {
    let (_folder, path) = file();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let lock = Lock::take_for_long(&path).await.unwrap();
        let first = fs::metadata(lock_of(&path)).unwrap().modified().unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert!(fs::metadata(lock_of(&path)).unwrap().modified().unwrap() > first);
        assert!(lock.is_held());
    });
    assert!(!lock_of(&path).exists());
}

#[test]
fn what_is_no_text_is_refused() {
    let (_folder, path) = file();
    fs::write(&path, b"{\"a\": \"\xff\"}").unwrap();
    assert_eq!(read(&path).unwrap_err().code(), "ENOTTEXT");
    assert_eq!(read(&path.with_extension("none")).unwrap(), None);
}

#[cfg(unix)]
#[test]
fn through_a_link_the_file_is_locked_under_both_names() {
    use std::os::unix::fs::{MetadataExt, symlink};
    let (folder, path) = file();
    let link = folder.path().join("link.json");
    symlink(&path, &link).unwrap();
    let lock = Lock::take(&link).unwrap();
    assert!(lock_of(&path).is_dir() && lock_of(&link).is_dir());
    write(&lock, &link, "{\"a\":1}", true).unwrap();
    drop(lock);
    assert!(link.is_symlink() && !lock_of(&path).exists() && !lock_of(&link).exists());
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1}");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn a_private_file_is_its_owners() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.json");
    create(&path, "{}", true).unwrap();
    create(&path, "other", true).unwrap();
    assert_eq!(read(&path).unwrap().as_deref(), Some("{}"));
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}
