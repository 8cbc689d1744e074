//! Reading each step's answers into their types; what cannot be read becomes a [`Problem`] at its field.

mod access;
mod across;
mod materials;
mod person;
mod provincial;
mod site;
mod sponsor;

use std::borrow::Cow;

pub(crate) use access::read as read_access;
pub(crate) use across::{check as check_across, mobiles};
pub use materials::required as required_materials;
pub(crate) use materials::{check as check_materials, check_consent};
pub(crate) use provincial::shows_sponsor_number;
pub(crate) use site::read as read_site;
pub(crate) use sponsor::read as read_sponsor;

use crate::checked::{Checked, Depth};
use crate::problem::{Fault, Problem, Rule, Section};
use crate::tables::Tables;
use crate::text::{find_unprintable, fold, length};

/// Collects the problems of one section while its answers are read.
pub(crate) struct Reader<'a> {
    section: Section,
    tables: &'a Tables,
    depth: Depth,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(section: Section, tables: &'a Tables, depth: Depth) -> Self {
        Self { section, tables, depth, problems: Vec::new() }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// One field says one thing at a time: the first.
    fn add(&mut self, field: impl Into<Cow<'static, str>>, fault: impl Into<Fault>) {
        let field = field.into();
        if !self.problems.iter().any(|problem| problem.field == field) {
            self.problems.push(fault.into().at(self.section, field));
        }
    }

    fn take<T>(&mut self, field: &'static str, result: Result<T, impl Into<Fault>>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.add(field, fault);
                None
            }
        }
    }

    fn take_checked<T>(&mut self, field: &'static str, checked: Checked<T>) -> Option<T> {
        match checked {
            Checked::Fine(value) => Some(value),
            Checked::Wrong(fault) => {
                self.add(field, fault);
                None
            }
            Checked::Undecided => None,
        }
    }

    /// Answers that are longer than the form keeps.
    fn bound(&mut self, texts: &[(&'static str, &str)], bounds: &[(&'static str, usize)]) {
        for (field, text) in texts {
            let bound = bounds.iter().find(|(name, _)| name == field).map(|(_, most)| *most);
            if let Some(most) = bound.filter(|most| length(text) > *most) {
                self.add(*field, Fault::with(Rule::TooLong, most.to_string()));
            }
        }
    }

    /// A text that may be empty.
    fn optional(&mut self, field: &'static str, text: &str) -> Option<String> {
        if find_unprintable(text).is_some() {
            self.add(field, Rule::Unprintable);
            return None;
        }
        Some(fold(text))
    }

    /// A text that may not.
    fn required(&mut self, field: &'static str, text: &str) -> Option<String> {
        let text = self.optional(field, text)?;
        if text.is_empty() {
            self.add(field, Rule::Required);
            return None;
        }
        Some(text)
    }

    /// A code that must be chosen.
    fn choose<T>(&mut self, field: &'static str, text: &str, choose: fn(&str) -> Result<T, Rule>) -> Option<T> {
        if text.trim().is_empty() {
            self.add(field, Rule::Required);
            return None;
        }
        self.take(field, choose(text))
    }

    /// Codes of which one at least must be chosen; each once.
    fn choose_many<T: PartialEq>(
        &mut self,
        field: &'static str,
        texts: &[String],
        choose: fn(&str) -> Result<T, Rule>,
    ) -> Option<Vec<T>> {
        let mut chosen = Vec::new();
        for text in texts.iter().filter(|text| !text.trim().is_empty()) {
            let value = self.take(field, choose(text))?;
            if !chosen.contains(&value) {
                chosen.push(value);
            }
        }
        if chosen.is_empty() {
            self.add(field, Rule::Required);
            return None;
        }
        Some(chosen)
    }
}

/// A box that is ticked.
pub(crate) fn is_ticked(text: &str) -> bool {
    text == "yes"
}
