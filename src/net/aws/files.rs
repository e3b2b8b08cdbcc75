//! The files that AWS's command line keeps: `config` and `credentials`.

use std::borrow::Cow;
use std::path::PathBuf;

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};

use crate::ai::codec::Aws;

/// Both files, as the host's environment locates them. One that cannot be read counts as empty.
pub(super) fn read(aws: &Aws) -> EnvConfigFiles {
    let read = |variable, name| {
        let named = aws.env.get(variable).map(|path| expand(aws, path));
        let path = named.or_else(|| Some(home(aws)?.join(".aws").join(name)));
        path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
    };
    EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, read("AWS_CONFIG_FILE", "config"))
        .with_contents(EnvConfigFileKind::Credentials, read("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
        .build()
}

/// The profile that counts.
pub(super) fn profile(aws: &Aws) -> String {
    aws.profile.clone().unwrap_or_else(|| "default".to_owned())
}

/// The region of the profile.
pub(super) async fn region(aws: &Aws) -> Option<String> {
    let env = Env::from_slice(&[]);
    let profile = Some(Cow::Owned(profile(aws)));
    let sections = aws_config::profile::load(&Fs::real(), &env, &read(aws), profile).await.ok()?;
    sections.get("region").map(str::to_owned)
}

fn home(aws: &Aws) -> Option<PathBuf> {
    let named = ["HOME", "USERPROFILE"].iter().find_map(|name| aws.env.get(*name));
    named.map(PathBuf::from).or_else(std::env::home_dir)
}

fn expand(aws: &Aws, path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), home(aws)) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
