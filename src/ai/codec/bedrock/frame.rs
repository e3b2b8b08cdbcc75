//! AWS event-stream framing: messages with headers, a body and checksums, however the bytes are cut.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_types::event_stream::Message;
use aws_smithy_types::str_bytes::StrBytes;
use bytes::{Buf, BytesMut};

use crate::ai::{Failure, FailureKind};

/// The service's limit is 16 MiB for a body and 128 KiB for headers.
const LARGEST: usize = 17 << 20;
/// Lengths and checksums.
const SMALLEST: usize = 16;
const PRELUDE: usize = 12;

/// Cuts messages out of bytes.
#[derive(Default)]
pub(super) struct Frames {
    bytes: BytesMut,
    decoder: MessageFrameDecoder,
    /// Whether the decoder holds the beginning of a message.
    begun: bool,
}

impl Frames {
    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Failure> {
        if !self.begun && self.bytes.len() >= PRELUDE {
            let length = self.bytes.as_ref().get_u32() as usize;
            // Something else than this protocol: its first four bytes must not decide how long to wait.
            if !(SMALLEST..=LARGEST).contains(&length) {
                return Err(unreadable("invalid message length"));
            }
            self.begun = true;
        }
        match self.decoder.decode_frame(&mut self.bytes) {
            Ok(DecodedFrame::Incomplete) => Ok(None),
            Ok(DecodedFrame::Complete(message)) => {
                self.begun = false;
                Ok(Some(message))
            }
            Err(error) => Err(unreadable(&error.to_string())),
        }
    }

    /// Whether bytes of a message wait for its rest.
    pub(super) fn is_midway(&self) -> bool {
        self.begun || !self.bytes.is_empty()
    }
}

/// A header of a message, where it is text.
pub(super) fn header<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    let header = message.headers().iter().find(|header| header.name().as_str() == name)?;
    header.value().as_string().ok().map(StrBytes::as_str)
}

fn unreadable(why: &str) -> Failure {
    Failure::new(FailureKind::Protocol, format!("Could not read the event stream: {why}"))
}
