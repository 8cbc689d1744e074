//! What stands on the page of a PDF, read as its reader would: letters by their fonts' maps to Unicode, places by the matrices.

use lopdf::{Dictionary, Document, Encoding, Object, content::Content};
use std::collections::BTreeMap;

/// A rectangle in points, from the page's upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Area {
    /// Whether the two have anything in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Whether the other lies in this one.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.left <= other.left && other.right <= self.right && self.top <= other.top && other.bottom <= self.bottom
    }

    /// The same, larger by so much on each side.
    pub(super) fn with_margin(&self, by: f32) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// The smallest that holds all of them.
    pub(super) fn around(areas: &[Self]) -> Self {
        areas.iter().copied().reduce(Self::and).expect("something")
    }

    fn and(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn of(points: &[(f32, f32)]) -> Self {
        let at = |(x, y): &(f32, f32)| Self { left: *x, top: *y, right: *x, bottom: *y };
        Self::around(&points.iter().map(at).collect::<Vec<_>>())
    }
}

/// Letters of one font in a row.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// What is found and copied.
    pub(super) text: String,
    /// How large they are.
    pub(super) size: f32,
    /// Where they begin, on their line.
    pub(super) begins: (f32, f32),
    /// Where they are at most, by the largest letter of the font.
    pub(super) area: Area,
}

/// The page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// As it says.
    pub(super) media: Vec<f32>,
    pub(super) runs: Vec<Run>,
    /// What is filled, each of one colour: rectangles, of which those in two are not filled.
    pub(super) fills: Vec<Vec<Area>>,
}

impl Page {
    /// The only page of a document.
    pub(super) fn only(pdf: &[u8]) -> Self {
        let document = Document::load_mem(pdf).unwrap();
        let pages: Vec<_> = document.get_pages().into_values().collect();
        let [page] = pages[..] else { panic!("{} pages", pages.len()) };
        let fonts = document.get_page_fonts(page).unwrap();
        let fonts = fonts.iter().map(|(name, font)| (name.clone(), Font::read(&document, font))).collect();
        let media = numbers(document.get_dictionary(page).unwrap().get(b"MediaBox").unwrap());
        let mut drawing = Drawing { fonts, height: media[3], ..Drawing::default() };
        for operation in Content::decode(&document.get_page_content(page)).unwrap().operations {
            drawing.follow(&operation.operator, &operation.operands);
        }
        Self { media, ..drawing.page }
    }

    /// All letters, a line for each line.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut line = None;
        for run in &self.runs {
            let next = (run.begins.1 * 100.0).round();
            if line.replace(next).is_some_and(|line| line != next) {
                text.push('\n');
            }
            text.push_str(&run.text);
        }
        text
    }

    /// The page without its letters, black or white, so many dots a point.
    pub(super) fn picture(&self, dots: usize) -> (usize, Vec<bool>) {
        let dot = |at: f32| (at * f32::from(u8::try_from(dots).unwrap())).round() as usize;
        let (width, height) = (dot(self.media[2]), dot(self.media[3]));
        let mut picture = vec![false; width * height];
        for fill in &self.fills {
            let mut layer = vec![false; width * height];
            for area in fill {
                for row in dot(area.top)..dot(area.bottom).min(height) {
                    for place in &mut layer[row * width + dot(area.left)..row * width + dot(area.right).min(width)] {
                        *place = !*place;
                    }
                }
            }
            picture.iter_mut().zip(layer).for_each(|(place, filled)| *place |= filled);
        }
        (width, picture)
    }
}

/// A font of composite codes of two bytes each.
struct Font {
    letters: BTreeMap<u16, String>,
    widths: BTreeMap<u16, f32>,
    /// The largest letter's: left, bottom, right, top.
    letter: Vec<f32>,
}

impl Font {
    fn read(document: &Document, font: &Dictionary) -> Self {
        let Encoding::UnicodeMapEncoding(map) = font.get_font_encoding(document).unwrap() else { panic!("no map to Unicode") };
        let all = font.get_deref(b"DescendantFonts", document).unwrap().as_array().unwrap();
        let glyphs = document.dereference(&all[0]).unwrap().1.as_dict().unwrap();
        let descriptor = glyphs.get_deref(b"FontDescriptor", document).unwrap().as_dict().unwrap();
        let mut widths = BTreeMap::new();
        let mut given = glyphs.get_deref(b"W", document).unwrap().as_array().unwrap().iter();
        while let Some(first) = given.next() {
            let first = u16::try_from(first.as_i64().unwrap()).unwrap();
            match given.next().unwrap() {
                Object::Array(each) => widths.extend((first..).zip(each.iter().map(number))),
                last => {
                    let width = number(given.next().unwrap());
                    widths.extend((first..=u16::try_from(last.as_i64().unwrap()).unwrap()).map(|code| (code, width)));
                }
            }
        }
        let letters = widths.keys().filter_map(|code| Some((*code, String::from_utf16(&map.get(u32::from(*code), 2)?).unwrap())));
        Self { letters: letters.collect(), widths, letter: numbers(descriptor.get(b"FontBBox").unwrap()) }
    }
}

