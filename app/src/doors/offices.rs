//! What an office keeps by itself: its staff, a provider's ranges and services, a bureau's providers and policies.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::{
    policies,
    providers::{licences, ranges, services},
    staff,
};
use domain::{
    id::{ProviderId, UserId},
    views::{
        accounts::NewPasswordForm,
        office::{
            HandOverView, PoliciesView, PolicyForm, ProviderFileView, ProviderForm, ProviderView, RangeView, RangesForm,
            ServiceForm, ServiceListView, ServiceView, StaffForm, StaffListView,
        },
    },
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use uuid::Uuid;

/// Replaces one's first password; leads to the second factor.
#[server(endpoint = "staff/choose_password", prefix = "/api")]
pub async fn choose_password(form: NewPasswordForm, #[server(default)] next: String) -> Result<Done, Fault> {
    let session = staff::choose_password(&ssr::ctx()?, &ssr::half_session().await?, &form).await?;
    Ok(ssr::begin(&session, &next))
}

/// The staff of one's office.
#[server(endpoint = "staff/list", prefix = "/api", input = GetUrl)]
pub async fn list_staff() -> Result<StaffListView, Fault> {
    Ok(staff::list(&ssr::ctx()?, &ssr::caller()).await?)
}

/// One account, with its first password while that is to be handed over.
#[server(endpoint = "staff/hand_over", prefix = "/api")]
pub async fn hand_over(id: UserId) -> Result<HandOverView, Fault> {
    Ok(staff::hand_over(&ssr::ctx()?, &ssr::caller(), id).await?)
}

/// The first password was handed over: it is shown no more.
#[server(endpoint = "staff/handed_over", prefix = "/api")]
pub async fn handed_over(id: UserId) -> Result<Done, Fault> {
    staff::handed_over(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(paths::staff_member(id)))
}

/// Makes an account of one's office.
#[server(endpoint = "staff/create", prefix = "/api")]
pub async fn create_staff(form: StaffForm) -> Result<Done, Fault> {
    let id = staff::create(&ssr::ctx()?, &ssr::caller(), &form).await?;
    Ok(Done::to(paths::staff_member(id)))
}

/// Makes an administrator of a provider.
#[server(endpoint = "staff/create_administrator", prefix = "/api")]
pub async fn create_administrator(provider: ProviderId, form: StaffForm) -> Result<Done, Fault> {
    let id = staff::create_administrator(&ssr::ctx()?, &ssr::caller(), provider, &form).await?;
    Ok(Done::to(paths::staff_member(id)))
}

/// Gives an account another role.
#[server(endpoint = "staff/change_role", prefix = "/api")]
pub async fn change_role(id: UserId, role: String) -> Result<Done, Fault> {
    staff::change_role(&ssr::ctx()?, &ssr::caller(), id, &role).await?;
    Ok(Done::to(paths::done(&paths::staff_member(id), "role")))
}

/// Suspends an account.
#[server(endpoint = "staff/suspend", prefix = "/api")]
pub async fn suspend(id: UserId) -> Result<Done, Fault> {
    staff::suspend(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(paths::done(&paths::staff_member(id), "suspended")))
}

/// Lets a suspended account sign in again.
#[server(endpoint = "staff/resume", prefix = "/api")]
pub async fn resume(id: UserId) -> Result<Done, Fault> {
    staff::resume(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(paths::done(&paths::staff_member(id), "resumed")))
}

/// Gives an account a new first password.
#[server(endpoint = "staff/reissue", prefix = "/api")]
pub async fn reissue(id: UserId, #[server(default)] forget_factor: String) -> Result<Done, Fault> {
    staff::reissue(&ssr::ctx()?, &ssr::caller(), id, forget_factor == "yes").await?;
    Ok(Done::to(paths::staff_member(id)))
}

/// The ranges of one's provider.
#[server(endpoint = "ranges/list", prefix = "/api", input = GetUrl)]
pub async fn list_ranges() -> Result<Vec<RangeView>, Fault> {
    Ok(ranges::list(&ssr::ctx()?, &ssr::caller()).await?)
}

/// Adds ranges.
#[server(endpoint = "ranges/add", prefix = "/api")]
pub async fn add_ranges(form: RangesForm) -> Result<Done, Fault> {
    ranges::add(&ssr::ctx()?, &ssr::caller(), &form).await?;
    Ok(Done::to(paths::done(&paths::office_ranges(), "added")))
}

/// Removes a range.
#[server(endpoint = "ranges/remove", prefix = "/api")]
pub async fn remove_range(id: Uuid) -> Result<Done, Fault> {
    ranges::remove(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(paths::done(&paths::office_ranges(), "removed")))
}

/// One page of the services of one's provider.
#[server(endpoint = "services/list", prefix = "/api", input = GetUrl)]
pub async fn list_services(#[server(default)] code: String, #[server(default)] page: u32) -> Result<ServiceListView, Fault> {
    Ok(services::list(&ssr::ctx()?, &ssr::caller(), &code, page).await?)
}

/// One service of one's provider.
#[server(endpoint = "services/get", prefix = "/api", input = GetUrl)]
pub async fn get_service(id: Uuid) -> Result<ServiceView, Fault> {
    Ok(services::get(&ssr::ctx()?, &ssr::caller(), id).await?)
}

/// Enters a service.
#[server(endpoint = "services/create", prefix = "/api")]
pub async fn create_service(form: ServiceForm) -> Result<Done, Fault> {
    services::create(&ssr::ctx()?, &ssr::caller(), &form).await?;
    Ok(Done::to(paths::done(&paths::office_services(), "added")))
}

/// Changes a service.
#[server(endpoint = "services/change", prefix = "/api")]
pub async fn change_service(id: Uuid, form: ServiceForm) -> Result<Done, Fault> {
    services::change(&ssr::ctx()?, &ssr::caller(), id, &form).await?;
    Ok(Done::to(paths::done(&paths::office_services(), "changed")))
}

/// The providers of one's province.
#[server(endpoint = "providers/list", prefix = "/api", input = GetUrl)]
pub async fn list_providers() -> Result<Vec<ProviderView>, Fault> {
    Ok(licences::list(&ssr::ctx()?, &ssr::caller()).await?)
}

/// One provider of one's province.
#[server(endpoint = "providers/file", prefix = "/api", input = GetUrl)]
pub async fn provider_file(id: ProviderId) -> Result<ProviderFileView, Fault> {
    Ok(licences::file(&ssr::ctx()?, &ssr::caller(), id).await?)
}

/// Enters a provider.
#[server(endpoint = "providers/create", prefix = "/api")]
pub async fn create_provider(form: ProviderForm) -> Result<Done, Fault> {
    let id = licences::create(&ssr::ctx()?, &ssr::caller(), &form).await?;
    Ok(Done::to(paths::done(&paths::office_provider(id), "added")))
}

/// Changes a provider.
#[server(endpoint = "providers/change", prefix = "/api")]
pub async fn change_provider(id: ProviderId, form: ProviderForm) -> Result<Done, Fault> {
    licences::change(&ssr::ctx()?, &ssr::caller(), id, &form).await?;
    Ok(Done::to(paths::done(&paths::office_provider(id), "changed")))
}

/// The policies of one's province.
#[server(endpoint = "policies/list", prefix = "/api", input = GetUrl)]
pub async fn list_policies() -> Result<PoliciesView, Fault> {
    Ok(policies::list(&ssr::ctx()?, &ssr::caller()).await?)
}

/// Prepares a policy, to be looked at.
#[server(endpoint = "policies/prepare", prefix = "/api")]
pub async fn prepare_policy(form: PolicyForm) -> Result<Done, Fault> {
    policies::prepare(&ssr::ctx()?, &ssr::caller(), &form).await?;
    Ok(Done::to(paths::office_policy_preview()))
}

/// Gives up the policy that is being prepared.
#[server(endpoint = "policies/drop_draft", prefix = "/api")]
pub async fn drop_policy_draft(id: Uuid) -> Result<Done, Fault> {
    policies::drop_draft(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(paths::done(&paths::office_policies(), "dropped")))
}

/// Enacts the policy that was prepared.
#[server(endpoint = "policies/enact", prefix = "/api")]
pub async fn enact_policy(id: Uuid) -> Result<Done, Fault> {
    policies::enact(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(paths::done(&paths::office_policies(), "enacted")))
}

/// Withdraws a policy that is to come.
#[server(endpoint = "policies/withdraw", prefix = "/api")]
pub async fn withdraw_policy(version: i32) -> Result<Done, Fault> {
    policies::withdraw(&ssr::ctx()?, &ssr::caller(), version).await?;
    Ok(Done::to(paths::done(&paths::office_policies(), "withdrawn")))
}
