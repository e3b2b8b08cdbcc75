//! From the payload, which the host may have changed, to the body on the wire.

use serde_json::value::RawValue;

use super::tables::{Field, copy, invalid, key, list, only, pick, pick_into, same, separate, with};
use super::{Service, address, open_api, tools};
use crate::ai::codec::HttpRequest;
use crate::ai::codec::fields::Fields;
use crate::ai::{Failure, Turn};
use crate::json::{Text, WireStr};

/// Makes the request that is sent of a payload.
pub(super) fn seal(turn: &Turn, service: Service, payload: &str) -> Result<HttpRequest, Failure> {
    let unreadable = |error| invalid(format!("Cannot read the payload: {error}"));
    let payload: Fields<'_> = serde_json::from_str(payload).map_err(unreadable)?;
    let model: Option<Text> = payload.read("model");
    let request = address::request(turn, service, model.as_deref().unwrap_or_default())?;
    Ok(HttpRequest { body: body(&payload, turn, service)?, ..request })
}

fn body(payload: &Fields<'_>, turn: &Turn, service: Service) -> Result<String, Failure> {
    let mut out = String::from("{");
    if let Some(turns) = payload.get("contents").filter(|turns| turns.get() != "null") {
        key("contents", &mut out);
        contents(turns, service, &mut out)?;
    }
    if let Some(config) = payload.get("config").filter(|config| config.get() != "null") {
        pick_into(config, BESIDE_CONFIG, service, &mut out)?;
        let settings = Fields::of(config);
        if let Some(name) = settings.as_ref().and_then(|settings| settings.get("cachedContent")) {
            key("cachedContent", &mut out);
            out.push_str(&cached_content(name, turn, service)?);
        }
        pick_into(config, BEHIND_CACHE, service, &mut out)?;
        key("generationConfig", &mut out);
        generation(config, service, &mut out)?;
    }
    out.push('}');
    Ok(out)
}

const BESIDE_CONFIG: &[Field] = &[
    with("systemInstruction", content),
    with("safetySettings", |value, service, out| match service {
        Service::Gemini => list(value, service, out, |setting, service, out| {
            pick(
                setting,
                &[same("category"), only(Service::Vertex, "method"), same("threshold")],
                service,
                out,
            )
        }),
        Service::Vertex => copy(value, service, out),
    }),
    with("tools", tools::tools),
    with("toolConfig", tools::config),
    only(Service::Vertex, "labels"),
];

const BEHIND_CACHE: &[Field] = &[only(Service::Vertex, "modelArmorConfig"), same("serviceTier")];

const GENERATION: &[Field] = &[
    same("temperature"),
    same("topP"),
    same("topK"),
    same("candidateCount"),
    same("maxOutputTokens"),
    same("stopSequences"),
    same("responseLogprobs"),
    same("logprobs"),
    same("presencePenalty"),
    same("frequencyPenalty"),
    same("seed"),
    same("responseMimeType"),
];

const BEHIND_SCHEMA: &[Field] = &[
    same("responseJsonSchema"),
    only(Service::Vertex, "routingConfig"),
    same("responseModalities"),
    same("mediaResolution"),
    with("speechConfig", speech),
    only(Service::Vertex, "audioTimestamp"),
    same("thinkingConfig"),
    same("imageConfig"),
    only(Service::Gemini, "enableEnhancedCivicAnswers"),
];

fn generation(config: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    out.push('{');
    pick_into(config, GENERATION, service, out)?;
    let fields = Fields::of(config);
    let field = |name| fields.as_ref()?.get(name).filter(|value: &&RawValue| value.get() != "null");
    if let Some(schema) = field("responseSchema") {
        // A schema that says which JSON Schema it is goes out as one.
        let is_json_schema = open_api::is_json_schema(schema) && field("responseJsonSchema").is_none();
        key(if is_json_schema { "responseJsonSchema" } else { "responseSchema" }, out);
        if is_json_schema { copy(schema, service, out)? } else { open_api::schema(schema, out)? }
    }
    pick_into(config, BEHIND_SCHEMA, service, out)?;
    out.push('}');
    Ok(())
}

