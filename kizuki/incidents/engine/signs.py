"""Signs of an attack: what the words of an entry, or the form of an attack step, speak of, in either language."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import msgspec

from kizuki.casebook.engine.format import AttackStep
from kizuki.kit.text import Text


class Sign(msgspec.Struct, frozen=True):
    """`words`: a pattern over folded text; `effects`, `vias`, `kinds`: steps that show it by their form."""

    id: str
    name: Text
    words: str
    effects: frozenset[str] = frozenset()
    vias: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


def _sign(id: str, ja: str, en: str, *words: str, effects: str = "", vias: str = "", kinds: str = "") -> Sign:
    shown = (frozenset(said.split()) for said in (effects, vias, kinds))
    return Sign(id, Text(ja=ja, en=en), "|".join(words), *shown)


SIGNS: Final[tuple[Sign, ...]] = (
    _sign("encryption", "暗号化", "encryption", r"暗号化|ランサム|身代金", r"encrypt|ransom", effects="encrypt"),
    _sign(
        "extortion", "脅迫", "extortion", r"脅迫|身代金|攻撃者(?:の|と|への?)連絡",
        r"ransom note|extort|contact the attacker",
    ),
    _sign("backup", "バックアップ", "backups", r"バックアップ", r"backup", kinds="backup"),
    _sign(
        "tampering", "改ざん", "tampering", r"改ざん|改竄|書き換え", r"deface|tamper|alter(?:ed|ing)|planted", effects="tamper"
    ),
    _sign(
        "leak", "情報の流出", "a leak of information",
        r"漏えい|漏洩|流出|持ち出|盗(?:ま|み)|ダークウェブ|不正に(?:アクセス|閲覧)",
        r"leak|exfiltrat|stolen|exposed on|dark web|improperly accessed", effects="leak",
    ),
    _sign(
        "sign-in", "不正なサインイン", "sign-ins by somebody else",
        r"不正(?:な)?(?:ログイン|サインイン)|(?:ログイン|サインイン)(?:の)?(?:失敗|成功|履歴|記録)|覚えのない",
        r"総当た|辞書攻撃|利用履歴", r"(?:sign|log)(?:ed)?[ -]?ins?\b|logins?\b|brute|dictionary attack",
        r"usage history|usual country", vias="account",
    ),
    _sign("passwords", "パスワード", "passwords", r"パスワード|認証情報", r"password|credential"),
    _sign(
        "mail", "メール", "mail", r"メールが?届|添付|不審なメール|フィッシング|標的型メール",
        r"phish|attachment|suspicious mail|mail with|mail posing", vias="mail",
    ),
    _sign(
        "malware", "マルウェア", "malware", r"マルウェア|ウイルス|ウィルス|感染|検体|不正な?プログラム",
        r"malware|virus|infect|sample|\bedr\b|trojan",
    ),
    _sign(
        "spread", "感染や侵入の広がり", "spreading", r"広が|拡散|拡大|ワーム|横展開|あちこち|次々|全社",
        r"spread|worm|lateral|all over|other (?:pcs?|devices|systems)", effects="spread",
    ),
    _sign(
        "supplier", "取引先・委託先", "suppliers", r"取引先|委託先|仕入先|協力会社", r"supplier|contractor|partner",
        vias="supplier",
    ),
    _sign(
        "cloud", "クラウド", "cloud services", r"クラウド", r"saas|iaas|cloud|microsoft 365|google workspace",
        kinds="cloud-service saas",
    ),
    _sign(
        "link", "連携機能", "links between systems", r"連携(?:機能|アカウント|サーバ)|踏み台|足掛かり|足場",
        r"links? between|integration|stepping", vias="link",
    ),
    _sign(
        "web", "公開Web", "public web sites", r"ホームページ|web ?サイト|ウェブサイト|webサーバ|公開サーバ",
        r"web ?site|web server|web application|hosting", kinds="web-server",
    ),
    _sign(
        "plant", "工場・設備", "plants", r"工場|プラント|生産|製造|制御",
        r"factor(?:y|ies)|\bplants?\b|production (?:line|system)", kinds="plant-system",
    ),
    _sign("iot", "IoT機器", "IoT devices", r"センサ|入退室|監視カメラ", r"iot|sensors?\b|door control", kinds="iot"),
    _sign(
        "file-server", "ファイルサーバ", "file servers", r"ファイルサーバ|共有フォルダ",
        r"file server|shared folder|share\b", kinds="file-server",
    ),
    _sign(
        "outbound", "外向きの不審な通信", "odd traffic to the outside",
        r"外向き|外部への?通信|不正な通信|不審な通信|大量の(?:通信|送信)|通信先",
        r"outbound|heavy traffic|bad traffic|traffic going out|beacon|destinations? of",
    ),
    _sign(
        "misuse", "資源の悪用", "misuse of resources", r"マイニング|採掘|暗号資産|仮想通貨|スパムの?送信|踏み台に",
        r"cryptocurr|mining|miner|relay(?:ed)? spam", effects="misuse",
    ),
    _sign(
        "hiding", "痕跡の消去", "erased traces", r"(?:ログ|記録|痕跡)[^。]{0,8}(?:消|削除)",
        r"(?:logs?|traces)[^.]{0,16}(?:eras|delet|gone|wiped)|erased", effects="hide",
    ),
    _sign(
        "outage", "システムの停止", "systems that do not work", r"使えない|動かない|応答しない|障害|つながらない",
        r"cannot be used|system failure|outage|unreachable|fault", effects="outage",
    ),
    _sign("scan", "外部への探索", "scans of others", r"スキャン", r"port scan|scans? (?:ports|of)|scanning"),
    _sign("flaw", "脆弱性", "a known flaw", r"脆弱性|パッチ|未適用", r"vulnerab|unpatched|patch|known flaw|exploit"),
    _sign(
        "exposed", "誤った公開・設定", "something left open",
        r"ファイアウォールを?(?:開|緩)|設定(?:ミス|誤り|を誤)|公開(?:状態|されて)|意図せず公開",
        r"firewall was opened|misconfig|left open|exposed to",
    ),
    _sign(
        "targeted", "標的型攻撃", "a targeted attack", r"標的型|高度な攻撃|長期間|潜伏|気付かれ|ハンティング",
        r"targeted|tailored|apt\b|unseen|hunt",
    ),
    _sign(
        "lost", "紛失・盗難", "a lost device", r"紛失|置き忘れ|盗難|なくした", r"\blost\b|left (?:it|on the)|theft of"
    ),
    _sign(
        "insider", "内部者", "an insider", r"退職|内部不正|従業員が(?:持ち|無断)", r"insider|resign|leaving employee"
    ),
)  # fmt: skip
_PATTERNS: Final = {sign.id: re.compile(sign.words) for sign in SIGNS}
BY_ID: Final = {sign.id: sign for sign in SIGNS}
#: A text is searched this far for signs.
FAR: Final = 2000


def in_text(text: str) -> frozenset[str]:
    """The signs of which a text speaks."""
    plain = unicodedata.normalize("NFKC", text[:FAR]).casefold()
    return frozenset(id for id, pattern in _PATTERNS.items() if pattern.search(plain))


def of_step(step: AttackStep) -> frozenset[str]:
    """The signs that an attack step shows by its form: what it does, how it comes, what alone it hits. The effect on copies is told by
    the copies."""
    found = set()
    kinds = set(step.targets.kinds)
    for sign in SIGNS:
        if step.effect in sign.effects or step.via in sign.vias or (kinds and kinds <= sign.kinds):
            found.add(sign.id)
    return frozenset(found)
