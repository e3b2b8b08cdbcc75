//! The rows of one transaction.

use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Params, Row, params};
use serde::de::DeserializeOwned;

use super::super::{Changes, Injection, Result, Rows, Settled, json, limit, searchable};
use super::failed;
use crate::sis::text::terms;
use crate::sis::{Endorsement, Episode, Lesson, Scope, SisError};

pub(super) struct Transaction<'a>(pub &'a rusqlite::Transaction<'a>);

type Read<T> = fn(&Row<'_>) -> rusqlite::Result<T>;

impl Transaction<'_> {
    fn all<T>(&self, sql: &str, params: impl Params, read: Read<T>) -> Result<Vec<T>> {
        let rows = || self.0.prepare_cached(sql)?.query_map(params, read)?.collect::<rusqlite::Result<_>>();
        rows().map_err(failed("reading lessons"))
    }

    fn one<T>(&self, sql: &str, params: impl Params, read: Read<T>) -> Result<Option<T>> {
        let row = || self.0.prepare_cached(sql)?.query_row(params, read).optional();
        row().map_err(failed("reading lessons"))
    }

    fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        let done = || self.0.prepare_cached(sql)?.execute(params);
        done().map_err(failed("writing lessons"))
    }

    /// The next revision.
    fn revise(&self) -> Result<i64> {
        self.run("UPDATE revision SET number = number + 1", [])?;
        Ok(self.one("SELECT number FROM revision", [], |row| row.get(0))?.unwrap_or_default())
    }

    fn index(&self, id: i64, lesson: &Lesson) -> Result<()> {
        self.run("DELETE FROM lesson_words WHERE rowid = ?1", [id])?;
        self.run("INSERT INTO lesson_words (rowid, words) VALUES (?1, ?2)", params![id, searchable(lesson)])
            .map(drop)
    }
}