/// x and y of where a matrix leads.
type Matrix = [f32; 6];

fn times(first: Matrix, then: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let ((x, y), (u, v), (origin_x, origin_y)) = (turned(then, (a, b)), turned(then, (c, d)), led(then, (e, f)));
    [x, y, u, v, origin_x, origin_y]
}

fn turned([a, b, c, d, ..]: Matrix, (x, y): (f32, f32)) -> (f32, f32) {
    (a * x + c * y, b * x + d * y)
}

fn led(matrix: Matrix, point: (f32, f32)) -> (f32, f32) {
    let (x, y) = turned(matrix, point);
    (x + matrix[4], y + matrix[5])
}

/// The page while its operators are followed. One that is not known is not passed over: it may draw.
#[derive(Default)]
struct Drawing {
    page: Page,
    fonts: BTreeMap<Vec<u8>, Font>,
    height: f32,
    matrix: Matrix,
    kept: Vec<Matrix>,
    font: Vec<u8>,
    size: f32,
    text: Matrix,
    path: Vec<Vec<(f32, f32)>>,
}

impl Drawing {
    fn follow(&mut self, operator: &str, operands: &[Object]) {
        if self.kept.is_empty() && self.matrix == Matrix::default() {
            self.matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        }
        match operator {
            "q" => self.kept.push(self.matrix),
            "Q" => self.matrix = self.kept.pop().unwrap(),
            "cm" => self.matrix = times(matrix(operands), self.matrix),
            "Tm" => self.text = matrix(operands),
            "Tf" => {
                self.font = operands[0].as_name().unwrap().to_vec();
                self.size = number(&operands[1]);
            }
            "Tj" => self.write(operands),
            "TJ" => self.write(operands[0].as_array().unwrap()),
            "m" => {
                let point = self.point(operands);
                self.path.push(vec![point]);
            }
            "l" => {
                let point = self.point(operands);
                self.path.last_mut().unwrap().push(point);
            }
            "f*" => {
                let fill = self.path.drain(..).map(|corners| rectangle(&corners)).collect();
                self.page.fills.push(fill);
            }
            "BT" | "ET" | "h" | "cs" | "scn" => {}
            // Letters are filled.
            "Tr" => assert_eq!(number(&operands[0]), 0.0),
            other => panic!("{other} {operands:?}"),
        }
    }

    /// Where the numbers lead, from the upper left corner.
    fn point(&self, operands: &[Object]) -> (f32, f32) {
        let (x, y) = led(self.matrix, (number(&operands[0]), number(&operands[1])));
        (x, self.height - y)
    }

    fn write(&mut self, parts: &[Object]) {
        let font = &self.fonts[&self.font];
        let (mut text, mut wide) = (String::new(), 0.0);
        for part in parts {
            let Ok(codes) = part.as_str() else {
                wide -= number(part);
                continue;
            };
            for code in codes.chunks(2).map(|code| u16::from_be_bytes([code[0], code[1]])) {
                text.push_str(&font.letters[&code]);
                wide += font.widths[&code];
            }
        }
        let matrix = times(self.text, self.matrix);
        let place = |x: f32, y: f32| {
            let (x, y) = led(matrix, (x * self.size / 1000.0, y * self.size / 1000.0));
            (x, self.height - y)
        };
        let area = Area::of(&[place(0.0, font.letter[1]), place(wide, font.letter[3])]);
        self.page.runs.push(Run { text, size: self.size, begins: place(0.0, 0.0), area });
    }
}

fn rectangle(corners: &[(f32, f32)]) -> Area {
    assert!(matches!(corners, [a, b, c, d] if a.1 == b.1 && b.0 == c.0 && c.1 == d.1 && d.0 == a.0), "{corners:?}");
    Area::of(corners)
}

fn number(object: &Object) -> f32 {
    object.as_float().unwrap()
}

fn numbers(object: &Object) -> Vec<f32> {
    object.as_array().unwrap().iter().map(number).collect()
}

fn matrix(operands: &[Object]) -> Matrix {
    operands.iter().map(number).collect::<Vec<_>>().try_into().unwrap()
}
