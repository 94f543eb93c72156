//! The test stories of the protocol of writes that happen once, by name.

mod stories;
mod world;
