#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| argent_runtime_fuzz::salvage(data));
