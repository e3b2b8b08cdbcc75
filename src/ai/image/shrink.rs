//! Makes an image smaller: first its edges, then its quality, then its edges again.

use std::io::Cursor;
use std::panic::catch_unwind;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Rgba, RgbaImage};

use super::head::{Format, Head};
use super::memory::{Made, Small};
use super::{Limits, TOO_LARGE, base64};

/// JPEG qualities to try at each size.
const QUALITIES: [u8; 3] = [85, 70, 55];
/// Below this edge nothing can be made out any more.
const SMALLEST_EDGE: u32 = 64;

/// The image within the limits, if it can be read at all.
pub(super) fn shrink(data: &str, head: Head, limits: &Limits) -> Made {
    // A fault of a decoder must cost the image and not the turn.
    let small = catch_unwind(|| {
        let image = read(&base64::decode(data)?, head.format)?;
        let mut edge = head.width.max(head.height).min(limits.edge);
        loop {
            let small = at_edge(&image, head, edge, limits);
            edge = edge / 4 * 3;
            if small.is_some() || edge < SMALLEST_EDGE {
                return small;
            }
        }
    });
    small.ok().flatten().ok_or(TOO_LARGE)
}

pub(super) fn read(bytes: &[u8], format: Format) -> Option<DynamicImage> {
    let format = match format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Gif => ImageFormat::Gif,
        Format::Webp => ImageFormat::WebP,
        Format::Heif => return None,
    };
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    image.apply_orientation(orientation);
    Some(image)
}

fn at_edge(image: &DynamicImage, head: Head, edge: u32, limits: &Limits) -> Option<Small> {
    let resized;
    let smaller = edge < image.width().max(image.height());
    let image = if smaller {
        resized = image.resize(edge, edge, FilterType::Triangle);
        &resized
    } else {
        image
    };
    let fits = |bytes: &[u8]| bytes.len().div_ceil(3) * 4 <= limits.base64_len;
    // Text and lines stay sharp as PNG; at full size a PNG would hardly become smaller.
    if head.format == Format::Gif || (head.format != Format::Jpeg && smaller) {
        let mut png = Cursor::new(Vec::new());
        image.write_to(&mut png, ImageFormat::Png).ok()?;
        if fits(png.get_ref()) {
            return Some(Small::new(png.get_ref(), Format::Png));
        }
    }
    let opaque = flatten(image);
    QUALITIES.iter().find_map(|quality| {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, *quality).encode_image(&opaque).ok()?;
        fits(&jpeg).then(|| Small::new(&jpeg, Format::Jpeg))
    })
}

/// The image on white, since JPEG knows no transparency.
pub(super) fn flatten(image: &DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image.to_rgb8().into();
    }
    let mut white = RgbaImage::from_pixel(image.width(), image.height(), Rgba([255; 4]));
    image::imageops::overlay(&mut white, &image.to_rgba8(), 0, 0);
    DynamicImage::from(white).to_rgb8().into()
}
