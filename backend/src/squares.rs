//! QR codes, as modules that are dark or light.

use crate::{Error, Result};
use domain::views::accounts::SquareView;
use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;

/// A QR code of a text, with what is mended when a seventh of it cannot be read (level M).
pub(crate) struct Square {
    /// How many modules a side has.
    pub(crate) side: usize,
    /// The row and the column of each dark one.
    pub(crate) dark: Vec<(usize, usize)>,
}

impl Square {
    /// The code of this text; an error where it is longer than any code takes (2,331 bytes).
    pub(crate) fn of(text: &str) -> Result<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| Error::Internal("a QR code was not made"))?;
        let all = (0..code.size).flat_map(|row| (0..code.size).map(move |column| (row, column)));
        Ok(Self { side: code.size, dark: all.filter(|(row, column)| code[*row][*column].value()).collect() })
    }

    /// As pages draw it.
    pub(crate) fn view(&self) -> SquareView {
        let mut path = String::new();
        for (row, column) in &self.dark {
            _ = write!(path, "M{column} {row}h1v1h-1z");
        }
        SquareView { side: self.side, path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a camera reads from the path, drawn with its quiet zone and six pixels a module.
    fn scanned(view: &SquareView) -> String {
        const PIXELS: usize = 6;
        let width = (view.side + 2 * SquareView::QUIET) * PIXELS;
        let mut picture = vec![255_u8; width * width];
        for module in view.path.split('M').skip(1) {
            let (column, row) = module.strip_suffix("h1v1h-1z").unwrap().split_once(' ').unwrap();
            let at = |text: &str| (text.parse::<usize>().unwrap() + SquareView::QUIET) * PIXELS;
            for y in at(row)..at(row) + PIXELS {
                picture[y * width + at(column)..][..PIXELS].fill(0);
            }
        }
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, width, |x, y| picture[y * width + x]);
        picture.detect_grids()[0].decode().unwrap().1
    }

    #[test]
    fn a_camera_reads_the_text_from_what_a_page_draws() {
        let link = "otpauth://totp/ICP:hengtong-clerk?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=ICP&period=30&digits=6";
        assert_eq!(scanned(&Square::of(link).unwrap().view()), link);
        assert!(Square::of(&"a".repeat(2_332)).is_err());
    }
}
