//! What a site offers, in which languages, and which content needs an approval first.

use super::code_table;

code_table! {
    /// 前置审批或专项审批内容类型.
    Preapproval {
        News = 1 "新闻" "News",
        Publishing = 2 "出版" "Publishing",
        Education = 3 "教育" "Education",
        HealthCare = 4 "医疗保健" "Health care",
        Medicines = 5 "药品和医疗器械" "Medicines and medical devices",
        BulletinBoard = 6 "电子公告服务" "Bulletin board service",
        Blog = 7 "博客" "Blog" retired,
        Wap = 8 "WAP网站" "WAP site" retired,
        Culture = 9 "文化" "Culture",
        Broadcasting = 10 "广播电影电视节目" "Radio, film and television programmes",
        RideHailing = 11 "网络预约车" "Ride hailing",
        InternetFinance = 13 "互联网金融" "Internet finance",
        Tutoring = 14 "校外培训" "Off-campus tutoring",
    }
}

impl Preapproval {
    /// Whether the competent department's approval must be shown (the table's 是否前置审批); a bulletin board is a
    /// 专项 matter that the bureau decides itself.
    pub fn needs_approval(self) -> bool {
        !matches!(self, Self::BulletinBoard | Self::Blog | Self::Wap)
    }
}

code_table! {
    /// 网站服务内容.
    ServiceContent {
        InstantMessaging = 1 "即时通信" "Instant messaging",
        SearchEngine = 2 "搜索引擎" "Search engine",
        Portal = 3 "综合门户" "General portal",
        Mail = 4 "网上邮局" "Mail",
        News = 5 "网络新闻" "News",
        Blog = 6 "博客/个人空间" "Blog or personal space",
        Advertising = 7 "网络广告/信息" "Advertising or information",
        UnitPortal = 8 "单位门户网站" "Site of a unit",
        Shopping = 9 "网络购物" "Shopping",
        Payment = 10 "网上支付" "Payment",
        Banking = 11 "网上银行" "Banking",
        Securities = 12 "网上炒股/股票基金" "Shares and funds",
        Games = 13 "网络游戏" "Games",
        Music = 14 "网络音乐" "Music",
        Video = 15 "网络影视" "Films and television",
        Pictures = 16 "网络图片" "Pictures",
        Software = 17 "网络软件/下载" "Software and downloads",
        Jobs = 18 "网上求职" "Jobs",
        Dating = 19 "网上交友/婚介" "Dating",
        RealEstate = 20 "网上房产" "Real estate",
        Education = 21 "网络教育" "Education",
        SiteBuilding = 22 "网站建设" "Site building",
        Wap = 23 "WAP" "WAP",
        Other = 24 "其他" "Other",
        App = 28 "APP" "App",
        LendingIntermediary = 29 "网络借贷信息中介" "Lending intermediary",
        EquityFunding = 30 "互联网股权融资" "Equity funding",
        Insurance = 31 "互联网保险" "Insurance",
        CrossSectorFinance = 32 "互联网跨界金融及资产管理" "Cross-sector finance and asset management",
        NonBankPayment = 33 "网上非银支付" "Non-bank payment",
    }
}

impl ServiceContent {
    /// The table's 运算代码: sets are stored as a sum of these.
    pub fn mask(self) -> u64 {
        1 << (self.id() - 1)
    }

    /// What individuals may offer.
    pub fn is_for_individuals(self) -> bool {
        matches!(self, Self::Blog | Self::Other)
    }
}

code_table! {
    /// 网站语言类别.
    Language {
        SimplifiedChinese = 1 "中文简体" "Simplified Chinese",
        TraditionalChinese = 2 "中文繁体" "Traditional Chinese",
        Uyghur = 3 "维吾尔语" "Uyghur",
        Kazakh = 4 "哈萨克语" "Kazakh",
        Kyrgyz = 5 "柯尔克孜语" "Kyrgyz",
        Mongolian = 6 "蒙古语" "Mongolian",
        Tibetan = 7 "藏语" "Tibetan",
        Zhuang = 8 "壮语" "Zhuang",
        Korean = 9 "朝鲜语" "Korean",
        Yi = 10 "彝文" "Yi",
        Miao = 11 "苗语" "Miao",
        English = 12 "英语" "English",
        Japanese = 13 "日语" "Japanese",
        French = 14 "法语" "French",
        Russian = 15 "俄罗斯语" "Russian",
        Spanish = 16 "西班牙语" "Spanish",
        Arabic = 17 "阿拉伯语" "Arabic",
    }
}
