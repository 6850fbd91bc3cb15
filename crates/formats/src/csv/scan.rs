//! The state machine that cuts bytes into cells.
//!
//! It is ours rather than the `csv` crate's for two reasons: a quote that is never closed must stop at a limit
//! and be reported with its line instead of swallowing the file, and text around a stray quote must stay as it is.

use super::dialect::{Dialect, Newline};
use super::limits::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROW_BYTES};

/// Why a file cannot be cut any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The quote opened at this line is not closed before the end of the file or of the limit.
    QuoteUnclosed {
        line: u64,
    },
    CellTooLarge,
    RowTooLarge,
    TooManyColumns,
}

/// What came of a piece of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// All of it was taken and the row goes on.
    More,
    /// A row is complete: read it from the scanner, then [`Scanner::next_row`].
    Row,
    Stop(Stop),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Bare,
    Quoted,
    /// A quote mark inside a quoted cell: the end of the cell, or the first half of `""`.
    QuoteSeen,
    /// So many `\r` outside quotes; with `\n` behind them they end the line, else they are text.
    ReturnsSeen {
        count: usize,
        after_quote: bool,
    },
}

/// Bytes in, rows of raw cells out. Memory is bounded by [`MAX_ROW_BYTES`] plus one piece of input.
pub(super) struct Scanner {
    separator: u8,
    quote: Option<u8>,
    line_end: u8,
    /// Bytes that end a run of bare text.
    ends_bare: [bool; 256],
    state: State,
    /// The cells of the row, one after another.
    pub(super) bytes: Vec<u8>,
    /// Where each cell ends in `bytes`.
    pub(super) ends: Vec<usize>,
    /// The line on which the row begins, from 1.
    pub(super) row_line: u64,
    /// Cells (from 0) in which text follows a closing quote.
    pub(super) stray: Vec<usize>,
    line: u64,
    opened_line: u64,
    any_quoted: bool,
}

impl Scanner {
    pub(super) fn new(dialect: &Dialect) -> Self {
        let mut ends_bare = [false; 256];
        for byte in [dialect.separator, b'\n', b'\r'] {
            ends_bare[usize::from(byte)] = true;
        }
        Self {
            separator: dialect.separator,
            quote: dialect.quote,
            line_end: if dialect.newline == Newline::Cr {
                b'\r'
            } else {
                b'\n'
            },
            ends_bare,
            state: State::CellStart,
            bytes: Vec::new(),
            ends: Vec::new(),
            row_line: 1,
            stray: Vec::new(),
            line: 1,
            opened_line: 1,
            any_quoted: false,
        }
    }

    /// Forgets the row that was read.
    pub(super) fn next_row(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.stray.clear();
        self.any_quoted = false;
        self.row_line = self.line;
    }

    /// Takes input up to the end of a row; says how many bytes it took.
    pub(super) fn feed(&mut self, input: &[u8]) -> (usize, Step) {
        let mut at = 0;
        while at < input.len() {
            let (taken, row_ended) = self.advance(&input[at..]);
            at += taken;
            if let Some(stop) = self.limit() {
                return (at, Step::Stop(stop));
            }
            if row_ended {
                return (at, Step::Row);
            }
        }
        (at, Step::More)
    }

    /// The input is over: what stands unfinished is the last row.
    pub(super) fn finish(&mut self) -> Step {
        match self.state {
            State::Quoted => {
                return Step::Stop(Stop::QuoteUnclosed {
                    line: self.opened_line,
                });
            }
            State::CellStart if self.ends.is_empty() => return Step::More,
            _ => {}
        }
        self.end_cell();
        Step::Row
    }

    /// One step of the machine on non-empty input: bytes taken, and whether they ended a row.
    fn advance(&mut self, input: &[u8]) -> (usize, bool) {
        let byte = input[0];
        match self.state {
            State::CellStart if self.quote == Some(byte) => {
                self.state = State::Quoted;
                self.any_quoted = true;
                self.opened_line = self.line;
                (1, false)
            }
            State::CellStart | State::Bare => self.bare(input),
            State::Quoted => self.quoted(input),
            State::QuoteSeen if self.quote == Some(byte) => {
                self.bytes.push(byte);
                self.state = State::Quoted;
                (1, false)
            }
            State::QuoteSeen if self.ends_bare[usize::from(byte)] => {
                (1, self.delimiter(byte, true))
            }
            State::QuoteSeen => {
                self.keep_stray_quotes();
                (0, false)
            }
            State::ReturnsSeen { count, after_quote } => {
                self.after_returns(byte, count, after_quote)
            }
        }
    }

