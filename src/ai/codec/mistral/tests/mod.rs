mod decode;
mod encode;
mod reject;
mod seal;
