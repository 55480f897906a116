//! Any text as a connector.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use typed_connector_fuzz::{Mutator, connector, seeds};

fuzz_target!(|input: &[u8]| connector(input));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    Mutator::of(seeds::connectors).change_in(data, size, max_size, seed, fuzzer_mutate)
});
