//! The paper: one A4 page with the record, the code, and a QR code that leads to the check. Archival (PDF/A-2u): fonts are
//! embedded, and every letter can be searched and copied.

use super::letters::{Letters, Weight};
use crate::{Error, Result, squares::Square};
use domain::{
    Moment,
    codes::Nature,
    e_certificate::CertificateContent,
    time::{beijing, zh_date, zh_date_time},
};
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Archival, ConfigurationBuilder},
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
};

/// A4 in points, a seventy-second of an inch each.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
/// Where labels and answers begin and lines end.
const LEFT: f32 = 72.0;
const ANSWERS: f32 = 190.0;
const RIGHT: f32 = 523.0;
/// Where the record begins, and where the page ends.
const ROWS: f32 = 218.0;
const BOTTOM: f32 = 782.0;
/// The size of an answer's letters, the way from one line to the next in that unit, and the room between two answers.
const ANSWER: f32 = 13.0;
const LINE: f32 = 1.5;
const GAP: f32 = 15.0;
/// The side of the QR code, where it begins at least, and what stays white between it and the record: more than four of its
/// modules.
const SQUARE: f32 = 108.0;
const SQUARE_TOP: f32 = 560.0;
const QUIET: f32 = 12.0;
/// What stands beside it: where it begins, the size of its letters, and the room between two notes.
const BESIDE: f32 = LEFT + SQUARE + 18.0;
const NOTE: f32 = 10.5;
const NOTE_GAP: f32 = 6.0;

/// The words on the paper; they are Chinese, as it is.
pub struct PaperWords {
    /// What it is.
    pub title: &'static str,
    /// What each answer is: sponsor's name, nature and number, site's name and number, domain, home page, day of the
    /// approval, bureau, code.
    pub labels: [&'static str; 10],
    /// How it is checked, and what it says.
    pub notes: [&'static str; 2],
    /// When it was made.
    pub made: fn(&str) -> String,
}

/// Where anybody sees whether a certificate stands.
pub(super) fn check_url(base_url: &str, content: &CertificateContent) -> String {
    let pairs = [("number", content.record.site_number.as_str()), ("code", content.code.as_str())];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{base_url}/certificates?{query}")
}

/// The page as PDF.
pub(super) fn draw(words: &PaperWords, content: &CertificateContent, base_url: &str, made_at: Moment) -> Result<Vec<u8>> {
    let broken = || Error::Internal("a certificate could not be drawn");
    let rows = rows(words, content);
    let answers: String = rows.iter().map(|(_, answer)| answer.as_str()).collect();
    let letters = Letters::load(&answers)?;
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish().map_err(|_| broken())?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(words, content, made_at));
    let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(broken)?);
    let mut sheet = Sheet { surface: page.surface(), letters: &letters };
    sheet.frame();
    sheet.centred(150.0, 30.0, Weight::Bold, words.title);
    let answers: Vec<_> = rows.iter().map(|(_, answer)| answer.as_str()).collect();
    let room = BOTTOM - SQUARE - QUIET - ROWS;
    let scale = largest(|scale| sheet.height(&answers, ANSWER * scale, RIGHT - ANSWERS, GAP * scale) <= room);
    let mut at = ROWS;
    for (label, answer) in &rows {
        sheet.line(LEFT, at, 12.0 * scale.max(0.5), Weight::Regular, label);
        at = sheet.wrapped(ANSWERS, at, ANSWER * scale, RIGHT - ANSWERS, answer) + GAP * scale;
    }
    let square = (at + QUIET).clamp(SQUARE_TOP, BOTTOM - SQUARE);
    sheet.square(LEFT, square, &check_url(base_url, content)).ok_or_else(broken)?;
    let made = (words.made)(&zh_date_time(made_at));
    let notes = [words.notes[0], words.notes[1], base_url, &made];
    let scale = largest(|scale| sheet.height(&notes, NOTE * scale, RIGHT - BESIDE, NOTE_GAP * scale) <= BOTTOM - square);
    let mut at = square + NOTE * LINE * scale;
    for note in notes {
        at = sheet.wrapped(BESIDE, at, NOTE * scale, RIGHT - BESIDE, note) + NOTE_GAP * scale;
    }
    drop(sheet);
    page.finish();
    document.finish().map_err(|error| {
        tracing::error!(?error, "a certificate could not be drawn");
        broken()
    })
}

/// How large letters may be: what is long makes them smaller, until its place holds them.
fn largest(fits: impl Fn(f32) -> bool) -> f32 {
    let scale = |twentieths: u8| f32::from(twentieths) / 20.0;
    scale((1..=20).rev().find(|twentieths| fits(scale(*twentieths))).unwrap_or(1))
}

