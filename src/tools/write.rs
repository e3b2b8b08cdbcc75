//! Writes a file, whole or not at all where that can be, and as the same file: links are followed; its mode, owner and
//! attributes stay.

use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::path::Path;

use super::error::ToolError;

/// Puts `bytes` into the file at `path`, or into a new one.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), ToolError> {
    let Ok(target) = path.canonicalize() else {
        // Where a link leads nowhere, the system makes the file that it names.
        if path.symlink_metadata().is_ok() {
            let file = File::create(path).map_err(ToolError::opening(path))?;
            return over(file, bytes);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = beside(folder.unwrap_or(Path::new("."))).map_err(ToolError::opening(path))?;
        file.write_all(bytes).map_err(ToolError::during("write"))?;
        return file.persist(path).map(drop).map_err(|error| ToolError::opening(path)(error.error));
    };
    let existing = File::options().write(true).open(&target).map_err(ToolError::opening(path))?;
    let metadata = existing.metadata().map_err(ToolError::opening(path))?;
    let replacement =
        target.parent().filter(|_| is_replaceable(&metadata)).and_then(|folder| beside(folder).ok());
    match replacement.filter(|file| take_after(file.as_file(), &existing, &metadata).is_ok()) {
        None => over(existing, bytes),
        Some(mut file) => {
            drop(existing);
            file.write_all(bytes).map_err(ToolError::during("write"))?;
            // Else a crash of the machine could leave neither the old file nor the new one.
            file.as_file().sync_data().map_err(ToolError::during("fsync"))?;
            file.persist(&target).map(drop).map_err(|error| ToolError::opening(path)(error.error))
        }
    }
}

/// Writes into a file that must stay the same one, as others look at it too.
fn over(mut file: File, bytes: &[u8]) -> Result<(), ToolError> {
    // What is no file on a disk has no length.
    let _ = file.set_len(0);
    file.write_all(bytes).map_err(ToolError::during("write"))
}

/// A new file in a folder, with the mode that new files get.
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".write-").suffix(".tmp");
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666))
    };
    builder.tempfile_in(folder)
}

/// Whether another file may take its place: it is one on a disk and has no second name.
fn is_replaceable(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    let names = std::os::unix::fs::MetadataExt::nlink(metadata);
    #[cfg(not(unix))]
    let names = 1;
    metadata.is_file() && names == 1
}

/// Gives a new file the owner, the attributes and the mode of another.
fn take_after(file: &File, other: &File, metadata: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (metadata.uid(), metadata.gid()) {
            fchown(file, Some(metadata.uid()), Some(metadata.gid()))?;
        }
    }
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    copy_attributes(other, file)?;
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    let _ = other;
    file.set_permissions(metadata.permissions())
}

/// Copies what a file has besides its bytes, access control lists among it.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn copy_attributes(from: &File, to: &File) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    let mut names = vec![0; ATTRIBUTES];
    let count = match flistxattr(from, names.as_mut_slice()) {
        Err(rustix::io::Errno::NOTSUP) => return Ok(()),
        counted => counted?,
    };
    let names = names.get(..count).unwrap_or_default();
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0; ATTRIBUTES];
        let length = fgetxattr(from, name, value.as_mut_slice())?;
        fsetxattr(to, name, value.get(..length).unwrap_or_default(), XattrFlags::empty())?;
    }
    Ok(())
}

/// The most that a file's attributes can be, each and by their names.
#[cfg(any(target_os = "linux", target_os = "macos"))]
const ATTRIBUTES: usize = 64 << 10;
