//! One text while it streams: what of it is text, thinking or calls, and what cannot be told yet.

use std::collections::VecDeque;

use super::calls::{Leaked, read};
use super::cursor::{Braces, Miss, Wait};
use super::fences::Fences;
use crate::ai::Tool;

/// The longest notation of calls, in bytes; what is longer stays text.
const LONGEST: usize = 4 << 20;

/// The tags that an answer's thinking begins and ends with.
const THINKING: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];

/// What a text turns out to be.
pub(super) enum Part<'a> {
    /// What follows came in another piece of the response.
    Piece,
    /// Text.
    Text(&'a [u8]),
    /// Thinking.
    Thinking(&'a [u8]),
    /// Thinking ends here.
    ThinkingEnd,
    /// Calls.
    Calls(Vec<Leaked>),
    /// More came, but cannot be shown yet.
    Working,
}

/// One text.
pub(super) struct Text {
    phase: Phase,
    /// What came and is not decided, with its cuts.
    pending: Vec<u8>,
    cuts: VecDeque<Cut>,
    /// Up to where what is pending is text.
    at: usize,
    fences: Fences,
    /// What the notation that may begin at `at` waits for.
    waiting: Option<Waiting>,
    /// Whether some of it was shown as text.
    shown: bool,
    /// Whether some of it turned out to be no text.
    pub(super) is_mended: bool,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Nothing but white space came.
    Start {
        may_think: bool,
    },
    Thinking {
        close: &'static str,
        begun: bool,
    },
    /// Behind thinking or a call: white space there means nothing.
    Gap,
    Plain,
}

enum Cut {
    Delta(usize),
    Piece,
}

impl Text {
    /// A text that may begin with thinking.
    pub(super) fn new(may_think: bool) -> Self {
        Self {
            phase: Phase::Start { may_think },
            pending: Vec::new(),
            cuts: VecDeque::new(),
            at: 0,
            fences: Fences::default(),
            waiting: None,
            shown: false,
            is_mended: false,
        }
    }

    /// Takes the next delta.
    pub(super) fn take(&mut self, delta: &[u8], tools: &[Tool], out: &mut dyn FnMut(Part<'_>)) {
        self.pending.extend_from_slice(delta);
        self.cuts.push_back(Cut::Delta(delta.len()));
        self.read(false, tools, out);
        if self.waiting.as_ref().is_some_and(|waiting| !matches!(waiting, Waiting::Any)) {
            out(Part::Working);
        }
    }

    /// Takes the beginning of another piece of the response; `false` when it need not be kept in order.
    pub(super) fn take_piece(&mut self) -> bool {
        let holds = !self.cuts.is_empty();
        if holds {
            self.cuts.push_back(Cut::Piece);
        }
        holds
    }

    /// Decides on everything that came: what could have become something is text.
    pub(super) fn settle(&mut self, tools: &[Tool], out: &mut dyn FnMut(Part<'_>)) {
        self.read(true, tools, out);
    }

    fn read(&mut self, ended: bool, tools: &[Tool], out: &mut dyn FnMut(Part<'_>)) {
        let mut goes_on = !self.cuts.is_empty();
        while goes_on {
            goes_on = match self.phase {
                Phase::Start { may_think } => self.start(may_think, ended),
                Phase::Thinking { close, begun } => self.think(close, begun, ended, out),
                Phase::Gap => self.gap(),
                Phase::Plain => self.plain(ended, tools, out),
            };
        }
    }

    /// Looks at how the text begins. `false` when that cannot be told.
    fn start(&mut self, may_think: bool, ended: bool) -> bool {
        let text = self.pending.trim_ascii_start();
        let blank = self.pending.len() - text.len();
        for (open, close) in THINKING.into_iter().filter(|_| may_think) {
            if text.starts_with(open.as_bytes()) {
                self.discard(blank + open.len());
                self.phase = Phase::Thinking { close, begun: false };
                self.is_mended = true;
                return true;
            }
        }
        let may_begin = |(open, _): (&str, &str)| may_think && open.as_bytes().starts_with(text);
        if !ended && (text.is_empty() || THINKING.into_iter().any(may_begin)) {
            return false;
        }
        self.phase = Phase::Plain;
        true
    }

    /// Hands out thinking, without the white space round it.
    fn think(
        &mut self,
        close: &'static str,
        mut begun: bool,
        ended: bool,
        out: &mut dyn FnMut(Part<'_>),
    ) -> bool {
        if !begun {
            self.discard(self.pending.len() - self.pending.trim_ascii_start().len());
        }
        let end = memchr::memmem::find(&self.pending, close.as_bytes());
        let decided = end.unwrap_or_else(|| {
            let partial =
                |length: &usize| self.pending.ends_with(close.as_bytes().get(..*length).unwrap_or_default());
            let tail = (1..close.len()).rev().find(partial).filter(|_| !ended);
            self.pending.len() - tail.unwrap_or(0)
        });
        let text = self.pending.get(..decided).unwrap_or_default();
        let text = if ended && end.is_none() { text } else { text.trim_ascii_end() };
        let length = text.len();
        if length > 0 {
            begun = true;
            out(Part::Thinking(text));
        }
        if let Some(end) = end {
            self.discard(end + close.len());
            self.phase = Phase::Gap;
            if begun {
                out(Part::ThinkingEnd);
            }
        } else {
            self.discard(length);
            self.phase = Phase::Thinking { close, begun };
        }
        end.is_some()
    }

    fn gap(&mut self) -> bool {
        self.discard(self.pending.len() - self.pending.trim_ascii_start().len());
        if self.pending.is_empty() {
            return false;
        }
        self.phase = Phase::Plain;
        true
    }

    /// Looks for calls. `false` when all that can be told was told.
    fn plain(&mut self, ended: bool, tools: &[Tool], out: &mut dyn FnMut(Part<'_>)) -> bool {
        while self.at < self.pending.len() && !tools.is_empty() {
            let (before, rest) = self.pending.split_at_checked(self.at).unwrap_or_default();
            let alone = !self.shown && before.trim_ascii().is_empty();
            let may_begin = match rest.first() {
                Some(b'<' | b'[') => self.fences.at_line_start(),
                Some(b'{') => alone,
                _ => false,
            };
            if !may_begin {
                self.at += self.fences.take_line(rest);
                continue;
            }
            let still_waits = self.waiting.as_mut().is_some_and(|waiting| !waiting.is_over(rest));
            if still_waits && !ended {
                break;
            }
            match read(rest, alone, ended, tools) {
                Ok((calls, length)) => {
                    if !alone {
                        self.release(true, out);
                    }
                    self.discard(self.at + length);
                    self.at = 0;
                    self.waiting = None;
                    self.fences = Fences::default();
                    self.phase = Phase::Gap;
                    self.is_mended = true;
                    out(Part::Calls(calls));
                    return true;
                }
                Err(Miss::More(wait)) if rest.len() <= LONGEST => {
                    self.waiting = Some(Waiting::new(wait, rest.len()));
                    break;
                }
                Err(_) => {
                    self.waiting = None;
                    self.at += self.fences.take_line(rest);
                }
            }
        }
        if tools.is_empty() {
            self.at = self.pending.len();
        }
        let decided = self.pending.get(..self.at).unwrap_or_default();
        if self.waiting.is_none() || self.shown || !decided.trim_ascii().is_empty() {
            self.release(false, out);
        }
        false
    }

    /// Hands out what is known to be text: deltas that are whole, or also the beginning of one.
    fn release(&mut self, part: bool, out: &mut dyn FnMut(Part<'_>)) {
        let mut done = 0;
        while let Some(cut) = self.cuts.pop_front() {
            match cut {
                Cut::Piece => out(Part::Piece),
                Cut::Delta(length) => {
                    let taken = length.min(self.at - done);
                    if taken < length && !(part && taken > 0) {
                        self.cuts.push_front(Cut::Delta(length));
                        break;
                    }
                    out(Part::Text(self.pending.get(done..done + taken).unwrap_or_default()));
                    self.shown = true;
                    done += taken;
                    if taken < length {
                        self.cuts.push_front(Cut::Delta(length - taken));
                        break;
                    }
                }
            }
        }
        self.pending.drain(..done);
        self.at -= done;
    }

    /// Drops what was used up.
    fn discard(&mut self, mut length: usize) {
        self.pending.drain(..length.min(self.pending.len()));
        while let Some(cut) = self.cuts.pop_front() {
            match cut {
                Cut::Piece => {}
                Cut::Delta(delta) if delta <= length => length -= delta,
                Cut::Delta(delta) => {
                    self.cuts.push_front(Cut::Delta(delta - length));
                    break;
                }
            }
        }
    }
}

/// What has to come before a notation is read again, so that long ones are not read at every delta.
enum Waiting {
    Any,
    For { tag: &'static str, searched: usize },
    Object { from: usize, braces: Braces },
}

impl Waiting {
    fn new(wait: Wait, searched: usize) -> Self {
        match wait {
            Wait::Any => Self::Any,
            Wait::For(tag) => Self::For { tag, searched },
            Wait::Object(from) => Self::Object { from, braces: Braces::default() },
        }
    }

    fn is_over(&mut self, text: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::For { tag, searched } => {
                let from = (*searched + 1).saturating_sub(tag.len());
                *searched = text.len();
                memchr::memmem::find(text.get(from..).unwrap_or_default(), tag.as_bytes()).is_some()
            }
            Self::Object { from, braces } => braces.end(text.get(*from..).unwrap_or_default()).is_some(),
        }
    }
}
