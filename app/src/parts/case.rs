//! What the desks of provider and bureau share: lists, and one case on one screen.
//!
//! A desk opens on what is due. Its list and page stand in the address and travel with every form as `place`, so that
//! each action leads to the next case of the same list, and back to the same page of it.

pub mod answers;
pub mod area;
pub mod deadline;
pub mod desk;
pub mod findings;
pub mod holder;
pub mod identity;
pub mod keys;
pub mod labels;
pub mod materials;
pub mod notes;
pub mod opinion;
pub mod place;
pub mod queue;
pub mod reasons;
pub mod reveal;
pub mod sheet;
pub mod verdict;

#[cfg(all(test, feature = "ssr"))]
mod tests;

pub use place::{House, Place};
