//! The tables, version by version.

use postgres::Client;

use super::{Result, failed};
use crate::sis::SisError;

/// What brings a store from one version to the next. A published one is never changed.
const MIGRATIONS: [&str; 1] = ["
CREATE TABLE argent_sis.revision (number bigint NOT NULL);
INSERT INTO argent_sis.revision VALUES (0);
CREATE TABLE argent_sis.lessons (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope text NOT NULL,
    normalized text NOT NULL,
    active boolean NOT NULL,
    revision bigint NOT NULL,
    body text NOT NULL,
    words tsvector NOT NULL
);
-- A digest, as an index takes no texts of thousands of bytes.
CREATE UNIQUE INDEX lessons_by_text ON argent_sis.lessons (scope, md5(normalized));
CREATE INDEX lessons_by_revision ON argent_sis.lessons (revision);
CREATE INDEX lessons_by_word ON argent_sis.lessons USING gin (words);
CREATE TABLE argent_sis.embeddings (
    lesson_id bigint PRIMARY KEY, revision bigint NOT NULL, vector real[] NOT NULL
);
CREATE INDEX embeddings_by_revision ON argent_sis.embeddings (revision);
CREATE TABLE argent_sis.episodes (
    scope text NOT NULL, id text NOT NULL, finished_at bigint NOT NULL, body text NOT NULL, PRIMARY KEY (scope, id)
);
CREATE INDEX episodes_by_time ON argent_sis.episodes (scope, finished_at);
CREATE TABLE argent_sis.injections (
    scope text NOT NULL,
    episode_id text NOT NULL,
    lesson_id bigint NOT NULL,
    relevance double precision NOT NULL,
    terms text NOT NULL,
    settled_at bigint,
    pre_valence double precision,
    post_valence double precision,
    weight double precision,
    value double precision,
    contradicted boolean,
    PRIMARY KEY (scope, episode_id, lesson_id)
);
CREATE INDEX injections_by_lesson ON argent_sis.injections (lesson_id, settled_at) WHERE settled_at IS NOT NULL;
CREATE TABLE argent_sis.endorsements (
    lesson_id bigint NOT NULL,
    endorser_type text NOT NULL,
    endorser_id text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (lesson_id, endorser_type, endorser_id)
);
"];

/// Makes the schema and the number of its version. The lock is held until the end of the transaction: several processes
/// may open a store at once that is not there yet.
const BEGIN: &str = "
SELECT pg_advisory_xact_lock(8247342066109834595);
CREATE SCHEMA IF NOT EXISTS argent_sis;
CREATE TABLE IF NOT EXISTS argent_sis.version (number bigint NOT NULL);
INSERT INTO argent_sis.version SELECT 0 WHERE NOT EXISTS (SELECT FROM argent_sis.version);
";

/// Brings a store to the latest version. A role that may not make tables can use a store that is there.
pub(super) fn migrate(client: &mut Client) -> Result<()> {
    let failed = failed("preparing the lessons' store");
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let there =
        client.query_typed_opt("SELECT to_regclass('argent_sis.version')::text", &[]).map_err(&failed)?;
    if there.is_some_and(|row| row.get::<_, Option<&str>>(0).is_some())
        && version(client.query_typed_opt(VERSION, &[]).map_err(&failed)?.as_ref(), known)? == known
    {
        return Ok(());
    }
    let mut transaction = client.transaction().map_err(&failed)?;
    transaction.batch_execute(BEGIN).map_err(&failed)?;
    let found = version(transaction.query_typed_opt(VERSION, &[]).map_err(&failed)?.as_ref(), known)?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.batch_execute(migration).map_err(&failed)?;
    }
    transaction.batch_execute(&format!("UPDATE argent_sis.version SET number = {known}")).map_err(&failed)?;
    transaction.commit().map_err(failed)
}

const VERSION: &str = "SELECT number FROM argent_sis.version";

/// The version that was read, if it is known.
fn version(row: Option<&postgres::Row>, known: i64) -> Result<i64> {
    let found = row.map_or(0, |row| row.get(0));
    if found > known { Err(SisError::Version { found, known }) } else { Ok(found) }
}
