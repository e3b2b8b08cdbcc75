//! Which fields of the payload go where on the wire, in the order in which Google's client writes them. Fields that are
//! in no table stay behind; fields of the other service are refused in the client's words.

use serde_json::Value;
use serde_json::value::RawValue;

use super::Service;
use crate::ai::codec::fields::Fields;
use crate::ai::{Failure, FailureKind};

/// Writes the value of a field.
pub(super) type Write = fn(&RawValue, Service, &mut String) -> Result<(), Failure>;

/// A field of an object on its way to the wire.
pub(super) struct Field {
    name: &'static str,
    /// The service that knows the field; both where `None`.
    only: Option<Service>,
    write: Write,
}

/// A field that is sent as it is.
pub(super) const fn same(name: &'static str) -> Field {
    Field { name, only: None, write: copy }
}

/// A field that is sent as it is, to one service only.
pub(super) const fn only(service: Service, name: &'static str) -> Field {
    Field { name, only: Some(service), write: copy }
}

/// A field that is written in another form.
pub(super) const fn with(name: &'static str, write: Write) -> Field {
    Field { name, only: None, write }
}

/// Writes an object of the fields that the table names and the value has.
pub(super) fn pick(
    value: &RawValue,
    table: &[Field],
    service: Service,
    out: &mut String,
) -> Result<(), Failure> {
    out.push('{');
    pick_into(value, table, service, out)?;
    out.push('}');
    Ok(())
}

/// Writes the fields that the table names and the value has into an object that is open.
pub(super) fn pick_into(
    value: &RawValue,
    table: &[Field],
    service: Service,
    out: &mut String,
) -> Result<(), Failure> {
    let Some(fields) = Fields::of(value) else { return Ok(()) };
    for Field { name, only, write } in table {
        let Some(value) = fields.get(name) else { continue };
        if only.is_some_and(|only| only != service) {
            return Err(refused(name, service));
        }
        if value.get() != "null" {
            key(name, out);
            write(value, service, out)?;
        }
    }
    Ok(())
}

/// Begins a field of an object.
pub(super) fn key(name: &str, out: &mut String) {
    separate(out);
    out.extend([&*Value::from(name).to_string(), ":"]);
}

/// Writes the elements of a list each in its form; what is no list as it is.
pub(super) fn list(
    value: &RawValue,
    service: Service,
    out: &mut String,
    write: Write,
) -> Result<(), Failure> {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
        return copy(value, service, out);
    };
    out.push('[');
    for item in items {
        separate(out);
        write(item, service, out)?;
    }
    out.push(']');
    Ok(())
}

/// Puts a comma behind what stands before in the same object or list.
pub(super) fn separate(out: &mut String) {
    if !out.ends_with(['{', '[']) {
        out.push(',');
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for all")]
pub(super) fn copy(value: &RawValue, _: Service, out: &mut String) -> Result<(), Failure> {
    out.push_str(value.get());
    Ok(())
}

/// A payload that cannot be sent.
pub(super) fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidRequest, message)
}

fn refused(name: &str, service: Service) -> Failure {
    let product = match service {
        Service::Gemini => "Gemini API",
        Service::Vertex => "Gemini Enterprise Agent Platform (previously known as Vertex AI)",
    };
    invalid(format!("{name} parameter is not supported in {product}."))
}
