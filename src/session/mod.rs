//! Sessions: an append-only log of JSON lines, and an index of it. The file's bytes are the truth; the index knows where
//! each entry is and how they hang together, so that what is read costs what it returns.

mod append;
mod blob;
mod commit;
mod copy;
mod disk;
mod doctor;
mod edit;
mod error;
mod folder;
mod head;
mod index;
mod info;
mod lock;
mod log;
mod salvage;
mod scan;
mod search;
mod speech;
#[cfg(test)]
mod tests;
mod writer;

pub use append::Appended;
pub use blob::rewrite;
pub use copy::{copy, keep_aside};
pub use disk::{Disk, System};
pub use doctor::{Fault, Problem, Report, examine, salvage};
pub use error::SessionError;
pub use folder::{Folder, Listed};
pub use head::{Head, Kind, Role};
pub use index::{BadLine, Entry, Index, NONE};
pub use info::{Info, info, said};
pub use log::{Durability, Log};
pub use scan::{Line, scan};
pub use search::{Hit, Query, Search};
pub use writer::Writer;
