mod decode;
mod encode;
mod headers;
mod reject;
