"""Vocabularies of text columns: a code in a sheet is a place in one of these."""

from typing import Final

MODELS: Final = (
    "Huawei Mate 60",
    "Huawei nova 12",
    "Huawei P60",
    "Honor 100",
    "Honor X50",
    "Xiaomi 14",
    "Redmi K70",
    "Redmi Note 13",
    "OPPO Reno11",
    "OPPO A2",
    "vivo S18",
    "vivo Y100",
    "OnePlus 12",
    "realme 12",
    "Samsung S24",
    "iPhone 13",
    "iPhone 14",
    "iPhone 15",
    "iPhone 15 Pro",
    "iPad 10",
)
FIRST_APPLE: Final = 15
OPERATING_SYSTEMS: Final = ("Android 12", "Android 13", "Android 14", "HarmonyOS 4", "iOS 17", "iOS 18")
CATEGORIES: Final = (
    "grocery",
    "restaurant",
    "electronics",
    "clothing",
    "travel",
    "utilities",
    "pharmacy",
    "games",
    "wholesale",
    "employer",
)
EMPLOYER: Final = CATEGORIES.index("employer")
COMPLAINTS: Final = ("harassment", "did not pay back", "fake goods", "asked for money", "spam", "scam")
PURPOSES: Final = ("credit_assessment", "device_fingerprint", "marketing", "bureau_inquiry")
LISTED: Final = ("person", "device", "ip", "merchant")
LIST_REASONS: Final = ("confirmed fraud", "chargebacks", "under observation", "known customer")

TEXTS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("devices", "model"): MODELS,
    ("devices", "os"): OPERATING_SYSTEMS,
    ("merchants", "category"): CATEGORIES,
    ("reports", "reason"): COMPLAINTS,
    ("consents", "purpose"): PURPOSES,
    ("lists", "target_kind"): LISTED,
    ("lists", "reason"): LIST_REASONS,
}

TOWNS: Final = (
    "浙江省杭州市",
    "江苏省南京市",
    "广东省深圳市",
    "四川省成都市",
    "湖北省武汉市",
    "陕西省西安市",
    "山东省青岛市",
    "河南省郑州市",
)
DISTRICTS: Final = ("西湖区", "新城区", "南山区", "武侯区", "江岸区", "雁塔区", "市北区", "金水区", "高新区", "开发区")
STREETS: Final = (
    "文一路",
    "中山路",
    "人民路",
    "解放路",
    "建设路",
    "和平路",
    "光明路",
    "学府路",
    "滨江大道",
    "科技路",
    "长江路",
    "朝阳街",
)
SYLLABLES: Final = (
    "wang",
    "li",
    "zhang",
    "liu",
    "chen",
    "yang",
    "zhao",
    "huang",
    "wu",
    "xu",
    "sun",
    "hu",
    "zhu",
    "gao",
    "lin",
    "he",
    "guo",
    "ma",
    "luo",
    "liang",
)
MAIL_HOSTS: Final = ("mail.example", "post.example", "box.example", "letter.example")
