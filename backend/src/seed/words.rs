//! The words that names are made of, each with its spelling in Latin letters for domains.

/// First and second words of companies and sites.
pub(super) const WORDS: [(&str, &str); 48] = [
    ("书香", "shuxiang"),
    ("云帆", "yunfan"),
    ("远山", "yuanshan"),
    ("清泉", "qingquan"),
    ("晨曦", "chenxi"),
    ("星河", "xinghe"),
    ("青禾", "qinghe"),
    ("听雨", "tingyu"),
    ("松风", "songfeng"),
    ("南溪", "nanxi"),
    ("北辰", "beichen"),
    ("东篱", "dongli"),
    ("西岭", "xiling"),
    ("长亭", "changting"),
    ("微光", "weiguang"),
    ("拾光", "shiguang"),
    ("半夏", "banxia"),
    ("知秋", "zhiqiu"),
    ("归舟", "guizhou"),
    ("望岳", "wangyue"),
    ("鹿鸣", "luming"),
    ("鲸落", "jingluo"),
    ("百草", "baicao"),
    ("千帆", "qianfan"),
    ("万象", "wanxiang"),
    ("橙果", "chengguo"),
    ("木棉", "mumian"),
    ("银杏", "yinxing"),
    ("海棠", "haitang"),
    ("紫藤", "ziteng"),
    ("竹韵", "zhuyun"),
    ("兰亭", "lanting"),
    ("琢玉", "zhuoyu"),
    ("墨池", "mochi"),
    ("丹青", "danqing"),
    ("锦瑟", "jinse"),
    ("流萤", "liuying"),
    ("飞鸿", "feihong"),
    ("聚合", "juhe"),
    ("匠心", "jiangxin"),
    ("良工", "lianggong"),
    ("启明", "qiming"),
    ("嘉木", "jiamu"),
    ("和光", "heguang"),
    ("同尘", "tongchen"),
    ("行健", "xingjian"),
    ("致远", "zhiyuan"),
    ("向阳", "xiangyang"),
];

/// What companies call their trade.
pub(super) const TRADES: [&str; 12] = [
    "科技有限公司",
    "网络科技有限公司",
    "信息技术有限公司",
    "商贸有限公司",
    "食品有限公司",
    "服饰有限公司",
    "机械制造有限公司",
    "建筑设计有限公司",
    "旅行社有限公司",
    "物流有限公司",
    "家居用品有限公司",
    "软件有限公司",
];

/// What units' sites are called.
pub(super) const UNIT_SITES: [&str; 6] = ["官方网站", "企业官网", "客户服务网", "产品展示网", "在线商城", "服务平台"];

/// What individuals' sites are called.
pub(super) const OWN_SITES: [&str; 6] = ["手记", "的小站", "笔记", "随笔", "相册", "日志"];

/// Family names.
pub(super) const FAMILY: [&str; 24] = [
    "林", "周", "何", "宋", "唐", "许", "韩", "沈", "程", "顾", "邵", "陆", "苏", "叶", "方", "石", "贺", "龚", "施", "袁", "蒋",
    "薛", "闻", "祝",
];

/// Given names.
pub(super) const GIVEN: [&str; 24] = [
    "雨晴", "明远", "静怡", "建业", "志远", "文博", "雪梅", "立新", "秋实", "晓峰", "丽华", "子涵", "思源", "海涛", "婉清",
    "国栋", "佳宁", "永康", "若兰", "泽宇", "春生", "玉洁", "浩然", "安琪",
];

/// Where made-up people live: province, city, county, and the name down to the county.
pub(super) const PLACES: [(u32, u32, u32, &str); 3] = [
    (110_000, 110_100, 110_105, "北京市朝阳区"),
    (330_000, 330_100, 330_106, "浙江省杭州市西湖区"),
    (320_000, 320_100, 320_105, "江苏省南京市建邺区"),
];

/// Streets of made-up addresses.
pub(super) const STREETS: [&str; 8] = ["和平里", "学府", "建设", "文化", "新华", "中心", "工业", "花园"];
