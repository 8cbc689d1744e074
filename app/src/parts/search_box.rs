//! The box of the public query.

use leptos::prelude::*;

use crate::{
    paths,
    texts::{t, use_lang},
};

/// The one box.
#[component]
pub fn SearchBox(
    /// What was asked before.
    #[prop(into)]
    value: String,
) -> AnyView {
    let l = use_lang();
    view! {
        <form role="search" method="get" action=paths::query()>
            <label for="q">{t::public::query::label(l)}</label>
            <div class="search">
                <input
                    class="input"
                    type="search"
                    id="q"
                    name="q"
                    value=value
                    maxlength="255"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="q-hint"
                />
                <button class="button" type="submit">{t::public::query::button(l)}</button>
            </div>
            <p class="search-hint" id="q-hint">{t::public::query::hint(l)}</p>
        </form>
    }
    .into_any()
}
