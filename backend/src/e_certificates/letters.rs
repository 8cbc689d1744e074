//! The fonts of the paper: Noto Sans CJK, and for rare characters 生僻字 Hanazono's Mincho, from the machine's packages. What
//! neither has is written as its code point: a character is never left out silently.

use crate::{Error, Result};
use krilla::{
    Data,
    geom::Point,
    surface::Surface,
    text::{Font, TextDirection},
};
use std::sync::Arc;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// File, name of the face within it, and whether it has to be there.
const FONTS: &[(&str, &str, bool)] = &[
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", "Noto Sans CJK SC", true),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "Noto Sans CJK SC", true),
    ("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", "", false),
    ("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", "", false),
];

/// One face of a file.
struct Face {
    data: Arc<Vec<u8>>,
    index: u32,
    font: Font,
}

/// The faces, those that are asked first before the others.
pub(super) struct Letters(Vec<Face>);

impl Letters {
    /// Reads the fonts, those for rare characters only where the text has any. They are let go with the paper: their files are
    /// large, and papers are few.
    pub(super) fn load(text: &str) -> Result<Self> {
        let mut faces: Vec<Face> = Vec::new();
        for (path, name, needed) in FONTS {
            if !needed && text.chars().all(|letter| faces.iter().skip(1).any(|face| face.has(letter))) {
                break;
            }
            match std::fs::read(path).ok().and_then(|data| Face::find(Arc::new(data), name)) {
                Some(face) => faces.push(face),
                None if *needed => {
                    tracing::error!(path, "a font is missing: install the package fonts-noto-cjk");
                    return Err(Error::Internal("a font is missing"));
                }
                None => tracing::warn!(path, "a font for rare characters is missing: install the package fonts-hanazono"),
            }
        }
        Ok(Self(faces))
    }

    /// The text in parts of one font each.
    pub(super) fn parts(&self, weight: Weight, text: &str) -> Vec<(usize, String)> {
        let mut parts: Vec<(usize, String)> = Vec::new();
        for letter in text.chars() {
            let skipped = usize::from(weight == Weight::Regular);
            let font = (skipped..self.0.len()).find(|at| self.0[*at].has(letter));
            let (font, written) = match font {
                Some(font) => (font, letter.to_string()),
                None => (skipped, format!("[U+{:04X}]", u32::from(letter))),
            };
            match parts.last_mut() {
                Some((last, part)) if *last == font => part.push_str(&written),
                _ => parts.push((font, written)),
            }
        }
        parts
    }

    /// How wide a part is.
    pub(super) fn width(&self, font: usize, size: f32, part: &str) -> f32 {
        self.0.get(font).map_or(0.0, |face| face.width(part) * size)
    }

    /// Draws a part.
    pub(super) fn draw(&self, surface: &mut Surface<'_>, at: Point, font: usize, size: f32, part: &str) {
        if let Some(face) = self.0.get(font) {
            surface.draw_text(at, face.font.clone(), size, part, false, TextDirection::LeftToRight);
        }
    }
}

impl Face {
    /// The face with this name in a file; the first where there is none to choose.
    fn find(data: Arc<Vec<u8>>, name: &str) -> Option<Self> {
        let count = ttf_parser::fonts_in_collection(&data).unwrap_or(1);
        let index = (0..count).find(|index| {
            ttf_parser::Face::parse(&data, *index).is_ok_and(|face| {
                name.is_empty() || face.names().into_iter().any(|known| known.to_string().is_some_and(|known| known == name))
            })
        })?;
        let font = Font::new(Data::from(Arc::clone(&data)), index)?;
        Some(Self { data, index, font })
    }

    fn has(&self, letter: char) -> bool {
        ttf_parser::Face::parse(&self.data, self.index).is_ok_and(|face| face.glyph_index(letter).is_some())
    }

    /// In units of the letters' size.
    fn width(&self, text: &str) -> f32 {
        let Ok(face) = ttf_parser::Face::parse(&self.data, self.index) else { return 0.0 };
        let advance = |letter| face.glyph_hor_advance(face.glyph_index(letter)?);
        let units: f32 = text.chars().map(|letter| f32::from(advance(letter).unwrap_or_default())).sum();
        units / f32::from(face.units_per_em())
    }
}