/// How speech sounds; a text is the name of a voice.
fn speech(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    if !value.get().starts_with('"') {
        return copy(value, service, out);
    }
    out.push_str(r#"{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"#);
    copy(value, service, out)?;
    out.push_str("}}}");
    Ok(())
}

/// The name of a cached prefix, in full.
fn cached_content(name: &RawValue, turn: &Turn, service: Service) -> Result<String, Failure> {
    const KIND: &str = "cachedContents/";
    let name: String = serde_json::from_str(name.get()).map_err(|_| invalid("name must be a string"))?;
    let is_bare = !name.contains('/');
    let name = match service {
        Service::Gemini if is_bare => format!("{KIND}{name}"),
        Service::Gemini => name,
        Service::Vertex => match address::Account::of(turn)? {
            address::Account::Project { project, .. } if name.starts_with("locations/") => {
                format!("projects/{project}/{name}")
            }
            address::Account::Project { project, location } if is_bare || name.starts_with(KIND) => {
                let kind = if is_bare { KIND } else { "" };
                format!("projects/{project}/locations/{location}/{kind}{name}")
            }
            _ => name,
        },
    };
    Ok(serde_json::Value::from(name).to_string())
}

/// Turns from all that hosts may write: turns, parts, texts, or one of these.
fn contents(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
        if is_call_or_result(value) {
            return Err(invalid(
                "To specify functionCall or functionResponse parts, please wrap them in a Content object, specifying \
                 the role for them",
            ));
        }
        out.push('[');
        content(value, service, out)?;
        out.push(']');
        return Ok(());
    };
    let Some(first) = items.first() else { return Err(invalid("contents are required")) };
    let turns = is_content(first);
    if items.iter().any(|item| is_content(item) != turns) {
        return Err(invalid(
            "Mixing Content and Parts is not supported, please group the parts into a the appropriate Content objects \
             and specify the roles for them",
        ));
    }
    if turns {
        return list(value, service, out, content);
    }
    if items.iter().any(|item| is_call_or_result(item)) {
        return Err(invalid(
            "To specify functionCall or functionResponse parts, please wrap them, and any other parts, in Content \
             objects as appropriate, specifying the role for them",
        ));
    }
    out.push('[');
    content(value, service, out)?;
    out.push(']');
    Ok(())
}

fn is_content(value: &RawValue) -> bool {
    Fields::of(value).and_then(|fields| fields.get("parts")).is_some_and(|parts| parts.get().starts_with('['))
}

fn is_call_or_result(value: &RawValue) -> bool {
    Fields::of(value).is_some_and(|fields| {
        fields.get("functionCall").is_some() || fields.get("functionResponse").is_some()
    })
}

/// A turn. Parts and texts without a role are the user's.
fn content(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    if is_content(value) {
        let parts = with("parts", |parts, service, out| list(parts, service, out, part));
        return pick(value, &[parts, same("role")], service, out);
    }
    out.push_str(r#"{"parts":["#);
    match serde_json::from_str::<Vec<&RawValue>>(value.get()) {
        Ok(items) if items.is_empty() => return Err(invalid("PartListUnion is required")),
        Ok(items) => {
            for item in items {
                separate(out);
                loose_part(item, service, out)?;
            }
        }
        Err(_) => loose_part(value, service, out)?,
    }
    out.push_str(r#"],"role":"user"}"#);
    Ok(())
}

/// A part that may be a text alone.
fn loose_part(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    if serde_json::from_str::<WireStr<'_>>(value.get()).is_ok() {
        out.push_str(r#"{"text":"#);
        copy(value, service, out)?;
        out.push('}');
        return Ok(());
    }
    match value.get().bytes().next() {
        Some(b'{' | b'[') => part(value, service, out),
        Some(b'n') => Err(invalid("PartUnion is required")),
        Some(b't' | b'f') => Err(invalid("Unsupported part type: boolean")),
        _ => Err(invalid("Unsupported part type: number")),
    }
}

const PART: &[Field] = &[
    same("mediaResolution"),
    same("codeExecutionResult"),
    same("executableCode"),
    with("fileData", |value, service, out| {
        known(value, &[only(Service::Vertex, "displayName"), same("fileUri"), same("mimeType")], service, out)
    }),
    with("functionCall", |value, service, out| {
        let table = [
            same("id"),
            same("args"),
            same("name"),
            only(Service::Vertex, "partialArgs"),
            only(Service::Vertex, "willContinue"),
        ];
        known(value, &table, service, out)
    }),
    same("functionResponse"),
    with("inlineData", |value, service, out| {
        known(value, &[same("data"), only(Service::Vertex, "displayName"), same("mimeType")], service, out)
    }),
    same("text"),
    same("thought"),
    same("thoughtSignature"),
    same("videoMetadata"),
    only(Service::Gemini, "toolCall"),
    only(Service::Gemini, "toolResponse"),
    only(Service::Gemini, "partMetadata"),
];

fn part(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    pick(value, PART, service, out)
}

/// An object of which the Gemini API gets the fields that it knows, and Vertex AI all.
pub(super) fn known(
    value: &RawValue,
    table: &[Field],
    service: Service,
    out: &mut String,
) -> Result<(), Failure> {
    if service == Service::Vertex { copy(value, service, out) } else { pick(value, table, service, out) }
}
