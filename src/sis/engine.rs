//! The whole of it: a store, the lessons in memory, and what is done with them.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::episode::digest;
use super::learn::{Learned, learn};
use super::select::{Index, select};
use super::text::clipped;
use super::{
    Choice, Draft, Endorsement, Episode, Injection, Lesson, Outcome, Query, Rows, Scope, Selection, Shown,
    SisError, SqliteStore, Store, cited, corrects, extract, screen, section, weigh,
};

type Result<T> = std::result::Result<T, SisError>;

/// How an agent learns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Config {
    /// The agent whose lessons they are.
    pub agent: String,
    /// Scopes that it reads beside its own.
    pub shared: Vec<String>,
    /// How lessons are chosen.
    pub choice: Choice,
    /// From which share of words in common two lessons are one, 0 to 1.
    pub similarity: f32,
    /// In how many days half of what was seen of a lesson is forgotten; 0 for never.
    pub half_life_days: u32,
    /// Whether rules look for lessons in episodes.
    pub extracts: bool,
    /// Makes what is drawn the same in every run.
    pub seed: Option<u64>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            agent: "default".into(),
            shared: Vec::new(),
            choice: Choice::default(),
            similarity: 0.7,
            half_life_days: 90,
            extracts: true,
            seed: None,
        }
    }
}

/// How much of a call's arguments and of its error is kept, in characters.
const KEPT: usize = 2000;

/// How long the name of an episode may be, in bytes.
const LONGEST_ID: usize = 500;

/// The lessons in memory, as of a revision of the store.
#[derive(Default)]
struct Memory {
    index: Index,
    revision: i64,
}

/// An agent's lessons.
pub struct Sis {
    store: Arc<dyn Store>,
    config: Config,
    scopes: Vec<Scope>,
    memory: Mutex<Memory>,
    random: Mutex<Rng>,
}

impl Sis {
    /// Opens the lessons in a file.
    pub fn open(path: &Path, config: Config) -> Result<Self> {
        Self::new(Arc::new(SqliteStore::open(path)?), config)
    }

    /// The lessons of a store.
    pub fn new(store: Arc<dyn Store>, config: Config) -> Result<Self> {
        if config.agent.is_empty() {
            return Err(SisError::input("agent", "is empty"));
        }
        let mut scopes = vec![Scope::Agent(config.agent.clone())];
        scopes.extend(config.shared.iter().cloned().map(Scope::Shared));
        let random = Mutex::new(config.seed.map_or_else(Rng::new, Rng::with_seed));
        let sis = Self { store, config, scopes, memory: Mutex::default(), random };
        sis.read(|_| Ok(()))?;
        Ok(sis)
    }

    /// The agent's own scope.
    pub fn scope(&self) -> Scope {
        Scope::Agent(self.config.agent.clone())
    }

    /// How it learns.
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the memory up to date and reads from it.
    fn read<T>(&self, body: impl FnOnce(&Index) -> Result<T>) -> Result<T> {
        let mut memory = self.memory();
        self.store.read(&mut |rows| refresh(&mut memory, rows, &self.scopes))?;
        body(&memory.index)
    }

    /// Writes with the memory as it is at the moment of writing, and has what was written in memory after.
    fn write<T: Default>(&self, mut body: impl FnMut(&mut dyn Rows, &Index) -> Result<T>) -> Result<T> {
        let mut written = T::default();
        let mut memory = self.memory();
        self.store.write(&mut |rows| {
            refresh(&mut memory, rows, &self.scopes)?;
            written = body(rows, &memory.index)?;
            Ok(())
        })?;
        // What is written is written, whether or not it can be read back now; the next one who reads will see it.
        let _ = self.store.read(&mut |rows| refresh(&mut memory, rows, &self.scopes));
        Ok(written)
    }

    /// Chooses lessons for a turn. Nothing is written: whoever shows them puts [`Selection::shown`] into the episode.
    pub fn select(&self, query: &Query) -> Result<Selection> {
        self.choose(query, &self.config.choice)
    }

    /// The same with other bounds.
    pub fn choose(&self, query: &Query, choice: &Choice) -> Result<Selection> {
        let mut random = match query.seed {
            Some(seed) => Rng::with_seed(seed),
            None => self.random.lock().unwrap_or_else(PoisonError::into_inner).fork(),
        };
        let mut selection = self.read(|index| Ok(select(index, query, choice, &mut random)))?;
        selection.prompt_section = section(&selection.injected);
        Ok(selection)
    }

