//! The payload's tools on their way to the wire.

use serde_json::value::RawValue;

use super::tables::{Field, copy, invalid, key, list, only, pick, same, with};
use super::{Service, open_api, seal};
use crate::ai::Failure;
use crate::ai::codec::fields::Fields;

const TOOL: &[Field] = &[
    only(Service::Vertex, "retrieval"),
    same("computerUse"),
    only(Service::Gemini, "fileSearch"),
    with("googleSearch", |value, service, out| {
        let table = [
            same("searchTypes"),
            only(Service::Vertex, "blockingConfidence"),
            only(Service::Vertex, "excludeDomains"),
            same("timeRangeFilter"),
        ];
        seal::known(value, &table, service, out)
    }),
    same("googleMaps"),
    same("codeExecution"),
    only(Service::Vertex, "enterpriseWebSearch"),
    with("functionDeclarations", |value, service, out| list(value, service, out, declaration)),
    same("googleSearchRetrieval"),
    only(Service::Vertex, "parallelAiSearch"),
    same("urlContext"),
    only(Service::Gemini, "mcpServers"),
];

/// Writes the tools.
pub(super) fn tools(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    if !value.get().starts_with('[') {
        return Err(invalid("tools is required and must be an array of Tools"));
    }
    list(value, service, out, |tool, service, out| pick(tool, TOOL, service, out))
}

/// Writes how the model may use the tools.
pub(super) fn config(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    let calling = with("functionCallingConfig", |value, service, out| {
        let table = [
            same("allowedFunctionNames"),
            same("mode"),
            only(Service::Vertex, "streamFunctionCallArguments"),
        ];
        seal::known(value, &table, service, out)
    });
    let table = [same("retrievalConfig"), calling, only(Service::Gemini, "includeServerSideToolInvocations")];
    pick(value, &table, service, out)
}

/// The order in which Vertex AI gets the fields of a declaration; the Gemini API gets them as they are.
const DECLARATION: [&str; 6] =
    ["description", "name", "parameters", "parametersJsonSchema", "response", "responseJsonSchema"];

/// Writes a function. Schemas in Google's own form are spelt its way; those that say which JSON Schema they are go out
/// as that.
fn declaration(value: &RawValue, service: Service, out: &mut String) -> Result<(), Failure> {
    let Some(fields) = Fields::of(value) else { return copy(value, service, out) };
    let names: Vec<String> = match service {
        Service::Gemini => fields.names().map(|name| name.to_well_formed().into_owned()).collect(),
        Service::Vertex if fields.get("behavior").is_some() => {
            return pick(value, &[only(Service::Gemini, "behavior")], service, out);
        }
        Service::Vertex => DECLARATION.map(str::to_owned).into(),
    };
    out.push('{');
    let mut moved = Vec::new();
    for name in names {
        let Some(value) = fields.get(&name) else { continue };
        let renamed = match name.as_str() {
            "parameters" => Some("parametersJsonSchema"),
            "response" => Some("responseJsonSchema"),
            _ => None,
        };
        match renamed {
            Some(renamed) if open_api::is_json_schema(value) && fields.get(renamed).is_none() => {
                moved.push((renamed, value));
            }
            Some(_) if value.get().starts_with('{') => {
                key(&name, out);
                open_api::schema(value, out)?;
            }
            _ if service == Service::Vertex && value.get() == "null" => {}
            _ => {
                key(&name, out);
                copy(value, service, out)?;
            }
        }
    }
    for (name, value) in moved {
        key(name, out);
        copy(value, service, out)?;
    }
    out.push('}');
    Ok(())
}
