//! The request as Mistral's JavaScript client 2.7 describes it, in the order in which it writes the fields.

/// What a value must be.
pub(super) enum Shape {
    Text,
    Number,
    Whole,
    Flag,
    /// An object of any shape.
    Record,
    Literal(&'static str),
    Nullable(&'static Shape),
    List(&'static Shape),
    Object(&'static [Field]),
    /// The first of these that fits.
    OneOf(&'static [Shape]),
}

/// A key of an object.
pub(super) struct Field {
    /// In the payload.
    pub(super) name: &'static str,
    /// On the wire.
    pub(super) wire: &'static str,
    pub(super) shape: Shape,
    pub(super) absent: Absent,
}

/// What it means that a key is not there.
pub(super) enum Absent {
    Refused,
    Omitted,
    /// This JSON text stands for it.
    Means(&'static str),
}

use Shape::{Flag, List, Literal, Nullable, Number, Object, OneOf, Record, Text, Whole};

const fn must(name: &'static str, wire: &'static str, shape: Shape) -> Field {
    Field { name, wire, shape, absent: Absent::Refused }
}

const fn may(name: &'static str, wire: &'static str, shape: Shape) -> Field {
    Field { name, wire, shape, absent: Absent::Omitted }
}

const fn means(name: &'static str, wire: &'static str, shape: Shape, default: &'static str) -> Field {
    Field { name, wire, shape, absent: Absent::Means(default) }
}

/// A request for a chat.
pub(super) const REQUEST: Shape = Object(&[
    must("model", "model", Text),
    may("temperature", "temperature", Nullable(&Number)),
    may("topP", "top_p", Nullable(&Number)),
    may("maxTokens", "max_tokens", Nullable(&Whole)),
    means("stream", "stream", Flag, "true"),
    may("stop", "stop", Nullable(&OneOf(&[Text, List(&Text)]))),
    may("randomSeed", "random_seed", Nullable(&Whole)),
    may("metadata", "metadata", Nullable(&Record)),
    must("messages", "messages", List(&OneOf(MESSAGES))),
    may("responseFormat", "response_format", Object(RESPONSE_FORMAT)),
    may("tools", "tools", Nullable(&List(&OneOf(TOOLS)))),
    may("toolChoice", "tool_choice", OneOf(&[Object(TOOL_CHOICE), Text])),
    may("presencePenalty", "presence_penalty", Nullable(&Number)),
    may("frequencyPenalty", "frequency_penalty", Nullable(&Number)),
    may("n", "n", Nullable(&Whole)),
    may("prediction", "prediction", Object(PREDICTION)),
    may("parallelToolCalls", "parallel_tool_calls", Flag),
    may("reasoningEffort", "reasoning_effort", Nullable(&Text)),
    may("promptMode", "prompt_mode", Nullable(&Text)),
    may("guardrails", "guardrails", Nullable(&List(&Object(GUARDRAIL)))),
    may("promptCacheKey", "prompt_cache_key", Nullable(&Text)),
    may("serviceTier", "service_tier", Nullable(&OneOf(&[Literal("auto"), Literal("standard_only")]))),
    may("safePrompt", "safe_prompt", Flag),
]);

const MESSAGES: &[Shape] = &[
    Object(&[
        must("role", "role", Literal("assistant")),
        may("content", "content", Nullable(&CONTENT)),
        may("toolCalls", "tool_calls", Nullable(&List(&Object(TOOL_CALL)))),
        means("prefix", "prefix", Flag, "false"),
    ]),
    Object(&[
        must("role", "role", Literal("system")),
        must("content", "content", OneOf(&[Text, List(&OneOf(&[TEXT, THINKING]))])),
    ]),
    Object(&[
        must("role", "role", Literal("tool")),
        must("content", "content", Nullable(&CONTENT)),
        may("toolCallId", "tool_call_id", Nullable(&Text)),
        may("name", "name", Nullable(&Text)),
    ]),
    Object(&[must("role", "role", Literal("user")), must("content", "content", Nullable(&CONTENT))]),
];

const CONTENT: Shape = OneOf(&[Text, List(&OneOf(CHUNKS))]);

const CHUNKS: &[Shape] = &[
    TEXT,
    THINKING,
    Object(&[
        must("type", "type", Literal("image_url")),
        must("imageUrl", "image_url", OneOf(&[Text, Object(IMAGE_URL)])),
    ]),
    Object(&[
        must("type", "type", Literal("document_url")),
        must("documentUrl", "document_url", Text),
        may("documentName", "document_name", Nullable(&Text)),
    ]),
    Object(&[
        must("type", "type", Literal("reference")),
        must("referenceIds", "reference_ids", REFERENCE_IDS),
    ]),
    Object(&[must("type", "type", Literal("file")), must("fileId", "file_id", Text)]),
    Object(&[must("type", "type", Literal("input_audio")), must("inputAudio", "input_audio", Text)]),
];

const TEXT: Shape = Object(&[must("type", "type", Literal("text")), must("text", "text", Text)]);

const THINKING: Shape = Object(&[
    must("type", "type", Literal("thinking")),
    must("thinking", "thinking", List(&OneOf(THOUGHTS))),
    may("signature", "signature", Nullable(&Text)),
    may("closed", "closed", Flag),
]);

const THOUGHTS: &[Shape] = &[
    Object(&[
        means("type", "type", Literal("tool_reference"), "\"tool_reference\""),
        must("tool", "tool", Text),
        must("title", "title", Text),
        may("url", "url", Nullable(&Text)),
        may("favicon", "favicon", Nullable(&Text)),
        may("description", "description", Nullable(&Text)),
    ]),
    Object(&[means("type", "type", Literal("text"), "\"text\""), must("text", "text", Text)]),
    Object(&[
        means("type", "type", Literal("reference"), "\"reference\""),
        must("referenceIds", "reference_ids", REFERENCE_IDS),
    ]),
];

const REFERENCE_IDS: Shape = List(&OneOf(&[Whole, Text]));

const IMAGE_URL: &[Field] = &[must("url", "url", Text), may("detail", "detail", Nullable(&Text))];

const TOOL_CALL: &[Field] = &[
    means("id", "id", Text, "\"null\""),
    means("type", "type", Text, "\"function\""),
    must(
        "function",
        "function",
        Object(&[must("name", "name", Text), must("arguments", "arguments", OneOf(&[Record, Text]))]),
    ),
    means("index", "index", Whole, "0"),
];

const TOOL_CHOICE: &[Field] = &[
    means("type", "type", Text, "\"function\""),
    must("function", "function", Object(&[must("name", "name", Text)])),
];

const TOOLS: &[Shape] = &[
    Object(&[
        must("type", "type", Literal("function")),
        must(
            "function",
            "function",
            Object(&[
                must("name", "name", Text),
                may("description", "description", Text),
                may("strict", "strict", Flag),
                must("parameters", "parameters", Record),
            ]),
        ),
    ]),
    Object(&[CONFIGURATION, must("type", "type", Literal("web_search"))]),
    Object(&[CONFIGURATION, must("type", "type", Literal("web_search_premium"))]),
    Object(&[CONFIGURATION, must("type", "type", Literal("code_interpreter"))]),
    Object(&[CONFIGURATION, must("type", "type", Literal("image_generation"))]),
    Object(&[
        CONFIGURATION,
        must("type", "type", Literal("document_library")),
        must("libraryIds", "library_ids", List(&Text)),
    ]),
    Object(&[
        must("type", "type", Literal("connector")),
        must("connectorId", "connector_id", Text),
        may("authorization", "authorization", Nullable(&OneOf(AUTHORIZATIONS))),
        CONFIGURATION,
    ]),
];

const CONFIGURATION: Field = may(
    "toolConfiguration",
    "tool_configuration",
    Nullable(&Object(&[
        may("exclude", "exclude", Nullable(&List(&Text))),
        may("include", "include", Nullable(&List(&Text))),
        may("requiresConfirmation", "requires_confirmation", Nullable(&List(&Text))),
    ])),
);

const AUTHORIZATIONS: &[Shape] = &[
    Object(&[must("type", "type", Literal("api-key")), must("value", "value", Text)]),
    Object(&[must("type", "type", Literal("oauth2-token")), must("value", "value", Text)]),
];

const RESPONSE_FORMAT: &[Field] = &[
    may("type", "type", Text),
    may(
        "jsonSchema",
        "json_schema",
        Nullable(&Object(&[
            must("name", "name", Text),
            may("description", "description", Nullable(&Text)),
            must("schemaDefinition", "schema", Record),
            may("strict", "strict", Flag),
        ])),
    ),
];

const PREDICTION: &[Field] =
    &[means("type", "type", Literal("content"), "\"content\""), means("content", "content", Text, "\"\"")];

const GUARDRAIL: &[Field] = &[
    means("blockOnError", "block_on_error", Flag, "false"),
    may("moderationLlmV1", "moderation_llm_v1", Nullable(&Object(MODERATION_1))),
    may("moderationLlmV2", "moderation_llm_v2", Nullable(&Object(MODERATION_2))),
];

const MODERATION_1: &[Field] = &[
    means("modelName", "model_name", Text, "\"mistral-moderation-2411\""),
    may("customCategoryThresholds", "custom_category_thresholds", Nullable(&Object(THRESHOLDS_1))),
    IGNORE_OTHERS,
    may("action", "action", Text),
];

const MODERATION_2: &[Field] = &[
    means("modelName", "model_name", Text, "\"mistral-moderation-2603\""),
    may("customCategoryThresholds", "custom_category_thresholds", Nullable(&Object(THRESHOLDS_2))),
    IGNORE_OTHERS,
    may("action", "action", Text),
];

const THRESHOLDS_1: &[Field] = &[
    may("sexual", "sexual", Nullable(&Number)),
    may("hateAndDiscrimination", "hate_and_discrimination", Nullable(&Number)),
    may("violenceAndThreats", "violence_and_threats", Nullable(&Number)),
    may("dangerousAndCriminalContent", "dangerous_and_criminal_content", Nullable(&Number)),
    may("selfharm", "selfharm", Nullable(&Number)),
    may("health", "health", Nullable(&Number)),
    may("financial", "financial", Nullable(&Number)),
    may("law", "law", Nullable(&Number)),
    may("pii", "pii", Nullable(&Number)),
];

const THRESHOLDS_2: &[Field] = &[
    may("sexual", "sexual", Nullable(&Number)),
    may("hateAndDiscrimination", "hate_and_discrimination", Nullable(&Number)),
    may("violenceAndThreats", "violence_and_threats", Nullable(&Number)),
    may("dangerous", "dangerous", Nullable(&Number)),
    may("criminal", "criminal", Nullable(&Number)),
    may("selfharm", "selfharm", Nullable(&Number)),
    may("health", "health", Nullable(&Number)),
    may("financial", "financial", Nullable(&Number)),
    may("law", "law", Nullable(&Number)),
    may("pii", "pii", Nullable(&Number)),
    may("jailbreaking", "jailbreaking", Nullable(&Number)),
];

const IGNORE_OTHERS: Field = means("ignoreOtherCategories", "ignore_other_categories", Flag, "false");
