//! The pages, their parts, and the doors they use.

pub mod texts;
