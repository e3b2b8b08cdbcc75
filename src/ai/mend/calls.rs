//! The notations in which calls leak: `MiniMax`'s XML, the `<tool_call>` of Hermes, Qwen and GLM, the words in which hosts
//! tell a model of earlier calls, and a JSON object that is all of the answer.

use super::arguments::{NAME, Parameters, is_only_a_call, named, object, text};
use super::cursor::{Cursor, Miss, Wait};
use crate::ai::Tool;

/// A call that leaked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Leaked {
    pub(super) name: String,
    /// JSON text of an object.
    pub(super) arguments: String,
}

type Found = Result<Vec<Leaked>, Miss>;

/// Reads the calls that a text begins with, and how long they are. Only tools on offer count. `alone`: nothing stands
/// before them.
pub(super) fn read(
    bytes: &[u8],
    alone: bool,
    ended: bool,
    tools: &[Tool],
) -> Result<(Vec<Leaked>, usize), Miss> {
    let mut miss = Miss::Not;
    let notations = [minimax, tagged, bracketed, bare];
    for notation in notations.into_iter().take(if alone { 4 } else { 3 }) {
        let mut cursor = Cursor::new(bytes, ended);
        match notation(&mut cursor, tools) {
            Ok(calls) => return Ok((calls, cursor.at)),
            Err(Miss::Not) => {}
            Err(more) => miss = more,
        }
    }
    Err(miss)
}

/// `<minimax:tool_call><invoke name="read"><parameter name="path">a</parameter></invoke></minimax:tool_call>`.
fn minimax(cursor: &mut Cursor<'_>, tools: &[Tool]) -> Found {
    const END: &str = "</minimax:tool_call>";
    cursor.tag("<minimax:tool_call>")?;
    let mut calls = Vec::new();
    loop {
        cursor.blank();
        if !calls.is_empty() && !cursor.sees("<invoke")? {
            cursor.closing(END)?;
            return Ok(calls);
        }
        cursor.tag("<invoke name=\"")?;
        let tool = tool_named(cursor, tools)?;
        cursor.tag("\">")?;
        if !cursor.ended && memchr::memmem::find(cursor.rest(), END.as_bytes()).is_none() {
            return Err(Miss::More(Wait::For(END)));
        }
        let mut parameters = Parameters::of(tool);
        loop {
            cursor.blank();
            if !cursor.sees("<parameter")? {
                break;
            }
            cursor.tag("<parameter name=\"")?;
            let name = cursor.until("\">")?;
            parameters.add(name, value(cursor, "</parameter>", &["<parameter", "</invoke>"])?);
        }
        cursor.tag("</invoke>")?;
        calls.push(Leaked { name: tool.name.to_string(), arguments: parameters.into_json() });
    }
}

/// `<tool_call>` with a JSON object, with GLM's keys and values, or with Qwen's function inside.
fn tagged(cursor: &mut Cursor<'_>, tools: &[Tool]) -> Found {
    const END: &str = "</tool_call>";
    cursor.tag("<tool_call>")?;
    cursor.blank();
    let call = match cursor.rest().first() {
        Some(b'{') => json_call(cursor, tools)?,
        Some(b'<') => qwen_call(cursor, tools)?,
        _ => glm_call(cursor, tools)?,
    };
    cursor.blank();
    cursor.closing(END)?;
    Ok(vec![call])
}

/// `{"name": "read", "arguments": {"path": "a"}}`.
fn json_call(cursor: &mut Cursor<'_>, tools: &[Tool]) -> Result<Leaked, Miss> {
    let json = object(cursor.object()?).ok_or(Miss::Not)?;
    let (name, arguments) = named(&json).ok_or(Miss::Not)?;
    let offered = tools.iter().any(|tool| *tool.name == *name);
    if offered { Ok(Leaked { name, arguments }) } else { Err(Miss::Not) }
}

/// `<function=read><parameter=path>a</parameter></function>`.
fn qwen_call(cursor: &mut Cursor<'_>, tools: &[Tool]) -> Result<Leaked, Miss> {
    cursor.tag("<function=")?;
    let tool = tool_named(cursor, tools)?;
    cursor.tag(">")?;
    let mut parameters = Parameters::of(tool);
    loop {
        cursor.blank();
        if !cursor.sees("<parameter=")? {
            break;
        }
        cursor.tag("<parameter=")?;
        let name = cursor.until(">")?;
        parameters.add(name, value(cursor, "</parameter>", &["<parameter=", "</function>"])?);
    }
    cursor.tag("</function>")?;
    Ok(Leaked { name: tool.name.to_string(), arguments: parameters.into_json() })
}

