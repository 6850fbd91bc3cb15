//! What one column may be, narrowed down value by value.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rustine_domain::cell::{Reading, TextForm};
use rustine_domain::ids::FieldName;
use rustine_domain::schema::{FieldDraft, FieldType};

use super::words::speaks_of_codes;

/// A JavaScript number holds 15 digits exactly; longer ones are codes.
const MOST_DIGITS: usize = 15;
/// Whole numbers of more digits than any count or amount has are codes: a SIREN has 9, a phone number without its
/// zero too, a SIRET 14.
const MOST_WHOLE_DIGITS: usize = 9;
/// A column with at least as many values as this, in at least one row of [`FILLED_ONE_IN`], says what it holds …
const ENOUGH_VALUES: u64 = 10;
const FILLED_ONE_IN: u64 = 5;
/// … and one with fewer does where at least one row of as many has a value.
const FEW_FILLED_ONE_IN: u64 = 2;
/// From this length on, whole numbers that are all equally long are codes: a postcode has 5 digits.
const CODE_DIGITS: usize = 5;

/// Pairs of texts for true and false, folded.
const TRUTHS: [(&str, &str); 3] = [("oui", "non"), ("true", "false"), ("vrai", "faux")];
/// More spellings than `Oui`, `OUI` and `oui` are no care for spelling but free text.
const MOST_SPELLINGS: usize = 6;

/// What every value so far has been.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) filled: u64,
    whole: bool,
    point: bool,
    comma: bool,
    iso_date: bool,
    french_date: bool,
    truth: bool,
    email: bool,
    web: bool,
    /// A value with a fraction was seen.
    fraction: bool,
    /// The fewest and the most digits of the numbers.
    digits: Option<(usize, usize)>,
    spellings: BTreeSet<String>,
}

impl Default for Column {
    fn default() -> Self {
        Self {
            filled: 0,
            whole: true,
            point: true,
            comma: true,
            iso_date: true,
            french_date: true,
            truth: true,
            email: true,
            web: true,
            fraction: false,
            digits: None,
            spellings: BTreeSet::new(),
        }
    }
}

impl Column {
    pub(super) fn observe(&mut self, value: &str) {
        if value.is_empty() {
            return;
        }
        self.filled += 1;
        if self.whole || self.point || self.comma {
            self.observe_number(value);
        }
        self.iso_date = self.iso_date && is_iso_date(value);
        self.french_date = self.french_date && is_french_date(value);
        self.email = self.email && is_email(value);
        self.web = self.web && is_web_address(value);
        if self.truth {
            self.truth = TRUTHS
                .iter()
                .any(|(yes, no)| value.eq_ignore_ascii_case(yes) || value.eq_ignore_ascii_case(no));
            if self.truth && !self.spellings.contains(value) {
                self.spellings.insert(value.to_owned());
                self.truth = self.spellings.len() <= MOST_SPELLINGS;
            }
        }
    }

    fn observe_number(&mut self, value: &str) {
        let Some(number) = Plain::of(value) else {
            (self.whole, self.point, self.comma) = (false, false, false);
            return;
        };
        self.whole &= number.mark.is_none();
        self.point &= number.mark != Some(',');
        self.comma &= number.mark != Some('.');
        self.fraction |= number.mark.is_some();
        let (fewest, most) = self.digits.unwrap_or((number.digits, number.digits));
        self.digits = Some((fewest.min(number.digits), most.max(number.digits)));
    }

    /// The field, where the table has so many rows.
    pub(super) fn draft(&self, name: FieldName, title: &str, rows: u64) -> FieldDraft {
        let mut draft = FieldDraft::new(name, title, FieldType::String);
        if !self.says_enough(rows) {
            return draft;
        }
        if self.iso_date {
            draft.kind = FieldType::Date;
        } else if self.french_date {
            draft.kind = FieldType::Date;
            draft.format = Some("%d/%m/%Y".to_owned());
        } else if let Some((yes, no)) = self.truths() {
            draft.kind = FieldType::Boolean;
            (draft.true_values, draft.false_values) = (yes, no);
        } else if self.email {
            draft.format = Some("email".to_owned());
        } else if self.web {
            draft.format = Some("uri".to_owned());
        } else if !speaks_of_codes(title) {
            self.draft_number(&mut draft);
        }
        draft
    }

