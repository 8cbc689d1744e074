use super::*;
use flate2::{Compression, write::ZlibEncoder};
use image::GenericImageView;
use std::io::Write;

const PHOTO: &[u8] = include_bytes!("../../../tests/pictures/photo.jpg");
const PHOTO_PNG: &[u8] = include_bytes!("../../../tests/pictures/photo.png");
const PROGRESSIVE: &[u8] = include_bytes!("../../../tests/pictures/progressive.jpg");

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let picture = RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    DynamicImage::ImageRgb8(picture).write_with_encoder(JpegEncoder::new_with_quality(&mut out, 90)).unwrap();
    out
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [kind.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [length.as_slice(), &named, &crc32fast::hash(&named).to_be_bytes()].concat()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn header(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let sizes = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &[sizes.as_slice(), &[depth, colour, 0, 0, 0]].concat())].concat()
}

/// Lines of one grey, each with its filter's number.
fn grey_lines(width: usize, height: usize, grey: u8) -> Vec<u8> {
    let mut line = vec![grey; width + 1];
    line[0] = 0;
    line.repeat(height)
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [header(120, 110, 8, 0), chunks.concat(), chunk(b"IEND", &[])].concat()
}

fn rule(bytes: &[u8]) -> Rule {
    redraw_now(bytes).unwrap_err().rule
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_picture_is_kept_upright_and_with_nothing_but_its_pixels() {
    let secrets: [&[u8]; 14] = [
        b"SECRET",
        b"Exif",
        b"GPS",
        b"II*\0",
        b"MM\0*",
        b"http://ns.adobe.com",
        b"xmpmeta",
        b"ICC_PROFILE",
        b"8BIM",
        b"iCCP",
        b"eXIf",
        b"tEXt",
        b"iTXt",
        b"\xFF\xFE",
    ];
    for (sent, content_type, found) in [(PHOTO, "image/jpeg", 8), (PHOTO_PNG, "image/png", 7)] {
        let kept = redraw_now(sent).unwrap();
        // Turned by a quarter: what was on the left is at the top.
        assert_eq!((kept.width, kept.height, kept.content_type), (160, 240, content_type));
        for bytes in [&kept.bytes, &kept.small] {
            let drawn = image::load_from_memory(bytes).unwrap();
            assert_eq!(drawn.dimensions(), (160, 240));
            assert!(drawn.get_pixel(80, 20)[0] > 200 && drawn.get_pixel(80, 220)[2] > 200);
            for secret in secrets {
                assert!(!holds(bytes, secret), "{content_type} {:?}", String::from_utf8_lossy(secret));
            }
        }
        let there = secrets.iter().filter(|secret| holds(sent, secret)).count();
        assert!(there >= found, "what was sent has {there} of them");
        // A preview within the EXIF is a second picture.
        assert_eq!(
            kept.bytes.windows(3).filter(|bytes| *bytes == [0xFF, 0xD8, 0xFF]).count(),
            usize::from(content_type == "image/jpeg")
        );
    }
}

#[test]
fn what_cameras_and_scanners_make_is_read() {
    let of_kind: [(&[u8], [u8; 3], [u8; 3]); 4] = [
        (include_bytes!("../../../tests/pictures/cmyk.jpg"), [200, 0, 0], [0, 0, 200]),
        (PROGRESSIVE, [200, 0, 0], [0, 0, 200]),
        (include_bytes!("../../../tests/pictures/deep.png"), [200, 0, 0], [0, 0, 200]),
        (include_bytes!("../../../tests/pictures/palette.png"), [200, 0, 0], [0, 0, 200]),
    ];
    for (number, (sent, top, bottom)) in of_kind.into_iter().enumerate() {
        let kept = redraw_now(sent).unwrap();
        for bytes in [&kept.bytes, &kept.small] {
            let drawn = image::load_from_memory(bytes).unwrap();
            assert_eq!(drawn.dimensions(), (240, 160), "{number}");
            for (y, least) in [(4, top), (155, bottom)] {
                let pixel = drawn.get_pixel(120, y);
                let is_so = |n: usize| if least[n] > 0 { pixel[n] > least[n] } else { pixel[n] < 60 };
                assert!((0..3).all(is_so), "{number} at {y}: {pixel:?}");
            }
        }
    }
    let grey = redraw_now(include_bytes!("../../../tests/pictures/grey.jpg")).unwrap();
    assert!(image::load_from_memory(&grey.bytes).unwrap().get_pixel(120, 4)[1] > 150);
}

#[test]
fn the_content_counts_and_nothing_hides_behind_a_picture() {
    let mut gif = b"GIF89a".to_vec();
    gif.extend_from_slice(&[0; 64]);
    let webp = b"RIFF\x24\0\0\0WEBPVP8 ".to_vec();
    for content in [gif, webp, b"%PDF-1.7".to_vec(), b"<svg/>".to_vec(), b"PK\x03\x04".to_vec(), b"MZ".to_vec(), Vec::new()] {
        assert_eq!(rule(&content), Rule::MaterialFormat);
    }
    for picture in [jpeg(300, 200), png(&[chunk(b"IDAT", &packed(&grey_lines(120, 110, 90)))])] {
        let polyglot = [picture.as_slice(), b"PK\x03\x04<script>alert(1)</script>%PDF-1.7"].concat();
        let kept = redraw_now(&polyglot).unwrap();
        assert!(!holds(&kept.bytes, b"<script>") && !holds(&kept.bytes, b"PK\x03\x04") && !holds(&kept.bytes, b"%PDF"));
    }
}

#[test]
fn of_an_animation_one_picture_is_kept() {
    let frame = |number: u32| {
        let sizes = [number, 120, 110, 0, 0].map(u32::to_be_bytes).concat();
        chunk(b"fcTL", &[sizes.as_slice(), &[0, 1, 0, 10, 0, 0]].concat())
    };
    let second = [1_u32.to_be_bytes().as_slice(), b"\0\0\0\x02", &packed(&grey_lines(120, 110, 250))].concat();
    let animated = png(&[
        chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]),
        frame(0),
        chunk(b"IDAT", &packed(&grey_lines(120, 110, 30))),
        frame(1),
        chunk(b"fdAT", &second[4..]),
    ]);
    let kept = redraw_now(&animated).unwrap();
    assert!(!holds(&kept.bytes, b"acTL") && !holds(&kept.bytes, b"fdAT"));
    assert_eq!(image::load_from_memory(&kept.bytes).unwrap().get_pixel(60, 60)[0], 30);
}