/// `read<arg_key>path</arg_key><arg_value>a</arg_value>`.
fn glm_call(cursor: &mut Cursor<'_>, tools: &[Tool]) -> Result<Leaked, Miss> {
    let tool = tool_named(cursor, tools)?;
    let mut parameters = Parameters::of(tool);
    loop {
        cursor.blank();
        if !cursor.sees("<arg_key>")? {
            break;
        }
        cursor.tag("<arg_key>")?;
        let name = cursor.until("</arg_key>")?;
        cursor.blank();
        cursor.tag("<arg_value>")?;
        parameters.add(name, value(cursor, "</arg_value>", &["<arg_key>", "</tool_call>"])?);
    }
    Ok(Leaked { name: tool.name.to_string(), arguments: parameters.into_json() })
}

/// `[Tool Call: read (ID: call_1)]`, a line end, `Arguments: {"path": "a"}`.
fn bracketed(cursor: &mut Cursor<'_>, tools: &[Tool]) -> Found {
    cursor.tag("[Tool Call: ")?;
    let tool = tool_named(cursor, tools)?;
    cursor.blank();
    if !cursor.sees("]")? {
        cursor.tag("(ID: ")?;
        cursor.run(|byte| !matches!(byte, b')' | b'\n' | b']'))?;
        cursor.tag(")")?;
    }
    cursor.tag("]")?;
    cursor.blank();
    cursor.tag("Arguments:")?;
    cursor.blank();
    let arguments = object(cursor.object()?).ok_or(Miss::Not)?;
    Ok(vec![Leaked { name: tool.name.to_string(), arguments }])
}

/// `{"action": "read", "action_input": {"path": "a"}}`, when that is all a model says.
fn bare(cursor: &mut Cursor<'_>, tools: &[Tool]) -> Found {
    let mut ahead = *cursor;
    ahead.tag("{")?;
    ahead.blank();
    ahead.tag("\"")?;
    let key = ahead.run(|byte| byte != b'"')?;
    if !NAME.iter().any(|name| name.as_bytes() == key) {
        return Err(Miss::Not);
    }
    ahead.tag("\"")?;
    ahead.blank();
    ahead.tag(":")?;
    ahead.blank();
    ahead.tag("\"")?;
    let tool = tool_named(&mut ahead, tools)?;
    let json = object(cursor.object()?).filter(|json| is_only_a_call(json)).ok_or(Miss::Not)?;
    cursor.blank();
    match (cursor.rest().is_empty(), cursor.ended) {
        (true, true) => {
            let (_, arguments) = named(&json).ok_or(Miss::Not)?;
            Ok(vec![Leaked { name: tool.name.to_string(), arguments }])
        }
        (true, false) => Err(Miss::More(Wait::Any)),
        (false, _) => Err(Miss::Not),
    }
}

/// A value that ends where what may follow it does: text may hold the closing words itself.
fn value<'a>(cursor: &mut Cursor<'a>, end: &'static str, next: &[&'static str]) -> Result<&'a [u8], Miss> {
    let start = *cursor;
    loop {
        cursor.until(end)?;
        let length = cursor.at - start.at - end.len();
        let mut behind = *cursor;
        behind.blank();
        let mut waits = false;
        for tag in next {
            match behind.closing(tag) {
                Ok(()) => return Ok(start.rest().get(..length).unwrap_or_default()),
                Err(Miss::Not) => {}
                Err(_) => waits = true,
            }
        }
        if waits {
            return Err(Miss::More(Wait::Any));
        }
    }
}

/// Takes a tool's name. What cannot become the name of a tool on offer is none, however it goes on.
fn tool_named<'t>(cursor: &mut Cursor<'_>, tools: &'t [Tool]) -> Result<&'t Tool, Miss> {
    let start = *cursor;
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'/');
    match cursor.run(in_name) {
        Ok(name) => tools.iter().find(|tool| *tool.name == *text(name)).ok_or(Miss::Not),
        Err(miss) => {
            let may_become = |tool: &&Tool| tool.name.as_bytes().starts_with(start.rest());
            tools.iter().find(may_become).map_or(Err(Miss::Not), |_| Err(miss))
        }
    }
}
