//! Which part of a request a provider finds fault with, from the path that it names.

use serde::Serialize;

/// What is wrong with a part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CulpritKind {
    /// An image that is too large, broken or unwanted.
    Image,
    /// A proof of thinking that is missing, cut or another model's.
    Signature,
    /// A tool call's id, or calls and results that do not match.
    ToolId,
    /// A tool's parameters.
    Schema,
}

/// A part of a request. Numbers count from 0 in the request as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Culprit {
    /// Which message, or item of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<u32>,
    /// Which block of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<u32>,
    /// Which tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<u32>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<CulpritKind>,
    /// The provider's own words for where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

const MESSAGES: [&str; 3] = ["messages", "input", "contents"];

impl Culprit {
    /// What a provider names in the field of its error that is meant for it, else in its text.
    pub(super) fn named(param: Option<&str>, text: &str) -> Option<Self> {
        let path = param.and_then(path_in).or_else(|| path_in(text));
        let mut found = path.map(Self::at).unwrap_or_default();
        let words = [found.path.as_deref().unwrap_or_default(), param.unwrap_or_default(), text].join(" ");
        found.kind = kind_of(&words.to_ascii_lowercase(), found.tool.is_some());
        (found != Self::default()).then_some(found)
    }

    fn at(path: &str) -> Self {
        let steps: Vec<&str> = steps(path).collect();
        let number = |after: &[&str]| {
            let at = steps.iter().position(|step| after.contains(step))?;
            steps.get(at + 1)?.parse().ok()
        };
        Self {
            message: number(&MESSAGES),
            content: number(&["content", "parts"]),
            tool: number(&["tools"]),
            kind: None,
            path: Some(if path.contains('"') { steps.join(".") } else { path.to_owned() }),
        }
    }
}

/// The steps of a path, however they are set off: `messages.3.content.1`, `input[5].id`, `"messages",3,"id"`. AWS writes
/// `member` before each of a list's.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split(|c: char| !is_step(c)).filter(|step| !step.is_empty() && *step != "member")
}

/// The first path of a text that leads to a message or a tool.
fn path_in(text: &str) -> Option<&str> {
    let heads = MESSAGES.iter().chain(&["tools"]).flat_map(|head| text.match_indices(head));
    let paths = heads.filter_map(|(at, head)| {
        let after = text.get(at + head.len()..)?;
        let end = after.find(|c: char| !is_step(c) && !"[].,\"'".contains(c)).unwrap_or(after.len());
        let tail = after.get(..end)?;
        let whole = !text.get(..at)?.ends_with(is_step) && !tail.starts_with(is_step);
        let numbered = steps(tail).next().is_some_and(|step| step.parse::<u32>().is_ok());
        let path = text.get(at..at + head.len() + end)?.trim_end_matches(['.', ',', '"', '\'', '[']);
        // A closing bracket belongs to the path only if it was opened there.
        let open = path.matches('[').count() >= path.matches(']').count();
        (whole && numbered).then(|| (at, if open { path } else { path.trim_end_matches(']') }))
    });
    paths.min_by_key(|(at, _)| *at).map(|(_, path)| path)
}

fn is_step(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn kind_of(words: &str, in_tool: bool) -> Option<CulpritKind> {
    let any = |list: &[&str]| list.iter().any(|word| words.contains(word));
    if any(&["signature", "encrypted_content", "redacted_thinking", "encrypted content"]) {
        Some(CulpritKind::Signature)
    } else if any(&["image", "inline_data", "inlinedata", "media_type"]) {
        Some(CulpritKind::Image)
    } else if in_tool
        || any(&["input_schema", "invalid schema for function", "function_declarations", "toolspec"])
    {
        Some(CulpritKind::Schema)
    } else if any(&[
        "tool_use",
        "tool_call",
        "tool_result",
        "call_id",
        "tooluse",
        "function_call",
        "tool use",
    ]) || (words.contains("id")
        && steps(words.split(' ').next().unwrap_or_default()).last() == Some("id"))
    {
        Some(CulpritKind::ToolId)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row =
        (Option<&'static str>, &'static str, Option<u32>, Option<u32>, Option<u32>, Option<CulpritKind>);

    #[test]
    fn the_part_that_a_provider_names_is_found() {
        let image = Some(CulpritKind::Image);
        let signature = Some(CulpritKind::Signature);
        let tool_id = Some(CulpritKind::ToolId);
        let schema = Some(CulpritKind::Schema);
        #[rustfmt::skip]
        let rows: &[Row] = &[
            (None, r#"400 {"error":{"message":"messages.12.content.3.thinking.signature: Field required"}}"#, Some(12), Some(3), None, signature),
            (None, "messages.1.content.0: Invalid `signature` in `thinking` block", Some(1), Some(0), None, signature),
            (None, "messages.5.content.1.image.source.base64: image exceeds 5 MB maximum: 6 bytes > 5 bytes", Some(5), Some(1), None, image),
            (None, "messages.7.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", Some(7), Some(0), None, tool_id),
            (None, "messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1", Some(2), None, None, tool_id),
            (None, "messages.500.content: Input should be a valid list", Some(500), None, None, None),
            (None, "tools.3.custom.input_schema: JSON schema is invalid", None, None, Some(3), schema),
            (Some("input[5].id"), "Invalid 'input[5].id': string too long.", Some(5), None, None, tool_id),
            (Some("messages.[2].role"), "messages with role 'tool' must follow 'tool_calls'", Some(2), None, None, tool_id),
            (None, "Invalid value: 'input[3].content[1].image_url'.", Some(3), Some(1), None, image),
            (Some("tools[0].function.parameters"), "Invalid schema for function 'read'", None, None, Some(0), schema),
            (None, "Invalid schema for function 'read': None is not of type 'object'", None, None, None, schema),
            (None, "* GenerateContentRequest.contents[4].parts[2].inline_data.data: required", Some(4), Some(2), None, image),
            (None, "Value at 'messages.2.member.content.1.member.toolUse.toolUseId' failed to satisfy constraint", Some(2), Some(1), None, tool_id),
            (None, r#"422 {"detail":[{"loc":["body","messages",3,"tool_calls",0,"id"],"msg":"x"}]}"#, Some(3), None, None, tool_id),
        ];
        for (param, text, message, content, tool, kind) in rows {
            let found = Culprit::named(*param, text).unwrap();
            assert_eq!(
                (found.message, found.content, found.tool, found.kind),
                (*message, *content, *tool, *kind),
                "{text}: {found:?}"
            );
        }
        assert_eq!(Culprit::named(None, "max_tokens: 45000 is too large, see input, 3 messages"), None);
        let path = |text| Culprit::named(None, text).and_then(|found| found.path);
        assert_eq!(path("('input[5].id')."), Some("input[5].id".to_owned()));
        assert_eq!(path(r#"["body","messages",3,"id"]"#), Some("messages.3.id".to_owned()));
    }
}
