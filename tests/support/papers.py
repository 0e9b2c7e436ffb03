"""A receipt and a prescription sheet as the counter prints them; all people are made up."""

from dataclasses import replace

from app.ports.paper import (
    Align,
    Corner,
    Field,
    FieldRow,
    Framed,
    Gap,
    Loudness,
    Pair,
    Paper,
    PaperKind,
    Qr,
    Rule,
    SignatureLine,
    SignatureRow,
    Text,
    TraceCodes,
)

CODES = ("83412900512873640915", "83412900512873641172", "83412900512873641308")


def a_receipt(kind: PaperKind = PaperKind.RECEIPT_80, drugs: int = 1) -> Paper:
    """A sale of some drugs with three boxes each."""
    lines = tuple(
        block
        for number in range(1, drugs + 1)
        for block in (
            Text(f"瑞格列奈片 {number}", bold=True),
            Text("1mg × 30 片 榕药制药"),
            Pair("3 盒 × 21.40", "64.20"),
            TraceCodes(CODES),
        )
    )
    return Paper(
        kind,
        "示范大药房",
        "receipt-0220-000142",
        (
            Text("销售凭证", align=Align.CENTRE),
            Rule(dashed=True),
            Pair("小票 0220-000142", "柜台 02"),
            *lines,
            Rule(dashed=True),
            Pair("总额", "¥ 164.04", Loudness.DOUBLE, bold=True),
            Qr("\n".join(CODES), ("扫码看全部 3 个追溯码",)),
        ),
    )


def a_sheet(drugs: int = 4) -> Paper:
    """A prescription sheet."""
    lines = tuple(
        block
        for number in range(1, drugs + 1)
        for block in (
            Pair(f"{number}. 瑞格列奈片 1mg×30片/盒", "3 盒"),
            Text("用法用量 口服 每日 3 次", indent=2),
            Gap(),
        )
    )
    return Paper(
        PaperKind.A4,
        "示范医院",
        "prescription",
        (
            Corner("普通"),
            Text("外配处方签", Loudness.TITLE, align=Align.CENTRE),
            FieldRow((Field("姓名", "测试员甲", 40, bold=True), Field("性别", "男", 30))),
            Rule(),
            *lines,
            Text("（以下空白）", align=Align.CENTRE),
            SignatureRow(
                (SignatureLine("开方医师", "测试医师", "电子签章"), SignatureLine("审核药师"))
            ),
            Framed(
                (Text("药店留存", Loudness.NOTE, bold=True),),
                (Qr("350100021862047395112000000417", ("处方编号",)),),
            ),
        ),
        foot_left="2026-11-20 10:41:07",
        foot_right="保存不少于 5 年",
    )


def training(paper: Paper) -> Paper:
    """The same paper, printed in training."""
    return replace(paper, watermark="训练作废", banner="训练打印，不得作为凭据")
