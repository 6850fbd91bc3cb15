//! Exact decimal numbers, for comparing cells with bounds and choices without rounding.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

/// Exponents beyond this are refused, so that no text of a few bytes stands for an astronomical number.
const MAX_EXPONENT: i64 = 10_000;

/// A finite decimal number: `±0.digits × 10^magnitude`, without leading or trailing zeros, so equal numbers
/// are equal values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: String,
    magnitude: i64,
}

impl Decimal {
    /// Reads `-12`, `1.5`, `.5`, `1.`, `6e3`; `None` for anything else, spaces and group marks included.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0
            || !is_digits(whole)
            || !is_digits(fraction)
            || exponent.abs() > MAX_EXPONENT
        {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let leading_zeros = (all.len() - digits.len()) as i64;
        let digits = digits.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                digits,
                magnitude: 0,
            });
        }
        Some(Self {
            negative,
            digits,
            magnitude: whole.len() as i64 - leading_zeros + exponent,
        })
    }

    /// Reads digits with an optional sign only.
    pub fn parse_integer(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if whole { Self::parse(text) } else { None }
    }

    /// The number as JSON: a whole number within ±(2^53-1) as an integer, any other as the nearest binary
    /// fraction; `None` beyond its range.
    pub fn to_json(&self) -> Option<Value> {
        if let Some(integer) = self.to_safe_integer() {
            return Some(Value::from(integer));
        }
        let value: f64 = self.plain_exponent().parse().ok()?;
        serde_json::Number::from_f64(value).map(Value::Number)
    }

    /// The whole number that this is, if it is one within ±(2^53-1).
    pub fn to_safe_integer(&self) -> Option<i64> {
        const SAFE: i64 = (1 << 53) - 1;
        let length = i64::try_from(self.digits.len()).ok()?;
        if self.digits.is_empty() {
            return Some(0);
        }
        if self.magnitude < length || self.magnitude > 16 {
            return None;
        }
        let zeros = "0".repeat(usize::try_from(self.magnitude - length).ok()?);
        let value: i64 = format!("{}{zeros}", self.digits).parse().ok()?;
        let signed = if self.negative { -value } else { value };
        (signed.abs() <= SAFE).then_some(signed)
    }

    /// The number as a binary fraction, rounded.
    pub fn to_f64(&self) -> Option<f64> {
        self.plain_exponent()
            .parse()
            .ok()
            .filter(|v: &f64| v.is_finite())
    }

    /// The number with the other sign.
    pub fn negated(mut self) -> Self {
        self.negative = !self.negative && !self.digits.is_empty();
        self
    }

    fn plain_exponent(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let digits = if self.digits.is_empty() {
            "0"
        } else {
            &self.digits
        };
        format!("{sign}0.{digits}e{}", self.magnitude)
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

/// Plain notation without an exponent where that stays short: `-120`, `43.52609`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.digits.len() as i64;
        let sign = if self.negative { "-" } else { "" };
        match self.magnitude {
            _ if self.digits.is_empty() => f.write_str("0"),
            m if m >= length && m - length <= 20 => {
                write!(
                    f,
                    "{sign}{}{}",
                    self.digits,
                    "0".repeat((m - length) as usize)
                )
            }
            m if m > 0 && m < length => {
                let (whole, fraction) = self.digits.split_at(m as usize);
                write!(f, "{sign}{whole}.{fraction}")
            }
            m if (-20..=0).contains(&m) => {
                write!(f, "{sign}0.{}{}", "0".repeat(-m as usize), self.digits)
            }
            _ => f.write_str(&self.plain_exponent()),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let signs = self.sign().cmp(&other.sign());
        if signs != Ordering::Equal {
            return signs;
        }
        // Digits have no leading zeros, so comparing them as text compares the fractions 0.digits.
        let sizes = self
            .magnitude
            .cmp(&other.magnitude)
            .then_with(|| self.digits.cmp(&other.digits));
        if self.negative {
            sizes.reverse()
        } else {
            sizes
        }
    }
}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn equal_numbers_are_equal_values() {
        for (a, b) in [
            ("1", "1.0"),
            ("0", "-0"),
            ("10", "1e1"),
            (".5", "0.50"),
            ("007", "+7"),
            ("0e99", "0"),
        ] {
            assert_eq!(number(a), number(b), "{a} {b}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [
            "", ".", "-", "1 2", "1,5", "1_0", "e5", "1e", "1e99999", "٣", "NaN", "--1",
        ] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
        assert_eq!(Decimal::parse_integer("1.0"), None);
        assert_eq!(Decimal::parse_integer("+"), None);
    }

    #[test]
    fn integers_stay_exact_in_json_or_become_the_nearest_fraction() {
        assert_eq!(
            number("9007199254740991").to_json(),
            Some(9_007_199_254_740_991_i64.into())
        );
        assert_eq!(number("-120").to_json(), Some((-120).into()));
        assert_eq!(number("43.52609").to_json(), Some(43.52609.into()));
        assert_eq!(number("1e400").to_json(), None);
        assert_eq!(number("9007199254740993").to_safe_integer(), None);
    }

    proptest! {
        #[test]
        fn printing_then_reading_is_the_identity(text in "-?[0-9]{0,12}[.]?[0-9]{1,12}(e-?[0-9]{1,2})?") {
            let read = number(&text);
            prop_assert_eq!(number(&read.to_string()), read);
        }

        #[test]
        fn order_is_that_of_the_numbers(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, scale in 0_usize..6) {
            let text = |n: i64| format!("{}{:0>7}", if n < 0 { "-" } else { "" }, n.abs());
            let dotted = |n: i64| {
                let mut t = text(n);
                t.insert(t.len() - scale, '.');
                number(&t)
            };
            prop_assert_eq!(dotted(a).cmp(&dotted(b)), a.cmp(&b));
        }
    }
}
