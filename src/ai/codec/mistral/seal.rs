//! Makes the wire's body of a payload, as Mistral's JavaScript client does: known keys in the order of the schema and in
//! snake case, with their defaults; unknown keys are dropped; what has the wrong type is refused before it is sent.

use serde_json::value::RawValue;

use super::schema::{Absent, Field, REQUEST, Shape};
use crate::ai::codec::fields::Fields;
use crate::ai::{Failure, FailureKind};

/// Where a payload is not as the schema has it.
#[derive(Default)]
struct Misfit {
    /// Innermost key first.
    path: Vec<String>,
    /// Whether a word that tells shapes apart is another one: then this shape was not meant.
    other_kind: bool,
}

impl Misfit {
    /// The same under a key.
    fn under(mut self, key: impl Into<String>) -> Self {
        self.path.push(key.into());
        self
    }
}

/// The body for a payload, both JSON text.
pub(super) fn seal(payload: &str) -> Result<String, Failure> {
    let invalid = |at: &str| {
        Failure::new(
            FailureKind::InvalidRequest,
            format!("Input validation failed: the payload is invalid{at}"),
        )
    };
    let raw: &RawValue = serde_json::from_str(payload).map_err(|_| invalid(""))?;
    let mut body = String::with_capacity(payload.len());
    write(&REQUEST, raw, &mut body).map_err(|Misfit { mut path, .. }| {
        path.reverse();
        invalid(&if path.is_empty() { String::new() } else { format!(" at {}", path.join(".")) })
    })?;
    Ok(body)
}

fn write(shape: &Shape, raw: &RawValue, out: &mut String) -> Result<(), Misfit> {
    let json = raw.get();
    let fits = match shape {
        Shape::Object(fields) => {
            let object = Fields::of(raw).ok_or_else(Misfit::default)?;
            return write_object(fields, &object, out);
        }
        Shape::List(shape) => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| Misfit::default())?;
            return write_list(shape, &items, out);
        }
        Shape::OneOf(shapes) => return write_first(shapes, raw, out),
        Shape::Nullable(shape) if json != "null" => return write(shape, raw, out),
        Shape::Nullable(_) => true,
        Shape::Text => json.starts_with('"'),
        Shape::Literal(literal) => {
            json.strip_prefix('"').and_then(|json| json.strip_suffix('"')) == Some(literal)
        }
        Shape::Number => is_number(json),
        Shape::Whole => is_number(json) && !json.contains('.') && !json.contains("e-"),
        Shape::Flag => matches!(json, "true" | "false"),
        Shape::Record => json.starts_with('{'),
    };
    if !fits {
        let other_kind = matches!(shape, Shape::Literal(_));
        return Err(Misfit { other_kind, ..Misfit::default() });
    }
    out.push_str(json);
    Ok(())
}

fn write_object(fields: &[Field], object: &Fields<'_>, out: &mut String) -> Result<(), Misfit> {
    let mut separator = '{';
    let mut key = |out: &mut String, name: &str| {
        out.push(std::mem::replace(&mut separator, ','));
        out.push('"');
        out.push_str(name);
        out.push_str("\":");
    };
    for Field { name, wire, shape, absent } in fields {
        match (object.get(name), absent) {
            (Some(raw), _) => {
                key(out, wire);
                write(shape, raw, out).map_err(|misfit| misfit.under(*name))?;
            }
            (None, Absent::Refused) => return Err(Misfit::default().under(*name)),
            (None, Absent::Omitted) => {}
            (None, Absent::Means(default)) => {
                key(out, wire);
                out.push_str(default);
            }
        }
    }
    out.push_str(if separator == '{' { "{}" } else { "}" });
    Ok(())
}

fn write_list(shape: &Shape, items: &[&RawValue], out: &mut String) -> Result<(), Misfit> {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(shape, item, out).map_err(|misfit| misfit.under(at.to_string()))?;
    }
    out.push(']');
    Ok(())
}

/// Writes the value in the first shape that it fits. Of several complaints the deepest one about a shape of the right
/// kind counts.
fn write_first(shapes: &[Shape], raw: &RawValue, out: &mut String) -> Result<(), Misfit> {
    let start = out.len();
    let mut worst = Misfit { other_kind: true, ..Misfit::default() };
    for shape in shapes {
        let Err(misfit) = write(shape, raw, out) else { return Ok(()) };
        if (!misfit.other_kind, misfit.path.len()) > (!worst.other_kind, worst.path.len()) {
            worst = misfit;
        }
        out.truncate(start);
    }
    Err(worst)
}

fn is_number(json: &str) -> bool {
    json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}
