//! B11: the licensed providers of a province.

use domain::{
    id::ProviderId,
    views::office::{ProviderFileView, ProviderView},
};
use leptos::prelude::*;

use super::{
    done, head,
    ranges::range_table,
    staff::{staff_fields, staff_table},
};
use crate::{
    doors::offices,
    parts::load::load_page,
    paths,
    texts::{Lang, t, use_lang},
    ui::{
        ButtonRow, Column, DataTable, DateField, Empty, FormAction, LinkButton, Notice, NoticeKind, PostForm, SubmitButton, Tag,
        TextField, Tone, Width, page_data,
    },
};

pub(super) fn providers_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| offices::list_providers());
    load_page(data, move |providers| {
        view! {
            {head(o::providers(l), o::providers_lead(l), &[])}
            <ButtonRow><LinkButton href=paths::office_providers_new() label=o::provider_new(l)/></ButtonRow>
            {table(l, providers)}
        }
        .into_any()
    })
}

fn table(l: Lang, providers: Vec<ProviderView>) -> AnyView {
    use t::office as o;
    if providers.is_empty() {
        return view! { <Empty title=o::no_providers(l)><p>{o::no_providers_text(l)}</p></Empty> }.into_any();
    }
    let columns = vec![
        Column::new(o::provider_name(l)),
        Column::new(o::licence_number(l)),
        Column::new(o::valid_from(l)),
        Column::new(o::valid_to(l)),
        Column::number(o::accesses(l)),
    ];
    let rows = providers
        .into_iter()
        .map(|provider| {
            let ended = (!provider.licensed).then(|| view! { " " <Tag text=o::unlicensed(l) tone=Tone::Red/> });
            vec![
                view! { <a href=paths::office_provider(provider.id)>{provider.name}</a> {ended} }.into_any(),
                provider.licence_number.into_any(),
                provider.valid_from.to_string().into_any(),
                provider.valid_to.map_or_else(|| o::no_end(l).to_owned(), |day| day.to_string()).into_any(),
                provider.accesses.to_string().into_any(),
            ]
        })
        .collect();
    view! { <DataTable caption=o::providers(l) columns=columns rows=rows/> }.into_any()
}

pub(super) fn new_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    view! {
        {head(o::provider_new(l), o::provider_new_lead(l), &[(paths::office_providers(), o::providers(l))])}
        <section class="card">
            <PostForm id="provider" action={FormAction::of::<offices::CreateProvider>()} once=true>
                {fields(l, None)}
                <SubmitButton label=o::add(l)/>
            </PostForm>
        </section>
    }
    .into_any()
}

pub(super) fn file_page(id: ProviderId) -> AnyView {
    let l = use_lang();
    let data = page_data(move || id, offices::provider_file);
    load_page(data, move |file| file_view(l, file))
}

fn file_view(l: Lang, file: ProviderFileView) -> AnyView {
    use t::office as o;
    let ProviderFileView { provider, administrators, ranges } = file;
    let id = provider.id.to_string();
    let nobody = administrators.is_empty();
    let admins = if nobody {
        view! { <Empty title=o::no_administrator(l)><p>{o::no_administrator_text(l)}</p></Empty> }.into_any()
    } else {
        staff_table(l, administrators)
    };
    let ended = (!provider.licensed).then(
        || view! { <Notice kind=NoticeKind::Warning><p>{o::unlicensed_text(l, &provider.accesses.to_string())}</p></Notice> },
    );
    let admin_id = id.clone();
    view! {
        {head(&provider.name, "", &[(paths::office_providers(), o::providers(l))])}
        {done(&[("added", o::done_provider_added(l)), ("changed", o::done_provider_changed(l))])}
        {ended}
        <section class="card">
            <h2>{o::licence(l)}</h2>
            <PostForm id="provider" action={FormAction::of::<offices::ChangeProvider>()}>
                <input type="hidden" name="id" value=id/>
                {fields(l, Some(&provider))}
                <SubmitButton label=t::account::save(l)/>
            </PostForm>
        </section>
        <section>
            <h2>{o::administrators(l)}</h2>
            {admins}
        </section>
        <details class="card" open=nobody>
            <summary>{o::administrator_new(l)}</summary>
            <p>{o::staff_new_lead(l)}</p>
            <PostForm id="administrator" action={FormAction::of::<offices::CreateAdministrator>()} once=true>
                <input type="hidden" name="provider" value=admin_id/>
                <input type="hidden" name="form[role]" value="provider_admin"/>
                {staff_fields()}
                <SubmitButton label=o::create(l)/>
            </PostForm>
        </details>
        <section>
            <h2>{o::ranges(l)}</h2>
            {range_table(l, ranges, false)}
        </section>
    }
    .into_any()
}

fn fields(l: Lang, provider: Option<&ProviderView>) -> AnyView {
    use t::office as o;
    let text = |of: fn(&ProviderView) -> String| provider.map(of).unwrap_or_default();
    view! {
        <TextField
            name="form[name]"
            label=o::provider_name(l)
            hint=o::provider_name_hint(l)
            value=text(|provider| provider.name.clone())
            maxlength=255
        />
        <TextField
            name="form[licence_number]"
            label=o::licence_number(l)
            hint=o::licence_number_hint(l)
            value=text(|provider| provider.licence_number.clone())
            maxlength=64
            width=Width::Half
        />
        <TextField
            name="form[phone]"
            label=o::phone(l)
            value=text(|provider| provider.phone.clone())
            kind="tel"
            inputmode="tel"
            maxlength=32
            width=Width::Half
            optional=true
        />
        <DateField name="form[valid_from]" label=o::valid_from(l) value=text(|provider| provider.valid_from.to_string())/>
        <DateField
            name="form[valid_to]"
            label=o::valid_to(l)
            hint=o::licence_end_hint(l)
            value=text(|provider| provider.valid_to.map(|day| day.to_string()).unwrap_or_default())
            optional=true
        />
    }
    .into_any()
}
