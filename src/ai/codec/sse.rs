//! stub
use crate::ai::Failure;
#[derive(Default)]
pub struct SseDecoder {
    buf: Vec<u8>,
}
pub struct Event<'a> {
    pub name: Option<&'a str>,
    pub data: &'a str,
}
impl Event<'_> {
    pub fn raw_lines(&self) -> Vec<&str> {
        vec![]
    }
}
pub enum Trailing {
    Dispatch,
    Drop,
}
impl SseDecoder {
    pub fn push(
        &mut self,
        bytes: &[u8],
        sink: &mut impl FnMut(Event<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.buf.extend_from_slice(bytes);
        while let Some(at) = memchr::memmem::find(&self.buf, b"\n\n") {
            let block: Vec<u8> = self.buf.drain(..at + 2).collect();
            let text = String::from_utf8_lossy(&block).into_owned();
            let mut name = None;
            let mut data = String::new();
            for line in text.lines() {
                if let Some(v) = line.strip_prefix("event: ") {
                    name = Some(v);
                }
                if let Some(v) = line.strip_prefix("data: ") {
                    data.push_str(v);
                }
            }
            sink(Event { name, data: &data })?;
        }
        Ok(())
    }
    pub fn finish(
        &mut self,
        _t: Trailing,
        _sink: &mut impl FnMut(Event<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        Ok(())
    }
}
