//! Lessons in a file: `SQLite` with a write-ahead log, so that readers never wait and several processes share one store.

mod rows;
mod schema;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use self::rows::Transaction;
use super::{Result, Rows, Store};
use crate::sis::SisError;

/// How long a writer waits for the writers before it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lessons in a file.
#[derive(Debug)]
pub struct SqliteStore {
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens a store, or makes one. Its folder must be there.
    pub fn open(path: &Path) -> Result<Self> {
        let mut writer = connect(path)?;
        schema::migrate(&mut writer)?;
        Ok(Self { reader: Mutex::new(connect(path)?), writer: Mutex::new(writer) })
    }
}

impl Store for SqliteStore {
    fn read(&self, body: &mut dyn FnMut(&mut dyn Rows) -> Result<()>) -> Result<()> {
        let mut connection = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction().map_err(failed("reading lessons"))?;
        body(&mut Transaction(&transaction))
    }

    fn write(&self, body: &mut dyn FnMut(&mut dyn Rows) -> Result<()>) -> Result<()> {
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // A writer from the start: nobody else writes between its reads and its writes.
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed("writing lessons"))?;
        body(&mut Transaction(&transaction))?;
        transaction.commit().map_err(failed("writing lessons"))
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path).map_err(failed("opening the lessons' store"))?;
    connection.busy_timeout(PATIENCE).map_err(failed("opening the lessons' store"))?;
    // FULL: what is acknowledged outlives a failure of power as well.
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;";
    let mut tries = 0;
    while let Err(error) = connection.execute_batch(pragmas) {
        // The change to a write-ahead log does not wait for other processes that open the store.
        tries += 1;
        if tries > 200 || error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy) {
            return Err(failed("opening the lessons' store")(error));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Names what was being done when `SQLite` refused.
fn failed(action: &'static str) -> impl Fn(rusqlite::Error) -> SisError {
    move |error| SisError::Store { action, reason: error.to_string() }
}
