//! What a log asks of the disk when it writes: a trait, so that a test can bring a disk that fails.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Write};

/// Where writes go. What is not overridden is the system's.
pub trait Disk: Debug + Send + Sync {
    /// Writes some of `bytes` at the end of a file that was opened for that; how many.
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    /// Cuts a file off.
    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }

    /// Brings what was written to the disk itself.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// The system's disk.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Disk for System {}
