//! A self-improving system: lessons that an agent learns from its own runs.
//!
//! A finished run is an [`Episode`]. Rules ([`extract`]) find lessons in it; what passes the screen and is new goes
//! into a [`Store`], what is known strengthens what is there. A turn is shown the lessons that have to do with it
//! ([`Sis::select`]); the episode's [`Outcome`] is credited to those that were followed, and what is believed of their
//! worth ([`Belief`]) decides how readily they are shown again.

mod belief;
mod confidence;
mod credit;
mod engine;
mod episode;
mod error;
mod extract;
mod inject;
mod learn;
mod lesson;
mod scope;
mod screen;
mod select;
mod store;
#[cfg(test)]
mod tests;
mod text;
mod transfer;
mod weigh;

pub use belief::{Belief, Evidence, WINDOW};
pub use confidence::{
    Breakdown, Confidence, Context, LessonHistory, calculate_lesson_confidence,
    generate_confidence_visualization,
};
pub use credit::{Credit, credit};
pub use engine::{Config, Sis};
pub use episode::{Episode, Outcome, Shown, ToolUse};
pub use error::SisError;
pub use extract::{corrects, extract, model_request, model_schema, read_model_answer};
pub(crate) use inject::line;
pub use inject::{cited, inject_lessons_into_prompt, section};
pub use learn::Learned;
pub use lesson::{Draft, Endorsement, Endorser, Kind, Lesson};
pub use scope::Scope;
pub use screen::{Screened, Threat, screen};
pub use select::{Choice, Chosen, Query, Reason, Selection, Skipped};
#[cfg(feature = "postgres")]
pub use store::PostgresStore;
pub use store::{Changes, Injection, Rows, Settled, SqliteStore, Store, open as open_store};
pub use text::{normalized, terms, tokens};
