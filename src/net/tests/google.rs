//! Google's access tokens, from credential files and a metadata server on loopback.

use std::collections::BTreeMap;
use std::path::Path;

use super::server::{Server, Step, reply};
use crate::ai::codec::{Credential, HttpRequest};
use crate::ai::{Failure, FailureKind};
use crate::net::{Network, authorise};

type Variables<'a> = &'a [(&'a str, &'a str)];

async fn authorised(env: Variables<'_>) -> Result<HttpRequest, Failure> {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let credential = Credential::Google(env.collect::<BTreeMap<_, _>>());
    let mut request = HttpRequest { credential, ..HttpRequest::default() };
    authorise(&mut request, &Network::default()).await.map(|()| request)
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A credential file of a person at a token endpoint.
fn user(folder: &Path, name: &str, refresh_token: &str, url: &str) -> String {
    let file = folder.join(name);
    let json = format!(
        r#"{{"type":"authorized_user","client_id":"id","client_secret":"s&t","refresh_token":"{refresh_token}",
            "quota_project_id":"payer","token_uri":"{url}/token"}}"#
    );
    std::fs::write(&file, json).unwrap();
    file.to_str().unwrap().to_owned()
}

fn granted(token: &str) -> Vec<Step> {
    reply("200 OK", "", &format!(r#"{{"access_token":"{token}","expires_in":3599}}"#))
}

#[tokio::test]
async fn a_refresh_token_is_traded_once_for_all_turns_of_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(vec![granted("first"), granted("second")]).await;
    let path = user(folder.path(), "named.json", "once", &server.url);
    let env = [("GOOGLE_APPLICATION_CREDENTIALS", path.as_str())];
    let (one, two) = tokio::join!(authorised(&env), authorised(&env));
    let three = authorised(&env).await;
    for request in [one, two, three] {
        let request = request.unwrap();
        assert_eq!(header(&request, "authorization"), Some("Bearer first"));
        assert_eq!(header(&request, "x-goog-user-project"), Some("payer"));
    }
    let [asked] = server.requests().try_into().unwrap();
    assert!(asked.starts_with("POST /token "), "{asked}");
    assert!(asked.ends_with("refresh_token=once&client_id=id&client_secret=s%26t&grant_type=refresh_token"));
}

#[tokio::test]
async fn a_token_that_is_about_to_expire_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let short = reply("200 OK", "", r#"{"access_token":"short","expires_in":60}"#);
    let server = Server::start(vec![short, granted("long")]).await;
    let path = user(folder.path(), "named.json", "short", &server.url);
    let env = [("GOOGLE_APPLICATION_CREDENTIALS", path.as_str()), ("GOOGLE_CLOUD_QUOTA_PROJECT", "other")];
    for expected in ["Bearer short", "Bearer long", "Bearer long"] {
        let request = authorised(&env).await.unwrap();
        assert_eq!(header(&request, "authorization"), Some(expected));
        assert_eq!(header(&request, "x-goog-user-project"), Some("other"));
    }
}

#[tokio::test]
async fn gclouds_own_file_counts_where_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(vec![granted("gcloud")]).await;
    user(folder.path(), "application_default_credentials.json", "well known", &server.url);
    let request = authorised(&[("CLOUDSDK_CONFIG", folder.path().to_str().unwrap())]).await.unwrap();
    assert_eq!(header(&request, "authorization"), Some("Bearer gcloud"));
}

#[tokio::test]
async fn without_a_file_the_metadata_server_is_asked() {
    let server = Server::start(vec![reply("503 Busy", "", ""), granted("machine")]).await;
    let host = server.url.strip_prefix("http://").unwrap();
    let request = authorised(&[("GCE_METADATA_HOST", host)]).await.unwrap();
    assert_eq!(header(&request, "authorization"), Some("Bearer machine"));
    let asked = server.requests().pop().unwrap().to_lowercase();
    assert!(
        asked.starts_with("get /computemetadata/v1/instance/service-accounts/default/token?scopes="),
        "{asked}"
    );
    assert!(asked.contains("metadata-flavor: google"), "{asked}");
}

#[tokio::test]
async fn what_is_wrong_with_credentials_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let denied =
        reply("400 Bad", "", r#"{"error":"invalid_grant","error_description":"Token has been revoked."}"#);
    let server = Server::start(vec![denied]).await;
    let revoked = user(folder.path(), "revoked.json", "revoked", &server.url);
    let other = folder.path().join("other.json");
    std::fs::write(&other, r#"{"type":"external_account"}"#).unwrap();
    let other = other.to_str().unwrap();
    let path = "GOOGLE_APPLICATION_CREDENTIALS";
    let cases: [(Variables<'_>, &str); 5] = [
        (&[(path, &revoked)], "invalid_grant: Token has been revoked."),
        (
            &[(path, "/nowhere")],
            "Unable to read the credential file specified by the GOOGLE_APPLICATION_CREDENTIALS",
        ),
        (&[(path, other)], "Credentials of type \"external_account\" are not supported"),
        (&[("METADATA_SERVER_DETECTION", "none")], "Could not load the default credentials."),
        (&[("GCE_METADATA_HOST", "127.0.0.1:9")], "Could not load the default credentials."),
    ];
    for (env, message) in cases {
        let failure = authorised(env).await.unwrap_err();
        assert!(failure.message.starts_with(message), "{failure}");
        assert_eq!(failure.kind, FailureKind::Auth);
    }
}
