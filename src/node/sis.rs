//! Lessons, for JavaScript. Questions and answers cross as JSON; stores are read and written on threads that may block.

use std::sync::Arc;

use napi_derive::napi;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sis::{
    Config, Context, Draft, Endorsement, Episode, LessonHistory, Outcome, Query, Shown, Sis, SisError,
    calculate_lesson_confidence, generate_confidence_visualization, inject_lessons_into_prompt,
    model_request, model_schema, open_store, read_model_answer, screen,
};

/// What is wanted of an agent's lessons. `now` and `at` are milliseconds since 1970.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Request {
    Select {
        query: Query,
        #[serde(default)]
        context: Context,
        max_lessons: Option<usize>,
        max_tokens: Option<usize>,
        min_confidence: Option<f64>,
    },
    Begin {
        episode_id: String,
        shown: Vec<Shown>,
        pre_valence: f64,
        at: i64,
    },
    Finish {
        episode: Box<Episode>,
        drafts: Vec<Draft>,
    },
    Learn {
        episode_id: Option<String>,
        drafts: Vec<Draft>,
        at: i64,
    },
    Settle {
        outcome: Outcome,
    },
    Endorse {
        endorsement: Endorsement,
    },
    SetActive {
        id: i64,
        active: bool,
        at: i64,
    },
    Unembedded {
        most: usize,
    },
    Embed {
        vectors: Vec<(i64, Vec<f32>)>,
    },
    Lesson {
        id: i64,
        now: i64,
    },
    Lessons {
        now: i64,
    },
    Search {
        words: String,
        most: usize,
    },
    Explain {
        id: i64,
    },
    Episodes {
        most: usize,
    },
    Export {
        now: i64,
    },
    Import {
        lines: String,
        at: i64,
    },
    Reflection {
        episode: Box<Episode>,
    },
    Reflected {
        answer: String,
    },
}

/// An agent's lessons in a store.
#[napi]
pub struct LessonBook {
    sis: Arc<Sis>,
}

#[napi]
impl LessonBook {
    /// Answers a question: JSON, as `found`, or why there is no answer as `code` and `message`.
    #[napi(catch_unwind)]
    pub async fn ask(&self, request: String) -> napi::Result<String> {
        let sis = Arc::clone(&self.sis);
        aside(move || {
            let answer = read(&request).and_then(|request| answer(&sis, request));
            answer.map_or_else(failure, |found| json!({ "found": found })).to_string()
        })
        .await
    }
}

/// What came of opening a store.
#[napi]
pub struct OpenedBook {
    book: Result<Arc<Sis>, String>,
}

#[napi]
impl OpenedBook {
    /// Why it could not be opened: JSON with `code` and `message`.
    #[napi(getter, catch_unwind)]
    pub fn failure(&self) -> Option<String> {
        self.book.as_ref().err().cloned()
    }

    /// The lessons in it.
    #[napi(catch_unwind)]
    pub fn book(&self) -> Option<LessonBook> {
        self.book.as_ref().ok().map(|sis| LessonBook { sis: Arc::clone(sis) })
    }
}

/// Opens the store at a place, a path or a `postgres://` URL, for an agent: `config` is JSON.
#[napi(catch_unwind)]
pub async fn open_lessons(place: String, config: String) -> napi::Result<OpenedBook> {
    aside(move || {
        let opened = read::<Config>(&config).and_then(|config| Sis::new(open_store(&place)?, config));
        OpenedBook { book: opened.map(Arc::new).map_err(|error| failure(error).to_string()) }
    })
    .await
}

/// The published formula for a history and a context, both JSON: JSON, with the visualisation as `text`.
#[napi(catch_unwind)]
pub fn score_lesson(history: String, context: String) -> napi::Result<String> {
    let history: LessonHistory = read(&history).map_err(thrown)?;
    let context: Context = read(&context).map_err(thrown)?;
    let confidence = calculate_lesson_confidence(&history, context);
    Ok(json!({ "confidence": confidence, "text": generate_confidence_visualization(&confidence) })
        .to_string())
}

/// A system prompt with the lessons of a turn behind what is static.
#[napi(catch_unwind)]
pub fn prompt_with_lessons(prompt: String, section: String) -> String {
    inject_lessons_into_prompt(&prompt, &section)
}

/// What a text would be kept as, JSON: `text` without secrets, `hadSecret`, `threat` where it would be refused.
#[napi(catch_unwind)]
pub fn screen_lesson(text: String) -> napi::Result<String> {
    Ok(json!(screen(&text)).to_string())
}

/// Runs what may block on a thread that may.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> napi::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| napi::Error::from_reason(error.to_string()))
}

fn answer(sis: &Sis, request: Request) -> Result<Value, SisError> {
    Ok(match request {
        Request::Select { query, context, max_lessons, max_tokens, min_confidence } => {
            let mut choice = sis.config().choice;
            choice.max_lessons = max_lessons.unwrap_or(choice.max_lessons);
            choice.max_tokens = max_tokens.unwrap_or(choice.max_tokens);
            choice.min_confidence =
                min_confidence.unwrap_or(choice.min_confidence).max(context.least_belief());
            json!(sis.choose(&query, &choice)?)
        }
        Request::Begin { episode_id, shown, pre_valence, at } => {
            json!(sis.begin(&episode_id, &shown, pre_valence, at)?)
        }
        Request::Finish { episode, drafts } => json!(sis.finish(*episode, &drafts)?),
        Request::Learn { episode_id, drafts, at } => {
            json!(sis.learn_from(episode_id.as_deref(), &drafts, at)?)
        }
        Request::Settle { outcome } => json!(sis.settle(&outcome)?),
        Request::Endorse { endorsement } => json!(sis.endorse(&endorsement)?),
        Request::SetActive { id, active, at } => json!(sis.set_active(id, active, at)?),
        Request::Unembedded { most } => json!(sis.unembedded(most)?),
        Request::Embed { vectors } => json!(sis.embed(&vectors)?),
        Request::Lesson { id, now } => json!(sis.lesson(id, now)?),
        Request::Lessons { now } => json!(sis.lessons(now)?),
        Request::Search { words, most } => json!(sis.search(&words, most)?),
        Request::Explain { id } => {
            let (injections, endorsements) = sis.explain(id)?;
            json!({ "injections": injections, "endorsements": endorsements })
        }
        Request::Episodes { most } => json!(sis.episodes(most)?),
        Request::Export { now } => json!(sis.export(now)?),
        Request::Import { lines, at } => json!(sis.import(&lines, at)?),
        Request::Reflection { episode } => {
            json!({ "prompt": model_request(&sis.screened(*episode)), "schema": model_schema() })
        }
        Request::Reflected { answer } => json!(read_model_answer(&answer)?),
    })
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, SisError> {
    serde_json::from_str(text)
        .map_err(|error| SisError::Input { field: "request", problem: error.to_string() })
}

fn failure(error: SisError) -> Value {
    json!({ "code": error.code(), "message": error.to_string() })
}

fn thrown(error: SisError) -> napi::Error {
    napi::Error::from_reason(error.to_string())
}
