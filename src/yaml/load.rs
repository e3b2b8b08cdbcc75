//! From a document's text to its value.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScanError, Span, StrInput};

use super::error::YamlError;
use super::scalar::{MARK, resolve};
use super::value::Yaml;

/// How deep a document may be nested: whoever walks the value needs a stack for it.
const DEPTH: usize = 500;

/// How many values may come from aliases.
const REPEATED: usize = 100_000;

/// How often a text is read anew for the tabs that the parser does not take.
const TRIES: usize = 100;

/// The value of a text that holds one document; `Null` for an empty one.
///
/// # Errors
/// What is wrong with the text, and where.
pub fn parse(text: &str) -> Result<Yaml, YamlError> {
    let mut text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace('\u{FEFF}', MARK);
    for _ in 0..TRIES {
        match load(&text) {
            Err(Failure::Tab(line, column)) => text = spaced(&text, line, column),
            Err(Failure::Yaml(error)) => return Err(error),
            Ok(value) => return Ok(value),
        }
    }
    Err(YamlError::whole("Too many tabs behind keys"))
}

enum Failure {
    /// The parser takes no tab between a key's colon and a word. This one ends before the column, both from 0.
    Tab(usize, usize),
    Yaml(YamlError),
}

impl From<YamlError> for Failure {
    fn from(error: YamlError) -> Self {
        Self::Yaml(error)
    }
}

/// The text with spaces for the tabs that end before a place.
fn spaced(text: &str, line: usize, column: usize) -> String {
    let mut lines: Vec<Cow<'_, str>> = text.split('\n').map(Cow::Borrowed).collect();
    if let Some(one) = lines.get_mut(line) {
        let head: String = one.chars().take(column).collect();
        let kept = head.trim_end_matches('\t');
        let tail = one.get(head.len()..).unwrap_or_default();
        *one = Cow::Owned(format!("{kept}{}{tail}", " ".repeat(head.len() - kept.len())));
    }
    lines.join("\n")
}

fn load(text: &str) -> Result<Yaml, Failure> {
    let mut loader = Loader { text, open: Vec::new(), anchors: HashMap::new(), repeated: 0 };
    let mut whole = None;
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_failure(&error, text))?;
        if matches!(event, Event::DocumentStart(_)) && whole.is_some() {
            let words = "Source contains multiple documents; front matter is one";
            return Err(YamlError::whole(words).into());
        }
        if let Some(value) = loader.take(event, span)? {
            whole = Some(value);
        }
    }
    Ok(whole.unwrap_or(Yaml::Null))
}

fn scan_failure(error: &ScanError, text: &str) -> Failure {
    let (words, line, column) = (error.info(), error.marker().line(), error.marker().col());
    if words.starts_with("':' must be followed by") {
        Failure::Tab(line.saturating_sub(1), column)
    } else {
        Failure::Yaml(YamlError::at(words, text, line, column + 1))
    }
}

/// A collection whose end has not come yet.
struct Open {
    anchor: usize,
    items: Items,
}

enum Items {
    List(Vec<Yaml>),
    Map(Entries),
}

#[derive(Default)]
struct Entries {
    map: IndexMap<String, Yaml>,
    /// The scalars among its keys, with their sorts: `1` and `"1"` are two keys of one name.
    scalars: HashSet<(u8, String)>,
    key: Option<String>,
}

struct Loader<'a> {
    text: &'a str,
    open: Vec<Open>,
    anchors: HashMap<usize, Yaml>,
    repeated: usize,
}

impl Loader<'_> {
    /// Takes the next event; the value of the document once it is whole.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<Option<Yaml>, YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = resolve(&text, style, tag.as_deref());
                self.put(value, anchor, true, span)
            }
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor);
                let value =
                    value.ok_or_else(|| self.error("Alias inside of what it stands for", span))?.clone();
                self.repeated += value.size();
                if self.repeated > REPEATED {
                    let words = "Excessive alias count indicates a resource exhaustion attack";
                    return Err(YamlError::whole(words));
                }
                self.put(value, 0, false, span)
            }
            Event::SequenceStart(anchor, _) => self.begin(anchor, Items::List(Vec::new()), span),
            Event::MappingStart(anchor, _) => self.begin(anchor, Items::Map(Entries::default()), span),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { anchor, items: Items::List(items) }) => {
                    self.put(Yaml::List(items), anchor, false, span)
                }
                Some(Open { anchor, items: Items::Map(entries) }) => {
                    self.put(Yaml::Map(entries.map), anchor, false, span)
                }
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn begin(&mut self, anchor: usize, items: Items, span: Span) -> Result<Option<Yaml>, YamlError> {
        if self.open.len() == DEPTH {
            return Err(self.error("Nested too deep", span));
        }
        self.open.push(Open { anchor, items });
        Ok(None)
    }

    /// Puts a value where it belongs; a value that belongs nowhere is the document.
    fn put(
        &mut self,
        value: Yaml,
        anchor: usize,
        scalar: bool,
        span: Span,
    ) -> Result<Option<Yaml>, YamlError> {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.items) {
            None => return Ok(Some(value)),
            Some(Items::List(items)) => items.push(value),
            Some(Items::Map(entries)) => {
                if let Some(key) = entries.key.take() {
                    entries.map.insert(key, value);
                } else {
                    let key = value.to_key();
                    if scalar && !entries.scalars.insert((sort(&value), key.clone())) {
                        return Err(self.error("Map keys must be unique", span));
                    }
                    entries.key = Some(key);
                }
            }
        }
        Ok(None)
    }

    fn error(&self, words: &str, span: Span) -> YamlError {
        YamlError::at(words, self.text, span.start.line(), span.start.col() + 1)
    }
}

fn sort(value: &Yaml) -> u8 {
    match value {
        Yaml::Null => 0,
        Yaml::Bool(_) => 1,
        Yaml::Number(_) => 2,
        _ => 3,
    }
}
