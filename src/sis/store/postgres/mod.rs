//! Lessons on a `PostgreSQL` server, for many machines. Writers go one after another, in the order in which they get hold
//! of the row with the store's revision; readers see the store as of one moment.

mod address;
mod rows;
mod schema;

use std::time::Duration;

use postgres::IsolationLevel;
use r2d2_postgres::PostgresConnectionManager;
use r2d2_postgres::r2d2::{ManageConnection, Pool, PooledConnection};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::rows::Transaction;
use super::{Result, Rows, Store};
use crate::sis::SisError;

type Manager = PostgresConnectionManager<MakeRustlsConnect>;

/// How many connections a process has at most.
const CONNECTIONS: u32 = 4;
/// How long a free connection is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Takes the writers' turn. A writer whose machine has gone keeps nobody waiting.
const TURN: &str = "
SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '60s';
SET LOCAL idle_in_transaction_session_timeout = '60s';
SELECT number FROM argent_sis.revision FOR UPDATE";

/// Lessons on a server.
pub struct PostgresStore {
    pool: Pool<Manager>,
}

impl PostgresStore {
    /// Opens a store, or makes one in the schema `argent_sis` of a database: `postgres://user:password@host/database`.
    ///
    /// Certificates are verified. `sslmode=disable` goes without them, which is the default on this machine and over
    /// Unix sockets; `sslrootcert` names a file with a certificate authority of one's own.
    pub fn open(url: &str) -> Result<Self> {
        let manager = address::manager(url)?;
        // By itself and not from the pool, which would try again and again where a password is wrong.
        let mut client = manager.connect().map_err(failed("opening the lessons' store"))?;
        schema::migrate(&mut client)?;
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(0))
            .idle_timeout(Some(Duration::from_mins(1)))
            .connection_timeout(PATIENCE)
            .build_unchecked(manager);
        Ok(Self { pool })
    }

    fn client(&self, action: &'static str) -> Result<PooledConnection<Manager>> {
        self.pool.get().map_err(|error| SisError::Store { action, reason: error.to_string() })
    }
}

impl Store for PostgresStore {
    fn read(&self, body: &mut dyn FnMut(&mut dyn Rows) -> Result<()>) -> Result<()> {
        let mut client = self.client("reading lessons")?;
        let transaction = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .map_err(failed("reading lessons"))?;
        let mut transaction = Transaction(transaction);
        body(&mut transaction)?;
        transaction.0.commit().map_err(failed("reading lessons"))
    }

    fn write(&self, body: &mut dyn FnMut(&mut dyn Rows) -> Result<()>) -> Result<()> {
        let mut client = self.client("writing lessons")?;
        // Each statement sees what was committed before it, and after the turn has come nobody else commits.
        let mut transaction = client
            .build_transaction()
            .isolation_level(IsolationLevel::ReadCommitted)
            .start()
            .map_err(failed("writing lessons"))?;
        transaction.batch_execute(TURN).map_err(failed("writing lessons"))?;
        let mut transaction = Transaction(transaction);
        body(&mut transaction)?;
        transaction.0.commit().map_err(failed("writing lessons"))
    }
}

/// Names what was being done when the server refused.
fn failed(action: &'static str) -> impl Fn(postgres::Error) -> SisError {
    move |error| {
        let said = error.as_db_error().map(|error| error.message().to_owned());
        let cause = || std::error::Error::source(&error).map(|cause| format!("{error}: {cause}"));
        SisError::Store { action, reason: said.or_else(cause).unwrap_or_else(|| error.to_string()) }
    }
}
