use super::*;
use domain::views::register::RecordView;
use time::macros::{date, datetime};

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
    notes: ["扫描二维码，可查验本证书的真伪和当前状态。", "本证书仅证明签发时的备案信息。"],
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

#[test]
fn a_paper_is_archival_and_small_also_with_the_longest_name() {
    let made_at = datetime!(2026-11-28 01:30 UTC);
    for name in ["北京示例科技有限公司".to_owned(), "长".repeat(128), "很".repeat(600)] {
        let pdf = draw(&WORDS, &content(&name), "https://beian.example", made_at).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        assert!(pdf.len() < 400_000, "{}", pdf.len());
        if let Ok(folder) = std::env::var("BEIAN_TEST_PAPERS") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{}.pdf", name.chars().count())), pdf).unwrap();
        }
    }
}

#[test]
fn rare_characters_are_written_and_none_is_left_out() {
    // In Noto; in the extensions B and E, in Hanazono; in extension H, in neither.
    let name = "䶮𠮷𠀀𫠜\u{31350}公司";
    let letters = Letters::load(name).unwrap();
    let parts = letters.parts(Weight::Regular, name);
    let written: String = parts.iter().map(|(_, part)| part.as_str()).collect();
    assert_eq!(written, "䶮𠮷𠀀𫠜[U+31350]公司");
    assert!(parts.iter().any(|(font, _)| *font > 1), "Hanazono is asked: {parts:?}");
    let pdf = draw(&WORDS, &content(name), "https://beian.example", datetime!(2026-11-28 01:30 UTC)).unwrap();
    if let Ok(folder) = std::env::var("BEIAN_TEST_PAPERS") {
        std::fs::write(std::path::Path::new(&folder).join("rare.pdf"), pdf).unwrap();
    }
}

#[test]
fn the_square_leads_to_the_check() {
    let url = check_url("https://beian.example", &content("甲"));
    assert_eq!(
        url,
        "https://beian.example/certificates?number=%E4%BA%ACICP%E5%A4%872026000001%E5%8F%B7-1&code=0000-AAAA-0000-ZZZZ"
    );
    // Read back as a camera would.
    let code = QRBuilder::new(url.as_str()).ecl(ECL::M).build().unwrap();
    let (margin, scale) = (4, 4);
    let side = (code.size + 2 * margin) * scale;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        let inside = |at: usize| (at / scale).checked_sub(margin).filter(|at| *at < code.size);
        match (inside(y), inside(x)) {
            (Some(row), Some(column)) if code[row][column].value() => 0,
            _ => 255,
        }
    });
    let (_, read) = picture.detect_grids().first().expect("a code").decode().unwrap();
    assert_eq!(read, url);
}
