//! P15: the address ranges of a provider.

use domain::{codes::ServerLocation, views::office::RangeView};
use leptos::prelude::*;

use super::{done, head};
use crate::{
    doors::offices,
    parts::load::load_page,
    texts::{Lang, t, use_lang},
    ui::{Column, DataTable, Empty, FormAction, PostForm, SelectField, SubmitButton, TextArea, page_data},
};

pub(super) fn ranges_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| offices::list_ranges());
    load_page(data, move |ranges| {
        view! {
            {head(o::ranges(l), o::ranges_lead(l), &[])}
            {done(&[("added", o::done_ranges_added(l)), ("removed", o::done_range_removed(l))])}
            {range_table(l, ranges, true)}
            {add(l)}
        }
        .into_any()
    })
}

/// The place of servers, as the code table calls it.
fn location_text(l: Lang, location: u32) -> String {
    ServerLocation::find(location)
        .map_or_else(|| location.to_string(), |location| l.pick(location.zh(), location.en()).to_owned())
}

/// The ranges, perhaps with the way to remove each.
pub(super) fn range_table(l: Lang, ranges: Vec<RangeView>, removable: bool) -> AnyView {
    use t::office as o;
    if ranges.is_empty() {
        return view! { <Empty title=o::no_ranges(l)><p>{o::no_ranges_text(l)}</p></Empty> }.into_any();
    }
    let mut columns = vec![Column::new(o::addresses(l)), Column::new(o::location(l))];
    if removable {
        columns.push(Column::new(t::account::action(l)));
    }
    let rows = ranges
        .into_iter()
        .map(|range| {
            let mut cells = vec![range.addresses.into_any(), location_text(l, range.location).into_any()];
            if removable {
                let id = range.id.to_string();
                cells.push(
                    view! {
                        <PostForm id=format!("range-{id}") class="inline" action={FormAction::of::<offices::RemoveRange>()}>
                            <input type="hidden" name="id" value=id/>
                            <SubmitButton label=o::remove(l) secondary=true/>
                        </PostForm>
                    }
                    .into_any(),
                );
            }
            cells
        })
        .collect();
    view! { <DataTable caption=o::ranges(l) columns=columns rows=rows/> }.into_any()
}

fn add(l: Lang) -> AnyView {
    use t::office as o;
    let choices = ServerLocation::ALL
        .iter()
        .map(|location| (location.id().to_string(), l.pick(location.zh(), location.en()).to_owned()))
        .collect();
    view! {
        <section class="card">
            <h2>{o::ranges_add(l)}</h2>
            <PostForm id="ranges" action={FormAction::of::<offices::AddRanges>()}>
                <TextArea name="form[addresses]" label=o::addresses(l) hint=o::addresses_hint(l) rows=5 maxlength=4096/>
                <SelectField
                    name="form[location]"
                    label=o::location(l)
                    hint=o::location_hint(l)
                    choices=choices
                    empty=t::filing::form::choose(l)
                />
                <SubmitButton label=o::add(l)/>
            </PostForm>
        </section>
    }
    .into_any()
}
