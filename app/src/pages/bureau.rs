//! The bureau's desk (B1): the queue of a province, and one case at a time.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::parts::case::{House, area::area};

/// Pages of a bureau's staff.
#[derive(Debug, Default)]
pub struct BureauArea;

#[lazy_route]
impl LazyRoute for BureauArea {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        area(House::Bureau)
    }
}
