//! The rows of one transaction. Every statement is one round trip: its parameters' types are known here.

use std::borrow::Cow;

use postgres::Row;
use postgres::types::{ToSql, Type};
use serde::de::DeserializeOwned;

use super::super::{Changes, Injection, Result, Rows, Settled, json, limit, searchable};
use super::failed;
use crate::sis::text::terms;
use crate::sis::{Endorsement, Episode, Lesson, Scope, SisError};

pub(super) struct Transaction<'a>(pub postgres::Transaction<'a>);

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

impl Transaction<'_> {
    fn all<T>(
        &mut self,
        sql: &str,
        parameters: &[Parameter<'_>],
        read: fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let rows = self.0.query_typed(sql, parameters).map_err(failed("reading lessons"))?;
        rows.iter().map(read).collect()
    }

    fn one<T>(
        &mut self,
        sql: &str,
        parameters: &[Parameter<'_>],
        read: fn(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        let row = self.0.query_typed_opt(sql, parameters).map_err(failed("reading lessons"))?;
        row.as_ref().map(read).transpose()
    }

    fn run(&mut self, sql: &str, parameters: &[Parameter<'_>]) -> Result<u64> {
        self.0.execute_typed(sql, parameters).map_err(failed("writing lessons"))
    }

    /// The next revision.
    fn revise(&mut self) -> Result<i64> {
        let sql = "UPDATE argent_sis.revision SET number = number + 1 RETURNING number";
        Ok(self.one(sql, &[], |row| get(row, 0))?.unwrap_or_default())
    }
}

impl Rows for Transaction<'_> {
    fn revision(&mut self) -> Result<i64> {
        Ok(self.one("SELECT number FROM argent_sis.revision", &[], |row| get(row, 0))?.unwrap_or_default())
    }

    fn changes(&mut self, scopes: &[Scope], after: i64) -> Result<Changes> {
        let revision = self.revision()?;
        if revision == after {
            return Ok(Changes { revision, ..Changes::default() });
        }
        let scopes = names(scopes);
        let lessons = self.all(
            "SELECT id, body FROM argent_sis.lessons WHERE revision > $1 AND scope = ANY($2) ORDER BY id",
            &[(&after, Type::INT8), (&scopes, Type::TEXT_ARRAY)],
            lesson,
        )?;
        let embeddings = self.all(
            "SELECT lesson_id, vector FROM argent_sis.embeddings JOIN argent_sis.lessons ON id = lesson_id
             WHERE embeddings.revision > $1 AND scope = ANY($2)",
            &[(&after, Type::INT8), (&scopes, Type::TEXT_ARRAY)],
            |row| Ok((get(row, 0)?, get(row, 1)?)),
        )?;
        Ok(Changes { revision, lessons, embeddings })
    }

    fn lesson(&mut self, id: i64) -> Result<Option<Lesson>> {
        self.one("SELECT id, body FROM argent_sis.lessons WHERE id = $1", &[(&id, Type::INT8)], lesson)
    }

    fn add_lesson(&mut self, lesson: &Lesson) -> Result<i64> {
        let revision = self.revise()?;
        let added = self.one(
            "INSERT INTO argent_sis.lessons (scope, normalized, active, revision, body, words)
             VALUES ($1, $2, $3, $4, $5, to_tsvector('english', $6)) RETURNING id",
            &[
                (&name(&lesson.scope), Type::TEXT),
                (&plain(&lesson.normalized), Type::TEXT),
                (&lesson.is_active, Type::BOOL),
                (&revision, Type::INT8),
                (&json(lesson)?, Type::TEXT),
                (&plain(&searchable(lesson)), Type::TEXT),
            ],
            |row| get(row, 0),
        )?;
        added.ok_or_else(|| SisError::Store {
            action: "writing lessons",
            reason: "the lesson was given no number".into(),
        })
    }

    fn update_lesson(&mut self, lesson: &Lesson) -> Result<()> {
        let revision = self.revise()?;
        let updated = self.run(
            "UPDATE argent_sis.lessons SET scope = $2, normalized = $3, active = $4, revision = $5, body = $6,
             words = to_tsvector('english', $7) WHERE id = $1",
            &[
                (&lesson.id, Type::INT8),
                (&name(&lesson.scope), Type::TEXT),
                (&plain(&lesson.normalized), Type::TEXT),
                (&lesson.is_active, Type::BOOL),
                (&revision, Type::INT8),
                (&json(lesson)?, Type::TEXT),
                (&plain(&searchable(lesson)), Type::TEXT),
            ],
        )?;
        if updated == 0 { Err(SisError::UnknownLesson { id: lesson.id }) } else { Ok(()) }
    }

    fn embed(&mut self, lesson: i64, vector: &[f32]) -> Result<()> {
        let revision = self.revise()?;
        self.run(
            "INSERT INTO argent_sis.embeddings VALUES ($1, $2, $3)
             ON CONFLICT (lesson_id) DO UPDATE SET revision = excluded.revision, vector = excluded.vector",
            &[(&lesson, Type::INT8), (&revision, Type::INT8), (&vector, Type::FLOAT4_ARRAY)],
        )
        .map(drop)
    }

    fn search(&mut self, scopes: &[Scope], words: &str, most: usize) -> Result<Vec<Lesson>> {
        let words: Vec<String> = words
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !terms(word).is_empty())
            .map(|word| format!("'{word}'"))
            .collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.all(
            "SELECT id, body FROM argent_sis.lessons, to_tsquery('english', $1) AS wanted
             WHERE words @@ wanted AND scope = ANY($2) ORDER BY ts_rank(words, wanted) DESC, id LIMIT $3",
            &[
                (&words.join(" | "), Type::TEXT),
                (&names(scopes), Type::TEXT_ARRAY),
                (&limit(most), Type::INT8),
            ],
            lesson,
        )
    }

    fn put_episode(&mut self, scope: &Scope, episode: &Episode) -> Result<()> {
        self.run(
            "INSERT INTO argent_sis.episodes (scope, id, finished_at, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (scope, id) DO UPDATE SET finished_at = excluded.finished_at, body = excluded.body",
            &[
                (&name(scope), Type::TEXT),
                (&plain(&episode.id), Type::TEXT),
                (&episode.finished_at, Type::INT8),
                (&json(episode)?, Type::TEXT),
            ],
        )
        .map(drop)
    }

    fn episode(&mut self, scope: &Scope, id: &str) -> Result<Option<Episode>> {
        let sql = "SELECT body FROM argent_sis.episodes WHERE scope = $1 AND id = $2";
        self.one(sql, &[(&name(scope), Type::TEXT), (&plain(id), Type::TEXT)], |row| parsed(get(row, 0)?))
    }

    fn episodes(&mut self, scope: &Scope, most: usize) -> Result<Vec<Episode>> {
        self.all(
            "SELECT body FROM argent_sis.episodes WHERE scope = $1 ORDER BY finished_at DESC LIMIT $2",
            &[(&name(scope), Type::TEXT), (&limit(most), Type::INT8)],
            |row| parsed(get(row, 0)?),
        )
    }

    fn put_injection(&mut self, injection: &Injection) -> Result<()> {
        let settled = injection.settled.as_ref();
        self.run(
            "INSERT INTO argent_sis.injections VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (scope, episode_id, lesson_id) DO UPDATE SET
             (relevance, terms, settled_at, pre_valence, post_valence, weight, value, contradicted) =
             (excluded.relevance, excluded.terms, excluded.settled_at, excluded.pre_valence, excluded.post_valence,
             excluded.weight, excluded.value, excluded.contradicted)",
            &[
                (&name(&injection.scope), Type::TEXT),
                (&plain(&injection.episode_id), Type::TEXT),
                (&injection.lesson_id, Type::INT8),
                (&injection.relevance, Type::FLOAT8),
                (&json(&injection.terms)?, Type::TEXT),
                (&settled.map(|settled| settled.at), Type::INT8),
                (&settled.map(|settled| settled.pre_valence), Type::FLOAT8),
                (&settled.map(|settled| settled.post_valence), Type::FLOAT8),
                (&settled.map(|settled| settled.weight), Type::FLOAT8),
                (&settled.map(|settled| settled.value), Type::FLOAT8),
                (&settled.map(|settled| settled.contradicted), Type::BOOL),
            ],
        )
        .map(drop)
    }

    fn shown_in(&mut self, scope: &Scope, episode: &str) -> Result<Vec<Injection>> {
        let sql =
            "SELECT * FROM argent_sis.injections WHERE scope = $1 AND episode_id = $2 ORDER BY lesson_id";
        self.all(sql, &[(&name(scope), Type::TEXT), (&plain(episode), Type::TEXT)], injection)
    }

    fn settled(&mut self, lesson: i64, most: usize) -> Result<Vec<Injection>> {
        let mut latest = self.all(
            "SELECT * FROM argent_sis.injections WHERE lesson_id = $1 AND settled_at IS NOT NULL
             ORDER BY settled_at DESC, episode_id COLLATE \"C\" DESC LIMIT $2",
            &[(&lesson, Type::INT8), (&limit(most), Type::INT8)],
            injection,
        )?;
        latest.reverse();
        Ok(latest)
    }

    fn endorse(&mut self, endorsement: &Endorsement) -> Result<()> {
        self.run(
            "INSERT INTO argent_sis.endorsements VALUES ($1, $2, $3, $4)
             ON CONFLICT (lesson_id, endorser_type, endorser_id) DO UPDATE SET body = excluded.body",
            &[
                (&endorsement.lesson_id, Type::INT8),
                (&json(&endorsement.endorser_type)?, Type::TEXT),
                (&plain(&endorsement.endorser_id), Type::TEXT),
                (&json(endorsement)?, Type::TEXT),
            ],
        )
        .map(drop)
    }

    fn endorsements(&mut self, lesson: i64) -> Result<Vec<Endorsement>> {
        let sql = "SELECT body FROM argent_sis.endorsements WHERE lesson_id = $1 ORDER BY endorser_type, endorser_id";
        self.all(sql, &[(&lesson, Type::INT8)], |row| parsed(get(row, 0)?))
    }
}

/// A column of a row.
fn get<'a, T: postgres::types::FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(failed("reading lessons"))
}

fn lesson(row: &Row) -> Result<Lesson> {
    let mut lesson: Lesson = parsed(get(row, 1)?)?;
    lesson.id = get(row, 0)?;
    Ok(lesson)
}

fn injection(row: &Row) -> Result<Injection> {
    let settled = match get::<Option<i64>>(row, 5)? {
        Some(at) => Some(Settled {
            at,
            pre_valence: get(row, 6)?,
            post_valence: get(row, 7)?,
            weight: get(row, 8)?,
            value: get(row, 9)?,
            contradicted: get(row, 10)?,
        }),
        None => None,
    };
    Ok(Injection {
        scope: Scope::try_from(get::<String>(row, 0)?)?,
        episode_id: get(row, 1)?,
        lesson_id: get(row, 2)?,
        relevance: get(row, 3)?,
        terms: parsed(get(row, 4)?)?,
        settled,
    })
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| SisError::Store { action: "reading lessons", reason: error.to_string() })
}

/// A text as the server takes it: it knows no NUL.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

fn name(scope: &Scope) -> String {
    plain(&scope.to_string()).into_owned()
}

fn names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(name).collect()
}
