use proptest::prelude::*;

use super::*;

/// Name, data and raw lines.
type Seen = (Option<String>, String, Vec<String>);

fn collect(seen: &mut Vec<Seen>) -> impl FnMut(Event<'_>) -> Result<(), EventTooLarge> {
    |event| {
        let raw = event.raw_lines().into_iter().map(Cow::into_owned).collect();
        seen.push((event.name.map(str::to_owned), event.data.to_owned(), raw));
        Ok(())
    }
}

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, trailing: Trailing) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut decoder = SseDecoder::default();
    for piece in pieces {
        decoder.push(piece, &mut collect(&mut seen)).unwrap();
    }
    decoder.finish(trailing, &mut collect(&mut seen)).unwrap();
    seen
}

/// The events of a stream without its trailing one, as `name=data`.
fn events(stream: impl AsRef<[u8]>) -> Vec<String> {
    let shown = |(name, data, _)| format!("{}={data}", Option::unwrap_or(name, "-".to_owned()));
    decode([stream.as_ref()], Trailing::Drop).into_iter().map(shown).collect()
}

#[test]
fn fields() {
    for (stream, expected) in [
        ("data: a\n\n", vec!["-=a"]),
        ("data:a\n\n", vec!["-=a"]),
        ("data:  a\n\n", vec!["-= a"]),
        ("data\n\n", vec!["-="]),
        ("data: a\ndata\ndata:\ndata:b\n\n", vec!["-=a\n\n\nb"]),
        ("event: x\ndata: a\n\ndata: b\n\n", vec!["x=a", "-=b"]),
        ("event: x\nevent: y\ndata: a\n\n", vec!["y=a"]),
        ("event: x\n\n", vec!["x="]),
        (": ping\n\nid: 1\nretry: 2\n\n\n\n", vec![]),
        ("eventual: x\ndatabase: y\nDATA: z\n data: w\n\n", vec![]),
        // An empty name dispatches nothing and stays for the next event.
        ("event:\n\ndata: a\n\n", vec!["=a"]),
        ("data: a\0b\n\n", vec!["-=a\0b"]),
        ("data: a:b\n\n", vec!["-=a:b"]),
        ("data: a", vec![]),
        ("data: a\n", vec![]),
    ] {
        assert_eq!(events(stream), expected, "{stream:?}");
    }
}

#[test]
fn line_ends() {
    for stream in ["data: a\n\ndata: b\n\n", "data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\rdata: b\r\r"] {
        assert_eq!(events(stream), ["-=a", "-=b"], "{stream:?}");
    }
    assert_eq!(events("event: x\rdata: a\r\n\rdata: b\n\r\n"), ["x=a", "-=b"]);
    let split: [&[u8]; 4] = [b"event: x\r", b"\ndata: a\r", b"\n\r", b"\ndata: b\n\n"];
    assert_eq!(decode(split, Trailing::Drop).len(), 2);
}

#[test]
fn one_byte_order_mark_is_skipped() {
    assert_eq!(events("\u{feff}data: a\n\n"), ["-=a"]);
    assert_eq!(events("\u{feff}\u{feff}data: a\n\n"), [""; 0]);
    assert_eq!(events("data: a\n\n\u{feff}data: b\n\n"), ["-=a"]);
    assert_eq!(events(b"\xEF\xBBdata: a\n\ndata: b\n\n"), ["-=b"]);
}

#[test]
fn invalid_utf8_is_replaced() {
    assert_eq!(events(b"data: a\xFFb\xE2\x82\n\n"), ["-=a\u{fffd}b\u{fffd}"]);
    assert_eq!(events(b"data: \xED\xA0\x80\n\n"), ["-=\u{fffd}\u{fffd}\u{fffd}"]);
    let split: [&[u8]; 3] = [b"data: \xF0\x9F", b"\x98", b"\x80\n\n"];
    assert_eq!(decode(split, Trailing::Drop)[0].1, "\u{1f600}");
}

#[test]
fn the_trailing_event_goes_by_choice() {
    let stream: [&[u8]; 1] = [b"data: a\n\nevent: x\ndata: b"];
    assert_eq!(decode(stream, Trailing::Drop).len(), 1);
    let seen = decode(stream, Trailing::Dispatch);
    assert_eq!(seen[1], (Some("x".into()), "b".into(), vec!["event: x".into(), "data: b".into()]));
    assert_eq!(decode([b": only a comment".as_slice()], Trailing::Dispatch), []);
}

