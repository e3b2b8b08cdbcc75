//! Pi's hash of a text, by which ids are shortened: cyrb53 over UTF-16 code units, its halves in base 36. Transcripts
//! hold ids that Pi made, and ids must not change from one turn to the next, or the provider's cache is missed.

pub(super) fn short_hash(text: &str) -> String {
    let (mut high, mut low) = (0xdead_beef_u32, 0x41c6_ce57_u32);
    for unit in text.encode_utf16() {
        high = (high ^ u32::from(unit)).wrapping_mul(2_654_435_761);
        low = (low ^ u32::from(unit)).wrapping_mul(1_597_334_677);
    }
    let mix = |own: u32, other: u32| {
        (own ^ (own >> 16)).wrapping_mul(2_246_822_507) ^ (other ^ (other >> 13)).wrapping_mul(3_266_489_909)
    };
    high = mix(high, low);
    low = mix(low, high);
    base_36(low) + &base_36(high)
}

fn base_36(mut value: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit(value % 36, 36));
        value /= 36;
        if value == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}
