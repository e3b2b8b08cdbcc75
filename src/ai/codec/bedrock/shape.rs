//! What the service's schema knows of a request, in the order in which the AWS SDK writes it. Hosts put into payloads
//! what other protocols take; the SDK leaves it out, and the service would refuse it.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::Text;

/// The shape of a value.
enum Shape {
    /// Anything, as it is.
    Any,
    List(&'static Shape),
    /// Keys of the host's own.
    Map(&'static Shape),
    /// These keys and no others.
    Struct(&'static [(&'static str, &'static Shape)]),
}

use Shape::{Any, List, Map, Struct};

/// The JSON body of a payload.
pub(super) fn body(payload: &str) -> serde_json::Result<String> {
    let mut body = String::with_capacity(payload.len());
    let mut payload = serde_json::Deserializer::from_str(payload);
    Copy { shape: &REQUEST, out: &mut body }.deserialize(&mut payload)?;
    Ok(body)
}

const TEXT: Shape = Struct(&[("text", &Any)]);
const CACHE_POINT: Shape = Struct(&[("type", &Any), ("ttl", &Any)]);
const CITATIONS: Shape = Struct(&[("enabled", &Any)]);
const S3: Shape = Struct(&[("uri", &Any), ("bucketOwner", &Any)]);
const BYTES: Shape = Struct(&[("bytes", &Any), ("s3Location", &S3)]);
const ERROR: Shape = Struct(&[("message", &Any)]);
const IMAGE: Shape = Struct(&[("format", &Any), ("source", &BYTES), ("error", &ERROR)]);
const VIDEO: Shape = Struct(&[("format", &Any), ("source", &BYTES)]);
const DOCUMENT: Shape = Struct(&[
    ("name", &Any),
    ("source", &Struct(&[("bytes", &Any), ("s3Location", &S3), ("text", &Any), ("content", &List(&TEXT))])),
    ("format", &Any),
    ("context", &Any),
    ("citations", &CITATIONS),
]);
const SEARCH_RESULT: Shape =
    Struct(&[("source", &Any), ("title", &Any), ("content", &List(&TEXT)), ("citations", &CITATIONS)]);
const TOOL_USE: Shape = Struct(&[("toolUseId", &Any), ("name", &Any), ("input", &Any), ("type", &Any)]);
const TOOL_RESULT_CONTENT: Shape = Struct(&[
    ("json", &Any),
    ("text", &Any),
    ("image", &IMAGE),
    ("document", &DOCUMENT),
    ("video", &VIDEO),
    ("searchResult", &SEARCH_RESULT),
]);
const TOOL_RESULT: Shape = Struct(&[
    ("toolUseId", &Any),
    ("content", &List(&TOOL_RESULT_CONTENT)),
    ("status", &Any),
    ("type", &Any),
]);
const GUARD_CONTENT: Shape = Struct(&[
    ("text", &Struct(&[("text", &Any), ("qualifiers", &Any)])),
    ("image", &Struct(&[("format", &Any), ("source", &Struct(&[("bytes", &Any)]))])),
]);
const REASONING: Shape =
    Struct(&[("reasoningText", &Struct(&[("text", &Any), ("signature", &Any)])), ("redactedContent", &Any)]);
const SPAN: Shape = Struct(&[("documentIndex", &Any), ("start", &Any), ("end", &Any)]);
const CITATION: Shape = Struct(&[
    ("title", &Any),
    ("source", &Any),
    ("sourceContent", &List(&TEXT)),
    (
        "location",
        &Struct(&[
            ("web", &Struct(&[("url", &Any), ("domain", &Any)])),
            ("documentChar", &SPAN),
            ("documentPage", &SPAN),
            ("documentChunk", &SPAN),
            ("searchResultLocation", &Struct(&[("searchResultIndex", &Any), ("start", &Any), ("end", &Any)])),
        ]),
    ),
]);
const TOOL_CHANGE: Shape =
    Struct(&[("tool", &Struct(&[("type", &Any), ("name", &Any), ("serverName", &Any)]))]);
const CONTENT: Shape = Struct(&[
    ("text", &Any),
    ("image", &IMAGE),
    ("document", &DOCUMENT),
    ("video", &VIDEO),
    ("audio", &IMAGE),
    ("toolUse", &TOOL_USE),
    ("toolResult", &TOOL_RESULT),
    ("guardContent", &GUARD_CONTENT),
    ("cachePoint", &CACHE_POINT),
    ("reasoningContent", &REASONING),
    ("citationsContent", &Struct(&[("content", &List(&TEXT)), ("citations", &List(&CITATION))])),
    ("searchResult", &SEARCH_RESULT),
    ("toolAddition", &TOOL_CHANGE),
    ("toolRemoval", &TOOL_CHANGE),
]);
const TOOL: Shape = Struct(&[
    (
        "toolSpec",
        &Struct(&[
            ("name", &Any),
            ("inputSchema", &Struct(&[("json", &Any)])),
            ("description", &Any),
            ("strict", &Any),
        ]),
    ),
    ("systemTool", &Struct(&[("name", &Any)])),
    ("cachePoint", &CACHE_POINT),
]);
const TOOL_CHOICE: Shape =
    Struct(&[("auto", &Struct(&[])), ("any", &Struct(&[])), ("tool", &Struct(&[("name", &Any)]))]);
const OUTPUT: Shape = Struct(&[
    (
        "textFormat",
        &Struct(&[
            ("type", &Any),
            (
                "structure",
                &Struct(&[(
                    "jsonSchema",
                    &Struct(&[("schema", &Any), ("name", &Any), ("description", &Any)]),
                )]),
            ),
        ]),
    ),
    ("effort", &Any),
]);
const REQUEST: Shape = Struct(&[
    ("messages", &List(&Struct(&[("role", &Any), ("content", &List(&CONTENT))]))),
    (
        "system",
        &List(&Struct(&[("text", &Any), ("guardContent", &GUARD_CONTENT), ("cachePoint", &CACHE_POINT)])),
    ),
    (
        "inferenceConfig",
        &Struct(&[("maxTokens", &Any), ("temperature", &Any), ("topP", &Any), ("stopSequences", &Any)]),
    ),
    ("toolConfig", &Struct(&[("tools", &List(&TOOL)), ("toolChoice", &TOOL_CHOICE)])),
    (
        "guardrailConfig",
        &Struct(&[
            ("guardrailIdentifier", &Any),
            ("guardrailVersion", &Any),
            ("trace", &Any),
            ("streamProcessingMode", &Any),
        ]),
    ),
    ("additionalModelRequestFields", &Any),
    ("promptVariables", &Map(&TEXT)),
    ("additionalModelResponseFieldPaths", &Any),
    ("requestMetadata", &Map(&Any)),
    ("performanceConfig", &Struct(&[("latency", &Any)])),
    ("serviceTier", &Struct(&[("type", &Any)])),
    ("outputConfig", &OUTPUT),
]);

/// Copies what a shape knows of a value, and says whether there was one: `null` is none.
struct Copy<'o> {
    shape: &'static Shape,
    out: &'o mut String,
}

impl<'de> DeserializeSeed<'de> for Copy<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<bool, D::Error> {
        if !matches!(self.shape, Any) {
            return value.deserialize_option(self);
        }
        let raw = <&RawValue>::deserialize(value)?.get();
        // The service refuses lone surrogates; reading drops them.
        match raw.contains("\\ud").then(|| serde_json::from_str::<Text>(raw)) {
            Some(Ok(text)) => self.out.extend(serde_json::to_string(&text)),
            _ => self.out.push_str(raw),
        }
        Ok(raw != "null")
    }
}

impl<'de> Visitor<'de> for Copy<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self.shape, List(_)) { "a list" } else { "an object" })
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<bool, D::Error> {
        value.deserialize_any(self)
    }

    /// A text where an object or a list goes is the host's affair and the service's.
    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        self.out.push_str(&serde_json::to_string(text).map_err(E::custom)?);
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let List(shape) = self.shape else { return Err(A::Error::custom("a list where none goes")) };
        let mut item = String::new();
        self.out.push('[');
        let mut first = true;
        while let Some(given) = items.next_element_seed(Copy { shape, out: &mut item })? {
            if given {
                self.out.push_str(if first { "" } else { "," });
                self.out.push_str(&item);
                first = false;
            }
            item.clear();
        }
        self.out.push(']');
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<bool, A::Error> {
        let mut written: Vec<(usize, String)> = Vec::new();
        while let Some(key) = fields.next_key::<Cow<'_, str>>()? {
            let place = match self.shape {
                Struct(members) => members.iter().position(|(name, _)| *name == key),
                Map(_) => Some(written.len()),
                _ => return Err(A::Error::custom("an object where a list goes")),
            };
            let Some(place) = place else {
                fields.next_value::<IgnoredAny>()?;
                continue;
            };
            let shape = match self.shape {
                Struct(members) => members.get(place).map_or(&Any, |(_, shape)| shape),
                Map(shape) => shape,
                _ => &Any,
            };
            let mut field = serde_json::to_string(&key).map_err(A::Error::custom)?;
            field.push(':');
            if fields.next_value_seed(Copy { shape, out: &mut field })? {
                written.push((place, field));
            }
        }
        written.sort_by_key(|(place, _)| *place);
        let fields: Vec<_> = written.into_iter().map(|(_, field)| field).collect();
        self.out.push('{');
        self.out.push_str(&fields.join(","));
        self.out.push('}');
        Ok(true)
    }
}
