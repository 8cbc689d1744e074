//! Suffixes that may be filed, and the small part of the Public Suffix List that a page carries.

/// Top-level domains that the ministry has approved (互联网域名管理办法, Art. 9; published list of 2024), as people read
/// them. Others come as dated rows beside it.
#[rustfmt::skip]
pub(super) const APPROVED: &[&str] = &[
    "cn", "中国", "公司", "网络", "政务", "公益",
    "com", "net", "org", "info", "biz", "name", "mobi", "asia", "pro", "tv", "cc", "co", "xyz", "top", "vip", "shop",
    "club", "site", "online", "store", "ltd", "group", "link", "tech", "wang", "ren", "red", "kim", "xin", "win",
    "ink", "pub", "live", "wiki", "design", "beer", "law", "luxe", "fit", "fashion", "yoga", "center", "video",
    "social", "team", "show", "cool", "zone", "today", "city", "company", "chat", "gold", "plus", "guru", "run",
    "email", "life", "world", "ski", "cloud", "fun", "art", "work", "website", "space", "press", "host", "fund",
    "love", "icu", "auto", "cyou", "bond",
    "在线", "中文网", "集团", "网址", "我爱你", "商城", "商店", "网店", "餐厅", "手机", "佛山", "广东", "时尚", "娱乐",
    "游戏", "信息", "企业", "购物", "移动",
];

/// Approved top-level domains below which the ICANN part of the Public Suffix List has no further suffix.
#[rustfmt::skip]
pub(super) const FLAT: &[&str] = &[
    "com", "net", "org", "info", "biz", "mobi", "asia", "cc", "xyz", "top", "vip", "shop",
    "club", "site", "online", "store", "ltd", "group", "link", "tech", "wang", "ren", "red", "kim", "xin", "win",
    "ink", "pub", "live", "wiki", "design", "beer", "law", "luxe", "fit", "fashion", "yoga", "center", "video",
    "social", "team", "show", "cool", "zone", "today", "city", "company", "chat", "gold", "plus", "guru", "run",
    "email", "life", "world", "ski", "cloud", "fun", "art", "work", "website", "space", "press", "host", "fund",
    "love", "icu", "auto", "cyou", "bond",
];

/// What stands before `.cn` in a suffix: kinds of holders, and the provinces.
#[rustfmt::skip]
pub(super) const BELOW_CN: &[&str] = &[
    "ac", "com", "edu", "gov", "mil", "net", "org",
    "ah", "bj", "cq", "fj", "gd", "gs", "gx", "gz", "ha", "hb", "he", "hi", "hk", "hl", "hn", "jl", "js", "jx", "ln",
    "mo", "nm", "nx", "qh", "sc", "sd", "sh", "sn", "sx", "tj", "tw", "xj", "xz", "yn", "zj",
];

/// The suffix of a plain name, where this table knows it.
pub(super) fn find_plain(name: &str) -> Option<&str> {
    let (head, top) = name.rsplit_once('.')?;
    if FLAT.contains(&top) {
        return Some(top);
    }
    if top != "cn" {
        return None;
    }
    let second = head.rsplit('.').next()?;
    let labels = if BELOW_CN.contains(&second) { 2 } else { 1 };
    super::last_labels(name, labels)
}
