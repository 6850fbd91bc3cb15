#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rustine_fuzz::targets::grant::run(data));
