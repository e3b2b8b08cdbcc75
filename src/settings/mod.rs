//! Files of settings and credentials. Pi and this library may write the same ones at once: both take the lock that the
//! npm package `proper-lockfile` has, so that neither loses what the other wrote.

mod error;
mod file;
mod lock;
#[cfg(test)]
mod tests;

pub use error::SettingsError;
pub use file::{create, read, write};
pub use lock::Lock;
