//! What makes a JSON string or number well-formed, shared by the two readers.

/// How far into a number the text is, by the grammar of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// A minus sign and nothing else.
    Minus,
    /// A leading zero, which no digit may follow.
    Zero,
    /// Digits of the whole part.
    Whole,
    /// A point without a digit behind it.
    Point,
    /// Digits of the fraction.
    Fraction,
    /// `e` or `E`.
    Exponent,
    /// The sign of the exponent.
    Sign,
    /// Digits of the exponent.
    Power,
}

impl Number {
    /// The state after the first byte of a number.
    pub(super) fn start(byte: u8) -> Option<Self> {
        match byte {
            b'-' => Some(Self::Minus),
            b'0' => Some(Self::Zero),
            b'1'..=b'9' => Some(Self::Whole),
            _ => None,
        }
    }

    /// The state after one more byte, `None` if the byte cannot belong to the number.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Whole, b'0'..=b'9') => Some(Self::Whole),
            (Self::Zero | Self::Whole, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Whole | Self::Fraction, b'e' | b'E') => Some(Self::Exponent),
            (Self::Exponent, b'+' | b'-') => Some(Self::Sign),
            (Self::Exponent | Self::Sign | Self::Power, b'0'..=b'9') => Some(Self::Power),
            _ => None,
        }
    }

    /// Whether the number may end here.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Zero | Self::Whole | Self::Fraction | Self::Power)
    }
}

/// The number that the text consists of, without the white space behind it; `None` if it is anything else.
pub(super) fn number(text: &[u8]) -> Option<&[u8]> {
    let first = text.first()?;
    let mut state = Number::start(*first)?;
    let mut length = 1;
    while let Some(next) = text.get(length).and_then(|&byte| state.next(byte)) {
        state = next;
        length += 1;
    }
    let (number, space) = text.split_at_checked(length)?;
    (state.is_whole() && space.iter().all(|&byte| is_space(byte))).then_some(number)
}

/// How far into an escape of a string the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Not in one.
    None,
    /// Behind the backslash.
    Start,
    /// Inside `\uXXXX`, with this many digits to come.
    Digits(u8),
}

/// Where a run of string content ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// Before the closing quote.
    Quote,
    /// Inside the string: at the end of the text or somewhere in an escape.
    Open(Escape),
    /// Before a byte that may not stand there.
    Broken,
}

impl Escape {
    /// Reads plain characters up to the end of the text or through the backslash behind them, or one byte of an escape.
    /// Gives the number of bytes read.
    pub(super) fn read(self, text: &[u8]) -> (usize, Run) {
        match (self, text.first()) {
            (_, None) => (0, Run::Open(self)),
            (Self::None, _) => {
                let special = text.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..0x20));
                match special.and_then(|at| Some((at, text.get(at)?))) {
                    None => (text.len(), Run::Open(Self::None)),
                    Some((at, b'"')) => (at, Run::Quote),
                    Some((at, b'\\')) => (at + 1, Run::Open(Self::Start)),
                    Some((at, _)) => (at, Run::Broken),
                }
            }
            (Self::Start, Some(b'u')) => (1, Run::Open(Self::Digits(4))),
            (Self::Start, Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => {
                (1, Run::Open(Self::None))
            }
            (Self::Digits(1), Some(byte)) if byte.is_ascii_hexdigit() => (1, Run::Open(Self::None)),
            (Self::Digits(count), Some(byte)) if byte.is_ascii_hexdigit() => {
                (1, Run::Open(Self::Digits(count - 1)))
            }
            _ => (0, Run::Broken),
        }
    }
}

/// Whether the text may stand between the quotes of a string.
pub(super) fn is_string_content(text: &[u8]) -> bool {
    let mut rest = text;
    let mut escape = Escape::None;
    while !rest.is_empty() {
        let (length, Run::Open(next)) = escape.read(rest) else { return false };
        escape = next;
        rest = rest.get(length..).unwrap_or_default();
    }
    escape == Escape::None
}

/// Whether the content of a key spells `__proto__`, which an assignment in JavaScript takes for the prototype.
pub(super) fn is_proto(key: &[u8]) -> bool {
    const PROTO: &str = "__proto__";
    key == PROTO.as_bytes()
        // Nine characters, each at most a `\u` escape of six.
        || ((PROTO.len()..=6 * PROTO.len()).contains(&key.len())
            && key.contains(&b'\\')
            && serde_json::from_slice::<String>(&[b"\"", key, b"\""].concat()).is_ok_and(|key| key == PROTO))
}

/// Whether the byte is white space between the tokens of JSON.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
