use super::{HI, header, sealed, turn};
use crate::ai::codec::Credential;
use crate::ai::codec::google::Service;

const MODEL: &str = r#""id":"gemini-test""#;

fn body(service: Service, payload: &str) -> Result<String, String> {
    let turn = turn(MODEL, &format!(r#"{HI},"options":{{"apiKey":"k"}}"#));
    sealed(service, turn, Some(payload)).map(|request| request.body).map_err(|failure| failure.message)
}

fn of_config(service: Service, config: &str) -> Result<String, String> {
    body(service, &format!(r#"{{"model":"m","config":{config}}}"#))
}

#[test]
fn the_payload_becomes_the_body_on_the_wire() {
    let rest = format!(
        r#"{HI},"systemPrompt":"Be brief.","tools":[{{"name":"f","description":"F","parameters":{{"type":"object"}}}}],
        "options":{{"temperature":0,"maxTokens":5,"toolChoice":"auto","apiKey":"k"}}"#
    );
    let expected = [
        r#"{"contents":[{"parts":[{"text":"hi"}],"role":"user"}],"#,
        r#""systemInstruction":{"parts":[{"text":"Be brief."}],"role":"user"},"#,
        r#""tools":[{"functionDeclarations":[{"name":"f","description":"F","parametersJsonSchema":{"type":"object"}}]}],"#,
        r#""toolConfig":{"functionCallingConfig":{"mode":"AUTO"}},"#,
        r#""generationConfig":{"temperature":0,"maxOutputTokens":5}}"#,
    ];
    let request = sealed(Service::Gemini, turn(MODEL, &rest), None).unwrap();
    assert_eq!(request.body, expected.concat());
}

#[test]
fn what_hosts_put_into_the_payload_finds_its_place() {
    for (config, expected) in [
        (
            r#"{"cachedContent":"abc","thinkingConfig":{"thinkingBudget":0},"topK":40,"unknown":1}"#,
            r#"{"cachedContent":"cachedContents/abc","generationConfig":{"topK":40,"thinkingConfig":{"thinkingBudget":0}}}"#,
        ),
        (
            r#"{"safetySettings":[{"threshold":"BLOCK_NONE","category":"HATE","x":1}],"serviceTier":"flex","temperature":null}"#,
            r#"{"safetySettings":[{"category":"HATE","threshold":"BLOCK_NONE"}],"serviceTier":"flex","generationConfig":{}}"#,
        ),
        (
            r#"{"systemInstruction":{"parts":[{"text":"a","other":1}]},"speechConfig":"Kore"}"#,
            r#"{"systemInstruction":{"parts":[{"text":"a"}]},"generationConfig":{"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}}}"#,
        ),
        (
            r#"{"tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":["string","null"]}}}},{"name":"g","parameters":{"$schema":"x"}}]}]}"#,
            r#"{"tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"nullable":true,"type":"STRING"}}}},{"name":"g","parametersJsonSchema":{"$schema":"x"}}]}],"generationConfig":{}}"#,
        ),
        (
            r#"{"responseSchema":{"$schema":"x","type":"object"},"responseMimeType":"application/json"}"#,
            r#"{"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"$schema":"x","type":"object"}}}"#,
        ),
    ] {
        assert_eq!(of_config(Service::Gemini, config).unwrap(), expected);
    }
}

#[test]
fn contents_may_be_written_in_short() {
    let contents =
        |contents: &str| body(Service::Gemini, &format!(r#"{{"model":"m","contents":{contents}}}"#));
    let turn = |parts: &str| Ok(format!(r#"{{"contents":[{{"parts":[{parts}],"role":"user"}}]}}"#));
    assert_eq!(contents(r#""why""#), turn(r#"{"text":"why"}"#));
    assert_eq!(contents(r#"["a",{"text":"b"}]"#), turn(r#"{"text":"a"},{"text":"b"}"#));
    let image = r#"[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"A"}}]}]"#;
    assert_eq!(contents(image), turn(r#"{"inlineData":{"data":"A","mimeType":"image/png"}}"#));
    assert_eq!(contents("[]"), Err("contents are required".to_owned()));
    assert!(contents(r#"[{"functionCall":{}}]"#).unwrap_err().starts_with("To specify functionCall"));
    assert!(contents(r#"[{"parts":[]},"a"]"#).unwrap_err().starts_with("Mixing Content and Parts"));
}

#[test]
fn each_service_refuses_what_only_the_other_knows() {
    let labels = r#"{"labels":{"a":"b"}}"#;
    assert_eq!(
        of_config(Service::Gemini, labels).unwrap_err(),
        "labels parameter is not supported in Gemini API."
    );
    assert_eq!(of_config(Service::Vertex, labels).unwrap(), r#"{"labels":{"a":"b"},"generationConfig":{}}"#);
    assert_eq!(
        of_config(Service::Vertex, r#"{"tools":[{"fileSearch":{}}]}"#).unwrap_err(),
        "fileSearch parameter is not supported in Gemini Enterprise Agent Platform (previously known as Vertex AI)."
    );
}

#[test]
fn gemini_is_asked_by_key_at_the_models_address() {
    let url = |model: &str, env: &str| {
        let rest = format!(r#"{HI},"env":{{{env}}},"options":{{"apiKey":"k"}}"#);
        sealed(Service::Gemini, turn(model, &rest), None).map(|request| request.url)
    };
    let base = "https://generativelanguage.googleapis.com/v1beta";
    for (model, env, expected) in [
        (r#""id":"g""#, "", format!("{base}/models/g:streamGenerateContent?alt=sse")),
        (r#""id":"tunedModels/g""#, "", format!("{base}/tunedModels/g:streamGenerateContent?alt=sse")),
        (
            r#""id":"g","baseUrl":"http://h/v1/""#,
            "",
            "http://h/v1/models/g:streamGenerateContent?alt=sse".into(),
        ),
        (
            r#""id":"g""#,
            r#""GOOGLE_GEMINI_BASE_URL":"http://h""#,
            "http://h/v1beta/models/g:streamGenerateContent?alt=sse".into(),
        ),
        (
            r#""id":"g","baseUrl":"http://h?x=1""#,
            "",
            "http://h/?x=1%2Fmodels%2Fg%3AstreamGenerateContent%3Falt%3Dsse&alt=sse".into(),
        ),
    ] {
        assert_eq!(url(model, env).unwrap(), expected);
    }
    assert_eq!(url(r#""id":"a..b""#, "").unwrap_err().message, "invalid model parameter");
    assert_eq!(url(r#""id":"g","baseUrl":"nowhere""#, "").unwrap_err().message, "Invalid URL");
}

#[test]
fn vertex_is_asked_by_key_or_for_a_project() {
    let request = |model: &str, rest: &str| {
        let turn = turn(&format!(r#""id":"g",{model}"#), &format!("{HI},{rest}"));
        sealed(Service::Vertex, turn, None)
    };
    let usual = r#""baseUrl":"https://{location}-aiplatform.googleapis.com""#;
    let project = |location: &str| {
        format!(
            r#""env":{{"GOOGLE_CLOUD_PROJECT":"p","HOME":"/h"}},"options":{{"own":{{"location":"{location}"}}}}"#
        )
    };
    let path = "v1/projects/p/locations";
    let end = "publishers/google/models/g:streamGenerateContent?alt=sse";
    for (model, rest, expected) in [
        (
            usual,
            r#""options":{"apiKey":" key "}"#.to_owned(),
            format!("https://aiplatform.googleapis.com/v1/{end}"),
        ),
        (
            usual,
            project("us-east1"),
            format!("https://us-east1-aiplatform.googleapis.com/{path}/us-east1/{end}"),
        ),
        (usual, project("global"), format!("https://aiplatform.googleapis.com/{path}/global/{end}")),
        (usual, project("eu"), format!("https://aiplatform.eu.rep.googleapis.com/{path}/eu/{end}")),
        (r#""baseUrl":"http://h""#, project("us-east1"), format!("http://h/v1/{end}")),
        (r#""baseUrl":"http://h/v1beta1/x""#, project("eu"), format!("http://h/v1beta1/x/{end}")),
    ] {
        let request = request(model, &rest).unwrap();
        assert_eq!(request.url, expected);
        let by_key = rest.contains("apiKey");
        assert_eq!(header(&request, "x-goog-api-key"), by_key.then_some("key"));
        assert_eq!(request.credential == Credential::Sent, by_key);
    }
    let own = r#""env":{"GOOGLE_CLOUD_PROJECT":"p","GOOGLE_CLOUD_LOCATION":"eu"},
        "options":{"apiKey":"<authenticated>","headers":{"Authorization":"Bearer mine"}}"#;
    assert_eq!(request(usual, own).unwrap().credential, Credential::Sent);
    let message = |rest: &str| request(usual, rest).unwrap_err().message;
    assert!(message(r#""options":{"apiKey":"gcp-vertex-credentials"}"#).contains("requires a project ID"));
    assert!(message(r#""env":{"GCLOUD_PROJECT":"p"}"#).contains("requires a location"));
}

#[test]
fn the_client_says_who_it_is_and_the_hosts_headers_win() {
    let rest = format!(
        r#"{HI},"platform":{{"x-stainless-runtime-version":"v1"}},"options":{{"apiKey":"k","headers":{{"User-Agent":"mine"}}}}"#
    );
    let request = sealed(Service::Gemini, turn(MODEL, &rest), None).unwrap();
    for (name, value) in [
        ("user-agent", "mine"),
        ("x-goog-api-client", "google-genai-sdk/1.52.0 gl-node/v1"),
        ("content-type", "application/json"),
        ("x-goog-api-key", "k"),
    ] {
        assert_eq!(header(&request, name), Some(value));
    }
    let refused = |options: &str| {
        let turn = turn(MODEL, &format!(r#"{HI},"options":{{{options}}}"#));
        sealed(Service::Gemini, turn, None).unwrap().refused.unwrap().message
    };
    assert!(refused(r#""apiKey":"auth_tokens/x""#).contains("live API"));
    assert_eq!(
        refused(r#""headers":{"bad name":"x"}"#),
        "Headers.append: \"bad name\" is an invalid header name."
    );
}
