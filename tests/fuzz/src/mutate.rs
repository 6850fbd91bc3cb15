//! Seeded changes of bytes, for toolchains without libFuzzer: the same seed gives the same bytes everywhere.

/// A stream of numbers (SplitMix64): small, and the same on every machine.
pub struct Numbers(u64);

impl Numbers {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is at least 1.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.draw() % limit.max(1) as u64).unwrap_or(0)
    }
}

/// Pieces that readers trip over.
const PIECES: [&[u8]; 40] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\n",
    b"\n\n",
    b"\r",
    b"\0",
    b"null",
    b"true",
    b"-0",
    b"1e400",
    b"9007199254740993",
    b"\\u0000",
    b"\\ud800",
    "\u{feff}".as_bytes(),
    "é".as_bytes(),
    "\u{10000}".as_bytes(),
    b"\xff",
    b"=",
    b";",
    b"\t",
    b"%00",
    b"..",
    b"//",
    b"@",
    b"#",
    b"?",
    b"*",
    b"Host: a.example\n",
    b"https://a.example/",
    b"https://127.0.0.1/",
    b"0x7f.1",
    b"::ffff:",
    b"(request-target)",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// One to four changes of `seed`, now and then with a piece of `other`. At most 64 KiB come out.
pub fn mutate(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(4) {
        change(&mut bytes, other, numbers);
    }
    bytes.truncate(64 * 1024);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    let at = numbers.below(bytes.len() + 1);
    let end = at + numbers.below((bytes.len() - at).min(32) + 1);
    match numbers.below(8) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << numbers.below(8);
            }
        }
        1 => {
            bytes.drain(at..end);
        }
        2 => {
            let part = bytes[at..end].to_vec();
            let to = numbers.below(bytes.len() + 1);
            bytes.splice(to..to, part);
        }
        3 | 4 => {
            let piece = PIECES[numbers.below(PIECES.len())];
            bytes.splice(at..at, piece.iter().copied());
        }
        5 => {
            let piece = PIECES[numbers.below(PIECES.len())];
            bytes.splice(at..end, piece.iter().copied());
        }
        6 => {
            let byte = numbers.draw().to_le_bytes()[0];
            bytes.splice(at..end, [byte]);
        }
        _ => {
            let from = numbers.below(other.len() + 1);
            let to = from + numbers.below((other.len() - from).min(64) + 1);
            bytes.splice(at..end, other[from..to].iter().copied());
        }
    }
}
