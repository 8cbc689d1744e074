//! The frame of a JPEG: segments and scans, without decoding anything.

/// Encoders write some ten scans of a progressive picture. Each costs a pass over the whole of it, however few bytes it has.
const MOST_SCANS: usize = 40;

const END: u8 = 0xD9;

/// Whether a picture ends where it says that it ends, in a reasonable number of scans. What follows its end is no part of it.
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut scans = 0;
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8]);
    while let Some((marker, after)) = rest.and_then(next_marker) {
        match marker {
            END => return scans > 0,
            // The start of a scan: its head is a segment, and what is packed behind it goes on to the next marker.
            0xDA => {
                scans += 1;
                if scans > MOST_SCANS {
                    return false;
                }
                rest = skip_segment(after);
            }
            // Alone, without a length.
            0x01 | 0xD0..=0xD8 => rest = Some(after),
            _ => rest = skip_segment(after),
        }
    }
    false
}

/// The next marker that is not part of what is packed, and what follows it.
fn next_marker(mut bytes: &[u8]) -> Option<(u8, &[u8])> {
    loop {
        let at = bytes.iter().position(|byte| *byte == 0xFF)?;
        let (_, after) = bytes.split_at_checked(at + 1)?;
        match after.split_first()? {
            // A packed 0xFF, a restart within a scan.
            (0x00 | 0xD0..=0xD7, after) => bytes = after,
            // Padding.
            (0xFF, _) => bytes = after,
            (marker, after) => return Some((*marker, after)),
        }
    }
}

fn skip_segment(bytes: &[u8]) -> Option<&[u8]> {
    let (length, _) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    bytes.split_at_checked(length.max(2)).map(|(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_within_a_segment_is_not_the_end_of_the_picture() {
        let photo = include_bytes!("../../../tests/pictures/photo.jpg");
        let end = photo.windows(2).position(|pair| pair == [0xFF, 0xD9]).unwrap();
        assert!(end + 2 < photo.len(), "its preview in the EXIF ends earlier");
        assert!(is_whole(photo));
        assert!(is_whole(&[photo.as_slice(), b"PK\x03\x04 and an archive behind it"].concat()));
        for cut in 0..photo.len() {
            assert!(!is_whole(&photo[..cut]), "{cut}");
        }
    }
}
