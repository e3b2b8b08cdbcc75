//! Keys of services.

mod sealed;

pub use sealed::open;