    fn bare(&mut self, input: &[u8]) -> (usize, bool) {
        let run = input
            .iter()
            .position(|byte| self.ends_bare[usize::from(*byte)])
            .unwrap_or(input.len());
        self.bytes.extend_from_slice(&input[..run]);
        self.state = State::Bare;
        match input.get(run) {
            Some(byte) => (run + 1, self.delimiter(*byte, false)),
            None => (run, false),
        }
    }

    fn quoted(&mut self, input: &[u8]) -> (usize, bool) {
        let run = input
            .iter()
            .position(|byte| self.quote == Some(*byte))
            .unwrap_or(input.len());
        let text = &input[..run];
        self.line += text.iter().filter(|byte| **byte == self.line_end).count() as u64;
        self.bytes.extend_from_slice(text);
        if run == input.len() {
            return (run, false);
        }
        self.state = State::QuoteSeen;
        (run + 1, false)
    }

    /// A separator, `\n` or `\r` outside quotes; says whether the row ended.
    fn delimiter(&mut self, byte: u8, after_quote: bool) -> bool {
        if byte == self.separator {
            self.end_cell();
            return false;
        }
        if byte == b'\r' && self.line_end != b'\r' {
            self.state = State::ReturnsSeen {
                count: 1,
                after_quote,
            };
            return false;
        }
        self.end_row()
    }

    fn after_returns(&mut self, byte: u8, count: usize, after_quote: bool) -> (usize, bool) {
        match byte {
            b'\n' => (1, self.end_row()),
            b'\r' => {
                self.state = State::ReturnsSeen {
                    count: count + 1,
                    after_quote,
                };
                (1, false)
            }
            _ => {
                if after_quote {
                    self.keep_stray_quotes();
                }
                self.bytes.extend(std::iter::repeat_n(b'\r', count));
                self.state = State::Bare;
                (0, false)
            }
        }
    }

    /// `"Le Labo" de Rennes`: the quotes do not enclose the cell, so all of them are part of its text, and two
    /// that were taken for one are two again.
    fn keep_stray_quotes(&mut self) {
        let quote = self.quote.unwrap_or(b'"');
        let inside = self.bytes.split_off(self.cell_start());
        self.bytes.push(quote);
        for byte in inside {
            self.bytes.push(byte);
            if byte == quote {
                self.bytes.push(quote);
            }
        }
        self.bytes.push(quote);
        self.stray.push(self.ends.len());
        self.state = State::Bare;
    }

    fn end_cell(&mut self) {
        self.ends.push(self.bytes.len());
        self.state = State::CellStart;
    }

    /// Ends the row, unless the line is blank: that is no row.
    fn end_row(&mut self) -> bool {
        self.line += 1;
        let blank = self.ends.is_empty() && self.bytes.is_empty() && !self.any_quoted;
        if blank {
            self.state = State::CellStart;
            self.row_line = self.line;
        } else {
            self.end_cell();
        }
        !blank
    }

    fn cell_start(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn limit(&self) -> Option<Stop> {
        let pending = match self.state {
            State::ReturnsSeen { count, .. } => count,
            _ => 0,
        };
        // A cell that just ended is measured from where it began.
        let start = match (self.state, self.ends.as_slice()) {
            (State::CellStart, [.., before, _]) => *before,
            (State::CellStart, _) => 0,
            _ => self.cell_start(),
        };
        let cell = &self.bytes[start..];
        if cell.len() + pending > MAX_CELL_BYTES {
            let lines = self.state == State::Quoted && cell.contains(&self.line_end);
            return Some(if lines {
                Stop::QuoteUnclosed {
                    line: self.opened_line,
                }
            } else {
                Stop::CellTooLarge
            });
        }
        if self.bytes.len() > MAX_ROW_BYTES {
            return Some(Stop::RowTooLarge);
        }
        (self.ends.len() > MAX_COLUMNS).then_some(Stop::TooManyColumns)
    }
}
