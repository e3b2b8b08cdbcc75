//! Where a server departs from `OpenAI`'s.

use serde::Deserialize;

use crate::ai::Model;
use crate::json::lenient;

/// The switches as a model carries them; each is on unless the model says otherwise.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Compat {
    #[serde(deserialize_with = "lenient")]
    pub(super) send_session_id_header: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(super) supports_long_cache_retention: Option<bool>,
}

impl Compat {
    /// The switches of a model.
    pub(super) fn of(model: &Model) -> Self {
        model.compat()
    }
}
