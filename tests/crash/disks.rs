//! Faults that a writer meets: disks that refuse, and disks that forget.

use std::fs::{self, File};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use argent_runtime::session::{Disk, Durability, Log};

use super::session::{Session, Tally, extend, put};

/// What a disk does next.
#[derive(Debug, Clone, Copy, Default)]
struct Plan {
    /// How many bytes a write takes before the next one is refused.
    room: Option<usize>,
    /// The most bytes that are taken at once.
    bite: Option<usize>,
    /// Whether a write is interrupted first.
    interrupted: bool,
    /// Whether a refused write takes nothing rather than fail.
    silent: bool,
    refuses_cut: bool,
    refuses_sync: bool,
}

/// A disk that does as it is told, and knows how much of the file it would have after a power cut.
#[derive(Debug, Default)]
struct Planned {
    plan: Mutex<Plan>,
    synced: Mutex<u64>,
}

impl Disk for Planned {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        let mut plan = self.plan.lock().unwrap();
        if std::mem::take(&mut plan.interrupted) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = bytes.len().min(plan.bite.unwrap_or(usize::MAX)).min(plan.room.unwrap_or(usize::MAX));
        if most == 0 {
            return if plan.silent { Ok(0) } else { Err(io::ErrorKind::StorageFull.into()) };
        }
        let count = file.write(&bytes[..most])?;
        plan.room = plan.room.map(|room| room - count);
        Ok(count)
    }

    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        if self.plan.lock().unwrap().refuses_cut {
            Err(io::ErrorKind::Other.into())
        } else {
            file.set_len(length)
        }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        if self.plan.lock().unwrap().refuses_sync {
            return Err(io::ErrorKind::Other.into());
        }
        *self.synced.lock().unwrap() = file.metadata()?.len();
        Ok(())
    }
}

/// Writes that come short, are interrupted, are refused after some bytes; files that cannot be cut, disks that cannot be
/// synced.
pub fn refusals(tally: &mut Tally, count: usize) {
    let path = tally.path();
    while tally.faults < count {
        let mut session = Session::random(&mut tally.random, 3);
        put(&path, &session.bytes());
        let disk = Arc::new(Planned::default());
        let durability = if tally.random.bool() { Durability::None } else { Durability::Entry };
        let mut log = Log::open_on(&path, durability, Arc::clone(&disk) as Arc<dyn Disk>).unwrap();
        for _ in 0..4 {
            let random = &mut tally.random;
            let room = random.bool().then(|| random.usize(..300));
            let bite = random.bool().then(|| random.usize(1..100));
            let plan = Plan {
                room,
                bite,
                interrupted: random.bool(),
                silent: random.bool(),
                refuses_cut: random.u8(..4) == 0,
                refuses_sync: random.u8(..4) == 0,
            };
            *disk.plan.lock().unwrap() = plan;
            let before = fs::metadata(&path).unwrap().len();
            let done = extend(&mut log, &mut session, &mut tally.random);
            if done.is_err() && !plan.refuses_cut {
                let after = fs::metadata(&path).unwrap().len();
                assert_eq!(after, before, "a failed append is taken back");
            }
            *disk.plan.lock().unwrap() = Plan::default();
            tally.faults += 1;
            tally.check(&format!("{plan:?}"), &path, &session);
        }
        // The same writer goes on once the disk is well again.
        extend(&mut log, &mut session, &mut tally.random).unwrap();
        tally.check("the disk is well again", &path, &session);
    }
}

/// The power goes: of what was written since the last sync some is on the disk, or zeros or rubbish in its place.
pub fn power(tally: &mut Tally, count: usize) {
    let path = tally.path();
    while tally.faults < count {
        let mut session = Session::random(&mut tally.random, 3);
        put(&path, &session.bytes());
        let disk = Arc::new(Planned::default());
        let durability = if tally.random.bool() { Durability::None } else { Durability::Entry };
        let mut log = Log::open_on(&path, durability, Arc::clone(&disk) as Arc<dyn Disk>).unwrap();
        for _ in 0..tally.random.usize(1..6) {
            extend(&mut log, &mut session, &mut tally.random).unwrap();
        }
        if durability == Durability::None {
            log.flush().unwrap();
        }
        // From here on nothing is promised.
        let mut promised = session.clone();
        for _ in 0..tally.random.usize(..3) {
            let entry = session.next(&mut tally.random);
            fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .unwrap()
                .write_all(format!("{}\n", entry.line).as_bytes())
                .unwrap();
            session.entries.push(entry);
        }
        let synced = usize::try_from(*disk.synced.lock().unwrap()).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(tally.random.usize(synced..=bytes.len()));
        let from = tally.random.usize(synced..=bytes.len());
        let rubbish = tally.random.u8(..3);
        for byte in &mut bytes[from..] {
            match rubbish {
                0 => *byte = 0,
                1 => *byte = tally.random.u8(..),
                _ => {}
            }
        }
        put(&path, &bytes);
        tally.faults += 1;
        tally.check("a power cut", &path, &promised);
        let mut log = Log::open(&path, Durability::None).unwrap();
        extend(&mut log, &mut promised, &mut tally.random).unwrap();
        tally.check("going on after a power cut", &path, &promised);
    }
}
