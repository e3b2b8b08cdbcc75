//! Gives every call exactly one result, directly after the answer that made it and in the order of the calls.

use std::collections::HashMap;

use crate::ai::message::{Assistant, Block, Message, ToolResult};
use crate::json::Text;

const NO_RESULT: &str = "No result provided";

/// A conversation while it is put in order.
pub(super) struct Pairs {
    entries: Vec<Entry>,
    calls: Vec<Call>,
    /// The calls that wait for a result, by the id that the host knows them by, in order.
    waiting: HashMap<Text, Vec<usize>>,
    /// How many answers have been seen.
    answers: usize,
}

enum Entry {
    Message(Message),
    /// The results of an answer's calls: how many of `calls` are next.
    Results(usize),
}

struct Call {
    answer: usize,
    /// The id that it is sent with; none when its answer is left out.
    id: Option<Text>,
    name: Text,
    result: Option<ToolResult>,
}

impl Pairs {
    pub(super) fn with_capacity(messages: usize) -> Self {
        Self {
            entries: Vec::with_capacity(messages),
            calls: Vec::with_capacity(messages / 2),
            waiting: HashMap::with_capacity(messages / 2),
            answers: 0,
        }
    }

    /// Takes an answer, with the id for each of its calls.
    pub(super) fn answer(&mut self, mut answer: Assistant, ids: Vec<Text>) {
        let count = ids.len();
        let mut ids = ids.into_iter();
        for block in &mut answer.content {
            if let Block::ToolCall(call) = block
                && let Some(id) = ids.next()
            {
                let own = std::mem::replace(&mut call.id, id.clone());
                self.expect(own, Some(id), call.name.clone());
            }
        }
        self.answers += 1;
        self.entries.push(Entry::Message(Message::Assistant(answer)));
        if count > 0 {
            self.entries.push(Entry::Results(count));
        }
    }

    /// Takes an answer that is not sent: the results of its calls must not pass for those of other calls.
    pub(super) fn leave_out(&mut self, answer: &Assistant) {
        let before = self.calls.len();
        for block in &answer.content {
            if let Block::ToolCall(call) = block {
                self.expect(call.id.clone(), None, Text::default());
            }
        }
        self.answers += 1;
        if self.calls.len() > before {
            self.entries.push(Entry::Results(self.calls.len() - before));
        }
    }

    fn expect(&mut self, known_as: Text, id: Option<Text>, name: Text) {
        self.waiting.entry(known_as).or_default().push(self.calls.len());
        self.calls.push(Call { answer: self.answers, id, name, result: None });
    }

    /// Takes a result to the call that it answers, if there is one.
    pub(super) fn result(&mut self, result: ToolResult) {
        let Some(waiting) = self.waiting.get_mut(&result.call_id) else { return };
        let answer_of = |index: &usize| self.calls.get(*index).map(|call| call.answer);
        let Some(latest) = waiting.last().and_then(answer_of) else { return };
        let of_latest = waiting.iter().rev().take_while(|index| answer_of(index) == Some(latest)).count();
        let index = waiting.remove(waiting.len() - of_latest);
        if let Some(call) = self.calls.get_mut(index) {
            call.result = Some(result);
        }
    }

    /// Takes any other message.
    pub(super) fn other(&mut self, message: Message) {
        self.entries.push(Entry::Message(message));
    }

    /// The conversation in order.
    pub(super) fn finish(self) -> Vec<Message> {
        let mut calls = self.calls.into_iter();
        let mut out = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            match entry {
                Entry::Message(message) => out.push(message),
                Entry::Results(count) => out.extend(calls.by_ref().take(count).filter_map(Call::settle)),
            }
        }
        out
    }
}

impl Call {
    /// The result to send, unless the call is not sent.
    fn settle(self) -> Option<Message> {
        let call_id = self.id?;
        Some(Message::ToolResult(match self.result {
            Some(result) => ToolResult { call_id, ..result },
            None => ToolResult {
                call_id,
                name: self.name,
                content: vec![Block::Text(NO_RESULT.into())],
                is_error: Some(true),
            },
        }))
    }
}
