//! How and where a site is connected.

use super::{Province, code_table};

code_table! {
    /// 网站接入方式.
    AccessMethod {
        LeasedLine = 1 "专线" "Leased line",
        Colocation = 2 "主机托管" "Colocation",
        VirtualHost = 3 "虚拟主机" "Virtual host",
        Other = 4 "其他方式" "Other",
        Cloud = 5 "云接入" "Cloud",
    }
}

code_table! {
    /// 服务器放置地. The ministry numbers them by their pinyin; they are listed as provinces are everywhere else (GB/T 2260).
    ServerLocation {
        Beijing = 2 "北京" "Beijing",
        Tianjin = 29 "天津" "Tianjin",
        Hebei = 11 "河北" "Hebei",
        Shanxi = 28 "山西" "Shanxi",
        InnerMongolia = 21 "内蒙古" "Inner Mongolia",
        Liaoning = 19 "辽宁" "Liaoning",
        Jilin = 16 "吉林" "Jilin",
        Heilongjiang = 14 "黑龙江" "Heilongjiang",
        Shanghai = 26 "上海" "Shanghai",
        Jiangsu = 17 "江苏" "Jiangsu",
        Zhejiang = 34 "浙江" "Zhejiang",
        Anhui = 1 "安徽" "Anhui",
        Fujian = 4 "福建" "Fujian",
        Jiangxi = 18 "江西" "Jiangxi",
        Shandong = 25 "山东" "Shandong",
        Henan = 9 "河南" "Henan",
        Hubei = 10 "湖北" "Hubei",
        Hunan = 15 "湖南" "Hunan",
        Guangdong = 5 "广东" "Guangdong",
        Guangxi = 7 "广西" "Guangxi",
        Hainan = 12 "海南" "Hainan",
        Chongqing = 3 "重庆" "Chongqing",
        Sichuan = 24 "四川" "Sichuan",
        Guizhou = 8 "贵州" "Guizhou",
        Yunnan = 33 "云南" "Yunnan",
        Tibet = 32 "西藏" "Tibet",
        Shaanxi = 27 "陕西" "Shaanxi",
        Gansu = 6 "甘肃" "Gansu",
        Qinghai = 23 "青海" "Qinghai",
        Ningxia = 22 "宁夏" "Ningxia",
        Xinjiang = 31 "新疆" "Xinjiang",
        Taiwan = 30 "台湾" "Taiwan",
        HongKong = 13 "香港" "Hong Kong",
        Macao = 20 "澳门" "Macao",
    }
}

impl ServerLocation {
    /// The province of the mainland that the location is.
    pub fn province(self) -> Option<Province> {
        Some(match self {
            Self::Anhui => Province::Anhui,
            Self::Beijing => Province::Beijing,
            Self::Chongqing => Province::Chongqing,
            Self::Fujian => Province::Fujian,
            Self::Guangdong => Province::Guangdong,
            Self::Gansu => Province::Gansu,
            Self::Guangxi => Province::Guangxi,
            Self::Guizhou => Province::Guizhou,
            Self::Henan => Province::Henan,
            Self::Hubei => Province::Hubei,
            Self::Hebei => Province::Hebei,
            Self::Hainan => Province::Hainan,
            Self::Heilongjiang => Province::Heilongjiang,
            Self::Hunan => Province::Hunan,
            Self::Jilin => Province::Jilin,
            Self::Jiangsu => Province::Jiangsu,
            Self::Jiangxi => Province::Jiangxi,
            Self::Liaoning => Province::Liaoning,
            Self::InnerMongolia => Province::InnerMongolia,
            Self::Ningxia => Province::Ningxia,
            Self::Qinghai => Province::Qinghai,
            Self::Sichuan => Province::Sichuan,
            Self::Shandong => Province::Shandong,
            Self::Shanghai => Province::Shanghai,
            Self::Shaanxi => Province::Shaanxi,
            Self::Shanxi => Province::Shanxi,
            Self::Tianjin => Province::Tianjin,
            Self::Xinjiang => Province::Xinjiang,
            Self::Tibet => Province::Tibet,
            Self::Yunnan => Province::Yunnan,
            Self::Zhejiang => Province::Zhejiang,
            Self::HongKong | Self::Macao | Self::Taiwan => return None,
        })
    }

    /// The location that is this province.
    pub fn of_province(province: Province) -> Option<Self> {
        Self::ALL.iter().copied().find(|place| place.province() == Some(province))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_listed_as_provinces_are_and_keep_the_ministrys_numbers() {
        let provinces: Vec<Province> = ServerLocation::ALL.iter().filter_map(|place| place.province()).collect();
        assert_eq!(provinces, Province::ALL);
        let last: Vec<&str> = ServerLocation::ROWS.iter().skip(provinces.len()).map(|row| row.zh).collect();
        assert_eq!(last, ["台湾", "香港", "澳门"]);
        let numbers = [(ServerLocation::Anhui, 1), (ServerLocation::Beijing, 2), (ServerLocation::Zhejiang, 34)];
        assert!(numbers.iter().all(|(place, number)| place.id() == *number));
        let mut places = vec![ServerLocation::Zhejiang, ServerLocation::Anhui, ServerLocation::Beijing];
        places.sort();
        assert_eq!(places, [ServerLocation::Beijing, ServerLocation::Zhejiang, ServerLocation::Anhui], "as the table lists them");
    }

    #[test]
    fn every_province_is_a_location() {
        for province in Province::ALL {
            let place = ServerLocation::of_province(*province).unwrap();
            assert!(province.zh().starts_with(place.zh()));
        }
    }
}
