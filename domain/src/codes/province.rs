//! The provinces whose bureaux file, with the character that begins their filing numbers.

use super::code_table;

code_table! {
    /// 省级行政区划 (GB/T 2260).
    Province {
        Beijing = 110000 "北京市" "Beijing",
        Tianjin = 120000 "天津市" "Tianjin",
        Hebei = 130000 "河北省" "Hebei",
        Shanxi = 140000 "山西省" "Shanxi",
        InnerMongolia = 150000 "内蒙古自治区" "Inner Mongolia",
        Liaoning = 210000 "辽宁省" "Liaoning",
        Jilin = 220000 "吉林省" "Jilin",
        Heilongjiang = 230000 "黑龙江省" "Heilongjiang",
        Shanghai = 310000 "上海市" "Shanghai",
        Jiangsu = 320000 "江苏省" "Jiangsu",
        Zhejiang = 330000 "浙江省" "Zhejiang",
        Anhui = 340000 "安徽省" "Anhui",
        Fujian = 350000 "福建省" "Fujian",
        Jiangxi = 360000 "江西省" "Jiangxi",
        Shandong = 370000 "山东省" "Shandong",
        Henan = 410000 "河南省" "Henan",
        Hubei = 420000 "湖北省" "Hubei",
        Hunan = 430000 "湖南省" "Hunan",
        Guangdong = 440000 "广东省" "Guangdong",
        Guangxi = 450000 "广西壮族自治区" "Guangxi",
        Hainan = 460000 "海南省" "Hainan",
        Chongqing = 500000 "重庆市" "Chongqing",
        Sichuan = 510000 "四川省" "Sichuan",
        Guizhou = 520000 "贵州省" "Guizhou",
        Yunnan = 530000 "云南省" "Yunnan",
        Tibet = 540000 "西藏自治区" "Tibet",
        Shaanxi = 610000 "陕西省" "Shaanxi",
        Gansu = 620000 "甘肃省" "Gansu",
        Qinghai = 630000 "青海省" "Qinghai",
        Ningxia = 640000 "宁夏回族自治区" "Ningxia",
        Xinjiang = 650000 "新疆维吾尔自治区" "Xinjiang",
    }
}

impl Province {
    /// The character at the head of the filing numbers that the province's bureau issues.
    pub fn abbreviation(self) -> char {
        match self {
            Self::Beijing => '京',
            Self::Tianjin => '津',
            Self::Hebei => '冀',
            Self::Shanxi => '晋',
            Self::InnerMongolia => '蒙',
            Self::Liaoning => '辽',
            Self::Jilin => '吉',
            Self::Heilongjiang => '黑',
            Self::Shanghai => '沪',
            Self::Jiangsu => '苏',
            Self::Zhejiang => '浙',
            Self::Anhui => '皖',
            Self::Fujian => '闽',
            Self::Jiangxi => '赣',
            Self::Shandong => '鲁',
            Self::Henan => '豫',
            Self::Hubei => '鄂',
            Self::Hunan => '湘',
            Self::Guangdong => '粤',
            Self::Guangxi => '桂',
            Self::Hainan => '琼',
            Self::Chongqing => '渝',
            Self::Sichuan => '蜀',
            Self::Guizhou => '黔',
            Self::Yunnan => '滇',
            Self::Tibet => '藏',
            Self::Shaanxi => '陕',
            Self::Gansu => '陇',
            Self::Qinghai => '青',
            Self::Ningxia => '宁',
            Self::Xinjiang => '新',
        }
    }

    /// The province that an abbreviation names: the one that is issued, or another in use
    /// (川 for 蜀, 甘 for 陇, 贵 for 黔, 云 for 滇, 秦 for 陕).
    pub fn from_abbreviation(c: char) -> Option<Self> {
        let issued = match c {
            '川' => '蜀',
            '甘' => '陇',
            '贵' => '黔',
            '云' => '滇',
            '秦' => '陕',
            c => c,
        };
        Self::ALL.iter().copied().find(|province| province.abbreviation() == issued)
    }

    /// The name as addresses write it for short: 浙江, 广西, 内蒙古.
    pub fn short(self) -> &'static str {
        let letters = if matches!(self, Self::InnerMongolia | Self::Heilongjiang) { 3 } else { 2 };
        let name = self.zh();
        name.char_indices().nth(letters).and_then(|(end, _)| name.get(..end)).unwrap_or(name)
    }

    /// The province of a six-digit division.
    pub fn of_division(code: u32) -> Option<Self> {
        Self::find(code / 10_000 * 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_province_is_found_by_its_own_abbreviation_and_by_the_other_in_use() {
        for province in Province::ALL {
            assert_eq!(Province::from_abbreviation(province.abbreviation()), Some(*province));
        }
        for (other, issued) in [('川', '蜀'), ('甘', '陇'), ('贵', '黔'), ('云', '滇')] {
            assert_eq!(Province::from_abbreviation(other), Province::from_abbreviation(issued));
        }
        assert_eq!(Province::from_abbreviation('港'), None);
    }

    #[test]
    fn a_county_lies_in_its_province() {
        assert_eq!(Province::of_division(110_105), Some(Province::Beijing));
        assert_eq!(Province::of_division(810_000), None);
    }
}
