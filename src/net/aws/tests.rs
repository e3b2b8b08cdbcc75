use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;

use super::{credentials, files, sign, uuid};
use crate::ai::codec::{Credential, HttpRequest, of_api};
use crate::ai::{Failure, Turn};
use crate::net::{Network, authorise};

/// The AWS SDK for JavaScript signs the same request so.
#[test]
fn signatures_are_those_of_the_aws_sdk() {
    let id = "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0%2F%C3%A9";
    for (token, names, signature) in [
        (None, "", "cb736588fdedce093c07b9c52c458fe4807fd9ca604ff8550d77204239ea088f"),
        (
            Some("session"),
            "x-amz-security-token;",
            "eb41a875092adf633abb36b2e651a2711659e4d6d384706a68cde1519cd3ee2d",
        ),
    ] {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut request = HttpRequest {
            url: format!("https://proxy.test:8443/a/model/{id}/converse-stream"),
            headers: vec![
                header("content-type", "application/json"),
                header("x-amz-user-agent", "aws-sdk-js/3.1163.0"),
                header("user-agent", "x"),
                header("amz-sdk-request", "attempt=1; max=3"),
                header("amz-sdk-invocation-id", "id"),
            ],
            body: r#"{"messages":[]}"#.to_owned(),
            ..HttpRequest::default()
        };
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let credentials = Credentials::new("AKIDEXAMPLE", secret, token.map(str::to_owned), None, "test");
        let now = UNIX_EPOCH + Duration::from_secs(1_795_342_830);
        sign::sign(&mut request, "eu-west-1", credentials, now).unwrap();
        let found = request.headers.iter().find(|(name, _)| name == "authorization").unwrap();
        assert_eq!(
            found.1,
            format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-west-1/bedrock/aws4_request, \
                 SignedHeaders=amz-sdk-invocation-id;content-type;host;x-amz-content-sha256;x-amz-date;{names}\
                 x-amz-user-agent, Signature={signature}"
            )
        );
    }
}

#[test]
fn invocations_have_random_uuids() {
    assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
    assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

/// What a request needs under an environment, the machine's metadata service left out.
fn needs(env: &[(&str, &str)], own: &str) -> (Turn, HttpRequest) {
    let usual = [("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nowhere")];
    let env: BTreeMap<_, _> = usual.iter().chain(env).copied().collect();
    let turn = serde_json::json!({
        "model": { "id": "m", "baseUrl": "https://proxy.test" },
        "options": { "own": serde_json::from_str::<serde_json::Value>(own).unwrap() },
        "env": env,
    });
    let turn: Turn = serde_json::from_str(&turn.to_string()).unwrap();
    let wire = of_api("bedrock-converse-stream").unwrap();
    let request = wire.encode(turn.clone()).unwrap();
    let request = wire.seal(&turn, request).unwrap();
    (turn, request)
}

async fn sent(env: &[(&str, &str)], own: &str) -> Result<(String, String), Failure> {
    let (_, mut request) = needs(env, own);
    authorise(&mut request, &Network::default()).await?;
    let authorization = request.headers.into_iter().find(|(name, _)| name == "authorization").unwrap().1;
    Ok((request.url, authorization.split(", ").next().unwrap().to_owned()))
}

#[tokio::test]
async fn a_profile_gives_region_and_keys_and_comes_before_keys_in_the_environment() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config"), "[profile work]\nregion = eu-west-3\n").unwrap();
    let keys = "[work]\naws_access_key_id = WORK\naws_secret_access_key = s\n";
    std::fs::write(folder.join("credentials"), keys).unwrap();
    let home = home.path().to_str().unwrap();
    let env = [
        ("HOME", home),
        ("AWS_PROFILE", "work"),
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ];
    let (url, authorization) = sent(&env, "{}").await.unwrap();
    assert_eq!(url, "https://proxy.test/model/m/converse-stream");
    let scope = |key: &str, region: &str, text: &str| {
        assert!(text.starts_with(&format!("AWS4-HMAC-SHA256 Credential={key}/")), "{text}");
        assert!(text.ends_with(&format!("/{region}/bedrock/aws4_request")), "{text}");
    };
    scope("WORK", "eu-west-3", &authorization);
    let (_, authorization) = sent(&env[2..], "{}").await.unwrap();
    scope("ENV", "us-east-1", &authorization);
    let (_, authorization) = sent(&[env[0], env[2], env[3]], r#"{"profile":"work"}"#).await.unwrap();
    scope("WORK", "us-east-1", &authorization);
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_process_gives_is_kept_until_it_expires() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let give = |key: &str, end: &str| {
        let json = format!(
            r#"{{"Version":1,"AccessKeyId":"{key}","SecretAccessKey":"s","SessionToken":"t","Expiration":"{end}"}}"#
        );
        std::fs::write(at("keys.json"), json).unwrap();
    };
    std::fs::write(at("config"), format!("[default]\ncredential_process = cat {}\n", at("keys.json")))
        .unwrap();
    let config = at("config");
    let key = async || {
        let (_, authorization) = sent(&[("AWS_CONFIG_FILE", &config)], "{}").await.unwrap();
        authorization.split_once("Credential=").unwrap().1.split('/').next().unwrap().to_owned()
    };
    give("SOON", &(jiff::Timestamp::now() + Duration::from_mins(1)).to_string());
    assert_eq!(key().await, "SOON");
    give("LATER", &(jiff::Timestamp::now() + Duration::from_hours(1)).to_string());
    assert_eq!(key().await, "LATER");
    give("NEW", "2099-01-01T00:00:00Z");
    assert_eq!(key().await, "LATER");
}

#[tokio::test]
async fn what_is_lacking_is_said_in_words_that_hosts_know() {
    let message = async |env: &[(&str, &str)]| sent(env, "{}").await.unwrap_err().message;
    assert_eq!(message(&[]).await, "Could not load credentials from any providers");
    assert_eq!(message(&[("AWS_PROFILE", "none")]).await, "Region is missing");
    let named = message(&[("AWS_PROFILE", "none"), ("AWS_REGION", "eu-west-1")]).await;
    assert!(named.starts_with("Could not load credentials from any providers"), "{named}");
}

#[tokio::test]
async fn a_token_needs_no_keys() {
    let (_, authorization) = sent(&[("AWS_BEARER_TOKEN_BEDROCK", "key")], "{}").await.unwrap();
    assert_eq!(authorization, "Bearer key");
    let (_, request) = needs(&[], "{}");
    let Credential::Aws(aws) = &request.credential else { panic!("no credential") };
    assert_eq!(files::profile(aws), "default");
    assert!(credentials::find(aws, "us-east-1", &Network::default()).await.is_err());
}
