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
    /// 服务器放置地, in the order of the ministry's table.
    ServerLocation {
        Anhui = 1 "安徽" "Anhui",
        Beijing = 2 "北京" "Beijing",
        Chongqing = 3 "重庆" "Chongqing",
        Fujian = 4 "福建" "Fujian",
        Guangdong = 5 "广东" "Guangdong",
        Gansu = 6 "甘肃" "Gansu",
        Guangxi = 7 "广西" "Guangxi",
        Guizhou = 8 "贵州" "Guizhou",
        Henan = 9 "河南" "Henan",
        Hubei = 10 "湖北" "Hubei",
        Hebei = 11 "河北" "Hebei",
        Hainan = 12 "海南" "Hainan",
        HongKong = 13 "香港" "Hong Kong",
        Heilongjiang = 14 "黑龙江" "Heilongjiang",
        Hunan = 15 "湖南" "Hunan",
        Jilin = 16 "吉林" "Jilin",
        Jiangsu = 17 "江苏" "Jiangsu",
        Jiangxi = 18 "江西" "Jiangxi",
        Liaoning = 19 "辽宁" "Liaoning",
        Macao = 20 "澳门" "Macao",
        InnerMongolia = 21 "内蒙古" "Inner Mongolia",
        Ningxia = 22 "宁夏" "Ningxia",
        Qinghai = 23 "青海" "Qinghai",
        Sichuan = 24 "四川" "Sichuan",
        Shandong = 25 "山东" "Shandong",
        Shanghai = 26 "上海" "Shanghai",
        Shaanxi = 27 "陕西" "Shaanxi",
        Shanxi = 28 "山西" "Shanxi",
        Tianjin = 29 "天津" "Tianjin",
        Taiwan = 30 "台湾" "Taiwan",
        Xinjiang = 31 "新疆" "Xinjiang",
        Tibet = 32 "西藏" "Tibet",
        Yunnan = 33 "云南" "Yunnan",
        Zhejiang = 34 "浙江" "Zhejiang",
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
    fn every_province_is_a_location() {
        for province in Province::ALL {
            let place = ServerLocation::of_province(*province).unwrap();
            assert!(province.zh().starts_with(place.zh()));
        }
    }
}
