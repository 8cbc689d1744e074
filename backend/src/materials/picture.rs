//! Reading a picture within limits and drawing it anew, whole and small.

mod jpeg;

use crate::threads;
use bytes::Bytes;
use domain::problem::{Fault, Rule};
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;
use tokio::sync::Semaphore;

/// A side shorter than this shows nothing that could be read.
const LEAST_SIDE: u32 = 100;
const LONGEST_SIDE: u32 = 12_000;
/// A page of A4 scanned at 600 dpi has 35 million.
const MOST_PIXELS: u64 = 40_000_000;
/// What the pixels of one picture may need while it is decoded.
const MEMORY: u64 = 192 * 1024 * 1024;
const QUALITY: u8 = 88;

/// The longest side of a picture as lists show it.
const SMALL_SIDE: u32 = 320;
const SMALL_QUALITY: u8 = 72;

/// Pictures take much memory: not many at once.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A picture as it is kept.
#[derive(Debug)]
pub struct Picture {
    pub content_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
    /// The same as lists show it.
    pub small: Vec<u8>,
}

/// The picture upright, without anything but its pixels.
pub async fn redraw(bytes: Bytes) -> Result<Picture, Fault> {
    threads::run(&ROOM, move || redraw_now(&bytes)).await.unwrap_or_else(|_| Err(unreadable()))
}

/// A picture that is kept, as lists show it: a JPEG.
pub async fn reduce(bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    threads::run(&ROOM, move || read(&bytes).and_then(|(_, picture)| small(&picture))).await.unwrap_or_else(|_| Err(unreadable()))
}

fn redraw_now(bytes: &[u8]) -> Result<Picture, Fault> {
    let (format, picture) = read(bytes)?;
    let small = small(&picture)?;
    let (width, height) = (picture.width(), picture.height());
    let mut out = Vec::with_capacity(bytes.len());
    let content_type = if format == ImageFormat::Jpeg {
        let plain = DynamicImage::ImageRgb8(picture.into_rgb8());
        plain.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY)).map_err(|_| unreadable())?;
        "image/jpeg"
    } else {
        picture.write_with_encoder(PngEncoder::new(&mut out)).map_err(|_| unreadable())?;
        "image/png"
    };
    Ok(Picture { content_type, width, height, bytes: out, small })
}

/// Decodes within limits, upright. Of an animation it is the picture that programs without animations show.
fn read(bytes: &[u8]) -> Result<(ImageFormat, DynamicImage), Fault> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| unreadable())?;
    let format = reader.format().filter(|f| matches!(f, ImageFormat::Jpeg | ImageFormat::Png));
    let format = format.ok_or(Fault::from(Rule::MaterialFormat))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    // The decoder fills the missing end of a photograph with grey, and reads a pass over the whole picture as often as it is
    // told to.
    if format == ImageFormat::Jpeg && !jpeg::is_whole(bytes) {
        return Err(unreadable());
    }
    let mut decoder = reader.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    if width.min(height) < LEAST_SIDE {
        return Err(unreadable());
    }
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS || decoder.total_bytes() > MEMORY {
        return Err(too_many_pixels());
    }
    let orientation = decoder.orientation().map_err(|_| unreadable())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(why)?;
    picture.apply_orientation(orientation);
    Ok((format, picture))
}

fn small(picture: &DynamicImage) -> Result<Vec<u8>, Fault> {
    let longest = picture.width().max(picture.height());
    let side = longest.min(SMALL_SIDE);
    let plain = on_white(picture.thumbnail(side, side));
    let mut out = Vec::new();
    plain.write_with_encoder(JpegEncoder::new_with_quality(&mut out, SMALL_QUALITY)).map_err(|_| unreadable())?;
    Ok(out)
}

/// As it looks on paper: a JPEG has nothing transparent.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let clear = picture.into_rgba8();
    let mut paper = RgbImage::from_pixel(clear.width(), clear.height(), Rgb([255; 3]));
    for (drawn, pixel) in paper.pixels_mut().zip(clear.pixels()) {
        let [r, g, b, alpha] = pixel.0.map(u16::from);
        let blend = |colour: u16| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        drawn.0 = [blend(r), blend(g), blend(b)];
    }
    DynamicImage::ImageRgb8(paper)
}

fn why(error: ImageError) -> Fault {
    if matches!(error, ImageError::Limits(_)) { too_many_pixels() } else { unreadable() }
}

fn unreadable() -> Fault {
    Fault::with(Rule::MaterialImage, format!("{LEAST_SIDE}×{LEAST_SIDE}"))
}

fn too_many_pixels() -> Fault {
    Fault::with(Rule::MaterialTooLarge, format!("{} MP (8000×5000 px)", MOST_PIXELS / 1_000_000))
}

#[cfg(test)]
mod tests;