    /// What a few values are tells nothing about those that are to come.
    fn says_enough(&self, rows: u64) -> bool {
        let one_in = if self.filled >= ENOUGH_VALUES {
            FILLED_ONE_IN
        } else {
            FEW_FILLED_ONE_IN
        };
        self.filled > 0 && self.filled.saturating_mul(one_in) >= rows
    }

    fn draft_number(&self, draft: &mut FieldDraft) {
        let code = self.digits.is_some_and(|(fewest, most)| {
            most > MOST_WHOLE_DIGITS || fewest == most && most >= CODE_DIGITS
        });
        if self.whole && !code {
            draft.kind = FieldType::Integer;
        } else if self.point && self.fraction {
            draft.kind = FieldType::Number;
        } else if self.comma && self.fraction {
            draft.kind = FieldType::Number;
            draft.decimal_char = Some(",".to_owned());
        }
    }

    /// The spellings of true and of false, when both occur and belong to one pair.
    fn truths(&self) -> Option<(Vec<String>, Vec<String>)> {
        let spelled = |word: &str| -> Vec<String> {
            let same = |text: &&String| text.eq_ignore_ascii_case(word);
            self.spellings.iter().filter(same).cloned().collect()
        };
        TRUTHS
            .iter()
            .map(|(yes, no)| (spelled(yes), spelled(no)))
            .find(|(yes, no)| {
                !yes.is_empty() && !no.is_empty() && yes.len() + no.len() == self.spellings.len()
            })
            .filter(|_| self.truth)
    }
}

/// A number written plainly: `-12`, `48.5`, `0,25`; no leading zero, no `+`, no grouping, no space.
struct Plain {
    mark: Option<char>,
    digits: usize,
}

impl Plain {
    fn of(value: &str) -> Option<Self> {
        let unsigned = value.strip_prefix('-').unwrap_or(value);
        let mark = unsigned.chars().find(|c| matches!(c, '.' | ','));
        let (whole, fraction) = match mark {
            Some(mark) => unsigned.split_once(mark)?,
            None => (unsigned, "0"),
        };
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        let digits = whole.len() + if mark.is_some() { fraction.len() } else { 0 };
        let plain =
            all_digits(whole) && all_digits(fraction) && !leading_zero && digits <= MOST_DIGITS;
        // `-0` would come out of a program as `0`.
        (plain && value != "-0").then_some(Self { mark, digits })
    }
}

fn is_iso_date(value: &str) -> bool {
    let &[_, _, _, _, b'-', _, _, b'-', _, _] = value.as_bytes() else {
        return false;
    };
    is_date(&value[..4], &value[5..7], &value[8..])
}

fn is_french_date(value: &str) -> bool {
    let &[_, _, b'/', _, _, b'/', _, _, _, _] = value.as_bytes() else {
        return false;
    };
    is_date(&value[6..], &value[3..5], &value[..2])
}

fn is_date(year: &str, month: &str, day: &str) -> bool {
    let number = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return false;
    };
    let small = |n: i16| i8::try_from(n).ok();
    let (Some(month), Some(day)) = (small(month), small(day)) else {
        return false;
    };
    Date::new(year, month, day).is_ok()
}

fn is_email(value: &str) -> bool {
    value.contains('@') && Reading::Text(TextForm::Email).read(value).is_some()
}

/// Web addresses only, though the format `uri` allows every scheme.
fn is_web_address(value: &str) -> bool {
    let scheme = ["https://", "http://"];
    scheme.iter().any(|scheme| value.starts_with(scheme))
        && Reading::Text(TextForm::Uri).read(value).is_some()
}
