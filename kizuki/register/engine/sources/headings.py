"""Which column of a people's own table holds what: the headings that are usual in English and Japanese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from kizuki.kit.text import marked as _
from kizuki.register.engine.sources.values import is_secret

#: The fields that a table's column may give, by kind of record, with what they are called. `seen_at` gives sightings.
FIELDS: Final[dict[str, dict[str, str]]] = {
    "asset": {
        "id": _("Number of the asset"), "name": _("Name"), "kind": _("Kind"), "unit": _("Unit"), "zone": _("Zone"),
        "owner": _("Owner"), "macs": _("MAC addresses"), "ips": _("IP addresses"), "hosts": _("Host names"),
        "serials": _("Serial numbers"), "cloud_ids": _("Ids in a cloud"), "urls": _("Addresses of pages (URL)"),
        "lifecycle": _("Planned, in use or retired"), "make": _("Maker"), "model": _("Model"), "os": _("Operating system"),
        "count": _("How many"), "internet_facing": _("Can be reached from the internet"),
        "supplier_facing": _("Can be reached by suppliers"), "realm": _("Realm"), "importance": _("Importance, all in one"),
        "importance.confidentiality": _("Importance: confidentiality"), "importance.integrity": _("Importance: integrity"),
        "importance.availability": _("Importance: availability"), "traits": _("Traits"), "notes": _("Notes"),
        "seen_at": _("Last seen"),
    },
    "unit": {"id": _("Number of the unit"), "name": _("Name"), "parent": _("Unit above"), "owner": _("Owner"), "notes": _("Notes")},
    "zone": {
        "id": _("Number of the zone"), "name": _("Name"), "zone_kind": _("Kind"), "ranges": _("Address ranges"),
        "unit": _("Unit"), "notes": _("Notes"),
    },
    "contact": {
        "id": _("Number of the contact"), "name": _("Name"), "mail": _("Mail address"), "unit": _("Unit"), "notes": _("Notes"),
    },
}  # fmt: skip
#: Fields that several columns may give together.
SEVERAL: Final = frozenset({"macs", "ips", "hosts", "serials", "cloud_ids", "urls", "traits", "notes", "ranges"})


def heading(written: str) -> str:
    """A heading without what people write differently: width, case, spaces, what stands in brackets, signs of “required”."""
    text = unicodedata.normalize("NFKC", written[:200]).lower()
    text = re.sub(r"[(\[【〔<][^)\]】〕>]*[)\]】〕>]", "", text) or text
    return re.sub(r"[\s_\-・:*※./'\"]+", "", text)


_USUAL: Final[dict[str, dict[str, str]]] = {
    "asset": {
        "id": "資産の番号|id|資産番号|管理番号|資産管理番号|資産id|資産コード|機器番号|機器id|管理no|no|no.|番号"
            "|asset id|asset tag|asset number|asset no|inventory number|inventory no|ci id|備品番号|固定資産番号"
            "|機器管理番号|システムid|端末id|pc番号",
        "name": "name|資産名|資産名称|名称|名前|機器名|機器名称|システム名|装置名|端末名|pc名|サーバ名|サーバー名"
            "|asset|asset name|device|device name|display name|system|system name|ci name|情報資産名|情報資産名称"
            "|品名|サービス名",
        "kind": "kind|type|種別|種類|分類|区分|資産種別|資産分類|機器種別|機種区分|カテゴリ|カテゴリー|category"
            "|asset type|device type|class|機器分類|資産区分|device category",
        "unit": "unit|部署|部門|所属|所属部署|所管|所管部署|主管部署|管理部署|管理部門|使用部署|利用部署|担当部署"
            "|組織|課|部|department|dept|division|team|business unit|organisation|organization|organizational unit"
            "|section|group|cost center|所属部門|部署名|部門名|学部|研究室",
        "zone": "zone|区画|ゾーン|セグメント|ネットワーク|ネットワークセグメント|network|network zone|segment|vlan"
            "|設置場所|場所|設置先|所在|所在地|拠点|フロア|部屋|保管場所|location|site|place|room|設置拠点|建物"
            "|building|network segment|security zone",
        "owner": "owner|管理者|担当者|責任者|管理責任者|管理担当者|担当|所有者|使用者|利用者|利用者名|システム管理者"
            "|asset owner|responsible|administrator|admin|contact|user|assigned to|custodian|管理者名|担当者名"
            "|使用者名|資産管理者|情報資産管理者|technical contact|managed by",
        "macs": "mac|macs|mac address|mac addresses|macアドレス|物理アドレス|physical address|ethernet address"
            "|hardware address|hwaddr|lladdr|mac addr|ethernet|無線macアドレス|有線macアドレス|wifi mac|wireless mac"
            "|lan mac|bluetooth mac",
        "ips": "ip|ips|ip address|ip addresses|ipアドレス|ipv4|ipv6|ipv4 address|ipv6 address|ipv4アドレス"
            "|ipv6アドレス|アドレス|address|ip addr|primary ip|management ip|管理ipアドレス|プライベートip"
            "|グローバルip|グローバルipアドレス|private ip|public ip|固定ipアドレス",
        "hosts": "host|hosts|hostname|host name|ホスト|ホスト名|fqdn|dns name|dns|コンピュータ名|コンピューター名"
            "|computer name|computer|server name|netbios name|ドメイン名|node|node name|machine name",
        "serials": "serial|serials|serial number|serial no|serialno|シリアル|シリアル番号|シリアルナンバー|シリアルno"
            "|製造番号|s/n|sn|service tag|製品番号|製番|サービスタグ|機体番号|serialnumber|device serial",
        "cloud_ids": "クラウド上の識別子|cloud id|instance id|resource id|arn|インスタンスid|リソースid|クラウドid"
            "|resourceid|vm id|vmid|cloud ids",
        "urls": "url|urls|web address|website|アドレス(url)|ウェブサイト|サイトurl|リンク|homepage|uri|endpoint",
        "lifecycle": "計画中・稼働中・廃止の別|lifecycle|status|state|状態|ステータス|利用状況|稼働状況|使用状況"
            "|運用状況|廃棄区分|利用状態|ライフサイクル|使用状態|asset status",
        "make": "make|maker|manufacturer|vendor|メーカー|メーカ|製造元|製造者|ベンダー|ベンダ|ブランド|brand|製造会社"
            "|メーカー名|メーカ名",
        "model": "model|型番|型式|機種|機種名|モデル|モデル名|製品名|product|model number|model name|part number"
            "|製品型番|形式|品番",
        "os": "os|operating system|基本ソフト|os名|os名称|osバージョン|os version|オペレーティングシステム|os name"
            "|platform|osの種類|使用os|os種別",
        "count": "count|quantity|qty|数量|台数|個数|数|number of units|amount|員数",
        "internet_facing": "インターネットから到達可能|internet facing|internet|public facing|インターネット公開"
            "|外部公開|公開|公開有無|外部公開有無|インターネット接続|internet exposed|exposed|公開サーバ",
        "supplier_facing": "取引先から到達可能|supplier facing|vendor access|委託先接続|外部委託接続|取引先接続"
            "|保守回線|third party access|supplier access|リモート保守",
        "realm": "realm|認証領域|domain|認証基盤|ドメイン|認証|directory|ad domain|参加ドメイン|認証方式|workgroup|ad",
        "importance": "importance|重要度|重要性|資産価値|criticality|priority|critical|重要度評価|総合重要度"
            "|重要度ランク|business criticality|価値",
        "importance.confidentiality": "confidentiality|機密性|機密度|importance.confidentiality|機密性レベル"
            "|importance confidentiality|機密区分|c値",
        "importance.integrity": "integrity|完全性|importance.integrity|完全性レベル|importance integrity|i値",
        "importance.availability": "availability|可用性|importance.availability|可用性レベル|importance availability"
            "|a値",
        "traits": "traits|特徴|特性|属性|tags|tag|タグ",
        "notes": "notes|note|備考|メモ|摘要|説明|コメント|comment|comments|remarks|description|用途|purpose|特記事項"
            "|memo|概要|usage|利用目的|使用目的",
        "seen_at": "seen at|last seen|最終確認|最終確認日|最終確認日時|最終接続|最終接続日時|最終ログオン|last logon"
            "|last login|last contact|last check in|last scan|棚卸日|棚卸し日|棚卸実施日|最終棚卸日|確認日"
            "|last inventory|last sync|最終通信日時|last scanned|最終利用日",
    },
    "unit": {
        "id": "部門の番号|id|部署コード|部門コード|組織コード|コード|code|部署番号|unit id|department code|no|番号",
        "name": "名前|name|部署|部署名|部門|部門名|組織名|名称|unit|department|department name|division|unit name"
            "|team|組織",
        "parent": "上位の部門|parent|上位部署|上位部門|上位組織|親部署|親部門|親組織|parent unit|parent department"
            "|reports to|上位組織コード|上位部署コード|親",
        "owner": "owner|責任者|部署長|部門長|所属長|管理者|head|manager|responsible|長",
        "notes": "notes|備考|メモ|説明|comment|description|remarks",
    },
    "zone": {
        "id": "区画の番号|id|区画id|セグメントid|vlan id|vlanid|vid|コード|code|番号|no|zone id",
        "name": "名前|name|区画|区画名|セグメント|セグメント名|ネットワーク名|名称|zone|zone name|network name"
            "|segment|vlan|vlan名|vlan name|description|説明",
        "zone_kind": "kind|種別|種類|区分|type|分類|zone kind|zone type|role",
        "ranges": "アドレスの範囲|ranges|range|cidr|subnet|prefix|network|ネットワークアドレス|アドレス範囲"
            "|サブネット|ipアドレス範囲|ネットワーク|network address|ip range|address range|ipレンジ|アドレス帯"
            "|プレフィックス",
        "unit": "unit|部署|部門|管理部署|管理部門|所管|department|team|tenant",
        "notes": "notes|備考|メモ|comment|comments|remarks",
    },
    "contact": {
        "id": "連絡先の番号|id|社員番号|職員番号|employee id|社員id|職員id|番号|no|contact id|employee number",
        "name": "name|氏名|名前|担当者|担当者名|full name|display name|contact|contact name|person|名称|窓口",
        "mail": "mail|email|e-mail|mail address|email address|メール|メールアドレス|eメール|電子メール|emailアドレス",
        "unit": "unit|部署|部署名|部門|所属|所属部署|department|team|division|組織",
        "notes": "notes|備考|メモ|comment|remarks|役割|役職|title|job title",
    },
}  # fmt: skip
_KNOWN: Final = {
    kind: {
        heading(word): field
        for field, words in usual.items()
        for word in (field, FIELDS[kind][field], *words.split("|"))
    }
    for kind, usual in _USUAL.items()
}
#: Parts that are enough to know a heading by, where it is not known as a whole, e.g. “MACアドレス1”.
_PARTS: Final = (
    ("macアドレス", "macs"), ("macaddress", "macs"), ("ipアドレス", "ips"), ("ipaddress", "ips"), ("ipv4", "ips"), ("ipv6", "ips"),
    ("シリアル", "serials"), ("serial", "serials"), ("ホスト名", "hosts"), ("hostname", "hosts"), ("fqdn", "hosts"), ("url", "urls"),
    ("部署", "unit"), ("設置場所", "zone"), ("機密性", "importance.confidentiality"), ("完全性", "importance.integrity"),
    ("可用性", "importance.availability"), ("重要度", "importance"), ("備考", "notes"), ("メーカ", "make"),
)  # fmt: skip


def field_of(written: str, kind: str = "asset") -> str | None:
    """The field that a heading usually names, or None. Columns that seem to hold passwords name none."""
    word = heading(written)
    if not word or is_secret(written):
        return None
    if field := _KNOWN[kind].get(word) or _KNOWN[kind].get(word.rstrip("0123456789")):
        return field
    if kind == "asset" and len(word) <= 30:
        return next((field for part, field in _PARTS if part in word), None)
    return None


def known_headings(cells: Sequence[str]) -> int:
    """How many cells look like headings of any table that is read."""
    return sum(any(heading(cell) in known for known in _KNOWN.values()) for cell in cells[:200] if 0 < len(cell) <= 60)


def guess_mapping(headings: Iterable[str], kind: str = "asset") -> dict[str, str]:
    """Which column gives which field, as plain data: `{"資産名": "name", …}`. A column that is not known is left out, and so
    is the second one for a field that takes one value. A table without a column of names takes them from the hosts."""
    made: dict[str, str] = {}
    for written in headings:
        field = field_of(written, kind)
        if field and (field in SEVERAL or field not in made.values()):
            made[written] = field
    return made
