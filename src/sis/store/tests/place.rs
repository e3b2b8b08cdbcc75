//! Stores for tests.

use std::sync::Arc;

use crate::sis::{Config, Sis, Store, open_store};

/// Where an empty store is.
pub(super) struct Place {
    pub(super) name: String,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    pub(super) fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/lessons.db");
        Self { name: path.to_str().unwrap().into(), _folder: Some(folder) }
    }

    pub(super) fn named(name: String) -> Self {
        Self { name, _folder: None }
    }

    pub(super) fn store(&self) -> Arc<dyn Store> {
        open_store(&self.name).unwrap()
    }

    pub(super) fn sis(&self, agent: &str) -> Sis {
        let config = Config { agent: agent.into(), shared: vec!["team".into()], ..Config::default() };
        Sis::new(self.store(), config).unwrap()
    }
}
