"""Who is who.

Green does not prove that two workers agree: tests/integration does, against PostgreSQL.
"""

from contracts.ids import ConsumerId
from services.ingest.core.identity import resolve
from tests.unit.ingest.factories import HASHES, a_placement

ONE = ConsumerId("con-one")
TWO = ConsumerId("con-two")


def consumers(*rows: dict[str, str]) -> list[str]:
    """The consumers of rows with these changes, each its own account, nobody known before."""
    keys = [a_placement(**{"client_account_number": f"A{i}"} | row).keys for i, row in enumerate(rows)]
    return list(resolve(keys, {}, HASHES.keyed).consumers)


def are_one(**changes: str) -> bool:
    """Whether the row, and the row with changes, are one person's."""
    one, other = consumers({}, changes)
    return one == other


def test_one_social_security_number_is_one_person() -> None:
    assert are_one(ssn="900123456", first_name="Annie", last_name="Sample", born_on="", postal_code="32502")


def test_one_name_birth_date_and_zip_code_is_one_person() -> None:
    assert are_one(ssn="", first_name="ANA", last_name="Éxample", email_1="", phone_1="")


def test_a_shared_number_and_e_mail_address_make_no_two_people_one() -> None:
    assert not are_one(ssn="900-99-0001", first_name="Bob", born_on="1979-01-01")


def test_father_and_son_of_one_name_and_house_are_two() -> None:
    assert not are_one(ssn="", born_on="2004-05-06")


def test_without_number_and_birth_date_only_the_account_says_who_it_is() -> None:
    assert not are_one(ssn="", born_on="")


def test_the_same_account_placed_again_is_the_same_person_even_under_another_name() -> None:
    one, other = consumers({"client_account_number": "A1"}, {
        "client_account_number": "A1", "placement_sequence": "2", "ssn": "", "last_name": "Sample", "born_on": "",
    })  # fmt: skip
    assert one == other


def test_a_known_key_names_the_consumer_and_the_new_keys_follow_it() -> None:
    found = resolve([("ssn:1", "person:1", "debt:1")], {"person:1": ONE}, HASHES.keyed)
    assert found.consumers == (ONE,)
    assert found.added == {"ssn:1": ONE, "debt:1": ONE}
    assert found.conflicts == ()


def test_keys_that_disagree_merge_nobody_and_are_reported() -> None:
    found = resolve([("ssn:1", "person:1", "debt:1")], {"ssn:1": ONE, "person:1": TWO}, HASHES.keyed)
    assert found.consumers == (ONE,)
    assert found.added == {"debt:1": ONE}
    assert found.conflicts == ((0, "person:1", TWO),)


def test_rows_of_one_batch_know_each_other() -> None:
    found = resolve([("ssn:1", "debt:1"), ("person:1", "debt:2"), ("ssn:1", "person:2", "debt:3")], {}, HASHES.keyed)
    assert found.consumers[0] == found.consumers[2] != found.consumers[1]


def test_ids_tell_nothing_of_the_person() -> None:
    (consumer,) = consumers({})
    assert consumer.startswith("con-")
    assert len(consumer) == 28
    assert "900123456" not in consumer
