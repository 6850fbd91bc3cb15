//! Bytes of a file as the scanner takes them: a byte order mark skipped, UTF-16 turned into UTF-8.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::dialect::Encoding;

const BLOCK_BYTES: usize = 64 * 1024;

/// Why no more bytes come.
#[derive(Debug)]
pub(super) enum SourceError {
    Io(io::Error),
    /// UTF-16 with half a pair or half a unit.
    Broken,
}

pub(super) struct Source<R> {
    inner: R,
    block: Vec<u8>,
    at: usize,
    /// Raw bytes on their way into the decoder, with it; only for UTF-16.
    utf16: Option<(Decoder, Vec<u8>)>,
    ended: bool,
}

impl<R: Read> Source<R> {
    /// `head` was read from `inner` already; its byte order mark, if any, is skipped.
    pub(super) fn new(inner: R, head: Vec<u8>, encoding: Encoding) -> Result<Self, SourceError> {
        let at = byte_order_mark(&head).map_or(0, |(_, length)| length);
        let decoder = match encoding {
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
            Encoding::Utf8 | Encoding::Windows1252 => None,
        };
        let mut source = Self {
            inner,
            block: head,
            at,
            utf16: None,
            ended: false,
        };
        if let Some(mut decoder) = decoder {
            let raw = std::mem::take(&mut source.block);
            decode_utf16(&mut decoder, &raw[at..], false, &mut source.block)?;
            source.at = 0;
            source.utf16 = Some((decoder, raw));
        }
        Ok(source)
    }

    /// The bytes that were not consumed yet; empty at the end of the file.
    pub(super) fn fill(&mut self) -> Result<&[u8], SourceError> {
        while self.at >= self.block.len() && !self.ended {
            self.at = 0;
            match &mut self.utf16 {
                None => self.ended = read_block(&mut self.inner, &mut self.block)? == 0,
                Some((decoder, raw)) => {
                    self.ended = read_block(&mut self.inner, raw)? == 0;
                    self.block.clear();
                    decode_utf16(decoder, raw, self.ended, &mut self.block)?;
                }
            }
        }
        Ok(&self.block[self.at.min(self.block.len())..])
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

/// The encoding that a byte order mark announces, and the mark's length in bytes.
pub(super) fn byte_order_mark(head: &[u8]) -> Option<(Encoding, usize)> {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    }
}

/// Reads until `limit` bytes are there or the input ends.
pub(super) fn read_head(inner: &mut impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(limit);
    inner.by_ref().take(limit as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn read_block(inner: &mut impl Read, block: &mut Vec<u8>) -> Result<usize, SourceError> {
    block.resize(BLOCK_BYTES, 0);
    loop {
        match inner.read(block) {
            Ok(count) => {
                block.truncate(count);
                return Ok(count);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SourceError::Io(error)),
        }
    }
}

/// Appends the UTF-8 of a piece of UTF-16; half a unit at the end of a piece waits in the decoder.
pub(super) fn decode_utf16(
    decoder: &mut Decoder,
    raw: &[u8],
    last: bool,
    out: &mut Vec<u8>,
) -> Result<(), SourceError> {
    let room = decoder
        .max_utf8_buffer_length_without_replacement(raw.len())
        .ok_or(SourceError::Broken)?;
    let start = out.len();
    out.resize(start + room, 0);
    let (result, _, written) =
        decoder.decode_to_utf8_without_replacement(raw, &mut out[start..], last);
    out.truncate(start + written);
    match result {
        DecoderResult::InputEmpty => Ok(()),
        DecoderResult::OutputFull | DecoderResult::Malformed(..) => Err(SourceError::Broken),
    }
}
