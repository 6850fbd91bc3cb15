#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rustine_fuzz::targets::queue::run(data));
