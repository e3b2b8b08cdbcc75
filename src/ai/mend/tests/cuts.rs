use proptest::prelude::*;

use super::wire::turn;
use crate::ai::mend::blocks::Blocks;
use crate::ai::{Event, Opening, Sink};
use crate::json::WireStr;

/// What a host has in the end.
#[derive(Debug, Default, PartialEq)]
struct Message(Vec<(String, String)>);

impl Sink for Message {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Open { block, opening, .. } => {
                assert_eq!(block, self.0.len(), "blocks are numbered as they open");
                let kind = match opening {
                    Opening::ToolCall { id, name, .. } => format!("{id:?} {name:?}"),
                    Opening::Text => "text".to_owned(),
                    _ => "thinking".to_owned(),
                };
                self.0.push((kind, String::new()));
            }
            Event::Delta { block, text } => self.0[block].1.push_str(&text.to_well_formed()),
            _ => {}
        }
    }
}

/// The message that deltas come to, and the deltas that came out of it.
fn read<'a>(deltas: impl IntoIterator<Item = &'a str>) -> Message {
    let mut message = Message::default();
    let mut blocks = Blocks::new(turn("openai-completions").tools().to_vec());
    blocks.event(Event::ResponseId(&WireStr::from_text("r")), &mut message);
    blocks.event(Event::Open { block: 0, wire: None, opening: Opening::Text }, &mut message);
    for delta in deltas {
        blocks.event(Event::Piece, &mut message);
        blocks.event(Event::Delta { block: 0, text: &WireStr::from_text(delta) }, &mut message);
    }
    blocks.event(Event::Close { block: 0 }, &mut message);
    message
}

/// Texts of markers, whole and broken, and of what stands between them.
fn text() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "<think>",
        "</think>",
        "<thinking>",
        "</thinking>",
        "<tool_call>",
        "</tool_call>",
        "<",
        "<t",
        "</",
        "\n",
        "\n\n",
        " ",
        "a",
        "prose ",
        "\u{e9}",
        "```",
        "```\n",
        "\n```xml\n",
        "~~~\n",
        "[Tool Call: read (ID: x)]\nArguments: ",
        "{\"action\":\"read\",\"args\":",
        "[Tool Call: ",
        "{\"path\":\"a\"}",
        "{",
        "}",
        "{\"name\":\"read\",\"arguments\":{\"path\":\"}\"}}",
        "{\"name\":\"nope\",\"arguments\":{}}",
        "<minimax:tool_call>",
        "</minimax:tool_call>",
        "<invoke name=\"read\">",
        "<invoke name=\"nope\">",
        "</invoke>",
        "<parameter name=\"path\">",
        "</parameter>",
        "<function=bash>",
        "</function>",
        "<parameter=command>",
        "read",
        "<arg_key>path</arg_key>",
        "<arg_value>",
        "</arg_value>",
        "\n<tool_call>{\"name\":\"read\",\"arguments\":{}}</tool_call>\n",
        "\n<minimax:tool_call><invoke name=\"bash\"><parameter name=\"command\">ls</parameter></invoke></minimax:tool_call>",
        "\n<tool_call>read<arg_key>path</arg_key><arg_value>x</arg_value></tool_call>",
        "\n<tool_call><function=bash><parameter=command>\nls\n</parameter></function></tool_call>",
        "\n[Tool Call: bash]\nArguments: {\"command\":\"ls\"}",
    ]);
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_message_does_not_depend_on_the_cuts(text in text(), seed in any::<u64>()) {
        let whole = read([&*text]);
        let letters: Vec<String> = text.chars().map(String::from).collect();
        prop_assert_eq!(&read(letters.iter().map(|letter| &**letter)), &whole);
        for (at, _) in text.char_indices() {
            let (left, right) = text.split_at(at);
            prop_assert_eq!(&read([left, right]), &whole);
        }
        let mut random = fastrand::Rng::with_seed(seed);
        let mut pieces = vec![String::new()];
        for letter in text.chars() {
            if random.u8(..) < 60 {
                pieces.push(String::new());
            }
            pieces.last_mut().unwrap().push(letter);
        }
        prop_assert_eq!(&read(pieces.iter().map(|piece| &**piece)), &whole);
    }

    #[test]
    fn text_without_a_marker_passes_as_it_came(deltas in prop::collection::vec("[ a<\n`{}\u{e9}-]{0,6}", 0..12)) {
        let mut seen = Events::default();
        let mut plain = Events::default();
        let mut blocks = Blocks::new(turn("openai-completions").tools().to_vec());
        let events: Vec<_> = deltas.iter().map(|delta| WireStr::from_text(delta)).collect();
        let mut event = |event: Event<'_>| {
            plain.event(event);
            blocks.event(event, &mut seen);
        };
        for (at, text) in events.iter().enumerate() {
            event(Event::Piece);
            if at == 0 {
                event(Event::Open { block: 0, wire: None, opening: Opening::Text });
            }
            event(Event::Delta { block: 0, text });
        }
        if !events.is_empty() {
            event(Event::Close { block: 0 });
        }
        prop_assert_eq!(seen.0, plain.0);
    }
}

#[derive(Default)]
struct Events(Vec<String>);

impl Sink for Events {
    fn event(&mut self, event: Event<'_>) {
        self.0.push(format!("{event:?}"));
    }
}
