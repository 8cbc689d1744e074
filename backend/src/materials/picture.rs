//! Reading a picture within limits and drawing it anew.

use crate::threads;
use bytes::Bytes;
use domain::problem::{Fault, Rule};
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use tokio::sync::Semaphore;

/// A side shorter than this shows nothing that could be read.
const LEAST_SIDE: u32 = 100;
const LONGEST_SIDE: u32 = 12_000;
/// What one picture may need while it is decoded.
const MEMORY: u64 = 192 * 1024 * 1024;
const QUALITY: u8 = 88;

/// Pictures take much memory: not many at once.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A picture as it is kept.
#[derive(Debug)]
pub struct Picture {
    pub content_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// The picture upright, without anything but its pixels.
pub async fn redraw(bytes: Bytes) -> Result<Picture, Fault> {
    threads::run(&ROOM, move || redraw_now(&bytes)).await.unwrap_or_else(|_| Err(unreadable()))
}

fn redraw_now(bytes: &[u8]) -> Result<Picture, Fault> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| unreadable())?;
    let format = reader.format().filter(|f| matches!(f, ImageFormat::Jpeg | ImageFormat::Png));
    let format = format.ok_or(Fault::from(Rule::MaterialFormat))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);

    let mut decoder = reader.into_decoder().map_err(|_| unreadable())?;
    let (width, height) = decoder.dimensions();
    if width.min(height) < LEAST_SIDE || decoder.total_bytes() > MEMORY {
        return Err(unreadable());
    }
    let orientation = decoder.orientation().map_err(|_| unreadable())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| unreadable())?;
    picture.apply_orientation(orientation);

    let mut out = Vec::with_capacity(bytes.len());
    let content_type = if format == ImageFormat::Jpeg {
        let plain = DynamicImage::ImageRgb8(picture.to_rgb8());
        plain.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY)).map_err(|_| unreadable())?;
        "image/jpeg"
    } else {
        picture.write_with_encoder(PngEncoder::new(&mut out)).map_err(|_| unreadable())?;
        "image/png"
    };
    Ok(Picture { content_type, width: picture.width(), height: picture.height(), bytes: out })
}

fn unreadable() -> Fault {
    Fault::with(Rule::MaterialImage, format!("{LEAST_SIDE}×{LEAST_SIDE}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GenericImageView, Rgb, RgbImage};

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let picture = RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
        DynamicImage::ImageRgb8(picture).write_with_encoder(JpegEncoder::new_with_quality(&mut out, 90)).unwrap();
        out
    }

    /// An EXIF segment that says "turn by 90°" and carries a position.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
        tiff.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
        tiff.extend_from_slice(&[0x25, 0x88, 4, 0, 1, 0, 0, 0, 0x26, 0, 0, 0]);
        tiff.extend_from_slice(&[0, 0, 0, 0]);
        tiff.extend_from_slice(b"GPSSECRET 39.9042 116.4074");
        let mut segment = b"Exif\0\0".to_vec();
        segment.extend_from_slice(&tiff);
        let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
        let mut out = vec![0xFF, 0xD8, 0xFF, 0xE1, length[0], length[1]];
        out.extend_from_slice(&segment);
        out.extend_from_slice(&jpeg[2..]);
        out
    }

    #[test]
    fn a_photograph_is_kept_upright_and_without_its_position() {
        let sent = with_exif(&jpeg(300, 200));
        let kept = redraw_now(&sent).unwrap();
        assert_eq!((kept.width, kept.height, kept.content_type), (200, 300, "image/jpeg"));
        let needle = b"GPSSECRET";
        assert!(sent.windows(needle.len()).any(|w| w == needle));
        assert!(!kept.bytes.windows(needle.len()).any(|w| w == needle));
        let drawn = image::load_from_memory(&kept.bytes).unwrap();
        assert!(drawn.get_pixel(100, 20)[0] > 200 && drawn.get_pixel(100, 280)[2] > 200);
    }

    #[test]
    fn only_jpeg_and_png_by_content_are_taken() {
        let mut gif = b"GIF89a".to_vec();
        gif.extend_from_slice(&[0; 64]);
        for content in [gif, b"%PDF-1.7".to_vec(), b"<svg/>".to_vec(), Vec::new()] {
            assert_eq!(redraw_now(&content).unwrap_err().rule, Rule::MaterialFormat);
        }
    }

    #[test]
    fn broken_tiny_and_enormous_pictures_are_refused() {
        let whole = jpeg(300, 200);
        assert_eq!(redraw_now(&whole[..40]).unwrap_err().rule, Rule::MaterialImage);
        assert_eq!(redraw_now(&jpeg(99, 200)).unwrap_err().rule, Rule::MaterialImage);
        // A PNG that says it has 60000 × 60000 pixels.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bomb.extend_from_slice(&60_000_u32.to_be_bytes());
        bomb.extend_from_slice(&60_000_u32.to_be_bytes());
        bomb.extend_from_slice(&[8, 2, 0, 0, 0, 0x3c, 0x24, 0x1a, 0x2b]);
        assert_eq!(redraw_now(&bomb).unwrap_err().rule, Rule::MaterialImage);
    }
}