fn rows(words: &PaperWords, content: &CertificateContent) -> Vec<(&'static str, String)> {
    let record = &content.record;
    let nature = Nature::find(u32::from(record.sponsor_nature)).map(|nature| nature.zh()).unwrap_or_default();
    let answers = [
        record.sponsor_name.clone(),
        nature.to_owned(),
        record.sponsor_number.clone(),
        record.site_name.clone(),
        record.site_number.clone(),
        record.domain.clone(),
        record.home_page.clone(),
        zh_date(record.approved_on),
        content.bureau.clone(),
        content.code.clone(),
    ];
    words.labels.into_iter().zip(answers).collect()
}

fn metadata(words: &PaperWords, content: &CertificateContent, made_at: Moment) -> Metadata {
    let at = beijing(made_at);
    let made = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(8)
        .utc_offset_minute(0);
    Metadata::new()
        .title(format!("{} {}", words.title, content.record.site_number))
        .language("zh-CN".to_owned())
        .creation_date(made)
}

/// A page that is being drawn.
struct Sheet<'a, 'b> {
    surface: Surface<'a>,
    letters: &'b Letters,
}

impl Sheet<'_, '_> {
    fn fill(&mut self, red: u8, green: u8, blue: u8) {
        let paint = rgb::Color::new(red, green, blue).into();
        self.surface.set_fill(Some(Fill { paint, rule: FillRule::EvenOdd, ..Fill::default() }));
    }

    /// A double frame: its four edges are filled between an outer and an inner rectangle.
    fn frame(&mut self) {
        self.fill(13, 91, 168);
        for (inset, thick) in [(36.0, 2.0), (42.0, 0.7)] {
            let edge = |inset: f32| Rect::from_ltrb(inset, inset, WIDTH - inset, HEIGHT - inset);
            let mut path = PathBuilder::new();
            for edge in [edge(inset), edge(inset + thick)].into_iter().flatten() {
                path.push_rect(edge);
            }
            if let Some(path) = path.finish() {
                self.surface.draw_path(&path);
            }
        }
        self.fill(24, 32, 44);
    }

    /// One line, as long as it is. Answers where the next would begin.
    fn line(&mut self, x: f32, y: f32, size: f32, weight: Weight, text: &str) -> f32 {
        let mut x = x;
        for (font, part) in self.letters.parts(weight, text) {
            self.letters.draw(&mut self.surface, Point::from_xy(x, y), font, size, &part);
            x += self.letters.width(font, size, &part);
        }
        y + size * LINE
    }

    fn centred(&mut self, y: f32, size: f32, weight: Weight, text: &str) {
        let parts = self.letters.parts(weight, text);
        let width: f32 = parts.iter().map(|(font, part)| self.letters.width(*font, size, part)).sum();
        self.line((WIDTH - width) / 2.0, y, size, weight, text);
    }

    /// As many lines as the width asks for. Answers where the next would begin.
    fn wrapped(&mut self, x: f32, y: f32, size: f32, width: f32, text: &str) -> f32 {
        self.lines(size, width, text).iter().fold(y, |at, line| self.line(x, at, size, Weight::Regular, line))
    }

    /// The text in lines; a name may be long, and has no spaces to break it at.
    fn lines(&self, size: f32, width: f32, text: &str) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut length = 0.0;
        for letter in text.chars() {
            let parts = self.letters.parts(Weight::Regular, letter.encode_utf8(&mut [0; 4]));
            let advance: f32 = parts.iter().map(|(font, part)| self.letters.width(*font, size, part)).sum();
            if length + advance > width && length > 0.0 {
                lines.push(String::new());
                length = 0.0;
            }
            lines.iter_mut().last().into_iter().for_each(|line| line.push(letter));
            length += advance;
        }
        lines
    }

    /// How high texts are, each with a gap after it.
    fn height(&self, texts: &[&str], size: f32, width: f32, gap: f32) -> f32 {
        let lines: usize = texts.iter().map(|text| self.lines(size, width, text).len()).sum();
        let so_often = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        so_often(lines) * size * LINE + so_often(texts.len()) * gap
    }

    /// The QR code, its corner at this place: dark modules alone, on the white of the paper, which is its quiet zone.
    fn square(&mut self, x: f32, y: f32, text: &str) -> Option<()> {
        let square = Square::of(text).ok()?;
        let module = SQUARE / f32::from(u16::try_from(square.side).ok()?);
        let mut path = PathBuilder::new();
        for (row, column) in square.dark {
            let place = |at: usize| f32::from(u16::try_from(at).unwrap_or_default()) * module;
            path.push_rect(Rect::from_xywh(x + place(column), y + place(row), module, module)?);
        }
        self.surface.draw_path(&path.finish()?);
        Some(())
    }
}

#[cfg(test)]
mod tests;
