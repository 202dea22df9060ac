"""What kinds, states and degrees are called in people's own lists, in English and Japanese."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A word without what people write differently: width, case, spaces, hyphens, dots, brackets at its end."""
    text = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub(r"[\s_\-・:*※.]+", "", text) or text


def _known(**words: str) -> dict[str, str]:
    """`plain` word → meaning, from lines of words; `_` in a meaning stands for a hyphen."""
    return {
        plain(word): meaning.replace("_", "-")
        for meaning, text in words.items()
        for word in (meaning.replace("_", " "), *(word.strip() for word in text.split("|")))
        if word
    }


def _words(text: str) -> frozenset[str]:
    return frozenset(map(plain, text.split("|")))


KINDS: Final[dict[str, str]] = _known(
    server="サーバー|サーバ|サーバ機|virtual machine|vm|仮想マシン|仮想サーバ|仮想サーバー|物理サーバ|物理サーバー"
    "|app server|application server|アプリケーションサーバ|host|blade|rack server|tower|esxi host|proxy server"
    "|print server|terminal server|remote management|hypervisor",
    web_server="web|ウェブサーバ|ウェブサーバー|webサーバ|webサーバー|www|web server",
    file_server="ファイルサーバ|ファイルサーバー|nas|file share|fileserver|ファイル共有",
    database_server="データベースサーバ|データベースサーバー|dbサーバ|dbサーバー|database|データベース|db|db server"
    "|sql server",
    mail_server="メールサーバ|メールサーバー|mail|smtp server|mailserver",
    directory="ディレクトリ|domain controller|dc|ドメインコントローラ|ドメインコントローラー|ad|active directory"
    "|認証サーバ|ldap",
    cloud_service="クラウド|クラウドサービス|cloud|paas|iaas",
    saas="サース|web service|オンラインサービス",
    pc="パソコン|ノートpc|ノートパソコン|デスクトップ|デスクトップpc|端末|クライアント|クライアントpc|laptop|notebook"
    "|desktop|workstation|ワークステーション|client|computer|personal computer|mac|macbook|portable|thin client"
    "|シンクライアント|all in one|mini tower|タブレットpc",
    mobile="スマートフォン|スマホ|携帯|携帯電話|モバイル|モバイル端末|タブレット|phone|smartphone|tablet|mobile phone"
    "|mobile device|ipad|iphone|pda",
    backup="バックアップ|バックアップ装置|backup server|backup storage|tape library",
    iot="iot機器|複合機|プリンタ|プリンター|カメラ|監視カメラ|printer|mfp|camera|ip camera|webcam|iot device|電話機"
    "|ip電話|voip phone|tv|テレビ会議|projector|プロジェクタ|sensor|センサー|media device|power device"
    "|specialized|入退室装置|ups|pdu|game console",
    plant_system="制御システム|制御装置|plc|scada|ot|ics|工場設備|生産設備|dcs|hmi",
    network_device="ネットワーク機器|ルータ|ルーター|スイッチ|ファイアウォール|ファイヤーウォール|無線ap"
    "|アクセスポイント|router|switch|firewall|access point|wap|ap|load balancer|ロードバランサ|ロードバランサー"
    "|l2スイッチ|l3スイッチ|utm|vpn装置|vpn|hub|ハブ|bridge|broadband router|access switch|core switch"
    "|distribution switch|wireless ap|network|modem|pbx",
    data_store="ストレージ|storage|data store|san|object storage|データストア|storage misc",
)
ZONE_KINDS: Final[dict[str, str]] = _known(
    internet="インターネット|外部|external|public",
    dmz="公開セグメント|公開サーバ|perimeter",
    cloud="クラウド|vpc|vnet",
    office="社内|事務|事務所|オフィス|oa|lan|internal|client|users|無線lan|wifi|社内lan|支社|branch|campus|執務室",
    server="サーバ|サーバー|サーバセグメント|サーバ室|data center|datacenter|データセンター|servers",
    management="管理|運用|管理セグメント|mgmt|oob|運用管理",
    plant="工場|制御|ot|ics|生産|factory",
    guest="来客|ゲスト|来客用|visitor|guest wifi",
    supplier="委託先|取引先|外部委託|vendor|partner|contractor",
)
LIFECYCLES: Final[dict[str, str]] = {
    word: meaning.replace("_", " ").replace("-", " ")
    for word, meaning in _known(
        planned="計画|予定|計画中|導入予定|調達中|未使用|staged|inventory|ordered|in stock|在庫|予備|spare|準備中"
        "|構築中|new|reserved",
        in_use="使用中|利用中|稼働|稼働中|運用中|active|live|production|deployed|installed|現役|本番|operational"
        "|貸出中|in service|enabled",
        retired="廃棄|廃止|廃棄済|廃棄済み|除却|撤去|撤去済|撤去済み|返却|返却済|decommissioned|decommissioning"
        "|disposed|scrapped|end of life|deprecated|removed|使用終了|利用終了|停止済|terminated",
    ).items()
}
#: 0 none, 1 low, 2 medium, 3 high, as in the organisation file.
IMPORTANCE: Final[dict[str, int]] = {
    plain(word): score
    for score, text in enumerate(
        (
            "0|none|無|不要|対象外|negligible",
            "1|low|低|小|低い|c|軽微|minor|ⅰ|レベル1|level 1",
            "2|medium|中|moderate|normal|普通|通常|b|中程度|ⅱ|レベル2|level 2|mid",
            "3|high|高|大|critical|最高|極めて高い|重要|高い|a|重大|very high|ⅲ|レベル3|level 3|最重要|s|vital",
        )
    )
    for word in text.split("|")
}
YES: Final = _words("yes|y|true|1|on|○|〇|◯|✓|はい|有|有り|あり|可|公開|対象|該当|enabled|t|x")
NO: Final = _words("no|n|false|0|off|×|✕|いいえ|無|無し|なし|否|不可|非公開|対象外|非該当|disabled|f")


def kind_of_system(os: str) -> str | None:
    """The kind of a thing by what runs on it, where that is clear: a Windows Server is a server, Android a mobile."""
    name = os.lower()
    for kind, signs in _SYSTEMS:
        if re.search(signs, name):
            return kind
    return None


_SYSTEMS: Final = (
    ("network-device", r"\bios[ -]?x[er]\b|cisco ios|nx-os|junos|fortios|pan-os|routeros|arubaos|vyos|edgeos|eos\b|openwrt"
                       r"|\basa\b"),
    ("server", r"windows.*server|esxi|vmware|red ?hat enterprise|rhel|centos|amazon linux|suse linux enterprise|oracle linux|rocky"
               r"|almalinux|proxmox|\baix\b|solaris|hp-ux|ubuntu.*server|windows (?:nt|2000|2003|2008|2012|2016|2019|2022)"),
    ("mobile", r"android|iphone|ipad|\bios\b|ipados"),
    ("pc", r"windows|macos|mac ?os|os ?x|\bmacmdm\b|chrome ?os"),
)  # fmt: skip
