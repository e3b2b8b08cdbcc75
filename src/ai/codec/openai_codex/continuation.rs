//! What a connection's server still knows: over the same WebSocket a request need only say what is new since the last
//! answer.

use std::hash::{DefaultHasher, Hash, Hasher};

use indexmap::IndexMap;
use serde_json::value::RawValue;

/// A request as it goes over a WebSocket, and what of it hosts ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// The message.
    pub text: String,
    /// How many items of the conversation it holds.
    pub input_items: usize,
    /// The answer that it goes on from, where it holds only what is new.
    pub previous_response_id: Option<String>,
    /// Whether the provider is asked to keep the answer.
    pub stored: bool,
}

/// What the server of one connection knows.
#[derive(Debug, Clone, Default)]
pub struct Continuation {
    known: Option<(Said, String)>,
    /// What it will know once the request has been answered.
    asked: Option<Said>,
}

/// A conversation up to some item, and the settings that it goes with.
#[derive(Debug, Clone)]
struct Said {
    settings: u64,
    count: usize,
    items: DefaultHasher,
}

impl Said {
    fn add(&mut self, item: &str) {
        item.hash(&mut self.items);
        self.count += 1;
    }
}

impl Continuation {
    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// The last request was answered, under an id and with these items.
    pub fn answered<'a>(&mut self, response_id: &str, items: impl IntoIterator<Item = &'a str>) {
        self.known = self.asked.take().map(|mut said| {
            for item in items {
                said.add(item);
            }
            (said, response_id.to_owned())
        });
    }

    /// The message for a request with a body, which is JSON text. Where the body only adds to what the server knows,
    /// the addition.
    pub fn frame(&mut self, body: &str) -> Frame {
        let fields: IndexMap<String, &RawValue> = serde_json::from_str(body).unwrap_or_default();
        let input =
            fields.get("input").and_then(|raw| serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok());
        let known = self.known.take();
        self.asked = input.as_ref().map(|input| said(&fields, input));
        let input = input.unwrap_or_default();
        let news = known.and_then(|(said, id)| Some((new_items(&said, &fields, &input)?, id)));
        let mut parts = vec![r#""type":"response.create""#.to_owned()];
        for (name, value) in &fields {
            let value = match (name.as_str(), &news) {
                ("previous_response_id", Some(_)) => continue,
                ("input", Some((items, _))) => array(items),
                _ => value.get().to_owned(),
            };
            parts.push(format!("{}:{value}", quoted(name)));
        }
        if let Some((_, id)) = &news {
            parts.push(format!(r#""previous_response_id":{}"#, quoted(id)));
        }
        let given = || serde_json::from_str(fields.get("previous_response_id")?.get()).ok();
        Frame {
            text: format!("{{{}}}", parts.join(",")),
            input_items: news.as_ref().map_or(input.len(), |(items, _)| items.len()),
            previous_response_id: news.map(|(_, id)| id).or_else(given),
            stored: fields.get("store").is_some_and(|store| store.get() == "true"),
        }
    }
}

/// The items that a request adds to what was said; `None` when it is about something else.
fn new_items<'a>(
    before: &Said,
    fields: &IndexMap<String, &RawValue>,
    input: &'a [&'a RawValue],
) -> Option<&'a [&'a RawValue]> {
    let (old, new) = input.split_at_checked(before.count)?;
    let now = said(fields, old);
    let same = now.settings == before.settings && now.items.finish() == before.items.finish();
    same.then_some(new)
}

fn said(fields: &IndexMap<String, &RawValue>, input: &[&RawValue]) -> Said {
    let mut settings = DefaultHasher::new();
    for (name, value) in fields {
        if name != "input" && name != "previous_response_id" {
            (name, value.get()).hash(&mut settings);
        }
    }
    let mut said = Said { settings: settings.finish(), count: 0, items: DefaultHasher::new() };
    for item in input {
        said.add(item.get());
    }
    said
}

fn array(items: &[&RawValue]) -> String {
    format!("[{}]", items.iter().map(|item| item.get()).collect::<Vec<_>>().join(","))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
