use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};

use super::*;
use crate::ai::Model;

fn limits(api: &str, count: usize) -> Limits {
    Limits::of(&Model { api: api.into(), ..Model::default() }, count)
}

/// An image that hardly compresses.
fn noise(width: u32, height: u32) -> DynamicImage {
    let mut random = fastrand::Rng::with_seed(3);
    RgbImage::from_fn(width, height, |_, _| image::Rgb([random.u8(..), random.u8(..), random.u8(..)])).into()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Text {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    super::base64::encode(bytes.get_ref()).into()
}

fn fitted(data: &Text, limits: &Limits) -> (Head, Text) {
    let (data, mime_type) = fit(data.clone(), "image/png".into(), limits).unwrap();
    let head = Head::of(&data).unwrap();
    assert_eq!(head.format.mime_type(), &*mime_type);
    (head, data)
}

#[test]
fn p5_the_media_type_is_what_the_bytes_say() {
    let image = noise(3, 2);
    let formats = [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
    ];
    for (format, expected) in formats {
        let data = encoded(&image, format);
        for declared in ["image/png", "image/jpg", "text/plain", ""] {
            let same = fit(data.clone(), declared.into(), &limits("anthropic-messages", 1));
            assert_eq!(same, Ok((data.clone(), expected.into())));
        }
        let head = Head::of(&data).unwrap();
        assert_eq!((head.width, head.height), (3, 2), "{expected}");
    }
}

#[test]
fn p5_base64_is_put_right_or_refused() {
    let limits = limits("anthropic-messages", 1);
    let wrapped =
        PIXEL.as_bytes().chunks(20).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>();
    let odd = [
        format!("data:image/png;base64,{PIXEL}"),
        wrapped.join("\r\n"),
        PIXEL.trim_end_matches('=').to_owned(),
        PIXEL.replace('+', "-").replace('/', "_"),
    ];
    for data in odd {
        assert_eq!(fit(data.into(), "image/png".into(), &limits).unwrap().0, PIXEL.into());
    }
    for data in ["", "=", "A", "AAAA", "%PNG", "iVBORw0KGgo="] {
        assert_eq!(fit(data.into(), "image/png".into(), &limits), Err(UNREADABLE), "{data}");
    }
}

#[test]
fn p5_edges_shrink_to_what_the_provider_takes() {
    let wide = encoded(&DynamicImage::new_rgb8(8100, 81), ImageFormat::Png);
    assert_eq!(fitted(&wide, &limits("openai-completions", 30)).1, wide);
    let (head, _) = fitted(&wide, &limits("anthropic-messages", 20));
    assert_eq!((head.format, head.width, head.height), (Format::Png, 8000, 80));
    let (head, _) = fitted(&wide, &limits("bedrock-converse-stream", 21));
    assert_eq!((head.width, head.height), (2000, 20));
}

#[test]
fn p5_bytes_shrink_to_what_the_provider_takes() {
    let small = Limits { base64_len: 40_000, ..limits("anthropic-messages", 1) };
    let noise = noise(300, 200);
    let large = encoded(&noise, ImageFormat::Png);
    assert!(large.len() > 100_000);
    let (head, data) = fitted(&large, &small);
    assert!(data.len() <= 40_000 && head.format == Format::Jpeg && head.width >= 100, "{head:?}");
    // The same bytes again, and what fits stays as it is.
    assert_eq!(fitted(&large, &small).1, data);
    assert_eq!(fitted(&data, &small).1, data);
    let tiny = Limits { base64_len: 10, ..small };
    assert_eq!(fit(large, "image/png".into(), &tiny), Err(TOO_LARGE));
}

#[test]
fn p5_what_is_transparent_becomes_white() {
    let clear = DynamicImage::from(RgbaImage::new(90, 90));
    let small = Limits { edge: 80, base64_len: 2000, ..limits("anthropic-messages", 1) };
    let (head, _) = fitted(&encoded(&clear, ImageFormat::Png), &small);
    assert_eq!((head.format, head.width), (Format::Png, 80));
    let mut noisy = clear.to_rgba8();
    let mut random = fastrand::Rng::with_seed(3);
    noisy.pixels_mut().for_each(|pixel| pixel.0 = [random.u8(..), 0, 0, 0]);
    let (head, data) = fitted(&encoded(&noisy.into(), ImageFormat::Png), &Limits { edge: 8000, ..small });
    assert_eq!(head.format, Format::Jpeg);
    let bytes = super::base64::decode(&data).unwrap();
    assert!(image::load_from_memory(&bytes).unwrap().to_rgb8().pixels().all(|pixel| pixel.0 == [255; 3]));
}

#[test]
fn p5_google_reads_no_gif_but_other_media() {
    let gif = encoded(&noise(3, 2), ImageFormat::Gif);
    let google = limits("google-generative-ai", 1);
    assert_eq!(fitted(&gif, &google).0.format, Format::Png);
    let audio = fit("AAAA".into(), "audio/wav".into(), &google);
    assert_eq!(audio, Ok(("AAAA".into(), "audio/wav".into())));
    let heic: Text = super::base64::encode(b"\0\0\0\x18ftypheic").into();
    assert_eq!(fit(heic.clone(), "image/heic".into(), &google), Ok((heic.clone(), "image/heic".into())));
    assert_eq!(fit(heic, "image/heic".into(), &limits("openai-completions", 1)), Err(UNREADABLE));
}

#[test]
fn p5_a_photograph_is_turned_the_right_way_up() {
    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg).encode_image(&noise(200, 100)).unwrap();
    // An EXIF segment that says "turned by 90 degrees", and a long one before the size.
    let exif = b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let long = [b"\xFF\xEF\x40\x02".as_slice(), &[0; 0x4000]].concat();
    let photo = [&jpeg[..2], exif, &long, &jpeg[2..]].concat();
    let photo: Text = super::base64::encode(&photo).into();
    let head = Head::of(&photo).unwrap();
    assert_eq!((head.width, head.height), (200, 100));
    let small = Limits { edge: 100, ..limits("anthropic-messages", 1) };
    let (head, _) = fitted(&photo, &small);
    assert_eq!((head.format, head.width, head.height), (Format::Jpeg, 50, 100));
}
