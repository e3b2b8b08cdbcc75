//! What providers accept in images, from their documentation and their error messages.

use crate::ai::Model;

/// The most that a target takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest base64 text of one image.
    pub base64_len: usize,
    /// The longest edge, in pixels.
    pub edge: u32,
    /// The most images of one request.
    pub count: usize,
    /// Whether it reads GIF.
    pub gif: bool,
    /// Whether it reads HEIC and HEIF.
    pub heif: bool,
    /// Whether it takes media that are no images, such as audio.
    pub other_media: bool,
}

const MIB: usize = 1 << 20;

const GENERAL: Limits = Limits {
    base64_len: 20 * MIB,
    edge: u32::MAX,
    count: usize::MAX,
    gif: true,
    heif: false,
    other_media: false,
};
/// "image exceeds 5 MB maximum" counts the base64 text, not the bytes.
const CLAUDE: Limits = Limits { base64_len: 5 * MIB, edge: 8000, count: 100, ..GENERAL };
/// From this many images on Claude wants each of them smaller.
const MANY: usize = 21;
const EDGE_OF_MANY: u32 = 2000;
const GEMINI: Limits = Limits { gif: false, heif: true, other_media: true, ..GENERAL };
const MISTRAL: Limits = Limits { base64_len: 10 * MIB, ..GENERAL };

impl Limits {
    /// The limits of a model for a request with `count` images.
    pub fn of(model: &Model, count: usize) -> Self {
        match &*model.api {
            // Whoever passes Claude's requests on, Claude's limits hold.
            "anthropic-messages" | "bedrock-converse-stream" => Self::claude(count),
            _ if model.id.contains("claude") => Self::claude(count),
            "google-generative-ai" | "google-vertex" => GEMINI,
            "mistral-conversations" => MISTRAL,
            _ => GENERAL,
        }
    }

    fn claude(count: usize) -> Self {
        if count < MANY { CLAUDE } else { Self { edge: EDGE_OF_MANY, ..CLAUDE } }
    }
}