impl Rows for Transaction<'_> {
    fn revision(&mut self) -> Result<i64> {
        Ok(self.one("SELECT number FROM revision", [], |row| row.get(0))?.unwrap_or_default())
    }

    fn changes(&mut self, scopes: &[Scope], after: i64) -> Result<Changes> {
        let revision = self.revision()?;
        if revision == after {
            return Ok(Changes { revision, ..Changes::default() });
        }
        let scopes = json(&scopes)?;
        let lessons = self.all(
            "SELECT id, body FROM lessons WHERE revision > ?1 AND scope IN (SELECT value FROM json_each(?2)) ORDER BY id",
            params![after, scopes],
            lesson,
        )?;
        let embeddings = self.all(
            "SELECT lesson_id, vector FROM embeddings JOIN lessons ON id = lesson_id
             WHERE embeddings.revision > ?1 AND scope IN (SELECT value FROM json_each(?2))",
            params![after, scopes],
            |row| Ok((row.get(0)?, floats(&row.get::<_, Vec<u8>>(1)?))),
        )?;
        Ok(Changes { revision, lessons, embeddings })
    }

    fn lesson(&mut self, id: i64) -> Result<Option<Lesson>> {
        self.one("SELECT id, body FROM lessons WHERE id = ?1", [id], lesson)
    }

    fn add_lesson(&mut self, lesson: &Lesson) -> Result<i64> {
        let revision = self.revise()?;
        self.run(
            "INSERT INTO lessons (scope, normalized, active, revision, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![lesson.scope.to_string(), lesson.normalized, lesson.is_active, revision, json(lesson)?],
        )?;
        let id = self.0.last_insert_rowid();
        self.index(id, lesson)?;
        Ok(id)
    }

    fn update_lesson(&mut self, lesson: &Lesson) -> Result<()> {
        let revision = self.revise()?;
        let updated = self.run(
            "UPDATE lessons SET scope = ?2, normalized = ?3, active = ?4, revision = ?5, body = ?6 WHERE id = ?1",
            params![lesson.id, lesson.scope.to_string(), lesson.normalized, lesson.is_active, revision, json(lesson)?],
        )?;
        if updated == 0 {
            return Err(SisError::UnknownLesson { id: lesson.id });
        }
        self.index(lesson.id, lesson)
    }

    fn embed(&mut self, lesson: i64, vector: &[f32]) -> Result<()> {
        let revision = self.revise()?;
        let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.run(
            "INSERT OR REPLACE INTO embeddings (lesson_id, revision, vector) VALUES (?1, ?2, ?3)",
            params![lesson, revision, bytes],
        )
        .map(drop)
    }

    fn search(&mut self, scopes: &[Scope], words: &str, most: usize) -> Result<Vec<Lesson>> {
        let words: Vec<String> = words
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !terms(word).is_empty())
            .map(|word| format!("\"{word}\""))
            .collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.all(
            "SELECT id, body FROM lesson_words JOIN lessons ON id = lesson_words.rowid
             WHERE lesson_words MATCH ?1 AND scope IN (SELECT value FROM json_each(?2)) ORDER BY rank LIMIT ?3",
            params![words.join(" OR "), json(&scopes)?, limit(most)],
            lesson,
        )
    }

    fn put_episode(&mut self, scope: &Scope, episode: &Episode) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO episodes (scope, id, finished_at, body) VALUES (?1, ?2, ?3, ?4)",
            params![scope.to_string(), episode.id, episode.finished_at, json(episode)?],
        )
        .map(drop)
    }

    fn episode(&mut self, scope: &Scope, id: &str) -> Result<Option<Episode>> {
        let sql = "SELECT body FROM episodes WHERE scope = ?1 AND id = ?2";
        self.one(sql, params![scope.to_string(), id], |row| parsed(row, 0))
    }

    fn episodes(&mut self, scope: &Scope, most: usize) -> Result<Vec<Episode>> {
        self.all(
            "SELECT body FROM episodes WHERE scope = ?1 ORDER BY finished_at DESC LIMIT ?2",
            params![scope.to_string(), limit(most)],
            |row| parsed(row, 0),
        )
    }

    fn put_injection(&mut self, injection: &Injection) -> Result<()> {
        let settled = injection.settled.as_ref();
        self.run(
            "INSERT OR REPLACE INTO injections VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                injection.scope.to_string(),
                injection.episode_id,
                injection.lesson_id,
                injection.relevance,
                json(&injection.terms)?,
                settled.map(|settled| settled.at),
                settled.map(|settled| settled.pre_valence),
                settled.map(|settled| settled.post_valence),
                settled.map(|settled| settled.weight),
                settled.map(|settled| settled.value),
                settled.map(|settled| settled.contradicted),
            ],
        )
        .map(drop)
    }

    fn shown_in(&mut self, scope: &Scope, episode: &str) -> Result<Vec<Injection>> {
        let sql = "SELECT * FROM injections WHERE scope = ?1 AND episode_id = ?2 ORDER BY lesson_id";
        self.all(sql, params![scope.to_string(), episode], injection)
    }

    fn settled(&mut self, lesson: i64, most: usize) -> Result<Vec<Injection>> {
        let mut latest = self.all(
            "SELECT * FROM injections WHERE lesson_id = ?1 AND settled_at IS NOT NULL
             ORDER BY settled_at DESC, episode_id DESC LIMIT ?2",
            params![lesson, limit(most)],
            injection,
        )?;
        latest.reverse();
        Ok(latest)
    }

    fn endorse(&mut self, endorsement: &Endorsement) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO endorsements VALUES (?1, ?2, ?3, ?4)",
            params![
                endorsement.lesson_id,
                json(&endorsement.endorser_type)?,
                endorsement.endorser_id,
                json(endorsement)?
            ],
        )
        .map(drop)
    }

    fn endorsements(&mut self, lesson: i64) -> Result<Vec<Endorsement>> {
        self.all("SELECT body FROM endorsements WHERE lesson_id = ?1", [lesson], |row| parsed(row, 0))
    }
}

fn lesson(row: &Row<'_>) -> rusqlite::Result<Lesson> {
    let mut lesson: Lesson = parsed(row, 1)?;
    lesson.id = row.get(0)?;
    Ok(lesson)
}

fn injection(row: &Row<'_>) -> rusqlite::Result<Injection> {
    let settled = match row.get::<_, Option<i64>>(5)? {
        Some(at) => Some(Settled {
            at,
            pre_valence: row.get(6)?,
            post_valence: row.get(7)?,
            weight: row.get(8)?,
            value: row.get(9)?,
            contradicted: row.get(10)?,
        }),
        None => None,
    };
    Ok(Injection {
        scope: scope(row)?,
        episode_id: row.get(1)?,
        lesson_id: row.get(2)?,
        relevance: row.get(3)?,
        terms: parsed(row, 4)?,
        settled,
    })
}

fn scope(row: &Row<'_>) -> rusqlite::Result<Scope> {
    Scope::try_from(row.get::<_, String>(0)?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}
