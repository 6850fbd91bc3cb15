//! Form fields for cells: the right control for each type, never one that loses what a cell holds.

use crate::view::Choice;

/// What people type into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A number, typed as text: a number box empties itself over `1,5` or `047`.
    Number {
        /// No decimals.
        whole: bool,
    },
    /// A day; only while the value is a day or empty, as a date box empties itself over anything else.
    Date,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Phone,
    /// One of a list.
    Select(Vec<Choice>),
    /// Any of a list, joined by `|` in the cell.
    Checkboxes(Vec<Choice>),
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Name of the field in the schema.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What the schema says about it.
    pub help: Option<String>,
    /// What people type into.
    pub control: Control,
    /// The text it starts with, or what was typed.
    pub value: String,
    /// A row must have it.
    pub required: bool,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    /// What the cell holds now, when it changed since the form was opened.
    pub meanwhile: Option<String>,
}

impl Input {
    /// A box of choices rather than one control.
    pub fn is_group(&self) -> bool {
        matches!(self.control, Control::Checkboxes(_))
    }

    /// The choices of a box.
    pub fn options(&self) -> &[Choice] {
        match &self.control {
            Control::Checkboxes(options) | Control::Select(options) => options,
            _ => &[],
        }
    }

    /// `type` of the HTML input.
    pub fn html_type(&self) -> &'static str {
        match self.control {
            Control::Date => "date",
            Control::Email => "email",
            Control::Url => "url",
            Control::Phone => "tel",
            _ => "text",
        }
    }

    /// Which keyboard a phone shows.
    pub fn input_mode(&self) -> &'static str {
        match self.control {
            Control::Number { whole: true } => "numeric",
            Control::Number { whole: false } => "decimal",
            _ => "",
        }
    }

    /// Ids of the notes that belong to it.
    pub fn described_by(&self) -> String {
        let notes = [
            ("h", self.help.is_some()),
            ("e", self.error.is_some()),
            ("m", self.meanwhile.is_some()),
        ];
        let ids: Vec<_> = notes
            .into_iter()
            .filter(|(_, present)| *present)
            .map(|(letter, _)| format!("{letter}-{}", self.name))
            .collect();
        ids.join(" ")
    }

    /// Id of its place in the page, for the summary of problems.
    pub fn anchor(&self) -> String {
        format!("f-{}", self.name)
    }
}
