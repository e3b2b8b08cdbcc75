//! Faults that are found in a file: what a writer left that died, what a bad disk made of it.

use argent_runtime::session::{Durability, Log};

use super::session::{HEADER, Session, Tally, extend, put};

/// Writes `bytes`, checks them, goes on with the session and checks again.
fn try_out(tally: &mut Tally, what: &str, bytes: &[u8], mut session: Session) {
    let path = tally.path();
    put(&path, bytes);
    tally.faults += 1;
    tally.check(what, &path, &session);
    let mut log = Log::open(&path, Durability::None).unwrap();
    for _ in 0..2 {
        extend(&mut log, &mut session, &mut tally.random).unwrap();
    }
    tally.check(&format!("going on after {what}"), &path, &session);
}

/// An append that got as far as each of its bytes.
pub fn cuts(tally: &mut Tally, count: usize) {
    while tally.faults < count {
        let entries = tally.random.usize(1..6);
        let session = Session::random(&mut tally.random, entries);
        let mut bytes = session.bytes();
        let next = session.next(&mut tally.random);
        for byte in next.line.bytes().chain([b'\n']) {
            try_out(tally, "a cut", &bytes, session.clone());
            bytes.push(byte);
        }
    }
}

/// The beginning of a line and the whole next one on one line, as writers leave it that know no torn lines.
pub fn glued(tally: &mut Tally, count: usize) {
    for _ in 0..count {
        let entries = tally.random.usize(2..8);
        let mut session = Session::random(&mut tally.random, entries);
        let at = tally.random.usize(..entries - 1);
        let whole = session.entries[at].line.clone();
        let kept = tally.random.usize(1..whole.len());
        let kept = (1..=kept).rev().find(|kept| whole.is_char_boundary(*kept)).unwrap();
        let mut torn = session.clone();
        torn.entries[at].line.truncate(kept);
        let offset =
            HEADER.len() + 1 + torn.entries[..=at].iter().map(|entry| entry.line.len() + 1).sum::<usize>()
                - 1;
        let mut bytes = torn.bytes();
        bytes.remove(offset);
        let hit = &mut session.entries[at];
        hit.is_hit = true;
        hit.is_severed = kept < hit.parent_place().end;
        try_out(tally, "lines run together", &bytes, session);
    }
}

/// A file in which one bit is wrong.
pub fn flips(tally: &mut Tally, count: usize) {
    while tally.faults < count {
        let entries = tally.random.usize(2..8);
        let session = Session::random(&mut tally.random, entries);
        for _ in 0..16 {
            let (mut bytes, mut session) = (session.bytes(), session.clone());
            let bit = tally.random.usize(..bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut end = HEADER.len() + 1;
            for entry in &mut session.entries {
                let start = end;
                end += entry.line.len() + 1;
                // What ends a line is no part of the entry.
                entry.is_hit = (start..end - 1).contains(&(bit / 8));
                entry.is_severed = entry.is_hit && entry.parent_place().contains(&(bit / 8 - start));
            }
            try_out(tally, &format!("flipping bit {} of byte {}", bit % 8, bit / 8), &bytes, session);
        }
    }
}
