//! JSON as JavaScript reads it.
