//! The provider's desk (P3, P16): what is due, and one case at a time.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::parts::case::{House, area::area};

/// Pages of the provider's staff.
#[derive(Debug, Default)]
pub struct ProviderArea;

#[lazy_route]
impl LazyRoute for ProviderArea {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        area(House::Provider)
    }
}
