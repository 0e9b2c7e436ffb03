"""What the hospital writes: the contents of its messages and of the sheet it has sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.sandbox.documents import Sheet, SheetLine, words
from app.sandbox.rx.books.records import written
from app.sandbox.rx.wire.canonical import Object
from app.sandbox.rx.wire.wording import named, names
from app.sandbox.site import Site
from resources.scenarios import DemoDoctor, DemoPerson, DemoPrescription, DemoRxLine

_CERTIFICATE = "01"
_VISIT_KIND = "11"
_SCHEME_WORDS = {"01": "scheme_dual", "02": "scheme_pool"}
_DEPARTMENT, _DEPARTMENT_CODE = "pharmacy", "0900"


@dataclass(frozen=True, slots=True)
class Order:
    """One prescription of the scenario with everybody it names, at the moment it is written."""

    rx: DemoPrescription
    person: DemoPerson
    doctor: DemoDoctor
    number: str
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + timedelta(days=self.rx.valid_days)

    @property
    def age(self) -> str:
        """Years with one decimal."""
        days = (self.at.date() - self.person.birth_date).days
        return f"{Decimal(days) / Decimal('365.25'):.1f}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the platforms called it."""

    visit: str
    hi_rxno: str
    trace_code: str


def registration(site: Site, order: Order) -> Object:
    """The visit at the core platform."""
    return {
        "data": {
            "psn_no": order.person.person_no,
            "insutype": order.person.insurances[0].kind,
            "begntime": written(order.at),
            "mdtrt_cert_type": site.profile.tables["credential_kind"]["id_card"],
            "mdtrt_cert_no": order.person.id_no,
            "ipt_otp_no": order.number,
            "atddr_no": order.doctor.code,
            "dr_name": order.doctor.name,
            "dept_code": order.doctor.department_code,
            "dept_name": order.doctor.department,
        }
    }


def visit_upload(order: Order, visit: str) -> Object:
    """Head and diagnosis of the visit."""
    head = {
        "mdtrt_id": visit,
        "psn_no": order.person.person_no,
        "med_type": _VISIT_KIND,
        "begntime": written(order.at),
    }
    diagnosis = {
        "diag_type": "1",
        "diag_srt_no": 1,
        "diag_code": order.rx.diagnosis_code,
        "diag_name": order.rx.diagnosis,
        "diag_dept": order.doctor.department,
        "dise_dor_no": order.doctor.code,
        "dise_dor_name": order.doctor.name,
        "diag_time": written(order.at),
        "vali_flag": "1",
    }
    return {"mdtrtinfo": head, "diseinfo": [diagnosis]}


def preaudit(site: Site, order: Order, visit: str) -> Object:
    """The reminder asked for before prescribing (core-platform 8.3)."""
    orders = [
        {
            "rx_id": f"{order.number}-{place}",
            "hilist_code": site.demo.drugs[line.drug].national_code,
            "cnt": line.amount,
        }
        for place, line in enumerate(order.rx.lines, 1)
    ]
    patient = {
        "patn_id": order.person.person_no,
        "patn_name": order.person.name,
        "gend": order.person.gender,
        "brdy": order.person.birth_date.isoformat(),
        "poolarea": site.demo.hospital.area,
        "curr_mdtrt_id": visit,
        "fsi_encounter_dtos": [{"mdtrt_id": visit, "fsi_order_dtos": orders}],
    }
    return {"data": {"syscode": "HIS", "task_id": order.number, "patient_dtos": [patient]}}


def precheck(site: Site, order: Order, visit: str) -> Object:
    """The whole prescription before it has numbers (prescription-centre 9.1)."""
    return {
        "mdtrtCertType": site.profile.tables["credential_kind"]["id_card"],
        "mdtrtCertNo": order.person.id_no,
        "bizTypeCode": "01",
        "rxExraAttrCode": order.rx.scheme,
        "hospRxno": order.number,
        "rxTypeCode": "1",
        "prscTime": written(order.at),
        "rxDrugCnt": str(len(order.rx.lines)),
        "valiDays": str(order.rx.valid_days),
        "valiEndTime": written(order.until),
        "longRxFlag": "1" if order.rx.long_term else "0",
        "rxdrugdetail": [_drug(site, order, line) for line in order.rx.lines],
        "mdtrtinfo": _visit(site, order, visit),
        "diseinfo": [_diagnosis(order)],
    }


def _drug(site: Site, order: Order, line: DemoRxLine) -> Object:
    drug = site.demo.drugs[line.drug]
    price = Decimal(drug.price)
    if line.unit != drug.pack_unit:
        price = (price / drug.split_factor).quantize(Decimal("0.000001"))
    return {
        "medListCodg": drug.national_code,
        "rxItemTypeCode": drug.kind,
        "rxItemTypeName": named("rxItemTypeCode", drug.kind),
        "otcFlag": "0" if drug.prescription_only else "1",
        "drugGenname": drug.generic_name,
        "drugDosform": drug.dose_form,
        "drugSpec": drug.specification,
        "drugProdname": drug.product_name,
        "prdrName": drug.maker,
        "medcWayDscr": line.route,
        "medcBegntime": written(order.at),
        "medcEndtime": written(order.at + timedelta(days=line.days)),
        "medcDays": str(line.days),
        "sinDosunt": line.dose_unit,
        "sinDoscnt": line.dose,
        "usedFrquCodg": line.frequency,
        "usedFrquName": _frequency(line.frequency),
        "drugDosunt": line.unit,
        "drugCnt": line.amount,
        "drugPric": f"{price:f}",
        "drugSumamt": f"{(price * Decimal(line.amount)).quantize(Decimal('0.01')):f}",
        "hospApprFlag": "0",
    }


