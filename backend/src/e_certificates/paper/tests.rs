mod reading;

use super::*;
use domain::views::register::RecordView;
use reading::{Area, Page};
use rstest::rstest;
use time::macros::{date, datetime};

const BASE_URL: &str = "https://beian.example";
const MADE_AT: Moment = datetime!(2026-11-28 01:30 UTC);

const WORDS: PaperWords = PaperWords {
    title: "网站备案电子证书",
    labels: [
        "主办单位名称",
        "主办单位性质",
        "主体备案号",
        "网站名称",
        "网站备案号",
        "网站域名",
        "首页网址",
        "通过日期",
        "审核机关",
        "校验码",
    ],
    notes: [
        "扫描二维码，或在备案系统“证书核验”页填写备案号和校验码，可查验本证书的真伪和当前状态。",
        "本证书仅证明签发时的备案信息；备案信息变更或注销的，以备案系统公布的为准。",
    ],
    made: |at| format!("下载时间：{at}"),
};

fn content(name: &str) -> CertificateContent {
    let record = RecordView {
        sponsor_name: name.to_owned(),
        sponsor_nature: 4,
        sponsor_number: "京ICP备2026000001号".to_owned(),
        site_number: "京ICP备2026000001号-1".to_owned(),
        site_name: "示例网".to_owned(),
        domain: "example.cn".to_owned(),
        home_page: "www.example.cn".to_owned(),
        preapprovals: Vec::new(),
        approved_on: date!(2026 - 11 - 20),
    };
    CertificateContent { record, bureau: "北京市通信管理局".to_owned(), code: "0000-AAAA-0000-ZZZZ".to_owned() }
}

fn drawn(content: &CertificateContent, base_url: &str) -> (Vec<u8>, Page) {
    let pdf = draw(&WORDS, content, base_url, MADE_AT).unwrap();
    if let Ok(folder) = std::env::var("BEIAN_TEST_PAPERS") {
        let name = std::thread::current().name().unwrap().replace("::", ".");
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.pdf")), &pdf).unwrap();
    }
    let page = Page::only(&pdf);
    (pdf, page)
}

/// What a camera reads from the page.
fn scanned(page: &Page) -> String {
    let (width, picture) = page.picture(4);
    let dark = |x, y| if picture[y * width + x] { 0 } else { 255 };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, picture.len() / width, dark);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

/// The QR code, by its modules; the frame has two rectangles each.
fn square(page: &Page) -> (Area, f32) {
    let modules = page.fills.iter().find(|fill| fill.len() > 2).expect("a QR code");
    (Area::around(modules), modules[0].right - modules[0].left)
}

#[test]
fn a_paper_is_one_page_of_a4_with_every_answer_and_a_square_that_leads_to_the_check() {
    let content = content("北京示例科技有限公司");
    let (pdf, page) = drawn(&content, BASE_URL);
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 400_000, "{}", pdf.len());
    assert_eq!(page.media, [0.0, 0.0, 595.0, 842.0]);
    let expected = [
        "网站备案电子证书",
        "主办单位名称北京示例科技有限公司",
        "主办单位性质企业",
        "主体备案号京ICP备2026000001号",
        "网站名称示例网",
        "网站备案号京ICP备2026000001号-1",
        "网站域名example.cn",
        "首页网址www.example.cn",
        "通过日期2026年11月20日",
        "审核机关北京市通信管理局",
        "校验码0000-AAAA-0000-ZZZZ",
    ];
    let text = page.text();
    assert_eq!(text.lines().take(expected.len()).collect::<Vec<_>>(), expected);
    let beside: String = text.lines().skip(expected.len()).collect();
    assert_eq!(beside, [WORDS.notes[0], WORDS.notes[1], BASE_URL, "下载时间：2026年11月28日 09:30"].concat());
    assert_eq!(
        scanned(&page),
        "https://beian.example/certificates?number=%E4%BA%ACICP%E5%A4%872026000001%E5%8F%B7-1&code=0000-AAAA-0000-ZZZZ"
    );
}