    /// Records a finished run, learns from it, and credits its outcome when it can be told from the run. `drafts` are
    /// lessons that others found in it. A run that was recorded is not recorded again.
    pub fn finish(&self, mut episode: Episode, drafts: &[Draft]) -> Result<Learned> {
        episode.id = named(&episode.id)?;
        episode.is_open = false;
        // Before anything is cut: half a key is not known for one.
        clean(&mut episode);
        let mut found = if self.config.extracts { extract(&episode) } else { Vec::new() };
        found.extend_from_slice(drafts);
        found.iter().try_for_each(Draft::check)?;
        let outcome = episode.judged().map(|valence| Outcome {
            applied: followed(&episode),
            ..Outcome::new(&episode.id, valence, episode.finished_at)
        });
        let corrected = episode
            .follows
            .as_ref()
            .filter(|_| corrects(&episode))
            .map(|before| Outcome::new(before, -1.0, episode.finished_at));
        for call in &mut episode.tools {
            call.input = clipped(&call.input, KEPT);
            call.error = call.error.as_deref().map(|error| clipped(error, KEPT));
        }
        let scope = self.scope();
        self.write(|rows, index| {
            let mut episode = episode.clone();
            if let Some(begun) = rows.episode(&scope, &episode.id)? {
                if !begun.is_open {
                    return Ok(Learned::default());
                }
                let known =
                    |shown: &Shown| episode.shown.iter().any(|other| other.lesson_id == shown.lesson_id);
                let more: Vec<Shown> = begun.shown.into_iter().filter(|shown| !known(shown)).collect();
                episode.shown.extend(more);
                if episode.pre_valence == 0.0 {
                    episode.pre_valence = begun.pre_valence;
                }
            }
            let is_settled = put(rows, &scope, &episode)?;
            weigh::used(rows, &episode)?;
            // What the host has said of the run goes before what can be told from it.
            if let Some(outcome) = outcome.as_ref().filter(|_| !is_settled || episode.valence.is_some()) {
                weigh::settle(rows, outcome, &self.config)?;
            }
            if let Some(corrected) = &corrected
                && rows.episode(&scope, &corrected.episode_id)?.is_some()
            {
                weigh::settle(rows, corrected, &self.config)?;
            }
            let mut learned =
                learn(rows, index, &self.config, found.clone(), Some(&episode.id), episode.finished_at)?;
            learned.recorded = true;
            Ok(learned)
        })
    }

    /// An episode without secrets, for those who pass it on.
    #[must_use]
    pub fn screened(&self, mut episode: Episode) -> Episode {
        clean(&mut episode);
        episode
    }

    /// Notes what a run is shown before the run is over. [`Sis::finish`] completes the episode, and outcomes may come
    /// before it; an episode that is complete stays as it is.
    pub fn begin(&self, id: &str, shown: &[Shown], pre_valence: f64, at: i64) -> Result<()> {
        let episode = Episode {
            id: named(id)?,
            started_at: at,
            finished_at: at,
            shown: shown.to_vec(),
            is_open: true,
            pre_valence,
            ..Episode::default()
        };
        let scope = self.scope();
        self.write(|rows, _| {
            if rows.episode(&scope, id)?.is_some() {
                return Ok(());
            }
            put(rows, &scope, &episode).map(drop)
        })
    }

    /// Takes lessons in that come from no episode.
    pub fn learn(&self, drafts: &[Draft], at: i64) -> Result<Learned> {
        self.learn_from(None, drafts, at)
    }

    /// The same for lessons that somebody found in an episode later. One episode teaches a lesson once.
    pub fn learn_from(&self, episode: Option<&str>, drafts: &[Draft], at: i64) -> Result<Learned> {
        drafts.iter().try_for_each(Draft::check)?;
        self.write(|rows, index| learn(rows, index, &self.config, drafts.to_vec(), episode, at))
    }

    /// Credits an outcome to the lessons that its episode followed. The same outcome again changes nothing, another one
    /// takes its place. The numbers of the lessons that are believed otherwise now.
    pub fn settle(&self, outcome: &Outcome) -> Result<Vec<i64>> {
        let good = |valence: f64| (-2.0..=2.0).contains(&valence);
        if !good(outcome.valence) || !outcome.ratings.iter().all(|(_, rating)| good(*rating)) {
            return Err(SisError::input("valence", "is not from -2 to 2"));
        }
        self.write(|rows, _| weigh::settle(rows, outcome, &self.config))
    }

    /// Takes somebody's word for a lesson.
    pub fn endorse(&self, endorsement: &Endorsement) -> Result<()> {
        if !(-1.0..=1.0).contains(&endorsement.strength) {
            return Err(SisError::input("strength", "is not from -1 to 1"));
        }
        self.write(|rows, _| {
            let mut lesson = self.own(rows, endorsement.lesson_id)?;
            rows.endorse(endorsement)?;
            weigh::weigh(rows, &mut lesson, &self.config, endorsement.endorsed_at)?;
            rows.update_lesson(&lesson)
        })
    }

    /// Has a lesson shown no more, or again.
    pub fn set_active(&self, id: i64, active: bool, at: i64) -> Result<()> {
        self.write(|rows, _| {
            let mut lesson = self.own(rows, id)?;
            lesson.is_active = active;
            lesson.updated_at = at;
            rows.update_lesson(&lesson)
        })
    }

