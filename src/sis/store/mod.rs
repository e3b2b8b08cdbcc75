//! Where lessons are kept. A store gives rows and transactions; what the rows mean is decided above it, once for all
//! stores.
//!
//! Calls block: hosts make them off their main thread. A store for many machines keeps a pool of connections behind it.

#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;

use super::{Endorsement, Episode, Lesson, Scope, SisError};

type Result<T> = std::result::Result<T, SisError>;

/// What came of a lesson's having been shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settled {
    /// When it was known, in milliseconds since 1970.
    pub at: i64,
    /// The valence before, -2 to 2.
    pub pre_valence: f64,
    /// The valence after, -2 to 2.
    pub post_valence: f64,
    /// How much of it is owed to the lesson, 0 to 1.
    pub weight: f64,
    /// How good it was, 0 to 1.
    pub value: f64,
    /// Whether it contradicts the lesson.
    pub contradicted: bool,
}

/// A lesson that was shown in an episode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Injection {
    /// Whose episode.
    pub scope: Scope,
    /// In which episode.
    pub episode_id: String,
    /// Which lesson.
    pub lesson_id: i64,
    /// How much it had to do with the prompt, 0 to 1.
    pub relevance: f64,
    /// The words of the prompt that tell it from others.
    pub terms: Vec<String>,
    /// What came of it, once that is known.
    pub settled: Option<Settled>,
}

/// What changed in a store.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// As of which revision.
    pub revision: i64,
    /// Lessons that are new or other than they were, as they are now.
    pub lessons: Vec<Lesson>,
    /// Lessons that were given another place among embeddings.
    pub embeddings: Vec<(i64, Vec<f32>)>,
}

/// Lessons, episodes and what came of them, on a disk or behind a network.
pub trait Store: Send + Sync {
    /// Reads at one moment.
    fn read(&self, body: &mut dyn FnMut(&mut dyn Rows) -> Result<()>) -> Result<()>;

    /// Writes all of it or nothing, after every write that came before and before every one that comes later. It may
    /// be called anew when another writer got in between. When this returns the writes outlive the process.
    fn write(&self, body: &mut dyn FnMut(&mut dyn Rows) -> Result<()>) -> Result<()>;
}

/// The rows of a store in one transaction.
pub trait Rows {
    /// The store's revision, which every write of a lesson raises.
    fn revision(&mut self) -> Result<i64>;
    /// What changed in some scopes after a revision.
    fn changes(&mut self, scopes: &[Scope], after: i64) -> Result<Changes>;
    /// A lesson.
    fn lesson(&mut self, id: i64) -> Result<Option<Lesson>>;
    /// Adds a lesson; its number, given by the store, whatever number it has.
    fn add_lesson(&mut self, lesson: &Lesson) -> Result<i64>;
    /// Puts a lesson in the place of the one with its number.
    fn update_lesson(&mut self, lesson: &Lesson) -> Result<()>;
    /// Gives a lesson its place among embeddings.
    fn embed(&mut self, lesson: i64, vector: &[f32]) -> Result<()>;
    /// The lessons of some scopes with any of some words, the best first.
    fn search(&mut self, scopes: &[Scope], words: &str, most: usize) -> Result<Vec<Lesson>>;
    /// Puts an episode in the place of the scope's one of that name, or adds it.
    fn put_episode(&mut self, scope: &Scope, episode: &Episode) -> Result<()>;
    /// An episode of a scope.
    fn episode(&mut self, scope: &Scope, id: &str) -> Result<Option<Episode>>;
    /// The latest episodes of a scope, the last one first.
    fn episodes(&mut self, scope: &Scope, most: usize) -> Result<Vec<Episode>>;
    /// Puts an injection in the place of the one of its episode and lesson, or adds it.
    fn put_injection(&mut self, injection: &Injection) -> Result<()>;
    /// What an episode was shown, by the lessons' numbers.
    fn shown_in(&mut self, scope: &Scope, episode: &str) -> Result<Vec<Injection>>;
    /// The latest injections of a lesson whose outcome is known, the oldest first.
    fn settled(&mut self, lesson: i64, most: usize) -> Result<Vec<Injection>>;
    /// Puts an endorsement in the place of the endorser's last one.
    fn endorse(&mut self, endorsement: &Endorsement) -> Result<()>;
    /// A lesson's endorsements.
    fn endorsements(&mut self, lesson: i64) -> Result<Vec<Endorsement>>;
}

/// Opens the store at a place: a `postgres://` URL, or the path of a file, whose folder is made where there is none.
pub fn open(place: &str) -> Result<Arc<dyn Store>> {
    if place.starts_with("postgres://") || place.starts_with("postgresql://") {
        #[cfg(feature = "postgres")]
        return Ok(Arc::new(PostgresStore::open(place)?));
        #[cfg(not(feature = "postgres"))]
        return Err(SisError::input("store", "this build has no client for PostgreSQL"));
    }
    let path = Path::new(place);
    if let Some(folder) = path.parent() {
        let failed = |error: std::io::Error| SisError::Store {
            action: "opening the lessons' store",
            reason: error.to_string(),
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    Ok(Arc::new(SqliteStore::open(path)?))
}

/// All words that a lesson can be searched by.
fn searchable(lesson: &Lesson) -> String {
    let mut words = lesson.text.clone();
    let told = [&lesson.context, &lesson.action, &lesson.outcome, &lesson.correction];
    for part in told.into_iter().flatten().chain(&lesson.tags).chain(&lesson.related_tools) {
        words.push(' ');
        words.push_str(part);
    }
    // Paths, addresses and the like are searched by their words, which not every server would take apart.
    words.replace(|c: char| !(c.is_alphanumeric() || c == '_'), " ")
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| SisError::Store { action: "writing lessons", reason: error.to_string() })
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