#[test]
fn rare_characters_are_drawn_and_found_and_none_is_left_out() {
    // In Noto; in the extensions B and E, in Hanazono; in extension H, in neither.
    let name = "䶮𠮷𠀀𫠜\u{31350}公司";
    let letters = Letters::load(name).unwrap();
    let parts = letters.parts(Weight::Regular, name);
    assert!(parts.iter().any(|(font, _)| *font > 1), "Hanazono is asked: {parts:?}");
    let (_, page) = drawn(&content(name), BASE_URL);
    assert!(page.text().contains("主办单位名称䶮𠮷𠀀𫠜[U+31350]公司\n"), "{}", page.text());
}

/// Answers at the bounds of their forms.
fn longest(name: &str, site: &str, host: &str) -> CertificateContent {
    let mut content = content(&name.repeat(255));
    content.record.site_name = site.repeat(512);
    content.record.domain = host.repeat(128);
    content.record.home_page = host.repeat(255);
    content
}

/// The same of characters that no font has, but for the sponsor.
fn longest_but(name: String) -> CertificateContent {
    let mut content = longest("", "\u{31350}", "\u{31351}");
    content.record.sponsor_name = name.repeat(3);
    content
}

#[rstest]
#[case::usual(content("北京示例科技有限公司"), BASE_URL.to_owned())]
#[case::a_long_name(content(&"长".repeat(255)), BASE_URL.to_owned())]
#[case::the_longest(longest("长", "很", "宽"), BASE_URL.to_owned())]
#[case::the_widest_latin(longest("W", "M", "w"), BASE_URL.to_owned())]
#[case::the_longest_of_two_fonts(longest("𠀀", "𠮷", "宽"), BASE_URL.to_owned())]
#[case::the_longest_that_no_font_has(longest("\u{31350}", "\u{31351}", "\u{31352}"), BASE_URL.to_owned())]
#[case::many_letters_a_line_of_two_fonts(longest_but("长".repeat(69) + "𠀀"), BASE_URL.to_owned())]
#[case::a_long_address_of_the_system(longest("长", "很", "宽"), format!("https://{}example", "beian.".repeat(41)))]
fn whatever_is_written_stays_on_the_page_and_apart(#[case] content: CertificateContent, #[case] base_url: String) {
    let (pdf, page) = drawn(&content, &base_url);
    assert!(pdf.len() < 400_000, "{}", pdf.len());
    let frame = Area { left: 42.7, top: 42.7, right: 552.3, bottom: 799.3 };
    let (square, module) = square(&page);
    // ISO/IEC 18004: four modules stay white around it.
    let quiet = square.with_margin(4.0 * module);
    assert!(frame.holds(&quiet), "{quiet:?}");
    for run in &page.runs {
        assert!(frame.holds(&run.area), "leaves the page: {run:?}");
        assert!(!quiet.meets(&run.area), "stands in the square at {square:?}: {run:?}");
        assert!(run.size >= 3.0, "nobody reads it: {run:?}");
    }
    for (at, run) in page.runs.iter().enumerate() {
        // Parts of one line touch each other.
        let other = page.runs[at + 1..].iter().find(|other| other.area.with_margin(-0.2).meets(&run.area));
        assert!(other.is_none(), "{run:?} and {other:?}");
    }
    let record = &content.record;
    let text = page.text().replace('\n', "");
    for answer in [&record.sponsor_name, &record.site_name, &record.domain, &record.home_page] {
        let written: String = answer.chars().map(written).collect();
        assert!(text.contains(&written), "{answer}: {text}");
    }
    assert_eq!(scanned(&page), check_url(&base_url, &content));
}

fn written(letter: char) -> String {
    if letter < '\u{31350}' { letter.to_string() } else { format!("[U+{:X}]", u32::from(letter)) }
}
