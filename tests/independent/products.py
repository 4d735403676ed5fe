"""Two operations as their pages promise them, each with twenty things that it may do wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from independent_server import Product, RefusedCallError

if TYPE_CHECKING:
    from independent_server import Account

CHOICES = {
    "InstanceChargeType": (("PrePaid", "PostPaid"), "any-charge-type"),
    "InternetChargeType": (("PayByBandwidth", "PayByTraffic"), "any-metering"),
    "ISP": (("BGP", "BGP_PRO", "ChinaTelecom", "ChinaUnicom", "ChinaMobile", "BGP_FinanceCloud"), "any-line"),
    "Netmode": (("public",), ""),
    "AutoPay": (("true", "false"), ""),
    "PricingCycle": (("Month", "Year"), ""),
}
REGION = re.compile(r"(cn|ap|us|eu|me)-[a-z0-9-]+")


def refused(code: str, message: str, status: int = 400) -> RefusedCallError:
    return RefusedCallError(status, code, message)


class Addresses(Product):
    """AllocateEipAddress."""

    action = "AllocateEipAddress"
    FAULTS: ClassVar = (
        "region-not-needed",
        "any-region",
        "bandwidth-201",
        "bandwidth-0",
        "bandwidth-message",
        "any-charge-type",
        "any-metering",
        "prepaid-without-period",
        "prepaid-period-10",
        "prepaid-by-traffic",
        "any-line",
        "any-resource-group",
        "token-65",
        "token-forgotten",
        "quota-ignored",
        "quota-403",
        "id-dropped",
        "address-renamed",
        "order-dropped",
        "conflict-400",
    )

    def call(self, account: Account, sent: dict[str, str]) -> dict[str, Any]:
        token = sent.get("ClientToken", "")
        asked = {
            name: text
            for name, text in sent.items()
            if name[0].isupper() and not name.startswith(("Signature", "Timestamp", "Security"))
        }
        if (len(token) > 64 and not self.does("token-65")) or not token.isascii():
            raise refused("IllegalParam.ClientToken", "The token is too long, or has characters that may not be in it.")
        if token in account.answered and token and not self.does("token-forgotten"):
            earlier, fields = account.answered[token]
            if earlier != asked:
                raise refused("IdempotentParameterMismatch", "The token was used with other parameters.")
            return fields
        self.check(account, sent)
        account.made += 1
        prepaid = sent.get("InstanceChargeType") == "PrePaid"
        fields = {
            "AllocationId": f"eip-{account.made:017}",
            "EIPAddress" if self.does("address-renamed") else "EipAddress": f"198.51.100.{account.made}",
            "ResourceGroupId": sent.get("ResourceGroupId") or "rg-default",
            **({"OrderId": 7000 + account.made} if prepaid and not self.does("order-dropped") else {}),
        }
        if self.does("id-dropped"):
            del fields["AllocationId"]
        if token:
            account.answered[token] = asked, fields
        return fields

    def check(self, account: Account, sent: dict[str, str]) -> None:
        if account.settings("account.is-ram-user"):
            raise refused("Forbbiden", "User not authorized to operate on the specified resource.", 403)
        self.check_region(sent.get("RegionId"))
        self.check_choices(sent)
        self.check_bandwidth(sent.get("Bandwidth"))
        self.check_texts(sent)
        if sent.get("InstanceChargeType") == "PrePaid":
            self.check_order(sent)
        group = sent.get("ResourceGroupId")
        if group and not account.has(group) and not self.does("any-resource-group"):
            raise refused("InvalidResourceGroupId", "The specified ResourceGroupId does not exist.")
        if account.settings("account.quota-reached") and not self.does("quota-ignored"):
            status = 403 if self.does("quota-403") else 400
            raise refused("QuotaExceeded.Eip", "Elastic IP address quota exceeded.", status)

    def check_region(self, region: str | None) -> None:
        if not region and not self.does("region-not-needed"):
            raise refused("MissingRegionId", "RegionId must be given.")
        if region and not REGION.fullmatch(region) and not self.does("any-region"):
            raise refused("InvalidRegion.NotSupport", "The specified region does not support.")

    def check_choices(self, sent: dict[str, str]) -> None:
        for name, (values, fault) in CHOICES.items():
            if name in sent and sent[name] not in values and not self.does(fault):
                code = "InvalidParameter" if name == "InternetChargeType" else f"Invalid{name}"
                raise refused(code, f'Specified value of "{name}" is not valid')

    def check_bandwidth(self, text: str | None) -> None:
        least, most = (0 if self.does("bandwidth-0") else 1), (201 if self.does("bandwidth-201") else 200)
        if text is not None and not (re.fullmatch("[0-9]{1,6}", text) and least <= int(text) <= most):
            end = "" if self.does("bandwidth-message") else "."
            raise refused("InvalidParameter", f'Specified value of "Bandwidth" is not valid{end}')

    def check_texts(self, sent: dict[str, str]) -> None:
        for name in ("Period", "ActivityId"):
            if name in sent and not re.fullmatch("-?[0-9]{1,18}", sent[name]):
                raise refused(f"Illegal{name}", "It must be a number.")
        for name, most in (("Name", 128), ("Description", 256)):
            if len(sent.get(name, "")) > most or sent.get(name, "").startswith(("http://", "https://")):
                raise refused(f"Malformed{name}", f"{name} is not well-formed.")
        if sum(name.startswith("SecurityProtectionTypes.") for name in sent) > 1:
            raise refused("TooManyTypes", "One type of protection at most.")

    def check_order(self, sent: dict[str, str]) -> None:
        for name in ("AutoPay", "PricingCycle", "Period"):
            if name not in sent and not (name == "Period" and self.does("prepaid-without-period")):
                raise refused("MissingOrder", f"{name} must be given.")
        most = 5 if sent["PricingCycle"] == "Year" else 10 if self.does("prepaid-period-10") else 9
        if "Period" in sent and not 1 <= int(sent["Period"]) <= most:
            raise refused("IllegalPeriod", "The period is out of range.")
        if sent.get("InternetChargeType") == "PayByTraffic" and not self.does("prepaid-by-traffic"):
            raise refused("InvalidParameter", 'Specified value of "InternetChargeType" is not valid')

    def told(self, told: dict[str, Any]) -> RefusedCallError:
        refusal = super().told(told)
        if refusal.code == "OperationConflict" and self.does("conflict-400"):
            refusal.status = 400
        return refusal


class SecurityGroups(Product):
    """CreateSecurityGroup."""

    action = "CreateSecurityGroup"
    FAULTS: ClassVar = (
        "region-not-needed",
        "name-129",
        "name-1",
        "name-begins-with-digit",
        "name-with-link",
        "name-any-character",
        "description-257",
        "description-1",
        "description-with-link",
        "any-type",
        "tags-21",
        "key-empty",
        "key-reserved",
        "value-129",
        "duplicate-keys",
        "any-network",
        "network-400",
        "quota-ignored",
        "code-corrected",
        "id-dropped",
    )

    def call(self, account: Account, sent: dict[str, str]) -> dict[str, Any]:
        token = sent.get("ClientToken", "")
        if len(token) > 64 or not token.isascii():
            raise refused("InvalidClientToken", "The token is not valid.")
        if token and token in account.answered:
            return account.answered[token][1]
        self.check(account, sent)
        account.made += 1
        fields: dict[str, Any] = {} if self.does("id-dropped") else {"SecurityGroupId": f"sg-{account.made:020}"}
        if token:
            account.answered[token] = {}, fields
        return fields

    def check(self, account: Account, sent: dict[str, str]) -> None:
        if not sent.get("RegionId") and not self.does("region-not-needed"):
            raise refused("MissingParameter", "RegionId must be given.")
        self.check_texts(sent)
        self.check_tags(sent)
        self.check_account(account, sent)

    def check_texts(self, sent: dict[str, str]) -> None:
        name, text = sent.get("SecurityGroupName"), sent.get("Description")
        if name is not None and not self.good_name(name):
            raise refused("InvalidSecurityGroupName.Malformed", "Specified security group name is not valid.")
        if text is not None:
            least, most = (1 if self.does("description-1") else 2), (257 if self.does("description-257") else 256)
            link = text.startswith(("http://", "https://")) and not self.does("description-with-link")
            if not least <= len(text) <= most or link:
                code = "InvalidSecurityGroupDiscription.Malformed"
                raise refused(code, "Specified security group description is not valid.")
        if sent.get("SecurityGroupType") not in (None, "normal", "enterprise") and not self.does("any-type"):
            raise refused("InvalidSecurityGroupType", "There is no such type.")
        if sent.get("ServiceManaged") not in (None, "true", "false"):
            raise refused("InvalidServiceManaged", "It is true or false.")

    def check_account(self, account: Account, sent: dict[str, str]) -> None:
        network, group = sent.get("VpcId"), sent.get("ResourceGroupId")
        if network and not account.has(network) and not self.does("any-network"):
            status = 400 if self.does("network-400") else 404
            raise refused("InvalidVpcId.NotFound", "Specified VPC does not exist.", status)
        if any(each["id"] == network and each["status"] != "Available" for each in account.settings("resource.status")):
            raise refused("IncorrectVpcStatus", "Current VPC status does not support this operation.")
        if group and not account.has(group):
            message = "The ResourceGroup provided does not exist in our records."
            raise refused("InvalidResourceGroup.NotFound", message, 404)
        if account.settings("account.quota-reached") and not self.does("quota-ignored"):
            raise refused("QuotaExceed.SecurityGroup", "The maximum number of security groups is reached.", 403)

    def good_name(self, name: str) -> bool:
        least, most = (1 if self.does("name-1") else 2), (129 if self.does("name-129") else 128)
        first = name[:1].isalpha() or (self.does("name-begins-with-digit") and name[:1].isdigit())
        link = name.startswith(("http://", "https://")) and not self.does("name-with-link")
        inside = (
            self.does("name-any-character")
            or (self.does("name-with-link") and name.startswith("http"))
            or re.fullmatch(r"[\w:.\-]*", name)
        )
        return bool(least <= len(name) <= most and first and not link and inside)

    def check_tags(self, sent: dict[str, str]) -> None:
        tags = {name: value for name, value in sent.items() if re.fullmatch(r"Tag\.\d+\.[KkVv]\w+", name)}
        numbers = {int(name.split(".")[1]) for name in tags}
        if numbers and max(numbers) > (21 if self.does("tags-21") else 20):
            raise refused("InvalidTagKey.Malformed", "The specified Tag.N.Key is not valid.")
        keys = []
        for number in sorted(numbers):
            key = tags.get(f"Tag.{number}.Key", tags.get(f"Tag.{number}.key"))
            value = tags.get(f"Tag.{number}.Value", tags.get(f"Tag.{number}.value", ""))
            reserved = (key or "").startswith(("aliyun", "acs:")) and not self.does("key-reserved")
            if (key == "" and not self.does("key-empty")) or len(key or "") > 64 or reserved or self.linked(key):
                raise refused("InvalidTagKey.Malformed", "The specified Tag.N.Key is not valid.")
            if (
                len(value) > (129 if self.does("value-129") else 128)
                or value.startswith(("aliyun", "acs:"))
                or self.linked(value)
            ):
                raise refused("InvalidTagValue.Malformed", "The specified Tag.N.Value is not valid.")
            keys.append(key)
        if len(set(keys)) < len(keys) and not self.does("duplicate-keys"):
            raise refused("Duplicate.TagKey", "The Tag.N.Key contain duplicate key.")

    @staticmethod
    def linked(text: str | None) -> bool:
        return bool(text) and ("http://" in str(text) or "https://" in str(text))

    def told(self, told: dict[str, Any]) -> RefusedCallError:
        refusal = super().told(told)
        if self.does("code-corrected"):
            refusal.code = refusal.code.replace("Discription", "Description")
        return refusal
