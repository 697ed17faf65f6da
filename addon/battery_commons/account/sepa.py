"""A list of payments as banks within SEPA read it: ISO 20022, pain.001.001.09, by EPC132-08.

Loaded when a treasurer asks for it: reading and writing XML takes memory that a coordinator rarely needs.
"""

from datetime import UTC
from xml.etree import ElementTree as ET

from battery_commons.account.payment_list import PaymentList, euros
from battery_commons.domain.iban import LONGEST_NAME, BankAccount, sepa_text

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_LONGEST_REMARK = 140


def as_sepa(told: PaymentList) -> bytes:
    """Return a list as XML, which banks within SEPA read: one batch, a transaction for each home."""
    document = ET.Element("Document", xmlns=_NAMESPACE)
    whole = ET.SubElement(document, "CstmrCdtTrfInitn")
    head = ET.SubElement(whole, "GrpHdr")
    _put(head, "MsgId", told.id)
    _put(head, "CreDtTm", told.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(head, told)
    _put(head, "InitgPty/Nm", sepa_text(told.payer.holder)[:LONGEST_NAME])
    batch = ET.SubElement(whole, "PmtInf")
    _put(batch, "PmtInfId", told.id)
    _put(batch, "PmtMtd", "TRF")
    _put(batch, "BtchBookg", "true")
    _sums(batch, told)
    _put(batch, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _put(batch, "ReqdExctnDt/Dt", told.on.isoformat())
    _party(batch, "Dbtr", told.payer)
    # Within the European Economic Area the IBAN alone says which bank it is.
    _put(batch, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    _put(batch, "ChrgBr", "SLEV")
    for payment in told.payments:
        transaction = ET.SubElement(batch, "CdtTrfTxInf")
        _put(transaction, "PmtId/EndToEndId", told.id_of(payment))
        _put(transaction, "Amt/InstdAmt", euros(payment.cents)).set("Ccy", "EUR")
        _party(transaction, "Cdtr", payment.to)
        if remark := sepa_text(payment.remark)[:_LONGEST_REMARK]:
            _put(transaction, "RmtInf/Ustrd", remark)
    ET.indent(document)
    text: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _sums(parent: ET.Element, told: PaymentList) -> None:
    _put(parent, "NbOfTxs", str(len(told.payments)))
    _put(parent, "CtrlSum", euros(sum(each.cents for each in told.payments)))


def _party(parent: ET.Element, role: str, party: BankAccount) -> None:
    _put(parent, f"{role}/Nm", sepa_text(party.holder)[:LONGEST_NAME])
    _put(parent, f"{role}Acct/Id/IBAN", party.iban)


def _put(parent: ET.Element, path: str, text: str) -> ET.Element:
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent
