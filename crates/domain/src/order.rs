//! Fractional keys: the owner's order of rows without renumbering (`protocol.md` §3.1, `_order`).
//!
//! A key is 1 to 64 characters of `0-9A-Za-z`, compared as bytes. Read it as the digits behind a point in base
//! 62: `V` is one half. Between any two keys made here there is another one, because none of them ends in `0`
//! (nothing fits between `a` and `a0`). Keys of others may end in `0`, and 64 characters are an end too: then
//! the answer is `None`, and the caller gives the whole table new keys with [`evenly`].
//!
//! ```
//! use rustine_domain::order::{between, evenly, spread};
//! let keys: Vec<String> = evenly(3).collect();
//! let inserted = between(Some(&keys[0]), Some(&keys[1])).expect("there is room");
//! assert!(keys[0] < inserted && inserted < keys[1]);
//! let appended = spread(keys.last().map(String::as_str), None, 2).expect("there is room");
//! assert!(keys[2] < appended[0] && appended[0] < appended[1]);
//! ```

#[cfg(test)]
mod tests;

/// The most characters a key may have (`protocol.md` §3.1).
pub const MAX_KEY_CHARS: usize = 64;

/// The digits, in the order of their bytes.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE: u128 = 62;
/// 62^20 is below 2^120, so counts can be added without overflow.
const MAX_WIDTH: usize = 20;
/// Keys at the end of a table count upwards at this many digits at least, so that appending stays cheap.
const COUNTING_WIDTH: usize = 4;
/// How many steps must be left at a width before counting goes on at it.
const COUNTING_ROOM: u128 = 62 * 62;