#[test]
fn raw_lines_are_those_since_the_last_event() {
    let stream: [&[u8]; 2] = [b"data: a\n\n: ping\r\n\r\nevent: x\nid: 1\n", b"data: b\ndata: c\n\n"];
    let raw = &decode(stream, Trailing::Drop)[1].2;
    assert_eq!(*raw, [": ping", "event: x", "id: 1", "data: b", "data: c"]);
}

#[test]
fn comments_without_end_do_not_pile_up() {
    let mut decoder = SseDecoder::new(64 << 10);
    let mut seen = Vec::new();
    for _ in 0..10_000 {
        decoder.push(b": keep-alive\n\n", &mut collect(&mut seen)).unwrap();
    }
    assert!(decoder.buffer.capacity() <= 4 * KEPT_COMMENTS);
    decoder.push(b"data: a\n\n", &mut collect(&mut seen)).unwrap();
    assert_eq!(seen[0].1, "a");
}

#[test]
fn too_large_an_event_is_an_error() {
    let mut seen = Vec::new();
    let mut push = |pieces: &[&[u8]]| {
        let mut decoder = SseDecoder::new(16);
        pieces.iter().try_for_each(|piece| decoder.push(piece, &mut collect(&mut seen)))
    };
    assert_eq!(push(&[b"data: 123456789\n\n", b"data: 123456789\n\n"]), Ok(()));
    let refused = Err(EventTooLarge { limit: 16 });
    assert_eq!(push(&[b"data: 1234567890\n\n"]), refused);
    assert_eq!(push(&[b"data: 123", b"4567890", b"1"]), refused);
    assert_eq!(EventTooLarge { limit: 16 }.to_string(), "server-sent event exceeds 16 bytes");
}

#[test]
fn an_error_of_the_sink_stops_the_push() {
    #[derive(Debug, PartialEq)]
    struct Stop;
    impl From<EventTooLarge> for Stop {
        fn from(_: EventTooLarge) -> Self {
            panic!("nothing is too large here")
        }
    }
    let mut count = 0;
    let result = SseDecoder::default().push(b"data: a\n\ndata: b\n\n", &mut |_| {
        count += 1;
        Err(Stop)
    });
    assert_eq!((result, count), (Err(Stop), 1));
}

#[test]
fn an_event_inside_the_pushed_bytes_is_not_copied() {
    let stream = b"event: x\ndata: a\n\ndata: b\n\n".as_slice();
    let inside = stream.as_ptr_range();
    let mut count = 0;
    let mut decoder = SseDecoder::default();
    let result: Result<(), EventTooLarge> = decoder.push(stream, &mut |event| {
        count += 1;
        assert!(inside.contains(&event.data.as_ptr()));
        Ok(())
    });
    assert_eq!((result, count, decoder.buffer.capacity()), (Ok(()), 2, 0));
}

#[test]
fn a_long_line_is_searched_once() {
    for size in [5 << 20, 20 << 20] {
        let mut decoder = SseDecoder::default();
        let mut seen = Vec::new();
        decoder.push(b"data: ", &mut collect(&mut seen)).unwrap();
        for piece in vec![b'x'; size].chunks(1 << 10) {
            decoder.push(piece, &mut collect(&mut seen)).unwrap();
        }
        decoder.push(b"\n\n", &mut collect(&mut seen)).unwrap();
        assert_eq!((seen[0].1.len(), decoder.searched_bytes), (size, b"data: ".len() + size));
        assert!(decoder.buffer.capacity() <= KEPT_BUFFER);
    }
}

/// Streams made of what matters to the decoder.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![
            b"data: a".as_slice(), b"data:", b"data", b"event: x", b"event:", b": c", b"id: 1",
            b"\n", b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\xEF\xBB\xBF", b"\xF0\x9F\x98\x80", b" ", b":",
        ]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cuts_do_not_matter(stream in stream(), lengths in prop::collection::vec(0_usize..20, 1..8), dispatch: bool) {
        let trailing = if dispatch { Trailing::Dispatch } else { Trailing::Drop };
        let whole = decode([stream.as_slice()], trailing);
        prop_assert_eq!(&decode(stream.chunks(1), trailing), &whole);
        let mut rest = stream.as_slice();
        let mut pieces = Vec::new();
        for length in lengths {
            let (piece, tail) = rest.split_at(length.min(rest.len()));
            pieces.push(piece);
            rest = tail;
        }
        pieces.push(rest);
        prop_assert_eq!(decode(pieces, trailing), whole);
    }
}
