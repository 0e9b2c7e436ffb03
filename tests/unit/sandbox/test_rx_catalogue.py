"""What a pharmacy may look up in the catalogue of the prescription centre, over HTTP."""

from app.sandbox.fields import violations
from tests.support.core_bill import demo
from tests.support.rx_client import RxClient


def test_the_catalogue_comes_by_page_and_by_code(pharmacy: RxClient) -> None:
    asked = {"fixmedinsCode": pharmacy.code, "pageSize": "30", "pageNum": "3"}
    third = pharmacy.ask("query_catalogue", asked)
    assert violations("query_catalogue", "response", third) == []
    assert (third["total"], len(third["list"])) == (str(len(demo().drugs)), len(demo().drugs) - 60)
    wanted = demo().not_carried[0]
    one = pharmacy.ask(
        "query_catalogue", {**asked, "medListCodg": wanted.national_code, "pageNum": "1"}
    )
    assert [row["genname"] for row in one["list"]] == [wanted.generic_name]
    assert one["list"][0]["dualchnlFlag"] == "1"