    /// Gives lessons their places among embeddings.
    pub fn embed(&self, vectors: &[(i64, Vec<f32>)]) -> Result<()> {
        if vectors.iter().any(|(_, vector)| vector.is_empty() || vector.iter().any(|x| !x.is_finite())) {
            return Err(SisError::input("embedding", "is empty or has something in it that is no number"));
        }
        self.write(|rows, _| vectors.iter().try_for_each(|(id, vector)| rows.embed(*id, vector)))
    }

    /// Lessons that have no place among embeddings yet, and what they say.
    pub fn unembedded(&self, most: usize) -> Result<Vec<(i64, String)>> {
        self.read(|index| Ok(index.unembedded().take(most).map(|(id, text)| (id, text.to_owned())).collect()))
    }

    /// A lesson that the agent reads.
    fn own(&self, rows: &mut dyn Rows, id: i64) -> Result<Lesson> {
        let lesson = rows.lesson(id)?.filter(|lesson| self.scopes.contains(&lesson.scope));
        lesson.ok_or(SisError::UnknownLesson { id })
    }

    /// A lesson, with its confidence as of `now`.
    pub fn lesson(&self, id: i64, now: i64) -> Result<Option<Lesson>> {
        self.read(|index| Ok(index.get(id).map(|lesson| dated(lesson, now))))
    }

    /// All lessons that the agent reads, retired ones included, the most trusted first.
    pub fn lessons(&self, now: i64) -> Result<Vec<Lesson>> {
        let mut lessons: Vec<Lesson> =
            self.read(|index| Ok(index.lessons().map(|lesson| dated(lesson, now)).collect()))?;
        lessons.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
        Ok(lessons)
    }

    /// Lessons with any of some words, the best first.
    pub fn search(&self, words: &str, most: usize) -> Result<Vec<Lesson>> {
        let mut found = Vec::new();
        self.store.read(&mut |rows| {
            found = rows.search(&self.scopes, words, most)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// Why a lesson is trusted as it is: the latest episodes that showed it and what came of them, and endorsements.
    pub fn explain(&self, id: i64) -> Result<(Vec<Injection>, Vec<Endorsement>)> {
        let mut found = Default::default();
        self.store.read(&mut |rows| {
            self.own(rows, id)?;
            found = (rows.settled(id, super::WINDOW)?, rows.endorsements(id)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The agent's latest episodes, the last one first.
    pub fn episodes(&self, most: usize) -> Result<Vec<Episode>> {
        let mut found = Vec::new();
        self.store.read(&mut |rows| {
            found = rows.episodes(&self.scope(), most)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// What a store holds besides lessons in memory, for those who move lessons.
    pub(super) fn with<T: Default>(&self, body: impl FnMut(&mut dyn Rows, &Index) -> Result<T>) -> Result<T> {
        self.write(body)
    }
}

/// Brings the memory to a store's revision.
fn refresh(memory: &mut Memory, rows: &mut dyn Rows, scopes: &[Scope]) -> Result<()> {
    let changes = rows.changes(scopes, memory.revision)?;
    for lesson in changes.lessons {
        memory.index.put(lesson);
    }
    for (id, vector) in changes.embeddings {
        memory.index.embed(id, &vector);
    }
    memory.revision = changes.revision;
    Ok(())
}

/// An episode's name, if it can be one.
fn named(id: &str) -> Result<String> {
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(SisError::input("id", format!("has no characters, or more than {LONGEST_ID} bytes")));
    }
    Ok(id.to_owned())
}

/// Writes an episode and what it was shown. Whether its outcome is known already.
fn put(rows: &mut dyn Rows, scope: &Scope, episode: &Episode) -> Result<bool> {
    rows.put_episode(scope, episode)?;
    let known = rows.shown_in(scope, &episode.id)?;
    for shown in &episode.shown {
        if known.iter().any(|injection| injection.lesson_id == shown.lesson_id) {
            continue;
        }
        rows.put_injection(&Injection {
            scope: scope.clone(),
            episode_id: episode.id.clone(),
            lesson_id: shown.lesson_id,
            relevance: shown.relevance,
            terms: shown.terms.clone(),
            settled: None,
        })?;
    }
    Ok(known.iter().any(|injection| injection.settled.is_some()))
}

/// Which of the shown lessons the answer cites, if it cites any.
fn followed(episode: &Episode) -> Option<Vec<i64>> {
    let mut ids = cited(&episode.answer);
    ids.retain(|id| episode.shown.iter().any(|shown| shown.lesson_id == *id));
    (!ids.is_empty()).then_some(ids)
}

/// Takes out of an episode what no store should hold.
fn clean(episode: &mut Episode) {
    if episode.prompt_digest.is_empty() {
        episode.prompt_digest = digest(&episode.prompt);
    }
    let said = [&mut episode.prompt, &mut episode.answer].into_iter().chain(&mut episode.stated);
    let called = episode.tools.iter_mut().flat_map(|call| [Some(&mut call.input), call.error.as_mut()]);
    said.chain(&mut episode.correction).chain(called.flatten()).for_each(screen::redact);
}

fn dated(lesson: &Lesson, now: i64) -> Lesson {
    Lesson { confidence: lesson.belief.mean(now), ..lesson.clone() }
}
