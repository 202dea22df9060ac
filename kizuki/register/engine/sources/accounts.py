"""What is told of the accounts of a realm: counts only, no account, and nothing of a password but how it must be."""

from __future__ import annotations

import msgspec

from kizuki.register.engine.sources.reading import Fields


class Accounts(msgspec.Struct):
    """Counts of enabled accounts. A count whose question was never answered stays unknown; `place`: the first account's."""

    place: int
    enabled: int = 0
    disabled: int = 0
    guests: int = 0
    with_mfa: int = 0
    without_mfa: int = 0
    privileged: int = 0
    privileged_with_mfa: int = 0
    judged: int = 0
    no_password: int = 0
    never_expires: int = 0
    answered: set[str] = msgspec.field(default_factory=set)

    def add(
        self,
        *,
        enabled: bool,
        privileged: bool | None,
        mfa: bool | None,
        guest: bool | None = None,
        no_password: bool | None = None,
        never_expires: bool | None = None,
    ) -> None:
        """Count one account. None: the source does not say it."""
        if not enabled:
            self.disabled += 1
            return
        self.enabled += 1
        answers = {
            "guests": guest,
            "no_password": no_password,
            "never_expires": never_expires,
            "privileged": privileged,
        }
        for name, answer in answers.items():
            if answer is not None:
                self.answered.add(name)
                setattr(self, name, getattr(self, name) + answer)
        if mfa is not None:
            self.with_mfa += mfa
            self.without_mfa += not mfa
            self.privileged_with_mfa += bool(mfa and privileged)

    def facts(self) -> Fields:
        """The fields of a realm (`Realm` of the organisation file), and beside them disabled_accounts, guest_accounts,
        accounts_without_mfa, passwords_not_required and passwords_never_expire where the source says them."""
        facts: Fields = {"accounts": self.enabled, "disabled_accounts": self.disabled}
        if self.with_mfa + self.without_mfa:
            facts |= {"accounts_with_mfa": self.with_mfa, "accounts_without_mfa": self.without_mfa}
            if not self.without_mfa and self.with_mfa == self.enabled:
                facts["mfa"] = "full"
            elif self.with_mfa:
                facts["mfa"] = "partial"
            elif self.without_mfa == self.enabled:
                facts["mfa"] = "none"
        if "privileged" in self.answered:
            facts["privileged_accounts"] = self.privileged
            if self.with_mfa + self.without_mfa:
                facts["privileged_with_mfa"] = self.privileged_with_mfa
        names = {
            "guests": "guest_accounts",
            "no_password": "passwords_not_required",
            "never_expires": "passwords_never_expire",
        }
        return facts | {name: getattr(self, key) for key, name in names.items() if key in self.answered}