/// Whether a text is an order key: 1 to 64 characters of `0-9A-Za-z`.
pub fn is_key(text: &str) -> bool {
    (1..=MAX_KEY_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A key after `after` and before `before`; `None` on a side means the end of the table there.
///
/// Returns `None` when nothing fits (see the module), or when the bounds are not keys in increasing order.
pub fn between(after: Option<&str>, before: Option<&str>) -> Option<String> {
    spread(after, before, 1)?.pop()
}

/// `count` increasing keys of equal length for a table that has none, with room between them.
pub fn evenly(count: usize) -> impl Iterator<Item = String> {
    let wanted = count as u128;
    let width = (1..=MAX_WIDTH)
        .find(|width| BASE.pow(*width as u32) >= 3 * (wanted + 1))
        .unwrap_or(MAX_WIDTH);
    let steps = Steps::new(0, BASE.pow(width as u32), wanted);
    (0..wanted).map(move |i| text("", steps.at(i), width))
}

/// `count` increasing keys after `after` and before `before`, as short as they can be.
///
/// Between two keys they are spread evenly; at an end they count up or down, so that a table to which rows are
/// appended for years keeps short keys. `None` as in [`between`].
pub fn spread(after: Option<&str>, before: Option<&str>, count: usize) -> Option<Vec<String>> {
    if [after, before]
        .into_iter()
        .flatten()
        .any(|key| !is_key(key))
    {
        return None;
    }
    let wanted = count as u128;
    match (after, before) {
        (None, None) => Some(evenly(count).collect()),
        (Some(low), None) => count_up(low, wanted).or_else(|| between_keys(low, None, wanted)),
        (None, Some(high)) => {
            count_down(high, wanted).or_else(|| between_keys("", Some(high), wanted))
        }
        (Some(low), Some(high)) if low < high => between_keys(low, Some(high), wanted),
        _ => None,
    }
}

/// Gives keys to the rows of a sequence that have none, between the keys that others keep.
///
/// Go through the sequence once: [`Placer::wait`] for a row without a key, [`Placer::keep`] for one that keeps its key,
/// [`Placer::finish`] at the end. The keys come in runs, in the order of the rows that wait for them. `None` means that
/// nothing fits somewhere (see the module): then give the whole sequence new keys with [`evenly`].
///
/// ```
/// let mut placer = rustine_domain::order::Placer::default();
/// placer.wait();
/// let before = placer.keep("V").expect("room");
/// placer.wait();
/// placer.wait();
/// let after = placer.finish().expect("room");
/// assert!(before[0].as_str() < "V" && "V" < after[0].as_str() && after[0] < after[1]);
/// ```
#[derive(Debug, Default)]
pub struct Placer {
    last: Option<String>,
    waiting: usize,
}

impl Placer {
    /// The next row has no key.
    pub fn wait(&mut self) {
        self.waiting += 1;
    }

    /// The next row keeps this key; the keys of those that waited for it.
    pub fn keep(&mut self, key: &str) -> Option<Vec<String>> {
        let keys = self.release(Some(key))?;
        self.last = Some(key.to_owned());
        Some(keys)
    }

    /// There is no further row; the keys of those that still wait.
    pub fn finish(mut self) -> Option<Vec<String>> {
        self.release(None)
    }

    fn release(&mut self, before: Option<&str>) -> Option<Vec<String>> {
        match std::mem::take(&mut self.waiting) {
            // Rows with equal keys may keep them as long as nothing comes between.
            0 => Some(Vec::new()),
            count => spread(self.last.as_deref(), before, count),
        }
    }
}

/// Keys right after the last one. Two numbers are reserved per key, as one that ends in 0 is passed over.
fn count_up(low: &str, wanted: u128) -> Option<Vec<String>> {
    let (width, start) = counting_width(
        |width| {
            let low = number(low.as_bytes(), width);
            (low, BASE.pow(width as u32) - low)
        },
        wanted,
    )?;
    let numbers = (start + 1..).filter(|n| n % BASE != 0);
    Some(
        numbers
            .take(wanted as usize)
            .map(|n| text("", n, width))
            .collect(),
    )
}

/// Keys right before the first one, in increasing order.
fn count_down(high: &str, wanted: u128) -> Option<Vec<String>> {
    let (width, start) = counting_width(
        |width| {
            let high = number(high.as_bytes(), width);
            (high, high)
        },
        wanted,
    )?;
    let numbers = (0..start).rev().filter(|n| n % BASE != 0);
    let mut keys: Vec<String> = numbers
        .take(wanted as usize)
        .map(|n| text("", n, width))
        .collect();
    keys.reverse();
    Some(keys)
}

/// The least width at which enough numbers are left, with the number to count from.
fn counting_width(
    start_and_room: impl Fn(usize) -> (u128, u128),
    wanted: u128,
) -> Option<(usize, u128)> {
    (COUNTING_WIDTH..=MAX_WIDTH).find_map(|width| {
        let (start, room) = start_and_room(width);
        (room > COUNTING_ROOM + 2 * wanted).then_some((width, start))
    })
}

/// Keys strictly between two texts (`low` may be empty, `high` absent: the two ends).
fn between_keys(low: &str, high: Option<&str>, wanted: u128) -> Option<Vec<String>> {
    let mut prefix = String::new();
    let mut low = low.as_bytes();
    let mut high = high.map(str::as_bytes);
    while prefix.len() < MAX_KEY_CHARS {
        let first = number(low, 1);
        let digit = char::from(DIGITS[first as usize]);
        if high.is_some_and(|high| !high.is_empty() && number(high, 1) == first) {
            prefix.push(digit);
            (low, high) = (rest(low), high.map(rest));
            continue;
        }
        // Both sides ended: `high` is `low` with zeros behind it, and nothing lies between.
        if high.is_some_and(<[u8]>::is_empty) {
            return None;
        }
        let widest = MAX_WIDTH.min(MAX_KEY_CHARS - prefix.len());
        for width in 1..=widest {
            let from = number(low, width);
            let to = high.map_or(BASE.pow(width as u32), |high| number(high, width));
            // Each step holds at least two numbers, so that one which ends in 0 can be passed over.
            if (to - from) / (wanted + 1) >= 2 {
                let steps = Steps::new(from, to, wanted);
                return Some(
                    (0..wanted)
                        .map(|i| text(&prefix, steps.at(i), width))
                        .collect(),
                );
            }
        }
        // The two keys touch as far as we count: what begins like `low` and goes on above it lies between.
        prefix.push(digit);
        (low, high) = (rest(low), None);
    }
    None
}

/// Equal steps inside an open interval.
#[derive(Clone, Copy)]
struct Steps {
    from: u128,
    whole: u128,
    left_over: u128,
    parts: u128,
}

impl Steps {
    fn new(from: u128, to: u128, wanted: u128) -> Self {
        let parts = wanted + 1;
        Self {
            from,
            whole: (to - from) / parts,
            left_over: (to - from) % parts,
            parts,
        }
    }

    /// The number of key `i`; the next one up when it would end in 0.
    fn at(&self, i: u128) -> u128 {
        let n = self.from + (i + 1) * self.whole + (i + 1) * self.left_over / self.parts;
        if n.is_multiple_of(BASE) { n + 1 } else { n }
    }
}

/// The first `width` digits as a number; missing ones count as 0.
fn number(key: &[u8], width: usize) -> u128 {
    (0..width).fold(0, |n, i| {
        n * BASE + key.get(i).map_or(0, |byte| digit_value(*byte))
    })
}

fn digit_value(byte: u8) -> u128 {
    u128::from(match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => byte - b'a' + 36,
    })
}

fn text(prefix: &str, mut n: u128, width: usize) -> String {
    let mut digits = vec![b'0'; width];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(n % BASE) as usize];
        n /= BASE;
    }
    let mut key = String::with_capacity(prefix.len() + width);
    key.push_str(prefix);
    key.extend(digits.into_iter().map(char::from));
    key
}

fn rest(key: &[u8]) -> &[u8] {
    key.get(1..).unwrap_or_default()
}
