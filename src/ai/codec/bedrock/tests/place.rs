use super::turn;
use crate::ai::codec::bedrock::Own;
use crate::ai::codec::{Aws, Proof};

fn aws(base: &str, own: &str, env: &str) -> Aws {
    let rest = format!(r#""messages":[],"options":{{"own":{own}}},"env":{env}"#);
    let turn = turn(&format!(r#""id":"m","baseUrl":"{base}""#), &rest);
    Aws::new(&turn, &Own::of(&turn), "/model/m/converse-stream".to_owned())
}

const STANDARD: &str = "https://bedrock-runtime.eu-central-1.amazonaws.com";
const PROXY: &str = "https://proxy.test/x/";

#[test]
fn the_host_the_environment_the_endpoint_and_the_profile_name_the_region_in_this_order() {
    for (base, own, env, region, host) in [
        (STANDARD, "{}", "{}", Some("eu-central-1"), STANDARD),
        (
            STANDARD,
            r#"{"region":"us-west-2"}"#,
            "{}",
            Some("us-west-2"),
            "https://bedrock-runtime.us-west-2.amazonaws.com",
        ),
        (STANDARD, "{}", r#"{"AWS_REGION":"cn-north-1"}"#, Some("cn-north-1"), {
            "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"
        }),
        (STANDARD, "{}", r#"{"AWS_PROFILE":"p"}"#, None, "https://bedrock-runtime.eu-west-3.amazonaws.com"),
        (STANDARD, r#"{"profile":"p"}"#, "{}", Some("eu-central-1"), STANDARD),
        (PROXY, "{}", "{}", Some("us-east-1"), "https://proxy.test/x/"),
        (
            PROXY,
            "{}",
            r#"{"AWS_DEFAULT_REGION":"us-west-1","AWS_REGION":""}"#,
            Some("us-west-1"),
            "https://proxy.test/x/",
        ),
        (PROXY, "{}", r#"{"AWS_PROFILE":"p"}"#, None, "https://proxy.test/x/"),
        ("", "{}", "{}", Some("us-east-1"), "https://bedrock-runtime.us-east-1.amazonaws.com"),
        ("", "{}", r#"{"AWS_USE_FIPS_ENDPOINT":"true"}"#, Some("us-east-1"), {
            "https://bedrock-runtime-fips.us-east-1.amazonaws.com"
        }),
        (
            "",
            "{}",
            r#"{"AWS_ENDPOINT_URL_BEDROCK_RUNTIME":"http://vpc.test"}"#,
            Some("us-east-1"),
            "http://vpc.test",
        ),
    ] {
        let aws = aws(base, own, env);
        assert_eq!(aws.region.as_deref(), region, "{base} {own} {env}");
        let url = aws.url(region.unwrap_or("eu-west-3")).unwrap();
        assert_eq!(url, format!("{host}/model/m/converse-stream"), "{base} {own} {env}");
    }
}

#[test]
fn a_region_that_is_no_part_of_a_name_is_refused() {
    let failure = aws("", "{}", "{}").url("evil.test/").unwrap_err();
    assert_eq!(
        failure.message,
        "Region not accepted: region=\"evil.test/\" is not a valid hostname component."
    );
}

#[test]
fn a_token_comes_before_a_signature_and_no_proof_is_asked_where_none_is_wanted() {
    let proof = |own: &str, env: &str| aws(PROXY, own, env).proof;
    let token = |text: &str| Proof::Token(text.to_owned());
    assert_eq!(proof("{}", "{}"), Proof::Found);
    assert_eq!(proof(r#"{"bearerToken":"a"}"#, r#"{"AWS_BEARER_TOKEN_BEDROCK":"b"}"#), token("a"));
    assert_eq!(proof("{}", r#"{"AWS_BEARER_TOKEN_BEDROCK":"b"}"#), token("b"));
    let skipped = proof(r#"{"bearerToken":"a"}"#, r#"{"AWS_BEDROCK_SKIP_AUTH":"1"}"#);
    assert!(matches!(skipped, Proof::Key(id, _) if id == "dummy-access-key"));
}

#[test]
fn only_what_aws_reads_of_the_environment_goes_along() {
    let aws = aws(PROXY, "{}", r#"{"OPENAI_API_KEY":"sk","HOME":"/h","AWS_PROFILE":"p"}"#);
    assert_eq!(aws.env.keys().collect::<Vec<_>>(), ["AWS_PROFILE", "HOME"]);
}
