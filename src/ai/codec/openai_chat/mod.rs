//! `OpenAI`'s Chat Completions API (`openai-completions`), and the many that imitate it.

mod body;
mod calls;
mod chunk;
mod compat;
mod conversation;
mod decode;
mod message;
mod rejection;
mod request;
#[cfg(test)]
mod tests;

pub(super) use body::messages;
pub(super) use decode::Decoder;
pub(super) use rejection::rejection;
pub(super) use request::encode;
