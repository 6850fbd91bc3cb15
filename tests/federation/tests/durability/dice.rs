//! Numbers that look random and come from a seed.

/// The seed of a run that names none.
const SEED: u64 = 20;

/// A generator after Steele, Lea and Flood (SplitMix64): small, and good enough to choose where to cut.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Starts at `RUSTINE_TEST_SEED`, or at a seed that is always the same; says which for the test `what`.
    #[expect(
        clippy::print_stdout,
        reason = "a run can only be repeated by somebody who is told its seed"
    )]
    pub fn of_run(what: &str) -> Self {
        let given = std::env::var("RUSTINE_TEST_SEED").ok();
        let seed = given.and_then(|text| text.parse().ok()).unwrap_or(SEED);
        println!("{what}: RUSTINE_TEST_SEED={seed}");
        Self::new(seed)
    }

    /// Starts at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a length fits");
        usize::try_from(self.any() % bound).expect("it is below a length")
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.any() & 1 == 1
    }
}

#[test]
fn one_seed_gives_one_row_of_numbers() {
    let draw = |seed| {
        let mut dice = Dice::new(seed);
        (0..8).map(|_| dice.below(1000)).collect::<Vec<_>>()
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}