def _frequency(code: str) -> str:
    return names()["usedFrquName"][code]


def _visit(site: Site, order: Order, visit: str) -> Object:
    return {
        "fixmedinsName": site.demo.hospital.name,
        "fixmedinsCode": site.demo.hospital.code,
        "mdtrtId": visit,
        "medType": _VISIT_KIND,
        "iptOtpNo": order.number,
        "otpIptFlag": "1",
        "psnNo": order.person.person_no,
        "patnName": order.person.name,
        "psnCertType": _CERTIFICATE,
        "certno": order.person.id_no,
        "patnAge": order.age,
        "patnHgt": order.person.height_cm,
        "patnWt": order.person.weight_kg,
        "gend": order.person.gender,
        "algsHis": order.person.allergies,
        "prscDeptName": order.doctor.department,
        "prscDeptCode": order.doctor.department_code,
        "drCode": order.doctor.code,
        "prscDrName": order.doctor.name,
        "prscDrCertType": _CERTIFICATE,
        "prscDrCertno": order.doctor.id_no,
        "drProfttlName": order.doctor.title,
        "mdtrtTime": written(order.at),
        "spDiseFlag": "0",
        "maindiagCode": order.rx.diagnosis_code,
        "maindiagName": order.rx.diagnosis,
        "fstdiagFlag": "0",
    }


def _diagnosis(order: Order) -> Object:
    return {
        "diagType": "1",
        "maindiagFlag": "1",
        "diagSrtNo": "1",
        "diagCode": order.rx.diagnosis_code,
        "diagName": order.rx.diagnosis,
        "diagDept": order.doctor.department,
        "diagDrNo": order.doctor.code,
        "diagDrName": order.doctor.name,
        "diagTime": written(order.at),
    }


def upload_values(site: Site, order: Order, numbers: Numbers) -> Object:
    """The twenty values that are signed and uploaded, in their order (prescription-centre 9.3)."""
    hospital = site.demo.hospital
    return {
        "rxTraceCode": numbers.trace_code,
        "hiRxno": numbers.hi_rxno,
        "mdtrtId": numbers.visit,
        "patnName": order.person.name,
        "psnCertType": _CERTIFICATE,
        "certno": order.person.id_no,
        "fixmedinsName": hospital.name,
        "fixmedinsCode": hospital.code,
        "drCode": order.doctor.code,
        "prscDrName": order.doctor.name,
        "pharDeptName": words()[_DEPARTMENT],
        "pharDeptCode": _DEPARTMENT_CODE,
        "pharProfttlCodg": "",
        "pharProfttlName": "",
        "pharCode": hospital.pharmacist_code,
        "pharCertType": _CERTIFICATE,
        "pharCertno": hospital.pharmacist_id_no,
        "pharName": hospital.pharmacist_name,
        "pharPracCertNo": "",
        "pharChkTime": written(order.at),
    }


def undo(site: Site, order: Order, numbers: Numbers) -> Object:
    """The doctor takes it back (prescription-centre 9.4)."""
    return {
        "hiRxno": numbers.hi_rxno,
        "fixmedinsCode": site.demo.hospital.code,
        "drCode": order.doctor.code,
        "undoDrName": order.doctor.name,
        "undoDrCertType": _CERTIFICATE,
        "undoDrCertno": order.doctor.id_no,
        "undoRea": words()["undo_reason"],
        "undoTime": written(site.clock.now()),
    }


def sheet(site: Site, order: Order, numbers: Numbers) -> Sheet:
    """The same prescription on paper."""
    known = words()
    return Sheet(
        hospital=site.demo.hospital.name,
        rx_number=numbers.hi_rxno,
        rx_trace_code=numbers.trace_code,
        visit_no=order.number,
        name=order.person.name,
        gender=order.person.gender,
        age=order.age,
        weight_kg=order.person.weight_kg,
        department=order.doctor.department,
        scheme=known[_SCHEME_WORDS.get(order.rx.scheme, "scheme_other")],
        diagnosis=order.rx.diagnosis,
        allergies=order.person.allergies,
        issued_at=written(order.at),
        valid_until=written(order.until),
        doctor=order.doctor.name,
        pharmacist=site.demo.hospital.pharmacist_name,
        lines=tuple(_sheet_line(site, line) for line in order.rx.lines),
    )


def _sheet_line(site: Site, line: DemoRxLine) -> SheetLine:
    drug = site.demo.drugs[line.drug]
    known = words()
    usage = (
        line.route,
        f"{known['each']}{line.dose}{line.dose_unit}",
        _frequency(line.frequency),
        known["for_days"].format(days=line.days),
    )
    return SheetLine(
        f"{drug.name} {drug.specification}", f"{line.amount}{line.unit}", "，".join(usage)
    )
