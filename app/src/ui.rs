//! The kit that every page is made of. It knows nothing about filings: texts, options and rows come in as arguments.
//!
//! # A page with a form
//!
//! ```ignore
//! let l = use_lang();
//! view! {
//!     <PageHead title=t::account::password_title(l)/>
//!     <PostForm id="password" action={FormAction::of::<doors::accounts::ChangePassword>()} once=true>
//!         <TextField name="form[old_password]" label=t::account::old_password(l) kind="password"
//!             autocomplete="current-password"/>
//!         <TextField name="form[new_password]" label=t::account::new_password(l) kind="password"
//!             autocomplete="new-password" hint=t::account::password_hint(l)/>
//!         <SubmitButton label=t::verb::save(l)/>
//!     </PostForm>
//! }
//! ```
//!
//! The server function answers `Result<Done, Fault>`. Without scripts the form is a plain HTML post; the server keeps
//! what was typed in a flash and sends the browser back. With scripts [`PostForm`] posts the same data, goes to
//! [`Done::next`](crate::fault::Done) or shows the problems without a reload. Either way every field finds its own
//! problem (by the name within `form[…]`) and its own typed value; `value=` is what to show when nothing was typed.
//! `check=` judges while typing: see [`Check`].
//!
//! Nothing here follows what is typed: the form behaves by [`crate::browser::form`], in every area. Fields never set the
//! `value` property: the browser's own text stays.
//!
//! # A page with data
//!
//! Data comes by [`page_data`], which also runs again after every form that succeeded, and is shown by
//! [`Load`](crate::parts::load::Load), which turns a fault into a page with the right status.

mod button;
mod choice;
mod data;
mod field;
mod form;
mod list;
mod notice;
mod page;
mod progress;
mod table;
mod textarea;

pub use button::{ButtonRow, DangerButton, LinkButton, SubmitButton};
pub use choice::{Checkbox, CheckboxGroup, Choice, RadioGroup, SelectField};
pub use data::{PageData, page_data, part_data, provide_ui, use_page_version};
pub use field::{DateField, FileField, TextField, Width};
pub(crate) use form::new_retry_key;
pub use form::{
    Check, FaultLines, FieldProblem, Form, FormAction, FormValues, PostForm, Tell, field_path, here, input_id, summary_lines,
    told_by_form,
};
pub use list::{SummaryCard, SummaryList, SummaryRow};
pub use notice::{Empty, Notice, NoticeKind, Panel, Tag, Tone};
pub use page::{Breadcrumb, LangSwitch, PageHead, PrintCommand, SkipLink};
pub use progress::{Countdown, Steps, Task, TaskList, Timeline, TimelineEntry};
pub use table::{Column, DataTable, Pagination};
pub use textarea::TextArea;
