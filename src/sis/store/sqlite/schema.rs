//! The tables, version by version.

use rusqlite::{Connection, TransactionBehavior};

use super::{Result, failed};
use crate::sis::SisError;

/// What brings a store from one version to the next. A published one is never changed.
const MIGRATIONS: [&str; 1] = ["
CREATE TABLE revision (number INTEGER NOT NULL);
INSERT INTO revision VALUES (0);
CREATE TABLE lessons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL,
    normalized TEXT NOT NULL,
    active INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (scope, normalized)
);
CREATE INDEX lessons_by_revision ON lessons (revision);
CREATE VIRTUAL TABLE lesson_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'porter unicode61'
);
CREATE TABLE embeddings (lesson_id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE INDEX embeddings_by_revision ON embeddings (revision);
CREATE TABLE episodes (
    scope TEXT NOT NULL, id TEXT NOT NULL, finished_at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (scope, id)
);
CREATE INDEX episodes_by_time ON episodes (scope, finished_at);
CREATE TABLE injections (
    scope TEXT NOT NULL,
    episode_id TEXT NOT NULL,
    lesson_id INTEGER NOT NULL,
    relevance REAL NOT NULL,
    terms TEXT NOT NULL,
    settled_at INTEGER,
    pre_valence REAL,
    post_valence REAL,
    weight REAL,
    value REAL,
    contradicted INTEGER,
    PRIMARY KEY (scope, episode_id, lesson_id)
) WITHOUT ROWID;
CREATE INDEX injections_by_lesson ON injections (lesson_id, settled_at) WHERE settled_at IS NOT NULL;
CREATE TABLE endorsements (
    lesson_id INTEGER NOT NULL,
    endorser_type TEXT NOT NULL,
    endorser_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (lesson_id, endorser_type, endorser_id)
) WITHOUT ROWID;
"];

/// Brings a store to the latest version.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let failed = failed("preparing the lessons' store");
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
    let found: i64 =
        transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(&failed)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(SisError::Version { found, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(migration).map_err(&failed)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(&failed)?;
    transaction.commit().map_err(failed)
}
