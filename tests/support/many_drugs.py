"""A catalogue of any size: invented names of the shape real ones have, the same for one seed."""

from collections.abc import Iterator
from random import Random

from app.ports.catalogue import Entry

_STEMS = (
    "阿莫西林头孢克肟氨氯地平辛伐他汀奥美拉唑布洛芬对乙酰基酚"
    "复方甘草感冒清热板蓝根丹参银杏叶厄贝沙坦"
)
_FORMS = ("片", "胶囊", "颗粒", "注射液", "口服液", "软膏", "滴眼液", "缓释片", "分散片", "丸")
_MAKERS = ("示例药厂", "样例制药", "训练药业", "演示生物")


def many_drugs(count: int, seed: int = 1) -> Iterator[Entry]:
    """``count`` rows, every tenth of them stopped."""
    chance = Random(seed)  # noqa: S311 names, no secrets
    for number in range(count):
        stem = "".join(chance.choices(_STEMS, k=chance.randint(2, 6)))
        form = chance.choice(_FORMS)
        yield Entry(
            row_no=f"{number:020d}",
            code=f"X{chance.choice('ABCD')}{chance.randint(0, 99):02d}AA{number:015d}",
            name=stem + form,
            brand="".join(chance.choices(_STEMS, k=2)) if number % 3 == 0 else "",
            dose_form=form,
            specification=f"{chance.randint(1, 50)}mg*{chance.randint(6, 48)}",
            maker=chance.choice(_MAKERS),
            approval_no=f"国药准字H{number:08d}",
            unit="盒",
            valid=number % 10 != 0,
            version=str(number),
        )
