use crate::ai::FailureKind::{
    self, Auth, ContextOverflow, InvalidRequest, Overloaded, RateLimit, Rejected, Server,
};
use crate::ai::Headers;
use crate::ai::codec::bedrock::rejection::{exception, reject};

#[test]
fn error_responses_are_worded_and_sorted_by_their_exception() {
    let cases: [(u16, &str, &str, &str, FailureKind); 10] = [
        (
            400,
            "ValidationException:http://x",
            r#"{"message":"bad"}"#,
            "Validation error: bad",
            InvalidRequest,
        ),
        (
            400,
            "ValidationException",
            r#"{"message":"Input is too long for requested model."}"#,
            { "Validation error: Input is too long for requested model." },
            ContextOverflow,
        ),
        (
            429,
            "",
            r#"{"__type":"com.amazonaws#ThrottlingException","message":"slow"}"#,
            "Throttling error: slow",
            RateLimit,
        ),
        (403, "AccessDeniedException", r#"{"Message":"no"}"#, "AccessDeniedException: no", Auth),
        (503, "ServiceUnavailableException", "", "Service unavailable: UnknownError", Overloaded),
        (500, "", r#"{"code":"InternalServerException","message":"x"}"#, "Internal server error: x", Server),
        (
            404,
            "ResourceNotFoundException",
            r#"{"message":""}"#,
            "ResourceNotFoundException: UnknownError",
            Rejected,
        ),
        (400, "", r#"{"error":{"message":"q"}}"#, "Unknown: UnknownError", InvalidRequest),
        (502, "", "<html>", "502 <html>", Server),
        (
            400,
            "ServiceQuotaExceededException",
            r#"{"message":"q"}"#,
            "ServiceQuotaExceededException: q",
            RateLimit,
        ),
    ];
    for (status, typed, body, message, kind) in cases {
        let mut headers = Headers::default();
        headers.set_some("x-amzn-errortype", Some(typed).filter(|typed| !typed.is_empty()));
        let failure = reject(status, &headers, body);
        assert_eq!((failure.message.as_str(), failure.kind, failure.status), (message, kind, Some(status)));
    }
}

#[test]
fn exceptions_in_a_stream_are_worded_alike() {
    let failure =
        exception("validationException", br#"{"message":"Input is too long for requested model."}"#);
    assert_eq!(failure.message, "Validation error: Input is too long for requested model.");
    assert_eq!((failure.kind, failure.status), (ContextOverflow, None));
    assert_eq!(exception("throttlingException", b"{}").message, "Throttling error: Unknown");
    let unknown = exception("modelTimeoutException", br#"{"message":"late"}"#);
    assert_eq!((unknown.message.as_str(), unknown.retryable), (r#"{"message":"late"}"#, true));
}