#[test]
fn broken_and_tiny_pictures_are_refused() {
    let whole = jpeg(300, 200);
    for sent in [&whole, PHOTO, PROGRESSIVE, PHOTO_PNG] {
        for part in [3, 5, 9] {
            assert_eq!(rule(&sent[..sent.len() * part / 10]), Rule::MaterialImage, "{part} tenths");
        }
        assert!(redraw_now(sent).is_ok());
    }
    assert_eq!(rule(&jpeg(99, 200)), Rule::MaterialImage);
    assert_eq!(rule(&jpeg(200, 99)), Rule::MaterialImage);
}

#[test]
fn what_says_that_it_is_enormous_is_refused_before_it_is_read() {
    // Nothing follows the head: whoever looked for pixels would say that they are missing.
    let idat = chunk(b"IDAT", &[]);
    for (width, height, depth, colour) in
        [(60_000, 60_000, 8, 2), (u32::MAX >> 1, 200, 8, 2), (12_001, 200, 8, 0), (6_500, 6_500, 8, 0), (6_300, 6_300, 16, 6)]
    {
        let bomb = [header(width, height, depth, colour), idat.clone()].concat();
        let fault = redraw_now(&bomb).unwrap_err();
        assert!(fault.rule == Rule::MaterialTooLarge && fault.given.contains("MP"), "{width} {height} {fault:?}");
    }
    // A photograph whose frame says 65000 × 65000.
    let mut bomb = jpeg(300, 200);
    let frame = bomb.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0xFD, 0xE8, 0xFD, 0xE8]);
    assert_eq!(rule(&bomb), Rule::MaterialTooLarge);
}

#[test]
fn what_is_packed_a_thousandfold_takes_neither_memory_nor_time() {
    let bomb = packed(&vec![0; 64 << 20]);
    let profile = [b"icc\0\0".as_slice(), &bomb].concat();
    let text = [b"Comment\0\0".as_slice(), &bomb].concat();
    let picture = chunk(b"IDAT", &packed(&grey_lines(120, 110, 30)));
    let started = std::time::Instant::now();
    // A profile or a text that unpacks to 64 MB, and more lines than there are.
    _ = redraw_now(&png(&[chunk(b"iCCP", &profile), picture.clone()]));
    redraw_now(&png(&[chunk(b"zTXt", &text), picture])).unwrap();
    _ = redraw_now(&png(&[chunk(b"IDAT", &bomb)]));
    // A second for each, where it would be none: what is held is that it does not grow with what is packed.
    assert!(started.elapsed().as_secs() < 3, "{:?}", started.elapsed());

    let scan = PROGRESSIVE.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let (head, last) = PROGRESSIVE.split_at(scan);
    let (last, end) = last.split_at(last.len() - 2);
    let scans = |number: usize| [head, &last.repeat(number), end].concat();
    redraw_now(&scans(1)).unwrap();
    assert_eq!(rule(&scans(60)), Rule::MaterialImage);
}

#[test]
fn a_small_picture_is_small_and_as_it_looks_on_paper() {
    let scan = RgbImage::from_fn(2480, 1754, |x, y| Rgb([(x * 7 % 251) as u8, (y * 13 % 241) as u8, ((x ^ y) % 256) as u8]));
    let mut sent = Vec::new();
    DynamicImage::ImageRgb8(scan).write_with_encoder(JpegEncoder::new_with_quality(&mut sent, 85)).unwrap();
    let kept = redraw_now(&sent).unwrap();
    assert_eq!(image::load_from_memory(&kept.small).unwrap().dimensions(), (320, 226));
    assert!(
        kept.small.len() < 60_000 && kept.small.len() * 20 < kept.bytes.len(),
        "{} of {}",
        kept.small.len(),
        kept.bytes.len()
    );

    let clear = image::RgbaImage::from_pixel(400, 100, image::Rgba([0, 0, 0, 0]));
    let mut sent = Vec::new();
    DynamicImage::ImageRgba8(clear).write_with_encoder(PngEncoder::new(&mut sent)).unwrap();
    let drawn = image::load_from_memory(&redraw_now(&sent).unwrap().small).unwrap();
    assert_eq!(drawn.dimensions(), (320, 80));
    assert!(drawn.get_pixel(100, 40)[0] > 250, "what is transparent is white");
    // Never larger than it is.
    let kept = redraw_now(&jpeg(200, 120)).unwrap();
    assert_eq!(image::load_from_memory(&kept.small).unwrap().dimensions(), (200, 120));
}
